"""What is recorded waits to be sealed, whoever records it; and what was sealed before leaves had rows of their own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from benchmarks.ledger.filling import fill, make_site
from consent import waiting
from consent.models import ConsentEvent, Ledger, LedgerLeaf, UnsealedEvent
from consent.reports.verification import verify
from consent.services.erasure import erase_consent
from consent.services.sealing import seal_site

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _own_keys(settings: Any, tmp_path: Path) -> None:
    settings.LEDGER_KEYS = tmp_path / "keys"


def execute(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


def drop_trigger() -> None:
    on_table = f" ON {waiting.EVENTS}" if connection.vendor == "postgresql" else ""
    execute(f"DROP TRIGGER {waiting.TRIGGER}{on_table}")


@pytest.mark.django_db
def test_what_is_recorded_waits_until_it_is_sealed() -> None:
    site, version = make_site("numonix")
    fill(site, version, 3)
    assert set(UnsealedEvent.objects.values_list("event_id", flat=True)) == set(
        site.events.values_list("pk", flat=True)
    )
    assert seal_site(site=site, now=NOW).count == 3
    assert not UnsealedEvent.objects.exists()
    assert LedgerLeaf.objects.count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("column", [field.column for field in LedgerLeaf._meta.concrete_fields])
def test_database_refuses_to_change_or_delete_a_leaf(column: str) -> None:
    site, version = make_site("numonix")
    fill(site, version, 1)
    seal_site(site=site, now=NOW)
    others: dict[str, str | int | bytes] = {"event_id": "0" * 32, "ledger_id": 4711, "ledger_index": 4711}
    statements = (f"UPDATE {waiting.LEAVES} SET {column} = %s", f"DELETE FROM {waiting.LEAVES} WHERE {column} <> %s")
    for statement in statements:
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [others.get(column, b"other")])


@pytest.mark.django_db
def test_missing_queue_is_found_and_what_was_recorded_without_it_is_sealed() -> None:
    def is_missing() -> bool:
        return "consent.E003" in {message.id for message in run_checks(databases=["default"])}

    site, version = make_site("numonix")
    fill(site, version, 2)
    seal_site(site=site, now=NOW)
    fill(*make_site("other"), 1)
    assert not is_missing()
    drop_trigger()
    assert is_missing()
    fill(site, version, 4)
    assert verify(Ledger.objects.get()).finding.startswith("6 events were recorded, of which event ")
    waiting.install_after_migration()
    assert not is_missing()
    assert UnsealedEvent.objects.count() == 5
    assert seal_site(site=site, now=NOW).count == 4
    assert verify(Ledger.objects.get()).finding == ""


@pytest.mark.django_db
def test_queue_that_was_switched_off_is_put_back() -> None:
    if connection.vendor != "postgresql":
        # SQLite's triggers can't be switched off.
        return
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    execute(f"ALTER TABLE {waiting.EVENTS} DISABLE TRIGGER {waiting.TRIGGER}")
    assert waiting.missing(connection) == [waiting.TRIGGER]
    waiting.install_after_migration()
    assert not waiting.missing(connection)
    fill(*make_site("numonix"), 1)
    assert UnsealedEvent.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_migration_keeps_what_was_sealed_and_what_waits() -> None:
    site, version = make_site("numonix")
    fill(site, version, 300)
    erased = str(site.events.order_by("id").values_list("consent_ref", flat=True)[1])
    erase_consent(site_id=site.pk, consent_ref=erased)
    seal_site(site=site, now=NOW)
    fill(site, version, 5)
    forgotten = str(ConsentEvent.objects.filter(leaf=None).values_list("consent_ref", flat=True)[0])
    erase_consent(site_id=site.pk, consent_ref=forgotten)
    leaves, waits = (list(model.objects.order_by("event_id").values_list()) for model in (LedgerLeaf, UnsealedEvent))
    try:
        call_command("migrate", "consent", "0024", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(*), count(leaf_hash), count(ledger_index), count(commitments) FROM {waiting.EVENTS}"
            )
            assert cursor.fetchone() == (305, 300, 300, 301)
    finally:
        call_command("migrate", "consent", verbosity=0)
    assert list(LedgerLeaf.objects.order_by("event_id").values_list()) == leaves
    assert list(UnsealedEvent.objects.order_by("event_id").values_list()) == waits
    assert verify(Ledger.objects.get()).finding == ""
    assert seal_site(site=site, now=NOW).count == 5
    assert verify(Ledger.objects.get()).finding == ""
