"""Recomputing a whole ledger: events → leaves → tiles → roots → signatures, and every checkpoint on the way.

Reads in order and holds one chunk and the tree's right edge, so that memory does not grow with the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from consent.ledger.checkpoints import TreeHead, read_tree_head
from consent.ledger.notes import NoteError, VerifierKey, opened_note
from consent.ledger.tiles import HASH_BYTES, WIDTH, FullTile, GrowingTree
from consent.models import Checkpoint, ConsentEvent, Ledger, LedgerKey, LedgerTile
from consent.reports.evidence import EvidenceMissing, Row, evidence_of
from consent.signatures import fingerprint_of, is_signed_by

CHUNK = 4096


class Difference(Exception):
    """The first thing that is not as it should be, in words."""


@dataclass(frozen=True)
class Verified:
    """How many leaves were recomputed, and what was found; an empty finding says that everything agrees."""

    size: int
    finding: str = ""


def verify(ledger: Ledger) -> Verified:
    """Recompute everything that was sealed when this began. Changes nothing."""
    # Read first: a sealer may go on while we work, and adds to what we have read only.
    checkpoints = ledger.checkpoints.order_by("size").select_related("key").iterator(chunk_size=CHUNK)
    tree = GrowingTree()
    try:
        _check_keys()
        _check_tree(ledger, tree, checkpoints)
    except (Difference, EvidenceMissing) as difference:
        return Verified(tree.size, str(difference))
    return Verified(tree.size)


def _check_tree(ledger: Ledger, tree: GrowingTree, checkpoints: Iterator[Checkpoint]) -> None:
    coming = next(checkpoints, None)
    good = 0
    for row in _rows(ledger):
        _check_row(row, tree.size)
        for tile in tree.append(row.stored_leaf_hash or b""):
            _check_tile(ledger, tile)
        while coming and coming.size == tree.size:
            _check_checkpoint(ledger, coming, tree.root(), good)
            good, coming = coming.size, next(checkpoints, None)
    if coming:
        raise Difference(f"Leaves are missing: {coming.size} were signed, {tree.size} are there.")
    _check_number_of_tiles(ledger, tree.size)


def _rows(ledger: Ledger) -> Iterator[Row]:
    digests: dict[int, str] = {}
    events = ConsentEvent.objects.filter(site_id=ledger.site_id).order_by("ledger_index")
    start = 0
    while True:
        chunk = events.filter(ledger_index__gte=start)[:CHUNK]
        row = None
        for row in evidence_of(site_key=ledger.site.key, digests=digests, events=chunk):
            yield row
        if row is None or row.place is None:
            return
        start = row.place + 1


def _check_row(row: Row, place: int) -> None:
    if row.place != place:
        raise Difference(
            f"Leaf {place} is missing. The next that is there is leaf {row.place}, event {row.evidence.id}."
        )
    if row.stored_commitments != row.evidence.commitments:
        raise Difference(f"Leaf {place}: a value or a salt of event {row.evidence.id} is not what was committed to.")
    if row.stored_leaf_hash != row.leaf_hash():
        raise Difference(f"Leaf {place}: event {row.evidence.id} is not what was sealed, or its leaf hash was changed.")


def _check_tile(ledger: Ledger, tile: FullTile) -> None:
    name = f"Tile {tile.level}/{tile.index}"
    stored = LedgerTile.objects.filter(ledger=ledger, level=tile.level, position=tile.index).first()
    if stored is None:
        raise Difference(f"{name} is missing.")
    if bytes(stored.hashes) != tile.hashes:
        raise Difference(f"{name} holds another hash at place {_first_unlike(bytes(stored.hashes), tile.hashes)}.")
    if bytes(stored.root) != tile.root:
        raise Difference(f"{name} says another root than its hashes give.")


def _first_unlike(stored: bytes, computed: bytes) -> int:
    for at in range(0, len(computed), HASH_BYTES):
        if stored[at : at + HASH_BYTES] != computed[at : at + HASH_BYTES]:
            return at // HASH_BYTES
    return WIDTH


def _check_checkpoint(ledger: Ledger, checkpoint: Checkpoint, root: bytes, good: int) -> None:
    name = f"The checkpoint at {checkpoint.size}"
    key = VerifierKey(ledger.origin, bytes(checkpoint.key.public_key))
    try:
        text = opened_note(checkpoint.note, keys=[key], check=is_signed_by)
        head = read_tree_head(text)
    except NoteError as error:
        raise Difference(f"{name} is not signed by key {checkpoint.key}. {error}") from None
    if head != TreeHead(ledger.origin, checkpoint.size, bytes(checkpoint.root)):
        raise Difference(f"{name} says something else than its row: {head.origin}, {head.size} leaves.")
    if head.root != root:
        raise Difference(
            f"{name} has another root than the leaves give: one of the leaves {good} to {checkpoint.size - 1} is not "
            "the one that was signed."
        )


def _check_number_of_tiles(ledger: Ledger, size: int) -> None:
    expected, count = 0, size // WIDTH
    while count:
        expected, count = expected + count, count // WIDTH
    stored = LedgerTile.objects.filter(ledger=ledger).count()
    if stored > expected:
        raise Difference(f"There are {stored} full tiles, and a ledger of {size} leaves has {expected}.")


def _check_keys() -> None:
    for key in LedgerKey.objects.order_by("id"):
        if fingerprint_of(bytes(key.public_key)) != key.fingerprint:
            raise Difference(f"Public key {key} is not the one that it is named after.")
