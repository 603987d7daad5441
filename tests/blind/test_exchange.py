# SPDX-License-Identifier: Apache-2.0
"""Do both sides learn exactly which of their cells the other has, whenever either was filed?"""

from __future__ import annotations

import random
from typing import Any

import pytest

from steerclear.blind.carried import Carried
from steerclear.blind.direct import LEAST_STEPS, MOST_IN_STEP, part_of, steps_for
from steerclear.blind.grid import DayCells
from steerclear.blind.keys import due_to_leave, leaves_at_s, made_key, made_secret
from steerclear.blind.lists import IDLE_SLOTS, charged, fitted, least_slots, made_list
from steerclear.blind.messages import ListCommitted, ListSent
from steerclear.blind.outcome import CellsMet, NothingMet
from steerclear.blind.rows import rows_of
from steerclear.blind.sentinels import EACH_PAIR, Sentinels, lists_in, reserved
from steerclear.blind.slots import SlotTable
from steerclear.errors import BadInput, NotVerified, Refused
from steerclear.model.finding import Undetermined
from steerclear.model.terms import Level

NO_CELLS = DayCells(20_000, b"")


def test_every_common_cell_is_found_by_both_whenever_it_was_filed(pairing: Any, level: Level) -> None:
    draw, check = random.Random(7), pairing(level)
    filed: list[dict[str, set[int]]] = [{}, {}]
    for round_ in range(3 if level is Level.L3P else 6):
        for side in (0, 1):
            notice = f"n{round_}"
            filed[side][notice] = set(draw.sample(range(400), draw.randrange(60)))
            check.file(side, notice, sorted(filed[side][notice]))
        check.round()
        everything = [set().union(*filed[side].values()) for side in (0, 1)]
        for side in (0, 1):
            for notice, mine in filed[side].items():
                found, common = check.finding(side, notice), sorted(mine & everything[1 - side])
                assert isinstance(found, CellsMet if common else NothingMet)
                assert not common or check.met(side, notice) == common


def test_one_cell_in_common_is_met_and_told_to_both_at_once(pairing: Any, level: Level) -> None:
    check = pairing(level)
    check.file(0, "a", [1, 2, 3])
    check.round()
    assert check.finding(0, "a") == NothingMet(among=8, at=0, covers_s=1_000)
    check.file(1, "b", [3, 4, 5])
    check.round()
    assert (check.met(0, "a"), check.met(1, "b")) == ([3], [3])


def test_nothing_is_known_before_it_was_compared(pairing: Any, level: Level) -> None:
    check = pairing(level)
    check.file(0, "a", [1])
    assert check.finding(0, "a") == Undetermined("nothing was compared yet")
    check.round()
    check.file(0, "b", [2])
    assert check.finding(0, "b") == Undetermined("cells of it were not compared yet")
    check.file(0, "c", [1])
    assert isinstance(check.finding(0, "c"), NothingMet)


def test_a_cell_is_sent_once_and_stays_met(pairing: Any) -> None:
    check = pairing(Level.L2)
    assert check.file(0, "a", [1, 2]) == 2
    check.file(1, "x", [2])
    check.round()
    assert check.file(0, "b", [2, 3]) == 1
    assert check.met(0, "b") == [2]  # at once, by itself, though 3 is still to be compared
    assert check.round().met == check.rounds[1].compared.met
    assert check.file(0, "c", [1, 2, 3]) == 0
    check.parties[0].forget("a")
    check.parties[1].forget("x")
    check.round()
    assert (check.met(0, "c"), check.file(1, "y", [2])) == ([2], 0)
    assert check.met(1, "y") == [2]


def test_a_list_is_a_power_of_two_and_says_nothing_of_what_is_in_it(pairing: Any, level: Level) -> None:
    room = 64 - reserved(level, 0)
    check = pairing(level)
    check.file(0, "a", range(300))
    counts = []
    for round_ in range(4):
        if round_ == 1:
            check.file(0, "b", range(1_000, 1_000 + room))
        if round_ == 2:
            check.file(0, "c", range(2_000, 2_000 + room + 1))
        check.round()
        counts.append([one.count for one in check.rounds[round_].committed])
    assert counts == [[512, 8], [64, 8], [128, 8], [8, 8]]


def test_lists_of_later_attempts_have_room_for_more_sentinels() -> None:
    attempts = range(6)
    assert [lists_in(attempt) for attempt in attempts] == [10, 20, 40, 80, 160, 160]
    assert [reserved(Level.L3, attempt) for attempt in attempts] == [48, 88, 168, 328, 648, 648]
    assert [least_slots(Level.L3, attempt) for attempt in attempts] == [64, 128, 256, 512, 1_024, 1_024]
    assert {(reserved(Level.L3P, attempt), least_slots(Level.L3P, attempt)) for attempt in attempts} == {
        (8, 64)
    }


def test_a_notice_of_2000_cells_fits_into_2048_slots() -> None:
    assert fitted(2_000, 10_000, Level.L3, 0) == (2_048, 2_000)


@pytest.mark.parametrize(
    ("cells", "room", "fits"),
    [
        (0, 10_000, (8, 0)),
        (1, 64, (64, 1)),
        (1, 63, (8, 0)),
        (1, 0, (8, 0)),
        (17, 127, (64, 16)),
        (17, 128, (128, 17)),
        (2**21, 2**22, (2**20, 2**20 - 48)),
    ],
)
def test_a_list_is_as_long_as_a_cap_lets_it_be(cells: int, room: int, fits: tuple[int, int]) -> None:
    assert fitted(cells, room, Level.L2, 0) == fits
    assert charged(fits[0]) == (0 if fits[0] == IDLE_SLOTS else fits[0])


def test_a_notice_shorter_than_half_an_hour_is_a_probe(pairing: Any) -> None:
    party = pairing().parties[0]
    with pytest.raises(Refused) as caught:
        party.add("a", NO_CELLS, filed_at_s=100, ends_at_s=100 + 1_799)
    assert caught.value.code == "blind-life"
    assert party.add("a", NO_CELLS, filed_at_s=100, ends_at_s=100 + 1_800) == 0
    with pytest.raises(BadInput) as refused:
        party.add("a", NO_CELLS, filed_at_s=100, ends_at_s=9_999)
    assert refused.value.code == "blind-notice"
    with pytest.raises(BadInput) as refused:
        party.cannot_list("a", "no height")
    assert refused.value.code == "blind-notice"


def test_without_proofs_the_answer_says_that_it_trusts_the_peer(pairing: Any) -> None:
    check = pairing(Level.L3, proofs=(False, False, False))
    check.file(0, "a", [1])
    assert not check.round().proved
    assert check.finding(0, "a") == NothingMet(8, 0, 1_000, honest_peer_only=True)


def test_the_same_drawings_give_the_same_bytes(pairing: Any) -> None:
    one, other = pairing(Level.L3, seed=3), pairing(Level.L3, seed=3)
    for check in (one, other):
        check.file(0, "a", [1, 2, 3])
        check.round()
    assert one.heard == other.heard


@pytest.mark.parametrize(
    ("mine", "theirs"), [(64, 64), (64, 4_096), (2_048, 64), (8_192, 128), (65_536, 65_536)]
)
def test_a_step_is_at_most_64_slots_and_a_64th(mine: int, theirs: int) -> None:
    steps = steps_for(mine, theirs)
    assert (steps_for(8, 8), steps_for(8, 64), part_of(8, 64, 64)) == (1, 64, slice(8, 8))
    for count in (mine, theirs):
        parts = [part_of(count, step, steps) for step in range(steps)]
        assert [slot for part in parts for slot in range(part.start, part.stop)] == list(range(count))
        assert all(part.stop - part.start <= min(MOST_IN_STEP, count // LEAST_STEPS) for part in parts)


def test_what_is_too_much_for_one_list_waits_for_the_next(pairing: Any) -> None:
    check = pairing(Level.L2, caps=(2**22,) * 3)
    check.file(0, "a", range(2**20 - 100))
    check.file(1, "x", [2**20 - 101])
    check.file(0, "z", range(2**21, 2**21 + 100))
    check.round()
    assert check.finding(0, "z") == Undetermined("cells of it were not compared yet")
    assert [one.whole for one in check.rounds[0].committed] == [False, True]
    check.round()
    assert isinstance(check.finding(0, "z"), NothingMet)
    assert (check.met(0, "a"), check.rounds[1].committed[0].whole) == ([2**20 - 101], True)


def test_any_two_lists_with_cells_have_sentinels_in_common_and_each_is_listed_once_a_side() -> None:
    """Whoever drops all that two given lists have in common drops these."""
    draw, lists = random.Random(3), 40
    sides = [Sentinels(b"k" * 32, side, lists) for side in (0, 1)]
    listed: list[dict[int, set[bytes]]] = [{}, {}]
    for round_ in range(60):
        has_cells = draw.random() < 0.5, draw.random() < 0.7
        for side, one in enumerate(sides):
            if not (has_cells[side] and one.is_full(side)):
                due = one.due(round_, has_cells=has_cells[side])
                listed[side][round_] = {item.tobytes() for item in due.items}
                assert len(due.items) == len(listed[side][round_])
                assert len(due.items) <= (reserved(Level.L3, 2) if has_cells[side] else IDLE_SLOTS)
                answered = set(sides[1 - side].answered()) if has_cells[side] else set()
                assert set(due.answers) == answered
        for one in sides:
            one.end_round(round_, has_cells)
    for earlier, later in ((0, 1), (1, 0)):
        every = [item for items in listed[earlier].values() for item in items]
        assert len(every) == len(set(every))
        for first, items in listed[earlier].items():
            for second, others in listed[later].items():
                both_have_cells = len(items) > IDLE_SLOTS < len(others)
                common = 8 if first == second else EACH_PAIR if both_have_cells else 0
                assert len(items & others) == common


def test_another_key_gives_other_sentinels() -> None:
    items = [Sentinels(key * 32, 0, 10).due(0, has_cells=True).items.tobytes() for key in (b"k", b"l")]
    assert items[0] != items[1]


def test_a_list_is_made_from_its_seed_alone() -> None:
    sentinels = Sentinels(b"k" * 32, 0, 10).due(0, has_cells=True).items
    one, same, other = (
        made_list(sentinels[:0], sentinels, 512, seed) for seed in (b"s" * 32, b"s" * 32, b"t" * 32)
    )
    assert one.items.tobytes() == same.items.tobytes()
    assert one.root == same.root != other.root
    assert one.items.tobytes() != other.items.tobytes()


def test_a_table_numbers_what_it_is_given() -> None:
    table = SlotTable(4, 99)
    rows = rows_of(b"".join(number.to_bytes(4, "big") for number in range(5_000)), 4)
    assert table.add(rows).tolist() == list(range(5_000))
    assert table.add(rows[::-1]).tolist() == list(range(4_999, -1, -1))
    assert (len(table), table.row(7), table.find(rows[3:5]).tolist()) == (5_000, rows[7].tobytes(), [3, 4])
    assert table.find(rows_of(b"none", 4)).tolist() == [-1]


def test_a_secret_leaves_when_its_day_ends(pairing: Any) -> None:
    check = pairing()
    secret = check.parties[0].secret
    ends = leaves_at_s(secret.pair_day)
    assert ends == 20_001 * 86_400
    assert due_to_leave([secret], ends - 1) == ()
    assert due_to_leave([secret], ends) == (secret,)
    assert secret.secret.hex() not in repr(secret)
    assert len(made_key(bytes)) == 32
    assert made_secret(secret.pair_day, Level.L3, lambda size: b"\1" * size).public != secret.public


def test_a_party_sends_nothing_before_both_committed(pairing: Any, level: Level) -> None:
    check = pairing(level)
    party = check.parties[0]
    with pytest.raises(Refused, match="both commitments"):
        party.send()
    with pytest.raises(Refused, match="after the other side opened"):
        party.commit(now_s=0)
    check.open()
    assert isinstance(party.commit(now_s=0), ListCommitted)
    with pytest.raises(Refused):
        party.commit(now_s=0)
    with pytest.raises(Refused):
        party.send()
    party.hear_committed(check.parties[1].commit(now_s=0), at_s=0)
    assert isinstance(party.send(), ListSent)


def test_what_earlier_attempts_sent_counts_for_the_cap_and_not_for_the_answer(pairing: Any) -> None:
    carried = Carried((700, 900))
    check = pairing(Level.L2, carried=(carried, carried), caps=(800,) * 3)
    check.file(0, "a", [1])
    check.round()
    assert check.finding(0, "a") == NothingMet(among=8, at=0, covers_s=1_000)
    assert check.host.spent == check.parties[0].carried().spent == (764, 900)
    check.file(0, "b", [2])
    check.round()
    assert check.finding(0, "b") == Undetermined(
        "our cap for the day is used up: cells of it were not listed"
    )


def test_what_was_met_stays_met_in_the_next_attempt(pairing: Any, level: Level) -> None:
    check = pairing(level)
    check.file(0, "a", range(10))
    check.file(1, "b", range(5, 15))
    check.round()
    check.parties[0].stopped("blind-withheld")
    again = check.next_attempt()
    again.file(0, "a", range(10))
    again.file(0, "far", [7_000])
    assert again.met(0, "a") == list(range(5, 10))
    assert again.finding(0, "far") == Undetermined("nothing was compared yet")
    again.round()  # the other has withdrawn what it had
    assert again.met(0, "a") == list(range(5, 10))
    third = again.next_attempt()
    third.file(0, "c", [9, 10])
    assert third.met(0, "c") == [9]


def test_what_an_attempt_leaves_has_one_form() -> None:
    carried = Carried((3, 2**40), frozenset({b"b" * 12, b"a" * 12}))
    data = carried.to_bytes()
    assert Carried.of_bytes(data) == carried
    assert Carried.of_bytes(Carried().to_bytes()) == Carried()
    swapped = data[:-24] + data[-12:] + data[-24:-12]
    for wrong in (b"", data[:-1], data + b"\0", b"X" + data[1:], swapped):
        with pytest.raises(NotVerified) as caught:
            Carried.of_bytes(wrong)
        assert caught.value.code == "blind-carried"


def test_a_full_attempt_keeps_back_what_is_new_until_the_day_is_begun_anew(pairing: Any) -> None:
    check = pairing(Level.L2)
    check.file(1, "x", [5_000])
    for round_ in range(10):
        assert not check.parties[0].is_full
        check.file(0, f"n{round_}", [round_])
        check.round()
    party = check.parties[0]
    assert (party.is_full, party.has_news, check.parties[1].is_full) == (True, False, False)
    assert isinstance(check.finding(1, "x"), NothingMet)
    check.file(0, "one more", [99])
    assert party.has_news
    check.round()
    why = "this attempt has no room for more lists: the day must be begun anew"
    assert check.finding(0, "one more") == Undetermined(why)
    assert check.finding(1, "x") == Undetermined("the other side could not list all of its notices")
    assert isinstance(check.finding(0, "n3"), NothingMet)
    again = check.next_attempt()
    again.file(0, "one more", [99])
    again.file(1, "x", [5_000])
    again.round()
    assert isinstance(again.finding(0, "one more"), NothingMet)
    assert isinstance(again.finding(1, "x"), NothingMet)


def test_without_a_host_an_attempt_is_never_full(pairing: Any) -> None:
    check = pairing(Level.L3P)
    for round_ in range(12):
        check.file(0, f"n{round_}", [round_])
        check.file(1, f"n{round_}", [round_ + 6])
        check.round()
    assert not check.parties[0].is_full
    assert check.met(0, "n9") == [9]
