# SPDX-License-Identifier: Apache-2.0
"""What is in the transcripts of a host and of a peer? Padded sizes, what was met, and nothing else.

A transcript is every byte that somebody was sent, the logs included.
"""

from __future__ import annotations

import random
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.effort import effort

from steerclear.blind.messages import (
    HOST,
    ChunkRemasked,
    Compared,
    ListCommitted,
    ListSent,
    Remasked,
    parse_message,
)
from steerclear.blind.ristretto import ORDER, hash_each_to_ristretto255, power_of_each
from steerclear.blind.tokens import DST, bulk_tokens, items_of
from steerclear.model.terms import Level

COMMON = range(100, 120)
LISTENERS = (0, 1, HOST, "log")


def world(pairing: Any, level: Level, seed: object, unmet: int) -> Any:
    """Three rounds in which what is common is always the same, and what is not depends on ``unmet``."""
    draw, check = random.Random(unmet), pairing(level, seed=seed)
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
    return b"".join(one.rows for one in messages if isinstance(one, ListSent | Remasked | ChunkRemasked))


def test_two_worlds_that_differ_in_unmet_cells_look_alike(pairing: Any, level: Level) -> None:
    one, other = world(pairing, level, 1, unmet=1), world(pairing, level, 2, unmet=2)
    for listener in LISTENERS:
        assert structure(one.heard[listener]) == structure(other.heard[listener])


def test_no_cell_stands_in_any_message(pairing: Any, level: Level) -> None:
    check = world(pairing, level, 3, unmet=3)
    cells = [
        cell for one in check.parties for each in one.opened().rounds for cell in each.cells.split(b"none")
    ]
    everything = b"".join(data for listener in LISTENERS for data in check.heard[listener])
    whole = b"".join(cells)
    for at in range(0, len(whole), 12):
        assert whole[at : at + 12] not in everything
    for party in check.parties:
        assert party.secret.secret not in everything


@pytest.mark.parametrize("listener", [HOST, 0])
def test_bytes_do_not_tell_two_worlds_apart(pairing: Any, level: Level, listener: Any) -> None:
    """Two-sample chi-square over the values of each byte; 255 degrees of freedom: 1 in 10⁹ lies above 400."""
    trials = effort(test=1, ci=6, soak=60)
    counts = [np.zeros(256), np.zeros(256)]
    for which in (0, 1):
        for trial in range(trials):
            heard = world(pairing, level, (which, trial), unmet=which).heard[listener]
            # An element is below 2^255 and even (RFC 9496): its first and last byte tell that alone.
            rows = np.frombuffer(values(heard), np.uint8).reshape(-1, 32)[:, 1:31]
            counts[which] += np.bincount(rows.reshape(-1), minlength=256)
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
    moved = 500_000

    def exchanged(items: Any) -> Any:
        numbers = items[:, 1:].copy().view(">u4").reshape(-1, 3)
        others = (items[:, 0] == 1) & (numbers[:, 2] >= moved)
        numbers[others, 2] -= moved
        found = items.copy()
        found[:, 1:] = numbers.view(np.uint8).reshape(-1, 12)
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
            return data[:-32]
        return data[:45] + data[109:] if isinstance(message, Compared) else data

    one, other = lived(0), lived(moved)
    for listener in LISTENERS:
        mine, theirs = (list(map(comparable, each.heard[listener])) for each in (one, other))
        assert mine == theirs
    assert one.heard["log"] != other.heard["log"]  # the roots


def test_a_host_with_one_partys_key_reads_all_of_l2(pairing: Any) -> None:
    """What the level is called for: L2 falls to a collusion. Documented, and shown here."""
    check = world(pairing, Level.L2, 5, unmet=5)
    candidates = range(3_000)
    tokens = bulk_tokens(check.keys[1], check.pair_day, items_of(1, cells_of(candidates)))
    heard = rows_in(check.heard[HOST])
    read = {number for number, token in zip(candidates, tokens, strict=True) if token.tobytes() in heard}
    assert read >= planned(check, 0) | planned(check, 1)


def test_a_host_with_one_partys_scalar_gets_from_l3_only_what_that_party_listed(pairing: Any) -> None:
    check = world(pairing, Level.L3, 5, unmet=5)
    candidates = range(3_000)
    scalar = int.from_bytes(check.parties[1].secret.secret, "little")
    hashed = hash_each_to_ristretto255(check.pair_day.prefix, items_of(1, cells_of(candidates)), DST)
    heard = rows_in(check.heard[HOST]) | rows_in(check.heard[1]) | rows_in(check.heard["log"])
    read = set()
    for power in (1, scalar, scalar * scalar, pow(scalar, -1, ORDER), -scalar):
        tried = power_of_each(hashed, (power % ORDER).to_bytes(32, "little"))
        unmasked = {row.tobytes() for row in tried} & heard
        read |= {number for number, row in zip(candidates, tried, strict=True) if row.tobytes() in unmasked}
    assert read == planned(check, 1)  # its own list, which it knows anyway; of the other's, what was met
    met = {number for round_ in range(3) for number in check.met(0, f"n{round_}")}
    assert planned(check, 0) & read == met


def cells_of(numbers: Any) -> bytes:
    return b"".join(number.to_bytes(12, "big") for number in numbers)


def planned(check: Any, side: int) -> set[int]:
    cells = b"".join(one.cells for one in check.parties[side].opened().rounds)
    return {int.from_bytes(cells[at : at + 12], "big") for at in range(0, len(cells), 12)}


def rows_in(transcript: list[bytes]) -> set[bytes]:
    rows = values(transcript)
    return {rows[at : at + 32] for at in range(0, len(rows), 32)}
