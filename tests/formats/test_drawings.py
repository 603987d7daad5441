# SPDX-License-Identifier: Apache-2.0
"""Do KML, KMZ, GPX, OpenAir and drone zones become what they draw, and does ours read back?"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from importlib.resources import files
from typing import Any

import gpxpy
import openair
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from tests.effort import effort
from tests.formats.drawn import (
    circles,
    corridors,
    holed,
    legs,
    notices,
    polygons,
    several,
)

from steerclear.errors import BadInput
from steerclear.formats.drafts import Draft, Given, answered, notice_of
from steerclear.formats.gpx import print_gpx
from steerclear.formats.kml import print_kml
from steerclear.formats.openair import print_openair
from steerclear.formats.reading import Reading, read_bytes
from steerclear.geometry.geodesic import distance_m
from steerclear.model.member import member_id
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
    Altitude,
    Circle,
    Corridor,
    Datum,
    Legs,
    MultiPolygon,
    Polygon,
    Position,
)
from steerclear.model.time import format_zulu

WHOSE = Given(party=member_id("TUR"))
FEW = effort(test=12, ci=200, soak=20_000)


def read(text: str, where: str) -> Reading:
    return read_bytes(text.encode(), where=where, given=WHOSE)


def found(draft: Draft) -> dict[str, str]:
    return {doubt.code: draft.raw[doubt.start : doubt.end] for doubt in draft.doubts}


# -- KML -----------------------------------------------------------------------------------------------

any_shape = st.one_of(circles, polygons, holed, several, corridors, legs())


@settings(max_examples=FEW, deadline=None, derandomize=True)
@given(notices(any_shape))
def test_kml_that_goes_out_comes_back(notice: Notice) -> None:
    (draft,) = read(print_kml((notice,)), "a.kml").drafts
    assert notice_of(draft) == notice


@settings(max_examples=FEW // 3, deadline=None, derandomize=True)
@given(notices(any_shape))
def test_our_kml_holds_to_its_schema(notice: Notice) -> None:
    """OGC's own schema, as pykml ships it, without the imports that it fetches from elsewhere."""
    schema().assertValid(etree.fromstring(print_kml((notice,)).encode()))


def schema() -> etree.XMLSchema:
    folder = files("pykml") / "schemas"
    text = (folder / "ogckml22.xsd").read_text(encoding="utf-8")
    for far, near in (
        ("http://schemas.opengis.net/kml/2.2.0/atom-author-link.xsd", "atom-author-link.xsd"),
        ("http://docs.oasis-open.org/election/external/xAL.xsd", "xAL.xsd"),
    ):
        text = text.replace(far, near)
    return etree.XMLSchema(etree.fromstring(text.encode(), base_url=str(folder / "ogckml22.xsd")))


def mark(geometry: str, extra: str = "") -> str:
    return (
        '<?xml version="1.0"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>'
        f"<Placemark><name>A</name>{extra}{geometry}</Placemark></Document></kml>"
    )


RING = "<LinearRing><coordinates>37.5,34.4,0 37.8,34.4,0 37.8,34.6,0 37.5,34.4,0</coordinates></LinearRing>"
POLYGON = f"<Polygon><outerBoundaryIs>{RING}</outerBoundaryIs></Polygon>"
POINT = "<Point><coordinates>37.627,34.5225</coordinates></Point>"
LINE = "<LineString><coordinates>37,34 38,34</coordinates></LineString>"


def test_a_drawing_says_where_and_the_rest_is_asked() -> None:
    (draft,) = read(mark(POLYGON), "a.kml").drafts
    assert draft.ref == "A"
    assert isinstance(draft.volumes[0].footprint, Polygon)
    assert set(found(draft)) == {
        "kind-not-said", "lower-not-said", "upper-not-said", "start-not-said", "end-not-said",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("geometry", "code"),
    [
        (POINT, "radius-not-said"),
        (LINE, "width-not-said"),
        ("<Model/>", "drawing-unread"),
        ("<Point/>", "drawing-unread"),
        ("<Point><coordinates>37.6 34.5</coordinates></Point>", "drawing-unread"),
        ("<Point><coordinates>237.6,34.5</coordinates></Point>", "drawing-unread"),
        (POLYGON.replace("37.5,34.4,0</c", "37.6,34.4,0</c"), "drawing-unread"),
        (f"<MultiGeometry>{POINT}{LINE}</MultiGeometry>", "drawing-unread"),
        (f"<MultiGeometry>{POINT}{POLYGON}</MultiGeometry>", "drawing-differs"),
        ("", "area-not-said"),
    ],
)
def test_what_a_placemark_leaves_open_is_asked(geometry: str, code: str) -> None:
    (draft,) = read(mark(geometry), "a.kml").drafts
    assert code in found(draft)
    assert draft.volumes[0].footprint is None


def test_a_doubt_about_a_drawing_stands_at_the_drawing() -> None:
    (draft,) = read(mark("<Model><x>é</x></Model>"), "a.kml").drafts
    assert found(draft)["drawing-unread"] == "<Model><x>é</x></Model>"


def test_the_height_of_a_drawing_is_offered_and_not_taken() -> None:
    raised = POLYGON.replace(",0", ",1524").replace(
        "<Polygon>", "<Polygon><extrude>1</extrude><altitudeMode>absolute</altitudeMode>"
    )
    (draft,) = read(mark(raised), "a.kml").drafts
    assert draft.volumes[0].upper is None
    taken = answered(draft, Given(), ["lower-not-said", "upper-not-said"])
    assert taken.volumes[0].lower == Altitude(0, Datum.AGL)
    assert taken.volumes[0].upper == Altitude(5_000, Datum.AMSL)


def test_the_times_of_a_placemark_are_its_times() -> None:
    span = "<TimeSpan><begin>2025-04-09T08:00:00Z</begin><end>2025-04-09</end></TimeSpan>"
    (draft,) = read(mark(POLYGON, span), "a.kml").drafts
    assert draft.volumes[0].start_s is not None
    assert format_zulu(draft.volumes[0].start_s) == "2025-04-09T08:00:00Z"
    assert "hour-not-said" in found(draft)


def test_a_circle_whose_outline_was_moved_is_in_doubt() -> None:
    at = Circle(Position(345_225_000, 376_270_000), 5_000_000)
    text = print_kml((notice_with(at),))
    moved = text.replace("37.6270000,34.5225000", "37.6370000,34.5225000")
    assert "drawing-differs" in found(read(moved, "a.kml").drafts[0])


def notice_with(footprint: Any) -> Notice:
    (draft,) = read(mark(POLYGON), "a.kml").drafts
    whole = Given(
        kind=NoticeKind.HAZARD,
        footprint=footprint,
        lower=Altitude(0, Datum.AGL),
        upper=Altitude(5_000, Datum.AMSL),
        start_s=1_744_185_600,
        end_s=1_744_192_800,
    )
    return notice_of(answered(draft, whole))


def test_links_to_elsewhere_are_told_and_not_followed() -> None:
    text = mark(POLYGON).replace("<Document>", "<Document><NetworkLink><Link/></NetworkLink>")
    assert [piece.code for piece in read(text, "a.kml").skipped] == ["kml-networklink"]


def test_a_track_has_its_own_times() -> None:
    track = (
        '<gx:Track xmlns:gx="http://www.google.com/kml/ext/2.2"><when>2025-04-09T08:00:00Z</when>'
        "<when>2025-04-09T09:00:00Z</when><gx:coord>37 34 0</gx:coord><gx:coord>38 34 0</gx:coord></gx:Track>"
    )
    data = '<ExtendedData><Data name="radius_m"><value>500</value></Data></ExtendedData>'
    (draft,) = read(mark(track, data), "a.kml").drafts
    assert isinstance(draft.volumes[0].footprint, Legs)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('<!DOCTYPE kml [<!ENTITY a "aaaa">]><kml>&a;</kml>', "xml-entity"),
        ('<!DOCTYPE kml SYSTEM "file:///etc/passwd"><kml/>', "xml-entity"),
        ("<kml>" + "<Folder>" * 70 + "</Folder>" * 70 + "</kml>", "xml-too-large"),
        ("<kml>" + "<a/>" * 100_001 + "</kml>", "xml-too-large"),
        ("<kml>", "not-xml"),
        ("", "not-xml"),
        ("<gpx/>", "not-kml"),
    ],
)
def test_xml_that_could_do_harm_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(text, "a.kml")
    assert caught.value.code == code


def kmz(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return out.getvalue()


def test_a_kmz_is_its_kml() -> None:
    data = kmz(doc_kml=mark(POLYGON).encode(), icon_png=b"\x89PNG")
    assert read_bytes(data, where="a.kmz", given=WHOSE).drafts == read(mark(POLYGON), "a.kml").drafts


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (kmz(icon_png=b""), "kmz-without-kml"),
        (b"PK\x03\x04", "not-a-zip"),
        (kmz(doc_kml=b"\0" * 40_000_001), "zip-too-large"),
    ],
)
def test_a_kmz_that_is_none_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        read_bytes(data, where="a.kmz")
    assert caught.value.code == code


# -- GPX -----------------------------------------------------------------------------------------------

for_gpx = st.one_of(circles, polygons, corridors, legs())


@settings(max_examples=FEW, deadline=None, derandomize=True)
@given(notices(for_gpx))
def test_gpx_that_goes_out_comes_back_and_is_read_elsewhere(notice: Notice) -> None:
    text = print_gpx((notice,))
    (draft,) = read(text, "a.gpx").drafts
    assert notice_of(draft) == notice
    theirs = gpxpy.parse(text)
    assert len(theirs.waypoints) + len(theirs.routes) + len(theirs.tracks) == len(notice.volumes)
    for waypoint in theirs.waypoints:
        centres = {
            (v.footprint.centre.lat_deg, v.footprint.centre.lon_deg)
            for v in notice.volumes
            if isinstance(v.footprint, Circle)
        }
        assert (waypoint.latitude, waypoint.longitude) in centres


@settings(max_examples=5, deadline=None, derandomize=True)
@given(notices(st.one_of(holed, several), 1))
def test_gpx_cannot_say_holes(notice: Notice) -> None:
    with pytest.raises(BadInput) as caught:
        print_gpx((notice,))
    assert caught.value.code == "gpx-shape"


def test_a_track_from_a_receiver_leaves_its_width_open_and_a_ring_what_it_is() -> None:
    points = "".join(
        f'<trkpt lat="{lat}" lon="{lon}"/>' for lat, lon in ((34, 37), (34.2, 37), (34, 37.2), (34, 37))
    )
    text = (
        f'<gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><name>T</name><trkseg>{points}</trkseg></trk>'
    )
    text += '<wpt lat="34" lon="37"><name>W</name></wpt></gpx>'
    ring, point = read(text, "a.gpx").drafts
    assert "line-or-area" in found(ring)
    assert isinstance(answered(ring, Given(), ["line-or-area"]).volumes[0].footprint, Polygon)
    assert "radius-not-said" in found(point)


# -- OpenAir -------------------------------------------------------------------------------------------

OPENAIR = """* A comment
AC Q
AN T4-1
AL SFC
AH FL240
AA 2025-04-09T08:00Z/2025-04-09T10:00Z
"""


def openair_of(lines: str, head: str = OPENAIR) -> Draft:
    (draft,) = read(head + lines, "a.openair").drafts
    return draft


def near(here: Position, there: Position) -> bool:
    return distance_m(here, there) < 0.1


@settings(max_examples=FEW, deadline=None, derandomize=True)
@given(notices(st.one_of(circles, polygons, corridors), 1))
def test_openair_that_goes_out_comes_back(notice: Notice) -> None:
    (draft,) = read(print_openair((notice,)), "a.openair").drafts
    (sent,), (came,) = notice.volumes, draft.volumes
    assert (came.lower, came.upper) == (sent.band.lower, sent.band.upper)
    assert (came.start_s, came.end_s) == (sent.span.start_s, sent.span.end_s)
    match sent.footprint, came.footprint:
        case Circle() as a, Circle() as b:
            assert near(a.centre, b.centre)
            assert 0 <= b.radius_mm - a.radius_mm <= 2
        case Polygon() as a, Polygon() as b:
            assert all(near(*pair) for pair in zip(a.exterior, b.exterior, strict=True))
        case Corridor() as a, Corridor() as b:
            assert all(near(*pair) for pair in zip(a.points, b.points, strict=True))
            assert 0 <= b.half_width_mm - a.half_width_mm <= 2
        case other:
            pytest.fail(f"{other}")


@settings(max_examples=FEW, deadline=None, derandomize=True)
@given(notices(st.one_of(circles, polygons), 1))
def test_another_reader_reads_our_openair_alike(notice: Notice) -> None:
    (theirs,) = openair.parse_string(print_openair((notice,)))
    assert theirs["name"] == notice.ref
    geometry = str(theirs["geom"])
    footprint = notice.volumes[0].footprint
    assert ("Circle" in geometry) == isinstance(footprint, Circle)


def test_an_airspace_is_what_it_draws() -> None:
    draft = openair_of("V X=34:31:21 N 037:37:37 E\nDC 5\n")
    assert set(found(draft)) == {"kind-not-said"}
    notice = notice_of(answered(draft, Given(), ["kind-not-said"]))
    assert notice.kind is NoticeKind.HAZARD
    assert notice.volumes[0].footprint == Circle(Position(345_225_000, 376_269_444), 9_260_000)


@pytest.mark.parametrize("lines", ["DA 5,270,90\n", "DB 34:31:21 N 037:31:33 E, 34:31:21 N 037:43:40 E\n"])
@pytest.mark.parametrize("turn", ["+", "-"])
def test_an_arc_is_drawn_around_its_centre(lines: str, turn: str) -> None:
    draft = openair_of(f"V X=34:31:21 N 037:37:37 E\nV D={turn}\n{lines}DP 34:31:21 N 037:37:37 E\n")
    footprint = draft.volumes[0].footprint
    assert isinstance(footprint, Polygon)
    centre = Position(345_225_000, 376_269_444)
    rim = [distance_m(centre, corner) for corner in footprint.exterior if corner != centre]
    assert min(rim) > 9_200
    assert max(rim) < 9_300
    norths = [corner.lat_e7 > centre.lat_e7 for corner in footprint.exterior]
    assert (sum(norths) > len(norths) / 2) == (turn == "+")


@pytest.mark.parametrize(
    ("lines", "code", "about"),
    [
        ("DP 34:61:00 N 037:37:37 E\n", "line-unread", "DP 34:61:00 N 037:37:37 E"),
        ("DC 5\n", "line-unread", "DC 5"),
        ("DX 5\n", "line-unknown", "DX 5"),
        ("DY 34:00:00 N 037:00:00 E\nDY 34:10:00 N 037:00:00 E\n", "width-not-said", ""),
        ("DP 34:00:00 N 037:00:00 E\nDP 34:10:00 N 037:00:00 E\n", "area-impossible", ""),
        ("", "area-not-said", ""),
    ],
)
def test_what_an_airspace_leaves_open_is_asked_at_its_line(lines: str, code: str, about: str) -> None:
    draft = openair_of(lines)
    assert found(draft).get(code) == about
    assert draft.volumes[0].footprint is None


def test_an_old_height_is_offered_above_sea_level() -> None:
    draft = openair_of("", OPENAIR.replace("AH FL240", "AH 4500ft"))
    assert found(draft)["height-without-datum"] == "AH 4500ft"


def test_openair_without_airspaces_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        read("hello\nworld\n", "a.openair")
    assert caught.value.code == "not-openair"


@settings(max_examples=5, deadline=None, derandomize=True)
@given(notices(st.one_of(holed, several, legs()), 1))
def test_openair_cannot_say_everything(notice: Notice) -> None:
    with pytest.raises(BadInput) as caught:
        print_openair((notice,))
    assert caught.value.code == "openair-shape"


# -- drone zones ---------------------------------------------------------------------------------------

AREA = {"type": "Polygon", "coordinates": [[[37.5, 34.4], [37.8, 34.4], [37.8, 34.6], [37.5, 34.4]]]}
CIRCLE = {"type": "Circle", "center": [37.627, 34.5225], "radius": 5000}


def ed269(projection: Any = AREA, **changes: Any) -> str:
    part = {
        "uomDimensions": "M",
        "lowerLimit": 0,
        "lowerVerticalReference": "AGL",
        "upperLimit": 120,
        "upperVerticalReference": "AGL",
        "horizontalProjection": projection,
    }
    zone = {
        "identifier": "TST01",
        "name": "Test",
        "restriction": "PROHIBITED",
        "applicability": [
            {
                "permanent": "NO",
                "startDateTime": "2025-04-09T08:00:00Z",
                "endDateTime": "2025-04-09T10:00:00Z",
            }
        ],
        "geometry": [part],
    }
    return json.dumps({"features": [zone | changes]})


def ed318(geometry: Any) -> str:
    layer = {"lower": 0, "lowerReference": "AGL", "upper": 400, "upperReference": "AMSL", "uom": "ft"}
    properties = {
        "identifier": "TST01",
        "name": [{"text": "Test", "lang": "en-GB"}],
        "type": "REQ_AUTHORIZATION",
        "limitedApplicability": [
            {"startDateTime": "2025-04-09T08:00:00Z", "endDateTime": "2025-04-09T10:00:00Z"}
        ],
    }
    feature = {"type": "Feature", "geometry": geometry | {"layer": layer}, "properties": properties}
    return json.dumps({"type": "FeatureCollection", "features": [feature]})


POINT_318 = {
    "type": "Point",
    "coordinates": [37.627, 34.5225],
    "extent": {"subType": "Circle", "radius": 5000},
}


@pytest.mark.parametrize(
    ("text", "sort", "upper"),
    [
        (ed269(), Polygon, Altitude(394, Datum.AGL)),
        (ed269(CIRCLE), Circle, Altitude(394, Datum.AGL)),
        (ed318(AREA), Polygon, Altitude(400, Datum.AMSL)),
        (ed318(POINT_318), Circle, Altitude(400, Datum.AMSL)),
        (
            ed318({"type": "MultiPolygon", "coordinates": [AREA["coordinates"]]}),
            MultiPolygon,
            Altitude(400, Datum.AMSL),
        ),
    ],
)
def test_a_zone_is_a_draft_of_which_the_kind_is_offered(text: str, sort: type, upper: Altitude) -> None:
    (draft,) = read(text, "zones.json").drafts
    assert set(found(draft)) == {"kind-not-said"}
    notice = notice_of(answered(draft, Given(), ["kind-not-said"]))
    assert notice.kind is NoticeKind.KEEP_OUT
    assert isinstance(notice.volumes[0].footprint, sort)
    assert notice.volumes[0].band.upper == upper


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"applicability": [{"permanent": "YES"}]}, "end-permanent"),
        ({"applicability": [{"schedule": [{"day": ["MON"]}]}]}, "schedule-unread"),
        ({"applicability": [{"startDateTime": "soon"}]}, "time-unread"),
        ({"applicability": []}, "start-not-said"),
        ({"restriction": "NO_RESTRICTION"}, "kind-not-said"),
        ({"geometry": []}, "area-not-said"),
        ({"geometry": [{}]}, "drawing-unread"),
        ({"geometry": None}, "area-not-said"),
        ({"identifier": None}, "id-not-said"),
    ],
)
def test_what_a_zone_leaves_open_is_asked(changes: dict[str, Any], code: str) -> None:
    (draft,) = (
        read(ed269(**changes), "zones.json").drafts
        if "geometry" not in changes
        else read_bytes(ed269(**changes).encode(), where="zones", form="ed269", given=WHOSE).drafts
    )
    assert code in found(draft)


Print = Callable[[tuple[Notice, ...]], str]


@pytest.mark.parametrize("print_", [print_kml, print_gpx, print_openair])
def test_an_empty_list_goes_out_as_an_empty_file(print_: Print) -> None:
    assert isinstance(print_(()), str)
