# SPDX-License-Identifier: Apache-2.0
"""Notices of every shape, to be written in other people's forms and read back."""

from __future__ import annotations

import math

from hypothesis import strategies as st

from steerclear.model.member import member_id
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

START_S = 1_744_185_600

positions = st.builds(
    Position,
    st.integers(min_value=-800_000_000, max_value=800_000_000),
    st.integers(min_value=-1_790_000_000, max_value=1_790_000_000),
)
radii = st.integers(min_value=0, max_value=900_000_000)
bands = st.sampled_from(
    [
        Band(Altitude(0, Datum.AGL), Altitude(24_000, Datum.STD)),
        Band(Altitude(0, Datum.AGL), Altitude(2_000_000, Datum.AMSL)),
        Band(Altitude(-100, Datum.AMSL), Altitude(5_001, Datum.AMSL)),
        Band(Altitude(100, Datum.AGL), Altitude(500, Datum.AGL)),
    ]
)
spans = st.builds(
    lambda start, length: TimeSpan(START_S + start, START_S + start + length),
    st.integers(min_value=0, max_value=10_000_000),
    st.integers(min_value=0, max_value=100_000),
)


def around(middle: Position, corners: int, size_e7: int = 2_000_000) -> Polygon:
    turns = (2 * math.pi * corner / corners for corner in range(corners))
    return Polygon(
        tuple(
            Position(
                middle.lat_e7 + round(size_e7 * math.sin(turn)),
                middle.lon_e7 + round(size_e7 * math.cos(turn)),
            )
            for turn in turns
        )
    )


circles = st.builds(Circle, positions, radii)
polygons = st.builds(around, positions, st.integers(min_value=3, max_value=12))
holed = st.builds(
    lambda at: Polygon(around(at, 5).exterior, (around(at, 4, 500_000).exterior,)),
    positions,
)
several = st.builds(
    lambda at: MultiPolygon((around(at, 4), around(Position(at.lat_e7 // 2, at.lon_e7 // 2), 6))), positions
)
corridors = st.builds(
    lambda at, half: Corridor((at, Position(at.lat_e7 + 7, at.lon_e7 + 5_000_001), at), half),
    positions,
    radii,
)


@st.composite
def legs(draw: st.DrawFn) -> Legs:
    count = draw(st.integers(min_value=2, max_value=5))
    steps = draw(st.lists(st.integers(min_value=1, max_value=9_000), min_size=count, max_size=count))
    times_s = tuple(START_S + sum(steps[: place + 1]) for place in range(count))
    # A flight's places are some thousand kilometres apart; of nearly opposite ones no form draws a line.
    first, away = draw(positions), st.integers(min_value=-100_000_000, max_value=100_000_000)
    points = tuple(
        Position(
            max(-800_000_000, min(first.lat_e7 + draw(away), 800_000_000)),
            max(-1_790_000_000, min(first.lon_e7 + 2 * draw(away), 1_790_000_000)),
        )
        for _ in range(count)
    )
    return Legs(points, times_s, tuple(draw(radii) for _ in range(count)))


@st.composite
def notices(draw: st.DrawFn, footprints: st.SearchStrategy[Footprint], most: int = 3) -> Notice:
    volumes = []
    for _ in range(draw(st.integers(min_value=1, max_value=most))):
        footprint = draw(footprints)
        span = (
            TimeSpan(footprint.times_s[0], footprint.times_s[-1])
            if isinstance(footprint, Legs)
            else draw(spans)
        )
        volumes.append(Volume(footprint, draw(bands), span))
    near = draw(st.sampled_from([None, "T4", "12 km NE of T4 & <Palmyra>"]))
    ref = draw(st.sampled_from(["T4-1", "a b", "“&<>'\"", "é"]))
    return Notice(ref, member_id("TUR"), draw(st.sampled_from(list(NoticeKind))), tuple(volumes), near)
