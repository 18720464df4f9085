"""How a version's texts come about: built-in words, the website's own over them, and what is known filled in. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from babel import Locale, UnknownLocaleError
from babel.lists import format_list

from consent.payload import loads_early

OPTIONAL_CATEGORIES = ("performance", "functional", "targeting")


def version_texts(
    *,
    language: str,
    builtin: Mapping[str, str],
    overrides: Mapping[str, str],
    site_name: str,
    partner_count: int,
    used_categories: Sequence[str],
) -> dict[str, str]:
    """Every text of one language, ready to be shown: {site}, {partners} and {purposes} are filled in.

    `partner_count` counts the partners that need consent; `used_categories` are the optional ones in use.
    Placeholders that depend on the moment ({name}, {date}, {count}) stay.
    """
    texts = {key: overrides.get(key) or text for key, text in builtin.items()}
    if not overrides.get("banner_text"):
        texts["banner_text"] = _first_layer_text(texts, partner_count, used_categories)
    if not used_categories:
        texts["notice_text"] = texts["banner_text_nothing"]
    known = {
        "{site}": site_name,
        "{partners}": plural(texts, "partners", partner_count, language),
        "{purposes}": _listed([texts[f"purpose_{code}"] for code in used_categories], language),
    }
    return {key: _filled(text, known) for key, text in texts.items()}


def signal_statements(payload: Mapping[str, Any], texts: Mapping[str, str], explanation: str) -> list[str]:
    """How a website treats the browser's signals, as it declares it: Do Not Track with the website's own explanation,
    Global Privacy Control, what differs by place, and what happens where a signal contradicts an earlier choice."""
    regimes, dnt = payload["regimes"], payload["policy"]["dnt"]
    runs_unasked = any(any(row.get("defaults", {}).values()) for row in regimes) or _has_early(payload)
    # The usual sentence about disregarding says that nothing runs before a yes, which is not so everywhere.
    about_dnt = texts[
        "declaration_dnt_disregarded" if dnt == "disregard" and runs_unasked else f"declaration_dnt_{dnt}"
    ]
    by_place = any(row.get("reach", "all") != "all" for row in regimes)
    return [
        f"{about_dnt} {explanation}".strip(),
        texts["declaration_gpc"],
        *([texts["declaration_signals_by_place"]] if by_place else []),
        texts["declaration_signals_conflict"],
    ]


def disregard_words(payload: Mapping[str, Any], texts: Mapping[str, str]) -> str:
    """What those are told who send Do Not Track, where it is disregarded: that nothing runs before a yes, where that is
    so."""
    return texts["declaration_dnt_disregarded" if _has_early(payload) else "signal_disregarded"]


def plural(texts: Mapping[str, str], noun: str, count: int, language: str) -> str:
    """`3 partners`: the form that the language's plural rule asks for."""
    form = _locale(language).plural_form(count)
    return texts.get(f"{noun}_{form}", texts[f"{noun}_other"]).replace("{count}", str(count))


def _has_early(payload: Mapping[str, Any]) -> bool:
    return any(loads_early(partner) for partner in payload["partners"])


def _first_layer_text(texts: Mapping[str, str], partner_count: int, used: Sequence[str]) -> str:
    if not used:
        return texts["banner_text_nothing"]
    return texts["banner_text"] if partner_count else texts["banner_text_alone"]


def _listed(parts: list[str], language: str) -> str:
    return format_list(parts, style="standard", locale=_locale(language)) if parts else ""


def _filled(text: str, known: Mapping[str, Any]) -> str:
    for placeholder, value in known.items():
        text = text.replace(placeholder, value)
    return text


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale("en")
