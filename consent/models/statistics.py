"""Counters per day: what charts are drawn from. They hold nothing about anyone, and are no evidence."""

from __future__ import annotations

import collections
from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, NamedTuple

from django.db import connections, models, transaction

from consent.models.notice import NoticeVersion
from cookies.models import Site


class Counted(NamedTuple):
    """What a counter counts. In the order of DailyStatistic's columns. `day` is UTC's; "" where something is not
    known."""

    site_id: int
    day: date
    version_id: int
    regime: str
    language: str
    device_class: str
    country: str
    outcome: str
    # The arm of an A/B test that was shown; "" where none ran.
    variant: str = ""


class CountedOfAll(NamedTuple):
    """The same without the kind of visitor. In the order of DailyTotal's columns."""

    site_id: int
    day: date
    version_id: int
    outcome: str
    variant: str = ""


class CountedOfMonth(NamedTuple):
    """The same of a month by one trait of the visitors. In the order of MonthlyTotal's columns. `day` is the first."""

    site_id: int
    day: date
    dimension: str
    value: str
    outcome: str


# The traits of visitors that are told apart in months.
DIMENSIONS = ("language", "country", "device_class", "regime")


def fields_of(kind: type[Counted | CountedOfAll | CountedOfMonth]) -> tuple[str, ...]:
    """The model's fields whose columns are named."""
    return tuple(name.removesuffix("_id") for name in kind._fields)


class Adding:
    """A query set of counters."""

    db: str
    model: Any

    def add(self, counts: Mapping[Any, int]) -> None:
        """Add to each counter, or begin it. One statement per counter, all or none. The keys are of the kind that the
        model counts."""
        connection = connections[self.db]
        quoted = connection.ops.quote_name
        names = self.model.counts._fields
        table, count = quoted(self.model._meta.db_table), quoted("count")
        columns = ", ".join(map(quoted, names))
        marks = ", ".join(["%s"] * len(names))
        statement = (
            f"INSERT INTO {table} ({columns}, {count}) VALUES ({marks}, %s) "
            f"ON CONFLICT ({columns}) DO UPDATE SET {count} = {table}.{count} + excluded.{count}"
        )
        # In one order: two processes that add to the same counters would else wait for each other for good.
        rows = [
            (row.site_id, connection.ops.adapt_datefield_value(row.day), *row[2:], added)
            for row, added in sorted(counts.items())
        ]
        with transaction.atomic(using=self.db), connection.cursor() as cursor:
            cursor.executemany(statement, rows)


class StatisticQuerySet(Adding, models.QuerySet["DailyStatistic"]):
    """What `DailyStatistic.objects` is."""


class TotalQuerySet(Adding, models.QuerySet["DailyTotal"]):
    """What `DailyTotal.objects` is."""


class MonthQuerySet(Adding, models.QuerySet["MonthlyTotal"]):
    """What `MonthlyTotal.objects` is."""


class Counter(models.Model):
    """How often something happened."""

    class Outcome(models.TextChoices):
        """A closed set: only add."""

        IMPRESSION = "impression", "Came to the website"
        ASKED = "asked", "Came, and the banner was shown"
        SIGNAL_DNT = "signal_dnt", "Came with Do Not Track"
        SIGNAL_GPC = "signal_gpc", "Came with Global Privacy Control"
        UNPROVEN_GRANT = "unproven_grant", "A yes against a signal that no person was seen to give"
        ACCEPT_ALL = "accept_all", "Accepted all"
        REJECT_ALL = "reject_all", "Refused all"
        CUSTOM = "custom", "Chose for themselves, and allowed something"
        CUSTOM_NONE = "custom_none", "Chose for themselves, and allowed nothing"
        WITHDRAW = "withdraw", "Withdrew"
        EMBED_UNLOCK = "embed_unlock", "Allowed an embed"
        BY_PROGRAM = "by_program", "Answered by a program"
        GRANT_PERFORMANCE = "grant_performance", "Allowed performance"
        GRANT_FUNCTIONAL = "grant_functional", "Allowed functional"
        GRANT_TARGETING = "grant_targeting", "Allowed targeting"

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    outcome = models.CharField(max_length=20, choices=Outcome)
    count = models.PositiveBigIntegerField()

    counts: ClassVar[type[Counted | CountedOfAll | CountedOfMonth]]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} · {self.day} · {self.count}"


class CounterOfVersion(Counter):
    """How often it happened while a version was shown."""

    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    variant = models.CharField(max_length=8, blank=True, default="", help_text="The arm of an A/B test that was shown.")

    class Meta:
        abstract = True


class DailyStatistic(CounterOfVersion):
    """By day and kind of visitor."""

    regime = models.CharField(max_length=16, help_text="The one that was shown.")
    language = models.CharField(max_length=16)
    device_class = models.CharField(max_length=8, blank=True)
    country = models.CharField(max_length=2, blank=True)

    objects = StatisticQuerySet.as_manager()
    counts = Counted

    class Meta:
        verbose_name = "daily statistic"
        constraints = [
            models.UniqueConstraint(fields=fields_of(Counted), name="one_counter_per_kind_and_day"),
        ]


class DailyTotal(CounterOfVersion):
    """By day, whoever the visitors were. Years of days are read from these: a fraction of the rows."""

    objects = TotalQuerySet.as_manager()
    counts = CountedOfAll

    class Meta:
        verbose_name = "daily total"
        constraints = [
            models.UniqueConstraint(fields=fields_of(CountedOfAll), name="one_total_per_day"),
        ]


class MonthlyTotal(Counter):
    """By month and one trait of the visitors. Years of each trait are read from these. `day` is the first."""

    dimension = models.CharField(max_length=16, choices=[(name, name) for name in DIMENSIONS])
    value = models.CharField(max_length=16, blank=True)

    objects = MonthQuerySet.as_manager()
    counts = CountedOfMonth

    class Meta:
        verbose_name = "monthly total"
        constraints = [
            models.UniqueConstraint(fields=fields_of(CountedOfMonth), name="one_total_per_trait_and_month"),
        ]


def add_counts(counts: Mapping[Counted, int]) -> None:
    """To the counters of the day, to its totals and to those of the month: all of them or none."""
    totals: collections.Counter[CountedOfAll] = collections.Counter()
    months: collections.Counter[CountedOfMonth] = collections.Counter()
    for what, added in counts.items():
        totals[CountedOfAll(what.site_id, what.day, what.version_id, what.outcome, what.variant)] += added
        month = what.day.replace(day=1)
        for name in DIMENSIONS:
            months[CountedOfMonth(what.site_id, month, name, getattr(what, name), what.outcome)] += added
    with transaction.atomic():
        DailyStatistic.objects.add(counts)
        DailyTotal.objects.add(totals)
        MonthlyTotal.objects.add(months)
