"""Fills a database of its own and prints how long the report and the page take. Nothing of it stays."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import django

from tests.environment import environment
from tests.postgres import start_postgres

RANGES = ("30", "90", "year", "all")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.statistics", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--websites", type=int, default=50)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--runs", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "statistics.sqlite3"
        url = start_postgres() if options.database == "postgresql" else f"sqlite:///{path}"
        os.environ.update(environment(DATABASE_URL=url))
        django.setup()
        measure(options)


def measure(options: argparse.Namespace) -> None:
    # Django's models can be imported only now.
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from benchmarks.statistics.filling import fill  # noqa: PLC0415
    from consent.garbage import spare_what_is_loaded  # noqa: PLC0415
    from consent.ranges import range_of  # noqa: PLC0415
    from consent.reports.statistics import consent_sparkline, first_counted, numbers  # noqa: PLC0415
    from cookies.models import Site  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    began = time.perf_counter()
    rows = fill(websites=options.websites, years=options.years, today=now.date())
    a_day = rows / options.websites / options.years / 365
    print(f"{options.database}: {rows:,} counters, {a_day:.0f} a website and day.", end=" ")
    print(f"Made in {time.perf_counter() - began:.0f} s.")
    print(f"Load {os.getloadavg()[0]:.1f}. Medians of {options.runs} runs, in milliseconds:")
    # As each worker of the server does.
    spare_what_is_loaded()
    client = Client()
    client.force_login(User.objects.create_superuser("benchmark"))
    sites = list(Site.objects.filter(key__startswith="site-"))
    for name in RANGES:
        # Each run is about another website: no run finds what the one before has read.
        each = iter(sites * options.runs)

        def report(name: str = name, each: object = each) -> None:
            site = next(each)  # type: ignore[call-overload]
            days = range_of(name, today=now.date(), earliest=first_counted(site))
            numbers(site, days=days, compared=name != "all")

        def page(name: str = name, each: object = each) -> None:
            where = reverse("admin:site-numbers", args=[next(each).pk])  # type: ignore[call-overload]
            assert client.get(where, {"range": name}).status_code == 200

        print(f"  {name:>5}: report {timed(report, options.runs)}, page {timed(page, options.runs)}")
    print(f"  spark lines of {len(sites)} websites: {timed(lambda: consent_sparkline(sites, now), options.runs)}")


def timed(call: Callable[[], object], runs: int) -> str:
    took = []
    for _ in range(runs + 1):
        began = time.perf_counter()
        call()
        took.append((time.perf_counter() - began) * 1000)
    # The first one compiles templates and opens the connection.
    return f"{statistics.median(took[1:]):.0f} (slowest {max(took[1:]):.0f})"


if __name__ == "__main__":
    main()
