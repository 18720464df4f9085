"""Which demonstration website a loopback name stands for. Pure."""

from __future__ import annotations

import re

FIRST_WEBSITE = "numonix"
FIRST_HOST = "127.0.0.1"
PLATFORM_HOST = "localhost"
_NAMED = re.compile(r"([a-z0-9-]{1,40})\.localhost")


def website_key(host: str) -> str | None:
    """The key of the website at this host (no port), or None where there is none: any name but a loopback one,
    and the platform's own."""
    if host == FIRST_HOST:
        return FIRST_WEBSITE
    named = _NAMED.fullmatch(host)
    return named[1] if named else None
