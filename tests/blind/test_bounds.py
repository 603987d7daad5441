# SPDX-License-Identifier: Apache-2.0
"""Is every answer bound to its grid and day, to whole lists, to its time, and to every list before it?"""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from itertools import product
from typing import Any

import numpy as np
import pytest
from tests.blind.conftest import cells

from steerclear.blind.direct import part_of
from steerclear.blind.grid import LADDER, SITES, DayCells, encode_cells
from steerclear.blind.keys import DaySecret
from steerclear.blind.lists import drawn_order
from steerclear.blind.messages import HOST, Chunk, Compared, ListCommitted, ListSent, Message, parse_message
from steerclear.blind.outcome import CellsMet, NothingMet
from steerclear.blind.tokens import bulk_tokens, masked
from steerclear.errors import BadInput, NotVerified, Refused, SteerclearError
from steerclear.model.finding import Undetermined
from steerclear.model.terms import Level

LATE = "the last comparison is {} s old: waiting for {}"


def caught(deed: Any) -> str:
    with pytest.raises((BadInput, Refused, NotVerified)) as found:
        deed()
    error: SteerclearError = found.value
    return error.code


# ------------------------------------------------------------------------------------------ grid and day


@pytest.mark.parametrize("changed", [{"step_arc_s": 900}, {"grid": 2}, {"day": 20_001}])
def test_a_side_that_names_its_cells_by_another_grid_or_day_is_noticed(pairing: Any, changed: Any) -> None:
    """It says what the other wants to hear, and lists under names of its own: no sentinel is met."""
    for level in (Level.L2, Level.L3, Level.L3P):
        check = pairing(level)
        other, liar = replace(check.pair_day, **changed), check.parties[1]

        def named(items: Any, liar: Any = liar, other: Any = other) -> Any:
            secret = liar.secret.secret
            if liar.secret.level is Level.L2:
                return bulk_tokens(secret, other, items)
            return masked(secret, other, items)

        liar._named = named
        check.file(0, "a", [1])
        check.file(1, "b", [2])
        assert caught(check.round) == "blind-sentinels"
        assert isinstance(check.finding(0, "a"), Undetermined)


def test_two_sides_with_different_steps_part_before_a_list_leaves(pairing: Any, level: Level) -> None:
    check = pairing(level, days=(None, replace(pairing.pair_day, step_arc_s=900)))
    check.file(0, "a", [1])
    assert caught(check.round) == "blind-other-check"
    assert isinstance(check.finding(0, "a"), Undetermined)


def test_cells_of_another_day_step_or_version_are_refused(pairing: Any) -> None:
    party = pairing().parties[0]
    place = np.array([(0, 1, 2, 3, 0)], np.int32)
    wrong = {
        "blind-day": DayCells(20_001, cells([1])),
        "grid-version": DayCells(20_000, encode_cells(LADDER[1], place)),
        "cell-not-of-grid": DayCells(20_000, cells([1])[:10] + b"\0\x60"),
        "cell-bytes": DayCells(20_000, cells([1])[:11]),
    }
    for code, listed in wrong.items():
        assert caught(lambda listed=listed: party.add("n", listed, filed_at_s=0, ends_at_s=3_600)) == code
    for other in (b"\2" + cells([1])[1:], encode_cells(SITES, place * (0, 0, 0, 1, 1))):
        listed = DayCells(20_000, other)
        assert (
            caught(lambda listed=listed: party.add("n", listed, filed_at_s=0, ends_at_s=3_600))
            == "grid-version"
        )
    assert party.carried().met == frozenset()


def test_columns_of_protected_sites_are_checked_like_cells(pairing: Any) -> None:
    check = pairing(Level.L3, pair_day=replace(pairing.pair_day, step_arc_s=15))
    sites, area = (
        encode_cells(SITES, np.array([(0, 0, 0, 20_000, column) for column in columns], np.int32))
        for columns in (range(5, 9), range(8, 30))
    )
    for side, columns in enumerate((sites, area)):
        listed = DayCells(20_000, columns)
        check.parties[side].add("n", listed, filed_at_s=0, ends_at_s=3_600)
    check.round()
    for side in (0, 1):
        assert check.finding(side, "n") == CellsMet((sites[-12:],))


def test_the_public_half_of_l2_tells_nobody_that_a_key_is_used_again(pairing: Any) -> None:
    day = pairing.pair_day
    days = (day, replace(day, day=20_001), replace(day, attempt=1), replace(day, step_arc_s=900))
    assert len({DaySecret(each, Level.L2, b"k" * 32).public for each in days}) == len(days)


# ----------------------------------------------------------------------------------------- whole lists


def test_who_cannot_list_a_notice_says_so_and_the_other_is_never_told_nothing(
    pairing: Any, level: Level
) -> None:
    check = pairing(level)
    check.file(0, "a", [1])
    check.file(1, "b", [2])
    check.parties[0].cannot_list("low", "a height above ground is not known")
    check.round()
    assert [one.whole for one in check.rounds[0].committed] == [False, True]
    assert check.finding(0, "low") == Undetermined("a height above ground is not known")
    assert isinstance(check.finding(0, "a"), NothingMet)
    assert check.finding(1, "b") == Undetermined("the other side could not list all of its notices")
    check.parties[0].forget("low")
    check.round()
    assert isinstance(check.finding(1, "b"), NothingMet)


def test_a_carrier_that_makes_a_list_whole_is_noticed(pairing: Any) -> None:
    check = pairing(Level.L3)
    check.parties[0].cannot_list("low", "a height above ground is not known")
    check.file(1, "b", [2])
    check.twists[ListCommitted, 0] = lambda said: replace(said, whole=True)
    assert caught(check.round) == "blind-covers"
    assert isinstance(check.finding(1, "b"), Undetermined) or check.parties[0].failed is not None


# ----------------------------------------------------------------------------------------- fresh answers


SILENT = [
    *((level, "nobody", "our own list") for level in (Level.L2, Level.L3, Level.L3P)),
    *((level, "we", "the other side") for level in (Level.L2, Level.L3, Level.L3P)),
    (Level.L2, "both", "the host"),
    (Level.L3, "both", "the other side"),
    (Level.L3P, "both", "the other side"),
    (Level.L3, "answered", "the host"),
]


@pytest.mark.parametrize(("level", "stage", "awaited"), SILENT)
def test_nothing_met_grows_old_by_itself_and_names_who_is_silent(
    pairing: Any, level: Level, stage: str, awaited: str
) -> None:
    check = pairing(level)
    check.file(0, "a", [1])
    check.round()
    if stage != "nobody":
        said = [party.commit(now_s=1_060) for party in check.parties[: 1 if stage == "we" else 2]]
        if stage != "we":
            check.parties[0].hear_committed(said[1], at_s=1_060)
            check.parties[1].hear_committed(said[0], at_s=1_060)
        if stage == "answered":
            check.parties[0].hear_list(check.parties[1].send())
    check.now_s += check.fresh_s
    assert isinstance(check.finding(0, "a"), NothingMet)
    check.now_s += 1
    assert check.finding(0, "a") == Undetermined(LATE.format(181, awaited))


def test_an_answer_is_as_old_as_the_older_of_two_lists(pairing: Any) -> None:
    """A peer or host that holds back a list for an hour does not make an answer of this minute of it."""
    check = pairing(Level.L2)
    check.file(0, "a", [1])
    check.open()
    early, late = check.parties[1].commit(now_s=1_000), check.parties[0].commit(now_s=4_600)
    check.parties[0].hear_committed(early, at_s=1_000)
    check.parties[1].hear_committed(late, at_s=4_600)
    for side, said in ((0, late), (1, early)):
        check.host.hear_committed(said)
        assert side == said.head.author
    check._through_host()
    check.now_s = 4_600
    assert check.finding(0, "a") == Undetermined(LATE.format(3_600, "our own list"))


def test_what_was_met_does_not_grow_old(pairing: Any, level: Level) -> None:
    check = pairing(level)
    check.file(0, "a", [1])
    check.file(1, "b", [1])
    check.round()
    check.now_s += 80_000
    assert isinstance(check.finding(0, "a"), CellsMet)


# ------------------------------------------------------------------------------------- across the rounds

ROUNDS = 4


@pytest.mark.parametrize("pair", list(product(range(ROUNDS), repeat=2)))
def test_a_host_that_drops_every_match_between_two_given_lists_is_noticed(pairing: Any, pair: Any) -> None:
    """And those alone: whatever else it was sent, it compares and tells truly."""
    check = pairing(Level.L2)

    def matches(told: Compared) -> set[tuple[int, int]]:
        first, second = check.host._seen
        partners = second.find(first.rows(np.array(told.met[0])))
        return set(zip(told.met[0], partners.tolist(), strict=True))

    def drop(told: Compared) -> Compared:
        bounds = [party._starts for party in check.parties]
        dropped = {
            met
            for met in matches(told)
            if all(bounds[side][pair[side]] <= met[side] < bounds[side][pair[side] + 1] for side in (0, 1))
        }
        kept = matches(told) - dropped
        drops.append(len(dropped))
        return replace(told, met=(tuple(sorted(a for a, _ in kept)), tuple(sorted(b for _, b in kept))))

    drops: list[int] = []
    for round_ in range(max(pair)):
        lived(check, round_)
    check.twists[Compared, HOST] = drop
    assert caught(lambda: lived(check, max(pair))) == "blind-sentinels"
    assert drops[-1] >= 2
    assert isinstance(check.finding(0, f"n{max(pair)}"), Undetermined)


def lived(check: Any, round_: int) -> None:
    """Both list something new in each round."""
    for side in (0, 1):
        check.file(side, f"n{round_}", range(1_000 * side + 10 * round_, 1_000 * side + 10 * round_ + 9))
    check.round()


def test_a_host_cannot_answer_before_the_lists_were_re_masked(pairing: Any) -> None:
    check = pairing(Level.L3)
    check.file(0, "a", [1])
    check.open()
    said = [party.commit(now_s=0) for party in check.parties]
    check.parties[0].hear_committed(said[1], at_s=0)
    early = Compared(replace(said[0].head, author=HOST), True, (b"a" * 32, b"b" * 32), ((), ()))
    assert caught(lambda: check.parties[0].hear_compared(early)) == "blind-order"
    assert check.parties[0].failed is None


# ------------------------------------------------------------------------------------------------- L3p


def test_at_l3p_the_other_draws_in_which_order_a_list_is_compared(pairing: Any) -> None:
    """A side that puts what it wants to know into its first slot learns of it in any part, not in part 0."""
    where = set()
    for seed in range(12):
        check = pairing(Level.L3P, seed=seed)
        check.file(0, "a", range(10))
        check.round()
        lists = {listener: parse_message(check.heard[listener][0]) for listener in (0, 1)}
        wanted = drawn_order(
            order_of(lists[0]), 64
        )  # what the second, who hears the list, asked of the first
        where.add(wanted.tolist().index(0))
        chunk = next(one for one in map(parse_message, check.heard[1]) if isinstance(one, Chunk))
        at = 32 * int(wanted[part_of(64, 0, 64)][0])
        assert sha256(chunk.listed).digest() == rows_of_list(lists[1])[at : at + 32]
    assert len(where) > 6


def order_of(message: Message) -> bytes:
    assert isinstance(message, ListSent)
    return message.order


def rows_of_list(message: Message) -> bytes:
    assert isinstance(message, ListSent)
    return message.rows


def test_at_l3p_a_list_of_later_is_shown_in_parts_too(pairing: Any) -> None:
    """Else one could hold all of a new list against what it listed earlier, and leave before it answers."""
    check = pairing(Level.L3P)
    check.file(1, "old", range(16))
    check.round()
    check.file(0, "new", range(8, 24))

    class Gone(Exception):
        pass

    def leave(made: Chunk) -> Chunk:
        if made.step == 10:
            raise Gone
        return made

    check.twists[Chunk, 1] = leave
    heard = len(check.heard[1])
    with pytest.raises(Gone):
        check.round()
    new = [one for one in map(parse_message, check.heard[1][heard:]) if isinstance(one, Chunk)]
    assert sum(len(one.listed) for one in new) == 11 * 32  # of 64 slots; what it answered to were 10
    assert isinstance(check.finding(0, "new"), Undetermined)


@pytest.mark.parametrize("cut", [slice(0), slice(32, None)])
def test_at_l3p_a_part_is_what_was_committed_to(pairing: Any, cut: slice) -> None:
    """Nobody chooses a part by what the parts before it told."""

    def change(made: Chunk) -> Chunk:
        return replace(made, listed=(made.listed + b"\2" * 32)[cut]) if made.step == 3 else made

    check = pairing(Level.L3P, twists={(Chunk, 0): change})
    check.file(0, "a", [1])
    check.file(1, "b", [1])
    assert caught(check.round) == "blind-list"
    assert isinstance(check.finding(1, "b"), Undetermined)


def test_two_idle_lists_take_one_step(pairing: Any) -> None:
    check = pairing(Level.L3P)
    check.round()
    assert [len(check.heard[side]) for side in (0, 1)] == [2, 3]


def test_at_l3p_the_list_comes_after_our_own(pairing: Any) -> None:
    check = pairing(Level.L3P)
    check.open()
    said = [party.commit(now_s=0) for party in check.parties]
    for side in (0, 1):
        check.parties[1 - side].hear_committed(said[side], at_s=0)
    sent = check.parties[0].send()
    assert caught(lambda: check.parties[1].hear_list(sent)) == "blind-order"
    assert check.parties[0].send() == sent  # the same order, however often it is asked for
    check.parties[1].send()
    assert check.parties[1].hear_list(sent) == ()
