# SPDX-License-Identifier: Apache-2.0
"""What does one node hold: every log, verified; what it could open; and the view that follows from both?

    bytes ──► Log.accept (record: is it genuine?) ──► Store.append (durable) ──► View.witness (what follows?)

The own log is written here and nowhere else. An entry counts as filed when its leaf was durable, read back
and hashed again to the same hash; until then nothing has happened, and what was advanced in memory goes back.
All calls come from one thread, the node's writer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from typing import Final

from steerclear.errors import NotKept, NotVerified, Refused, SteerclearError
from steerclear.links.clock import Clock
from steerclear.links.keystore import KeyName, Keystore
from steerclear.links.randomness import Randomness
from steerclear.mechanism.archive import MISREAD, OF_THE_RECORD
from steerclear.mechanism.duties import Duties
from steerclear.mechanism.entry import Entry, Place
from steerclear.mechanism.view import View
from steerclear.model.member import MemberId, Role
from steerclear.model.time import Instant
from steerclear.record.blobs import blob_hash, blobs_named, require_blobs
from steerclear.record.charter import Charter, mechanism_of
from steerclear.record.checkpoint import checkpoint_of
from steerclear.record.keybook import KeyBook
from steerclear.record.keys import KeyRole, Signer
from steerclear.record.leaf import Head, Leaf, parse_leaf, sign_leaf
from steerclear.record.log import AcceptedLeaf, Log
from steerclear.record.opening import Opening, parse_opening, print_opening
from steerclear.record.recipient import RecipientPrivateKey, RecipientPublicKey
from steerclear.record.seal import open_whole
from steerclear.record.sealed import SealedStatement
from steerclear.record.statement import SignedStatement, Statement
from steerclear.record.succession import Succession, read_succeed_body
from steerclear.services.backdated import Backdated
from steerclear.services.continuity import Continuity, WaterMark
from steerclear.services.generations import DISOWNED, Generations, beginning_of, require_follows
from steerclear.services.kept_entries import KeptEntries, Places
from steerclear.services.notes import NoteShelf
from steerclear.services.recalling import recall, recall_log
from steerclear.services.two_contents import REFUSED_AS, TwoContents
from steerclear.services.witnessed import NOTHING, entry_of, worth_of
from steerclear.store.port import Store, StoredEntry

__all__ = ["RESTORED", "Draft", "Filed", "Ledger", "WaterMark"]

RESTORED: Final = "restored-copy"
"""The fact by which a database says that it came out of a backup, until its log is known to be whole."""

MOST_AHEAD_MS: Final = 10 * 60_000
"""An entry that claims to be later than this is not taken in yet; clocks that differ by 10 s are shown."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A statement that is ready for the own log: ``content`` is ``said`` itself, or sealed.

    ``salt`` is that of the seal's commitment, ``blobs`` the ciphertext that stands beside the entry.
    """

    content: SignedStatement | SealedStatement
    said: SignedStatement
    salt: bytes | None = None
    blobs: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fresh:
    """An entry that was accepted and is not kept yet.

    ``said`` is ``None`` where we cannot open it; ``closed_because`` why not, if it was meant for us.
    """

    data: bytes
    accepted: AcceptedLeaf
    said: SignedStatement | None
    closed_because: str | None = None
    salt: bytes | None = None
    blobs: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Filed:
    """The place of an entry in the own log, and the root (hex) of the log that ends with it.

    ``sealed_to`` names who can open it; nobody is named where it stands in clear. ``seq`` and ``root`` are
    ``None`` for a floor message that went out while the own log could not be written.
    """

    id: str
    kind: str
    seq: int | None
    at: Instant
    root: str | None
    sealed_to: tuple[str, ...] = ()


class Ledger:
    """One node's memory of a mechanism. Raises what the record, the store and the keystore raise."""

    def __init__(
        self,
        *,
        charter: Charter,
        me: MemberId,
        store: Store,
        keys: Keystore,
        clock: Clock,
        randomness: Randomness,
        high_water: WaterMark,
        machine: WaterMark | None = None,
        cosigns_twice: bool = False,
    ) -> None:
        self.charter = charter
        self.mechanism = mechanism_of(charter)
        self.me = me
        self.store = store
        self.keys = keys
        self.clock = clock
        self.randomness = randomness
        self.cosigns_twice: Final = cosigns_twice
        """Does this node cosign with ML-DSA-44 beside Ed25519?"""
        self.view = View(
            me,
            {card.member: Role(card.role) for card in charter.members},
            carried_by={card.member: card.carrier for card in charter.members if card.carrier},
        )
        self.duties = Duties(self.view)
        self.logs: dict[str, Log] = {}
        """Of each member the generation of its log that is live."""
        self.generations = Generations()
        self.places = Places()
        self.untrue: dict[Place, Sequence[str]] = {}
        """Of the entries that name a head which was not believed: of whose logs."""
        self.kept: KeptEntries | None = None
        """Entries that a snapshot covers, where this node was opened from one."""
        self.snapshot_size = 0
        """So many entries does the newest snapshot cover."""
        self.snapshot_refused: SteerclearError | None = None
        """Why the snapshot that was found at the start was not believed, until another is written."""
        self.notes = NoteShelf(
            charter=charter,
            me=me,
            logs=self.logs,
            store=store,
            keys=keys,
            clock=clock,
            view=self.view,
            may_sign=self.is_open,
            cosigns_twice=cosigns_twice,
        )
        self.unreadable: dict[str, tuple[str, str]] = {}
        """Ids that were sealed to us and did not open: in whose log, and why. The next beat names them."""
        self.beat_owed = False
        self.has_said_aside = True
        """May a floor message of ours be kept that stands in no log? Until it was looked, it may."""
        self.backdated = Backdated()
        self.two_contents = TwoContents(store, self.logs)
        """Members that have sealed one statement to two contents, with the proof."""
        self.false_heads: dict[str, str] = {}
        """What members say that they have seen, and cannot have: one of them shows two records."""
        self.refuses_because: SteerclearError | None = None
        self.gathered_by: Callable[[Sequence[Draft]], tuple[Filed, ...]] | None = None
        """Who files for the verb that runs now, with others (together.py); ``None``: it files alone."""
        self.gesture: Callable[[Statement], tuple[Statement, tuple[Signer, ...]]] | None = None
        """What a passkey signs of the verb that runs now (gestures.py); ``None``: no passkey is asked."""
        self.continuity = Continuity(
            high_water,
            machine=machine,
            peers=self.peers,
            is_copy=bool(store.fact(RESTORED)),
            began_at=clock.now(),
        )
        recall(self)
        self.continuity.recall(self.own)

    # ---- reading -------------------------------------------------------------------------------------

    @property
    def own(self) -> Log:
        return self.logs[self.me]

    @property
    def peers(self) -> tuple[str, ...]:
        """Members with a node of their own, without us."""
        return tuple(member for member in self.charter.with_log if member != self.me)

    def log_at(self, member: str, generation: int) -> Log:
        """A generation of a member's log, live or ended. Raises ``NotVerified`` (``generation-unknown``)."""
        live = self._log_of(member)
        log = live if generation == live.generation else self.generations.retired.get((member, generation))
        if log is None:
            raise NotVerified(
                "generation-unknown",
                f"Generation {generation} of the log of {member} is not here; {live.generation} is live.",
                where=f"{member}/{generation}",
                remedy="Nothing is lost: each generation comes after the one before it.",
            )
        return log

    def sizes(self) -> dict[str, int]:
        return {member: log.size for member, log in self.logs.items()}

    def now(self) -> Instant:
        return self.clock.now()

    def is_open(self) -> bool:
        """Is it known that the own log ends here? What cannot be known is not."""
        try:
            return self.continuity.why_closed(self.own, self.now()) is None
        except SteerclearError:
            return False

    def closed_because(self) -> SteerclearError | None:
        """Why nothing can be appended to the own log now; ``None`` where nothing stands in the way."""
        try:
            return (
                self.store.damage()
                or self.refuses_because
                or self.continuity.why_closed(self.own, self.now())
            )
        except SteerclearError as error:
            return error

    # ---- writing the own log ---------------------------------------------------------------------------

    def append(self, drafts: Sequence[Draft]) -> tuple[Filed, ...]:
        """File statements, all or none; durable when it returns.

        On an error nothing was filed, unless it is ``high-water-not-kept``: then the entries stand, and
        nothing follows them until the mark could be kept.
        """
        if self.gathered_by is not None:
            return self.gathered_by(drafts)
        try:
            self._require_whole_log()
            self.continuity.keep(self.own)
            fresh = self._kept(drafts)
            for one in fresh:
                self.view.witness(self.entry_of(self.own, one.accepted, one.said))
            # The heads of any entry are the receipt; a beat is then owed only to name the unreadable.
            self.beat_owed = bool(self.unreadable)
            self.continuity.keep(self.own)
        except SteerclearError as error:
            self.refuses_because = error
            raise
        self.refuses_because = None
        self._note_written()
        return tuple(self._filed(one) for one in fresh)

    def _kept(self, drafts: Sequence[Draft]) -> list[_Fresh]:
        try:
            signer, heads = self.keys.signer(KeyName("node")), self._heads()
            fresh = [self._next(draft, signer, heads) for draft in drafts]
            self._keep_and_read_back(fresh)
        except BaseException:
            # Whatever it was: what was advanced in memory and is not on the disk is forgotten.
            recall_log(self, self.me)
            raise
        return fresh

    def _next(self, draft: Draft, signer: Signer, heads: Mapping[str, Head]) -> _Fresh:
        """The next entry of the own log, accepted in memory and nowhere else."""
        own = self.own
        leaf = Leaf(
            mechanism=self.mechanism,
            author=self.me,
            generation=own.generation,
            seq=own.size,
            # A clock that was set back must not make the log run backwards.
            at=max(self.now(), own.last_at),
            heads=heads,
            content=draft.content,
        )
        data = sign_leaf(leaf, signer)
        return _Fresh(data, own.accept_written(data), draft.said, salt=draft.salt, blobs=draft.blobs)

    def _keep_and_read_back(self, fresh: Sequence[_Fresh]) -> None:
        own, first = self.own, fresh[0].accepted.leaf.seq
        self.store.append([_stored(own, one) for one in fresh])
        kept = list(self.store.leaves(self.me, own.generation, first, own.size))
        blobs = [blob for one in fresh for blob in one.blobs]
        if kept != [one.data for one in fresh] or any(
            self.store.blob(blob_hash(blob)) != blob for blob in blobs
        ):
            raise NotKept(
                "entry-read-back",
                "What was read back from the disk is not what was written to it.",
                where=f"{self.me}/{own.generation}/{first}",
                remedy="Stop using this disk; move the node's folder to a sound one and start again.",
            )

    def _filed(self, one: _Fresh) -> Filed:
        leaf = one.accepted.leaf
        return Filed(
            id=leaf.statement_id,
            kind=one.said.statement.kind if one.said is not None else "",
            seq=leaf.seq,
            at=Instant(leaf.at),
            root=self.own.root_at(leaf.seq + 1),
            sealed_to=tuple(sorted(leaf.sealed.recipients)) if leaf.sealed is not None else (),
        )

    def _heads(self) -> dict[str, Head]:
        return {
            member: Head(log.size, log.root, log.generation)
            for member, log in sorted(self.logs.items())
            if member != self.me and log.size
        }

    def _note_written(self) -> None:
        self.continuity.has_written = True
        if self.continuity.is_copy:
            # It went on from here, so it is no copy any more but the log's only home.
            self.store.keep_fact(RESTORED, b"")
            self.continuity.is_copy = False

    def _require_whole_log(self) -> None:
        """No accidental fork: below the high-water mark nothing is signed (an old backup came back)."""
        closed = self.continuity.why_closed(self.own, self.now())
        if closed is not None:
            raise closed

    def own_is_shown(self, checkpoint: bytes) -> None:
        """A peer holds this checkpoint of our own log. Raises ``NotVerified`` for one that we did not sign.

        The mark lies beside the database, and a backup of the whole folder brings an old one back with it.
        """
        if not self.continuity.has_written and checkpoint_of(checkpoint)[0].size > self.own.size:
            self.continuity.is_shown(self.own.signed_size(checkpoint))

    # ---- taking in others' entries ---------------------------------------------------------------------

    def take_in(
        self,
        member: str,
        start: int,
        leaves: Sequence[bytes],
        beside: Mapping[str, bytes] | None = None,
        *,
        generation: int | None = None,
    ) -> int:
        """Verify and keep entries of ``member``'s log that begin at ``start``; how many were new.

        ``generation``: the live one where it is not given; the next one ends that, if its root says so.
        ``beside`` holds blobs by hash; an entry is refused that names others than these and those kept here.
        What is held already is passed over. One bad entry refuses itself and all after it: raises
        ``NotVerified``, and the good ones before it are kept.
        """
        live = self._log_of(member)
        if generation == live.generation + 1 and start == 0:
            self._turn(member, leaves)
        log = self.log_at(member, self.logs[member].generation if generation is None else generation)
        if start > log.size:
            return 0  # a gap: the sender will learn our size and begin there
        if log is self.own and len(leaves) > log.size - start:
            self._require_to_be_behind()
        fresh: list[_Fresh] = []
        failure: NotVerified | None = None
        for data in leaves[log.size - start :]:
            try:
                self.generations.require_not_ended(log)
                self._require_its_time(log, data)
                blobs = self._blobs_of(data, beside or {})
                accepted = log.accept(data)
            except NotVerified as error:
                if error.code == REFUSED_AS:
                    self.two_contents.look(log, data)
                failure = error
                break
            fresh.append(self._opened(log, data, accepted, blobs))
        if fresh:
            self._keep_foreign(log, fresh)
        elif log.generation and not log.size:
            recall_log(self, member)  # it did not begin
        if failure is not None:
            raise failure
        return len(fresh)

    def begin_generation(self, drafts: Sequence[Draft]) -> tuple[Filed, ...]:
        """Begin the next generation of the own log with what the root signed: keys, succession, and the rest.

        Raises what ``append`` raises; then the old generation is live as before.
        """
        said = drafts[1].said.statement
        self._end(self.me, read_succeed_body(said.body))
        self.continuity.begin_generation()
        try:
            return self.append(drafts)
        except BaseException:
            recall_log(self, self.me)
            raise

    def _turn(self, member: str, leaves: Sequence[bytes]) -> None:
        """The next generation of a log has come: end the live one, if it may be ended so."""
        old = self.logs[member]
        if member == self.me:
            self._require_to_be_behind()
        named, second = beginning_of(self.charter, member, old.generation + 1, leaves)
        require_follows(old, named, second, partial(self._covered_by, old))
        self._end(member, named)

    def _covered_by(self, old: Log, member: str, size: int) -> Head | None:
        """How much of ``old`` the entries of ``member`` before ``size`` had covered."""
        log = self.logs.get(member)
        if log is None or not 0 < size <= log.size:
            return None
        [leaf] = self.store.leaves(member, log.generation, size - 1, size)
        return parse_leaf(leaf).heads.get(old.member)

    def _end(self, member: str, named: Succession) -> None:
        old = self.logs[member]
        self.generations.retired[member, old.generation] = old
        self.generations.end(member, old.generation, named.size)
        self.logs[member] = Log(self.charter, member, named.generation)
        self.notes.forget(member)
        self.two_contents.forget(member)
        for stored in self.store.entries(member, old.generation, named.size):
            accepted = AcceptedLeaf(parse_leaf(stored.leaf), old.leaf_hash_at(stored.seq))
            self.view.witness(self.entry_of(old, accepted, self.said_in(stored)))

    def _require_to_be_behind(self) -> None:
        """Own entries come from others only to a node that lost them; else somebody signs with our key."""
        if not self.continuity.may_be_behind(self.own):
            raise NotVerified(
                "own-log-by-another",
                f"A peer holds entries of the log of {self.me} that this node did not write.",
                where=f"{self.me}/{self.own.generation}/{self.own.size}",
                remedy="Somebody else signs with this node's key: stop this node, and name a new one.",
            )

    def _require_its_time(self, log: Log, data: bytes) -> None:
        """An entry from the future waits until its time has come: its deadlines would never fall due."""
        ahead_ms = parse_leaf(data).at - self.now()
        if ahead_ms > MOST_AHEAD_MS:
            raise NotVerified(
                "entry-from-the-future",
                f"An entry of {log.member} is dated {ahead_ms // 1_000} s ahead of the clock here.",
                where=f"{log.member}/{log.generation}/{log.size}",
                remedy=f"Compare clocks with {log.member}; its STOPs still come, as floor messages.",
            )

    def _keep_foreign(self, log: Log, fresh: Sequence[_Fresh]) -> None:
        try:
            self.store.append([_stored(log, one) for one in fresh])
        except BaseException as error:
            if isinstance(error, NotKept):
                self.refuses_because = error
            recall_log(self, log.member)
            raise
        for one in fresh:
            if one.closed_because is not None:
                self.unreadable[one.accepted.leaf.statement_id] = (log.member, one.closed_because)
            self.view.witness(self.entry_of(log, one.accepted, one.said))
            # A beat answers what people and hosts say, never another beat, or two nodes would talk for ever.
            if one.said is None or one.said.statement.kind != "node.beat":
                self.beat_owed = True

    def _log_of(self, member: str) -> Log:
        if member not in self.logs:
            raise NotVerified(
                "log-of-stranger",
                f"{member} has no log in this mechanism.",
                where=member,
                remedy="Refuse what came under that name and tell the member that sent it.",
            )
        return self.logs[member]

    def _blobs_of(self, data: bytes, beside: Mapping[str, bytes]) -> Mapping[str, bytes]:
        """An entry and its blobs are one thing: a head that covers it says that they are all on this disk."""
        names = blobs_named(data)
        if not names:
            return {}
        sealed = parse_leaf(data).sealed
        assert sealed is not None  # noqa: S101 - only what is sealed names blobs
        here = {name: beside.get(name) or self.store.blob(name) for name in names}
        require_blobs(sealed, {name: blob for name, blob in here.items() if blob is not None})
        return {name: blob for name, blob in here.items() if blob is not None}

    def _opened(self, log: Log, data: bytes, accepted: AcceptedLeaf, beside: Mapping[str, bytes]) -> _Fresh:
        content = accepted.leaf.content
        if isinstance(content, SignedStatement):
            return _Fresh(data, accepted, content)
        blobs = tuple(beside.values())
        if self.me not in content.recipients:
            return _Fresh(data, accepted, None, blobs=blobs)
        try:
            opening = open_whole(
                content,
                mechanism=self.mechanism,
                author=log.member,
                member=self.me,
                keys=tuple(self.recipients_here().values()),
                carried=self.charter.carried_by(log.member),
                beside=beside,
            )
        except (NotVerified, Refused) as error:
            return _Fresh(data, accepted, None, closed_because=error.what, blobs=blobs)
        return _Fresh(data, accepted, opening.statement, salt=opening.salt, blobs=blobs)

    def key_book(self, member: str) -> KeyBook | None:
        """The keys that ``member``'s own log has named, as far as it is here; ``None`` for no member."""
        if member not in self.charter:
            return None
        return self.logs[self._log_holder(member)].keys_of(member)

    def recipients_here(self) -> Mapping[str, RecipientPrivateKey]:
        """Our recipient keys by label, of the kind that the charter asks for."""
        held = self.keys.recipients()
        return {label: key.hybrid() for label, key in held.items()} if self.charter.seals_hybrid else held

    def recipient_keys(self, member: str) -> tuple[RecipientPublicKey, ...]:
        """The keys to which something for ``member`` can be sealed now; none is an answer."""
        holders = (
            self.logs[self._log_holder(member)].keys_of(member).holders(KeyRole.RECIPIENT, at=self.now())
        )
        return tuple(RecipientPublicKey(member, one.public) for one in holders)

    def _log_holder(self, member: str) -> str:
        return self.charter.card(member).carrier or member

    # ---- what an entry tells ---------------------------------------------------------------------------

    def own_said(self, kinds: Collection[str], start: int) -> Iterator[tuple[int, SignedStatement]]:
        """What the own log says of these kinds from ``start`` on, by place; of the snapshot only those are
        read."""
        for seq in self._seqs_of(kinds, start):
            [stored] = self.store.entries(self.me, self.own.generation, seq, seq + 1)
            said = self.said_in(stored)
            if said is not None and said.statement.kind in kinds:
                yield seq, said

    def _seqs_of(self, kinds: Collection[str], start: int) -> Iterable[int]:
        """Where they may stand: every place that no snapshot covers, and those that it names."""
        me, generation = self.me, self.own.generation
        covered = self.kept.size_of(me, generation) if self.kept is not None else 0
        if self.kept is None or start >= covered:
            return range(start, self.own.size)
        sorts = (MISREAD, *kinds, *(OF_THE_RECORD + kind for kind in kinds))
        places = (place for sort in sorts for place in self.kept.of_kind(sort))
        found = {one.seq for one in places if (one.author, one.generation) == (me, generation)}
        return chain(sorted(seq for seq in found if seq >= start), range(covered, self.own.size))

    def said_in(self, stored: StoredEntry) -> SignedStatement | None:
        """The statement in a kept entry, if it is in clear or was opened here."""
        if stored.opened is not None:
            return parse_opening(stored.opened).statement
        return parse_leaf(stored.leaf).statement

    def entry_of(self, log: Log, accepted: AcceptedLeaf, said: SignedStatement | None) -> Entry:
        leaf = accepted.leaf
        self.places.put(leaf.statement_id, (log.member, leaf.generation, leaf.seq))
        if log.member != self.me:
            self.backdated.look(leaf, self.logs)
        worth = worth_of(log, leaf, said) if said is not None else NOTHING
        if self.generations.is_disowned(log.member, leaf.generation, leaf.seq):
            worth = replace(worth, doubt=DISOWNED)
        untrue = [one for one, head in leaf.heads.items() if not self._is_true_head(log.member, one, head)]
        if untrue:
            self.untrue[Place(log.member, leaf.generation, leaf.seq)] = untrue
        return entry_of(leaf, said, worth, untrue)

    def _is_true_head(self, reader: str, member: str, head: Head) -> bool:
        """Does what ``reader`` says that it has seen of ``member``'s log agree with our copy?

        A head is a receipt, so a false one must not make anything delivered. Of a log that we do not hold so
        far it is believed, and compared when its entries come; of our own it cannot go beyond what we wrote,
        as far as a node remembers that lost a part of it.
        """
        log = self.logs.get(member)
        if log is None or head.generation != log.generation:
            return True
        if head.size > log.size:
            told = f"{reader} says that it has seen {head.size} entries of ours; we wrote {log.size}"
            is_true = member != self.me or head.size <= self.continuity.went_to(log.generation)
        else:
            told = f"{reader} has seen another record of {member} than the one that is here"
            is_true = log.root_at(head.size) == head.root
        if not is_true:
            self.false_heads[reader] = told
        return is_true


def _stored(log: Log, one: _Fresh) -> StoredEntry:
    leaf = one.accepted.leaf
    opened = None
    if one.said is not None and leaf.sealed is not None:
        opened = print_opening(Opening(one.said, one.salt))
    return StoredEntry(log.member, leaf.generation, leaf.seq, one.data, opened, one.blobs)
