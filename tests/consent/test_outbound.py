"""Asking an outside address: real servers that redirect, trickle, flood and lie. Only the resolver is an argument."""

from __future__ import annotations

import gzip
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from consent.outbound import Limits, NoAnswer, Outbound, Refused
from consent.public_addresses import WebAddress, read_address

CERTIFICATE = Path(__file__).parent / "localhost.pem"
QUICK = Limits(seconds=0.5, size=100_000)


class Website(ThreadingHTTPServer):
    """Answers each path with what a test put there, and remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages: dict[str, Callable[[Handler], None]] = {}
        self.asked: list[tuple[str, str, dict[str, str], bytes]] = []
        self.connections = 0

    def verify_request(self, request: Any, client_address: Any) -> bool:
        self.connections += 1
        return True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """The other side hung up, as it should."""

    def at(self, path: str, *, host: str = "localhost", scheme: str = "http") -> WebAddress:
        return read_address(f"{scheme}://{host}:{self.server_address[1]}{path}")

    def says(self, path: str, body: bytes = b"", *, status: int = 200, **headers: str) -> WebAddress:
        def answer(handler: Handler) -> None:
            handler.send_response(status)
            for name, value in headers.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)

        self.pages[path] = answer
        return self.at(path)

    def sends_on(self, path: str, location: str, status: int = 302) -> WebAddress:
        return self.says(path, status=status, Location=location, Set_Cookie="session=1")


class Handler(BaseHTTPRequestHandler):
    server: Website

    def do_GET(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body))
        self.server.pages[self.path](self)

    do_POST = do_GET  # noqa: N815  the standard library's name

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def website() -> Iterator[Website]:
    server = Website()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def leads_to(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    return lambda host, port: addresses


def here(limits: Limits = QUICK, **facts: Any) -> Outbound:
    return Outbound(user_agent="Sayso test", own_machine=True, limits=limits, **facts)


def outside(**facts: Any) -> Outbound:
    return Outbound(user_agent="Sayso test", limits=QUICK, **facts)


# --- where it may be sent ---


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "169.254.169.254", "10.0.0.7", "0.0.0.0", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "fe80::1"],
)
def test_name_that_leads_inside_is_not_asked(address: str, website: Website) -> None:
    with pytest.raises(Refused, match=r"www\.example\.com leads to an address that is not on the public internet"):
        outside(resolve=leads_to(address)).get(read_address("http://www.example.com/"))
    assert website.connections == 0


def test_one_address_inside_forbids_all_of_a_name() -> None:
    with pytest.raises(Refused):
        outside(resolve=leads_to("93.184.215.14", "127.0.0.1")).get(read_address("https://www.example.com/"))


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "2130706433", "0x7f.1", "127.1", "[::1]", "0.0.0.0"])
def test_own_machine_is_not_asked_however_it_is_written(host: str, website: Website) -> None:
    """By the system's own resolver, which understands more ways of writing than people do."""
    with pytest.raises((Refused, NoAnswer)):
        outside().get(read_address(f"http://{host}/"))
    with pytest.raises(Refused, match="Only the ports 80 and 443"):
        outside().get(website.at("/", host=host))
    assert website.connections == 0


def test_name_is_looked_up_once_and_not_again_for_the_connection(website: Website) -> None:
    """Whoever answers for the name says something else the second time. 3ffe::/16 was given back; nobody is there."""
    answers = [["3ffe::1"], ["127.0.0.1"]]
    with pytest.raises(NoAnswer):
        outside(resolve=lambda host, port: answers.pop(0)).get(read_address("http://www.example.com/"))
    assert answers == [["127.0.0.1"]]
    assert website.connections == 0


def test_loopback_name_of_a_trial_leads_to_this_machine_whatever_the_resolver_says(website: Website) -> None:
    website.says("/", b"hello")
    asked = here(resolve=leads_to("10.0.0.7"))
    assert asked.get(website.at("/", host="shop.localhost")).body == b"hello"
    with pytest.raises(Refused):
        asked.get(read_address("http://shop.example/"))


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("http://169.254.169.254/latest/meta-data/", "169.254.169.254"),
        ("http://inside.example/", "127.0.0.1"),
        ("//10.0.0.7/", "10.0.0.7"),
        ("http://[::ffff:7f00:1]/", "::ffff:7f00:1"),
    ],
)
def test_redirect_inside_is_not_followed(location: str, address: str, website: Website) -> None:
    start = website.sends_on("/", location)
    with pytest.raises(Refused, match="not on the public internet"):
        here(resolve=leads_to(address)).get(start)
    assert website.connections == 1


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://localhost/", "http://user:secret@localhost/", "//["])
def test_redirect_to_what_is_no_web_address_is_not_followed(location: str, website: Website) -> None:
    with pytest.raises(NoAnswer, match="not a web address"):
        here().get(website.sends_on("/", location))


def test_each_redirect_is_judged_and_carries_nothing_along(website: Website) -> None:
    start = website.sends_on("/a", "/b?c=d", status=308)
    website.sends_on("/b?c=d", str(website.at("/e", host="shop.localhost")))
    website.says("/e", b"hello")
    judged: list[str] = []
    answer = here().get(start, objection=lambda address: judged.append(address.path))
    assert judged == ["/a", "/b?c=d", "/e"]
    assert (answer.status, answer.body, answer.address.host) == (200, b"hello", "shop.localhost")
    for _, _, headers, _ in website.asked:
        assert set(headers) == {"host", "user-agent", "accept", "accept-encoding", "connection"}
    with pytest.raises(Refused, match="Not there"):
        here().get(start, objection=lambda address: "Not there." if address.path == "/e" else None)


def test_redirects_end(website: Website) -> None:
    with pytest.raises(NoAnswer, match="more than 5 times"):
        here().get(website.sends_on("/", "/"))
    assert len(website.asked) == 6


def test_proxy_of_the_environment_is_not_used(website: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert here().get(website.says("/", b"hello")).body == b"hello"


# --- what it can be made to bear ---


def raw(website: Website, path: str, sent: Callable[[], Iterator[bytes]]) -> WebAddress:
    def answer(handler: Handler) -> None:
        for part in sent():
            handler.wfile.write(part)
            handler.wfile.flush()

    website.pages[path] = answer
    return website.at(path)


def flood() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    while True:
        yield b"x" * 65_536


def trickle_of_body() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
    for _ in range(100):
        time.sleep(0.05)
        yield b"x"


def trickle_of_headers() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(100):
        time.sleep(0.05)
        yield b"X-%d: y\r\n" % number


def silence() -> Iterator[bytes]:
    time.sleep(2)
    yield b""


def chunks_without_end() -> Iterator[bytes]:
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    for _ in range(100):
        time.sleep(0.05)
        yield b"1\r\nx\r\n"


def test_endless_page_is_cut(website: Website) -> None:
    answer = here(Limits(seconds=10, size=100_000)).get(raw(website, "/", flood))
    assert (len(answer.body), answer.is_whole) == (100_000, False)


def test_page_up_to_the_limit_is_whole(website: Website) -> None:
    answer = here().get(website.says("/", b"x" * 100_000))
    assert (len(answer.body), answer.is_whole) == (100_000, True)


@pytest.mark.parametrize("sent", [trickle_of_body, trickle_of_headers, chunks_without_end, silence])
def test_slow_answer_ends_with_the_time(sent: Callable[[], Iterator[bytes]], website: Website) -> None:
    began = time.monotonic()
    with pytest.raises(NoAnswer, match=r"took longer than 0\.5 seconds"):
        here().get(raw(website, "/", sent))
    assert time.monotonic() - began < 2


def test_slow_resolver_ends_with_the_time() -> None:
    def slow(host: str, port: int) -> Sequence[str]:
        time.sleep(2)
        return ["93.184.215.14"]

    with pytest.raises(NoAnswer, match="took longer"):
        outside(resolve=slow).get(read_address("http://a.example/"))


def test_packed_answer_is_unpacked(website: Website) -> None:
    for packing, body in (("gzip", gzip.compress(b"hello")), ("deflate", zlib.compress(b"hello"))):
        assert here().get(website.says("/", body, Content_Encoding=packing)).body == b"hello"


def test_bomb_is_not_unpacked_further_than_the_limit(website: Website) -> None:
    bomb = zlib.compressobj(wbits=31)
    zeros = b"\0" * 1_000_000
    packed = b"".join([*(bomb.compress(zeros) for _ in range(30)), bomb.flush()])
    assert len(packed) < 100_000
    answer = here().get(website.says("/", packed, Content_Encoding="gzip"))
    assert (len(answer.body), answer.is_whole) == (100_000, False)


@pytest.mark.parametrize(
    ("packing", "body", "sentence"),
    [
        ("br", b"hello", "not asked for"),
        ("gzip", b"no gzip", "can't be unpacked"),
        ("gzip, gzip", b"", "not asked for"),
    ],
)
def test_answer_that_can_not_be_unpacked_is_none(packing: str, body: bytes, sentence: str, website: Website) -> None:
    with pytest.raises(NoAnswer, match=sentence):
        here().get(website.says("/", body, Content_Encoding=packing))


@pytest.mark.parametrize(
    "sent", [b"SSH-2.0-OpenSSH_9.6\r\n", b"", b"HTTP/1.1 banana\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000]
)
def test_what_is_no_web_server_is_told(sent: bytes, website: Website) -> None:
    with pytest.raises(NoAnswer, match="did not answer as a website does"):
        here().get(raw(website, "/", lambda: iter([sent])))


def test_closed_port_and_unknown_name_are_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(NoAnswer, match="can't be reached"):
        here().get(read_address(f"http://localhost:{port}/"))
    with pytest.raises(NoAnswer, match="the name leads nowhere"):
        outside(resolve=leads_to()).get(read_address("http://nobody.example/"))


# --- who answers ---


@pytest.fixture
def secure(website: Website) -> Website:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    website.socket = context.wrap_socket(website.socket, server_side=True, do_handshake_on_connect=False)
    website.says("/", b"hello")
    return website


def test_certificate_that_nobody_vouches_for_is_refused(secure: Website) -> None:
    with pytest.raises(NoAnswer, match="could not prove who it is"):
        here().get(secure.at("/", scheme="https"))
    assert not secure.asked


def test_certificate_is_checked_for_the_name_that_was_asked(secure: Website, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    assert here().get(secure.at("/", scheme="https")).body == b"hello"
    assert secure.asked[0][2]["host"] == f"localhost:{secure.server_address[1]}"
    with pytest.raises(NoAnswer, match=r"shop\.localhost could not prove who it is: hostname mismatch"):
        here().get(secure.at("/", scheme="https", host="shop.localhost"))


# --- sending ---


def test_post_sends_its_body_and_follows_nothing(website: Website) -> None:
    website.says("/elsewhere")
    answer = here().post(
        website.sends_on("/hook", "/elsewhere"), b'{"a":1}', headers={"Content-Type": "application/json"}
    )
    assert answer.status == 302
    ((method, path, headers, body),) = website.asked
    assert (method, path, body) == ("POST", "/hook", b'{"a":1}')
    assert headers["content-type"] == "application/json"
    with pytest.raises(Refused):
        outside(resolve=leads_to("127.0.0.1")).post(read_address("https://hook.example/"), b"", headers={})
