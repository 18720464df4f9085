"""GET /api/v1/sites/{key}/region: which rules hold for whoever asks. A plain view: some pages ask it each time."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from consent.api.plain import nothing_published, plain_view
from consent.api.seen import see_embedding
from consent.delivery import live
from consent.geography import place_of
from consent.places import regime_of

CACHING = "private, max-age=600"


@plain_view("GET", refusal="The region is asked for by GET.")
def region(request: HttpRequest, site: live.LiveSite) -> HttpResponse:
    if not site.regimes:
        raise nothing_published()
    place, now = place_of(request), timezone.now()
    codes = [regime.code for regime in site.regimes]
    regime = regime_of(place, codes, on=now.date())
    see_embedding(request, site, now)
    response = JsonResponse({"country": place.country, "region": place.region, "regime": regime})
    response["Cache-Control"] = CACHING
    return response
