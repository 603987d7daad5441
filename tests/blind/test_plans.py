# SPDX-License-Identifier: Apache-2.0
"""From plans to what both sides are told, and back: cells are met, and an inquiry makes them anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from tests.blind.clusters import A_SIDE, Crowd, crowd, squares
from tests.effort import effort

from steerclear.blind.audit import FaultKind, Planned, audit
from steerclear.blind.cover import cells_of_day
from steerclear.blind.grid import CELL_BYTES, DayCells
from steerclear.model.terms import Level

DAY = 20_347
FEW = 8


@pytest.fixture(scope="module")
def plans() -> Crowd:
    return crowd(3, 1, 0)


@pytest.fixture(scope="module")
def listed(plans: Crowd) -> tuple[list[DayCells], list[DayCells]]:
    """The cells of the first few volumes of each party, as its list holds them."""
    return _cells(plans, 0), _cells(plans, A_SIDE)


def _cells(plans: Crowd, begin: int) -> list[DayCells]:
    found = []
    for row in range(begin, begin + FEW):
        cells = cells_of_day([plans.volumes[row]], plans.rules.dilation(int(plans.kinds[row])), DAY)
        assert isinstance(cells, DayCells)
        assert cells.encoded
        found.append(cells)
    return found


@pytest.fixture(params=[Level.L2, Level.L3], ids=lambda level: level.value)
def checked(request: pytest.FixtureRequest, pairing: Any, listed: Any) -> Any:
    check = pairing(request.param, pair_day=replace(pairing.pair_day, day=DAY))
    for side in (0, 1):
        for row, cells in enumerate(listed[side]):
            check.parties[side].add(f"n{row}", cells, filed_at_s=0, ends_at_s=3_600)
    check.round()
    return check


def _apart(cells: DayCells) -> set[bytes]:
    encoded = cells.encoded
    return {encoded[at : at + CELL_BYTES] for at in range(0, len(encoded), CELL_BYTES)}


def _planned(listed: list[DayCells]) -> list[Planned]:
    return [Planned(f"n{row}", cells.encoded, 0, 0) for row, cells in enumerate(listed)]


def _met(check: Any, side: int) -> list[bool]:
    return [bool(getattr(check.finding(side, f"n{row}"), "cells", ())) for row in range(FEW)]


def test_every_notice_in_conflict_is_told_to_both(checked: Any, plans: Crowd) -> None:
    rows, others = plans.conflicts()
    conflicts = squares(rows, others, 1)[0][:FEW, :FEW]
    for side in (0, 1):
        in_conflict = conflicts.any(axis=1 - side)
        assert in_conflict.any()
        assert (np.array(_met(checked, side)) >= in_conflict).all()


def test_an_inquiry_that_covers_the_plans_anew_finds_no_fault(checked: Any, listed: Any) -> None:
    openings = tuple(party.opened() for party in checked.parties)
    assert audit(openings, checked.evidence(), (_planned(listed[0]), _planned(listed[1]))) == ()


def test_an_inquiry_finds_a_part_of_a_plan_that_was_left_out_or_added(
    checked: Any, listed: Any, plans: Crowd
) -> None:
    openings = tuple(party.opened() for party in checked.parties)
    known = set().union(*map(_apart, listed[1]))
    hidden = next(cells for cells in _cells(plans, A_SIDE + FEW) if _apart(cells) - known)
    with_more = [*_planned(listed[1]), Planned("hidden", hidden.encoded, 0, 0)]
    (omission,) = audit(openings, checked.evidence(), (_planned(listed[0]), with_more))
    assert (omission.kind, omission.side) == (FaultKind.OMISSION, 1)
    assert set(omission.cells) == _apart(hidden) - known
    (extra,) = audit(openings, checked.evidence(), (_planned(listed[0][:-1]), _planned(listed[1])))
    assert (extra.kind, extra.side) == (FaultKind.EXTRA, 0)
    assert len(extra.cells) > 0


def test_two_volumes_in_conflict_meet_in_a_cell_at_every_level_whatever_their_kinds(
    pairing: Any, level: Level
) -> None:
    pairs = set()
    for seed in range(3, 3 + effort(test=1, ci=7, soak=40)):
        of = crowd(seed, 1, 0)
        check = pairing(level, pair_day=replace(pairing.pair_day, day=DAY))
        for row, volume in enumerate(of.volumes):
            cells = cells_of_day([volume], of.rules.dilation(int(of.kinds[row])), DAY)
            assert isinstance(cells, DayCells)
            check.parties[row // A_SIDE].add(f"n{row}", cells, filed_at_s=0, ends_at_s=3_600)
        check.round()
        for row, other in zip(*of.conflicts(), strict=True):
            met = [set(check.finding(side, f"n{one}").cells) for side, one in enumerate((row, other))]
            assert met[0] & met[1]
            pairs.add(frozenset((int(of.kinds[row]), int(of.kinds[other]))))
    assert len(pairs) >= effort(test=70, ci=91, soak=91)  # 13 kinds: 91 pairs
