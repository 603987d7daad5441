# SPDX-License-Identifier: Apache-2.0
"""What does a party keep of a day, sealed to its offline keys, so that an inquiry can recompute all of it?

    "SCBO" | 1 | level | side | prefix of the pair's day (128) | secret (32) | rounds (4)
                                                           then each round: seed (32) | cells (4) | cells × 12

Who has one opening reads every cell of that side, and at L2 of both. Printer and parser are exact inverses;
another beginning, level or side, a pair's day that is none, a wrong length and a wrong scalar are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from steerclear.blind.grid import CELL_BYTES
from steerclear.blind.keys import DaySecret
from steerclear.blind.ristretto import is_scalar
from steerclear.blind.tokens import KEY_BYTES, PREFIX_BYTES, PairDay
from steerclear.errors import BadInput, NotVerified
from steerclear.model.terms import Level

__all__ = ["SEED_BYTES", "Opened", "RoundOpened", "parse_opened", "print_opened"]

SEED_BYTES: Final = 32

_MAGIC: Final = b"SCBO\x01"
_LEVELS: Final = (Level.L2, Level.L3, Level.L3P)
_FIXED: Final = len(_MAGIC) + 2 + PREFIX_BYTES + KEY_BYTES + 4


@dataclass(frozen=True, slots=True)
class RoundOpened:
    """What an audit needs of one list: its seed, and the new cells in the order given."""

    seed: bytes
    cells: bytes


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything of one side's day."""

    secret: DaySecret
    side: int
    rounds: tuple[RoundOpened, ...]


def print_opened(opened: Opened) -> bytes:
    secret = opened.secret
    beginning = _MAGIC + bytes((_LEVELS.index(secret.level) + 2, opened.side))
    rounds = (
        one.seed + (len(one.cells) // CELL_BYTES).to_bytes(4, "big") + one.cells for one in opened.rounds
    )
    count = len(opened.rounds).to_bytes(4, "big")
    return b"".join((beginning, secret.pair_day.prefix, secret.secret, count, *rounds))


def parse_opened(data: bytes) -> Opened:
    """Exact inverse of ``print_opened``. Raises ``NotVerified`` (``blind-opening``)."""
    if len(data) < _FIXED or not data.startswith(_MAGIC) or not 2 <= data[5] <= 4 or data[6] > 1:
        raise _no_opening("it does not begin as one")
    level, place = _LEVELS[data[5] - 2], len(_MAGIC) + 2 + PREFIX_BYTES
    try:
        pair_day = PairDay.of_prefix(data[place - PREFIX_BYTES : place])
    except BadInput as error:
        raise _no_opening("it names no pair's day") from error
    secret = data[place : place + KEY_BYTES]
    if level is not Level.L2 and not is_scalar(secret):
        raise _no_opening("its scalar is none")
    rounds, place = [], _FIXED
    for _ in range(int.from_bytes(data[_FIXED - 4 : _FIXED], "big")):
        cells = place + SEED_BYTES + 4
        end = cells + int.from_bytes(data[cells - 4 : cells], "big") * CELL_BYTES
        if end > len(data) or cells > len(data):
            raise _no_opening("it ends too early")
        rounds.append(RoundOpened(data[place : place + SEED_BYTES], data[cells:end]))
        place = end
    if place != len(data):
        raise _no_opening("it goes on after its end")
    return Opened(DaySecret(pair_day, level, secret), data[6], tuple(rounds))


def _no_opening(because: str) -> NotVerified:
    return NotVerified(
        "blind-opening",
        f"These bytes open no day of a blind check: {because}.",
        remedy="Ask the member for the opening as its offline keys give it.",
    )
