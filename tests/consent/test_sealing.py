"""The ledger over real events: sealed once each, proved, and any change of anything is found and named."""

from __future__ import annotations

import base64
import json
import threading
import time
import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import rfc8785
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from consent import append_only
from consent.commitments import commitments, value_text
from consent.grant_proof import ProofRules
from consent.ledger import leaf as leaf_rules
from consent.ledger.checkpoints import read_tree_head
from consent.ledger.merkle import root_from_inclusion, roots_from_consistency
from consent.ledger.notes import opened_note
from consent.models import (
    Checkpoint,
    ConsentEvent,
    Ledger,
    LedgerCheck,
    LedgerKey,
    LedgerLeaf,
    LedgerTile,
    UnsealedEvent,
)
from consent.models.event import insert_event
from consent.privacy_signals import Signals
from consent.reports.event_proof import proof_of
from consent.reports.evidence import Known, Row, evidence_of
from consent.reports.proofs import consistency_proof, inclusion_proof, verifier_keys
from consent.reports.verification import verify
from consent.services.erasure import erase_consent
from consent.services.recording import ReportedEvent, SeenByServer, consent_ref_of, record_event
from consent.services.retention import apply_retention, remove_contents
from consent.services.sealing import LedgerDamaged, seal_site
from consent.signatures import KeyFileError, is_signed_by, key_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from consent.models import Publication
    from cookies.models import Site

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
RULES = ProofRules(regimes={}, dnt_policy="honour", categories={}, for_sale=frozenset())


@pytest.fixture(autouse=True)
def _own_keys(settings: Any, tmp_path: Path) -> None:
    settings.LEDGER_KEYS = tmp_path / "keys"


@pytest.fixture
def record(published: Publication) -> Callable[..., uuid.UUID]:
    """Records an event and returns the consent id."""

    def one(now: datetime = NOW, **changes: Any) -> uuid.UUID:
        consent_id = uuid.uuid4()
        reported = ReportedEvent(
            event_id=uuid.uuid4(),
            consent_id=consent_id,
            action="save",
            surface="banner",
            categories={"performance": True, "functional": False, "targeting": False},
            partners={"chat": True},
            version_id=published.version_id,
            language="de",
            regime="eu",
            signals=Signals(gpc=True),
            client_time=now - timedelta(seconds=3),
            trusted=True,
            build='a "build" of ours, ümlaut',
        )
        record_event(
            site_id=published.site_id,
            reported=replace(reported, **changes),
            seen=SeenByServer(country="DE", device_class="phone", regime="eu"),
            rules=RULES,
            now=now,
        )
        return consent_id

    return one


def rows(site: Site) -> list[Row]:
    return list(evidence_of(Known(site.key), site.events.order_by("leaf__ledger_index")))


def sealed(site: Site, record: Callable[..., Any], count: int = 3) -> Ledger:
    for _ in range(count):
        record()
    seal_site(site=site, now=NOW)
    return Ledger.objects.get(site=site)


# --- The leaf --------------------------------------------------------------------------------------


def test_every_field_of_an_event_is_in_the_leaf_or_left_out_on_purpose() -> None:
    in_leaf = set(leaf_rules.COVERED) | set(ConsentEvent.ERASABLE)
    assert in_leaf | leaf_rules.EXCLUDED == {field.name for field in ConsentEvent._meta.concrete_fields}
    assert not in_leaf & leaf_rules.EXCLUDED
    assert leaf_rules.COMMITTED == ConsentEvent.ERASABLE


def test_leaf_is_canonical_and_says_what_the_row_says(published: Publication, record: Callable[..., Any]) -> None:
    record()
    raw = rows(published.site)[0].leaf
    leaf, event = json.loads(raw), ConsentEvent.objects.get()
    assert rfc8785.dumps(leaf) == raw
    assert set(leaf) == {*leaf_rules.COVERED, "format"}
    assert set(leaf["commitments"]) == set(ConsentEvent.ERASABLE)
    assert leaf["format"] == "consent-event-1"
    assert leaf["received_at"] == "2026-11-29T03:00:00.000000Z"
    assert (leaf["site"], leaf["version"]) == ("numonix", published.version.digest)
    assert (leaf["id"], leaf["event_id"]) == (str(event.id), str(event.event_id))
    for name in ("action", "surface", "categories", "partners", "signals", "signals_seen", "trusted", "build"):
        assert leaf[name] == getattr(event, name), name


# Databases leave out zeros at the end of a fraction, and a browser's clock has three digits.
@pytest.mark.parametrize("microseconds", [0, 1, 100_000, 120_000, 123_000, 123_400, 123_450, 123_456])
def test_times_are_written_the_same_whatever_their_fraction(
    microseconds: int, published: Publication, record: Callable[..., Any]
) -> None:
    received = NOW.replace(microsecond=microseconds)
    record(now=received, client_time=received - timedelta(hours=1))
    row, event = rows(published.site)[0], ConsentEvent.objects.get()
    assert json.loads(row.leaf)["received_at"] == value_text(received) == f"2026-11-29T03:00:00.{microseconds:06}Z"
    values = {field: getattr(event, field) for field in ConsentEvent.ERASABLE}
    assert event.client_time == received - timedelta(hours=1)
    assert row.commitments == commitments(ConsentEvent.ERASABLE, values, bytes(event.salts or b""))


def test_leaf_tells_nothing_that_may_have_to_be_erased(published: Publication, record: Callable[..., Any]) -> None:
    consent_id = record()
    raw = rows(published.site)[0].leaf.decode()
    for value in (str(consent_id), consent_ref_of(consent_id), '"DE"', '"de"', '"phone"', "02:59:57"):
        assert value not in raw


def test_erasing_leaves_the_leaf_as_it_was(published: Publication, record: Callable[..., Any]) -> None:
    consent_id = record()
    before = rows(published.site)[0].leaf
    erase_consent(site_id=published.site_id, consent_ref=consent_ref_of(consent_id))
    assert rows(published.site)[0].leaf == before


# --- Sealing ---------------------------------------------------------------------------------------


def erase(site: Site, events: list[ConsentEvent]) -> int:
    return erase_consent(site_id=site.pk, consent_ref=events[0].consent_ref or "")


def forget(site: Site, events: list[ConsentEvent]) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # A large table's rows are taken as they lie, a small one's by the index.
            cursor.execute("SET LOCAL enable_indexscan = off")
        return remove_contents([event.pk for event in events])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_sealed", [False, True], ids=["not sealed", "sealed"])
@pytest.mark.parametrize("work", [erase, forget])
def test_who_locks_several_records_locks_them_in_the_order_in_which_they_are_sealed(
    work: Callable[[Site, list[ConsentEvent]], int],
    is_sealed: bool,
    published: Publication,
    record: Callable[..., Any],
) -> None:
    """Two who lock the same rows from both ends wait for each other for ever, and PostgreSQL ends one with an error."""
    consent_id = uuid.uuid4()
    # The later one by its clock comes first, as another server's may: so they do not lie in the order of their ids.
    for minutes in (1, 0):
        record(now=NOW + timedelta(minutes=minutes), consent_id=consent_id)
        if is_sealed:
            seal_site(site=published.site, now=NOW)
    first, second = ConsentEvent.objects.order_by("id")
    is_locked, errors = threading.Event(), []

    def lock_slowly() -> None:
        try:
            with transaction.atomic():
                ConsentEvent.objects.select_for_update().get(pk=first.pk)
                is_locked.set()
                wait_for_a_lock()
                ConsentEvent.objects.select_for_update().get(pk=second.pk)
        except DatabaseError as error:
            errors.append(error)
        finally:
            connections.close_all()

    # SQLite has one writer and no row locks: there the two come one after the other.
    other = threading.Thread(target=lock_slowly)
    if connection.vendor == "postgresql":
        other.start()
        assert is_locked.wait(timeout=30)
    assert work(published.site, [second, first]) == 2
    if connection.vendor == "postgresql":
        other.join(timeout=30)
    assert errors == []


def wait_for_a_lock() -> None:
    """Until another connection waits for a row."""
    latest = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < latest:
            # Other workers test on the same server, in databases of their own.
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.01)
    raise TimeoutError("Nobody waits.")


def test_sealing_gives_every_event_one_place(published: Publication, record: Callable[..., Any]) -> None:
    ledger = sealed(published.site, record)
    assert set(published.site.events.values_list("leaf__ledger_index", flat=True)) == {0, 1, 2}
    head = read_tree_head(ledger.checkpoints.get().note.partition("\n\n")[0] + "\n")
    assert (head.origin, head.size) == ("localhost:8000/ledger/numonix", 3)
    assert verify(ledger).finding == ""


def test_sealing_again_changes_nothing(published: Publication, record: Callable[..., Any]) -> None:
    sealed(published.site, record)
    before = list(LedgerLeaf.objects.order_by("event_id").values_list())
    assert seal_site(site=published.site, now=NOW).count == 0
    assert list(LedgerLeaf.objects.order_by("event_id").values_list()) == before
    assert Checkpoint.objects.count() == 1


def test_event_committed_late_with_an_earlier_time_is_sealed(
    published: Publication, record: Callable[..., Any]
) -> None:
    ledger = sealed(published.site, record)
    record(now=NOW - timedelta(days=3))
    assert seal_site(site=published.site, now=NOW).count == 1
    assert verify(ledger).size == 4
    assert published.site.events.order_by("received_at").first().ledger_index == 3  # type: ignore[union-attr]


def test_website_without_events_gets_no_ledger(published: Publication) -> None:
    assert seal_site(site=published.site, now=NOW).checkpoint is None
    assert not Ledger.objects.exists()


def test_key_is_made_once_and_for_its_owner_only(
    published: Publication, record: Callable[..., Any], settings: Any
) -> None:
    sealed(published.site, record, 1)
    sealed(published.site, record, 1)
    key = LedgerKey.objects.get()
    path = key_file(settings.LEDGER_KEYS, key.fingerprint)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_lost_key_stops_signing_and_no_event_is_lost(
    published: Publication, record: Callable[..., Any], settings: Any
) -> None:
    ledger = sealed(published.site, record, 1)
    path = key_file(settings.LEDGER_KEYS, LedgerKey.objects.get().fingerprint)
    kept = path.read_bytes()
    path.unlink()
    record()
    with pytest.raises(KeyFileError, match="missing"):
        seal_site(site=published.site, now=NOW)
    path.write_bytes(kept)
    seal_site(site=published.site, now=NOW)
    assert (verify(ledger).size, verify(ledger).finding) == (2, "")


def test_flipped_byte_in_the_key_file_is_named(
    published: Publication, record: Callable[..., Any], settings: Any
) -> None:
    sealed(published.site, record, 1)
    path = key_file(settings.LEDGER_KEYS, LedgerKey.objects.get().fingerprint)
    raw = bytearray(path.read_bytes())
    raw[60] ^= 1
    path.write_bytes(bytes(raw))
    record()
    with pytest.raises(KeyFileError, match=path.name):
        seal_site(site=published.site, now=NOW)


def test_rotated_key_signs_and_the_old_one_stays(published: Publication, record: Callable[..., Any]) -> None:
    ledger = sealed(published.site, record, 1)
    call_command("rotate_ledger_key", verbosity=0)
    sealed(published.site, record, 1)
    old, new = ledger.checkpoints.order_by("size")
    assert old.key_id != new.key_id
    keys = verifier_keys(ledger)
    assert len(keys) == 2
    for checkpoint in (old, new):
        assert opened_note(checkpoint.note, keys=keys, check=is_signed_by)
    assert verify(ledger).finding == ""


def test_origin_outlives_a_change_of_address(published: Publication, record: Callable[..., Any], settings: Any) -> None:
    sealed(published.site, record, 1)
    settings.PUBLIC_URL = "https://elsewhere.example"
    ledger = sealed(published.site, record, 1)
    assert {note.split("\n")[0] for note in ledger.checkpoints.values_list("note", flat=True)} == {
        "localhost:8000/ledger/numonix"
    }


def test_sealer_that_dies_leaves_whole_batches(
    published: Publication, record: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(10):
        record()
    original, calls = LedgerTile.objects.bulk_create, []

    def die(tiles: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return original(tiles)

    monkeypatch.setattr(LedgerTile.objects, "bulk_create", die)
    with pytest.raises(KeyboardInterrupt):
        seal_site(site=published.site, now=NOW, batch=3)
    assert UnsealedEvent.objects.filter(site=published.site).count() == 4
    monkeypatch.undo()
    assert seal_site(site=published.site, now=NOW).count == 4
    assert (verify(Ledger.objects.get()).size, verify(Ledger.objects.get()).finding) == (10, "")


# --- Proofs ----------------------------------------------------------------------------------------


def check_proofs(ledger: Ledger) -> None:
    heads = [checkpoint.size for checkpoint in ledger.checkpoints.all()]
    keys = verifier_keys(ledger)
    for size in heads:
        for index in {0, size // 2, size - 1}:
            proof = inclusion_proof(ledger, index=index, size=size)
            head = read_tree_head(opened_note(proof["checkpoint"], keys=keys, check=is_signed_by))
            steps = [base64.b64decode(step) for step in proof["proof"]]
            leaf = base64.b64decode(proof["leaf_hash"])
            assert root_from_inclusion(leaf=leaf, index=index, size=size, proof=steps) == head.root
        for first in heads:
            if first <= size:
                found = consistency_proof(ledger, first=first, size=size)
                steps = [base64.b64decode(step) for step in found["proof"]]
                old = bytes(ledger.checkpoints.get(size=first).root)
                new = bytes(ledger.checkpoints.get(size=size).root)
                assert roots_from_consistency(first=first, second=size, first_root=old, proof=steps) == (old, new)


STEPS = ["append", "append", "append", "seal", "erase", "retain"]


@hypothesis_settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(STEPS), min_size=1, max_size=14), st.data())
def test_any_history_is_proved_and_any_change_is_found(
    published: Publication, record: Callable[..., Any], history: list[str], data: st.DataObject
) -> None:
    with transaction.atomic():
        people: list[uuid.UUID] = []
        for at, step in enumerate([*history, "append", "seal"]):
            if step == "append":
                people.append(record())
            elif step == "seal":
                seal_site(site=published.site, now=NOW, batch=2)
            elif step == "retain":
                # Everything has expired by then; it runs once a day.
                apply_retention(site=published.site, now=NOW + timedelta(days=1000 + at))
            elif people:
                erase_consent(site_id=published.site_id, consent_ref=consent_ref_of(people[0]))
        ledger = Ledger.objects.get(site=published.site)
        assert (verify(ledger).size, verify(ledger).finding) == (published.site.events.count(), "")
        check_proofs(ledger)
        tamper(*data.draw(st.sampled_from(TAMPERING)), place=data.draw(st.integers(0, verify(ledger).size - 1)))
        assert verify(ledger).finding
        transaction.set_rollback(True)


# --- Tampering -------------------------------------------------------------------------------------

EVENTS, LEAVES, TILES, CHECKPOINTS, KEYS, WAITING = (
    model._meta.db_table for model in (ConsentEvent, LedgerLeaf, LedgerTile, Checkpoint, LedgerKey, UnsealedEvent)
)
# Of the leaf; all else is the event's.
SEALED = {"leaf_hash", "commitments", "ledger_index", "ledger_id"}
TAMPERING = [
    ("action", "'withdraw'"),
    ("surface", "'api'"),
    ("build", "'another'"),
    ("variant", "'b'"),
    ("regime_shown", "'gb'"),
    ("regime_seen", "'gb'"),
    ("received_at", "'2026-11-29 03:00:01'"),
    ("categories", """'{"strictly_necessary": true, "performance": false, "functional": false, "targeting": false}'"""),
    ("partners", "'{}'"),
    ("signals", """'{"dnt": true, "gpc": true}'"""),
    ("signals_seen", """'{"dnt": true, "gpc": true}'"""),
    ("trusted", "NULL"),
    ("leaf_hash", "commitments"),
    ("commitments", "leaf_hash"),
    ("ledger_index", "ledger_index + 1000"),
]


def tamper(column: str, value: str, *, place: int = 0) -> None:
    """As somebody who owns the database could: without the triggers."""
    if column in SEALED:
        execute(f"UPDATE {LEAVES} SET {column} = {value} WHERE ledger_index = {place}")
    else:
        execute(f"UPDATE {EVENTS} SET {column} = {value} WHERE id = {event_at(place)}")


def event_at(place: int) -> str:
    return f"(SELECT event_id FROM {LEAVES} WHERE ledger_index = {place})"


def execute(*statements: str) -> None:
    for model in append_only.guarded_models():
        append_only.lift(connection, model)
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize(("column", "value"), TAMPERING, ids=[column for column, _ in TAMPERING])
def test_changed_field_is_found_and_named(
    published: Publication, record: Callable[..., Any], column: str, value: str
) -> None:
    ledger = sealed(published.site, record)
    tamper(column, value, place=1)
    finding = verify(ledger).finding
    assert finding.startswith("Leaf 1")


@pytest.mark.parametrize("column", ConsentEvent.ERASABLE)
def test_changed_value_behind_a_commitment_is_found(
    published: Publication, record: Callable[..., Any], column: str
) -> None:
    ledger = sealed(published.site, record)
    value = "'2026-01-01 00:00:00'" if column == "client_time" else "'x'"
    tamper(column, value, place=2)
    assert verify(ledger).finding.startswith("Leaf 2: a value or a salt of event ")


def test_deleted_row_is_found(published: Publication, record: Callable[..., Any]) -> None:
    ledger = sealed(published.site, record)
    gone = LedgerLeaf.objects.get(ledger_index=1).event_id
    execute(f"DELETE FROM {EVENTS} WHERE id = {event_at(1)}")
    assert verify(ledger).finding == f"Leaf 1: event {gone} is missing."
    execute(f"DELETE FROM {LEAVES} WHERE ledger_index = 1")
    assert verify(ledger).finding.startswith("Leaf 1 is missing. The next that is there is leaf 2, event ")


def test_deleted_last_event_is_found(published: Publication, record: Callable[..., Any]) -> None:
    ledger = sealed(published.site, record)
    gone = LedgerLeaf.objects.get(ledger_index=2).event_id
    execute(f"DELETE FROM {EVENTS} WHERE id = {event_at(2)}")
    assert verify(ledger).finding == f"Leaf 2: event {gone} is missing."


def test_event_that_was_given_to_another_website_is_found(
    published: Publication, record: Callable[..., Any], mallory_site: Site
) -> None:
    """The leaf names the website; it is asked of the ledger, and would stay what it was."""
    ledger = sealed(published.site, record)
    tamper("site_id", str(mallory_site.pk), place=1)
    assert verify(ledger).finding.startswith("Leaf 1: event ")


def test_event_that_nobody_would_ever_seal_is_found(published: Publication, record: Callable[..., Any]) -> None:
    ledger = sealed(published.site, record)
    record()
    waiting = UnsealedEvent.objects.get()
    assert verify(ledger).finding == ""
    execute(f"DELETE FROM {WAITING}")
    words = f"4 events were recorded, of which event {waiting.event_id} is neither sealed nor waits to be."
    assert verify(ledger).finding == words


def test_event_that_waited_to_be_sealed_and_is_gone_is_found(
    published: Publication, record: Callable[..., Any]
) -> None:
    ledger = sealed(published.site, record)
    record()
    gone = UnsealedEvent.objects.get().event_id
    execute(f"DELETE FROM {EVENTS} WHERE id = (SELECT event_id FROM {WAITING})")
    assert verify(ledger).finding == f"Event {gone} waits to be sealed, and is missing."


def test_deleted_last_leaf_is_found_and_nothing_is_sealed_over_it(
    published: Publication, record: Callable[..., Any]
) -> None:
    ledger = sealed(published.site, record)
    execute(f"DELETE FROM {EVENTS} WHERE id = {event_at(2)}", f"DELETE FROM {LEAVES} WHERE ledger_index = 2")
    assert verify(ledger).finding == "Leaves are missing: 3 were signed, 2 are there."
    record()
    with pytest.raises(LedgerDamaged, match="3 leaves were signed, 2 are there"):
        seal_site(site=published.site, now=NOW)


def test_swapped_rows_are_found(published: Publication, record: Callable[..., Any]) -> None:
    ledger = sealed(published.site, record)
    execute(
        f"UPDATE {LEAVES} SET ledger_index = 9 WHERE ledger_index = 0",
        f"UPDATE {LEAVES} SET ledger_index = 0 WHERE ledger_index = 1",
        f"UPDATE {LEAVES} SET ledger_index = 1 WHERE ledger_index = 9",
    )
    assert "another root than the leaves give: one of the leaves 0 to 2" in verify(ledger).finding


def test_row_that_was_put_between_is_found(published: Publication, record: Callable[..., Any]) -> None:
    ledger = sealed(published.site, record)
    record()
    row = next(row for row in rows(published.site) if row.place is None)
    execute(f"UPDATE {LEAVES} SET ledger_index = 3 WHERE ledger_index = 2", f"DELETE FROM {WAITING}")
    LedgerLeaf.objects.create(
        event_id=row.id, ledger=ledger, ledger_index=2, leaf_hash=row.leaf_hash(), commitments=row.commitments
    )
    assert "another root than the leaves give" in verify(ledger).finding


def test_changed_tiles_are_found(published: Publication, record: Callable[..., Any]) -> None:
    ledger = sealed(published.site, record, 257)
    assert LedgerTile.objects.count() == 1
    findings = {"hashes": "Tile 0/0 holds another hash at place 0.", "root": "Tile 0/0 says another root"}
    for column, words in findings.items():
        with transaction.atomic():
            execute(f"UPDATE {TILES} SET {column} = {blob(b'x' * 32)}")
            assert verify(ledger).finding.startswith(words)
            transaction.set_rollback(True)
    execute(f"DELETE FROM {TILES}")
    assert verify(ledger).finding == "Tile 0/0 is missing."


def test_nothing_is_sealed_over_a_missing_tile(published: Publication, record: Callable[..., Any]) -> None:
    sealed(published.site, record, 257)
    execute(f"DELETE FROM {TILES}")
    record()
    with pytest.raises(LedgerDamaged, match="Run verify_ledger"):
        seal_site(site=published.site, now=NOW)


def broken() -> dict[str, str]:
    """What a flipped byte can make of a value: something that is none. PostgreSQL refuses all but the first itself."""
    everywhere = {"a salt cut short": f"salts = {blob(b'x')}"}
    if connection.vendor == "postgresql":
        return everywhere
    return {
        **everywhere,
        "a map that is none": """categories = '{"strictly_necessary": true'""",
        "a text that is none": "build = CAST(X'ff' AS TEXT)",
        "a truth that is none": "trusted = 2",
    }


def blob(raw: bytes) -> str:
    return f"X'{raw.hex()}'" if connection.vendor == "sqlite" else f"'\\x{raw.hex()}'::bytea"


def test_changed_checkpoints_and_keys_are_found(published: Publication, record: Callable[..., Any]) -> None:
    ledger = sealed(published.site, record)
    changes = {
        f"UPDATE {CHECKPOINTS} SET note = REPLACE(note, '3', '4')": "The checkpoint at 3 is not signed by key",
        f"UPDATE {CHECKPOINTS} SET root = {blob(b'x' * 32)}": "The checkpoint at 3 says something else than its row",
        f"UPDATE {CHECKPOINTS} SET size = 2": "The checkpoint at 2 says something else than its row",
        f"UPDATE {KEYS} SET public_key = {blob(b'x' * 32)}": "Public key",
        f"UPDATE {KEYS} SET fingerprint = 'x'": "Public key x is not the one",
    }
    for statement, words in changes.items():
        with transaction.atomic():
            execute(statement)
            assert verify(ledger).finding.startswith(words), statement
            transaction.set_rollback(True)
    assert verify(ledger).finding == ""


@pytest.mark.parametrize("what", broken())
def test_value_that_can_no_longer_be_read_is_found(
    published: Publication, record: Callable[..., Any], what: str
) -> None:
    ledger = sealed(published.site, record)
    if connection.vendor == "sqlite":
        execute("PRAGMA ignore_check_constraints = ON")
    tamper(*broken()[what].split(" = ", 1), place=1)
    finding = verify(ledger).finding
    assert finding.startswith("Leaf ")
    assert "can't be read" in finding


def test_event_whose_version_is_gone_is_named(published: Publication, record: Callable[..., Any]) -> None:
    ledger = sealed(published.site, record)
    event = LedgerLeaf.objects.get(ledger_index=1).event_id
    with transaction.atomic():
        tamper("version_id", "4711", place=1)
        assert verify(ledger).finding == f"Event {event} names a version that is missing."
        assert proof_of(published.site.events.get(pk=event)).holds is False
        transaction.set_rollback(True)


def test_changed_commitments_of_what_was_erased_before_it_was_sealed_are_found(
    published: Publication, record: Callable[..., Any]
) -> None:
    """They stand twice: with the event, and with its leaf."""
    consent_id = record()
    erase_consent(site_id=published.site_id, consent_ref=consent_ref_of(consent_id))
    ledger = sealed(published.site, record)
    assert verify(ledger).finding == ""
    place = ConsentEvent.objects.get(salts=None).ledger_index
    for table, key in ((EVENTS, "id"), (LEAVES, "event_id")):
        with transaction.atomic():
            execute(f"UPDATE {table} SET commitments = {blob(b'x' * 160)} WHERE {key} = {event_at(place or 0)}")
            assert verify(ledger).finding.startswith(f"Leaf {place}: a value or a salt of event ")
            transaction.set_rollback(True)


@pytest.mark.parametrize("stored", [b"x" * 32, b"x" * 192])
def test_commitments_that_are_too_few_or_too_many_are_found(
    published: Publication, record: Callable[..., Any], stored: bytes
) -> None:
    """Of an erased event nothing else is left to compare them with."""
    ledger = sealed(published.site, record)
    event = published.site.events.get(leaf__ledger_index=1)
    erase_consent(site_id=published.site_id, consent_ref=str(event.consent_ref))
    assert verify(ledger).finding == ""
    tamper("commitments", blob(stored), place=1)
    assert verify(ledger).finding == "Leaf 1 can't be read: a part of its event is not of its kind."
    assert proof_of(published.site.events.get(leaf__ledger_index=1)).holds is False


# --- Commands --------------------------------------------------------------------------------------


def test_verify_ledger_keeps_that_it_looked(
    published: Publication, record: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    sealed(published.site, record)
    call_command("verify_ledger")
    assert "3 leaves, everything agrees." in capsys.readouterr().out
    assert LedgerCheck.objects.get().finding == ""


def test_verify_ledger_names_the_difference_and_fails(
    published: Publication, record: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    sealed(published.site, record)
    tamper("action", "'withdraw'", place=1)
    with pytest.raises(CommandError, match="does not agree"):
        call_command("verify_ledger", site="numonix")
    assert "Leaf 1: event " in capsys.readouterr().out
    assert LedgerCheck.objects.get().finding.startswith("Leaf 1")


def test_maintain_seals_and_says_so_once(
    published: Publication, record: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    record()
    call_command("maintain")
    assert "numonix: 1 events were sealed." in capsys.readouterr().out
    call_command("maintain")
    assert capsys.readouterr().out == ""


def test_maintain_says_what_went_wrong_and_fails(published: Publication, record: Callable[..., Any]) -> None:
    sealed(published.site, record)
    execute(f"DELETE FROM {LEAVES} WHERE ledger_index = 2")
    record()
    with pytest.raises(CommandError, match="Something went wrong"):
        call_command("maintain", verbosity=0)


def test_website_that_can_not_be_sealed_keeps_no_other_from_it(
    published: Publication,
    record: Callable[..., Any],
    mallory_site: Site,
    capsys: pytest.CaptureFixture[str],
    settings: Any,
    tmp_path: Path,
) -> None:
    record()
    insert_event(facts_of(ConsentEvent.objects.get(), site_id=mallory_site.pk))
    execute(f"UPDATE {EVENTS} SET salts = NULL WHERE site_id = {published.site_id}")
    # Not a folder: nothing can be copied into it either.
    settings.CHECKPOINT_FOLDER = str(tmp_path / "file")
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="Something went wrong"):
        call_command("maintain")
    told = capsys.readouterr()
    assert "numonix: not everything was sealed and signed. Event" in told.err
    assert f"{mallory_site.key}: 1 events were sealed." in told.out
    assert "it could not be copied" in told.err


def facts_of(event: ConsentEvent, **changes: Any) -> dict[str, Any]:
    facts = {field.attname: getattr(event, field.attname) for field in ConsentEvent._meta.concrete_fields}
    return {**facts, "id": uuid.uuid4(), "event_id": uuid.uuid4(), **changes}


def test_checkpoints_are_copied_once_a_day(
    published: Publication, record: Callable[..., Any], settings: Any, tmp_path: Path, mailoutbox: list[Any]
) -> None:
    settings.CHECKPOINT_FOLDER, settings.CHECKPOINT_MAIL = str(tmp_path), ["auditor@example.com"]
    record()
    call_command("maintain", verbosity=0)
    note = Checkpoint.objects.get().note
    files = list((tmp_path / "numonix").iterdir())
    assert [file.read_text(encoding="utf-8") for file in files] == [note]
    record()
    call_command("maintain", verbosity=0)
    assert len(mailoutbox) == 1
    assert (mailoutbox[0].body, mailoutbox[0].to) == (note, ["auditor@example.com"])
    assert files[0].read_text(encoding="utf-8") == note


def test_ledger_proof_prints_proofs(
    published: Publication, record: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    sealed(published.site, record)
    call_command("ledger_proof", "numonix", leaf=1)
    assert json.loads(capsys.readouterr().out)["index"] == 1
    call_command("ledger_proof", "numonix", since=3)
    assert json.loads(capsys.readouterr().out)["proof"] == []
    for wrong in ({"leaf": 3}, {"since": 4}, {"leaf": 0, "size": 2}, {}, {"leaf": 0, "since": 1}):
        with pytest.raises(CommandError):
            call_command("ledger_proof", "numonix", **wrong)
