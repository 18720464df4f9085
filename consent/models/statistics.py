"""Counters per day: what charts are drawn from. They hold nothing about anyone, and are no evidence."""

from __future__ import annotations

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


class DailyStatisticQuerySet(models.QuerySet["DailyStatistic"]):
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


class DailyStatistic(models.Model):
    """How often something happened on one day to visitors of one kind."""

    class Outcome(models.TextChoices):
        """A closed set: only add."""

        IMPRESSION = "impression", "Came to the website"
        SIGNAL_DNT = "signal_dnt", "Came with Do Not Track"
        SIGNAL_GPC = "signal_gpc", "Came with Global Privacy Control"
        UNPROVEN_GRANT = "unproven_grant", "A yes against a signal that no person was seen to give"

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="statistics")
    day = models.DateField()
    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="statistics")
    regime = models.CharField(max_length=16, help_text="The one that was shown.")
    language = models.CharField(max_length=16)
    device_class = models.CharField(max_length=8, blank=True)
    country = models.CharField(max_length=2, blank=True)
    outcome = models.CharField(max_length=20, choices=Outcome)
    count = models.PositiveBigIntegerField()

    objects = DailyStatisticQuerySet.as_manager()

    class Meta:
        verbose_name = "daily statistic"
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "site",
                    "day",
                    "version",
                    "regime",
                    "language",
                    "device_class",
                    "country",
                    "outcome",
                ],
                name="one_counter_per_kind_and_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()} · {self.day} · {self.count}"
