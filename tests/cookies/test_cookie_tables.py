"""Lists of cookies as CSV: written, read back, and read from the Open Cookie Database's columns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cookies.cookie_tables import (
    COLUMNS,
    MOST_ROWS,
    CookieRow,
    UnreadableTable,
    read_table,
    retention,
    write_table,
)

OURS = ",".join([*COLUMNS, "purpose_en"])
DATABASE = (
    "ID,Platform,Category,Cookie / Data Key name,Domain,Description,Retention period,Data Controller,"
    "User Privacy & GDPR Rights Portals,Wildcard match"
)


def read(*lines: str, header: str = OURS) -> list[CookieRow]:
    return read_table("\n".join([header, *lines]).encode(), ["en"])


text = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=40).map(str.strip).filter(bool)


@given(purpose=text)
def test_what_is_written_is_read_back(purpose: str) -> None:
    row = CookieRow(number=2, name="_ga_*", partner="ga", lifetime="13 month", purpose={"en": purpose})
    assert read_table(write_table([row], ["en"]).encode(), ["en"]) == [row]


@pytest.mark.parametrize("purpose", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)"])
def test_formulas_are_defused_and_come_back_whole(purpose: str) -> None:
    row = CookieRow(number=2, name="a", category="functional", lifetime="session", purpose={"en": purpose})
    written = write_table([row], ["en"])
    assert f"'{purpose}" in written
    assert read_table(written.encode(), ["en"])[0].purpose == {"en": purpose}


def test_semicolons_tabs_marks_and_utf16_are_understood() -> None:
    line = "sid,,functional,cookie,first,,session,Größe"
    for content in (
        f"\ufeff{OURS}\n{line}".encode(),
        f"{OURS}\n{line}".replace(",", ";").encode(),
        f"{OURS}\n{line}".replace(",", "\t").encode("utf-16"),
    ):
        assert [(row.name, row.purpose) for row in read_table(content, ["en"])] == [("sid", {"en": "Größe"})]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "The file is empty."),
        ("name\nGröße".encode("latin-1"), "not in UTF-8"),
        (b"name\n\0", "not a text file"),
        (b"a,b\n1,2", "The first row has to name the columns"),
        (b'name\n"open', "not well-formed CSV"),
        (b"name\n" + b"x\n" * (MOST_ROWS + 1), "Send at most 5,000"),
        (b"name\n" + b"x" * 2_000_001, "larger than 2 MB"),
    ],
)
def test_file_that_can_not_be_read_says_why(content: bytes, said: str) -> None:
    with pytest.raises(UnreadableTable, match=said):
        read_table(content, ["en"])


def test_rows_say_what_is_wrong_with_each() -> None:
    rows = read(
        "a b,,functional,cookie,first,,session,x",
        "ok,,nothing,cookie,first,,session,x",
        "ok,,functional,cookie,third,not a host,session,x",
        "ok,,functional,cookie,first,,sometimes,x",
        "ok,,functional,cookie,first,,session,",
        "ok,,functional,smoke,first,,session,x",
        ",,functional,cookie,first,,session,x",
    )
    for row, said in zip(
        rows,
        [
            "no spaces",
            "is no category",
            "needs the host",
            "is no lifetime",
            "what it is for",
            "is no technology",
            "no name",
        ],
        strict=True,
    ):
        assert said in " ".join(row.faults)
    assert [row.number for row in rows] == list(range(2, 9))


def test_database_gives_platforms_patterns_and_lifetimes() -> None:
    rows = read(
        '1,Google Analytics,Analytics,_ga_,,"Keeps the state, of a visit",2 years,Google,https://x.example/,1',
        "2,Hotjar,Analytics,_hjid,.hotjar.com,Tells visitors apart,365 days,Hotjar,https://x.example/,0",
        "3,Other,Marketing,own,advertiser's website domain (1st party),x,whenever,Other,https://x.example/,0",
        header=DATABASE,
    )
    first, second, third = rows
    assert (first.name, first.partner, first.by_platform, first.lifetime) == (
        "_ga_*",
        "Google Analytics",
        True,
        "2 year",
    )
    assert (second.party, second.domain, second.lifetime) == ("third", "hotjar.com", "365 day")
    assert third.party == "first"
    assert "can't be told" in third.faults[0]


@pytest.mark.parametrize(
    ("words", "lifetime"),
    [
        ("2 years", "2 year"),
        ("Session", "session"),
        ("30 min", "30 minute"),
        ("13 Months", "13 month"),
        ("persistent", "persistent"),
        ("0 days", ""),
        ("", ""),
        ("long", ""),
    ],
)
def test_retention_in_words_is_a_lifetime(words: str, lifetime: str) -> None:
    assert retention(words) == lifetime
