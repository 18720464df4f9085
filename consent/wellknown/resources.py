"""/.well-known/dnt/ and /.well-known/gpc.json: nothing is kept about who asks, and no cookie is set."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from consent.delivery import live
from consent.demo.hosts import website_key
from consent.tracking_status import MEDIA_TYPE, NOT_TRACKING, TrackingStatus, gpc_support
from consent.wellknown.website import status_for

# A day: what tracks more must be announced that long before (W3C Tracking Preference Expression §6.4.4).
ALIKE = "public, max-age=86400"
PERSONAL = "private, no-store"


@require_safe
def site_wide(request: HttpRequest) -> HttpResponse:
    """/.well-known/dnt/: the platform itself; on a name of the demonstration, the website at that name."""
    key = website_key(request.get_host().partition(":")[0]) if settings.DEMO else None
    return of_website(request, key) if key else _sent(_platform_status().as_dict(), ALIKE, MEDIA_TYPE)


@require_safe
def of_website(request: HttpRequest, key: str) -> HttpResponse:
    """/.well-known/dnt/KEY: one website, to be served as /.well-known/dnt/ under its own name."""
    site = live.get_site(key)
    answered = status_for(request, site, now=timezone.now()) if site else None
    if answered is None:
        raise Http404("There is no tracking status of this website.")
    response = _sent(answered.status.as_dict(), PERSONAL if answered.is_personal else ALIKE, MEDIA_TYPE)
    if answered.is_personal:
        patch_vary_headers(response, ["DNT", "Sec-GPC", "Cookie"])
    return response


@require_safe
def gpc(request: HttpRequest) -> HttpResponse:
    """/.well-known/gpc.json: true of the platform and of every website of its own, because it binds in every regime."""
    return _sent(gpc_support(), ALIKE, "application/json")


def _platform_status() -> TrackingStatus:
    front = f"{settings.PUBLIC_URL}{reverse('front')}"
    return TrackingStatus(
        tracking=NOT_TRACKING, policy=f"{front}#privacy", config=f"{front}#privacy", controller=(front,)
    )


def _sent(facts: Mapping[str, Any], caching: str, media_type: str) -> HttpResponse:
    response = HttpResponse(json.dumps(facts), content_type=media_type)
    response["Cache-Control"] = caching
    return response
