# SPDX-License-Identifier: Apache-2.0
"""The worked example: a small record whose bytes are kept, byte for byte, in ``tests/golden/record/``.

Its keys are no secret: SHA-256 of ``steerclear example NAME``. Whoever writes the record in another language
starts here. Everything but the sealed entry is reproduced; HPKE draws a fresh key each time, so that one is
opened instead. ``--write-golden`` writes all of it anew, and with it the example in docs/record.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from steerclear.record import (
    Bundle,
    Charter,
    Corner,
    Delegation,
    Ed25519Signer,
    FloorMessage,
    Head,
    Held,
    JsonObject,
    KeyRole,
    Leaf,
    Log,
    LogPart,
    MemberCard,
    Note,
    RecipientPrivateKey,
    SealedStatement,
    Shown,
    SignedStatement,
    Statement,
    commit,
    cosign,
    cosigner_name,
    delegate_body,
    found_body,
    fresh_id,
    join_body,
    judge_floor,
    mechanism_of,
    open_sealed,
    parse_bundle,
    parse_floor,
    parse_leaf,
    print_bundle,
    print_card,
    print_charter,
    print_floor,
    print_note,
    print_signed,
    prove,
    seal,
    sign_checkpoint,
    sign_leaf,
    sign_statement,
    statement_hash,
    verify_bundle,
    verify_proof,
)

START = 1_744_185_600_000  # 2025-04-09T08:00:00.000Z
DAY = 86_400_000
DOCUMENT = Path(__file__).parents[2] / "docs" / "record.md"
BEGIN, END = "<!-- example: begin -->\n", "<!-- example: end -->\n"
ROLES = {"AZE": "host", "ISR": "party", "TUR": "party"}


def seed(name: str) -> bytes:
    return hashlib.sha256(f"steerclear example {name}".encode()).digest()


def signer(name: str) -> Ed25519Signer:
    return Ed25519Signer.from_private_bytes(seed(name))


def opener(member: str) -> RecipientPrivateKey:
    return RecipientPrivateKey.from_private_bytes(seed(f"{member} recipient"))


def card(member: str) -> MemberCard:
    return MemberCard(
        member=member,
        role=ROLES[member],
        root_threshold=1,
        root_keys=(signer(f"{member} root").public,),
        addresses=(f"https://{member.lower()}.example:8443",),
        tls_spki=hashlib.sha256(seed(f"{member} tls")).hexdigest(),
    )


CORNERS = ((320_000_000, 355_000_000), (375_000_000, 355_000_000), (375_000_000, 425_000_000))
CHARTER = Charter(
    name="example",
    drill=True,
    theatre=tuple(Corner(*corner) for corner in CORNERS),
    host="AZE",
    members=tuple(card(member) for member in sorted(ROLES)),
)
MECHANISM = mechanism_of(CHARTER)


def say(author: str, number: int, kind: str, body: JsonObject, key: str, *to: str) -> SignedStatement:
    statement = Statement(
        mechanism=MECHANISM,
        author=author,
        desk="air" if key == "duty" else None,
        id=fresh_id(lambda size: seed(f"{author} id {number}")[:size], mechanism=MECHANISM, author=author),
        kind=kind,
        to=to,
        at=START,
        body=body,
    )
    return sign_statement(statement, [signer(f"{author} {key}")])


def delegations(member: str) -> tuple[Delegation, ...]:
    def named(role: KeyRole, public: bytes, days: int, desk: str | None = None) -> Delegation:
        return Delegation.of(role, public, valid_from=START, valid_until=START + days * DAY, desk=desk)

    return (
        named(KeyRole.NODE, signer(f"{member} node").public, 365),
        named(KeyRole.WITNESS, signer(f"{member} witness").public, 365),
        named(KeyRole.AUTHORITY, signer(f"{member} authority").public, 365),
        named(KeyRole.DUTY, signer(f"{member} duty").public, 1, "air"),
        named(KeyRole.RECIPIENT, opener(member).public, 35),
    )


@dataclass
class Writing:
    """The example's logs as they grow."""

    logs: dict[str, Log]
    entries: dict[str, list[bytes]]
    clock: count[int]

    def add(self, author: str, content: SignedStatement | SealedStatement) -> bytes:
        heads = {member: log.head() for member, log in self.logs.items() if member != author and log.size}
        entry = self.entry(author, content, heads)
        self.logs[author].accept(entry)
        self.entries[author].append(entry)
        return entry

    def entry(self, author: str, content: SignedStatement | SealedStatement, heads: dict[str, Head]) -> bytes:
        seq = self.logs[author].size
        leaf = Leaf(MECHANISM, author, 0, seq, START + 1_000 * next(self.clock), heads, content)
        return sign_leaf(leaf, signer(f"{author} node"))


NOTICE = say("TUR", 2, "notice.file", {"ref": "example"}, "duty", "ISR")
STOP = say("ISR", 9, "stop.call", {"basis": "civilians"}, "duty", "TUR")


def delegate(member: str) -> SignedStatement:
    return say(member, 0, "key.delegate", delegate_body(delegations(member)), "root")


@pytest.fixture(scope="module")
def writing() -> Writing:
    """AZE founds, ISR and TUR join, TUR files a notice in clear."""
    made = Writing(
        {member: Log(CHARTER, member) for member in ROLES}, {member: [] for member in ROLES}, count(1)
    )
    for member in ROLES:
        made.add(member, delegate(member))
        body = found_body(CHARTER) if member == "AZE" else join_body(MECHANISM)
        made.add(member, say(member, 1, "charter.found" if member == "AZE" else "charter.join", body, "root"))
    made.add("TUR", NOTICE)
    return made


@pytest.fixture
def note(writing: Writing) -> Note:
    key = signer("TUR node")
    signed = sign_checkpoint(writing.logs["TUR"].checkpoint(), public=key.public, signer=key)
    lines = [
        cosign(
            signed.text,
            name=cosigner_name(MECHANISM, member),
            public=signer(f"{member} witness").public,
            signer=signer(f"{member} witness"),
            at_s=START // 1_000 + 60,
        )
        for member in ("AZE", "ISR")
    ]
    return Note(signed.text, (*signed.signatures, *lines))


@pytest.fixture
def bundle(writing: Writing, note: Note) -> Bundle:
    return Bundle(
        mechanism=MECHANISM,
        sender="AZE",
        at=START + 60_000,
        sizes={member: Held(0, log.size) for member, log in writing.logs.items()},
        parts=tuple(
            LogPart(member, 0, 0, tuple(entries), print_note(note) if member == "TUR" else None)
            for member, entries in sorted(writing.entries.items())
        ),
        floor=(FloorMessage(STOP, (delegate("ISR"),)),),
        presence={"air": True},
    )


def proof(writing: Writing, note: Note) -> bytes:
    return prove(
        writing.logs["TUR"], 2, writing.entries["TUR"][2], note, [delegate(one) for one in sorted(ROLES)]
    )


Golden = Callable[[str, str], None]


def test_cards_and_charter_keep_their_bytes(golden: Golden) -> None:
    golden("record/TUR.member.json", print_card(card("TUR")).decode())
    golden("record/charter.json", print_charter(CHARTER).decode())


def test_statement_and_entries_keep_their_bytes(golden: Golden, writing: Writing) -> None:
    golden("record/statement.json", print_signed(NOTICE).decode())
    golden("record/TUR.entries.jsonl", "".join(f"{entry.decode()}\n" for entry in writing.entries["TUR"]))


def test_checkpoint_proof_floor_message_and_bundle_keep_their_bytes(
    golden: Golden, writing: Writing, note: Note, bundle: Bundle
) -> None:
    golden("record/TUR.checkpoint.note", print_note(note).decode())
    golden("record/notice.tlog-proof", proof(writing, note).decode())
    golden("record/stop.floor.json", print_floor(bundle.floor[0]).decode())
    golden("record/bundle.steerclear", print_bundle(bundle).decode())


def test_the_kept_example_verifies(golden: Golden, writing: Writing, note: Note, bundle: Bundle) -> None:
    kept = Path(__file__).parents[1] / "golden" / "record"
    golden("record/bundle.steerclear", print_bundle(bundle).decode())
    report = verify_bundle(parse_bundle((kept / "bundle.steerclear").read_bytes()))
    assert report.is_verified
    assert [log.recorded for log in report.logs] == [0, 0, 3]
    assert verify_proof((kept / "notice.tlog-proof").read_bytes(), CHARTER).is_verified
    stop = parse_floor((kept / "stop.floor.json").read_bytes())
    assert judge_floor(stop, CHARTER, at=START).roles == {KeyRole.DUTY}


def test_the_kept_sealed_entry_opens(writing: Writing, request: pytest.FixtureRequest) -> None:
    kept = Path(__file__).parents[1] / "golden" / "record" / "TUR.sealed-entry.json"
    if request.config.getoption("--write-golden"):
        kept.write_bytes(sealed_entry(writing))
    leaf = parse_leaf(kept.read_bytes())
    assert leaf.sealed is not None
    signed = say("TUR", 3, "signal.send", {"code": "line-check"}, "duty", "ISR")
    assert leaf.sealed.commitment == commit(seed("draw 1"), print_signed(signed))
    for member in ("TUR", "ISR"):
        opened = open_sealed(
            leaf.sealed, mechanism=MECHANISM, author="TUR", member=member, keys=[opener(member)]
        )
        assert opened == signed


def sealed_entry(writing: Writing) -> bytes:
    """Salt and content key are the first and second draw."""
    draws = count(1)
    sealed = seal(
        say("TUR", 3, "signal.send", {"code": "line-check"}, "duty", "ISR"),
        mechanism=MECHANISM,
        author="TUR",
        recipients=[opener(member).of(member) for member in ("TUR", "ISR")],
        random=lambda size: seed(f"draw {next(draws)}")[:size],
        shown=Shown(thread=None, urgency="ROUTINE", desk="ISR air"),
    )
    heads = {member: log.head() for member, log in writing.logs.items() if member != "TUR"}
    return writing.entry("TUR", sealed, heads)


def test_the_document_shows_the_example(writing: Writing, note: Note, request: pytest.FixtureRequest) -> None:
    head, _, rest = DOCUMENT.read_text(encoding="utf-8").partition(BEGIN)
    shown, _, tail = rest.partition(END)
    wanted = example(writing, note)
    if request.config.getoption("--write-golden"):
        DOCUMENT.write_text(f"{head}{BEGIN}{wanted}{END}{tail}", encoding="utf-8")
        shown = wanted
    assert shown == wanted


def example(writing: Writing, note: Note) -> str:
    log = writing.logs["TUR"]
    rows = {
        "mechanism": MECHANISM,
        "TUR's root key, public": signer("TUR root").public.hex(),
        "TUR's node key, public": signer("TUR node").public.hex(),
        "keyid of TUR's node key": signer("TUR node").keyid,
        "hash of the notice (SHA-256 of its printed envelope)": statement_hash(NOTICE),
        "leaf hash of entry 0": log.leaf_hash_at(0),
        "leaf hash of entry 1": log.leaf_hash_at(1),
        "leaf hash of entry 2": log.leaf_hash_at(2),
        "root of the first 2 entries": log.root_at(2),
        "root of all 3 entries": log.root,
    }
    table = "".join(f"| {name} | `{value}` |\n" for name, value in rows.items())
    leaf = parse_leaf(writing.entries["TUR"][2])
    assert leaf.statement is not None
    return (
        f"\n| what | value |\n|---|---|\n{table}\n"
        f"The notice's payload (what the officer's key signs, inside the PAE):\n\n"
        f"```json\n{NOTICE.envelope.payload.decode()}\n```\n\n"
        "The signed notice (what is committed to, and hashed):\n\n"
        f"```json\n{print_signed(NOTICE).decode()}\n```\n\n"
        f"TUR's checkpoint of 3 entries with the cosignatures of AZE and ISR:\n\n"
        f"```\n{print_note(note).decode()}```\n\n"
    )
