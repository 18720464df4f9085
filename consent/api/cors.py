"""Which origins may talk to a website's endpoints: its own domains, and the platform itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpResponse
from django.http.response import HttpResponseBase

from consent.api.errors import ApiError
from cookies.origins import origin_allowed

if TYPE_CHECKING:
    from django.http import HttpRequest

    from consent.delivery.live import LiveSite

PREFLIGHT_SECONDS = "86400"


def checked_origin(request: HttpRequest, site: LiveSite) -> str:
    """The request's origin. Raises ApiError (403) for one that is not of this website, missing, or `null`."""
    origin: str = request.META.get("HTTP_ORIGIN", "")
    if origin == settings.PUBLIC_URL or origin_allowed(origin, site.domains):
        return origin
    raise ApiError(
        403,
        "origin_not_allowed",
        "This address is not one of the website's domains. Add it to them in the admin.",
    )


def allow(response: HttpResponseBase, origin: str) -> None:
    """Let the page at this origin read the answer. No credentials: cookies are never involved."""
    response["Access-Control-Allow-Origin"] = origin
    response["Vary"] = "Origin"


def preflight(origin: str, methods: str) -> HttpResponse:
    """The answer to a browser that asks before it sends a bearer or JSON."""
    response = HttpResponse(status=204)
    allow(response, origin)
    response["Access-Control-Allow-Methods"] = methods
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    response["Access-Control-Max-Age"] = PREFLIGHT_SECONDS
    return response
