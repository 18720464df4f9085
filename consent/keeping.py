"""Setting the consent cookie once more, by header: browsers that soon forget what a script wrote keep it longer. Pure.

The cookie that came with the request is set again, so nobody can set another; the header says for how long.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from consent.consent_cookie import StoredChoice
from consent.decisions import DAY, DecidingRegime, cookie_age

# A page of another origin can't send it without being asked first (Fetch, CORS preflight).
HEADER = "Sayso-Keep"
_SECONDS = re.compile(r"[1-9][0-9]{0,8}")


def is_own_page(*, fetch_site: str, origin: str, host: str) -> bool:
    """Whether a request came from a page of the same origin, by what browsers alone can say: Sec-Fetch-Site, and
    Origin from browsers that do not know it. The scheme is left out: behind a proxy the server sees another."""
    if fetch_site:
        return fetch_site == "same-origin"
    return bool(host) and origin.partition("://")[2] == host


def within(host: str, domain: str) -> bool:
    """As cookies/origins.py has it, which a website does not load."""
    return bool(domain) and f".{host}".endswith(f".{domain}")


def seconds_to_keep(
    asked: str, *, stored: StoredChoice | None, regimes: Sequence[DecidingRegime], now: int
) -> int | None:
    """As long as is asked for, but no longer than any rule of the website keeps such an answer; None where the request
    makes no sense. `asked`: the header's value. Which rule holds for the visitor, the page knows better."""
    if stored is None or not _SECONDS.fullmatch(asked) or stored.decided_at > now + DAY:
        return None
    longest = max((_left(regime, stored, now) for regime in regimes), default=0)
    return min(int(asked), longest) if longest > 0 else None


def _left(regime: DecidingRegime, stored: StoredChoice, now: int) -> int:
    """What is left of the time; where things run until they are refused, each visit begins it anew."""
    age = max(now - stored.decided_at, 0) if regime.model == "opt_in" else 0
    return cookie_age(regime=regime, stored=stored) - age
