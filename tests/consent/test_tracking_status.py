"""The tracking status: what it says of a website, of whom, and that it never says less than what may run."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent import regimes
from consent.consent_cookie import StoredChoice
from consent.deciding import deciding_regimes, deciding_version
from consent.decisions import DAY, OPTIONAL_CATEGORIES, DecidingPartner, DecidingRegime, DecidingVersion, decide
from consent.privacy_signals import Signals, read_signals
from consent.tracking_status import gpc_support, tracking_value

NOW = 1_795_000_000
VERSION = DecidingVersion(
    "a" * 12,
    {"a" * 12: 1},
    {"performance": 1, "functional": 0, "targeting": 0},
    (
        DecidingPartner("login", "strictly_necessary", 1),
        DecidingPartner("chat", "functional", 1),
        DecidingPartner("ads", "targeting", 1, sale_or_share=True),
    ),
)
CODES = [row.code for row in regimes.CHOOSABLE]


def regime(code: str = "eu") -> DecidingRegime:
    return deciding_regimes({"regimes": [regimes.resolved(regimes.REGIMES[code])]})[0]


def answer(granted: str = "", *, code: str = "eu", given_under: str = "", **facts: Any) -> StoredChoice:
    categories = {name: name[0] in granted for name in OPTIONAL_CATEGORIES}
    signals = Signals(dnt="d" in given_under, gpc="g" in given_under)
    return StoredChoice(
        "a" * 12, NOW - facts.pop("days_ago", 1) * DAY, categories, "x", code, signals, facts.pop("partners", {})
    )


def value(stored: StoredChoice | None, *, code: str = "eu", dnt_policy: str = "honour", **headers: str) -> str:
    signals = read_signals({name.replace("_", "-"): said for name, said in headers.items()})
    return tracking_value(
        regime=regime(code), dnt_policy=dnt_policy, signals=signals, stored=stored, version=VERSION, now=NOW
    )


@pytest.mark.parametrize(
    ("stored", "code", "headers", "expected"),
    [
        # Nothing runs without a yes, whatever is sent or not sent.
        (None, "eu", {}, "N"),
        (None, "eu", {"DNT": "0"}, "N"),
        (None, "unknown", {"DNT": "1"}, "N"),
        (answer(""), "eu", {}, "N"),
        (answer("p"), "eu", {}, "C"),
        (answer("", partners={"chat": True}), "eu", {}, "C"),
        (answer("f", partners={"chat": False}), "eu", {}, "C"),
        (answer("p", days_ago=500), "eu", {}, "N"),
        # A yes counts against a signal only if it was given while that signal was sent.
        (answer("p"), "eu", {"DNT": "1"}, "N"),
        (answer("p", given_under="d"), "eu", {"DNT": "1"}, "C"),
        (answer("p", given_under="d"), "eu", {"DNT": "1", "Sec-GPC": "1"}, "N"),
        (answer("p", given_under="gd"), "eu", {}, "C"),
        # What runs without an answer is tracking, not consent.
        (None, "us-ca", {}, "T"),
        (None, "us", {}, "T"),
        (None, "uk-statistics", {}, "T"),
        (None, "uk-statistics", {"DNT": "1"}, "N"),
        # A signal reaches sale and sharing there; the rest runs on.
        (None, "us-ca", {"Sec-GPC": "1"}, "T"),
        (answer("t", code="us-ca"), "us-ca", {"Sec-GPC": "1"}, "N"),
        (answer("", code="us-ca"), "us-ca", {}, "N"),
        (answer("pf", code="us-ca"), "us-ca", {}, "C"),
        # An answer whose time is over still refuses, but no longer grants: what is left is the default.
        (answer("pf", code="us-ca", days_ago=500), "us-ca", {}, "T"),
        (answer("", code="us-ca", days_ago=500), "us-ca", {}, "N"),
        # A yes to what was on anyway, given where the law does not ask for one, is none where it does.
        (answer("pft", code="us"), "eu", {}, "N"),
    ],
)
def test_status_follows_from_the_decision(
    stored: StoredChoice | None, code: str, headers: dict[str, str], expected: str
) -> None:
    assert value(stored, code=code, **headers) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"DNT": "11"}, "N"),
        ({"DNT": "1 "}, "N"),
        ({"DNT": "0, 1"}, "N"),
        ({"Sec-GPC": "1, 1"}, "N"),
        ({"Sec-GPC": "0, 1"}, "N"),
        ({"DNT": "yes"}, "C"),
        ({"DNT": "0, 0"}, "C"),
        ({"DNT": ""}, "C"),
        ({"Sec-GPC": "true"}, "C"),
        ({"Sec-GPC": "11"}, "C"),
        ({"Sec-GPC": "true, yes"}, "C"),
    ],
)
def test_status_reads_odd_headers_as_the_standards_do(headers: dict[str, str], expected: str) -> None:
    """The answer was given without a signal: C says that none was heard, N that one was."""
    assert value(answer("p"), **headers) == expected


def test_status_of_a_website_that_disregards_is_the_same_for_everybody() -> None:
    for stored in (None, answer(""), answer("pft")):
        for headers in ({}, {"DNT": "1"}, {"Sec-GPC": "1"}):
            assert value(stored, dnt_policy="disregard", **headers) == "D"


answers = st.builds(
    answer,
    st.sampled_from(["", "p", "f", "t", "pf", "pft"]),
    code=st.sampled_from([*CODES, "unknown", "gone"]),
    given_under=st.sampled_from(["", "g", "d", "gd"]),
    days_ago=st.integers(-3, 600),
    partners=st.dictionaries(st.sampled_from(["chat", "ads", "login"]), st.booleans()),
)


@given(
    stored=st.none() | answers,
    code=st.sampled_from([*CODES, "unknown"]),
    signals=st.builds(Signals, dnt=st.booleans(), gpc=st.booleans()),
)
def test_status_never_says_less_than_what_may_run(stored: StoredChoice | None, code: str, signals: Signals) -> None:
    facts: dict[str, Any] = {
        "regime": regime(code),
        "dnt_policy": "honour",
        "signals": signals,
        "stored": stored,
        "version": VERSION,
        "now": NOW,
    }
    decision = decide(**facts)
    runs = any(decision.categories[name] for name in OPTIONAL_CATEGORIES)
    runs = runs or decision.partners["chat"] or decision.partners["ads"]
    said = tracking_value(**facts)
    assert (said == "N") is not runs
    assert said in ("N", "C", "T")
    # Consent is claimed of somebody who gave it: an answer that grants something.
    assert said != "C" or (stored is not None and stored.grants_something)


def test_gpc_support_is_true_because_every_regime_is_bound_by_it() -> None:
    assert all("gpc" in row.signals for row in regimes.ROWS)
    assert gpc_support() == {"gpc": True, "lastUpdate": "2026-11-25"}


@pytest.mark.parametrize(
    ("load_mode", "granted", "expected"),
    [
        ("gated", None, "N"),
        # Its tag loads itself: a refusal is only told to it.
        ("signalled", None, "T"),
        ("signalled", "", "T"),
        ("signalled", "p", "C"),
    ],
)
def test_tag_that_loads_itself_is_said(load_mode: str, granted: str | None, expected: str) -> None:
    payload = {
        "categories": [{"code": code, "added": 1} for code in OPTIONAL_CATEGORIES],
        "partners": [{"slug": "counter", "category": "performance", "added": 1, "load_mode": load_mode}],
    }
    version = deciding_version(payload, digest="a" * 64, ordinals={"a" * 12: 1})
    said = tracking_value(
        regime=regime(),
        dnt_policy="honour",
        signals=Signals(),
        stored=None if granted is None else answer(granted),
        version=version,
        now=NOW,
    )
    assert said == expected
