# SPDX-License-Identifier: Apache-2.0
"""How does a host compare what it cannot read? A machine that reads and writes nothing.

    hear_opened ×2     hear_committed ×2     hear_list ×2     hear_remasked ×2 (L3)      compared ─► both
         │                    │                   │                   │                      │
    element, once      idle or of an agreed  count and hash     proof of every slot    one statement, sealed
    a day, from logs   size, cap, room for   as committed       in the order sent      under one key to both,
                       sentinels                                                       so neither hears first

What it compares, slot against slot over the whole day, is H(x)^ab (L3) or a token (L2). It learns padded
sizes, times, and which slots of one side equal which of the other; among them the sentinels, which look
like any other. A value that comes twice from one side is refused: each cell is sent once, and a repeated
one is a copy of somebody's slot. What is refused ends the day for both; ``stopped`` says so in the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Final

import numpy as np

from steerclear.blind.lists import IDLE_SLOTS, charged
from steerclear.blind.messages import (
    HOST,
    Compared,
    DayOpened,
    Head,
    ListCommitted,
    ListSent,
    Message,
    Remasked,
    Stopped,
)
from steerclear.blind.proofs import is_proved
from steerclear.blind.ristretto import is_element
from steerclear.blind.rows import Rows, rows_of
from steerclear.blind.sentinels import lists_in
from steerclear.blind.side import (
    lists_of,
    other_check,
    require_cap,
    require_count,
    require_list,
    require_room,
)
from steerclear.blind.slots import Numbers, SlotTable
from steerclear.blind.tokens import TOKEN_BYTES, PairDay
from steerclear.errors import NotVerified, Refused, SteerclearError
from steerclear.model.terms import Level, Padding

__all__ = ["Host", "meetings"]

_ASK: Final = "Do not use it; ask its author for another, and tell the other members."


class Host:
    """The comparer of one pair, for one day of cells, at L2 or L3. ``cap_slots``, ``spent``, ``padding``: as
    ``Side``."""

    def __init__(
        self,
        pair_day: PairDay,
        level: Level,
        *,
        cap_slots: int,
        salt: int,
        spent: tuple[int, int] = (0, 0),
        proofs: bool = True,
        padding: Padding = Padding.DOUBLING,
        workers: int | None = None,
    ) -> None:
        self.round = 0
        self.failed: str | None = None
        self._level = level
        self._about = pair_day
        self._pair_day = sha256(pair_day.prefix).digest()
        self._cap = cap_slots
        self._spent = list(spent)
        self._with_cells = [0, 0]
        self._proofs = proofs
        self._padding = padding
        self._workers = workers
        self._seen = (SlotTable(TOKEN_BYTES, salt), SlotTable(TOKEN_BYTES, salt))
        self._opened: dict[int, DayOpened] = {}
        self._begin_round()

    def hear_opened(self, message: DayOpened) -> None:
        """Raises ``Refused`` or ``NotVerified`` (``blind-public``)."""
        author = self._require_next(message, message.head.author not in self._opened)
        with self._judging():
            if self._level is Level.L3 and not is_element(message.public):
                raise NotVerified(
                    "blind-public",
                    "What the other side logged is no element of the group, the identity, or our own.",
                    remedy=_ASK,
                )
            self._opened[author] = message

    def hear_committed(self, message: ListCommitted) -> None:
        """Raises ``Refused``: ``blind-order``, ``blind-other-check``, ``blind-count``, ``blind-cap``,
        ``blind-full``."""
        ready = len(self._opened) == 2 and message.head.author not in self._committed
        author = self._require_next(message, ready)
        with self._judging():
            require_count(message.count, self._about, self._level, self._padding)
            is_full = self._with_cells[author] == lists_in(self._about.attempt)
            require_room(message.count, is_full=is_full)
            require_cap(self._spent[author], charged(message.count), self._cap)
            self._spent[author] += charged(message.count)
            self._with_cells[author] += message.count > IDLE_SLOTS
            self._committed[author] = message

    def hear_list(self, message: ListSent) -> None:
        """Raises ``Refused`` (``blind-order``, ``blind-other-check``) or ``NotVerified`` (``blind-list``)."""
        ready = len(self._committed) == 2 and message.head.author not in self._lists
        author = self._require_next(message, ready)
        with self._judging():
            self._lists[author] = require_list(message, self._committed[author])
            if self._level is Level.L2:
                self._named[author] = self._lists[author]

    def hear_remasked(self, message: Remasked) -> None:
        """The author raised the *other's* list. Raises ``Refused`` or ``NotVerified`` (``blind-proof``)."""
        ready = len(self._lists) == 2 and 1 - message.head.author not in self._named
        author = self._require_next(message, ready)
        with self._judging():
            rows, masked = rows_of(message.rows, TOKEN_BYTES), self._lists[1 - author]
            if rows.shape != masked.shape or (self._proofs and not self._is_proved(message, masked, rows)):
                raise NotVerified(
                    "blind-proof",
                    "The re-masking is not proved to be that of the list, in order, by the logged scalar.",
                    remedy=_ASK,
                )
            self._proved &= self._proofs
            self._named[1 - author] = rows

    @property
    def spent(self) -> tuple[int, int]:
        """Slots charged to the first and to the second, over all attempts: for the next attempt's host."""
        return self._spent[0], self._spent[1]

    @property
    def is_ready(self) -> bool:
        """Is everything here that a comparison needs?"""
        return len(self._named) == 2 and self.failed is None

    def compared(self) -> Compared:
        """The answer to both, and the next round. Raises ``Refused`` (``blind-order``, ``blind-repeat``)."""
        if not self.is_ready:
            raise _out_of_order()
        with self._judging():
            met = meetings(self._seen, (self._named[0], self._named[1]))
        head = Head(self._level, self._pair_day, HOST, self.round)
        lists = lists_of(self._committed[0], self._committed[1])
        answer = Compared(head, self._proved, lists, met)
        self.round += 1
        self._begin_round()
        return answer

    def stopped(self, code: str) -> Stopped:
        """For the log, with the code of what was refused."""
        self.failed = self.failed or code
        return Stopped(Head(self._level, self._pair_day, HOST, self.round), code)

    def _begin_round(self) -> None:
        self._committed: dict[int, ListCommitted] = {}
        self._lists: dict[int, Rows] = {}
        self._named: dict[int, Rows] = {}
        self._proved = self._level is Level.L2 or self._proofs

    def _is_proved(self, message: Remasked, masked: Rows, rows: Rows) -> bool:
        public = self._opened[message.head.author].public
        return is_proved(public, masked, rows, message.proofs, workers=self._workers)

    def _require_next(self, message: Message, is_awaited: bool) -> int:  # noqa: FBT001
        """The author, 0 or 1."""
        head = message.head
        if (head.level, head.pair_day) != (self._level, self._pair_day):
            raise other_check()
        if not is_awaited or head.round != self.round or head.author == HOST or self.failed is not None:
            raise _out_of_order()
        return head.author

    @contextmanager
    def _judging(self) -> Iterator[None]:
        try:
            yield
        except SteerclearError as error:
            self.failed = error.code
            raise


def meetings(
    seen: tuple[SlotTable, SlotTable], lists: tuple[Rows, Rows]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Slots of either side that are met for the first time with these lists, each side's rising; ``seen``
    grows.

    Raises ``Refused`` (``blind-repeat``) for a list in which something comes twice, or again on this day.
    """
    before = len(seen[0]), len(seen[1])
    for table, rows in zip(seen, lists, strict=True):
        already = len(table)
        if not np.array_equal(table.add(rows), np.arange(already, already + len(rows))):
            raise Refused(
                "blind-repeat",
                "The list holds a slot twice, or again on this day: each cell is sent once.",
                remedy=_ASK,
            )
    in_second, in_first = seen[1].find(lists[0]), seen[0].find(lists[1])
    first = _new_meetings(in_second, before[0], in_first)
    second = _new_meetings(in_first, before[1], in_second)
    return first, second


def _new_meetings(of_mine: Numbers, start: int, of_theirs: Numbers) -> tuple[int, ...]:
    """Mine of this list that the other has, and mine of any list that are in the other's of this round."""
    mine = start + np.flatnonzero(of_mine >= 0)
    return tuple(np.union1d(mine, of_theirs[of_theirs >= 0]).tolist())


def _out_of_order() -> Refused:
    return Refused(
        "blind-order",
        "The message is a repetition, comes too early, or after the day has failed.",
        remedy="Send each message once, in its round; nothing was changed.",
    )
