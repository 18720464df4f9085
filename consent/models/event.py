"""What a visitor decided: evidence, written once."""

from __future__ import annotations

from datetime import UTC
from functools import cache
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import connection, models, transaction

from consent.append_only import AppendOnly
from consent.models.notice import NoticeVersion
from cookies.models import Site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class ConsentEvent(AppendOnly):
    """One decision. Append-only: what may be erased goes from a value to NULL; nothing else ever changes.

    Once it is sealed, its place in the ledger and its leaf hash stand in `LedgerLeaf`; until then it is an
    `UnsealedEvent` as well.
    """

    ERASABLE = ("consent_ref", "country", "language", "device_class", "client_time")
    ERASED_ONCE = (*ERASABLE, "salts")
    FILLED_ONCE = ("commitments",)

    class Action(models.TextChoices):
        ACCEPT_ALL = "accept_all", "Accepted all"
        REJECT_ALL = "reject_all", "Rejected all"
        SAVE = "save", "Saved a choice"
        WITHDRAW = "withdraw", "Withdrew"
        EMBED_UNLOCK = "embed_unlock", "Allowed an embed"

    class Surface(models.TextChoices):
        BANNER = "banner", "Banner"
        PREFERENCES = "preferences", "Preference centre"
        PAGE = "page", "Hosted page"
        EMBED = "embed", "Embed"
        API = "api", "Website's own code"

    id = models.UUIDField(primary_key=True)
    # The indexes below begin with the website; one of the website alone would be written for nothing.
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="events", db_index=False)
    event_id = models.UUIDField()
    consent_ref = models.CharField(max_length=64, null=True)
    received_at = models.DateTimeField()
    client_time = models.DateTimeField(null=True)
    action = models.CharField(max_length=12, choices=Action)
    surface = models.CharField(max_length=12, choices=Surface)
    categories = models.JSONField(help_text="All four, granted and refused.")
    partners = models.JSONField(help_text="Only the exceptions.")
    version = models.ForeignKey(NoticeVersion, on_delete=models.PROTECT, related_name="events", db_index=False)
    language = models.CharField(max_length=16, null=True)
    regime_shown = models.CharField(max_length=16, blank=True)
    regime_seen = models.CharField(max_length=16, blank=True)
    signals = models.JSONField(help_text="As the browser said.")
    signals_seen = models.JSONField(help_text="As the request's own headers said.")
    country = models.CharField(max_length=2, null=True)
    device_class = models.CharField(max_length=8, null=True)
    trusted = models.BooleanField(null=True, help_text="A person's click (true), a program's (false), or not known.")
    build = models.CharField(max_length=40, blank=True)
    variant = models.CharField(max_length=40, blank=True)
    salts = models.BinaryField(null=True)
    commitments = models.BinaryField(null=True, help_text="Of what was erased before it was sealed.")

    class Meta:
        verbose_name = "consent event"
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["site", "event_id"], name="event_once_per_site"),
        ]
        indexes = [
            # Website and order are in it: else SQLite would rather go through all events of the website.
            models.Index(fields=["site", "consent_ref", "-received_at", "-id"], name="events_of_a_consent"),
            # Ascending, though the newest are read first: what comes in is then added at its end, where pages fill up.
            models.Index(fields=["site", "received_at", "id"], name="events_of_a_site"),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def ledger_index(self) -> int | None:
        """Its place in the ledger; None until it is sealed. A query, unless `leaf` was read along."""
        leaf = getattr(self, "leaf", None)
        return leaf.ledger_index if leaf else None


class UnsealedEvent(models.Model):
    """An event that waits for its place in the ledger.

    The database writes it with the event (`consent.waiting`), and sealing removes it: what is to be sealed is found by
    being here, whatever its time. Nothing refers to a row, so it has no key but what it says.
    """

    pk = models.CompositePrimaryKey("site_id", "event_id")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    event = models.ForeignKey(
        ConsentEvent, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )

    def __str__(self) -> str:
        return str(self.event_id)


def insert_event(facts: Mapping[str, Any]) -> None:
    """Write one event, given by attribute, by one statement, which is a transaction of its own where none is open.

    Making an instance, and compiling a statement anew each time, costs more than all else that recording does. Raises
    IntegrityError where it is there already.
    """
    statement, fields = insertion(connection.vendor)
    values = [convert(facts[name]) for name, convert in fields]
    if connection.in_atomic_block:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, values)
        return
    # Past Django's cursor, which takes longer than the database does before it writes to disk.
    connection.ensure_connection()
    with connection.wrap_database_errors:
        connection.connection.execute(_of_driver(connection.vendor), values)


@cache
def insertion(vendor: str) -> tuple[str, list[tuple[str, Callable[[Any], Any]]]]:
    """The statement, and each attribute with what makes the database's value of it; without what is filled later."""
    fields = [field for field in ConsentEvent._meta.concrete_fields if field.name not in ConsentEvent.FILLED_ONCE]
    columns = ", ".join(field.column for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {ConsentEvent._meta.db_table} ({columns}) VALUES ({marks})"
    return statement, [(field.attname, _conversion(field, vendor)) for field in fields]


@cache
def _of_driver(vendor: str) -> str:
    """The statement as the database's own driver takes it."""
    statement, _ = insertion(vendor)
    return statement.replace("%s", "?") if vendor == "sqlite" else statement


def _conversion(field: models.Field[Any, Any], vendor: str) -> Callable[[Any], Any]:
    if isinstance(field, models.JSONField):
        return lambda value: msgspec.json.encode(value).decode()
    if vendor == "sqlite" and isinstance(field, models.UUIDField):
        return lambda value: value.hex
    if vendor == "sqlite" and isinstance(field, models.DateTimeField):
        # As Django writes it: the moment in UTC, without saying so.
        return lambda value: value and value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return lambda value: value
