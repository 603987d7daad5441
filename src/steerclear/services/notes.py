# SPDX-License-Identifier: Apache-2.0
"""Which checkpoints does this node hold of each log, and who stands behind them?

    own log grows ──► own checkpoint, signed by the node key
    a peer's checkpoint agrees with our copy of its log ──► our cosignature joins it
    one that does not ──► both are kept as proof, and every face shows it

Only the newest checkpoint of a log travels; every one is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import structlog

from steerclear.errors import NotVerified
from steerclear.links.clock import Clock
from steerclear.links.keystore import KeyName, Keystore
from steerclear.mechanism.view import View
from steerclear.model.time import Instant
from steerclear.record.charter import Charter, mechanism_of
from steerclear.record.checkpoint import checkpoint_of, sign_checkpoint
from steerclear.record.companion import CompanionSigner
from steerclear.record.cosignature import cosign, cosign_mldsa44, cosigned_at_s, cosigner_name
from steerclear.record.keybook import KeyBook
from steerclear.record.keys import KeyRole
from steerclear.record.log import Log
from steerclear.record.note import Note, merge_notes, parse_note, print_note
from steerclear.record.quorum import cosigners_of, lines_that_hold
from steerclear.store.port import Store

__all__ = ["NoteShelf", "Shown", "note_digest", "shown_in"]

_PROOF: Final = "split-view "
"""Prefix of the names under which two records of one member are kept as proof."""

_MOST_TAKEN: Final = 64
"""So many wordings of a log's newest checkpoint, one for each set of lines, are known again by their hash."""

_log = structlog.get_logger()

Shown = tuple[str, frozenset[tuple[str, bytes]]]
"""What a note tells: its text, and which keys stand under it."""


@dataclass(frozen=True, slots=True)
class _Newest:
    """The newest note of a log, as bytes and read."""

    size: int
    data: bytes
    note: Note
    shown: Shown


def shown_in(data: bytes) -> Shown:
    """What a note tells, whether its lines hold or not. Raises ``NotVerified``."""
    return _shown(parse_note(data))


def _shown(note: Note) -> Shown:
    return note.text, frozenset((line.name, line.key_id) for line in note.signatures)


_DIGEST_BYTES: Final = 16


def note_digest(size: int, note: bytes) -> bytes:
    """By which a note is known that was judged and told to the view."""
    return blake2b(size.to_bytes(8, "big") + note, digest_size=_DIGEST_BYTES).digest()


def _cut(digests: bytes) -> frozenset[bytes]:
    return frozenset(digests[at : at + _DIGEST_BYTES] for at in range(0, len(digests), _DIGEST_BYTES))


class NoteShelf:
    """The checkpoint notes of one node; ``logs`` are those that the node holds, by member, as they grow.

    ``may_sign``: not while it is open whether this disk is the newest; what was signed since is unknown then.
    ``cosigns_twice``: with ML-DSA-44 too, as soon as the own log names that key.
    """

    def __init__(
        self,
        *,
        charter: Charter,
        me: str,
        logs: Mapping[str, Log],
        store: Store,
        keys: Keystore,
        clock: Clock,
        view: View,
        may_sign: Callable[[], bool] = lambda: True,
        cosigns_twice: bool = False,
    ) -> None:
        self._charter = charter
        self._mechanism = mechanism_of(charter)
        self._me = me
        self._logs = logs
        self._store = store
        self._keys = keys
        self._clock = clock
        self._view = view
        self._may_sign = may_sign
        self._cosigns_twice = cosigns_twice
        self._newest: dict[str, _Newest] = {}
        self._taken: dict[str, set[bytes]] = {}
        """Of the newest checkpoint of each log: hashes of the notes that were taken in whole.

        The same bytes tell nothing twice: what such a note said is in the one that is kept, every line of it
        was held against the keys when it came, and a line that is kept stays. So none but the very same bytes
        are passed over, and none that were not found true; what was refused is judged and refused anew.
        """
        self._proofs: set[str] = set()

    def recall(self, told: Mapping[str, bytes]) -> None:
        """Read back what was kept: cosignatures count again, and proofs of two records are shown again.

        ``told``: of each log digests of the notes that the view was told before, and knows.
        """
        for member, log in self._logs.items():
            known, newest = _cut(told.get(member, b"")), None
            for newest in self._store.notes(member, log.generation):
                if note_digest(newest.size, newest.note) not in known:
                    self._tell_view(member, newest.size, parse_note(newest.note))
            if newest is not None:
                note = parse_note(newest.note)
                self._newest[member] = _Newest(newest.size, newest.note, note, _shown(note))
            proof = self._store.fact(_PROOF + member)
            if proof is not None and checkpoint_of(proof)[0].origin == log.origin:
                self._proofs.add(member)  # a succession mends what was shown before it

    def forget(self, member: str) -> None:
        """A new generation of the log begins: what is newest of the old one is so no more. It stays kept."""
        self._newest.pop(member, None)
        self._taken.pop(member, None)
        self._proofs.discard(member)

    def newest(self, member: str) -> bytes | None:
        """The newest checkpoint of ``member``'s log with every signature line known here."""
        kept = self._newest.get(member)
        return kept.data if kept is not None else None

    def newest_size(self, member: str) -> int:
        kept = self._newest.get(member)
        return kept.size if kept is not None else 0

    def shown(self) -> dict[str, Shown]:
        """What the newest note of each log tells."""
        return {member: kept.shown for member, kept in self._newest.items()}

    def cosigners(self, member: str) -> tuple[str, ...]:
        """Members whose cosignature stands under the newest checkpoint of ``member``'s log."""
        kept = self._newest.get(member)
        return () if kept is None else tuple(sorted(self._cosigners(member, kept.note)))

    @property
    def split_views(self) -> tuple[str, ...]:
        """Members that have signed two records. Nothing of theirs past the last common entry is trusted."""
        return tuple(sorted(self._proofs))

    def sign_own(self) -> None:
        """A checkpoint of the own log as it stands, if there is none yet."""
        log = self._logs[self._me]
        if log.size and self.newest_size(self._me) < log.size and self._may_sign():
            signer = self._keys.signer(KeyName("node"))
            note = sign_checkpoint(log.checkpoint(), public=signer.public, signer=signer)
            self._keep(self._me, log.size, note)

    def take_in(self, member: str, data: bytes) -> None:
        """Merge a note that came from a peer; cosign it if it is another member's and agrees with our copy.

        Raises ``NotVerified``; two records by one member are kept as proof before it does.
        """
        if self.is_taken(member, data):
            return  # the newest note rides in every bundle; most of them tell nothing new
        log = self._logs[member]
        checkpoint, note = checkpoint_of(data)
        if checkpoint.size > log.size:
            return  # its entries come first; the note will come again
        try:
            log.check_checkpoint(data)
        except NotVerified as error:
            if error.code == "split-view":
                self._keep_proof(member, data, error)
            raise
        kept = self._store.note(member, log.generation, checkpoint.size)
        known = [parse_note(kept)] if kept is not None else []
        # The first line of a key stays: a false one, or one of nobody's, must not take a true one's place.
        merged = merge_notes([*known, lines_that_hold(note, member, self._charter, self._books())])
        if member != self._me and member not in self._proofs and self._may_sign():
            merged = self._cosigned(merged)
        if kept is None or merged != known[0]:
            self._keep(member, checkpoint.size, merged)
        self._require_true_lines(member, note)
        self._note_taken(member, checkpoint.size, data, merged)

    def is_taken(self, member: str, data: bytes) -> bool:
        """Has this very note been taken in, so that it can tell nothing new?"""
        return data == self.newest(member) or _hash(data) in self._taken.get(member, ())

    def _note_taken(self, member: str, size: int, data: bytes, merged: Note) -> None:
        """Taken whole, and cosigned where that is our part: the same bytes would change nothing."""
        name = cosigner_name(self._mechanism, self._me)
        is_whole = member in (self._me, *self._proofs) or any(line.name == name for line in merged.signatures)
        taken = self._taken.setdefault(member, set())
        if is_whole and size == self.newest_size(member) and len(taken) < _MOST_TAKEN:
            taken.add(_hash(data))

    def _require_true_lines(self, member: str, note: Note) -> None:
        """What holds is kept; a line that nobody made who may is refused, and said."""
        found = cosigners_of(note, member, self._charter, self._books())
        if found.false or found.unknown:
            names = ", ".join(sorted({*found.false, *found.unknown}))
            raise NotVerified(
                "cosignature-refused",
                f"A checkpoint of {member} came with a line by {names}, which nobody signed who may.",
                where=f"{self._logs[member].origin} {checkpoint_of(print_note(note))[0].size}",
                remedy="It counts for nothing and is not kept; ask whoever brought it where it is from.",
            )

    def _cosigned(self, note: Note) -> Note:
        name = cosigner_name(self._mechanism, self._me)
        if any(line.name == name for line in note.signatures):
            return note
        at_s = self._clock.now() // 1_000
        signer = self._keys.signer(KeyName("witness"))
        lines = [cosign(note.text, name=name, public=signer.public, signer=signer, at_s=at_s)]
        second = self._companion(at_s)
        if second is not None:
            lines.append(cosign_mldsa44(note.text, name=name, public=second.public, signer=second, at_s=at_s))
        return Note(note.text, (*note.signatures, *lines))

    def _companion(self, at_s: int) -> CompanionSigner | None:
        """The second witness key, where the node is set to use it and the own log names it: before that the
        others would take its line for nobody's."""
        if not self._cosigns_twice:
            return None
        second = self._keys.companion(KeyName("witness"))
        named = self._logs[self._me].keys.holders(KeyRole.WITNESS, at=at_s * 1_000)
        return second if any(one.keyid == second.keyid for one in named) else None

    def _keep(self, member: str, size: int, note: Note) -> None:
        data = print_note(note)
        self._store.keep_note(member, self._logs[member].generation, size, data)
        if size > self.newest_size(member):
            self._taken.pop(member, None)
        if size >= self.newest_size(member):
            self._newest[member] = _Newest(size, data, note, _shown(note))
        self._tell_view(member, size, note)

    def _tell_view(self, member: str, size: int, note: Note) -> None:
        lines, log = {line.name: line for line in note.signatures}, self._logs[member]
        for by in self._cosigners(member, note):
            line = lines[cosigner_name(self._mechanism, by)]
            self._view.cosigned(member, size, by, Instant(cosigned_at_s(line) * 1_000), log.generation)
        # The author's own signature makes the checkpoint; it counts as its part of the quorum.
        self._view.cosigned(member, size, member, Instant(log.at_of(size - 1)), log.generation)

    def _cosigners(self, member: str, note: Note) -> frozenset[str]:
        return cosigners_of(note, member, self._charter, self._books()).members

    def _books(self) -> dict[str, KeyBook]:
        return {name: log.keys for name, log in self._logs.items()}

    def _keep_proof(self, member: str, data: bytes, error: NotVerified) -> None:
        if member not in self._proofs:
            self._store.keep_fact(_PROOF + member, data)
            self._proofs.add(member)
            _log.error("split-view", member=member, where=error.where)


def _hash(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()
