"""ConsentMiddleware: request.consent for the website's views, and truthful headers on its answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from asgiref.sync import iscoroutinefunction, markcoroutinefunction, sync_to_async
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from consent.website.configuration import configured
from consent.website.keeping import kept
from consent.website.source import source_for
from consent.website.tracking import TK_OF_STATUS, tk_value, well_known
from consent.website.visitor import VisitorConsent

Answer = HttpResponseBase | Awaitable[HttpResponseBase]
ASKED = ("Cookie", "DNT", "Sec-GPC")


class ConsentMiddleware:
    """Works in Django's synchronous and asynchronous stacks alike, without a thread for each request."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Answer]) -> None:
        self.get_response = get_response
        self.configuration = configured()
        self.source = source_for(self.configuration)
        self.headers = [
            *ASKED,
            *filter(None, (self.configuration.country_header, self.configuration.region_header)),
        ]
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Answer:
        if self.is_async:
            return self._answer_later(request)
        self.source.wait_for_first_look()
        visit = _Visit(self, request)
        response = visit.early if visit.early is not None else self.get_response(request)
        assert isinstance(response, HttpResponseBase)
        return visit.finished(response)

    async def _answer_later(self, request: HttpRequest) -> HttpResponseBase:
        if not self.source.has_looked:
            await sync_to_async(self.source.wait_for_first_look, thread_sensitive=False)()
        visit = _Visit(self, request)
        if visit.early is not None:
            return visit.finished(visit.early)
        response = self.get_response(request)
        assert isinstance(response, Awaitable)
        return visit.finished(await response)


class _Visit:
    """One request, with the same facts from its beginning to its end. `early`: an answer that needs no view."""

    def __init__(self, middleware: ConsentMiddleware, request: HttpRequest) -> None:
        self.middleware = middleware
        self.facts = middleware.source.facts
        self.consent = VisitorConsent(request, middleware.configuration, self.facts)
        request.consent = self.consent  # type: ignore[attr-defined]
        self.early = well_known(request, middleware.configuration, self.facts, self.consent)
        if self.early is None:
            self.early = kept(request, middleware.configuration, self.facts)

    def finished(self, response: HttpResponseBase) -> HttpResponseBase:
        # A stored answer carries the value of whoever was answered first, so it is written anew each time.
        is_early = response is self.early
        response["Tk"] = TK_OF_STATUS if is_early else tk_value(self.middleware.configuration, self.facts, self.consent)
        if self.consent.was_asked:
            patch_vary_headers(response, self.middleware.headers)
        self.consent.finish()
        return response
