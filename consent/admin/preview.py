"""The draft as visitors would meet it: the real engine on a plain page that can reach nothing and keep nothing.

The page is sandboxed into an origin of its own, without cookies, storage or network (static/admin/preview.js gives it
a memory), and names a version that was never published. A sandboxed page sends no session, so its scripts are
opened by a signed, short-lived address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from consent.builtin_texts import direction
from consent.delivery.compose import Schedule, compose
from consent.regime_words import place_name
from consent.services.publishing import draft_payload
from cookies.admin.languages import languages_of
from cookies.admin.pages import add_url, site_page
from cookies.models import Site

SALT = "consent.preview"
OPEN_FOR_SECONDS = 15 * 60
# SHA-256 of nothing known: the events endpoint would answer that this version was never published.
NEVER_PUBLISHED = "0" * 64


@site_page("preview/", name="preview", sees="consent.view_notice")
@xframe_options_sameorigin
def preview(request: HttpRequest, site: Site) -> HttpResponse:
    languages = languages_of(site)
    language = request.GET.get("language", "")
    if language not in languages:
        language = languages[0]
    regime = request.GET.get("regime", "")
    draft = draft_payload(site)
    token = signing.dumps({"site": site.pk, "language": language, "regime": regime}, salt=SALT)
    response = TemplateResponse(
        request,
        "admin/site/preview.html",
        {
            "website": site,
            "language": language,
            "direction": direction(language),
            "snippet_url": reverse("admin:site-preview-file", args=[site.pk, token, "snippet.js"]),
            "settings_button": draft["appearance"]["settings_button"],
            "place": _place(draft, regime),
        },
    )
    own = f"{request.scheme}://{request.get_host()}"
    response["Content-Security-Policy"] = (
        f"sandbox allow-scripts; default-src 'none'; script-src {own}; style-src {own} 'unsafe-inline'; "
        f"img-src {own} data:; frame-ancestors {own}"
    )
    return response


@require_safe
def preview_file(request: HttpRequest, site_id: int, token: str, name: str) -> HttpResponse:
    """The composed draft, for whoever was let into the preview a moment ago."""
    try:
        opened = signing.loads(token, salt=SALT, max_age=OPEN_FOR_SECONDS)
    except signing.BadSignature:
        raise Http404("The preview is closed. Load it again.") from None
    site = Site.objects.filter(pk=site_id).first()
    if site is None or opened["site"] != site_id:
        raise Http404("There is no such preview.")
    files = compose(
        payload=harmless(draft_payload(site), regime=opened["regime"]),
        digest=NEVER_PUBLISHED,
        language=opened["language"],
        schedule=Schedule({NEVER_PUBLISHED[:12]: 1}),
        public_url=settings.PUBLIC_URL,
    )
    # The first file is asked for by its kind, the others as the first one names them.
    named = {"snippet.js": files["snippet"], **{f"{site.key}.{file.digest}.js": file for file in files.values()}}
    if name not in named:
        raise Http404("There is no such file.")
    response = HttpResponse(named[name].body, "text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def harmless(payload: Mapping[str, Any], *, regime: str = "") -> dict[str, Any]:
    """The draft under one of its rows (the one for everybody else unless another is named), without what would load,
    count or tell a partner anything, and without the marketer's own browser signals: they would keep the banner from
    being shown. Pure."""
    return {
        **payload,
        "partners": [{**partner, "loader": [], "signals": []} for partner in payload["partners"]],
        "policy": {**payload["policy"], "count_impressions": False},
        "regimes": [{**_row(payload, regime), "signals": []}],
    }


def _row(payload: Mapping[str, Any], regime: str) -> dict[str, Any]:
    rows: list[dict[str, Any]] = payload["regimes"]
    return next((row for row in rows if row["code"] == regime), rows[0])


def _place(payload: Mapping[str, Any], regime: str) -> str:
    """The place that is previewed, where rules differ by place."""
    return place_name(_row(payload, regime)) if len(payload["regimes"]) > 1 else ""


add_url(path("<int:site_id>/preview/<str:token>/<str:name>", preview_file, name="site-preview-file"))
