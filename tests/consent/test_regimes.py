"""The table of regimes: its shape, what a website has of it, and the row for places that are not known."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.regimes import CHOOSABLE, REGIMES, ROWS, Regime, accepted, in_force, resolved, strictest

CATEGORIES = {"performance", "functional", "targeting"}
# They stand in evidence and in visitors' cookies.
EVER_PUBLISHED = {
    *("eu", "uk", "uk-statistics", "ch", "br", "ca-qc", "za"),
    *("us-ca", "us-gpc", "us", "us-ca-opt-in", "us-gpc-opt-in", "us-opt-in", "world", "unknown"),
}
MEMORY: dict[str, Any] = {"grant_days": 180, "refusal_days": 180}
WEBSITES = st.lists(st.sampled_from(CHOOSABLE), min_size=1, max_size=6, unique_by=lambda row: row.place)

every_row = pytest.mark.parametrize("row", ROWS, ids=[row.code for row in ROWS])


def test_no_code_was_removed_or_renamed() -> None:
    assert set(REGIMES) >= EVER_PUBLISHED
    assert len(REGIMES) == len(ROWS)


@every_row
def test_row_says_everything_in_the_words_of_the_decision(row: Regime) -> None:
    assert row.model in {"opt_in", "opt_out", "notice"}
    assert set(row.defaults) == CATEGORIES
    assert set(row.signals) <= {"dnt", "gpc"}
    assert row.reach in {"all", "sale_or_share"}
    assert row.source
    assert row.label
    assert len(row.code) <= 32


@every_row
def test_row_that_asks_first_has_a_question_with_a_no(row: Regime) -> None:
    asks = {"accept_all", "reject_all", "choose"} <= set(row.first_layer)
    assert asks == (row.model == "opt_in")
    assert ("notice" in row.first_layer) == (row.model != "opt_in")


@every_row
def test_row_turns_on_only_what_no_yes_is_asked_for(row: Regime) -> None:
    on = {code for code, is_on in row.defaults.items() if is_on}
    if row.model != "opt_in":
        assert on == CATEGORIES
    else:
        assert on == ({"performance"} if row.code == "uk-statistics" else set())


@every_row
def test_row_binds_both_signals(row: Regime) -> None:
    assert set(row.signals) == {"dnt", "gpc"}


@every_row
def test_signal_reaches_everything_but_where_the_law_is_about_sale(row: Regime) -> None:
    assert row.reach == ("sale_or_share" if row.code.startswith("us") else "all")


@every_row
def test_memory_keeps_to_the_law(row: Regime) -> None:
    # Thirteen months for a yes; half a year, and in the USA twelve months, for a no.
    assert row.grant_days <= 395
    assert row.refusal_days >= (366 if row.code.startswith("us") else 180)


def test_california_shows_its_link_and_the_status_of_the_signal() -> None:
    for code in ("us-ca", "us-ca-opt-in"):
        assert {"privacy_choices", "signal_status"} <= set(REGIMES[code].first_layer)


def test_website_that_chose_nothing_has_one_regime_for_everybody() -> None:
    assert [row.code for row in in_force([], **MEMORY)] == ["eu"]


def test_website_that_chose_has_its_rows_after_the_one_for_everybody_else() -> None:
    assert [row.code for row in in_force(["eu", "us-ca"], **MEMORY)] == ["unknown", "eu", "us-ca"]
    assert [row.code for row in in_force(["eu"], **MEMORY)] == ["unknown", "eu"]


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (["zz"], "no such regime"),
        (["unknown"], "no such regime"),
        (["eu", "EU"], "no such regime"),
        (["eu", "eu"], "same place"),
        (["uk", "uk-statistics"], "same place"),
        (["us-ca", "us-ca-opt-in"], "same place"),
    ],
)
def test_website_can_not_have_what_makes_no_sense(chosen: list[str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        in_force(chosen, **MEMORY)


@pytest.mark.parametrize(
    ("code", "grant_days", "refusal_days", "expected"),
    [
        ("eu", 180, 180, (180, 180)),
        # Neither is a yes remembered longer than the law says, nor a no shorter.
        ("eu", 730, 30, (395, 180)),
        ("eu", 30, 365, (30, 365)),
        ("us-ca", 180, 180, (180, 366)),
        ("us-ca", 180, 395, (180, 395)),
    ],
)
def test_website_may_only_be_stricter(code: str, grant_days: int, refusal_days: int, expected: tuple[int, int]) -> None:
    row = in_force([code], grant_days=grant_days, refusal_days=refusal_days)[1]
    assert (row.grant_days, row.refusal_days) == expected


@given(WEBSITES, st.integers(1, 500), st.integers(1, 800))
def test_unknown_place_is_as_strict_as_the_strictest(website: list[Regime], grant_days: int, refusal_days: int) -> None:
    """That its grants are fewer in every case is a law of its own: tests/property."""
    unknown, *rows = in_force([row.code for row in website], grant_days=grant_days, refusal_days=refusal_days)
    assert unknown.code == "unknown"
    assert unknown.is_strict
    assert unknown.reach == "all"
    for row in rows:
        assert set(unknown.signals) >= set(row.signals)
        assert unknown.grant_days <= row.grant_days
        assert unknown.refusal_days >= row.refusal_days
        assert set(accepted(unknown) or ()) <= set(accepted(row) or REGIMES)


def test_unknown_place_remembers_a_partial_yes_no_longer_than_a_row_about_sale() -> None:
    california = in_force(["us-ca"], grant_days=395, refusal_days=180)[1]
    assert strictest([california]).grant_days == california.refusal_days == 366


def test_yes_counts_where_it_was_a_yes_to_a_question() -> None:
    strict = {row.code for row in ROWS if row.model == "opt_in"} - {"uk-statistics"}
    assert set(accepted(REGIMES["eu"]) or ()) == strict
    assert set(accepted(REGIMES["us-ca-opt-in"]) or ()) == strict
    assert set(accepted(REGIMES["uk-statistics"]) or ()) == strict | {"uk-statistics"}


def test_yes_from_anywhere_counts_where_none_is_asked_for() -> None:
    for code in ("us-ca", "us-gpc", "us"):
        assert accepted(REGIMES[code]) is None


@every_row
def test_resolved_row_is_what_a_version_can_hold(row: Regime) -> None:
    published = resolved(row)
    assert published["code"] == row.code
    assert {"model", "defaults", "signals", "reach", "grant_days", "refusal_days", "accepts"} < set(published)
    assert all(isinstance(value, (str, int, list, dict, type(None))) for value in published.values())
