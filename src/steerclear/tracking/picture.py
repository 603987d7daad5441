# SPDX-License-Identifier: Apache-2.0
"""What does this node see now? The newest believable report of every track, as columns.

    reports ──► may it be believed? ──► the row of its track ──moved along──► Movers ──► probes
                     └─ no: counted by cause, and kept aside

Nothing is guessed: a height that cannot be is no height, a speed that cannot be is no speed, and a place that
the track cannot have come to waits until three reports in a row agree with it. A name that two movers carry
is doubtful, and what is doubtful is Undetermined.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from steerclear.model.time import Instant
from steerclear.tracking.kernels_picture import FAULTS, Aside, Bounds, taken
from steerclear.tracking.reports import Columns, Refs, Reports, empty_columns
from steerclear.tracking.swept import AHEAD_MS, Drift, Movers, moved_along

__all__ = ["Limits", "Picture", "Taken"]

_ROOM: Final = 1_024
_DOUBTED_FOR_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What is possible, for the fastest that a feed may show.

    ``speed_mm_s``    a report that would need more has teleported (Mach 3.5 by default)
    ``jump_mm``       so far a position may be off without that
    ``lowest_ft`` and ``highest_ft``  a height outside of them is none
    ``climb_ft_min``  up or down
    ``ahead_ms``      so far a report may come from the future
    ``most_tracks``   newcomers above this are counted and not kept
    """

    speed_mm_s: int = 1_200_000
    jump_mm: int = 2_000_000
    lowest_ft: int = -2_000
    highest_ft: int = 130_000
    climb_ft_min: int = 60_000
    ahead_ms: int = AHEAD_MS
    most_tracks: int = 250_000


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of reports: ``kept`` of ``offered``, and why the others were not.

    ``older``            not newer than what is kept of the track
    ``ahead``            from the future: a clock is wrong, there or here
    ``no_place``         latitude or longitude out of range
    ``teleport``         the track cannot have come there; kept aside until three agree
    ``two_of_one_name``  two movers are being reported under one name
    ``full``             more tracks than may be kept
    ``bad_height`` and ``bad_speed``  kept, without it
    """

    offered: int = 0
    kept: int = 0
    older: int = 0
    ahead: int = 0
    no_place: int = 0
    teleport: int = 0
    two_of_one_name: int = 0
    bad_height: int = 0
    bad_speed: int = 0
    full: int = 0

    def __add__(self, other: Taken) -> Taken:
        return Taken(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


_COUNTED: Final = (
    "kept", "older", "ahead", "no_place", "teleport", "two_of_one_name", "bad_height", "bad_speed"
)  # fmt: skip
"""In the order of the kernel's counts."""


class Picture:
    """The newest report of each track. One thread at a time."""

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._row_of: dict[str, int] = {}
        self._refs: Refs = np.empty(_ROOM, dtype=object)
        self._kept = empty_columns(_ROOM)
        self._has = np.zeros(_ROOM, dtype=np.bool_)
        self._aside = _aside(_ROOM)

    def __len__(self) -> int:
        return int(np.count_nonzero(self._has[: len(self._row_of)]))

    def take(self, reports: Reports, now: Instant) -> Taken:
        """Take reports in the order in which they came."""
        rows = self._rows_of(reports.refs)
        known = rows >= 0
        full = len(rows) - int(np.count_nonzero(known))
        columns = reports.columns if not full else reports.columns.rows(known)
        counts = np.zeros(FAULTS, dtype=np.int64)
        one = self._limits
        bounds = Bounds(
            one.ahead_ms, one.speed_mm_s, one.jump_mm, one.lowest_ft, one.highest_ft, one.climb_ft_min
        )
        taken(rows[known], columns, self._kept, self._has, self._aside, now, bounds, counts)
        return Taken(**dict(zip(_COUNTED, counts.tolist(), strict=True)), offered=len(rows), full=full)

    def movers(self, now: Instant, drift: Drift, *, threads: int = 1) -> Movers:
        """Everything that is fresh, moved along to ``now``; what is stale or doubtful is named."""
        rows = len(self._row_of)
        has = self._has[:rows]
        doubted = has & (self._aside.doubled_at[:rows] > now - _DOUBTED_FOR_MS)
        refs, kept = self._refs[:rows], self._kept
        if not has.all():
            refs, kept = refs[has], kept.rows(np.flatnonzero(has))
        doubtful = tuple(self._refs[:rows][doubted].tolist())
        return moved_along(refs, kept, now, drift, doubtful=doubtful, threads=threads)

    def newest(self) -> tuple[Refs, Columns]:
        """A copy of what is kept: one row for each track."""
        has = np.flatnonzero(self._has[: len(self._row_of)])
        return self._refs[has], self._kept.rows(has)

    def forget(self, before: Instant) -> int:
        """Forget the tracks whose newest report is older than ``before``; returns how many."""
        rows = len(self._row_of)
        staying = np.flatnonzero(self._has[:rows] & (self._kept.seen_at[:rows] >= before))
        gone = rows - len(staying)
        if gone:
            self._refs = self._refs[staying]
            self._kept, self._aside = self._kept.rows(staying), _rows_aside(self._aside, staying)
            self._has = self._has[staying]
            self._row_of = {ref: row for row, ref in enumerate(self._refs.tolist())}
        return gone

    def _rows_of(self, refs: Refs) -> NDArray[np.int64]:
        """The row of each name, new ones appended; −1 where the picture is full."""
        row_of = self._row_of
        rows = np.empty(len(refs), dtype=np.int64)
        for at, ref in enumerate(refs.tolist()):
            row = row_of.get(ref)
            if row is None:
                row = len(row_of) if len(row_of) < self._limits.most_tracks else -1
                if row >= 0:
                    if row == len(self._refs):
                        self._grow()
                    row_of[ref] = row
                    self._refs[row] = ref
            rows[at] = row
        return rows

    def _grow(self) -> None:
        more = max(len(self._refs), _ROOM)
        self._refs = np.concatenate([self._refs, np.empty(more, dtype=object)])
        self._has = np.concatenate([self._has, np.zeros(more, dtype=np.bool_)])
        self._kept = Columns(*_joined(self._kept, empty_columns(more)))
        self._aside = Aside(*_joined(self._aside, _aside(more)))


def _joined(columns: Sequence[Any], more: Sequence[Any]) -> list[Any]:
    return [np.concatenate(pair) for pair in zip(columns, more, strict=True)]


def _rows_aside(aside: Aside, rows: NDArray[np.int64]) -> Aside:
    kept: list[Any] = [column[rows] for column in aside]
    return Aside(*kept)


def _aside(rows: int) -> Aside:
    return Aside(
        seen_at=np.zeros(rows, dtype=np.int64),
        lat_e7=np.zeros(rows, dtype=np.int32),
        lon_e7=np.zeros(rows, dtype=np.int32),
        agreed=np.zeros(rows, dtype=np.int8),
        confirmed=np.zeros(rows, dtype=np.int8),
        doubled_at=np.zeros(rows, dtype=np.int64),
    )
