# SPDX-License-Identifier: Apache-2.0
"""Why is a footprint refused? The numbers that compiled code gives, in words."""

from __future__ import annotations

from typing import Final

from steerclear.errors import BadInput

__all__ = [
    "CROSSES",
    "EDGE_TOO_LONG",
    "HOLE_IN_HOLE",
    "HOLE_OUTSIDE",
    "NOUN_REFUSES",
    "RINGS_CROSS",
    "TOO_LARGE",
    "TOUCHES",
    "WITHOUT_AREA",
    "refusal",
]

NOUN_REFUSES: Final = 1
WITHOUT_AREA: Final = 2
TOO_LARGE: Final = 3
EDGE_TOO_LONG: Final = 4
CROSSES: Final = 5
TOUCHES: Final = 6
RINGS_CROSS: Final = 7
HOLE_OUTSIDE: Final = 8
HOLE_IN_HOLE: Final = 9


def refusal(why: int, where: str) -> BadInput:
    """The error for one of the numbers above, but for ``NOUN_REFUSES``, which the noun itself explains."""
    match why:
        case 2:
            return BadInput(
                "ring-without-area",
                "A ring encloses nothing: fewer than three of its corners are different points of the Earth.",
                where=where,
                remedy="Give at least three different corners; a pole has one place under every longitude.",
            )
        case 3:
            return BadInput(
                "footprint-too-large",
                "An area does not fit into half of the Earth, so its inside is not certain.",
                where=where,
                remedy="Divide it into smaller areas.",
            )
        case 4:
            return BadInput(
                "edge-too-long",
                "An edge joins two nearly opposite points of the Earth: which way round is the short one is "
                "not certain.",
                where=where,
                remedy="Add a point between them.",
            )
        case 5:
            return BadInput(
                "ring-crosses-itself",
                "A ring crosses itself, so its inside is not certain.",
                where=where,
                remedy="Give the corners in order along the border, or divide the area.",
            )
        case 6:
            return BadInput(
                "ring-touches-itself",
                "A ring touches itself or runs back along its own edge.",
                where=where,
                remedy="Remove the corner or spike that touches, or divide the area.",
            )
        case 7:
            return BadInput(
                "rings-cross",
                "Two rings of one polygon cross or touch.",
                where=where,
                remedy="Keep every hole clear of the outer ring and of the other holes.",
            )
        case 8:
            return BadInput(
                "hole-outside-area",
                "A hole lies outside its area.",
                where=where,
                remedy="Keep every hole within the outer ring of its own polygon.",
            )
        case _:
            return BadInput(
                "hole-in-hole",
                "A hole lies within another hole.",
                where=where,
                remedy="Remove the inner ring, or give it as a part of its own.",
            )
