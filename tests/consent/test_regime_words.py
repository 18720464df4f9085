"""The rules by place in words: every row of the table has them, and old versions too."""

from __future__ import annotations

import pytest

from consent.places import US_GPC_LAWS
from consent.regime_words import PLACE_NOTES, PLACES, consequence, memory_words, place_name, rule_name, signal_words
from consent.regimes import REGIMES, ROWS, Regime, resolved


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_every_row_has_a_place_and_a_sentence(row: Regime) -> None:
    assert row.place in PLACES
    published = resolved(row)
    assert place_name(published) == PLACES[row.place]
    assert consequence(published).endswith(".")


def test_rows_of_one_place_are_told_apart() -> None:
    for place in PLACES:
        rows = [resolved(row) for row in ROWS if row.place == place]
        assert len({rule_name(row) for row in rows}) == len(rows)
        assert len({consequence(row) for row in rows}) == len(rows)


def test_every_state_that_binds_the_signal_is_named_and_those_to_come_with_their_year() -> None:
    for law in US_GPC_LAWS.values():
        assert law.state in PLACE_NOTES["us-gpc"]
    assert "Colorado, " in PLACE_NOTES["us-gpc"]
    assert "Vermont (from 2028)" in PLACE_NOTES["us-gpc"]


def test_only_row_of_a_website_is_for_everybody() -> None:
    assert place_name(resolved(REGIMES["eu"]), is_only=True) == "Everybody"


def test_signals_say_what_they_refuse() -> None:
    eu, california = resolved(REGIMES["eu"]), resolved(REGIMES["us-ca"])
    assert signal_words(eu, dnt="honour") == "Do Not Track or Global Privacy Control refuses everything optional."
    assert signal_words(eu, dnt="disregard") == "Global Privacy Control refuses everything optional."
    assert "partners that sell or share" in signal_words(california, dnt="honour")


def test_row_of_an_older_version_is_put_into_words() -> None:
    old = {"code": "eu", "model": "opt_in", "signals": ["dnt"], "grant_days": 180, "refusal_days": 200}
    assert rule_name(old) == "Asked first"
    assert signal_words(old, dnt="disregard") == "No signal counts."
    assert memory_words(old) == "A yes for 180 days, a no for 200 days"
    assert place_name({**old, "code": "atlantis"}) == "atlantis"
