# SPDX-License-Identifier: Apache-2.0
"""Is this record what it claims to be? Every check that needs no network, no store and no trust.

    entries      each the next of its log: place, time, heads, node key (see log.py)
    statements   each signature in clear judged at its place
    checkpoints  each under the root recomputed, consistent with the one before, cosigned by whom
    heads        each root that one log names of another is a prefix of that other: else a split view
    successions  each names entries and root that the old generation has

The first bad entry of a log ends that log, since nothing after it has a place.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.blobs import require_blobs
from steerclear.record.charter import Charter, mechanism_of
from steerclear.record.checkpoint import Checkpoint, checkpoint_of
from steerclear.record.crew import Crew
from steerclear.record.keybook import Judgement, Standing
from steerclear.record.keys import read_delegate_body, read_revoke_body
from steerclear.record.leaf import Leaf
from steerclear.record.log import Log
from steerclear.record.merkle import is_consistent
from steerclear.record.quorum import cosigners_of, is_recorded
from steerclear.record.replica import ReplicaLog
from steerclear.record.report import Counts, LogSummary, Progress, Remark, VerifyReport
from steerclear.record.resume import RESUME, read_resume_body
from steerclear.record.statement import SignedStatement
from steerclear.record.stretch import Seen, Stretch, newly_seen
from steerclear.record.succession import Succession, read_succeed_body

__all__ = ["judge_remark", "verify_record"]

MOST_SKEW_MS: Final = 10_000
"""An entry that claims to be older than what it has seen, by more than this, is shown."""


def _nothing(_: str) -> None:
    return None


def verify_record(
    charter: Charter,
    logs: Iterable[ReplicaLog],
    *,
    kind: str = "store",
    progress: Progress | None = None,
    processes: int = 1,
    beside: Callable[[str], bytes | None] = _nothing,
) -> VerifyReport:
    """Check every log, and each against the others. Raises only what reading entries raises.

    ``processes`` that look at the entries, beside this one where they are more than one; the report is the
    same. A program that asks for several guards its own beginning with ``if __name__ == "__main__"``.
    ``beside`` gives a blob by its hash; without it none is here.
    """
    work = _Verification(charter, progress, beside)
    held = list(logs)
    if processes > 1:
        with Crew(charter, processes) as crew:
            for log in held:
                work.read(log, crew)
    else:
        for log in held:
            work.read(log)
    for log in held:
        work.check_checkpoints(log)
    work.check_heads()
    work.check_successions()
    work.check_presence()
    return work.report(kind)


def judge_remark(judgement: Judgement) -> tuple[str, str, bool] | None:
    """Code, words, and whether it is a failure, for a statement whose signatures are not all in order."""
    standings = {one.standing for one in judgement.signatures}
    if Standing.BAD_SIGNATURE in standings:
        return "statement-signature", "a signature under the statement is not of these bytes.", True
    if judgement.by_root or Standing.VALID in standings:
        return None
    if Standing.REVOKED in standings:
        return "statement-revoked-key", "the statement is signed by a key that was revoked before it.", True
    if Standing.NOT_SIGNED_TWICE in standings:
        return "statement-signed-once", "the statement lacks the second signature that counts here.", True
    if standings & {Standing.IN_DOUBT, Standing.EXPIRED, Standing.NOT_YET_VALID}:
        return "statement-expired-key", "the statement is signed by a key outside its time.", False
    return "statement-unknown-key", "the statement is signed by a key that no root named before it.", True


class _HeadsSeen:
    """What the entries of one log have seen of another: 48 bytes each, for there are more than entries."""

    __slots__ = ("_roots", "_seqs", "_sizes", "reader")

    def __init__(self, reader: Log) -> None:
        self.reader = reader
        self._seqs = array("q")
        self._sizes = array("q")
        self._roots = bytearray()

    def add(self, seen: Seen) -> None:
        self._seqs.append(seen.seq)
        self._sizes.append(seen.head.size)
        self._roots += bytes.fromhex(seen.head.root)

    def __iter__(self) -> Iterator[tuple[int, int, bytes]]:
        """Entry of the reader, size and root that it names."""
        for at, (seq, size) in enumerate(zip(self._seqs, self._sizes, strict=True)):
            yield seq, size, bytes(self._roots[32 * at : 32 * at + 32])


class _Verification:
    def __init__(
        self,
        charter: Charter,
        progress: Progress | None,
        beside: Callable[[str], bytes | None] = _nothing,
    ) -> None:
        self.charter = charter
        self.progress = progress
        self.beside = beside
        self.counts = Counts()
        self.logs: dict[tuple[str, int], Log] = {}
        self.recorded: dict[tuple[str, int], int] = {}
        self.seen: dict[tuple[str, int, str, int], _HeadsSeen] = {}
        self.successions: list[tuple[Log, int, str, Succession]] = []
        self.failures: list[Remark] = []
        self.doubts: list[Remark] = []

    def read(self, replica: ReplicaLog, crew: Crew | None = None) -> None:
        try:
            log = Log(self.charter, replica.member, replica.generation)
            if self.logs.setdefault((replica.member, replica.generation), log) is not log:
                raise NotVerified(
                    "log-twice",
                    "The log is given twice.",
                    where=log.origin,
                    remedy="Give each log once; two that differ are proof of two records.",
                )
        except NotVerified as error:
            self._fail(error, replica, None)
            return
        try:
            for entry in replica.entries if crew is None else self._not_plain(log, replica.entries, crew):
                self._read_entry(log, entry)
        except NotVerified as error:
            self._fail(error, replica, log.size)

    def _not_plain(self, log: Log, entries: Iterable[bytes], crew: Crew) -> Iterator[bytes]:
        """The entries that must be read singly; each stretch of others is taken before the next of them."""
        for portion in crew.portions(log, entries):
            stretches = {stretch.start: stretch for stretch in portion.stretches}
            at = portion.start
            while at < portion.start + len(portion.entries):
                stretch = stretches.pop(at, None)
                if stretch is not None and self._take(log, stretch):
                    at += stretch.size
                else:
                    yield portion.entries[at - portion.start]
                    at += 1

    def _take(self, log: Log, stretch: Stretch) -> bool:
        before = log.heads
        if not log.extend(stretch):
            return False
        for seen in (*newly_seen(stretch.start, before, stretch.first_heads), *stretch.seen):
            self._note_head(log, seen)
        self.counts.entries += stretch.size
        self.counts.sealed += stretch.sealed
        self.counts.statements += stretch.size - stretch.sealed
        self.counts.signatures += stretch.signatures
        if self.progress is not None:
            self.progress(self.counts.entries)
        return True

    def _read_entry(self, log: Log, entry: bytes) -> None:
        before = log.heads
        leaf = log.accept(entry).leaf
        self.counts.entries += 1
        self.counts.signatures += 1
        for seen in newly_seen(leaf.seq, before, leaf.heads):
            self._note_head(log, seen)
        if leaf.statement is None:
            self.counts.sealed += 1
            self._check_blobs(log, leaf)
        else:
            self._read_statement(log, leaf, leaf.statement)
        if self.progress is not None:
            self.progress(self.counts.entries)

    def _check_blobs(self, log: Log, leaf: Leaf) -> None:
        """An entry whose blobs are not here cannot be opened by anybody who has this record alone."""
        sealed = leaf.sealed
        assert sealed is not None  # noqa: S101 - what is not said in clear is sealed
        held = {name: self.beside(name) for name in sealed.blobs or ()}
        try:
            require_blobs(sealed, {name: blob for name, blob in held.items() if blob is not None})
        except NotVerified as error:
            self.failures.append(
                Remark(error.code, log.member, log.generation, leaf.seq, error.what, where=error.where)
            )
        self.counts.blobs += len(held)

    def _read_statement(self, log: Log, leaf: Leaf, signed: SignedStatement) -> None:
        said = signed.statement
        self.counts.statements += 1
        self.counts.signatures += len(signed.envelope.signatures)
        if said.kind == "key.delegate":
            self.counts.delegations += len(read_delegate_body(said.body))
        elif said.kind == "key.revoke":
            self.counts.revocations += len(read_revoke_body(said.body).keyids)
        elif said.kind == "log.succeed":
            # Its root signature was checked when the entry was accepted, in whosever log it stands.
            self.successions.append((log, leaf.seq, said.author, read_succeed_body(said.body)))
            return
        elif said.kind == RESUME:
            self._check_resume(log, leaf, signed)
        found = judge_remark(log.judge(signed, leaf.seq, leaf.at))
        if found is not None:
            code, what, is_failure = found
            remark = Remark(code, log.member, log.generation, leaf.seq, what, where=said.id)
            (self.failures if is_failure else self.doubts).append(remark)

    def _check_resume(self, log: Log, leaf: Leaf, signed: SignedStatement) -> None:
        """A person chose to go on with nobody to ask: whoever finds two histories looks here first."""
        try:
            resumed = read_resume_body(signed.statement.body)
        except NotVerified as error:
            self.failures.append(
                Remark(error.code, log.member, log.generation, leaf.seq, error.what, where=error.where)
            )
            return
        if (resumed.size, resumed.root) != (leaf.seq, log.root_at(leaf.seq)):
            self.failures.append(
                Remark(
                    "resume-mismatch",
                    log.member,
                    log.generation,
                    leaf.seq,
                    f"a person went on after {resumed.size} entries that are not the ones before it.",
                )
            )
            return
        heard = f"of {', '.join(resumed.heard)}" if resumed.heard else "of nobody"
        self._doubt(
            "log-resumed",
            log,
            leaf.seq,
            f"a person went on with this log, having heard {heard}, because: {resumed.reason}",
        )

    def _note_head(self, log: Log, seen: Seen) -> None:
        place = log.member, log.generation, seen.member, seen.head.generation
        if place not in self.seen:
            self.seen[place] = _HeadsSeen(log)
        self.seen[place].add(seen)

    def check_checkpoints(self, replica: ReplicaLog) -> None:
        log = self.logs.get((replica.member, replica.generation))
        if log is None:
            return
        good: list[Checkpoint] = []
        for data in replica.checkpoints:
            try:
                good.append(log.check_checkpoint(data))
            except NotVerified as error:
                self._fail(error, replica, None)
            else:
                self.counts.checkpoints += 1
                self.counts.trees += 1
                self._count_cosigners(log, good[-1], data)
        good.sort(key=lambda one: one.size)
        for first, second in pairwise(good):
            self._check_consistency(log, first, second)

    def _count_cosigners(self, log: Log, checkpoint: Checkpoint, data: bytes) -> None:
        _, note = checkpoint_of(data)
        books = {one.member: one.keys for _, one in sorted(self.logs.items())}
        cosigners = cosigners_of(note, log.member, self.charter, books)
        self.counts.cosignatures += len(cosigners.members)
        if is_recorded(log.member, cosigners, self.charter):
            place = log.member, log.generation
            self.recorded[place] = max(self.recorded.get(place, 0), checkpoint.size)
        for name in cosigners.false:
            self.failures.append(
                Remark(
                    "cosignature-false",
                    log.member,
                    log.generation,
                    None,
                    f"a line on the checkpoint of {checkpoint.size} claims to be by {name} and is not.",
                )
            )
        for name in cosigners.unknown:
            self._doubt(
                "cosignature-unknown",
                log,
                None,
                f"a line by {name} on the checkpoint of {checkpoint.size} counts for nothing.",
            )

    def _check_consistency(self, log: Log, first: Checkpoint, second: Checkpoint) -> None:
        self.counts.consistency += 1
        proof = [bytes.fromhex(step) for step in log.consistency(first.size, second.size)]
        roots = bytes.fromhex(first.root), bytes.fromhex(second.root)
        if not is_consistent(first.size, second.size, *roots, proof):
            self.failures.append(
                Remark(
                    "checkpoint-not-a-prefix",
                    log.member,
                    log.generation,
                    None,
                    f"the log of {first.size} entries is not the beginning of that of {second.size}.",
                )
            )

    def check_heads(self) -> None:
        furthest: dict[tuple[str, int], tuple[int, int, Log]] = {}
        for (_, _, member, generation), heads in self.seen.items():
            target = self.logs.get((member, generation))
            held = 0 if target is None else target.size
            for seq, size, root in heads:
                if target is not None and size <= held:
                    self.counts.heads += 1
                    self._check_head(heads.reader, seq, target, size, root)
                elif size > furthest.get((member, generation), (0,))[0]:
                    furthest[member, generation] = size, seq, heads.reader
        for place, (size, seq, reader) in furthest.items():
            self._doubt_missing(*place, f"entry {seq} of {reader.member} has seen {size} entries")

    def _check_head(self, reader: Log, seq: int, target: Log, size: int, root: bytes) -> None:
        if target.root_at(size) != root.hex():
            self.failures.append(
                Remark(
                    "split-view",
                    target.member,
                    target.generation,
                    size - 1,
                    f"entry {seq} of {reader.member} has seen {size} others than these.",
                )
            )
            return
        ahead = target.at_of(size - 1) - reader.at_of(seq)
        if ahead > MOST_SKEW_MS:
            self._doubt(
                "entry-backdated",
                reader,
                seq,
                f"it claims to be {ahead // 1000} s older than an entry of {target.member} that it has seen.",
            )

    def _doubt_missing(self, member: str, generation: int, seen: str) -> None:
        held = self.logs.get((member, generation))
        here = "none are" if held is None else f"{held.size} are"
        self.doubts.append(
            Remark(
                "log-cut-short",
                member,
                generation,
                None if held is None else held.size,
                f"{seen}; {here} here.",
            )
        )

    def check_successions(self) -> None:
        for log, seq, author, named in self.successions:
            old = self.logs.get((author, named.generation - 1))
            if old is None or old.size < named.size:
                self._doubt(
                    "succession-unseen", log, seq, f"the entries of {author} that it keeps are not here."
                )
            elif old.root_at(named.size) != named.root:
                self.failures.append(
                    Remark(
                        "succession-mismatch",
                        log.member,
                        log.generation,
                        seq,
                        f"it keeps {named.size} entries of {author} that are not the ones held here.",
                    )
                )

    def check_presence(self) -> None:
        """Nothing checked is not verified; a member whose log is absent is named."""
        if not self.counts.entries:
            self.failures.append(Remark("record-empty", None, None, None, "no entry could be checked."))
        for member in self.charter.with_log:
            if not any(name == member for name, _ in self.logs):
                self.doubts.append(Remark("log-absent", member, None, None, "its log is not here."))

    def report(self, kind: str) -> VerifyReport:
        return VerifyReport(
            kind=kind,
            mechanism=mechanism_of(self.charter),
            name=self.charter.name,
            counts=self.counts,
            logs=tuple(
                LogSummary(member, generation, log.size, log.root, self.recorded.get((member, generation), 0))
                for (member, generation), log in sorted(self.logs.items())
            ),
            failures=tuple(self.failures),
            doubts=tuple(self.doubts),
        )

    def _fail(self, error: NotVerified, replica: ReplicaLog, seq: int | None) -> None:
        self.failures.append(
            Remark(error.code, replica.member, replica.generation, seq, error.what, where=error.where)
        )

    def _doubt(self, code: str, log: Log, seq: int | None, what: str) -> None:
        self.doubts.append(Remark(code, log.member, log.generation, seq, what))
