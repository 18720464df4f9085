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
    evidence: what was read on the day `checked`: primary (the words of the law or of its authority, in a copy),
    secondary (what others write about them; the weaker where a row rests on both) or none (the row rests on no law).
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
    evidence: str = "secondary"
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
    source=(
        "Directive 2002/58/EC Art. 5(3); Regulation (EU) 2016/679 Art. 4(11), 7 and 21(5); "
        "CNIL recommendation 2020-092 (a choice is kept for six months)"
    ),
    open_question=(
        "That Do Not Track is an objection under Art. 21(5) was said by one court of first instance (LG Berlin, "
        "24 August 2023, 16 O 420/19); no ruling about Global Privacy Control was found. Exemptions for audience "
        "measurement differ by country and are not applied. The proposal COM(2025) 837 would move these rules into the "
        "General Data Protection Regulation and is not law."
    ),
)
UK = replace(
    EU,
    code="uk",
    place="uk",
    label="United Kingdom and Gibraltar",
    source=(
        "Privacy and Electronic Communications (EC Directive) Regulations 2003, reg. 6 and Schedule A1 para. 2; UK "
        "GDPR Art. 4(11) and 7; ICO guidance on storage and access technologies (29 April 2026). Gibraltar: "
        "Communications (Personal Data and Privacy) Regulations 2006, reg. 5; Gibraltar GDPR"
    ),
    open_question=(
        "No UK authority was found to say whether Do Not Track or Global Privacy Control binds, though para. 2(3) lets "
        "browser settings express consent. The exception for what adapts a website's appearance is not applied."
    ),
    evidence="primary",
)
UK_STATISTICS = replace(
    UK,
    code="uk-statistics",
    label="United Kingdom, with the exception for statistics",
    defaults=MappingProxyType({**ALL_OFF, "performance": True}),
    first_layer=(*QUESTION, "objection"),
    source=(
        "Privacy and Electronic Communications (EC Directive) Regulations 2003, reg. 6 and Schedule A1 para. 5, from "
        "the Data (Use and Access) Act 2025, section 112 and Schedule 12, in force 5 February 2026 (SI 2026/82); ICO "
        "guidance on storage and access technologies (29 April 2026)"
    ),
    open_question=(
        "The exception covers statistics about the use of the website, kept to improve it, and shared with nobody but "
        "those who help with that. Partners that count as sale or sharing are left out of it here; whether the others "
        "qualify is for the website to judge. Gibraltar has no such exception, and keeps the question."
    ),
    evidence="secondary",
)
CH = replace(
    EU,
    code="ch",
    place="ch",
    label="Switzerland",
    source=(
        "Telecommunications Act Art. 45c; Federal Act on Data Protection Art. 6, 30 and 31; FDPIC guide on cookies and "
        "similar technologies (22 January 2025, version 1.1 of 6 October 2025)"
    ),
    open_question=(
        "The law and the guide, which does not bind, let much run until it is refused; a yes is asked for what is "
        "unexpected, sensitive or profiling of high risk. The stricter reading is used for everything optional."
    ),
)
BR = replace(
    EU,
    code="br",
    place="br",
    label="Brazil",
    source="Lei 13.709/2018 (LGPD) Art. 7 and 8; ANPD, Guia orientativo: cookies e proteção de dados pessoais (2022)",
    open_question=(
        "The guide does not bind, recommends consent for what is not necessary, and sees room for legitimate interest "
        "in measuring audiences, which is not used here. Nothing was found about browser signals."
    ),
)
QUEBEC = replace(
    EU,
    code="ca-qc",
    place="ca-qc",
    label="Quebec",
    source=(
        "Act respecting the protection of personal information in the private sector (P-39.1) s. 8.1, 9.1 and 14; CAI "
        "guidelines on consent"
    ),
    open_question=(
        "Section 8.1 speaks of functions that identify, locate or profile, which are off until activated. Everything "
        "optional is treated as such. No court was found to have applied it to cookies, or to a browser's signal."
    ),
)
ZA = replace(
    EU,
    code="za",
    place="za",
    label="South Africa",
    source="Protection of Personal Information Act 4 of 2013 s. 11 and 69",
    open_question=(
        "No rule about cookies was found. Consent is one of several grounds in s. 11, and whether it is needed is "
        "unsettled. The stricter reading is used."
    ),
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
    source=(
        "California Civil Code § 1798.120 and 1798.135, with (c)(4) for the twelve months; California Code of "
        "Regulations, title 11, § 7004, 7013, 7015, 7025 and 7026, as in force since 1 January 2026"
    ),
    open_question=(
        "Only Global Privacy Control is known to be a valid opt-out preference signal. Do Not Track is given the same "
        "effect here. A signal counts on the visits that bring it; nothing is kept of it afterwards, while § "
        "7025(c)(1) and (5) can be read to want the opt-out remembered for the browser. The wording of § 7025(c)(6) "
        "of 2026 (the status must be shown) was read as law firms quote it. Whether a visitor is under 16, who must "
        "be asked first, is not known here. Claims under the Invasion of Privacy Act lead some websites to ask "
        "everybody first: choose “asked first”."
    ),
    evidence="primary",
)
US_GPC = replace(
    CALIFORNIA,
    code="us-gpc",
    place="us-gpc",
    label="Other states of the USA whose law binds Global Privacy Control",
    source=(
        "The privacy acts of Colorado, Connecticut, Delaware, Maryland, Minnesota, Montana, Nebraska, New Hampshire, "
        "New Jersey, Oregon and Texas, from 2027 of Louisiana and from 2028 of Vermont, on universal opt-out mechanisms"
    ),
    open_question=(
        "Maryland names the signal as one method among others, and lets a browser setting act as the visitor's agent: "
        "it is read as binding. Texas and Nebraska know it as an agent, too, and not for a website that honours it in "
        "no other state; Louisiana's act follows theirs. Only Colorado publishes a list of signals, with Global "
        "Privacy Control alone. The link, the status and the twelve months are California's, applied here as well. "
        "Several of these laws forbid advertising to minors whatever they answer; age is not known here."
    ),
    evidence="secondary",
)
US = replace(
    CALIFORNIA,
    code="us",
    place="us",
    label="Remaining states and territories of the USA",
    model="notice",
    first_layer=("notice",),
    source=(
        "Federal Trade Commission Act § 5; the privacy acts without a duty to honour signals, among them those of "
        "Indiana, Iowa, Kentucky, Rhode Island, Tennessee, Utah and Virginia"
    ),
    open_question=(
        "No law of these states was found that binds a browser's signal. It is honoured all the same. Alabama's act, "
        "from 1 May 2027, has to be looked at again. Washington and Nevada ask for a yes before data about health is "
        "used: choose “asked first” for a website about health."
    ),
    evidence="secondary",
)
WORLD = replace(
    EU,
    code="world",
    place="world",
    label="Rest of the world",
    source="No single law. The strictest rule of the table is used.",
    open_question=(
        "Countries with a law of their own about cookies have no row yet. Some ask for less than this row does; none "
        "was checked for asking more."
    ),
    evidence="none",
)
# Nobody knows where: the meet of the website's rows and the strictest of all.
UNKNOWN = replace(
    WORLD,
    code="unknown",
    place="unknown",
    label="Place not known, or in none of the website's regimes",
    open_question="Nobody can say which law holds for a place that nobody knows. Nothing is laxer than this row.",
)
# Civil Code § 1798.135(c)(4) counts from the refusal of a sale, also where other things were granted.
ASKED_FIRST_OPEN = (
    "No law of these places wants everybody to be asked; whoever asks does so by choice. Who grants something and "
    "refuses advertising is asked again when the yes is forgotten, and California's twelve months count from the "
    "refusal: remember a yes for at least 366 days. The open questions of the row without “asked first” remain."
)

ASKED_FIRST = tuple(
    replace(
        row,
        code=f"{row.code}-opt-in",
        label=f"{row.label}, asked first",
        model="opt_in",
        defaults=ALL_OFF,
        first_layer=(*QUESTION, *(part for part in row.first_layer if part != "notice")),
        open_question=ASKED_FIRST_OPEN,
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
    # Where the law is about sale, an answer that holds a yes and a no is remembered as a no.
    mixed = [row.refusal_days for row in rows if row.reach != "all"]
    return replace(
        UNKNOWN,
        grant_days=min([row.grant_days for row in rows] + mixed),
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
    return replace(row, grant_days=min(row.grant_days, grant_days), refusal_days=max(row.refusal_days, refusal_days))
