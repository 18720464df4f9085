"""Events as evidence, read fast: the database's own texts in plain tuples, never model instances.

Verifying reads every event ever recorded, so nothing is converted that ends as text in a leaf anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import IntegerField, QuerySet, TextField
from django.db.models.functions import Cast

from consent.commitments import text_commitments
from consent.ledger.leaf import Evidence, leaf_of
from consent.ledger.merkle import leaf_hash
from consent.models import ConsentEvent, NoticeVersion

# In the order of `Evidence`; what is not a text in the database is read as one.
AS_TEXT = ("id", "event_id", "received_at", "categories", "partners", "signals", "signals_seen", "client_time")
FIELDS = (
    "id_text",
    "event_id_text",
    "received_at_text",
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
SALTS, OWN_COMMITMENTS, COMMITMENTS, LEAF_HASH, PLACE = range(FIELDS.index("salts"), len(FIELDS))
FETCHED_AT_ONCE = 100
# With all six digits of its fraction.
LONGEST_TIME = 26
COMMITTED = tuple(field.encode() for field in ConsentEvent.ERASABLE)


class Row(NamedTuple):
    """One event: its evidence with the commitments that its values give now, and what is stored beside it.

    `own_commitments` are those that it left when it was erased before it was sealed.
    """

    id: str
    evidence: Evidence
    own_commitments: bytes | None
    stored_commitments: bytes | None
    stored_leaf_hash: bytes | None
    place: int | None

    def leaf(self) -> bytes:
        return leaf_of(self.evidence, ConsentEvent.ERASABLE)

    def leaf_hash(self) -> bytes:
        return leaf_hash(self.leaf())


class EvidenceMissing(Exception):
    """An event that has lost its values without leaving commitments to them."""


def evidence_of(*, site_key: str, digests: dict[int, str], events: QuerySet[ConsentEvent]) -> Iterator[Row]:
    """The events as evidence. `digests` is filled with what it lacks: few versions stand in millions of events."""
    for values in texts_of(events):
        yield row_of(site_key, digests, values)


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


def row_of(site_key: str, digests: dict[int, str], values: Sequence[Any]) -> Row:
    id_, event_id, received_at = values[:3]
    version_id, consent_ref, country, language, device_class, client_time = values[14:SALTS]
    salts, own, sealed, leaf, place = values[SALTS:]
    stored = own if sealed is None else sealed
    if salts is not None:
        erasable = (consent_ref or "", country or "", language or "", device_class or "", time_text(client_time))
        committed = text_commitments(COMMITTED, erasable, salts)
    elif stored is not None:
        committed = stored
    else:
        raise EvidenceMissing(f"Event {uuid_text(id_)} has neither salts nor commitments.")
    version = digests.get(version_id) or _digest(digests, version_id)
    texts = (uuid_text(id_), uuid_text(event_id), time_text(received_at))
    evidence = Evidence._make((*texts, *values[3:14], site_key, version, committed))
    return Row(id_, evidence, own, stored, leaf, place)


def _digest(digests: dict[int, str], version_id: int) -> str:
    digests[version_id] = NoticeVersion.objects.values_list("digest", flat=True).get(pk=version_id)
    return digests[version_id]


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
