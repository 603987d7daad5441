# SPDX-License-Identifier: Apache-2.0
"""The live picture's benchmark does what it says, at a small size; no figure is judged here."""

from __future__ import annotations

import numpy as np
import pytest
from benchmarks.tracking.__main__ import Differ, _explained, _moved, _names
from benchmarks.tracking.apart import Hour
from benchmarks.tracking.differences import Difference, differences
from benchmarks.tracking.hour import close_pairs
from benchmarks.tracking.work import (
    NOW,
    ais_bytes,
    areas_of,
    asterix_bytes,
    avr_bytes,
    cot_bytes,
    sbs_bytes,
)

from steerclear.tracking import AreaWatch, Minima
from steerclear.tracking.ais import AisReader
from steerclear.tracking.asterix import AsterixReader
from steerclear.tracking.cot import CotReader
from steerclear.tracking.mode_s import AvrReader
from steerclear.tracking.sbs import SbsReader

MINIMA = Minima(9_260_000, 1_000, 300)


def test_a_pair_that_only_one_has_counts_when_it_is_near_a_minimum_and_else_ends_the_run() -> None:
    reports, movers = _moved(1_000, 800.0, seed=8)
    found = _names(movers, MINIMA)
    assert len(reports) == 1_000
    assert len(found) > 30
    tall = _names(movers, Minima(9_260_000, 1_001, 300)) - found
    wide = _names(movers, Minima(9_300_000, 1_000, 300)) - found

    def told(theirs: set[tuple[str, str]]) -> list[Difference]:
        return list(differences(movers, found, theirs, MINIMA, "peer"))

    kept: list[Difference] = []
    words = _explained(told(found | tall | wide), kept)
    assert words == f"{len(tall)} at exactly 1,000 ft, {len(wide)} near another minimum"
    assert {one.pair for one in kept} == tall | wide
    assert all("m ≥ 9,260 m" in one.exactly for one in kept if one.pair in wide)
    assert all("never less than 1,000 ft" in one.exactly for one in kept if one.pair in tall)
    for wrong in (found | {("t000000", "t000001")}, set[tuple[str, str]]()):
        with pytest.raises(Differ):
            _explained(told(wrong), [])


def test_the_hour_meets_only_within_a_second() -> None:
    second = np.array([5, 5, 6, 6, 6])
    which, lat = np.array([0, 1, 0, 1, 2]), np.array([47.0, 48.0, 47.0, 48.0, 48.01])
    lon, feet = np.full(5, 8.0), np.array([3e4, 3e4, 3e4, 3e4, 30_999.0])
    assert close_pairs(Hour(["a", "b", "c"], which, second, lat, lon, feet), MINIMA) == {("b", "c")}


def test_feeds_and_areas_are_what_is_said() -> None:
    stream = sbs_bytes(400)
    assert stream.count(b"\n") == 400
    heard = SbsReader().feed(stream, NOW)
    assert (len(heard.reports), heard.dropped.total()) == (200, 0)
    assert heard.reports.columns.speed_known.all()
    assert len(CotReader().feed(cot_bytes(30), NOW).reports) == 30
    for category in (21, 62):
        heard = AsterixReader().feed(asterix_bytes(40, category), NOW)
        assert (len(heard.reports), heard.dropped.total()) == (40, 0)
        assert set(heard.reports.columns.feet.tolist()) == {35_000}
    assert len(AisReader().feed(ais_bytes(20), NOW).reports) == 20
    assert len(AvrReader().feed(avr_bytes(40), NOW).reports) == 10
    _, movers = _moved(500, 400.0, seed=8)
    assert len(AreaWatch(areas_of(60, 400.0, 9), NOW).entries(movers, 300).entries) > 5
