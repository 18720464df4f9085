"""The tree in tiles of 256 hashes (C2SP tlog-tiles): which exist, what they are called, how they grow. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from consent.ledger.merkle import EMPTY_ROOT, folded, perfect_subtrees, root_of

WIDTH = 256
HEIGHT = 8
HASH_BYTES = 32
# <N>: groups of three digits, all but the last marked with an x; the first is zero only when it is alone.
PATH = re.compile(
    r"(?P<level>0|[1-9][0-9]?)/(?P<groups>(?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True)
class Coordinate:
    """A tile's place: level 0 holds leaf hashes, each hash of a level above is the root of a full tile below."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        digits = f"{self.index:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[at : at + 3] for at in range(0, len(digits), 3)]
        number = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
        return f"{self.level}/{number}" + ("" if self.width == WIDTH else f".p/{self.width}")


def read_path(path: str) -> Coordinate | None:
    """The coordinate that a path names; None for a path that no tile has."""
    found = PATH.fullmatch(path)
    if not found:
        return None
    width = int(found["width"]) if found["width"] else WIDTH
    tile = Coordinate(int(found["level"]), int(found["groups"].replace("x", "").replace("/", "")), width)
    is_one_spelling = tile.path == path and tile.level < 64
    return tile if is_one_spelling and (width < WIDTH or not found["width"]) else None


def is_within(tile: Coordinate, size: int) -> bool:
    """Whether a tree of this size has all the hashes of the tile."""
    return tile.index * WIDTH + tile.width <= size >> HEIGHT * tile.level


def edge_of(size: int) -> list[Coordinate]:
    """The partial tiles of a tree, the lowest first; a level that ends with a full tile has none of its own."""
    levels = max(1, -(-size.bit_length() // HEIGHT))
    counts = [size >> HEIGHT * level for level in range(levels)]
    return [Coordinate(level, count // WIDTH, count % WIDTH) for level, count in enumerate(counts) if count % WIDTH]


@dataclass(frozen=True)
class FullTile:
    """256 hashes, and the hash over them that stands in the level above."""

    level: int
    index: int
    hashes: bytes
    root: bytes


@dataclass
class GrowingTree:
    """A tree of which only the right edge is held: at most 255 hashes a level, however large it is."""

    size: int = 0
    edge: list[list[bytes]] = field(default_factory=list)

    def append(self, leaf: bytes) -> list[FullTile]:
        """Add a leaf hash. Returns the tiles that it filled (hardly ever one)."""
        self.size += 1
        filled: list[FullTile] = []
        level, entry = 0, leaf
        while True:
            if level == len(self.edge):
                self.edge.append([])
            row = self.edge[level]
            row.append(entry)
            if len(row) < WIDTH:
                return filled
            entry = root_of(row)
            filled.append(FullTile(level, (self.size >> HEIGHT * (level + 1)) - 1, b"".join(row), entry))
            row.clear()
            level += 1

    def extend(self, leaves: Sequence[bytes]) -> list[FullTile]:
        """Add many, as far as the lowest tile goes at a time: what `append` does, for less."""
        filled: list[FullTile] = []
        at = 0
        while at < len(leaves):
            room = WIDTH - 1 - self.size % WIDTH
            part = leaves[at : at + room]
            if part:
                if not self.edge:
                    self.edge.append([])
                self.edge[0].extend(part)
                self.size += len(part)
                at += len(part)
            if at < len(leaves):
                filled += self.append(leaves[at])
                at += 1
        return filled

    def root(self) -> bytes:
        if not self.size:
            return EMPTY_ROOT
        return folded([hash_ for row in reversed(self.edge) for hash_ in _perfect_roots(row)])


def _perfect_roots(row: list[bytes]) -> Iterator[bytes]:
    for height, index in perfect_subtrees(0, len(row)):
        yield root_of(row[index << height : (index + 1) << height])


def tile_of(height: int, index: int) -> tuple[int, int]:
    """The level and the index of the tile that holds a perfect subtree."""
    level, inner = divmod(height, HEIGHT)
    return level, (index << inner) // WIDTH


def node_in_tiles(height: int, index: int, tile: Callable[[int, int], bytes]) -> bytes:
    """A perfect subtree's hash, from the one tile that holds it. `tile(level, index)` gives the hashes that stand."""
    inner = height % HEIGHT
    first = index << inner
    hashes = tile(*tile_of(height, index))
    start = first % WIDTH
    row = [hashes[at * HASH_BYTES : (at + 1) * HASH_BYTES] for at in range(start, start + (1 << inner))]
    return root_of(row)
