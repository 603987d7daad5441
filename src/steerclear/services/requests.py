# SPDX-License-Identifier: Apache-2.0
"""What may a face ask of a node? One frozen request per verb; every field is text or a number.

The command line, the HTTP API and the runner of plays build the same requests, so that none of them can know
something that the others do not. ``about`` is always an id or the short form that faces show (``TUR-0042``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "Acknowledge",
    "Activate",
    "Answer",
    "AnswerSignal",
    "AskOwnership",
    "CallStop",
    "CloseStop",
    "ConfirmLog",
    "Disseminate",
    "EndMechanism",
    "FileNotices",
    "GoCold",
    "KeyRole",
    "Level",
    "NameKeys",
    "Propose",
    "ProposeAnnex",
    "Ratify",
    "ReadBack",
    "ResumeMechanism",
    "RevokeKeys",
    "Say",
    "SendSignal",
    "SuspendMechanism",
    "TakeAlternative",
    "Unable",
    "Withdraw",
    "WithdrawAnnex",
]

Level = Literal["L0", "L1", "L2", "L3", "L3p"]
"""How much of a notice is shown: L0 to peer and host in full; L1 to the host, the peer sees a conflict."""

KeyRole = Literal["ahead", "authority", "duty", "node", "witness", "recipient"]
"""``ahead`` is every recipient and duty key for the weeks to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileNotices:
    """File every feature of a GeoJSON text as a notice of its own, or the new version of one.

    ``geojson``    the text itself, read strictly; ``where`` names it in errors
    ``to``         members addressed; empty means every other party
    ``level``      ``None`` takes what the disclosure annex says
    ``overrides``  code of a warning → reason; the reason travels with the notice
    ``amends``     the notice that the one feature replaces
    ``third_parties``  hazard to others: who, and what they are asked to do (Il-20)
    """

    desk: str
    geojson: str
    where: str = "what was filed"
    to: tuple[str, ...] = ()
    level: Level | None = None
    overrides: Mapping[str, str] = field(default_factory=dict)
    amends: str | None = None
    third_parties: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAlternative:
    """Amend a notice by the nearest alternative that its last screening offered."""

    desk: str
    about: str
    way: Literal["start", "altitude"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    desk: str
    about: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Activate:
    """The area of a notice is hot from now."""

    desk: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoCold:
    """The area of a notice is cold from now; only its filer says so."""

    desk: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Received and understood, by this rung of this desk's ladder. Works for notices, conflicts and STOP."""

    desk: str
    about: str
    rung: int = 1
    read_back: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Disseminate:
    """The notice has reached this echelon; never a unit's name. ``expires_at`` is RFC 3339."""

    desk: str
    about: str
    echelon: Literal["headquarters", "fire-control", "operator"]
    expires_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unable:
    """Unable to keep clear until ``until`` (RFC 3339), for the part that is named."""

    desk: str
    about: str
    until: str
    part: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStop:
    """``place`` in any of the three spellings or a named place; no ``to`` means all other members.

    ``drill``  the running drill that it belongs to; left out, it is real
    """

    desk: str
    place: str
    seen: str
    basis: Literal["own-forces", "civilians", "aircraft", "unsure"]
    to: tuple[str, ...] = ()
    drill: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The outcome of a STOP, or the answer to a question of ownership; what ``about`` is decides.

    ``answer``  of a STOP: stopping, stopped, cannot, not-ours, not-known; of ownership: ours, not-ours,
                not-ours-passing-on, not-ours-no-contact, not-known, partly
    ``at``      RFC 3339: when firing stopped; left out, it stopped now
    ``part``    which part, for *partly*
    """

    desk: str
    about: str
    answer: str
    at: str | None = None
    part: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseStop:
    desk: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskOwnership:
    desk: str
    of: tuple[str, ...]
    place: str
    seen: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """Say something of a kind that has no verb of its own (``kinds_shown`` lists them).

    ``fields``  each as it is typed; a list may come as several texts. Those that may be empty may be left out
    ``desk``    the desk that speaks; none where the kind is signed by the authority
    ``to``      members addressed; empty means those whom the kind concerns
    """

    kind: str
    fields: Mapping[str, str | tuple[str, ...]]
    desk: str | None = None
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SendSignal:
    """Send a coded message. ``slots`` are typed texts by the slots' names; no ``to`` means every other party.

    ``free_text`` stands with the code *free-text* alone, and carries no safety meaning.
    """

    desk: str
    code: str
    slots: Mapping[str, str] = field(default_factory=dict)
    to: tuple[str, ...] = ()
    free_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """Repeat a signal's code and slot values as they were understood."""

    desk: str
    about: str
    code: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSignal:
    """Answer a signal with a signal, or in free words."""

    desk: str
    about: str
    code: str
    slots: Mapping[str, str] = field(default_factory=dict)
    free_text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Propose:
    """Propose every annex of a template."""

    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeAnnex:
    """Propose one annex. ``document`` is its JSON as the record writes it; ``counter_to`` the proposal that
    it answers, and then ``because`` is owed."""

    document: str
    because: str | None = None
    counter_to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawAnnex:
    """Take a signature back, or give notice of termination. ``annex`` is a name, a hash or an id."""

    annex: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendMechanism:
    because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResumeMechanism:
    """Lower our own flag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndMechanism:
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratify:
    """Ratify the newest open proposal of each annex named; no name means all.

    ``annexes``  names; or SHA-256 hashes as ``annexes list`` shows them: that very document, and no other
    """

    annexes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmLog:
    """Nobody can be asked: our own log ends where it stands here. ``reason`` stands in the record."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameKeys:
    """Have the root name keys: those that this node holds, fresh ones, or one that is held elsewhere.

    ``desk``    for a duty key
    ``days``    how far ahead a duty key is named
    ``fresh``   make a new key in the place of the one held; the old one is revoked in the same request
    ``public``  32 bytes in hex: the public half of a key that somebody else holds
    """

    role: KeyRole
    desk: str | None = None
    days: int = 35
    fresh: bool = False
    public: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeed:
    """Have the root end the own log where it stands and begin the next, under a fresh node key."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeKeys:
    """Have the root revoke keys, each by its keyid or the beginning of it, from the next place on."""

    keyids: tuple[str, ...]
    reason: str
