# SPDX-License-Identifier: Apache-2.0
"""Do others read what we sign and seal, and we what they do? Notes, proofs, envelopes, sealed statements.

Where another program reads a changed file without complaint, it must read the very same thing as before: its
base64 or JSON has two spellings for it. Ours has one, and refuses the other.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from securesystemslib.dsse import Envelope as TheirEnvelope
from securesystemslib.exceptions import UnverifiedSignatureError, VerificationError
from securesystemslib.signer._crypto_signer import CryptoSigner
from securesystemslib.signer._key import SSlibKey
from tests.interop.conftest import Ask, bits_of, entry, hexed, listed

from steerclear.errors import NotVerified, SteerclearError
from steerclear.record import (
    COSIGNATURE,
    ED25519,
    STATEMENT_TYPE,
    Checkpoint,
    Ed25519Signer,
    Note,
    NoteKey,
    NoteSignature,
    RecipientPrivateKey,
    SignedStatement,
    Statement,
    TlogProof,
    Wrap,
    commit,
    cosign,
    cosigner_name,
    fresh_id,
    is_cosignature,
    is_proven,
    is_signature,
    is_signed_by,
    open_sealed,
    origin_of,
    parse_checkpoint,
    parse_envelope,
    parse_note,
    parse_proof,
    print_envelope,
    print_note,
    print_proof,
    print_signed,
    print_vkey,
    seal,
    sign_checkpoint,
    sign_statement,
)
from steerclear.record.merkle import Tree

MECHANISM = hashlib.sha256(b"interop").hexdigest()
ORIGIN = origin_of(MECHANISM, "TUR", 0)
SIZE = 100
AT_S = 1_744_185_600


def drawn(name: str) -> bytes:
    return hashlib.sha256(f"interop {name}".encode()).digest()


def signer(name: str) -> Ed25519Signer:
    return Ed25519Signer.from_private_bytes(drawn(name))


LOG_KEY = NoteKey(ORIGIN, ED25519, signer("node").public)
WITNESS_KEYS = [
    NoteKey(cosigner_name(MECHANISM, member), COSIGNATURE, signer(member).public) for member in ("AZE", "ISR")
]
KEYS = [LOG_KEY, *WITNESS_KEYS]
VKEYS = ",".join(print_vkey(key) for key in KEYS)


@pytest.fixture(scope="module")
def note(tree: Tree) -> Note:
    """A checkpoint of 100 entries, cosigned by two."""
    checkpoint = Checkpoint(ORIGIN, SIZE, tree.root_at(SIZE).hex())
    signed = sign_checkpoint(checkpoint, public=LOG_KEY.public, signer=signer("node"))
    lines = [
        cosign(signed.text, name=key.name, public=key.public, signer=signer(member), at_s=AT_S)
        for key, member in zip(WITNESS_KEYS, ("AZE", "ISR"), strict=True)
    ]
    return Note(signed.text, (*signed.signatures, *lines))


def is_whole(data: bytes) -> bool:
    """Do we read a checkpoint here that all three keys have signed?"""
    try:
        note = parse_note(data)
        parse_checkpoint(note.text)
    except NotVerified:
        return False
    lines = {line.name: line for line in note.signatures}
    return is_signed_by(note, name=LOG_KEY.name, public=LOG_KEY.public) and all(
        key.name in lines and is_cosignature(lines[key.name], note.text, name=key.name, public=key.public)
        for key in WITNESS_KEYS
    )


def reading(note: Note) -> str:
    """The note as the Go program tells it."""
    lines = (
        f"{line.name.encode().hex()}:{line.key_id.hex()}:{line.signature.hex()}" for line in note.signatures
    )
    return f"{note.text.encode().hex()} {','.join(lines)}"


def test_the_checkpoint_and_its_cosignatures_open_elsewhere(go: Ask, node: Ask, note: Note) -> None:
    data = print_note(note)
    assert is_whole(data)
    assert go([f"note {VKEYS} {data.hex()}"]) == [reading(note)]
    root = parse_checkpoint(note.text).root
    assert node([by_node(data)]) == [f"{ORIGIN} {SIZE} {root}"]


def by_node(data: bytes) -> str:
    return f"checkpoint {ORIGIN} {LOG_KEY.key_id.hex()} {LOG_KEY.public.hex()} {data.hex()}"


def test_every_single_bit_of_a_note_counts(go: Ask, note: Note) -> None:
    changed = list(bits_of(print_note(note)))
    assert not any(map(is_whole, changed))
    for answer in go(f"note {VKEYS} {data.hex()}" for data in changed):
        # A line under a name or key that they do not know is passed over: then one of three is missing.
        assert answer in ("no", reading(note)) or answer.count(":") < 2 * len(KEYS)


def test_every_single_bit_that_is_signed_counts_everywhere(go: Ask, node: Ask, note: Note) -> None:
    """Text and raw signatures, spelled as they should be: nobody may accept any of these."""
    changed = []
    for place, line in enumerate(note.signatures):
        for raw in bits_of(line.signature):
            lines = list(note.signatures)
            lines[place] = NoteSignature(line.name, line.key_id, raw)
            changed.append(print_note(Note(note.text, tuple(lines))))
    assert not any(map(is_whole, changed))
    assert set(go(f"note {VKEYS} {data.hex()}" for data in changed)) == {"no"}
    by_log = 8 * len(note.signatures[0].signature)
    assert set(node(by_node(data) for data in changed[:by_log])) == {"no"}
    texts = [other + print_note(note)[len(note.text.encode()) :] for other in bits_of(note.text.encode())]
    assert not any(map(is_whole, texts))
    assert set(go(f"note {VKEYS} {data.hex()}" for data in texts)) == {"no"}
    assert set(node(by_node(data) for data in texts)) == {"no"}


def test_a_note_that_is_spelled_otherwise_is_never_read_otherwise(go: Ask, note: Note) -> None:
    """What we accept they accept, and read alike; what they refuse we refuse."""
    data = print_note(note)
    first = data.partition(b"\n\n")[2].partition(b"\n")[0] + b"\n"
    strange = [
        data + first,
        data + b"\n",
        data.replace(b"\n\n", b"\n\n\n", 1),
        data[:-1],
        data + "— x AAAAAA==\n".encode(),
        data + "— x AAAAAAA=\n".encode(),
        data.replace("— ".encode(), "—  ".encode(), 1),
        data.replace(b"=\n", b"=\r\n", 1),
        data.replace(b"\n", b"\r\n"),
        data.replace(b"\n", b"\t\n", 1),
        data.replace(b"=\n", b"\n", 1),
        b"\xef\xbb\xbf" + data,
        data + "— a+b AAAAAAA=\n".encode(),
        data + "— a\u2003b AAAAAAA=\n".encode(),
    ]
    for form, theirs in zip(strange, go(f"note {VKEYS} {form.hex()}" for form in strange), strict=True):
        if is_whole(form):
            assert theirs == reading(note)
        if theirs == "no":
            assert not is_whole(form)


def test_a_proof_file_is_checked_with_their_code_alone(go: Ask, note: Note, tree: Tree) -> None:
    """C2SP tlog-proof, read by hand: lines, a blank line, the checkpoint."""
    index = 42
    hashes = tuple(step.hex() for step in tree.inclusion(index, SIZE))
    data = print_proof(TlogProof(index, hashes, note, b"extra"))
    head, _, checkpoint = data.partition(b"\n\n")
    lines = head.decode().split("\n")
    assert lines[0] == "c2sp.org/tlog-proof@v1"
    assert lines[2] == f"index {index}"
    [opened] = go([f"note {VKEYS} {checkpoint.hex()}"])
    size, root = bytes.fromhex(opened.partition(" ")[0]).decode().split("\n")[1:3]
    steps = listed(map(base64.b64decode, lines[3:]))
    asked = f"inclusion {size} {index} {base64.b64decode(root).hex()} {entry(index).hex()} {steps}"
    assert go([asked]) == ["yes"]


def test_every_single_bit_of_a_proof_file_counts(go: Ask, note: Note, tree: Tree) -> None:
    index = 42
    hashes = tuple(step.hex() for step in tree.inclusion(index, SIZE))
    original = TlogProof(index, hashes, note, None)
    asked = []
    for changed in bits_of(print_proof(original)):
        try:
            proof = parse_proof(changed)
            checkpoint = parse_checkpoint(proof.checkpoint.text)
        except NotVerified:
            continue
        whole = is_whole(print_note(proof.checkpoint))
        proven = is_proven(entry(index), proof.index, checkpoint.size, proof.hashes, checkpoint.root)
        assert not (whole and proven)
        if whole and proof.index < checkpoint.size:
            steps = listed(map(bytes.fromhex, proof.hashes))
            asked.append(
                f"inclusion {checkpoint.size} {proof.index} {checkpoint.root} {entry(index).hex()} {steps}"
            )
    assert len(asked) > len(hashes) * 32 * 8 // 2
    assert set(go(asked)) == {"no"}


# ---- envelopes -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def said() -> SignedStatement:
    draws = count()
    statement = Statement(
        mechanism=MECHANISM,
        author="TUR",
        desk="air",
        id=fresh_id(lambda size: drawn(f"id {next(draws)}")[:size], mechanism=MECHANISM, author="TUR"),
        kind="notice.file",
        to=("ISR",),
        at=AT_S * 1_000,
        body={"ref": "Diyarbakır 1"},
    )
    return sign_statement(statement, [signer("duty"), signer("authority")])


def their_key(name: str) -> SSlibKey:
    own = signer(name)
    return SSlibKey(own.keyid, "ed25519", "ed25519", {"public": own.public.hex()})


def accepted_by_theirs(data: bytes) -> TheirEnvelope | None:
    """Their reading of the envelope if both keys have signed it."""
    try:
        read = TheirEnvelope.from_dict(json.loads(data))
        read.verify([their_key("duty"), their_key("authority")], 2)
    except (ValueError, KeyError, TypeError, AttributeError, VerificationError, UnverifiedSignatureError):
        return None
    return read


def accepted_by_ours(data: bytes) -> bool:
    try:
        read = parse_envelope(data, where="envelope")
    except NotVerified:
        return False
    keys = {one.keyid: one.public for one in (signer("duty"), signer("authority"))}
    return {one.keyid for one in read.signatures} == set(keys) and all(
        is_signature(one.sig, read.signed_bytes, keys[one.keyid]) for one in read.signatures
    )


def test_our_envelopes_verify_elsewhere(node: Ask, said: SignedStatement) -> None:
    data = print_signed(said)
    assert accepted_by_ours(data)
    assert accepted_by_theirs(data) is not None
    assert set(node(by_sigstore(said.envelope.payload_type, said.envelope.payload, said))) == {"yes"}


def by_sigstore(kind: str, payload: bytes, said: SignedStatement) -> Sequence[str]:
    """One question a signature."""
    keys = {one.keyid: one.public for one in (signer("duty"), signer("authority"))}
    return [
        f"envelope {keys[one.keyid].hex()} {hexed(kind.encode())} {hexed(payload)} {one.sig.hex()}"
        for one in said.envelope.signatures
    ]


def test_every_single_bit_of_an_envelope_counts(node: Ask, said: SignedStatement) -> None:
    data = print_signed(said)
    before = accepted_by_theirs(data)
    for changed in bits_of(data):
        assert not accepted_by_ours(changed)
        assert accepted_by_theirs(changed) in (None, before)
    asked: list[str] = []
    for payload in bits_of(said.envelope.payload):
        asked += by_sigstore(STATEMENT_TYPE, payload, said)
    for one in said.envelope.signatures:
        key = next(name for name in ("duty", "authority") if signer(name).keyid == one.keyid)
        asked += [
            f"envelope {signer(key).public.hex()} {STATEMENT_TYPE.encode().hex()} "
            f"{said.envelope.payload.hex()} {sig.hex()}"
            for sig in bits_of(one.sig)
        ]
    assert set(node(asked)) == {"no"}


def test_their_envelopes_are_read_here(said: SignedStatement) -> None:
    key = Ed25519PrivateKey.from_private_bytes(drawn("duty"))
    envelope = TheirEnvelope(said.envelope.payload, STATEMENT_TYPE, {})
    envelope.sign(CryptoSigner(key, their_key("duty")))
    written = envelope.to_dict()
    data = json.dumps(
        {name: written[name] for name in ("payload", "payloadType", "signatures")}, separators=(",", ":")
    ).encode()
    read = parse_envelope(data, where="envelope")
    assert print_envelope(read) == data
    assert is_signature(read.signatures[0].sig, read.signed_bytes, signer("duty").public)


# ---- sealed statements -----------------------------------------------------------------------------------

RECIPIENTS = {
    name: RecipientPrivateKey.from_private_bytes(drawn(f"recipient {name}")) for name in ("TUR", "ISR")
}


def wrap_info(commitment: str, wrap: Wrap) -> bytes:
    """As docs/record.md says it, not as our code does."""
    lines = ("steerclear/seal/v1/wrap", MECHANISM, "TUR", commitment, wrap.member, wrap.keyid)
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.fixture(scope="module")
def sealed(said: SignedStatement) -> Any:
    draws = count()
    return seal(
        said,
        mechanism=MECHANISM,
        author="TUR",
        recipients=[key.of(name) for name, key in RECIPIENTS.items()],
        random=lambda size: drawn(f"draw {next(draws)}")[:size],
    )


def asked_to_open(wrapped: bytes, info: bytes, member: str) -> str:
    private = RECIPIENTS[member].private_bytes.hex()
    return f"open {private} {info.hex()} {wrapped[:32].hex()} {wrapped[32:].hex()}"


def test_what_we_seal_opens_elsewhere(node: Ask, sealed: Any, said: SignedStatement) -> None:
    for wrap in sealed.wraps:
        [secret] = node([asked_to_open(wrap.wrapped, wrap_info(sealed.commitment, wrap), wrap.member)])
        key, salt = bytes.fromhex(secret)[:32], bytes.fromhex(secret)[32:]
        tagged = b"steerclear/seal/v1/content\n" + bytes.fromhex(sealed.commitment)
        plain = AESGCM(key).decrypt(bytes(12), sealed.ciphertext, tagged)
        statement = plain[4 : 4 + int.from_bytes(plain[:4], "big")]
        assert statement == print_signed(said)
        assert commit(salt, statement) == sealed.commitment


def test_what_they_seal_opens_here(node: Ask, sealed: Any, said: SignedStatement) -> None:
    wraps = []
    for wrap in sealed.wraps:
        info = wrap_info(sealed.commitment, wrap)
        secret = drawn("draw 1") + drawn("draw 0")
        public = RECIPIENTS[wrap.member].public.hex()
        [answer] = node([f"seal {public} {info.hex()} {secret.hex()}"])
        wraps.append(replace(wrap, wrapped=bytes.fromhex(answer.replace(" ", ""))))
    theirs = replace(sealed, wraps=tuple(wraps))
    assert theirs.wraps != sealed.wraps
    for member, key in RECIPIENTS.items():
        assert open_sealed(theirs, mechanism=MECHANISM, author="TUR", member=member, keys=[key]) == said


def test_every_single_bit_of_a_wrap_and_of_what_it_is_bound_to_counts(node: Ask, sealed: Any) -> None:
    wrap = sealed.wraps[0]
    info = wrap_info(sealed.commitment, wrap)
    changed = list(bits_of(wrap.wrapped))
    answers = node(asked_to_open(other, info, wrap.member) for other in changed)
    for other, answer in zip(changed, answers, strict=True):
        # X25519 passes over the top bit of a public key (RFC 7748, 5); HPKE hashes it with the rest.
        assert answer == "no"
        with pytest.raises(SteerclearError):
            open_sealed(
                replace(sealed, wraps=(replace(wrap, wrapped=other),)),
                mechanism=MECHANISM,
                author="TUR",
                member=wrap.member,
                keys=[RECIPIENTS[wrap.member]],
            )
    infos = list(bits_of(info))
    assert set(node(asked_to_open(wrap.wrapped, other, wrap.member) for other in infos)) == {"no"}
