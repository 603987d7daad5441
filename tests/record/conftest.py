# SPDX-License-Identifier: Apache-2.0
"""A whole mechanism in memory, for every test of the record: keys, charter, logs, and the test's own clock.

TUR (2 of 3 root keys), ISR and the host AZE run nodes; MSF is carried by AZE. Nothing is random: bytes come
from a counter. ``World.write`` makes an entry without keeping it and ``World.add`` keeps it, so that an
attack can be written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import pytest

from steerclear.record import (
    AcceptedLeaf,
    Charter,
    Corner,
    Delegation,
    Ed25519Signer,
    Head,
    JsonObject,
    KeyRole,
    Leaf,
    Log,
    MemberCard,
    Note,
    RecipientPrivateKey,
    RecipientPublicKey,
    ReplicaLog,
    SealedStatement,
    Shown,
    SignedStatement,
    Statement,
    cosign,
    cosigner_name,
    delegate_body,
    found_body,
    fresh_id,
    join_body,
    mechanism_of,
    print_note,
    seal,
    sign_checkpoint,
    sign_leaf,
    sign_statement,
)

START = 1_744_185_600_000  # 2025-04-09T08:00:00.000Z
DAY = 86_400_000
THEATRE = (
    Corner(320_000_000, 355_000_000),
    Corner(375_000_000, 355_000_000),
    Corner(375_000_000, 425_000_000),
    Corner(320_000_000, 425_000_000),
)


class Keys:
    """Every key of one member."""

    def __init__(self, world: World, member: str, roots: int) -> None:
        self.member = member
        self.roots = [Ed25519Signer.generate(world.random) for _ in range(roots)]
        self.node = Ed25519Signer.generate(world.random)
        self.witness = Ed25519Signer.generate(world.random)
        self.authority = Ed25519Signer.generate(world.random)
        self.duty = Ed25519Signer.generate(world.random)
        self.recipient = RecipientPrivateKey.generate(world.random)

    @property
    def opening(self) -> RecipientPublicKey:
        return self.recipient.of(self.member)

    def delegations(self, since: int) -> tuple[Delegation, ...]:
        def named(role: KeyRole, public: bytes, days: int, desk: str | None = None) -> Delegation:
            return Delegation.of(
                role,
                public,
                valid_from=since - DAY // 2,
                valid_until=since - DAY // 2 + days * DAY,
                desk=desk,
            )

        return (
            named(KeyRole.NODE, self.node.public, 400),
            named(KeyRole.WITNESS, self.witness.public, 400),
            named(KeyRole.AUTHORITY, self.authority.public, 400),
            named(KeyRole.DUTY, self.duty.public, 1, "air"),
            named(KeyRole.RECIPIENT, self.recipient.public, 35),
        )


class World:
    def __init__(self, name: str = "syria-2025") -> None:
        self._drawn = 0
        self.now = START
        roots = {"TUR": 3, "ISR": 1, "AZE": 1, "MSF": 1}
        self.keys = {member: Keys(self, member, count) for member, count in roots.items()}
        self.charter = Charter(
            name=name,
            drill=True,
            theatre=THEATRE,
            host="AZE",
            members=(
                self._card("AZE", "host"),
                self._card("ISR", "party"),
                self._card("MSF", "notifier", carrier="AZE"),
                self._card("TUR", "party", threshold=2),
            ),
        )
        self.mechanism = mechanism_of(self.charter)
        self.logs = {member: Log(self.charter, member) for member in self.charter.with_log}
        self.entries: dict[str, list[bytes]] = {member: [] for member in self.logs}

    def random(self, count: int) -> bytes:
        self._drawn += 1
        return hashlib.shake_256(self._drawn.to_bytes(8, "big")).digest(count)

    def tick(self, milliseconds: int = 1_000) -> int:
        self.now += milliseconds
        return self.now

    def say(
        self,
        author: str,
        kind: str,
        body: JsonObject,
        *,
        to: Sequence[str] = (),
        signers: Sequence[Ed25519Signer] | None = None,
        desk: str | None = None,
        mechanism: str | None = None,
        identity: str | None = None,
    ) -> SignedStatement:
        statement = Statement(
            mechanism=mechanism or self.mechanism,
            author=author,
            desk=desk,
            id=identity or self.identity(author, mechanism),
            kind=kind,
            to=tuple(to),
            at=self.now,
            body=body,
        )
        return sign_statement(statement, signers or self.usual_signers(author, kind))

    def identity(self, author: str, mechanism: str | None = None) -> str:
        return fresh_id(self.random, mechanism=mechanism or self.mechanism, author=author)

    def usual_signers(self, author: str, kind: str) -> Sequence[Ed25519Signer]:
        keys = self.keys[author]
        if kind == "node.beat":
            return [keys.node]
        if kind.startswith(("charter.", "key.", "log.")):
            return keys.roots[: self.charter.card(author).root_threshold]
        return [keys.duty]

    def seal(
        self, author: str, signed: SignedStatement, *recipients: str, shown: Shown | None = None
    ) -> SealedStatement:
        return seal(
            signed,
            mechanism=self.mechanism,
            author=author,
            recipients=[self.keys[member].opening for member in (author, *recipients)],
            random=self.random,
            shown=shown,
        )

    def write(
        self,
        author: str,
        content: SignedStatement | SealedStatement,
        *,
        node: Ed25519Signer | None = None,
        seq: int | None = None,
        at: int | None = None,
        heads: Mapping[str, Head] | None = None,
        generation: int = 0,
        mechanism: str | None = None,
    ) -> bytes:
        """The next entry of ``author``'s log, with whatever an attacker would change."""
        leaf = Leaf(
            mechanism=mechanism or self.mechanism,
            author=author,
            generation=generation,
            seq=self.logs[author].size if seq is None else seq,
            at=self.now if at is None else at,
            heads=self.heads(author) if heads is None else heads,
            content=content,
        )
        return sign_leaf(leaf, node or self.keys[author].node)

    def heads(self, author: str) -> Mapping[str, Head]:
        return {member: log.head() for member, log in self.logs.items() if member != author and log.size}

    def add(self, author: str, content: SignedStatement | SealedStatement) -> AcceptedLeaf:
        self.tick()
        entry = self.write(author, content)
        accepted = self.logs[author].accept(entry)
        self.entries[author].append(entry)
        return accepted

    def begin(self) -> World:
        """Every log with its first two entries; AZE founds and carries MSF."""
        for member in ("AZE", "ISR", "TUR"):
            delegated = delegate_body(self.keys[member].delegations(self.now))
            self.add(member, self.say(member, "key.delegate", delegated))
            if member == "AZE":
                self.add(member, self.say(member, "charter.found", found_body(self.charter)))
            else:
                self.add(member, self.say(member, "charter.join", join_body(self.mechanism)))
        self.add(
            "AZE", self.say("MSF", "key.delegate", delegate_body(self.keys["MSF"].delegations(self.now)[2:]))
        )
        self.add("AZE", self.say("MSF", "charter.join", join_body(self.mechanism)))
        return self

    def notice(self, author: str, number: int = 0) -> SignedStatement:
        return self.say(author, "notice.file", {"ref": f"n{number}"}, to=("ISR",), desk="air")

    def talk(self, rounds: int) -> World:
        """Notices in clear and sealed, and beats, by all three."""
        for number in range(rounds):
            self.add("TUR", self.notice("TUR", number))
            self.add("ISR", self.seal("ISR", self.notice("ISR", number), "TUR"))
            self.add("AZE", self.say("AZE", "node.beat", {"unreadable": []}))
        return self

    def copy(self, member: str, size: int | None = None) -> Log:
        """What another member's mirror makes of the first ``size`` entries."""
        mirror = Log(self.charter, member)
        for entry in self.entries[member][:size]:
            mirror.accept(entry)
        return mirror

    def note(self, member: str, *cosigners: str, size: int | None = None) -> Note:
        """A signed checkpoint of ``member``'s log with the cosignatures of others."""
        log = self.logs[member]
        checkpoint = log.checkpoint() if size is None else self.copy(member, size).checkpoint()
        keys = self.keys[member]
        note = sign_checkpoint(checkpoint, public=keys.node.public, signer=keys.node)
        lines = [
            cosign(
                note.text,
                name=cosigner_name(self.mechanism, one),
                public=self.keys[one].witness.public,
                signer=self.keys[one].witness,
                at_s=self.now // 1_000,
            )
            for one in cosigners
        ]
        return Note(note.text, (*note.signatures, *lines))

    def replica(self, **sizes: int) -> list[ReplicaLog]:
        """All logs, or the first entries of those named, with a cosigned checkpoint each."""
        return [
            ReplicaLog(
                member,
                0,
                self.entries[member][: sizes.get(member)],
                [print_note(self.note(member, *(set(self.logs) - {member}), size=sizes.get(member)))],
            )
            for member in sorted(self.logs)
        ]

    def _card(self, member: str, role: str, threshold: int = 1, carrier: str | None = None) -> MemberCard:
        return MemberCard(
            member=member,
            role=role,
            carrier=carrier,
            root_threshold=threshold,
            root_keys=tuple(key.public for key in self.keys[member].roots),
            addresses=() if carrier else (f"https://{member.lower()}.example:8443",),
            tls_spki=None if carrier else hashlib.sha256(member.encode()).hexdigest(),
        )


@pytest.fixture
def bare() -> World:
    """Keys and a charter; no log has begun."""
    return World()


@pytest.fixture
def world() -> World:
    """Every log begun."""
    return World().begin()
