"""Cookie lists as CSV: ours, written and read, and the Open Cookie Database's, read. Pure.

Ours has one row per cookie: name, partner (its short name; empty for the website's own), category (own cookies only),
technology, party, domain, lifetime, and purpose_<language> for each language. The Open Cookie Database's columns are
those of its published CSV file (https://github.com/jkwakman/Open-Cookie-Database).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from cookies.vocabulary import CATEGORIES, LIFETIME_UNITS, PARTIES, TECHNOLOGIES

COLUMNS = ("name", "partner", "category", "technology", "party", "domain", "lifetime")
PURPOSE = "purpose_"
MOST_BYTES, MOST_ROWS = 2_000_000, 5_000
LONGEST_NAME, LONGEST_PURPOSE = 120, 300
# What a spreadsheet would run when the file is opened (CSV injection, OWASP).
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

_DATABASE: Mapping[str, str] = MappingProxyType(
    {
        "Cookie / Data Key name": "name",
        "Platform": "platform",
        "Domain": "domain",
        "Description": "description",
        "Retention period": "retention",
        "Wildcard match": "wildcard",
    }
)
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_NAME = re.compile(r"[^\s;,=\"]+")
_SPAN = re.compile(rf"(\d+)\s*({'|'.join(LIFETIME_UNITS)}|min)s?\b")


class UnreadableTable(ValueError):
    """The file as a whole can't be read; the message says what to do."""


@dataclass(frozen=True)
class CookieRow:
    """One line of a file. `number` is the line as a spreadsheet counts. `partner` is a slug, or the platform's name
    where `by_platform`; `faults` say what can't be taken over as it stands."""

    number: int
    name: str
    partner: str = ""
    by_platform: bool = False
    category: str = ""
    technology: str = "cookie"
    party: str = "first"
    domain: str = ""
    lifetime: str = ""
    purpose: Mapping[str, str] = field(default_factory=dict)
    faults: tuple[str, ...] = ()


def write_table(rows: Iterable[CookieRow], languages: Sequence[str]) -> str:
    """Our format. What a spreadsheet would run as a formula gets an apostrophe in front, which reading takes off."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, *(PURPOSE + code for code in languages)])
    for row in rows:
        facts = [getattr(row, name) for name in COLUMNS]
        writer.writerow([defused(value) for value in [*facts, *(row.purpose.get(code, "") for code in languages)]])
    return out.getvalue()


def defused(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA_SIGNS) else value


def read_table(content: bytes, languages: Sequence[str]) -> list[CookieRow]:
    """The rows of a file in either format. `languages`: those whose purposes the website keeps.

    Raises UnreadableTable, in words for the person who sent it.
    """
    table = list(_lines(_decoded(content)))
    if not table:
        raise UnreadableTable("The file is empty.")
    header = [cell.strip() for cell in table[0]]
    lines = [(number, line) for number, line in enumerate(table[1:], start=2) if any(cell.strip() for cell in line)]
    if len(lines) > MOST_ROWS:
        raise UnreadableTable(f"The file has {len(lines):,} rows. Send at most {MOST_ROWS:,} at a time.")
    if "Cookie / Data Key name" in header:
        return [_database_row(number, _cells(header, line)) for number, line in lines]
    if "name" not in header:
        raise UnreadableTable(
            "The first row has to name the columns: name, partner, category, technology, party, domain, lifetime, "
            "and purpose_en for the texts. Export the list once to see how it looks."
        )
    return [_own_row(number, _cells(header, line), languages) for number, line in lines]


def retention(words: str) -> str:
    """`2 years`, `Session`, `30 min` as a lifetime of ours; empty where it can't be told."""
    text = words.strip().lower()
    if "session" in text:
        return "session"
    if text in ("persistent", "permanent", "never", "never expires", "unlimited", "until deleted"):
        return "persistent"
    found = _SPAN.search(text)
    if not found or not int(found[1]):
        return ""
    return f"{int(found[1])} {'minute' if found[2] == 'min' else found[2]}"


def _decoded(content: bytes) -> str:
    if len(content) > MOST_BYTES:
        raise UnreadableTable(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it.")
    encoding = "utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableTable(
            "The file is not in UTF-8, so letters such as ä would be lost. In your spreadsheet, save it as "
            "“CSV UTF-8”, and send it again."
        ) from error
    if "\0" in text:
        raise UnreadableTable("This is not a text file. Save the table as CSV, and send that.")
    return text


def _lines(text: str) -> Iterable[list[str]]:
    # European spreadsheets write semicolons.
    head = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise UnreadableTable(f"The file is not well-formed CSV: {error}.") from error


def _cells(header: Sequence[str], line: Sequence[str]) -> dict[str, str]:
    cells = {name: value.strip() for name, value in zip(header, line, strict=False)}
    return {
        name: value[1:] if value[:1] == "'" and value[1:].startswith(FORMULA_SIGNS) else value
        for name, value in cells.items()
    }


def _own_row(number: int, cells: Mapping[str, str], languages: Sequence[str]) -> CookieRow:
    facts = {name: cells.get(name, "") for name in COLUMNS}
    facts["technology"] = facts["technology"] or "cookie"
    facts["party"] = facts["party"] or "first"
    purpose = {code: text for code in languages if (text := cells.get(PURPOSE + code, ""))}
    faults = _name_faults(facts["name"]) + _purpose_faults(purpose)
    faults += _closed("technology", facts["technology"], TECHNOLOGIES) + _closed("party", facts["party"], PARTIES)
    if not facts["partner"]:
        faults += _closed("category", facts["category"], CATEGORIES)
    lifetime = retention(facts["lifetime"])
    if not lifetime:
        faults.append(f"“{facts['lifetime']}” is no lifetime. Write session, persistent, or such as 13 month.")
    if facts["party"] == "third" and not _HOST.fullmatch(facts["domain"]):
        faults.append("A third party's cookie needs the host that sets it, such as www.example.com.")
    return CookieRow(
        number=number,
        name=facts["name"],
        partner=facts["partner"],
        category="" if facts["partner"] else facts["category"],
        technology=facts["technology"],
        party=facts["party"],
        domain=facts["domain"] if facts["party"] == "third" else "",
        lifetime=lifetime,
        purpose=purpose,
        faults=tuple(faults),
    )


def _database_row(number: int, cells: Mapping[str, str]) -> CookieRow:
    facts = {name: cells.get(column, "") for column, name in _DATABASE.items()}
    name = facts["name"] + ("*" if facts["wildcard"] == "1" and not facts["name"].endswith("*") else "")
    host = _HOST.search(facts["domain"].lower())
    is_third = host is not None and "1st" not in facts["domain"]
    purpose = {"en": facts["description"]} if facts["description"] else {}
    faults = _name_faults(name) + _purpose_faults(purpose)
    lifetime = retention(facts["retention"])
    if not lifetime:
        faults.append(f"How long it is kept (“{facts['retention']}”) can't be told.")
    return CookieRow(
        number=number,
        name=name,
        partner=facts["platform"],
        by_platform=True,
        party="third" if is_third else "first",
        domain=host[0] if host and is_third else "",
        lifetime=lifetime,
        purpose=purpose,
        faults=tuple(faults),
    )


def _name_faults(name: str) -> list[str]:
    if not name:
        return ["It has no name."]
    if len(name) > LONGEST_NAME:
        return [f"Its name is longer than {LONGEST_NAME} characters."]
    return (
        [] if _NAME.fullmatch(name) else ["A cookie's name has no spaces, commas, semicolons, quotes or equals signs."]
    )


def _purpose_faults(purpose: Mapping[str, str]) -> list[str]:
    if not purpose:
        return ["It does not say what it is for."]
    long = [code for code, text in purpose.items() if len(text) > LONGEST_PURPOSE]
    return [f"Its purpose ({code}) is longer than {LONGEST_PURPOSE} characters." for code in long]


def _closed(name: str, value: str, known: Sequence[str]) -> list[str]:
    if value in known:
        return []
    return [f"“{value}” is no {name}. Write one of: {', '.join(known)}." if value else f"It has no {name}."]
