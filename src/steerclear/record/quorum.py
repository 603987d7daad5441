# SPDX-License-Identifier: Apache-2.0
"""Who stands behind a checkpoint, and is what it covers RECORDED?

RECORDED means that all parties and the host have signed for it: the author of the log by its checkpoint, each
other one by a cosignature under a witness key that its own log names, unrevoked, at the time of the line. A
member that cosigns with two keys, Ed25519 and ML-DSA-44, stands behind it by either; each line is judged.

A line of a key that nobody knows counts for nothing. A line that claims a known key and is not its signature
is a lie (C2SP signed-note: such a note should be refused whole), and is named apart. A node keeps neither
(``lines_that_hold``): the first line of a key stays, so a false one would keep the true one out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from steerclear.record.charter import Charter, mechanism_of
from steerclear.record.checkpoint import parse_checkpoint
from steerclear.record.cosignature import (
    cosigned_at_s,
    cosigner_name,
    is_cosignature,
    is_mldsa44_cosignature,
)
from steerclear.record.keybook import KeyBook
from steerclear.record.keys import Delegation, KeyRole
from steerclear.record.note import (
    COSIGNATURE,
    MLDSA44_COSIGNATURE,
    Note,
    NoteSignature,
    is_signed_by,
    note_key_id,
)

__all__ = ["Cosigners", "cosigners_of", "is_recorded", "lines_that_hold"]


@dataclass(frozen=True, slots=True)
class Cosigners:
    """``members`` whose cosignature holds; ``unknown`` the names on lines that count for nothing; ``false``
    those on lines that claim a key that is known and are not its signature."""

    members: frozenset[str]
    unknown: tuple[str, ...]
    false: tuple[str, ...] = ()


def cosigners_of(note: Note, author: str, charter: Charter, books: Mapping[str, KeyBook]) -> Cosigners:
    """Judge every line but the log's own. ``books`` holds the keys of each member that is known."""
    names = _names(charter, books)
    origin = _origin(note)
    found: set[str] = set()
    unknown: list[str] = []
    false: list[str] = []
    for line in note.signatures:
        member = names.get(line.name)
        holds = member is not None and _holds(line, note.text, books[member])
        if member is not None and holds and member != author:
            found.add(member)
        elif member is not None and not holds and _claims(line, books[member]):
            false.append(line.name)
        elif line.name != origin:
            unknown.append(line.name)
    return Cosigners(frozenset(found), tuple(unknown), tuple(false))


def lines_that_hold(note: Note, author: str, charter: Charter, books: Mapping[str, KeyBook]) -> Note:
    """The note with the author's own lines and the cosignatures that hold: all that is worth keeping.

    Raises ``NotVerified`` where no line is left.
    """
    names, origin, size = _names(charter, books), _origin(note), parse_checkpoint(note.text).size
    node_keys = books[author].holders(KeyRole.NODE, seq=size)
    kept = tuple(
        line
        for line in note.signatures
        if (line.name == origin and _is_own(line, note.text, node_keys))
        or (line.name in names and _holds(line, note.text, books[names[line.name]]))
    )
    return Note(note.text, kept)


def is_recorded(author: str, cosigners: Cosigners, charter: Charter) -> bool:
    """Have all parties and the host signed, given that ``author``'s own signature holds?"""
    return set(charter.quorum) <= cosigners.members | {author}


def _holds(line: NoteSignature, text: str, book: KeyBook) -> bool:
    at = cosigned_at_s(line) * 1_000
    return any(_is_line_of(key, line, text) for key in book.holders(KeyRole.WITNESS, at=at))


def _is_line_of(key: Delegation, line: NoteSignature, text: str) -> bool:
    judge = is_mldsa44_cosignature if key.is_mldsa44 else is_cosignature
    return judge(line, text, name=line.name, public=key.public)


def _claims(line: NoteSignature, book: KeyBook) -> bool:
    """Does the line name a witness key that was ever named, at the time that it claims, and not revoked?"""
    at = cosigned_at_s(line) * 1_000
    return any(
        line.key_id == note_key_id(line.name, _kind_of(key), key.public)
        for key in book.holders(KeyRole.WITNESS, at=at)
    )


def _kind_of(key: Delegation) -> int:
    return MLDSA44_COSIGNATURE if key.is_mldsa44 else COSIGNATURE


def _is_own(line: NoteSignature, text: str, node_keys: Iterable[Delegation]) -> bool:
    alone = Note(text, (line,))
    return any(is_signed_by(alone, name=line.name, public=key.public) for key in node_keys)


def _names(charter: Charter, books: Mapping[str, KeyBook]) -> Mapping[str, str]:
    mechanism = mechanism_of(charter)
    return {cosigner_name(mechanism, member): member for member in books if member in charter}


def _origin(note: Note) -> str:
    return note.text.partition("\n")[0]
