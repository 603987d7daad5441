# SPDX-License-Identifier: Apache-2.0
"""What may a disk hold after the power is gone? Everything that was synced; of the rest, any part.

A trace is the list of what a program told the operating system, in order. ``Disk`` follows it and knows of
each file and name what is durable and what is still on its way. ``left_by_a_cut`` throws dice over the rest:

- of what was written and not synced, nothing, all, a beginning, or any subset of the sectors of 512 bytes
  arrives, so also later writes without earlier ones;
- a sector in the midst of being written holds a beginning of the new bytes, or anything, within the bytes
  that were written. What the program did not touch stays: SQLite calls this *powersafe overwrite*, and rests
  on it on every disk since 2012 (sqlite.org/psow.html);
- a change of size arrives or not, by itself;
- a name that was made, moved or removed and whose folder was not synced is as before or as after, each name
  for itself.

A disk that says "synced" and lies is not modelled: no program can keep anything on one.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

__all__ = ["Acknowledged", "Disk", "Made", "NamesSynced", "Op", "Removed", "Synced", "Truncated", "Written"]

SECTOR: Final = 512


@dataclass(frozen=True, slots=True)
class Written:
    file: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    file: int
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """All that was written to this file is on the disk, and its size."""

    file: int


@dataclass(frozen=True, slots=True)
class Made:
    """``name`` now leads to this file: it was created, or moved here."""

    name: str
    file: int


@dataclass(frozen=True, slots=True)
class Removed:
    name: str


@dataclass(frozen=True, slots=True)
class NamesSynced:
    """The folder is on the disk, with every name as it is now."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Somebody was told that so many deeds are done."""

    deeds: int


Op = Written | Truncated | Synced | Made | Removed | NamesSynced | Acknowledged


@dataclass(slots=True)
class _File:
    durable: bytearray = field(default_factory=bytearray)
    on_its_way: list[Written | Truncated] = field(default_factory=list)

    def sync(self) -> None:
        for op in self.on_its_way:
            _apply(self.durable, op)
        self.on_its_way.clear()


class Disk:
    """The disk under a program, as far as the trace was followed."""

    def __init__(self, durable: dict[str, bytes]) -> None:
        """``durable``: names and files before the trace begins; the files are numbered in this order."""
        self._files = {number: _File(bytearray(data)) for number, data in enumerate(durable.values())}
        self._names: dict[str, int | None] = {name: number for number, name in enumerate(durable)}
        self._names_on_their_way: dict[str, list[int | None]] = {}

    def follow(self, op: Op) -> None:
        match op:
            case Written(file=file) | Truncated(file=file):
                self._files[file].on_its_way.append(op)
            case Synced(file=file):
                self._files[file].sync()
            case Made(name=name, file=file):
                self._files.setdefault(file, _File())
                self._names_on_their_way.setdefault(name, []).append(file)
            case Removed(name=name):
                self._names_on_their_way.setdefault(name, []).append(None)
            case NamesSynced():
                self._names |= {name: states[-1] for name, states in self._names_on_their_way.items()}
                self._names_on_their_way.clear()
            case Acknowledged():
                return

    def left_by_a_cut(self, dice: random.Random) -> dict[str, bytes]:
        """Names and contents of the files that are found when the power is back."""
        names = self._names | {
            name: dice.choice([self._names.get(name), *states])
            for name, states in self._names_on_their_way.items()
        }
        return {
            name: _arrived(self._files[file], dice)
            for name, file in sorted(names.items())
            if file is not None
        }


def _arrived(file: _File, dice: random.Random) -> bytes:
    waiting = file.on_its_way
    if not waiting:
        return bytes(file.durable)
    match dice.choice(["nothing", "all", "beginning", "sectors", "sectors", "torn"]):
        case "nothing":
            return bytes(file.durable)
        case "all":
            return _with(file, waiting)
        case "beginning":
            whole = dice.randrange(len(waiting))
            return _with(file, [*waiting[:whole], *_torn(waiting[whole], dice)])
        case "torn":
            last = dice.randrange(len(waiting))
            return _with(file, [*_some(waiting[:last], 0.8, dice), *_torn(waiting[last], dice)])
        case _:
            return _with(file, _some(waiting, dice.choice([0.1, 0.5, 0.9, 0.98]), dice))


def _some(
    ops: Iterable[Written | Truncated], likely: float, dice: random.Random
) -> Iterator[Written | Truncated]:
    """Each sector of each write by itself, in any subset; of two that meet, the later one wins."""
    for op in ops:
        for part in _sectors(op):
            if dice.random() < likely:
                yield part


def _torn(op: Written | Truncated, dice: random.Random) -> Iterator[Written | Truncated]:
    """A write during which the power went: sectors before, one that is half itself, none after."""
    parts = list(_sectors(op))
    at = dice.randrange(len(parts))
    yield from parts[:at]
    torn = parts[at]
    if isinstance(torn, Written):
        length = dice.randint(0, len(torn.data))
        rest = dice.choice([b"", dice.randbytes(len(torn.data) - length)])
        yield Written(torn.file, torn.offset, torn.data[:length] + rest)


def _sectors(op: Written | Truncated) -> Iterator[Written | Truncated]:
    if isinstance(op, Truncated):
        yield op
        return
    start, end = op.offset, op.offset + len(op.data)
    while start < end:
        stop = min(end, (start // SECTOR + 1) * SECTOR)
        yield Written(op.file, start, op.data[start - op.offset : stop - op.offset])
        start = stop


def _with(file: _File, ops: Iterable[Written | Truncated]) -> bytes:
    content = bytearray(file.durable)
    for op in ops:
        _apply(content, op)
    return bytes(content)


def _apply(content: bytearray, op: Written | Truncated) -> None:
    if isinstance(op, Truncated):
        content[op.size :] = bytes(max(0, op.size - len(content)))
        return
    if len(content) < op.offset:
        content.extend(bytes(op.offset - len(content)))  # a hole reads as zeros
    content[op.offset : op.offset + len(op.data)] = op.data
