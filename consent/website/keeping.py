"""The website's own address that sets the consent cookie by header. Nothing of it reaches a log."""

from __future__ import annotations

import time

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

from consent import consent_cookie
from consent.decision_facts import DecisionFacts
from consent.keeping import HEADER, is_own_page, seconds_to_keep, within
from consent.website.configuration import Configuration


def kept(request: HttpRequest, configuration: Configuration, facts: DecisionFacts | None) -> HttpResponse | None:
    """The answer at SAYSO["KEEP_PATH"]; None at any other address."""
    if not configuration.keep_path or request.path_info != configuration.keep_path:
        return None
    response = _answer(request, configuration, facts)
    response["Cache-Control"] = "no-store"
    return response


def _answer(request: HttpRequest, configuration: Configuration, facts: DecisionFacts | None) -> HttpResponse:
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    said, host = request.headers, request.get_host()
    origin = said.get("Origin", "")
    if not is_own_page(fetch_site=said.get("Sec-Fetch-Site", ""), origin=origin, host=host):
        return _refused(403, "Only pages of this website may ask.")
    if facts is None:
        # How long an answer counts is not known yet. What the script wrote stands meanwhile.
        return _refused(503, "The platform was not heard yet.")
    stored = consent_cookie.newest(consent_cookie.values_in(said.get("Cookie", "")))
    seconds = seconds_to_keep(said.get(HEADER, ""), stored=stored, regimes=facts.regimes, now=int(time.time()))
    if stored is None or seconds is None:
        return _refused(400, f"There is no answer to keep, or no {HEADER} with the seconds.")
    domain = configuration.cookie_domain
    response = HttpResponse(status=204)
    response.set_cookie(
        consent_cookie.NAME,
        consent_cookie.format(stored),
        max_age=seconds,
        path="/",
        domain=domain if within(host.partition(":")[0], domain) else None,
        # As the browser sees it: behind a proxy the server may think otherwise.
        secure=request.is_secure() or origin.startswith("https://"),
        samesite="Lax",
        # The snippet reads it.
        httponly=False,
    )
    return response


def _refused(status: int, why: str) -> HttpResponse:
    return HttpResponse(f"{why}\n", status=status, content_type="text/plain; charset=utf-8")
