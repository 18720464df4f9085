"""Counters per day: what charts are drawn from. They hold nothing about anyone, and are no evidence."""

from __future__ import annotations

import collections
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

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


# The fields whose columns Counted names.
KIND = tuple(name.removesuffix("_id") for name in Counted._fields)


class CounterQuerySet(models.QuerySet["Counter"]):
    def add(self, counts: Mapping[Counted, int]) -> None:
        """Add to each counter, or begin it. One statement per counter, all or none."""
        connection = connections[self.db]
        quoted = connection.ops.quote_name
        table, count = quoted(self.model._meta.db_table), quoted("count")
        columns = ", ".join(map(quoted, Counted._fields))
        marks = ", ".join(["%s"] * len(Counted._fields))
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


class Counter(models.Model):
    """How often something happened to visitors of one kind."""

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
    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="+")
    regime = models.CharField(max_length=16, help_text="The one that was shown.")
    language = models.CharField(max_length=16)
    device_class = models.CharField(max_length=8, blank=True)
    country = models.CharField(max_length=2, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome)
    variant = models.CharField(max_length=8, blank=True, default="", help_text="The arm of an A/B test that was shown.")
    count = models.PositiveBigIntegerField()

    objects = CounterQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} · {self.day} · {self.count}"


class DailyStatistic(Counter):
    """By day."""

    class Meta:
        verbose_name = "daily statistic"
        constraints = [
            models.UniqueConstraint(fields=KIND, name="one_counter_per_kind_and_day"),
        ]
        # What happened on each day is added up from the index alone, however many kinds of visitors there are.
        indexes = [models.Index(fields=["site", "day", "outcome", "count"], name="outcomes_of_a_day")]


class MonthlyStatistic(Counter):
    """By month, added to together with the day: years are read from a fraction of the rows. `day` is the first."""

    class Meta:
        verbose_name = "monthly statistic"
        constraints = [
            models.UniqueConstraint(fields=KIND, name="one_counter_per_kind_and_month"),
        ]


def add_counts(counts: Mapping[Counted, int]) -> None:
    """To the counters of the day and to those of the month, both or neither."""
    months: collections.Counter[Counted] = collections.Counter()
    for what, added in counts.items():
        months[what._replace(day=what.day.replace(day=1))] += added
    with transaction.atomic():
        DailyStatistic.objects.add(counts)
        MonthlyStatistic.objects.add(months)
