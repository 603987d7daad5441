# SPDX-License-Identifier: Apache-2.0
"""What is a cell called in a check, so that nobody who may not cannot find it from its name?

A token's input has a fixed length, so that no two inputs can be read as one:

    "steerclear/blind" 2  attempt  grid  mechanism  first  second  annex  day  step  0…    type  cell
            16         2     2       2       32       12     12      32    4     2   12      1    12
    └───────────────────── 128 bytes: one block of either hash ───────────────────────┘   └── an item ──┘

``day`` is the UTC day of the cell and not of the filing, ``annex`` the hash of the annex of separation, the
pair in the order of its names, ``grid`` the version of the grid and ``step`` its step in arc seconds. Under
another day, pair, annex, grid or step the same cell has another name, sentinels too, so nothing that is
learnt in one check helps in another, and two sides that cut space differently do not take it for *nothing
met*.

    L2         keyed BLAKE2b of the input, 32 bytes, under a key that the two parties alone hold
    L3, L3p    H(input)^a with the sender's scalar of that pair and day, then (H(input)^a)^b by the other;
               H is hash_to_ristretto255 of RFC 9380, appendix B, under the tag ``DST``
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

import numpy as np

from steerclear.blind.grid import CELL, CELL_BYTES, COLUMN, LADDER, SENTINEL, SITES
from steerclear.blind.kernels_blake2b import hash_rows
from steerclear.blind.ristretto import Scalar, hash_and_power_of_each
from steerclear.blind.rows import Rows, cores, in_parts, new_rows, rows_of
from steerclear.errors import BadInput

__all__ = [
    "DST", "DUMMY", "ITEM_BYTES", "KEY_BYTES", "PREFIX_BYTES", "TOKEN_BYTES", "Items", "PairDay",
    "bulk_tokens", "items_of", "masked", "type_of",
]  # fmt: skip

TOKEN_BYTES: Final = 32
KEY_BYTES: Final = 32
ITEM_BYTES: Final = 1 + CELL_BYTES
PREFIX_BYTES: Final = 128
DUMMY: Final = 4
"""Type byte of what fills a list up: 12 random bytes, no place."""

DST: Final = b"steerclear-blind-v1-with-ristretto255_XMD:SHA-512_R255MAP_RO_"

Items = Rows
"""Rows of ``ITEM_BYTES``: type and cell."""

_TAG: Final = b"steerclear/blind"
_VERSION: Final = 2
_TYPES: Final = (CELL, COLUMN, SENTINEL, DUMMY)
_HASH: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MEMBER: Final = re.compile(r"[A-Z][A-Z0-9]{1,11}", re.ASCII)
_LARGEST_DAY: Final = 2**32 - 1
_STEPS: Final = frozenset(grid.step_arc_s for grid in (*LADDER, SITES))


@dataclass(frozen=True, slots=True)
class PairDay:
    """What one check is about: two parties, one UTC day of cells, under one annex and grid.

    ``mechanism`` and ``annex`` are SHA-256 hashes in hex, ``parties`` names in order, ``grid`` the version of
    the grid, ``step_arc_s`` its step (15: the columns of protected sites), ``day`` whole UTC days since
    1970-01-01, ``attempt`` 0, or how often the day was begun anew: after a check of it failed, or was full.
    Raises ``BadInput`` (``blind-pair``).
    """

    mechanism: str
    parties: tuple[str, str]
    annex: str
    grid: int
    step_arc_s: int
    day: int
    attempt: int = 0

    def __post_init__(self) -> None:
        first, second = self.parties
        hashes = all(_HASH.fullmatch(value) for value in (self.mechanism, self.annex))
        names = all(_MEMBER.fullmatch(value) for value in self.parties) and first < second
        numbers = 0 < self.grid < 65_536 and 0 <= self.day <= _LARGEST_DAY and 0 <= self.attempt < 65_536
        if not (hashes and names and numbers and self.step_arc_s in _STEPS):
            raise _no_pair()

    @property
    def kind(self) -> int:
        """The type of what is listed: cells, or columns of protected sites."""
        return COLUMN if self.step_arc_s == SITES.step_arc_s else CELL

    @property
    def prefix(self) -> bytes:
        """128 bytes that every input of this check begins with."""
        parts = (
            _TAG,
            _VERSION.to_bytes(2, "big"),
            self.attempt.to_bytes(2, "big"),
            self.grid.to_bytes(2, "big"),
            bytes.fromhex(self.mechanism),
            *(party.encode("ascii").ljust(12, b"\0") for party in self.parties),
            bytes.fromhex(self.annex),
            self.day.to_bytes(4, "big"),
            self.step_arc_s.to_bytes(2, "big"),
        )
        return b"".join(parts).ljust(PREFIX_BYTES, b"\0")

    @classmethod
    def of_prefix(cls, prefix: bytes) -> PairDay:
        """Exact inverse of ``prefix``. Raises ``BadInput`` (``blind-pair``) for what it never is."""
        names = [prefix[at : at + 12].rstrip(b"\0").decode("ascii", "replace") for at in (54, 66)]
        found = cls(
            prefix[22:54].hex(),
            (names[0], names[1]),
            prefix[78:110].hex(),
            int.from_bytes(prefix[20:22], "big"),
            int.from_bytes(prefix[114:116], "big"),
            int.from_bytes(prefix[110:114], "big"),
            int.from_bytes(prefix[18:20], "big"),
        )
        if found.prefix != prefix:
            raise _no_pair()
        return found


def _no_pair() -> BadInput:
    return BadInput(
        "blind-pair",
        "This names no check: mechanism, two parties in order, annex, grid, step, day and attempt.",
        remedy="Take both hashes from the record, and the names in the order of the alphabet.",
    )


def items_of(kind: int, cells: bytes) -> Items:
    """One item for each cell of ``CELL_BYTES``. Raises ``BadInput`` (``blind-cells``)."""
    if len(cells) % CELL_BYTES or kind not in _TYPES:
        raise BadInput(
            "blind-cells",
            f"{len(cells)} bytes of type {kind} are no whole number of cells of a type that there is.",
            remedy="Give cells as the grid encodes them.",
        )
    items = new_rows(len(cells) // CELL_BYTES, ITEM_BYTES)
    items[:, 0] = kind
    items[:, 1:] = rows_of(cells, CELL_BYTES)
    return items


def type_of(items: Items) -> Rows:
    """The type byte of each."""
    return items[:, 0]


def bulk_tokens(key: bytes, pair_day: PairDay, items: Items, *, workers: int | None = None) -> Rows:
    """L2: a keyed hash of each item. Whoever has ``key`` can try every cell of the world: say so."""
    if len(key) != KEY_BYTES:
        raise BadInput(
            "blind-key", f"A key of L2 has {KEY_BYTES} bytes.", remedy="Make it anew for the pair."
        )
    held, beginning = (np.frombuffer(data, np.uint8).copy() for data in (key, pair_day.prefix))
    out = new_rows(len(items), TOKEN_BYTES)

    def work(start: int, end: int) -> None:
        hash_rows(held, beginning, items[start:end], out[start:end])

    in_parts(len(items), work, workers=workers or cores())
    return out


def masked(scalar: Scalar, pair_day: PairDay, items: Items, *, workers: int | None = None) -> Rows:
    """L3: H(item)^scalar of each item."""
    return hash_and_power_of_each(pair_day.prefix, items, DST, scalar, workers=workers)
