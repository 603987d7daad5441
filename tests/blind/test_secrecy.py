# SPDX-License-Identifier: Apache-2.0
"""What is in the transcripts of a host and of a peer? Padded sizes, what was met, and nothing else.

A transcript is every byte that somebody was sent, the logs included: ``heard`` of a ``Pairing``.
"""

from __future__ import annotations

import hashlib
import random
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.blind.conftest import A_ROW, EQUATOR, cells, numbers_of
from tests.effort import effort

from steerclear.blind.grid import CELL, CELL_BYTES
from steerclear.blind.messages import (
    HOST,
    Chunk,
    Compared,
    ListCommitted,
    ListSent,
    Remasked,
    parse_message,
)
from steerclear.blind.ristretto import ORDER, hash_each_to_ristretto255, power_of_each
from steerclear.blind.rows import rows_of
from steerclear.blind.sentinels import reserved
from steerclear.blind.tokens import DST, bulk_tokens, items_of
from steerclear.model.terms import Level

COMMON = range(100, 120)
LISTENERS = (0, 1, HOST, "log")


def world(pairing: Any, level: Level, seed: object, unmet: int) -> Any:
    """Three rounds in which what is common is always the same, and what is not depends on ``unmet``."""
    key = hashlib.sha256(repr(seed).encode()).digest()
    draw, check = random.Random(unmet), pairing(level, seed=seed, keys=(key, key))
    for round_ in range(2 if level is Level.L3P else 3):
        for side in (0, 1):
            mine = draw.sample(range(1_000 * (side + 1), 1_000 * (side + 2)), 20 + 3 * round_)
            numbers = [*mine, *COMMON[round_ * 5 : round_ * 5 + 5]]
            check.file(side, f"n{round_}", numbers)
        check.round()
    return check


def structure(transcript: list[bytes]) -> list[tuple[Any, ...]]:
    """All but the bytes that are said to be as good as random: form, author, round, sizes and numbers met."""
    found = []
    for data in transcript:
        message = parse_message(data)
        told = tuple(map(len, message.met)) if isinstance(message, Compared) else ()
        found.append((len(data), message.FORM, message.head, told))
    return found


def values(transcript: list[bytes]) -> bytes:
    """Rows of lists and re-maskings."""
    messages = (parse_message(data) for data in transcript)
    return b"".join(
        getattr(one, "listed", b"") + one.rows
        for one in messages
        if isinstance(one, ListSent | Remasked | Chunk)
    )


def test_two_worlds_that_differ_in_unmet_cells_look_alike(pairing: Any, level: Level) -> None:
    one, other = world(pairing, level, 1, unmet=1), world(pairing, level, 2, unmet=2)
    for listener in LISTENERS:
        assert structure(one.heard[listener]) == structure(other.heard[listener])


def test_no_cell_stands_in_any_message(pairing: Any, level: Level) -> None:
    check = world(pairing, level, 3, unmet=3)
    everything = b"".join(data for listener in LISTENERS for data in check.heard[listener])
    whole = b"".join(each.cells for one in check.parties for each in one.opened().rounds)
    for at in range(0, len(whole), CELL_BYTES):
        cell = whole[at : at + CELL_BYTES]
        for part in (cell, cell[2:8], cell[2:10], cell[::-1]):  # row and column, with the layer, backwards
            assert part not in everything
    for party in check.parties:
        assert party.secret.secret not in everything


@pytest.mark.parametrize("listener", [HOST, 0])
def test_bytes_do_not_tell_two_worlds_apart(pairing: Any, level: Level, listener: Any) -> None:
    """Two-sample chi-square over the values of each byte; 255 degrees of freedom: 1 in 10⁹ lies above 400.

    Each value counts once: one that stands in two messages (a plant, a slot that was met) would count as two
    that chance had made alike. How often values return is a number of its own, and the same in both worlds.
    """
    trials = effort(test=1, ci=6, soak=60)
    counts = [np.zeros(256), np.zeros(256)]
    returned: list[list[int]] = [[], []]
    for which in (0, 1):
        for trial in range(trials):
            heard = world(pairing, level, (which, trial), unmet=which).heard[listener]
            # An element is below 2^255 and even (RFC 9496): its first and last byte tell that alone.
            rows = np.frombuffer(values(heard), np.uint8).reshape(-1, 16 if level is Level.L2 else 32)
            once, times = np.unique(rows, axis=0, return_counts=True)
            counts[which] += np.bincount(once[:, 1:-1].reshape(-1), minlength=256)
            returned[which].append(int((times - 1).sum()))
    assert returned[0] == returned[1]
    if not counts[0].any():
        assert (level, listener) in ((Level.L2, 0), (Level.L3P, HOST))  # nothing is sent there at all
        return
    chi_square = (((counts[0] - counts[1]) ** 2) / (counts[0] + counts[1])).sum()
    assert chi_square < 400


def test_a_distinguisher_that_has_something_to_see_sees_it(pairing: Any) -> None:
    """The control: a byte that is a little too frequent is far above the bound; sorted rows would show."""
    heard = values(world(pairing, Level.L3, 4, unmet=4).heard[HOST])
    fair = np.bincount(np.frombuffer(heard, np.uint8), minlength=256)
    loaded = fair.copy()
    loaded[7] += len(heard) // 20
    assert (((fair - loaded) ** 2) / (fair + loaded)).sum() > 400
    places = [int.from_bytes(heard[at : at + 4], "big") for at in range(0, 3_200, 32)]
    assert 30 < sum(left < right for left, right in pairwise(places)) < 70


def test_with_unmet_cells_exchanged_in_the_oracle_the_transcripts_are_the_same_to_the_bit(
    pairing: Any, level: Level
) -> None:
    """The exact half of the proof: H is only ever seen through its values, so a world with other unmet cells
    is the first world under an oracle that gives those cells each other's values. Every byte is equal but the
    roots of the salted commitments, which are no function of H."""

    def exchanged(items: Any) -> Any:
        found = items.copy()
        rows = found[:, 3:5].copy().view(">u2").reshape(-1)
        rows[(items[:, 0] == CELL) & (rows == EQUATOR + 1)] = EQUATOR
        found[:, 3:5] = rows.view(np.uint8).reshape(-1, 2)
        return found

    def lived(by: int) -> Any:
        check = pairing(level, seed=9)
        for party in check.parties if by else ():
            kind = type(party)
            party.__class__ = type(
                "Exchanged",
                (kind,),
                {"_named": lambda self, items, kind=kind: kind._named(self, exchanged(items))},
            )
        for side in (0, 1):
            own = [number + by for number in range(1_000 * (side + 1), 1_000 * (side + 1) + 30)]
            check.file(side, "n", [*own, *COMMON])
        check.round()
        check.round()
        return check

    def comparable(data: bytes) -> bytes:
        message = parse_message(data)
        if isinstance(message, ListCommitted):
            return data[:-33] + data[-1:]
        return data[:45] + data[109:] if isinstance(message, Compared) else data

    one, other = lived(0), lived(A_ROW)
    for listener in LISTENERS:
        mine, theirs = (list(map(comparable, each.heard[listener])) for each in (one, other))
        assert mine == theirs
    assert one.heard["log"] != other.heard["log"]  # the roots


def test_a_host_with_one_partys_key_reads_all_of_l2(pairing: Any) -> None:
    """What the level is called for: L2 falls to a collusion. Documented, and shown here."""
    check = world(pairing, Level.L2, 5, unmet=5)
    candidates = range(3_000)
    tokens = bulk_tokens(check.keys[1], check.pair_day, items_of(CELL, cells(candidates)))
    heard = rows_in(check.heard[HOST])
    read = {number for number, token in zip(candidates, tokens, strict=True) if token.tobytes() in heard}
    assert read >= planned(check, 0) | planned(check, 1)


def tried(check: Any, side: int, candidates: range, heard: set[bytes]) -> set[int]:
    """Which cells of the theatre does a listener with one side's scalar recognise in what it heard?

    It tries H(x) to every power that it can make: 1, its scalar, its square, inverse and negative.
    """
    scalar = int.from_bytes(check.parties[side].secret.secret, "little")
    hashed = hash_each_to_ristretto255(check.pair_day.prefix, items_of(CELL, cells(candidates)), DST)
    read = set()
    for power in (1, scalar, scalar * scalar, pow(scalar, -1, ORDER), -scalar):
        raised = power_of_each(hashed, (power % ORDER).to_bytes(32, "little"))
        read |= {number for number, row in zip(candidates, raised, strict=True) if row.tobytes() in heard}
    return read


def test_a_host_with_one_partys_scalar_gets_from_l3_only_what_that_party_listed(pairing: Any) -> None:
    check = world(pairing, Level.L3, 5, unmet=5)
    heard = rows_in(check.heard[HOST]) | rows_in(check.heard[1]) | rows_in(check.heard["log"])
    read = tried(check, 1, range(3_000), heard)
    assert read == planned(check, 1)  # its own list, which it knows anyway; of the other's, what was met
    met = {number for round_ in range(3) for number in check.met(0, f"n{round_}")}
    assert planned(check, 0) & read == met


def test_a_peer_of_l3p_recognises_only_what_it_listed_itself(pairing: Any) -> None:
    check = world(pairing, Level.L3P, 5, unmet=5)
    raised = power_of_each(rows_of(b"".join(listed(check.heard[1])), 32), check.parties[1].secret.secret)
    ours = {bytes(row) for row in raised}  # H(x)^ab of all of the other's slots
    read = tried(check, 1, range(3_000), rows_in(check.heard[1]) | ours)
    assert not read & (planned(check, 0) - planned(check, 1))
    back = {row for data in check.heard[1] for row in re_masked(data)}
    met = {number for round_ in range(2) for number in check.met(1, f"n{round_}")}
    sentinels = len(ours & back) - len(met)
    assert (len(met), sentinels) == (10, 16)  # what is equal is what was met, and the sentinels


def listed(transcript: list[bytes]) -> list[bytes]:
    """The other's slots, as they came in parts."""
    return [one.listed for one in map(parse_message, transcript) if isinstance(one, Chunk)]


def re_masked(data: bytes) -> list[bytes]:
    message = parse_message(data)
    rows = message.rows if isinstance(message, Chunk) else b""
    return [rows[at : at + 32] for at in range(0, len(rows), 32)]


def test_where_the_met_slots_stand_does_not_tell_two_worlds_apart(pairing: Any) -> None:
    """Slots are shuffled anew in every list: a met cell stands anywhere, whatever stands beside it."""
    trials = effort(test=4, ci=60, soak=600)
    halves = np.zeros((2, 2))
    for which in (0, 1):
        for trial in range(trials):
            check = world(pairing, Level.L2, (which, trial), unmet=which)
            count = check.rounds[0].committed[0].count
            places = np.array(check.rounds[0].compared.met[0])
            halves[which] += [(places < count // 2).sum(), (places >= count // 2).sum()]
    expected = halves.sum(axis=0) * (halves.sum(axis=1) / halves.sum())[:, None]
    assert (((halves - expected) ** 2) / expected).sum() < 37  # one degree of freedom: 1 in 10⁹


def test_lists_of_different_lengths_look_alike_within_one_padding(pairing: Any, level: Level) -> None:
    """80 cells or 40: the same 128 slots, and every size that stands in a transcript is a power of two."""
    one, other = pairing(level, seed=1), pairing(level, seed=2)
    room = 128 - reserved(level, 0)
    for check, count in ((one, room), (other, room - 40)):
        check.file(0, "a", range(count))
        check.round()
    for listener in LISTENERS:
        assert structure(one.heard[listener]) == structure(other.heard[listener])
    for check in (one, other):
        assert {each.count for logged in check.rounds for each in logged.committed} == {128, 8}


def planned(check: Any, side: int) -> set[int]:
    return set(numbers_of(b"".join(one.cells for one in check.parties[side].opened().rounds)))


def rows_in(transcript: list[bytes]) -> set[bytes]:
    rows = values(transcript)
    return {rows[at : at + 32] for at in range(0, len(rows), 32)}
