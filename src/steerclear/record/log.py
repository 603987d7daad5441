# SPDX-License-Identifier: Apache-2.0
"""Is this the next entry of this member's log? The verifying state machine of one log.

    entry 0   key.delegate, signed by the root; names the node key that signs this very leaf
    entry 1   charter.found or charter.join, signed by the root (log.succeed in a later generation)
    entry n   signed by a node key that an entry before it names, unrevoked and unexpired

Rules, each refused with ``NotVerified`` and the log left as it was:
- the leaf names this mechanism, author and generation, and the next place: no gap, no repeat;
- ``at`` does not run backwards; heads name other members' logs, never this one, and never go back or vanish;
- a statement speaks for the author of the log, or for a member whom the author carries by the charter; only
  ``log.succeed``, signed by its own root, may stand in anybody's log;
- ``charter.*``, ``key.*`` and ``log.succeed`` are signed by k of n root keys, and have the right form;
- an id is its author's own (sealed: that of the log's member or of one it carries), and is said once; a
  sealed one may be repeated under the same commitment (a reseal), never under another.

Signatures under other statements do not decide whether an entry is accepted: the entry was written, and what
it is worth at its place is asked of ``judge``.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.charter import Charter, mechanism_of
from steerclear.record.checkpoint import Checkpoint, checkpoint_of, origin_of
from steerclear.record.entry import (
    KeyChange,
    lost_head,
    read_key_change,
    require_heads,
    require_own_id,
    require_said_here,
)
from steerclear.record.keybook import Judgement, KeyBook
from steerclear.record.keys import Delegation, KeyRole
from steerclear.record.leaf import Head, Leaf, SignedLeaf, parse_signed_leaf
from steerclear.record.merkle import Tree, leaf_hash
from steerclear.record.note import is_signed_by
from steerclear.record.plain import read_plain
from steerclear.record.said_ids import SaidIds
from steerclear.record.signature import is_signature
from steerclear.record.statement import SignedStatement
from steerclear.record.stretch import Stretch, Use
from steerclear.record.tiles import TilePath, hash_tile

__all__ = ["AcceptedLeaf", "Log", "LogMemory"]

_SIGNING: Final = tuple(role for role in KeyRole if role is not KeyRole.RECIPIENT)


@dataclass(frozen=True, slots=True)
class AcceptedLeaf:
    """An entry that is the next of its log; ``leaf_hash`` in hex."""

    leaf: Leaf
    leaf_hash: str


@dataclass(frozen=True, slots=True)
class LogMemory:
    """What a log remembers of its entries, in flat bytes.

    ``levels`` of its tree; ``ats`` 8 bytes each, in the machine's order; ``said`` see said_ids.py;
    ``key_places`` the entries that name or revoke keys.
    """

    levels: tuple[bytes, ...]
    ats: bytes
    said: bytes
    key_places: tuple[int, ...]


class Log:
    """One member's log, entry by entry. Hashes in hex, instants in ms. Holds no bytes of entries."""

    def __init__(self, charter: Charter, member: str, generation: int = 0) -> None:
        self.charter = charter
        self.member = charter.card(member).member
        self.generation = generation
        self.mechanism = mechanism_of(charter)
        self._books = {
            author: KeyBook(charter.card(author), signs_twice=charter.signs_twice)
            for author in (member, *charter.carried_by(member))
        }
        self._tree = Tree()
        self._ats = array("q")
        self._heads: Mapping[str, Head] = {}
        self._said = SaidIds()
        self._key_places: list[int] = []

    @classmethod
    def recalled(
        cls,
        charter: Charter,
        member: str,
        generation: int,
        memory: LogMemory,
        leaf_at: Callable[[int], bytes],
    ) -> Log:
        """The log that gave ``memory``, which is believed: nothing in it is verified a second time.

        ``leaf_at`` reads an entry that is kept; those that name keys, and the newest, are read again and held
        against their hashes. Raises ``NotVerified`` (``memory-differs``) where they are others.
        """
        log = cls(charter, member, generation)
        log._tree = Tree.of_levels(memory.levels)
        log._ats.frombytes(memory.ats)
        log._said = SaidIds(memory.said)
        for seq in memory.key_places:
            leaf = log._kept_leaf(seq, leaf_at)
            log._name_keys(leaf.seq, read_key_change(leaf))
        if log.size:
            log._heads = log._kept_leaf(log.size - 1, leaf_at).heads
        return log

    def memory(self) -> LogMemory:
        """All that this log needs to go on later without reading its entries again."""
        return LogMemory(self._tree.levels, self._ats.tobytes(), self._said.rows(), tuple(self._key_places))

    @property
    def origin(self) -> str:
        return origin_of(self.mechanism, self.member, self.generation)

    @property
    def size(self) -> int:
        return self._tree.size

    @property
    def root(self) -> str:
        return self.root_at(self.size)

    @property
    def heads(self) -> Mapping[str, Head]:
        """The other logs as the newest entry has seen them."""
        return self._heads

    @property
    def last_at(self) -> int:
        """When the newest entry was written; 0 before the first."""
        return self._ats[-1] if self._ats else 0

    @property
    def keys(self) -> KeyBook:
        """Delegations of this member, by place."""
        return self._books[self.member]

    def keys_of(self, author: str) -> KeyBook:
        """Delegations of ``author``, who is this member or carried by it. Raises ``NotVerified``."""
        if author not in self._books:
            raise NotVerified(
                "statement-under-another-name",
                f"{author} does not speak through the log of {self.member}.",
                where=f"{self.member} {author}",
                remedy="Refuse it; it counts only in its author's own log.",
            )
        return self._books[author]

    def head(self) -> Head:
        """This log as others name it. At least one entry must stand."""
        return Head(self.size, self.root, self.generation)

    def checkpoint(self) -> Checkpoint:
        return Checkpoint(self.origin, self.size, self.root)

    def root_at(self, size: int) -> str:
        return self._tree.root_at(size).hex()

    def at_of(self, seq: int) -> int:
        """When the node claims to have written entry ``seq``."""
        return self._ats[seq]

    def leaf_hash_at(self, seq: int) -> str:
        return self._tree.leaf_at(seq).hex()

    def tile(self, path: TilePath) -> bytes:
        """The hashes of a tile that this log fills."""
        return hash_tile(self._tree, path)

    def inclusion(self, seq: int, size: int) -> tuple[str, ...]:
        """Path of entry ``seq`` in the tree of ``size`` entries, from the leaf's sibling upward."""
        return tuple(step.hex() for step in self._tree.inclusion(seq, size))

    def consistency(self, first: int, second: int) -> tuple[str, ...]:
        """Proof that the tree of ``first`` entries is the beginning of that of ``second``."""
        return tuple(step.hex() for step in self._tree.consistency(first, second))

    def accept(self, data: bytes) -> AcceptedLeaf:
        """Take ``data`` as the next entry, or raise ``NotVerified`` and stay as before."""
        return self._take(parse_signed_leaf(data, where=self._place(self.size)), data)

    def accept_written(self, data: bytes) -> AcceptedLeaf:
        """The same for what this process has just printed: read back as quickly as plain.py reads it."""
        plain = read_plain(data, self.mechanism, self.member, self.generation, self.size)
        return self._take(plain, data) if plain is not None else self.accept(data)

    def _take(self, signed: SignedLeaf, data: bytes) -> AcceptedLeaf:
        leaf = signed.leaf
        self._require_place(leaf)
        self._require_time(leaf)
        require_heads(leaf, self._heads, self.charter, self._place(leaf.seq))
        self._require_said_once(leaf)
        require_said_here(leaf, self.charter, self._place(leaf.seq))
        require_own_id(leaf, self.charter, self._place(leaf.seq))
        change = read_key_change(leaf)
        self._require_node_key(signed, change)
        self._apply(leaf, change)
        digest = leaf_hash(data)
        self._tree.append(digest)
        return AcceptedLeaf(leaf, digest.hex())

    def extend(self, stretch: Stretch) -> bool:
        """Take a run of plain entries as the next; ``False``, and as before, where they must come singly."""
        if not self._follows(stretch):
            return False
        self._said.update(stretch.said)
        self._heads = stretch.last_heads
        self._ats.extend(stretch.ats)
        self._tree.extend(stretch.leaf_hashes)
        return True

    def known_keys(self) -> dict[str, bytes]:
        """The raw public keys that may sign the entries to come, by keyid: named, and not over yet."""
        return {
            one.keyid: one.public
            for book in self._books.values()
            for one, _, revoked_at in book.rows()
            if one.is_ed25519 and revoked_at is None and one.valid_until > self.last_at
        }

    def judge(self, signed: SignedStatement, seq: int, at: int, *, until: int | None = None) -> Judgement:
        """What the signatures of a statement in entry ``seq`` are worth there, at ``at`` (ms).

        ``until``: its true time is only known to lie between ``at`` and then, both inclusive. Raises
        ``NotVerified`` for a statement of another mechanism or of an author who does not speak here.
        """
        if signed.statement.mechanism != self.mechanism:
            raise NotVerified(
                "statement-other-mechanism",
                "The statement belongs to another mechanism.",
                where=self._place(seq),
                remedy="Refuse it; nothing passes from one mechanism to another by itself.",
            )
        return self.keys_of(signed.statement.author).judge(signed, seq=seq, at=at, until=until)

    def check_checkpoint(self, data: bytes) -> Checkpoint:
        """A checkpoint note of this log that agrees with what is held. Raises ``NotVerified``.

        ``checkpoint-other-origin``; ``checkpoint-not-signed`` by a node key of that place;
        ``checkpoint-beyond-log`` where it covers more than is held; ``split-view`` where a genuine signature
        stands under another root: two records by one member, to be kept as proof.
        """
        checkpoint = self._signed(data)
        self._require_root(checkpoint)
        return checkpoint

    def signed_size(self, data: bytes) -> int:
        """How many entries a checkpoint note of this log covers, held or not. Raises ``NotVerified``."""
        return self._signed(data).size

    def _signed(self, data: bytes) -> Checkpoint:
        checkpoint, note = checkpoint_of(data)
        if checkpoint.origin != self.origin:
            raise NotVerified(
                "checkpoint-other-origin",
                f"The checkpoint is of {checkpoint.origin}.",
                where=self.origin,
                remedy="Refuse it, and look at the path that it came by.",
            )
        keys = self.keys.holders(KeyRole.NODE, seq=min(checkpoint.size, self.size))
        if not any(is_signed_by(note, name=self.origin, public=key.public) for key in keys):
            raise NotVerified(
                "checkpoint-not-signed",
                f"No node key of {self.member} at that place has signed the checkpoint.",
                where=f"{self.origin} {checkpoint.size}",
                remedy="Refuse it, and look at the path that it came by.",
            )
        return checkpoint

    def _require_root(self, checkpoint: Checkpoint) -> None:
        if checkpoint.size > self.size:
            raise NotVerified(
                "checkpoint-beyond-log",
                f"The checkpoint covers {checkpoint.size} entries; {self.size} are here.",
                where=f"{self.origin} {checkpoint.size}",
                remedy="Ask for the missing entries; if nobody has them, the log was cut off.",
            )
        if checkpoint.root != self.root_at(checkpoint.size):
            raise NotVerified(
                "split-view",
                f"{self.member} has signed {checkpoint.size} entries that are not the ones held here.",
                where=f"{self.origin} {checkpoint.size}",
                remedy="Keep both as proof; trust nothing past the last common entry; call the member.",
            )

    def _place(self, seq: int) -> str:
        return f"{self.member} {self.generation} {seq}"

    def _follows(self, stretch: Stretch) -> bool:
        """The questions that stretch.py leaves to the log; the answer for the run is that for each entry."""
        return (
            stretch.start == self.size
            and stretch.ats[0] >= self.last_at
            and lost_head(self._heads, stretch.first_heads) is None
            and len(stretch.said) == stretch.size
            and self._said.isdisjoint(stretch.said)
            and all(self._was_named(use, stretch.start) for use in stretch.uses)
        )

    def _was_named(self, use: Use, seq: int) -> bool:
        book = self._books.get(use.author)
        roles = (KeyRole.NODE,) if use.signs_leaves else _SIGNING
        return book is not None and book.covers(
            use.keyid, roles, seq=seq, earliest=use.earliest, latest=use.latest
        )

    def _require_place(self, leaf: Leaf) -> None:
        if (leaf.mechanism, leaf.author, leaf.generation) != (self.mechanism, self.member, self.generation):
            raise NotVerified(
                "entry-of-another-log",
                f"The entry belongs to generation {leaf.generation} of {leaf.author}'s log in mechanism "
                f"{leaf.mechanism[:16]}….",
                where=self._place(self.size),
                remedy="Refuse it, and look at the path that it came by.",
            )
        if leaf.seq > self.size:
            raise NotVerified(
                "log-gap",
                f"Entry {leaf.seq} came where entry {self.size} is next.",
                where=self._place(self.size),
                remedy="Ask for the entries between.",
            )
        if leaf.seq < self.size:
            raise NotVerified(
                "log-repeat",
                f"Entry {leaf.seq} came again; {self.size} entries are held.",
                where=self._place(leaf.seq),
                remedy="If its bytes are those held, drop it; if not, keep both as proof of two records.",
            )

    def _require_time(self, leaf: Leaf) -> None:
        if leaf.at < self.last_at:
            raise NotVerified(
                "entry-backwards",
                f"The entry claims a time {self.last_at - leaf.at} ms before the entry that it follows.",
                where=self._place(leaf.seq),
                remedy="The member's node must not write before its clock has caught up.",
            )

    def _require_said_once(self, leaf: Leaf) -> None:
        identity, now = _said_in(leaf)
        if identity not in self._said:
            return
        before = self._said[identity]
        if before is None or now is None:
            raise NotVerified(
                "statement-repeated",
                f"The statement {leaf.statement_id} stands in this log already.",
                where=self._place(leaf.seq),
                remedy="Refuse the entry: a statement is said once.",
            )
        if before != now:
            raise NotVerified(
                "two-commitments",
                f"{leaf.statement_id} has two commitments, so that two members can be told two things.",
                where=self._place(leaf.seq),
                remedy="Keep both entries as proof of equivocation; call the member.",
            )

    def _require_node_key(self, signed: SignedLeaf, change: KeyChange) -> None:
        """The first entry is signed by a node key that it names itself, every other by one named before."""
        leaf, signature = signed.leaf, signed.envelope.signatures[0]
        named = change.delegations if leaf.seq == 0 else self.keys.holders(KeyRole.NODE, seq=leaf.seq)
        if not any(
            _may_sign(key, signature.keyid, leaf.at)
            and is_signature(signature.sig, signed.envelope.signed_bytes, key.public)
            for key in named
        ):
            raise NotVerified(
                "entry-not-signed",
                f"No node key that {self.member}'s root has named for this place and time signed the entry.",
                where=self._place(leaf.seq),
                remedy="Refuse it; if the member's key was stolen, its root revokes it and names another.",
            )

    def _apply(self, leaf: Leaf, change: KeyChange) -> None:
        self._name_keys(leaf.seq, change)
        self._said.add(*_said_in(leaf))
        self._heads = leaf.heads
        self._ats.append(leaf.at)

    def _name_keys(self, seq: int, change: KeyChange) -> None:
        if change.author in self._books and (change.delegations or change.revoked):
            book = self._books[change.author]
            book.delegate(change.delegations, seq=seq)
            book.revoke(change.revoked, seq=seq)
            self._key_places.append(seq)

    def _kept_leaf(self, seq: int, leaf_at: Callable[[int], bytes]) -> Leaf:
        data = leaf_at(seq)
        if leaf_hash(data) != self._tree.leaf_at(seq):
            raise NotVerified(
                "memory-differs",
                f"Entry {seq} is not the one that was remembered.",
                where=self._place(seq),
                remedy="Nothing is lost: the log is read and verified from its first entry.",
            )
        return parse_signed_leaf(data, where=self._place(seq)).leaf


def _said_in(leaf: Leaf) -> tuple[bytes, bytes | None]:
    """Id and commitment, in half the room that they take in hex."""
    commitment = bytes.fromhex(leaf.sealed.commitment) if leaf.sealed else None
    return bytes.fromhex(leaf.statement_id), commitment


def _may_sign(key: Delegation, keyid: str, at: int) -> bool:
    return key.role is KeyRole.NODE and key.keyid == keyid and key.valid_from <= at < key.valid_until
