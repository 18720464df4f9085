"""The web server of the benchmark, on this machine: the page, the candidate's files, and all third parties.

Everything that a website would compress is compressed with brotli 11, for every candidate alike.
"""

from __future__ import annotations

import struct
import threading
import time
import zlib
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any
from urllib.parse import urlsplit

import brotli

from benchmarks.client import website
from benchmarks.client.candidates import Candidate

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
}
FOLDER = "/candidate/"
NONCE = "c2F5c28tYmVuY2htYXJr"
STRICT = (
    f"default-src 'none'; script-src 'nonce-{NONCE}' 'strict-dynamic'; style-src 'self'; img-src 'self' data:; "
    f"connect-src 'self'; frame-src http://*.{website.TAG_HOST}:*; base-uri 'none'; form-action 'none'"
)
POLICIES = {"strict": STRICT, "types": "require-trusted-types-for 'script'"}


@dataclass(frozen=True)
class Sent:
    """An answer to a browser. `size`: bytes of the body as sent."""

    host: str
    path: str
    size: int


@dataclass
class Bench:
    """The server, and what it has sent since `forget`."""

    candidates: dict[str, Candidate]
    sent: list[Sent] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"bench": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.port}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def forget(self) -> None:
        self.sent.clear()

    def of_candidate(self) -> list[Sent]:
        """What the candidate itself asked for: its files, and messages to its server."""
        own = (FOLDER, "/api/")
        return [sent for sent in list(self.sent) if sent.path.startswith(own)]

    def answer(self, host: str, path: str, query: str) -> tuple[int, str, bytes, int, str]:
        """Status, type, body, milliseconds to wait, policy."""
        if host.endswith(website.TAG_HOST):
            return self._third_party(path)
        if path.startswith(FOLDER):
            name, _, file = path.removeprefix(FOLDER).partition("/")
            body = self.candidates[name].files.get(file) if name in self.candidates else None
            return (404, "text/plain", b"", 0, "") if body is None else (200, _type_of(file), body, 0, "")
        if path.startswith("/page/"):
            candidate = self.candidates[path.removeprefix("/page/")]
            body = candidate.page(NONCE, has_embed=query != "plain", has_policy=query in POLICIES).encode()
            return 200, TYPES[".html"], body, 0, POLICIES.get(query, "")
        if path == "/page.css":
            return 200, TYPES[".css"], website.CSS.encode(), 0, ""
        if path == "/picture.png":
            return 200, "image/png", picture(), 0, ""
        return 404, "text/plain", b"", 0, ""

    def _third_party(self, path: str) -> tuple[int, str, bytes, int, str]:
        for tag in website.TAGS:
            if path == f"/{tag.name}.js":
                return 200, TYPES[".js"], tag.code.encode(), tag.slow, ""
        if path == "/embed.html":
            return 200, TYPES[".html"], b"<!doctype html><html lang=en><title>Embed</title><p>Embed</p></html>", 0, ""
        return 404, "text/plain", b"", 0, ""


class _Handler(BaseHTTPRequestHandler):
    bench: Bench
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        host = (self.headers.get("Host") or "").split(":")[0]
        status, kind, body, slow, policy = self.bench.answer(host, parts.path, parts.query)
        time.sleep(slow / 1000)
        headers = {"Timing-Allow-Origin": "*", "Access-Control-Allow-Origin": "*", "Cache-Control": "max-age=600"}
        if policy:
            headers["Content-Security-Policy"] = policy
        if kind != "image/png" and "br" in (self.headers.get("Accept-Encoding") or ""):
            headers["Content-Encoding"] = "br"
            body = compressed(body)
        self._send(host, status, kind, body, headers)

    def do_POST(self) -> None:
        """An answer goes to the record: acknowledged, as the platform does."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = b'{"receipt_url": "' + self.bench.origin.encode() + b'/receipt"}'
        self._send("localhost", 201, "application/json", body, {"Access-Control-Allow-Origin": "*"})

    def _send(self, host: str, status: int, kind: str, body: bytes, headers: dict[str, str]) -> None:
        self.bench.sent.append(Sent(host, urlsplit(self.path).path, len(body)))
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def handle_one_request(self) -> None:
        # A browser that goes away in the middle is no error of ours.
        try:
            super().handle_one_request()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


@cache
def compressed(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=11)
    return packed


def _type_of(file: str) -> str:
    return next((kind for suffix, kind in TYPES.items() if file.endswith(suffix)), "application/octet-stream")


@cache
def picture() -> bytes:
    """A picture of some 25 KB, the same on every machine: the largest thing that this page paints."""
    width, height, block, chance = 640, 360, 4, Random(1)
    rows = b""
    for _ in range(height // block):
        row = b"\0" + b"".join(bytes([chance.randrange(80, 176)]) * block for _ in range(width // block))
        rows += row * block

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")
