"""The days that people write, and the moments that visitors' browsers get."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from consent.schedules import Dates, planned, schedule_errors

NOW = datetime(2026, 11, 25, 14, 30, 12, tzinfo=UTC)
TODAY = NOW.date()


def dates(**written: Any) -> dict[str, Any]:
    return {"effective_at": None, "asked_from": None, "announced_until": None, **written}


def test_nothing_written_means_now_for_everybody() -> None:
    assert planned(now=NOW, **dates()) == Dates(NOW)
    assert schedule_errors(now=NOW, **dates()) == {}


def test_promised_days_of_grace_are_whole_days() -> None:
    made = planned(now=NOW, **dates(asked_from=TODAY + timedelta(days=30)))
    assert made.grace_until == NOW + timedelta(days=30)


def test_announcement_ends_with_its_last_day() -> None:
    made = planned(now=NOW, **dates(announced_until=date(2026, 12, 9)))
    assert made.announce_until == datetime(2026, 12, 9, 23, 59, 59, tzinfo=UTC)


def test_grace_counts_from_the_moment_of_effect() -> None:
    later = NOW + timedelta(days=5)
    made = planned(now=NOW, **dates(effective_at=later, asked_from=TODAY + timedelta(days=35)))
    assert (made.effective_at, made.grace_until) == (later, later + timedelta(days=30))


def test_asking_from_the_day_of_effect_is_no_grace() -> None:
    assert planned(now=NOW, **dates(asked_from=TODAY)).grace_until is None


def test_present_minute_is_now() -> None:
    this_minute = NOW.replace(second=0)
    assert schedule_errors(now=NOW, **dates(effective_at=this_minute)) == {}
    assert planned(now=NOW, **dates(effective_at=this_minute)).effective_at == NOW


@pytest.mark.parametrize(
    ("written", "field", "words"),
    [
        ({"effective_at": NOW - timedelta(minutes=1)}, "effective_at", "is over"),
        ({"effective_at": NOW + timedelta(days=367)}, "effective_at", "within a year"),
        ({"effective_at": NOW - timedelta(days=300), "asked_from": TODAY}, "effective_at", "is over"),
        ({"asked_from": TODAY - timedelta(days=1)}, "asked_from", "takes effect on 25 November 2026"),
        ({"announced_until": TODAY - timedelta(days=1)}, "announced_until", "takes effect on 25 November 2026"),
        ({"asked_from": TODAY + timedelta(days=91)}, "asked_from", "23 February 2027 or an earlier day"),
        ({"announced_until": TODAY + timedelta(days=91)}, "announced_until", "90 days are the most"),
        (
            {"effective_at": NOW + timedelta(days=10), "asked_from": TODAY + timedelta(days=9)},
            "asked_from",
            "takes effect on 5 December 2026",
        ),
    ],
)
def test_what_cannot_be_is_said_at_its_field(written: dict[str, Any], field: str, words: str) -> None:
    errors = schedule_errors(now=NOW, **dates(**written))
    assert list(errors) == [field]
    assert words in errors[field]
