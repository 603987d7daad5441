# SPDX-License-Identifier: Apache-2.0
"""Where is what somebody typed, and how is it said in all three spellings?"""

from __future__ import annotations

from dataclasses import dataclass

from steerclear.formats.coordinates import parse_position, spell

__all__ = ["PositionShown", "position_shown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionShown:
    """Degrees to 1e-7, and the three spellings that every face shows."""

    lat: float
    lon: float
    decimal: str
    dms: str
    mgrs: str


def position_shown(typed: str) -> PositionShown:
    """Raises ``BadInput`` as ``parse_position`` does."""
    position = parse_position(typed)
    ways = spell(position)
    return PositionShown(
        lat=position.lat_deg, lon=position.lon_deg, decimal=ways.decimal, dms=ways.dms, mgrs=ways.mgrs
    )
