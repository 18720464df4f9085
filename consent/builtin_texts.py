"""The built-in words for visitors, one TOML file per language, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from consent.pages.languages import offered_form

FOLDER = Path(__file__).parent / "texts"
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})


@cache
def available_languages() -> tuple[str, ...]:
    """Language codes that have built-in texts."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def builtin_texts(language: str) -> Mapping[str, str]:
    """All texts of a language, else of one that its readers read (de for de-AT, nb for nn), else the English ones."""
    code = offered_form(language, available_languages()) or "en"
    return tomllib.loads((FOLDER / f"{code}.toml").read_text(encoding="utf-8"))


def direction(language: str) -> str:
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"
