"""request.consent: what this visitor allows, found out when it is first asked for."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from types import MappingProxyType

from django.http import HttpRequest

from consent import consent_cookie
from consent.decision_facts import DecisionFacts
from consent.decisions import ALL_OFF, NECESSARY, DecidingRegime, Decision, decide
from consent.places import read_place, regime_of
from consent.privacy_signals import Signals, read_signals
from consent.tracking_status import tracking_value
from consent.website.configuration import Configuration
from consent.website.once import warn_once

logger = logging.getLogger(__name__)
# Before the platform was ever heard, and after the answer has left.
NOTHING_ALLOWED = Decision("nothing", "undecided", MappingProxyType({NECESSARY: True, **ALL_OFF}), MappingProxyType({}))
NO_REGIME = "unknown"


@dataclass(frozen=True)
class _Case:
    """What the decision is made from, read once per request."""

    regime: DecidingRegime
    stored: consent_cookie.StoredChoice | None
    now: int


class VisitorConsent:
    """`was_asked`: whether the answer depends on this visitor, so that caches must be told."""

    def __init__(self, request: HttpRequest, configuration: Configuration, facts: DecisionFacts | None) -> None:
        self._request = request
        self._configuration = configuration
        self._facts = facts
        self._is_answered = False
        self.was_asked = False

    def allows(self, category: str, partner: str | None = None) -> bool:
        """Whether it may run. A partner that is named decides alone, as in the browser. False for what is unknown."""
        decision = self.decision
        # A partner that is meant but empty must not fall back to its category.
        is_partner = partner is not None
        grants: Mapping[str, bool] = decision.partners if is_partner else decision.categories
        name = category if partner is None else partner
        if name not in grants and self._facts and decision is not NOTHING_ALLOWED:
            kind = "partner" if is_partner else "category"
            warn_once(logger, f"Sayso: the published version has no {kind} {_shown(name)}. It stays off.")
        return grants.get(name, False)

    @property
    def decision(self) -> Decision:
        return self._decision if self._ask() else NOTHING_ALLOWED

    @property
    def regime(self) -> str:
        """The code of the rules in force for this visitor; `unknown` while the platform was not heard."""
        return self._case.regime.code if self._ask() and self._case else NO_REGIME

    @property
    def signals(self) -> Signals:
        """Do-Not-Track and Global Privacy Control, as the request's headers say."""
        self._ask()
        return self._signals

    @property
    def tracking(self) -> str | None:
        """D, N, C or T (consent/tracking_status.py); None while the platform was not heard."""
        if not self._ask() or not self._facts or not self._case:
            return None
        return tracking_value(
            regime=self._case.regime,
            dnt_policy=self._facts.dnt_policy,
            signals=self._signals,
            stored=self._case.stored,
            version=self._facts.version,
            now=self._case.now,
        )

    def finish(self) -> None:
        """The answer's headers are written: what is asked from now on can't be told to caches any more."""
        self._is_answered = True

    def _ask(self) -> bool:
        """Note that the answer depends on the visitor. False where it is too late for that."""
        if self._is_answered and not self.was_asked:
            warn_once(
                logger,
                "Sayso: request.consent was first asked while the answer was already being sent, too late for its "
                "Vary header. Everything optional stays off there. Ask before the response is made.",
            )
            return False
        self.was_asked = True
        # cache_page stores the answer before any middleware could add Vary. This is the mark by which Django's caches
        # know whether to store: without it, one visitor's yes would be everybody's.
        self._request._cache_update_cache = False  # type: ignore[attr-defined]
        return True

    @cached_property
    def _signals(self) -> Signals:
        return read_signals(self._request.headers)

    @cached_property
    def _case(self) -> _Case | None:
        if self._facts is None:
            return None
        now = time.time()
        regimes = {regime.code: regime for regime in self._facts.regimes}
        today = datetime.fromtimestamp(now, UTC).date()
        place = read_place(
            self._header(self._configuration.country_header), self._header(self._configuration.region_header)
        )
        return _Case(
            regime=regimes[regime_of(place, regimes, on=today)],
            # Django keeps one cookie of a name; there may be several, on other paths and domains.
            stored=consent_cookie.newest(consent_cookie.values_in(self._header("Cookie"))),
            now=int(now),
        )

    @cached_property
    def _decision(self) -> Decision:
        if self._facts is None or self._case is None:
            return NOTHING_ALLOWED
        return decide(
            regime=self._case.regime,
            dnt_policy=self._facts.dnt_policy,
            signals=self._signals,
            stored=self._case.stored,
            version=self._facts.version,
            now=self._case.now,
        )

    def _header(self, name: str) -> str:
        return self._request.headers.get(name, "") if name else ""


def _shown(name: object) -> str:
    """A name as it may stand in a log. Names come from the website's code; what can't be one might be a visitor's."""
    is_name = isinstance(name, str) and len(name) <= 40 and name.replace("-", "").replace("_", "").isalnum()
    return str(name) if is_name else "of this name"
