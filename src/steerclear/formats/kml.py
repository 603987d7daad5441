# SPDX-License-Identifier: Apache-2.0
"""Which drafts are drawn in this KML or KMZ, and how is a notice drawn for Google Earth and TAK?

A placemark is a volume: polygons as areas, a point with ``radius_m`` as a circle, a line with
``half_width_m`` as a corridor, a line with ``times`` as legs; the names stand in ExtendedData
(``features``). A drawing says no band: the height at which it was drawn is offered, never taken. Links to
elsewhere are not followed, pictures not opened; both are told. Source: OGC 12-007r2.

A circle goes out with its outline drawn beside its middle. Whoever moved one of the two meant something by
it, so a circle whose outline is no longer its own is in doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from steerclear.errors import BadInput
from steerclear.formats.circles import outline_of_circle
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
from steerclear.formats.heights import GROUND, spell_height
from steerclear.formats.xml_reading import Element, read_xml
from steerclear.formats.zips import Unzipped
from steerclear.model.notice import Notice
from steerclear.model.space import (
    HIGHEST_FT,
    Altitude,
    Circle,
    Corridor,
    Datum,
    Footprint,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
    Volume,
)
from steerclear.model.time import format_zulu

__all__ = ["print_kml", "read_kml", "read_kmz"]

Pieces = tuple[tuple[Draft, ...], tuple[Skipped, ...]]
_SHAPES: Final = (
    "Point",
    "LineString",
    "LinearRing",
    "Polygon",
    "MultiGeometry",
    "Track",
    "MultiTrack",
    "Model",
)
MOST_FILES: Final = 10
LARGEST_KML_BYTES: Final = 10_000_000
_ELSEWHERE: Final = {
    "NetworkLink": "It links to another file, which was not fetched.",
    "GroundOverlay": "It is a picture on the ground, which was not opened.",
}
_FOOT_M: Final = Fraction(3048, 10_000)
_SAME_E7: Final = 20
"""2e-6 degree: a drawing program may round what it saves."""


def read_kmz(data: bytes) -> Pieces:
    """The KML in the zip. Raises ``BadInput``: ``not-a-zip``, ``zip-too-large``, ``kmz-without-kml`` …"""
    archive = Unzipped.of(data)
    names = [name for name in archive.names() if name.lower().endswith(".kml")]
    if not names:
        raise BadInput(
            "kmz-without-kml", "No KML file stands in this KMZ.", remedy="Export it again as KML or KMZ."
        )
    if len(names) > MOST_FILES or sum(map(archive.size, names)) > LARGEST_KML_BYTES:
        raise BadInput(
            "kmz-too-large",
            f"The KMZ holds more than {MOST_FILES} KML files, or {LARGEST_KML_BYTES:,} bytes of them.",
            remedy="Send the drawings that are meant alone.",
        )
    read = [read_kml(archive.read(name)) for name in names]
    return tuple(draft for drafts, _ in read for draft in drafts), tuple(s for _, left in read for s in left)


def read_kml(data: bytes) -> Pieces:
    """A draft for each placemark. Raises ``BadInput``: ``not-kml``, and what ``read_xml`` refuses."""
    root = read_xml(data)
    if root.name not in ("kml", "Document", "Folder", "Placemark"):
        raise BadInput(
            "not-kml", f"The file is XML of the kind {root.name[:40]}.", remedy="Export it as KML."
        )
    source = data
    drafts = [_draft(mark, source) for mark in root.all("Placemark")]
    skipped = [
        Skipped(f"kml-{name.lower()}", _raw(one, source), what, "Send that file too, if it is meant.")
        for name, what in _ELSEWHERE.items()
        for one in root.all(name)
    ]
    return joined(drafts), tuple(skipped)


def _raw(element: Element, source: bytes) -> str:
    return source[element.start : element.end].decode("utf-8", "replace")


def _draft(mark: Element, source: bytes) -> tuple[Draft, Mapping[str, str]]:
    raw, words = _raw(mark, source), _words(mark)
    drawn = next((child for child in mark.children if child.name in _SHAPES), None)
    doubts: list[Doubt] = []
    shape: Shape = None
    lower = upper = None
    if drawn is not None:
        try:
            shape = _shape(drawn, words, doubts)
            lower, upper = _heights(drawn)
        except BadInput as error:
            start = len(source[mark.start : drawn.start].decode("utf-8", "replace"))
            end = start + len(_raw(drawn, source))
            doubts.append(
                Doubt(
                    code="drawing-unread",
                    field=Field.AREA,
                    must=True,
                    what=error.what,
                    answer=error.remedy,
                    start=start,
                    end=end,
                )
            )
    title = mark.text_of("name") or None
    return draft_of(raw, shape, words, title=title, doubts=doubts, lower=lower, upper=upper), words


def _words(mark: Element) -> dict[str, str]:
    """ExtendedData by our names; TimeSpan where they give no times."""
    words = {}
    for data in mark.all("Data"):
        words[data.attributes.get("name", "")] = data.text_of("value")
    for simple in mark.all("SimpleData"):
        words[simple.attributes.get("name", "")] = simple.text.strip()
    span = mark.child("TimeSpan")
    if span is not None:
        words.setdefault("start", span.text_of("begin"))
        words.setdefault("end", span.text_of("end"))
    return {name: text for name, text in words.items() if name in NAMES}


# -- the drawing --------------------------------------------------------------------------------------------


def _shape(drawn: Element, words: Mapping[str, str], doubts: list[Doubt]) -> Shape:
    match drawn.name:
        case "Polygon":
            return _polygon(drawn)
        case "Point":
            return Spot(_positions(drawn)[0])
        case "LineString":
            return Line(_positions(drawn))
        case "LinearRing":
            return Polygon(_ring(_positions(drawn)))
        case "MultiGeometry":
            return _several(drawn, words, doubts)
        case "Track":
            return _track(drawn)
        case _:
            raise BadInput(
                "drawing-unknown",
                f"A drawing of the kind {drawn.name} is not read here.",
                remedy="Draw a polygon, a line or a point.",
            )


def _several(drawn: Element, words: Mapping[str, str], doubts: list[Doubt]) -> Shape:
    """Polygons are one area; a middle with an outline is a circle, as long as the one is the other's."""
    polygons = [_polygon(one) for one in drawn.all("Polygon")]
    others = [one for one in drawn.children if one.name not in ("Polygon", "MultiGeometry")]
    if not others:
        return polygons[0] if len(polygons) == 1 else MultiPolygon(tuple(polygons))
    if len(others) == 1 and len(polygons) <= 1 and others[0].name in ("Point", "LineString"):
        if others[0].name == "LineString" and not polygons:
            return Line(_positions(others[0]))
        if others[0].name == "Point":
            spot = Spot(_positions(others[0])[0])
            if not polygons:
                return spot
            _hold_against(spot, polygons[0], words, doubts)
            return None if doubts else spot
    raise BadInput(
        "drawing-unknown",
        "A placemark with points, lines and areas mixed has no one meaning.",
        remedy="Draw each as a placemark of its own.",
    )


def _hold_against(spot: Spot, outline: Polygon, words: Mapping[str, str], doubts: list[Doubt]) -> None:
    try:
        circle = Circle(spot.at, ceil(Fraction(words.get("radius_m", "")) * 1000))
        own = outline_of_circle(circle)
    except (ValueError, ZeroDivisionError, BadInput):
        circle, own = None, None
    if own is not None and _is_same(own, outline):
        return
    doubts.append(
        Doubt(
            code="drawing-differs",
            field=Field.AREA,
            must=True,
            what="The outline that is drawn is not the circle that its middle and radius say.",
            answer="Say which is meant; accepted, the outline is taken.",
            offer=Given(footprint=outline),
        )
    )


def _is_same(one: Polygon, other: Polygon) -> bool:
    return len(one.exterior) == len(other.exterior) and all(
        abs(here.lat_e7 - there.lat_e7) <= _SAME_E7 and abs(here.lon_e7 - there.lon_e7) <= _SAME_E7
        for here, there in zip(one.exterior, other.exterior, strict=True)
    )


def _polygon(drawn: Element) -> Polygon:
    outer = drawn.child("outerBoundaryIs")
    if outer is None:
        raise BadInput("drawing-unread", "A polygon has no outer boundary.", remedy="Draw it again.")
    holes = tuple(
        _ring(_positions(ring))
        for inner in drawn.children
        if inner.name == "innerBoundaryIs"
        for ring in inner.all("LinearRing")
    )
    return Polygon(_ring(_positions(outer)), holes)


def _ring(points: tuple[Position, ...]) -> tuple[Position, ...]:
    """Closed in KML (OGC 12-007r2, 10.4), not closed inside."""
    if len(points) < 4 or points[0] != points[-1]:
        raise BadInput(
            "ring-unclosed",
            "A ring does not end where it begins.",
            remedy="Draw it again, and export it whole.",
        )
    return points[:-1]


def _positions(drawn: Element) -> tuple[Position, ...]:
    found = [
        position_of(*triple.split(",")[:2])
        for coordinates in drawn.all("coordinates")
        for triple in coordinates.text.split()
        if _has_two(triple)
    ]
    if not found:
        raise BadInput("drawing-unread", "A drawing has no coordinates.", remedy="Draw it again.")
    return tuple(found)


def _has_two(triple: str) -> bool:
    if 1 <= triple.count(",") <= 2:
        return True
    raise BadInput(
        "position-unread",
        "A position is not longitude, latitude and perhaps a height, with commas and without blanks.",
        remedy="Export the drawing again.",
    )


def _track(drawn: Element) -> Line:
    points = [
        position_of(*coordinate.text.split()[:2])
        for coordinate in drawn.all("coord")
        if len(coordinate.text.split()) >= 2
    ]
    if not points:
        raise BadInput("drawing-unread", "A track has no positions.", remedy="Draw it again.")
    return Line(tuple(points), tuple(when.text.strip() for when in drawn.all("when")))


def _heights(drawn: Element) -> tuple[Altitude | None, Altitude | None]:
    """The one height at which it is drawn, and the ground below what stands on it: to be offered."""
    mode = next((one.text.strip() for one in drawn.all("altitudeMode")), "clampToGround")
    datum = {"absolute": Datum.AMSL, "relativeToGround": Datum.AGL}.get(mode)
    heights = {
        triple.split(",")[2]
        for one in drawn.all("coordinates")
        for triple in one.text.split()
        if triple.count(",") == 2
    }
    if datum is None or len(heights) != 1:
        return None, None
    try:
        feet = ceil(Fraction(heights.pop()) / _FOOT_M)
    except (ValueError, ZeroDivisionError):
        return None, None
    if not 0 < feet <= HIGHEST_FT:
        return None, None
    stands = any(one.text.strip() == "1" for one in drawn.all("extrude"))
    return GROUND if stands else None, Altitude(feet, datum)


# -- out ----------------------------------------------------------------------------------------------------


def print_kml(notices: tuple[Notice, ...], *, title: str = "Notices") -> str:
    """A document with a placemark for each volume, as ``read_kml`` reads it back. Raises nothing."""
    marks = "".join(mark for notice in notices for mark in _marks(notice))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<name>{_plain(title)}</name>"
        '<Style id="area"><LineStyle><color>ff3030d0</color><width>2</width></LineStyle>'
        "<PolyStyle><color>403030d0</color></PolyStyle></Style>\n"
        f"{marks}</Document></kml>\n"
    )


def _marks(notice: Notice) -> Iterator[str]:
    for place, volume in enumerate(notice.volumes):
        data = "".join(
            f"<Data name={quoteattr(name)}><value>{_plain(text)}</value></Data>"
            for name, text in words_of(notice, place).items()
        )
        yield (
            f"<Placemark><name>{_plain(notice.ref)}</name>"
            f"<description>{_plain(_described(notice, volume))}</description>"
            f"<TimeSpan><begin>{format_zulu(volume.span.start_s)}</begin>"
            f"<end>{format_zulu(volume.span.end_s)}</end></TimeSpan>"
            "<styleUrl>#area</styleUrl>"
            f"<ExtendedData>{data}</ExtendedData>{_geometry(volume.footprint)}</Placemark>\n"
        )


def _plain(text: str) -> str:
    """What XML 1.0 can hold: a character that it cannot is a blank."""
    return escape("".join(char if char.isprintable() else " " for char in text))


def _described(notice: Notice, volume: Volume) -> str:
    lower, upper = (
        spell_height(volume.band.lower, is_upper=False),
        spell_height(volume.band.upper, is_upper=True),
    )
    near = f", near {notice.near}" if notice.near else ""
    return f"{notice.kind.value} of {notice.party}, {lower} to {upper}{near}. Not permission."


def _geometry(footprint: Footprint) -> str:
    match footprint:
        case Polygon():
            return _polygon_out(footprint)
        case MultiPolygon(parts=parts):
            return f"<MultiGeometry>{''.join(map(_polygon_out, parts))}</MultiGeometry>"
        case Circle(centre=centre):
            middle = f"<Point><coordinates>{_point(centre)}</coordinates></Point>"
            outline = outline_of_circle(footprint)
            return (
                middle
                if outline is None
                else f"<MultiGeometry>{middle}{_polygon_out(outline)}</MultiGeometry>"
            )
        case Corridor(points=points) | Legs(points=points):
            line = " ".join(map(_point, points))
            return f"<LineString><tessellate>1</tessellate><coordinates>{line}</coordinates></LineString>"


def _polygon_out(polygon: Polygon) -> str:
    inner = "".join(f"<innerBoundaryIs>{_ring_out(hole)}</innerBoundaryIs>" for hole in polygon.holes)
    return (
        "<Polygon><tessellate>1</tessellate>"
        f"<outerBoundaryIs>{_ring_out(polygon.exterior)}</outerBoundaryIs>{inner}</Polygon>"
    )


def _ring_out(ring: tuple[Position, ...]) -> str:
    corners = " ".join(map(_point, (*ring, ring[0])))
    return f"<LinearRing><coordinates>{corners}</coordinates></LinearRing>"


def _point(at: Position) -> str:
    return f"{at.lon_e7 / 10_000_000:.7f},{at.lat_e7 / 10_000_000:.7f}"
