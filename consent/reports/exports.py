"""Evidence as text, chunk by chunk: the same memory for ten events as for ten million."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from consent.models import ConsentEvent, NoticeVersion
from consent.reports.events import EventSearch, found
from consent.reports.evidence import PLACE, texts_of, time_text
from consent.reports.export_formats import Format, Source
from cookies.models import Site

CHUNK = 2000


@dataclass(frozen=True)
class Chunk:
    """Some lines: how many, and which places in the ledger their events have."""

    text: str
    count: int
    places: tuple[int, ...]


def exported(site: Site, search: EventSearch, *, until: datetime) -> QuerySet[ConsentEvent]:
    """What an export holds: nothing that came in after somebody asked for it."""
    return found(ConsentEvent.objects.filter(site=site, received_at__lte=until), search)


def export_chunks(
    site: Site, search: EventSearch, *, form: Format, until: datetime, size: int = CHUNK
) -> Iterator[Chunk]:
    """The lines of an export, the oldest event first."""
    digests = dict(NoticeVersion.objects.filter(site=site).values_list("pk", "digest"))
    source, events = Source(site.key, digests), exported(site, search, until=until).order_by("received_at", "id")
    edge: tuple[datetime, UUID] | None = None
    while True:
        rows = list(texts_of(_beyond(events, edge)[:size]))
        if not rows:
            return
        places = tuple([row[PLACE] for row in rows if row[PLACE] is not None])
        yield Chunk(form.lines(source, rows), len(rows), places)
        if len(rows) < size:
            return
        edge = _edge(rows[-1])


def _beyond(events: QuerySet[ConsentEvent], edge: tuple[datetime, UUID] | None) -> QuerySet[ConsentEvent]:
    if edge is None:
        return events
    return events.filter(Q(received_at__gt=edge[0]) | Q(pk__gt=edge[1]), received_at__gte=edge[0])


def _edge(row: tuple[Any, ...]) -> tuple[datetime, UUID]:
    return datetime.fromisoformat(time_text(row[2])), UUID(row[0])
