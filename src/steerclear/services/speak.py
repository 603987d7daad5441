# SPDX-License-Identifier: Apache-2.0
"""How does somebody at this node say something? Body → statement, signed → sealed for whom it is for → filed.

Every verb ends here, so there is one place where a statement gets its id, its signature and its recipients.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from steerclear.errors import Refused, SteerclearError
from steerclear.links.keystore import KeyName
from steerclear.mechanism.bodies import Body, body_of, kind_of
from steerclear.model.member import DeskName, desk_name
from steerclear.record.identity import fresh_id
from steerclear.record.ijson import JsonObject
from steerclear.record.keybook import RATIFICATION
from steerclear.record.keys import KeyRole, Signer
from steerclear.record.recipient import RecipientPublicKey
from steerclear.record.seal import Sealing, seal_whole
from steerclear.record.statement import (
    SignedStatement,
    Statement,
    is_always_clear,
    sign_statement,
)
from steerclear.services.ledger import Draft, Filed, Ledger

__all__ = [
    "FLOOR",
    "Voice",
    "by_authority",
    "by_desk",
    "by_node",
    "draft",
    "root_says",
    "root_signers",
    "root_statement",
    "speak",
]


@dataclass(frozen=True, slots=True)
class Voice:
    """Who at this member speaks: the key that signs, and the desk, if it is one that speaks."""

    key: KeyName
    desk: DeskName | None = None


def by_desk(desk: str) -> Voice:
    """The officer on watch at ``desk``."""
    return Voice(KeyName("duty", desk_name(desk)), desk_name(desk))


def by_authority() -> Voice:
    """Whoever may bind the member: ratifies, suspends."""
    return Voice(KeyName("authority"))


def by_node() -> Voice:
    """The machine itself."""
    return Voice(KeyName("node"))


def speak(
    ledger: Ledger,
    body: Body,
    *,
    voice: Voice,
    to: Collection[str] = (),
    readers: Collection[str] | None = None,
) -> Filed:
    """File ``body`` as a statement to the members ``to``, readable by ``readers`` and ourselves."""
    return ledger.append([draft(ledger, body, voice=voice, to=to, readers=readers)])[0]


def draft(
    ledger: Ledger,
    body: Body,
    *,
    voice: Voice,
    to: Collection[str] = (),
    readers: Collection[str] | None = None,
) -> Draft:
    """Sign and seal ``body``; nothing is filed yet, so that several can be filed together.

    ``readers`` ``None`` is in clear. Where a reader has no valid recipient key a floor message goes in clear,
    and anything else is refused (``no-recipient-key``).
    """
    _require_key(ledger, voice)
    statement = Statement(
        mechanism=ledger.mechanism,
        author=ledger.me,
        desk=voice.desk,
        id=fresh_id(ledger.randomness.bytes, mechanism=ledger.mechanism, author=ledger.me),
        kind=kind_of(body),
        to=tuple(sorted(set(to))),
        at=ledger.now(),
        body=body_of(body),
    )
    beside: tuple[Signer, ...] = ()
    # A passkey signs what a person says; what the machine says under way (a beat) is none of it.
    if ledger.gesture is not None and voice.key.purpose != "node":
        statement, beside = ledger.gesture(statement)
    signed = sign_statement(statement, [*_signers(ledger, voice, statement.kind), *beside])
    if readers is None or is_always_clear(statement.kind):
        return Draft(signed, signed)
    try:
        sealing = _sealed(ledger, signed, readers)
    except SteerclearError:
        if not statement.kind.startswith(FLOOR):
            raise
        # STOP goes out whatever the addressee's keys are: better read by all members than by none.
        return Draft(signed, signed)
    return Draft(sealing.sealed, signed, sealing.salt, sealing.blobs)


def _signers(ledger: Ledger, voice: Voice, kind: str) -> list[Signer]:
    """The key that speaks; under a ratification also its second key, where the root has named one."""
    signer = ledger.keys.signer(voice.key)
    named = (one.second for one in ledger.own.keys.holders(KeyRole.AUTHORITY) if one.keyid == signer.keyid)
    if kind != RATIFICATION or not any(named):
        return [signer]
    return [signer, ledger.keys.second(voice.key)]


def _sealed(ledger: Ledger, signed: SignedStatement, readers: Collection[str]) -> Sealing:
    return seal_whole(
        signed,
        mechanism=ledger.mechanism,
        author=ledger.me,
        recipients=_recipient_keys(ledger, readers),
        random=ledger.randomness.bytes,
    )


def _require_key(ledger: Ledger, voice: Voice) -> None:
    if not ledger.keys.has(voice.key):
        speaker = f"the {voice.desk} desk" if voice.desk else f"the {voice.key.purpose} key"
        raise Refused(
            "no-such-desk",
            f"{ledger.me} has no key for {speaker} on this node.",
            where=voice.desk,
            remedy="Speak for a desk that this node was made with (steerclear init --desk).",
        )


FLOOR: Final = ("stop.", "distress.", "ownership.")
"""How the kinds of the safety floor begin."""

MOST_KEYS_A_MEMBER: Final = 2


def _recipient_keys(ledger: Ledger, readers: Collection[str]) -> list[RecipientPublicKey]:
    keys: list[RecipientPublicKey] = []
    for member in sorted({*readers, ledger.me}):
        valid = ledger.recipient_keys(member)
        if not valid:
            raise Refused(
                "no-recipient-key",
                f"No valid key is known to which something for {member} could be sealed.",
                where=member,
                remedy=f"Wait until the log of {member} has arrived, or choose a level that leaves it out.",
            )
        # A member that names a hundred keys for today must not make our statement too large to file.
        keys.extend(valid[-MOST_KEYS_A_MEMBER:])
    return keys


def root_says(ledger: Ledger, kind: str, body: JsonObject) -> Filed:
    """File a statement that only the root may make, in clear; its keys lie among this node's own."""
    signed = sign_statement(root_statement(ledger, kind, body), root_signers(ledger))
    return ledger.append([Draft(signed, signed)])[0]


def root_statement(ledger: Ledger, kind: str, body: JsonObject) -> Statement:
    """What the root is to say, not signed yet."""
    return Statement(
        mechanism=ledger.mechanism,
        author=ledger.me,
        desk=None,
        id=fresh_id(ledger.randomness.bytes, mechanism=ledger.mechanism, author=ledger.me),
        kind=kind,
        to=(),
        at=ledger.now(),
        body=body,
    )


def root_signers(ledger: Ledger) -> list[Signer]:
    """The root keys among this node's own, and the second keys beside them where the card has any."""
    names = [name for name in ledger.keys.names() if name.purpose == "root"]
    signers: list[Signer] = [ledger.keys.signer(name) for name in names]
    if ledger.charter.card(ledger.me).root_seconds:
        signers += [ledger.keys.second(name) for name in names]
    return signers
