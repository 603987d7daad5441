# SPDX-License-Identifier: Apache-2.0
"""Do others' verifiers agree with our tree? All sizes to 256, every index, both kinds of proof, tiles."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore.errors import VerificationError
from tests.interop.conftest import LARGEST, Ask, bits_of, entry, listed

from steerclear.errors import NotVerified
from steerclear.record import (
    TilePath,
    hash_tile,
    leaf_hash,
    parse_tile_path,
    print_tile_path,
    tiles_of,
    tree_of_tiles,
)
from steerclear.record.merkle import Tree, is_consistent, is_included


@dataclass(frozen=True)
class Inclusion:
    """A claim that ``data`` is entry ``index`` of the tree of ``size`` under ``root``."""

    size: int
    index: int
    root: bytes
    data: bytes
    proof: tuple[bytes, ...]

    @property
    def ours(self) -> bool:
        return is_included(leaf_hash(self.data), self.index, self.size, self.proof, self.root)

    @property
    def asked(self) -> str:
        numbers = f"{self.size} {self.index} {self.root.hex()}"
        return f"inclusion {numbers} {self.data.hex()} {listed(self.proof)}"

    @property
    def by_sigstore_python(self) -> bool:
        proof = SimpleNamespace(
            log_index=self.index, tree_size=self.size, hashes=list(self.proof), root_hash=self.root
        )
        claim: Any = SimpleNamespace(
            _inner=SimpleNamespace(inclusion_proof=proof, canonicalized_body=self.data)
        )
        try:
            verify_merkle_inclusion(claim)
        except VerificationError:
            return False
        return True


@dataclass(frozen=True)
class Consistency:
    """A claim that the tree of ``first`` under its root is the beginning of that of ``second``."""

    first: int
    second: int
    first_root: bytes
    second_root: bytes
    proof: tuple[bytes, ...]

    @property
    def ours(self) -> bool:
        return is_consistent(self.first, self.second, self.first_root, self.second_root, self.proof)

    @property
    def asked(self) -> str:
        roots = f"{self.second_root.hex()} {self.first_root.hex()}"
        # Theirs takes the newer tree first: SIZE, FIRST and their roots in that order.
        return f"consistency {self.second} {self.first} {roots} {listed(self.proof)}"


@pytest.fixture(scope="module")
def inclusions(tree: Tree, roots: Sequence[bytes]) -> Sequence[Inclusion]:
    """Every place in every tree to 256."""
    return [
        Inclusion(size, index, roots[size], entry(index), tree.inclusion(index, size))
        for size in range(1, LARGEST + 1)
        for index in range(size)
    ]


@pytest.fixture(scope="module")
def consistencies(tree: Tree, roots: Sequence[bytes]) -> Sequence[Consistency]:
    """Every beginning of every tree to 256."""
    return [
        Consistency(first, second, roots[first], roots[second], tree.consistency(first, second))
        for second in range(1, LARGEST + 1)
        for first in range(1, second + 1)
    ]


def test_every_root_is_theirs(go: Ask, roots: Sequence[bytes]) -> None:
    records = ",".join(entry(seq).hex() for seq in range(LARGEST))
    assert go([f"roots {records}"]) == [listed(roots[1:])]


def test_every_inclusion_proof_is_accepted_by_all(
    go: Ask, node: Ask, inclusions: Sequence[Inclusion]
) -> None:
    asked = [claim.asked for claim in inclusions]
    assert len(asked) == LARGEST * (LARGEST + 1) // 2
    assert set(go(asked)) == {"yes"}
    assert set(node(asked)) == {"yes"}
    assert all(claim.by_sigstore_python for claim in inclusions)
    assert all(claim.ours for claim in inclusions)


def test_every_consistency_proof_is_accepted_by_both(go: Ask, consistencies: Sequence[Consistency]) -> None:
    assert len(consistencies) == LARGEST * (LARGEST + 1) // 2
    assert set(go(claim.asked for claim in consistencies)) == {"yes"}
    assert all(claim.ours for claim in consistencies)


def test_the_proofs_that_they_make_are_ours(go: Ask, tree: Tree) -> None:
    places = [(size, index) for size in (1, 2, 7, 64, 100, 255, 256) for index in {0, size // 2, size - 1}]
    records = ",".join(entry(seq).hex() for seq in range(LARGEST))
    theirs = go(f"prove {size} {index} {records}" for size, index in places)
    assert theirs == [listed(tree.inclusion(index, size)) for size, index in places]


def changed_inclusions(claim: Inclusion) -> Iterator[Inclusion]:
    """Every single bit of root, entry and proof."""
    size, index = claim.size, claim.index
    yield from (Inclusion(size, index, root, claim.data, claim.proof) for root in bits_of(claim.root))
    yield from (Inclusion(size, index, claim.root, data, claim.proof) for data in bits_of(claim.data))
    for proof in changed_proofs(claim.proof):
        yield Inclusion(size, index, claim.root, claim.data, proof)


def changed_consistencies(claim: Consistency) -> Iterator[Consistency]:
    for root in bits_of(claim.first_root):
        yield Consistency(claim.first, claim.second, root, claim.second_root, claim.proof)
    for root in bits_of(claim.second_root):
        yield Consistency(claim.first, claim.second, claim.first_root, root, claim.proof)
    for proof in changed_proofs(claim.proof):
        yield Consistency(claim.first, claim.second, claim.first_root, claim.second_root, proof)


def changed_proofs(proof: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
    for place, step in enumerate(proof):
        yield from ((*proof[:place], other, *proof[place + 1 :]) for other in bits_of(step))


SAMPLE = ((1, 0), (2, 1), (5, 4), (8, 3), (100, 99), (255, 0), (256, 200))


def test_every_single_bit_of_an_inclusion_proof_counts(
    go: Ask, node: Ask, tree: Tree, roots: Sequence[bytes]
) -> None:
    changed = [
        change
        for size, index in SAMPLE
        for change in changed_inclusions(
            Inclusion(size, index, roots[size], entry(index), tree.inclusion(index, size))
        )
    ]
    asked = [claim.asked for claim in changed]
    assert set(go(asked)) == set(node(asked)) == {"no"}
    assert not any(claim.by_sigstore_python or claim.ours for claim in changed)


def test_every_single_bit_of_a_consistency_proof_counts(go: Ask, tree: Tree, roots: Sequence[bytes]) -> None:
    changed = [
        change
        for second, first in ((2, 1), (5, 3), (8, 4), (100, 99), (255, 128), (256, 77))
        for change in changed_consistencies(
            Consistency(first, second, roots[first], roots[second], tree.consistency(first, second))
        )
    ]
    assert set(go(claim.asked for claim in changed)) == {"no"}
    assert not any(claim.ours for claim in changed)


def test_all_agree_on_a_proof_for_another_place_or_size(
    go: Ask, node: Ask, tree: Tree, roots: Sequence[bytes]
) -> None:
    """Some are true: the root of five leaves does not say five, so its checkpoint is what is signed."""
    moved = [
        Inclusion(size + other, index + away, roots[size], entry(index), tree.inclusion(index, size))
        for size, index in SAMPLE
        for other in range(-3, 9)
        for away in range(-2, 3)
        if 0 <= index + away < size + other
    ]
    ours = ["yes" if claim.ours else "no" for claim in moved]
    asked = [claim.asked for claim in moved]
    assert go(asked) == node(asked) == ours
    assert ["yes" if claim.by_sigstore_python else "no" for claim in moved] == ours
    assert len(set(ours)) == 2


def test_a_proof_that_is_longer_or_shorter_is_refused_by_all(
    go: Ask, node: Ask, tree: Tree, roots: Sequence[bytes]
) -> None:
    claims = []
    for size, index in SAMPLE:
        proof = tree.inclusion(index, size)
        others = [(*proof, roots[size]), (roots[size], *proof), *((proof[:-1], proof[1:]) if proof else ())]
        claims += [Inclusion(size, index, roots[size], entry(index), other) for other in others]
    asked = [claim.asked for claim in claims]
    assert set(go(asked)) == set(node(asked)) == {"no"}
    assert not any(claim.by_sigstore_python or claim.ours for claim in claims)


def served(tree: Tree, size: int, *, false: TilePath | None = None) -> str:
    """All tiles of a tree as their reader takes them, one of them false."""
    shown = []
    for path in tiles_of(size):
        data = hash_tile(tree, path)
        data = data if path != false else data[:-1] + bytes([data[-1] ^ 1])
        shown.append(f"{print_tile_path(path)}={data.hex()}")
    return ",".join(shown)


@pytest.fixture(scope="module")
def large() -> Tree:
    grown = Tree()
    for seq in range(1_000):
        grown.append(leaf_hash(entry(seq)))
    return grown


def test_every_leaf_is_read_through_our_tiles(go: Ask, large: Tree) -> None:
    sizes = (1, 2, 255, 256, 257, 300, 512, 513, 1_000)
    asked = [f"tiles {size} {large.root_at(size).hex()} {served(large, size)}" for size in sizes]
    assert set(go(asked)) == {"yes"}


def test_a_false_tile_is_refused_by_both(go: Ask, large: Tree) -> None:
    """Debian's tlog (0.7.0) checks a tile against its parent only where no two subtrees of the root share one
    tile, as at 513; ours checks all at every size."""
    for size, theirs in ((513, ["no"]), (700, None)):
        root = large.root_at(size)
        for false in tiles_of(size):
            shown = served(large, size, false=false)
            assert theirs is None or go([f"tiles {size} {root.hex()} {shown}"]) == theirs
            with pytest.raises(NotVerified):
                tree_of_tiles(size, root, from_shelf(shown))


def from_shelf(shown: str) -> Callable[[TilePath], bytes]:
    held = {path: bytes.fromhex(data) for path, data in (pair.split("=") for pair in shown.split(","))}
    return lambda path: held[print_tile_path(path)]


def test_both_spell_the_paths_of_tiles_alike(go: Ask) -> None:
    indexes = (0, 1, 999, 1_000, 1_001, 999_999, 1_000_000, 1_234_067, 2**40)
    paths = [
        print_tile_path(TilePath(level, index, width))
        for level in (0, 1, 7, 63)
        for index in indexes
        for width in (1, 17, 255, 256)
    ]
    assert go(f"path {path}" for path in paths) == paths
    strange = [
        "tile/0/0",
        "tile/0/000.p/0",
        "tile/0/x000/000",
        "tile/00/000",
        "tile/0/000.p/257",
    ]
    assert set(go(f"path {path}" for path in strange)) == {"no"}
    for path in strange:
        with pytest.raises(NotVerified):
            parse_tile_path(path)
