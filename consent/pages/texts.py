"""What the hosted pages say in a language: the published words, and the built-in ones that a version lacks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent.builtin_texts import available_languages, builtin_texts
from consent.pages.languages import choose_language


def page_texts(payload: Mapping[str, Any], language: str) -> dict[str, str]:
    """A version published before a page learned a new sentence does not hold it: then the built-in one stands in."""
    site = payload["site"]["name"]
    builtin = {key: text.replace("{site}", site) for key, text in builtin_texts(language).items()}
    return {**builtin, **payload["texts"][language]}


def platform_language(*, asked: str | None, accepted: str) -> str:
    """The language of a page that belongs to no website's version."""
    return choose_language(asked=asked, accepted=accepted, offered=available_languages(), default="en")
