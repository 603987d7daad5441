# SPDX-License-Identifier: Apache-2.0
"""Does the engine say what a judge of other code says? Crowds, and pairs that lie at the minimum.

Every run compares 674,700 pairs of crowds, of which a third come down to the footprints, and 13,500 that are
pushed to the minimum, 1 to 3 mm and up to 100 m on either side of it, with PROJ (``oracle.py``); 2,000 pairs
are measured by geographiclib too.
A pair that is not judged is one within the judge's own resolution; how few these are is held too.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import pytest
from tests.screening.exactly import gap_of_lines_m
from tests.screening.oracle import Judgement, judge
from tests.screening.oracle_ground import Ground
from tests.screening.pairs import MINIMA, Pairs, crowd, hard_pairs, minima_between
from tests.screening.verdicts import differences

from steerclear.model.finding import SeparationMinima
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import Legs
from steerclear.screening.screen import MinimaBetween, screen

IN_A_CROWD: Final = 520
PLACES: Final = {
    "Syria": (35.0, 38.0),
    "the north pole": (89.9, 10.0),
    "the south pole": (-89.5, -120.0),
    "the antimeridian": (-17.0, 179.9),
    "the equator at Greenwich": (0.0, 0.0),
}
PUSHED: Final = 4_000
PUSHED_MOVING: Final = 1_500


@pytest.mark.parametrize("place", PLACES)
def test_every_pair_of_a_crowd_is_judged_as_the_oracle_judges_it(place: str) -> None:
    minima = SeparationMinima(9_260_000, 1000, 900)
    volumes = crowd(sum(map(ord, place)), IN_A_CROWD, *PLACES[place], 150_000)
    left, right = np.triu_indices(len(volumes), 1)
    judgement = judge(volumes, left, right, [minima] * len(left))
    moves = np.array([isinstance(volume.footprint, Legs) for volume in volumes])
    notices = [
        Notice(f"{at:04}", MemberId(f"P{at:04}"), NoticeKind.HAZARD, (volume,))
        for at, volume in enumerate(volumes)
    ]
    pair_of = {pair: at for at, pair in enumerate(zip(left.tolist(), right.tolist(), strict=True))}
    screening = screen(notices, minima)
    said = (
        (pair_of[int(found.a.ref), int(found.b.ref)], found.finding)
        for found in (*screening.conflicts, *screening.undetermined)
    )
    wrong = differences(
        judgement, moves[left] | moves[right], said, lambda pair: f"{left[pair]} and {right[pair]}"
    )
    assert wrong == []
    assert (judgement.answer == 1).sum() > 500  # a crowd without conflicts would tell nothing
    assert (~judgement.sure).sum() == 0


def wrong_of(pairs: Pairs, judgement: Judgement, between: MinimaBetween) -> list[str]:
    """Screen all pairs at once, each in its slot of time, and hold every finding against the judge's."""
    moves = np.array([isinstance(volume.footprint, Legs) for volume in pairs.volumes])
    screening = screen(pairs.notices(), between)
    said = []
    for found in (*screening.conflicts, *screening.undetermined):
        assert found.a.ref[:-1] == found.b.ref[:-1], "two that are hours apart"
        said.append((int(found.a.ref[:-1]), found.finding))

    def about(pair: int) -> str:
        return f"{pairs.volumes[2 * pair]} and {pairs.volumes[2 * pair + 1]}, {MINIMA[pairs.rule[pair]]}"

    return differences(judgement, moves[pairs.left] | moves[pairs.right], said, about)


def hold(pairs: Pairs) -> None:
    judgement = judge(pairs.volumes, pairs.left, pairs.right, pairs.minima)
    assert wrong_of(pairs, judgement, minima_between) == []
    margin = judgement.gap_m - np.array([each.lateral_mm for each in pairs.minima]) / 1000
    assert (np.abs(margin) < 0.004).sum() > len(pairs) / 8  # they do lie at the minimum
    assert (~judgement.sure).sum() < len(pairs) / 50


@pytest.mark.parametrize("seed", range(3))
def test_pairs_at_the_minimum_are_judged_as_the_oracle_judges_them(seed: int) -> None:
    hold(hard_pairs(seed, PUSHED, moving=False))


def test_moving_pairs_at_the_minimum_are_judged_as_the_oracle_judges_them() -> None:
    hold(hard_pairs(100, PUSHED_MOVING, moving=True))


@pytest.mark.parametrize(
    "off_by",
    [SeparationMinima(1, 0, 0), SeparationMinima(0, 1, 0), SeparationMinima(0, 0, 1)],
    ids=["a millimetre", "a foot", "a second"],
)
def test_an_engine_that_is_off_by_the_least_is_noticed(off_by: SeparationMinima) -> None:
    pairs = hard_pairs(300, 400, moving=False)

    def off(one: NoticeKind, other: NoticeKind) -> SeparationMinima:
        right = minima_between(one, other)
        return SeparationMinima(
            right.lateral_mm + off_by.lateral_mm,
            right.vertical_ft + off_by.vertical_ft,
            right.time_s + off_by.time_s,
        )

    judgement = judge(pairs.volumes, pairs.left, pairs.right, pairs.minima)
    assert wrong_of(pairs, judgement, off) != []


def test_the_oracle_measures_two_thousand_pairs_as_geographiclib_does() -> None:
    pairs = hard_pairs(200, 4_000, moving=False)
    ground = Ground.of([volume.footprint for volume in pairs.volumes])
    near = ground.nearest(pairs.left, pairs.right, np.full(len(pairs), 1e5))
    asked = np.flatnonzero(np.isfinite(near.gap_m) & ~near.crosses)[:2_000]
    assert len(asked) == 2_000
    for pair in asked.tolist():
        one, other = (pairs.volumes[2 * pair + side].footprint for side in (0, 1))
        assert gap_of_lines_m(one, other) == pytest.approx(near.gap_m[pair], abs=1e-6), (one, other)
