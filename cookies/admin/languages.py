"""Which languages a website speaks. This app knows only its own one: whoever keeps texts says more."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from babel import Locale, UnknownLocaleError

from cookies.models import Site


@dataclass(frozen=True)
class LanguageSource:
    """`spoken` are the languages of a website, `offered` those that any website may choose."""

    spoken: Callable[[Site], Sequence[str]]
    offered: Callable[[], Sequence[str]]


_source = LanguageSource(spoken=lambda site: [site.default_language], offered=lambda: ["en"])


def use_languages(source: LanguageSource) -> None:
    """Called once, by the app that keeps texts."""
    global _source
    _source = source


def languages_of(site: Site) -> list[str]:
    """The website's own language first."""
    return list(dict.fromkeys([site.default_language, *_source.spoken(site)]))


def offered_languages() -> list[tuple[str, str]]:
    """Codes and names, ready for a form."""
    return [(code, language_name(code)) for code in _source.offered()]


def language_name(code: str) -> str:
    """English, German (Deutsch): as an English reader and as its speakers call it."""
    try:
        locale = Locale.parse(code, sep="-")
    except (UnknownLocaleError, ValueError):
        return code
    english, own = locale.get_display_name("en") or code, locale.get_display_name() or code
    return english if english == own else f"{english} ({own})"
