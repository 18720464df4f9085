"""/p/KEY/cookies/: the cookie declaration, complete and printable."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from consent.delivery.compose import in_language
from consent.pages.addresses import page_address
from consent.pages.answers import page
from consent.pages.contents import category_parts, opt_out_links
from consent.pages.published import Published, asked_language, find_published, language_links
from consent.pages.wordings import day_words
from consent.wording import signal_statements

CACHING = "public, max-age=60"


@require_safe
def declaration(request: HttpRequest, key: str) -> HttpResponse:
    published = find_published(request, key)
    if isinstance(published, HttpResponse):
        return published
    payload, texts, asked = published.payload, published.texts, asked_language(request, published)
    policy = payload["policy"]
    context = {
        "texts": texts,
        "site": payload["site"],
        "categories": category_parts(payload, texts, published.language),
        "signals": signal_statements(
            payload,
            texts,
            in_language(policy["dnt_explanation"], published.language, payload["site"]["default_language"]),
        ),
        "memory": _memory(published),
        "opt_out_links": opt_out_links(payload, published.language),
        "contact": _contact(payload["site"]["controller"]["contact"]),
        "version": _version(published),
        "digest": published.digest,
        "version_url": published.version_url,
        "preferences_url": page_address("page-preferences", key, language=asked),
        "languages": language_links(published, "page-declaration"),
    }
    response = page(request, "consent/declaration.html", context, language=published.language, caching=CACHING)
    if not asked:
        patch_vary_headers(response, ["Accept-Language"])
    return response


def _version(published: Published) -> str:
    day = day_words(published.published_on, published.language)
    sentence = published.texts["declaration_version"]
    return sentence.replace("{digest}", published.digest[:12]).replace("{date}", day)


def _memory(published: Published) -> str:
    """How long answers are remembered anywhere: the page is cached for everybody, so it can't speak of one place."""
    regimes = published.payload["regimes"]
    days = {name: sorted({regime[name] for regime in regimes}) for name in ("grant_days", "refusal_days")}
    differs = any(len(values) > 1 for values in days.values())
    sentence = published.texts["page_memory_by_place" if differs else "page_memory"]
    for name, values in days.items():
        sentence = sentence.replace(f"{{{name}}}", _from_to(values[0], values[-1]))
    return sentence


def _from_to(least: int, most: int) -> str:
    return str(least) if least == most else f"{least}–{most}"


def _contact(contact: str) -> dict[str, str]:
    """An address to write to or to open, else plain words."""
    if contact.startswith(("https://", "http://")):
        return {"words": contact, "url": contact}
    is_mail = "@" in contact and not any(character in contact for character in " ?&<>\"'")
    return {"words": contact, "url": f"mailto:{contact}" if is_mail else ""}
