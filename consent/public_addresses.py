"""Which network addresses, and which web addresses, this server may ask for something. Pure.

Whoever may name an address for the server to fetch must not reach through it what only the server can reach: itself,
its neighbours, and the metadata service of its cloud.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import quote, urlsplit

from cookies.origins import is_loopback, origin_of

USUAL_PORTS = {"http": 80, "https": 443}
LONGEST = 2000
# Ways of writing an IPv4 address, or of reaching one, in IPv6: what is inside would have to be judged too, and nobody
# needs them to reach a website. Compatible, mapped, translated (RFC 6052, RFC 8215), Teredo, 6to4, ISATAP is by prefix.
DISGUISES = tuple(
    map(
        IPv6Network,
        ("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"),
    )
)
# Of all IPv6, only this is given out to be reached from anywhere (RFC 4291 §2.4, IANA).
GLOBAL_UNICAST = IPv6Network("2000::/3")
# What a path keeps of what somebody typed; everything else is encoded, a line break too.
IN_A_PATH = "/%:@!$&'()*+,;=~-._?"


class NotAnAddress(ValueError):
    """What is wrong with a web address, in a sentence."""


@dataclass(frozen=True)
class WebAddress:
    """An http(s) address as it is asked for. `host` has no brackets; `path` begins with a slash, and has the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def origin(self) -> str:
        return origin_of(str(self)) or ""

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == USUAL_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}{self.path}"


def read_address(typed: str) -> WebAddress:
    """The address that somebody typed, or that a server redirects to. Raises NotAnAddress."""
    typed = typed.strip()
    if len(typed) > LONGEST:
        raise NotAnAddress(f"An address has at most {LONGEST:,} characters.")
    try:
        parts = urlsplit(typed)
        host = _ascii_host(parts.hostname or "")
        port = parts.port
    except (ValueError, UnicodeError):
        raise NotAnAddress("This is not a web address. Write it as https://www.example.com/.") from None
    if parts.scheme not in USUAL_PORTS:
        raise NotAnAddress("An address begins with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        raise NotAnAddress("An address must not hold a user name or a password.")
    if not origin_of(f"{parts.scheme}://{f'[{host}]' if ':' in host else host}"):
        raise NotAnAddress("This is not a web address. Write it as https://www.example.com/.")
    query = f"?{parts.query}" if parts.query else ""
    return WebAddress(
        scheme=parts.scheme,
        host=host,
        port=USUAL_PORTS[parts.scheme] if port is None else port,
        path=quote((parts.path or "/") + query, safe=IN_A_PATH),
    )


def port_fault(address: WebAddress) -> str | None:
    """Websites are reached by the usual ports. Others are of services that are not meant for everybody."""
    if address.port in USUAL_PORTS.values():
        return None
    return f"Only the ports 80 and 443 are asked, and this address names port {address.port}."


def is_public(address: str) -> bool:
    """Whether this is an address of the public internet, in the one plain way of writing it. Nonsense is not."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    if found.is_multicast or found.is_reserved or not found.is_global:
        return False
    return isinstance(found, IPv4Address) or _is_plain_global(found)


def is_own_machine(address: str) -> bool:
    """Whether this is the server's own machine, by its loopback address."""
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def names_own_machine(host: str) -> bool:
    """Whether a host, without brackets, can only mean the machine itself (RFC 6761 §6.3)."""
    return is_loopback(f"[{host}]" if ":" in host else host)


def _is_plain_global(address: IPv6Address) -> bool:
    return (
        address.scope_id is None and address in GLOBAL_UNICAST and not any(address in network for network in DISGUISES)
    )


def _ascii_host(host: str) -> str:
    """As DNS asks for it: bücher.example is xn--bcher-kva.example. One full stop at the end means the same."""
    host = host.lower().removesuffix(".")
    return host if host.isascii() else host.encode("idna").decode("ascii")
