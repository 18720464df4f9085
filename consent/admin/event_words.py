"""One decision in words: what was shown, what was answered, under which law. What was erased is said to be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from babel import Locale

from consent.models import ConsentEvent
from consent.regime_words import consequence, place_name, rule_name, signal_words
from cookies.admin.languages import language_name
from cookies.admin.pages import page_url
from cookies.vocabulary import CATEGORY_LABELS, OPTIONAL_CATEGORIES

SIGNAL_WORDS = {"dnt": "Do Not Track", "gpc": "Global Privacy Control"}
COUNTRIES = Locale("en").territories
Fact = tuple[str, str, str]


def shown_facts(event: ConsentEvent) -> Iterator[Fact]:
    """Label, words, and a softer line: what the visitor met, and why."""
    payload = json.loads(bytes(event.version.payload))
    rows = {row["code"]: row for row in payload["regimes"]}
    yield "Language", *_known(event, event.language and language_name(event.language))
    yield "On", event.get_surface_display(), ""
    yield "Law shown", *_law(event.regime_shown, rows, payload["policy"]["dnt"])
    yield "Law that the server saw", *_seen(event, rows)
    if event.variant:
        yield "A/B test", f"The banner “{event.variant}”", ""
    yield "Snippet's build", event.build or "Not known", ""


def answer_facts(event: ConsentEvent) -> Iterator[Fact]:
    exceptions = [f"{slug}: {'allowed' if is_on else 'refused'}" for slug, is_on in sorted(event.partners.items())]
    yield "Allowed", categories_words(event.categories, granted=True), ""
    yield "Refused", categories_words(event.categories, granted=False), ""
    yield "Exceptions for partners", ", ".join(exceptions) or "None", ""
    yield "Signals, as the browser said", signals_words(event.signals), ""
    yield "Signals, as the server saw them", signals_words(event.signals_seen), _difference(event)
    yield "Clicked by", {True: "A person", False: "A program", None: "Not known"}[event.trusted], ""
    yield "Country", *_known(event, event.country and COUNTRIES.get(event.country, event.country))
    yield "Device", *_known(event, event.device_class and event.device_class.capitalize())
    said = f"{event.client_time:%Y-%m-%d %H:%M:%S} UTC" if event.client_time else None
    yield "Time on the visitor's clock", *_known(event, said)
    yield "Number of the receipt", str(event.event_id), ""


def frame_of(event: ConsentEvent) -> str:
    """The version as it was published, in the event's language and under its law."""
    view = "centre" if event.surface == ConsentEvent.Surface.PREFERENCES else "banner"
    asked = {"language": event.language or "", "regime": event.regime_shown, "view": view}
    return f"{page_url(event.site, 'version-preview', event.version.ordinal)}?{urlencode(asked)}"


def categories_words(categories: Mapping[str, bool], *, granted: bool) -> str:
    words = [CATEGORY_LABELS[code] for code in OPTIONAL_CATEGORIES if bool(categories.get(code)) is granted]
    return ", ".join(words) or "Nothing optional" if granted else ", ".join(words) or "Nothing"


def signals_words(signals: Mapping[str, bool]) -> str:
    return ", ".join(words for name, words in SIGNAL_WORDS.items() if signals.get(name)) or "None"


def _known(event: ConsentEvent, words: str | None) -> tuple[str, str]:
    return words or ("Erased" if event.salts is None else "Not known"), ""


def _law(code: str, rows: Mapping[str, Any], dnt: str) -> tuple[str, str]:
    """A row of the version that was shown, and what it does: that is why something was asked, or ran, or did not."""
    if not code:
        return "Not known", ""
    row = rows.get(code)
    if row is None:
        return code, "This version has no rule of that name."
    said = f"{rule_name(row)}. {consequence(row)} {signal_words(row, dnt=dnt)}"
    return f"{place_name(row, is_only=len(rows) == 1)} ({code})", said


def _seen(event: ConsentEvent, rows: Mapping[str, Any]) -> tuple[str, str]:
    if not event.regime_seen:
        return "Not known", "The server could not tell where the request came from, or did not have to."
    if event.regime_seen == event.regime_shown:
        return "The same", ""
    row = rows.get(event.regime_seen)
    name = place_name(row, is_only=len(rows) == 1) if row else event.regime_seen
    return f"{name} ({event.regime_seen})", "The browser showed another: where it thought to be, or what it remembered."


def _difference(event: ConsentEvent) -> str:
    return "" if event.signals == event.signals_seen else "Not what the browser said: a proxy may add or take a header."
