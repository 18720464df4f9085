"""The decision: what to show and what is granted. Pure, total, and the twin of static/snippet/decide.js.

Both are driven by tests/vectors/decisions.json, which reads as the table of law.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from consent.consent_cookie import LONGEST_DAYS, OPTIONAL, StoredChoice
from consent.privacy_signals import Signals

DAY = 86_400
NECESSARY = "strictly_necessary"
OPTIONAL_CATEGORIES = tuple(OPTIONAL.values())
ALL_OFF: Mapping[str, bool] = MappingProxyType(dict.fromkeys(OPTIONAL_CATEGORIES, False))


@dataclass(frozen=True)
class DecidingRegime:
    """What a decision needs of a regime's row (consent/regimes.py). A version of before 2026-11-25 has no more than the
    first five: it is opt-in."""

    code: str
    model: str
    signals: Sequence[str]
    grant_days: int
    refusal_days: int
    defaults: Mapping[str, bool] = field(default_factory=lambda: ALL_OFF)
    reach: str = "all"
    accepts: Sequence[str] | None = None


@dataclass(frozen=True)
class DecidingPartner:
    """`added`: the ordinal of the version that brought it. `starts_at`: Unix seconds; 0 for at once.

    `runs_unasked`: its tag loads itself, and is only told what was decided. That decides nothing here, but a tracking
    status must say it.
    """

    slug: str
    category: str
    added: int
    sale_or_share: bool = False
    starts_at: int = 0
    runs_unasked: bool = False


@dataclass(frozen=True)
class DecidingVersion:
    """What a decision needs of what is live: the ordinals that are still remembered, and who was added when.

    `grace`: ordinal, as text → the moment from which those who had answered before are asked about what it added.
    `announce_until`: until then those who had answered before are told what changed. Moments are Unix seconds.
    """

    digest: str
    ordinals: Mapping[str, int]
    categories: Mapping[str, int]
    partners: Sequence[DecidingPartner]
    grace: Mapping[str, int] = field(default_factory=dict)
    announce_until: int = 0


@dataclass(frozen=True)
class Decision:
    """show: banner, notice or nothing. reason: undecided, expired, moved (the yes was given under a law that does not
    ask for one), signal, changed, announced or decided."""

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
    standing = standing_of(regime=regime, stored=stored, now=now)
    held = stored if standing == "decided" else None
    # A grant holds against a binding signal only if that signal was present when it was given.
    silent = binding - _present(held.signals) if held else binding
    case = _Case(regime, stored, version, now, is_held=held is not None, is_silenced=bool(silent))
    categories = {code: case.judge(code, None, version.categories.get(code, 0)) for code in OPTIONAL_CATEGORIES}
    partners = {partner.slug: case.judge_partner(partner) for partner in version.partners}
    reason = case.reason() if held else "signal" if binding else standing
    return Decision(_shown(reason, regime.model), reason, {NECESSARY: True, **categories}, partners)


def binding_signals(*, regime: DecidingRegime, dnt_policy: str, signals: Signals) -> set[str]:
    """The signals that refuse here: present, bound by the regime, and not disregarded by the website."""
    disregarded = {"dnt"} if dnt_policy == "disregard" else set()
    return (_present(signals) & set(regime.signals)) - disregarded


def remembered_choice(*, regime: DecidingRegime, stored: StoredChoice | None, now: int) -> StoredChoice | None:
    """The stored choice while it counts as the visitor's answer; else None."""
    return stored if standing_of(regime=regime, stored=stored, now=now) == "decided" else None


def standing_of(*, regime: DecidingRegime, stored: StoredChoice | None, now: int) -> str:
    """Whether the stored choice is the visitor's answer here (`decided`), else the reason to ask."""
    # A clock that was wrong by more than a day proves nothing about when the answer was given.
    if stored is None or stored.decided_at > now + DAY:
        return "undecided"
    if stored.decided_at + remembered_days(regime=regime, stored=stored) * DAY < now:
        return "expired"
    # A refusal is one everywhere. A yes counts only where the law under which it was given asked for one as well.
    is_foreign = regime.accepts is not None and stored.regime not in regime.accepts
    return "moved" if is_foreign and stored.grants_something else "decided"


def remembered_days(*, regime: DecidingRegime, stored: StoredChoice) -> int:
    """Days until the visitor may be asked again. Where the law is about sale, a refusal of anything counts as one
    (California Civil Code § 1798.135(c)(4): twelve months), also where the website asks first."""
    is_grant = stored.grants_something if regime.reach == "all" else not stored.refuses_something
    return regime.grant_days if is_grant else regime.refusal_days


def cookie_age(*, regime: DecidingRegime, stored: StoredChoice) -> int:
    """How long the browser keeps an answer, in seconds.

    Where things run until they are refused, a refusal that is forgotten would be a yes: there the cookie is kept as
    long as browsers allow.
    """
    is_asked = regime.model == "opt_in"
    return DAY * (remembered_days(regime=regime, stored=stored) if is_asked else LONGEST_DAYS)


def _present(signals: Signals) -> set[str]:
    return {name for name, value in signals.as_dict().items() if value}


def _shown(reason: str, model: str) -> str:
    if reason in ("decided", "signal"):
        return "nothing"
    return "banner" if model == "opt_in" and reason != "announced" else "notice"


@dataclass
class _Case:
    """One visitor's case while it is judged: what is granted, and what has to be said about it."""

    regime: DecidingRegime
    stored: StoredChoice | None
    version: DecidingVersion
    now: int
    is_held: bool
    is_silenced: bool
    asks: bool = False
    cuts: bool = False

    def judge_partner(self, partner: DecidingPartner) -> bool:
        if partner.category == NECESSARY:
            return partner.starts_at <= self.now
        exception = self.stored.partners.get(partner.slug) if self.stored else None
        return self.judge(
            partner.category, exception, partner.added, for_sale=partner.sale_or_share, starts_at=partner.starts_at
        )

    def judge(
        self, category: str, exception: bool | None, added: int, *, for_sale: bool = False, starts_at: int = 0
    ) -> bool:
        regime = self.regime
        followed = bool(self.stored and self.stored.categories.get(category))
        # What the law exempts from the question stays with the website: no partner that counts as sale does.
        is_default = bool(regime.defaults.get(category)) and not (for_sale and regime.model == "opt_in")
        said_yes = (followed if exception is None else exception) if self.stored else is_default
        if not said_yes or not (self.is_held or is_default):
            return False
        if self.is_silenced and (regime.reach == "all" or category == "targeting" or for_sale):
            self.cuts = True
            return False
        if starts_at > self.now:
            return False
        has_opted_out = for_sale and self._has_opted_out()
        if added > self._answered() and (self.is_held or has_opted_out):
            # Asking those who refused, or sooner than announced, would be nagging.
            self.asks |= followed and not has_opted_out and self.now >= self.version.grace.get(str(added), 0)
            return False
        return True

    def reason(self) -> str:
        """Of an answer that is held: why it is shown again, if it is."""
        if self.asks:
            return "changed"
        if self.cuts:
            return "signal"
        is_older = self._answered() < self.version.ordinals.get(self.version.digest, 0)
        return "announced" if is_older and self.now < self.version.announce_until else "decided"

    def _answered(self) -> int:
        """The ordinal of the version that was answered; an unknown one counts as the oldest."""
        return self.version.ordinals.get(self.stored.version, 0) if self.stored else 0

    def _has_opted_out(self) -> bool:
        """Who opted out of sale has opted out of later buyers too, also once the answer is too old."""
        return self.regime.reach != "all" and self.stored is not None and not self.stored.categories["targeting"]
