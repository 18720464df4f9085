"""What a request's headers say for the visitor. Pure. (Django owns the word `signals`.)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Signals:
    """Signals that refuse: Do-Not-Track and Global Privacy Control."""

    dnt: bool = False
    gpc: bool = False

    def __or__(self, other: Signals) -> Signals:
        """What either saw."""
        return Signals(dnt=self.dnt or other.dnt, gpc=self.gpc or other.gpc)

    def as_dict(self) -> dict[str, bool]:
        return {"dnt": self.dnt, "gpc": self.gpc}


def read_signals(headers: Mapping[str, str]) -> Signals:
    """Read `DNT` (W3C Tracking Preference Expression §5.2: what follows the first character is extension) and `Sec-GPC`
    (W3C Global Privacy Control §3.2: only the exact value 1 counts).

    A header that was sent twice arrives as one, joined by commas. Then one that refuses is enough.
    """
    return Signals(
        dnt=any(value.startswith("1") for value in _values(headers.get("DNT", ""))),
        gpc="1" in _values(headers.get("Sec-GPC", "")),
    )


def _values(header: str) -> list[str]:
    return [value.strip(" \t") for value in header.split(",")]
