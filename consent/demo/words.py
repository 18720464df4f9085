"""What the demonstration websites say about themselves: invented, neutral, read once from words.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "words.toml"
FALLBACK = "en"


def website_words(key: str, language: str) -> dict[str, Any]:
    """The words of all demonstration websites, and over them this website's own."""
    languages = _words()
    spoken = languages.get(language.split("-")[0], languages[FALLBACK])
    return {**spoken["all"], **spoken.get(key, spoken["any"])}


@cache
def _words() -> Mapping[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
