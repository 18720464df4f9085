"""The form of the hosted preference centre: what it starts from, and what was chosen in it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from consent.consent_cookie import StoredChoice
from consent.decisions import OPTIONAL_CATEGORIES, DecidingRegime, binding_signals
from consent.privacy_signals import Signals

ACTIONS = ("accept_all", "reject_all", "save")


class UnknownChoice(ValueError):
    """The form names something that the version does not have."""


@dataclass(frozen=True)
class Choice:
    """`partners` holds the exceptions only: a partner follows its category otherwise."""

    action: str
    categories: Mapping[str, bool]
    partners: Mapping[str, bool]


@dataclass(frozen=True)
class Submitted:
    """A form as it came. A partner has two boxes, of which one is seen: `kept` counts where its category is on,
    `allowed` where it is off. Without a script, one box could not say whether it was meant or only left over."""

    action: str
    categories: Sequence[str]
    kept: Sequence[str]
    allowed: Sequence[str]


def read_choice(submitted: Submitted, payload: Mapping[str, Any]) -> Choice:
    """Raises UnknownChoice for an action, category or partner that the version does not have."""
    category_of = {partner["slug"]: partner["category"] for partner in payload["partners"]}
    optional = {slug: code for slug, code in category_of.items() if code in OPTIONAL_CATEGORIES}
    named = {*submitted.kept, *submitted.allowed}
    if (
        submitted.action not in ACTIONS
        or not set(submitted.categories) <= set(OPTIONAL_CATEGORIES)
        or not named <= set(optional)
    ):
        raise UnknownChoice
    if submitted.action != "save":
        return Choice(submitted.action, dict.fromkeys(OPTIONAL_CATEGORIES, submitted.action == "accept_all"), {})
    categories = {code: code in submitted.categories for code in OPTIONAL_CATEGORIES}
    partners = {}
    for slug, code in optional.items():
        granted = slug in (submitted.kept if categories[code] else submitted.allowed)
        if granted != categories[code]:
            partners[slug] = granted
    return Choice("save", categories, partners)


def signal_note(
    *, signals: Signals, dnt_policy: str, regime: DecidingRegime, reason: str, stored: StoredChoice | None
) -> str | None:
    """The text that says what the browser's signal has answered already; None where there is nothing to say.
    `reason` is the decision's."""
    binding = binding_signals(regime=regime, dnt_policy=dnt_policy, signals=signals)
    if not binding:
        return "signal_disregarded" if signals.dnt and dnt_policy == "disregard" else None
    is_overruled = stored is not None and (
        stored.grants_something if regime.reach == "all" else stored.categories["targeting"]
    )
    if reason != "signal" and is_overruled:
        return "signal_answered"
    if regime.reach != "all":
        return "signal_sale"
    return "signal_both" if len(binding) == 2 else f"signal_{binding.pop()}"


def stored_choice(
    choice: Choice, *, digest: str, consent_id: str, regime: str, signals: Signals, now: int
) -> StoredChoice:
    """The choice as the browser keeps it. `now` is Unix seconds."""
    return StoredChoice(
        version=digest[:12],
        decided_at=now,
        categories=choice.categories,
        consent_id=consent_id,
        regime=regime,
        signals=signals,
        partners=choice.partners,
    )
