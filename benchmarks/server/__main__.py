"""Starts ours and the bare view in turn, loads them over loopback, and prints rates, latencies and ratios."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.server.load import Rate, Request, measure
from tests.environment import environment
from tests.postgres import start_postgres

ROOT = Path(__file__).resolve().parents[2]
# The number of threads that `manage.py serve` gives a worker on each database.
THREADS = {"sqlite": 1, "postgresql": 8}
PREPARE = """
import django; django.setup()
from django.core.management import call_command
from django.utils import timezone
call_command("migrate", verbosity=0)
call_command("load_demo", verbosity=0)
from cookies.models import Site
print(Site.objects.get(key="numonix").publications.first().version.digest)
"""
SEALING = ["manage.py", "maintain", "--loop", "5", "--verbosity", "0"]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.server", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Bench(options, Path(folder)).run()


class Bench:
    """One database of each kind, one server at a time."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self.options, self.folder = options, folder
        self.is_sqlite = options.database == "sqlite"
        url = f"sqlite:///{folder / 'ours.sqlite3'}" if self.is_sqlite else start_postgres()
        self.environ = environment(
            DATABASE_URL=url,
            DEMO="true",
            # The limit per client counts, and refuses nobody.
            EVENT_RATE="1000000/s",
            COUNT_FLUSH_SECONDS="5",
            LIVE_REFRESH_SECONDS="2",
            LEDGER_KEYS=str(folder / "keys"),
            PYTHONPATH=str(ROOT),
        )
        self.digest = self._python("-c", PREPARE)
        self.snippet = folder / "snippet.js"

    def run(self) -> None:
        print(f"{self.options.database}, load {os.getloadavg()[0]:.1f}, {self.options.rounds} rounds, medians")
        rates: dict[str, list[Rate]] = {}
        with self.ours() as port:
            self.snippet.write_bytes(urllib.request.urlopen(f"http://127.0.0.1:{port}/s/numonix.js").read())
            etag = urllib.request.urlopen(f"http://127.0.0.1:{port}/s/numonix.js").headers["ETag"]
        self._make_bare_table()
        for _ in range(self.options.rounds):
            for name, rate in self._round(etag):
                rates.setdefault(name, []).append(rate)
        self._print({name: middle(each) for name, each in rates.items()})

    def _round(self, etag: str) -> Iterator[tuple[str, Rate]]:
        with self.bare() as port:
            yield "bare: insert, 16", self._load(port, self._bare_insert, 16, b"201")
            yield "bare: insert, 64", self._load(port, self._bare_insert, 64, b"201")
            yield "bare: send", self._load(port, lambda: get("/send"), 16, b"200")
        with self.ours() as port:
            yield "ours: event, 16", self._load(port, self._event, 16, b"201")
            # Next to each other: a table that grows takes longer for each row.
            with self._process(*SEALING):
                time.sleep(3)
                yield "ours: event, 16, while sealing", self._load(port, self._event, 16, b"201")
            yield "ours: event, 64", self._load(port, self._event, 64, b"201")
            yield "ours: snippet", self._load(port, lambda: get("/s/numonix.js"), 16, b"200")
            known = get("/s/numonix.js", f"If-None-Match: {etag}\r\n")
            yield "ours: snippet, not changed", self._load(port, lambda: known, 16, b"304")

    def _print(self, rates: dict[str, Rate]) -> None:
        for name, rate in rates.items():
            peer = rates[
                "bare: send" if "snippet" in name else "bare: insert, 64" if "64" in name else "bare: insert, 16"
            ]
            print(
                f"{name:<32}{rate.per_second:>8,.0f}/s  p50 {rate.p50:6.1f} ms  p99 {rate.p99:6.1f} ms"
                f"  {rate.per_second / peer.per_second:5.2f} x"
            )

    def _load(self, port: int, request: Request, connections: int, status: bytes) -> Rate:
        return measure(port, request, connections=connections, seconds=self.options.seconds, status=status)

    def _event(self) -> bytes:
        return post("/api/v1/sites/numonix/events", event(self.digest))

    def _bare_insert(self) -> bytes:
        return post("/insert", event(self.digest))

    @contextlib.contextmanager
    def ours(self) -> Iterator[int]:
        with self._granian("config.worker:application", self.environ) as port:
            yield port

    @contextlib.contextmanager
    def bare(self) -> Iterator[int]:
        with self._granian("benchmarks.server.bare:application", self._bare_environ()) as port:
            yield port

    def _bare_environ(self) -> dict[str, str]:
        code = "import django, json; django.setup(); from django.db import connection; print(json.dumps(dict(\
ENGINE=connection.settings_dict['ENGINE'], NAME=str(connection.settings_dict['NAME']), \
USER=connection.settings_dict['USER'], HOST=connection.settings_dict['HOST'], \
CONN_MAX_AGE=connection.settings_dict['CONN_MAX_AGE'], OPTIONS=connection.settings_dict['OPTIONS'])))"
        database = json.loads(self._python("-c", code))
        if self.is_sqlite:
            database["NAME"] = str(self.folder / "bare.sqlite3")
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "BENCHMARK_DATABASE": json.dumps(database),
            "BENCHMARK_CONTENT": str(self.snippet),
        }

    def _make_bare_table(self) -> None:
        code = "from benchmarks.server.bare import make_table; make_table()"
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=self._bare_environ(), check=True)

    @contextlib.contextmanager
    def _granian(self, application: str, environ: dict[str, str]) -> Iterator[int]:
        port = free_port()
        arguments = ["-m", "granian", "--interface=wsgi", "--host=127.0.0.1", f"--port={port}", "--workers=1"]
        arguments += [f"--blocking-threads={THREADS[self.options.database]}", "--log-level=error", "--no-access-log"]
        with self._process(*arguments, application, environ=environ):
            wait_for(port)
            yield port

    @contextlib.contextmanager
    def _process(self, *arguments: str, environ: dict[str, str] | None = None) -> Iterator[None]:
        process = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env=environ or self.environ)
        try:
            yield
        finally:
            process.terminate()
            process.wait(20)

    def _python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environ, check=True, capture_output=True, text=True
        )
        return done.stdout.strip().splitlines()[-1]


def event(digest: str) -> bytes:
    body: dict[str, Any] = {
        "event_id": str(uuid.uuid4()),
        "consent_id": str(uuid.uuid4()),
        "action": "save",
        "surface": "banner",
        "categories": {"performance": True, "functional": False, "targeting": False},
        "partners": {},
        "version": digest,
        "language": "en",
        "signals": {"gpc": False, "dnt": False},
        "client_time": "2026-11-22T03:00:00Z",
        "trusted": True,
        "build": "a1b2c3d4e5f6",
    }
    return json.dumps(body).encode()


def post(path: str, body: bytes) -> bytes:
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: https://numonix.cloud\r\n"
        f"User-Agent: Mozilla/5.0 (X11; Linux x86_64) Chrome/140\r\nContent-Type: text/plain\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def get(path: str, more: str = "") -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode()


def middle(rates: list[Rate]) -> Rate:
    def median(of: Callable[[Rate], float]) -> float:
        return statistics.median(of(rate) for rate in rates)

    return Rate(median(lambda rate: rate.per_second), median(lambda rate: rate.p50), median(lambda rate: rate.p99))


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "The server did not start."
            time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    main()
