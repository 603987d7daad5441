# SPDX-License-Identifier: Apache-2.0
"""Two movers: the closed form against a second way in rational numbers, and against small steps of time."""

from __future__ import annotations

import math
import random
from fractions import Fraction

import pytest
from tests.effort import effort

from steerclear.tracking import Approach, settled
from steerclear.tracking.closest import CLEAR, LOSS, NEAR, closest, judged, lost_from, vertical_times


def below(one: Approach, t: Fraction) -> bool:
    """Are they too close at this instant, by the words of the definition?"""
    apart = sum((Fraction(p) + Fraction(v) * t) ** 2 for p, v in zip(one.p_m, one.v_m_s, strict=True))
    reach = Fraction(one.reach_m) + Fraction(one.growth_m_s) * t
    slack = Fraction(one.tall_growth_ft_min, 60) * t
    climbed = Fraction(one.climb_ft_min, 60) * t
    over = one.z_low_ft + climbed < one.tall_ft + slack
    under = -(one.z_high_ft + climbed) < one.tall_ft + slack
    return apart < reach * reach and over and under


def kernel_says(one: Approach, look_ahead_s: int) -> int:
    least, most = vertical_times(
        float(one.z_low_ft),
        float(one.z_high_ft),
        float(one.climb_ft_min),
        float(one.tall_ft),
        float(one.tall_growth_ft_min),
        float(look_ahead_s),
    )
    p, v = one.p_m, one.v_m_s
    return judged(dot(p, p), dot(p, v), dot(v, v), one.reach_m, one.growth_m_s, least, most)


def dot(a: tuple[float, ...], b: tuple[float, ...]) -> float:
    return sum(x * y for x, y in zip(a, b, strict=True))


def drawn(chance: random.Random) -> Approach:
    """Mostly round numbers, so that many pairs stand exactly at a minimum."""
    place = [
        chance.choice((0.0, 3.0, 4.0, 5.0, -9260.0, 9260.0, chance.uniform(-6e4, 6e4))) for _ in range(2)
    ]
    speed = [chance.choice((0.0, 0.0, 1.0, -1.0, 250.0, chance.uniform(-300, 300))) for _ in range(2)]
    low = chance.choice((-2000, -1000, 0, 999, 1000, 1001, chance.randrange(-9000, 9000)))
    return Approach(
        p_m=tuple(place),
        v_m_s=tuple(speed),
        reach_m=chance.choice((0.0, 5.0, 9260.0, chance.uniform(0, 2e4))),
        growth_m_s=chance.choice((0.0, 0.0, 1.0, 300.0)),
        z_low_ft=low,
        z_high_ft=low + chance.choice((0, 0, 0, 500)),
        climb_ft_min=chance.choice((0, 0, 1500, -1500, 200)),
        tall_ft=1000,
        tall_growth_ft_min=chance.choice((0, 0, 200, 3000)),
    )


def test_what_the_closed_form_says_the_rational_one_says_and_so_does_stepping() -> None:
    chance = random.Random(9260)
    said = {CLEAR: 0, LOSS: 0, NEAR: 0}
    trials = effort(test=600, ci=4_000, soak=400_000)
    for _ in range(trials):
        one, look_ahead_s = drawn(chance), chance.choice((0, 1, 60, 300))
        found, verdict = settled(one, look_ahead_s), kernel_says(one, look_ahead_s)
        said[verdict] += 1
        if verdict != NEAR:
            assert found is (verdict == LOSS), one
        steps = [Fraction(look_ahead_s * step, 97) for step in range(98)][:: chance.choice((1, 7))]
        if any(below(one, t) for t in steps):
            assert found, one
    assert min(said.values()) > trials // 40, said


def test_a_loss_that_is_settled_has_an_instant_at_which_they_are_too_close() -> None:
    """The other way round: the instant that the kernel names, or one just after it, is one."""
    chance, seen = random.Random(300), 0
    for _ in range(3_000):
        one = drawn(chance)
        if kernel_says(one, 300) != LOSS:
            continue
        seen += 1
        p, v = one.p_m, one.v_m_s
        least, most = vertical_times(
            one.z_low_ft, one.z_high_ft, one.climb_ft_min, one.tall_ft, one.tall_growth_ft_min, 300.0
        )
        first = lost_from(dot(p, p), dot(p, v), dot(v, v), one.reach_m, one.growth_m_s, least, most)
        later = [Fraction(first) + Fraction(1, 10**power) for power in range(3, 12)]
        assert any(below(one, t) for t in later), (one, first)
        earlier = [Fraction(first) * part / 10 for part in range(10)]
        assert not any(below(one, t - Fraction(1, 1_000)) for t in earlier if t > Fraction(1, 1_000)), one
    assert seen > 300


AT_THE_MINIMUM = [
    pytest.param((9260.0, 0.0), (0.0, 0.0), 0, 0, id="abreast at the lateral minimum, same velocity"),
    pytest.param((3000.0, 9260.0), (-250.0, 0.0), 0, 0, id="passing exactly at the lateral minimum"),
    pytest.param((0.0, 0.0), (0.0, 0.0), 1000, 0, id="one above the other, exactly 1000 ft"),
    pytest.param((0.0, 0.0), (0.0, 0.0), -1000, 0, id="… and the other way round"),
    pytest.param((5000.0, 0.0), (0.0, 0.0), 2500, -300, id="down to exactly 1000 ft as the look-ahead ends"),
]


@pytest.mark.parametrize(("p", "v", "z", "climb"), AT_THE_MINIMUM)
def test_exactly_at_the_minimum_is_clear_and_a_hair_less_is_not(
    p: tuple[float, float], v: tuple[float, float], z: int, climb: int
) -> None:
    at = Approach(p, v, 9260.0, 0.0, z, z, climb, 1000, 0)
    assert not settled(at, 300)
    assert kernel_says(at, 300) in (CLEAR, NEAR)
    wider = Approach(p, v, math.nextafter(9260.0, 1e9), 0.0, z, z, climb, 1001, 0)
    assert settled(wider, 300)


def test_the_closest_point_is_no_farther_than_any_other() -> None:
    chance = random.Random(7)
    for _ in range(500):
        one = drawn(chance)
        pp, pv, vv = dot(one.p_m, one.p_m), dot(one.p_m, one.v_m_s), dot(one.v_m_s, one.v_m_s)
        at, apart = closest(pp, pv, vv, 300.0)
        assert 0 <= at <= 300
        for step in range(301):
            assert apart <= math.sqrt(max(pp + 2 * pv * step + vv * step * step, 0.0)) + 1e-6
