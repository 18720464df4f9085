"""/verify/: the page that checks a receipt. One file without an address in it: it works as well when it was saved."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from consent.builtin_texts import available_languages, builtin_texts, direction
from consent.delivery.compose import script_json
from consent.pages.receipt import ACTIONS
from consent.pages.texts import platform_language
from consent.pages.wordings import language_name
from cookies.vocabulary import OPTIONAL_CATEGORIES

FILE = Path(__file__).resolve().parents[2] / "static" / "dist" / "verify.html"
WORDS = Path(__file__).resolve().parent / "verify_words"
# What a visitor's own record calls it too.
SHARED = ("time", "decision", "granted", "refused", "signals", "language")


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Sent under the policy that the file itself names: its own script and style, and no request to anybody."""
    language = platform_language(asked=request.GET.get("language"), accepted=request.headers.get("Accept-Language", ""))
    content, policy = verify_page(language)
    response = HttpResponse(content, content_type="text/html; charset=utf-8")
    response["Content-Security-Policy"] = f"{policy}; frame-ancestors 'none'"
    response["Content-Language"] = language
    response["Cache-Control"] = "public, max-age=3600"
    response["Vary"] = "Accept-Language"
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


@cache
def verify_words(language: str) -> Mapping[str, str]:
    """What only this page says. Every language that has built-in texts has a file of its own."""
    return tomllib.loads((WORDS / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def verify_page(language: str) -> tuple[bytes, str]:
    """The page in a language, and its policy. Its words are data: the script, and so its hash, is the same in all."""
    texts, own = builtin_texts(language), verify_words(language)
    words = {
        **own,
        **{name: texts[f"page_receipt_{name}"] for name in SHARED},
        "country": texts["page_country"],
        "consent_id": texts["consent_id"],
        "actions": {action: texts[f"action_{action}"] for action in ACTIONS},
        "categories": {code: texts[f"{code}_title"] for code in OPTIONAL_CATEGORIES},
    }
    values: dict[str, str | SafeString] = {
        **own,
        "language": language,
        "direction": direction(language),
        "language_links": _links(language),
        "words": mark_safe(script_json(words)),
    }
    page = re.sub(r"\{\{(\w+)\}\}", lambda found: format_html("{}", values[found[1]]), FILE.read_text(encoding="utf-8"))
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    return page.encode(), policy[1]


def _links(current: str) -> SafeString:
    return format_html_join(
        " ",
        '<a href="?language={0}" lang="{0}" hreflang="{0}"{1}>{2}</a>',
        (
            (code, mark_safe(' aria-current="true"') if code == current else "", language_name(code))
            for code in available_languages()
        ),
    )
