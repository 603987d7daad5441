# SPDX-License-Identifier: Apache-2.0
"""A text signed by one or more keys: C2SP signed-note, read strictly.

    TEXT ending in a newline, a blank line, then lines of ``— NAME BASE64(key id ‖ signature)``

The key id is the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key): type 0x01 an Ed25519 signature
of the text, type 0x04 a cosignature. Lines of keys that are not known are kept and count for nothing.
Refused, since two spellings of one note would be two notes: control characters, base64 that is not
canonical, one key twice, anything after the last signature. Source: https://c2sp.org/signed-note@v1.0.0
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.form import key_field, print_base64
from steerclear.record.keys import Signer, is_signature

__all__ = [
    "COSIGNATURE",
    "ED25519",
    "Note",
    "NoteSignature",
    "is_signed_by",
    "merge_notes",
    "note_key_id",
    "parse_note",
    "print_note",
    "sign_text",
]

ED25519: Final = 0x01
COSIGNATURE: Final = 0x04
LARGEST_NOTE: Final = 262_144
MOST_LINES: Final = 256
_KEY_ID_BYTES: Final = 4
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
        if len({(one.name, one.key_id) for one in self.signatures}) < len(self.signatures):
            raise _malformed("one key stands in two lines")


def note_key_id(name: str, kind: int, public: bytes) -> bytes:
    """C2SP signed-note: the first four bytes of the hash of name, type and key."""
    return hashlib.sha256(name.encode("utf-8") + b"\n" + bytes((kind,)) + public).digest()[:_KEY_ID_BYTES]


def print_note(note: Note) -> bytes:
    lines = "".join(f"— {one.name} {print_base64(one.key_id + one.signature)}\n" for one in note.signatures)
    return f"{note.text}\n{lines}".encode()


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


def _malformed(why: str) -> NotVerified:
    return NotVerified(
        "note-form",
        f"This is not a signed note: {why}.",
        remedy="Ask the sender for the original bytes; do not repair them.",
    )
