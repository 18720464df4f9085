"""Fills a database of its own, seals it, verifies it, and prints rates, times of single reads, and peak memory."""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import django

from tests.environment import environment
from tests.postgres import start_postgres

# On a machine that others use too, BENCHMARK_CLOCK=cpu counts this process's own seconds instead of the wall's.
CLOCK = time.process_time if os.environ.get("BENCHMARK_CLOCK") == "cpu" else time.perf_counter

# What a server for a million events would be given: PostgreSQL's manual says a quarter of the memory.
SHARED_BUFFERS = "1GB"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ledger", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite3"
        is_sqlite = options.database == "sqlite"
        url = f"sqlite:///{path}" if is_sqlite else start_postgres(shared_buffers=SHARED_BUFFERS)
        os.environ.update(environment(DATABASE_URL=url, LEDGER_KEYS=str(Path(folder) / "keys")))
        django.setup()
        measure(options)


def measure(options: argparse.Namespace) -> None:
    # Django's models can be imported only now.
    from django.core.management import call_command  # noqa: PLC0415

    from benchmarks.ledger.filling import fill, make_site  # noqa: PLC0415
    from consent.models import Ledger  # noqa: PLC0415
    from consent.reports.ledger import LedgerReader  # noqa: PLC0415
    from consent.reports.verification import Verified, verify  # noqa: PLC0415
    from consent.services.sealing import Sealed, seal_site  # noqa: PLC0415
    from cookies.models import Site  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    print(f"{options.database}, load {os.getloadavg()[0]:.1f}")
    for events in options.events:
        site, version = make_site(f"site-{events}")
        fill(site, version, events)

        def seal(site: Site = site) -> Sealed:
            return seal_site(site=site, now=datetime.now(UTC))

        def look(site: Site = site) -> Verified:
            return verify(Ledger.objects.get(site=site))

        def prove(site: Site = site, events: int = events) -> None:
            LedgerReader(Ledger.objects.get(site=site), events).inclusion_proof(events // 3)

        sealing, (verified, verifying) = timed(seal)[1], timed(look)
        assert (verified.size, verified.finding) == (events, ""), verified
        print(
            f"{events:>9,} events: sealed {events / sealing:,.0f} a second, "
            f"verified {events / verifying:,.0f} a second, "
            f"inclusion proof {median(prove):.1f} ms, peak memory {peak_megabytes():.0f} MB"
        )


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    began = CLOCK()
    return call(), CLOCK() - began


def median(call: Callable[[], object]) -> float:
    """In milliseconds."""
    return statistics.median(timed(call)[1] for _ in range(21)) * 1000


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
