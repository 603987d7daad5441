# SPDX-License-Identifier: Apache-2.0
"""The tree against the definition of RFC 9162, for every size to 64, every index, both kinds of proof."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steerclear.record.merkle import (
    EMPTY_ROOT,
    Tree,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    tree_root,
)

LARGEST = 64
DATA = [b"entry %d" % number for number in range(LARGEST)]


def split(count: int) -> int:
    power = 1
    while power * 2 < count:
        power *= 2
    return power


def mth(data: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1, word for word."""
    if not data:
        return sha256(b"").digest()
    if len(data) == 1:
        return sha256(b"\x00" + data[0]).digest()
    k = split(len(data))
    return sha256(b"\x01" + mth(data[:k]) + mth(data[k:])).digest()


def path(m: int, data: list[bytes]) -> list[bytes]:
    """RFC 9162, 2.1.3.1, word for word."""
    if len(data) == 1:
        return []
    k = split(len(data))
    if m < k:
        return [*path(m, data[:k]), mth(data[k:])]
    return [*path(m - k, data[k:]), mth(data[:k])]


def subproof(m: int, data: list[bytes], *, whole: bool) -> list[bytes]:
    """RFC 9162, 2.1.4.1, word for word."""
    if m == len(data):
        return [] if whole else [mth(data)]
    k = split(len(data))
    if m <= k:
        return [*subproof(m, data[:k], whole=whole), mth(data[k:])]
    return [*subproof(m - k, data[k:], whole=False), mth(data[:k])]


@pytest.fixture(scope="module")
def tree() -> Tree:
    grown = Tree()
    for data in DATA:
        grown.append(leaf_hash(data))
    return grown


@pytest.mark.parametrize("size", range(LARGEST + 1))
def test_roots_are_those_of_the_definition_at_every_earlier_size(tree: Tree, size: int) -> None:
    assert tree.root_at(size) == mth(DATA[:size])
    assert tree_root([leaf_hash(data) for data in DATA[:size]]) == mth(DATA[:size])


@pytest.mark.parametrize("size", range(1, LARGEST + 1))
def test_inclusion_proofs_are_those_of_the_definition_and_prove_one_place_only(tree: Tree, size: int) -> None:
    root = mth(DATA[:size])
    for index in range(size):
        proof = tree.inclusion(index, size)
        assert list(proof) == path(index, DATA[:size])
        assert is_included(leaf_hash(DATA[index]), index, size, proof, root)
        elsewhere = [other for other in range(size) if other != index]
        assert not any(is_included(leaf_hash(DATA[index]), other, size, proof, root) for other in elsewhere)
        assert not is_included(leaf_hash(b"another"), index, size, proof, root)
        assert not is_included(leaf_hash(DATA[index]), index, size, (*proof, root), root)
        assert not proof or not is_included(leaf_hash(DATA[index]), index, size, proof[:-1], root)


@pytest.mark.parametrize("second", range(LARGEST + 1))
def test_consistency_proofs_are_those_of_the_definition_and_prove_one_prefix_only(
    tree: Tree, second: int
) -> None:
    roots = [mth(DATA[:size]) for size in range(second + 1)]
    for first in range(second + 1):
        proof = tree.consistency(first, second)
        if first:
            assert list(proof) == subproof(first, DATA[:second], whole=True)
        assert is_consistent(first, second, roots[first], roots[second], proof)
        assert not is_consistent(first, second, leaf_hash(b"x"), roots[second], proof)
        assert not is_consistent(first, second, roots[first], leaf_hash(b"x"), proof) or first == 0 < second
        assert not is_consistent(first, second, roots[first], roots[second], (*proof, roots[first]))
        assert not proof or not is_consistent(first, second, roots[first], roots[second], proof[:-1])


def test_the_empty_tree_is_the_beginning_of_every_tree() -> None:
    assert Tree().root_at(0) == EMPTY_ROOT == tree_root([])
    assert is_consistent(0, 0, EMPTY_ROOT, EMPTY_ROOT, [])
    assert not is_consistent(0, 0, EMPTY_ROOT, leaf_hash(b"x"), [])


def test_a_leaf_cannot_pass_for_a_node() -> None:
    left, right = leaf_hash(b"left"), leaf_hash(b"right")
    assert node_hash(left, right) != leaf_hash(left + right)


@settings(deadline=None, derandomize=True)
@given(
    index=st.integers(-2, 70),
    size=st.integers(-2, 70),
    proof=st.lists(st.binary(min_size=31, max_size=33) | st.just(bytes(32)), max_size=8),
)
def test_verifiers_answer_no_to_anything_that_is_no_proof(index: int, size: int, proof: list[bytes]) -> None:
    root = leaf_hash(b"root")
    assert not is_included(leaf_hash(b"x"), index, size, proof, root)
    if index != size:
        assert not is_consistent(index, size, leaf_hash(b"x"), root, proof)


@pytest.mark.parametrize(("first", "second"), [(-1, 3), (3, 2), (2, 65), (65, 66)])
def test_the_tree_says_when_it_is_asked_for_what_it_does_not_hold(
    tree: Tree, first: int, second: int
) -> None:
    with pytest.raises(ValueError, match="holds 64"):
        tree.consistency(first, second)
    with pytest.raises(ValueError, match="holds 64"):
        tree.inclusion(first, second)
    with pytest.raises(ValueError, match="holds 64"):
        tree.root_at(65)


def test_a_leaf_hash_has_thirty_two_bytes(tree: Tree) -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Tree().append(b"short")
    assert tree.leaf_at(5) == leaf_hash(DATA[5])


def test_roots_stay_what_they_were_while_the_tree_grows() -> None:
    grown, roots = Tree(), []
    for data in DATA:
        grown.append(leaf_hash(data))
        roots.append(grown.root_at(grown.size))
    assert roots == [grown.root_at(size) for size in range(1, LARGEST + 1)]
    assert all(earlier != later for earlier, later in pairwise(roots))
