"""Where a website may embed Sayso: rules about origins. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
_PLAIN = re.compile(r"[^\s\\\x00-\x1f\x7f]+")
_HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:]+\]")
# No empty step and none that begins with a dot, no query, nothing to be decoded.
_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+/?")
LONGEST_PATH = 200
_PATTERN = re.compile(
    r"(?P<scheme>https?)://(?P<host>(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[::1\])(?::(?P<port>\d{1,5}|\*))?"
)


def domain_error(pattern: str) -> str | None:
    """What is wrong with an entry of a website's domains, in one sentence; None where nothing is."""
    found = _PATTERN.fullmatch(pattern)
    if not found:
        return f"{pattern!r} is not an origin. Write it as https://www.example.com or https://*.example.com."
    host, loopback = found["host"], is_loopback(found["host"])
    if found["port"] == "*" and not loopback:
        return f"{pattern!r}: any port is possible for localhost only."
    if host.startswith("*.") and "." not in host[2:] and not loopback:
        return f"{pattern!r} would allow a whole top-level domain. Write https://*.example.com."
    if found["scheme"] == "http" and not loopback:
        return f"{pattern!r}: a website must be reached by https, or its visitors' answers could be changed on the way."
    return None


def is_loopback(host: str) -> bool:
    """Whether a host name or pattern can only mean the visitor's own machine."""
    return host in LOOPBACK or host.endswith(".localhost")


def origin_allowed(origin: str, domains: Iterable[str]) -> bool:
    """Whether a browser's Origin header is one of a website's domains. `null` and nonsense are not."""
    return bool(domains_of(origin, domains))


def domains_of(origin: str, domains: Iterable[str]) -> list[str]:
    """Those of a website's domains that an origin is under. Several where a name fits a pattern too."""
    return list(_domains_of(origin, tuple(domains)))


# The same few pages ask again and again.
@lru_cache(maxsize=4096)
def _domains_of(origin: str, domains: tuple[str, ...]) -> tuple[str, ...]:
    parts = _split(origin)
    return tuple(pattern for pattern in domains if _matches(parts, pattern)) if parts else ()


def means_own_machine(domain: str) -> bool:
    """Whether a domain of a website is somebody's own machine: a developer's, whom no visitor reaches."""
    found = _PATTERN.fullmatch(domain)
    return found is not None and is_loopback(found["host"])


def origin_of(url: str) -> str | None:
    """The origin of an absolute http(s) address, as a browser writes it."""
    parts = _split(url, with_path=True)
    if parts is None:
        return None
    scheme, host, port = parts
    return f"{scheme}://{host}" + ("" if port == _default_port(scheme) else f":{port}")


def cookie_domain_error(domain: str, domains: Iterable[str]) -> str | None:
    """What is wrong with a domain for the consent cookie, in one sentence; None where nothing is. It must be a domain
    that the website is under: browsers refuse cookies for others, and for whole top-level domains."""
    if not _HOST.fullmatch(domain) or domain.startswith("["):
        return f"{domain!r} is not a domain. Write it as example.com."
    if "." not in domain:
        return f"{domain!r} is a whole top-level domain. Write it as example.com."
    hosts = [found["host"].removeprefix("*.") for pattern in domains if (found := _PATTERN.fullmatch(pattern))]
    if not any(host == domain or host.endswith(f".{domain}") for host in hosts):
        return f"{domain!r} is not a domain of this website. Its addresses stand under Install."
    return None


def keep_path_error(path: str) -> str | None:
    """What is wrong with the path at which a website sets the consent cookie by header, in one sentence; None where
    nothing is. It can lead nowhere but to the page's own origin, and every web server reads it alike."""
    if len(path) > LONGEST_PATH:
        return f"A path has at most {LONGEST_PATH} characters."
    if not _PATH.fullmatch(path):
        return f"{path!r} is not a path of the website alone. Write it as /sayso/keep."
    return None


def within(host: str, domain: str) -> bool:
    """Whether a host may hold a cookie of a domain."""
    return bool(domain) and f".{host}".endswith(f".{domain}")


def _matches(parts: tuple[str, str, int], pattern: str) -> bool:
    found = _PATTERN.fullmatch(pattern)
    if not found:
        return False
    scheme, host, port = parts
    wanted = found["host"]
    host_fits = host.endswith(wanted[1:]) and host != wanted[2:] if wanted.startswith("*.") else host == wanted
    port_fits = found["port"] == "*" or port == int(found["port"] or _default_port(found["scheme"]))
    return scheme == found["scheme"] and host_fits and port_fits


def _split(url: str, *, with_path: bool = False) -> tuple[str, str, int] | None:
    # A browser reads a backslash as a slash and drops line breaks; what we read must be what it reads.
    if not _PLAIN.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return None
    if not with_path and (parts.path or parts.query or parts.fragment):
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    if not _HOST.fullmatch(host):
        return None
    return parts.scheme, host, port or _default_port(parts.scheme)


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80
