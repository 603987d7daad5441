# SPDX-License-Identifier: Apache-2.0
"""When and how is a snapshot of the view taken? At an orderly end, where enough came since the last one.

What was witnessed in this process stands in the book; what an earlier snapshot covered, and nobody asked for,
is taken over from it column by column.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

import numpy as np
import structlog

from steerclear.errors import NotKept
from steerclear.mechanism.asleep import Settled
from steerclear.mechanism.columns import ROW_BYTES, name_row
from steerclear.mechanism.duties import Duties
from steerclear.mechanism.entry import Entry
from steerclear.mechanism.things import key_of
from steerclear.mechanism.view import View
from steerclear.model.time import Instant
from steerclear.record.log import Log
from steerclear.services.kept_entries import KeptEntries, are_numbered, number_of
from steerclear.services.notes import note_digest
from steerclear.services.snapshot import Duty, EntryColumns, Logged, Snapshot, Worth, print_snapshot

if TYPE_CHECKING:
    from steerclear.services.ledger import Ledger

__all__ = ["WORTH_TAKING", "duty_of", "keep_snapshot", "snapshot_of"]

WORTH_TAKING: Final = 1_000
"""Entries since the last one; fewer are verified in half a second."""

_MOST_KINDS: Final = 255
_ID_BYTES: Final = 16
_log = structlog.get_logger("steerclear.snapshot")


def keep_snapshot(ledger: Ledger, *, least: int = WORTH_TAKING) -> bool:
    """Write a snapshot if ``least`` entries came since the last. It is a cache: a full disk stops nobody."""
    size = sum(log.size for log in _logs(ledger))
    if size - ledger.snapshot_size < least or ledger.refuses_because or ledger.store.damage():
        return False
    snapshot = snapshot_of(ledger)
    if snapshot is None:
        return False
    try:
        ledger.store.keep_snapshot(print_snapshot(snapshot))
    except NotKept as error:
        _log.warning("snapshot-not-kept", what=error.what)
        return False
    ledger.snapshot_size, ledger.snapshot_refused = size, None
    return True


def snapshot_of(ledger: Ledger) -> Snapshot | None:
    """All that a start needs; ``None`` for a record of more entries or kinds than a snapshot can number."""
    logs = _logs(ledger)
    if not are_numbered([log.size for log in logs]):
        return None
    table = _Table(logs, ledger.kept)
    if not table.put_all(ledger):
        return None
    view = ledger.view
    return Snapshot(
        mechanism=ledger.mechanism,
        me=ledger.me,
        logs=tuple(table.logged(number, log) for number, log in enumerate(logs)),
        kinds=tuple(table.kinds),
        worths=tuple(table.worths),
        names=table.names(),
        heads=view.heads.memory(),
        times=view.times.memory(),
        held=dict(view.book.times),
        untrue=dict(ledger.untrue),
        ends=ledger.generations.ends(),
        closed={id_: author for id_, (author, _) in ledger.unreadable.items()},
        false_heads=dict(ledger.false_heads),
        backdated=ledger.backdated.memory(),
        told={
            member: b"".join(
                note_digest(kept.size, kept.note) for kept in ledger.store.notes(member, log.generation)
            )
            for member, log in ledger.logs.items()
        },
        ineffective=view.ineffective.memory(),
        duty=duty_of(ledger.view, ledger.duties, ledger.now()),
    )


def _logs(ledger: Ledger) -> list[Log]:
    """Those that the last snapshot numbered, in its order, and then the others."""
    members = (ledger.me, *ledger.peers)
    all_logs = [
        log
        for member in members
        for log in (*ledger.generations.of(member), *([ledger.logs[member]] if member in ledger.logs else []))
    ]
    numbered = ledger.kept.numbers if ledger.kept is not None else {}
    return sorted(all_logs, key=lambda log: numbered.get((log.member, log.generation), len(numbered)))


class _Table:
    """The columns of all logs, filled from what was there and what is in memory."""

    def __init__(self, logs: list[Log], before: KeptEntries | None) -> None:
        self.kinds: dict[str, int] = {}
        self.worths: dict[Worth, int] = {}
        self._numbers = {(log.member, log.generation): n for n, log in enumerate(logs)}
        self._ids = [bytearray(_ID_BYTES * log.size) for log in logs]
        self._kinds = [bytearray(log.size) for log in logs]
        self._worths = [array("I", bytes(4 * log.size)) for log in logs]
        self._closed = [bytearray(log.size) for log in logs]
        self._rows: list[bytes] = []
        if before is not None:
            self._take_over(before.snapshot)

    def _take_over(self, before: Snapshot) -> None:
        self.kinds = {kind: number for number, kind in enumerate(before.kinds)}
        self.worths = {worth: number for number, worth in enumerate(before.worths)}
        self._rows.append(before.names)
        for number, log in enumerate(before.logs):
            columns = log.columns
            self._ids[number][: len(columns.ids)] = columns.ids
            self._kinds[number][: log.size] = columns.kinds
            self._worths[number][: log.size] = columns.worths
            self._closed[number][: log.size] = columns.closed

    def put_all(self, ledger: Ledger) -> bool:
        book = ledger.view.book
        for entry, kind, names in book.told():
            self._put(entry, kind, names)
            self._closed[self._numbers[entry.place[:2]]][entry.seq] = book.is_closed_to_us(entry.place)
        return len(self.kinds) <= _MOST_KINDS

    def _put(self, entry: Entry, kind: str, names: Iterable[str]) -> None:
        log, seq = self._numbers[entry.author, entry.generation], entry.seq
        keys = tuple((role, begins, ends) for role, (begins, ends) in sorted(entry.keys.items()))
        worth = Worth(tuple(sorted(entry.signed_as)), entry.doubt, keys)
        self._ids[log][_ID_BYTES * seq : _ID_BYTES * (seq + 1)] = bytes.fromhex(entry.content.id)
        self._kinds[log][seq] = min(self.kinds.setdefault(kind, len(self.kinds)), _MOST_KINDS)
        self._worths[log][seq] = self.worths.setdefault(worth, len(self.worths))
        self._rows += [name_row(name, number_of(log, seq)) for name in names]

    def logged(self, number: int, log: Log) -> Logged:
        columns = EntryColumns(
            bytes(self._ids[number]),
            bytes(self._kinds[number]),
            self._worths[number],
            bytes(self._closed[number]),
        )
        return Logged(log.member, log.generation, log.size, log.root, log.memory(), columns)

    def names(self) -> bytes:
        return _sorted_rows(b"".join(self._rows))


def duty_of(view: View, duties: Duties, now: Instant) -> Duty:
    """Who may owe something, and who sleeps."""
    things, terms = duties.awake(now)
    settled = dict(duties.settled(now))
    over = dict(view.notices.settled(now, view.heads.first_seen_by))
    sleepers: list[Settled] = [*settled.values(), *over.values()]
    before = view.book.kept.asleep
    still = dict(before.sleeping()) if before is not None else {}
    names = [name_row(name, len(still) + n) for n, one in enumerate(sleepers) for name in one.names]
    kept = _renumbered(before.names, list(still.values())) if before is not None else b""
    return Duty(
        things=tuple(key_of(thing) for thing in things if thing not in settled),
        notices=tuple(id_ for id_ in view.notices.awake() if id_ not in over),
        terms=terms,
        asleep=(*still, *(one.key for one in sleepers)),
        names=_sorted_rows(kept + b"".join(names)),
        latest=max([0, *(one.since for one in sleepers), *([before.latest] if before is not None else [])]),
    )


def _sorted_rows(rows: bytes) -> bytes:
    """Each once, as bytes compare."""
    return bytes(np.unique(np.frombuffer(rows, dtype=f"S{ROW_BYTES}")).tobytes()) if rows else b""


def _renumbered(rows: bytes, numbers: list[int]) -> bytes:
    """Rows of those numbers alone, by their places in the list."""
    if not rows:
        return b""
    table = np.frombuffer(rows, dtype=np.uint8).reshape(-1, ROW_BYTES)
    found = np.ascontiguousarray(table[:, -4:]).view(">u4").ravel().astype(np.int64)
    places = np.full(int(found.max()) + 1, -1, dtype=np.int64)
    wanted = np.array([number for number in numbers if number < len(places)], dtype=np.int64)
    places[wanted] = np.array([n for n, number in enumerate(numbers) if number < len(places)], dtype=np.int64)
    fresh = table[places[found] >= 0].copy()
    fresh[:, -4:] = places[found][places[found] >= 0].astype(">u4").view(np.uint8).reshape(-1, 4)
    return fresh.tobytes()
