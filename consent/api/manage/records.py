"""Consent records: evidence, to read. No consent id is ever told, only its reference; what was erased is null."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request

from consent.api.manage.bodies import Body, read_query
from consent.api.manage.paging import page_of
from consent.api.manage.problems import Problem
from consent.api.manage.schema import CURSOR, IF_NONE_MATCH, LIMIT, listing, not_modified, operation
from consent.api.manage.view import ManageView
from consent.models import ConsentEvent

PLAIN = (
    "event_id",
    "consent_ref",
    "received_at",
    "client_time",
    "action",
    "surface",
    "categories",
    "partners",
    "language",
    "regime_shown",
    "regime_seen",
    "signals",
    "signals_seen",
    "country",
    "device_class",
    "trusted",
    "build",
    "variant",
    "ledger_index",
)
ACTIONS = ConsentEvent.Action.values
RECORD = {
    "event_id": "0b7d8f4e-6f0a-4c8e-9a53-1f0f5f3c7a10",
    "consent_ref": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "received_at": "2026-11-22T03:00:00.511089Z",
    "client_time": None,
    "action": "save",
    "surface": "preferences",
    "categories": {"strictly_necessary": True, "performance": True, "functional": True, "targeting": False},
    "partners": {"hubspot": False},
    "language": "en",
    "regime_shown": "eu",
    "regime_seen": "eu",
    "signals": {"dnt": False, "gpc": False},
    "signals_seen": {"dnt": False, "gpc": False},
    "country": "DE",
    "device_class": "phone",
    "trusted": True,
    "build": "a1b2c3d4e5f6",
    "variant": "",
    "ledger_index": 41,
    "version": "3b1f0c5a9d2e47f68b90c1d2e3f4a5b63b1f0c5a9d2e47f68b90c1d2e3f4a5b6",
}


class RecordSerializer(serializers.Serializer[Any]):
    event_id = serializers.UUIDField()
    consent_ref = serializers.CharField(allow_null=True, help_text="SHA-256 of the consent id; null once erased.")
    received_at = serializers.DateTimeField()
    client_time = serializers.DateTimeField(allow_null=True)
    action = serializers.ChoiceField(choices=ACTIONS)
    surface = serializers.ChoiceField(choices=ConsentEvent.Surface.values)
    categories = serializers.DictField(child=serializers.BooleanField())
    partners = serializers.DictField(child=serializers.BooleanField(), help_text="The exceptions.")
    language = serializers.CharField(allow_null=True)
    regime_shown = serializers.CharField()
    regime_seen = serializers.CharField()
    signals = serializers.DictField(child=serializers.BooleanField())
    signals_seen = serializers.DictField(child=serializers.BooleanField())
    country = serializers.CharField(allow_null=True)
    device_class = serializers.CharField(allow_null=True)
    trusted = serializers.BooleanField(allow_null=True)
    build = serializers.CharField()
    variant = serializers.CharField()
    ledger_index = serializers.IntegerField(allow_null=True, help_text="null until it is sealed.")
    version = serializers.CharField()


class RecordQuery(Body):
    since = serializers.DateTimeField(required=False, help_text="Received at this moment or later.")
    until = serializers.DateTimeField(required=False, help_text="Received before this moment.")
    action = serializers.ChoiceField(choices=ACTIONS, required=False)
    version = serializers.RegexField(r"^[0-9a-f]{64}\Z", required=False)
    regime = serializers.RegexField(r"^[a-z0-9-]{1,16}\Z", required=False)
    consent_ref = serializers.RegexField(r"^[0-9a-f]{64}\Z", required=False)


COLUMNS = {
    "since": "received_at__gte",
    "until": "received_at__lt",
    "action": "action",
    "version": "version__digest",
    "regime": "regime_shown",
    "consent_ref": "consent_ref",
}


class RecordsView(ManageView):
    """GET /api/v1/manage/sites/{key}/events."""

    verbs = {"GET": "evidence"}

    @operation(
        "events",
        {200: listing("RecordPage", RecordSerializer), 304: not_modified()},
        query=[RecordQuery, CURSOR, LIMIT, IF_NONE_MATCH],
        example={"results": [RECORD], "next_cursor": None},
    )
    def get(self, request: Request, key: str) -> HttpResponse:
        """The newest first."""
        asked = read_query(request, RecordQuery, paged=True)
        rows = _records(self).filter(**{COLUMNS[name]: value for name, value in asked.items()})
        page = page_of(request, rows, name="events", site_id=self.site.pk, order=["-received_at", "-id"], filters=asked)
        return not_kept(self.answer({"results": [*map(record, page.rows)], "next_cursor": page.next_cursor}))


class RecordView(ManageView):
    """GET /api/v1/manage/sites/{key}/events/{event_id}."""

    verbs = {"GET": "evidence"}

    @operation(
        "event",
        {200: RecordSerializer, 304: not_modified()},
        query=[OpenApiParameter("event_id", uuid.UUID, OpenApiParameter.PATH), IF_NONE_MATCH],
        example=RECORD,
    )
    def get(self, request: Request, key: str, event_id: str) -> HttpResponse:
        """One record, by the number that stands on its receipt."""
        return not_kept(self.answer(record(event_of(self, event_id))))


def event_of(view: ManageView, event_id: str) -> ConsentEvent:
    event: ConsentEvent | None
    try:
        event = _records(view).filter(event_id=uuid.UUID(event_id)).first()
    except ValueError:
        event = None
    if event is None:
        raise Problem(404, "unknown_event", "The website has no record with this number.")
    return event


def record(event: ConsentEvent) -> dict[str, Any]:
    return {**{name: getattr(event, name) for name in PLAIN}, "version": event.version.digest}


def _records(view: ManageView) -> Any:
    return view.site.events.select_related("version").prefetch_related("leaf").defer("version__payload")


def not_kept(response: HttpResponse) -> HttpResponse:
    """Records stay nowhere on the way."""
    response["Cache-Control"] = "private, no-store"
    return response
