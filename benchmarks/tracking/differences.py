# SPDX-License-Identifier: Apache-2.0
"""Why does a peer find a pair that we do not, or the other way round? Pair by pair, in rational numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from steerclear.tracking import Minima, Movers
from steerclear.tracking.closest import Approach, settled, times_too_close
from steerclear.tracking.traffic import approach_of

__all__ = ["HEADER", "Difference", "differences"]

HEADER: Final = ("pair", "found by", "why", "exactly, in the plane between them")
_OFF_M: Final = 800.0
"""A sphere is up to half of a percent off: that much for two that start 160 km apart and meet."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``why`` is empty when nothing explains it."""

    pair: tuple[str, str]
    found_by: str
    why: str
    exactly: str

    def words(self) -> tuple[str, ...]:
        return " ".join(self.pair), self.found_by, self.why or "NOTHING EXPLAINS IT", self.exactly


def differences(
    movers: Movers, ours: set[tuple[str, str]], theirs: set[tuple[str, str]], minima: Minima, peer: str
) -> Iterator[Difference]:
    """Every pair that one of the two has alone."""
    row_of = {ref: row for row, ref in enumerate(movers.refs.tolist())}
    for pair in sorted(ours ^ theirs):
        exact = approach_of(movers, row_of[pair[0]], row_of[pair[1]], minima)
        found_by = "Steerclear" if pair in ours else peer
        yield Difference(pair, found_by, _why(exact, minima, is_ours=pair in ours), _exactly(exact, minima))


def _why(exact: Approach, minima: Minima, *, is_ours: bool) -> str:
    """What of the exact answer is so near to a minimum that another model of the Earth may turn it."""
    look = minima.look_ahead_s
    if is_ours is not settled(exact, look):
        return ""
    if not is_ours and settled(replace(exact, tall_ft=exact.tall_ft + 1), look):
        return "at exactly the vertical minimum, which is clear"
    sign = -1 if is_ours else 1
    nearer = replace(exact, reach_m=exact.reach_m + sign * (exact.reach_m / 100 + _OFF_M))
    if settled(nearer, look) is not is_ours:
        return "near the lateral minimum: a sphere is up to 0.5 % of their way off"
    if settled(exact, look + sign * 3) is not is_ours:
        return "near the end of the look-ahead: a sphere is up to 0.5 % of their way off"
    both = replace(nearer, tall_ft=exact.tall_ft + sign)
    if settled(both, look + sign * 3) is not is_ours:
        return "near more than one of the minima: a sphere is up to 0.5 % of their way off"
    return ""


def _exactly(exact: Approach, minima: Minima) -> str:
    """The least lateral distance while they are too close in height: its square is a rational number."""
    times = times_too_close(exact, minima.look_ahead_s)
    if times is None:
        return f"never less than {exact.tall_ft:,} ft apart in height"
    p, v = [Fraction(x) for x in exact.p_m], [Fraction(x) for x in exact.v_m_s]
    pp, vv = sum(x * x for x in p), sum(x * x for x in v)
    pv = sum(x * y for x, y in zip(p, v, strict=True))
    at = min(max(-pv / vv, times[0]), times[1]) if vv else times[0]
    least = (vv * at + 2 * pv) * at + pp
    than = "<" if least < Fraction(exact.reach_m) ** 2 else "≥"
    return (
        f"{math.sqrt(least):,.3f} m {than} {exact.reach_m:,.0f} m at {float(at):.3f} s; "
        f"in height too close from {float(times[0]):.3f} to {float(times[1]):.3f} s"
    )
