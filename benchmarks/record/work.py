# SPDX-License-Identifier: Apache-2.0
"""The record that is verified: three members' logs of a year, every signature real, from a seed and a size.

    each round, each member adds four entries that have seen the others' logs as the last round left them
        a party   two sealed (2,048 and 1,024 bytes padded), one in clear, a beat
        the host  two sealed, two beats
    each week   the root names keys of four weeks later, a duty and a recipient key for each day
    each eighth of a day's worth of rounds a checkpoint of each log, cosigned by the two others

So half of the entries are sealed, a sixth stand in clear and a third are beats; an entry carries one and a
half signatures. The ciphertext is random bytes: who verifies cannot open it, and does not try. Each member's
log is made by a process of its own; they meet after every round to tell each other their heads.
"""

from __future__ import annotations

import hashlib
import multiprocessing as mp
import random
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any, Final

from steerclear.record import (
    Charter,
    Corner,
    Delegation,
    Ed25519Signer,
    Head,
    JsonObject,
    KeyRole,
    Leaf,
    MemberCard,
    Note,
    RecipientPrivateKey,
    SealedStatement,
    SignedStatement,
    Statement,
    Wrap,
    cosign,
    cosigner_name,
    delegate_body,
    found_body,
    fresh_id,
    join_body,
    mechanism_of,
    print_charter,
    print_note,
    sign_checkpoint,
    sign_leaf,
    sign_statement,
)
from steerclear.record.checkpoint import Checkpoint, origin_of
from steerclear.record.merkle import Tree, leaf_hash

__all__ = ["DAY_MS", "HOST", "MEMBERS", "START_MS", "Cast", "make_record"]

MEMBERS: Final = ("AZE", "ISR", "TUR")
HOST: Final = "AZE"
ENTRIES_A_ROUND: Final = 4
START_MS: Final = 1_767_225_600_000  # 2026-01-01T00:00:00.000Z
DAY_MS: Final = 86_400_000
_YEAR_MS: Final = 360 * DAY_MS
_ROUNDS_A_CHECKPOINT: Final = 64
_ENTRIES_A_FILE: Final = 10_000
_WEEKS_AHEAD: Final = 4
"""As a node does it whose root lies with it."""
_WRAPPED_BYTES: Final = 112


class Cast:
    """Charter and every key, from a seed: each process makes the same."""

    def __init__(self, seed: int) -> None:
        chance = random.Random(seed)
        self.roots = {member: Ed25519Signer.generate(chance.randbytes) for member in MEMBERS}
        self.node = {member: Ed25519Signer.generate(chance.randbytes) for member in MEMBERS}
        self.witness = {member: Ed25519Signer.generate(chance.randbytes) for member in MEMBERS}
        self.seed = seed
        corners = ((320, 355), (375, 355), (375, 425), (320, 425))
        self.charter = Charter(
            name="bench",
            drill=True,
            theatre=tuple(Corner(lat * 1_000_000, lon * 1_000_000) for lat, lon in corners),
            host=HOST,
            members=tuple(self._card(member) for member in MEMBERS),
        )
        self.mechanism = mechanism_of(self.charter)

    def _card(self, member: str) -> MemberCard:
        return MemberCard(
            member=member,
            role="host" if member == HOST else "party",
            root_threshold=1,
            root_keys=(self.roots[member].public,),
            addresses=(f"{member.lower()}.example:8443",),
            tls_certificate="",
        )

    def duty(self, member: str, day: int) -> Ed25519Signer:
        return Ed25519Signer.generate(random.Random(f"{self.seed} duty {member} {day}").randbytes)

    def recipient(self, member: str, day: int) -> RecipientPrivateKey:
        return RecipientPrivateKey.generate(random.Random(f"{self.seed} recipient {member} {day}").randbytes)

    def week(self, member: str, week: int) -> Iterator[Delegation]:
        """What the root names of ``member`` for one week."""
        if week == 0:
            for role, signer in ((KeyRole.NODE, self.node), (KeyRole.WITNESS, self.witness)):
                yield Delegation.of(
                    role, signer[member].public, valid_from=START_MS, valid_until=START_MS + 400 * DAY_MS
                )
        for day in range(7 * week, 7 * week + 7):
            since, until = START_MS + day * DAY_MS, START_MS + (day + 1) * DAY_MS
            duty, opens = self.duty(member, day).public, self.recipient(member, day).of(member).public
            yield Delegation.of(KeyRole.DUTY, duty, valid_from=since, valid_until=until, desk="air")
            yield Delegation.of(KeyRole.RECIPIENT, opens, valid_from=since, valid_until=until)


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Where the makers meet: the heads of the last two rounds, and the barrier after each."""

    barrier: Barrier
    sizes: Any
    roots: Any

    def tell(self, turn: int, member: int, tree: Tree) -> None:
        place = turn % 2 * len(MEMBERS) + member
        self.sizes[place] = tree.size
        self.roots[32 * place : 32 * place + 32] = tree.root_at(tree.size)

    def heads(self, turn: int, member: int) -> dict[str, Head]:
        """The logs of the others after round ``turn``."""
        places = ((name, turn % 2 * len(MEMBERS) + at) for at, name in enumerate(MEMBERS) if at != member)
        return {
            name: Head(self.sizes[place], bytes(self.roots[32 * place : 32 * place + 32]).hex())
            for name, place in places
        }


def make_record(folder: Path, entries: int, seed: int) -> int:
    """Write a replica of at least ``entries`` entries into ``folder``, which is made; how many it has."""
    rounds = -(-entries // (ENTRIES_A_ROUND * len(MEMBERS)))
    cast = Cast(seed)
    folder.mkdir(parents=True)
    (folder / "charter.json").write_bytes(print_charter(cast.charter))
    context = mp.get_context("spawn")
    meeting = _Meeting(
        context.Barrier(len(MEMBERS)),
        context.RawArray("q", 2 * len(MEMBERS)),
        context.RawArray("B", 64 * len(MEMBERS)),
    )
    counted = context.RawArray("q", len(MEMBERS))
    makers = [
        context.Process(target=_make_log, args=(folder, at, rounds, seed, meeting, counted))
        for at in range(len(MEMBERS))
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join()
        if maker.exitcode:
            meeting.barrier.abort()
    if any(maker.exitcode for maker in makers):
        raise RuntimeError("the record could not be made; see above")
    return sum(counted)


def _make_log(folder: Path, member: int, rounds: int, seed: int, meeting: _Meeting, counted: Any) -> None:
    log = _LogMaker(folder, member, seed)
    step_ms = max(1, _YEAR_MS // rounds)
    try:
        for turn in range(rounds):
            log.round(turn, START_MS + turn * step_ms, meeting.heads(turn - 1, member) if turn else {})
            meeting.tell(turn, member, log.tree)
            meeting.barrier.wait()
        log.close()
    except BaseException:
        meeting.barrier.abort()
        raise
    counted[member] = log.tree.size


class _LogMaker:
    """One member's log as it grows, into files of 10,000 lines."""

    def __init__(self, folder: Path, member: int, seed: int) -> None:
        self.cast = Cast(seed)
        self.member = MEMBERS[member]
        self.tree = Tree()
        self._chance = random.Random(f"{seed} log {self.member}")
        self._folder = folder / f"{self.member}.0"
        self._folder.mkdir()
        self._lines: list[bytes] = []
        self._weeks = 0
        self._day = -1
        self._duty = self.cast.node[self.member]
        self._at, self._heads = START_MS, dict[str, Head]()

    def round(self, turn: int, at: int, heads: dict[str, Head]) -> None:
        self._at, self._heads = at, heads
        self._name_keys()
        self._add(self._sealed(2_048))
        if self.member == HOST:
            self._add(self._beat())
        else:
            about = self._chance.randbytes(16).hex()
            self._add(self._said("acknowledge", {"about": about, "rung": 1, "read_back": None}, self._duty))
        self._add(self._sealed(1_024))
        self._add(self._beat())
        if turn % _ROUNDS_A_CHECKPOINT == _ROUNDS_A_CHECKPOINT - 1:
            self._check()

    def close(self) -> None:
        self._check()
        self._write()

    def _name_keys(self) -> None:
        day = (self._at - START_MS) // DAY_MS
        while self._weeks <= day // 7 + _WEEKS_AHEAD:
            rows = tuple(self.cast.week(self.member, self._weeks))
            self._add(self._said("key.delegate", delegate_body(rows), self.cast.roots[self.member]))
            if self._weeks == 0:
                body = (
                    found_body(self.cast.charter) if self.member == HOST else join_body(self.cast.mechanism)
                )
                kind = "charter.found" if self.member == HOST else "charter.join"
                self._add(self._said(kind, body, self.cast.roots[self.member]))
            self._weeks += 1
        if day != self._day:
            self._day, self._duty = day, self.cast.duty(self.member, day)

    def _id(self) -> str:
        return fresh_id(self._chance.randbytes, mechanism=self.cast.mechanism, author=self.member)

    def _said(self, kind: str, body: JsonObject, signer: Ed25519Signer) -> SignedStatement:
        statement = Statement(
            mechanism=self.cast.mechanism,
            author=self.member,
            desk="air" if signer is self._duty else None,
            id=self._id(),
            kind=kind,
            to=tuple(name for name in MEMBERS if name != self.member),
            at=self._at,
            body=body,
        )
        return sign_statement(statement, [signer])

    def _beat(self) -> SignedStatement:
        return self._said("node.beat", {"unreadable": []}, self.cast.node[self.member])

    def _sealed(self, padded: int) -> SealedStatement:
        draw = self._chance.randbytes
        return SealedStatement(
            commitment=draw(32).hex(),
            ciphertext=draw(padded),
            blobs=None,
            wraps=tuple(Wrap(name, draw(32).hex(), draw(_WRAPPED_BYTES)) for name in MEMBERS),
            id=self._id(),
            shown=None,
        )

    def _add(self, content: SignedStatement | SealedStatement) -> None:
        leaf = Leaf(
            mechanism=self.cast.mechanism,
            author=self.member,
            generation=0,
            seq=self.tree.size,
            at=self._at,
            heads=self._heads,
            content=content,
        )
        data = sign_leaf(leaf, self.cast.node[self.member])
        self.tree.append(leaf_hash(data))
        self._lines.append(data)
        if len(self._lines) == _ENTRIES_A_FILE:
            self._write()

    def _write(self) -> None:
        start = self.tree.size - len(self._lines)
        (self._folder / f"entries-{start:012}.jsonl").write_bytes(b"\n".join((*self._lines, b"")))
        self._lines = []

    def _check(self) -> None:
        """A checkpoint of all that stands, cosigned by the others, who need to have no copy to sign here."""
        size, node = self.tree.size, self.cast.node[self.member]
        checkpoint = Checkpoint(
            origin_of(self.cast.mechanism, self.member, 0), size, self.tree.root_at(size).hex()
        )
        note = sign_checkpoint(checkpoint, public=node.public, signer=node)
        lines = [
            cosign(
                note.text,
                name=cosigner_name(self.cast.mechanism, name),
                public=self.cast.witness[name].public,
                signer=self.cast.witness[name],
                at_s=self._at // 1_000,
            )
            for name in MEMBERS
            if name != self.member
        ]
        data = print_note(Note(note.text, (*note.signatures, *lines)))
        (self._folder / f"checkpoint-{size:012}.note").write_bytes(data)


def digest_of(folder: Path) -> str:
    """SHA-256 over every file of a record: the same seed is the same work."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()
