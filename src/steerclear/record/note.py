# SPDX-License-Identifier: Apache-2.0
"""A text signed by one or more keys: C2SP signed-note, read strictly.

    TEXT ending in a newline, a blank line, then lines of ``— NAME BASE64(key id ‖ signature)``

The key id is the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key): type 0x01 an Ed25519 signature
of the text, types 0x04 and 0x06 a cosignature. Lines of keys that are not known count for nothing.
Refused, since two spellings of one note would be two notes: control characters, base64 that is not
canonical, one key twice, a line without a signature, anything after the last one.
A key is handed to other programs as a vkey: ``NAME+KEY ID IN HEX+BASE64(type ‖ public key)``.
Source: https://c2sp.org/signed-note@v1.0.0
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.form import key_field, print_base64
from steerclear.record.keys import Signer
from steerclear.record.signature import is_signature

__all__ = [
    "COSIGNATURE",
    "ED25519",
    "MLDSA44_COSIGNATURE",
    "Note",
    "NoteKey",
    "NoteSignature",
    "is_falsely_signed_by",
    "is_signed_by",
    "merge_notes",
    "note_key_id",
    "parse_lines",
    "parse_note",
    "parse_vkey",
    "print_lines",
    "print_note",
    "print_vkey",
    "sign_text",
]

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
MLDSA44_COSIGNATURE: Final = 0x06
_KEY_BYTES: Final = {ED25519: 32, COSIGNATURE: 32, MLDSA44_COSIGNATURE: 1_312}
LARGEST_NOTE: Final = 262_144
MOST_LINES: Final = 256
_KEY_ID_BYTES: Final = 4
_MOST_READ: Final = 64
"""The newest notes go to and fro and are asked about again and again: each is read once. At most 16 MiB."""
_NAME: Final = re.compile(r"[^\s\x00-\x1f+]{1,300}")
# ASCII control characters other than the newline; DEL is none of those below U+0020.
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """``name`` of the key, its four-byte ``key_id``, and the ``signature`` that follows it."""

    name: str
    key_id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """``text`` ends in a newline. Raises ``NotVerified`` for what could not be printed and read back."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def __post_init__(self) -> None:
        if not self.text.endswith("\n") or _CONTROL.search(self.text):
            raise _malformed("its text does not end in a newline, or holds a control character")
        if not 1 <= len(self.signatures) <= MOST_LINES:
            raise _malformed(f"it does not have 1 to {MOST_LINES} signatures")
        if any(not _NAME.fullmatch(one.name) or len(one.key_id) != _KEY_ID_BYTES for one in self.signatures):
            raise _malformed("a signature line names no key")
        if not all(one.signature for one in self.signatures):
            raise _malformed("a signature line holds no signature")
        if len({(one.name, one.key_id) for one in self.signatures}) < len(self.signatures):
            raise _malformed("one key stands in two lines")


@dataclass(frozen=True, slots=True)
class NoteKey:
    """A key that signs notes: ``kind`` its type byte, ``public`` its raw bytes. Raises ``NotVerified``."""

    name: str
    kind: int
    public: bytes

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name) or _KEY_BYTES.get(self.kind) != len(self.public):
            raise _no_vkey()

    @property
    def key_id(self) -> bytes:
        return note_key_id(self.name, self.kind, self.public)


@lru_cache(maxsize=1_024)
def note_key_id(name: str, kind: int, public: bytes) -> bytes:
    """C2SP signed-note: the first four bytes of the hash of name, type and key."""
    return hashlib.sha256(name.encode("utf-8") + b"\n" + bytes((kind,)) + public).digest()[:_KEY_ID_BYTES]


def print_vkey(key: NoteKey) -> str:
    """The key as C2SP's tools take it, on one line."""
    return f"{key.name}+{key.key_id.hex()}+{print_base64(bytes((key.kind,)) + key.public)}"


def parse_vkey(text: str) -> NoteKey:
    """Exact inverse of ``print_vkey``. Raises ``NotVerified`` (``note-vkey``)."""
    name, _, rest = text.partition("+")
    _, _, encoded = rest.partition("+")
    raw = key_field(encoded, "vkey", at_most=1 + max(_KEY_BYTES.values()))
    key = NoteKey(name, raw[0] if raw else 0, raw[1:])
    if print_vkey(key) != text:
        raise _no_vkey()
    return key


def print_note(note: Note) -> bytes:
    return note.text.encode() + b"\n" + print_lines(note.signatures)


def print_lines(signatures: Iterable[NoteSignature]) -> bytes:
    """Signature lines alone, as a witness answers."""
    return "".join(
        f"— {one.name} {print_base64(one.key_id + one.signature)}\n" for one in signatures
    ).encode()


@lru_cache(maxsize=_MOST_READ)
def parse_note(data: bytes) -> Note:
    """Exact inverse of ``print_note``. Judges the form, not the signatures. Raises ``NotVerified``."""
    if len(data) > LARGEST_NOTE:
        raise _malformed(f"it has more than {LARGEST_NOTE:,} bytes")
    try:
        whole = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _malformed("it is not UTF-8") from error
    text, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise _malformed("it is not a text, a blank line and signature lines")
    return Note(f"{text}\n", tuple(_parse_line(line) for line in lines[:-1].split("\n")))


def parse_lines(data: bytes) -> tuple[NoteSignature, ...]:
    """Exact inverse of ``print_lines``, for 1 to 256 of them. Raises ``NotVerified``."""
    note = parse_note(b"\n\n" + data)
    if note.text != "\n":
        raise _malformed("it holds more than signature lines")
    return note.signatures


def sign_text(text: str, *, name: str, public: bytes, signer: Signer) -> NoteSignature:
    """An Ed25519 signature line (type 0x01) of ``text`` by the key ``public`` of ``signer``."""
    return NoteSignature(name, note_key_id(name, ED25519, public), signer.sign(text.encode("utf-8")))


def is_signed_by(note: Note, *, name: str, public: bytes) -> bool:
    """Has the Ed25519 key ``public``, known as ``name``, signed this note?"""
    key_id = note_key_id(name, ED25519, public)
    message = note.text.encode("utf-8")
    return any(
        is_signature(one.signature, message, public)
        for one in note.signatures
        if one.name == name and one.key_id == key_id
    )


def is_falsely_signed_by(note: Note, *, name: str, public: bytes) -> bool:
    """Does a line claim this Ed25519 key, and is it not of this text? Such a note is to be refused whole."""
    key_id = note_key_id(name, ED25519, public)
    claimed = any(one.name == name and one.key_id == key_id for one in note.signatures)
    return claimed and not is_signed_by(note, name=name, public=public)


def merge_notes(notes: Iterable[Note]) -> Note:
    """One note with the signature lines of all, which must have one text; the first line of a key stays."""
    first, *others = notes
    lines = {(one.name, one.key_id): one for one in first.signatures}
    for other in others:
        if other.text != first.text:
            raise _malformed("it is to be merged with a note of another text")
        for one in other.signatures:
            lines.setdefault((one.name, one.key_id), one)
    return Note(first.text, tuple(lines.values()))


def _parse_line(line: str) -> NoteSignature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—":
        raise _malformed("a signature line does not begin with a dash")
    raw = key_field(encoded, f"signature of {name[:80]}", at_most=8_192)
    return NoteSignature(name, raw[:_KEY_ID_BYTES], raw[_KEY_ID_BYTES:])


def _no_vkey() -> NotVerified:
    return NotVerified(
        "note-vkey",
        "This is not the name, id and type of a key that signs notes.",
        remedy="Ask for the key in the form NAME+ID+KEY of C2SP signed-note.",
    )


def _malformed(why: str) -> NotVerified:
    return NotVerified(
        "note-form",
        f"This is not a signed note: {why}.",
        remedy="Ask the sender for the original bytes; do not repair them.",
    )
