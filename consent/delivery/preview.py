"""A draft or a version as visitors would meet it: the real engine on a page that can reach nothing and keep nothing.

The page is sandboxed into an origin of its own, without cookies, storage or network; static/admin/preview.js gives it a
memory. All its files stand in it: nothing is fetched, and the server keeps nothing of what was only tried.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from consent.builtin_texts import direction
from consent.delivery.compose import Schedule, compose
from consent.regime_words import place_name

# SHA-256 of nothing known: the events endpoint would answer that this version was never published.
NEVER_PUBLISHED = "0" * 64
VIEWS = ("banner", "centre", "declaration")
SCHEMES = ("light", "dark")
DARK_ONLY = re.compile(r"@media ?\(prefers-color-scheme: ?dark\)")


@dataclass(frozen=True)
class Shown:
    """What of it is shown. `regime` and `scheme` may be empty: the strictest row, and what the browser prefers.

    `over`: it stands over the website's own page, which shows through.
    """

    language: str
    regime: str = ""
    view: str = "banner"
    scheme: str = ""
    over: bool = False


def asked_for(values: Mapping[str, str], payload: Mapping[str, Any], *, over: bool = False) -> Shown:
    """What a request names, as far as there is such a thing. Pure."""
    languages = payload["languages"]
    wanted = {name: values.get(name, "") for name in ("language", "regime", "view", "scheme")}
    return Shown(
        language=wanted["language"] if wanted["language"] in languages else languages[0],
        regime=wanted["regime"],
        view=wanted["view"] if wanted["view"] in VIEWS else VIEWS[0],
        scheme=wanted["scheme"] if wanted["scheme"] in SCHEMES else "",
        over=over,
    )


def preview_files(payload: Mapping[str, Any], shown: Shown) -> dict[str, str]:
    """The files by the names that they call each other by; the first one is called `snippet.js`."""
    files = compose(
        payload=harmless(payload, regime=shown.regime),
        digest=NEVER_PUBLISHED,
        language=shown.language,
        schedule=Schedule({NEVER_PUBLISHED[:12]: 1}),
        public_url=settings.PUBLIC_URL,
    )
    key = payload["site"]["key"]
    named = {"snippet.js" if kind == "snippet" else file.name(key): file for kind, file in files.items()}
    return {name: _in_scheme(file.body.decode(), shown.scheme) for name, file in named.items()}


def preview_page(request: HttpRequest, payload: Mapping[str, Any], shown: Shown, *, of_version: int = 0) -> str:
    """The page with everything in it. Its own policy stands in it too: a frame's `srcdoc` has no headers."""
    nonce = secrets.token_urlsafe(16)
    return render_to_string(
        "admin/site/preview.html",
        {
            "name": payload["site"]["name"],
            "shown": shown,
            "direction": direction(shown.language),
            "files": preview_files(payload, shown),
            "nonce": nonce,
            "policy": _policy(request, nonce),
            "own": own_origin(request),
            "settings_button": payload["appearance"]["settings_button"],
            "place": _place(payload, shown.regime),
            "of_version": of_version,
        },
    )


def preview_response(
    request: HttpRequest,
    payload: Mapping[str, Any],
    shown: Shown,
    *,
    of_version: int = 0,
    framed_by: Iterable[str] = (),
) -> HttpResponse:
    """The page by itself; `framed_by` are the origins that may show it beside our own."""
    return sandboxed(request, preview_page(request, payload, shown, of_version=of_version), framed_by=framed_by)


def sandboxed(request: HttpRequest, page: str, *, framed_by: Iterable[str] = ()) -> HttpResponse:
    """Without an origin, and framed by whom we say."""
    response = HttpResponse(page)
    ancestors = " ".join([own_origin(request), *framed_by])
    response["Content-Security-Policy"] = f"sandbox allow-scripts; frame-ancestors {ancestors}"
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response


def own_origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _policy(request: HttpRequest, nonce: str) -> str:
    own = own_origin(request)
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src {own} 'unsafe-inline'; img-src {own} data:; "
        "base-uri 'none'; form-action 'none'"
    )


def harmless(payload: Mapping[str, Any], *, regime: str = "") -> dict[str, Any]:
    """The payload under one of its rows (the one for everybody else unless another is named), without what would load,
    count or tell a partner anything, and without the marketer's own browser signals: they would keep the banner from
    being shown. Pure."""
    return {
        **payload,
        "partners": [{**partner, "loader": [], "signals": []} for partner in payload["partners"]],
        "policy": {**payload["policy"], "count_impressions": False, "auto_block": False, "onetrust_shim": False},
        "regimes": [{**_row(payload, regime), "signals": []}],
        # One language is shown, whatever the browser speaks; and no website's own server is asked to keep the answer.
        "site": {**payload["site"], "keep_path": ""},
        "languages": payload["languages"][:1],
    }


def _row(payload: Mapping[str, Any], regime: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = payload["regimes"]
    return next((row for row in rows if row["code"] == regime), rows[0])


def _place(payload: Mapping[str, Any], regime: str) -> str:
    """The place that is previewed, where rules differ by place."""
    return place_name(_row(payload, regime)) if len(payload["regimes"]) > 1 else ""


def _in_scheme(text: str, scheme: str) -> str:
    """Light or dark whatever the browser prefers."""
    return DARK_ONLY.sub("@media all" if scheme == "dark" else "@media not all", text) if scheme else text
