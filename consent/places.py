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

MEMBERS = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE"
# The Åland Islands and the outermost regions that have a code of their own. The Canaries, Madeira and the Azores have
# their country's. Other territories of members (Greenland, the Faroes, Aruba, French Polynesia, Saint Barthélemy and so
# on) are not in the Union.
OUTERMOST = "AX GF GP MQ MF RE YT"
EEA = "IS LI NO"
EU_PLACES = frozenset(f"{MEMBERS} {OUTERMOST} {EEA}".split())
# Gibraltar has regulations of its own, which ask for the same. So do the Isle of Man and the Channel Islands: world.
UK_PLACES = frozenset({"GB", "GI"})
# Territories that some registers give a country's code of their own. State laws do not reach them.
US_TERRITORIES = frozenset({"PR", "GU", "VI", "AS", "MP", "UM"})
A_TO_M = "AL AK AZ AR CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT"
N_TO_W = "NC ND NE NH NJ NM NV NY OH OK OR PA RI SC SD TN TX UT VA VT WA WI WV WY"
US_STATES = frozenset(f"{A_TO_M} {N_TO_W}".split())
CANADIAN_PROVINCES = frozenset({"AB", "BC", "MB", "NB", "NL", "NS", "NT", "NU", "ON", "PE", "QC", "SK", "YT"})


@dataclass(frozen=True)
class StateLaw:
    """A state's law that binds Global Privacy Control, and since when. evidence: as in the regime table."""

    state: str
    since: date
    law: str
    evidence: str


# California has a row of its own. Checked with the row `us-gpc`; a law that is enacted is listed before its day.
US_GPC_LAWS: Mapping[str, StateLaw] = MappingProxyType(
    {
        "CO": StateLaw("Colorado", date(2024, 7, 1), "C.R.S. § 6-1-1306(1)(a)(IV) and 6-1-1313", "primary"),
        "CT": StateLaw("Connecticut", date(2025, 1, 1), "Conn. Gen. Stat. § 42-520", "primary"),
        "DE": StateLaw("Delaware", date(2026, 1, 1), "Del. Code, title 6, § 12D-106(e)", "secondary"),
        "LA": StateLaw("Louisiana", date(2027, 1, 1), "Act 502 of 2026 (SB 386)", "secondary"),
        "MD": StateLaw("Maryland", date(2025, 10, 1), "Md. Code, Com. Law § 14-4706 and 14-4707", "primary"),
        "MN": StateLaw("Minnesota", date(2025, 7, 31), "Minn. Stat. § 325M.14", "secondary"),
        "MT": StateLaw("Montana", date(2025, 1, 1), "Mont. Code § 30-14-2809(3)(b)", "primary"),
        "NE": StateLaw("Nebraska", date(2025, 1, 1), "Neb. Rev. Stat. § 87-1111", "primary"),
        "NH": StateLaw("New Hampshire", date(2025, 1, 1), "N.H. RSA 507-H:6", "secondary"),
        "NJ": StateLaw("New Jersey", date(2025, 7, 15), "N.J.S.A. 56:8-166.11(b)", "primary"),
        "OR": StateLaw("Oregon", date(2026, 1, 1), "ORS 646A.578", "primary"),
        "TX": StateLaw("Texas", date(2025, 1, 1), "Tex. Bus. & Com. Code § 541.055(e)", "primary"),
        "VT": StateLaw("Vermont", date(2028, 1, 1), "Act 145 of 2026 (S.71)", "secondary"),
    }
)
US_GPC_SINCE: Mapping[str, date] = MappingProxyType({code: law.since for code, law in US_GPC_LAWS.items()})
# Places that a variant leaves out though they belong to its home: the exception is the United Kingdom's own.
LEFT_OUT: Mapping[str, frozenset[str]] = MappingProxyType({"uk-statistics": frozenset({"GI"})})
# What registers and proxies use beside ISO's: spellings, and codes that ISO only reserves (the Canaries, Ceuta and
# Melilla, metropolitan France).
ALIASES: Mapping[str, str] = MappingProxyType({"UK": "GB", "EL": "GR", "IC": "ES", "EA": "ES", "FX": "FR"})
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
    mine = (code for code in codes if code in REGIMES and REGIMES[code].place == home)
    return next((code for code in mine if place.country not in LEFT_OUT.get(code, ())), codes[0])


def _us_home(state: str | None, on: date) -> str | None:
    # Somewhere in the USA may be California; so may a state by another register's code.
    if state not in US_STATES | US_TERRITORIES:
        return None
    if state == "CA":
        return "us-ca"
    since = US_GPC_SINCE.get(state)
    return "us-gpc" if since and since <= on else "us"


def _canadian_home(province: str | None) -> str | None:
    # Somewhere in Canada may be Quebec; so may a province by another register's code.
    if province not in CANADIAN_PROVINCES:
        return None
    return "ca-qc" if province == "QC" else "world"
