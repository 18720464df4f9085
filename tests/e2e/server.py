"""The real server, as `make run` starts it, on a port and a database of its own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings

from tests.environment import environment
from tests.prepared import copy_file, demo_file

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

ROOT = Path(__file__).resolve().parents[2]
SLOWEST_START = 90
# As a proxy at the edge would tell the server where a visitor is.
COUNTRY_HEADER, REGION_HEADER = "X-Test-Country", "X-Test-Region"


class Server:
    """`manage.py serve` in a process group of its own, which can be stopped and started on the same data."""

    def __init__(self, folder: Path) -> None:
        self.database = folder / "sayso.sqlite3"
        # As it was before the first test: for another server, which need not make the demo again.
        self.new_database = folder / "new.sqlite3"
        self.log = folder / "server.log"
        self.port = free_port()
        self.platform = f"http://localhost:{self.port}"
        # The same server by another name is another website to a browser.
        self.website = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None
        self.leash: subprocess.Popen[bytes] | None = None
        self.colleague: subprocess.Popen[str] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        # If this process dies in any way, its end of the pipe closes, and the server goes too.
        self.leash = subprocess.Popen(
            ["sh", "-c", 'cat >/dev/null; kill -KILL "-$1"', "leash", str(self.process.pid)],
            stdin=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait_for_answer()

    def begin_with_demo(self) -> None:
        """On a copy of the demo, so that `serve` has hardly anything to make when it starts."""
        copy_file(demo_file(self._environment()), self.database)

    def copy_database(self, to: Path) -> None:
        """Whole, although the server runs."""
        with (
            contextlib.closing(sqlite3.connect(self.database, timeout=10)) as connection,
            contextlib.closing(sqlite3.connect(to)) as copy,
        ):
            connection.backup(copy)

    def kill(self) -> None:
        """End it without a warning, like a power cut."""
        self._end(signal.SIGKILL)

    def interrupt(self) -> int:
        """Press Ctrl-C. Returns the exit code."""
        return self._end(signal.SIGINT)

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(self.platform, timeout=5).close()
        except urllib.error.HTTPError as answer:
            answer.close()
        except OSError:
            return False
        return True

    def shell(self, code: str) -> str:
        """Run Python on the server's data from another process, as a colleague's click in the admin would."""
        if self.colleague is None:
            # Its input closes with this process, and that ends it.
            self.colleague = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.colleague"],
                cwd=ROOT,
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        told, said = self.colleague.stdin, self.colleague.stdout
        assert told is not None
        assert said is not None
        told.write(json.dumps(code) + "\n")
        told.flush()
        answer: dict[str, str] = json.loads(said.readline())
        assert "error" not in answer, answer["error"]
        return answer["printed"].strip()

    def log_in(self, context: BrowserContext, name: str) -> None:
        """As this person from here on, where logging in is not what a test is about: its hash is slow on purpose."""
        session = self.shell(f"""
from django.contrib.auth.models import User
from django.test import Client
client = Client()
client.force_login(User.objects.get(username={name!r}))
print(client.session.session_key)
""")
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": self.platform}])

    def close(self) -> None:
        """End it where it still runs, and the colleague with it."""
        if self.process and self.process.poll() is None:
            self.kill()
        if self.colleague and self.colleague.stdin and self.colleague.stdout:
            self.colleague.stdin.close()
            self.colleague.wait(timeout=30)
            self.colleague.stdout.close()

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """What the database holds, read past the server."""
        with contextlib.closing(sqlite3.connect(self.database, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]

    def _environment(self) -> dict[str, str]:
        return environment(
            ALLOWED_HOSTS="localhost,127.0.0.1",
            COUNTRY_HEADER=COUNTRY_HEADER,
            REGION_HEADER=REGION_HEADER,
            DATABASE_URL=f"sqlite:///{self.database}",
            DEMO="true",
            LEDGER_KEYS=str(self.database.parent / "ledger-keys"),
            LIVE_REFRESH_SECONDS="0.2",
            PORT=str(self.port),
            PUBLIC_URL=self.platform,
        )

    def _end(self, how: signal.Signals) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, how)
        code = self.process.wait(timeout=30)
        self._let_go()
        return code

    def _let_go(self) -> None:
        if self.leash and self.leash.stdin:
            self.leash.kill()
            self.leash.stdin.close()
            self.leash.wait(timeout=30)

    def _wait_for_answer(self) -> None:
        assert self.process is not None
        latest = time.monotonic() + SLOWEST_START
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > latest:
                self.kill()
                raise RuntimeError(f"The server did not start:\n{self.log.read_text()}")
            time.sleep(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
