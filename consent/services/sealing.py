"""Sealing: events get a place in the ledger, in batches, and the ledger gets a signed checkpoint.

Recording never waits for it, and it never waits long for recording: leaves are made outside the transaction, which then
holds the lock for one batch. Two sealers may run at once; who comes second begins again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from consent.garbage import loaded_is_spared
from consent.ledger.checkpoints import TreeHead
from consent.ledger.notes import VerifierKey, signed_note
from consent.ledger.tiles import HASH_BYTES, FullTile, GrowingTree
from consent.models import Checkpoint, ConsentEvent, Ledger, LedgerLeaf, LedgerTile, UnsealedEvent
from consent.reports.evidence import Known, evidence_of
from consent.reports.ledger import LedgerReader, sealed_size
from consent.reports.reading_ahead import read_ahead
from consent.services.ledger_keys import signing_key
from cookies.models import Site

# SQLite lets nobody else write during a batch. On PostgreSQL nobody waits, and a larger one has fewer ways to go.
BATCH = {"sqlite": 1024, "postgresql": 4096}
WORSE_WAYS = ("bitmapscan", "seqscan", "sort", "hashjoin", "mergejoin")
# How a database takes a list of ids with their places, and a row's part of a long string.
GIVEN = {
    "sqlite": ("SELECT value AS id, key AS at FROM json_each(%s)", "substr(%s, new.at * {width} + 1, {width})"),
    "postgresql": (
        "SELECT id, (place - 1)::integer AS at FROM unnest(%s::uuid[]) WITH ORDINALITY given (id, place)",
        "substring(%s::bytea FROM new.at * {width} + 1 FOR {width})",
    ),
}
AMONG = {"sqlite": "IN (SELECT value FROM json_each(%s))", "postgresql": "= ANY(%s::uuid[])"}
FIRST = UUID(int=0).hex
LEAVES, WAITING = LedgerLeaf._meta.db_table, UnsealedEvent._meta.db_table


# An event's commitments, its leaf hash, and its id as the database writes it.
_Leaf = tuple[bytes, bytes, str]


class LedgerDamaged(Exception):
    """What is stored does not go with what was signed. Nothing is sealed on top of it."""


class _Overtaken(Exception):
    """Another sealer was faster."""


@dataclass(frozen=True)
class Sealed:
    """What one run did on a website."""

    count: int
    checkpoint: Checkpoint | None


@loaded_is_spared()
def seal_site(*, site: Site, now: datetime, batch: int | None = None) -> Sealed:
    """Seal what is not yet sealed, whatever its time, and sign how the ledger then stands.

    `batch`: how many events at once; None for what suits the database.

    Raises LedgerDamaged, EvidenceMissing or ValueError for an event that can't be read, KeyFileError and OSError where
    the signing key can't be. What was sealed before stays sealed; the next run goes on.
    """
    waiting = UnsealedEvent.objects.filter(site=site)
    if not waiting.exists() and not Ledger.objects.filter(site=site).exists():
        return Sealed(0, None)
    ledger, _ = Ledger.objects.get_or_create(site=site, defaults={"origin": origin_of(site), "created_at": now})
    count = _seal_all(site, ledger, batch or BATCH[connection.vendor])
    return Sealed(count, sign_checkpoint(ledger=ledger, now=now))


def origin_of(site: Site) -> str:
    """The name of a new ledger. It is stored, and never made again."""
    return f"{urlsplit(settings.PUBLIC_URL).netloc}/ledger/{site.key}"


def _seal_all(site: Site, ledger: Ledger, batch: int) -> int:
    tree, count, found = None, 0, True
    while found:
        # From the beginning again until nothing is left: ids are by the clock, and another server's may be behind.
        found = False
        with read_ahead(_unsealed(site, batch)) as batches:
            for leaves in batches:
                found = True
                tree = tree or _checked_tree(ledger)
                try:
                    _seal_batch(ledger, tree, leaves)
                    count += len(leaves)
                except _Overtaken:
                    tree = None
                    break
    return count


def _unsealed(site: Site, batch: int) -> Iterator[list[_Leaf]]:
    known, edge = Known(site.key), FIRST
    while True:
        # Beyond what was just read: a database that keeps old versions of rows would step over all of them each time.
        waiting = UnsealedEvent.objects.filter(site=site, event_id__gt=edge).order_by("event_id").values("event_id")
        events = ConsentEvent.objects.filter(pk__in=waiting[:batch]).order_by()
        with _only_by_keys():
            leaves = [(row.commitments, row.leaf_hash(), row.id) for row in evidence_of(known, events)]
        if not leaves:
            return
        leaves.sort(key=itemgetter(2))
        edge = leaves[-1][2]
        yield leaves


def _checked_tree(ledger: Ledger) -> GrowingTree:
    """The tree's right edge. Raises LedgerDamaged where fewer leaves stand than were signed for, or others."""
    size, signed = sealed_size(ledger), ledger.checkpoints.first()
    if signed and size < signed.size:
        raise LedgerDamaged(f"{ledger}: {signed.size} leaves were signed, {size} are there. Run verify_ledger.")
    reader = LedgerReader(ledger, size)
    try:
        return _grown(reader, signed)
    except LedgerTile.DoesNotExist:
        raise LedgerDamaged(f"{ledger}: a tile is missing. Run verify_ledger.") from None


def _grown(reader: LedgerReader, signed: Checkpoint | None) -> GrowingTree:
    if signed and reader.root(signed.size) != bytes(signed.root):
        raise LedgerDamaged(
            f"{signed.ledger}: the leaves are not those that were signed at {signed.size}. Run verify_ledger."
        )
    return reader.growing_tree()


def _seal_batch(ledger: Ledger, tree: GrowingTree, leaves: Sequence[_Leaf]) -> None:
    start = tree.size
    tiles = tree.extend([leaf for _, leaf, _ in leaves])
    with transaction.atomic():
        Ledger.objects.select_for_update().get(pk=ledger.pk)
        if sealed_size(ledger) != start or _taken(ledger, leaves) != len(leaves):
            raise _Overtaken
        _write(ledger, leaves, start)
        LedgerTile.objects.bulk_create(_tile_row(ledger, tile) for tile in tiles)


def _tile_row(ledger: Ledger, tile: FullTile) -> LedgerTile:
    return LedgerTile(ledger=ledger, level=tile.level, position=tile.index, hashes=tile.hashes, root=tile.root)


@contextmanager
def _only_by_keys() -> Iterator[None]:
    """PostgreSQL expects a handful of rows in the queue, whatever is there, and would go through all of it."""
    if connection.vendor != "postgresql":
        yield
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("; ".join(f"SET LOCAL enable_{way} = off" for way in WORSE_WAYS))
        yield


def _taken(ledger: Ledger, leaves: Sequence[_Leaf]) -> int:
    """Take these out of the queue. Returns how many were still in it."""
    with _only_by_keys(), connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {WAITING} WHERE site_id = %s AND event_id {AMONG[connection.vendor]}",
            [ledger.site_id, _as_list([id_ for *_, id_ in leaves])],
        )
        return int(cursor.rowcount)


def _write(ledger: Ledger, leaves: Sequence[_Leaf], start: int) -> None:
    """Write a batch's leaves, with the places from `start` on.

    One statement: a statement a row would spend its time on the way, and a value a row in the driver. The rows' bytes
    go over as two long strings, of which each row takes its part.
    """
    commitments, hashes, ids = zip(*leaves, strict=True)
    width = len(commitments[0])
    given, part = GIVEN[connection.vendor]
    commitment, leaf_hash = part.format(width=width), part.format(width=HASH_BYTES)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {LEAVES} (event_id, ledger_id, ledger_index, leaf_hash, commitments) "
            f"SELECT new.id, %s, %s + new.at, {leaf_hash}, {commitment} FROM ({given}) new",
            [ledger.pk, start, b"".join(hashes), b"".join(commitments), _as_list(ids)],
        )


def _as_list(ids: Sequence[str]) -> str:
    return f"{{{','.join(ids)}}}" if connection.vendor == "postgresql" else json.dumps(ids)


@transaction.atomic
def sign_checkpoint(*, ledger: Ledger, now: datetime) -> Checkpoint | None:
    """Sign how the ledger stands; the checkpoint that stands already where nothing was added; None for no leaves.

    Raises LedgerDamaged rather than sign what does not go on from what was signed before.
    """
    Ledger.objects.select_for_update().get(pk=ledger.pk)
    size, before = sealed_size(ledger), ledger.checkpoints.first()
    if not size or (before and before.size == size):
        return before
    head = TreeHead(ledger.origin, size, _checked_tree(ledger).root())
    key, private = signing_key(now=now)
    name = VerifierKey(ledger.origin, bytes(key.public_key))
    note = signed_note(head.text, key=name, sign=private.sign)
    return Checkpoint.objects.create(ledger=ledger, size=size, root=head.root, note=note, key=key, signed_at=now)
