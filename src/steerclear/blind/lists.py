# SPDX-License-Identifier: Apache-2.0
"""What stands in a list, in which order, and what binds its author to it before it leaves?

    cells, sentinels, dummies up to a power of two   ──shuffled──►   slots   ──masked──►   the list

Everything that is drawn for a list comes from one ``seed`` of 32 bytes by keyed BLAKE2b: the dummies, the
order and the salts. So an audit that is given the seed and the cells can make the list again, bit by bit. The
commitment is the root of the tree of RFC 9162 over salt ‖ item of *all* slots, dummies too: a single slot can
be opened with its salt and a proof, and nobody can say later that a slot held something else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from steerclear.blind.grid import CELL_BYTES
from steerclear.blind.kernels_blake2b import hash_rows
from steerclear.blind.rows import Rows, new_rows
from steerclear.blind.sentinels import AT_FIRST, LATER
from steerclear.blind.slots import Numbers
from steerclear.blind.tokens import DUMMY, Items, items_of
from steerclear.model.terms import Level
from steerclear.record.merkle import Tree, leaf_hash

__all__ = ["MOST_SLOTS", "SlotList", "idle_slots", "least_slots", "made_list", "padded"]

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


def least_slots(round_: int, level: Level) -> int:
    """A list has no fewer: what its sentinels fill; and at L3p enough to be cut into 64 parts."""
    return max(padded(LATER if round_ else AT_FIRST), 64 if level is Level.L3P else 0)


def idle_slots(rounds: int, level: Level) -> int:
    """What a day of ``rounds`` costs of a cap when nothing is filed."""
    return least_slots(0, level) + (rounds - 1) * least_slots(1, level) if rounds else 0


def padded(count: int) -> int:
    """The next power of two."""
    return 1 << (count - 1).bit_length()


def made_list(cells: Items, sentinels: Items, count: int, seed: bytes) -> SlotList:
    """Cells, sentinels and dummies up to ``count``, in a secret order, and the commitment to all of them."""
    used = len(cells) + len(sentinels)
    dummies = items_of(DUMMY, _drawn(seed, b"dummy", count - used, CELL_BYTES).tobytes())
    keys = _drawn(seed, b"order", count, _ORDER_BYTES).view(">u8").reshape(-1)
    order: Numbers = np.argsort(keys, kind="stable")
    items = np.concatenate((cells, sentinels, dummies))[order]
    return SlotList(items, order, _root(items, _drawn(seed, b"salts", count, _SALT_BYTES)))


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
