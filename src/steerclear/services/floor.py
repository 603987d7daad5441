# SPDX-License-Identifier: Apache-2.0
"""How does a STOP get through when logs are in doubt? As a signed statement that is valid by itself.

    ours, not yet covered by the peer's sizes ──► rides in every bundle to that peer
    a peer's, not in any log that we hold     ──► acted on at once, kept, and then ``heard`` is filed

What its delegations cannot prove is acted on all the same, and marked UNVERIFIED.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import structlog

from steerclear.errors import BadInput, NotVerified, Refused
from steerclear.model.time import Instant
from steerclear.record.floor import FloorMessage, judge_floor, parse_floor, print_floor, without_seconds
from steerclear.record.heard import Heard
from steerclear.record.keybook import Judgement, Standing
from steerclear.record.keys import KeyRole, read_delegate_body
from steerclear.record.statement import SignedStatement, statement_hash
from steerclear.services.ledger import Ledger
from steerclear.services.speak import by_node, speak

__all__ = ["FloorDesk"]

_CALLS: Final = frozenset({"stop.call", "stop.answer", "stop.renew", "stop.close", "distress.call"})
"""What is sent on its own path; receipts and answers to it follow in the logs."""


MOST_AT_ONCE: Final = 128
"""The newest of our calls ride in a bundle; a flood of them must not make it too large to print."""

MOST_CALLS_AN_HOUR: Final = 256
"""Of one member, signed by a key that its root named, outside its log: one every fourteen seconds."""

MOST_UNVERIFIED_AN_HOUR: Final = 32
"""In the name of one member, brought by one peer."""

_HOUR_MS: Final = 3_600_000

OLDEST_MS: Final = 24 * 3_600_000
"""A call of yesterday no longer takes its own path; it stands in the log."""

_log = structlog.get_logger("steerclear.floor")


class FloorDesk:
    """Sends our floor messages on every path, and hears those of others."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._read_to = 0
        self._delegations: list[SignedStatement] = []
        self._calls: dict[int, SignedStatement] = {}
        self._unanswered: dict[str, Heard] = {}
        self._called: dict[tuple[str, str], tuple[int, int]] = {}
        """Of each author, and of who brought what nobody can verify: the hour, and how many in it."""
        for kept in ledger.store.floor():
            self._act_on(parse_floor(kept.message))

    def messages_for(
        self, peer: str, sizes: Mapping[str, tuple[int, int]] | None
    ) -> tuple[FloorMessage, ...]:
        """Our calls that ``peer``, who last showed ``sizes``, does not hold in our log yet."""
        self._read_on()
        own = self._ledger.own
        held = 0 if sizes is None else sizes.get(self._ledger.me, (own.generation, 0))[1]
        oldest = self._ledger.now() - OLDEST_MS
        unheld = [signed for seq, signed in self._calls.items() if seq >= held]
        messages = (
            self._message(signed)
            for signed in (*unheld, *self._said_aside())
            if signed.statement.at >= oldest and (not signed.statement.to or peer in signed.statement.to)
        )
        return tuple(message for message in messages if message is not None)[-MOST_AT_ONCE:]

    def _said_aside(self) -> Iterator[SignedStatement]:
        """What this member said while its own log could not be written."""
        for kept in self._ledger.store.floor():
            signed = parse_floor(kept.message).statement
            said = self._ledger.view.said(signed.statement.id)
            if signed.statement.author == self._ledger.me and said is not None and not said.is_in_a_log:
                yield signed

    def _message(self, signed: SignedStatement) -> FloorMessage | None:
        """One that does not print must not keep the others, nor the bundle, from going out."""
        for proof in (self._proof_of(signed), ()):
            message = FloorMessage(signed, proof)
            try:
                print_floor(message)
            except BadInput:
                continue
            return message
        _log.error("floor-too-large", id=signed.statement.id)
        return None

    def _proof_of(self, signed: SignedStatement) -> tuple[SignedStatement, ...]:
        """The delegations that name a key under the statement for the time at which it was made."""
        signers = {one.keyid for one in signed.envelope.signatures}
        return tuple(
            delegation
            for delegation in self._delegations
            if any(
                row.keyid in signers and row.valid_from <= signed.statement.at < row.valid_until
                for row in read_delegate_body(delegation.statement.body)
            )
        )

    def hear(self, message: FloorMessage, by: str) -> None:
        """Act on a floor message that ``by`` brought, unless its author's log has told it already.

        Raises ``NotVerified``, and ``Refused`` (``floor-folded``) for what is counted with an alarm that
        sounds already.
        """
        said = self._ledger.view.said(message.statement.statement.id)
        if said is not None and said.is_in_a_log:
            return
        if said is None:
            self._require_room(message, by)
        self._act_on(message)
        self._ledger.store.keep_floor(statement_hash(message.statement), print_floor(message))

    def _require_room(self, message: FloorMessage, by: str) -> None:
        """A STOP is never kept waiting; but a flood of them must not fill a disk.

        Each of the first ``MOST_CALLS_AN_HOUR`` of a member within an hour stands by itself. More than that
        no person gives: they count with the alarm that sounds, and the face says so. What nobody can verify
        has a room of its own, by who brought it, so that no forger uses up a member's.
        """
        said, now = message.statement.statement, self._ledger.now()
        book = self._ledger.key_book(said.author)
        is_doubtful = book is None or _doubt(book.judge(message.statement, at=said.at), said.desk) is not None
        if said.author == self._ledger.me and is_doubtful:
            # Others act on what they cannot judge; of our own keys we know that it is none of them.
            raise NotVerified(
                "floor-in-our-name",
                f"{by} brought a {said.kind} in the name of {said.author}, which this member never said.",
                where=f"floor {said.id}",
                remedy="Tell the others by voice that it is not yours: they may be acting on it.",
            )
        place = (said.author, by if is_doubtful else "")
        hour, count = self._called.get(place, (-1, 0))
        count = count + 1 if hour == now // _HOUR_MS else 1
        self._called[place] = (now // _HOUR_MS, count)
        most = MOST_UNVERIFIED_AN_HOUR if is_doubtful else MOST_CALLS_AN_HOUR
        if count > most:
            sort = "UNVERIFIED messages in the name of" if is_doubtful else "calls of"
            raise Refused(
                "floor-folded",
                f"More than {most} {sort} {said.author} came within the hour; the first stand by themselves, "
                "the others count with the alarm that sounds.",
                where=f"floor {said.id}, a {said.kind} that {by} brought",
                remedy=f"Call {said.author} by voice now, by another way than its node.",
            )

    def say_heard(self) -> None:
        """File ``heard`` for what was acted on. A disk that is full delays this, and nothing else."""
        for id_, heard in list(self._unanswered.items()):
            speak(self._ledger, heard, voice=by_node())
            del self._unanswered[id_]

    def say_again(self) -> None:
        """What was said aside while the own log could not be written stands in it as soon as it can be.

        As ``heard``, whole and with its proof: it was said when it was said, not when the log was open again.
        """
        ledger = self._ledger
        if not ledger.has_said_aside:
            return
        for signed in self._said_aside():
            known = ledger.view.book.about(signed.statement.id, Heard)
            message = self._message(signed)
            if message is not None and not any(one.author == ledger.me for one in known):
                self._file_whole(message)
        ledger.has_said_aside = False

    def _file_whole(self, message: FloorMessage) -> None:
        ledger, said = self._ledger, message.statement.statement
        heard = Heard(said.author, said.id, statement_hash(message.statement), message)
        host = [ledger.view.host] if ledger.view.host is not None else []
        readers = {*said.to, *host} - {ledger.me}
        try:
            speak(ledger, heard, voice=by_node(), to=said.to, readers=readers)
        except Refused as refused:
            if refused.code != "no-recipient-key":
                raise
            # As a call itself: better read by all members than by none.
            speak(ledger, heard, voice=by_node(), to=said.to)

    def _act_on(self, message: FloorMessage) -> None:
        ledger, said = self._ledger, message.statement.statement
        self._overhear(message)
        known = ledger.view.book.about(said.id, Heard)
        if said.author != ledger.me and not any(one.author == ledger.me for one in known):
            digest = statement_hash(message.statement)
            self._unanswered[said.id] = Heard(author=said.author, id=said.id, message=digest)

    def _overhear(self, message: FloorMessage) -> None:
        ledger, said = self._ledger, message.statement.statement
        # A claim of a time to come would put every deadline off; it counts from now.
        at = Instant(min(said.at, ledger.now()))
        judged = judge_floor(message, ledger.charter, at=at)
        self._require_not_forged(message, judged)
        signed_as = frozenset(role.value for role in judged.roles)
        ledger.view.overhear(
            said,
            at=at,
            signed_as=signed_as,
            doubt=_doubt(judged, said.desk),
            message=statement_hash(message.statement),
        )

    def _require_not_forged(self, message: FloorMessage, judged: Judgement) -> None:
        """What cannot be judged is acted on; a signature that is false, or of a revoked key, is no STOP."""
        said = message.statement.statement
        book = self._ledger.key_book(said.author)
        here = book.judge(message.statement, at=said.at) if book is not None else judged
        standings = {one.standing for one in (*judged.signatures, *here.signatures)}
        if standings & {Standing.BAD_SIGNATURE, Standing.REVOKED}:
            raise NotVerified(
                "floor-forged",
                f"A {said.kind} in the name of {said.author} is signed by nobody who speaks for it.",
                where=f"floor {said.id}",
                remedy=f"Refuse it; call {said.author} by another way, and look at who brought it.",
            )

    def _read_on(self) -> None:
        """Follow the own log for calls and for the delegations that prove who made them."""
        ledger = self._ledger
        for seq, said in ledger.own_said(_CALLS | {"key.delegate"}, self._read_to):
            if said.statement.kind == "key.delegate":
                self._delegations.append(without_seconds(said))
            else:
                self._calls[seq] = said
        self._read_to = ledger.own.size


def _doubt(judged: Judgement, desk: str | None) -> str | None:
    if judged.roles & {KeyRole.DUTY, KeyRole.AUTHORITY, KeyRole.NODE}:
        return None
    return f"UNVERIFIED: {judged.standing_as(KeyRole.DUTY, desk=desk).value}"
