# SPDX-License-Identifier: Apache-2.0
"""What can anything be owed about? Every thing by itself, so that one can be looked at without the others.

A STOP joins earlier ones of its caller, so the alarms of one caller are one thing; a conflict is a pair of
notices; the agreed checks of the line are one thing that is always there.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum
from typing import Any, Final, NamedTuple

from steerclear.mechanism.book import Book
from steerclear.mechanism.findings import pair_of
from steerclear.mechanism.said import Said

__all__ = ["COMM_CHECKS", "Sort", "Thing", "key_of", "thing_named", "thing_of", "things"]


class Sort(IntEnum):
    """The sorts of things, most urgent first."""

    STOP = 1
    DISTRESS = 2
    OWNERSHIP = 3
    TRACK_ALARM = 4
    NOTICE = 5
    CONFLICT = 6
    SITE = 7
    STANDSTILL = 8
    INCIDENT = 9
    VIOLATION = 10
    SIGNAL = 11
    CHECK = 12
    MEETING = 13
    COMM_CHECKS = 14


class Thing(NamedTuple):
    """``id`` of the statement that began it, the caller of STOPs, or the first notice of a conflict."""

    sort: Sort
    id: str
    other: str = ""


COMM_CHECKS: Final = Thing(Sort.COMM_CHECKS, "")

_BEGUN_BY: Final = {
    "distress.call": Sort.DISTRESS,
    "ownership.ask": Sort.OWNERSHIP,
    "track.alarm": Sort.TRACK_ALARM,
    "notice.file": Sort.NOTICE,
    "site.register": Sort.SITE,
    "standstill.propose": Sort.STANDSTILL,
    "incident.open": Sort.INCIDENT,
    "violation.claim": Sort.VIOLATION,
    "signal.send": Sort.SIGNAL,
    "check.call": Sort.CHECK,
    "meeting.convene": Sort.MEETING,
}

_TELL_OF_THINGS: Final = ("stop.call", "screen.result", "conflict.propose", *_BEGUN_BY)


def thing_of(said: Said[Any]) -> Thing | None:
    """What this statement begins or tells of, whether it counts or not; ``None`` for any other."""
    if said.kind in _BEGUN_BY:
        return Thing(_BEGUN_BY[said.kind], said.id)
    if said.kind == "stop.call":
        return Thing(Sort.STOP, said.author)
    pair = pair_of(said.body)
    return Thing(Sort.CONFLICT, *pair) if pair is not None else None


def key_of(thing: Thing) -> str:
    """A thing as one text."""
    return f"{thing.sort.value} {thing.id} {thing.other}"


def thing_named(key: str) -> Thing | None:
    """The thing that ``key_of`` named; ``None`` for what names none."""
    sort, *rest = key.split(" ")
    return Thing(Sort(int(sort)), *rest) if sort.isdigit() else None


def things(book: Book) -> Iterator[Thing]:
    """Everything that there is or may be, each once."""
    found = (thing_of(said) for kind in _TELL_OF_THINGS for said in book.of_kind(kind))
    yield from dict.fromkeys(thing for thing in found if thing is not None)
    yield COMM_CHECKS
