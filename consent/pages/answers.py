"""How every hosted page is sent: rendered in a language, under a policy that lets nothing in from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from consent.builtin_texts import builtin_texts, direction
from consent.pages.texts import platform_language

PRIVATE = "private, no-store"


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    language: str,
    status: int = 200,
    caching: str = PRIVATE,
    form_targets: Iterable[str] = (),
    scripted: bool = False,
) -> HttpResponse:
    """A page with strict headers. `form_targets`: origins to which its form may lead, beside its own."""
    response = render(
        request, template, {**context, "language": language, "direction": direction(language)}, status=status
    )
    response["Content-Language"] = language
    response["Cache-Control"] = caching
    response["Content-Security-Policy"] = content_security_policy(form_targets=form_targets, scripted=scripted)
    # Not `no-referrer`: under it browsers send `Origin: null` with a form, and the form could not be checked.
    response["Referrer-Policy"] = "same-origin"
    response["X-Frame-Options"] = "DENY"
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Robots-Tag"] = "noindex"
    return response


def content_security_policy(*, form_targets: Iterable[str] = (), scripted: bool = False) -> str:
    # Chromium checks form-action against redirects too, so the way back has to be named.
    directives = [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        " ".join(("form-action", "'self'", *form_targets)),
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    if scripted:
        directives += ["script-src 'self'", "connect-src 'self'", "require-trusted-types-for 'script'"]
    return "; ".join(directives)


def problem(request: HttpRequest, status: int, name: str, *, retry_after: int | None = None) -> HttpResponse:
    """A page that says what happened, what it means and what to do: the texts problem_NAME_title and _text."""
    language = platform_language(asked=request.GET.get("language"), accepted=request.headers.get("Accept-Language", ""))
    texts = builtin_texts(language)
    context = {"title": texts[f"page_{name}_title"], "text": texts[f"page_{name}_text"]}
    response = page(request, "consent/problem.html", context, language=language, status=status)
    if retry_after is not None:
        response["Retry-After"] = str(retry_after)
    return response
