# SPDX-License-Identifier: Apache-2.0
"""What does a node answer about its console? Invitations, sessions, people, and gestures that wait.

Times are RFC 3339 of the machine's own clock. ``options`` are what a browser's page hands to
``PublicKeyCredential.parse…OptionsFromJSON`` as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from steerclear.services.answers import Receipt, RootAsked
from steerclear.services.roles import SpeakerRole

__all__ = [
    "GestureDone",
    "GestureShown",
    "InvitationShown",
    "Measured",
    "NoticeCheck",
    "PersonRow",
    "SessionShown",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationShown:
    """``link`` works once, until ``until``; whoever has it can take the place."""

    link: str
    role: SpeakerRole
    desk: str | None
    until: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionShown:
    """Who asks, and until when; a machine and the socket have no end."""

    member: str
    person: str
    role: SpeakerRole
    desk: str | None
    until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRow:
    """``is_held``: the place came out of a backup, and waits to be confirmed at the node's machine."""

    person: str
    role: SpeakerRole
    desk: str | None
    since: str
    is_held: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GestureShown:
    """Something that waits for passkeys. ``says`` is the statement (or the request to the root) that is
    signed, as JSON; ``signed_by`` the places that have signed; the challenge is SHA-256 of its DSSE bytes."""

    gesture: str
    asks: str
    says: Mapping[str, Any]
    needed: int
    signed_by: tuple[str, ...]
    until: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class GestureDone:
    """``waits`` for another person, or ``filed``, with what came of it."""

    state: Literal["waits", "filed"]
    signed_by: tuple[str, ...]
    receipts: tuple[Receipt, ...] = ()
    root: RootAsked | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What gauges say: sizes of logs and lines by member, duties that are due, whether it can file."""

    entries: Mapping[str, int]
    lines: Mapping[str, bool]
    duties_due: int
    accepting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeCheck:
    """The gate would let it pass as it stands; nothing was filed. Not permission."""

    passes: Literal[True] = True
