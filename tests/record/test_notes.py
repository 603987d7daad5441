# SPDX-License-Identifier: Apache-2.0
"""Signed notes, checkpoints, cosignatures and proofs against the examples of C2SP and of Go's package."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from steerclear.errors import NotVerified
from steerclear.record import (
    Checkpoint,
    Ed25519Signer,
    Note,
    NoteKey,
    NoteSignature,
    TlogProof,
    cosign,
    cosign_mldsa44,
    cosigned_at_s,
    is_cosignature,
    is_falsely_signed_by,
    is_mldsa44_cosignature,
    is_signed_by,
    merge_notes,
    note_key_id,
    parse_checkpoint,
    parse_lines,
    parse_note,
    parse_proof,
    parse_vkey,
    print_checkpoint,
    print_lines,
    print_note,
    print_proof,
    print_vkey,
    require_progress,
)

if TYPE_CHECKING:
    from tests.record.conftest import World

# C2SP signed-note, the example.
POEM = """\
Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXx\
j99ihAQwaqP3ZekRwNtIc=
""".encode()

# The example of golang.org/x/mod/sumdb/note, with its verifier key.
NEUMANN_KEY = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
NEUMANN = """\
If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
""".encode()

# C2SP tlog-cosignature, the example.
COSIGNED = """\
example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGk\
u9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nP\
Zqhf5nNo0xUe+mbIUBkBIfZ+qnA==
""".encode()

ORIGIN = "steerclear/" + "ab" * 32 + "/TUR/0"
PUBLIC = Ed25519Signer.from_private_bytes(bytes(32)).public


@pytest.mark.parametrize("data", [POEM, NEUMANN, COSIGNED], ids=["poem", "neumann", "cosigned"])
def test_the_published_examples_print_back_to_the_same_bytes(data: bytes) -> None:
    assert print_note(parse_note(data)) == data


def test_the_published_signature_verifies_and_no_other_text_does() -> None:
    note = parse_note(NEUMANN)
    assert note.signatures[0].key_id == note_key_id("PeterNeumann", 1, NEUMANN_KEY[1:])
    assert note.signatures[0].key_id.hex() == "c74f20a3"
    assert is_signed_by(note, name="PeterNeumann", public=NEUMANN_KEY[1:])
    assert not is_signed_by(note, name="PeterNeumann", public=PUBLIC)
    assert not is_signed_by(note, name="SomebodyElse", public=NEUMANN_KEY[1:])
    other = Note(note.text + "x\n", note.signatures)
    assert not is_signed_by(other, name="PeterNeumann", public=NEUMANN_KEY[1:])
    assert is_falsely_signed_by(other, name="PeterNeumann", public=NEUMANN_KEY[1:])
    assert not is_falsely_signed_by(note, name="PeterNeumann", public=NEUMANN_KEY[1:])
    assert not is_falsely_signed_by(other, name="PeterNeumann", public=PUBLIC)


def test_the_published_cosignature_says_when() -> None:
    assert cosigned_at_s(parse_note(COSIGNED).signatures[1]) == 1679315147


LINE = b"\xe2\x80\x94 a " + base64.b64encode(bytes(68)) + b"\n"
REFUSED_NOTES = {
    "no signature": b"text\n",
    "no blank line": b"text\n" + LINE,
    "no final newline": b"text\n\n" + LINE[:-1],
    "text after the signatures": b"text\n\n" + LINE + b"more\n",
    "blank line at the end": b"text\n\n" + LINE + b"\n",
    "carriage return": b"text\r\n\n" + LINE,
    "carriage return in a line": b"text\n\n" + LINE[:-1] + b"\r\n",
    "control character": b"te\x00xt\n\n" + LINE,
    "not UTF-8": b"te\xffxt\n\n" + LINE,
    "another dash": b"text\n\n" + LINE.replace(b"\xe2\x80\x94", b"-"),
    "two spaces": b"text\n\n" + LINE.replace(b" a ", b"  a "),
    "plus in the name": b"text\n\n" + LINE.replace(b" a ", b" a+b "),
    "space in the name": b"text\n\n" + LINE.replace(b" a ", " a\u2003b ".encode()),
    "one key twice": b"text\n\n" + LINE + LINE,
    "base64 without padding": b"text\n\n" + LINE.replace(b"=", b""),
    "base64 not canonical": b"text\n\n" + LINE.replace(b"A=\n", b"B=\n"),
    "base64 of the web": b"text\n\n" + LINE.replace(b"AAAA", b"-AAA"),
    "no signature bytes": b"text\n\n\xe2\x80\x94 a AAAAAA==\n",
    "no key id": b"text\n\n\xe2\x80\x94 a AAA=\n",
    "too large": b"x" * 300_000 + b"\n\n" + LINE,
    "too many lines": b"text\n\n" + b"".join(LINE.replace(b" a ", b" a%d " % n) for n in range(257)),
}


@pytest.mark.parametrize("data", REFUSED_NOTES.values(), ids=REFUSED_NOTES)
def test_a_note_with_another_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(NotVerified):
        parse_note(data)


def test_signature_lines_alone_are_exact_inverses() -> None:
    lines = parse_note(COSIGNED).signatures
    assert parse_lines(print_lines(lines)) == lines
    for data in (b"", LINE + b"\n" + LINE, b"\n" + LINE, b"text\n\n" + LINE, LINE + b"text"):
        with pytest.raises(NotVerified):
            parse_lines(data)


# C2SP signed-note, the example; and that of golang.org/x/mod/sumdb/note.
VKEYS = (
    "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
)


@pytest.mark.parametrize("text", VKEYS)
def test_the_published_verifier_keys_print_back_to_the_same_text(text: str) -> None:
    assert print_vkey(parse_vkey(text)) == text


def test_the_published_verifier_key_verifies_its_note() -> None:
    data = (
        b"This is an example message.\n\n\xe2\x80\x94 example.com/foo "
        b"Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
    )
    key = parse_vkey(VKEYS[0])
    assert is_signed_by(parse_note(data), name=key.name, public=key.public)


def print_vkey_of_any(name: str, kind: int, public: bytes) -> str:
    """A vkey of whatever type and length, with the id that belongs to it."""
    encoded = base64.b64encode(bytes([kind]) + public).decode()
    return f"{name}+{note_key_id(name, kind, public).hex()}+{encoded}"


REFUSED_VKEYS = {
    "nothing": "",
    "no name": VKEYS[1].removeprefix("PeterNeumann"),
    "space in the name": VKEYS[1].replace("Peter", "Peter "),
    "another id": VKEYS[1].replace("c74f20a3", "c74f20a4"),
    "id in capitals": VKEYS[1].replace("c74f20a3", "C74F20A3"),
    "no key": "PeterNeumann+c74f20a3+",
    "another kind of key": VKEYS[1].replace("+AR", "+BR"),
    "short key": print_vkey_of_any("PeterNeumann", 1, bytes(31)),
    "reserved type": print_vkey_of_any("PeterNeumann", 3, bytes(32)),
    "ML-DSA key under the type of Ed25519": print_vkey_of_any("PeterNeumann", 1, bytes(1_312)),
    "url spelling": print_vkey_of_any("PeterNeumann", 1, b"\xff" * 32).replace("/", "_"),
    "more behind it": VKEYS[1] + "\n",
}


@pytest.mark.parametrize("text", REFUSED_VKEYS.values(), ids=REFUSED_VKEYS)
def test_a_verifier_key_with_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(NotVerified):
        parse_vkey(text)


@pytest.mark.parametrize(("kind", "length"), [(1, 32), (4, 32), (6, 1_312)])
def test_verifier_keys_are_exact_inverses(kind: int, length: int) -> None:
    made = NoteKey("steerclear/x/TUR/witness", kind, (bytes(range(256)) * 6)[:length])
    assert parse_vkey(print_vkey(made)) == made


@settings(deadline=None, derandomize=True)
@given(st.binary(max_size=200))
def test_whatever_note_is_read_prints_back(data: bytes) -> None:
    try:
        note = parse_note(b"text\n\n" + LINE + data)
    except NotVerified:
        return
    assert print_note(note) == b"text\n\n" + LINE + data


def test_notes_of_one_text_merge_and_the_first_line_of_a_key_stays() -> None:
    first, second = (Note("t\n", (NoteSignature(name, bytes(4), name.encode()),)) for name in "ab")
    other = Note("t\n", (NoteSignature("a", bytes(4), b"another"),))
    assert merge_notes([first, second, other]).signatures == (*first.signatures, *second.signatures)
    with pytest.raises(NotVerified):
        merge_notes([first, Note("u\n", second.signatures)])


@settings(deadline=None, derandomize=True)
@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_checkpoints_are_exact_inverses(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root.hex())
    assert parse_checkpoint(print_checkpoint(checkpoint)) == checkpoint


ROOT_LINE = base64.b64encode(bytes(32)).decode()
REFUSED_CHECKPOINTS = {
    "another origin": f"example.com/log\n1\n{ROOT_LINE}\n",
    "leading zero": f"{ORIGIN}\n01\n{ROOT_LINE}\n",
    "sign": f"{ORIGIN}\n+1\n{ROOT_LINE}\n",
    "other digits": f"{ORIGIN}\n١\n{ROOT_LINE}\n",
    "extension line": f"{ORIGIN}\n1\n{ROOT_LINE}\nmore\n",
    "no newline": f"{ORIGIN}\n1\n{ROOT_LINE}",
    "short root": f"{ORIGIN}\n1\nAAAA\n",
    "huge": f"{ORIGIN}\n9007199254740992\n{ROOT_LINE}\n",
    "generation with zero": f"{ORIGIN}0\n1\n{ROOT_LINE}\n".replace("/00", "/00"),
}


@pytest.mark.parametrize("text", REFUSED_CHECKPOINTS.values(), ids=REFUSED_CHECKPOINTS)
def test_a_checkpoint_with_another_spelling_is_refused(text: str) -> None:
    with pytest.raises(NotVerified):
        parse_checkpoint(text)


def test_a_cosignature_is_over_time_and_text_by_one_key() -> None:
    signer = Ed25519Signer.from_private_bytes(bytes(32))
    line = cosign("text\n", name="w", public=signer.public, signer=signer, at_s=1_679_315_147)
    assert is_cosignature(line, "text\n", name="w", public=signer.public)
    assert not is_cosignature(line, "other\n", name="w", public=signer.public)
    assert not is_cosignature(line, "text\n", name="v", public=signer.public)
    later = NoteSignature(line.name, line.key_id, bytes(8) + line.signature[8:])
    assert not is_cosignature(later, "text\n", name="w", public=signer.public)
    beyond = NoteSignature(line.name, line.key_id, b"\x80" + line.signature[1:])
    assert not is_cosignature(beyond, "text\n", name="w", public=signer.public)
    short = NoteSignature(line.name, line.key_id, line.signature[:-1])
    assert not is_cosignature(short, "text\n", name="w", public=signer.public)


def test_a_cosignature_of_a_later_kind_says_who_and_of_which_tree() -> None:
    key = MLDSA44PrivateKey.from_seed_bytes(bytes(32))
    public = key.public_key().public_bytes_raw()
    text = print_checkpoint(Checkpoint(ORIGIN, 7, "cd" * 32))
    signer = Mldsa44(key)
    line = cosign_mldsa44(text, name="w", public=public, signer=signer, at_s=1_679_315_147)
    # The structure of C2SP tlog-cosignature, by hand.
    asserted = (b"subtree/v1\n\0", b"\x01w", (1_679_315_147).to_bytes(8, "big"), bytes([len(ORIGIN)]))
    tree = (ORIGIN.encode(), bytes(8), (7).to_bytes(8, "big"), bytes.fromhex("cd" * 32))
    message = b"".join((*asserted, *tree))
    key.public_key().verify(line.signature[8:], message)
    assert line.key_id == note_key_id("w", 6, public)
    assert is_mldsa44_cosignature(line, text, name="w", public=public)
    assert not is_mldsa44_cosignature(line, text.replace("\n7\n", "\n8\n"), name="w", public=public)
    assert not is_mldsa44_cosignature(line, text, name="v", public=public)
    timeless = cosign_mldsa44(text, name="w", public=public, signer=signer, at_s=0)
    assert not is_mldsa44_cosignature(timeless, text, name="w", public=public)
    for raw in (line.signature[:-1], bytes(8) + line.signature[8:], b"\x80" + line.signature[1:]):
        assert not is_mldsa44_cosignature(NoteSignature("w", line.key_id, raw), text, name="w", public=public)
    with pytest.raises(NotVerified):
        cosign_mldsa44("any text\n", name="w", public=public, signer=signer, at_s=1)


@dataclass(frozen=True)
class Mldsa44:
    """A signer that prints as nothing; only this test has one."""

    key: MLDSA44PrivateKey
    keyid: str = "mldsa44"

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message)


@settings(deadline=None, derandomize=True)
@given(
    index=st.integers(0, 2**53 - 1),
    hashes=st.lists(st.binary(min_size=32, max_size=32).map(bytes.hex), max_size=63),
    extra=st.none() | st.binary(max_size=80),
)
def test_proofs_are_exact_inverses(index: int, hashes: list[str], extra: bytes | None) -> None:
    proof = TlogProof(index, tuple(hashes), parse_note(COSIGNED), extra)
    assert parse_proof(print_proof(proof)) == proof


PROOF = print_proof(TlogProof(7, ("cd" * 32,), parse_note(COSIGNED), b"extra"))
REFUSED_PROOFS = {
    "another version": PROOF.replace(b"@v1", b"@v2"),
    "no index": PROOF.replace(b"index 7\n", b""),
    "leading zero": PROOF.replace(b"index 7", b"index 07"),
    "no checkpoint": PROOF.partition(b"\n\n")[0],
    "blank line in the head": PROOF.replace(b"index 7\n", b"\nindex 7\n"),
    "extra twice": PROOF.replace(b"extra ", b"extra AAAA\nextra "),
    "hash not canonical": PROOF.replace(b"zc3Nzc3Nzc3Nzc3Nzc0=", b"zc3Nzc3Nzc3Nzc3Nzc1="),
    "hash too short": PROOF.replace(b"zc3Nzc3Nzc0=", b"zc0="),
    "too many hashes": PROOF.replace(b"index 7\n", b"index 7\n" + (ROOT_LINE.encode() + b"\n") * 63),
    "index out of range": PROOF.replace(b"index 7", b"index 9007199254740992"),
    "only the header": b"c2sp.org/tlog-proof@v1\n\n" + COSIGNED,
    "not ASCII": PROOF.replace(b"index 7", "index ٧".encode()),
    "too large": PROOF + b"x" * 5_000_000,
}


@pytest.mark.parametrize("data", REFUSED_PROOFS.values(), ids=REFUSED_PROOFS)
def test_a_proof_with_another_spelling_is_refused(data: bytes) -> None:
    with pytest.raises(NotVerified):
        parse_proof(data)


def test_progress_is_only_from_a_prefix_to_a_longer_log_of_one_origin(world: World) -> None:
    log = world.talk(2).logs["TUR"]
    seen, newest = Checkpoint(log.origin, 2, log.root_at(2)), log.checkpoint()
    require_progress(seen, newest, log.consistency(2, log.size))
    require_progress(newest, newest, ())
    for before, offered, proof, code in [
        (newest, seen, (), "checkpoint-rolled-back"),
        (seen, newest, (), "checkpoint-not-a-prefix"),
        (
            Checkpoint(log.origin, 2, "00" * 32),
            newest,
            log.consistency(2, log.size),
            "checkpoint-not-a-prefix",
        ),
        (world.logs["ISR"].checkpoint(), newest, (), "checkpoint-other-origin"),
    ]:
        with pytest.raises(NotVerified) as refused:
            require_progress(before, offered, proof)
        assert refused.value.code == code
