# SPDX-License-Identifier: Apache-2.0
"""Which drafts are in this GPX, and how does a notice go to a hand-held receiver?

    wpt                a point      with radius_m a circle
    rte                a line       with half_width_m a corridor
    trk with times     a way        with radius_m legs
    trk without        a line, or an outline where it ends where it began: which of the two is asked

The names of ``features`` stand in each one's ``extensions``; a receiver writes none, and then they are in
doubt. Elevations are read and not used: they say where somebody was, not how high an area is. Source: GPX
1.1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final
from xml.sax.saxutils import escape

from steerclear.errors import BadInput
from steerclear.formats.drafts import Doubt, Draft, Field, Given, Skipped
from steerclear.formats.features import (
    NAMES,
    Line,
    Shape,
    Spot,
    draft_of,
    joined,
    position_of,
    words_of,
)
from steerclear.formats.xml_reading import Element, read_xml
from steerclear.model.notice import Notice
from steerclear.model.space import Circle, Corridor, Legs, MultiPolygon, Polygon, Position
from steerclear.model.time import format_zulu

__all__ = ["print_gpx", "read_gpx"]

AREA: Final = "area"
"""The word by which our own outline says that it is one."""
_POINTS: Final = {"rte": "rtept", "trk": "trkpt"}


def read_gpx(data: bytes) -> tuple[tuple[Draft, ...], tuple[Skipped, ...]]:
    """A draft for each waypoint, route and track. Raises ``BadInput``: ``not-gpx``, and as ``read_xml``."""
    root = read_xml(data)
    if root.name != "gpx":
        raise BadInput(
            "not-gpx", f"The file is XML of the kind {root.name[:40]}.", remedy="Export it as GPX."
        )
    drafts = [_draft(one, data) for one in root.children if one.name in ("wpt", "rte", "trk")]
    return joined(drafts), ()


def _draft(one: Element, source: bytes) -> tuple[Draft, Mapping[str, str]]:
    raw = source[one.start : one.end].decode("utf-8", "replace")
    words = {
        child.name: child.text
        for extensions in one.children
        if extensions.name == "extensions"
        for child in extensions.children
        if child.name in (*NAMES, "shape")
    }
    doubts: list[Doubt] = []
    shape: Shape = None
    try:
        shape = _shape(one, words, doubts)
    except BadInput as error:
        doubts.append(
            Doubt(code="drawing-unread", field=Field.AREA, must=True, what=error.what, answer=error.remedy)
        )
    return draft_of(raw, shape, words, title=one.text_of("name") or None, doubts=doubts), words


def _shape(one: Element, words: Mapping[str, str], doubts: list[Doubt]) -> Shape:
    if one.name == "wpt":
        return Spot(_position(one))
    found = list(one.all(_POINTS[one.name]))
    points = tuple(map(_position, found))
    if not points:
        raise BadInput("drawing-unread", "A way has no points.", remedy="Export it again.")
    is_closed = len(points) >= 4 and points[0] == points[-1]
    if is_closed and words.get("shape") == AREA:
        return Polygon(points[:-1])
    times = tuple(point.text_of("time") for point in found)
    if is_closed and not any(times) and not words.get("half_width_m"):
        doubts.append(_line_or_area(points))
        return None
    return Line(points, times if any(times) else ())


def _line_or_area(points: tuple[Position, ...]) -> Doubt:
    return Doubt(
        code="line-or-area",
        field=Field.AREA,
        must=True,
        what="A way ends where it began: it could be the outline of an area, or a way round.",
        answer="Say which; accepted, the area inside is taken.",
        offer=Given(footprint=Polygon(points[:-1])),
    )


def _position(point: Element) -> Position:
    return position_of(point.attributes.get("lon", ""), point.attributes.get("lat", ""))


def print_gpx(notices: tuple[Notice, ...]) -> str:
    """A GPX 1.1 file, as ``read_gpx`` reads it back. Raises ``BadInput`` (``gpx-shape``) for holes."""
    # The schema wants waypoints first, then routes, then tracks.
    drawn = sorted((one for notice in notices for one in _drawn(notice)), key=lambda pair: _ORDER[pair[0]])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Steerclear" xmlns="http://www.topografix.com/GPX/1/1">\n'
        f"{''.join(text for _, text in drawn)}</gpx>\n"
    )


_ORDER: Final = {"wpt": 0, "rte": 1, "trk": 2}


def _drawn(notice: Notice) -> Iterator[tuple[str, str]]:
    for place, volume in enumerate(notice.volumes):
        words = words_of(notice, place)
        name = f"<name>{_plain(notice.ref)}</name>"
        match volume.footprint:
            case Circle(centre=centre):
                yield "wpt", f"<wpt {_at(centre)}>{name}{_extensions(words)}</wpt>\n"
            case Corridor(points=points):
                line = "".join(f"<rtept {_at(point)}/>" for point in points)
                yield "rte", f"<rte>{name}{_extensions(words)}{line}</rte>\n"
            case Legs(points=points, times_s=times_s):
                line = "".join(
                    f"<trkpt {_at(point)}><time>{format_zulu(at_s)}</time></trkpt>"
                    for point, at_s in zip(points, times_s, strict=True)
                )
                yield "trk", f"<trk>{name}{_extensions(words)}<trkseg>{line}</trkseg></trk>\n"
            case Polygon(exterior=exterior, holes=()):
                ring = "".join(f"<trkpt {_at(point)}/>" for point in (*exterior, exterior[0]))
                area = _extensions(words | {"shape": AREA})
                yield "trk", f"<trk>{name}{area}<trkseg>{ring}</trkseg></trk>\n"
            case Polygon() | MultiPolygon():
                raise BadInput(
                    "gpx-shape",
                    "GPX has no words for an area of several parts or with holes.",
                    where=notice.ref,
                    remedy="Write it as KML, or file the parts as volumes of their own.",
                )


def _extensions(words: Mapping[str, str]) -> str:
    inner = "".join(f"<sc:{name}>{_plain(text)}</sc:{name}>" for name, text in words.items())
    return f'<extensions xmlns:sc="urn:steerclear:notice">{inner}</extensions>'


def _at(point: Position) -> str:
    return f'lat="{point.lat_e7 / 10_000_000:.7f}" lon="{point.lon_e7 / 10_000_000:.7f}"'


def _plain(text: str) -> str:
    return escape("".join(char if char.isprintable() else " " for char in text))
