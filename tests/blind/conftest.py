# SPDX-License-Identifier: Apache-2.0
"""Two parties, and a host where there is one, exchange whole rounds in memory; every byte is kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from hashlib import shake_256
from typing import Any

import numpy as np
import pytest

from steerclear.blind.audit import Evidence, RoundLogged
from steerclear.blind.carried import Carried
from steerclear.blind.direct import DirectParty
from steerclear.blind.grid import FINE, LAYERS, QUARTERS, DayCells, decode_cells, encode_cells
from steerclear.blind.host import Host
from steerclear.blind.keys import DaySecret, made_secret
from steerclear.blind.messages import HOST, Compared, Message, parse_message, print_message
from steerclear.blind.outcome import Outcome
from steerclear.blind.party import Party
from steerclear.blind.tokens import PairDay
from steerclear.model.terms import Level, Padding

PAIR = PairDay("ab" * 32, ("ISR", "TUR"), "cd" * 32, 1, FINE.step_arc_s, 20_000)
CAP = 1_000_000
BOTH = (0, 1)

Twist = Callable[[Any], Any]


def drawing(seed: object) -> Callable[[int], bytes]:
    """A generator that a test can run twice."""
    drawn = 0

    def random(size: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return shake_256(f"{seed}/{drawn}".encode()).digest(size)

    return random


EQUATOR = FINE.rows // 2
A_ROW = FINE.columns * LAYERS * QUARTERS
"""So many numbers fill one row of cells."""


def cells(numbers: Iterable[int]) -> bytes:
    """A cell for each number, encoded: along the equator, then upward, then later."""
    rest = np.fromiter(numbers, np.int64)
    found = np.zeros((len(rest), 5), np.int32)
    for place, size in ((4, FINE.columns), (2, LAYERS), (1, QUARTERS)):
        rest, found[:, place] = np.divmod(rest, size)
    found[:, 3] = EQUATOR + rest
    return encode_cells(FINE, found)


def numbers_of(encoded: bytes) -> list[int]:
    """Exact inverse of ``cells``."""
    _, quarter, layer, row, column = decode_cells(FINE, 0, encoded).astype(np.int64).T
    found = ((row - EQUATOR) * QUARTERS + quarter) * LAYERS + layer
    return [int(number) for number in found * FINE.columns + column]


@dataclass
class Pairing:
    """One pair's day. ``heard`` keeps what each of 0, 1 (parties), 2 (host) and "log" was sent, as bytes.

    A ``twist`` changes a message on its way, by its form: what a cheating author or carrier would do.
    """

    level: Level = Level.L3
    seed: object = 0
    pair_day: PairDay = PAIR
    caps: tuple[int, int, int] = (CAP, CAP, CAP)
    proofs: tuple[bool, bool, bool] = (True, True, True)
    carried: tuple[Carried, Carried] = (Carried(), Carried())
    fresh_s: int = 180
    now_s: int = 1_000
    keys: tuple[bytes, bytes] = (b"k" * 32, b"k" * 32)
    days: tuple[PairDay | None, PairDay | None] = (None, None)
    padding: Padding = Padding.DOUBLING
    twists: dict[tuple[type, int], Twist] = field(default_factory=dict)
    heard: dict[Any, list[bytes]] = field(default_factory=lambda: defaultdict(list))
    rounds: list[RoundLogged] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.direct = self.level is Level.L3P
        kind = DirectParty if self.direct else Party
        self.parties: list[Any] = []
        for side in BOTH:
            random, day = drawing((self.seed, side)), self.days[side] or self.pair_day
            secret = (
                DaySecret(day, Level.L2, self.keys[side])
                if self.level is Level.L2
                else made_secret(day, self.level, random)
            )
            name = self.pair_day.parties[side]
            self.parties.append(
                kind(
                    secret,
                    name,
                    cap_slots=self.caps[side],
                    random=random,
                    carried=self.carried[side],
                    fresh_s=self.fresh_s,
                    proofs=self.proofs[side],
                    padding=self.padding,
                    workers=1,
                )
            )
        self.host = Host(
            self.pair_day,
            self.level,
            cap_slots=self.caps[2],
            salt=5,
            spent=self.carried[0].spent,
            proofs=self.proofs[2],
            padding=self.padding,
            workers=1,
        )
        self.opened: list[Any] = []

    def file(self, side: int, notice: str, numbers: Iterable[int]) -> int:
        listed = DayCells(self.parties[side].pair_day.day, cells(numbers))
        return int(self.parties[side].add(notice, listed, filed_at_s=0, ends_at_s=3_600))

    def finding(self, side: int, notice: str) -> Outcome:
        found: Outcome = self.parties[side].finding(notice, now_s=self.now_s)
        return found

    def met(self, side: int, notice: str) -> list[int]:
        return sorted(numbers_of(b"".join(self.finding(side, notice).cells)))  # type: ignore[union-attr]

    def next_attempt(self, **given: Any) -> Pairing:
        """The day begun anew, with what this attempt leaves."""
        day = replace(self.pair_day, attempt=self.pair_day.attempt + 1)
        carried = self.parties[0].carried(), self.parties[1].carried()
        return Pairing(self.level, (self.seed, "anew"), day, self.caps, carried=carried, **given)

    def open(self) -> None:
        for side in BOTH:
            self.opened.append(self._carried(self.parties[side].open(), "log"))
        for side in BOTH:
            self.parties[1 - side].hear_opened(self.opened[side])
            if not self.direct:
                self.host.hear_opened(self.opened[side])

    def round(self) -> Compared | None:
        """One whole round; opens the day before the first."""
        if not self.opened:
            self.open()
        committed = [self._carried(party.commit(now_s=self.now_s), "log") for party in self.parties]
        for side in BOTH:
            self.parties[1 - side].hear_committed(committed[side], at_s=self.now_s)
            if not self.direct:
                self.host.hear_committed(committed[side])
        self.rounds.append(RoundLogged((committed[0], committed[1])))
        if self.direct:
            self._steps()
            return None
        answer: Compared = self._through_host()
        self.rounds[-1] = RoundLogged((committed[0], committed[1]), answer)
        return answer

    def evidence(self) -> Evidence:
        return Evidence((self.opened[0], self.opened[1]), tuple(self.rounds))

    def _through_host(self) -> Any:
        listeners = (HOST,) if self.level is Level.L2 else (HOST, "peer")
        lists = [self._carried(self.parties[side].send(), *self._of(side, listeners)) for side in BOTH]
        for side in BOTH:
            self.host.hear_list(lists[side])
        if self.level is Level.L3:
            for side in BOTH:
                self.host.hear_remasked(self._carried(self.parties[side].hear_list(lists[1 - side]), HOST))
        answer = self._carried(self.host.compared(), *BOTH)
        for party in self.parties:
            party.hear_compared(answer)
        return answer

    def _steps(self) -> None:
        lists = [self._carried(self.parties[side].send(), 1 - side) for side in BOTH]
        waiting: list[Any] = []
        for side in BOTH:
            waiting += [(1 - side, each) for each in self.parties[side].hear_list(lists[1 - side])]
        while waiting:
            side, message = waiting.pop(0)
            answers = self.parties[side].hear_chunk(self._carried(message, side))
            waiting += [(1 - side, each) for each in answers]

    @staticmethod
    def _of(side: int, listeners: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(1 - side if each == "peer" else each for each in listeners)

    def _carried(self, message: Message, *listeners: Any) -> Any:
        """As bytes, to each listener; read again as whoever hears it does."""
        twist = self.twists.get((type(message), message.head.author))
        data = print_message(twist(message) if twist else message)
        for each in listeners:
            self.heard[each].append(data)
        return parse_message(data)


@pytest.fixture
def pairing() -> type[Pairing]:
    return Pairing


@pytest.fixture(params=[Level.L2, Level.L3, Level.L3P], ids=lambda level: level.value)
def level(request: pytest.FixtureRequest) -> Level:
    found: Level = request.param
    return found
