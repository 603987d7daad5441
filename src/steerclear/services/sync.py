# SPDX-License-Identifier: Apache-2.0
"""What do two nodes tell each other, so that each holds all that the other holds?

    ours                          theirs
    sizes of every log   ──►      … entries that we lack, from our sizes on
    entries they lack    ◄──      sizes of every log

One form carries everything, both ways, over every path: a ``Bundle``. Nothing is remembered between exchanges
but the sizes that a peer last showed, so a cut at any point costs at most a repeat, and a repeat changes
nothing. A bad entry refuses itself; the rest of the bundle is still taken in, floor messages above all. What
is refused is counted under the name of who sent it, and shown (``refusals``); what somebody holds and does
not send, too (``missing``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final

from steerclear.errors import NotKept, NotVerified, SteerclearError
from steerclear.record.blobs import BLOB_BYTES, blob_hash, blobs_named
from steerclear.record.bundle import Bundle, Held, LogPart, parse_bundle, print_bundle
from steerclear.record.log import Log
from steerclear.record.merkle import leaf_hash
from steerclear.services.allowance import Allowance, over_rate, rates_of
from steerclear.services.floor import FloorDesk
from steerclear.services.ledger import Ledger
from steerclear.services.missing import Missing
from steerclear.services.notes import Shown, shown_in
from steerclear.services.refusals import Refusals

__all__ = ["Sync"]

MOST_BYTES_A_BUNDLE: Final = 2 * 1024 * 1024
"""Entries in one bundle; a peer that lacks more gets them in the next ones."""

_Shown = Mapping[str, Shown]
"""Of each log what its newest checkpoint tells."""


class Sync:
    """The exchanges of one node. Called from the node's writer thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self.floor = FloorDesk(ledger)
        self.has_heard = False
        """Has anybody told us anything since this process began?"""
        self._peer_sizes: dict[str, Mapping[str, Held]] = {}
        self.presence: dict[str, Mapping[str, bool]] = {}
        """Desks that are manned, as each member last said; machine and person are told apart."""
        self.clock_gap_ms: dict[str, int] = {}
        self.refusals = Refusals()
        self.missing = Missing()
        self._allowances: dict[tuple[str, int], Allowance] = {}

    def make_bundle(self, peer: str) -> bytes:
        """Our sizes and what ``peer`` lacks, as far as we know it."""
        ledger = self._ledger
        ledger.notes.sign_own()
        parts = self._parts_for(peer)
        bundle = Bundle(
            mechanism=ledger.mechanism,
            sender=ledger.me,
            at=ledger.now(),
            sizes={member: Held(log.generation, log.size) for member, log in ledger.logs.items()},
            parts=parts,
            floor=self.floor.messages_for(peer, self._peer_sizes.get(peer)),
            presence=self._own_presence(),
            blobs=self._blobs_of(parts),
        )
        return print_bundle(bundle)

    def take_bundle(self, peer: str, data: bytes) -> bool:
        """Take in what ``peer`` sent; ``True`` when another exchange would tell one of us something.

        A peer that does not come on (it refuses what we send) is left until the next heartbeat, so that two
        nodes that disagree never spin. Raises ``NotVerified`` for a bundle that is not one of ``peer``'s,
        ``NotKept`` when we cannot write.
        """
        self.refusals.begin(peer)
        try:
            bundle = self._read(peer, data)
        except NotVerified as error:
            self.refuse(peer, error)
            raise
        came_on = _grew(self._peer_sizes.get(peer), bundle.sizes)
        before, held = self._ledger.notes.shown(), self._ledger.sizes()
        self.has_heard = True
        self._peer_sizes[peer] = bundle.sizes
        self.presence[peer] = bundle.presence
        self.clock_gap_ms[peer] = bundle.at - self._ledger.now()
        self._take_contents(bundle, by=peer)
        self._look_for_what_is_missing(peer, bundle)
        self._ledger.continuity.is_told(peer, bundle.sizes.get(self._ledger.me))
        if self._ledger.sizes() != held and self._are_behind(peer):
            return True
        shown = self._ledger.notes.shown()
        return (came_on and self._is_behind(peer)) or (shown != before and shown != _notes_in(bundle))

    def refuse(self, by: str, error: SteerclearError) -> None:
        """``by`` sent what is not taken: count it, and show it."""
        self.refusals.note(by, error, self._ledger.now())

    def _look_for_what_is_missing(self, peer: str, bundle: Bundle) -> None:
        """What do others hold that did not come; and does ``peer`` show less of its own log than before?"""
        ledger = self._ledger
        self.missing.look(ledger.logs, self._peer_sizes, me=ledger.me, now=ledger.now())
        log, shown = ledger.logs.get(peer), bundle.sizes.get(peer)
        # A bundle that was made before its newest entry here came late, by another way: that is no sign.
        if log is None or shown is None or not log.size or bundle.at <= log.last_at:
            return
        if shown.generation == log.generation and shown.size < log.size:
            rolled_back = NotVerified(
                "log-rolled-back",
                f"{peer} says that its log has {shown.size} entries; "
                f"{log.size} are here under its signature.",
                where=f"{peer}/{log.generation}/{shown.size}",
                remedy=f"Nothing is lost here. Its node came back from an old disk, or {peer} takes back "
                f"what it said: call {peer}.",
            )
            self.refuse(peer, rolled_back)

    def _are_behind(self, peer: str) -> bool:
        """Did it say that it holds more than came in this bundle?"""
        sizes, logs = self._peer_sizes[peer], self._ledger.logs
        return any(
            member in logs and held.generation == logs[member].generation and held.size > logs[member].size
            for member, held in sizes.items()
        )

    def _is_behind(self, peer: str) -> bool:
        sizes = self._peer_sizes[peer]
        return any(
            sizes.get(member, (log.generation, 0)) < (log.generation, log.size)
            for member, log in self._ledger.logs.items()
        )

    def take_carried(self, data: bytes) -> int:
        """Take in a bundle that somebody carried here; how many entries were new.

        Entries, checkpoints and floor messages verify by themselves, whoever brought them. What it says of
        sizes and presence was true when it was made, and is passed over. Raises ``NotVerified``.
        """
        bundle = parse_bundle(data)
        self._require_ours(bundle)
        before, by = sum(self._ledger.sizes().values()), f"a bundle of {bundle.sender}"
        self.refusals.begin(by)
        self._take_contents(bundle, by=by)
        return sum(self._ledger.sizes().values()) - before

    def everything(self) -> bytes:
        """All that this node holds, as one bundle file: to carry by hand, or to verify."""
        ledger = self._ledger
        ledger.notes.sign_own()
        ended = [log for member in ledger.logs for log in ledger.generations.of(member)]
        parts = tuple(self._part(log, 0, None) for log in (*ended, *ledger.logs.values()))
        return print_bundle(
            Bundle(
                mechanism=ledger.mechanism,
                sender=ledger.me,
                at=ledger.now(),
                sizes={member: Held(log.generation, log.size) for member, log in ledger.logs.items()},
                parts=parts,
                floor=(),
                presence={},
                blobs=self._blobs_of(parts),
            )
        )

    def _read(self, peer: str, data: bytes) -> Bundle:
        bundle = parse_bundle(data)
        self._require_ours(bundle)
        if bundle.sender != peer:
            raise NotVerified(
                "bundle-of-another",
                f"The bundle says that it comes from {bundle.sender}; the line is that of {peer}.",
                where=peer,
                remedy="Refuse it, and look at the node that sent it.",
            )
        return bundle

    def _require_ours(self, bundle: Bundle) -> None:
        if bundle.mechanism != self._ledger.mechanism:
            raise NotVerified(
                "bundle-other-mechanism",
                "The bundle belongs to another mechanism.",
                where=bundle.mechanism,
                remedy="Give it to the node of that mechanism; nothing passes from one to another by itself.",
            )

    def _take_contents(self, bundle: Bundle, *, by: str) -> None:
        """One refusal keeps nothing else out; a full disk keeps all out but floor messages."""
        blobs = {blob_hash(blob): blob for blob in bundle.blobs}
        # Our own log first: a node that lost a part of it must know so before it judges what others saw.
        parts = sorted(bundle.parts, key=lambda part: part.member != self._ledger.me)
        full = self._take_while_kept(by, [partial(self._take_part, part, blobs) for part in parts])
        hear = partial(self.floor.hear, by=by)
        unheard = self._take_while_kept(by, [partial(hear, message) for message in bundle.floor])
        full = full or unheard
        full = full or self._take_while_kept(by, [partial(self._take_note, part) for part in parts])
        if full is not None:
            self._ledger.refuses_because = full
            raise full

    def _take_while_kept(self, by: str, takes: Sequence[Callable[[], None]]) -> NotKept | None:
        for take in takes:
            try:
                take()
            except NotKept as error:
                return error
            except SteerclearError as error:
                self.refuse(by, error)
        return None

    def _take_part(self, part: LogPart, blobs: Mapping[str, bytes]) -> None:
        own = self._ledger.own
        if (part.member, part.generation) == (own.member, own.generation) and part.checkpoint is not None:
            self._ledger.own_is_shown(part.checkpoint)
        try:
            self._take_as_fast_as_agreed(part, blobs)
        except NotVerified as error:
            error.where = self._place(part, error.where)
            raise

    def _place(self, part: LogPart, field: str | None) -> str:
        """A refusal names log and entry, and the field where it knows one."""
        log = self._ledger.logs.get(part.member)
        if log is None or (field is not None and field.startswith(part.member)):
            return field or part.member
        return f"{part.member}/{part.generation}/{log.size}, {field or 'entry'}"

    def _take_as_fast_as_agreed(self, part: LogPart, blobs: Mapping[str, bytes]) -> None:
        ledger, now = self._ledger, self._ledger.now()
        log = ledger.logs.get(part.member)
        is_counted = log is not None and part.member != ledger.me and part.generation == log.generation
        if log is None or not is_counted or not part.entries:
            self._take_entries(part, blobs)
            return
        first = log.size
        fresh = part.entries[max(0, first - part.start) :] if part.start <= first else ()
        rates, weights = rates_of(ledger.view, now), [_weight(entry) for entry in fresh]
        allowance = self._allowances.setdefault((log.member, log.generation), Allowance(log))
        waiting = len(fresh) - allowance.fitting(weights, rates, now)
        try:
            entries = part.entries[: len(part.entries) - waiting]
            self._take_entries(replace(part, entries=entries) if waiting else part, blobs)
        finally:
            ats = [log.at_of(seq) for seq in range(first, log.size)]
            allowance.count(ats, weights[: len(ats)], rates, now)
        if waiting:
            raise over_rate(log, waiting, rates, now)

    def _take_entries(self, part: LogPart, blobs: Mapping[str, bytes]) -> None:
        self._require_as_held(part)
        self._ledger.take_in(part.member, part.start, part.entries, blobs, generation=part.generation)

    def _require_as_held(self, part: LogPart) -> None:
        """What is held already came again; with other bytes somebody rewrites it."""
        log = self._ledger.logs.get(part.member)
        if log is None or part.generation != log.generation:
            return
        for seq, entry in enumerate(part.entries[: max(0, log.size - part.start)], part.start):
            if leaf_hash(entry).hex() != log.leaf_hash_at(seq):
                raise NotVerified(
                    "entry-rewritten",
                    f"Entry {seq} of the log of {part.member} came again with other words than those held "
                    "here.",
                    where=f"{part.member}/{log.generation}/{seq}",
                    remedy=f"What is here stays. Ask {part.member} and who brought it what they hold there.",
                )

    def _take_note(self, part: LogPart) -> None:
        log = self._ledger.logs.get(part.member)
        if part.checkpoint is None or log is None or part.generation != log.generation:
            return
        if not log.size:
            return  # its node key is named in its first entries; until they come nobody can judge it
        if self._ledger.notes.is_taken(part.member, part.checkpoint):
            return  # it covers what is here
        self.missing.promise(log, part.checkpoint)
        self._ledger.notes.take_in(part.member, part.checkpoint)

    def _parts_for(self, peer: str) -> tuple[LogPart, ...]:
        """The newest checkpoint of every log, and the entries that ``peer`` lacks, as many as fit."""
        sizes = self._peer_sizes.get(peer)
        left = MOST_BYTES_A_BUNDLE
        parts: list[LogPart] = []
        for member, log in self._ledger.logs.items():
            # Before they have told us what they hold they get no entries, only what is there to be had.
            held = (sizes or {}).get(member, Held(log.generation, 0))
            for ended in self._ledger.generations.of(member):
                # A generation that has ended comes before the one that follows it.
                if sizes is not None and held.generation <= ended.generation and left > 0:
                    part = self._part(ended, held.size if held.generation == ended.generation else 0, left)
                    left -= sum(map(_weight, part.entries))
                    parts.extend([part] if part.entries else [])
            size = held.size if held.generation == log.generation else 0
            lacking = sizes is not None and held.generation <= log.generation and size < log.size and left > 0
            part = self._part(log, size if lacking else log.size, left)
            left -= sum(map(_weight, part.entries))
            if part.entries or part.checkpoint is not None:
                parts.append(part)
        return tuple(parts)

    def _part(self, log: Log, start: int, room: int | None) -> LogPart:
        member, ended = log.member, self._ledger.generations.end_of(log.member, log.generation)
        entries: list[bytes] = []
        for data in self._ledger.store.leaves(
            member, log.generation, start, ended if ended is None else max(start, ended)
        ):
            if room is not None and entries and room < _weight(data):
                break
            entries.append(data)
            room = None if room is None else room - _weight(data)
        return LogPart(
            member=member,
            generation=log.generation,
            start=start,
            entries=tuple(entries),
            checkpoint=self._ledger.notes.newest(member) if ended is None else None,
        )

    def _blobs_of(self, parts: Sequence[LogPart]) -> tuple[bytes, ...]:
        """Every blob that an entry of these parts names, once; one that is lost here another member has."""
        entries = (entry for part in parts for entry in part.entries)
        names = dict.fromkeys(name for entry in entries for name in blobs_named(entry))
        return tuple(blob for blob in map(self._ledger.store.blob, names) if blob is not None)

    def _own_presence(self) -> dict[str, bool]:
        """Which of our desks a person has taken; never who."""
        view, me = self._ledger.view, self._ledger.me
        desks = [key.label for key in self._ledger.keys.names() if key.purpose == "duty"]
        return {desk: view.watches.of(me, desk) is not None for desk in sorted(desks)}


def _weight(entry: bytes) -> int:
    """Bytes that an entry takes in a bundle, with its blobs."""
    return len(entry) + len(blobs_named(entry)) * BLOB_BYTES * 4 // 3


def _notes_in(bundle: Bundle) -> _Shown:
    """What was shown to us; a note that cannot be read was refused before, and shows nothing."""
    shown: dict[str, Shown] = {}
    for part in bundle.parts:
        if part.checkpoint is not None:
            with suppress(NotVerified):
                shown[part.member] = shown_in(part.checkpoint)
    return shown


def _grew(before: Mapping[str, Held] | None, after: Mapping[str, Held]) -> bool:
    """Does the peer hold more than it last said? One that swings to and fro is not called again at once."""
    if before is None:
        return True
    return any(held > before.get(member, Held(0, 0)) for member, held in after.items())
