"""The tracking status of a website or of the platform (W3C Tracking Preference Expression §6, a Note of 2019). Pure.

It follows from the decision, as everything else does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from consent.consent_cookie import StoredChoice
from consent.decisions import (
    OPTIONAL_CATEGORIES,
    DecidingRegime,
    DecidingVersion,
    Decision,
    decide,
    remembered_choice,
)
from consent.privacy_signals import Signals

MEDIA_TYPE = "application/tracking-status+json"
NOT_TRACKING = "N"
TRACKING = "T"
CONSENT = "C"
DISREGARDING = "D"
# In answers to a change only, never in a resource (§6.2.10).
UPDATED = "U"
# Site-wide only, where `Tk` says the rest with every answer (§6.2.3).
DYNAMIC = "?"
# The day of the statement, as RFC 3339 writes it.
GPC_SINCE = "2026-11-25"


@dataclass(frozen=True)
class TrackingStatus:
    """A status object. `policy`, `config` and the controllers are addresses that a person can open.

    `same-party` and `audit` are left out because nobody here knows them; `compliance` and `qualifiers` because no
    regime of compliance was ever agreed on that could be named truthfully.
    """

    tracking: str
    policy: str
    config: str
    controller: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        return {
            "tracking": self.tracking,
            "policy": self.policy,
            "config": self.config,
            "controller": list(self.controller),
        }


def website_status(tracking: str, *, declaration_url: str, preferences_url: str, home: str) -> TrackingStatus:
    """`home`: an address of the website, to which the preference page leads back, or nothing. Only there can a choice
    be kept: the platform's own page changes nothing in a browser."""
    return TrackingStatus(
        tracking=tracking,
        policy=f"{declaration_url}#signals",
        config=f"{preferences_url}?{urlencode({'return': home})}" if home else preferences_url,
        controller=(f"{declaration_url}#responsible",),
    )


def depends_on_visitor(dnt_policy: str) -> bool:
    """A website that disregards the preference says so to everybody alike."""
    return dnt_policy != "disregard"


def tracking_value(
    *,
    regime: DecidingRegime,
    dnt_policy: str,
    signals: Signals,
    stored: StoredChoice | None,
    version: DecidingVersion,
    now: int,
) -> str:
    """D, N, C or T for one visitor of a website. `now` is Unix seconds.

    C is said only where the visitor's own answer still counts: what merely runs by default is T, and so is a tag that
    loads itself and is only told of a refusal.
    """
    if not depends_on_visitor(dnt_policy):
        return DISREGARDING
    decision = decide(regime=regime, dnt_policy=dnt_policy, signals=signals, stored=stored, version=version, now=now)
    if any(partner.runs_unasked and not decision.partners[partner.slug] for partner in version.partners):
        # It was loaded, whatever it was told.
        return TRACKING
    if not grants_something(decision, version):
        return NOT_TRACKING
    return CONSENT if remembered_choice(regime=regime, stored=stored, now=now) else TRACKING


def grants_something(decision: Decision, version: DecidingVersion) -> bool:
    """Whether anything optional may run. What is strictly necessary is no tracking, and needs no answer."""
    optional = (partner.slug for partner in version.partners if partner.category in OPTIONAL_CATEGORIES)
    granted: Mapping[str, bool] = decision.partners
    return any(decision.categories[code] for code in OPTIONAL_CATEGORIES) or any(granted[slug] for slug in optional)


def gpc_support(since: str = GPC_SINCE) -> dict[str, Any]:
    """The support resource of W3C Global Privacy Control, true of everything that decides by this rule: the signal
    binds in every regime. `since`: the day of the statement, as RFC 3339 writes it."""
    return {"gpc": True, "lastUpdate": since}
