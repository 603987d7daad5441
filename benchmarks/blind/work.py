# SPDX-License-Identifier: Apache-2.0
"""Two parties' cells, and what each step of a check does with them, in processor time."""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from time import process_time
from typing import Any, Final

import numpy as np

from steerclear.blind.grid import CELL_BYTES, FINE, LAYERS, QUARTERS, DayCells, encode_cells
from steerclear.blind.host import Host, meetings
from steerclear.blind.keys import DaySecret, made_secret
from steerclear.blind.messages import print_message
from steerclear.blind.party import Party
from steerclear.blind.proofs import is_proved, prove
from steerclear.blind.ristretto import (
    hash_each_to_ristretto255,
    power_of_each,
    power_of_generator,
    random_scalar,
)
from steerclear.blind.rows import new_rows
from steerclear.blind.slots import SlotTable
from steerclear.blind.tokens import DST, TOKEN_BYTES, PairDay, bulk_tokens, items_of, masked
from steerclear.model.terms import Level

__all__ = ["Exchange", "Step", "exchange", "limit_per_s", "newcomer", "openmined", "steps"]

PAIR: Final = PairDay("ab" * 32, ("ISR", "TUR"), "cd" * 32, 1, FINE.step_arc_s, 20_000)
CAP: Final = 1 << 24
SCALAR: Final = random_scalar(secrets.token_bytes)


@dataclass(frozen=True, slots=True)
class Step:
    """``count`` slots in ``seconds``; ``gave``: what came out, so that nobody wins by doing less."""

    name: str
    count: int
    seconds: float
    gave: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One whole round: everybody's work together, and each one's; bytes that all of them sent."""

    name: str
    count: int
    seconds: float
    each: str
    wire_bytes: int
    met: int


def cells(numbers: range) -> bytes:
    """A cell for each number: along the equator, then upward, then later."""
    rest = np.arange(numbers.start, numbers.stop, dtype=np.int64)
    found = np.zeros((len(rest), 5), np.int32)
    for place, size in ((4, FINE.columns), (2, LAYERS), (1, QUARTERS)):
        rest, found[:, place] = np.divmod(rest, size)
    found[:, 3] = FINE.rows // 2 + rest
    return encode_cells(FINE, found)


def _file(party: Party, notice: str, numbers: range) -> None:
    party.add(notice, DayCells(PAIR.day, cells(numbers)), filed_at_s=0, ends_at_s=86_400)


def limit_per_s() -> float:
    """Scalar multiplications of libsodium a second, called one after another with nothing around them."""
    import pysodium

    multiply = pysodium.sodium.crypto_scalarmult_ristretto255
    out, element = ctypes.create_string_buffer(TOKEN_BYTES), power_of_generator(SCALAR)
    best = 0.0
    for _ in range(5):
        begun = process_time()
        for _ in range(2_000):
            multiply(out, SCALAR, element)
        best = max(best, 2_000 / (process_time() - begun))
    return best


def steps(count: int) -> Iterator[Step]:
    """Each step alone, on one core, over ``count`` slots."""
    items = items_of(1, cells(range(count)))
    yield _step("L2: tokens", count, lambda: bulk_tokens(b"k" * 32, PAIR, items, workers=1))
    tokens = bulk_tokens(b"k" * 32, PAIR, items, workers=1)
    yield _step("comparison", count, lambda: _compared(tokens))
    yield _step(
        "L3: hash to the group",
        count,
        lambda: hash_each_to_ristretto255(PAIR.prefix, items, DST, workers=1),
    )
    kept: dict[str, Any] = {}

    def keep(name: str, work: Callable[[], Any]) -> Callable[[], Any]:
        def done() -> Any:
            kept[name] = work()
            return kept[name]

        return done

    yield _step("L3: hash and mask", count, keep("masked", lambda: masked(SCALAR, PAIR, items, workers=1)))
    yield _step(
        "L3: re-mask", count, keep("raised", lambda: power_of_each(kept["masked"], SCALAR, workers=1))
    )
    prover = keep(
        "proofs", lambda: prove(SCALAR, kept["masked"], kept["raised"], secrets.token_bytes, workers=1)
    )
    yield _step("L3: prove", count, prover)
    public = power_of_generator(SCALAR)
    yield _step(
        "L3: check proofs",
        count,
        lambda: is_proved(public, kept["masked"], kept["raised"], kept["proofs"], workers=1),
    )


def exchange(level: Level, count: int, *, proofs: bool = True) -> Exchange:
    """Both sides list ``count`` cells, half of them common, and are told."""
    parties, host = _pair(level, proofs=proofs)
    _file(parties[0], "n", range(count))
    _file(parties[1], "n", range(count // 2, count // 2 + count))
    name = level.value if proofs or level is Level.L2 else f"{level.value}, no proofs"
    return _round(name, count, parties, host)


def newcomer(level: Level, standing: int, count: int = 2_000) -> Exchange:
    """One new notice of ``count`` cells against so many standing ones of the other, until both are told."""
    parties, host = _pair(level)
    for number in range(standing):
        first = 10_000_000 + number * count
        _file(parties[1], f"s{number}", range(first, first + count))
    for _ in range(1 + standing * count // (1 << 20)):
        _round("standing", 0, parties, host)
    _file(parties[0], "new", range(9_999_000, 9_999_000 + count))
    return _round(f"{level.value}: one notice against {standing:,}", count, parties, host)


def openmined(count: int) -> Exchange:
    """The same sets, one way: the client learns, the server does not. Raises ImportError."""
    import private_set_intersection.python as psi

    mine = [cell.hex() for cell in _each(cells(range(count)))]
    theirs = [cell.hex() for cell in _each(cells(range(count // 2, count // 2 + count)))]
    reveal = True  # which are common, and not only how many
    begun = process_time()
    client, server = psi.client.CreateWithNewKey(reveal), psi.server.CreateWithNewKey(reveal)
    setup = server.CreateSetupMessage(0.0, count, theirs, psi.DataStructure.RAW)
    request = client.CreateRequest(mine)
    answer = server.ProcessRequest(request)
    found = client.GetIntersection(setup, answer)
    seconds = process_time() - begun
    wire = sum(len(one.SerializeToString()) for one in (setup, request, answer))
    return Exchange("OpenMined PSI, one way", count, seconds, "client and server", wire, len(found))


def _each(data: bytes) -> Iterator[bytes]:
    return (data[at : at + CELL_BYTES] for at in range(0, len(data), CELL_BYTES))


def _step(name: str, count: int, work: Callable[[], Any]) -> Step:
    begun = process_time()
    gave = work()
    seconds = process_time() - begun
    return Step(name, count, seconds, f"{len(gave):,} rows" if isinstance(gave, np.ndarray) else _told(gave))


def _told(gave: Any) -> str:
    return f"{len(gave):,} bytes" if isinstance(gave, bytes) else str(gave)


def _compared(tokens: Any) -> str:
    """Half of one side's slots against the other's."""
    middle = len(tokens) // 2
    other = new_rows(len(tokens), TOKEN_BYTES)
    other[:middle] = tokens[:middle]
    other[middle:] = tokens[middle:] ^ 255
    first, second = meetings((SlotTable(TOKEN_BYTES, 1), SlotTable(TOKEN_BYTES, 2)), (tokens, other))
    return f"{len(first):,} and {len(second):,} met"


def _pair(level: Level, *, proofs: bool = True) -> tuple[tuple[Party, Party], Host]:
    made = []
    for name in PAIR.parties:
        random = secrets.token_bytes
        secret = DaySecret(PAIR, level, b"k" * 32) if level is Level.L2 else made_secret(PAIR, level, random)
        made.append(Party(secret, name, cap_slots=CAP, fresh_s=180, random=random, proofs=proofs, workers=1))
    host = Host(PAIR, level, cap_slots=CAP, salt=secrets.randbits(62), proofs=proofs, workers=1)
    for side in (0, 1):
        opened = made[side].open()
        made[1 - side].hear_opened(opened)
        host.hear_opened(opened)
    return (made[0], made[1]), host


def _round(name: str, count: int, parties: tuple[Party, Party], host: Host) -> Exchange:
    spent = {"first": 0.0, "second": 0.0, "host": 0.0}
    wire = 0

    def timed(who: str, work: Callable[[], Any]) -> Any:
        nonlocal wire
        begun = process_time()
        said = work()
        spent[who] += process_time() - begun
        wire += len(print_message(said)) if said is not None else 0
        return said

    names = ("first", "second")
    committed = [timed(names[side], partial(parties[side].commit, now_s=0)) for side in (0, 1)]
    for side in (0, 1):
        timed(names[1 - side], partial(parties[1 - side].hear_committed, committed[side], at_s=0))
        timed("host", partial(host.hear_committed, committed[side]))
    sent = [timed(names[side], parties[side].send) for side in (0, 1)]
    for side in (0, 1):
        timed("host", partial(host.hear_list, sent[side]))
    if parties[0].secret.level is Level.L3:
        wire += sum(len(print_message(each)) for each in sent)  # to the peer as well
        for side in (0, 1):
            made = timed(names[side], partial(parties[side].hear_list, sent[1 - side]))
            timed("host", partial(host.hear_remasked, made))
    answer = timed("host", host.compared)
    for side in (0, 1):
        timed(names[side], partial(parties[side].hear_compared, answer))
    each = ", ".join(f"{who} {seconds:.3f} s" for who, seconds in spent.items())
    return Exchange(name, count, sum(spent.values()), each, wire, len(answer.met[0]))
