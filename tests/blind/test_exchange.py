# SPDX-License-Identifier: Apache-2.0
"""Do both sides learn exactly which of their cells the other has, whenever either was filed?"""

from __future__ import annotations

import random
from typing import Any

import pytest

from steerclear.blind.direct import LEAST_STEPS, MOST_IN_STEP, part_of, steps_for
from steerclear.blind.keys import due_to_leave, leaves_at_s, made_key, made_secret
from steerclear.blind.lists import idle_slots, least_slots, made_list, padded
from steerclear.blind.messages import ListCommitted, ListSent
from steerclear.blind.outcome import CellsMet, NothingMet
from steerclear.blind.rows import rows_of
from steerclear.blind.sentinels import FIRST_PLANTS, LATER, Sentinels
from steerclear.blind.slots import SlotTable
from steerclear.errors import BadInput, Refused
from steerclear.model.finding import Undetermined
from steerclear.model.terms import Level


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
    assert check.finding(0, "a") == NothingMet(among=256, at=0)
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
    least = 64 if level is Level.L3P else 32
    check = pairing(level)
    check.file(0, "a", range(249))
    counts = []
    for round_ in range(3):
        if round_ == 1:
            check.file(0, "b", range(1_000, 1_000 + least - LATER))
        if round_ == 2:
            check.file(0, "c", range(2_000, 2_000 + least - LATER + 1))
        check.round()
        counts.append([one.count for one in check.rounds[round_].committed])
    assert counts == [[512, 256], [least, least], [2 * least, least]]
    assert [least_slots(0, level), least_slots(1, level)] == [256, least]
    assert (idle_slots(0, level), idle_slots(1, level), idle_slots(3, level)) == (0, 256, 256 + 2 * least)


def test_a_notice_of_2000_cells_fits_into_2048_slots() -> None:
    assert padded(2_000 + LATER) == 2_048


def test_a_notice_shorter_than_half_an_hour_is_a_probe(pairing: Any) -> None:
    party = pairing().parties[0]
    with pytest.raises(Refused) as caught:
        party.add("a", b"", filed_at_s=100, ends_at_s=100 + 1_799)
    assert caught.value.code == "blind-life"
    assert party.add("a", b"", filed_at_s=100, ends_at_s=100 + 1_800) == 0
    with pytest.raises(BadInput) as again:
        party.add("a", b"", filed_at_s=100, ends_at_s=9_999)
    assert again.value.code == "blind-notice"


def test_without_proofs_the_answer_says_that_it_trusts_the_peer(pairing: Any) -> None:
    check = pairing(Level.L3, proofs=(False, False, False))
    check.file(0, "a", [1])
    assert not check.round().proved
    assert check.finding(0, "a") == NothingMet(256, 0, honest_peer_only=True)


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
    for count in (mine, theirs):
        parts = [part_of(count, step, steps) for step in range(steps)]
        assert [slot for part in parts for slot in range(part.start, part.stop)] == list(range(count))
        assert all(part.stop - part.start <= min(MOST_IN_STEP, count // LEAST_STEPS) for part in parts)


def test_what_is_too_much_for_one_list_waits_for_the_next(pairing: Any) -> None:
    check = pairing(Level.L2, caps=(2**22,) * 3)
    check.file(0, "a", range(2**20 - 100))
    check.file(1, "x", [2**20 - 101])
    check.round()
    assert isinstance(check.finding(0, "a"), Undetermined)
    check.round()
    assert check.met(0, "a") == [2**20 - 101]


def test_both_sides_draw_the_same_sentinels_and_no_other_key_does() -> None:
    mine, theirs, other = Sentinels(b"k" * 32, 0), Sentinels(b"k" * 32, 1), Sentinels(b"l" * 32, 0)
    listed: list[set[bytes]] = [set(), set()]
    differs = False
    for round_ in range(50):
        due, opposite = mine.next(), theirs.next()
        assert due.now == opposite.now
        assert (due.answers, due.answered) == (opposite.answered, opposite.answers)
        assert len(due.answers) == (8 if round_ else 0)
        assert len(due.plants) == (8 if round_ else FIRST_PLANTS)
        for side, one in ((0, due), (1, opposite)):
            items = {item.tobytes() for item in one.items}
            assert len(items) == len(one.items)
            assert not items & listed[side]
            listed[side] |= items
            assert all(plant.round < round_ for plant in one.answers)
        differs |= other.next().answers != due.answers
    assert differs


def test_a_list_is_made_from_its_seed_alone() -> None:
    sentinels = Sentinels(b"k" * 32, 0).next().items
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
        party.commit()
    check.open()
    assert isinstance(party.commit(), ListCommitted)
    with pytest.raises(Refused):
        party.commit()
    with pytest.raises(Refused):
        party.send()
    party.hear_committed(check.parties[1].commit())
    assert isinstance(party.send(), ListSent)


def test_what_earlier_attempts_sent_counts_for_the_cap_and_not_for_the_answer(pairing: Any) -> None:
    check = pairing(Level.L2, spent=(700, 900), caps=(1_250, 1_250, 1_250))
    check.file(0, "a", [1])
    check.round()
    assert check.finding(0, "a") == NothingMet(among=256, at=0)
    check.round()
    with pytest.raises(Refused, match="after 1244"):
        check.round()
