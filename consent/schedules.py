"""When a publication takes effect, for whom, and how long it is announced. Pure.

People write days; visitors' browsers get moments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

MOST_AHEAD = timedelta(days=366)
MOST_DAYS = 90
# Whoever picks the present minute means now.
A_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Dates:
    """effective_at: from when the version is shown. grace_until: until then those who have chosen are not asked.
    announce_until: until then they are told what changed."""

    effective_at: datetime
    grace_until: datetime | None = None
    announce_until: datetime | None = None


def planned(
    *, now: datetime, effective_at: datetime | None, asked_from: date | None, announced_until: date | None
) -> Dates:
    """The moments behind the days. A time of grace ends at the hour at which it began, so that no promised day is cut
    short; an announcement ends with its last day."""
    starts = max(effective_at or now, now)
    grace = datetime.combine(asked_from, starts.timetz()) if asked_from else None
    end = datetime.combine(announced_until, time(23, 59, 59), starts.tzinfo) if announced_until else None
    return Dates(starts, grace if grace and grace != starts else None, end)


def schedule_errors(
    *, now: datetime, effective_at: datetime | None, asked_from: date | None, announced_until: date | None
) -> dict[str, str]:
    """What can't be, keyed by the argument that has to change."""
    errors = {}
    if effective_at and effective_at <= now - A_MINUTE:
        errors["effective_at"] = "That moment is over. Choose a later one, or leave it empty for now."
    elif effective_at and effective_at > now + MOST_AHEAD:
        errors["effective_at"] = "That is more than a year ahead. Choose a moment within a year."
    # One mistake is said once: the days are judged from now where the moment itself can't be.
    starts = (now if errors else effective_at or now).date()
    latest = starts + timedelta(days=MOST_DAYS)
    for name, day in (("asked_from", asked_from), ("announced_until", announced_until)):
        if day and day < starts:
            errors[name] = f"The version takes effect on {day_words(starts)}. Choose that day or a later one."
        elif day and day > latest:
            errors[name] = f"Choose {day_words(latest)} or an earlier day: {MOST_DAYS} days are the most."
    return errors


def announcement_error(*, announced_until: date | None, has_news: bool, announcement: Mapping[str, str]) -> str | None:
    """What is wrong with announcing a change that consists of nothing."""
    if announced_until and not has_news and not announcement:
        return "There is nothing to say: no partner came, moved or went. Write words of your own, or leave it empty."
    return None


def day_words(day: date) -> str:
    """5 December 2026."""
    return f"{day.day} {day:%B %Y}"


def moment_words(moment: datetime) -> str:
    """5 December 2026, 10:00 UTC, for a moment in UTC."""
    return f"{day_words(moment.date())}, {moment:%H:%M} UTC"
