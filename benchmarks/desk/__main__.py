"""Fills a database of its own, and prints rates of exports and retention, times of pages, and peak memory."""

from __future__ import annotations

import argparse
import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django

from benchmarks.ledger.__main__ import SHARED_BUFFERS, median, peak_megabytes, timed
from tests.environment import environment
from tests.postgres import start_postgres


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.desk", description=__doc__)
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--events", type=int, nargs="+", default=[10_000, 100_000])
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        is_sqlite = options.database == "sqlite"
        url = f"sqlite:///{path / 'desk.sqlite3'}" if is_sqlite else start_postgres(shared_buffers=SHARED_BUFFERS)
        os.environ.update(
            environment(DATABASE_URL=url, LEDGER_KEYS=str(path / "keys"), EXPORTS_FOLDER=str(path / "exports"))
        )
        django.setup()
        measure(options)


def measure(options: argparse.Namespace) -> None:
    # Django's models can be imported only now.
    from django.contrib.auth.models import User  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415

    from benchmarks.desk.filling import answer_once, make_published_site  # noqa: PLC0415
    from benchmarks.ledger.filling import BEGAN, fill  # noqa: PLC0415
    from consent.models import ConsentEvent  # noqa: PLC0415
    from consent.reports.events import EventSearch  # noqa: PLC0415
    from consent.services import exports  # noqa: PLC0415
    from consent.services.exports import ask_export, make_export  # noqa: PLC0415
    from consent.services.retention import apply_retention  # noqa: PLC0415
    from consent.services.sealing import seal_site  # noqa: PLC0415

    # Everything as `maintain` does it.
    exports.MOST_AT_ONCE = 0
    call_command("migrate", verbosity=0)
    client = Client()
    client.force_login(User.objects.create_superuser("root"))
    now = datetime.now(UTC)
    print(f"{options.database}, load {os.getloadavg()[0]:.1f}")
    for events in options.events:
        site, version = make_published_site(f"site-{events}")
        fill(site, version, events)
        consent_id, event_id = answer_once(site, version, now)
        seal_site(site=site, now=now)
        if options.database == "postgresql":
            # As its housekeeping does of itself after a minute.
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        rates = []
        for form in ("csv", "ndjson", "27560"):
            export = ask_export(site=site, form=form, search=EventSearch(), by="root", now=now)
            manifest, seconds = timed(lambda export=export: make_export(export=export))  # type: ignore[misc]
            assert manifest["count"] == events + 1, manifest
            rates.append(f"{form} {events / seconds:,.0f} rows a second")
        middle = ConsentEvent.objects.get(site=site, leaf__ledger_index=events // 2)
        one = reverse("admin:consent_consentevent_change", args=[middle.pk])
        many = f"{reverse('admin:consent_consentevent_changelist')}?website={site.key}"
        visitor = {"Authorization": f"Bearer {consent_id}", "Origin": site.domains[0]}
        own = f"/api/v1/sites/{site.key}"

        def asked(url: str, visitor: dict[str, str] = visitor) -> None:
            assert client.get(url, headers=visitor).status_code == 200, url

        pages = [
            f"{name} {median(lambda url=url: asked(url)):.1f} ms"  # type: ignore[misc]
            for name, url in (
                ("event", one),
                ("list", many),
                ("list from the middle", f"{many}&before={middle.pk}"),
                ("receipt", f"{own}/receipts/{event_id}"),
                ("history", f"{own}/consents"),
            )
        ]
        memory = peak_megabytes()
        forgotten, seconds = timed(lambda site=site: apply_retention(site=site, now=BEGAN + timedelta(days=2000)))  # type: ignore[misc]
        assert forgotten.count == events + 1, forgotten
        rates.append(f"forgotten {events / seconds:,.0f} a second")
        print(f"{events:>9,} events: {', '.join([*rates, *pages])}, peak memory {memory:.0f} MB")


if __name__ == "__main__":
    main()
