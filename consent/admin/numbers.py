"""The numbers of a website: what visitors answered, as cards, charts and tables, and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from consent.admin.number_words import (
    COLUMNS,
    DIMENSION_WORDS,
    OF_VISITS,
    Change,
    cell_words,
    change_of,
    row_label,
    share_words,
    summary_of,
    sure_words,
)
from consent.ranges import PRESETS, Range, WrongRange, range_of
from consent.reports.experiments import variants_in_test
from consent.reports.statistics import Headline, Numbers, Row, Table, first_counted, numbers
from cookies import access
from cookies.admin.history import harmless
from cookies.admin.pages import may_open, page_url, show, site_page
from cookies.models import Site
from cookies.vocabulary import CATEGORY_LABELS, OPTIONAL_CATEGORIES

USUAL = "30"
RANGE_WORDS = {"7": "7 days", "30": "30 days", "90": "90 days", "year": "Year", "all": "All"}


@site_page("numbers/", name="numbers", sees="cookies.view_site", roles=access.SEES, tab="Numbers", position=65)
def numbers_page(request: HttpRequest, site: Site) -> HttpResponse:
    days, preset, wrong = _asked_for(request, site)
    found = numbers(site, days=days, compared=preset != "all", in_test=variants_in_test(site, now=timezone.now()))
    query = f"range={preset}" + (f"&first={days.first}&last={days.last}" if preset == "custom" else "")
    views = [_view(table, found) for table in (found.over_time, *found.by_kind)]
    return show(
        request,
        site,
        "numbers",
        title="Numbers",
        tab="numbers",
        found=found,
        days=days,
        wrong=wrong,
        preset=preset,
        presets=[(code, words, code == preset) for code, words in RANGE_WORDS.items()],
        today=timezone.now().date(),
        cards=list(_cards(found)),
        categories=list(_categories(found.now)),
        beside=list(_beside(found.now)),
        summary=summary_of(found),
        markers=found.markers,
        views=views,
        charts={"markers": [_marker(found, marker) for marker in found.markers], "charts": list(_charts(found, views))},
        csv_url=f"{page_url(site, 'numbers-csv')}?{query}",
        policy_url=page_url(site, "policy") if may_open(request, site, "policy") else "",
    )


@site_page("numbers.csv", name="numbers-csv", sees="cookies.view_site", roles=access.SEES)
def numbers_csv(request: HttpRequest, site: Site) -> HttpResponse:
    """A table as the page shows it: what is hidden there is hidden here."""
    days, _, wrong = _asked_for(request, site)
    if wrong:
        return HttpResponse(f"{wrong}\n", status=400, content_type="text/plain; charset=utf-8")
    found = numbers(site, days=days, compared=False, in_test=variants_in_test(site, now=timezone.now()))
    table = found.table(request.GET.get("table", "time"))
    if table is None:
        raise Http404("There is no such table.")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"{site.key}-{table.dimension}-{days.first}-{days.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    # Excel reads UTF-8 only where it is told.
    response.write("\ufeff")
    writer = csv.writer(response)
    writer.writerow([DIMENSION_WORDS[table.dimension].singular, *(words for _, words in _csv_columns())])
    writer.writerows([harmless(cell) for cell in line] for line in _lines(table, found))
    return response


def _asked_for(request: HttpRequest, site: Site) -> tuple[Range, str, str]:
    """The range, its name, and what was wrong with it: then the usual one is shown."""
    today, preset = timezone.now().date(), request.GET.get("range", USUAL)
    first, last = request.GET.get("first", ""), request.GET.get("last", "")
    earliest = first_counted(site) if preset == "all" else None
    try:
        return range_of(preset, today=today, earliest=earliest, first=first, last=last), preset, ""
    except WrongRange as wrong:
        return range_of(USUAL, today=today, earliest=None), preset if preset in PRESETS else USUAL, str(wrong)


# ---- the page


def _cards(found: Numbers) -> Iterator[dict[str, Any]]:
    now, before = found.now, found.before
    yield {
        "value": share_words(now.total.consent),
        "words": "of those who answered said yes to something",
        "sure": sure_words(now.total.consent),
        "change": _rate_change(now.total.consent, before.total.consent if before else None),
    }
    yield {
        "value": cell_words(now.total.answers),
        "words": "answers of people",
        "change": change_of(now.total.answers.value, before.total.answers.value if before else None),
    }
    for name, words in (
        ("interaction", "of the visits with a banner were answered"),
        ("consent_of_all", "of the visits with a banner ended in a yes"),
        ("tracking_loss", "of the visits with a banner can't be measured (estimate: a no, or no answer)"),
    ):
        rate = getattr(now, name)
        yield {
            "value": share_words(rate),
            "words": words,
            "sure": sure_words(rate),
            "change": _rate_change(rate, getattr(before, name) if before else None),
        }


def _rate_change(now: Any, before: Any) -> Change | None:
    return change_of(now and now.percent, before and before.percent, unit="points")


def _categories(now: Headline) -> Iterator[dict[str, Any]]:
    for code in OPTIONAL_CATEGORIES:
        rate = now.total.categories[code]
        yield {"label": CATEGORY_LABELS[code], "share": share_words(rate), "sure": sure_words(rate)}


def _beside(now: Headline) -> Iterator[tuple[str, str]]:
    """What is counted and is no answer to the question."""
    if now.days_counted:
        yield "Visits", cell_words(now.visits)
        yield "With Global Privacy Control", cell_words(now.signals["gpc"])
        yield "With Do Not Track", cell_words(now.signals["dnt"])
    yield "Withdrawn", cell_words(now.withdrawn)
    yield "Embeds allowed", cell_words(now.unlocked)
    yield "Answered by programs", cell_words(now.by_program)
    yield "A yes against a signal, unproven", cell_words(now.unproven)


def _view(table: Table, found: Numbers) -> dict[str, Any]:
    """A table for the template: words in every cell."""
    words = DIMENSION_WORDS[table.dimension]
    is_time = table.dimension in ("day", "week", "month")
    columns = [column for column in COLUMNS if found.now.days_counted or column[0] not in OF_VISITS]
    return {
        "id": "time" if is_time else table.dimension,
        "is_time": is_time,
        "title": words.title,
        "singular": words.singular,
        "rows": [_shown(table.dimension, row, columns) for row in _in_order(table)],
        "total": _shown(table.dimension, found.now.total, columns, label="All"),
    }


def _in_order(table: Table) -> list[Row]:
    """What is told together stands last."""
    return sorted(table.rows, key=lambda row: not row.is_alone)


def _shown(dimension: str, row: Row, columns: list[tuple[str, str]], *, label: str = "") -> dict[str, Any]:
    return {
        "label": label or row_label(dimension, row),
        "cells": [
            *((name, words, cell_words(getattr(row, name))) for name, words in columns),
            ("consent", "Said yes", share_words(row.consent, interval=True)),
            *((code, CATEGORY_LABELS[code], share_words(row.categories[code])) for code in OPTIONAL_CATEGORIES),
        ],
    }


def _marker(found: Numbers, marker: Any) -> dict[str, str]:
    return {"at": marker.bucket.isoformat(), "label": f"Version {marker.ordinal}"}


def _charts(found: Numbers, views: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What the browser draws: only what the tables tell."""
    if len(found.over_time.rows) > 1:
        rows = [row for row in found.over_time.rows if row.is_alone]
        yield {"id": "share", "kind": "line", "points": [_point(row, row.key) for row in rows], "step": found.step}
        yield {"id": "answers", "kind": "stack", "points": [_point(row, row.key) for row in rows], "step": found.step}
    for table, view in zip(found.by_kind, views[1:], strict=True):
        if len(table.rows) > 1:
            points = [_point(row, row_label(table.dimension, row)) for row in _in_order(table)]
            yield {"id": view["id"], "kind": "bars", "points": points[:20]}


def _point(row: Row, label: str) -> dict[str, Any]:
    rate = row.consent
    return {
        "label": label,
        "share": rate and round(rate.share * 100, 1),
        "low": rate and round(rate.low * 100, 1),
        "high": rate and round(rate.high * 100, 1),
        "accepted": row.accepted.value,
        "some": row.some.value,
        "refused": row.refused.value,
        "n": row.answers.value,
    }


# ---- CSV


def _csv_columns() -> list[tuple[str, str]]:
    rates = [("consent", "Said yes, %"), ("low", "from, %"), ("high", "to, %")]
    return [*COLUMNS, *rates, *((code, f"{CATEGORY_LABELS[code]}, %") for code in OPTIONAL_CATEGORIES)]


def _lines(table: Table, found: Numbers) -> Iterator[list[str]]:
    for row in _in_order(table):
        yield _line(row_label(table.dimension, row, iso=True), row)
    yield _line("All", found.now.total)


def _line(label: str, row: Row) -> list[str]:
    rates = [row.consent, *(row.categories[code] for code in OPTIONAL_CATEGORIES)]
    consent = (
        [f"{rate * 100:.1f}" for rate in (row.consent.share, row.consent.low, row.consent.high)]
        if row.consent
        else [""] * 3
    )
    shares = [f"{rate.percent:.0f}" if rate else "" for rate in rates[1:]]
    return [label, *(cell_words(getattr(row, name)) for name, _ in COLUMNS), *consent, *shares]
