"""Writes docs/regimes.md from the code: `python -m tools.regimes_page`. A test compares the page with what this yields.

The facts come from consent/regimes.py and consent/places.py, and the table of decisions from consent/decisions.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from babel import Locale

from consent.consent_cookie import StoredChoice
from consent.decisions import DAY, DecidingPartner, DecidingRegime, DecidingVersion, Decision, decide
from consent.places import EEA, LEFT_OUT, MEMBERS, OUTERMOST, UK_PLACES, US_GPC_LAWS, US_TERRITORIES
from consent.privacy_signals import Signals
from consent.regimes import CALIFORNIA, EU, REGIMES, ROWS, UNKNOWN, Regime, resolved

PAGE = Path(__file__).resolve().parents[1] / "docs" / "regimes.md"

INTRODUCTION = """\
# Regimes: the rules by place

Made from the code by `python -m tools.regimes_page`: change `consent/regimes.py` or `consent/places.py`, never this
page.

What the law asks of a website differs by place. A **regime** is what it asks of one place: a row of a table in the
code, under a name that never changes, because it stands in visitors' cookies and in the record of what they answered.

**One regime for everybody** is what a website has until it chooses otherwise: `eu`, which asks before anything optional
runs. Nobody's place is asked for then. A website that distinguishes places chooses the rows it wants. The visitor's
place comes from the platform's own edge or from a database on its own disk, never from a third party. Where it is not
known, or has no row among those chosen, `unknown` holds, which is as strict as the strictest of the website's rows. It
also holds while the browser waits to hear its region.

This page says how the law was read, on which day, and on what evidence. **It is not legal advice.** Whether a law
applies to a website, and what its partners do with what they get, is for the website and its lawyers to judge.
"""

WORDS = (
    ("model *opt-in*", "Nothing optional runs before a yes. Visitors are asked."),
    ("model *opt-out*", "Everything runs until it is refused. Visitors get a notice, and the link that the law names."),
    ("model *notice*", "Everything runs until it is refused. Visitors get a notice."),
    (
        "on without an answer",
        "The categories that run for somebody who has said nothing and whose browser says nothing.",
    ),
    (
        "signals",
        "What a browser may send that refuses for its owner: Do Not Track (`dnt`), Global Privacy Control (`gpc`). A "
        "website may disregard Do Not Track, and has to say so; never Global Privacy Control.",
    ),
    (
        "reach",
        "What such a signal switches off. *All*: everything optional. *Sale or sharing*: advertising, and partners in "
        "any category that are marked as sale or sharing.",
    ),
    (
        "a yes, a no",
        "How long an answer is remembered. Where visitors are asked first, an answer that grants anything is a yes; "
        "where things run until refused, one that refuses anything is a no. A website may forget a yes sooner and ask "
        "later after a no, not the other way round. Its own settings begin at 180 days for both.",
    ),
    ("first layer", "What the first thing that visitors see has to show."),
    (
        "evidence",
        "What was read on the day of the check. *Primary*: the words of the law or of its authority, in a copy. "
        "*Secondary*: what others write about them; also where a row rests on both. *None*: the row rests on no law.",
    ),
)

DECISION = """\
## What is decided for a visitor

One rule decides for everybody, in the browser and on the server, from six things: the regime, how the website treats Do
Not Track, what the browser signals, the answer that it keeps, the published version, and the time. It says what to
show, what may run, and why. The table below was made by asking that rule. What is strictly necessary runs always.
"""

AFTER_DECISION = """\
In words:

1. **A refusal counts everywhere, and while it is kept it does not lapse into a yes.** A yes counts only where it was
   given in answer to a question, or where the law does not want one: what was merely on by default in one place is no
   consent in another.
2. **A signal is an answer until the visitor gives another.** A yes holds against it only if the signal was there when
   the yes was given. A signal that disappears is no yes, and leaves no answer behind: what holds then is the
   answer that was there before, or the row of somebody who has not answered.
3. **Who refused is not asked again because the website changed something.** Who granted a category is asked when a
   partner or a use is added to it; the new one is off until then, and the rest of the answer stays.
4. **A change can wait** (grace): until its day nobody who had answered is asked about it, and it stays off for them. It
   **can be announced**: for some days those who had answered are told once a visit what changed. Neither takes anything
   away from an answer.
5. **A partner with a first day** is off before that day, for everybody and in every category.
6. **What cannot be true counts as no answer**: a cookie that can't be read, or one from more than a day in the future.
"""

CHOOSING = """\
## Choosing the rows of a website

In the admin, under *Policy*, a website says whether it has one rule for everybody or different rules by place, and for
each place which row. Rows of the same place are alternatives; one is chosen. The choice becomes binding with the next
publication, and each version keeps the rows as they were.

- Leave it at one rule if you are not sure. It is the strictest, and needs no region.
- A place that matters to you but has no row here is covered by `unknown`.
- Take an “asked first” row for the United States if your lawyers fear claims under wiretapping laws, or if your website
  is about health.
- Take `uk-statistics` only if what runs as statistics stays with you and those who work for you.

## Adding or changing a row

Codes are only ever added. A row that was in use keeps its code and what it does; if a law changes what has to be done,
that is a new row. The words of a row (label, source, open question, day of the check) may be corrected.

1. Add the row to `consent/regimes.py` and its places to `consent/places.py`, with the day of the check.
2. Add cases for it to `tests/vectors/decisions.json`, each with its source, and see both languages pass.
3. Write this page again: `python -m tools.regimes_page`.
4. Have somebody read it who knows that law.
"""

MODELS = {"opt_in": "opt-in", "opt_out": "opt-out", "notice": "notice"}
REACHES = {"all": "everything optional", "sale_or_share": "sale or sharing"}
SIGNAL_NAMES = {"dnt": "Do Not Track", "gpc": "Global Privacy Control"}
CATEGORIES = {"performance": "performance", "functional": "functional", "targeting": "targeting"}
FIRST_LAYER = {
    "purposes": "what for",
    "partners": "a way to everybody who is involved",
    "accept_all": "a button to accept all",
    "reject_all": "an equal button to reject all",
    "choose": "a way to choose",
    "objection": "how to object to statistics",
    "notice": "a notice of what runs",
    "privacy_choices": "the link “Your Privacy Choices” with its icon",
    "signal_status": "that a signal was honoured, where there is one",
}
MONTHS = {180: "six months", 366: "twelve months", 395: "thirteen months"}
SHOWS = {"banner": "the question", "notice": "a notice", "nothing": "nothing"}
COUNTRY_NAMES = Locale("en").territories


def page() -> str:
    """The whole page."""
    parts = [
        INTRODUCTION,
        "## How to read a row\n\n" + table(("word", "what it says"), WORDS),
        overview(),
        DECISION,
        decisions(),
        AFTER_DECISION,
        "## The rows\n",
        *map(section, ROWS),
        states(),
        open_questions(),
        CHOOSING,
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def overview() -> str:
    rows = (
        (
            f"[`{row.code}`](#{anchor(heading(row))})",
            row.label,
            MODELS[row.model],
            is_on(row),
            f"{', '.join(f'`{name}`' for name in row.signals)}: {REACHES[row.reach]}",
        )
        for row in ROWS
    )
    return "## Overview\n\n" + table(("code", "for", "model", "on without an answer", "what a signal refuses"), rows)


def section(row: Regime) -> str:
    facts = (
        ("for whom", places(row)),
        ("model", MODELS[row.model]),
        ("on without an answer", is_on(row)),
        ("signals", f"{' and '.join(SIGNAL_NAMES[name] for name in row.signals)} refuse {REACHES[row.reach]}"),
        ("a yes is remembered", f"at most {days(row.grant_days)}"),
        ("after a no, asked again", f"not before {days(row.refusal_days)}"),
        ("a yes counts if given under", accepted_from(row)),
        ("first layer", "; ".join(FIRST_LAYER[part] for part in row.first_layer)),
        ("source", row.source),
        ("evidence", row.evidence),
        ("checked", row.checked),
        ("open", "[see below](#what-is-legally-open)"),
    )
    return f"### {heading(row)}\n\n" + table(("", f"`{row.code}`"), facts)


def states() -> str:
    rows = (
        (law.state, f"`US-{code}`", law.since.isoformat(), law.law, law.evidence) for code, law in US_GPC_LAWS.items()
    )
    return (
        "## Since when each state of the USA binds Global Privacy Control\n\n"
        "California has a row of its own. A visitor in one of these states belongs to `us-gpc` from the day given, and "
        "to `us`\nbefore. A law that is enacted stands here before its day.\n\n"
        + table(("state", "code", "from", "law", "evidence"), rows)
    )


def open_questions() -> str:
    """Questions that several rows share are asked once."""
    questions: dict[str, list[str]] = {}
    for row in ROWS:
        if row.open_question:
            questions.setdefault(row.open_question, []).append(f"`{row.code}`")
    lines = (f"- {', '.join(codes)}: {question}" for question, codes in questions.items())
    return "## What is legally open\n\n" + "\n".join(lines)


def heading(row: Regime) -> str:
    return f"{row.label} (`{row.code}`)"


def anchor(text: str) -> str:
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def table(head: tuple[str, ...], rows: Iterable[Iterable[str]]) -> str:
    lines = (head, *rows)
    first, *others = (" | ".join(("", *cells, "")).strip() for cells in lines)
    return "\n".join((first, "|---" * len(head) + "|", *others)) + "\n"


def is_on(row: Regime) -> str:
    on = [name for code, name in CATEGORIES.items() if row.defaults[code]]
    return "everything" if len(on) == len(CATEGORIES) else ", ".join(on) or "nothing optional"


def days(count: int) -> str:
    return f"{count} days ({MONTHS[count]})"


def accepted_from(row: Regime) -> str:
    codes = resolved(row)["accepts"]
    return "any row" if codes is None else ", ".join(f"`{code}`" for code in codes)


def places(row: Regime) -> str:
    left_out = LEFT_OUT.get(row.code, frozenset())
    return {
        "eu": f"{countries(MEMBERS.split())}. With them {countries(OUTERMOST.split())}; and {countries(EEA.split())}",
        "uk": countries(code for code in UK_PLACES if code not in left_out),
        "ch": countries(["CH"]),
        "br": countries(["BR"]),
        "ca-qc": "Quebec (`CA-QC`); a visitor somewhere in Canada is in a place that is not known",
        "za": countries(["ZA"]),
        "us-ca": "California (`US-CA`)",
        "us-gpc": f"{', '.join(law.state for law in US_GPC_LAWS.values())}, each from its day (table below)",
        "us": f"every other state, and {countries(US_TERRITORIES)}",
        "world": "every country that is known and has no row above, and Canada without Quebec",
        "unknown": "no place is known; somewhere in the USA or in Canada; a place whose row the website has not chosen",
    }[row.place]


def countries(codes: Iterable[str]) -> str:
    return ", ".join(sorted(COUNTRY_NAMES[code] for code in codes))


# --- The table of decisions, by asking the rule ----------------------------------------------------

NOW = 1_800_000_000
NONE, GPC, DNT = Signals(), Signals(gpc=True), Signals(dnt=True)
OLD, NEW = "a" * 12, "b" * 12
ADVERTISING = DecidingPartner("advertising", "targeting", added=1, sale_or_share=True)
STATISTICS = DecidingPartner("statistics", "performance", added=1)
ADDED = DecidingPartner("added", "performance", added=2)
PLAIN = DecidingVersion(NEW, {OLD: 1, NEW: 2}, dict.fromkeys(CATEGORIES, 1), (STATISTICS, ADVERTISING))
CHANGED = DecidingVersion(NEW, {OLD: 1, NEW: 2}, dict.fromkeys(CATEGORIES, 1), (STATISTICS, ADVERTISING, ADDED))
WAITING = DecidingVersion(NEW, PLAIN.ordinals, PLAIN.categories, CHANGED.partners, grace={"2": NOW + DAY})
ANNOUNCED = DecidingVersion(NEW, PLAIN.ordinals, PLAIN.categories, PLAIN.partners, announce_until=NOW + DAY)


@dataclass(frozen=True)
class Situation:
    """A visitor to put before the rule. answer: what was said to everything; None where nothing was."""

    words: str
    answer: bool | None = None
    days_ago: int = 10
    given_under: str | None = None
    signals_then: Signals = NONE
    signals: Signals = NONE
    dnt_policy: str = "honour"
    answered: str = NEW
    version: DecidingVersion = PLAIN


SITUATIONS = (
    Situation("has not answered"),
    Situation("has not answered; the browser sends Global Privacy Control", signals=GPC),
    Situation("has not answered; the browser sends Do Not Track", signals=DNT),
    Situation("the same, and the website disregards Do Not Track", signals=DNT, dnt_policy="disregard"),
    Situation("accepted everything", True),
    Situation("refused everything", False),
    Situation("accepted; a signal has appeared since", True, signals=GPC),
    Situation("accepted while the signal was there", True, signals_then=GPC, signals=GPC),
    Situation("accepted while the signal was there; it has gone", True, signals_then=GPC),
    Situation("accepted where everything was on by default, and came here", True, given_under="us"),
    Situation("refused elsewhere, and came here", False, given_under="us"),
    Situation("accepted, longer ago than is remembered", True, days_ago=400),
    Situation("refused, longer ago than is remembered", False, days_ago=400),
    Situation("accepted; a partner has been added since", True, answered=OLD, version=CHANGED),
    Situation("refused; a partner has been added since", False, answered=OLD, version=CHANGED),
    Situation("accepted; a partner was added that waits (grace)", True, answered=OLD, version=WAITING),
    Situation("accepted an earlier version; a change is announced", True, answered=OLD, version=ANNOUNCED),
    Situation("refused an earlier version; a change is announced", False, answered=OLD, version=ANNOUNCED),
    Situation("has an answer that is dated next week", True, days_ago=-7),
)


def decisions() -> str:
    rows = ((one.words, *(outcome(ask(one, row)) for row in (EU, CALIFORNIA))) for one in SITUATIONS)
    head = (
        "the visitor",
        f"where people are asked first (`{EU.code}`)",
        f"where things run until refused (`{CALIFORNIA.code}`)",
    )
    return "Each cell: what is shown, the reason, and what may run.\n\n" + table(head, rows)


def ask(one: Situation, row: Regime) -> Decision:
    return decide(
        regime=DecidingRegime(**{name: value for name, value in resolved(row).items() if name in DECIDING}),
        dnt_policy=one.dnt_policy,
        signals=one.signals,
        stored=stored(one, row),
        version=one.version,
        now=NOW,
    )


DECIDING = DecidingRegime.__dataclass_fields__


def stored(one: Situation, row: Regime) -> StoredChoice | None:
    if one.answer is None:
        return None
    return StoredChoice(
        version=one.answered,
        decided_at=NOW - one.days_ago * DAY,
        categories=dict.fromkeys(CATEGORIES, one.answer),
        consent_id="00000000-0000-4000-8000-000000000000",
        regime=one.given_under or row.code,
        signals=one.signals_then,
        partners={},
    )


def outcome(decision: Decision) -> str:
    return f"{SHOWS[decision.show]}; `{decision.reason}`; {'; '.join(running(decision))}"


def running(decision: Decision) -> Iterator[str]:
    off = [code for code in CATEGORIES if not decision.categories[code]]
    if len(off) == len(CATEGORIES):
        yield "nothing optional"
    else:
        yield f"everything but {' and '.join(off)}" if off else "everything"
    if not decision.partners.get("added", True) and len(off) < len(CATEGORIES):
        yield "not the new partner"


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8")
    print(f"Wrote {PAGE.name}: {len(REGIMES)} rows, the last one {UNKNOWN.code}.")


if __name__ == "__main__":
    main()
