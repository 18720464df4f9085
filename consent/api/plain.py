"""What the plain views for browsers share: the website, the origin, the limit, the body, and errors in one shape."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import TypeVar

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from consent.api.cors import allow, checked_origin, preflight
from consent.api.errors import ApiError
from consent.api.throttling import seconds_to_wait
from consent.delivery import live

MEDIA_TYPES = ("application/json", "text/plain")
Body = TypeVar("Body")
Answer = Callable[[HttpRequest, live.LiveSite], HttpResponse]
View = Callable[..., HttpResponse]

_FIELD = re.compile(r"`\$\.([a-z_]+)")


def plain_view(method: str, *, refusal: str) -> Callable[[Answer], View]:
    """Make a view of one website's address from what answers `method`, GET or POST. `refusal` says so to others.

    A missing origin is refused for POST only: a browser sends none with a GET to the page's own origin.
    """
    methods = ("GET", "HEAD") if method == "GET" else (method,)

    def decorate(answer: Answer) -> View:
        @csrf_exempt
        @wraps(answer)
        def view(request: HttpRequest, key: str) -> HttpResponse:
            origin = ""
            try:
                site = known_site(key)
                if method == "POST" or request.method == "OPTIONS" or "HTTP_ORIGIN" in request.META:
                    origin = checked_origin(request, site)
                response = _answered(request, site, origin)
            except ApiError as error:
                response = error.response()
                if error.status == 405:
                    response["Allow"] = ", ".join((*methods, "OPTIONS"))
            if origin:
                allow(response, origin)
            # The answer to a request without an origin is none for those with one.
            response["Vary"] = "Origin"
            return response

        def _answered(request: HttpRequest, site: live.LiveSite, origin: str) -> HttpResponse:
            if request.method == "OPTIONS":
                return preflight(origin, method)
            if request.method not in methods:
                raise ApiError(405, "method_not_allowed", refusal)
            if wait := seconds_to_wait(request):
                raise ApiError(
                    429, "too_many_requests", "Too many requests. Wait, then send it again.", retry_after=wait
                )
            return answer(request, site)

        return view

    return decorate


def known_site(key: str) -> live.LiveSite:
    site = live.get_site(key)
    if site is None:
        raise ApiError(404, "unknown_site", "There is no website with this key.")
    return site


def nothing_published() -> ApiError:
    return ApiError(404, "nothing_published", "This website has no published version yet. Publish one in the admin.")


def known_version(site: live.LiveSite, digest: str) -> live.LiveVersion:
    version = live.get_version(site.id, digest)
    if version is None:
        raise ApiError(409, "version_unknown", "This version was never published for this website.")
    return version


def read_body(request: HttpRequest, decoder: msgspec.json.Decoder[Body], *, most_bytes: int) -> Body:
    """The body, decoded and checked. Raises ApiError for another media type, too much, or what does not fit."""
    if request.content_type not in MEDIA_TYPES:
        raise ApiError(415, "unsupported_media_type", "Send JSON as application/json or text/plain.")
    # One byte more than allowed is enough to know; a body without a length is never read whole.
    raw = request.read(most_bytes + 1)
    if len(raw) > most_bytes:
        raise ApiError(413, "too_large", f"The body has at most {most_bytes // 1024} KB.")
    try:
        return decoder.decode(raw)
    except msgspec.ValidationError as error:
        found = _FIELD.search(str(error))
        name = found[1] if found else "body"
        raise ApiError(400, "malformed", "The body has a wrong field.", fields={name: str(error)}) from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise ApiError(400, "malformed", "The body is not JSON.") from None
