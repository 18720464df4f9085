"""Which days a report is about, and how finely it divides them. Pure. Days are UTC's, both ends belong to the range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

DAYS = {"7": 7, "30": 30, "90": 90, "year": 365}
PRESETS = (*DAYS, "all", "custom")
STEPS = ("day", "week", "month")
# A chart of more points than this is no easier to read than one of fewer.
MOST_DAYS, MOST_WEEKS = 92, 60
# A point of fewer answers says little, and of fewer than ten nothing.
ENOUGH_A_POINT = 20
LONGEST = timedelta(days=20 * 366)


@dataclass(frozen=True)
class Range:
    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def previous(self) -> Range:
        """As many days, right before."""
        return Range(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    def whole_months(self) -> Range | None:
        """From the first day of the first to the first day of the last month that lies in the range as a whole."""
        first = self.first if self.first.day == 1 else _next_month(self.first)
        last = _next_month(self.last + timedelta(days=1), back=1)
        return Range(first, last) if first <= last else None

    @property
    def after_last_month(self) -> date:
        """The first day after the month in which the range ends."""
        return _next_month(self.last)


class WrongRange(ValueError):
    """A sentence for the person who asked for it."""


def range_of(preset: str, *, today: date, earliest: date | None, first: str = "", last: str = "") -> Range:
    """`earliest`: the day of the first counter, for "all". `first` and `last` as a form sends them, for "custom"."""
    if preset == "custom":
        return _custom(first, last, today)
    if preset == "all":
        return Range(min(earliest or today, today), today)
    if preset not in DAYS:
        raise WrongRange("There is no such range.")
    return Range(today - timedelta(days=DAYS[preset] - 1), today)


def _custom(first: str, last: str, today: date) -> Range:
    try:
        wanted = Range(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise WrongRange("Give both days, such as 2026-11-01 and 2026-11-30.") from None
    if wanted.first > wanted.last:
        raise WrongRange("The first day is after the last.")
    if wanted.first > today:
        raise WrongRange("These days are still to come.")
    if wanted.last - wanted.first > LONGEST or wanted.first.year < 2000:
        raise WrongRange("This is longer than anything was counted. Choose fewer days.")
    return wanted


def step_for(days: Range, answers: int) -> str:
    """Days, weeks or months: as fine as can be read, and as the number of answers allows."""
    least = "day" if days.days <= MOST_DAYS else "week" if days.days <= MOST_WEEKS * 7 else "month"
    for step in STEPS[STEPS.index(least) :]:
        if answers >= ENOUGH_A_POINT * len(list(buckets(days, step))):
            return step
    return STEPS[max(STEPS.index(least), 1)] if days.days > 7 else least


def bucket_of(day: date, step: str) -> date:
    """The first day of the bucket: the day itself, its Monday, or the first of its month."""
    if step == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if step == "month" else day


def buckets(days: Range, step: str) -> Iterator[date]:
    """All of a range, also those in which nothing happened."""
    at = bucket_of(days.first, step)
    while at <= days.last:
        yield at
        at = _next_month(at) if step == "month" else at + timedelta(days=7 if step == "week" else 1)


def _next_month(day: date, *, back: int = 0) -> date:
    """The first day of the month after; with `back`, that of so many months before."""
    months = day.year * 12 + day.month - 1 + (1 if not back else -back)
    return date(months // 12, months % 12 + 1, 1)
