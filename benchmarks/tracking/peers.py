# SPDX-License-Identifier: Apache-2.0
"""Peers of the live picture: MiniSky's state-based detection, and Shapely's STRtree for areas."""

from __future__ import annotations

from importlib.metadata import version
from types import SimpleNamespace
from typing import Any

import numpy as np

from steerclear.tracking import Area, Minima, Movers, Reports

__all__ = ["MiniSky", "Tree"]

Pairs = set[tuple[str, str]]


class MiniSky:
    """Its ``ConflictDetection.detect``, called with the same tracks and minima."""

    name = "MiniSky"

    def __init__(self) -> None:
        from minisky._internal.conflict.detection import ConflictDetection

        self._detection: Any = ConflictDetection
        self.version = version("minisky")

    def made(self, reports: Reports) -> Any:
        """Its arrays, in its units: m, m/s, degrees."""
        one = reports.columns
        east, north = one.east / 1000.0, one.north / 1000.0
        return SimpleNamespace(
            ntraf=len(reports),
            callsign=reports.refs.tolist(),
            lat=one.lat_e7 / 1e7,
            lon=one.lon_e7 / 1e7,
            gs=np.hypot(east, north),
            trk=np.degrees(np.arctan2(east, north)),
            alt=one.feet * 0.3048,
            vs=one.climb * 0.3048 / 60.0,
        )

    def pairs(self, traffic: Any, minima: Minima) -> Any:
        """What it finds, both directions of each pair."""
        ones = np.ones(traffic.ntraf)
        return self._detection.detect(
            self._detection,
            traffic,
            traffic,
            ones * minima.lateral_mm / 1000,
            ones * minima.vertical_ft * 0.3048,
            ones * minima.look_ahead_s,
        )

    @staticmethod
    def names(found: Any) -> Pairs:
        """Each pair once. Those that have lost separation are conflicts, too."""
        return {(min(pair), max(pair)) for pair in (*found.confpairs, *found.lospairs)}


class Tree:
    """Shapely: a line for each path, in degrees, against polygons; heights and times by numpy afterwards.

    It says whether, not when or where. It is level: a climb counts by the heights that it sweeps.
    """

    name = "Shapely STRtree"

    def __init__(self) -> None:
        self.version = version("shapely")

    def made(self, areas: list[Area]) -> Any:
        from shapely import STRtree, polygons

        rings = [[(p.lon_deg, p.lat_deg) for p in area.volume.footprint.exterior] for area in areas]  # type: ignore[union-attr]  # the work's are polygons
        low = np.array([area.volume.band.lower.feet for area in areas])
        high = np.array([area.volume.band.upper.feet for area in areas])
        return STRtree(polygons(rings)), low, high

    def pairs(self, tree: Any, reports: Reports, movers: Movers, look_ahead_s: int) -> int:
        """How many it finds."""
        from shapely import linestrings

        from steerclear.geometry.ellipsoid import position_of

        index, low, high = tree
        lat, lon = position_of(movers.place + movers.velocity * look_ahead_s)
        here = np.stack([reports.columns.lon_e7 / 1e7, reports.columns.lat_e7 / 1e7], axis=1)
        paths = linestrings(np.stack([here, np.stack([lon, lat], axis=1)], axis=1))
        track, area = index.query(paths, predicate="intersects")
        begins = reports.columns.feet[track]
        ends = begins + reports.columns.climb[track] * (look_ahead_s / 60)
        meet = (np.minimum(begins, ends) < high[area]) & (np.maximum(begins, ends) > low[area])
        return int(np.count_nonzero(meet))
