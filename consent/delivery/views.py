"""Serving the composed files: plain views, no query once warm, the same bytes for every visitor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from consent.delivery import live
from consent.delivery.answers import FRESH, JAVASCRIPT, SHARED, answer_with
from consent.delivery.compose import script_json
from consent.pages.languages import offered_form

IMMUTABLE = "public, max-age=31536000, immutable"


@require_safe
def snippet(request: HttpRequest, key: str, language: str = "") -> HttpResponse:
    """/s/KEY.js and /s/KEY.LANG.js: the first view of what is live."""
    site = live.get_site(key)
    if site is None:
        return _explained(404, f"There is no website with the key {key}.")
    if site.payload is None:
        return _explained(200, f"Nothing is published for {key} yet. Publish a version in the admin.")
    wanted = _best_language(language, site)
    if wanted is None:
        return _explained(404, f"{key} has no texts in the language {language}.")
    return _sent(request, site.files[wanted], FRESH)


@require_safe
def immutable(request: HttpRequest, key: str, digest: str) -> HttpResponse:
    """/s/KEY.DIGEST.js: one composed file for good; the only address for Subresource Integrity."""
    file = live.get_file_by_digest(key, digest)
    if file is None:
        return _explained(404, f"{key} has no file with this digest.")
    return _sent(request, live.LiveFile(bytes(file.body), bytes(file.brotli), bytes(file.gzip), file.digest), IMMUTABLE)


def _best_language(language: str, site: live.LiveSite) -> str | None:
    """The asked language, else one that its readers read (de for de-AT, nb for nn), else None. Without one: the
    website's own."""
    assert site.payload is not None
    if not language:
        return str(site.payload["site"]["default_language"])
    return offered_form(language, site.files)


def _sent(request: HttpRequest, file: live.LiveFile, caching: str) -> HttpResponse:
    headers = request.headers
    accepted, known = headers.get("Accept-Encoding", ""), headers.get("If-None-Match", "")
    answer = answer_with(file, caching, accepted=accepted, known=known)
    response = HttpResponseNotModified() if answer.body is None else HttpResponse(answer.body)
    for name, value in answer.headers:
        response[name] = value
    return response


def _explained(status: int, sentence: str) -> HttpResponse:
    """A script that says in the console what is wrong, and does nothing else: the page works on."""
    response = HttpResponse(f"console.warn({script_json('Sayso: ' + sentence)});\n", JAVASCRIPT, status=status)
    response["Cache-Control"] = "public, max-age=60"
    for name, value in SHARED:
        response[name] = value
    return response
