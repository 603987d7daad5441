# SPDX-License-Identifier: Apache-2.0
"""What stands in a list, in which order, and what binds its author to it before it leaves?

    cells, sentinels, dummies up to a size of ``padding.py``   ──shuffled──►   slots   ──masked──►   the list

Everything that is drawn for a list comes from one ``seed`` of 32 bytes by keyed BLAKE2b: the dummies, the
order and the salts. So an audit that is given the seed and the cells can make the list again, bit by bit. The
commitment is the root of the tree of RFC 9162 over salt ‖ item of *all* slots, dummies too: a single slot can
be opened with its salt and a proof, and nobody can say later that a slot held something else.

A list without a cell is idle: eight slots, all of them sentinels. It counts nothing of a cap, because nobody
can choose what stands in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np

from steerclear.blind.grid import CELL_BYTES
from steerclear.blind.kernels_blake2b import hash_rows
from steerclear.blind.padding import cut, padded
from steerclear.blind.rows import Rows, new_rows
from steerclear.blind.sentinels import EACH_ROUND, reserved
from steerclear.blind.slots import Numbers
from steerclear.blind.tokens import DUMMY, Items, items_of
from steerclear.model.terms import Level, Padding
from steerclear.record.merkle import Tree, leaf_hash

__all__ = [
    "IDLE_SLOTS", "MOST_SLOTS", "SlotList", "charged", "drawn_order", "fitted", "least_slots", "list_hash",
    "made_list", "slot_hashes",
]  # fmt: skip

IDLE_SLOTS: Final = EACH_ROUND

MOST_SLOTS: Final = 1 << 20
"""In one list: 32 MB."""

_SALT_BYTES: Final = 32
_ORDER_BYTES: Final = 8


@dataclass(frozen=True, slots=True, eq=False)
class SlotList:
    """``items`` as they stand in the slots; ``order[slot]``: the place before the shuffle."""

    items: Items
    order: Numbers
    root: bytes


def least_slots(level: Level, attempt: int, padding: Padding = Padding.DOUBLING) -> int:
    """A list with cells has no fewer: room for its sentinels and one cell; at L3p enough for 64 parts."""
    return padded(reserved(level, attempt) + 1, padding)


def charged(count: int) -> int:
    """What a list of so many slots takes of a cap: all of them, padding too; an idle one none."""
    return 0 if count == IDLE_SLOTS else count


def fitted(
    cells: int, room: int, level: Level, attempt: int, padding: Padding = Padding.DOUBLING
) -> tuple[int, int]:
    """How many slots a list has for so many new cells where a cap leaves ``room`` slots, and how many of the
    cells go into it; the rest is kept back."""
    kept_free = reserved(level, attempt)
    count = min(padded(cells + kept_free, padding), MOST_SLOTS, cut(room, padding))
    if not cells or count < least_slots(level, attempt, padding):
        return IDLE_SLOTS, 0
    return count, min(cells, count - kept_free)


def made_list(cells: Items, sentinels: Items, count: int, seed: bytes) -> SlotList:
    """Cells, sentinels and dummies up to ``count``, in a secret order, and the commitment to all of them."""
    used = len(cells) + len(sentinels)
    dummies = items_of(DUMMY, _drawn(seed, b"dummy", count - used, CELL_BYTES).tobytes())
    order = drawn_order(seed, count)
    items = np.concatenate((cells, sentinels, dummies))[order]
    return SlotList(items, order, _root(items, _drawn(seed, b"salts", count, _SALT_BYTES)))


def drawn_order(seed: bytes, count: int) -> Numbers:
    """So many places in an order that only the seed tells."""
    keys = _drawn(seed, b"order", count, _ORDER_BYTES).view(">u8").reshape(-1)
    order: Numbers = np.argsort(keys, kind="stable")
    return order


def slot_hashes(rows: Rows) -> bytes:
    """SHA-256 of each row: what stands for the list at L3p until its parts are sent."""
    return b"".join(sha256(row.tobytes()).digest() for row in rows)


def list_hash(rows: Rows, level: Level) -> bytes:
    """What is committed to: SHA-256 of the list, at L3p of the hashes of its slots."""
    return sha256(slot_hashes(rows) if level is Level.L3P else rows.tobytes()).digest()


def _drawn(seed: bytes, purpose: bytes, count: int, width: int) -> Rows:
    """Rows that only the seed tells, one for each number."""
    numbers = np.arange(count, dtype=">u4").view(np.uint8).reshape(-1, 4)
    out = new_rows(count, width)
    hash_rows(np.frombuffer(seed, np.uint8).copy(), np.frombuffer(purpose, np.uint8).copy(), numbers, out)
    return out


def _root(items: Items, salts: Rows) -> bytes:
    whole = np.concatenate((salts, items), axis=1)
    width, data = whole.shape[1], whole.tobytes()
    tree = Tree()
    tree.extend(b"".join(leaf_hash(data[at : at + width]) for at in range(0, len(data), width)))
    return tree.root_at(tree.size)
