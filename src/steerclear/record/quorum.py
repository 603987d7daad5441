# SPDX-License-Identifier: Apache-2.0
"""Who stands behind a checkpoint, and is what it covers RECORDED?

RECORDED means that all parties and the host have signed for it: the author of the log by its checkpoint, each
other one by a cosignature under a witness key that its own log names, unrevoked, at the time of the line.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from steerclear.record.charter import Charter, mechanism_of
from steerclear.record.cosignature import cosigned_at_s, cosigner_name, is_cosignature
from steerclear.record.keybook import KeyBook
from steerclear.record.keys import KeyRole
from steerclear.record.note import Note, NoteSignature

__all__ = ["Cosigners", "cosigners_of", "is_recorded"]


@dataclass(frozen=True, slots=True)
class Cosigners:
    """``members`` whose cosignature holds; ``unknown`` the names on lines that count for nothing."""

    members: frozenset[str]
    unknown: tuple[str, ...]


def cosigners_of(note: Note, author: str, charter: Charter, books: Mapping[str, KeyBook]) -> Cosigners:
    """Judge every line but the log's own. ``books`` holds the keys of each member that is known."""
    mechanism = mechanism_of(charter)
    names = {cosigner_name(mechanism, member): member for member in books if member in charter}
    origin = note.text.partition("\n")[0]
    found: set[str] = set()
    unknown: list[str] = []
    for line in note.signatures:
        member = names.get(line.name)
        if member is not None and member != author and _holds(line, note.text, books[member]):
            found.add(member)
        elif line.name != origin:
            unknown.append(line.name)
    return Cosigners(frozenset(found), tuple(unknown))


def is_recorded(author: str, cosigners: Cosigners, charter: Charter) -> bool:
    """Have all parties and the host signed, given that ``author``'s own signature holds?"""
    return set(charter.quorum) <= cosigners.members | {author}


def _holds(line: NoteSignature, text: str, book: KeyBook) -> bool:
    at = cosigned_at_s(line) * 1_000
    return any(
        is_cosignature(line, text, name=line.name, public=key.public)
        for key in book.holders(KeyRole.WITNESS, at=at)
    )
