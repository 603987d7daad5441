# SPDX-License-Identifier: Apache-2.0
"""Are real borders compared as the oracle compares them? Every flight information region against every other.

The 58 regions of Europe and the North Atlantic (117,000 corners, up to 9,700 each) ship as a data file of
the package ``traffic``, which is read here and never imported. Neighbours share a border corner by corner, so
with a lateral minimum of 0 they only touch; some were drawn with slivers in common, and these overlap.

What touches within 20 µm the judge leaves open; there the overlap in the plane of degrees decides, since two
that share their corners share their edges in every projection.
"""

from __future__ import annotations

import json
from importlib.metadata import distribution
from pathlib import Path
from typing import Final

import numpy as np
import pytest
import shapely
from tests.screening.oracle import judge
from tests.screening.oracle_ground import Bools, Floats, Ints
from tests.screening.verdicts import differences

from steerclear.model.finding import Conflict, SeparationMinima
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import Altitude, Band, Datum, Polygon, Position, Volume
from steerclear.model.time import TimeSpan
from steerclear.screening.screen import screen

REGIONS: Final = 58
FEW_CORNERS: Final = 1_200
"""Whether long borders only touch is found by walking along both: for the regions with fewer corners."""

SQUARE_METRES: Final = 111_000.0**2
BAND: Final = Band(Altitude(0, Datum.AMSL), Altitude(19_500, Datum.AMSL))


@pytest.fixture(scope="module")
def regions() -> dict[str, Polygon]:
    path = Path(str(distribution("traffic").locate_file("traffic/data/eurocontrol/eurofirs.json")))
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    found = {each["properties"]["IDENT"]: _polygon(each["geometry"]["coordinates"][0]) for each in features}
    assert len(found) == REGIONS
    return found


def _polygon(ring: list[list[float]]) -> Polygon:
    corners = [Position(round(lat * 1e7), round(lon * 1e7)) for lon, lat in ring]
    return Polygon(tuple(here for here, before in zip(corners, [corners[-1], *corners]) if here != before))  # noqa: B905 - each corner with the one before


def _screened(
    areas: list[Polygon], minima: SeparationMinima
) -> tuple[Ints, Ints, list[tuple[int, Conflict]], list[Volume]]:
    volumes = [Volume(area, BAND, TimeSpan(0, 3600)) for area in areas]
    notices = [
        Notice(f"{at:02}", MemberId(f"P{at:02}"), NoticeKind.HAZARD, (volume,))
        for at, volume in enumerate(volumes)
    ]
    left, right = np.triu_indices(len(areas), 1)
    pair_of = {pair: at for at, pair in enumerate(zip(left.tolist(), right.tolist(), strict=True))}
    said = []
    for found in screen(notices, minima).conflicts:
        assert isinstance(found.finding, Conflict)
        said.append((pair_of[int(found.a.ref), int(found.b.ref)], found.finding))
    return left, right, sorted(said, key=lambda pair: pair[0]), volumes


def test_every_region_against_every_other(regions: dict[str, Polygon]) -> None:
    names, areas = list(regions), list(regions.values())
    minima = SeparationMinima(9_260_000, 1000, 0)
    left, right, said, volumes = _screened(areas, minima)
    judgement = judge(volumes, left, right, [minima] * len(left))
    standing: Bools = np.zeros(len(left), dtype=bool)
    assert differences(judgement, standing, said, lambda k: f"{names[left[k]]} and {names[right[k]]}") == []
    assert judgement.sure.all()

    _, _, touching, _ = _screened(areas, SeparationMinima(1, 1000, 0))
    assert [pair for pair, _ in touching] == np.flatnonzero(judgement.gap_m < 0.001).tolist()
    assert len(touching) == 142


def test_neighbours_that_share_a_border_only_touch(regions: dict[str, Polygon]) -> None:
    small = {name: area for name, area in regions.items() if len(area.exterior) <= FEW_CORNERS}
    names, minima = list(small), SeparationMinima(0, 1000, 0)
    left, right, said, volumes = _screened(list(small.values()), minima)
    judgement = judge(volumes, left, right, [minima] * len(left))
    standing: Bools = np.zeros(len(left), dtype=bool)
    assert differences(judgement, standing, said, lambda k: f"{names[left[k]]} and {names[right[k]]}") == []

    shared_m2 = _overlaps_m2(list(small.values()), left, right)
    touching = np.flatnonzero(~judgement.sure)
    overlap = {pair for pair, _ in said}
    assert len(touching) > 20
    open_pairs = [pair for pair in touching.tolist() if (pair in overlap) != bool(shared_m2[pair] > 0.01)]
    assert [f"{names[left[pair]]} and {names[right[pair]]}" for pair in open_pairs] == []


def _overlaps_m2(areas: list[Polygon], left: Ints, right: Ints) -> Floats:
    flat = np.array([shapely.Polygon([(p.lon_deg, p.lat_deg) for p in area.exterior]) for area in areas])
    shared: Floats = shapely.area(shapely.intersection(flat[left], flat[right])) * SQUARE_METRES
    return shared
