"""Sealing: events get a place in the ledger, in batches, and the ledger gets a signed checkpoint.

Recording never waits for it, and it never waits long for recording: leaves are made outside the transaction, which then
holds the lock for one batch. Two sealers may run at once; who comes second begins again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection, transaction

from consent.garbage import loaded_is_spared
from consent.ledger.checkpoints import TreeHead
from consent.ledger.notes import VerifierKey, signed_note
from consent.ledger.tiles import FullTile, GrowingTree
from consent.models import Checkpoint, ConsentEvent, Ledger, LedgerTile
from consent.reports.evidence import Row, evidence_of
from consent.reports.ledger import LedgerReader, sealed_size
from consent.services.ledger_keys import signing_key
from cookies.models import Site

BATCH = 1024
TABLE = ConsentEvent._meta.db_table


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
def seal_site(*, site: Site, now: datetime, batch: int = BATCH) -> Sealed:
    """Seal what is not yet sealed, whatever its time, and sign how the ledger then stands.

    Raises LedgerDamaged, EvidenceMissing or ValueError for an event that can't be read, KeyFileError and OSError where
    the signing key can't be. What was sealed before stays sealed; the next run goes on.
    """
    unsealed = ConsentEvent.objects.filter(site=site, ledger_index=None)
    if not unsealed.exists() and not Ledger.objects.filter(site=site).exists():
        return Sealed(0, None)
    ledger, _ = Ledger.objects.get_or_create(site=site, defaults={"origin": origin_of(site), "created_at": now})
    count = _seal_all(site, ledger, batch)
    return Sealed(count, sign_checkpoint(ledger=ledger, now=now))


def origin_of(site: Site) -> str:
    """The name of a new ledger. It is stored, and never made again."""
    return f"{urlsplit(settings.PUBLIC_URL).netloc}/ledger/{site.key}"


def _seal_all(site: Site, ledger: Ledger, batch: int) -> int:
    digests: dict[int, str] = {}
    tree, count = None, 0
    while True:
        rows = list(
            evidence_of(
                site_key=site.key,
                digests=digests,
                events=ConsentEvent.objects.filter(site=site, ledger_index=None).order_by("id")[:batch],
            )
        )
        if not rows:
            return count
        tree = tree or _checked_tree(ledger)
        try:
            _seal_batch(ledger, tree, rows)
            count += len(rows)
        except _Overtaken:
            tree = None


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


def _seal_batch(ledger: Ledger, tree: GrowingTree, rows: Sequence[Row]) -> None:
    start, hashes = tree.size, [row.leaf_hash() for row in rows]
    tiles = tree.extend(hashes)
    sealed = [
        (row.evidence.commitments, leaf, start + at, row.id)
        for at, (row, leaf) in enumerate(zip(rows, hashes, strict=True))
    ]
    with transaction.atomic():
        Ledger.objects.select_for_update().get(pk=ledger.pk)
        if sealed_size(ledger) != start or _write(sealed) != len(sealed):
            raise _Overtaken
        LedgerTile.objects.bulk_create(_tile_row(ledger, tile) for tile in tiles)


def _tile_row(ledger: Ledger, tile: FullTile) -> LedgerTile:
    return LedgerTile(ledger=ledger, level=tile.level, position=tile.index, hashes=tile.hashes, root=tile.root)


def _write(sealed: Sequence[tuple[bytes, bytes, int, str]]) -> int:
    """Write a batch's commitments, leaf hashes and places. Returns how many rows took them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # One statement with four arrays: a statement a row would spend its time on the way.
            columns = [list(column) for column in zip(*sealed, strict=True)]
            cursor.execute(
                f"UPDATE {TABLE} "
                "SET commitments = new.commitments, leaf_hash = new.leaf_hash, ledger_index = new.place "
                "FROM unnest(%s::bytea[], %s::bytea[], %s::bigint[], %s::uuid[]) "
                "AS new (commitments, leaf_hash, place, id) "
                f"WHERE {TABLE}.id = new.id AND {TABLE}.ledger_index IS NULL",
                columns,
            )
        else:
            cursor.executemany(
                f"UPDATE {TABLE} SET commitments = %s, leaf_hash = %s, ledger_index = %s "
                "WHERE id = %s AND ledger_index IS NULL",
                sealed,
            )
        return int(cursor.rowcount)


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
