# SPDX-License-Identifier: Apache-2.0
"""Who cannot read what was sealed to them, and can it be sealed anew? The same words, to a key that is new.

    sealed ──► named unreadable (a beat) ──► the author's and the reader's faces say so
           ──► the reader names another key ──► sealed again by itself: same commitment, salt and ciphertext

It is sealed again only to a key that it was not sealed to before, so a reader that finds everything
unreadable gets one copy a key and no more; a reader whose key is gone names another (keys revoke).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from steerclear.mechanism.entry import Place
from steerclear.mechanism.said import Said
from steerclear.record.leaf import parse_leaf
from steerclear.record.opening import parse_opening
from steerclear.record.recipient import RecipientPublicKey
from steerclear.record.seal import reseal
from steerclear.record.sealed import SealedStatement
from steerclear.services.ledger import Draft, Ledger
from steerclear.services.naming import short_of
from steerclear.services.speak import MOST_KEYS_A_MEMBER

__all__ = ["Unread", "seal_again", "seal_also", "unread", "unread_words"]


@dataclass(frozen=True, slots=True)
class Unread:
    """``reader`` cannot read the statement ``id`` of ``author``, as it said, and no later copy reached it."""

    id: str
    author: str
    reader: str


def unread(ledger: Ledger) -> Iterator[Unread]:
    """What stays unread: ours by others, and others' by us."""
    heads, book = ledger.view.heads, ledger.view.book
    for reader in ledger.peers:
        for id_ in heads.unreadable_by(reader):
            place = _newest(ledger, id_)
            covering = heads.covering_copy(reader, id_, place) if place is not None else None
            if covering is not None and covering.unreadable:
                yield Unread(id_, ledger.me, reader)
    for id_ in heads.unreadable_by(ledger.me):
        if ledger.view.said(id_) is None and book.sealed_copies(id_):
            yield Unread(id_, book.sealed_copies(id_)[0].author, ledger.me)


def unread_words(ledger: Ledger, one: Unread) -> str:
    """As an alarm, at both ends."""
    short = short_of(ledger, one.id)
    if one.reader == ledger.me:
        return (
            f"UNREADABLE: {short} of {one.author} was sealed to us and does not open. Its author is asked to "
            "seal it again; if our key of that day is gone, name another: steerclear keys revoke"
        )
    return (
        f"UNREADABLE: {one.reader} cannot read our {short}. It is sealed again as soon as {one.reader} names "
        f"another key; until then read it out to {one.reader}"
    )


def seal_again(ledger: Ledger) -> int:
    """Seal anew what a reader cannot open and has a fresh key for; how many statements."""
    ids = dict.fromkeys(
        one.id for one in unread(ledger) if one.author == ledger.me and _has_fresh_key(ledger, one)
    )
    drafts = [_draft(ledger, id_) for id_ in ids]
    if drafts:
        ledger.append(drafts)
    return len(drafts)


def seal_also(ledger: Ledger, said: Said[Any], readers: Collection[str] | None) -> Draft | None:
    """Our own sealed statement for further readers, or for everybody; ``None``: all of them can read it.

    Who is shown a new version has to be able to read what it is a version of.
    """
    if said.readers is None or _newest(ledger, said.id) is None:
        return None
    wanted = set(ledger.view.roles) if readers is None else set(readers)
    if not wanted - {*said.readers, ledger.me}:
        return None
    return _draft(ledger, said.id, also=wanted)


def _newest(ledger: Ledger, id_: str) -> Place | None:
    """Where our own log holds the newest copy of a sealed statement."""
    said = ledger.view.said(id_)
    if said is None or said.author != ledger.me or said.readers is None:
        return None
    own = [
        copy.place for copy in ledger.view.book.copies(said) if copy.place.generation == ledger.own.generation
    ]
    return max(own, default=None)


def _has_fresh_key(ledger: Ledger, one: Unread) -> bool:
    sealed, _ = _kept(ledger, one.id)
    known = {wrap.keyid for wrap in sealed.wraps}
    return any(key.keyid not in known for key in ledger.recipient_keys(one.reader))


def _draft(ledger: Ledger, id_: str, also: Collection[str] = ()) -> Draft:
    """To every reader that has a key now; who has none keeps the copy that it has."""
    sealed, opened = _kept(ledger, id_)
    opening = parse_opening(opened)
    keys = [key for reader in sorted({*sealed.recipients, *also}) for key in _keys(ledger, reader)]
    again = reseal(
        sealed,
        mechanism=ledger.mechanism,
        author=ledger.me,
        keys=tuple(ledger.recipients_here().values()),
        recipients=keys,
    )
    return Draft(again, opening.statement, opening.salt)


def _keys(ledger: Ledger, reader: str) -> tuple[RecipientPublicKey, ...]:
    return ledger.recipient_keys(reader)[-MOST_KEYS_A_MEMBER:]


def _kept(ledger: Ledger, id_: str) -> tuple[SealedStatement, bytes]:
    place = _newest(ledger, id_)
    assert place is not None  # noqa: S101 - unread() named it because it stands in the own log
    [stored] = ledger.store.entries(place.author, place.generation, place.seq, place.seq + 1)
    sealed = parse_leaf(stored.leaf).sealed
    assert sealed is not None  # noqa: S101 - only what is sealed has readers
    assert stored.opened is not None  # noqa: S101 - an author keeps what it seals
    return sealed, stored.opened
