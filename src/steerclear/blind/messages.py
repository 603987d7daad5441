# SPDX-License-Identifier: Apache-2.0
"""What goes from one to another in a blind check, byte by byte.

    "SCBM" | 1 | form | level | pair-day | author | round | rest
       4     1     1      1       32         1       4

    form  what            rest                                        goes to
    1     DayOpened       public (32)                                 the log
    2     ListCommitted   count (4) hash (32) root (32) whole (1)     the log, before the list leaves
    3     ListSent        slots (4) slots × 32                        L3: peer and host; L2: host
                          slots (4) slots × 32, order (32)            L3p: the peer
    4     Remasked        slots (4) slots × 32, proofs                L3: sealed to the host
    5     Compared        proved (1) two hashes (64), two × [count (4) slots × 4]    sealed to both parties
    6     Chunk           step (4), two × [slots (4) slots × 32], proofs         L3p: the peer
    7     Stopped         code (1 + up to 64)                         the log

``pair-day`` is the SHA-256 of the prefix of all its tokens (``tokens.py``): mechanism, pair, annex, grid,
step, day and attempt. ``author`` is 0 or 1 in the order of the pair, 2 for the host. Numbers are big-endian.

Printer and parser are exact inverses. Refused, as ``blind-message``: another beginning, version, form or
level; an author, number or length that the form does not have; slots that do not strictly rise; a single byte
too many.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from typing import ClassVar, Final, TypeAlias

from steerclear.blind.lists import MOST_SLOTS
from steerclear.blind.proofs import proof_bytes
from steerclear.errors import NotVerified
from steerclear.model.terms import Level

__all__ = [
    "HOST", "Chunk", "Compared", "DayOpened", "Head", "ListCommitted", "ListSent", "Message", "Remasked",
    "Stopped", "digest_of", "parse_message", "print_message",
]  # fmt: skip

HOST: Final = 2
"""The author who is neither party."""

_MAGIC: Final = b"SCBM\x01"
_HEAD_BYTES: Final = len(_MAGIC) + 1 + 1 + 32 + 1 + 4
_LEVELS: Final = (Level.L2, Level.L3, Level.L3P)
_ROW: Final = 32
_MOST_ROUND: Final = 2**32 - 1
_CODE: Final = re.compile(rb"[a-z0-9]+(-[a-z0-9]+)*", re.ASCII)
_LONGEST_CODE: Final = 64


@dataclass(frozen=True, slots=True)
class Head:
    """Which check and which round of it, at which level, and who speaks."""

    level: Level
    pair_day: bytes
    author: int
    round: int


@dataclass(frozen=True, slots=True)
class DayOpened:
    """L3, L3p: g^scalar. L2: a hash of key and day, so that an audit knows which it was. ``round`` is 0."""

    FORM: ClassVar[int] = 1
    head: Head
    public: bytes


@dataclass(frozen=True, slots=True)
class ListCommitted:
    """How many slots, the hash of the list as it will be sent, and the commitment to what stands in them.

    ``whole``: with this list every cell of every live notice of the author is listed. If it is not, the other
    side must not take *nothing met* for an answer.
    """

    FORM: ClassVar[int] = 2
    head: Head
    count: int
    hash: bytes
    root: bytes
    whole: bool


@dataclass(frozen=True, slots=True)
class ListSent:
    """``rows``: 32 bytes a slot, masked (L3) or tokens (L2); at L3p the SHA-256 of each masked slot, for the
    slots come in parts, and ``order`` (32 bytes): in which order the author wants the other's."""

    FORM: ClassVar[int] = 3
    head: Head
    rows: bytes
    order: bytes = b""


@dataclass(frozen=True, slots=True)
class Remasked:
    """The other's list, raised to the author's scalar, in its order; ``proofs`` empty if none is asked."""

    FORM: ClassVar[int] = 4
    head: Head
    rows: bytes
    proofs: bytes


@dataclass(frozen=True, slots=True)
class Compared:
    """The host's answer: ``met[side]``, slots of that side that were met in this round, counted over the day.

    ``lists``: the digests of the two commitments that it speaks for. ``proved``: both re-maskings were
    proved.
    """

    FORM: ClassVar[int] = 5
    head: Head
    proved: bool
    lists: tuple[bytes, bytes]
    met: tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Chunk:
    """One step of L3p. ``listed``: the next part of the author's own list; ``rows``: the newest part of the
    other's, raised to the author's scalar, and ``proofs`` that it was."""

    FORM: ClassVar[int] = 6
    head: Head
    step: int
    listed: bytes
    rows: bytes
    proofs: bytes


@dataclass(frozen=True, slots=True)
class Stopped:
    """The author goes on no further, because of ``code``: of an error, or ``blind-withheld``."""

    FORM: ClassVar[int] = 7
    head: Head
    code: str


Message: TypeAlias = DayOpened | ListCommitted | ListSent | Remasked | Compared | Chunk | Stopped


def digest_of(message: Message) -> bytes:
    """SHA-256 of its bytes."""
    return sha256(print_message(message)).digest()


def print_message(message: Message) -> bytes:
    """The one form of it."""
    head = message.head
    return b"".join(
        (
            _MAGIC,
            bytes((message.FORM, _LEVELS.index(head.level) + 2)),
            head.pair_day,
            bytes((head.author,)),
            _u32(head.round),
            _printed_rest(message),
        )
    )


def parse_message(data: bytes) -> Message:
    """Exact inverse of ``print_message``. Raises ``NotVerified`` (``blind-message``)."""
    if len(data) < _HEAD_BYTES or not data.startswith(_MAGIC):
        raise _not_one("it does not begin as one")
    form, level = data[5], data[6]
    if form not in _READERS or not 2 <= level < 2 + len(_LEVELS):
        raise _not_one("there is no such form or level")
    head = Head(_LEVELS[level - 2], data[7:39], data[39], int.from_bytes(data[40:44], "big"))
    rest = _Rest(data[_HEAD_BYTES:])
    message = _READERS[form](head, rest)
    rest.require_end()
    if not _may_say(message):
        raise _not_one("its author or its level has no such form")
    return message


def _may_say(message: Message) -> bool:
    """Who says what, at which level."""
    author, level = message.head.author, message.head.level
    match message:
        case Compared():
            return author == HOST and level is not Level.L3P
        case Stopped():
            return author <= HOST
        case Remasked():
            return author < HOST and level is Level.L3
        case Chunk():
            return author < HOST and level is Level.L3P
        case DayOpened():
            return author < HOST and message.head.round == 0
        case _:
            return author < HOST


def _printed_rest(message: Message) -> bytes:
    match message:
        case DayOpened():
            return message.public
        case ListCommitted():
            return _u32(message.count) + message.hash + message.root + bytes((message.whole,))
        case ListSent():
            return _rows(message.rows) + message.order
        case Remasked():
            return _rows(message.rows) + message.proofs
        case Compared():
            return bytes((message.proved,)) + b"".join((*message.lists, *map(_slots, message.met)))
        case Chunk():
            return _u32(message.step) + _rows(message.listed) + _rows(message.rows) + message.proofs
        case _:
            return bytes((len(message.code),)) + message.code.encode("ascii")


class _Rest:
    """What is still to be read."""

    def __init__(self, data: bytes) -> None:
        self._data = memoryview(data)

    def take(self, count: int) -> bytes:
        if count > len(self._data):
            raise _not_one("it ends too early")
        taken, self._data = self._data[:count], self._data[count:]
        return bytes(taken)

    def number(self, most: int = _MOST_ROUND) -> int:
        value = int.from_bytes(self.take(4), "big")
        if value > most:
            raise _not_one(f"{value} is more than {most}")
        return value

    def flag(self) -> bool:
        value = self.take(1)[0]
        if value > 1:
            raise _not_one("a yes or no is neither 0 nor 1")
        return bool(value)

    def rows(self) -> bytes:
        return self.take(self.number(MOST_SLOTS) * _ROW)

    def proofs(self, rows: bytes) -> bytes:
        """None, or as many as the rows need."""
        return self.take(proof_bytes(len(rows) // _ROW)) if len(self._data) else b""

    def slots(self) -> tuple[int, ...]:
        data = self.take(4 * self.number(MOST_SLOTS))
        found = tuple(int.from_bytes(data[at : at + 4], "big") for at in range(0, len(data), 4))
        if any(left >= right for left, right in pairwise(found)):
            raise _not_one("its slots do not rise")
        return found

    def require_end(self) -> None:
        if len(self._data):
            raise _not_one("it goes on after its end")


def _read_committed(head: Head, rest: _Rest) -> ListCommitted:
    return ListCommitted(head, rest.number(MOST_SLOTS), rest.take(32), rest.take(32), rest.flag())


def _read_list(head: Head, rest: _Rest) -> ListSent:
    rows = rest.rows()
    return ListSent(head, rows, rest.take(32) if head.level is Level.L3P else b"")


def _read_compared(head: Head, rest: _Rest) -> Compared:
    proved, lists = rest.flag(), (rest.take(32), rest.take(32))
    return Compared(head, proved, lists, (rest.slots(), rest.slots()))


def _read_remasked(head: Head, rest: _Rest) -> Remasked:
    rows = rest.rows()
    return Remasked(head, rows, rest.proofs(rows))


def _read_chunk(head: Head, rest: _Rest) -> Chunk:
    step, listed, rows = rest.number(), rest.rows(), rest.rows()
    return Chunk(head, step, listed, rows, rest.proofs(rows))


def _read_stopped(head: Head, rest: _Rest) -> Stopped:
    code = rest.take(rest.take(1)[0])
    if not _CODE.fullmatch(code) or len(code) > _LONGEST_CODE:
        raise _not_one("its code is no code")
    return Stopped(head, code.decode("ascii"))


_READERS: Final[dict[int, Callable[[Head, _Rest], Message]]] = {
    1: lambda head, rest: DayOpened(head, rest.take(32)),
    2: _read_committed,
    3: _read_list,
    4: _read_remasked,
    5: _read_compared,
    6: _read_chunk,
    7: _read_stopped,
}


def _rows(rows: bytes) -> bytes:
    return _u32(len(rows) // _ROW) + rows


def _slots(slots: tuple[int, ...]) -> bytes:
    return _u32(len(slots)) + b"".join(map(_u32, slots))


def _u32(value: int) -> bytes:
    return value.to_bytes(4, "big")


def _not_one(because: str) -> NotVerified:
    return NotVerified(
        "blind-message",
        f"These bytes are no message of a blind check: {because}.",
        remedy="Ask its author for the original bytes; do not repair them.",
    )
