# SPDX-License-Identifier: Apache-2.0
"""A log as tiles: the paths of C2SP tlog-tiles, what each holds, and what a false one is refused with."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steerclear.errors import NotVerified
from steerclear.record import (
    TilePath,
    check_entries,
    entries_of,
    hash_tile,
    parse_entries,
    parse_hash_tile,
    parse_tile_path,
    print_entries,
    print_tile_path,
    tiles_of,
    tree_of_tiles,
)
from steerclear.record.merkle import Tree, leaf_hash

LARGEST = 70_000


def entry(seq: int) -> bytes:
    return b"entry %d" % seq


@pytest.fixture(scope="module")
def tree() -> Tree:
    grown = Tree()
    for seq in range(LARGEST):
        grown.append(leaf_hash(entry(seq)))
    return grown


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (TilePath(0, 1_234_067), "tile/0/x001/x234/067"),  # the example of C2SP tlog-tiles
        (TilePath(0, 0), "tile/0/000"),
        (TilePath(63, 999, 255), "tile/63/999.p/255"),
        (TilePath(None, 1_000, 1), "tile/entries/x001/000.p/1"),
        (TilePath(1, 2**53 - 1), "tile/1/x009/x007/x199/x254/x740/991"),
    ],
)
def test_paths_are_spelled_as_published(path: TilePath, text: str) -> None:
    assert print_tile_path(path) == text
    assert parse_tile_path(text) == path


@settings(deadline=None, derandomize=True)
@given(
    st.builds(TilePath, st.none() | st.integers(0, 63), st.integers(0, 2**53 - 1), st.integers(1, 256)),
)
def test_paths_are_exact_inverses(path: TilePath) -> None:
    assert parse_tile_path(print_tile_path(path)) == path


REFUSED_PATHS = [
    *("", "tile", "tile/", "tile/0", "tile/0/", "/tile/0/000", "tile/0/000/", "tile/0/0", "tile/0/00"),
    *("tile/0/0000", "tile/00/000", "tile/64/000", "tile/-1/000", "tile/+1/000", "tile/data/000"),
    *("tile/0/x000/000", "tile/0/001/000", "tile/0/x001/x000", "tile/0/X001/000", "tile/0/x01/000"),
    *("tile/0/x010/x000/x000/x000/x000/000", "tile/0/x001/x000/x000/x000/x000/x000/000"),
    *("tile/0/000.p", "tile/0/000.p/", "tile/0/000.p/0", "tile/0/000.p/01", "tile/0/000.p/256"),
    *("tile/0/000.p/1/1", "tile/0/000.p/٧", "tile/0/٠٠٠", "tile/0/000\n", "tile/0/../000", "tile/8/0/000"),
]


@pytest.mark.parametrize("text", REFUSED_PATHS)
def test_a_path_with_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(NotVerified) as refused:
        parse_tile_path(text)
    assert refused.value.code == "tile-path"


def test_a_tree_is_served_in_the_tiles_of_the_published_example() -> None:
    found = list(tiles_of(70_000))
    assert found[:273] == [TilePath(0, index) for index in range(273)]
    assert found[273:] == [TilePath(0, 273, 112), TilePath(1, 0), TilePath(1, 1, 17), TilePath(2, 0, 1)]
    assert list(tiles_of(256)) == [TilePath(0, 0), TilePath(1, 0, 1)]
    assert list(entries_of(257)) == [TilePath(None, 0), TilePath(None, 1, 1)]
    assert not list(tiles_of(0))
    assert not list(entries_of(0))


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 511, 512, 65_535, 65_536, 65_537, LARGEST])
def test_every_tile_holds_the_roots_of_the_definition(tree: Tree, size: int) -> None:
    """MTH(D[(n·256 + i)·256^l : (n·256 + i + 1)·256^l]), counted over all tiles of a size."""
    for path in tiles_of(size):
        assert path.is_in(size)
        assert path.width == 256 or not TilePath(path.level, path.index, path.width + 1).is_in(size)
        found = parse_hash_tile(hash_tile(tree, path), path)
        step = 256 ** (path.level or 0)
        for place in {0, path.width // 2, path.width - 1}:
            part = Tree()
            first = (path.index * 256 + place) * step
            for seq in range(first, first + step) if step < 65_536 else ():
                part.append(tree.leaf_at(seq))
            assert found[place] == (part.root_at(step) if step < 65_536 else tree.root_at(65_536))


def served(tree: Tree, *, false: TilePath | None = None) -> Callable[[TilePath], bytes]:
    """Tiles as a host would hand them over, one of them false."""

    def fetch(path: TilePath) -> bytes:
        data = hash_tile(tree, path)
        return data if path != false else bytes([data[0] ^ 1]) + data[1:]

    return fetch


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 1_000, 66_000])
def test_a_stranger_rebuilds_the_tree_from_tiles(tree: Tree, size: int) -> None:
    rebuilt = tree_of_tiles(size, tree.root_at(size), served(tree))
    assert (rebuilt.size, rebuilt.root_at(size)) == (size, tree.root_at(size))


@pytest.mark.parametrize(
    ("false", "code"),
    [
        (TilePath(0, 1), "tile-other-root"),
        (TilePath(0, 2, 88), "tile-other-root"),
        (TilePath(1, 0, 2), "tile-other-hashes"),
    ],
)
def test_a_false_tile_is_refused(tree: Tree, false: TilePath, code: str) -> None:
    with pytest.raises(NotVerified) as refused:
        tree_of_tiles(600, tree.root_at(600), served(tree, false=false))
    assert refused.value.code == code


def test_a_tile_of_another_width_is_refused(tree: Tree) -> None:
    with pytest.raises(NotVerified) as refused:
        tree_of_tiles(3, tree.root_at(3), lambda _: bytes(64))
    assert refused.value.code == "tile-form"


def test_a_tile_that_the_tree_does_not_fill_is_not_made(tree: Tree) -> None:
    for path in (TilePath(0, 273, 113), TilePath(1, 1, 18), TilePath(2, 0, 2), TilePath(63, 0, 1)):
        assert not path.is_in(tree.size)
        with pytest.raises(ValueError, match="70000 leaves"):
            hash_tile(tree, path)


@settings(deadline=None, derandomize=True)
@given(st.lists(st.binary(max_size=40), min_size=1, max_size=256))
def test_bundles_of_entries_are_exact_inverses(entries: list[bytes]) -> None:
    path = TilePath(None, 0, len(entries))
    assert list(parse_entries(print_entries(entries), path)) == entries


TWO = TilePath(None, 0, 2)
REFUSED_ENTRIES = {
    "nothing": b"",
    "one too few": print_entries([b"a"]),
    "one too many": print_entries([b"a", b"b", b"c"]),
    "half a length": print_entries([b"a", b"b"]) + b"\0",
    "cut off": print_entries([b"a", b"b"])[:-1],
    "too long": bytes(2 * 65_537 + 1),
}


@pytest.mark.parametrize("data", REFUSED_ENTRIES.values(), ids=REFUSED_ENTRIES)
def test_a_bundle_of_another_form_is_refused(data: bytes) -> None:
    with pytest.raises(NotVerified) as refused:
        parse_entries(data, TWO)
    assert refused.value.code == "tile-form"


def test_entries_count_only_where_the_tree_holds_them(tree: Tree) -> None:
    path = TilePath(None, 1, 3)
    entries = [entry(256 + place) for place in range(3)]
    assert list(check_entries(tree, path, print_entries(entries))) == entries
    beyond = TilePath(None, LARGEST // 256 + 1, 1)
    for place, held in ((path, [*entries[:2], entry(0)]), (beyond, [entry(0)])):
        with pytest.raises(NotVerified) as refused:
            check_entries(tree, place, print_entries(held))
        assert refused.value.code == "tile-other-entry"
