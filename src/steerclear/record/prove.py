# SPDX-License-Identifier: Apache-2.0
"""Is this one entry recorded? Making a proof file, and checking one with nothing but the charter.

A proof shows the entry, its place, who signed it and who stands behind the checkpoint. It cannot show what a
root has revoked since: the record does.
"""

from __future__ import annotations

from collections.abc import Sequence

from steerclear.errors import NotVerified
from steerclear.record.card import is_signed_by_root
from steerclear.record.charter import Charter, mechanism_of
from steerclear.record.checkpoint import Checkpoint, origin_of, parse_checkpoint
from steerclear.record.entry import require_own_id
from steerclear.record.keybook import KeyBook
from steerclear.record.keys import Delegation, KeyRole, read_delegate_body
from steerclear.record.leaf import SignedLeaf, parse_signed_leaf
from steerclear.record.log import Log
from steerclear.record.note import Note, is_signed_by
from steerclear.record.opening import Opening, require_opens
from steerclear.record.proof import (
    ProofExtra,
    TlogProof,
    is_proven,
    parse_extra,
    parse_proof,
    print_extra,
    print_proof,
)
from steerclear.record.quorum import cosigners_of, is_recorded
from steerclear.record.report import Counts, LogSummary, Remark, VerifyReport
from steerclear.record.signature import is_signature
from steerclear.record.statement import SignedStatement, Statement, print_signed
from steerclear.record.verify import judge_remark

__all__ = ["prove", "verify_proof"]


def prove(log: Log, seq: int, entry: bytes, note: Note, delegations: Sequence[SignedStatement]) -> bytes:
    """A ``.tlog-proof`` file for entry ``seq``, whose bytes are ``entry``, under the checkpoint in ``note``.

    ``delegations``: every ``key.delegate`` statement that names a key used here: the node key of the log, the
    witness keys of the cosigners, the keys under the statement.
    """
    size = parse_checkpoint(note.text).size
    extra = ProofExtra(entry=entry, delegations=tuple(delegations))
    return print_proof(TlogProof(seq, log.inclusion(seq, size), note, print_extra(extra)))


def verify_proof(data: bytes, charter: Charter, *, opening: Opening | None = None) -> VerifyReport:
    """What the proof shows. Failures name what does not hold; raises ``NotVerified`` for what is no proof.

    ``opening``: what its sealed entry is said to hold. Where that is so the report gives it as ``said``.
    """
    proof = parse_proof(data)
    if proof.extra is None:
        raise NotVerified(
            "proof-without-entry",
            "The proof does not hold the entry that it proves.",
            remedy="Ask for a proof that a Steerclear node made.",
        )
    extra, checkpoint = parse_extra(proof.extra), parse_checkpoint(proof.checkpoint.text)
    signed = parse_signed_leaf(extra.entry)
    work = _Proof(charter, proof, checkpoint, signed, opening)
    work.learn(extra.delegations)
    work.check(extra.entry)
    return work.report()


class _Proof:
    def __init__(
        self,
        charter: Charter,
        proof: TlogProof,
        checkpoint: Checkpoint,
        signed: SignedLeaf,
        opening: Opening | None,
    ) -> None:
        self.charter = charter
        self.proof = proof
        self.checkpoint = checkpoint
        self.signed = signed
        self.leaf = signed.leaf
        self.opening = opening
        self.said: Statement | None = None
        self.books = {card.member: KeyBook(card, signs_twice=charter.signs_twice) for card in charter.members}
        self.counts = Counts(entries=1)
        self.recorded = 0
        self.failures: list[Remark] = []
        self.doubts: list[Remark] = []

    def learn(self, delegations: Sequence[SignedStatement]) -> None:
        """Believe the delegations that a root of the charter has signed; name the others."""
        for one in delegations:
            said = one.statement
            book = self.books.get(said.author)
            genuine = said.mechanism == mechanism_of(self.charter) and said.kind == "key.delegate"
            twice = self.charter.signs_twice
            if book is None or not genuine or not is_signed_by_root(one, book.card, twice=twice):
                self._doubt(
                    "proof-delegation", f"a delegation in the name of {said.author} is not its root's."
                )
                continue
            named = read_delegate_body(said.body)
            self.counts.delegations += len(named)
            book.delegate(named, seq=0)

    def check(self, entry: bytes) -> None:
        self._check_identity()
        self._check_entry(entry)
        self._check_checkpoint()
        self._check_statement()

    def report(self) -> VerifyReport:
        summary = LogSummary(
            self.leaf.author, self.leaf.generation, self.checkpoint.size, self.checkpoint.root, self.recorded
        )
        return VerifyReport(
            kind="proof" if self.opening is None else "opening",
            mechanism=mechanism_of(self.charter),
            name=self.charter.name,
            counts=self.counts,
            logs=(summary,),
            failures=tuple(self.failures),
            doubts=tuple(self.doubts),
            said=self.said if not self.failures else None,
        )

    def _check_identity(self) -> None:
        leaf, mechanism = self.leaf, mechanism_of(self.charter)
        if leaf.author not in self.charter or leaf.mechanism != mechanism:
            self._fail("proof-other-mechanism", "the entry belongs to another mechanism.")
        if self.checkpoint.origin != origin_of(mechanism, leaf.author, leaf.generation):
            self._fail("proof-other-log", f"the checkpoint is of {self.checkpoint.origin}.")
        if leaf.seq != self.proof.index:
            self._fail("proof-other-place", f"the proof is for entry {self.proof.index}.")
        try:
            require_own_id(leaf, self.charter, f"{leaf.author} {leaf.generation} {leaf.seq}")
        except NotVerified as error:
            self._fail(error.code, error.what)

    def _check_entry(self, entry: bytes) -> None:
        size, root = self.checkpoint.size, self.checkpoint.root
        self.counts.trees += 1
        if not is_proven(entry, self.proof.index, size, self.proof.hashes, root):
            self._fail("proof-not-included", f"the tree of {size} entries does not hold the entry there.")
        signature, message = self.signed.envelope.signatures[0], self.signed.envelope.signed_bytes
        self.counts.signatures += 1
        if not any(
            key.keyid == signature.keyid and is_signature(signature.sig, message, key.public)
            for key in self._node_keys(at=self.leaf.at)
        ):
            self._fail("entry-not-signed", "no node key that the root has named signed the entry.")

    def _check_checkpoint(self) -> None:
        note, origin = self.proof.checkpoint, self.checkpoint.origin
        self.counts.checkpoints += 1
        if not any(is_signed_by(note, name=origin, public=key.public) for key in self._node_keys()):
            self._fail("checkpoint-not-signed", "no node key that the root has named signed the checkpoint.")
            return
        cosigners = cosigners_of(note, self.leaf.author, self.charter, self.books)
        self.counts.cosignatures += len(cosigners.members)
        for name in cosigners.false:
            self._fail("cosignature-false", f"a line claims to be by {name} and is not.")
        for name in cosigners.unknown:
            self._doubt("cosignature-unknown", f"a line by {name} counts for nothing.")
        if is_recorded(self.leaf.author, cosigners, self.charter):
            self.recorded = self.checkpoint.size
        else:
            missing = sorted(set(self.charter.quorum) - cosigners.members - {self.leaf.author})
            self._fail("proof-without-quorum", f"{', '.join(missing)} did not cosign the checkpoint.")

    def _check_statement(self) -> None:
        signed = self.leaf.statement if self.opening is None else self._opened(self.opening)
        if self.leaf.sealed is not None:
            self.counts.sealed += 1
        if signed is None:
            return
        self.counts.statements += 1
        book = self.books.get(signed.statement.author)
        if book is None:
            self._fail("statement-under-another-name", f"{signed.statement.author} is not a member.")
            return
        self.counts.signatures += len(signed.envelope.signatures)
        found = judge_remark(book.judge(signed, at=self.leaf.at))
        if found is not None:
            code, what, is_failure = found
            (self._fail if is_failure else self._doubt)(code, what)

    def _opened(self, opening: Opening) -> SignedStatement | None:
        """What the entry says, if the opening opens it; otherwise that it does not is a failure."""
        sealed, author = self.leaf.sealed, self.leaf.author
        if sealed is None or opening.salt is None:
            self._fail("opening-of-nothing", "the entry stands in clear, or no salt opens it.")
            return None
        carried = self.charter.carried_by(author) if author in self.charter else ()
        try:
            signed = require_opens(
                sealed,
                print_signed(opening.statement),
                opening.salt,
                mechanism=mechanism_of(self.charter),
                author=author,
                carried=carried,
            )
        except NotVerified as error:
            self._fail(error.code, error.what)
            return None
        self.said = signed.statement
        return signed

    def _node_keys(self, at: int | None = None) -> Sequence[Delegation]:
        book = self.books.get(self.leaf.author)
        return () if book is None else book.holders(KeyRole.NODE, at=at)

    def _fail(self, code: str, what: str) -> None:
        self.failures.append(Remark(code, self.leaf.author, self.leaf.generation, self.leaf.seq, what))

    def _doubt(self, code: str, what: str) -> None:
        self.doubts.append(Remark(code, self.leaf.author, self.leaf.generation, self.leaf.seq, what))
