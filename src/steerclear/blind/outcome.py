# SPDX-License-Identifier: Apache-2.0
"""What does a blind check answer about one notice? Cells met, nothing met, or undetermined; there is no
fourth.

A met cell is not yet a conflict: the two desks talk. Nothing met is no permission. What was met stays met
until the day of the cell ends, whatever fails later; what fails otherwise is undetermined.
"""

from __future__ import annotations

from dataclasses import dataclass

from steerclear.model.finding import Undetermined

__all__ = ["CellsMet", "NothingMet", "Outcome"]


@dataclass(frozen=True, slots=True)
class CellsMet:
    """May conflict. ``cells``: those of the notice that the other listed too, encoded, sorted."""

    cells: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class NothingMet:
    """``among`` so many slots of the other, padding and sentinels counted; ``at``: the round that said so;
    ``covers_s``: what either side filed later than this is not in it.

    ``honest_peer_only``: no proofs were asked for, so a peer that garbles its answers would not be noticed.
    """

    among: int
    at: int
    covers_s: int
    honest_peer_only: bool = False


Outcome = CellsMet | NothingMet | Undetermined
