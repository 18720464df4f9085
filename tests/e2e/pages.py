"""A website of the tests' own: any markup under any headers, on every loopback name, alive while the platform is down.

It is a server of its own, because Chromium refuses a page that an interception made up when it asks this machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.e2e.engines.tab import Tab

# The addresses of scripts, frames and pictures that tests gate; nobody answers but the stand-in.
TAG = "https://tags.example/{}.js"
FRAME = "https://frames.example/{}"
PICTURE = "https://pictures.example/{}.gif"


@dataclass(frozen=True)
class Answer:
    body: bytes
    headers: Mapping[str, str]


@dataclass
class OwnWebsite:
    """`open` shows a page; everything that a page needs beside it can be put at a path."""

    platform: str
    answers: dict[str, Answer] = field(default_factory=dict)
    server: ThreadingHTTPServer = field(init=False)

    def __post_init__(self) -> None:
        answers = self.answers

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = answers.get(urlsplit(self.path).path)
                self.send_response(200 if answer else 404)
                for name, value in (answer.headers if answer else {}).items():
                    self.send_header(name, value)
                body = answer.body if answer else b""
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads a log of it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def address(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server.server_port}{path}"

    def embed(self, attributes: str = "async", key: str = "numonix") -> str:
        """The one line of the contract."""
        return f'<script {attributes} src="{self.platform}/s/{key}.js"></script>'

    def put(
        self, path: str, text: str, *, kind: str = "text/html; charset=utf-8", headers: Mapping[str, str] | None = None
    ) -> None:
        answer_headers = {"Content-Type": kind, "Cache-Control": "no-store", **(headers or {})}
        self.answers[path] = Answer(text.encode(), answer_headers)

    def open(
        self,
        page: Page | Tab,
        body: str = "<h1>A page</h1>",
        *,
        head: str | None = None,
        headers: Mapping[str, str] | None = None,
        path: str = "/",
        host: str = "127.0.0.1",
    ) -> None:
        """Puts a page at the path and goes there. `head` is the embed line unless a test wants another."""
        self.put(
            path,
            f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>'
            f"{self.embed() if head is None else head}</head><body>{body}</body></html>",
            headers=headers,
        )
        page.goto(self.address(path, host))


def inline(name: str) -> str:
    """A script's text that says that it ran, and on which element."""
    return f"(window.ran = window.ran || []).push({name!r})"


def gated(name: str, attributes: str, address: str = "") -> str:
    """A script that waits: an external one of the stand-in, or an inline one that says its name."""
    source = f' src="{address}"' if address else ""
    return f'<script type="text/plain" {attributes}{source}>{"" if address else inline(name)}</script>'
