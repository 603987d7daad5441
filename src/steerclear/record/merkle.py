# SPDX-License-Identifier: Apache-2.0
"""The Merkle tree of RFC 9162, section 2.1: bytes in, verdict out.

    MTH({})     = SHA-256()
    MTH({d})    = SHA-256(0x00 || d)
    MTH(D[n])   = SHA-256(0x01 || MTH(D[0:k]) || MTH(D[k:n])),  k the largest power of two below n

This file imports nothing of ours. A party that trusts nobody can read it in ten minutes, copy it, and check
our record with it. Verifiers answer True or False and never raise, whatever they are given; the ``Tree``
raises ``ValueError`` when it is asked for what it does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Final

__all__ = [
    "EMPTY_ROOT",
    "Hash",
    "Tree",
    "is_consistent",
    "is_included",
    "leaf_hash",
    "node_hash",
    "tree_root",
]

Hash = bytes
"""32 bytes."""

EMPTY_ROOT: Final = sha256(b"").digest()
_BYTES: Final = 32


def leaf_hash(data: bytes) -> Hash:
    """RFC 9162, 2.1.1: the prefix keeps a leaf from passing for a node."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    return sha256(b"\x01" + left + right).digest()


def tree_root(leaves: Sequence[Hash]) -> Hash:
    """Root over leaf hashes."""
    tree = Tree()
    for leaf in leaves:
        tree.append(leaf)
    return tree.root_at(tree.size)


def is_included(leaf: Hash, index: int, tree_size: int, proof: Sequence[Hash], root: Hash) -> bool:
    """RFC 9162, 2.1.3.2: does the tree of ``tree_size`` leaves under ``root`` hold ``leaf`` at ``index``?"""
    if not 0 <= index < tree_size or any(len(step) != _BYTES for step in proof):
        return False
    place, last, found = index, tree_size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(
    first_size: int, second_size: int, first_root: Hash, second_root: Hash, proof: Sequence[Hash]
) -> bool:
    """RFC 9162, 2.1.4.2: is the first tree a prefix of the second?

    The empty tree is a prefix of every tree and a tree is a prefix of itself; both with an empty proof.
    """
    if not 0 <= first_size <= second_size or any(len(step) != _BYTES for step in proof):
        return False
    if first_size == 0:
        return not proof and first_root == EMPTY_ROOT and (second_size > 0 or second_root == EMPTY_ROOT)
    if first_size == second_size:
        return not proof and first_root == second_root
    return _second_tree_grew_from_first(first_size, second_size, first_root, second_root, list(proof))


def _second_tree_grew_from_first(
    first_size: int, second_size: int, first_root: Hash, second_root: Hash, proof: list[Hash]
) -> bool:
    if first_size & (first_size - 1) == 0:  # a complete tree: its root is the first node of the proof
        proof.insert(0, first_root)
    if not proof:
        return False
    place, last = first_size - 1, second_size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    first = second = proof[0]
    for step in proof[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            first, second = node_hash(step, first), node_hash(step, second)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            second = node_hash(second, step)
        place, last = place >> 1, last >> 1
    return last == 0 and first == first_root and second == second_root


class Tree:
    """An append-only tree that remembers every complete subtree: 64 bytes a leaf.

    ``append`` costs O(1) amortised; the root at any earlier size and each proof O(log² n).
    """

    __slots__ = ("_asked_root", "_asked_size", "_levels", "_size")

    def __init__(self) -> None:
        # _levels[h]: roots of the complete subtrees of 2^h leaves
        self._levels: list[bytearray] = [bytearray()]
        self._size = 0
        self._asked_size, self._asked_root = 0, EMPTY_ROOT

    @classmethod
    def of_levels(cls, levels: Sequence[bytes]) -> Tree:
        """The tree whose ``levels`` these are. Raises ``ValueError`` where they are of no one size.

        Their hashes are believed: whoever hands them in has made them itself, and kept them safe.
        """
        tree = cls()
        tree._size = len(levels[0]) // _BYTES
        lengths = [(tree._size >> height) * _BYTES for height in range(max(1, tree._size.bit_length()))]
        if [len(level) for level in levels] != lengths:
            raise ValueError("these levels are not those of one tree")
        tree._levels = [bytearray(level) for level in levels]
        return tree

    @property
    def levels(self) -> tuple[bytes, ...]:
        """Of each height the roots of its complete subtrees, 32 bytes each."""
        return tuple(bytes(level) for level in self._levels)

    @property
    def size(self) -> int:
        return self._size

    def append(self, leaf: Hash) -> None:
        if len(leaf) != _BYTES:
            raise ValueError("a leaf hash has 32 bytes")
        self._levels[0] += leaf
        self._size += 1
        height, complete = 0, self._size
        while complete % 2 == 0:
            left_and_right = self._levels[height][-2 * _BYTES :]
            height, complete = height + 1, complete // 2
            if height == len(self._levels):
                self._levels.append(bytearray())
            self._levels[height] += sha256(b"\x01" + left_and_right).digest()

    def extend(self, leaves: bytes) -> None:
        """Append many leaf hashes at once, 32 bytes each."""
        if len(leaves) % _BYTES:
            raise ValueError("a leaf hash has 32 bytes")
        self._levels[0] += leaves
        self._size += len(leaves) // _BYTES
        height = 0
        while complete := self._size >> (height + 1):
            height += 1
            if height == len(self._levels):
                self._levels.append(bytearray())
            known = len(self._levels[height]) // _BYTES
            pairs = bytes(self._levels[height - 1][known * 2 * _BYTES : complete * 2 * _BYTES])
            self._levels[height] += b"".join(
                sha256(b"\x01" + pairs[at : at + 2 * _BYTES]).digest()
                for at in range(0, len(pairs), 2 * _BYTES)
            )

    def root_at(self, size: int) -> Hash:
        """Root of the first ``size`` leaves."""
        if size != self._asked_size:  # what others' logs hold is asked for with every entry
            self._require(0, size)
            self._asked_root = self._first(size) if size else EMPTY_ROOT
            self._asked_size = size
        return self._asked_root

    def leaf_at(self, index: int) -> Hash:
        self._require_leaf(index, self._size)
        return self._complete(0, index)

    def complete(self, height: int, index: int) -> Hash:
        """Root of the ``index``-th complete subtree of 2^``height`` leaves: what tiles hold."""
        self._require(index << height, (index + 1) << height)
        return self._complete(height, index)

    def inclusion(self, index: int, size: int) -> tuple[Hash, ...]:
        """RFC 9162, 2.1.3.1: from the leaf's sibling up to the child of the root at ``size``."""
        self._require_leaf(index, size)
        path: list[Hash] = []
        start, end = 0, size
        while end - start > 1:
            middle = start + _largest_power_below(end - start)
            if index < middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(start, middle))
                start = middle
        return tuple(reversed(path))

    def consistency(self, first: int, second: int) -> tuple[Hash, ...]:
        """RFC 9162, 2.1.4.1: that the tree of ``first`` leaves is a prefix of that of ``second``."""
        self._require(first, second)
        path: list[Hash] = []
        start, end = 0, second
        while first not in (start, end):
            middle = start + _largest_power_below(end - start)
            if first <= middle:
                path.append(self._subtree(middle, end))
                end = middle
            else:
                path.append(self._subtree(start, middle))
                start = middle
        if start and first == end:
            path.append(self._subtree(start, end))
        return tuple(reversed(path))

    def _require(self, first: int, second: int) -> None:
        if not 0 <= first <= second <= self._size:
            raise ValueError(f"the tree holds {self._size} leaves: nothing is known of {first} and {second}")

    def _require_leaf(self, index: int, size: int) -> None:
        self._require(index, size)
        self._require(index + 1, size)

    def _first(self, size: int) -> Hash:
        """MTH of the first ``size`` leaves (≥ 1): its complete subtrees, folded from the smallest up."""
        bits, root = size, b""
        while bits:
            lowest = bits & -bits
            height = lowest.bit_length() - 1
            left = self._complete(height, (size >> height) - 1)
            root = sha256(b"\x01" + left + root).digest() if root else left
            bits ^= lowest
        return root

    def _subtree(self, start: int, end: int) -> Hash:
        """MTH of leaves ``start`` to ``end``, where ``start`` is where such a subtree can begin."""
        count = end - start
        if count & (count - 1) == 0:
            height = count.bit_length() - 1
            return self._complete(height, start >> height)
        middle = start + _largest_power_below(count)
        return node_hash(self._subtree(start, middle), self._subtree(middle, end))

    def _complete(self, height: int, index: int) -> Hash:
        return bytes(self._levels[height][index * _BYTES : (index + 1) * _BYTES])


def _largest_power_below(count: int) -> int:
    """The largest power of two smaller than ``count`` (≥ 2)."""
    return 1 << ((count - 1).bit_length() - 1)
