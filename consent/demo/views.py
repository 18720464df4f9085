"""The demonstration website: a page of another origin that embeds the platform, as any website would.

It answers on loopback names only, and sets no cookie of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from consent.builtin_texts import direction
from consent.delivery import live
from consent.demo.hosts import FIRST_HOST, PLATFORM_HOST, website_key
from consent.demo.tags import embed_category, first_host, gated_tags
from consent.demo.words import website_words
from consent.wellknown.tk import say
from consent.wellknown.website import status_for

PAGES = {"home": "demo", "about": "demo-about", "cookies": "demo-cookies", "strict": "demo-strict"}


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return _answer(request, "home")


@require_safe
def about(request: HttpRequest) -> HttpResponse:
    return _answer(request, "about")


@require_safe
def cookies(request: HttpRequest) -> HttpResponse:
    return _answer(request, "cookies")


@require_safe
def strict(request: HttpRequest) -> HttpResponse:
    """A page under the strictest policy that a website may have: see `strict_policy`."""
    nonce = secrets.token_urlsafe(16)
    response = _answer(request, "strict", nonce=nonce)
    response["Content-Security-Policy"] = strict_policy(nonce)
    return response


def strict_policy(nonce: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}'",
            "style-src 'self'",
            "img-src 'self' https:",
            "frame-src https://www.youtube-nocookie.com",
            f"connect-src {settings.PUBLIC_URL}",
            "base-uri 'none'",
            "form-action 'self'",
            "require-trusted-types-for 'script'",
            "trusted-types sayso",
        )
    )


def _answer(request: HttpRequest, name: str, *, nonce: str = "") -> HttpResponse:
    host, _, port = request.get_host().partition(":")
    if host == PLATFORM_HOST:
        # The platform can't be its own website: what is shown has to be another origin.
        return HttpResponseRedirect(f"http://{FIRST_HOST}{':' + port if port else ''}{request.get_full_path()}")
    key = website_key(host)
    site = live.get_site(key) if key else None
    if site is None or site.payload is None:
        raise Http404("There is no demonstration website at this name.")
    asked = request.GET.get("language", "")
    language = asked if asked in site.payload["languages"] else ""
    context = _context(request, site.key, site.payload, name=name, language=language)
    response = render(request, f"demo/{name}.html", {**context, "nonce": nonce})
    response["Cache-Control"] = "private, no-store"
    if answered := status_for(request, site, now=timezone.now()):
        say(response, answered.status.tracking)
    return response


def _context(request: HttpRequest, key: str, payload: Mapping[str, Any], *, name: str, language: str) -> dict[str, Any]:
    spoken = language or payload["site"]["default_language"]
    query = f"?{urlencode({'language': language})}" if language else ""
    back = request.build_absolute_uri(request.path + query)
    hosted = reverse("page-preferences", kwargs={"key": key})
    return {
        "site": payload["site"],
        "words": website_words(key, spoken),
        "language": spoken,
        "direction": direction(spoken),
        "snippet_url": f"{settings.PUBLIC_URL}/s/{key}{'.' + language if language else ''}.js",
        "pages": [
            {"name": page, "url": reverse(route) + query, "is_current": page == name} for page, route in PAGES.items()
        ],
        "other_language": next((code for code in payload["languages"] if code != spoken), ""),
        "path": request.path,
        "by_place": len(payload["regimes"]) > 1,
        "tags": gated_tags(key, payload),
        "picture": first_host(payload, "targeting"),
        "video_category": embed_category(payload),
        "hosted_return": f"{settings.PUBLIC_URL}{hosted}?{urlencode({'return': back, 'language': spoken})}",
        "hosted_own": f"{hosted}?{urlencode({'return': back, 'language': spoken})}",
    }
