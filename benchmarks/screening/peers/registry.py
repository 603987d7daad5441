# SPDX-License-Identifier: Apache-2.0
"""Who takes part in what, under which name; code is loaded only in the process that measures it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

__all__ = [
    "BOXES",
    "ENTRANTS",
    "OURS",
    "POLYGONS",
    "POLYGON_QUERIES",
    "STANDING",
    "Absent",
    "Entrant",
    "load",
]


class Absent(Exception):
    """Cannot be measured on this machine; the words say what is missing."""


@dataclass(frozen=True, slots=True)
class Entrant:
    """``place`` is ``file:class`` below this folder; ``works`` says in a few words what it is."""

    name: str
    title: str
    place: str
    works: str


OURS: Final = "ours"

ENTRANTS: Final = {
    each.name: each
    for each in (
        Entrant(OURS, "Steerclear", "ours:Ours", "5D boxes, all cores"),
        Entrant("ours-1", "Steerclear, 1 thread", "ours:OursAlone", "5D boxes, one core"),
        Entrant("prtree", "python-prtree", "prtree:Prtree", "4D boxes, all cores"),
        Entrant("sqlite", "SQLite R*Tree", "sqlite:Sqlite", "4D boxes, one core, SQL"),
        Entrant("strtree", "Shapely STRtree", "strtree:Strtree", "2D boxes, then numpy, one core"),
        Entrant(
            "libspatialindex", "libspatialindex", "libspatialindex:Libspatialindex", "4D boxes, one core"
        ),
        Entrant("postgis", "PostGIS nd-GiST", "postgis:Postgis", "4D boxes, a server, SQL"),
        Entrant("ours-exact", "Steerclear", "ours_exact:OursExact", "WGS84 geodesics, all cores"),
        Entrant("gnomonic", "python-prtree + Shapely", "gnomonic:Gnomonic", "one gnomonic plane"),
        Entrant("s2", "python-prtree + S2", "s2:S2", "great circles on a sphere"),
        Entrant("strtree-exact", "Shapely alone", "gnomonic:StrtreeGnomonic", "one gnomonic plane"),
    )
}

BOXES: Final = ("ours", "ours-1", "prtree", "sqlite", "libspatialindex", "strtree", "postgis")
STANDING: Final = ("ours", "prtree", "sqlite", "libspatialindex", "strtree", "postgis")
POLYGONS: Final = ("ours-exact", "gnomonic", "s2")
POLYGON_QUERIES: Final = ("ours-exact", "gnomonic", "s2", "strtree-exact")


def load(name: str) -> Any:
    """Make the entrant. Raises ``Absent`` when its package is not installed."""
    module, _, kind = ENTRANTS[name].place.partition(":")
    try:
        return getattr(import_module(f"benchmarks.screening.peers.{module}"), kind)()
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("steerclear", "benchmarks")):
            raise
        raise Absent(f"{error.name} is not installed; `make bench-screening` installs it") from error
