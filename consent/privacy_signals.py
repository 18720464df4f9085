"""What a request's headers say for the visitor. Pure. (Django owns the word `signals`.)"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Signals:
    """Signals that refuse: Do-Not-Track and Global Privacy Control."""

    dnt: bool = False
    gpc: bool = False

    def as_dict(self) -> dict[str, bool]:
        return {"dnt": self.dnt, "gpc": self.gpc}


def read_signals(headers: Mapping[str, str]) -> Signals:
    """Read `DNT` (W3C Tracking Preference Expression: what follows the first character is extension)
    and `Sec-GPC` (W3C Global Privacy Control: only the exact value 1 counts)."""
    return Signals(dnt=headers.get("DNT", "").startswith("1"), gpc=headers.get("Sec-GPC", "") == "1")
