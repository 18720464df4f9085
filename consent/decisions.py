"""The decision: what to show and what is granted. Pure, total, and the twin of static/snippet/decide.js.

Both are driven by tests/vectors/decisions.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from consent.consent_cookie import OPTIONAL, StoredChoice
from consent.privacy_signals import Signals

DAY = 86_400
OPTIONAL_CATEGORIES = tuple(OPTIONAL.values())


@dataclass(frozen=True)
class DecidingRegime:
    code: str
    model: str
    signals: Sequence[str]
    grant_days: int
    refusal_days: int


@dataclass(frozen=True)
class DecidingPartner:
    slug: str
    category: str
    added: int


@dataclass(frozen=True)
class DecidingVersion:
    """What a decision needs of a version: the ordinals that are still remembered, and who was added when."""

    digest: str
    ordinals: Mapping[str, int]
    categories: Mapping[str, int]
    partners: Sequence[DecidingPartner]


@dataclass(frozen=True)
class Decision:
    show: str
    reason: str
    categories: Mapping[str, bool]
    partners: Mapping[str, bool]


def decide(
    *,
    regime: DecidingRegime,
    dnt_policy: str,
    signals: Signals,
    stored: StoredChoice | None,
    version: DecidingVersion,
    now: int,
) -> Decision:
    """Decide for one visitor. `now` is Unix seconds. Never raises."""
    binding = binding_signals(regime=regime, dnt_policy=dnt_policy, signals=signals)
    remembered, unremembered = remembered_choice(regime=regime, stored=stored, now=now)
    if remembered is None:
        return _nothing(version, "nothing", "signal") if binding else _nothing(version, "banner", unremembered)
    given_under = _present(remembered.signals)
    # A grant holds against a binding signal only if that signal was present when it was given.
    if remembered.grants_something and not binding <= given_under:
        return _nothing(version, "nothing", "signal")
    return _answered(remembered, version)


def binding_signals(*, regime: DecidingRegime, dnt_policy: str, signals: Signals) -> set[str]:
    """The signals that refuse here: present, bound by the regime, and not disregarded by the website."""
    disregarded = {"dnt"} if dnt_policy == "disregard" else set()
    return (_present(signals) & set(regime.signals)) - disregarded


def _present(signals: Signals) -> set[str]:
    return {name for name, value in signals.as_dict().items() if value}


def remembered_choice(
    *, regime: DecidingRegime, stored: StoredChoice | None, now: int
) -> tuple[StoredChoice | None, str]:
    """The stored choice while it counts; else None and the reason to ask."""
    if stored is None or stored.decided_at > now + DAY:
        return None, "undecided"
    days = regime.grant_days if stored.grants_something else regime.refusal_days
    if stored.decided_at + days * DAY < now:
        return None, "expired"
    return stored, ""


def _nothing(version: DecidingVersion, show: str, reason: str) -> Decision:
    necessary = {partner.slug: partner.category == "strictly_necessary" for partner in version.partners}
    return Decision(show, reason, {"strictly_necessary": True, **dict.fromkeys(OPTIONAL_CATEGORIES, False)}, necessary)


def _answered(stored: StoredChoice, version: DecidingVersion) -> Decision:
    answered = version.ordinals.get(stored.version, 0)
    categories = {"strictly_necessary": True}
    changed = False
    for code in OPTIONAL_CATEGORIES:
        said_yes = bool(stored.categories.get(code))
        known = version.categories.get(code, 0) <= answered
        categories[code] = said_yes and known
        changed |= said_yes and not known
    partners = {}
    for partner in version.partners:
        if partner.category == "strictly_necessary":
            partners[partner.slug] = True
            continue
        category_granted = bool(stored.categories.get(partner.category))
        said_yes = stored.partners.get(partner.slug, category_granted)
        known = partner.added <= answered
        partners[partner.slug] = said_yes and known
        # Who refused the category is not asked again because something was added to it.
        changed |= said_yes and category_granted and not known
    return Decision("banner" if changed else "nothing", "changed" if changed else "decided", categories, partners)
