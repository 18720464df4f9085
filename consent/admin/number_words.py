"""Numbers in words, for marketers: what a cell, a row or a change is called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from babel import Locale

from consent.ranges import Range
from consent.rates import Rate
from consent.regimes import REGIMES
from consent.reports.statistics import Cell, Numbers, Row
from cookies.admin.languages import language_name

COLUMNS = (
    ("answers", "Answers"),
    ("accepted", "Accepted all"),
    ("some", "Chose some"),
    ("refused", "Refused"),
    ("asked", "Visits with a banner"),
    ("no_choice", "No answer"),
)
# The columns that nobody can fill where visits are not counted.
OF_VISITS = ("asked", "no_choice")
CELL_WORDS = {"few": "fewer than 10", "hidden": "hidden", "unknown": "not known"}
DEVICE_WORDS = {"phone": "Phone", "tablet": "Tablet", "desktop": "Computer", "other": "Other device"}
NOT_KNOWN = "Not known"


@dataclass(frozen=True)
class DimensionWords:
    title: str
    singular: str
    plural: str


DIMENSION_WORDS = {
    "day": DimensionWords("By day", "Day", "days"),
    "week": DimensionWords("By week", "Week from", "weeks"),
    "month": DimensionWords("By month", "Month", "months"),
    "language": DimensionWords("By language of the banner", "Language", "languages"),
    "country": DimensionWords("By country", "Country", "countries"),
    "device_class": DimensionWords("By kind of device", "Device", "kinds of device"),
    "version": DimensionWords("By version", "Version", "versions"),
    "regime": DimensionWords("By rule", "Rule", "rules"),
}
_COUNTRIES = Locale("en").territories


def cell_words(cell: Cell) -> str:
    return f"{cell.value:,}" if cell.value is not None else CELL_WORDS[cell.why]


def share_words(rate: Rate | None, *, interval: bool = False) -> str:
    """A share to whole percents; one that was rounded to more says "about"."""
    if rate is None:
        return "not known"
    about = "about " if rate.step > 1 else ""
    words = f"{about}{rate.percent:.0f} %"
    return f"{words} ({rate.low * 100:.0f}–{rate.high * 100:.0f})" if interval else words


def sure_words(rate: Rate | None) -> str:
    """The interval, and of how many it is told. Empty where nothing is known."""
    if rate is None:
        return ""
    return f"95 % sure: {rate.low * 100:.0f}–{rate.high * 100:.0f} %, of {rate.n:,}"


def row_label(dimension: str, row: Row, *, iso: bool = False) -> str:
    if not row.is_alone:
        return f"{row.together} {DIMENSION_WORDS[dimension].plural} together"
    if not row.key:
        return NOT_KNOWN
    match dimension:
        case "day" | "week" | "month":
            return row.key if iso else _day_words(row.key, dimension)
        case "language":
            return language_name(row.key)
        case "country":
            return str(_COUNTRIES.get(row.key, row.key))
        case "device_class":
            return DEVICE_WORDS.get(row.key, row.key)
        case "version" if "+" in row.key:
            return f"Versions {row.key.replace('+', ' and ')}, in a test"
        case "version":
            return f"Version {row.key}"
        case _:
            regime = REGIMES.get(row.key)
            return regime.label if regime else row.key


def _day_words(iso: str, dimension: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day:%B %Y}" if dimension == "month" else f"{day.day} {day:%b %Y}"


def days_words(days: Range) -> str:
    return f"{days.first.day} {days.first:%b %Y} – {days.last.day} {days.last:%b %Y}"


@dataclass(frozen=True)
class Change:
    """Against the period before, in words."""

    words: str
    is_up: bool


def change_of(now: float | None, before: float | None, *, unit: str = "%") -> Change | None:
    """None where there is nothing to compare with."""
    if now is None or before is None or (unit == "%" and not before):
        return None
    by = now - before if unit == "points" else (now - before) * 100 / before
    amount = f"{abs(by):.0f} {unit}"
    if f"{abs(by):.0f}" == "0":
        return Change("the same as before", is_up=False)
    return Change(f"{amount} {'more' if by > 0 else 'less'} than before", is_up=by > 0)


def summary_of(found: Numbers) -> str:
    """What the charts show, in a sentence or two."""
    total, told = found.now.total, [row for row in found.over_time.rows if row.is_alone and row.consent]
    if total.answers.value is None or total.consent is None:
        return "Fewer than 10 people answered in these days, so there is nothing to draw."
    sentence = (
        f"{total.answers.value:,} people answered, and {share_words(total.consent)} of them said yes to something."
    )
    if len(told) < 2:
        return sentence
    best = max(told, key=lambda row: row.consent.share if row.consent else 0)
    least = min(told, key=lambda row: row.consent.share if row.consent else 0)
    step = found.over_time.dimension
    return (
        f"{sentence} By {step} it was between {share_words(least.consent)} ({row_label(step, least)}) and "
        f"{share_words(best.consent)} ({row_label(step, best)})."
    )
