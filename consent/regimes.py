"""The law as a frozen table: what a place asks of a website. Pure.

Codes appear in evidence and in visitors' cookies: only add, never rename or remove. docs/regimes.md is made from this.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

ALL_OFF: Mapping[str, bool] = MappingProxyType({"performance": False, "functional": False, "targeting": False})
ALL_ON: Mapping[str, bool] = MappingProxyType({"performance": True, "functional": True, "targeting": True})
CHECKED = "2026-11-25"


@dataclass(frozen=True)
class Regime:
    """One row of the table.

    place: whom it is for; two rows of one place are alternatives. model: opt_in (nothing before a yes), opt_out (on
    until refused, with the link that the law names), notice (on until refused). defaults: what runs without an answer.
    signals: which browser signals refuse for the visitor. reach: what such a signal switches off, `all` or
    `sale_or_share` (targeting, and partners that count as sale or sharing). grant_days: a yes is remembered so long at
    most. refusal_days: nobody is asked again sooner after a no. first_layer: what the first layer must show.
    """

    code: str
    place: str
    label: str
    model: str
    defaults: Mapping[str, bool]
    signals: tuple[str, ...]
    reach: str
    grant_days: int
    refusal_days: int
    first_layer: tuple[str, ...]
    source: str
    open_question: str = ""
    checked: str = CHECKED

    @property
    def is_strict(self) -> bool:
        """Whether a yes under this row was a yes to a question: nothing was on before."""
        return self.model == "opt_in" and not any(self.defaults.values())


QUESTION = ("purposes", "partners", "accept_all", "reject_all", "choose")

EU = Regime(
    code="eu",
    place="eu",
    label="European Union and European Economic Area",
    model="opt_in",
    defaults=ALL_OFF,
    signals=("dnt", "gpc"),
    reach="all",
    grant_days=395,
    refusal_days=180,
    first_layer=QUESTION,
    source="Directive 2002/58/EC Art. 5(3); Regulation (EU) 2016/679 Art. 4(11), 7 and 21(5); CNIL 2020-091 §39",
    open_question=(
        "Whether a browser's signal is an objection under Art. 21(5) is settled by one court of first instance only "
        "(LG Berlin, 16 O 420/19). Exemptions for audience measurement differ by country and are not applied."
    ),
)
UK = replace(
    EU,
    code="uk",
    place="uk",
    label="United Kingdom and Gibraltar",
    source="Privacy and Electronic Communications Regulations 2003, reg. 6; UK GDPR Art. 4(11) and 7; ICO guidance on storage and access technologies",
    open_question="No UK authority has said whether Do Not Track or Global Privacy Control binds.",
)
UK_STATISTICS = replace(
    UK,
    code="uk-statistics",
    label="United Kingdom and Gibraltar, with the exception for statistics",
    defaults=MappingProxyType({**ALL_OFF, "performance": True}),
    first_layer=(*QUESTION, "objection"),
    source="Privacy and Electronic Communications Regulations 2003, Schedule A1 (in force 5 February 2026), with reg. 6; ICO guidance on storage and access technologies",
    open_question=(
        "The exception covers statistics that stay with the website and its processors. Partners that count as sale or "
        "sharing are left out of it here; whether the others qualify is for the website to judge."
    ),
)
CH = replace(
    EU,
    code="ch",
    place="ch",
    label="Switzerland",
    source="Telecommunications Act Art. 45c; Federal Act on Data Protection Art. 6 and 30; FDPIC guide on cookies",
    open_question="The law allows opt-out for much of what is asked for here. The stricter reading is used.",
)
BR = replace(
    EU,
    code="br",
    place="br",
    label="Brazil",
    source="Lei 13.709/2018 (LGPD) Art. 7 and 8; ANPD, Guia orientativo: cookies e proteção de dados pessoais (2022)",
    open_question="The guide is not binding, and says nothing about browser signals.",
)
QUEBEC = replace(
    EU,
    code="ca-qc",
    place="ca-qc",
    label="Quebec",
    source="Act respecting the protection of personal information in the private sector (P-39.1) s. 8.1 and 14; CAI guidelines on consent",
    open_question="Section 8.1 speaks of identifying, locating and profiling. Everything optional is treated as such.",
)
ZA = replace(
    EU,
    code="za",
    place="za",
    label="South Africa",
    source="Protection of Personal Information Act 4 of 2013 s. 11 and 69",
    open_question="Whether a cookie banner is needed at all is unsettled. The stricter reading is used.",
)
CALIFORNIA = Regime(
    code="us-ca",
    place="us-ca",
    label="California",
    model="opt_out",
    defaults=ALL_ON,
    signals=("dnt", "gpc"),
    reach="sale_or_share",
    grant_days=395,
    # Twelve months, of which one may be a leap year's.
    refusal_days=366,
    first_layer=("notice", "privacy_choices", "signal_status"),
    source="California Civil Code § 1798.120 and 1798.135; California Code of Regulations, title 11, § 7004, 7013, 7015, 7025 and 7026",
    open_question=(
        "Only Global Privacy Control is known to be a valid opt-out preference signal. Do Not Track is given the same "
        "effect here. Claims under the Invasion of Privacy Act lead some websites to ask first: choose “ask first”."
    ),
)
US_GPC = replace(
    CALIFORNIA,
    code="us-gpc",
    place="us-gpc",
    label="Other states of the USA whose law binds Global Privacy Control",
    source=(
        "The privacy acts of Colorado, Connecticut, Delaware, Maryland, Minnesota, Montana, Nebraska, New Hampshire, "
        "New Jersey, Oregon and Texas, on universal opt-out mechanisms"
    ),
    open_question="Maryland's wording is ambiguous, and is read as binding. Only Colorado publishes a list of signals.",
)
US = replace(
    CALIFORNIA,
    code="us",
    place="us",
    label="Remaining states and territories of the USA",
    model="notice",
    first_layer=("notice",),
    source="Federal Trade Commission Act § 5; the privacy acts of states without a duty to honour signals",
    open_question="No law of these states binds a browser signal. It is honoured all the same.",
)
WORLD = replace(
    EU,
    code="world",
    place="world",
    label="Rest of the world",
    source="No single law. The strictest rule of the table is used.",
    open_question="",
)
# Nobody knows where: the meet of the website's rows and the strictest of all.
UNKNOWN = replace(WORLD, code="unknown", place="unknown", label="Place not known, or in none of the website's regimes")

ASKED_FIRST = tuple(
    replace(
        row,
        code=f"{row.code}-opt-in",
        label=f"{row.label}, asked first",
        model="opt_in",
        defaults=ALL_OFF,
        first_layer=(*QUESTION, *(part for part in row.first_layer if part != "notice")),
    )
    for row in (CALIFORNIA, US_GPC, US)
)

ROWS = (EU, UK, UK_STATISTICS, CH, BR, QUEBEC, ZA, CALIFORNIA, US_GPC, US, *ASKED_FIRST, WORLD, UNKNOWN)
REGIMES: Mapping[str, Regime] = MappingProxyType({row.code: row for row in ROWS})
# What a website may choose. EU alone, for everybody, is what it has until it chooses.
CHOOSABLE = tuple(row for row in ROWS if row is not UNKNOWN)
FALLBACK = EU


def in_force(chosen: Sequence[str], *, grant_days: int, refusal_days: int) -> list[Regime]:
    """The rows of a website, with its own memory, the one for everybody without a row first.

    Without a choice: the strictest row, for everybody. With one: the chosen rows, and before them the row for places
    that are not known or not chosen, which is as strict as the strictest of them in everything.
    Raises ValueError for codes that are not on offer, or for two rows of one place.
    """
    rows = [REGIMES[code] for code in chosen if code in REGIMES and REGIMES[code] in CHOOSABLE]
    places = {row.place for row in rows}
    if len(rows) != len(chosen):
        raise ValueError("There is no such regime.")
    if len(places) != len(rows):
        raise ValueError("Two regimes are chosen for the same place.")
    rows = [_with_memory(row, grant_days, refusal_days) for row in rows]
    return [strictest(rows), *rows] if rows else [_with_memory(FALLBACK, grant_days, refusal_days)]


def strictest(rows: Iterable[Regime]) -> Regime:
    """The row of an unknown place: nothing is granted under it that one of the rows would not grant."""
    rows = list(rows)
    return replace(
        UNKNOWN,
        grant_days=min(row.grant_days for row in rows),
        refusal_days=max(row.refusal_days for row in rows),
    )


def accepted(row: Regime) -> list[str] | None:
    """The regimes under which a yes was given that counts under this row; None for any.

    A yes that was the default of another place is no yes where the law asks for one.
    """
    if row.model != "opt_in":
        return None
    return [other.code for other in ROWS if other.is_strict or other.code == row.code]


def resolved(row: Regime) -> dict[str, Any]:
    """The row as a version publishes it."""
    return {
        "code": row.code,
        "label": row.label,
        "model": row.model,
        "defaults": dict(row.defaults),
        "signals": list(row.signals),
        "reach": row.reach,
        "grant_days": row.grant_days,
        "refusal_days": row.refusal_days,
        "accepts": accepted(row),
        "first_layer": list(row.first_layer),
        "source": row.source,
    }


def _with_memory(row: Regime, grant_days: int, refusal_days: int) -> Regime:
    """A website may forget a yes sooner, and ask later again."""
    return replace(
        row, grant_days=min(row.grant_days, grant_days), refusal_days=max(row.refusal_days, refusal_days)
    )
