"""Whether a grant is proved while a signal refuses. Pure.

Software can claim a yes that nobody gave. Such an event is stored as what it is, and counted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent.deciding import deciding_regimes
from consent.decisions import DecidingRegime, binding_signals
from consent.privacy_signals import Signals


@dataclass(frozen=True)
class ProofRules:
    """What a version says about it. `categories`: partner → its category. `for_sale`: partners that count as sale or
    sharing."""

    regimes: Mapping[str, DecidingRegime]
    dnt_policy: str
    categories: Mapping[str, str]
    for_sale: frozenset[str]


def proof_rules(payload: Mapping[str, Any]) -> ProofRules:
    return ProofRules(
        regimes={regime.code: regime for regime in deciding_regimes(payload)},
        dnt_policy=payload["policy"]["dnt"],
        categories={partner["slug"]: partner["category"] for partner in payload["partners"]},
        for_sale=frozenset(partner["slug"] for partner in payload["partners"] if partner.get("sale_or_share")),
    )


def is_unproven_grant(
    rules: ProofRules,
    *,
    regime: str,
    signals: Signals,
    categories: Mapping[str, bool],
    partners: Mapping[str, bool],
    trusted: bool | None,
) -> bool:
    """Whether something is granted that a binding signal refuses, without an act of the visitor.

    `regime` is the one that the server sees, `signals` all that anybody saw. `partners` are the exceptions. Only a
    person's click, or a form that a person sent, is an act (`trusted`): what is not known is none.
    """
    row = rules.regimes.get(regime)
    if trusted or row is None or not binding_signals(regime=row, dnt_policy=rules.dnt_policy, signals=signals):
        return False
    if row.reach == "all":
        return any(categories.values()) or any(partners.values())
    return bool(categories.get("targeting")) or any(
        partners.get(slug, categories.get(category, False))
        for slug, category in rules.categories.items()
        if category == "targeting" or slug in rules.for_sale
    )
