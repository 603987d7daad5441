# SPDX-License-Identifier: Apache-2.0
"""Whoever cheats, host or party, is caught, or the answer is undetermined; never does it read as no conflict.

Each test does the opposite of one thing that keeps the check honest (docs/blind.md, "What keeps it honest").
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from steerclear.blind.grid import CELL, FINE, encode_cells
from steerclear.blind.host import Host
from steerclear.blind.lists import list_hash
from steerclear.blind.messages import (
    HOST,
    Chunk,
    Compared,
    DayOpened,
    ListCommitted,
    ListSent,
    Remasked,
    Stopped,
)
from steerclear.blind.outcome import CellsMet, NothingMet
from steerclear.blind.ristretto import power_of_generator
from steerclear.blind.tokens import items_of
from steerclear.errors import NotVerified, Refused, SteerclearError
from steerclear.model.finding import Undetermined
from steerclear.model.terms import Level

ELEMENT = power_of_generator(b"\7" + bytes(31))
NOT_CANONICAL = b"\xff" * 32


def caught(code: str, deed: Callable[[], Any]) -> SteerclearError:
    with pytest.raises((Refused, NotVerified)) as found:
        deed()
    assert found.value.code == code
    return found.value


def all_undetermined(check: Any, *sides: int) -> None:
    for side in sides or (0, 1):
        assert isinstance(check.finding(side, "ab"[side]), Undetermined)


@pytest.fixture
def filed(pairing: Any) -> Callable[..., Any]:
    """Both have filed; cells 5 to 9 are common."""

    def make(level: Level = Level.L3, **given: Any) -> Any:
        check = pairing(level, **given)
        check.file(0, "a", range(10))
        check.file(1, "b", range(5, 15))
        return check

    return make


def cells_at(*numbers: int) -> bytes:
    """Along the equator, as the shared fixtures number them."""
    return encode_cells(FINE, np.array([(0, 0, 0, FINE.rows // 2, number) for number in numbers], np.int32))


def slot(message: Any, number: int, element: bytes) -> Any:
    """The message with one row changed."""
    rows = message.rows[: 32 * number] + element + message.rows[32 * (number + 1) :]
    return replace(message, rows=rows)


# ------------------------------------------------------------------------------------------------ sentinels


def test_a_host_that_drops_the_matches_of_a_round_is_noticed_by_both(filed: Any) -> None:
    for level in (Level.L2, Level.L3):
        check = filed(level, twists={(Compared, HOST): lambda told: replace(told, met=((), ()))})
        caught("blind-sentinels", check.round)
        all_undetermined(check, 0)


def test_a_host_that_drops_any_one_sentinel_is_noticed(filed: Any) -> None:
    def drop(told: Compared) -> Compared:
        at = [slots.index(min(sentinels[side])) for side, slots in enumerate(told.met)]
        met = [slots[:place] + slots[place + 1 :] for slots, place in zip(told.met, at, strict=True)]
        return replace(told, met=(met[0], met[1]))

    check = filed(Level.L2, twists={(Compared, HOST): drop})
    sentinels = [party._must for party in check.parties]
    check.open()
    committed = [party.commit(now_s=0) for party in check.parties]
    for side in (0, 1):
        sentinels[side] = check.parties[side]._must
        check.parties[1 - side].hear_committed(committed[side], at_s=0)
        check.host.hear_committed(committed[side])
    caught("blind-sentinels", check._through_host)


def test_a_host_that_forgets_earlier_rounds_is_noticed(filed: Any) -> None:
    check = filed(Level.L3)
    check.round()
    check.file(0, "later", [70])
    old = check.host
    check.host = Host(check.pair_day, Level.L3, cap_slots=old._cap, salt=1, workers=1)
    check.host._opened, check.host.round = old._opened, old.round
    caught("blind-sentinels", check.round)


def test_a_side_with_another_key_of_l2_is_noticed_even_if_it_logs_the_same(filed: Any) -> None:
    check = filed(Level.L2, keys=(b"k" * 32, b"x" * 32))
    check.opened = [party.open() for party in check.parties]
    for side in (0, 1):
        check.host.hear_opened(check.opened[side])
        check.parties[side].hear_opened(replace(check.opened[1 - side], public=check.opened[side].public))
    caught("blind-sentinels", check.round)
    all_undetermined(check, 0)


def test_other_keys_days_and_annexes_are_refused_when_the_day_is_opened(filed: Any) -> None:
    caught("blind-key-differs", filed(Level.L2, keys=(b"k" * 32, b"x" * 32)).round)
    day = filed().pair_day
    for other in (
        replace(day, day=day.day + 1),
        replace(day, annex="00" * 32),
        replace(day, grid=2),
        replace(day, attempt=1),
        replace(day, mechanism="00" * 32),
    ):
        check = filed(days=(None, other))
        caught("blind-other-check", check.round)
        assert isinstance(check.finding(0, "a"), Undetermined)


# ------------------------------------------------------------------------------------- what the host tells


@pytest.mark.parametrize("invented", ["dummy", "unsent", "unequal", "before its time"])
def test_a_host_that_invents_a_match_is_noticed(filed: Any, invented: str) -> None:
    def invent(told: Compared) -> Compared:
        party = check.parties[0]
        waiting = set(party._planted.values())
        free = [at for at, label in enumerate(party._labels) if label < 0 and at not in party._must | waiting]
        added = {
            "dummy": free[0],
            "unsent": 100_000,
            "unequal": free[0],
            "before its time": min(waiting - set(told.met[0])),
        }
        mine = tuple(sorted({*told.met[0], added[invented]}))
        theirs = told.met[1] if invented == "unequal" else (*told.met[1], 100_000)
        return replace(told, met=(mine, theirs))

    check = filed(twists={(Compared, HOST): invent})
    check.file(0, "more", range(100, 200))
    caught("blind-met", check.round)
    all_undetermined(check, 0)


def test_a_slot_that_is_told_twice_is_noticed(filed: Any) -> None:
    check = filed(Level.L2)
    first = check.round()
    again = first.met[0][0]

    def repeat(told: Compared) -> Compared:
        return replace(told, met=(tuple(sorted({*told.met[0], again})), (*told.met[1], 100_000)))

    check.twists[Compared, HOST] = repeat
    caught("blind-met", check.round)


def test_a_result_that_speaks_for_other_lists_is_refused(filed: Any) -> None:
    check = filed(twists={(Compared, HOST): lambda told: replace(told, lists=(told.lists[1], told.lists[0]))})
    caught("blind-covers", check.round)
    all_undetermined(check, 0)


def test_what_was_met_stays_met_after_the_day_failed(filed: Any) -> None:
    check = filed()
    check.round()
    check.file(0, "later", [50])
    check.twists[Compared, HOST] = lambda told: replace(told, met=((), ()))
    caught("blind-sentinels", check.round)
    assert isinstance(check.finding(0, "a"), CellsMet)
    found = check.finding(0, "later")
    assert isinstance(found, Undetermined)
    assert found.because.startswith("blind-sentinels: ")


# ------------------------------------------------------------------------------- lists, counts, commitments


def test_a_list_that_is_not_the_one_committed_to_is_refused(filed: Any, level: Level) -> None:
    check = filed(level, twists={(ListSent, 1): lambda sent: slot(sent, 3, ELEMENT)})
    caught("blind-list", check.round)
    if level is not Level.L2:
        assert isinstance(check.finding(0, "a"), Undetermined)


@pytest.mark.parametrize(
    "cut", [lambda sent: replace(sent, rows=sent.rows[32:]), lambda sent: replace(sent, rows=b"")]
)
def test_a_list_that_was_cut_is_refused(filed: Any, level: Level, cut: Any) -> None:
    caught("blind-list", filed(level, twists={(ListSent, 0): cut}).round)


@pytest.mark.parametrize("count", [0, 1, 16, 32, 63, 127, 1 << 19 | 1])
def test_a_wrong_count_is_refused(filed: Any, level: Level, count: int) -> None:
    check = filed(level, twists={(ListCommitted, 0): lambda said: replace(said, count=count)})
    caught("blind-count", check.round)
    all_undetermined(check, 1)


def test_an_oversize_batch_is_refused_before_it_is_looked_at(filed: Any, level: Level) -> None:
    check = filed(level, twists={(ListCommitted, 0): lambda said: replace(said, count=1 << 20)})
    caught("blind-cap", check.round)


def with_slot(check: Any, side: int, element: bytes, number: int = 9) -> None:
    """A side that commits to, and sends, a list with a slot of its choosing: of its first one where empty."""

    def commit(said: ListCommitted) -> ListCommitted:
        rows = check.parties[side].rows
        rows[number] = list(element or rows[0])
        return replace(said, hash=list_hash(rows, check.level))

    check.twists[ListCommitted, side] = commit


@pytest.mark.parametrize("element", [NOT_CANONICAL, bytes(32), b"\1" + bytes(31)])
def test_a_slot_that_is_no_element_or_the_identity_is_refused(filed: Any, element: bytes) -> None:
    for level in (Level.L3, Level.L3P):
        check = filed(level)
        with_slot(check, 0, element)
        caught("blind-element", check.round)
        all_undetermined(check, 1)


def test_a_slot_that_comes_twice_is_refused(filed: Any, level: Level) -> None:
    check = filed(level)
    with_slot(check, 1, b"")
    caught("blind-repeat", check.round)
    if level is Level.L3P:
        all_undetermined(check, 1)
    else:
        assert check.host.failed == "blind-repeat"


def test_a_slot_that_comes_again_later_is_refused(filed: Any) -> None:
    check = filed(Level.L2)
    check.round()
    check.file(0, "later", [70])
    first = check.heard[HOST][0][48:80]
    with_slot(check, 0, first)
    caught("blind-repeat", check.round)


# ----------------------------------------------------------------------------------------------- re-masking


def test_a_peer_that_garbles_its_re_masking_is_not_proved(filed: Any) -> None:
    check = filed(twists={(Remasked, 1): lambda made: slot(made, 3, ELEMENT)})
    caught("blind-proof", check.round)
    assert check.host.failed == "blind-proof"
    check.parties[0].hear_stopped(check.host.stopped("blind-proof"))
    assert check.finding(0, "a") == Undetermined("stopped by the host: blind-proof")


@pytest.mark.parametrize(
    "twist",
    [
        lambda made: replace(made, proofs=b""),
        lambda made: replace(made, rows=made.rows[32:64] + made.rows[:32] + made.rows[64:]),
        lambda made: replace(made, rows=made.rows[:32], proofs=made.proofs),
        lambda made: replace(made, proofs=bytes(len(made.proofs))),
    ],
    ids=["no proof", "another order", "fewer slots", "zeros"],
)
def test_what_proves_nothing_is_refused(filed: Any, twist: Any) -> None:
    caught("blind-proof", filed(twists={(Remasked, 0): twist}).round)


def test_another_scalar_than_the_logged_one_is_not_proved(filed: Any) -> None:
    check = filed(twists={(DayOpened, 1): lambda said: replace(said, public=ELEMENT)})
    caught("blind-proof", check.round)


def test_a_host_that_asks_for_no_proofs_is_refused_by_who_wants_them(filed: Any) -> None:
    check = filed(proofs=(True, True, False))
    caught("blind-not-proved", check.round)
    all_undetermined(check, 0)


@pytest.mark.parametrize("public", [bytes(32), NOT_CANONICAL])
def test_a_public_half_that_is_no_element_is_refused(filed: Any, public: bytes) -> None:
    check = filed(twists={(DayOpened, 0): lambda said: replace(said, public=public)})
    caught("blind-public", check.round)
    all_undetermined(check, 1)
    host = filed().host
    caught("blind-public", lambda: host.hear_opened(replace(filed().parties[0].open(), public=public)))


def test_a_public_half_that_is_ours_is_refused(filed: Any) -> None:
    check = filed()
    ours = check.parties[1].open().public
    check.twists[DayOpened, 0] = lambda said: replace(said, public=ours)
    caught("blind-public", check.round)


# ----------------------------------------------------------------------------------- order, replays, stops


def test_replays_and_messages_out_of_turn_change_nothing(filed: Any) -> None:
    check = filed()
    check.round()
    before = (check.finding(0, "a"), check.finding(1, "b"))
    kept = [check.rounds[0].committed[0], check.rounds[0].compared, check.opened[0]]
    party, host = check.parties[1], check.host
    caught("blind-order", lambda: party.hear_committed(kept[0], at_s=0))
    caught("blind-order", lambda: party.hear_compared(kept[1]))
    caught("blind-order", lambda: party.hear_opened(kept[2]))
    caught("blind-order", lambda: host.hear_opened(kept[2]))
    caught("blind-order", lambda: host.hear_committed(kept[0]))
    caught("blind-order", host.compared)
    old = ListSent(kept[0].head, bytes(32))
    caught("blind-order", lambda: host.hear_list(old))
    caught("blind-order", lambda: party.hear_list(old))
    caught("blind-order", lambda: host.hear_remasked(Remasked(kept[0].head, bytes(32), b"")))
    caught(
        "blind-order",
        lambda: host.hear_committed(replace(kept[0], head=replace(kept[0].head, author=HOST, round=1))),
    )
    assert before == (check.finding(0, "a"), check.finding(1, "b"))
    check.round()


def test_a_list_is_re_masked_once(filed: Any) -> None:
    check = filed()
    check.open()
    committed = [party.commit(now_s=0) for party in check.parties]
    for side in (0, 1):
        check.parties[1 - side].hear_committed(committed[side], at_s=0)
    sent = check.parties[0].send()
    check.parties[1].hear_list(sent)
    caught("blind-order", lambda: check.parties[1].hear_list(sent))
    caught("blind-order", lambda: check.parties[1].hear_committed(committed[0], at_s=0))


def test_what_belongs_to_another_day_is_refused_by_the_host_too(filed: Any, pairing: Any) -> None:
    check = filed()
    other = pairing(pair_day=replace(check.pair_day, day=20_001))
    message = other.parties[0].open()
    caught("blind-other-check", lambda: check.host.hear_opened(message))
    caught(
        "blind-other-check", lambda: check.parties[1].hear_stopped(other.parties[0].stopped("blind-order"))
    )
    caught("blind-other-check", lambda: check.parties[1].hear_opened(pairing(Level.L2).parties[0].open()))
    check.round()


def test_whoever_stops_leaves_the_other_undetermined(filed: Any, level: Level) -> None:
    check = filed(level)
    check.open()
    stopped = check.parties[0].stopped("blind-withheld")
    assert isinstance(stopped, Stopped)
    check.parties[1].hear_stopped(stopped)
    assert check.finding(1, "b") == Undetermined("stopped by the other side: blind-withheld")
    caught("blind-order", lambda: check.parties[0].commit(now_s=0))
    caught(
        "blind-order", lambda: check.parties[1].hear_committed(replace(stopped, head=stopped.head), at_s=0)
    )
    check.parties[1].hear_stopped(replace(stopped, code="blind-order"))  # the first reason stays
    assert check.finding(1, "b") == Undetermined("stopped by the other side: blind-withheld")


def test_silence_is_undetermined(filed: Any, level: Level) -> None:
    check = filed(level)
    check.open()
    check.parties[0].commit(now_s=0)
    all_undetermined(check)


# ------------------------------------------------------------------------------------------------------ caps


def test_caps_count_padding_and_are_kept_by_peer_and_host(filed: Any) -> None:
    check = filed(caps=(10_000, 63, 10_000))
    check.open()
    said = check.parties[0].commit(now_s=0)
    caught("blind-cap", lambda: check.parties[1].hear_committed(said, at_s=0))
    all_undetermined(check, 1)
    check = filed(caps=(10_000, 10_000, 127))
    check.round()
    check.file(0, "later", [70])
    caught("blind-cap", check.round)
    assert check.host.failed == "blind-cap"


def test_a_cap_that_is_used_up_keeps_back_cells_and_tells_both(filed: Any) -> None:
    check = filed(caps=(64, 10_000, 10_000))
    check.file(1, "far", [900])
    check.round()
    assert isinstance(check.finding(1, "far"), NothingMet)
    check.file(0, "later", [77])
    check.round()
    assert isinstance(check.finding(0, "a"), CellsMet)
    assert check.finding(0, "later") == Undetermined(
        "our cap for the day is used up: cells of it were not listed"
    )
    assert check.finding(1, "far") == Undetermined("the other side could not list all of its notices")
    check.parties[0].forget("later")
    check.round()
    assert isinstance(check.finding(1, "far"), NothingMet)


def test_idle_lists_cost_nothing_and_have_no_room_for_a_probe(filed: Any, level: Level) -> None:
    """Who puts a cell in place of a sentinel of an idle list leaves it unmet, and both are told nothing."""
    check = filed(level, caps=(128, 128, 128))
    for _ in range(3):
        check.round()
    assert check.parties[0].carried().spent == (64, 64)
    assert isinstance(check.finding(0, "a"), CellsMet)
    check.file(0, "victim", [80])
    prober = check.parties[1]

    def probe(said: ListCommitted) -> ListCommitted:
        prober.rows[3] = prober._named(items_of(CELL, cells_at(80)))[0]
        return replace(said, hash=list_hash(prober.rows, level))

    check.twists[ListCommitted, 1] = probe
    caught("blind-sentinels", check.round)
    assert isinstance(check.finding(0, "victim"), Undetermined)


@pytest.mark.parametrize("who", ["peer", "host"])
def test_more_lists_with_cells_than_there_are_sentinels_for_are_refused(filed: Any, who: str) -> None:
    check = filed(Level.L2)
    for _ in range(9):
        check.round()
        check.file(0, f"n{check.parties[0].round}", [100 + check.parties[0].round])
    check.round()
    assert check.parties[0].is_full
    said = replace(check.parties[0].commit(now_s=0), count=64)
    if who == "host":
        caught("blind-full", lambda: check.host.hear_committed(said))
    else:
        caught("blind-full", lambda: check.parties[1].hear_committed(said, at_s=0))
        assert check.parties[1].failed is not None


# ---------------------------------------------------------------------------------------------- L3p, by steps


def test_a_part_that_is_not_proved_stops_l3p_at_once(filed: Any) -> None:
    def garble(made: Chunk) -> Chunk:
        return slot(made, 0, ELEMENT) if made.step == 5 else made

    check = filed(Level.L3P, twists={(Chunk, 1): garble})
    caught("blind-proof", check.round)
    all_undetermined(check, 0)
    parts = [data for data in check.heard[1] if data[5] == Chunk.FORM]
    assert len(parts) == 6  # the first sent parts 0 to 5, and nothing after what was not proved


def test_who_leaves_l3p_in_the_middle_has_seen_one_part_more_at_most(filed: Any) -> None:
    check = filed(Level.L3P)

    class Gone(Exception):
        pass

    def leave(made: Chunk) -> Chunk:
        if made.step == 10:
            raise Gone
        return made

    check.twists[Chunk, 1] = leave
    with pytest.raises(Gone):
        check.round()
    seen = [len(check.heard[side]) - 1 for side in (0, 1)]  # less the list
    assert seen == [10, 11]
    slots = len(check.parties[1].rows)
    assert (seen[1] - seen[0]) * (slots // 64) <= slots / 64
    all_undetermined(check)


def test_parts_of_l3p_come_in_their_order(filed: Any) -> None:
    check = filed(Level.L3P, twists={(Chunk, 0): lambda made: replace(made, step=made.step + 1)})
    error = caught("blind-order", check.round)
    assert "part 0 is the next" in error.what
    assert check.parties[1].failed is None
    caught("blind-order", lambda: check.parties[0].hear_list(check.parties[1].send()))


def test_a_part_before_the_list_is_refused(filed: Any) -> None:
    check = filed(Level.L3P)
    check.open()
    early = Chunk(check.parties[0].head, 0, b"", b"", b"")
    caught("blind-order", lambda: check.parties[1].hear_chunk(early))


def test_an_honest_day_ends_as_it_should(filed: Any, level: Level) -> None:
    check = filed(level)
    check.file(0, "far", [99])
    check.round()
    assert (check.met(0, "a"), check.met(1, "b")) == (list(range(5, 10)), list(range(5, 10)))
    assert isinstance(check.finding(0, "far"), NothingMet)
