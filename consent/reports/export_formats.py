"""An event as one line of a file. A format is a row in FORMATS: its head, its line, and how a file ends in a name."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import uuid4

from consent.models import ConsentEvent, NoticeVersion
from consent.payload import canonical_json
from consent.receipts.others import iso_27560
from consent.reports.evidence import COMMITMENTS, OWN_COMMITMENTS, SALTS, Known, row_of, time_text, uuid_text
from consent.reports.receipts import addresses_of
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
# Records that differ in nothing but who and when.
MOST_HELD = 1000
OPENED = "{" + ",".join([f'"{name}":%s' for name in ConsentEvent.ERASABLE]) + "}"


@dataclass(frozen=True)
class Source(Known):
    """And what lines have in common besides."""

    payloads: dict[int, Any] = field(default_factory=dict)
    records: dict[tuple[Any, ...], Sequence[str]] = field(default_factory=dict)

    def payload(self, version_id: int) -> Any:
        """What was shown. Few versions stand in millions of events."""
        if version_id not in self.payloads:
            raw = NoticeVersion.objects.values_list("payload", flat=True).get(pk=version_id)
            self.payloads[version_id] = json.loads(bytes(raw))
        return self.payloads[version_id]


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
    (trusted, build, variant, version, ref, country, language, device, at, salts, *_, leaf_hash, place) = values[11:]
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
    ref, country, language, device, client_time, salts, *_, leaf_hash, place = values[15:]
    facts = (_text(ref), _quoted(country), _quoted(language), _quoted(device), _text(time_text(client_time)))
    return (
        f'{{"ledger_index":{"null" if place is None else place},"leaf_hash":{_text(leaf_hash and leaf_hash.hex())}'
        f',"leaf":{_leaf(source, values).decode()}'
        f',"values":{"null" if salts is None else OPENED % facts}'
        f',"salts":{"null" if salts is None else OPENED % _salts(salts)}}}\n'
    )


def _leaf(source: Source, values: tuple[Any, ...]) -> bytes:
    """As it was sealed: with the commitments that are stored, where there are any."""
    if values[COMMITMENTS] is not None or values[OWN_COMMITMENTS] is not None:
        values = (*values[:SALTS], None, *values[SALTS + 1 :])
    return row_of(source, values).leaf


def iso_lines(source: Source, rows: Sequence[tuple[Any, ...]]) -> str:
    return "".join([_record(source, values) for values in rows])


def _record(source: Source, values: tuple[Any, ...]) -> str:
    """A consent record after ISO/IEC TS 27560; what was erased is empty in it."""
    # Few of these stand in millions of events, and a record is the longest of all lines.
    alike = (values[14], values[17] or "", *values[3:8])
    before, between, then, after = source.records.get(alike) or _record_around(source, alike)
    return f"{before}{uuid_text(values[1])}{between}{time_text(values[2])}{then}{values[15] or ''}{after}"


def _record_around(source: Source, alike: tuple[Any, ...]) -> Sequence[str]:
    """The record's text before, between and after what each event has of its own, by names that nobody else uses."""
    version, language, action, surface, categories, partners, regime = alike
    event_id, received_at, consent_ref = (uuid4().hex for _ in range(3))
    record = iso_27560(
        leaf={
            "event_id": event_id,
            "received_at": received_at,
            "action": action,
            "surface": surface,
            "categories": json.loads(categories),
            "partners": json.loads(partners),
            "regime_shown": regime,
            "version": source.digests[version],
        },
        values={"consent_ref": consent_ref, "language": language},
        payload=source.payload(version),
        addresses=addresses_of(source.site_key, source.digests[version]),
    )
    before, rest = _line_of(record).split(event_id)
    between, rest = rest.split(received_at)
    if len(source.records) == MOST_HELD:
        source.records.clear()
    source.records[alike] = (before, between, *rest.split(consent_ref))
    return source.records[alike]


def _line_of(record: dict[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n"


def _salts(salts: bytes) -> tuple[str, ...]:
    text = salts.hex()
    return tuple([f'"{text[start : start + SALT]}"' for start in range(0, len(text), SALT)])


def _text(plain: str | None) -> str:
    """Of what holds neither quotes nor letters that JSON would write in another way: hashes, times."""
    return f'"{plain}"' if plain else "null"


@lru_cache(maxsize=1024)
def _quoted(text: str | None) -> str:
    return json.dumps(text, ensure_ascii=False)


# Excel reads UTF-8 only where it is told, so a CSV file begins with a byte order mark.
FORMATS: Mapping[str, Format] = {
    "csv": Format("csv", "text/csv; charset=utf-8", "\ufeff" + ",".join(COLUMNS) + "\r\n", csv_lines),
    "27560": Format("jsonl", "application/x-ndjson", "", iso_lines),
    "ndjson": Format("ndjson", "application/x-ndjson", "", ndjson_lines),
}
