"""Recomputing a whole ledger: events → leaves → tiles → roots → signatures, and every checkpoint on the way.

Reads in order and holds a few stretches and the tree's right edge, so that memory does not grow with the ledger. The
leaves of a large one are recomputed by several processes; the tree itself by this one.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice

from django.db import DatabaseError, connection

from consent.garbage import loaded_is_spared
from consent.ledger.checkpoints import TreeHead, read_tree_head
from consent.ledger.notes import NoteError, VerifierKey, opened_note
from consent.ledger.tiles import HASH_BYTES, WIDTH, FullTile, GrowingTree
from consent.models import Checkpoint, ConsentEvent, Ledger, LedgerKey, LedgerTile
from consent.reports.evidence import EvidenceMissing, Known, Row, evidence_of, uuid_text
from consent.reports.ledger import sealed_size, tiles_at
from consent.sharing_work import WORTH_SHARING, helping_processes
from consent.signatures import fingerprint_of, is_signed_by
from consent.waiting import EVENTS, FORGOTTEN, LEAVES, WAITING

STRETCH = 4096
# Stretches that wait for an earlier one, in memory.
MOST_AHEAD = 32
LOST = f"SELECT event_id FROM {WAITING} waiting WHERE NOT EXISTS (SELECT 1 FROM {EVENTS} WHERE id = waiting.event_id)"
COUNTED = (
    f"SELECT (SELECT count(*) FROM {EVENTS} WHERE site_id = %(site)s), "
    f"(SELECT count(*) FROM {LEAVES} WHERE ledger_id = %(ledger)s), "
    f"(SELECT count(*) FROM {WAITING} waiting WHERE site_id = %(site)s "
    f"AND NOT EXISTS (SELECT 1 FROM {LEAVES} WHERE event_id = waiting.event_id))"
)


class Difference(Exception):
    """The first thing that is not as it should be, in words."""


@dataclass(frozen=True)
class Verified:
    """How many leaves were recomputed, and what was found; an empty finding says that everything agrees."""

    size: int
    finding: str = ""


@dataclass(frozen=True)
class Stretch:
    """The hashes of consecutive leaves, up to the first that differs, and the difference in words."""

    hashes: list[bytes]
    difference: str = ""


@loaded_is_spared()
def verify(ledger: Ledger, *, processes: int | None = None) -> Verified:
    """Recompute everything that was sealed when this began. Changes nothing.

    `processes`: how many share the work, this one among them; None for as many as there are cores, where the ledger is
    worth it.
    """
    processes = processes or (os.cpu_count() or 1 if sealed_size(ledger) >= WORTH_SHARING else 1)
    tree = GrowingTree()
    with helping_processes(processes - 1) as pool:
        try:
            _check_keys()
            # Before the leaves are counted: a sealer may go on while we work, and adds to what we have read only.
            checkpoints = ledger.checkpoints.order_by("size").select_related("key").iterator(chunk_size=STRETCH)
            first = list(islice(checkpoints, 1))
            stretches = _stretches(ledger, sealed_size(ledger), pool, processes - 1)
            _check_tree(ledger, tree, chain(first, checkpoints), stretches)
        except Difference as difference:
            return Verified(tree.size, str(difference))
    return Verified(tree.size)


def _check_tree(
    ledger: Ledger, tree: GrowingTree, checkpoints: Iterator[Checkpoint], stretches: Iterator[Stretch]
) -> None:
    coming = next(checkpoints, None)
    good = 0
    for stretch in stretches:
        hashes = stretch.hashes
        while hashes:
            # Up to the next checkpoint, since its root is the tree's at that very size.
            part = hashes[: coming.size - tree.size] if coming else hashes
            hashes = hashes[len(part) :]
            _check_tiles(ledger, tree.extend(part))
            while coming and coming.size == tree.size:
                _check_checkpoint(ledger, coming, tree.root(), good)
                good, coming = coming.size, next(checkpoints, None)
        if stretch.difference:
            raise Difference(stretch.difference)
    if coming:
        raise Difference(f"Leaves are missing: {coming.size} were signed, {tree.size} are there.")
    _check_number_of_tiles(ledger, tree.size)
    _check_queue(ledger)


def _stretches(ledger: Ledger, size: int, pool: ProcessPoolExecutor | None, count: int) -> Iterator[Stretch]:
    """In order. Other processes take what they can; where it would have to wait, this one goes on with the next."""
    starts = iter(range(0, size, STRETCH))
    if pool is None:
        yield from (check_leaves(ledger.pk, each, size) for each in starts)
        return
    coming: deque[Future[Stretch] | Stretch] = deque()
    while True:
        asked = sum(isinstance(each, Future) and not each.done() for each in coming)
        for each in islice(starts, max(0, 2 * count - asked)):
            coming.append(pool.submit(check_leaves, ledger.pk, each, size))
        if not coming:
            return
        if _is_there(coming[0]) or len(coming) >= MOST_AHEAD or (start := next(starts, None)) is None:
            first = coming.popleft()
            yield first if isinstance(first, Stretch) else first.result()
        else:
            coming.append(check_leaves(ledger.pk, start, size))


def _is_there(coming: Future[Stretch] | Stretch) -> bool:
    return isinstance(coming, Stretch) or coming.done()


def check_leaves(ledger_id: int, start: int, size: int) -> Stretch:
    """Recompute the leaves from `start` on, a stretch of them, of the first `size`."""
    ledger = Ledger.objects.select_related("site").get(pk=ledger_id)
    end = min(start + STRETCH, size)
    # Of this website: its key stands in the leaf, and would not tell that the event has been given to another.
    events = ConsentEvent.objects.filter(
        site_id=ledger.site_id, leaf__ledger=ledger, leaf__ledger_index__gte=start, leaf__ledger_index__lt=end
    )
    hashes: list[bytes] = []
    try:
        for row in evidence_of(Known(ledger.site.key), events.order_by("leaf__ledger_index")):
            hashes.append(_checked_hash(ledger, row, start + len(hashes)))
    except (Difference, EvidenceMissing) as difference:
        return Stretch(hashes, str(difference))
    except ValueError:
        return Stretch(hashes, f"Leaf {start + len(hashes)} can't be read: a part of its event is not of its kind.")
    except DatabaseError:
        # Rows come in bundles, and a text that is none stops the whole bundle.
        return Stretch(hashes, f"Leaf {start + len(hashes)} or one of the next hundred can't be read by the database.")
    return Stretch(hashes, "" if start + len(hashes) == end else _missing(ledger, start + len(hashes)))


def _missing(ledger: Ledger, place: int) -> str:
    """What is said of a place that should have an event, and has none."""
    leaf = ledger.leaves.filter(ledger_index__gte=place).order_by("ledger_index").first()
    if leaf and leaf.ledger_index == place:
        return f"Leaf {place}: event {leaf.event_id} is missing."
    there = f" The next that is there is leaf {leaf.ledger_index}, event {leaf.event_id}." if leaf else ""
    return f"Leaf {place} is missing.{there}"


def _checked_hash(ledger: Ledger, row: Row, place: int) -> bytes:
    if row.place != place:
        raise Difference(_missing(ledger, place))
    if row.stored_commitments != row.commitments or row.own_commitments not in (None, row.commitments):
        raise Difference(f"Leaf {place}: a value or a salt of event {uuid_text(row.id)} is not what was committed to.")
    computed = row.leaf_hash()
    if row.stored_leaf_hash != computed:
        raise Difference(
            f"Leaf {place}: event {uuid_text(row.id)} is not what was sealed, or its leaf hash was changed."
        )
    return computed


def _check_tiles(ledger: Ledger, tiles: Sequence[FullTile]) -> None:
    stored = tiles_at(ledger, [(tile.level, tile.index) for tile in tiles])
    for tile in tiles:
        name = f"Tile {tile.level}/{tile.index}"
        if (tile.level, tile.index) not in stored:
            raise Difference(f"{name} is missing.")
        hashes, root = stored[tile.level, tile.index]
        if hashes != tile.hashes:
            raise Difference(f"{name} holds another hash at place {_first_unlike(hashes, tile.hashes)}.")
        if root != tile.root:
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


def _check_queue(ledger: Ledger) -> None:
    """What is not sealed waits to be. Counted in one look at the database: whatever is recorded or sealed meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute(f"{LOST} AND site_id = %s LIMIT 1", [ledger.site_id])
        if lost := cursor.fetchone():
            raise Difference(f"Event {uuid_text(str(lost[0]))} waits to be sealed, and is missing.")
        cursor.execute(COUNTED, {"site": ledger.site_id, "ledger": ledger.pk})
        events, leaves, waiting = cursor.fetchone()
        if events == leaves + waiting:
            return
        cursor.execute(f"{FORGOTTEN.format(columns='event.id')} AND event.site_id = %s LIMIT 1", [ledger.site_id])
        forgotten = cursor.fetchone()
    name = f"event {uuid_text(str(forgotten[0]))}" if forgotten else "one"
    raise Difference(f"{events} events were recorded, of which {name} is neither sealed nor waits to be.")


def _check_keys() -> None:
    for key in LedgerKey.objects.order_by("id"):
        if fingerprint_of(bytes(key.public_key)) != key.fingerprint:
            raise Difference(f"Public key {key} is not the one that it is named after.")
