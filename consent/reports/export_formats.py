"""An event as one line of a file. A format is a row in FORMATS: its head, its line, and how a file ends in a name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from consent.models import ConsentEvent
from consent.payload import canonical_json
from consent.reports.evidence import row_of, time_text, uuid_text
from cookies.cookie_tables import defused
from cookies.vocabulary import OPTIONAL_CATEGORIES

COLUMNS = (
    "id",
    "receipt",
    "website",
    "received_at",
    "client_time",
    "action",
    "surface",
    *OPTIONAL_CATEGORIES,
    "partners",
    "version",
    "language",
    "regime_shown",
    "regime_seen",
    "dnt",
    "gpc",
    "dnt_seen",
    "gpc_seen",
    "country",
    "device_class",
    "clicked_by",
    "build",
    "variant",
    "visitor",
    "erased",
    "ledger_index",
    "leaf_hash",
)
CLICKED_BY = {1: "person", 0: "program", None: ""}
YES_NO = {True: "yes", False: "no", None: ""}
SALT = 2 * 16


@dataclass(frozen=True)
class Source:
    """What every line says alike, and what is looked up once for all."""

    site_key: str
    digests: dict[int, str]


Lines = Callable[[Source, Sequence[tuple[Any, ...]]], str]


@dataclass(frozen=True)
class Format:
    """`lines` writes rows in the order of `evidence.FIELDS`."""

    ending: str
    content_type: str
    head: str
    lines: Lines


def csv_lines(source: Source, rows: Sequence[tuple[Any, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows([_cells(source, values) for values in rows])
    return out.getvalue()


def _cells(source: Source, values: tuple[Any, ...]) -> list[str]:
    (id_, event_id, received_at, action, surface, categories, partners, shown, seen, said, headers) = values[:11]
    (trusted, build, variant, version, ref, country, language, device, at, salts, _, leaf_hash, place) = values[11:]
    return [
        uuid_text(id_),
        uuid_text(event_id),
        source.site_key,
        time_text(received_at),
        time_text(at),
        action,
        surface,
        *_answers(categories),
        _exceptions(partners),
        source.digests[version],
        language or "",
        defused(shown),
        defused(seen),
        *_signals(said),
        *_signals(headers),
        country or "",
        device or "",
        CLICKED_BY[trusted],
        defused(build),
        defused(variant),
        ref or "",
        YES_NO[salts is None],
        "" if place is None else str(place),
        leaf_hash.hex() if leaf_hash else "",
    ]


# Few distinct values stand in millions of events.
@lru_cache(maxsize=1024)
def _answers(categories: str) -> tuple[str, ...]:
    answers = json.loads(categories)
    return tuple(YES_NO[answers.get(name)] for name in OPTIONAL_CATEGORIES)


@lru_cache(maxsize=1024)
def _exceptions(partners: str) -> str:
    """The same in every database: they space JSON in their own ways."""
    return canonical_json(json.loads(partners)).decode()


@lru_cache(maxsize=64)
def _signals(signals: str) -> tuple[str, str]:
    said = json.loads(signals)
    return YES_NO[said.get("dnt")], YES_NO[said.get("gpc")]


def ndjson_lines(source: Source, rows: Sequence[tuple[Any, ...]]) -> str:
    return "".join([_line(source, values) for values in rows])


def _line(source: Source, values: tuple[Any, ...]) -> str:
    """The leaf byte for byte as it is hashed, and with it what opens its commitments."""
    row = row_of(source.site_key, source.digests, values)
    ref, country, language, device, client_time, salts = values[15:21]
    facts = (ref, country, language, device, None if client_time is None else time_text(client_time))
    place, leaf_hash = values[23], values[22]
    return (
        f'{{"ledger_index":{"null" if place is None else place}'
        f',"leaf_hash":{_hex(leaf_hash)},"leaf":{row.leaf().decode()}'
        f',"values":{_opened(facts) if salts is not None else "null"}'
        f',"salts":{_opened(_salts(salts)) if salts is not None else "null"}}}\n'
    )


def _hex(raw: bytes | None) -> str:
    return f'"{raw.hex()}"' if raw else "null"


def _salts(salts: bytes) -> list[str]:
    text = salts.hex()
    return [text[start : start + SALT] for start in range(0, len(text), SALT)]


def _opened(facts: Sequence[str | None]) -> str:
    pairs = zip(ConsentEvent.ERASABLE, facts, strict=True)
    return "{" + ",".join([f'"{name}":{"null" if fact is None else _quoted(fact)}' for name, fact in pairs]) + "}"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


# Excel reads UTF-8 only where it is told, so a CSV file begins with a byte order mark.
# ISO/IEC TS 27560 becomes a third row once there is a record of that form to write for each event.
FORMATS: Mapping[str, Format] = {
    "csv": Format("csv", "text/csv; charset=utf-8", "\ufeff" + ",".join(COLUMNS) + "\r\n", csv_lines),
    "ndjson": Format("ndjson", "application/x-ndjson", "", ndjson_lines),
}
