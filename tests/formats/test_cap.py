# SPDX-License-Identifier: Apache-2.0
"""Does a notice go out as a CAP 1.2 draft in the order and the words of its standard?"""

from __future__ import annotations

import re
from itertools import pairwise

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
from steerclear.formats.cap import print_cap
from steerclear.formats.geojson import read_notices
from steerclear.formats.writing import WRITTEN, Envelope, write_form
from steerclear.geometry.geodesic import distance_m
from steerclear.model.member import member_id
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
    Altitude,
    Band,
    Circle,
    Corridor,
    Datum,
    Position,
    Volume,
)
from steerclear.model.time import TimeSpan

NAMESPACE = "{urn:oasis:names:tc:emergency:cap:1.2}"
ALERT = ("identifier", "sender", "sent", "status", "msgType", "scope", "addresses", "info")
INFO = (
    *("language", "category", "event", "urgency", "severity", "certainty", "effective", "onset", "expires"),
    *("headline", "description", "area"),
)
AREA = ("areaDesc", "polygon", "circle", "altitude", "ceiling")
SENT_S = 1_744_185_000


def in_order(element: etree._Element, names: tuple[str, ...]) -> bool:
    places = [names.index(child.tag.removeprefix(NAMESPACE)) for child in element]
    return places == sorted(places)


@settings(max_examples=effort(test=15, ci=300, soak=10_000), deadline=None, derandomize=True)
@given(notices(st.one_of(circles, polygons, holed, several, corridors, legs())))
def test_an_alert_holds_to_the_order_of_the_standard(notice: Notice) -> None:
    """CAP 1.2, 3.2 and its schema: which elements, in which order, times without Z, rings that close."""
    alert = etree.fromstring(print_cap(notice, sent_s=SENT_S, contact="OSTT FIC").encode())
    assert in_order(alert, ALERT)
    assert re.fullmatch(r"[^ ,<&]+", alert.findtext(f"{NAMESPACE}identifier") or "")
    assert alert.findtext(f"{NAMESPACE}status") == "Draft"
    infos = alert.findall(f"{NAMESPACE}info")
    assert len(infos) == len(notice.volumes)
    for info in infos:
        assert in_order(info, INFO)
        (area,) = info.findall(f"{NAMESPACE}area")
        assert in_order(area, AREA) or {child.tag for child in area} >= {f"{NAMESPACE}circle"}
        for polygon in area.findall(f"{NAMESPACE}polygon"):
            corners = (polygon.text or "").split()
            assert len(corners) >= 4
            assert corners[0] == corners[-1]
    for time in ("sent", "effective", "onset", "expires"):
        for element in alert.iter(f"{NAMESPACE}{time}"):
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d-00:00", element.text or "")


def volume(footprint: Circle | Corridor, band: Band) -> Volume:
    return Volume(footprint, band, TimeSpan(1_744_185_600, 1_744_192_800))


def notice_of(footprint: Circle | Corridor, upper: Altitude, lower: Altitude | None = None) -> Notice:
    band = Band(lower or Altitude(0, Datum.AMSL), upper)
    return Notice("T4-1", member_id("TUR"), NoticeKind.HAZARD, (volume(footprint, band),))


def test_heights_are_given_where_the_standard_has_words_for_them() -> None:
    at = Circle(Position(345_225_000, 376_270_000), 5_000_001)
    text = print_cap(notice_of(at, Altitude(5_000, Datum.AMSL)), sent_s=SENT_S, contact="FIC")
    assert "<altitude>0</altitude>\n<ceiling>5000</ceiling>" in text
    assert "<circle>34.5225000,37.6270000 5.001</circle>" in text
    assert "<addresses>FIC</addresses>" in text
    level = print_cap(notice_of(at, Altitude(24_000, Datum.STD)), sent_s=SENT_S, contact="FIC")
    assert "<altitude>" not in level
    assert "to FL240" in level


def test_a_corridor_is_covered_by_what_goes_out() -> None:
    ends = (Position(340_000_000, 370_000_000), Position(340_000_000, 390_000_000))
    text = print_cap(
        notice_of(Corridor(ends, 5_000_000), Altitude(5_000, Datum.AMSL)), sent_s=SENT_S, contact="FIC"
    )
    circles_out = re.findall(r"<circle>([-\d.]+),([-\d.]+) ([\d.]+)</circle>", text)
    assert len(circles_out) == len(re.findall("<polygon>", text)) + 1
    radii = {float(radius) for _, _, radius in circles_out}
    assert min(radii) >= 5.05
    middles = [Position(round(float(lat) * 1e7), round(float(lon) * 1e7)) for lat, lon, _ in circles_out]
    assert max(distance_m(a, b) for a, b in pairwise(middles)) < 200_000


def test_an_alert_is_for_somebody() -> None:
    at = Circle(Position(0, 0), 1)
    with pytest.raises(BadInput) as caught:
        print_cap(notice_of(at, Altitude(1, Datum.AMSL)), sent_s=SENT_S, contact=" ")
    assert caught.value.code == "cap-contact"


@pytest.mark.parametrize("form", WRITTEN)
def test_every_form_is_written_by_one_door(form: str) -> None:
    at = Circle(Position(345_225_000, 376_270_000), 5_000_000)
    notice = notice_of(at, Altitude(5_000, Datum.AMSL))
    data = write_form((notice,), form, Envelope(sent_s=SENT_S, fir="OSTT", contact="FIC"))
    assert data
    if form == "geojson":
        assert read_notices(data, where="x") == (notice,)


@pytest.mark.parametrize(
    ("form", "count", "code"), [("doc", 1, "form-not-written"), ("notam", 2, "one-notice")]
)
def test_what_cannot_be_written_is_refused(form: str, count: int, code: str) -> None:
    notice = notice_of(Circle(Position(0, 0), 1), Altitude(1, Datum.AMSL))
    with pytest.raises(BadInput) as caught:
        write_form((notice,) * count, form, Envelope(sent_s=SENT_S))
    assert caught.value.code == code
