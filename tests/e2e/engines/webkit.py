"""WebKit by WebKitGTK's own driver and its small browser, on a screen that nobody sees."""

from __future__ import annotations

import contextlib
import json
import os
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any

from tests.e2e.engines.leash import leashed
from tests.e2e.engines.tab import Refused
from tests.e2e.server import free_port

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tools.engines import WebKitPrograms

SLOWEST_ANSWER, SLOWEST_SESSION = 60, 30
# WebKit's driver now and then waits for ever for a browser that it has started.
STARTS = 3
# Where each command lives in the driver.
ROUTES = {
    "DeleteAllCookies": ("DELETE", "/cookie"),
    "ExecuteScript": ("POST", "/execute/sync"),
    "GetCookies": ("GET", "/cookie"),
    "Navigate": ("POST", "/url"),
    "PerformActions": ("POST", "/actions"),
    "Refresh": ("POST", "/refresh"),
    "SetWindowRect": ("POST", "/window/rect"),
    "TakeScreenshot": ("GET", "/screenshot"),
}
# WebKit has neither: a page sees them as extensions make them seen.
SIGNALS = {
    "dnt": "Object.defineProperty(navigator, 'doNotTrack', {get: () => '1'})",
    "gpc": "Object.defineProperty(navigator, 'globalPrivacyControl', {get: () => true})",
}


@contextlib.contextmanager
def webkit(programs: WebKitPrograms, *, folder: Path, proxy: int) -> Iterator[WebKit]:
    """One small browser, whose requests to anybody else go to the proxy."""
    with contextlib.ExitStack() as everything:
        for start in range(1, STARTS + 1):
            own = folder / str(start)
            own.mkdir(parents=True)
            with contextlib.ExitStack() as started:
                try:
                    browser = started.enter_context(_started(programs, own, proxy))
                except TimeoutError:
                    if start == STARTS:
                        raise
                    continue
                everything.push(started.pop_all())
                break
        yield browser


@contextlib.contextmanager
def _started(programs: WebKitPrograms, folder: Path, proxy: int) -> Iterator[WebKit]:
    port = free_port()
    with screen(programs.screen, log=folder / "screen.log") as display:
        environment = {**os.environ, "DISPLAY": display, "HOME": str(folder), "XDG_RUNTIME_DIR": str(folder)}
        log = folder / "said.log"
        with leashed([programs.driver, f"--port={port}"], log=log, environment=environment) as process:
            browser = WebKit(f"http://127.0.0.1:{port}")
            browser.wait_for_driver(process)
            with browser.session(capabilities(proxy)):
                yield browser


class WebKit:
    def __init__(self, driver: str) -> None:
        self.driver, self.id = driver, ""

    @contextlib.contextmanager
    def session(self, wanted: Mapping[str, Any]) -> Iterator[None]:
        self.id = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}}, latest=SLOWEST_SESSION)[
            "sessionId"
        ]
        yield
        # The small browser closes by itself only so.
        self._ask("DELETE", f"/session/{self.id}")

    def send(self, command: str, **parameters: Any) -> Any:
        method, path = ROUTES[command]
        return self._ask(method, f"/session/{self.id}{path}", parameters if method == "POST" else None)

    @staticmethod
    def signal(name: str) -> str:
        """The markup with which a page sees the signal: this engine has no switch for it."""
        return f"<script>{SIGNALS[name]}</script>"

    def _ask(self, method: str, path: str, body: Any = None, *, latest: float = SLOWEST_ANSWER) -> Any:
        request = urllib.request.Request(
            self.driver + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=latest) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            with error:
                said = json.load(error)["value"]
            raise Refused(f"{said['error']}: {said['message']}") from None

    def wait_for_driver(self, process: subprocess.Popen[bytes]) -> None:
        latest = time.monotonic() + SLOWEST_ANSWER
        while True:
            try:
                self._ask("GET", "/status")
            except OSError:
                if process.poll() is not None or time.monotonic() > latest:
                    raise
                time.sleep(0.05)
            else:
                return


@contextlib.contextmanager
def screen(program: str, *, log: Path) -> Iterator[str]:
    """A screen in memory, by its name. Xvfb takes the first number that is free and tells it."""
    read, write = os.pipe()
    command = [program, "-displayfd", str(write), "-screen", "0", "1600x1200x24", "-nolisten", "tcp"]
    with leashed(command, log=log, pass_fds=(write,)):
        os.close(write)
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"


def capabilities(proxy: int) -> dict[str, Any]:
    address = f"127.0.0.1:{proxy}"
    return {
        "proxy": {
            "proxyType": "manual",
            "httpProxy": address,
            "sslProxy": address,
            "noProxy": ["localhost", "127.0.0.1"],
        },
    }
