"""The `Tk` header (W3C Tracking Preference Expression §6.3) on every answer of the platform."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from consent.tracking_status import NOT_TRACKING, UPDATED

Respond = Callable[[HttpRequest], HttpResponseBase]
HEADER = "Tk"


def say_tracking_status(respond: Respond) -> Respond:
    """N, unless the view that answers knows better: the platform follows nobody from one website to another.

    Without a status-id: that would name a resource about this answer, and /.well-known/dnt/KEY is about a website.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        response = respond(request)
        response.headers.setdefault(HEADER, NOT_TRACKING)
        return response

    return answer


def say(response: HttpResponseBase, value: str) -> None:
    """For a page that is a website's own, not the platform's."""
    response[HEADER] = value


def tell_update(response: HttpResponseBase) -> None:
    """Mark the answer to a request that changed, or may have changed, what a visitor allows: who keeps a tracking
    status asks for it again (§6.3.3)."""
    say(response, UPDATED)
