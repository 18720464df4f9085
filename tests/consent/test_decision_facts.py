"""The facts of a decision survive the journey, and what is not exactly them is not taken for them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from consent.deciding import deciding_regimes
from consent.decision_facts import DecisionFacts, UnreadableFacts, facts_as_dict, read_facts
from consent.decisions import DecidingPartner, DecidingVersion
from consent.regimes import ROWS, resolved

FACTS = DecisionFacts(
    regimes=tuple(
        replace(row, accepts=None if row.accepts is None else tuple(row.accepts))
        for row in deciding_regimes({"regimes": [resolved(row) for row in ROWS]})
    ),
    version=DecidingVersion(
        digest="a1b2c3d4e5f6",
        ordinals={"a1b2c3d4e5f6": 2, "000000000000": 1},
        categories={"strictly_necessary": 1, "performance": 1, "functional": 1, "targeting": 2},
        partners=(
            DecidingPartner("analytics", "performance", 1),
            DecidingPartner("ads", "targeting", 2, sale_or_share=True, starts_at=1_800_000_000, runs_unasked=True),
        ),
        grace={"2": 1_790_000_000},
        announce_until=1_795_000_000,
    ),
    dnt_policy="honour",
    languages=("en", "de"),
)


def travelled(facts: DecisionFacts) -> Any:
    return json.loads(json.dumps(facts_as_dict(facts)))


def test_facts_are_the_same_on_the_other_side() -> None:
    assert read_facts(travelled(FACTS)) == FACTS


def test_facts_of_a_newer_platform_may_say_more() -> None:
    more = travelled(FACTS)
    more["version"]["colour"] = more["regimes"][0]["mood"] = "blue"
    assert read_facts(more) == FACTS


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every member in the document, the first of a list for all."""
    children: Any = (
        value.items() if isinstance(value, dict) else enumerate(value[:1]) if isinstance(value, list) else ()
    )
    for name, child in children:
        yield (*path, name)
        yield from places(child, (*path, name))


# Entries of these tables are free; the tables themselves are not.
FREE = ("ordinals", "categories", "grace", "defaults")


@pytest.mark.parametrize("place", list(places(travelled(FACTS))), ids=lambda place: ".".join(map(str, place)))
def test_nothing_of_the_facts_may_be_missing_or_odd(place: tuple[Any, ...]) -> None:
    *way, last = place
    for odd in ([{"odd": 1.5}], 1.5, "odd" if last not in ("slug", "code", "digest", 0) else 2):
        broken = copy.deepcopy(travelled(FACTS))
        inner = broken
        for name in way:
            inner = inner[name]
        inner[last] = odd
        with pytest.raises(UnreadableFacts):
            read_facts(broken)
    if isinstance(inner, dict) and not set(way) & set(FREE):
        del inner[last]
        with pytest.raises(UnreadableFacts):
            read_facts(broken)


@pytest.mark.parametrize("raw", [None, [], "facts", 1, {}, {"regimes": []}, {**travelled(FACTS), "regimes": []}])
def test_what_is_no_facts_at_all_is_refused(raw: Any) -> None:
    with pytest.raises(UnreadableFacts):
        read_facts(raw)
