# SPDX-License-Identifier: Apache-2.0
"""Is it RECORDED, and what can be shown for it? One ``.tlog-proof`` file that needs the charter alone.

    entry ──► a checkpoint that covers it and that all parties and the host stand behind
          ──► the delegations that name every key on the way, from the logs

What a sealed entry says can be shown with it, to a third person. Every file is checked before it is handed
over, as its reader will check it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from steerclear.errors import BadInput, NotVerified, Refused
from steerclear.record.checkpoint import parse_checkpoint
from steerclear.record.cosignature import cosigned_at_s, cosigner_name
from steerclear.record.keybook import KeyBook
from steerclear.record.keys import KeyRole
from steerclear.record.leaf import SignedLeaf, parse_leaf, parse_signed_leaf
from steerclear.record.log import Log
from steerclear.record.note import ED25519, Note, note_key_id, parse_note
from steerclear.record.opening import Opening, parse_opening
from steerclear.record.prove import prove, verify_proof
from steerclear.record.quorum import cosigners_of, is_recorded
from steerclear.record.report import VerifyReport
from steerclear.record.reveal import Revealed, print_revealed, verify_revealed
from steerclear.record.statement import SignedStatement
from steerclear.services.ledger import Ledger
from steerclear.services.naming import place_of
from steerclear.store.port import StoredEntry

__all__ = ["opening_of", "proof_of"]

_Named = tuple[str, str, int | None]
"""Who names a key, its keyid, and when it must hold (ms; ``None``: at any time)."""


def proof_of(ledger: Ledger, about: str) -> bytes:
    """The proof of the entry that ``about`` names, as ``TUR-0042`` or by its id; sealed entries have one too.

    Raises ``BadInput`` (``thing-unknown``), ``Refused`` (``not-recorded-yet``) and ``NotVerified``.
    """
    log, seq = _place(ledger, about.strip())
    [entry] = ledger.store.leaves(log.member, log.generation, seq, seq + 1)
    return _proof(ledger, about, seq, entry, parse_leaf(entry).statement)


def opening_of(ledger: Ledger, about: str) -> bytes:
    """What a sealed entry says, proven to be that entry: a file for a third person.

    Any member that opened it can make one. Raises what ``proof_of`` raises, and ``Refused``:
    ``opening-in-clear``, ``opening-not-here``, ``opening-without-salt``.
    """
    log, seq = _place(ledger, about.strip())
    [stored] = ledger.store.entries(log.member, log.generation, seq, seq + 1)
    opening = _opening(about, stored, _opened_here(ledger, stored))
    assert opening.salt is not None  # noqa: S101 - _opening has refused what has none
    proof = _proof(ledger, about, seq, stored.leaf, opening.statement)
    data = print_revealed(Revealed(proof, opening.statement, opening.salt))
    _require_holds(about, verify_revealed(data, ledger.charter))
    return data


def _opened_here(ledger: Ledger, stored: StoredEntry) -> bytes | None:
    """What the entry says. One that was sealed again has one commitment, so what opens one copy opens all."""
    if stored.opened is not None:
        return stored.opened
    said = ledger.view.said(parse_leaf(stored.leaf).statement_id)
    if said is None or not said.is_in_a_log:
        return None
    place = said.place
    [copy] = ledger.store.entries(place.author, place.generation, place.seq, place.seq + 1)
    return copy.opened


def _opening(about: str, stored: StoredEntry, opened: bytes | None) -> Opening:
    if parse_leaf(stored.leaf).sealed is None:
        raise Refused(
            "opening-in-clear",
            f"{about} stands in clear: everybody can read it.",
            where=about,
            remedy=f"Save its proof instead: steerclear receipt {about}.",
        )
    if opened is None:
        raise Refused(
            "opening-not-here",
            f"{about} is sealed, and this node does not hold what it says.",
            where=about,
            remedy="Ask its author, or a member that it was sealed to.",
        )
    opening = parse_opening(opened)
    if opening.salt is None:
        raise Refused(
            "opening-without-salt",
            f"{about} was opened by an older version, which did not keep the salt of its commitment.",
            where=about,
            remedy="Ask another member that it was sealed to.",
        )
    return opening


def _proof(ledger: Ledger, about: str, seq: int, entry: bytes, said: SignedStatement | None) -> bytes:
    """``said`` is what the entry says, where that is to be shown: the keys under it are then named, too."""
    signed = parse_signed_leaf(entry)
    log = ledger.log_at(signed.leaf.author, signed.leaf.generation)
    note = _recorded(ledger, log, seq)
    delegations = _delegations(ledger, log, signed, note, said)
    proof = prove(log, seq, entry, note, delegations)
    _require_holds(about, verify_proof(proof, ledger.charter))
    return proof


def _require_holds(about: str, report: VerifyReport) -> None:
    for failure in report.failures:
        raise NotVerified(
            "proof-would-not-hold",
            f"The proof of {about} would not hold: {failure}",
            where=about,
            remedy="Have the whole record verified: steerclear verify.",
        )


def _place(ledger: Ledger, about: str) -> tuple[Log, int]:
    place = place_of(ledger, about)
    log = _log_here(ledger, place[0], place[1]) if place is not None else None
    if place is None or log is None or place[2] >= log.size:
        raise BadInput(
            "thing-unknown",
            f"“{about[:40]}” names nothing that this node holds.",
            where="about",
            remedy="Use a name as the inbox shows it, such as TUR-0042.",
        )
    return log, place[2]


def _log_here(ledger: Ledger, member: str, generation: int) -> Log | None:
    live = ledger.logs.get(member)
    if live is not None and live.generation == generation:
        return live
    return ledger.generations.retired.get((member, generation))


def _recorded(ledger: Ledger, log: Log, seq: int) -> Note:
    """The newest checkpoint over the entry that has its quorum."""
    books = {member: held.keys for member, held in ledger.logs.items()}
    covering = [kept for kept in ledger.store.notes(log.member, log.generation) if kept.size > seq]
    missing: frozenset[str] = frozenset()
    for kept in reversed(covering):
        note = parse_note(kept.note)
        found = cosigners_of(note, log.member, ledger.charter, books)
        if is_recorded(log.member, found, ledger.charter):
            return note
        missing = missing or frozenset(ledger.charter.quorum) - found.members - {log.member}
    who = ", ".join(sorted(missing)) or "everybody"
    raise Refused(
        "not-recorded-yet",
        f"Entry {seq} of {log.member} is filed; a cosignature by {who} is missing.",
        where=f"{log.member}-{seq:04d}",
        remedy="Try again when the line is up; steerclear status shows who has cosigned.",
    )


def _delegations(
    ledger: Ledger, log: Log, signed: SignedLeaf, note: Note, said: SignedStatement | None
) -> tuple[SignedStatement, ...]:
    """The ``key.delegate`` statements that name the keys, each once, in order of log and place."""
    places: set[tuple[str, int, int]] = set()
    for author, keyid, at in _keys_used(ledger, log, signed, note, said):
        holder = _log_of(ledger, log, author)
        places.update(
            (holder.member, holder.generation, seq) for seq in _named_at(holder.keys_of(author), keyid, at)
        )
    return tuple(_statement(ledger, *place) for place in sorted(places))


def _named_at(book: KeyBook, keyid: str, at: int | None) -> Sequence[int]:
    """The first entry that names this key, for a time that holds ``at`` where one is given."""
    return sorted(
        seq
        for named, seq, _ in book.rows()
        if named.keyid == keyid and (at is None or named.valid_from <= at < named.valid_until)
    )[:1]


def _keys_used(
    ledger: Ledger, log: Log, signed: SignedLeaf, note: Note, said: SignedStatement | None
) -> Iterator[_Named]:
    leaf = signed.leaf
    yield from ((log.member, one.keyid, leaf.at) for one in signed.envelope.signatures)
    yield from ((log.member, keyid, None) for keyid in _checkpoint_keys(log, note))
    for line in note.signatures:
        for member, held in ledger.logs.items():
            if line.name == cosigner_name(ledger.mechanism, member):
                at = cosigned_at_s(line) * 1_000
                yield from ((member, key.keyid, at) for key in held.keys.holders(KeyRole.WITNESS, at=at))
    if said is not None:
        yield from ((said.statement.author, one.keyid, leaf.at) for one in said.envelope.signatures)


def _checkpoint_keys(log: Log, note: Note) -> Iterable[str]:
    ids = {line.key_id for line in note.signatures if line.name == log.origin}
    size = parse_checkpoint(note.text).size
    return [
        key.keyid
        for key in log.keys.holders(KeyRole.NODE, seq=size)
        if note_key_id(log.origin, ED25519, key.public) in ids
    ]


def _log_of(ledger: Ledger, log: Log, author: str) -> Log:
    """The log in which ``author`` speaks, its own or its carrier's; of that of the entry its generation."""
    member = ledger.charter.card(author).carrier or author
    return log if member == log.member else ledger.logs[member]


def _statement(ledger: Ledger, member: str, generation: int, seq: int) -> SignedStatement:
    [entry] = ledger.store.leaves(member, generation, seq, seq + 1)
    said = parse_leaf(entry).statement
    assert said is not None  # noqa: S101 - a key.delegate is always in clear
    return said
