"""Any input of a decision, by chance, in the form that both languages read: rows of the table and rows that no law has,
old versions and new ones, answers from everywhere and from the future."""

from collections.abc import Sequence
from random import Random
from typing import Any, TypeVar

from consent.regimes import CHOOSABLE, REGIMES, in_force, resolved
from tests.vector_files import CODES, CONSENT_ID, DAY, DECIDING, OPTIONAL

NOW = 1_795_312_800
DIGESTS = ("a1a1a1a1a1a1", "b2b2b2b2b2b2", "c3c3c3c3c3c3", "d4d4d4d4d4d4")
# "constructor": every object of JavaScript has one.
SLUGS = ("analytics", "ads", "chat", "constructor", "video", "sign-in")
REGIME_CODES = (*REGIMES, "zz-1999")
SIGNALS = ("dnt", "gpc")
Item = TypeVar("Item")


def any_case(random: Random) -> dict[str, Any]:
    regime = any_row(random) if random.random() < 0.6 else any_regime(random)
    return {
        "regime": regime,
        "policy": {"dnt": random.choice(("honour", "disregard"))},
        "signals": any_signals(random),
        "stored": None if random.random() < 0.15 else any_stored(random, regime),
        "version": any_version(random),
        "now": NOW,
    }


def any_row(random: Random) -> dict[str, Any]:
    """A row of the table, as some website has it."""
    return deciding_row(random.choice(any_rows(random)))


def any_rows(random: Random) -> list[dict[str, Any]]:
    """What is in force on some website: the row for everybody else first."""
    by_place = {row.place: row.code for row in random.sample(CHOOSABLE, random.randrange(5))}
    memory = {"grant_days": random.randint(1, 500), "refusal_days": random.randint(1, 800)}
    return [resolved(row) for row in in_force(list(by_place.values()), **memory)]


def deciding_row(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in DECIDING}


def any_regime(random: Random) -> dict[str, Any]:
    """A row that no law has, with or without what old versions lack."""
    whole = {
        "code": random.choice(REGIME_CODES),
        "model": random.choice(("opt_in", "opt_out", "notice")),
        "signals": some(random, SIGNALS),
        "grant_days": random.randint(1, 500),
        "refusal_days": random.randint(1, 800),
        "defaults": {code: random.random() < 0.5 for code in OPTIONAL},
        "reach": random.choice(("all", "sale_or_share")),
        "accepts": random.choice((None, some(random, REGIME_CODES))),
    }
    return without_some(random, whole, ("defaults", "reach", "accepts"))


def any_signals(random: Random) -> dict[str, bool]:
    return {signal: random.random() < 0.4 for signal in SIGNALS}


def any_stored(random: Random, regime: dict[str, Any]) -> dict[str, Any]:
    return {
        "version": random.choice(DIGESTS),
        "decided_at": NOW - any_age(random, regime),
        "categories": {code: random.random() < 0.6 for code in OPTIONAL},
        "consent_id": CONSENT_ID,
        "regime": random.choice((regime["code"], *REGIME_CODES)),
        "signals": any_signals(random),
        "partners": {slug: random.random() < 0.5 for slug in some(random, SLUGS, at_most=3)},
    }


def any_age(random: Random, regime: dict[str, Any]) -> int:
    """Seconds since the answer: often at one of the edges, to the second; negative for a clock that ran backwards."""
    edges = (0, -3600, -DAY, -2 * DAY, regime["grant_days"] * DAY, regime["refusal_days"] * DAY)
    anywhere = random.randint(-3 * DAY, 900 * DAY)
    return random.choice((*edges, anywhere, anywhere)) + random.choice((-1, 0, 0, 1))


def any_version(random: Random) -> dict[str, Any]:
    partners = [any_partner(random, slug) for slug in some(random, SLUGS)]
    whole = {
        "digest": random.choice(DIGESTS[:3]),
        "ordinals": {digest: random.randint(1, 4) for digest in some(random, DIGESTS[:3])},
        "categories": {code: random.randrange(5) for code in OPTIONAL},
        "partners": partners,
        "grace": {str(ordinal): any_moment(random) for ordinal in some(random, (1, 2, 3, 4))},
        "announce_until": any_moment(random),
    }
    return without_some(random, whole, ("grace", "announce_until"))


def any_partner(random: Random, slug: str) -> dict[str, Any]:
    whole = {
        "slug": slug,
        "category": random.choice(CODES),
        "added": random.randint(1, 4),
        "sale_or_share": random.random() < 0.4,
        "starts_at": any_moment(random),
    }
    return without_some(random, whole, ("sale_or_share", "starts_at", "starts_at"))


def any_moment(random: Random) -> int:
    return random.choice((0, NOW - DAY, NOW, NOW + 1, NOW + 7 * DAY))


def some(random: Random, items: Sequence[Item], at_most: int | None = None) -> list[Item]:
    return random.sample(items, random.randint(0, len(items) if at_most is None else at_most))


def without_some(random: Random, whole: dict[str, Any], optional: Sequence[str]) -> dict[str, Any]:
    """As older versions have it: what they do not know is missing."""
    missing = {name for name in optional if random.random() < 0.3}
    return {name: value for name, value in whole.items() if name not in missing}
