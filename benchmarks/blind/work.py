# SPDX-License-Identifier: Apache-2.0
"""Two parties' cells, and what each step of a check does with them, in processor time."""

from __future__ import annotations

import ctypes
import secrets
from collections.abc import Callable, Iterator
from functools import partial
from time import process_time
from typing import Any, Final

import numpy as np

from benchmarks.blind.results import Exchange, Step
from steerclear.blind.grid import CELL_BYTES, FINE, LAYERS, QUARTERS, DayCells, encode_cells
from steerclear.blind.host import Host, meetings
from steerclear.blind.keys import DaySecret, made_secret
from steerclear.blind.messages import print_message
from steerclear.blind.padding import padded
from steerclear.blind.party import Party
from steerclear.blind.proofs import is_proved, prove
from steerclear.blind.ristretto import (
    hash_each_to_ristretto255,
    power_of_each,
    power_of_generator,
    random_scalar,
)
from steerclear.blind.rows import Rows, new_rows
from steerclear.blind.sentinels import EACH_PAIR, EACH_ROUND, reserved
from steerclear.blind.slots import SlotTable
from steerclear.blind.tokens import DST, TOKEN_BYTES, PairDay, bulk_tokens, items_of, masked
from steerclear.model.terms import Level, Padding

__all__ = ["LIMIT", "NEW_CELLS", "bulk_steps", "exchanges", "group_steps", "newcomer", "openmined"]

PAIR: Final = PairDay("ab" * 32, ("ISR", "TUR"), "cd" * 32, 1, FINE.step_arc_s, 20_000)
CAP: Final = 1 << 24
SCALAR: Final = random_scalar(secrets.token_bytes)
LIMIT: Final = "one scalar multiplication"
NEW_CELLS: Final = 2_000
"""A notice: with its sentinels a list of 2,048 slots."""
_TURNS: Final = 7


def group_steps(count: int = 2_048) -> Iterator[Step]:
    """The limit, and each step of L3 over ``count`` slots on one core; in turn, so that what else the machine
    does falls upon all of them, and the best of each."""
    items, public = items_of(1, cells(range(count))), power_of_generator(SCALAR)
    listed = masked(SCALAR, PAIR, items, workers=1)
    raised = power_of_each(listed, SCALAR, workers=1)
    proofs = prove(SCALAR, listed, raised, secrets.token_bytes, workers=1)
    work: dict[str, Callable[[], Any]] = {
        LIMIT: lambda: _multiply(count),
        "L3: hash to the group": lambda: hash_each_to_ristretto255(PAIR.prefix, items, DST, workers=1),
        "L3: hash and mask": lambda: masked(SCALAR, PAIR, items, workers=1),
        "L3: re-mask": lambda: power_of_each(listed, SCALAR, workers=1),
        "L3: prove": lambda: prove(SCALAR, listed, raised, secrets.token_bytes, workers=1),
        "L3: check proofs": lambda: is_proved(public, listed, raised, proofs, workers=1),
    }
    taken: dict[str, list[tuple[float, Any]]] = {name: [] for name in work}
    for _ in range(_TURNS):
        for name, do in work.items():
            taken[name].append(_timed(do))
    for name, times in taken.items():
        seconds, gave = min(times, key=lambda one: one[0])
        yield Step(name, count, seconds, _told(gave))


def bulk_steps(count: int) -> Iterator[Step]:
    """Names of L2, and a comparison, over ``count`` slots on one core; the best of three."""
    items = items_of(1, cells(range(count)))
    tokens = bulk_tokens(b"k" * 32, PAIR, items, workers=1)
    name = partial(bulk_tokens, b"k" * 32, PAIR, items, workers=1)
    for what, do in (("L2: tokens", name), ("comparison", partial(_compared, tokens))):
        seconds, gave = min((_timed(do) for _ in range(3)), key=lambda one: one[0])
        yield Step(what, count, seconds, _told(gave))


def exchanges(
    level: Level, count: int, *, proofs: bool = True, padding: Padding = Padding.DOUBLING
) -> tuple[Exchange, Exchange]:
    """Both sides list ``count`` cells in notices of 2,000, half of them common, and are told; then one side
    files a new notice, of which the other holds half, and both are told."""
    parties, host = _pair(level, proofs=proofs, padding=padding)
    standing = 0
    for side, first in ((0, 0), (1, count // 2)):
        for begin in range(first, first + count, NEW_CELLS):
            end = min(begin + NEW_CELLS, first + count)
            _file(parties[side], f"{side}-{begin}", range(begin, end))
            standing += 1
    name = level.value if proofs or level is Level.L2 else f"{level.value}, no proofs"
    name += "" if padding is Padding.DOUBLING else f", {padding.value}"
    whole = _round(name, count, parties, host)
    border = count // 2 + count
    _file(parties[0], "new", range(border - NEW_CELLS // 2, border + NEW_CELLS // 2))
    return whole, _round(name, count, parties, host, standing=standing, new=NEW_CELLS, earlier=1)


def newcomer(level: Level, standing: int) -> Exchange:
    """One new notice against so many standing ones of the other side, until both are told."""
    parties, host = _pair(level)
    for number in range(standing):
        first = 10_000_000 + number * NEW_CELLS
        _file(parties[1], f"s{number}", range(first, first + NEW_CELLS))
    earlier = 0
    while parties[1].has_news:
        _round("standing", 0, parties, host)
        earlier += 1
    _file(parties[0], "new", range(9_999_000, 9_999_000 + NEW_CELLS))
    name, all_cells = f"{level.value}, all of the other's", standing * NEW_CELLS
    return _round(name, all_cells, parties, host, standing=standing, new=NEW_CELLS, earlier=earlier)


def openmined(count: int, *, padding: Padding | None = None, swapped: bool = False) -> Exchange:
    """The same sets, one way: the client learns, the server does not. Raises ImportError.

    ``padding``: both sets filled up to the size of our lists with what nobody has; None: it is told how many
    there are. ``swapped``: who was the client is the server; run after the other, so that both are told.
    """
    import private_set_intersection.python as psi

    slots = count if padding is None else padded(count + reserved(Level.L3, 0), padding)
    mine, theirs = (
        [cell.hex() for cell in _each(cells(range(first, first + count)))]
        + [secrets.token_hex(CELL_BYTES) for _ in range(slots - count)]
        for first in ((count // 2, 0) if swapped else (0, count // 2))
    )
    reveal = True  # which are common, and not only how many
    begun = process_time()
    client, server = psi.client.CreateWithNewKey(reveal), psi.server.CreateWithNewKey(reveal)
    setup = server.CreateSetupMessage(0.0, slots, theirs, psi.DataStructure.RAW)
    request = client.CreateRequest(mine)
    answer = server.ProcessRequest(request)
    found = client.GetIntersection(setup, answer)
    seconds = process_time() - begun
    wire = sum(len(one.SerializeToString()) for one in (setup, request, answer))
    hidden = "" if padding is None else f", {padding.value}"
    name = f"OpenMined PSI{hidden}{', the other way' if swapped else ''}"
    return Exchange(name, count, slots, seconds, {}, wire, len(found))


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


def _each(data: bytes) -> Iterator[bytes]:
    return (data[at : at + CELL_BYTES] for at in range(0, len(data), CELL_BYTES))


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    begun = process_time()
    gave = work()
    return process_time() - begun, gave


def _told(gave: Any) -> str:
    if isinstance(gave, np.ndarray):
        return f"{len(gave):,} rows"
    return f"{len(gave):,} bytes" if isinstance(gave, bytes) else str(gave)


def _multiply(count: int) -> str:
    """libsodium's own function, called one time after another with nothing around it."""
    import pysodium

    multiply = pysodium.sodium.crypto_scalarmult_ristretto255
    out, element = ctypes.create_string_buffer(TOKEN_BYTES), power_of_generator(SCALAR)
    for _ in range(count):
        multiply(out, SCALAR, element)
    return f"{count:,} calls"


def _compared(tokens: Rows) -> str:
    """Half of one side's slots against the other's."""
    middle = len(tokens) // 2
    other = new_rows(len(tokens), TOKEN_BYTES)
    other[:middle] = tokens[:middle]
    other[middle:] = tokens[middle:] ^ 255
    first, second = meetings((SlotTable(TOKEN_BYTES, 1), SlotTable(TOKEN_BYTES, 2)), (tokens, other))
    return f"{len(first):,} and {len(second):,} met"


def _pair(
    level: Level, *, proofs: bool = True, padding: Padding = Padding.DOUBLING
) -> tuple[tuple[Party, Party], Host]:
    made, salt = [], secrets.randbits(62)
    for name in PAIR.parties:
        random = secrets.token_bytes
        secret = DaySecret(PAIR, level, b"k" * 32) if level is Level.L2 else made_secret(PAIR, level, random)
        party = Party(
            secret,
            name,
            cap_slots=CAP,
            fresh_s=180,
            random=random,
            proofs=proofs,
            padding=padding,
            workers=1,
        )
        made.append(party)
    host = Host(PAIR, level, cap_slots=CAP, salt=salt, proofs=proofs, padding=padding, workers=1)
    for side in (0, 1):
        opened = made[side].open()
        made[1 - side].hear_opened(opened)
        host.hear_opened(opened)
    return (made[0], made[1]), host


def _round(
    name: str,
    count: int,
    parties: tuple[Party, Party],
    host: Host,
    *,
    standing: int = 0,
    new: int = 0,
    earlier: int = 0,
) -> Exchange:
    """``parts``: by who worked, and by what was done; *answer* is re-masking and the proof of it.

    ``earlier``: lists with cells that the other side sent before; this one answers sentinels of each.
    """
    spent = dict.fromkeys(("first", "second", "host", "list", "answer", "check", "compare", "rest"), 0.0)
    wire = 0

    def timed(who: str, what: str, work: Callable[[], Any]) -> Any:
        nonlocal wire
        seconds, said = _timed(work)
        spent[who] += seconds
        spent[what] += seconds
        wire += len(print_message(said)) if said is not None else 0
        return said

    names = ("first", "second")
    committed = [timed(names[side], "list", partial(parties[side].commit, now_s=0)) for side in (0, 1)]
    for side in (0, 1):
        hear = partial(parties[1 - side].hear_committed, committed[side], at_s=0)
        timed(names[1 - side], "rest", hear)
        timed("host", "rest", partial(host.hear_committed, committed[side]))
    sent = [timed(names[side], "rest", parties[side].send) for side in (0, 1)]
    for side in (0, 1):
        timed("host", "rest", partial(host.hear_list, sent[side]))
    if parties[0].secret.level is Level.L3:
        wire += sum(len(print_message(each)) for each in sent)  # to the peer as well
        for side in (0, 1):
            made = timed(names[side], "answer", partial(parties[side].hear_list, sent[1 - side]))
            timed("host", "check", partial(host.hear_remasked, made))
    answer = timed("host", "compare", host.compared)
    for side in (0, 1):
        timed(names[side], "compare", partial(parties[side].hear_compared, answer))
    seconds = spent["first"] + spent["second"] + spent["host"]
    slots = max(one.count for one in committed)
    return Exchange(
        name,
        new or count,
        slots,
        seconds,
        spent,
        wire,
        len(answer.met[0]) - EACH_ROUND - EACH_PAIR * earlier,
        standing,
    )
