"""The tree: the vectors of Certificate Transparency, pymerkle as an oracle, and laws."""

import math
from collections.abc import Sequence
from hashlib import sha256

import pymerkle  # type: ignore[import-untyped]  # ships no types
import pytest
from hypothesis import given
from hypothesis import strategies as st

from residency.store.ledger import merkle

# The vectors that the implementations of RFC 6962 share (google/certificate-transparency,
# python/ct/crypto/merkle_test.py).
LEAVES = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]

MANY = 130
SIZES = st.integers(0, MANY)


def hashes(count: int) -> list[bytes]:
    return [merkle.leaf_hash(str(each).encode()) for each in range(count)]


KEPT = merkle.nodes_of(hashes(MANY))


class Kept:
    """Subtrees as a store keeps them: only what `grown` gave, and each asked for is counted."""

    def __init__(self) -> None:
        self.by_place: dict[tuple[int, int], bytes] = {}
        self.asked = 0

    def node(self, level: int, index: int) -> bytes:
        self.asked += 1
        return self.by_place[level, index]

    def append(self, size: int, leaf: bytes) -> Sequence[merkle.Node]:
        nodes = merkle.grown(size, leaf, self.node)
        assert all((each.level, each.index) not in self.by_place for each in nodes)
        self.by_place |= {(each.level, each.index): each.hash for each in nodes}
        return nodes


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_certificate_transparency(size: int) -> None:
    leaves = [merkle.leaf_hash(each) for each in LEAVES[:size]]
    assert merkle.root(leaves).hex() == ROOTS[size]
    assert merkle.root_of(size, merkle.nodes_of(leaves)).hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "path"), INCLUSION)
def test_inclusion_is_that_of_certificate_transparency(
    index: int, size: int, path: list[str]
) -> None:
    leaves = [merkle.leaf_hash(each) for each in LEAVES]
    found = merkle.inclusion_path(index, size, merkle.nodes_of(leaves))
    assert [each.hex() for each in found] == path
    assert merkle.verify_inclusion(leaves[index], index, size, found, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("old", "new", "path"), CONSISTENCY)
def test_consistency_is_that_of_certificate_transparency(
    old: int, new: int, path: list[str]
) -> None:
    nodes = merkle.nodes_of(merkle.leaf_hash(each) for each in LEAVES)
    found = merkle.consistency_path(old, new, nodes)
    assert [each.hex() for each in found] == path
    roots = bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new])
    assert merkle.verify_consistency(old, new, *roots, found)


def test_roots_are_those_of_another_implementation() -> None:
    oracle = pymerkle.InmemoryTree(algorithm="sha256")
    for size in range(1, MANY + 1):
        oracle.append_entry(str(size - 1).encode())
        assert merkle.root(hashes(size)) == oracle.get_root()
        assert merkle.root_of(size, KEPT) == oracle.get_root()


@given(st.integers(1, MANY), st.data())
def test_paths_are_those_of_another_implementation(size: int, data: st.DataObject) -> None:
    oracle = pymerkle.InmemoryTree(algorithm="sha256")
    for each in range(size):
        oracle.append_entry(str(each).encode())
    index = data.draw(st.integers(0, size - 1))
    told = oracle.prove_inclusion(index + 1, size).path
    assert merkle.inclusion_path(index, size, KEPT) == list(told)[1:]


def test_every_leaf_is_proven_in_every_tree_and_in_no_other_place() -> None:
    leaves = hashes(33)
    for size in range(1, 34):
        root = merkle.root(leaves[:size])
        for index in range(size):
            path = merkle.inclusion_path(index, size, KEPT)
            assert merkle.verify_inclusion(leaves[index], index, size, path, root)
            other = (index + 1) % size
            assert size == 1 or not merkle.verify_inclusion(leaves[index], other, size, path, root)


def test_every_tree_is_consistent_with_every_later_one() -> None:
    roots = [merkle.root(hashes(size)) for size in range(34)]
    for new in range(34):
        for old in range(new + 1):
            path = merkle.consistency_path(old, new, KEPT)
            assert merkle.verify_consistency(old, new, roots[old], roots[new], path)


@given(st.integers(1, MANY), st.data())
def test_a_path_with_anything_changed_proves_nothing(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaf, root = hashes(size)[index], merkle.root_of(size, KEPT)
    path = merkle.inclusion_path(index, size, KEPT)
    wrong = sha256(b"wrong").digest()
    assert not merkle.verify_inclusion(wrong, index, size, path, root)
    assert not merkle.verify_inclusion(leaf, index, size, path, wrong)
    assert not merkle.verify_inclusion(leaf, index, size, [*path, wrong], root)
    for step in range(len(path)):
        changed = [*path[:step], wrong, *path[step + 1 :]]
        assert not merkle.verify_inclusion(leaf, index, size, changed, root)
        assert not merkle.verify_inclusion(leaf, index, size, path[:step], root)


@given(st.integers(1, MANY - 1), st.data())
def test_a_history_with_anything_changed_is_not_consistent(old: int, data: st.DataObject) -> None:
    new = data.draw(st.integers(old + 1, MANY))
    roots = merkle.root_of(old, KEPT), merkle.root_of(new, KEPT)
    path = merkle.consistency_path(old, new, KEPT)
    wrong = sha256(b"wrong").digest()
    assert not merkle.verify_consistency(old, new, wrong, roots[1], path)
    assert not merkle.verify_consistency(old, new, roots[0], wrong, path)
    assert not merkle.verify_consistency(old, new, *roots, [*path, wrong])
    for step in range(len(path)):
        changed = [*path[:step], wrong, *path[step + 1 :]]
        assert not merkle.verify_consistency(old, new, *roots, changed)
        assert not merkle.verify_consistency(old, new, *roots, path[:step])


def test_an_empty_or_equal_tree_needs_no_path_and_takes_none() -> None:
    root, wrong = merkle.root(hashes(3)), sha256(b"wrong").digest()
    assert merkle.verify_consistency(0, 3, merkle.EMPTY_ROOT, root, [])
    assert not merkle.verify_consistency(0, 3, wrong, root, [])
    assert not merkle.verify_consistency(0, 3, merkle.EMPTY_ROOT, root, [wrong])
    assert merkle.verify_consistency(3, 3, root, root, [])
    assert not merkle.verify_consistency(3, 3, root, wrong, [])
    assert not merkle.verify_consistency(3, 3, root, root, [wrong])
    assert not merkle.verify_consistency(4, 3, root, root, [])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3)])
def test_a_leaf_outside_the_tree_has_no_path(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="has no leaf"):
        merkle.inclusion_path(index, size, KEPT)
    assert not merkle.verify_inclusion(hashes(1)[0], index, size, [], merkle.root(hashes(1)))


@pytest.mark.parametrize(("old", "new"), [(2, 1), (-1, 1)])
def test_a_tree_never_shrinks(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="was never"):
        merkle.consistency_path(old, new, KEPT)


@given(SIZES)
def test_the_nodes_that_grow_are_all_that_roots_and_proofs_need(size: int) -> None:
    kept = Kept()
    for index, leaf in enumerate(hashes(size)):
        nodes = kept.append(index, leaf)
        assert nodes[0] == merkle.Node(level=0, index=index, hash=leaf)
    assert len(kept.by_place) < 2 * size or not size
    assert merkle.root_of(size, kept.node) == merkle.root(hashes(size))
    for index in range(size):
        merkle.inclusion_path(index, size, kept.node)
        merkle.consistency_path(index, size, kept.node)


def test_a_proof_among_a_million_looks_up_few_nodes() -> None:
    asked: list[tuple[int, int]] = []

    def node(level: int, index: int) -> bytes:
        asked.append((level, index))
        return sha256(f"{level}.{index}".encode()).digest()

    size = 1_000_000
    for index in (0, 1, 524_287, 524_288, 777_777, size - 1):
        asked.clear()
        path = merkle.inclusion_path(index, size, node)
        assert len(path) <= math.ceil(math.log2(size))
        assert len(asked) <= 2 * math.ceil(math.log2(size))
        asked.clear()
        merkle.consistency_path(index, size, node)
        assert len(asked) <= 2 * math.ceil(math.log2(size))
        assert all((place + 1) << level <= size for level, place in asked)
