"""How well two colours can be told apart: WCAG 2.2's contrast ratio (success criterion 1.4.3). Pure."""

from __future__ import annotations

LEAST_FOR_TEXT = 4.5


def contrast_ratio(one: str, other: str) -> float:
    """From 1 (the same colour) to 21 (black and white), for colours written as #rrggbb."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    """WCAG's relative luminance, from 0 to 1."""
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
