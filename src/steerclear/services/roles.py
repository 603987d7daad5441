# SPDX-License-Identifier: Apache-2.0
"""Who may have a node do what? One table: the roles are few and fixed, and a desk speaks for itself alone.

    role          asks for
    duty officer  filing, answering and STOP at one desk; what its watch says
    supervisor    the same at every desk and rung; the mechanism's flag, ratification, keys; sees the people
    liaison       the table: annexes, meetings, incidents, claims; and STOP
    notifier      its own sites and movements, notices, STOP
    host          checks, drills, meetings, incidents, carrying, STOP
    observer      looks, and asks for nothing
    machine       files and changes notices, and calls STOP; never answers for a person
    operator      whoever reaches the node's own socket: all of it

STOP is open to everybody who may ask for anything. What is refused here was understood: ``Refused``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, get_args

from steerclear.errors import BadInput, Refused
from steerclear.services import requests as ask

__all__ = [
    "OPERATOR",
    "PERSONS_NEEDED",
    "Speaker",
    "SpeakerRole",
    "persons_needed",
    "require_may",
    "require_may_ask",
    "role_named",
]

SpeakerRole = Literal[
    "duty-officer", "supervisor", "liaison", "notifier", "host", "observer", "machine", "operator"
]

Act = Literal["look", "fly", "carry", "keys", "backups", "people", "proofs", "figures"]
"""What is no verb: ``look`` at everything a desk sees, ``fly`` says which notice an own track flies,
``proofs`` of single entries, and so on."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who asks: ``id`` names a person's place, a machine or the socket, never a human being.

    ``desk`` is the one desk that it speaks for; ``None`` is every desk of the member.
    """

    id: str
    role: SpeakerRole
    desk: str | None = None

    @property
    def is_person(self) -> bool:
        """Has it a passkey that can be asked again?"""
        return self.role not in ("machine", "operator")


OPERATOR: Final = Speaker("socket", "operator")

_STOP: Final = (ask.CallStop, ask.Answer, ask.CloseStop, ask.AskOwnership)
_FILING: Final = (ask.FileNotices, ask.TakeAlternative, ask.Withdraw, ask.Activate, ask.GoCold)
_ANSWERING: Final = (ask.Acknowledge, ask.Disseminate, ask.Unable)
_SIGNALS: Final = (ask.SendSignal, ask.ReadBack, ask.AnswerSignal)
_TABLE: Final = (ask.Propose, ask.ProposeAnnex, ask.Ratify, ask.WithdrawAnnex)
_FLAG: Final = (ask.SuspendMechanism, ask.ResumeMechanism, ask.EndMechanism)
_DESK: Final = (*_STOP, *_FILING, *_ANSWERING, *_SIGNALS, ask.Say)

_REQUESTS: Final[Mapping[SpeakerRole, frozenset[type]]] = {
    "duty-officer": frozenset(_DESK),
    "supervisor": frozenset({*_DESK, *_TABLE, *_FLAG, ask.ConfirmLog}),
    "liaison": frozenset({*_STOP, *_TABLE, ask.Say}),
    "notifier": frozenset({*_STOP, *_FILING, ask.Say}),
    "host": frozenset({*_STOP, *_ANSWERING, *_SIGNALS, ask.Say}),
    "observer": frozenset(),
    "machine": frozenset({*_FILING, ask.CallStop, ask.CloseStop}),
}

_SAID: Final[Mapping[SpeakerRole, tuple[str, ...]]] = {
    "duty-officer": (
        *("watch.", "check.", "distress.", "filer.", "conflict.", "site.", "movement.", "contact."),
        *("civil.", "standstill.", "incident.open", "incident.state", "voice.", "obligation.", "track."),
    ),
    "supervisor": ("",),
    "liaison": (
        *("distress.", "standstill.", "incident.", "violation.", "meeting.", "communique.", "conflict."),
        *("obligation.", "voice."),
    ),
    "notifier": ("watch.", "distress.", "site.", "movement.", "contact.", "incident.open", "incident.state"),
    "host": ("watch.", "check.", "distress.", "drill.", "incident.", "meeting.", "communique.", "voice."),
}
"""Of what is said in fields (``ask.Say``), the kinds by their beginning."""

_ACTS: Final[Mapping[SpeakerRole, frozenset[Act]]] = {
    "duty-officer": frozenset({"look", "fly", "proofs", "figures"}),
    "supervisor": frozenset({"look", "fly", "proofs", "figures", "carry", "keys", "people"}),
    "liaison": frozenset({"look", "proofs", "figures"}),
    "notifier": frozenset({"look", "proofs"}),
    "host": frozenset({"look", "proofs", "figures", "carry"}),
    "observer": frozenset({"look", "proofs", "figures"}),
    "machine": frozenset({"look", "fly", "proofs", "figures"}),
}

PERSONS_NEEDED: Final[Mapping[type, int]] = {
    ask.CallStop: 1,
    ask.SuspendMechanism: 1,
    ask.ResumeMechanism: 1,
    ask.Ratify: 2,
    ask.WithdrawAnnex: 2,
    ask.EndMechanism: 2,
    ask.NameKeys: 2,
    ask.RevokeKeys: 2,
    ask.Succeed: 2,
}
"""How many persons make the gesture with their passkeys under it, each over the very bytes."""

_WATCH: Final = ("watch.take", "watch.hand-over")


def persons_needed(request: Any) -> int:
    """0 where the session is enough; 1 for STOP and the watch; 2 for what binds the member for long."""
    if isinstance(request, ask.Say):
        return 1 if request.kind in _WATCH else 0
    return PERSONS_NEEDED.get(type(request), 0)


def require_may(speaker: Speaker, act: Act) -> None:
    """Raises ``Refused`` (``not-your-role``)."""
    if speaker.role != "operator" and act not in _ACTS[speaker.role]:
        raise _not_your_role(speaker, act)


def require_may_ask(speaker: Speaker, request: Any) -> None:
    """May ``speaker`` ask for this? Raises ``Refused``: ``not-your-role``, ``not-your-desk``,
    ``not-your-rung``."""
    if speaker.role == "operator":
        return
    if isinstance(request, ask.NameKeys | ask.RevokeKeys | ask.Succeed):
        require_may(speaker, "keys")
        return
    if type(request) not in _REQUESTS[speaker.role]:
        raise _not_your_role(speaker, type(request).__name__)
    if isinstance(request, ask.Say) and not request.kind.startswith(_SAID[speaker.role]):
        raise _not_your_role(speaker, f"say {request.kind[:40]}")
    _require_own_desk(speaker, getattr(request, "desk", None))
    if isinstance(request, ask.Acknowledge) and request.rung > 1 and speaker.role == "duty-officer":
        raise Refused(
            "not-your-rung",
            f"Rung {request.rung} of the ladder is not the duty officer's.",
            where="rung",
            remedy="Acknowledge for rung 1; whoever holds the higher rung acknowledges for it.",
        )


def _require_own_desk(speaker: Speaker, desk: str | None) -> None:
    if speaker.desk is not None and desk is not None and desk != speaker.desk:
        raise Refused(
            "not-your-desk",
            f"You speak for the {speaker.desk} desk, and this would be said by the {desk[:24]} desk.",
            where="desk",
            remedy=f"Say it as the {speaker.desk} desk, or have the other desk say it.",
        )


def _not_your_role(speaker: Speaker, what: str) -> Refused:
    return Refused(
        "not-your-role",
        f"A {speaker.role} does not ask this node for that ({what}).",
        where=speaker.role,
        remedy="Ask somebody in whose role it is; docs/api.md has the table.",
    )


def role_named(text: str) -> SpeakerRole:
    """A role in which somebody can be invited. Raises ``BadInput`` (``role-unknown``)."""
    for role in get_args(SpeakerRole):
        if role == text and role not in ("machine", "operator"):
            found: SpeakerRole = role
            return found
    people = [role for role in get_args(SpeakerRole) if role not in ("machine", "operator")]
    raise BadInput(
        "role-unknown",
        f"“{text[:24]}” is no role in which a person can be invited.",
        where="role",
        remedy=f"Name one of {', '.join(people)}.",
    )
