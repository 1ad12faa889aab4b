"""The Merkle tree of RFC 6962, section 2.1, over complete subtrees that somebody keeps.

A node is named by its level (0: leaves) and its index there: node (level, index) is the hash over
the 2**level leaves from index * 2**level. Only complete subtrees are named and kept; they never
change, and any root or proof is made of O(log n) of them. Nothing here reads or writes.
https://www.rfc-editor.org/rfc/rfc6962#section-2.1
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

NodeOf = Callable[[int, int], bytes]
"""Gives the hash of the complete subtree (level, index)."""

EMPTY_ROOT = sha256().digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A complete subtree: its level, its index there, and its hash."""

    level: int
    index: int
    hash: bytes


def leaf_hash(data: bytes) -> bytes:
    """Hash the data of one leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees into the one above them."""
    return sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Iterable[bytes]) -> bytes:
    """Give the root over leaves that are all at hand."""
    level = list(leaf_hashes)
    if not level:
        return EMPTY_ROOT
    while len(level) > 1:
        level = _above(level) + level[len(level) & ~1 :]
    return level[0]


def nodes_of(leaf_hashes: Iterable[bytes]) -> NodeOf:
    """Keep the complete subtrees over leaves that are all at hand."""
    levels = [list(leaf_hashes)]
    while len(levels[-1]) > 1:
        levels.append(_above(levels[-1]))
    return lambda level, index: levels[level][index]


def grown(size: int, leaf: bytes, node: NodeOf) -> list[Node]:
    """Give the nodes that come into being when a leaf is appended.

    Args:
        size: How many leaves there are before.
        leaf: The hash of the new leaf.
        node: Looks up what was kept until now.
    """
    level, index, reached = 0, size, leaf
    nodes = [Node(level=level, index=index, hash=reached)]
    while index & 1:
        reached = node_hash(node(level, index - 1), reached)
        level, index = level + 1, index >> 1
        nodes.append(Node(level=level, index=index, hash=reached))
    return nodes


def root_of(size: int, node: NodeOf) -> bytes:
    """Give the root over the first `size` leaves."""
    return _over(0, size, node) if size else EMPTY_ROOT


def inclusion_path(index: int, size: int, node: NodeOf) -> list[bytes]:
    """Prove that the leaf at `index` is in the tree of `size` leaves (RFC 6962, 2.1.1).

    Raises:
        ValueError: There is no such leaf in a tree of that size.
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has no leaf {index}")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _left(end - start)
        if index < middle:
            path.append(_over(middle, end, node))
            end = middle
        else:
            path.append(_over(start, middle, node))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int, node: NodeOf) -> list[bytes]:
    """Prove that the tree of `new` leaves begins with the tree of `old` ones (RFC 6962, 2.1.2).

    Nothing needs to be proven from an empty tree, nor from a tree to itself: the path is empty.

    Raises:
        ValueError: The old tree is the larger one.
    """
    if not 0 <= old <= new:
        raise ValueError(f"a tree of {new} leaves was never one of {old}")
    path: list[bytes] = []
    start, end = 0, new if old else 0
    while end != old:
        middle = start + _left(end - start)
        if old <= middle:
            path.append(_over(middle, end, node))
            end = middle
        else:
            path.append(_over(start, middle, node))
            start = middle
    if start:
        path.append(_over(start, end, node))
    return path[::-1]


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes
) -> bool:
    """Say whether a path proves a leaf (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, reached = index, size - 1, leaf
    for sibling in path:
        if not last:
            return False
        if place & 1 or place == last:
            reached = node_hash(sibling, reached)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            reached = node_hash(reached, sibling)
        place, last = place >> 1, last >> 1
    return not last and reached == root_hash


def verify_consistency(
    old: int, new: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]
) -> bool:
    """Say whether a path proves that one tree begins with the other (RFC 9162, 2.1.4.2)."""
    if not 0 <= old <= new:
        return False
    if old == new:
        return not path and old_root == new_root
    if not old:
        return not path and old_root == EMPTY_ROOT
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    return _consistent(old, new, steps) == (old_root, new_root)


def _consistent(old: int, new: int, steps: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """Give the two roots that the steps lead to; nothing where they are too many or too few."""
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for step in steps[1:]:
        if not last:
            return None
        if place & 1 or place == last:
            before, after = node_hash(step, before), node_hash(step, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node_hash(after, step)
        place, last = place >> 1, last >> 1
    return None if last else (before, after)


def _left(width: int) -> int:
    """Give the largest power of two below the width: how many leaves go to the left."""
    return 1 << (width - 1).bit_length() - 1


def _over(start: int, end: int, node: NodeOf) -> bytes:
    """Give the hash over the leaves from `start` to `end`; `start` is where a subtree begins."""
    width = end - start
    if not width & (width - 1):
        level = width.bit_length() - 1
        return node(level, start >> level)
    middle = start + _left(width)
    return node_hash(_over(start, middle, node), _over(middle, end, node))


def _above(level: list[bytes]) -> list[bytes]:
    """Hash each pair of a level; one that has no partner stays out."""
    pairs = zip(level[::2], level[1::2], strict=False)
    return [sha256(b"\x01" + left + right).digest() for left, right in pairs]  # as node_hash
