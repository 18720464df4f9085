"""Which of the offered languages a visitor reads. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

# Codes that browsers and pages send, and whose readers are served by another one: Norwegian without a written form and
# Nynorsk by Bokmål, and the code that Hebrew had until 1989.
ALIASES = {"no": "nb", "nn": "nb", "iw": "he"}


def choose_language(*, asked: str | None, accepted: str, offered: Sequence[str], default: str) -> str:
    """The asked language where it is offered, else the best of the `Accept-Language` header, else the default."""
    for wanted in (asked or "", *_by_preference(accepted)):
        if found := offered_form(wanted, offered):
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


def offered_form(wanted: str, offered: Iterable[str]) -> str | None:
    """de-AT is served by de where de-AT itself is not offered, and de by de-AT where that is all there is. Without any
    of them, the language that is read in its stead."""
    codes = list(offered)
    base = wanted.split("-")[0].lower()
    if not base:
        return None
    exact = (code for code in codes if code.lower() == wanted.lower())
    plain = (code for code in codes if code.lower() == base)
    regional = (code for code in codes if code.split("-")[0].lower() == base)
    instead = (code for code in codes if code.lower() == ALIASES.get(base))
    return next((code for group in (exact, plain, regional, instead) for code in group), None)
