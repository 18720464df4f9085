"""docs/regimes.md says what the code does."""

from __future__ import annotations

import re
from datetime import date

import pytest

from consent.places import US_GPC_LAWS, Place, regime_of
from consent.regimes import CHECKED, REGIMES, ROWS, Regime
from tools.regimes_page import COUNTRY_NAMES, FIRST_LAYER, PAGE, SITUATIONS, heading, page

TEXT = PAGE.read_text(encoding="utf-8")


def section(title: str) -> str:
    found = re.search(rf"^#+ {re.escape(title)}$\n(.*?)(?=^#+ |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"There is no heading {title!r}."
    return found[1]


def cell(row: Regime, fact: str) -> str:
    found = re.search(rf"^\| {fact} \| (.+) \|$", section(heading(row)), re.MULTILINE)
    assert found, f"{row.code} does not say: {fact}."
    return found[1]


def test_page_is_what_the_code_yields() -> None:
    assert page() == TEXT, "Write it again: .venv/bin/python -m tools.regimes_page"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_row_has_a_section_with_its_facts(row: Regime) -> None:
    assert cell(row, "source") == row.source
    assert cell(row, "checked") == row.checked
    assert cell(row, "evidence") == row.evidence
    assert str(row.grant_days) in cell(row, "a yes is remembered")
    assert str(row.refusal_days) in cell(row, "after a no, asked again")
    assert cell(row, "first layer").split("; ") == [FIRST_LAYER[part] for part in row.first_layer]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.code)
def test_row_says_what_it_rests_on_and_what_is_open(row: Regime) -> None:
    assert row.source
    assert row.evidence in ("primary", "secondary", "none")
    assert date.fromisoformat(row.checked) <= date.fromisoformat(CHECKED)
    assert row.open_question
    open_questions = section("What is legally open").splitlines()
    assert [line for line in open_questions if f"`{row.code}`" in line and line.endswith(f": {row.open_question}")]


@pytest.mark.parametrize("code", ["eu", "uk", "uk-statistics", "ch", "br", "za"])
def test_row_names_the_countries_that_are_sent_to_it(code: str) -> None:
    today = date.fromisoformat(CHECKED)
    countries = {name: country for country, name in COUNTRY_NAMES.items() if re.fullmatch("[A-Z]{2}", country)}
    sent = {name for name, at in countries.items() if regime_of(Place(at), ["unknown", code], on=today) == code}
    named = set(re.split(r", |\. With them |; and ", cell(REGIMES[code], "for whom")))
    assert named == sent
    assert ("Gibraltar" in sent) == (code == "uk")


def test_overview_links_to_every_row_in_order() -> None:
    assert re.findall(r"^\| \[`([\w-]+)`\]\(#", section("Overview"), re.MULTILINE) == list(REGIMES)


def test_every_state_stands_there_with_its_day_and_its_law() -> None:
    rows = re.findall(
        r"^\| (.+?) \| `US-(..)` \| (\S+) \| (.+?) \| (\w+) \|$",
        section("Since when each state of the USA binds Global Privacy Control"),
        re.MULTILINE,
    )
    assert rows == [
        (law.state, code, law.since.isoformat(), law.law, law.evidence) for code, law in US_GPC_LAWS.items()
    ]


def test_every_reason_of_a_decision_is_in_the_table() -> None:
    table = section("What is decided for a visitor")
    assert set(re.findall(r"; `(\w+)`; ", table)) == {
        "undecided",
        "expired",
        "moved",
        "signal",
        "changed",
        "announced",
        "decided",
    }
    assert all(f"| {situation.words} |" in table for situation in SITUATIONS)


def test_page_says_that_it_is_no_legal_advice() -> None:
    assert "It is not legal advice." in section("Regimes: the rules by place")
