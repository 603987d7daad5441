# SPDX-License-Identifier: Apache-2.0
"""``read_notices(write_notices(x)) == x``, for whatever the nouns allow."""

from __future__ import annotations

from math import cos, radians, sin

from hypothesis import given, settings
from hypothesis import strategies as st

from steerclear.formats.geojson import read_notices, write_notices
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import (
    Altitude,
    Band,
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
from steerclear.model.time import TimeSpan

LAST_S = 253_402_300_799

positions = st.builds(
    Position, st.integers(-800_000_000, 800_000_000), st.integers(-1_800_000_000, 1_800_000_000)
)
radii_mm = st.integers(0, 2_000_000_000)
spans = st.lists(st.integers(0, LAST_S), min_size=2, max_size=2).map(lambda pair: TimeSpan(*sorted(pair)))
refs = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=80).filter(str.isprintable)


@st.composite
def polygons(draw: st.DrawFn, *, holed: bool = True) -> Polygon:
    """A regular polygon around a place anywhere but near a pole, with perhaps a smaller one as its hole."""
    centre = draw(positions)
    corners = draw(st.integers(3, 9))
    size_e7 = draw(st.integers(10_000, 10_000_000))
    holes = (_ring(centre, corners, size_e7 // 3),) if holed and draw(st.booleans()) else ()
    return Polygon(_ring(centre, corners, size_e7), holes)


def _ring(centre: Position, corners: int, size_e7: int) -> tuple[Position, ...]:
    angles = [radians(360 * corner / corners) for corner in range(corners)]
    return tuple(
        Position(
            centre.lat_e7 + int(size_e7 * sin(angle)),
            (centre.lon_e7 + int(size_e7 * cos(angle)) + 1_800_000_000) % 3_600_000_000 - 1_800_000_000,
        )
        for angle in angles
    )


@st.composite
def legs(draw: st.DrawFn) -> Legs:
    """Few points, a degree apart at most, each at its own time."""
    here = draw(positions)
    count = draw(st.integers(2, 5))
    shift = st.integers(-5_000_000, 5_000_000)
    points = [here]
    while len(points) < count:
        last = points[-1]
        points.append(
            Position(
                last.lat_e7 + draw(shift),
                (last.lon_e7 + draw(shift) + 1_800_000_000) % 3_600_000_000 - 1_800_000_000,
            )
        )
    times = sorted(draw(st.sets(st.integers(0, LAST_S), min_size=count, max_size=count)))
    return Legs(tuple(points), tuple(times), tuple(draw(radii_mm) for _ in points))


@st.composite
def corridors(draw: st.DrawFn) -> Corridor:
    return Corridor(draw(legs()).points, draw(radii_mm))


footprints: st.SearchStrategy[Footprint] = st.one_of(
    polygons(),
    st.lists(polygons(holed=False), min_size=1, max_size=1).map(lambda parts: MultiPolygon(tuple(parts))),
    st.builds(Circle, positions, radii_mm),
    corridors(),
    legs(),
)


@st.composite
def bands(draw: st.DrawFn) -> Band:
    low, high = sorted((draw(st.integers(-10_000, 2_000_000)), draw(st.integers(-10_000, 2_000_000))))
    datums = st.sampled_from(Datum)
    return Band(Altitude(low, draw(datums)), Altitude(high, draw(datums)))


@st.composite
def volumes(draw: st.DrawFn) -> Volume:
    footprint = draw(footprints)
    if isinstance(footprint, Legs):
        return Volume(footprint, draw(bands()), TimeSpan(footprint.times_s[0], footprint.times_s[-1]))
    return Volume(footprint, draw(bands()), draw(spans))


notices = st.builds(
    Notice,
    ref=refs,
    party=st.sampled_from([MemberId("TUR"), MemberId("ISR"), MemberId("UN2")]),
    kind=st.sampled_from(NoticeKind),
    volumes=st.lists(volumes(), min_size=1, max_size=3).map(tuple),
    near=st.none() | refs,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(notices, max_size=4, unique_by=lambda notice: notice.ref))
def test_what_is_written_reads_back_to_the_same_notices(given_notices: list[Notice]) -> None:
    written = write_notices(given_notices)
    assert read_notices(written.encode(), where="x") == tuple(given_notices)
    assert write_notices(read_notices(written.encode(), where="x")) == written
