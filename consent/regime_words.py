"""The rules by place in words, for marketers and auditors. Pure.

Everything here takes a row as a version publishes it (`regimes.resolved`). A version of before 2026-11-25 says less in
its rows, and is still put into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from consent.places import US_GPC_LAWS, StateLaw
from consent.regimes import CHECKED, REGIMES

Row = Mapping[str, Any]

EVERYBODY = "Everybody"
EVERYBODY_ELSE = "Everybody else"
PLACES: Mapping[str, str] = MappingProxyType(
    {
        "eu": "European Union and EEA",
        "uk": "United Kingdom and Gibraltar",
        "ch": "Switzerland",
        "br": "Brazil",
        "ca-qc": "Quebec",
        "za": "South Africa",
        "us-ca": "California",
        "us-gpc": "Other US states that bind Global Privacy Control",
        "us": "Remaining US states and territories",
        "world": "Rest of the world",
        "unknown": EVERYBODY_ELSE,
    }
)


def _state(law: StateLaw) -> str:
    """The name of a state, and the year from which its law binds where that is still to come."""
    return law.state if law.since <= date.fromisoformat(CHECKED) else f"{law.state} (from {law.since.year})"


# What belongs to a place, where its name does not say it.
PLACE_NOTES: Mapping[str, str] = MappingProxyType(
    {
        "eu": "With Iceland, Liechtenstein, Norway and the outermost regions.",
        "uk": "The exception for statistics is the United Kingdom's own: it does not reach Gibraltar.",
        "us-gpc": f"{', '.join(_state(law) for law in US_GPC_LAWS.values())}.",
        "world": "Countries that are known and have no row here.",
    }
)


def place_of(row: Row) -> str:
    """The place of a row in the table; the code itself where the table does not know it."""
    known = REGIMES.get(row["code"])
    return known.place if known else str(row["code"])


def place_name(row: Row, *, is_only: bool = False) -> str:
    """Whom a row is for. `is_only`: the website has no other."""
    place = place_of(row)
    return EVERYBODY if is_only else PLACES.get(place, place)


def rule_name(row: Row) -> str:
    """What the row does, in a few words."""
    if row["model"] == "opt_in":
        return "Asked first, but for statistics" if _defaults(row) else "Asked first"
    if "privacy_choices" in row.get("first_layer", ()):
        return "On until refused, with a lasting link"
    return "On until refused"


def consequence(row: Row) -> str:
    """What visitors meet under the row, in a plain sentence or two."""
    link = "privacy_choices" in row.get("first_layer", ())
    if row["model"] == "opt_in":
        if _defaults(row):
            return "Statistics that stay with the website run at once, and visitors can object. All else waits."
        if link:
            return "Nothing optional runs before a yes. The link “Your Privacy Choices” is there as well."
        return "Nothing optional runs before a yes."
    if link:
        return (
            "Everything runs until the visitor refuses. A browser's signal refuses sale and sharing. "
            "Who refused is not asked again within twelve months."
        )
    return "Everything runs until the visitor refuses. A notice says so."


def signal_words(row: Row, *, dnt: str) -> str:
    """What a browser's signal does. `dnt`: how the website treats Do Not Track."""
    binding = [name for name in row["signals"] if name != "dnt" or dnt == "honour"]
    names = " or ".join(SIGNALS[name] for name in binding if name in SIGNALS)
    if not names:
        return "No signal counts."
    what = "everything optional" if row.get("reach", "all") == "all" else "advertising, and partners that sell or share"
    return f"{names} refuses {what}."


def memory_words(row: Row) -> str:
    return f"A yes for {row['grant_days']} days, a no for {row['refusal_days']} days"


SIGNALS: Mapping[str, str] = MappingProxyType({"dnt": "Do Not Track", "gpc": "Global Privacy Control"})


def _defaults(row: Row) -> list[str]:
    return [code for code, is_on in row.get("defaults", {}).items() if is_on]
