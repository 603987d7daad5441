# SPDX-License-Identifier: Apache-2.0
"""Which answers still hold? Each answer that is kept knows what it read, and goes when any of that moves.

    answer(key, fold) ──folds, and notes──→ names: ids, threads and kinds of the book; other answers
                                            leaves: places in logs that a member had or had not seen
    moved(name) · seen(log, from, to) ────→ every answer that read it is forgotten, and those that read them

So nobody declares what an answer stands on, and nobody can forget to: a fold asks the book and the heads, and
they note what it asked. What is forgotten is folded anew by the same function when it is asked for again.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, NamedTuple, TypeVar, cast

from steerclear.mechanism.asleep import Asleep

__all__ = ["Kept", "Reader"]

R = TypeVar("R")


class Reader(NamedTuple):
    """Whose entries say how far they had seen which generation of which log."""

    member: str
    log: str
    generation: int


@dataclass(slots=True)
class _Reads:
    """What one fold has asked so far."""

    names: set[Hashable] = field(default_factory=set)
    leaves: set[tuple[Reader, int]] = field(default_factory=set)


class _Answer(NamedTuple):
    value: object
    names: tuple[Hashable, ...]
    leaves: tuple[tuple[Reader, int], ...]
    tell: Callable[[Hashable], None] | None


class _Several(set[Hashable]):
    """The keys of more than one answer that read the same."""


class _Readers(dict[Hashable, Hashable | _Several]):
    """For each name the key of the answer that read it, or ``_Several``.

    Nearly every name is read by one answer, and there are half a million of them: one set for each would be
    most of what a node holds.
    """

    __slots__ = ()

    def of(self, name: Hashable) -> tuple[Hashable, ...]:
        found = self.get(name)
        if found is None:
            return ()
        return tuple(found) if isinstance(found, _Several) else (found,)

    def note(self, name: Hashable, key: Hashable) -> None:
        found = self.setdefault(name, key)
        if isinstance(found, _Several):
            found.add(key)
        elif found != key:
            self[name] = _Several((found, key))

    def drop(self, name: Hashable, key: Hashable) -> None:
        found = self[name]
        if isinstance(found, _Several):
            found.discard(key)
            if len(found) == 1:
                (self[name],) = found
        else:
            del self[name]


class Kept:
    """Answers by key. Keys of answers are names themselves: one answer may stand on another."""

    def __init__(self) -> None:
        self._answers: Final[dict[Hashable, _Answer]] = {}
        self._by_name: Final = _Readers()
        self._by_leaf: Final[dict[Reader, _Readers]] = {}
        self._folding: Final[list[_Reads]] = []
        self.asleep: Asleep | None = None
        """What was settled before this start; what moves wakes it."""

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
            found = self._answers[key] = self._fold(fold, tell)
            self._note(key, found)
        return cast(R, found.value)

    # What moves.

    def moved(self, name: Hashable) -> None:
        """Something was said about it, or it was forgotten: nothing that read it holds any longer."""
        if self.asleep is not None:
            self.asleep.moved(name)
        waiting = [name]
        while waiting:
            for key in self._by_name.of(waiting.pop()):
                self.forget(key)
                waiting.append(key)

    def seen(self, reader: Reader, start: int, end: int) -> None:
        """Another entry of the reader is now the first to cover the places from ``start`` up to ``end``."""
        leaves = self._by_leaf.get(reader)
        if not leaves:
            return
        wide = end - start > len(leaves)
        places = range(start, end)
        for seq in [seq for seq in leaves if seq in places] if wide else places:
            for key in leaves.of(seq):
                self.forget(key)
                self.moved(key)

    def forget(self, key: Hashable) -> None:
        """Drop one answer; what stands on it is the caller's to drop."""
        gone = self._answers.pop(key, None)
        if gone is None:
            return
        for name in gone.names:
            self._by_name.drop(name, key)
        for reader, seq in gone.leaves:
            self._by_leaf[reader].drop(seq, key)
        if gone.tell is not None:
            gone.tell(key)

    def stands_on(
        self, key: Hashable, first_seen_by: Callable[[Reader, int], Hashable | None]
    ) -> frozenset[Hashable] | None:
        """Every name that an answer stands on, by way of other answers too.

        A place that it asked for stands under the name of the entry that saw it first. ``None`` where the
        answer is not kept, or such a place has not been seen: then it may move without a name.
        """
        names: set[Hashable] = set()
        found: set[Hashable] = {key}
        waiting = [key]
        while waiting:
            answer = self._answers.get(waiting.pop())
            if answer is None:
                return None
            for leaf in answer.leaves:
                seen_by = first_seen_by(*leaf)
                if seen_by is None:
                    return None
                names.add(seen_by)
            for name in answer.names:
                if name not in self._answers:
                    names.add(name)
                elif name not in found:
                    found.add(name)
                    waiting.append(name)
        return frozenset(names)

    def _fold(self, fold: Callable[[], object], tell: Callable[[Hashable], None] | None) -> _Answer:
        reads = _Reads()
        self._folding.append(reads)
        try:
            return _Answer(fold(), tuple(reads.names), tuple(reads.leaves), tell)
        finally:
            self._folding.pop()

    def _note(self, key: Hashable, answer: _Answer) -> None:
        for name in answer.names:
            self._by_name.note(name, key)
        for reader, seq in answer.leaves:
            self._by_leaf.setdefault(reader, _Readers()).note(seq, key)
