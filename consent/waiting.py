"""What is recorded waits to be sealed: the database itself writes each event into the queue, whoever records it.

A trigger, so that no way to record can forget it. Where it was missing (a new database, or one on which Django has
rebuilt the table), what has neither a place in the ledger nor one in the queue is put into the queue.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from consent import append_only
from consent.models import ConsentEvent, LedgerLeaf, UnsealedEvent

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

EVENTS, LEAVES, WAITING = (model._meta.db_table for model in (ConsentEvent, LedgerLeaf, UnsealedEvent))
TRIGGER = f"{EVENTS}_waits"
# An event that is in neither would never be sealed, and nobody would miss it.
FORGOTTEN = (
    f"SELECT {{columns}} FROM {EVENTS} event WHERE NOT EXISTS (SELECT 1 FROM {LEAVES} WHERE event_id = event.id) "
    f"AND NOT EXISTS (SELECT 1 FROM {WAITING} WHERE site_id = event.site_id AND event_id = event.id)"
)


def install_after_migration(*, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """The post_migrate receiver. The trigger and what was recorded without it, or neither, if this is killed."""
    connection = connections[using]
    if missing(connection):
        with transaction.atomic(using=using), connection.cursor() as cursor:
            for statement in _statements(connection.vendor):
                cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The trigger's name where it should stand and does not."""
    if not {EVENTS, LEAVES, WAITING} <= set(connection.introspection.table_names()):
        return []
    return [] if TRIGGER in append_only.standing(connection) else [TRIGGER]


def _statements(vendor: str) -> Iterator[str]:
    written = f"INSERT INTO {WAITING} (site_id, event_id) VALUES (NEW.site_id, NEW.id);"
    if vendor == "sqlite":
        yield f"CREATE TRIGGER {TRIGGER} AFTER INSERT ON {EVENTS} BEGIN {written} END"
    else:
        # One that is switched off is there, and is not standing.
        yield f"DROP TRIGGER IF EXISTS {TRIGGER} ON {EVENTS}"
        yield (
            f"CREATE OR REPLACE FUNCTION consent_event_waits() RETURNS trigger LANGUAGE plpgsql AS $$ "
            f"BEGIN {written} RETURN NULL; END $$"
        )
        yield f"CREATE TRIGGER {TRIGGER} AFTER INSERT ON {EVENTS} FOR EACH ROW EXECUTE FUNCTION consent_event_waits()"
    yield f"INSERT INTO {WAITING} (site_id, event_id) {FORGOTTEN.format(columns='event.site_id, event.id')}"
