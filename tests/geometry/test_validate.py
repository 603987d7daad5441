# SPDX-License-Identifier: Apache-2.0
"""Is every footprint without a certain inside refused, with its reason, and nothing else?"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from steerclear.errors import BadInput
from steerclear.geometry.validate import check_footprint
from steerclear.model.space import Footprint, MultiPolygon, Polygon, Position

if TYPE_CHECKING:
    from tests.geometry.conftest import Draw


Corners = tuple[tuple[float, float], ...]
OUTER = ((0, 0), (0, 2), (2, 2), (2, 0))


def code_of(footprint: Footprint) -> str | None:
    try:
        check_footprint(footprint)
    except BadInput as refused:
        return refused.code if refused.remedy else "without a remedy"
    return None


@pytest.mark.parametrize(
    ("corners", "code"),
    [
        (((0, 0), (0, 1), (1, 1), (1, 0)), None),
        (((0, 0), (1, 0), (1, 1), (0, 1)), None),  # wound the other way
        (((0, 0), (1, 1), (0, 1), (1, 0)), "ring-crosses-itself"),
        (((0, 0), (0, 2), (1, 1), (2, 2), (2, 0), (1, 1)), "ring-touches-itself"),  # a corner twice
        (((0, 0), (0, 2), (2, 2), (2, 1), (0, 1), (2, 0.5)), "ring-touches-itself"),  # a corner on an edge
        (((0, 0), (0, 2), (0, 1), (1, 0.5)), "ring-touches-itself"),  # runs back along its own edge
        (((0, 0), (0, 2), (0, 3), (0, 1), (1, 0.5)), "ring-touches-itself"),
        (((0, 0), (0, 2), (0, 1)), "ring-touches-itself"),  # three points on one line
        (((90, 0), (90, 120), (90, -120)), "ring-without-area"),  # one point under three names
        (((90, 0), (80, 10), (80, 50), (90, 60)), None),  # the pole twice is the pole once
        (tuple((80, lon) for lon in (0, 90, 180, -90)), None),
        (tuple((1, lon) for lon in range(-180, 180, 10)), None),  # almost a hemisphere
        (tuple((0, lon) for lon in range(-180, 180, 60)), "footprint-too-large"),
        (tuple((20 * (-1) ** k, k * 10 - 180) for k in range(36)), "footprint-too-large"),
        (((0, 0), (0.001, 179.99), (10, 90)), "edge-too-long"),
        (((0, 179), (0, -179), (1, -179), (1, 179)), None),
    ],
)
def test_a_ring_has_a_certain_inside_or_is_refused(draw: Draw, corners: Corners, code: str | None) -> None:
    assert code_of(draw.polygon(*corners)) == code


@pytest.mark.parametrize(
    ("holes", "code"),
    [
        ((((0.5, 0.5), (0.5, 1), (1, 1)),), None),
        ((((5, 0.5), (5.5, 1), (6, 1)),), "hole-outside-area"),
        ((((1, -179), (0.5, -179), (0.5, -179.5)),), "hole-outside-area"),  # on the other side of the Earth
        ((((0.5, 0.5), (0.5, 3), (1, 1)),), "rings-cross"),
        ((OUTER,), "rings-cross"),
        ((((0, 1), (0.5, 0.5), (0.5, 1.5)),), "rings-cross"),  # touches the outer ring
        ((((0.1, 0.1), (0.1, 1.9), (1.9, 1.9), (1.9, 0.1)), ((0.5, 0.5), (0.5, 1), (1, 1))), "hole-in-hole"),
        ((((0.2, 0.2), (0.2, 1), (1, 1)), ((0.4, 0.6), (0.4, 1.5), (1.5, 1.5))), "rings-cross"),
        ((((0.2, 0.2), (0.2, 0.8), (0.8, 0.8)), ((1.2, 1.2), (1.2, 1.8), (1.8, 1.8))), None),
        ((((0.5, 0.5), (1, 1), (0.5, 1), (1, 0.5)),), "ring-crosses-itself"),
    ],
)
def test_holes_lie_within_their_area_apart_from_each_other(
    draw: Draw, holes: tuple[Corners, ...], code: str | None
) -> None:
    assert code_of(draw.polygon(*OUTER, holes=holes)) == code


def test_the_parts_of_a_multipolygon_may_touch_and_overlap(draw: Draw) -> None:
    assert (
        code_of(MultiPolygon((draw.square(0, 0, 1, 1), draw.square(0, 1, 1, 2), draw.square(0.5, 0.5, 3, 3))))
        is None
    )


def test_a_refusal_says_where(draw: Draw) -> None:
    with pytest.raises(BadInput) as refused:
        check_footprint(draw.polygon((0, 0), (1, 1), (0, 1), (1, 0)))
    assert refused.value.where is not None
    assert refused.value.where.startswith("near 0.5000")


def test_lines_and_discs_are_always_fit(draw: Draw) -> None:
    assert code_of(draw.corridor(100, (0, 0), (1, 1), (0, 1), (1, 0))) is None
    assert code_of(draw.circle(0, 0, 5_000_000)) is None
    assert code_of(draw.legs((0, 0, 0, 5), (5, 1, 1, 5))) is None


def test_ten_thousand_corners_are_checked_and_the_one_that_crosses_is_found(draw: Draw) -> None:
    chance = random.Random(3)
    ring = draw.round_polygon(35, 38, [100_000 + chance.uniform(-3000, 3000) for _ in range(10_000)]).exterior
    check_footprint(Polygon(ring))
    swapped = (*ring[:5000], ring[5040], *ring[5001:5040], ring[5000], *ring[5041:])
    assert code_of(Polygon(swapped)) == "ring-crosses-itself"


def test_corners_a_centimetre_apart_are_no_fault(draw: Draw) -> None:
    corner = draw.position(35, 38)
    tiny = Polygon(
        (corner, Position(corner.lat_e7 + 1, corner.lon_e7), Position(corner.lat_e7, corner.lon_e7 + 1))
    )
    check_footprint(tiny)
