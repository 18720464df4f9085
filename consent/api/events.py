"""POST /api/v1/sites/{key}/events: the hot path. A plain view; the body is decoded and checked by msgspec."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec
from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from consent.api.bodies import NOT_AN_ARM, Build, Digest, Language, RegimeCode, SignalsBody, Slug, Variant
from consent.api.errors import ApiError
from consent.api.plain import known_version, plain_view, read_body
from consent.api.seen import see_embedding, seen_by_server
from consent.delivery import live
from consent.limits import MOST_BYTES, MOST_EXCEPTIONS
from consent.privacy_signals import Signals
from consent.services.recording import EventAltered, ReportedEvent, record_event
from consent.wellknown.tk import tell_update


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
    version: Digest
    language: Language
    signals: SignalsBody
    partners: Annotated[dict[Slug, bool], msgspec.Meta(max_length=MOST_EXCEPTIONS)] = {}
    regime: RegimeCode | None = None
    client_time: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    trusted: bool | None = None
    build: Build | None = None
    variant: Variant | None = None


_decoder = msgspec.json.Decoder(EventBody)


@plain_view("POST", refusal="Events are sent by POST.")
def events(request: HttpRequest, site: live.LiveSite) -> HttpResponse:
    """Record a decision, once."""
    body = read_body(request, _decoder, most_bytes=MOST_BYTES)
    version = known_version(site, body.version)
    reported, now = _checked(body, version), timezone.now()
    seen = seen_by_server(request, version.regimes, now)
    try:
        recorded = record_event(site_id=site.id, reported=reported, seen=seen, rules=version.rules, now=now)
    except EventAltered:
        raise ApiError(409, "event_altered", "This event id is known with another content. Make a new id.") from None
    except DatabaseError:
        raise ApiError(503, "try_again", "The event could not be stored. Send it again.", retry_after=5) from None
    # The hosted page speaks for itself, whatever stands in the website's own pages.
    if body.surface != "page":
        see_embedding(request, site, now)
    content = msgspec.json.encode(
        {
            "event_id": recorded.event_id,
            "received_at": recorded.received_at,
            "receipt_url": f"{settings.PUBLIC_URL}/p/{site.key}/receipts/{recorded.event_id}",
        }
    )
    response = HttpResponse(content, content_type="application/json", status=201 if recorded.is_new else 200)
    response["Cache-Control"] = "no-store"
    tell_update(response)
    return response


def _checked(body: EventBody, version: live.LiveVersion) -> ReportedEvent:
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
    if body.client_time and not _has_utc(body.client_time):
        yield "client_time", "In UTC this moment lies outside the years 1 to 9999."
    if body.variant and not live.is_arm(version.id, body.variant):
        yield "variant", NOT_AN_ARM
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


def _has_utc(moment: datetime) -> bool:
    """Databases keep moments in UTC, and one that they can't give back would stop whoever reads the record."""
    try:
        moment.astimezone(UTC)
    except OverflowError:
        return False
    return True
