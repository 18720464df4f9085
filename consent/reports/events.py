"""Finding events: by what was asked for, page by page. Takes the same time however many there are."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from consent.models import ConsentEvent, LedgerLeaf, UserLink

ON_A_PAGE = 50


@dataclass(frozen=True)
class EventSearch:
    """Which events of a website. Days are those of UTC, both included; what is empty does not matter."""

    first: date | None = None
    last: date | None = None
    action: str = ""
    version: int | None = None
    regime: str = ""
    consent_ref: str = ""

    def as_json(self) -> dict[str, Any]:
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
            if value
        }


def search_from(stored: Mapping[str, Any]) -> EventSearch:
    """The search that `as_json` wrote down."""
    days = {name: date.fromisoformat(stored[name]) for name in ("first", "last") if name in stored}
    return EventSearch(**{**stored, **days})


def search_faults(search: EventSearch) -> dict[str, str]:
    """What makes no sense, by field."""
    if search.first and search.last and search.last < search.first:
        return {"last": "The last day is before the first one."}
    return {}


def found(events: QuerySet[ConsentEvent], search: EventSearch) -> QuerySet[ConsentEvent]:
    """The events among these that a search asks for."""
    equal = {
        "action": search.action,
        "version__ordinal": search.version,
        "regime_shown": search.regime,
        "consent_ref": search.consent_ref,
    }
    events = events.filter(**{name: value for name, value in equal.items() if value})
    if search.first:
        events = events.filter(received_at__gte=_midnight(search.first))
    # After the last day of all there is none.
    if search.last and search.last < date.max:
        events = events.filter(received_at__lt=_midnight(search.last + timedelta(days=1)))
    return events


def of_users(
    events: QuerySet[ConsentEvent], user_refs: Collection[str], *, site_ids: Collection[int]
) -> QuerySet[ConsentEvent]:
    """The events among these that are linked to users. The links are read first, so that an index finds the rest."""
    consents: dict[int, list[str]] = {}
    links = UserLink.objects.filter(site__in=site_ids, user_ref__in=user_refs)
    for site_id, consent_ref in links.values_list("site", "consent_ref"):
        consents.setdefault(site_id, []).append(consent_ref)
    linked = Q()
    for site_id, refs in consents.items():
        linked |= Q(site=site_id, consent_ref__in=refs)
    return events.filter(linked) if consents else events.none()


@dataclass(frozen=True)
class EventPage:
    """Events, the newest first, and whether there are others on either side."""

    events: Sequence[ConsentEvent]
    has_newer: bool
    has_older: bool


def page_of(
    events: QuerySet[ConsentEvent], *, before: UUID | None = None, after: UUID | None = None, size: int = ON_A_PAGE
) -> EventPage:
    """The newest events; those just before an event, or just after one. An event that is not among them is ignored."""
    named = before or after
    edge = events.filter(pk=named).values_list("received_at", "pk").first() if named else None
    if edge and not before:
        rows = list(older_or_newer(events, edge, newer=True)[: size + 1])
        return EventPage(rows[:size][::-1], has_newer=len(rows) > size, has_older=True)
    rows = list((older_or_newer(events, edge) if edge else events.order_by("-received_at", "-id"))[: size + 1])
    return EventPage(rows[:size], has_newer=edge is not None, has_older=len(rows) > size)


def older_or_newer(
    events: QuerySet[ConsentEvent], edge: tuple[datetime, UUID], *, newer: bool = False
) -> QuerySet[ConsentEvent]:
    """The events on one side of a moment and id, the nearest first.

    The bound on the time alone is what the index understands; the other condition only parts equal times.
    """
    moment, key = edge
    if newer:
        events = events.filter(Q(received_at__gt=moment) | Q(pk__gt=key), received_at__gte=moment)
        return events.order_by("received_at", "id")
    return events.filter(Q(received_at__lt=moment) | Q(pk__lt=key), received_at__lte=moment).order_by(
        "-received_at", "-id"
    )


def neighbours_of(event: ConsentEvent) -> Mapping[str, ConsentEvent | None]:
    """What the same visitor decided before and after, and what stands beside it in the ledger."""
    edge, around = (event.received_at, event.pk), dict.fromkeys(("earlier", "later", "below", "above"))
    same_site = ConsentEvent.objects.filter(site=event.site_id)
    if event.consent_ref:
        same_visitor = same_site.filter(consent_ref=event.consent_ref)
        around["earlier"] = older_or_newer(same_visitor, edge).first()
        around["later"] = older_or_newer(same_visitor, edge, newer=True).first()
    if (place := event.ledger_index) is not None:
        beside = LedgerLeaf.objects.filter(ledger=event.leaf.ledger_id, ledger_index__in=[place - 1, place + 1])
        for leaf in beside.select_related("event"):
            around["below" if leaf.ledger_index < place else "above"] = leaf.event
    return around


def event_named(named: UUID, *, site_ids: Collection[int]) -> ConsentEvent | None:
    """The event with this id, or the one that a receipt with this number is about."""
    events = ConsentEvent.objects.filter(site__in=site_ids)
    return events.filter(pk=named).first() or events.filter(event_id=named).first()


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)
