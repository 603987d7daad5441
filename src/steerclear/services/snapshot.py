# SPDX-License-Identifier: Apache-2.0
"""What does a node write down of its view, so that it need not read every entry again after a start?

    header   JSON: names, small tables, and which part holds which column
    parts    flat columns: trees, times, ids, who had seen what, the names that lead to each entry

A cache and nothing more. The store seals it, so that whoever can write to the disk and has not the storage
key can change nothing in it unseen; recalling.py holds it against the record, and where the two differ, or
anything is in doubt, the record is read from its first entry as if there were no snapshot.
"""

from __future__ import annotations

import json
import sys
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import version
from typing import Any, Final

from steerclear.errors import NotVerified
from steerclear.mechanism.entry import Place
from steerclear.mechanism.heads import HeadsMemory
from steerclear.mechanism.ineffective import WithoutEffect
from steerclear.mechanism.kept import Reader
from steerclear.mechanism.times import TimesMemory
from steerclear.mechanism.true_time import TrueTime
from steerclear.model.time import Instant
from steerclear.record.log import LogMemory

__all__ = ["Duty", "EntryColumns", "Logged", "Snapshot", "Worth", "parse_snapshot", "print_snapshot"]

FORM: Final = 2
"""Of what is written down. Another one is not read."""


@dataclass(frozen=True, slots=True)
class Worth:
    """What a statement's keys were worth when it was witnessed (see mechanism/entry.py)."""

    signed_as: tuple[str, ...]
    doubt: str | None
    keys: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True)
class EntryColumns:
    """Of one log, by place: 16 bytes of id; number of kind; number of worth; 1 where it is closed to us."""

    ids: bytes
    kinds: bytes
    worths: array[int]
    closed: bytes


@dataclass(frozen=True, slots=True)
class Logged:
    """One generation of one log, as its ``Log`` and the book remember it."""

    member: str
    generation: int
    size: int
    root: str
    memory: LogMemory
    columns: EntryColumns


@dataclass(frozen=True, slots=True)
class Duty:
    """What the folds need: things and notices that are awake, and who sleeps on which names."""

    things: tuple[str, ...]
    notices: tuple[str, ...]
    terms: bytes
    asleep: tuple[str, ...]
    names: bytes
    latest: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a node knows beside the bytes of its entries.

    ``kinds`` and ``worths`` by number; ``names`` rows of columns.py; ``held`` true times that are not the
    claim; ``untrue`` heads that were not believed; ``ends`` of generations; ``closed`` what was sealed to us,
    did not open and was not named yet, with its author; ``told`` digests of the notes that were judged;
    ``ineffective`` what counts for nothing.
    """

    mechanism: str
    me: str
    logs: tuple[Logged, ...]
    kinds: tuple[str, ...]
    worths: tuple[Worth, ...]
    names: bytes
    heads: HeadsMemory
    times: TimesMemory
    held: Mapping[Place, TrueTime]
    untrue: Mapping[Place, Sequence[str]]
    ends: Mapping[tuple[str, int], int]
    closed: Mapping[str, str]
    false_heads: Mapping[str, str]
    backdated: Mapping[str, Any]
    told: Mapping[str, bytes]
    ineffective: Sequence[WithoutEffect]
    duty: Duty


class _Parts:
    """Columns by number, as they are put in."""

    def __init__(self) -> None:
        self.all: list[bytes] = []

    def put(self, part: bytes | array[int]) -> int:
        self.all.append(part if isinstance(part, bytes) else part.tobytes())
        return len(self.all) - 1


def _made_by() -> dict[str, object]:
    return {"form": FORM, "version": version("steerclear"), "order": sys.byteorder}


def print_snapshot(one: Snapshot) -> tuple[bytes, ...]:
    """The header, then the parts."""
    parts = _Parts()
    header = {
        "by": _made_by(),
        "mechanism": one.mechanism,
        "me": one.me,
        "logs": [_printed_log(log, parts) for log in one.logs],
        "kinds": one.kinds,
        "worths": [[w.signed_as, w.doubt, w.keys] for w in one.worths],
        "names": parts.put(one.names),
        "seen": [[*reader, *map(parts.put, columns)] for reader, columns in one.heads.seen.items()],
        "unreadable": [[*place, member, id_, at] for place, member, id_, at in one.heads.unreadable],
        "cosigned": [
            [*key, parts.put(array("q", (number for row in signed for number in row)))]
            for key, signed in one.heads.cosigned.items()
        ],
        "times": [
            [*key, parts.put(claims), parts.put(ends), readers, judged]
            for key, (claims, ends, readers, judged) in one.times.items()
        ],
        "held": [
            [*place, {field.name: getattr(time, field.name) for field in fields(time)}]
            for place, time in one.held.items()
        ],
        "untrue": [[*place, members] for place, members in one.untrue.items()],
        "ends": [[*key, size] for key, size in one.ends.items()],
        "closed": one.closed,
        "false_heads": one.false_heads,
        "backdated": one.backdated,
        "told": {member: parts.put(digests) for member, digests in one.told.items()},
        "ineffective": [[*w.place, w.id, w.author, w.kind, w.why] for w in one.ineffective],
        "duty": {
            "things": one.duty.things,
            "notices": one.duty.notices,
            "terms": one.duty.terms.hex(),
            "asleep": parts.put("\n".join(one.duty.asleep).encode()),
            "names": parts.put(one.duty.names),
            "latest": one.duty.latest,
        },
    }
    return json.dumps(header).encode(), *parts.all


def _printed_log(log: Logged, parts: _Parts) -> dict[str, Any]:
    memory, columns = log.memory, log.columns
    return {
        "member": log.member,
        "generation": log.generation,
        "size": log.size,
        "root": log.root,
        "levels": [parts.put(level) for level in memory.levels],
        "ats": parts.put(memory.ats),
        "said": parts.put(memory.said),
        "keys": memory.key_places,
        "columns": [parts.put(part) for part in (columns.ids, columns.kinds, columns.worths, columns.closed)],
    }


def parse_snapshot(printed: Sequence[bytes]) -> Snapshot:
    """What ``print_snapshot`` printed. Raises ``NotVerified`` (``snapshot-other-version``)."""
    header, *parts = printed
    found = json.loads(header)
    if found.get("by") != _made_by():
        raise NotVerified(
            "snapshot-other-version",
            "The snapshot of the view was written by another version of this program.",
            remedy="Nothing is lost: the record is read from its first entry, and another snapshot is made.",
        )
    duty = found["duty"]
    return Snapshot(
        mechanism=found["mechanism"],
        me=found["me"],
        logs=tuple(_parsed_log(log, parts) for log in found["logs"]),
        kinds=tuple(found["kinds"]),
        worths=tuple(
            Worth(tuple(signed), doubt, tuple((role, begins, ends) for role, begins, ends in keys))
            for signed, doubt, keys in found["worths"]
        ),
        names=parts[found["names"]],
        heads=HeadsMemory(
            {
                Reader(member, log, generation): (_column(parts[a]), _column(parts[b]), _column(parts[c]))
                for member, log, generation, a, b, c in found["seen"]
            },
            [
                (Place(author, generation, seq), member, id_, Instant(at))
                for author, generation, seq, member, id_, at in found["unreadable"]
            ],
            {
                (log, generation, by): _pairs(_column(parts[number]))
                for log, generation, by, number in found["cosigned"]
            },
        ),
        times={
            (author, generation): (_column(parts[a]), _column(parts[b]), readers, judged)
            for author, generation, a, b, readers, judged in found["times"]
        },
        held={
            Place(*place): TrueTime(**{**time, "against": tuple(time["against"])})
            for *place, time in found["held"]
        },
        untrue={Place(*place): members for *place, members in found["untrue"]},
        ends={(member, generation): size for member, generation, size in found["ends"]},
        closed=found["closed"],
        false_heads=found["false_heads"],
        backdated=found["backdated"],
        told={member: parts[number] for member, number in found["told"].items()},
        ineffective=[
            WithoutEffect(Place(log, generation, seq), id_, author, kind, why)
            for log, generation, seq, id_, author, kind, why in found["ineffective"]
        ],
        duty=Duty(
            things=tuple(duty["things"]),
            notices=tuple(duty["notices"]),
            terms=bytes.fromhex(duty["terms"]),
            asleep=tuple(parts[duty["asleep"]].decode().split("\n")) if parts[duty["asleep"]] else (),
            names=parts[duty["names"]],
            latest=duty["latest"],
        ),
    )


def _parsed_log(log: Mapping[str, Any], parts: Sequence[bytes]) -> Logged:
    ids, kinds, worths, closed = (parts[number] for number in log["columns"])
    return Logged(
        member=log["member"],
        generation=log["generation"],
        size=log["size"],
        root=log["root"],
        memory=LogMemory(
            tuple(parts[number] for number in log["levels"]),
            parts[log["ats"]],
            parts[log["said"]],
            tuple(log["keys"]),
        ),
        columns=EntryColumns(ids, kinds, array("I", worths), closed),
    )


def _column(part: bytes) -> array[int]:
    return array("q", part)


def _pairs(column: array[int]) -> list[tuple[int, Instant]]:
    return [(size, Instant(at)) for size, at in zip(column[::2], column[1::2], strict=True)]
