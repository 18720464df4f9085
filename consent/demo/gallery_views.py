"""The gallery: an index of frames, and each frame as a page that can reach nothing and keep nothing.

A frame is sandboxed into an origin of its own, like the preview in the admin, and gets its memory from
static/admin/preview.js.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from consent.builtin_texts import available_languages, direction
from consent.delivery import live
from consent.demo.gallery import DAY, LAYOUTS, STATES, State, Variation, colours, cookie_of, files_of
from consent.demo.hosts import FIRST_WEBSITE, PLATFORM_HOST, website_key

FIRST_COLOURS = FIRST_WEBSITE
VIEWS = ("phone", "desktop")


@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Every state in the layout, language and colours that are asked for."""
    _website(request)
    chosen = {name: _one_of(request, name, options) for name, options in _options().items()}
    response = render(
        request,
        "demo/gallery.html",
        {
            "choices": [(name, options, chosen[name]) for name, options in _options().items()],
            "view": chosen["view"],
            "frames": [{"state": state, "url": _address(state, chosen)} for state in STATES.values()],
        },
    )
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@xframe_options_sameorigin
def frame(request: HttpRequest, state: str, layout: str, language: str, colours: str) -> HttpResponse:
    site = _website(request)
    variation = _variation(state, layout, language, colours)
    shown = STATES[variation.state]
    response = render(
        request,
        "demo/gallery_frame.html",
        {
            "website": site.name,
            "state": shown,
            "signals": " ".join(name for name, sent in shown.signals.as_dict().items() if sent),
            "cookie": cookie_of(variation, _payload(site), today=_today()),
            "language": variation.language,
            "direction": direction(variation.language),
        },
    )
    own = f"{request.scheme}://{request.get_host()}"
    response["Content-Security-Policy"] = (
        f"sandbox allow-scripts; default-src 'none'; script-src {own}; style-src {own}; img-src {own}; "
        f"frame-ancestors {own}"
    )
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def file(request: HttpRequest, state: str, layout: str, language: str, colours: str, name: str) -> HttpResponse:
    """A composed file of a frame: `snippet.js`, or one that it names."""
    site = _website(request)
    variation = _variation(state, layout, language, colours)
    files = _files(site.key, site.version.digest if site.version else "", variation, _today())
    if name not in files:
        raise Http404("There is no such file.")
    response = HttpResponse(files[name], "text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@lru_cache(maxsize=128)
def _files(key: str, digest: str, variation: Variation, today: int) -> dict[str, bytes]:
    """`digest` names what `key` had live: where it changes, the files do."""
    site = live.get_site(key)
    assert site is not None
    return files_of(_payload(site), variation, public_url=settings.PUBLIC_URL, today=today)


def _website(request: HttpRequest) -> live.LiveSite:
    """On this machine's own names only, as the demonstration websites."""
    host = request.get_host().partition(":")[0]
    site = live.get_site(FIRST_WEBSITE) if host == PLATFORM_HOST or website_key(host) else None
    if site is None or site.payload is None:
        raise Http404("There is no gallery at this name.")
    return site


def _payload(site: live.LiveSite) -> Any:
    return site.payload


def _variation(state: str, layout: str, language: str, look: str) -> Variation:
    if state not in STATES or layout not in LAYOUTS or language not in available_languages() or look not in colours():
        raise Http404("There is no such frame.")
    return Variation(state, layout, language, look)


def _options() -> dict[str, list[str]]:
    return {
        "layout": list(LAYOUTS),
        "language": ["en", *(code for code in available_languages() if code != "en")],
        "colours": [FIRST_COLOURS, *(name for name in colours() if name != FIRST_COLOURS)],
        "view": list(VIEWS),
    }


def _one_of(request: HttpRequest, name: str, options: list[str]) -> str:
    asked = request.GET.get(name, "")
    return asked if asked in options else options[0]


def _address(state: State, chosen: dict[str, str]) -> str:
    parts = {name: chosen[name] for name in ("layout", "language", "colours")}
    address = reverse("demo-gallery-frame", kwargs={"state": state.code, **parts})
    # As somebody who comes back from the hosted page would arrive.
    return f"{address}#sayso=p" if state.code == "returned" else address


def _today() -> int:
    return int(timezone.now().timestamp()) // DAY * DAY
