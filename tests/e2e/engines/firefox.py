"""Firefox by Marionette, the socket that every Firefox has: the same commands, and nothing to install beside it."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from typing import TYPE_CHECKING, Any

from tests.e2e.engines.leash import leashed
from tests.e2e.engines.tab import Refused

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from typing import BinaryIO

SLOWEST_START = 180
SIGNALS = {"gpc": "privacy.globalprivacycontrol.enabled", "dnt": "privacy.donottrackheader.enabled"}
# Nobody is asked for anything that a page did not ask for, and the first window is empty.
QUIET: dict[str, bool | int | str] = {
    "marionette.port": 0,
    "app.normandy.enabled": False,
    "browser.aboutwelcome.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.region.update.enabled": False,
    "browser.safebrowsing.provider.google4.updateURL": "",
    "browser.safebrowsing.provider.mozilla.updateURL": "",
    "browser.search.update": False,
    "browser.startup.homepage": "about:blank",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "extensions.systemAddon.update.enabled": False,
    "extensions.update.enabled": False,
    "media.gmp-manager.updateEnabled": False,
    "media.gmp-provider.enabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "startup.homepage_welcome_url": "about:blank",
    "termsofuse.bypassNotification": True,
    "toolkit.telemetry.enabled": False,
}


@contextlib.contextmanager
def firefox(program: str, *, folder: Path, proxy: int, signal: str | None = None) -> Iterator[Firefox]:
    """One Firefox with a profile of its own, whose requests to anybody else go to the proxy.

    `signal` is the visitor's own switch, "gpc" or "dnt". It is set before Firefox starts: one that is set later reaches
    each of its processes by itself, and a page may begin in one that has not heard.
    """
    folder.mkdir()
    switch = {SIGNALS[signal]: True} if signal else {}
    (folder / "user.js").write_text(preferences({**QUIET, **through(proxy), **switch}))
    options = ["--headless", "--marionette", "--no-remote", "--profile", str(folder)]
    with (
        leashed([program, *options], log=folder / "said.log") as process,
        socket.create_connection(("127.0.0.1", port_of(process, folder)), timeout=SLOWEST_START) as line,
        line.makefile("rb") as answers,
    ):
        yield Firefox(line, answers)


class Firefox:
    def __init__(self, line: socket.socket, answers: BinaryIO) -> None:
        self.line, self.answers, self.sent = line, answers, 0
        self._receive()
        self.send("NewSession", capabilities={"alwaysMatch": {}})

    def send(self, command: str, **parameters: Any) -> Any:
        return self._ask(f"WebDriver:{command}", **parameters)

    def _ask(self, name: str, **parameters: Any) -> Any:
        self.sent += 1
        message = json.dumps([0, self.sent, name, parameters]).encode()
        self.line.sendall(b"%d:%b" % (len(message), message))
        _, _, error, result = self._receive()
        if error:
            raise Refused(f"{error['error']}: {error['message']}")
        return result["value"] if isinstance(result, dict) and "value" in result else result

    def _receive(self) -> Any:
        """A message is its length, a colon, and JSON."""
        length = b""
        while (character := self.answers.read(1)) != b":":
            if not character:
                raise ConnectionError("Firefox is gone.")
            length += character
        return json.loads(self.answers.read(int(length)))


def port_of(process: subprocess.Popen[bytes], folder: Path) -> int:
    """Firefox chooses one that is free and writes it down."""
    note, latest = folder / "MarionetteActivePort", time.monotonic() + SLOWEST_START
    while not (note.exists() and (port := note.read_text())):
        if process.poll() is not None or time.monotonic() > latest:
            raise RuntimeError(f"Firefox did not start:\n{(folder / 'said.log').read_text()}")
        time.sleep(0.05)
    return int(port)


def through(port: int) -> Mapping[str, int | str]:
    kinds = ("http", "ssl")
    return {
        "network.proxy.type": 1,
        **{f"network.proxy.{kind}": "127.0.0.1" for kind in kinds},
        **{f"network.proxy.{kind}_port": port for kind in kinds},
    }


def preferences(values: Mapping[str, bool | int | str]) -> str:
    return "".join(f"user_pref({json.dumps(name)}, {json.dumps(value)});\n" for name, value in values.items())
