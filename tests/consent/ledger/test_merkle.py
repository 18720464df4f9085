"""The tree of RFC 6962: known roots, and proofs that hold for what they are made for and for nothing else."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consent.ledger.merkle import (
    EMPTY_ROOT,
    ProofError,
    consistency_ranges,
    inclusion_ranges,
    leaf_hash,
    range_root,
    root_from_inclusion,
    root_of,
    roots_from_consistency,
)
from consent.ledger.tiles import Coordinate, FullTile, GrowingTree, edge_of, is_within, node_in_tiles, read_path

# The eight leaves that implementations of RFC 6962 try themselves on, and the root after each.
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = [leaf_hash(number.to_bytes(4, "big")) for number in range(70_000)]
sizes = st.integers(1, 1200)


def root_at(size: int) -> bytes:
    return root_of(HASHES[:size])


def node(height: int, index: int) -> bytes:
    return root_of(HASHES[index << height : (index + 1) << height])


def test_known_roots() -> None:
    hashes = [leaf_hash(leaf) for leaf in LEAVES]
    assert [root_of(hashes[: size + 1]).hex() for size in range(8)] == ROOTS
    assert EMPTY_ROOT == hashlib.sha256(b"").digest() == root_of([])


def test_a_leaf_is_no_node() -> None:
    left, right = HASHES[:2]
    assert leaf_hash(left + right) != root_of([left, right])


@given(sizes, st.data())
def test_inclusion_proof_leads_to_the_root(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = [range_root(*part, node) for part in inclusion_ranges(index, size)]
    assert root_from_inclusion(leaf=HASHES[index], index=index, size=size, proof=proof) == root_at(size)


@given(sizes, st.data())
def test_inclusion_proof_of_another_place_or_hash_leads_elsewhere(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = [range_root(*part, node) for part in inclusion_ranges(index, size)]
    assert root_from_inclusion(leaf=HASHES[-1], index=index, size=size, proof=proof) != root_at(size)
    for at in range(len(proof)):
        changed = [*proof[:at], HASHES[-1], *proof[at + 1 :]]
        assert root_from_inclusion(leaf=HASHES[index], index=index, size=size, proof=changed) != root_at(size)
    with pytest.raises(ProofError):
        root_from_inclusion(leaf=HASHES[index], index=index, size=size, proof=[*proof, HASHES[-1]])
    with pytest.raises(ProofError):
        root_from_inclusion(leaf=HASHES[index], index=size, size=size, proof=proof)


@given(sizes, st.data())
def test_consistency_proof_leads_to_both_roots(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second))
    proof = [range_root(*part, node) for part in consistency_ranges(first, second)]
    old = root_at(first)
    assert roots_from_consistency(first=first, second=second, first_root=old, proof=proof) == (old, root_at(second))
    for at in range(len(proof)):
        changed = [*proof[:at], HASHES[-1], *proof[at + 1 :]]
        roots = roots_from_consistency(first=first, second=second, first_root=old, proof=changed)
        assert roots != (old, root_at(second))
    with pytest.raises(ProofError):
        roots_from_consistency(first=first, second=second, first_root=old, proof=[*proof, old])


def test_growing_tree_has_the_root_of_all_its_leaves() -> None:
    tree = GrowingTree()
    assert tree.root() == EMPTY_ROOT
    for size, leaf in enumerate(HASHES[:600], 1):
        tree.append(leaf)
        assert tree.root() == root_at(size)


def test_tiles_of_a_tree_of_seventy_thousand() -> None:
    """The example of the specification: 273 full tiles and one of 112, then 1 and one of 17, then one of 1."""
    tree = GrowingTree()
    tiles: dict[tuple[int, int], FullTile] = {}
    for leaf in HASHES:
        tiles |= {(tile.level, tile.index): tile for tile in tree.append(leaf)}
    assert sorted(tiles) == [(0, index) for index in range(273)] + [(1, 0)]
    assert edge_of(70_000) == [Coordinate(0, 273, 112), Coordinate(1, 1, 17), Coordinate(2, 0, 1)]
    assert [len(row) for row in tree.edge] == [112, 17, 1]
    assert tiles[1, 0].root == root_of(HASHES[:65_536]) == tree.edge[2][0]
    stored = {place: tile.hashes for place, tile in tiles.items()}
    assert node_in_tiles(10, 3, lambda level, index: stored[level, index]) == node(10, 3)
    assert is_within(Coordinate(0, 272), 70_000)
    assert is_within(Coordinate(0, 273, 112), 70_000)
    assert not is_within(Coordinate(0, 273, 113), 70_000)
    assert not is_within(Coordinate(1, 1), 70_000)


@pytest.mark.parametrize(
    ("tile", "path"),
    [
        (Coordinate(0, 0), "0/000"),
        (Coordinate(2, 7), "2/007"),
        (Coordinate(0, 1_234_067), "0/x001/x234/067"),
        (Coordinate(1, 1000, 5), "1/x001/000.p/5"),
    ],
)
def test_paths_of_tiles(tile: Coordinate, path: str) -> None:
    assert tile.path == path
    assert read_path(path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "0/0",
        "0/0000",
        "00/000",
        "64/000",
        "0/x000/001",
        "0/001/002",
        "0/000.p/0",
        "0/000.p/256",
        "0/000.p/01",
        "0/000/",
        "entries/000",
        "-1/000",
        "",
    ],
)
def test_no_tile_has_another_path(path: str) -> None:
    assert read_path(path) is None


@given(st.lists(st.integers(0, 600), max_size=6))
def test_many_leaves_at_once_make_the_same_tree(parts: list[int]) -> None:
    one, many, at = GrowingTree(), GrowingTree(), 0
    for part in parts:
        leaves = HASHES[at : at + part]
        assert many.extend(leaves) == [tile for leaf in leaves for tile in one.append(leaf)]
        assert (many.size, many.root()) == (one.size, one.root())
        at += part
