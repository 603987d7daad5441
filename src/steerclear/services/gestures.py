# SPDX-License-Identifier: Apache-2.0
"""How does a passkey sign what a statement says? Shown first, signed over its very bytes, then filed.

    prepare ──► the verb runs up to its statement, which is kept; nothing is filed
            ──► challenge = SHA-256 of the DSSE bytes of that statement
    sign    ──► the first passkey has signed it; where two persons are needed it waits for the other
            ──► the last one has: the verb runs again, files the kept statement, and the keys stand under it

What is prepared says what it said: if the verb would say something else by the time it is signed, because
another proposal came or a STOP was closed, nothing is filed and the person is asked again. Requests to the
root have no statement of the node's own; there the request itself is what is hashed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from steerclear.errors import BadInput, NotVerified, Refused
from steerclear.model.time import parse_instant
from steerclear.record.dsse import pae
from steerclear.record.ijson import JsonValue
from steerclear.record.keys import Signer
from steerclear.record.statement import STATEMENT_TYPE, Statement, print_statement
from steerclear.services.ledger import Ledger
from steerclear.services.requests import Ratify
from steerclear.services.roles import Speaker, persons_needed, require_may_ask
from steerclear.services.verbs import PATHS

__all__ = ["FIRST_MS", "SECOND_MS", "Gesture", "Gestures", "PasskeySignature", "rehearse"]

FIRST_MS: Final = 120_000
"""So long after it was shown the first passkey may sign it."""

SECOND_MS: Final = 10 * 60_000
"""So long the other person has; what is filed then still says when it was said."""

MOST_OPEN: Final = 100
MOST_OPEN_OF_ONE: Final = 4
REQUEST_TYPE: Final = "application/vnd.steerclear.request+json"


@dataclass(frozen=True, slots=True)
class PasskeySignature:
    """A signature that was made elsewhere, over bytes that were checked there."""

    keyid: str
    made: bytes

    def sign(self, message: bytes) -> bytes:  # noqa: ARG002 - it signed these very bytes already
        return self.made


@dataclass(frozen=True, slots=True)
class Gesture:
    """What waits to be signed. ``challenge`` is SHA-256 of ``signed_bytes``; ``of`` is who prepared it,
    ``by`` who signed so far."""

    id: str
    of: str
    request: Any
    statement: Statement | None
    signed_bytes: bytes
    needed: int
    first_until_ms: int
    until_ms: int
    by: tuple[Speaker, ...] = ()
    signatures: tuple[PasskeySignature, ...] = ()

    @property
    def challenge(self) -> bytes:
        return hashlib.sha256(self.signed_bytes).digest()


class _Prepared(Exception):
    """The verb has come as far as its statement; it goes no further."""

    def __init__(self, statement: Statement) -> None:
        super().__init__("prepared")
        self.statement = statement


class Gestures:
    """What waits for a passkey at one node. Called from its writer thread; a restart ends what waits."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._open: dict[str, Gesture] = {}

    def prepare(self, speaker: Speaker, request: Any, do: Callable[[Any], Any], now_ms: int) -> Gesture:
        """Raises what the verb raises, and ``Refused``: ``gesture-not-needed``, ``one-at-a-time``,
        and what the table of roles refuses."""
        require_may_ask(speaker, request)
        needed = persons_needed(request)
        if needed == 0:
            raise Refused(
                "gesture-not-needed",
                "This needs no gesture: the session is enough.",
                remedy="Send it to its own path.",
            )
        if isinstance(request, Ratify) and len(request.annexes) != 1:
            raise Refused(
                "one-at-a-time",
                "A passkey signs one statement, and annexes are ratified one by one.",
                where="annexes",
                remedy="Name one annex; make the gesture for each.",
            )
        self._forget_what_ended(now_ms)
        statement = rehearse(self._ledger, request, do) if type(request) in PATHS else None
        self._make_room(speaker)
        gesture = Gesture(
            id=self._ledger.randomness.bytes(12).hex(),
            of=speaker.id,
            request=request,
            statement=statement,
            signed_bytes=self._bytes_of(request, statement),
            needed=needed,
            first_until_ms=now_ms + FIRST_MS,
            until_ms=now_ms + SECOND_MS,
        )
        self._open[gesture.id] = gesture
        return gesture

    def _make_room(self, speaker: Speaker) -> None:
        """A STOP is never kept from being prepared: an older one gives way, of the same speaker first.

        What somebody has signed already gives way to nobody; it ends by its time.
        """
        unsigned = [one for one in self._open.values() if not one.by]
        own = [one for one in unsigned if one.of == speaker.id]
        if len(own) >= MOST_OPEN_OF_ONE:
            del self._open[own[0].id]
        elif len(unsigned) >= MOST_OPEN:
            del self._open[unsigned[0].id]

    def _bytes_of(self, request: Any, statement: Statement | None) -> bytes:
        if statement is not None:
            return pae(STATEMENT_TYPE, print_statement(statement))
        asked = {
            "mechanism": self._ledger.mechanism,
            "author": self._ledger.me,
            "asks": type(request).__name__,
            "request": asdict(request),
            "once": self._ledger.randomness.bytes(16).hex(),
        }
        return pae(REQUEST_TYPE, json.dumps(asked, separators=(",", ":")).encode())

    def open(self, now_ms: int) -> tuple[Gesture, ...]:
        self._forget_what_ended(now_ms)
        return tuple(self._open.values())

    def of(self, id: str, now_ms: int) -> Gesture:  # noqa: A002 - the field's own name
        """Raises ``Refused`` (``gesture-not-open``)."""
        found = self._open.get(id)
        late = found is not None and (found.until_ms if found.by else found.first_until_ms) <= now_ms
        if found is None or late:
            raise Refused(
                "gesture-not-open",
                "What was to be signed was filed, has run out, or was never prepared here.",
                where="gesture",
                remedy="Prepare it again and make the gesture within two minutes.",
            )
        return found

    def sign(self, gesture: Gesture, speaker: Speaker, keyid: str, signature: bytes) -> Gesture:
        """``speaker``'s passkey has signed ``gesture.challenge``. Raises ``Refused`` (``second-person``)."""
        require_may_ask(speaker, gesture.request)
        if any(one.id == speaker.id for one in gesture.by):
            raise Refused(
                "second-person",
                "You have signed this already; it needs another person's passkey, too.",
                where="gesture",
                remedy="Have somebody else in whose role it is make the gesture, within ten minutes.",
            )
        signed = replace(
            gesture,
            by=(*gesture.by, speaker),
            signatures=(*gesture.signatures, PasskeySignature(f"webauthn:{keyid}", signature)),
        )
        self._open[gesture.id] = signed
        return signed

    def finish(self, gesture: Gesture, do: Callable[[Any], Any]) -> Any:
        """File what was signed; whatever comes of it, it is signed only once.

        Raises what the verb raises, and ``Refused`` (``says-otherwise-now``).
        """
        del self._open[gesture.id]
        if gesture.statement is None:
            return do(gesture.request)
        prepared = gesture.statement
        used: list[Statement] = []

        def as_prepared(statement: Statement) -> tuple[Statement, tuple[Signer, ...]]:
            if used or not _says_the_same(prepared, statement):
                raise Refused(
                    "says-otherwise-now",
                    "Since it was shown something has changed, and it would say something else now.",
                    where="gesture",
                    remedy="Look at it again, and sign what it says now; nothing was filed.",
                )
            used.append(statement)
            return prepared, gesture.signatures

        self._ledger.gesture = as_prepared
        try:
            return do(gesture.request)
        finally:
            self._ledger.gesture = None

    def _forget_what_ended(self, now_ms: int) -> None:
        self._open = {key: one for key, one in self._open.items() if one.until_ms > now_ms}


def rehearse(ledger: Ledger, request: Any, do: Callable[[Any], Any]) -> Statement:
    """The first statement that the verb would file; it files nothing. Raises what the verb raises before."""

    def stop_there(statement: Statement) -> tuple[Statement, tuple[Signer, ...]]:
        raise _Prepared(statement)

    ledger.gesture = stop_there
    try:
        do(request)
    except _Prepared as prepared:
        return prepared.statement
    finally:
        ledger.gesture = None
    raise Refused(
        "says-nothing",
        "What was asked for says nothing that a passkey could sign.",
        remedy="Send it to its own path.",
    )


def _says_the_same(prepared: Statement, now: Statement) -> bool:
    """But for its id and the moments that it was said and seen at."""
    one, other = ((said.kind, said.author, said.desk, said.to) for said in (prepared, now))
    return one == other and _same(prepared.body, now.body)


def _same(one: JsonValue, other: JsonValue) -> bool:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return one == other or (_instant(one) is not None and _near(_instant(one), _instant(other)))


def _near(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and abs(one - other) <= SECOND_MS


def _instant(value: JsonValue) -> int | None:
    if not isinstance(value, str):
        return None
    try:
        return parse_instant(value)
    except (BadInput, NotVerified, ValueError):
        return None
