# SPDX-License-Identifier: Apache-2.0
"""A name and where it lies: what a notice's "near" is held against."""

from __future__ import annotations

from dataclasses import dataclass

from steerclear.model.space import Position

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """One named position.

    ``name``      as it is shown: "Deir ez-Zor Airport (OSDZ)", or "12 km NE of …" for one that was computed
    ``position``  one point; a large place has a small one that stands for it
    ``doubt``     what the source leaves open ("approximate, to a few kilometres"); ``None`` when nothing is
    """

    name: str
    position: Position
    doubt: str | None = None
