"""Which cells of a table stay hidden, so that no small group is told, not by subtraction either. Pure.

A table has rows (days, languages, …), each divided into the same parts (accepted, refused, …). Told are also the sum of
each row, the sum of each part, and the sum of all. The rule:

1. Rows of fewer than FEWEST people are told together, with the next smallest until they are enough.
2. A cell of fewer than FEWEST is hidden.
3. Others are hidden with it until no hidden cell follows from sums: what is hidden in one line adds up to FEWEST or
   more, and each hidden cell lies on a closed path of hidden cells, along which it could be more or less (a hidden cell
   is determined by the sums of a two-way table exactly if it is a bridge of the graph of rows and columns).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from consent.rates import FEWEST

Parts = tuple[int, ...]
Cell = tuple[int, int]
# ("row" or "part", its number)
Node = tuple[str, int]


def gather(sizes: Sequence[int]) -> frozenset[int]:
    """The rows that are told together: none, or two or more of FEWEST people in all; all where all are too few."""
    smallest = sorted(range(len(sizes)), key=lambda at: (sizes[at], at))
    together = [at for at in smallest if sizes[at] < FEWEST]
    for at in smallest[len(together) :]:
        if not together or sum(sizes[row] for row in together) >= FEWEST:
            break
        together.append(at)
    return frozenset(together)


def hidden_of_sums(parts: Parts) -> frozenset[int]:
    """Which parts of a single row stay hidden; its sum is told."""
    hidden = {at for at, count in enumerate(parts) if count < FEWEST}
    while hidden and (len(hidden) == 1 or sum(parts[at] for at in hidden) < FEWEST) and len(hidden) < len(parts):
        hidden.add(min((at for at in range(len(parts)) if at not in hidden), key=lambda at: (parts[at], at)))
    return frozenset(hidden)


def hidden_cells(rows: Sequence[Parts]) -> frozenset[Cell]:
    """The hidden cells (row, part) beside sums that are told as `hidden_of_sums` says. Each row is FEWEST or more."""
    if not rows:
        return frozenset()
    sums = tuple(sum(column) for column in zip(*rows, strict=True))
    # The row of sums is one more row, which is settled before: other tables show it too.
    below = {(len(rows), part) for part in hidden_of_sums(sums)}
    values = {(row, part): count for row, parts in enumerate(rows) for part, count in enumerate(parts)}
    hidden = {cell for cell, count in values.items() if count < FEWEST}
    for row, parts in enumerate(rows):
        hidden |= {(row, part) for part in hidden_of_sums(parts)}
    while more := _needed(values, hidden, below):
        hidden.add(more)
    return frozenset(hidden)


def _needed(values: Mapping[Cell, int], hidden: set[Cell], below: set[Cell]) -> Cell | None:
    """The next cell that has to be hidden; None where nothing follows from sums any more."""
    visible = {cell for cell in values if cell not in hidden}
    for candidates in _weak_lines(values, hidden, below):
        if candidates & visible:
            return _smallest(values, candidates & visible)
    for row, part in sorted(_bridges(hidden | below)):
        closing = _closing(hidden | below, (row, part)) & visible
        beside = {cell for cell in visible if cell[0] == row or cell[1] == part}
        if candidates := closing or beside:
            return _smallest(values, candidates)
    return None


def _weak_lines(values: Mapping[Cell, int], hidden: set[Cell], below: set[Cell]) -> Iterator[set[Cell]]:
    """The cells of each row and part in which what is hidden adds up to too few."""
    for axis in (0, 1):
        for line in sorted({cell[axis] for cell in hidden}):
            of_line = {cell for cell in hidden if cell[axis] == line}
            told = axis == 0 or not any(part == line for _, part in below)
            if told and sum(values[cell] for cell in of_line) < FEWEST:
                yield {cell for cell in values if cell[axis] == line}


def _smallest(values: Mapping[Cell, int], cells: set[Cell]) -> Cell:
    return min(cells, key=lambda cell: (values[cell], cell))


def _closing(edges: set[Cell], bridge: Cell) -> set[Cell]:
    """The cells that would put a bridge on a closed path: they join what it alone joins."""
    near_row = _reached(edges - {bridge}, ("row", bridge[0]))
    near_part = _reached(edges - {bridge}, ("part", bridge[1]))
    return {
        (row, part)
        for rows, parts in ((near_row, near_part), (near_part, near_row))
        for kind, row in rows
        if kind == "row"
        for other, part in parts
        if other == "part" and (row, part) != bridge
    }


def _reached(edges: set[Cell], start: Node) -> set[Node]:
    neighbours = _neighbours(edges)
    reached, ahead = {start}, [start]
    while ahead:
        for found in neighbours.get(ahead.pop(), ()):
            if found not in reached:
                reached.add(found)
                ahead.append(found)
    return reached


def _neighbours(edges: set[Cell]) -> dict[Node, list[Node]]:
    neighbours: dict[Node, list[Node]] = {}
    for row, part in edges:
        neighbours.setdefault(("row", row), []).append(("part", part))
        neighbours.setdefault(("part", part), []).append(("row", row))
    return neighbours


def _bridges(edges: set[Cell]) -> set[Cell]:
    """The hidden cells that follow from sums: those without a second way between their row and their part.

    R. E. Tarjan, 1974, "A note on finding the bridges of a graph". A path meets each part once, so it is never deep.
    """
    neighbours = _neighbours(edges)
    found_at: dict[Node, int] = {}
    lowest: dict[Node, int] = {}
    bridges: set[Cell] = set()

    def visit(node: Node, came_from: Node | None) -> None:
        found_at[node] = lowest[node] = len(found_at)
        for other in neighbours[node]:
            if other == came_from:
                continue
            if other in found_at:
                lowest[node] = min(lowest[node], found_at[other])
                continue
            visit(other, node)
            lowest[node] = min(lowest[node], lowest[other])
            if lowest[other] > found_at[node]:
                pair = dict((node, other))
                bridges.add((pair["row"], pair["part"]))

    for node in neighbours:
        if node not in found_at:
            visit(node, None)
    return bridges
