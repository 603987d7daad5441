# SPDX-License-Identifier: Apache-2.0
"""Which areas are agreed to be kept out of? Those of each theatre annex that binds, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass

from steerclear.errors import BadInput
from steerclear.geometry.picture import DrawnRings, drawn_rings
from steerclear.model.annex import AnnexName, Theatre
from steerclear.model.space import Footprint
from steerclear.services.ledger import Ledger

__all__ = ["AgreedArea", "agreed_areas"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AgreedArea:
    """``version`` of the annex that names it; while two versions bind, an area may stand in both."""

    name: str
    version: int
    drawn: DrawnRings


def agreed_areas(ledger: Ledger) -> tuple[AgreedArea, ...]:
    """In the order of the annex; an area that cannot be drawn hides no other."""
    now = ledger.now()
    return tuple(
        AgreedArea(name=row.name, version=annex.version, drawn=_rings(row.area))
        for annex in ledger.view.annexes.binding(AnnexName.THEATRE, now)
        if isinstance(annex.terms, Theatre)
        for row in annex.terms.off_limits
    )


def _rings(footprint: Footprint) -> DrawnRings:
    try:
        return drawn_rings(footprint)
    except BadInput:
        return ()
