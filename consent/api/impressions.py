"""POST /api/v1/sites/{key}/impressions: adds one to a counter. Nothing about anyone is kept."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from consent.api.bodies import NOT_AN_ARM, Digest, Language, RegimeCode, SignalsBody, Variant
from consent.api.errors import ApiError
from consent.api.plain import known_version, plain_view, read_body
from consent.api.seen import see_embedding, seen_by_server
from consent.delivery import live
from consent.devices import is_program
from consent.privacy_signals import Signals
from consent.services.counting import count_impression

MOST_BYTES = 1024


class ImpressionBody(msgspec.Struct, forbid_unknown_fields=True):
    """What the page shows, and to which signals. `asked`: the banner was shown; earlier snippets did not say.
    `variant`: which banner, while two are tested."""

    version: Digest
    language: Language
    regime: RegimeCode
    signals: SignalsBody
    asked: bool = False
    variant: Variant | None = None


_decoder = msgspec.json.Decoder(ImpressionBody)


@plain_view("POST", refusal="Impressions are sent by POST.")
def impressions(request: HttpRequest, site: live.LiveSite) -> HttpResponse:
    body = read_body(request, _decoder, most_bytes=MOST_BYTES)
    version = known_version(site, body.version)
    if faults := dict(_faults(body, version)):
        raise ApiError(400, "malformed", "The impression does not fit the version that it names.", fields=faults)
    see_embedding(request, site, timezone.now())
    # What counts is what the website says now, not what a page says that was loaded before.
    counts = site.payload and site.payload["policy"].get("count_impressions") is True
    if counts and not is_program(request.headers.get("User-Agent", "")):
        _count(request, site, body, version)
    response = HttpResponse(status=204)
    response["Cache-Control"] = "no-store"
    return response


def _faults(body: ImpressionBody, version: live.LiveVersion) -> Iterator[tuple[str, str]]:
    if body.language not in version.languages:
        yield "language", "The version was not published in this language."
    if body.regime not in version.regimes:
        yield "regime", "The version was not published for this regime."
    if body.variant and not live.is_arm(version.id, body.variant):
        yield "variant", NOT_AN_ARM


def _count(request: HttpRequest, site: live.LiveSite, body: ImpressionBody, version: live.LiveVersion) -> None:
    now = timezone.now()
    seen = seen_by_server(request, version.regimes, now)
    count_impression(
        site_id=site.id,
        version_id=version.id,
        regime=body.regime,
        language=body.language,
        signals=seen.signals | Signals(dnt=body.signals.dnt, gpc=body.signals.gpc),
        device_class=seen.device_class,
        country=seen.country,
        asked=body.asked,
        now=now,
        variant=body.variant or "",
    )
