"""What evidence has expired: by how long a website keeps it, where its visitor was, what a legal hold covers. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from consent.regimes import REGIMES


class Fate(StrEnum):
    """What becomes of an event's contents."""

    KEPT = "kept"
    HELD = "held"
    EXPIRED = "expired"


@dataclass(frozen=True)
class Keeping:
    """For how many days evidence is kept, and where for others: `by_place` has codes of places."""

    days: int
    by_place: Mapping[str, int] = field(default_factory=dict)

    def days_for(self, *, shown: str, seen: str) -> int:
        """The law that was shown decides; the one that the server saw, where none was said."""
        regime = REGIMES.get(shown) or REGIMES.get(seen)
        return self.by_place.get(regime.place, self.days) if regime else self.days

    def newest_expired(self, now: datetime) -> datetime:
        """Nothing that was received later has expired anywhere."""
        return now - timedelta(days=min((self.days, *self.by_place.values())))


@dataclass(frozen=True)
class Hold:
    """Days in UTC, both included, open where there is none; a visitor's reference, or empty for everybody's events."""

    first_day: date | None = None
    last_day: date | None = None
    consent_ref: str = ""

    def covers(self, *, received_at: datetime, consent_ref: str | None) -> bool:
        day = received_at.astimezone(UTC).date()
        if self.consent_ref and self.consent_ref != consent_ref:
            return False
        return (self.first_day is None or self.first_day <= day) and (self.last_day is None or day <= self.last_day)


def fate_of(
    *,
    received_at: datetime,
    shown: str,
    seen: str,
    consent_ref: str | None,
    keeping: Keeping,
    holds: Iterable[Hold],
    now: datetime,
) -> Fate:
    """An event is kept for whole days, counted from the second in which it was received."""
    if received_at + timedelta(days=keeping.days_for(shown=shown, seen=seen)) > now:
        return Fate.KEPT
    if any(hold.covers(received_at=received_at, consent_ref=consent_ref) for hold in holds):
        return Fate.HELD
    return Fate.EXPIRED
