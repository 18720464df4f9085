"""Dates, spans, places and languages as words of the visitor's language. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.units import format_unit


def lifetime_words(lifetime: str, texts: Mapping[str, str], language: str) -> str:
    """`13 month` as `13 months`; `session` and `persistent` as the texts say."""
    if known := texts.get(f"lifetime_{lifetime}"):
        return known
    number, _, unit = lifetime.partition(" ")
    if not number.isdecimal() or not unit:
        return lifetime
    return _span(int(number), f"duration-{unit}", locale_of(language))


def _span(number: int, unit: str, locale: Locale) -> str:
    """Babel has no long form where it equals the short one (Italian days), and then answers with the unit's id."""
    words = format_unit(number, unit, length="long", locale=locale)
    return format_unit(number, unit, length="short", locale=locale) if unit in words else words


def country_name(code: str, language: str) -> str:
    return str(locale_of(language).territories.get(code.upper(), code))


def day_words(day: date, language: str) -> str:
    return format_date(day, format="long", locale=locale_of(language))


def language_name(code: str) -> str:
    """A language in its own words: Deutsch."""
    try:
        name = Locale.parse(code, sep="-").get_display_name()
    except (UnknownLocaleError, ValueError):
        name = None
    return name[0].upper() + name[1:] if name else code


def locale_of(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
