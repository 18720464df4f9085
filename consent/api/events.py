"""POST /api/v1/sites/{key}/events: the hot path. A plain view; the body is decoded and checked by msgspec."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from consent.api.cors import allow, checked_origin, preflight
from consent.api.errors import ApiError
from consent.api.throttling import seconds_to_wait
from consent.delivery import live
from consent.devices import device_class
from consent.privacy_signals import Signals, read_signals
from consent.services.recording import EventAltered, ReportedEvent, SeenByServer, record_event

MOST_BYTES = 4096
MEDIA_TYPES = ("application/json", "text/plain")

Slug = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9-]{1,40}$")]


class SignalsBody(msgspec.Struct, forbid_unknown_fields=True):
    gpc: bool
    dnt: bool


class CategoriesBody(msgspec.Struct, forbid_unknown_fields=True):
    performance: bool
    functional: bool
    targeting: bool
    strictly_necessary: bool = True


class EventBody(msgspec.Struct, forbid_unknown_fields=True):
    """The body as the contract has it; `fields` of an error name its members."""

    event_id: uuid.UUID
    consent_id: uuid.UUID
    action: Literal["accept_all", "reject_all", "save", "withdraw", "embed_unlock"]
    surface: Literal["banner", "preferences", "page", "embed", "api"]
    categories: CategoriesBody
    version: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
    language: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=16)]
    signals: SignalsBody
    partners: Annotated[dict[Slug, bool], msgspec.Meta(max_length=100)] = {}
    regime: Annotated[str, msgspec.Meta(max_length=16)] | None = None
    client_time: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    trusted: bool | None = None
    build: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    variant: Annotated[str, msgspec.Meta(max_length=40)] | None = None


_decoder = msgspec.json.Decoder(EventBody)
_FIELD = re.compile(r"`\$\.([a-z_]+)")


@csrf_exempt
def events(request: HttpRequest, key: str) -> HttpResponse:
    """Record a decision, once."""
    origin = None
    try:
        site = live.get_site(key)
        if site is None:
            raise ApiError(404, "unknown_site", "There is no website with this key.")
        origin = checked_origin(request, site)
        response = _answer(request, site, origin)
    except ApiError as error:
        response = error.response()
        if error.status == 405:
            response["Allow"] = "POST, OPTIONS"
    if origin:
        allow(response, origin)
    return response


def _answer(request: HttpRequest, site: live.LiveSite, origin: str) -> HttpResponse:
    if request.method == "OPTIONS":
        return preflight(origin, "POST")
    if request.method != "POST":
        raise ApiError(405, "method_not_allowed", "Events are sent by POST.")
    _throttle(request)
    body = _decoded(_raw_body(request))
    reported = _checked(body, site)
    now = timezone.now()
    try:
        recorded = record_event(site_id=site.id, reported=reported, seen=_seen(request, reported.regime), now=now)
    except EventAltered:
        raise ApiError(409, "event_altered", "This event id is known with another content. Make a new id.") from None
    except DatabaseError:
        raise ApiError(503, "try_again", "The event could not be stored. Send it again.", retry_after=5) from None
    response = JsonResponse(
        {
            "event_id": str(recorded.event_id),
            "received_at": recorded.received_at.isoformat().replace("+00:00", "Z"),
            "receipt_url": f"{settings.PUBLIC_URL}/p/{site.key}/receipts/{recorded.event_id}",
        },
        status=201 if recorded.is_new else 200,
    )
    response["Cache-Control"] = "no-store"
    return response


def _throttle(request: HttpRequest) -> None:
    if wait := seconds_to_wait(request):
        raise ApiError(429, "too_many_requests", "Too many requests. Wait, then send it again.", retry_after=wait)


def _raw_body(request: HttpRequest) -> bytes:
    if request.content_type not in MEDIA_TYPES:
        raise ApiError(415, "unsupported_media_type", "Send JSON as application/json or text/plain.")
    # One byte more than allowed is enough to know; a body without a length is never read whole.
    raw = request.read(MOST_BYTES + 1)
    if len(raw) > MOST_BYTES:
        raise ApiError(413, "too_large", "An event has at most 4 KB.")
    return raw


def _decoded(raw: bytes) -> EventBody:
    try:
        return _decoder.decode(raw)
    except msgspec.ValidationError as error:
        found = _FIELD.search(str(error))
        name = found[1] if found else "body"
        raise ApiError(400, "malformed", "The event has a wrong field.", fields={name: str(error)}) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ApiError(400, "malformed", "The body is not JSON.") from None


def _checked(body: EventBody, site: live.LiveSite) -> ReportedEvent:
    version = live.get_version(site.id, body.version)
    if version is None:
        raise ApiError(409, "version_unknown", "This version was never published for this website.")
    if faults := dict(_faults(body, version)):
        raise ApiError(400, "malformed", "The event does not fit the version that it names.", fields=faults)
    return ReportedEvent(
        event_id=body.event_id,
        consent_id=body.consent_id,
        action=body.action,
        surface=body.surface,
        categories={name: getattr(body.categories, name) for name in ("performance", "functional", "targeting")},
        partners=body.partners,
        version_id=version.id,
        language=body.language,
        regime=body.regime or version.regimes[0],
        signals=Signals(dnt=body.signals.dnt, gpc=body.signals.gpc),
        client_time=body.client_time,
        trusted=body.trusted,
        build=body.build or "",
        variant=body.variant or "",
    )


def _faults(body: EventBody, version: live.LiveVersion) -> Any:
    if body.event_id.version != 4:
        yield "event_id", "The event id must be a random UUID (version 4)."
    if body.consent_id.version != 4:
        yield "consent_id", "The consent id must be a random UUID (version 4)."
    if not body.categories.strictly_necessary:
        yield "categories", "Strictly necessary can only be true."
    if body.language not in version.languages:
        yield "language", "The version was not published in this language."
    if body.regime is not None and body.regime not in version.regimes:
        yield "regime", "The version was not published for this regime."
    if unknown := sorted(set(body.partners) - set(version.categories)):
        yield "partners", f"The version names no such partner: {', '.join(unknown)}."
    elif any(version.categories[slug] == "strictly_necessary" for slug in body.partners):
        yield "partners", "A strictly necessary partner can't be decided about."
    if contradiction := _contradiction(body):
        yield "action", contradiction


def _contradiction(body: EventBody) -> str | None:
    """An action must say the same as the answers under it, or the evidence would be worthless."""
    answers = (body.categories.performance, body.categories.functional, body.categories.targeting)
    if body.action == "accept_all" and not (all(answers) and all(body.partners.values())):
        return "accept_all grants everything, but the event refuses something."
    if body.action in ("reject_all", "withdraw") and (any(answers) or any(body.partners.values())):
        return f"{body.action} refuses everything, but the event grants something."
    return None


def _seen(request: HttpRequest, regime: str) -> SeenByServer:
    return SeenByServer(
        signals=read_signals(request.headers),
        regime=regime,
        device_class=device_class(request.headers.get("User-Agent", "")),
    )
