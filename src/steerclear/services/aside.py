# SPDX-License-Identifier: Apache-2.0
"""How does a STOP get out of a node whose own log must not be written? As a message that is valid by itself.

A node that came back from an old backup signs no entry before it has taken its own back; one whose disk is
full can write none. People cannot wait for either: a floor message has disk in reserve (ADR 45). The
statement is signed, kept on the disk, acted on here, and rides in every bundle until others have heard it;
once the log can be written it stands there as well (``FloorDesk.say_again``).
"""

from __future__ import annotations

from typing import Any, Final

from steerclear.errors import NotKept, Refused
from steerclear.mechanism.bodies import Body
from steerclear.record.floor import FloorMessage, print_floor
from steerclear.record.statement import SignedStatement, statement_hash
from steerclear.services import requests as ask
from steerclear.services.audience import Audience
from steerclear.services.continuity import CLOSED_CODES
from steerclear.services.ledger import Filed, Ledger
from steerclear.services.speak import FLOOR, Voice, draft

__all__ = ["is_of_the_floor", "speak_floor"]

FULL_CODES: Final = frozenset({"store-full", "high-water-not-kept"})
"""The disk took no entry, or would not take the mark beside it."""

_REQUESTS: Final = (ask.CallStop, ask.Answer, ask.CloseStop, ask.AskOwnership, ask.Acknowledge)


def is_of_the_floor(request: Any) -> bool:
    """Does what is asked for go out whatever the own log and its disk are like?"""
    return isinstance(request, _REQUESTS) or (isinstance(request, ask.Say) and request.kind.startswith(FLOOR))


def speak_floor(ledger: Ledger, body: Body, *, voice: Voice, audience: Audience) -> Filed:
    """File a statement of the safety floor, aside from the log where that is closed or its disk full."""
    drafted = draft(ledger, body, voice=voice, to=audience.to, readers=audience.readers)
    try:
        return ledger.append([drafted])[0]
    except Refused as refused:
        if refused.code not in CLOSED_CODES:
            raise
    except NotKept as error:
        # An entry that stands, though its mark does not, goes out as it is.
        if error.code not in FULL_CODES or ledger.view.said(drafted.said.statement.id) is not None:
            raise
    return _aside(ledger, drafted.said)


def _aside(ledger: Ledger, signed: SignedStatement) -> Filed:
    said, digest, now = signed.statement, statement_hash(signed), ledger.now()
    ledger.store.keep_floor(digest, print_floor(FloorMessage(signed, ())))
    ledger.has_said_aside = True
    ledger.view.overhear(said, at=now, signed_as=frozenset({"duty"}), message=digest)
    return Filed(id=said.id, kind=said.kind, seq=None, at=now, root=None)
