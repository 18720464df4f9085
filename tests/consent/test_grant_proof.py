"""A yes against a signal is proved by a person's act only."""

from __future__ import annotations

from typing import Any

import pytest

from consent.deciding import deciding_regimes
from consent.grant_proof import ProofRules, is_unproven_grant
from consent.privacy_signals import Signals
from consent.regimes import REGIMES, resolved

RULES = ProofRules(
    regimes={row.code: row for row in deciding_regimes({"regimes": [resolved(row) for row in REGIMES.values()]})},
    dnt_policy="honour",
    categories={"fonts": "strictly_necessary", "analytics": "performance", "broker": "functional", "ads": "targeting"},
    for_sale=frozenset({"broker", "ads"}),
)
DISREGARDING = ProofRules(RULES.regimes, "disregard", RULES.categories, RULES.for_sale)
NOTHING = {"performance": False, "functional": False, "targeting": False}
GPC, DNT = Signals(gpc=True), Signals(dnt=True)


def unproven(granted: str = "", *, rules: ProofRules = RULES, **facts: Any) -> bool:
    case: dict[str, Any] = {"regime": "eu", "signals": GPC, "partners": {}, "trusted": None, **facts}
    categories = {**NOTHING, **dict.fromkeys(granted.split(), True)}
    return is_unproven_grant(rules, categories=categories, **case)


def test_grant_against_a_signal_is_unproven_without_an_act() -> None:
    assert unproven("performance", trusted=None)
    assert unproven("performance", trusted=False)
    assert not unproven("performance", trusted=True)


def test_refusal_needs_no_proof() -> None:
    assert not unproven("")
    assert not unproven("", partners={"ads": False})


def test_partner_allowed_by_itself_is_a_grant() -> None:
    assert unproven("", partners={"ads": True})


def test_grant_without_a_binding_signal_needs_no_proof() -> None:
    assert not unproven("performance targeting", signals=Signals())
    assert unproven("performance", signals=DNT)
    assert not unproven("performance", signals=DNT, rules=DISREGARDING)
    assert unproven("performance", signals=GPC, rules=DISREGARDING)


@pytest.mark.parametrize("code", ["us-ca", "us-gpc", "us"])
def test_signal_that_speaks_of_sale_refuses_sale_only(code: str) -> None:
    assert not unproven("performance", regime=code)
    assert unproven("targeting", regime=code)
    assert unproven("functional", regime=code), "The broker is in it."
    assert not unproven("functional", regime=code, partners={"broker": False})
    assert unproven("", regime=code, partners={"broker": True})
    assert unproven("performance", regime=code, partners={"ads": True})


def test_regime_that_the_version_does_not_have_judges_nothing() -> None:
    assert not unproven("performance", regime="mars")
