"""/p/KEY/receipts/…: a visitor's own record. The same page for everybody: only a consent id fills it."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from consent.decisions import OPTIONAL_CATEGORIES
from consent.delivery.compose import in_language
from consent.pages.addresses import page_address
from consent.pages.answers import page
from consent.pages.published import Published, asked_language, find_published

ACTIONS = ("accept_all", "reject_all", "save", "withdraw", "embed_unlock")
NO_EVENT = "00000000-0000-4000-8000-000000000000"
SPOKEN = [
    "time",
    "decision",
    "granted",
    "refused",
    "exceptions_granted",
    "exceptions_refused",
    "version",
    "language",
    "signals",
    "no_signals",
    "this",
    "history",
    "others",
    "absent",
    "none",
    "failed",
    "wait",
    "erasing",
    "not_erased",
    "get",
]


@require_safe
def receipt(request: HttpRequest, key: str, event_id: str = "") -> HttpResponse:
    """`event_id` stays unread here: whether there is such an event is nobody's business without its consent id."""
    published = find_published(request, key)
    if isinstance(published, HttpResponse):
        return published
    context = {
        "texts": published.texts,
        "site": published.payload["site"],
        "words": json.dumps(_words(published), ensure_ascii=False),
        "receipts_url": reverse("receipt", kwargs={"key": key, "event_id": NO_EVENT}).removesuffix(NO_EVENT),
        "api_url": reverse("consents", kwargs={"key": key}),
        "preferences_url": page_address("page-preferences", key, language=asked_language(request, published)),
        "file_name": f"{key}-consent-record.json",
        # The address holds the event's id, which is nothing for links to hand on.
        "languages": [],
    }
    return page(request, "consent/receipt.html", context, language=published.language, scripted=True)


def _words(published: Published) -> dict[str, object]:
    """What the script says. Category and partner names are today's; the version of each event is linked."""
    texts, payload = published.texts, published.payload
    fallback = payload["site"]["default_language"]
    return {
        **{name: texts[f"page_receipt_{name}"] for name in SPOKEN},
        "erased": texts["page_erased"],
        "actions": {action: texts[f"action_{action}"] for action in ACTIONS},
        "signal_names": {"dnt": "Do Not Track", "gpc": "Global Privacy Control"},
        "categories": {
            category["code"]: in_language(category["title"], published.language, fallback)
            for category in payload["categories"]
            if category["code"] in OPTIONAL_CATEGORIES
        },
        "partners": {partner["slug"]: partner["name"] for partner in payload["partners"]},
    }
