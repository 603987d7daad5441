# SPDX-License-Identifier: Apache-2.0
"""A log as files that never change: C2SP tlog-tiles.

    tile/0/x001/x234/067       256 leaf hashes, from leaf 1234067 × 256 on
    tile/1/000.p/17            17 hashes, each the root of a full tile below
    tile/entries/000.p/112     112 entries, each after its length in two bytes, big-endian

Whoever holds a checkpoint can fetch these from anybody, in any order, and needs to trust nobody:
``tree_of_tiles`` takes only what adds up to the root. Source: https://c2sp.org/tlog-tiles
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.ijson import LARGEST
from steerclear.record.leaf import LARGEST_LEAF
from steerclear.record.merkle import Hash, Tree, leaf_hash

__all__ = [
    "FULL_WIDTH",
    "TilePath",
    "check_entries",
    "entries_of",
    "hash_tile",
    "parse_entries",
    "parse_hash_tile",
    "parse_tile_path",
    "print_entries",
    "print_tile_path",
    "tiles_of",
    "tree_of_tiles",
]

FULL_WIDTH: Final = 256
_HIGHEST_LEVEL: Final = 63
_HASH_BYTES: Final = 32
_LENGTH_BYTES: Final = 2
_PATH: Final = re.compile(
    r"tile/(entries|0|[1-9][0-9]?)/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?", re.ASCII
)


@dataclass(frozen=True, slots=True)
class TilePath:
    """Which tile: ``level`` 0 to 63, or ``None`` for entries; its ``index`` there; its ``width``, 1 to 256.

    Raises ``NotVerified`` (``tile-path``).
    """

    level: int | None
    index: int
    width: int = FULL_WIDTH

    def __post_init__(self) -> None:
        is_level = self.level is None or 0 <= self.level <= _HIGHEST_LEVEL
        if not is_level or not 0 <= self.index <= LARGEST or not 1 <= self.width <= FULL_WIDTH:
            raise _no_path()

    @property
    def height(self) -> int:
        """Of the subtrees whose roots it holds: each has 2^height leaves."""
        return 8 * (self.level or 0)

    @property
    def first(self) -> int:
        """The first leaf or subtree that it holds, counted at its level."""
        return self.index * FULL_WIDTH

    def is_in(self, size: int) -> bool:
        """Does a tree of ``size`` leaves fill it?"""
        return (self.first + self.width) << self.height <= size


def print_tile_path(path: TilePath) -> str:
    """The path below the log's prefix, without a leading slash."""
    level = "entries" if path.level is None else str(path.level)
    groups = [f"{path.index % 1000:03}"]
    rest = path.index // 1000
    while rest:
        groups.append(f"x{rest % 1000:03}")
        rest //= 1000
    partial = "" if path.width == FULL_WIDTH else f".p/{path.width}"
    return f"tile/{level}/{'/'.join(reversed(groups))}{partial}"


def parse_tile_path(text: str) -> TilePath:
    """Exact inverse of ``print_tile_path``. Raises ``NotVerified`` (``tile-path``)."""
    found = _PATH.fullmatch(text)
    if found is None:
        raise _no_path()
    level, groups, width = found.groups()
    path = TilePath(
        level=None if level == "entries" else int(level),
        index=int(groups.replace("x", "").replace("/", "")),
        width=int(width) if width else FULL_WIDTH,
    )
    if print_tile_path(path) != text:
        raise _no_path()
    return path


def tiles_of(size: int) -> Iterator[TilePath]:
    """Every tile of hashes of a tree of ``size`` leaves, by level; the last of a level may be partial."""
    level, count = 0, size
    while count:
        yield from _row(level, count)
        level, count = level + 1, count // FULL_WIDTH


def entries_of(size: int) -> Iterator[TilePath]:
    """Every bundle of entries of a log of ``size`` entries."""
    return _row(None, size)


def hash_tile(tree: Tree, path: TilePath) -> bytes:
    """The bytes of a tile of hashes. Raises ``ValueError`` where the tree does not fill it."""
    return b"".join(tree.complete(path.height, path.first + place) for place in range(path.width))


def parse_hash_tile(data: bytes, path: TilePath) -> tuple[Hash, ...]:
    """The hashes of a tile. Raises ``NotVerified`` (``tile-form``)."""
    if len(data) != path.width * _HASH_BYTES:
        raise _malformed(path, f"it does not hold {path.width} hashes")
    return tuple(data[start : start + _HASH_BYTES] for start in range(0, len(data), _HASH_BYTES))


def print_entries(entries: Sequence[bytes]) -> bytes:
    """A bundle of entries, each of at most 65,535 bytes."""
    return b"".join(len(entry).to_bytes(_LENGTH_BYTES, "big") + entry for entry in entries)


def parse_entries(data: bytes, path: TilePath) -> tuple[bytes, ...]:
    """Exact inverse of ``print_entries``, for a bundle of the path's width. Raises ``NotVerified``."""
    if len(data) > path.width * (_LENGTH_BYTES + LARGEST_LEAF):
        raise _malformed(path, f"it is longer than {path.width} entries can be")
    entries: list[bytes] = []
    place = 0
    while place < len(data):
        start = place + _LENGTH_BYTES
        end = start + int.from_bytes(data[place:start], "big")
        if start > len(data) or end > len(data):
            raise _malformed(path, "it ends within an entry")
        entries.append(data[start:end])
        place = end
    if len(entries) != path.width:
        raise _malformed(path, f"it holds {len(entries)} entries, not {path.width}")
    return tuple(entries)


def tree_of_tiles(size: int, root: Hash, fetch: Callable[[TilePath], bytes]) -> Tree:
    """The tree under ``root``, from tiles that anybody may have handed over.

    Every tile of every level is fetched and must be the one of this tree. Raises ``NotVerified``:
    ``tile-form``, ``tile-other-root`` where the leaves do not add up, ``tile-other-hashes`` where a tile
    above them is false; and whatever ``fetch`` raises.
    """
    tree = Tree()
    for path in _row(0, size):
        for leaf in parse_hash_tile(fetch(path), path):
            tree.append(leaf)
    if tree.root_at(size) != root:
        raise NotVerified(
            "tile-other-root",
            f"The {size} hashes of the tiles do not add up to the root of the checkpoint.",
            where=root.hex(),
            remedy="Take the tiles from another member, and look at the path that these came by.",
        )
    for path in tiles_of(size):
        if path.level and fetch(path) != hash_tile(tree, path):
            raise NotVerified(
                "tile-other-hashes",
                "The tile does not hold the roots of the tiles below it.",
                where=print_tile_path(path),
                remedy="Take the tiles from another member, and look at the path that these came by.",
            )
    return tree


def check_entries(tree: Tree, path: TilePath, data: bytes) -> tuple[bytes, ...]:
    """The entries of a bundle, each the one whose hash the tree holds there. Raises ``NotVerified``."""
    entries = parse_entries(data, path)
    for place, entry in enumerate(entries, start=path.first):
        if place >= tree.size or tree.leaf_at(place) != leaf_hash(entry):
            raise NotVerified(
                "tile-other-entry",
                f"The bundle does not hold entry {place} of this tree.",
                where=print_tile_path(path),
                remedy="Take the entries from another member, and look at the path that these came by.",
            )
    return entries


def _row(level: int | None, count: int) -> Iterator[TilePath]:
    full, rest = divmod(count, FULL_WIDTH)
    yield from (TilePath(level, index) for index in range(full))
    if rest:
        yield TilePath(level, full, rest)


def _no_path() -> NotVerified:
    return NotVerified(
        "tile-path",
        "This is not the path of a tile.",
        remedy="Ask for tile/LEVEL/INDEX or tile/entries/INDEX as C2SP tlog-tiles spells them.",
    )


def _malformed(path: TilePath, why: str) -> NotVerified:
    return NotVerified(
        "tile-form",
        f"This is not that tile: {why}.",
        where=print_tile_path(path),
        remedy="Ask the sender for the original bytes; do not repair them.",
    )
