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
        "dnt": texts[f"declaration_dnt_{policy['dnt']}"],
        "dnt_explanation": in_language(
            policy["dnt_explanation"], published.language, payload["site"]["default_language"]
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
    regime = published.payload["regimes"][0]
    sentence = published.texts["page_memory"]
    for placeholder in ("grant_days", "refusal_days"):
        sentence = sentence.replace(f"{{{placeholder}}}", str(regime[placeholder]))
    return sentence


def _contact(contact: str) -> dict[str, str]:
    """An address to write to or to open, else plain words."""
    if contact.startswith(("https://", "http://")):
        return {"words": contact, "url": contact}
    is_mail = "@" in contact and not any(character in contact for character in " ?&<>\"'")
    return {"words": contact, "url": f"mailto:{contact}" if is_mail else ""}
