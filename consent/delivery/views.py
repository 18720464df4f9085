"""Serving the composed files: plain views, no query once warm, the same bytes for every visitor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.views.decorators.http import require_safe

from consent.delivery import live
from consent.delivery.compose import script_json
from consent.pages.languages import offered_form

FRESH = "public, max-age=300, stale-while-revalidate=86400, stale-if-error=604800"
IMMUTABLE = "public, max-age=31536000, immutable"
JAVASCRIPT = "text/javascript; charset=utf-8"


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
    encoding, body = _encoded(request.headers.get("Accept-Encoding", ""), file)
    # A strong validator names bytes, so each encoding has its own.
    etag = f'"{file.etag[:32]}{"-" + encoding if encoding else ""}"'
    if etag in [tag.strip() for tag in request.headers.get("If-None-Match", "").split(",")]:
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = HttpResponse(body, content_type=JAVASCRIPT)
        if encoding:
            response["Content-Encoding"] = encoding
    response["ETag"] = etag
    response["Cache-Control"] = caching
    response["Vary"] = "Accept-Encoding"
    _shared(response)
    return response


def _encoded(accepted: str, file: live.LiveFile) -> tuple[str, bytes]:
    offered = {part.partition(";")[0].strip(): part.partition(";")[2].replace(" ", "") for part in accepted.split(",")}
    for encoding, token, body in (("br", "br", file.brotli), ("gzip", "gzip", file.gzip)):
        if token in offered and offered[token] not in ("q=0", "q=0.0", "q=0.00", "q=0.000"):
            return encoding, body
    return "", file.body


def _explained(status: int, sentence: str) -> HttpResponse:
    """A script that says in the console what is wrong, and does nothing else: the page works on."""
    response = HttpResponse(f"console.warn({script_json('Sayso: ' + sentence)});\n", JAVASCRIPT, status=status)
    response["Cache-Control"] = "public, max-age=60"
    _shared(response)
    return response


def _shared(response: HttpResponse) -> None:
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
