"""A leaf: one event's evidence as canonical JSON (RFC 8785), with its format's name. Pure.

What may have to be erased is in it as salted commitments only: a leaf stays what it is when its visitor is forgotten.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from consent.payload import canonical_json

FORMAT = "consent-event-1"
HASH_BYTES = 32
# The fields of an event that a leaf has under their own names; a website by its key, a version by its digest.
COVERED = frozenset(
    {
        "action",
        "build",
        "categories",
        "commitments",
        "event_id",
        "id",
        "partners",
        "received_at",
        "regime_seen",
        "regime_shown",
        "signals",
        "signals_seen",
        "site",
        "surface",
        "trusted",
        "variant",
        "version",
    }
)
# Not in the leaf, and why: salts would open the commitments.
EXCLUDED = frozenset({"salts"})
TRUTH = {True: "true", False: "false", None: "null"}


class Evidence(NamedTuple):
    """What a leaf is made of, as texts. The four maps are JSON in any spelling; `commitments` has 32 bytes a field."""

    id: str
    event_id: str
    received_at: str
    action: str
    surface: str
    categories: str
    partners: str
    regime_shown: str
    regime_seen: str
    signals: str
    signals_seen: str
    trusted: bool | None
    build: str
    variant: str
    site: str
    version: str
    commitments: bytes


def leaf_of(evidence: Evidence, erasable: tuple[str, ...]) -> bytes:
    """The leaf's bytes. `erasable` names the committed fields in the order of the commitments.

    Raises ValueError for more or fewer commitments than that.

    Written out instead of sorted at run time, since verifying a ledger does this for every event ever recorded.
    """
    before, between, after = _shared(evidence[3:16])
    return (
        f'{before}{_commitments(evidence[16], erasable)},"event_id":"{evidence[1]}","format":"{FORMAT}"'
        f',"id":"{evidence[0]}"{between}{evidence[2]}{after}'
    ).encode()


# Few distinct answers stand in millions of events.
@lru_cache(maxsize=4096)
def _shared(answer: tuple[Any, ...]) -> tuple[str, str, str]:
    """What events with the same answer have in common: the leaf's text around their ids, time and commitments."""
    (
        action,
        surface,
        categories,
        partners,
        regime_shown,
        regime_seen,
        signals,
        signals_seen,
        trusted,
        build,
        variant,
        site,
        version,
    ) = answer
    return (
        f'{{"action":{_quoted(action)},"build":{_quoted(build)},"categories":{_canonical(categories)},"commitments":',
        f',"partners":{_canonical(partners)},"received_at":"',
        f'","regime_seen":{_quoted(regime_seen)},"regime_shown":{_quoted(regime_shown)}'
        f',"signals":{_canonical(signals)},"signals_seen":{_canonical(signals_seen)}'
        f',"site":"{site}","surface":{_quoted(surface)},"trusted":{TRUTH[trusted]}'
        f',"variant":{_quoted(variant)},"version":"{version}"}}',
    )


def _commitments(raw: bytes, erasable: tuple[str, ...]) -> str:
    if len(raw) != HASH_BYTES * len(erasable):
        raise ValueError("Each field that may be erased has one commitment of its own.")
    pattern, ordered = _pattern(erasable)
    return pattern % ordered(raw.hex(" ", -HASH_BYTES).split(" "))


@lru_cache(maxsize=8)
def _pattern(erasable: tuple[str, ...]) -> tuple[str, Callable[[list[str]], tuple[str, ...]]]:
    """What the commitments are written into, and what puts them into the order of their fields' names."""
    pattern = "{" + ",".join(f'"{field}":"%s"' for field in sorted(erasable)) + "}"
    return pattern, itemgetter(*(erasable.index(field) for field in sorted(erasable)))


# And where answers are many, each of their parts is one of few.
@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


@lru_cache(maxsize=4096)
def _canonical(text: str) -> str:
    return canonical_json(json.loads(text)).decode()
