"""The built-in words for visitors, one TOML file per language, read once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "texts"
RIGHT_TO_LEFT = frozenset({"ar", "he", "fa", "ur"})


@cache
def available_languages() -> tuple[str, ...]:
    """Language codes that have built-in texts."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


@cache
def builtin_texts(language: str) -> Mapping[str, str]:
    """All texts of a language; of its base language (de for de-AT), else English, where it has none of its own."""
    for code in (language, language.split("-")[0], "en"):
        path = FOLDER / f"{code}.toml"
        if code in available_languages():
            return tomllib.loads(path.read_text(encoding="utf-8"))
    raise FileNotFoundError("The English texts are missing.")


def direction(language: str) -> str:
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"
