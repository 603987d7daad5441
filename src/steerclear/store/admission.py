# SPDX-License-Identifier: Apache-2.0
"""May this be kept beside what is kept already? One answer for every store.

the place is the next of its log        kept
the place is filled with these bytes    nothing to do, except a new opening
the place is filled with other bytes    NotVerified: somebody rewrites history
the place lies past the next            NotKept: a gap; ask for what is missing first
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from steerclear.errors import BadInput, NotKept, NotVerified
from steerclear.store.port import LARGEST_FLOOR_MESSAGE, LARGEST_LEAF, StoredEntry

__all__ = [
    "Admitted",
    "Kept",
    "admit",
    "check_range",
    "is_new_charter",
    "is_new_floor",
    "is_new_note",
    "is_new_opening",
]

_SIGNATURE: Final = "— ".encode()  # U+2014, C2SP signed-note


class Kept(Protocol):
    """What admission asks of a store."""

    def size(self, member: str, generation: int) -> int: ...

    def entry_at(self, member: str, generation: int, seq: int) -> StoredEntry: ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """``entries`` are new, in order; ``openings`` are new ones of entries that are kept without."""

    entries: tuple[StoredEntry, ...]
    openings: tuple[StoredEntry, ...]


def admit(offered: Sequence[StoredEntry], kept: Kept) -> Admitted:
    """Sort a batch into what is new; raises before anything is kept if any of it may not be."""
    sizes: dict[tuple[str, int], int] = {}
    entries: dict[str, StoredEntry] = {}
    openings: dict[str, StoredEntry] = {}
    for entry in offered:
        _check_size(entry)
        log = (entry.member, entry.generation)
        next_seq = sizes.setdefault(log, kept.size(*log))
        if entry.seq == next_seq:
            entries[entry.place] = entry
            sizes[log] = next_seq + 1
            continue
        _check_no_gap(entry, next_seq)
        known = openings.get(entry.place) or entries.get(entry.place)
        if known is None:
            known = kept.entry_at(entry.member, entry.generation, entry.seq)
        if _opens_repeat(known, entry):
            openings[entry.place] = entry
    return Admitted(tuple(entries.values()), tuple(openings.values()))


def is_new_opening(known: StoredEntry, opened: bytes) -> bool:
    """Whether ``opened`` is the first opening of this entry. Another one than kept raises ``NotVerified``."""
    if known.opened is None:
        return True
    if known.opened != opened:
        raise NotVerified(
            "opening-differs",
            f"Entry {known.place} was opened before, and said something else.",
            remedy="One commitment has one opening: keep both, and have this program and its keys examined.",
            where=known.place,
        )
    return False


def is_new_charter(known: bytes | None, charter: bytes) -> bool:
    if known is not None and known != charter:
        raise NotVerified(
            "charter-differs",
            "This store belongs to a mechanism with another charter.",
            remedy="Give each mechanism a node folder of its own.",
        )
    return known is None


def is_new_floor(known: bytes | None, floor_hash: str, message: bytes) -> bool:
    if not 1 <= len(message) <= LARGEST_FLOOR_MESSAGE:
        raise NotKept(
            "floor-size",
            f"A floor message has {len(message)} bytes; it must have 1 to {LARGEST_FLOOR_MESSAGE}.",
            remedy="Send a shorter text, or fewer delegations.",
            where=floor_hash,
        )
    if known is not None and known != message:
        raise NotVerified(
            "floor-differs",
            "Two different floor messages claim the same hash.",
            remedy="Keep both and report it: one of them was not hashed by this program's rule.",
            where=floor_hash,
        )
    return known is None


def is_new_note(known: bytes | None, note: bytes, *, where: str) -> bool:
    """Whether ``note`` adds a line to ``known``; raises if it would lose one or says another text."""
    text, lines = _split(note, where)
    if known is None:
        return True
    known_text, known_lines = _split(known, where)
    if text != known_text:
        raise NotVerified(
            "note-differs",
            f"Two checkpoints of {where} say different things.",
            remedy="Keep both: together they prove that the log's owner signed two histories.",
            where=where,
        )
    if lines <= known_lines:
        return False
    if not known_lines <= lines:
        raise NotKept(
            "note-loses-lines",
            f"The checkpoint of {where} lacks signatures that are kept already.",
            remedy="Merge the signatures of both and keep the result.",
            where=where,
        )
    return True


def check_range(start: int, stop: int | None) -> None:
    if start < 0 or (stop is not None and stop < start):
        raise BadInput(
            "entry-range",
            f"Entries {start} to {stop} are not a range.",
            remedy="Give a start that is not negative and a stop that is not before it.",
        )


def _split(note: bytes, where: str) -> tuple[bytes, frozenset[bytes]]:
    """Text and signature lines of a C2SP signed note."""
    text, _, signatures = note.rpartition(b"\n\n")
    lines = signatures.splitlines(keepends=True)
    whole = bool(lines) and all(line.startswith(_SIGNATURE) and line.endswith(b"\n") for line in lines)
    if not text or not whole:
        raise NotKept(
            "note-spelling",
            f"What was given as the checkpoint of {where} is not a signed note.",
            remedy="Give a text, an empty line and at least one signature line.",
            where=where,
        )
    return text, frozenset(lines)


def _opens_repeat(known: StoredEntry, entry: StoredEntry) -> bool:
    if known.leaf != entry.leaf:
        raise NotVerified(
            "entry-differs",
            f"Entry {entry.place} is kept already, with other bytes.",
            remedy="Nothing was changed. Two signed entries of one place prove a fork: keep the other too.",
            where=entry.place,
        )
    return entry.opened is not None and is_new_opening(known, entry.opened)


def _check_no_gap(entry: StoredEntry, next_seq: int) -> None:
    if not 0 <= entry.seq < next_seq:
        raise NotKept(
            "entry-gap",
            f"Entry {entry.place} cannot be kept: the next of its log is {next_seq}.",
            remedy="Fetch the missing entries first.",
            where=entry.place,
        )


def _check_size(entry: StoredEntry) -> None:
    if not 1 <= len(entry.leaf) <= LARGEST_LEAF:
        raise NotKept(
            "entry-size",
            f"Entry {entry.place} has {len(entry.leaf)} bytes; a leaf has 1 to {LARGEST_LEAF}.",
            remedy="Put long texts into blobs beside the entry.",
            where=entry.place,
        )
