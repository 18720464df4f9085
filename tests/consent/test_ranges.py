"""Which days a report is about."""

from __future__ import annotations

from datetime import date

import pytest

from consent.ranges import Range, WrongRange, buckets, range_of, step_for

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("preset", "first", "days"),
    [("7", date(2026, 11, 19), 7), ("30", date(2026, 10, 27), 30), ("year", date(2025, 11, 26), 365)],
)
def test_preset_ends_today_and_counts_it(preset: str, first: date, days: int) -> None:
    found = range_of(preset, today=TODAY, earliest=None)
    assert (found.first, found.last, found.days) == (first, TODAY, days)


def test_previous_range_is_as_long_and_ends_the_day_before() -> None:
    days = Range(date(2026, 11, 11), date(2026, 11, 20))
    assert days.previous == Range(date(2026, 11, 1), date(2026, 11, 10))


def test_all_begins_with_the_first_counter() -> None:
    assert range_of("all", today=TODAY, earliest=date(2024, 2, 3)).first == date(2024, 2, 3)
    assert range_of("all", today=TODAY, earliest=None) == Range(TODAY, TODAY)


@pytest.mark.parametrize(
    ("first", "last"),
    [
        ("2026-11-20", "2026-11-01"),
        ("2027-01-01", "2027-01-02"),
        ("", "2026-11-20"),
        ("=1+1", "x"),
        ("0001-01-01", "9999-12-31"),
        ("1999-01-01", "2026-11-01"),
    ],
)
def test_wrong_days_are_refused_with_a_sentence(first: str, last: str) -> None:
    with pytest.raises(WrongRange, match=r"\.$"):
        range_of("custom", today=TODAY, earliest=None, first=first, last=last)


def test_unknown_preset_is_refused() -> None:
    with pytest.raises(WrongRange):
        range_of("decade", today=TODAY, earliest=None)


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2026, 1, 1), date(2026, 3, 31), (date(2026, 1, 1), date(2026, 3, 1))),
        (date(2026, 1, 2), date(2026, 3, 30), (date(2026, 2, 1), date(2026, 2, 1))),
        (date(2025, 12, 1), date(2026, 1, 30), (date(2025, 12, 1), date(2025, 12, 1))),
        (date(2026, 1, 2), date(2026, 2, 27), None),
        (date(2026, 1, 1), date(2026, 1, 30), None),
    ],
)
def test_whole_months_are_those_that_lie_within(first: date, last: date, expected: tuple[date, date] | None) -> None:
    assert Range(first, last).whole_months() == (expected and Range(*expected))


def test_buckets_leave_no_day_out() -> None:
    days = Range(date(2026, 1, 31), date(2026, 3, 1))
    assert len(list(buckets(days, "day"))) == days.days
    assert list(buckets(days, "month")) == [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert next(buckets(days, "week")) == date(2026, 1, 26)


@pytest.mark.parametrize(
    ("days", "answers", "step"),
    [
        (7, 0, "day"),
        (30, 10_000, "day"),
        (30, 100, "week"),
        (90, 100_000, "day"),
        (365, 9_000, "week"),
        (1000, 1, "month"),
    ],
)
def test_step_is_as_fine_as_can_be_read(days: int, answers: int, step: str) -> None:
    last = date.fromordinal(TODAY.toordinal() - days + 1)
    assert step_for(Range(last, TODAY), answers) == step
