"""Exports: what they hold, that nothing half is ever offered, and that who took one is known."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError

from consent.append_only import EvidenceIsFinal
from consent.commitments import commitments
from consent.grant_proof import ProofRules
from consent.ledger.merkle import leaf_hash
from consent.models import ConsentEvent, Export, ExportProgress, ExportTaken
from consent.payload import canonical_json
from consent.privacy_signals import Signals
from consent.reports import exports as reading
from consent.reports.events import EventSearch
from consent.reports.receipts import receipt_of
from consent.services import exports
from consent.services.erasure import erase_consent
from consent.services.exports import ExportGone, ask_export, make_export, open_export
from consent.services.maintaining import maintain
from consent.services.recording import ReportedEvent, SeenByServer, record_event
from consent.services.sealing import seal_site

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from consent.models import Publication
    from cookies.models import Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
RULES = ProofRules(regimes={}, dnt_policy="honour", categories={}, for_sale=frozenset())


@pytest.fixture(autouse=True)
def _own_folders(settings: Any, tmp_path: Path) -> None:
    settings.LEDGER_KEYS, settings.EXPORTS_FOLDER = tmp_path / "keys", tmp_path / "exports"


@pytest.fixture
def record(published: Publication) -> Callable[..., ConsentEvent]:
    def one(now: datetime = NOW, **changes: Any) -> ConsentEvent:
        reported = ReportedEvent(
            event_id=uuid.uuid4(),
            consent_id=uuid.uuid4(),
            action="save",
            surface="banner",
            categories={"performance": True, "functional": False, "targeting": False},
            partners={"chat": True},
            version_id=published.version_id,
            language="de",
            regime="eu",
            signals=Signals(gpc=True),
            client_time=now,
            trusted=True,
        )
        reported = replace(reported, **changes)
        seen = SeenByServer(country="DE", device_class="phone", regime="eu")
        record_event(site_id=published.site_id, reported=reported, seen=seen, rules=RULES, now=now)
        return ConsentEvent.objects.get(event_id=reported.event_id)

    return one


def taken(site: Site, form: str = "csv", search: EventSearch | None = None) -> str:
    """The text of an export, made now."""
    export = ask_export(site=site, form=form, search=search or EventSearch(), by="ada", now=NOW)
    assert make_export(export=export)
    return file_of(export)


def file_of(export: Export) -> str:
    _, file = open_export(export=export, by="ada", now=NOW)
    with file:
        return file.read().decode("utf-8-sig")


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_csv_says_what_the_rows_say(site: Site, record: Callable[..., ConsentEvent]) -> None:
    event = record()
    seal_site(site=site, now=NOW)
    event.refresh_from_db()
    (row,) = table(taken(site))
    assert row == {
        "id": str(event.id),
        "receipt": str(event.event_id),
        "website": "numonix",
        "received_at": "2026-11-29T03:00:00.000000Z",
        "client_time": "2026-11-29T03:00:00.000000Z",
        "action": "save",
        "surface": "banner",
        "performance": "yes",
        "functional": "no",
        "targeting": "no",
        "partners": '{"chat":true}',
        "version": event.version.digest,
        "language": "de",
        "regime_shown": "eu",
        "regime_seen": "eu",
        "dnt": "no",
        "gpc": "yes",
        "dnt_seen": "no",
        "gpc_seen": "no",
        "country": "DE",
        "device_class": "phone",
        "clicked_by": "person",
        "build": "",
        "variant": "",
        "visitor": event.consent_ref,
        "erased": "no",
        "ledger_index": "0",
        "leaf_hash": bytes(event.leaf.leaf_hash).hex(),
    }


def test_spreadsheet_is_given_no_formula(site: Site, record: Callable[..., ConsentEvent]) -> None:
    record(build='=cmd|"/c calc"!A1', variant="@SUM(A1)")
    (row,) = table(taken(site))
    assert row["build"] == '\'=cmd|"/c calc"!A1'
    assert row["variant"] == "'@SUM(A1)"


def test_ndjson_can_be_checked_against_the_ledger(site: Site, record: Callable[..., ConsentEvent]) -> None:
    for _ in range(3):
        record()
    seal_site(site=site, now=NOW)
    erase_consent(site_id=site.pk, consent_ref=str(ConsentEvent.objects.get(leaf__ledger_index=1).consent_ref))
    lines = [json.loads(line) for line in taken(site, "ndjson").splitlines()]
    assert [line["ledger_index"] for line in lines] == [0, 1, 2]
    for line in lines:
        assert leaf_hash(canonical_json(line["leaf"])).hex() == line["leaf_hash"]
    assert (lines[1]["values"], lines[1]["salts"]) == (None, None)
    # The values open the commitments that stand in the leaf.
    values, salts = lines[0]["values"], [bytes.fromhex(lines[0]["salts"][name]) for name in ConsentEvent.ERASABLE]
    opened = commitments(ConsentEvent.ERASABLE, values, b"".join(salts))
    committed = [lines[0]["leaf"]["commitments"][name] for name in ConsentEvent.ERASABLE]
    assert opened.hex() == "".join(committed)
    assert values["country"] == "DE"


def test_records_after_iso_27560_say_the_same(site: Site, record: Callable[..., ConsentEvent]) -> None:
    event, erased = record(NOW - timedelta(seconds=1)), record()
    erase_consent(site_id=site.pk, consent_ref=str(erased.consent_ref))
    first, second = (json.loads(line) for line in taken(site, "27560").splitlines())
    assert first["dpv:hasIdentifier"] == str(event.event_id)
    assert first["dpv:hasDataSubject"]["dpv:hasIdentifier"] == event.consent_ref
    assert first["dpv:hasNotice"]["dpv:hasIdentifier"] == event.version.digest
    assert second["dpv:hasIdentifier"] == str(erased.event_id)
    assert second["dpv:hasDataSubject"]["dpv:hasIdentifier"] == ""


def test_each_record_after_iso_27560_is_its_receipt(site: Site, record: Callable[..., ConsentEvent]) -> None:
    """Lines that are much alike are written from one text: what differs must not be that of another."""
    changes: list[dict[str, Any]] = [
        {},
        {},
        {"language": "en"},
        {"partners": {}},
        {"partners": {"chat": False}},
        {"regime": "ch"},
        {"action": "withdraw", "categories": {"performance": False, "functional": False, "targeting": False}},
    ]
    events = [record(NOW - timedelta(minutes=9 - at), **change) for at, change in enumerate(changes)]
    lines = [json.loads(line) for line in taken(site, "27560").splitlines()]
    assert lines == [
        receipt_of(site_key=site.key, consent_ref=str(event.consent_ref), event_id=event.event_id, form="27560")
        for event in events
    ]


def test_erased_record_is_exported_as_erased(site: Site, record: Callable[..., ConsentEvent]) -> None:
    event = record()
    erase_consent(site_id=site.pk, consent_ref=str(event.consent_ref))
    (row,) = table(taken(site))
    assert (row["erased"], row["visitor"], row["country"]) == ("yes", "", "")


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        (EventSearch(), ["save", "withdraw", "save"]),
        (EventSearch(action="withdraw"), ["withdraw"]),
        (EventSearch(first=NOW.date()), ["save"]),
        (EventSearch(last=NOW.date() - timedelta(days=1)), ["save", "withdraw"]),
        (EventSearch(regime="ch"), ["withdraw"]),
        (EventSearch(version=1), ["save", "withdraw", "save"]),
        (EventSearch(version=2), []),
    ],
)
def test_export_holds_what_was_asked_for(
    site: Site, record: Callable[..., ConsentEvent], search: EventSearch, expected: list[str]
) -> None:
    record(NOW - timedelta(days=2))
    record(NOW - timedelta(days=1), action="withdraw", regime="ch")
    record()
    assert [row["action"] for row in table(taken(site, search=search))] == expected


def test_export_goes_chunk_by_chunk_and_ends_where_it_was_asked_for(
    site: Site, record: Callable[..., ConsentEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Several in one moment: the ids part them.
    events = [record(NOW - timedelta(seconds=second)) for second in (3, 2, 2, 2, 1)]
    record(NOW + timedelta(seconds=1))
    monkeypatch.setattr(reading.export_chunks, "__kwdefaults__", {"size": 2})
    assert {row["id"] for row in table(taken(site))} == {str(event.id) for event in events}


def test_only_the_website_itself_is_exported(
    site: Site, mallory_site: Site, record: Callable[..., ConsentEvent]
) -> None:
    record()
    assert table(taken(mallory_site)) == []


def test_manifest_says_what_the_file_is(site: Site, record: Callable[..., ConsentEvent]) -> None:
    for _ in range(3):
        record()
    checkpoint = seal_site(site=site, now=NOW).checkpoint
    record()
    export = ask_export(site=site, form="csv", search=EventSearch(action="save"), by="ada", now=NOW)
    manifest = make_export(export=export)
    assert manifest
    assert checkpoint
    path, file = open_export(export=export, by="ada", now=NOW)
    file.close()
    raw = path.read_bytes()
    assert manifest == {
        "website": "numonix",
        "format": "csv",
        "search": {"action": "save"},
        "until": NOW.isoformat(),
        "count": 4,
        "sealed": 3,
        "first_ledger_index": 0,
        "last_ledger_index": 2,
        "bytes": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "checkpoint": checkpoint.note,
        "file": path.name,
    }
    assert base64.b64encode(bytes(checkpoint.root)).decode() in manifest["checkpoint"]
    assert path.stat().st_mode & 0o077 == 0


def test_short_export_is_made_at_once_and_a_long_one_by_maintain(
    site: Site,
    record: Callable[..., ConsentEvent],
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    for _ in range(3):
        record()
    with django_capture_on_commit_callbacks(execute=True):
        short = ask_export(site=site, form="csv", search=EventSearch(), by="ada", now=NOW)
    short.refresh_from_db()
    assert short.manifest
    monkeypatch.setattr(exports, "MOST_AT_ONCE", 2)
    with django_capture_on_commit_callbacks(execute=True):
        long = ask_export(site=site, form="csv", search=EventSearch(), by="ada", now=NOW)
    with pytest.raises(ExportGone):
        open_export(export=long, by="ada", now=NOW)
    assert any("3 events were written" in done.text for done in maintain(now=NOW))
    assert len(table(file_of(long))) == 3
    assert (long.progress.written, long.progress.expected) == (3, 3)


def test_export_whose_writer_was_killed_starts_again_and_nothing_half_is_offered(
    site: Site, record: Callable[..., ConsentEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        record()
    export = ask_export(site=site, form="csv", search=EventSearch(), by="ada", now=NOW)
    chunks = reading.export_chunks

    def killed(*args: Any, **kwargs: Any) -> Any:
        yield next(chunks(*args, **{**kwargs, "size": 2}))
        raise SystemExit

    monkeypatch.setattr(exports, "export_chunks", killed)
    with pytest.raises(SystemExit):
        make_export(export=export, clock=lambda: NOW)
    monkeypatch.undo()
    with pytest.raises(ExportGone):
        open_export(export=export, by="ada", now=NOW)
    assert ExportProgress.objects.get().written == 2
    # Its writer may still live: nobody takes it up for a while.
    assert make_export(export=export, clock=lambda: NOW) is None
    assert not exports.waiting_exports(now=NOW)
    later = NOW + timedelta(minutes=3)
    assert list(exports.waiting_exports(now=later)) == [export]
    manifest = make_export(export=export, clock=lambda: later)
    assert manifest
    assert [path.name for path in exports.exports_folder().iterdir()] == [manifest["file"]]
    assert len(table(file_of(export))) == 5


def test_writer_that_was_overtaken_gives_up(
    site: Site, record: Callable[..., ConsentEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    record()
    export = ask_export(site=site, form="csv", search=EventSearch(), by="ada", now=NOW)
    chunks = reading.export_chunks

    def slow(*args: Any, **kwargs: Any) -> Any:
        ExportProgress.objects.update(worker="another")
        yield from chunks(*args, **kwargs)

    monkeypatch.setattr(exports, "export_chunks", slow)
    assert make_export(export=export) is None
    assert list(exports.exports_folder().iterdir()) == []


def test_full_disk_is_said_and_tried_again(
    site: Site, record: Callable[..., ConsentEvent], monkeypatch: pytest.MonkeyPatch
) -> None:
    record()
    export = ask_export(site=site, form="csv", search=EventSearch(), by="ada", now=NOW)

    def full(*args: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(exports, "_add", full)
    assert any(done.failed and "No space left" in done.text for done in maintain(now=NOW))
    assert ExportProgress.objects.get().failure == "No space left on device"
    assert list(exports.exports_folder().iterdir()) == []
    monkeypatch.undo()
    assert make_export(export=export)
    assert ExportProgress.objects.get().failure == ""


def test_export_is_removed_when_its_time_is_over_and_who_took_it_stays_known(
    site: Site, record: Callable[..., ConsentEvent]
) -> None:
    record()
    export = ask_export(site=site, form="csv", search=EventSearch(), by="ada", now=NOW)
    make_export(export=export, clock=lambda: NOW)
    file_of(export)
    with pytest.raises(ExportGone):
        open_export(export=export, by="ada", now=NOW + timedelta(days=7))
    assert any("1 exports were removed" in done.text for done in maintain(now=NOW + timedelta(days=7)))
    assert list(exports.exports_folder().iterdir()) == []
    export.refresh_from_db()
    assert export.removed_at
    assert export.manifest
    assert [(row.taken_by, row.taken_at) for row in ExportTaken.objects.all()] == [("ada", NOW)]
    with pytest.raises(EvidenceIsFinal):
        ExportTaken.objects.all().delete()


def test_too_many_exports_at_once_are_refused(site: Site) -> None:
    for _ in range(exports.MOST_WAITING):
        ask_export(site=site, form="csv", search=EventSearch(), by="ada", now=NOW)
    with pytest.raises(ValidationError, match="still being written"):
        ask_export(site=site, form="csv", search=EventSearch(), by="ada", now=NOW)
