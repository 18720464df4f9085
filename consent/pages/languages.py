"""Which of the offered languages a visitor reads. Pure."""

from __future__ import annotations

from collections.abc import Sequence


def choose_language(*, asked: str | None, accepted: str, offered: Sequence[str], default: str) -> str:
    """The asked language where it is offered, else the best of the `Accept-Language` header, else the default."""
    for wanted in (asked or "", *_by_preference(accepted)):
        if found := _offered_form(wanted, offered):
            return found
    return default


def _by_preference(header: str) -> list[str]:
    """RFC 9110 §12.5.4: languages by falling weight; those of weight 0 are refused."""
    weighted = []
    for item in header.split(",")[:20]:
        language, _, parameter = item.strip().partition(";")
        weight = _weight(parameter.strip())
        if weight > 0:
            weighted.append((weight, language.strip()))
    return [language for _, language in sorted(weighted, key=lambda pair: -pair[0])]


def _weight(parameter: str) -> float:
    if not parameter.startswith("q="):
        return 1.0
    try:
        return float(parameter[2:])
    except ValueError:
        return 0.0


def _offered_form(wanted: str, offered: Sequence[str]) -> str | None:
    """de-AT is served by de where de-AT itself is not offered, and de by de-AT where that is all there is."""
    base = wanted.split("-")[0].lower()
    if not base:
        return None
    exact = (code for code in offered if code.lower() == wanted.lower())
    plain = (code for code in offered if code.lower() == base)
    regional = (code for code in offered if code.split("-")[0].lower() == base)
    return next((code for group in (exact, plain, regional) for code in group), None)
