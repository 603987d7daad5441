# SPDX-License-Identifier: Apache-2.0
"""Which items may a record of ASTERIX category 21, 48 or 62 have, in which order, and how long is each?

    2        so many octets                     x      octets, as long as the last bit of each is set
    x3       the same, three octets at a time   r8     an octet that says how often, then 8 octets each time
    len      an octet that says how long        (…)    a compound: its own list of what follows, then that
    -        spare: a record that has it is none

The lists are those of EUROCONTROL's specifications: category 21 edition 2.1 to 2.7 (SPEC-0149-12; editions
before 2.0 have another order, and cannot be told from these), category 48 edition 1.27 to 1.32 (SPEC-0149-4),
category 62 edition 1.16 to 1.21 (SPEC-0149-9).
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["COMPOUND", "COUNTED", "EXPLICIT", "EXTENDED", "ITEMS", "SHAPES", "SPARE", "WITHIN", "place_of"]

I64 = NDArray[np.int64]

SPARE: Final = 0
EXTENDED: Final = 1_000
"""Plus the octets of each part."""
COUNTED: Final = 2_000
"""Plus the octets of each time."""
EXPLICIT: Final = 3_000
COMPOUND: Final = 4_000
"""Plus the row of ``WITHIN`` that lists what is within."""

ITEMS: Final = {
    21: (
        "010:2 040:x 161:2 015:1 071:3 130:6 131:8 072:3 150:2 151:2 080:3 073:3 074:4 075:3 076:4 140:2 "
        "090:x 210:1 070:2 230:2 145:2 152:2 200:1 155:2 157:2 160:4 165:2 077:3 170:6 020:1 220:(2 2 2 1) "
        "146:2 148:2 110:(x r15) 016:1 008:1 271:x 132:1 250:r8 260:7 400:1 "
        "295:(1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1) - - - - - RE:len SP:len"
    ),
    48: (
        "010:2 140:3 020:x 040:4 070:2 090:2 130:(1 1 1 1 1 1 1) 220:3 240:6 250:r8 161:2 042:4 200:4 170:x "
        "210:4 030:x 080:2 100:4 110:2 120:(2 r6) 230:2 260:7 055:1 050:2 065:1 060:2 SP:len RE:len"
    ),
    62: (
        "010:2 - 015:1 070:3 105:8 100:6 185:4 210:2 060:2 245:7 "
        "380:(3 6 2 2 2 2 2 x r15 2 2 7 2 2 2 2 2 2 1 8 1 6 2 1 r8 2 2 2) 040:2 080:x "
        "290:(1 1 1 1 2 1 1 1 1 1) 200:1 "
        "295:(1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1) 136:2 130:2 135:2 220:2 "
        "390:(2 7 4 1 4 1 4 4 3 2 2 r4 6 1 7 7 2 7) 270:x 300:1 110:(1 4 6 2 2 1 1) 120:2 510:x3 "
        "500:(4 2 4 1 1 2 2 1) 340:(2 4 2 2 2 1) - - - - - RE:len SP:len"
    ),
}

_WIDEST: Final = 50
"""More than any list has."""


def _split(listed: str) -> list[str]:
    """The words of a list; what stands in brackets is one of them."""
    words: list[str] = []
    for word in listed.split(" "):
        if words and words[-1].count("(") > words[-1].count(")"):
            words[-1] += " " + word
        else:
            words.append(word)
    return words


def _shape(word: str, within: list[list[int]]) -> int:
    if word == "-":
        return SPARE
    word = word.rpartition(":")[2] if "(" not in word else word[word.index("(") :]
    if word == "len":
        return EXPLICIT
    if word.startswith("x"):
        return EXTENDED + int(word[1:] or 1)
    if word.startswith("r"):
        return COUNTED + int(word[1:])
    if word.startswith("("):
        within.append([_shape(one, within) for one in word[1:-1].split(" ")])
        return COMPOUND + len(within) - 1
    return int(word)


def _tables() -> tuple[I64, I64]:
    within: list[list[int]] = []
    shapes = [[_shape(word, within) for word in _split(listed)] for listed in ITEMS.values()]
    return _table(shapes), _table(within)


def _table(rows: list[list[int]]) -> I64:
    """Rows filled up with what is spare."""
    return np.array([row + [SPARE] * (_WIDEST - len(row)) for row in rows], dtype=np.int64)


SHAPES, WITHIN = _tables()
"""The shapes of items by (category in the order of ``ITEMS``, place in its list), and of compounds' parts."""


def place_of(category: int, item: str) -> int:
    """The place of an item in its category's list, from 0."""
    return [word.split(":")[0] for word in _split(ITEMS[category])].index(item)
