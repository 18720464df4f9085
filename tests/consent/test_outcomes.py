"""What an answer adds to which counters."""

from __future__ import annotations

import pytest

from consent.models import DailyStatistic
from consent.outcomes import outcomes_of

NOTHING = {"strictly_necessary": True, "performance": False, "functional": False, "targeting": False}
EVERYTHING = dict.fromkeys(NOTHING, True)
GRANTS = {"grant_performance", "grant_functional", "grant_targeting"}


@pytest.mark.parametrize(
    ("action", "categories", "partners", "trusted", "expected"),
    [
        ("accept_all", EVERYTHING, {}, True, {"accept_all"} | GRANTS),
        # Whether a person sent it is not known, so it is not held against them.
        ("accept_all", EVERYTHING, {}, None, {"accept_all"} | GRANTS),
        ("accept_all", EVERYTHING, {}, False, {"by_program"}),
        ("reject_all", NOTHING, {}, True, {"reject_all"}),
        ("reject_all", NOTHING, {}, False, {"by_program"}),
        ("save", {**NOTHING, "functional": True}, {}, True, {"custom", "grant_functional"}),
        ("save", NOTHING, {}, True, {"custom_none"}),
        ("save", NOTHING, {"chat": True}, True, {"custom"}),
        ("save", NOTHING, {"chat": False}, True, {"custom_none"}),
        ("withdraw", NOTHING, {}, True, {"withdraw"}),
        ("embed_unlock", {**NOTHING, "targeting": True}, {}, True, {"embed_unlock"}),
    ],
)
def test_answer_is_counted_as_what_it_was(
    action: str, categories: dict[str, bool], partners: dict[str, bool], trusted: bool | None, expected: set[str]
) -> None:
    found = list(outcomes_of(action=action, categories=categories, partners=partners, trusted=trusted))
    assert len(found) == len(expected)
    assert set(found) == expected
    assert set(found) <= set(DailyStatistic.Outcome.values)
