"""Which regime a place belongs to. Pure.

Places are ISO 3166: a country's two letters and, where it matters, what follows the hyphen of its subdivision's code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from consent.regimes import REGIMES

# Members, then the outermost regions with a code of their own, then the EEA. The Åland Islands are EU territory for
# this law. The Canaries, Madeira and the Azores have their country's code.
EU_PLACES = frozenset(
    "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
    " AX GF GP MQ MF RE YT"
    " IS LI NO".split()
)
# Gibraltar's law follows the United Kingdom's.
UK_PLACES = frozenset({"GB", "GI"})
# Territories that some registers give a country's code of their own. State laws do not reach them.
US_TERRITORIES = frozenset({"PR", "GU", "VI", "AS", "MP", "UM"})
# Since when each state's law binds Global Privacy Control. California has a row of its own.
US_GPC_SINCE: Mapping[str, date] = MappingProxyType(
    {
        "CO": date(2024, 7, 1),
        "CT": date(2025, 1, 1),
        "DE": date(2026, 1, 1),
        "MD": date(2025, 10, 1),
        "MN": date(2025, 7, 31),
        "MT": date(2025, 1, 1),
        "NE": date(2025, 1, 1),
        "NH": date(2025, 1, 1),
        "NJ": date(2025, 7, 15),
        "OR": date(2026, 1, 1),
        "TX": date(2025, 1, 1),
    }
)
# Spellings that registers and proxies use beside ISO's.
ALIASES: Mapping[str, str] = MappingProxyType({"UK": "GB", "EL": "GR"})
COUNTRY = re.compile(r"[A-Z]{2}")
SUBDIVISION = re.compile(r"[A-Z0-9]{1,3}")
# Reserved by ISO, and Cloudflare's "unknown" and "Tor".
NOWHERE = frozenset({"XX", "ZZ", "T1", "A1", "A2", "AP", "EU"})


@dataclass(frozen=True)
class Place:
    """Where a request came from, as far as it is known: `US` and `CA`, or nothing."""

    country: str | None = None
    region: str | None = None


UNKNOWN_PLACE = Place()


def read_place(country: str, region: str = "") -> Place:
    """`us`, `US-CA`, or `US` with `CA` or `US-CA`. Anything that is not a place is an unknown one."""
    code, _, joined = country.strip().upper().partition("-")
    code = ALIASES.get(code, code)
    if not COUNTRY.fullmatch(code) or code in NOWHERE:
        return UNKNOWN_PLACE
    subdivision = (region.strip().upper() or joined).removeprefix(f"{code}-")
    return Place(code, subdivision if SUBDIVISION.fullmatch(subdivision) else None)


def home_of(place: Place, *, on: date) -> str | None:
    """The place of the regime table that covers this place on this day; None where that can't be told."""
    if place.country is None:
        return None
    if place.country in EU_PLACES:
        return "eu"
    if place.country in UK_PLACES:
        return "uk"
    if place.country == "US":
        return _us_home(place.region, on)
    if place.country in US_TERRITORIES:
        return "us"
    if place.country == "CA":
        return _canadian_home(place.region)
    return {"CH": "ch", "BR": "br", "ZA": "za"}.get(place.country, "world")


def regime_of(place: Place, codes: Iterable[str], *, on: date) -> str:
    """Which of a website's regimes holds at a place. `codes`: the website's rows, the one for everybody else first."""
    codes = list(codes)
    home = home_of(place, on=on)
    return next((code for code in codes if code in REGIMES and REGIMES[code].place == home), codes[0])


def _us_home(state: str | None, on: date) -> str | None:
    # Somewhere in the USA may be California.
    if state is None:
        return None
    if state == "CA":
        return "us-ca"
    since = US_GPC_SINCE.get(state)
    return "us-gpc" if since and since <= on else "us"


def _canadian_home(province: str | None) -> str | None:
    # Somewhere in Canada may be Quebec.
    if province is None:
        return None
    return "ca-qc" if province == "QC" else "world"
