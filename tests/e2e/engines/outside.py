"""Everybody who is not us, for engines whose requests can't be intercepted: a proxy that writes down and answers.

It passes nothing on. What is asked for by https is written down by its host, and refused: the tests' own tags, frames
and pictures are asked for by http, and get what the stand-in of the other tests gives.
"""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

from tests.e2e.third_parties import OPEN_TO_ALL, PIXEL, document, script

# What Firefox asks for by itself, whatever its settings say (its own news and parts), is no request of a page.
ITS_OWN = (".mozilla.com", ".mozilla.net", ".mozilla.org", ".firefox.com", "update.googleapis.com")


class Outside:
    """`sent` is what left the pages, in order: an address, or a host and port where it was to be encrypted."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        sent = self.sent

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sent.append(self.path)
                kind, body = answer(self.path)
                self.send_response(200)
                for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **OPEN_TO_ALL}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def do_CONNECT(self) -> None:
                if not self.path.rpartition(":")[0].endswith(ITS_OWN):
                    sent.append(self.path)
                self.send_error(502)

            do_POST = do_PUT = do_HEAD = do_OPTIONS = do_CONNECT  # noqa: N815  the library's names

            def log_message(self, format: str, *args: object) -> None:
                """Nobody reads a log of it."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port: int = self.server.server_port
        Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


def answer(url: str) -> tuple[str, bytes]:
    path = urlsplit(url).path
    if path.endswith(".js"):
        return "text/javascript", script(url).encode()
    if path.endswith(".gif"):
        return "image/gif", PIXEL
    return "text/html; charset=utf-8", document(url).encode()
