"""Events as evidence, read fast: the database's own texts in plain tuples, never model instances.

Verifying reads every event ever recorded, so nothing is converted that ends as text in a leaf anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import IntegerField, QuerySet, TextField
from django.db.models.functions import Cast

from consent.commitments import parted, text_commitments
from consent.ledger.leaf import Answer, Around, around, leaf_of
from consent.ledger.merkle import leaf_hash
from consent.models import ConsentEvent, NoticeVersion

# What is not a text in the database is read as one.
AS_TEXT = ("id", "event_id", "received_at", "categories", "partners", "signals", "signals_seen", "client_time")
FIELDS = (
    "id_text",
    "event_id_text",
    "received_at_text",
    # As `Answer` has them.
    "action",
    "surface",
    "categories_text",
    "partners_text",
    "regime_shown",
    "regime_seen",
    "signals_text",
    "signals_seen_text",
    "trusted_number",
    "build",
    "variant",
    "version_id",
    "consent_ref",
    "country",
    "language",
    "device_class",
    "client_time_text",
    "salts",
    "commitments",
    "leaf__commitments",
    "leaf__leaf_hash",
    "leaf__ledger_index",
)
ANSWER = slice(FIELDS.index("action"), FIELDS.index("consent_ref"))
SALTS, OWN_COMMITMENTS, COMMITMENTS, LEAF_HASH, PLACE = range(FIELDS.index("salts"), len(FIELDS))
FETCHED_AT_ONCE = 100
# With all six digits of its fraction.
LONGEST_TIME = 26
COMMITTED = tuple(name.encode() for name in ConsentEvent.ERASABLE)
# In memory.
MOST_ANSWERS = 4096


class Row(NamedTuple):
    """One event: its leaf and the commitments in it, as its values give them now, and what is stored beside it.

    `id` is as the database writes it. `own_commitments` are those that it left when it was erased before it was sealed.
    """

    id: str
    leaf: bytes
    commitments: bytes
    own_commitments: bytes | None
    stored_commitments: bytes | None
    stored_leaf_hash: bytes | None
    place: int | None

    def leaf_hash(self) -> bytes:
        return leaf_hash(self.leaf)


@dataclass(frozen=True)
class Known:
    """What is looked up and put into text once for all events of a website: few versions and answers stand in millions
    of events."""

    site_key: str
    digests: dict[int, str] = field(default_factory=dict)
    arounds: dict[tuple[Any, ...], Around] = field(default_factory=dict)

    def around(self, values: tuple[Any, ...]) -> Around:
        """Of an event as the database has it. Raises EvidenceMissing where its version is gone."""
        answer = values[ANSWER]
        if len(self.arounds) >= MOST_ANSWERS:
            self.arounds.clear()
        *texts, version_id = answer
        if version_id not in self.digests:
            digest = NoticeVersion.objects.values_list("digest", flat=True).filter(pk=version_id).first()
            if digest is None:
                raise EvidenceMissing(f"Event {uuid_text(values[0])} names a version that is missing.")
            self.digests[version_id] = digest
        found = around(Answer._make((*texts, self.digests[version_id], self.site_key)))
        return self.arounds.setdefault(answer, found)


class EvidenceMissing(Exception):
    """What a leaf is made of is gone: an event's values without their commitments, or the version that it names."""


def evidence_of(known: Known, events: QuerySet[ConsentEvent]) -> Iterator[Row]:
    """The events as evidence. Raises EvidenceMissing, and ValueError for what is not of its kind."""
    for values in texts_of(events):
        yield row_of(known, values)


def texts_of(events: QuerySet[ConsentEvent]) -> Iterator[tuple[Any, ...]]:
    """The events as the database writes them: `FIELDS`, in their order."""
    texts: dict[str, Any] = {f"{name}_text": Cast(name, TextField()) for name in AS_TEXT}
    trusted = Cast("trusted", IntegerField())
    query = events.annotate(**texts, trusted_number=trusted).values_list(*FIELDS).query
    # Past the ORM, which would look at each value of each row once more.
    with connection.cursor() as cursor, connection.wrap_database_errors:
        answer = _asked(cursor, *query.sql_with_params())
        while rows := answer.fetchmany(FETCHED_AT_ONCE):
            yield from rows


def _asked(cursor: CursorWrapper, sql: str, params: Sequence[Any]) -> Any:
    """Whatever can be asked for the rows. PostgreSQL sends them as they are, where Django's cursor has them written as
    text: that is a tenth of all that verifying takes."""
    if connection.vendor != "postgresql":
        cursor.execute(sql, params)
        return cursor
    from psycopg import Cursor  # noqa: PLC0415  where SQLite is the database, nobody needs it

    return Cursor(connection.connection).execute(cursor.mogrify(sql, params), binary=True)


def row_of(known: Known, values: tuple[Any, ...]) -> Row:
    """The same of one event, given by `FIELDS`."""
    id_, event_id, received_at = values[:3]
    consent_ref, country, language, device_class, client_time, salts, own, sealed, leaf, place = values[15:]
    stored = own if sealed is None else sealed
    if salts is not None:
        erasable = (consent_ref or "", country or "", language or "", device_class or "", time_text(client_time))
        committed = text_commitments(COMMITTED, erasable, salts)
    elif stored is not None:
        committed = parted(stored)
    else:
        raise EvidenceMissing(f"Event {uuid_text(id_)} has neither salts nor commitments.")
    raw = leaf_of(
        known.arounds.get(values[ANSWER]) or known.around(values),
        id_=uuid_text(id_),
        event_id=uuid_text(event_id),
        received_at=time_text(received_at),
        commitments=committed,
    )
    return Row(id_, raw, b"".join(committed), own, stored, leaf, place)


def uuid_text(stored: str) -> str:
    """A UUID as its standard writes it: SQLite keeps the 32 digits alone."""
    if len(stored) == 36:
        return stored
    return f"{stored[:8]}-{stored[8:12]}-{stored[12:16]}-{stored[16:20]}-{stored[20:]}"


def time_text(stored: str | None) -> str:
    """A moment as `consent.commitments.value_text` writes it. Databases leave out zeros at its end, or say UTC."""
    if stored is None:
        return ""
    text = stored.removesuffix("+00")
    if len(text) == LONGEST_TIME:
        return f"{text[:10]}T{text[11:]}Z"
    whole, _, fraction = text.partition(".")
    return f"{whole[:10]}T{whole[11:]}.{fraction:0<6}Z"
