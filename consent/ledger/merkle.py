"""The Merkle tree of RFC 6962 §2.1 over SHA-256: hashes, proofs and their checking. Pure.

A proof is made in two steps, so that nobody has to hold the tree: `inclusion_ranges` and `consistency_ranges` say which
subtrees a proof consists of, and `range_root` builds the hash of each from perfect subtrees, wherever they are kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()

# (height, index) → hash of the perfect subtree over the leaves index·2^height … (index+1)·2^height.
Node = Callable[[int, int], bytes]
Range = tuple[int, int]


class ProofError(ValueError):
    """A proof that does not prove what it is said to prove."""


def leaf_hash(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over leaf hashes (or over any row of hashes), level by level."""
    if not hashes:
        return EMPTY_ROOT
    row, sha256 = list(hashes), hashlib.sha256
    while len(row) > 1:
        # A hash without a neighbour moves up as it is: RFC 6962 splits at the largest power of two.
        alone = row[len(row) & ~1 :]
        row = [
            sha256(b"\x01" + left + right).digest() for left, right in zip(row[::2], row[1::2], strict=False)
        ] + alone
    return row[0]


def range_root(start: int, end: int, node: Node) -> bytes:
    """The hash of the subtree over the leaves from `start` to before `end`; `start` is a multiple of its span."""
    hashes = [node(height, index) for height, index in perfect_subtrees(start, end)]
    return folded(hashes)


def folded(hashes: Sequence[bytes]) -> bytes:
    """One root from perfect subtrees that stand side by side, the largest first."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def perfect_subtrees(start: int, end: int) -> Iterator[tuple[int, int]]:
    """The perfect subtrees (height, index) that make up the range, from left to right."""
    while start < end:
        height = (end - start).bit_length() - 1
        yield height, start >> height
        start += 1 << height


def inclusion_ranges(index: int, size: int) -> list[Range]:
    """PATH(index, D[size]) of §2.1.1 as ranges of leaves, the deepest first. Raises ValueError outside the tree."""
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} in a tree of {size}.")
    ranges, start, end = [], 0, size
    while end - start > 1:
        middle = start + largest_power_below(end - start)
        if index < middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start = middle
    return ranges[::-1]


def consistency_ranges(first: int, second: int) -> list[Range]:
    """PROOF(first, D[second]) of §2.1.2 as ranges of leaves. Raises ValueError unless 0 < first ≤ second."""
    if not 0 < first <= second:
        raise ValueError(f"There is no consistency to prove from {first} to {second}.")
    ranges, start, end, is_whole = [], 0, second, True
    while first != end:
        middle = start + largest_power_below(end - start)
        if first <= middle:
            ranges.append((middle, end))
            end = middle
        else:
            ranges.append((start, middle))
            start, is_whole = middle, False
    return ([] if is_whole else [(start, end)]) + ranges[::-1]


def largest_power_below(size: int) -> int:
    """The largest power of two smaller than `size` (2 or more)."""
    return 1 << (size - 1).bit_length() - 1


def root_from_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes:
    """The root that a leaf hash and its inclusion proof lead to (RFC 9162 §2.1.3.2). Raises ProofError."""
    if not 0 <= index < size:
        raise ProofError("The leaf's number lies outside the tree.")
    if len(proof) != len(inclusion_ranges(index, size)):
        raise ProofError("The proof has another length than a tree of this size asks for.")
    position, last, root = index, size - 1, leaf
    for step in proof:
        if position & 1 or position == last:
            root = node_hash(step, root)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            root = node_hash(root, step)
        position, last = position >> 1, last >> 1
    return root


def roots_from_consistency(
    *, first: int, second: int, first_root: bytes, proof: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """The two roots that a consistency proof leads to (RFC 9162 §2.1.4.2). Raises ProofError."""
    if not 0 < first <= second or len(proof) != len(consistency_ranges(first, second)):
        raise ProofError("The proof has another length than trees of these sizes ask for.")
    if first == second:
        return first_root, first_root
    steps = iter(proof)
    position, last = first - 1, second - 1
    while position & 1:
        position, last = position >> 1, last >> 1
    old = new = next(steps) if position else first_root
    for step in steps:
        if position & 1 or position == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while position and not position & 1:
                position, last = position >> 1, last >> 1
        else:
            new = node_hash(new, step)
        position, last = position >> 1, last >> 1
    return old, new
