"""What a request says about where it was sent and where it comes from, and the addresses of the pages."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from cookies.origins import origin_of


def own_origin(request: HttpRequest) -> str:
    """The origin under which this request was sent."""
    return origin_of(f"{request.scheme}://{request.get_host()}") or ""


def platform_origin() -> str:
    return origin_of(settings.PUBLIC_URL) or ""


def is_from_own_page(request: HttpRequest) -> bool:
    """Whether a form was sent by a page of this very origin. Stands in for a token, which would need a cookie.

    `Origin` decides where it is sent, `null` included (OWASP, Verifying Origin with Standard Headers); the address
    of the referring page only where it is missing.
    """
    sender = request.headers.get("Origin")
    if sender is None:
        sender = origin_of(request.headers.get("Referer", "")) or ""
    return sender == own_origin(request)


def page_address(name: str, key: str, **query: str | None) -> str:
    """The path of a hosted page, with what is not None of the query."""
    given = {field: value for field, value in query.items() if value is not None}
    path = reverse(name, kwargs={"key": key})
    return f"{path}?{urlencode(given)}" if given else path
