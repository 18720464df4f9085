"""Evidence can't be altered: not by the model, not by SQL; and the doors that exist open one way only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction

from consent import append_only
from consent.append_only import EvidenceIsFinal
from consent.models import ConsentEvent, NoticeVersion, Publication
from consent.services.erasure import erase_consent, event_commitments
from cookies.models import Site

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(send: Callable[..., Any], event_body: dict[str, Any]) -> ConsentEvent:
    assert send(event_body).status_code == 201
    return ConsentEvent.objects.get()


def execute(sql: str, *values: Any) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.parametrize("model", [ConsentEvent, NoticeVersion, Publication])
def test_model_refuses_changes(event: ConsentEvent, model: Any) -> None:
    row = model.objects.first()
    with pytest.raises(EvidenceIsFinal):
        row.save()
    with pytest.raises(EvidenceIsFinal):
        row.delete()
    with pytest.raises(EvidenceIsFinal):
        model.objects.all().delete()
    with pytest.raises(EvidenceIsFinal):
        model.objects.bulk_update([row], ["site"])


def test_queryset_refuses_updates_beyond_the_doors(event: ConsentEvent) -> None:
    with pytest.raises(EvidenceIsFinal):
        ConsentEvent.objects.update(action="accept_all")
    with pytest.raises(EvidenceIsFinal):
        NoticeVersion.objects.update(digest="0" * 64)


@pytest.mark.parametrize("table", ["consent_consentevent", "consent_noticeversion", "consent_publication"])
def test_database_refuses_to_delete(event: ConsentEvent, table: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        execute(f"DELETE FROM {table}")


COLUMNS = [
    ("consent_consentevent", field.column)
    for field in ConsentEvent._meta.concrete_fields
    if field.name not in (*ConsentEvent.ERASED_ONCE, *ConsentEvent.FILLED_ONCE)
] + [
    (model._meta.db_table, field.column)
    for model in (NoticeVersion, Publication)
    for field in model._meta.concrete_fields
]


@pytest.mark.parametrize(("table", "column"), COLUMNS, ids=[f"{table}.{column}" for table, column in COLUMNS])
def test_database_refuses_to_change(event: ConsentEvent, table: str, column: str) -> None:
    other = other_value(table, column)
    with pytest.raises(DatabaseError, match="append-only"):
        execute(f"UPDATE {table} SET {column} = %s", other)


def other_value(table: str, column: str) -> Any:
    """A value of the column's own type that differs from what is stored."""
    model = next(m for m in append_only.guarded_models() if m._meta.db_table == table)
    field: Any = next(f for f in model._meta.concrete_fields if f.column == column)
    kind = field.target_field.get_internal_type() if field.is_relation else field.get_internal_type()
    return {
        "UUIDField": "0" * 32,
        "DateTimeField": "2001-01-01 00:00:00",
        "JSONField": '{"other": true}',
        "BooleanField": False,
        "BigAutoField": 987654,
        "PositiveIntegerField": 987654,
        "BinaryField": b"other",
    }.get(kind, "other")


@pytest.mark.parametrize("column", ["consent_ref", "country", "language", "device_class"])
def test_database_lets_erasable_values_go_but_never_change_or_come_back(event: ConsentEvent, column: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        execute(f"UPDATE consent_consentevent SET {column} = 'xx'")
    execute(f"UPDATE consent_consentevent SET {column} = NULL")
    with pytest.raises(DatabaseError, match="append-only"):
        execute(f"UPDATE consent_consentevent SET {column} = 'xx'")


def test_database_lets_commitments_be_set_once(event: ConsentEvent) -> None:
    execute("UPDATE consent_consentevent SET commitments = %s", b"1")
    for other in (None, b"2"):
        with pytest.raises(DatabaseError, match="append-only"):
            execute("UPDATE consent_consentevent SET commitments = %s", other)


def test_database_refuses_to_replace_a_row(event: ConsentEvent) -> None:
    table = "consent_consentevent"
    if connection.vendor == "sqlite":
        with pytest.raises(DatabaseError):
            execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}")
    else:
        # The fixture's rows wait for their foreign keys to be checked, which PostgreSQL would name first.
        execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"):
            execute(f"TRUNCATE {table} CASCADE")
    assert ConsentEvent.objects.get() == event


def test_website_with_evidence_cannot_be_deleted(event: ConsentEvent) -> None:
    with pytest.raises(Exception, match="protected"):
        Site.objects.all().delete()


def test_check_reports_a_missing_trigger() -> None:
    assert not [m for m in run_checks(databases=["default"]) if m.id == "consent.E001"]
    append_only.lift(connection, ConsentEvent)
    missing = [m for m in run_checks(databases=["default"]) if m.id == "consent.E001"]
    append_only.install(connection, ConsentEvent)
    assert len(missing) == 3


def test_erasure_drops_values_and_salts_and_keeps_the_commitments(event: ConsentEvent) -> None:
    expected = event_commitments(event)
    assert event.consent_ref
    assert erase_consent(site_id=event.site_id, consent_ref=event.consent_ref) == 1
    event.refresh_from_db()
    assert [getattr(event, name) for name in ConsentEvent.ERASED_ONCE] == [None] * 6
    assert event.commitments is not None
    assert bytes(event.commitments) == expected
    assert event.categories["performance"] is True
