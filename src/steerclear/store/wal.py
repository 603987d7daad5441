# SPDX-License-Identifier: Apache-2.0
"""Was something acknowledged damaged in the write-ahead log? SQLite takes every bad frame for its end.

A crash leaves a log (``node.db-wal``) of which SQLite believes the frames before the first whose checksum is
wrong. That is right for what a power cut tore, and wrong for a bit that fell over later: then all that
follows, though acknowledged, is gone without a word. What tells the two apart:

- *Beyond the end* one frame follows another across a commit. Every commit is synced before anything is
  written behind it (``synchronous=FULL``), so the end lies within what was acknowledged.
- *One bit* of the frame at the end is wrong, and its transaction is whole otherwise. A torn write is more.
- *The header* is wrong, and then SQLite believes nothing of the log. It is written when all before it has
  been carried into the database, so a torn one costs nothing: the frames behind it say what the database
  says.

A last transaction that is damaged in more than a bit looks like a torn one. The mark outside the database
(highwater.py) finds that: it was kept after the commit. Source: sqlite.org/walformat.html.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, Self

__all__ = ["damage_in", "log_beside"]

_HEADER_BYTES: Final = 32
_FRAME_HEADER_BYTES: Final = 24
_MAGIC: Final = 0x377F0682  # its last bit says in which order the checksum reads its words
_PAGE_BYTES: Final = frozenset(1 << power for power in range(9, 16))
"""A page of 64 KiB is spelled otherwise in the two files; none of ours has it."""
_MASK: Final = 0xFFFFFFFF
_END_AT: Final = 16
"""Where shared memory holds the number of frames that SQLite believes (``mxFrame``)."""

_Sum = tuple[int, int]
_Order = Literal["<", ">"]


def log_beside(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def damage_in(path: Path) -> str | None:
    """How the log beside the database ``path`` is damaged; ``None`` if it is whole, torn, or not there.

    A connection must be open that has read from the database, so that SQLite has found the end; another
    process may be writing meanwhile.
    """
    while True:
        log, end = _Log.read(path), _end(path)
        if log is None or end is None:
            return None
        found = log.damage(end, path)
        # What a writer did while we looked is no damage.
        if found is None or (_Log.read(path) == log and _end(path) == end):
            return found


@dataclass(frozen=True, slots=True)
class _Frame:
    page: int
    pages_after: int
    salts: bytes
    stored: _Sum
    content: bytes
    """Everything that the checksum covers: 8 bytes of the header, then the page."""

    @property
    def is_commit(self) -> bool:
        return self.pages_after > 0

    def follows(self, before: _Sum, order: _Order) -> bool:
        return _sum_of(self.content, before, order) == self.stored


@dataclass(frozen=True, slots=True)
class _Log:
    data: bytes
    page_bytes: int

    @classmethod
    def read(cls, path: Path) -> Self | None:
        """The log, or ``None`` where there is none with a frame in it."""
        try:
            data = log_beside(path).read_bytes()
        except FileNotFoundError:
            return None
        if len(data) < _HEADER_BYTES:
            return None
        log = cls(data, int.from_bytes(data[8:12], "big"))
        if not log.has_true_header:
            # A torn header follows a log that was carried over wholly: the database's own is whole then.
            with path.open("rb") as database:
                log = cls(data, int.from_bytes(database.read(18)[16:], "big"))  # fileformat.html, 1.3.2
        return log if log.page_bytes in _PAGE_BYTES and log.count else None

    @property
    def order(self) -> _Order:
        return ">" if self.data[3] & 1 else "<"

    @property
    def stored(self) -> _Sum:
        first, second = struct.unpack_from(">II", self.data, 24)
        return first, second

    @property
    def has_true_header(self) -> bool:
        magic = int.from_bytes(self.data[:4], "big")
        return magic & ~1 == _MAGIC and _sum_of(self.data[:24], (0, 0), self.order) == self.stored

    @property
    def count(self) -> int:
        return max(0, len(self.data) - _HEADER_BYTES) // (_FRAME_HEADER_BYTES + self.page_bytes)

    def frame(self, number: int) -> _Frame:
        start = _HEADER_BYTES + number * (_FRAME_HEADER_BYTES + self.page_bytes)
        page, pages_after, salts, *stored = struct.unpack_from(">II8sII", self.data, start)
        content = start + _FRAME_HEADER_BYTES
        return _Frame(
            page,
            pages_after,
            salts,
            (stored[0], stored[1]),
            self.data[start : start + 8] + self.data[content : content + self.page_bytes],
        )

    def damage(self, end: int, path: Path) -> str | None:
        """``end`` frames are believed."""
        if not self.has_true_header:
            return self._damage_under_a_bad_header(path)
        before = self.frame(end - 1).stored if end else self.stored
        return self._damage_behind(end, self.data[16:24], before, self.order)

    def _damage_behind(self, end: int, salts: bytes, before: _Sum, order: _Order) -> str | None:
        bad = end
        while bad < self.count and self.frame(bad).salts == salts and self.frame(bad).follows(before, order):
            before = self.frame(bad).stored  # of a transaction that did not come to its commit
            bad += 1
        mended = _mended(self.frame(bad), salts, before, order) if bad < self.count else None
        if mended is not None and self._comes_to_its_commit(mended, bad, salts, order):
            return f"one bit of frame {bad + 1} in the write-ahead log is wrong"
        for number in range(bad, self.count - 1):
            one, behind = self.frame(number), self.frame(number + 1)
            if one.salts == behind.salts == salts and one.is_commit and behind.follows(one.stored, order):
                return f"the write-ahead log goes on behind frame {bad + 1}, which cannot be read"
        return None

    def _comes_to_its_commit(self, one: _Frame, number: int, salts: bytes, order: _Order) -> bool:
        """Whether, with ``one`` as frame ``number``, its transaction is whole."""
        while not one.is_commit:
            number, before = number + 1, one.stored
            if number == self.count:
                return False
            one = self.frame(number)
            if one.salts != salts or not one.follows(before, order):
                return False
        return True

    def _damage_under_a_bad_header(self, path: Path) -> str | None:
        for order in _ORDERS:
            for before in (self.stored, _sum_of(self.data[:24], (0, 0), order)):
                pages = self._pages_from(before, order)
                if pages and not _are_in(pages, path, self.page_bytes):
                    return (
                        "the header of the write-ahead log is wrong, and the entries behind it are not read"
                    )
        return None

    def _pages_from(self, before: _Sum, order: _Order) -> dict[int, bytes]:
        """The last content of each page in the frames that follow ``before``, up to their last commit."""
        pages: dict[int, bytes] = {}
        waiting: dict[int, bytes] = {}
        for number in range(self.count):
            frame = self.frame(number)
            if not frame.follows(before, order):
                break
            waiting[frame.page], before = frame.content[8:], frame.stored
            if frame.is_commit:
                pages |= waiting
                waiting.clear()
        return pages


_ORDERS: Final[tuple[_Order, _Order]] = ("<", ">")


def _end(path: Path) -> int | None:
    try:
        shared = path.with_name(path.name + "-shm").read_bytes()
    except FileNotFoundError:
        return None
    return int(struct.unpack_from("=I", shared, _END_AT)[0])


def _are_in(pages: dict[int, bytes], path: Path, page_bytes: int) -> bool:
    with path.open("rb") as database:
        for page, content in pages.items():
            database.seek((page - 1) * page_bytes)
            if database.read(page_bytes) != content:
                return False
    return True


def _sum_of(data: bytes, before: _Sum, order: _Order) -> _Sum:
    """The checksum of the log, going on from ``before`` (walformat.html, 4.2)."""
    first, second = before
    words = iter(struct.unpack(f"{order}{len(data) // 4}I", data))
    for even, odd in zip(words, words, strict=True):
        first = (first + even + second) & _MASK
        second = (second + odd + first) & _MASK
    return first, second


def _mended(frame: _Frame, salts: bytes, before: _Sum, order: _Order) -> _Frame | None:
    """The frame as it was if one bit of it has fallen over since; ``None`` if it is not that."""
    found = _sum_of(frame.content, before, order)
    if found == frame.stored:
        return replace(frame, salts=salts) if _bits_between(frame.salts, salts) == 1 else None
    if frame.salts != salts:
        return None
    if (found[0] ^ frame.stored[0]).bit_count() + (found[1] ^ frame.stored[1]).bit_count() == 1:
        return replace(frame, stored=found)
    off = ((found[0] - frame.stored[0]) & _MASK, (found[1] - frame.stored[1]) & _MASK)
    words = list(struct.unpack(f"{order}{len(frame.content) // 4}I", frame.content))
    for word, bit in _bits_that_are_off_by(off, len(words)):
        words[word] ^= 1 << bit
        content = struct.pack(f"{order}{len(words)}I", *words)
        if _sum_of(content, before, order) == frame.stored:
            page, pages_after = struct.unpack_from(">II", content)
            return _Frame(page, pages_after, salts, frame.stored, content)
        words[word] ^= 1 << bit
    return None


def _bits_that_are_off_by(off: _Sum, words: int) -> Iterator[tuple[int, int]]:
    """Word and bit whose falling over would make the checksum wrong by so much.

    It is linear: a difference (a, b) in the sums becomes (a + b, a + 2b) with each pair of words behind.
    """
    in_even, in_odd = (1, 1), (0, 1)
    for pair in range(words - 2, -1, -2):
        for word, (first, second) in ((pair, in_even), (pair + 1, in_odd)):
            for bit in range(32):
                up = (first << bit) & _MASK, (second << bit) & _MASK
                if off in (up, (-up[0] & _MASK, -up[1] & _MASK)):
                    yield word, bit
        in_even, in_odd = _one_pair_later(in_even), _one_pair_later(in_odd)


def _one_pair_later(off: _Sum) -> _Sum:
    return (off[0] + off[1]) & _MASK, (off[0] + 2 * off[1]) & _MASK


def _bits_between(one: bytes, other: bytes) -> int:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).bit_count()
