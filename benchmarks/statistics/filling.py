"""Years of counters for many websites, made in the database itself. Each day has some of the kinds of visitors that
there are, the frequent ones nearly always; a new version is published every two months."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from random import Random

from django.db import connection

from consent.models import DailyStatistic, DailyTotal, MonthlyTotal, NoticeVersion, Publication
from consent.models.statistics import DIMENSIONS
from cookies.models import Site

DAYS_A_VERSION = 60
LANGUAGES = (("en", 6), ("de", 3), ("fr", 1))
DEVICES = (("phone", 5), ("desktop", 4), ("tablet", 1))
COUNTRIES = (
    ("DE", 50),
    ("US", 15),
    ("FR", 8),
    ("AT", 8),
    ("CH", 6),
    ("GB", 5),
    ("NL", 3),
    ("IT", 2),
    ("PL", 2),
    ("", 1),
)
OUTCOMES = (
    ("impression", 40),
    ("asked", 15),
    ("accept_all", 5),
    ("reject_all", 4),
    ("custom", 1),
    ("custom_none", 0.2),
    ("withdraw", 0.2),
    ("by_program", 0.3),
    ("signal_gpc", 2),
    ("signal_dnt", 2),
    ("grant_performance", 5.8),
    ("grant_functional", 5.7),
    ("grant_targeting", 5.2),
)
COLUMNS = "site_id, day, version_id, regime, language, device_class, country, outcome, count"


def fill(*, websites: int, years: int, today: date) -> int:
    """Returns how many counters of days there are then."""
    days = [today - timedelta(days=back) for back in range(365 * years)]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE kinds (n int, size int, language text, device text, country text, outcome text)"
        )
        cursor.execute("CREATE TEMPORARY TABLE days (n int, day date, period int)")
        adapt = connection.ops.adapt_datefield_value
        cursor.executemany("INSERT INTO kinds VALUES (%s, %s, %s, %s, %s, %s)", list(_kinds()))
        rows = [(at, adapt(day), at // DAYS_A_VERSION) for at, day in enumerate(days)]
        cursor.executemany("INSERT INTO days VALUES (%s, %s, %s)", rows)
        for number in range(websites):
            site = Site.objects.create(key=f"site-{number}", name=f"Website {number}", domains=["https://x.example"])
            for period, version in enumerate(_versions(site, days, today)):
                _fill_period(cursor, site, version, period)
        _add_up_months(cursor)
        _add_up_days(cursor)
        # What PostgreSQL's autovacuum does by itself, given time.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return DailyStatistic.objects.count()


def _kinds() -> Iterator[tuple[int, int, str, str, str, str]]:
    """`size`: how many of a kind there are in a hundred days."""
    combinations = product(LANGUAGES, DEVICES, COUNTRIES, OUTCOMES)
    for at, ((language, a), (device, b), (country, c), (outcome, d)) in enumerate(combinations):
        if size := round(a * b * c * d / 10):
            yield at, size, language, device, country, outcome


def _versions(site: Site, days: list[date], today: date) -> Iterator[NoticeVersion]:
    """The newest first."""
    starts = range(0, len(days), DAYS_A_VERSION)
    for period in starts:
        begins = datetime.combine(days[min(period + DAYS_A_VERSION, len(days)) - 1], datetime.min.time(), tzinfo=UTC)
        payload = f"{{{site.key} {period}}}".encode()
        version = NoticeVersion.objects.create(
            site=site,
            ordinal=len(starts) - period // DAYS_A_VERSION,
            digest=hashlib.sha256(payload).hexdigest(),
            payload=payload,
            created_at=begins,
        )
        Publication.objects.create(
            site=site, version=version, published_at=begins, effective_at=begins, published_by="benchmark"
        )
        yield version


def _fill_period(cursor: object, site: Site, version: NoticeVersion, period: int) -> None:
    # Large websites and small ones: the number of visitors varies by a factor of ten.
    share = Random(site.pk).uniform(10, 100)
    table = DailyStatistic._meta.db_table
    cursor.execute(  # type: ignore[attr-defined]
        f"""INSERT INTO {table} ({COLUMNS}, variant)
        SELECT %s, days.day, %s, CASE kinds.country WHEN 'US' THEN 'us-ca' ELSE 'eu' END,
               kinds.language, kinds.device, kinds.country, kinds.outcome,
               1 + CAST(kinds.size * %s / 10000 AS int) + (kinds.n * 7 + days.n * 13) %% 3, ''
        FROM days CROSS JOIN kinds
        WHERE days.period = %s AND (kinds.n * 31 + days.n * 17 + days.n * kinds.n) %% 100 < kinds.size * %s / 100""",
        [site.pk, version.pk, share, period, share],
    )


def _add_up_months(cursor: object) -> None:
    month = "date_trunc('month', day)::date" if connection.vendor == "postgresql" else "date(day, 'start of month')"
    for name in DIMENSIONS:
        cursor.execute(  # type: ignore[attr-defined]
            f"""INSERT INTO {MonthlyTotal._meta.db_table} (site_id, day, dimension, value, outcome, count)
            SELECT site_id, {month}, '{name}', {name}, outcome, sum(count)
            FROM {DailyStatistic._meta.db_table} GROUP BY site_id, {month}, {name}, outcome"""
        )


def _add_up_days(cursor: object) -> None:
    kind = "site_id, day, version_id, outcome, variant"
    cursor.execute(  # type: ignore[attr-defined]
        f"""INSERT INTO {DailyTotal._meta.db_table} ({kind}, count)
        SELECT {kind}, sum(count) FROM {DailyStatistic._meta.db_table} GROUP BY {kind}"""
    )
