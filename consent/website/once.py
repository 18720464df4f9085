"""Warnings to the website's developers: each once per process, and nothing of a visitor in them."""

from __future__ import annotations

import logging

# Whoever makes up names by the thousand is not told about each.
MOST_WARNINGS = 200
_said: set[str] = set()


def warn_once(logger: logging.Logger, sentence: str) -> None:
    if sentence not in _said and len(_said) < MOST_WARNINGS:
        _said.add(sentence)
        logger.warning(sentence)
