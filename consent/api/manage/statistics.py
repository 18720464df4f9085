"""The numbers of a website: from counters only, with small groups hidden, as the admin shows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from consent.api.manage.bodies import Body, read_query
from consent.api.manage.problems import malformed
from consent.api.manage.schema import IF_NONE_MATCH, not_modified, operation
from consent.api.manage.view import ManageView
from consent.ranges import PRESETS, Range, WrongRange, range_of
from consent.rates import Rate
from consent.reports.experiments import variants_in_test
from consent.reports.statistics import Cell, Headline, Numbers, Row, Table, first_counted, numbers

CELLS = ("accepted", "some", "refused", "answers", "asked", "no_choice")
BESIDE = ("visits", "withdrawn", "unlocked", "by_program", "unproven")
RATES = ("interaction", "consent_of_all", "tracking_loss")
CELL = {"value": 240, "why": ""}
RATE = {"share": 0.6, "low": 0.5371, "high": 0.6597, "n": 240, "step": 0}
ROW = {
    "key": "",
    "together": 1,
    **dict.fromkeys(CELLS, CELL),
    "consent": RATE,
    "categories": dict.fromkeys(("performance", "functional", "targeting"), RATE),
}
EXAMPLE = {
    "first": "2026-11-01",
    "last": "2026-11-30",
    "step": "day",
    "total": ROW,
    **dict.fromkeys(BESIDE, CELL),
    **dict.fromkeys(RATES, RATE),
    "signals": {"gpc": CELL, "dnt": CELL},
    "over_time": [{**ROW, "key": "2026-11-01"}],
    "by_kind": {"language": [{**ROW, "key": "en"}]},
}


class CellSerializer(serializers.Serializer[Any]):
    value = serializers.IntegerField(allow_null=True)
    why = serializers.CharField(help_text="Why there is none: few (under ten), hidden (would tell few), unknown.")


class RateSerializer(serializers.Serializer[Any]):
    """A share, and the ends of its 95 % interval, from 0 to 1."""

    share = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    n = serializers.IntegerField()
    step = serializers.IntegerField(help_text="0 where it is exact, else to how many percent it was rounded.")


class RowSerializer(serializers.Serializer[Any]):
    key = serializers.CharField(help_text="Empty for what is not known, and for several that are told together.")
    together = serializers.IntegerField(help_text="How many are told as one, because each would be too few.")
    accepted = CellSerializer()
    some = CellSerializer()
    refused = CellSerializer()
    answers = CellSerializer()
    asked = CellSerializer()
    no_choice = CellSerializer()
    consent = RateSerializer(allow_null=True)
    categories = serializers.DictField(child=RateSerializer(allow_null=True))


class StatisticsSerializer(serializers.Serializer[Any]):
    first = serializers.DateField()
    last = serializers.DateField()
    step = serializers.CharField(help_text="day, week or month")
    total = RowSerializer()
    visits = CellSerializer()
    withdrawn = CellSerializer()
    unlocked = CellSerializer()
    by_program = CellSerializer()
    unproven = CellSerializer()
    interaction = RateSerializer(allow_null=True)
    consent_of_all = RateSerializer(allow_null=True)
    tracking_loss = RateSerializer(allow_null=True)
    signals = serializers.DictField(child=CellSerializer())
    over_time = RowSerializer(many=True)
    by_kind = serializers.DictField(child=RowSerializer(many=True))


class StatisticsQuery(Body):
    range = serializers.ChoiceField(choices=PRESETS, required=False, help_text="30 where it is missing.")
    first = serializers.DateField(required=False, help_text="With `range=custom`.")
    last = serializers.DateField(required=False, help_text="With `range=custom`.")


class StatisticsView(ManageView):
    """GET /api/v1/manage/sites/{key}/statistics."""

    @operation(
        "statistics",
        {200: StatisticsSerializer, 304: not_modified()},
        query=[StatisticsQuery, IF_NONE_MATCH],
        example=EXAMPLE,
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """What visitors answered. Days are UTC's, and both ends belong to the range."""
        days = self._days(read_query(request, StatisticsQuery))
        found = numbers(self.site, days=days, compared=False, in_test=variants_in_test(self.site, now=timezone.now()))
        return self.answer(_numbers(found))

    def _days(self, asked: Mapping[str, Any]) -> Range:
        preset = asked.get("range", "30")
        earliest = first_counted(self.site) if preset == "all" else None
        first, last = (asked[name].isoformat() if name in asked else "" for name in ("first", "last"))
        try:
            return range_of(preset, today=timezone.now().date(), earliest=earliest, first=first, last=last)
        except WrongRange as wrong:
            raise malformed({"range": str(wrong)}) from None


def _numbers(found: Numbers) -> dict[str, Any]:
    return {
        "first": found.days.first,
        "last": found.days.last,
        "step": found.step,
        **_headline(found.now),
        "over_time": _rows(found.over_time),
        "by_kind": {table.dimension: _rows(table) for table in found.by_kind},
    }


def _headline(now: Headline) -> dict[str, Any]:
    return {
        "total": _row(now.total),
        **{name: _cell(getattr(now, name)) for name in BESIDE},
        **{name: _rate(getattr(now, name)) for name in RATES},
        "signals": {name: _cell(cell) for name, cell in now.signals.items()},
    }


def _rows(table: Table) -> list[dict[str, Any]]:
    return [_row(row) for row in table.rows]


def _row(row: Row) -> dict[str, Any]:
    return {
        "key": row.key,
        "together": row.together,
        **{name: _cell(getattr(row, name)) for name in CELLS},
        "consent": _rate(row.consent),
        "categories": {code: _rate(rate) for code, rate in row.categories.items()},
    }


def _cell(cell: Cell) -> dict[str, Any]:
    return {"value": cell.value, "why": cell.why}


def _rate(rate: Rate | None) -> dict[str, Any] | None:
    """Rounded to what is known: the interval is never so narrow."""
    if rate is None:
        return None
    shares = {name: round(getattr(rate, name), 4) for name in ("share", "low", "high")}
    return {**shares, "n": rate.n, "step": rate.step}
