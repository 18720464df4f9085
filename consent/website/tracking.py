"""What the website says about tracking under its own name: `Tk`, /.well-known/dnt/ and /.well-known/gpc.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from consent.decision_facts import DecisionFacts
from consent.tracking_status import (
    CONSENT,
    DISREGARDING,
    DYNAMIC,
    MEDIA_TYPE,
    NOT_TRACKING,
    depends_on_visitor,
    gpc_support,
    website_status,
)
from consent.website.configuration import Configuration
from consent.website.visitor import VisitorConsent
from consent.wellknown.lines import site_wide_value

# Nobody is tracked by asking for a status.
TK_OF_STATUS = NOT_TRACKING
STATUS = "/.well-known/dnt/"
GPC = "/.well-known/gpc.json"
# A day: what tracks more must be announced that long before (W3C Tracking Preference Expression §6.4.4).
ALIKE = "public, max-age=86400"
PERSONAL = "private, no-store"


def tk_value(configuration: Configuration, facts: DecisionFacts | None, consent: VisitorConsent) -> str:
    """`Tk` for an answer of the website.

    An answer that did not look at the visitor is the same for all of them, and a cache may hand it to anybody: it says
    where a visitor's own status is found (`?` with a status-id, §6.3.2). One that did look says the status itself.
    """
    if facts and not depends_on_visitor(facts.dnt_policy):
        return DISREGARDING
    value = (consent.tracking if consent.was_asked else None) or DYNAMIC
    return f"{value};{configuration.site_key}" if value in (DYNAMIC, CONSENT) else value


def well_known(
    request: HttpRequest, configuration: Configuration, facts: DecisionFacts | None, consent: VisitorConsent
) -> HttpResponse | None:
    """The answer at one of the three addresses; None at any other."""
    personal = f"{STATUS}{configuration.site_key}"
    if request.path_info not in (STATUS, personal, GPC):
        return None
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    if request.path_info == GPC:
        return _sent(gpc_support(), "application/json", ALIKE)
    if facts is None:
        # Whether the website disregards the preference is not known yet, so nothing true can be said.
        response = HttpResponse(status=503, headers={"Retry-After": configuration.refresh_seconds})
        response["Cache-Control"] = "no-store"
        return response
    if request.path_info == STATUS or not depends_on_visitor(facts.dnt_policy):
        return _sent(_status(request, configuration, site_wide_value(facts.dnt_policy)), MEDIA_TYPE, ALIKE)
    value = consent.tracking or NOT_TRACKING
    return _sent(_status(request, configuration, value), MEDIA_TYPE, PERSONAL)


def _status(request: HttpRequest, configuration: Configuration, value: str) -> dict[str, Any]:
    return website_status(
        value,
        declaration_url=configuration.declaration_url,
        preferences_url=configuration.preferences_url,
        home=request.build_absolute_uri("/"),
    ).as_dict()


def _sent(facts: Mapping[str, Any], media_type: str, caching: str) -> HttpResponse:
    response = HttpResponse(json.dumps(facts), content_type=media_type)
    response["Cache-Control"] = caching
    return response
