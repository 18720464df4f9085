"""Tests of two banners: what may be compared, for how long, and when what came out is told. Pure.

There are two banners and a day on which the test ends, both settled before it begins. Whoever looks at shares on the
way and stops when they please finds differences that are none (P. Armitage, C. McPherson, B. Rowe, 1969, "Repeated
significance tests on accumulating data"), so nothing is compared before the end.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from consent.rates import FEWEST, Difference, difference, exact_rate

# More banners would need more answers each, and another interval: each further comparison is one more chance to err.
LETTERS = ("a", "b")
LEAST_SHARE, ALL_SHARES = 10, 100
# Every day of the week is among seven.
FEWEST_DAYS, MOST_DAYS = 7, 90
PART_WORDS: Mapping[str, str] = {
    "schema": "how versions are written",
    "site": "the website's details",
    "languages": "languages",
    "texts": "texts beyond the banner's own",
    "categories": "categories",
    "partners": "partners",
    "cookies": "cookies",
    "policy": "policy",
    "regimes": "places and rules",
    "opt_out_links": "other ways to opt out",
}


def variant_of(number: int, letter: str) -> str:
    """What events and counters call an arm: no other test of the website has one of that name."""
    return f"{number}{letter}"


def ends_at(last_day: date) -> datetime:
    """The moment after the last day, which is UTC's, as the days of the counters are."""
    return datetime.combine(last_day + timedelta(days=1), time(), UTC)


def last_day(end: datetime) -> date:
    return (end - timedelta(days=1)).date()


def day_fault(day: date, *, today: date) -> str:
    """Why a test can't end on this day; empty where it can."""
    if day < (first := today + timedelta(days=FEWEST_DAYS)):
        return f"Choose {first.isoformat()} or a later day: a test holds every day of the week."
    if day > (latest := today + timedelta(days=MOST_DAYS)):
        return f"Choose {latest.isoformat()} or an earlier day: {MOST_DAYS} days are the most."
    return ""


def share_fault(shares: Sequence[int]) -> str:
    if len(shares) != len(LETTERS) or sum(shares) != ALL_SHARES or min(shares) < LEAST_SHARE:
        return f"Each banner gets {LEAST_SHARE} to {ALL_SHARES - LEAST_SHARE} of a hundred page views."
    return ""


def banner_fault(control: Mapping[str, Any], other: Mapping[str, Any], *, banner_texts: Collection[str]) -> str:
    """Why the second can't stand beside the first; empty where it can.

    Whoever answers one of them must have been asked the same as whoever answers the other, or their answers could not
    be compared, and some would have to be asked again. So only the look and the banner's own words may differ.
    """
    if control == other:
        return "The draft is what visitors see already. Change its look or the banner's words first."
    different = list(_different(_asked(control, banner_texts), _asked(other, banner_texts)))
    # Each language has its own words for these: that there is another one says it all.
    if "languages" in different:
        different = [part for part in different if part not in ("texts", "categories", "cookies")]
    beyond = [PART_WORDS.get(part, part) for part in different]
    if not beyond:
        return ""
    return (
        "Two banners that are compared differ in their look and the banner's words only. The draft also changes: "
        f"{', '.join(beyond)}. Publish that first, or take it back."
    )


def _asked(payload: Mapping[str, Any], banner_texts: Collection[str]) -> dict[str, Any]:
    """What both have to have in common."""
    texts = {
        language: {key: text for key, text in words.items() if key not in banner_texts}
        for language, words in payload["texts"].items()
    }
    return {**payload, "appearance": None, "texts": texts}


def _different(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    for part in dict.fromkeys([*one, *other]):
        if one.get(part) != other.get(part):
            yield part


def phase_of(*, now: datetime, end: datetime, replaced_at: datetime | None) -> str:
    """Whether it is "running", has "ended" when it should, or was "stopped" before: something else was published."""
    if replaced_at is not None and replaced_at < end and replaced_at <= now:
        return "stopped"
    return "ended" if now >= end else "running"


def verdict(difference: Difference | None) -> str:
    """Where more said yes: "first", "second", "neither" where that can't be shown, "unknown" where too little is told.

    `difference` is the second's share less the first's.
    """
    if difference is None:
        return "unknown"
    if difference.low > 0:
        return "second"
    return "first" if difference.high < 0 else "neither"


def visible_difference(*, answers: int, share: int, rate: float) -> float | None:
    """About how large a difference has to be for a test to show it, from 0 to 1: half its interval were both banners
    answered alike. `answers`: how many people answer in all; `rate`: which share of them say yes. None for too few."""
    second = answers * share // ALL_SHARES
    alike = [exact_rate(round(n * rate), n) for n in (answers - second, second) if n >= FEWEST]
    found = difference(*alike) if len(alike) == len(LETTERS) else None
    return (found.high - found.low) / 2 if found else None
