# SPDX-License-Identifier: Apache-2.0
"""Which answers still hold? Each answer that is kept knows what it read, and goes when any of that moves.

    answer(key, fold) ──folds, and notes──→ names: ids, threads and kinds of the book; other answers
                                            leaves: places in logs that a member had or had not seen
    moved(name) · seen(log, from, to) ────→ every answer that read it is forgotten, and those that read them

So nobody declares what an answer stands on, and nobody can forget to: a fold asks the book and the heads, and
they note what it asked. What is forgotten is folded anew by the same function when it is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar, cast

__all__ = ["Kept", "Reader"]

R = TypeVar("R")


class Reader(NamedTuple):
    """Whose entries say how far they had seen which generation of which log."""

    member: str
    log: str
    generation: int


@dataclass(slots=True)
class _Reads:
    """What one fold has asked."""

    names: set[Hashable] = field(default_factory=set)
    leaves: set[tuple[Reader, int]] = field(default_factory=set)


@dataclass(slots=True)
class _Answer:
    value: object
    reads: _Reads
    tell: Callable[[Hashable], None] | None


class Kept:
    """Answers by key. Keys of answers are names themselves: one answer may stand on another."""

    def __init__(self) -> None:
        self._answers: Final[dict[Hashable, _Answer]] = {}
        self._by_name: Final[dict[Hashable, set[Hashable]]] = {}
        self._by_leaf: Final[dict[Reader, dict[int, set[Hashable]]]] = {}
        self._folding: Final[list[_Reads]] = []

    # What folds ask.

    def read(self, name: Hashable) -> None:
        """The fold that is going on has asked for this."""
        if self._folding:
            self._folding[-1].names.add(name)

    def read_leaf(self, reader: Reader, seq: int) -> None:
        """It has asked whether, and with which entry, the reader had first seen this place."""
        if self._folding:
            self._folding[-1].leaves.add((reader, seq))

    def answer(
        self, key: Hashable, fold: Callable[[], R], *, tell: Callable[[Hashable], None] | None = None
    ) -> R:
        """The answer kept under this key, or folded now. ``tell`` hears the key when it is forgotten."""
        self.read(key)
        found = self._answers.get(key)
        if found is None:
            found = self._fold(fold, tell)
            self._answers[key] = found
            self._note(key, found.reads)
        return cast(R, found.value)

    # What moves.

    def moved(self, name: Hashable) -> None:
        """Something was said about it, or it was forgotten: nothing that read it holds any longer."""
        waiting = [name]
        while waiting:
            for key in tuple(self._by_name.get(waiting.pop(), ())):
                self.forget(key)
                waiting.append(key)

    def seen(self, reader: Reader, start: int, end: int) -> None:
        """Another entry of the reader is now the first to cover the places from ``start`` up to ``end``."""
        leaves = self._by_leaf.get(reader)
        if not leaves:
            return
        wide = end - start > len(leaves)
        seqs: Iterable[int] = [s for s in leaves if start <= s < end] if wide else range(start, end)
        for seq in seqs:
            for key in tuple(leaves.get(seq, ())):
                self.forget(key)
                self.moved(key)

    def forget(self, key: Hashable) -> None:
        """Drop one answer; what stands on it is the caller's to drop."""
        gone = self._answers.pop(key, None)
        if gone is None:
            return
        for name in gone.reads.names:
            self._by_name[name].discard(key)
            if not self._by_name[name]:
                del self._by_name[name]
        for reader, seq in gone.reads.leaves:
            self._by_leaf[reader][seq].discard(key)
            if not self._by_leaf[reader][seq]:
                del self._by_leaf[reader][seq]
        if gone.tell is not None:
            gone.tell(key)

    def _fold(self, fold: Callable[[], R], tell: Callable[[Hashable], None] | None) -> _Answer:
        reads = _Reads()
        self._folding.append(reads)
        try:
            return _Answer(fold(), reads, tell)
        finally:
            self._folding.pop()

    def _note(self, key: Hashable, reads: _Reads) -> None:
        for name in reads.names:
            self._by_name.setdefault(name, set()).add(key)
        for reader, seq in reads.leaves:
            self._by_leaf.setdefault(reader, {}).setdefault(seq, set()).add(key)
