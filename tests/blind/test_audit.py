# SPDX-License-Identifier: Apache-2.0
"""Does an inquiry with both openings find every omission, extra cell, wrong masking and untold match?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from steerclear.blind.audit import Evidence, FaultKind, Planned, audit
from steerclear.blind.grid import FINE, encode_cells
from steerclear.blind.lists import list_hash
from steerclear.blind.messages import HOST, Compared, DayOpened, ListCommitted, parse_message
from steerclear.blind.opening import Opened, RoundOpened
from steerclear.blind.ristretto import power_of_generator
from steerclear.errors import BadInput
from steerclear.model.terms import Level


def cells(*numbers: int) -> bytes:
    """Along the equator, as the shared fixtures number them."""
    places = np.array([(0, 0, 0, FINE.rows // 2, number) for number in numbers], np.int32)
    return encode_cells(FINE, places)


PLANS = (
    [Planned("a", cells(*range(10)), 0, 0), Planned("late", cells(3, 40), 1, 1)],
    [Planned("b", cells(*range(5, 15)), 0, 0)],
)


@pytest.fixture
def day(pairing: Any, level: Level) -> Any:
    return lived(pairing, level)


def lived(pairing: Any, level: Level, **given: Any) -> Any:
    check = pairing(level, **given)
    check.file(0, "a", range(10))
    check.file(1, "b", range(5, 15))
    check.round()
    check.file(0, "late", [3, 40])
    check.round()
    return check


def openings(check: Any) -> tuple[Opened, Opened]:
    return check.parties[0].opened(), check.parties[1].opened()


def kinds(check: Any, *, plans: Any = PLANS, opened: Any = None, evidence: Any = None) -> list[Any]:
    found = audit(opened or openings(check), evidence or check.evidence(), plans)
    return [(fault.kind, fault.side, fault.round) for fault in found]


def test_an_honest_day_has_no_fault(day: Any) -> None:
    assert kinds(day) == []
    day.parties[0].commit(now_s=0)  # the other never answered: nothing was compared with it
    assert kinds(day) == []


def test_an_omission_is_found_with_its_cells(day: Any) -> None:
    plans = (PLANS[0], [*PLANS[1], Planned("hidden", cells(7, 99), 1, 1)])
    (fault,) = audit(openings(day), day.evidence(), plans)
    assert (fault.kind, fault.side, fault.cells) == (FaultKind.OMISSION, 1, (cells(99),))


def test_what_was_listed_too_late_was_omitted(day: Any) -> None:
    plans = ([PLANS[0][0], replace(PLANS[0][1], by_round=0)], PLANS[1])
    assert kinds(day, plans=plans) == [(FaultKind.OMISSION, 0, 0)]


def test_a_probe_is_found_as_extra_cells(day: Any) -> None:
    (fault,) = audit(openings(day), day.evidence(), ([PLANS[0][0]], PLANS[1]))
    assert (fault.kind, fault.side, fault.round, fault.cells) == (FaultKind.EXTRA, 0, 1, (cells(40),))


def test_cells_of_another_step_are_told_apart_from_a_probe(day: Any) -> None:
    first, second = openings(day)
    coarse = bytes([1, 30]) + cells(3)[2:]
    other = replace(first, rounds=(first.rounds[0], replace(first.rounds[1], cells=cells(40) + coarse)))
    found = {
        fault.kind: fault.cells for fault in audit((other, second), day.evidence(), ([PLANS[0][0]], PLANS[1]))
    }
    assert found[FaultKind.GRID] == (coarse,)
    assert found[FaultKind.EXTRA] == (cells(40),)


def test_an_opening_that_tells_another_story_does_not_fit_the_log(day: Any) -> None:
    first, second = openings(day)
    told = [
        replace(first, rounds=(RoundOpened(first.rounds[0].seed, cells(*range(9), 77)), first.rounds[1])),
        replace(first, rounds=(RoundOpened(b"z" * 32, first.rounds[0].cells), first.rounds[1])),
        replace(first, rounds=(RoundOpened(first.rounds[0].seed, cells(*range(600))), first.rounds[1])),
    ]
    for other in told:
        assert (FaultKind.COMMITMENT, 0, 0) in kinds(day, opened=(other, second))


def test_another_secret_than_the_logged_one_is_found(day: Any) -> None:
    first, second = openings(day)
    other = replace(first, secret=replace(first.secret, secret=b"\7" + bytes(31)))
    found = kinds(day, opened=(other, second))
    assert found[0] == (FaultKind.SECRET, 0, 0)
    assert {kind for kind, _, _ in found} >= {FaultKind.SECRET}


def test_a_list_that_is_not_the_masking_of_its_slots_is_found(day: Any) -> None:
    evidence = day.evidence()
    first = evidence.rounds[0]
    changed = replace(first, committed=(replace(first.committed[0], hash=b"x" * 32), first.committed[1]))
    wrong = replace(evidence, rounds=(changed, *evidence.rounds[1:]))
    assert kinds(day, evidence=wrong) == [(FaultKind.MASKING, 0, 0)]


def test_a_host_that_tells_one_match_too_few_passes_the_sentinels_and_not_the_audit(pairing: Any) -> None:
    def drop(told: Compared) -> Compared:
        real = [
            next(slot for slot in slots if party._labels[slot] >= 0)
            for slots, party in zip(told.met, check.parties, strict=True)
        ]
        left = [tuple(s for s in slots if s != one) for slots, one in zip(told.met, real, strict=True)]
        return replace(told, met=(left[0], left[1]))

    check = pairing(Level.L3, twists={(Compared, HOST): drop})
    check.file(0, "a", range(10))
    check.file(1, "b", range(5, 15))
    check.round()
    plans = ([PLANS[0][0]], PLANS[1])
    (fault,) = audit(openings(check), check.evidence(), plans)
    assert (fault.kind, fault.side, fault.what) == (
        FaultKind.RESULT, HOST, "2 met slots were not told, 0 were invented",
    )  # fmt: skip


def test_a_false_re_masking_is_found_where_it_was_kept(pairing: Any) -> None:
    check = lived(pairing, Level.L3)
    kept = [parse_message(data) for data in check.heard[HOST]]
    remasked = {one.head.author: one for one in kept if one.FORM == 4 and one.head.round == 0}
    evidence = check.evidence()
    for changed, faults in ((False, []), (True, [(FaultKind.REMASKING, 1, 0)])):
        second: Any = remasked[1]
        if changed:
            second = replace(second, rows=second.rows[32:] + second.rows[:32])
        first_round = replace(evidence.rounds[0], remasked=(remasked[0], second))
        held = replace(evidence, rounds=(first_round, *evidence.rounds[1:]))
        assert kinds(check, evidence=held) == faults


def test_only_who_sent_rows_that_are_not_its_own_is_blamed(pairing: Any) -> None:
    """The first commits to, and sends, a row that masks no slot; the others did as they should."""
    check = pairing(Level.L3)
    stray = power_of_generator(b"\7" + bytes(31))

    def commit(said: ListCommitted) -> ListCommitted:
        rows = check.parties[0].rows
        rows[next(at for at in range(64) if is_dummy(check, at))] = list(stray)
        check.parties[0].mine = replace(said, hash=list_hash(rows, Level.L3))
        return check.parties[0].mine  # type: ignore[no-any-return] # a Pairing's parties are of any kind

    check.twists[ListCommitted, 0] = commit
    check.file(0, "a", range(10))
    check.file(1, "b", range(5, 15))
    check.round()
    plans = ([PLANS[0][0]], PLANS[1])
    bare = kinds(check, plans=plans)
    assert bare == [(FaultKind.MASKING, 0, 0)]
    kept = [parse_message(data) for data in check.heard[HOST]]
    sent: Any = tuple(one for one in kept if one.FORM == 3)
    remasked: Any = tuple(sorted((one for one in kept if one.FORM == 4), key=lambda one: one.head.author))
    for lists in ((None, None), sent):
        held = replace(check.evidence().rounds[0], sent=lists, remasked=remasked)
        assert kinds(check, plans=plans, evidence=Evidence(check.evidence().opened, (held,))) == bare
    false = replace(remasked[1], rows=remasked[1].rows[32:] + remasked[1].rows[:32])
    for lists, found in (((None, None), bare), (sent, [*bare, (FaultKind.REMASKING, 1, 0)])):
        held = replace(check.evidence().rounds[0], sent=lists, remasked=(remasked[0], false))
        assert kinds(check, plans=plans, evidence=Evidence(check.evidence().opened, (held,))) == found


def is_dummy(check: Any, at: int) -> bool:
    """A slot of the first side that nobody must or may meet."""
    party = check.parties[0]
    return bool(party._labels[at] < 0 and at not in party._must and at not in party._planted.values())


def test_what_was_planned_only_after_it_was_listed_is_a_probe(day: Any) -> None:
    """A notice that was filed because its cells had been met, and not before they were listed."""
    plans = ([PLANS[0][0], replace(PLANS[0][1], from_round=2, by_round=2)], PLANS[1])
    (fault,) = audit(openings(day), day.evidence(), plans)
    assert (fault.kind, fault.side, fault.round, fault.cells) == (FaultKind.EXTRA, 0, 1, (cells(40),))


def test_a_side_that_said_that_its_list_was_not_whole_is_not_blamed_for_it(
    pairing: Any, level: Level
) -> None:
    check = pairing(level)
    check.parties[0].cannot_list("low", "no height")
    check.round()
    check.round()
    low = Planned("low", cells(3), 0, 0)
    assert kinds(check, plans=([low], [])) == []
    check.parties[0].forget("low")
    check.round()
    assert kinds(check, plans=([low], [])) == [(FaultKind.OMISSION, 0, 2)]
    assert kinds(check, plans=([replace(low, until_round=1)], [])) == []


def test_a_result_of_the_host_may_be_missing_only_at_the_end(pairing: Any) -> None:
    check = lived(pairing, Level.L2)
    first, last = check.evidence().rounds
    assert (
        kinds(check, evidence=replace(check.evidence(), rounds=(first, replace(last, compared=None)))) == []
    )
    with pytest.raises(BadInput) as caught:
        kinds(check, evidence=replace(check.evidence(), rounds=(replace(first, compared=None), last)))
    assert caught.value.code == "blind-audit"


def test_an_item_that_was_listed_twice_is_found(day: Any) -> None:
    first, second = openings(day)
    again = replace(first, rounds=(first.rounds[0], replace(first.rounds[1], cells=cells(3, 40))))
    found = kinds(day, opened=(again, second))
    assert (FaultKind.COMMITMENT, 0, 1) in found
    assert (FaultKind.EXTRA, 0, 1) in found


def test_a_public_half_that_is_no_element_does_not_stop_an_audit(pairing: Any) -> None:
    check = lived(pairing, Level.L3)
    evidence = check.evidence()
    wrong = Evidence((evidence.opened[0], DayOpened(evidence.opened[1].head, bytes(32))), evidence.rounds)
    assert kinds(check, evidence=wrong) == [(FaultKind.SECRET, 1, 0)]


def test_openings_of_other_days_or_in_another_order_are_refused(pairing: Any, day: Any) -> None:
    first, second = openings(day)
    other = replace(first.secret, pair_day=replace(first.secret.pair_day, day=1))
    for wrong in (
        (second, first),
        (replace(first, secret=other), second),
        (replace(first, rounds=first.rounds[:1]), second),
    ):
        with pytest.raises(BadInput) as caught:
            audit(wrong, day.evidence(), PLANS)
        assert caught.value.code == "blind-audit"


def test_the_scalar_of_an_opening_is_the_logged_one(pairing: Any) -> None:
    check = lived(pairing, Level.L3)
    assert power_of_generator(openings(check)[0].secret.secret) == check.evidence().opened[0].public
