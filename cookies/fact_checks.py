"""Checks of facts that people write into TOML files. Pure.

Each check returns the faults it found, one sentence each, beginning with the field; an empty list is praise.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from cookies.vocabulary import LIFETIME_PATTERN, PARTIES, TECHNOLOGIES

LANGUAGES = ("en", "de")
PLACEHOLDER = re.compile(r"\{([^{}]*)\}")

_SLUG = re.compile(r"[a-z0-9-]{1,40}")
_HOST = re.compile(r"([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
_COOKIE_NAME = re.compile(r"[^\s;,={}\"]+")
_TYPE_WORDS: Mapping[Any, str] = {
    str: "text",
    bool: "true or false",
    list: "a list",
    dict: "a table",
    date: "a date",
}

COOKIE_FIELDS: Mapping[str, type] = {
    "name": str,
    "technology": str,
    "party": str,
    "lifetime": str,
    "domain": str,
    "purpose": dict,
}


def shape_faults(
    table: Any, fields: Mapping[str, type], *, optional: Collection[str] = (), where: str = ""
) -> list[str]:
    """Unknown keys, missing keys, values of the wrong type. Look at values only where this finds nothing."""
    if not isinstance(table, dict):
        return [f"{where or 'The file'} is not a table."]
    faults = [f"{_path(where, key)} is an unknown key." for key in table if key not in fields]
    faults += [f"{_path(where, key)} is missing." for key in fields if key not in table and key not in optional]
    faults += [
        f"{_path(where, key)} must be {_TYPE_WORDS.get(kind, kind.__name__)}."
        for key, kind in fields.items()
        if key in table and type(table[key]) is not kind
    ]
    return faults


def text_faults(field: str, value: Any, *, longest: int = 300) -> list[str]:
    if not isinstance(value, str) or not value.strip():
        return [f"{field} is empty."]
    if "\n" in value or value != value.strip():
        return [f"{field} must be one line without spaces around it."]
    if len(value) > longest:
        return [f"{field} is longer than {longest} characters."]
    return []


def texts_faults(field: str, values: Iterable[Any], *, longest: int = 300) -> list[str]:
    return [
        fault
        for index, value in enumerate(values)
        for fault in text_faults(f"{field}[{index}]", value, longest=longest)
    ]


def translation_faults(field: str, table: Any) -> list[str]:
    """A text per language: English and German, and nothing else."""
    faults = shape_faults(table, dict.fromkeys(LANGUAGES, str), where=field)
    return faults or [fault for code in LANGUAGES for fault in text_faults(f"{field}.{code}", table[code])]


def choice_faults(field: str, value: Any, allowed: Sequence[str]) -> list[str]:
    return [] if value in allowed else [f"{field}: {value!r} is none of {', '.join(allowed)}."]


def choices_faults(field: str, values: Sequence[Any], allowed: Sequence[str]) -> list[str]:
    """At least one, each of them known, none of them twice."""
    if not values:
        return [f"{field} is empty."]
    faults = [fault for value in values for fault in choice_faults(field, value, allowed)]
    return faults or repeated_faults(field, values)


def repeated_faults(field: str, values: Sequence[Any]) -> list[str]:
    repeated = {str(value) for value in values if values.count(value) > 1}
    return [f"{field}: {value!r} is there twice." for value in sorted(repeated)]


def pattern_faults(field: str, value: Any, pattern: str, meaning: str) -> list[str]:
    if isinstance(value, str) and re.fullmatch(pattern, value):
        return []
    return [f"{field}: {value!r} is not {meaning}."]


def slug_faults(field: str, value: Any) -> list[str]:
    return pattern_faults(field, value, _SLUG.pattern, "a short name of a-z, 0-9 and hyphens")


def url_faults(field: str, value: Any, *, schemes: Sequence[str] = ("https",)) -> list[str]:
    """An absolute address that a link may point to."""
    try:
        parts = urlsplit(value)
    except (ValueError, AttributeError):
        return [f"{field}: {value!r} is not an address."]
    sound = parts.scheme in schemes and _HOST.fullmatch(parts.netloc) and not re.search(r"[\s\"<>{}]", value)
    return [] if sound else [f"{field}: {value!r} is not an address that starts with {schemes[0]}://."]


def host_faults(field: str, value: Any) -> list[str]:
    """A host name, or `*.` and a host name, in lower case."""
    bare = value.removeprefix("*.") if isinstance(value, str) else ""
    if _HOST.fullmatch(bare):
        return []
    return [f"{field}: {value!r} is not a host such as www.example.com or *.example.com."]


def lifetime_faults(field: str, value: Any) -> list[str]:
    if isinstance(value, str) and re.fullmatch(LIFETIME_PATTERN, value):
        return []
    return [f"{field}: {value!r} is not a lifetime. Write session, persistent, or such as 2 year."]


def cookie_faults(where: str, cookie: Any, *, extra: Mapping[str, type] | None = None) -> list[str]:
    """One thing kept in the browser. A third party's names its host, the website's own does not."""
    if faults := shape_faults(cookie, {**COOKIE_FIELDS, **(extra or {})}, where=where):
        return faults
    faults = pattern_faults(f"{where}.name", cookie["name"], _COOKIE_NAME.pattern, "a name or pattern")
    faults += choice_faults(f"{where}.technology", cookie["technology"], TECHNOLOGIES)
    faults += choice_faults(f"{where}.party", cookie["party"], PARTIES)
    faults += lifetime_faults(f"{where}.lifetime", cookie["lifetime"])
    if cookie["party"] == "third":
        faults += host_faults(f"{where}.domain", cookie["domain"])
    elif cookie["domain"]:
        faults += [f"{where}.domain must be empty where the party is first."]
    return faults + translation_faults(f"{where}.purpose", cookie["purpose"])


def _path(where: str, key: str) -> str:
    return f"{where}.{key}" if where else key
