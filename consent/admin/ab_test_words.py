"""What came of an A/B test, in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from consent.admin.number_words import cell_words, share_words
from consent.experiments import last_day
from consent.rates import Difference
from consent.reports.experiments import Outcome, Prospect
from consent.schedules import day_words


def end_words(end: datetime) -> str:
    return day_words(last_day(end))


def phase_words(test: Outcome) -> str:
    """When it ran, in a sentence."""
    first = day_words(test.first_day)
    match test.phase:
        case "running":
            return f"It began on {first} and ends by itself with {day_words(test.last_day)} (UTC). Then banner A stays."
        case "stopped":
            return f"It began on {first} and was stopped on {day_words(test.last_day)}, before its end."
        case _:
            return f"From {first} to {day_words(test.last_day)} (UTC), as was planned."


def finding_words(test: Outcome) -> str:
    """What can be said of a test that is over, in a sentence."""
    if test.phase == "stopped":
        return "No result: a test that ends when somebody wishes finds differences that are none."
    return {
        "unknown": "No result: so few people answered one of the banners that the numbers would tell of them.",
        "neither": "No difference between the banners could be shown.",
        "first": "More people said yes to banner A.",
        "second": "More people said yes to banner B.",
    }[test.verdict]


def difference_words(found: Difference | None) -> str:
    """By how much, and how sure that is. Empty where it may not be told."""
    if found is None:
        return ""
    sure = f"95 % sure: between {_points(found.low)} and {_points(found.high)}"
    return f"Of a hundred who answered, {_points(found.share)} said yes to banner B than to banner A ({sure})."


def _points(difference: float) -> str:
    return f"{abs(difference) * 100:.1f} {'more' if difference >= 0 else 'fewer'}"


def arm_rows(test: Outcome) -> list[dict[str, str]]:
    """A line for each banner, or one for both where one alone is too small to be told."""
    return [
        {
            "label": f"Banner {test.letter_of[row.variant]}" if row.variant else "Both banners together",
            "answers": cell_words(row.answers),
            "yes": share_words(row.consent, interval=True),
        }
        for row in test.rows
    ]


def prospect_rows(found: Sequence[Prospect]) -> list[tuple[str, str, str]]:
    return [(f"{row.days} days", f"{row.answers:,}", f"{row.difference * 100:.1f} of a hundred") for row in found]
