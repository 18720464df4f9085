"""Reading a ledger: its size, its tiles, its roots and proofs. A few rows each, however large it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import reduce
from operator import or_

from django.db.models import Q

from consent.ledger.merkle import Range, consistency_ranges, inclusion_ranges, perfect_subtrees, range_root
from consent.ledger.tiles import (
    HASH_BYTES,
    HEIGHT,
    WIDTH,
    Coordinate,
    GrowingTree,
    edge_of,
    is_within,
    node_in_tiles,
    tile_of,
)
from consent.models import Ledger, LedgerTile


def sealed_size(ledger: Ledger) -> int:
    """How many leaves the ledger has: one more than the last place given."""
    last = ledger.leaves.order_by("-ledger_index").values_list("ledger_index", flat=True).first()
    return 0 if last is None else last + 1


class LedgerReader:
    """One tree of a ledger, at a size; remembers the tiles that it has read."""

    def __init__(self, ledger: Ledger, size: int) -> None:
        self.ledger, self.size = ledger, size
        self._tiles: dict[tuple[int, int], bytes] = {}

    def tile(self, level: int, index: int) -> bytes:
        """The tile's hashes, as many as a tree of this size has. Empty outside of it."""
        if (level, index) not in self._tiles:
            self._tiles[level, index] = self._read(level, index)
        return self._tiles[level, index]

    def node(self, height: int, index: int) -> bytes:
        return node_in_tiles(height, index, self.tile)

    def root(self, size: int | None = None) -> bytes:
        return range_root(0, self.size if size is None else size, self.node)

    def inclusion_proof(self, index: int) -> list[bytes]:
        """RFC 6962 §2.1.1. Raises ValueError outside the tree."""
        return self._roots(inclusion_ranges(index, self.size))

    def consistency_proof(self, first: int) -> list[bytes]:
        """RFC 6962 §2.1.2, from a tree of `first` leaves to this one. Raises ValueError."""
        return self._roots(consistency_ranges(first, self.size))

    def growing_tree(self) -> GrowingTree:
        """The right edge, ready to take more leaves."""
        tree = GrowingTree(self.size)
        for part in edge_of(self.size):
            while len(tree.edge) <= part.level:
                tree.edge.append([])
            raw = self.tile(part.level, part.index)
            tree.edge[part.level] = [raw[at : at + HASH_BYTES] for at in range(0, len(raw), HASH_BYTES)]
        return tree

    def _roots(self, ranges: Sequence[Range]) -> list[bytes]:
        self._read_full({tile_of(*node) for each in ranges for node in perfect_subtrees(*each)} - self._tiles.keys())
        return [range_root(start, end, self.node) for start, end in ranges]

    def _read_full(self, wanted: Collection[tuple[int, int]]) -> None:
        """Those that are full, at once: a question each would take longer than all else in a proof."""
        full = [place for place in wanted if self._width(*place) == WIDTH]
        self._tiles |= {place: hashes for place, (hashes, _) in tiles_at(self.ledger, full).items()}

    def _width(self, level: int, index: int) -> int:
        return min(WIDTH, (self.size >> HEIGHT * level) - index * WIDTH)

    def _read(self, level: int, index: int) -> bytes:
        width = self._width(level, index)
        if width == WIDTH:
            return bytes(LedgerTile.objects.get(ledger=self.ledger, level=level, position=index).hashes)
        return b"".join(_partial(self.ledger, level, index * WIDTH, width))


def tiles_at(ledger: Ledger, places: Collection[tuple[int, int]]) -> dict[tuple[int, int], tuple[bytes, bytes]]:
    """The hashes and the root of full tiles by level and index, read at once. What is not there is left out."""
    if not places:
        return {}
    there = reduce(or_, [Q(level=level, position=index) for level, index in places])
    rows = LedgerTile.objects.filter(there, ledger=ledger).values_list("level", "position", "hashes", "root")
    return {(level, index): (bytes(hashes), bytes(root)) for level, index, hashes, root in rows}


def _partial(ledger: Ledger, level: int, start: int, width: int) -> list[bytes]:
    """Hashes of a tile that is not full: of leaves, or roots of the full tiles below."""
    if level == 0:
        leaves = ledger.leaves.filter(ledger_index__gte=start, ledger_index__lt=start + width)
        return [bytes(raw) for raw in leaves.order_by("ledger_index").values_list("leaf_hash", flat=True)]
    below = LedgerTile.objects.filter(ledger=ledger, level=level - 1, position__gte=start, position__lt=start + width)
    return [bytes(raw) for raw in below.order_by("position").values_list("root", flat=True)]


def published_tile(ledger: Ledger, tile: Coordinate) -> bytes | None:
    """A tile as others may fetch it: within what was signed; None for any other."""
    signed = ledger.checkpoints.first()
    if signed is None or not is_within(tile, signed.size):
        return None
    return LedgerReader(ledger, signed.size).tile(tile.level, tile.index)[: tile.width * HASH_BYTES]
