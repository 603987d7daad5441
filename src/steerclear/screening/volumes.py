# SPDX-License-Identifier: Apache-2.0
"""Many volumes as arrays: footprints, bands and spans side by side, one row each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from steerclear.errors import BadInput
from steerclear.geometry.arrays import LEGS, FootprintArrays
from steerclear.geometry.datum import amsl_interval_ft
from steerclear.geometry.grid import NOBODY
from steerclear.model.notice import NoticeKind
from steerclear.model.space import HIGHEST_FT, LOWEST_FT, Altitude, Band, Datum, Volume
from steerclear.screening.prepared import UNBOUNDED_FT

__all__ = ["DATUMS", "KINDS", "VolumeArrays", "band_of", "bands_of"]

DATUMS: Final = (Datum.AMSL, Datum.AGL, Datum.WGS84, Datum.STD)
"""What the codes 0, 1, 2 and 3 of a datum stand for."""

KINDS: Final = tuple(NoticeKind)
"""What the codes of a kind stand for, from 0."""

_LAST_S: Final = 253_402_300_799  # 9999-12-31T23:59:59Z


@dataclass(frozen=True, slots=True, eq=False)
class VolumeArrays:
    """A structure of arrays for ``n`` volumes.

    ``footprints``   ``FootprintArrays`` of length n
    ``lower_ft``, ``upper_ft``          int32 (n,)  feet
    ``lower_datum``, ``upper_datum``    uint8 (n,)  0 AMSL, 1 AGL, 2 WGS84, 3 STD
    ``start_s``, ``end_s``              int64 (n,)  UTC seconds since 1970; of legs: first and last time
    ``party``        int32 (n,)  0 and up; −1 is nobody's, and compared with every other
    ``kind``         uint8 (n,)  place in ``KINDS``; matters only where minima depend on kinds
    """

    footprints: FootprintArrays
    lower_ft: NDArray[np.int32]
    lower_datum: NDArray[np.uint8]
    upper_ft: NDArray[np.int32]
    upper_datum: NDArray[np.uint8]
    start_s: NDArray[np.int64]
    end_s: NDArray[np.int64]
    party: NDArray[np.int32]
    kind: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.start_s)

    @staticmethod
    def of(
        volumes: Sequence[Volume], party: Sequence[int] | None = None, kind: Sequence[int] | None = None
    ) -> VolumeArrays:
        """The arrays of volumes in their order; without ``party`` nobody's, without ``kind`` of the first."""
        bands = [volume.band for volume in volumes]
        return VolumeArrays(
            footprints=FootprintArrays.of([volume.footprint for volume in volumes]),
            lower_ft=np.array([band.lower.feet for band in bands], dtype=np.int32),
            lower_datum=np.array([DATUMS.index(band.lower.datum) for band in bands], dtype=np.uint8),
            upper_ft=np.array([band.upper.feet for band in bands], dtype=np.int32),
            upper_datum=np.array([DATUMS.index(band.upper.datum) for band in bands], dtype=np.uint8),
            start_s=np.array([volume.span.start_s for volume in volumes], dtype=np.int64),
            end_s=np.array([volume.span.end_s for volume in volumes], dtype=np.int64),
            party=np.full(len(volumes), NOBODY, dtype=np.int32)
            if party is None
            else np.array(party, dtype=np.int32),
            kind=np.zeros(len(volumes), dtype=np.uint8) if kind is None else np.array(kind, dtype=np.uint8),
        )

    def check(self) -> None:
        """Raise ``BadInput`` for the first row that is no volume; footprints are checked when made ready.

        Codes: ``arrays-uneven``, ``band-inverted``, ``altitude-out-of-range``, ``span-inverted``,
        ``span-out-of-range``, ``datum-unknown``, ``kind-unknown``, ``party-out-of-range``.
        """
        for name, wanted in _TYPES.items():
            _check_column(name, getattr(self, name), wanted, len(self.footprints))
        _refuse(
            (self.lower_datum >= len(DATUMS)) | (self.upper_datum >= len(DATUMS)),
            BadInput("datum-unknown", "A datum is none of 0 to 3.", remedy="0 AMSL, 1 AGL, 2 WGS84, 3 STD."),
        )
        _refuse(
            (np.minimum(self.lower_ft, self.upper_ft) < LOWEST_FT)
            | (np.maximum(self.lower_ft, self.upper_ft) > HIGHEST_FT),
            BadInput(
                "altitude-out-of-range",
                f"A height is not between {LOWEST_FT} and {HIGHEST_FT} ft.",
                remedy="Check the value and its unit.",
            ),
        )
        _refuse(
            (self.lower_datum == self.upper_datum) & (self.upper_ft < self.lower_ft),
            BadInput(
                "band-inverted",
                "An upper limit is below its lower limit.",
                remedy="Give an upper limit that is not below the lower one.",
            ),
        )
        _refuse(
            (np.abs(self.start_s) > _LAST_S) | (np.abs(self.end_s) > _LAST_S),
            BadInput(
                "span-out-of-range",
                "A time span lies outside the years that a date can hold.",
                remedy="Give UTC seconds since 1970, up to the year 9999.",
            ),
        )
        _refuse(
            self.end_s < self.start_s,
            BadInput(
                "span-inverted",
                "An end is before its start.",
                remedy="Give an end that is not before the start.",
            ),
        )
        _refuse(
            _span_is_not_that_of_legs(self),
            BadInput(
                "legs-span",
                "The span of timed legs is not that of their first and last time.",
                remedy="Give start and end equal to the first and last time.",
            ),
        )
        _refuse(
            self.kind >= len(KINDS),
            BadInput(
                "kind-unknown", "A kind is unknown.", remedy=f"Give a place in KINDS, 0 to {len(KINDS) - 1}."
            ),
        )
        _refuse(
            self.party < NOBODY,
            BadInput("party-out-of-range", "A party is below −1.", remedy="Give 0 and up, or −1 for nobody."),
        )


_TYPES: Final = {
    "lower_ft": np.int32,
    "lower_datum": np.uint8,
    "upper_ft": np.int32,
    "upper_datum": np.uint8,
    "start_s": np.int64,
    "end_s": np.int64,
    "party": np.int32,
    "kind": np.uint8,
}


def bands_of(arrays: VolumeArrays) -> NDArray[np.int32]:
    """Both limits as numbers, int32 (n, 8): feet, lowest and highest feet AMSL, datum; lower, then upper.

    Without terrain a height above ground lies anywhere between ∓ ``UNBOUNDED_FT``.
    """
    bands = np.empty((len(arrays), 8), dtype=np.int32)
    for begin, feet, datum in (
        (0, arrays.lower_ft, arrays.lower_datum),
        (4, arrays.upper_ft, arrays.upper_datum),
    ):
        bands[:, begin], bands[:, begin + 3] = feet, datum
        bands[:, begin + 1], bands[:, begin + 2] = _intervals(feet, datum)
    return bands


def band_of(band: Band) -> tuple[int, ...]:
    """One row of ``bands_of``."""
    return (*_limit(band.lower), *_limit(band.upper))


def _limit(altitude: Altitude) -> tuple[int, int, int, int]:
    if altitude.datum is Datum.AMSL:
        return altitude.feet, altitude.feet, altitude.feet, 0
    bounds = amsl_interval_ft(altitude)
    low, high = (-UNBOUNDED_FT, UNBOUNDED_FT) if bounds is None else (bounds.low_ft, bounds.high_ft)
    return altitude.feet, low, high, DATUMS.index(altitude.datum)


def _intervals(
    feet: NDArray[np.int32], datum: NDArray[np.uint8]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    low, high = feet.copy(), feet.copy()
    for code in np.flatnonzero(np.bincount(datum, minlength=len(DATUMS))).tolist():
        if DATUMS[code] is Datum.AMSL:
            continue
        rows = np.flatnonzero(datum == code)
        distinct, of = np.unique(feet[rows], return_inverse=True)
        bounds = [amsl_interval_ft(Altitude(value, DATUMS[code])) for value in distinct.tolist()]
        low[rows] = np.array([-UNBOUNDED_FT if b is None else b.low_ft for b in bounds], dtype=np.int32)[of]
        high[rows] = np.array([UNBOUNDED_FT if b is None else b.high_ft for b in bounds], dtype=np.int32)[of]
    return low, high


def _span_is_not_that_of_legs(arrays: VolumeArrays) -> NDArray[np.bool_]:
    given = arrays.footprints
    wrong = np.zeros(len(arrays), dtype=bool)
    rows = np.flatnonzero(given.kind == LEGS)
    ring = given.first_ring[rows]
    first, last = given.first_point[ring], given.first_point[ring + 1] - 1
    wrong[rows] = (given.time_s[first] != arrays.start_s[rows]) | (given.time_s[last] != arrays.end_s[rows])
    return wrong


def _check_column(name: str, column: NDArray[np.generic], wanted: type, length: int) -> None:
    if column.dtype == wanted and column.shape == (length,):
        return
    raise BadInput(
        "arrays-uneven",
        f"{name} is {column.dtype} of shape {column.shape}, not {np.dtype(wanted)} of ({length},).",
        remedy="Give every column one value for each footprint, in the type that VolumeArrays names.",
        where=name,
    )


def _refuse(wrong: NDArray[np.bool_], error: BadInput) -> None:
    if wrong.any():
        error.where = f"volume {int(np.flatnonzero(wrong)[0])}"
        raise error
