"""Asking an address that a person named, without being led anywhere else.

A name is resolved once, and the connection goes to that very address: who answers for the name can't send us
elsewhere in between. Redirects are followed by hand, and each step is checked like the first. No cookie, no credential
and no proxy of the environment is ever used. Time, size and what is unpacked are bounded.
"""

from __future__ import annotations

import http.client
import io
import queue
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from consent.public_addresses import (
    WebAddress,
    is_own_machine,
    is_public,
    names_own_machine,
    port_fault,
    read_address,
)

# The addresses of a host and port, as text.
Resolver = Callable[[str, int], Sequence[str]]
# What speaks against asking an address, in a sentence, or None.
Objection = Callable[[WebAddress], str | None]

CHUNK = 65_536
REDIRECTS = (301, 302, 303, 307, 308)
PACKED = ("gzip", "x-gzip", "deflate")
# zlib's code for: gzip or zlib, whichever it is.
EITHER_FORM = 47
MOST_ADDRESSES = 4
OUTSIDE = "{host} leads to an address that is not on the public internet, so it was not asked."


class Refused(Exception):
    """We do not ask this address. The sentence says why."""


class NoAnswer(Exception):
    """It was asked, and nothing came that could be read. The sentence says why."""


@dataclass(frozen=True)
class Limits:
    """`seconds` is for everything together, from the name to the last byte; `size` is what is read of the body, in
    bytes, packed and unpacked alike."""

    seconds: float = 10
    size: int = 2_000_000
    redirects: int = 5


@dataclass(frozen=True)
class Answer:
    """`headers` have lower-case names. `is_whole` is False where the body is longer than what was read of it."""

    address: WebAddress
    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool


def system_resolver(host: str, port: int) -> Sequence[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(row[4][0]) for row in found))


@dataclass(frozen=True, kw_only=True)
class Outbound:
    """How this server asks others. `own_machine`: loopback names may be asked too, on any port, and lead nowhere but to
    the machine itself; for a trial, where the websites are on the same machine."""

    user_agent: str
    limits: Limits = Limits()
    own_machine: bool = False
    resolve: Resolver = system_resolver

    def get(self, address: WebAddress, *, accept: str = "*/*", objection: Objection = lambda address: None) -> Answer:
        """What is there, after at most so many redirects. `objection` is asked about each address, the first too.
        Raises Refused or NoAnswer."""
        until = time.monotonic() + self.limits.seconds
        for _ in range(self.limits.redirects + 1):
            if sentence := objection(address):
                raise Refused(sentence)
            answer = self._ask("GET", address, b"", {"Accept": accept}, until)
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or not location:
                return answer
            address = _next(address, location)
        raise NoAnswer(f"The page sends on from one address to another more than {self.limits.redirects} times.")

    def post(self, address: WebAddress, body: bytes, *, headers: Mapping[str, str]) -> Answer:
        """Send something, and see what is said to it. A redirect is an answer like any other. Raises Refused or
        NoAnswer."""
        return self._ask("POST", address, body, headers, time.monotonic() + self.limits.seconds)

    def check(self, address: WebAddress) -> None:
        """Whether it would be asked, without asking it. Raises Refused or NoAnswer."""
        try:
            self._checked_addresses(address, time.monotonic() + self.limits.seconds)
        except TimeoutError:
            raise NoAnswer(f"Looking up {address.host} took longer than {self.limits.seconds:g} seconds.") from None

    def _ask(self, method: str, address: WebAddress, body: bytes, headers: Mapping[str, str], until: float) -> Answer:
        own = {"Host": _host_header(address), "User-Agent": self.user_agent, "Accept-Encoding": "gzip"}
        try:
            with self._connected(address, until) as plain, _secured(plain, address, until) as connected:
                asked = http.client.HTTPConnection(address.host, address.port)
                # It must never connect by itself: it would ask for the name again.
                asked.auto_open = 0
                asked.sock = _Timed(connected, until)
                asked.request(method, address.path, body or None, {**headers, **own, "Connection": "close"})
                return self._read(asked.getresponse(), address)
        except TimeoutError:
            raise NoAnswer(f"{address.host} took longer than {self.limits.seconds:g} seconds.") from None
        except ssl.SSLError as error:
            raise NoAnswer(f"{address.host} could not prove who it is: {_reason(error)}.") from None
        except (OSError, http.client.HTTPException, ValueError):
            raise NoAnswer(f"{address.host} did not answer as a website does.") from None

    def _connected(self, address: WebAddress, until: float) -> socket.socket:
        found = self._checked_addresses(address, until)
        for left, ip in zip(range(len(found), 0, -1), found, strict=True):
            try:
                return socket.create_connection((ip, address.port), timeout=_seconds_left(until) / left)
            except OSError:
                continue
        _seconds_left(until)
        raise NoAnswer(f"{address.host} can't be reached on port {address.port}.")

    def _checked_addresses(self, address: WebAddress, until: float) -> list[str]:
        """The addresses of a host, each of which may be asked. One that may not forbids them all."""
        if self.own_machine and names_own_machine(address.host):
            # Not every system knows the names under localhost. They mean nothing else (RFC 6761 §6.3).
            found, is_right = [address.host if ":" in address.host else "127.0.0.1"], is_own_machine
        elif sentence := port_fault(address):
            raise Refused(sentence)
        else:
            found, is_right = list(self._resolved(address, until)), is_public
        if not all(map(is_right, found)):
            raise Refused(OUTSIDE.format(host=address.host))
        return found[:MOST_ADDRESSES]

    def _resolved(self, address: WebAddress, until: float) -> Sequence[str]:
        """The system's resolver knows no limit of time, so it is waited for no longer than there is time."""
        box: queue.SimpleQueue[Sequence[str]] = queue.SimpleQueue()

        def look_up() -> None:
            try:
                box.put(self.resolve(address.host, address.port))
            except (OSError, UnicodeError):
                box.put([])

        threading.Thread(target=look_up, name="resolver", daemon=True).start()
        try:
            found = box.get(timeout=_seconds_left(until))
        except queue.Empty:
            raise TimeoutError from None
        if not found:
            raise NoAnswer(f"There is no {address.host}: the name leads nowhere.")
        return found

    def _read(self, response: http.client.HTTPResponse, address: WebAddress) -> Answer:
        headers = {name.lower(): value for name, value in response.headers.items()}
        packing = headers.get("content-encoding", "identity").strip().lower() or "identity"
        if packing != "identity" and packing not in PACKED:
            raise NoAnswer(f"{address.host} sent its answer packed in a way that was not asked for.")
        try:
            body, is_whole = _body(response, self.limits.size, is_packed=packing in PACKED)
        except zlib.error:
            raise NoAnswer(f"{address.host} sent an answer that can't be unpacked.") from None
        return Answer(address, response.status, headers, body, is_whole)


class _Timed(io.RawIOBase):
    """A connection that ends at a moment, however slowly it trickles. What http.client needs of a socket."""

    def __init__(self, connected: socket.socket, until: float) -> None:
        self.connected, self.until = connected, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.connected.settimeout(_seconds_left(self.until))
        return self.connected.recv_into(buffer)

    def sendall(self, sent: bytes) -> None:
        self.connected.settimeout(_seconds_left(self.until))
        self.connected.sendall(sent)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def close(self) -> None:
        """Whoever opened the connection closes it: http.client would do so before the body is read."""


def _secured(plain: socket.socket, address: WebAddress, until: float) -> socket.socket:
    """With TLS, the certificate must be for the name that was asked, whatever address it led to."""
    if address.scheme == "http":
        return plain
    plain.settimeout(_seconds_left(until))
    return ssl.create_default_context().wrap_socket(plain, server_hostname=address.host)


def _body(response: http.client.HTTPResponse, most: int, *, is_packed: bool) -> tuple[bytes, bool]:
    """So much of the body, and whether that is all of it. A bomb is never unpacked further than that."""
    unpacking = zlib.decompressobj(EITHER_FORM) if is_packed else None
    body, received = bytearray(), 0
    while len(body) <= most and received <= most and (chunk := response.read(CHUNK)):
        received += len(chunk)
        body += unpacking.decompress(chunk, most + 1 - len(body)) if unpacking else chunk
        if unpacking and unpacking.eof:
            break
    return bytes(body[:most]), max(len(body), received) <= most


def _next(address: WebAddress, location: str) -> WebAddress:
    try:
        return read_address(urljoin(str(address), location))
    except ValueError:
        raise NoAnswer(f"{address.host} sends on to something that is not a web address.") from None


def _host_header(address: WebAddress) -> str:
    return str(address).split("/")[2]


def _seconds_left(until: float) -> float:
    """Raises TimeoutError where there is none left: a socket would take 0 for "do not wait at all"."""
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _reason(error: ssl.SSLError) -> str:
    return str(getattr(error, "verify_message", "") or error.reason or "the certificate does not fit").lower()
