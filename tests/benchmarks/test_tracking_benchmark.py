# SPDX-License-Identifier: Apache-2.0
"""The live picture's benchmark does what it says, at a small size; no figure is judged here."""

from __future__ import annotations

import pytest
from benchmarks.tracking.__main__ import Differ, _moved, _names, _unexplained
from benchmarks.tracking.work import NOW, areas_of, cot_bytes, sbs_bytes

from steerclear.tracking import AreaWatch, Minima
from steerclear.tracking.cot import CotReader
from steerclear.tracking.sbs import SbsReader

MINIMA = Minima(9_260_000, 1_000, 300)


def test_a_pair_that_only_one_has_counts_when_it_is_near_a_minimum_and_else_ends_the_run() -> None:
    reports, movers = _moved(1_000, 800.0, seed=8)
    found = _names(movers, MINIMA)
    assert len(reports) == 1_000
    assert len(found) > 30
    tall = _names(movers, Minima(9_260_000, 1_001, 300)) - found
    assert _unexplained(movers, found, found | tall) == (len(tall), 0)
    with pytest.raises(Differ):
        _unexplained(movers, found, found | {("t000000", "t000000")})
    with pytest.raises(Differ):
        _unexplained(movers, found, set())


def test_feeds_and_areas_are_what_is_said() -> None:
    stream = sbs_bytes(400)
    assert stream.count(b"\n") == 400
    heard = SbsReader().feed(stream, NOW)
    assert (len(heard.reports), heard.dropped.total()) == (200, 0)
    assert heard.reports.columns.speed_known.all()
    assert len(CotReader().feed(cot_bytes(30), NOW).reports) == 30
    _, movers = _moved(500, 400.0, seed=8)
    assert len(AreaWatch(areas_of(60, 400.0, 9), NOW).entries(movers, 300).entries) > 5
