# SPDX-License-Identifier: Apache-2.0
"""A few outlines in the form that compiled loops compare: for pairs that are no rows of ``Shapes``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from steerclear.geometry.ellipsoid import Floats, Ints, bulge_at_most_m
from steerclear.geometry.kernels_prepare import FACTS, FEW_PIECES, RUNS, Made
from steerclear.geometry.outline import Outline

__all__ = ["made_of"]

_BLOCK: Final = 16


def made_of(outlines: Sequence[Outline]) -> Made:
    """One row for each outline; boxes are left out."""
    parts = [_Part(outline) for outline in outlines]
    firsts = {name: _firsts([len(getattr(part, name)) for part in parts]) for name in _Part.__slots__[2:]}
    runs = np.zeros((len(parts), RUNS), dtype=np.int64)
    for row, part in enumerate(parts):
        point, extra = int(firsts["points"][row]), int(firsts["extras"][row])
        runs[row] = (
            *(point, point + len(part.points)),
            *(int(firsts[name][row + step]) for name in ("chains", "blocks", "areas") for step in (0, 1)),
            extra if len(part.extras) else -1,
            part.moves,
        )
        part.chains[:, :2] += point
        part.chains[:, 2] += int(firsts["areas"][row]) * (part.chains[:, 2] >= 0)
        part.block_runs[:, 0] += point
        part.block_runs[:, 2] += int(firsts["chains"][row])
    none = np.empty((0, 3), dtype=np.int32)
    return Made(
        facts=np.array([part.facts for part in parts]),
        runs=runs,
        chains=np.concatenate([part.chains for part in parts]),
        points=np.concatenate([part.points for part in parts]),
        extras=np.concatenate([part.extras for part in parts]),
        blocks=np.concatenate([part.blocks for part in parts]),
        block_runs=np.concatenate([part.block_runs for part in parts]),
        areas=np.concatenate([part.areas for part in parts]),
        low=none,
        high=none,
    )


class _Part:
    """The columns of one outline, counted from its own first rows."""

    __slots__ = ("facts", "moves", "points", "chains", "extras", "blocks", "block_runs", "areas")  # noqa: RUF023

    def __init__(self, outline: Outline) -> None:
        p = outline.pieces
        radii = np.append(p.radius0_m, p.radius1_m[-1:])
        times = np.append(p.time0_s, p.time1_s[-1:])
        self.moves = bool(times[-1] != 0.0 or times[0] != 0.0)
        self.facts = np.zeros(FACTS)
        self.facts[:6] = *outline.middle, outline.radius_m, outline.reach_m, radii.min()
        self.facts[6] = bulge_at_most_m(2 * p.half_m).max()
        if outline.areas is None:
            self.points = np.append(p.start, p.end[-1:], axis=0)
            self.chains = np.array([[0, len(p), -1]], dtype=np.int64)
            self.extras = np.column_stack([radii, times])
            self.areas = np.empty((0, 3))
        else:
            ring = outline.areas.ring
            first = np.flatnonzero(np.diff(ring, prepend=-1))
            last = np.append(first[1:], len(p))
            rings = zip(first, last, strict=True)
            self.points = np.concatenate([p.start[[*range(begin, end), begin]] for begin, end in rings])
            area = np.searchsorted(outline.areas.first, first, side="right") - 1
            shift = np.arange(len(first))
            self.chains = np.column_stack([first + shift, last + shift, area]).astype(np.int64)
            self.extras = np.empty((0, 2))
            self.areas = np.ascontiguousarray(outline.areas.frame[:, 2])
        self.block_runs, self.blocks = _blocks(self.points, self.chains)


def _blocks(points: Floats, chains: Ints) -> tuple[Ints, Floats]:
    """Balls around runs of 16 pieces, where there are many."""
    runs, balls = [], []
    if len(points) > FEW_PIECES:
        for chain, (first, last, _) in enumerate(chains.tolist()):
            for begin in range(first, last, _BLOCK):
                end = min(begin + _BLOCK, last)
                own = points[begin : end + 1]
                middle = own.mean(axis=0)
                longest = np.linalg.norm(np.diff(own, axis=0), axis=1).max()
                away = np.linalg.norm(own - middle, axis=1).max() + bulge_at_most_m(longest)
                runs.append((begin, end - begin, chain))
                balls.append((*middle, away))
    return np.array(runs, dtype=np.int64).reshape(-1, 3), np.array(balls, dtype=np.float64).reshape(-1, 4)


def _firsts(counts: Sequence[int]) -> Ints:
    return np.cumsum([0, *counts])
