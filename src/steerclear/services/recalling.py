# SPDX-License-Identifier: Apache-2.0
"""How does a node remember after a start? From a snapshot that the record bears out, or from the first entry.

    snapshot, sealed ──► of this program, mechanism and member? ──► as long as the logs, or shorter?
                         its last entries here under its hashes? ──► its roots under our checkpoints?
        all yes ──► what came after it is verified as ever
        any no  ──► every entry is verified from the first one on, and the log says why

A snapshot is believed because nobody without the storage key could have written it, and because what is read
for it later is held against its hashes. ``verify`` never looks at it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Final, Protocol

import structlog

from steerclear.errors import NotVerified, SteerclearError
from steerclear.mechanism.archive import SEALED
from steerclear.mechanism.asleep import Asleep
from steerclear.mechanism.duties import Duties
from steerclear.mechanism.entry import Entry, Place, Sealed
from steerclear.mechanism.things import thing_named
from steerclear.mechanism.view import View
from steerclear.model.member import MemberId
from steerclear.record.charter import Charter
from steerclear.record.leaf import parse_leaf
from steerclear.record.log import AcceptedLeaf, Log
from steerclear.record.merkle import leaf_hash
from steerclear.record.statement import SignedStatement
from steerclear.record.succession import read_succeed_body
from steerclear.services.backdated import Backdated
from steerclear.services.continuity import Continuity
from steerclear.services.generations import Generations
from steerclear.services.kept_entries import KeptEntries, Places
from steerclear.services.notes import NoteShelf
from steerclear.services.snapshot import Logged, Snapshot, Worth, parse_snapshot
from steerclear.services.two_contents import TwoContents
from steerclear.services.witnessed import entry_of
from steerclear.store.port import Store, StoredEntry

__all__ = ["Remembering", "recall", "recall_log"]

_WAS_NOT_OPENED: Final = "it was not opened before the node was started again"

_log = structlog.get_logger("steerclear.recalling")


class Remembering(Protocol):
    """A ledger, by all that is brought to where its store is (ledger.py says what each is)."""

    charter: Charter
    mechanism: str
    me: MemberId
    store: Store
    view: View
    duties: Duties
    logs: dict[str, Log]
    generations: Generations
    places: Places
    untrue: dict[Place, Sequence[str]]
    kept: KeptEntries | None
    snapshot_size: int
    snapshot_refused: SteerclearError | None
    notes: NoteShelf
    unreadable: dict[str, tuple[str, str]]
    beat_owed: bool
    backdated: Backdated
    two_contents: TwoContents
    false_heads: dict[str, str]
    continuity: Continuity

    @property
    def peers(self) -> tuple[str, ...]: ...

    def said_in(self, stored: StoredEntry) -> SignedStatement | None: ...

    def entry_of(self, log: Log, accepted: AcceptedLeaf, said: SignedStatement | None) -> Entry: ...


def recall(ledger: Remembering) -> None:
    """Bring a ledger that is new to where its store is. Raises what verifying and reading raise."""
    snapshot, logs = _sound_snapshot(ledger)
    if snapshot is not None:
        _go_on(ledger, snapshot, logs)
    # The own log first: what others say that they have seen of it is held against it.
    for member in (ledger.me, *ledger.peers):
        if snapshot is None:
            recall_log(ledger, member)
        else:
            for log in (*ledger.generations.of(member), ledger.logs[member]):
                _recall_entries(ledger, log)
    _recall_unreadable(ledger, snapshot)
    ledger.notes.recall(snapshot.told if snapshot is not None else {})
    ledger.two_contents.recall()


# ---- from the first entry --------------------------------------------------------------------------------


def recall_log(ledger: Remembering, member: str) -> None:
    """Verify a log from its kept bytes, from the first entry; what it tells is witnessed again.

    It stands from the beginning, so that a disk that cannot be read leaves a part of what is kept and
    never more than that.
    """
    generations = ledger.store.generations(member) or (0,)
    for generation in generations[1:]:
        [_, second] = ledger.store.leaves(member, generation, 0, 2)
        said = parse_leaf(second).statement
        assert said is not None  # noqa: S101 - each later generation begins with log.succeed
        ledger.generations.end(member, generation - 1, read_succeed_body(said.statement.body).size)
    for generation in generations:
        if generation:
            old = ledger.logs[member]
            ledger.generations.retired[member, old.generation] = old
        ledger.logs[member] = Log(ledger.charter, member, generation)
        _recall_entries(ledger, ledger.logs[member])


def _recall_entries(ledger: Remembering, log: Log) -> None:
    """Verify and witness what is kept beyond what the log holds."""
    for stored in ledger.store.entries(log.member, log.generation, log.size):
        accepted = log.accept(stored.leaf)
        ledger.view.witness(ledger.entry_of(log, accepted, ledger.said_in(stored)))


def _recall_unreadable(ledger: Remembering, snapshot: Snapshot | None) -> None:
    """What was sealed to us and never opened is named in a beat, unless one has named it."""
    closed = dict(snapshot.closed) if snapshot is not None else {}
    named: set[str] = set()
    for entry, kind, _ in ledger.view.book.told():
        if ledger.kept is not None and ledger.kept.holds(entry.place):
            continue  # it was looked at before the snapshot was taken
        if kind == SEALED and isinstance(entry.content, Sealed) and ledger.me in entry.content.recipients:
            closed[entry.content.id] = entry.author
        elif kind == "node.beat" and (said := ledger.view.said(entry.content.id)) is not None:
            named |= {one.id for one in said.body.unreadable if said.author == ledger.me}
    for id_, author in closed.items():
        if id_ not in named:
            ledger.unreadable[id_] = (author, _WAS_NOT_OPENED)
    ledger.beat_owed = bool(ledger.unreadable)


# ---- from a snapshot -------------------------------------------------------------------------------------


def _sound_snapshot(ledger: Remembering) -> tuple[Snapshot | None, list[Log]]:
    """The snapshot that is kept, and its logs, where nothing speaks against it."""
    try:
        printed = ledger.store.snapshot() if not ledger.continuity.is_copy else None
        if printed is None:
            return None, []
        snapshot = parse_snapshot(printed)
        _require_ours(ledger, snapshot)
        return snapshot, [_recalled(ledger, log) for log in snapshot.logs]
    except (SteerclearError, ValueError, LookupError, TypeError) as error:
        # Whatever it is: the record itself is read then, and says what is wrong with it.
        _log.warning("snapshot-not-used", why=str(error))
        ledger.snapshot_refused = error if isinstance(error, SteerclearError) else _differs(str(error))
        return None, []


def _require_ours(ledger: Remembering, snapshot: Snapshot) -> None:
    is_ours = (snapshot.mechanism, snapshot.me) == (ledger.mechanism, ledger.me)
    kept = {
        (member, generation)
        for member in (ledger.me, *ledger.peers)
        for generation in ledger.store.generations(member) or (0,)
    }
    if not is_ours or {(log.member, log.generation) for log in snapshot.logs} != kept:
        raise _differs("it is of other logs than those that are kept")


def _recalled(ledger: Remembering, logged: Logged) -> Log:
    """One log as it was; its newest entry, its keys and its newest checkpoint are here, and are the same."""
    member, generation = logged.member, logged.generation
    if ledger.store.size(member, generation) < logged.size:
        raise _differs(f"the log of {member} is shorter than it was")
    log = Log.recalled(
        ledger.charter, member, generation, logged.memory, partial(_leaf_at, ledger, member, generation)
    )
    if (log.size, log.root) != (logged.size, logged.root):
        raise _differs(f"the log of {member} has another root")
    note = ledger.store.note(member, generation)
    if note is not None and log.signed_size(note) <= log.size:
        log.check_checkpoint(note)
    return log


def _leaf_at(ledger: Remembering, member: str, generation: int, seq: int) -> bytes:
    [leaf] = ledger.store.leaves(member, generation, seq, seq + 1)
    return leaf


def _go_on(ledger: Remembering, snapshot: Snapshot, logs: list[Log]) -> None:
    """Put everything where it was. Nothing in here fails but for want of memory."""
    for log in logs:  # generations of one member ascend
        before = ledger.logs.get(log.member)
        if before is not None:
            ledger.generations.retired[log.member, before.generation] = before
        ledger.logs[log.member] = log
    for (member, generation), size in snapshot.ends.items():
        ledger.generations.end(member, generation, size)
    by_place = {(log.member, log.generation): log for log in logs}
    kept = KeptEntries(snapshot, lambda place, worth: _read(ledger, by_place, place, worth))
    ledger.kept, ledger.places = kept, Places(kept)
    ledger.snapshot_size = kept.size
    ledger.untrue.update(snapshot.untrue)
    ledger.false_heads.update(snapshot.false_heads)
    ledger.backdated.go_on(snapshot.backdated)
    view, duty = ledger.view, snapshot.duty
    view.book.stand_on(kept)
    view.book.times.update(snapshot.held)
    view.heads.go_on(snapshot.heads)
    view.times.go_on(snapshot.times)
    view.ineffective.go_on(snapshot.ineffective)
    asleep = view.book.kept.asleep = Asleep(duty.asleep, duty.names, duty.latest)
    view.notices.go_on(duty.notices, asleep)
    things = (thing_named(key) for key in duty.things)
    ledger.duties.go_on((thing for thing in things if thing is not None), asleep, duty.terms)


def _read(ledger: Remembering, logs: dict[tuple[str, int], Log], place: Place, worth: Worth) -> Entry:
    """An entry that was verified before, held against the hash that is remembered of it."""
    [stored] = ledger.store.entries(place.author, place.generation, place.seq, place.seq + 1)
    log = logs[place.author, place.generation]
    if leaf_hash(stored.leaf).hex() != log.leaf_hash_at(place.seq):
        raise _differs(f"entry {place.seq} of {place.author} is another one")
    return entry_of(parse_leaf(stored.leaf), ledger.said_in(stored), worth, ledger.untrue.get(place, ()))


def _differs(how: str) -> NotVerified:
    return NotVerified(
        "snapshot-differs",
        f"The snapshot of the view does not go with the record: {how}.",
        remedy="Nothing is lost: the record is read from its first entry, and another snapshot is made.",
    )
