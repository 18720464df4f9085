"""The law as a frozen table. Pure. Codes appear in evidence: only add, never rename or remove."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Regime:
    """What a place's law asks of a website.

    model: opt_in (nothing before yes). signals: which browser signals refuse for the visitor.
    grant_days, refusal_days: how long an answer is remembered; a website may choose less for a grant.
    """

    code: str
    label: str
    model: str
    signals: tuple[str, ...]
    grant_days: int
    refusal_days: int
    source: str

    def resolved(self, *, grant_days: int, refusal_days: int) -> dict[str, Any]:
        """The row as a version publishes it, with the website's own memory."""
        row = {**asdict(self), "grant_days": grant_days, "refusal_days": refusal_days}
        return {key: list(value) if isinstance(value, tuple) else value for key, value in row.items()}


EU = Regime(
    code="eu",
    label="European Union and European Economic Area",
    model="opt_in",
    signals=("dnt", "gpc"),
    grant_days=180,
    refusal_days=180,
    source="Directive 2002/58/EC Art. 5(3); Regulation (EU) 2016/679 Art. 4(11), 7 and 21(5); CNIL 2020-091 §39",
)

REGIMES = {regime.code: regime for regime in (EU,)}

# Without a place, the strictest rule of all is the only safe one.
FALLBACK = EU
