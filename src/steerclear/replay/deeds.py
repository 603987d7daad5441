# SPDX-License-Identifier: Apache-2.0
"""What can a desk do in a play? One noun a verb; each becomes a statement, or a choice of the desk's own.

How it is done (addressees, ``sealed``, ``by voice``, ``because``) stands beside it in the line's ``Manner``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from steerclear.model.member import MemberId
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Footprint, Position, Volume
from steerclear.model.time import Instant
from steerclear.replay.script import Basis, Echelon, InDistress, Named, Outcome, OwnershipWord, SiteCategory

__all__ = [
    "AcceptStandstill", "Acknowledge", "Activate", "Amend", "AnswerCheck", "AnswerOutcome",
    "AnswerOwnership", "AnswerSignal", "AnswerViolation", "AskOwnership", "CallAlarm", "CallCheck",
    "ClaimViolation", "CloseAlarm", "CloseConflict", "CloseIncident", "Cold", "CounterAnnex",
    "DecideConflict", "Deed", "Disseminate", "EndDrill", "EndSite", "EndStandstill",
    "ExtendStandstill", "FieldChange", "File", "HandOver", "Hold", "LogVoice", "OpenIncident",
    "Override", "Proceed", "ProposeAnnex", "ProposeConflict", "ProposeStandstill", "RatifyAnnex",
    "ReadBack", "RegisterSite", "RenewAlarm", "RenewSite", "RepeatAlarm", "ReportMovement",
    "Resume", "SendSignal", "SlotValue", "StartDrill", "StateIncident", "Suspend", "TakeWatch",
    "TryContact", "Unable", "Withdraw", "WithdrawAnnex",
]  # fmt: skip


# -- notices ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class File:
    """Draw a notice and offer it to the gate. It leaves at once, or waits as a draft for ``Override``.

    No ``volumes``: a place was named and nothing was drawn. ``third_parties``: hazard to others, and what
    they are asked to do.
    """

    kind: NoticeKind
    volumes: tuple[Volume, ...]
    near: str | None
    third_parties: str | None = None


@dataclass(frozen=True, slots=True)
class Override:
    """Send the draft in spite of the warnings with these codes; the reason travels with it."""

    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Amend:
    notice: Named
    volumes: tuple[Volume, ...]
    near: str | None
    third_parties: str | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    notice: Named


@dataclass(frozen=True, slots=True)
class Activate:
    notice: Named


@dataclass(frozen=True, slots=True)
class Cold:
    notice: Named


@dataclass(frozen=True, slots=True)
class Acknowledge:
    """Received and understood; of an alarm by whichever rung the actor is."""

    thing: Named


@dataclass(frozen=True, slots=True)
class Disseminate:
    """It has reached the echelon named; the statement expires at ``until``."""

    thing: Named
    echelon: Echelon
    until: Instant | None


@dataclass(frozen=True, slots=True)
class Unable:
    """Unable to keep clear before ``until``, of ``part`` or of all of it."""

    notice: Named
    until: Instant
    part: str | None


@dataclass(frozen=True, slots=True)
class Hold:
    notice: Named
    until: Instant | None


@dataclass(frozen=True, slots=True)
class Proceed:
    notice: Named


# -- alarms -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CallAlarm:
    """``why`` is the basis of a STOP, or who is in distress; ``drill`` the drill that it belongs to."""

    sort: Literal["stop", "distress"]
    at: Position
    why: Basis | InDistress
    seen: str | None
    drill: Named | None = None


@dataclass(frozen=True, slots=True)
class RepeatAlarm:
    """Call again about the open alarm: the same place and basis, a new statement."""

    alarm: Named


@dataclass(frozen=True, slots=True)
class RenewAlarm:
    """The outcome again, owed every few minutes until the caller closes."""

    alarm: Named
    outcome: Outcome
    at: Instant | None


@dataclass(frozen=True, slots=True)
class CloseAlarm:
    alarm: Named


@dataclass(frozen=True, slots=True)
class AnswerOutcome:
    """``at`` is the moment that "stopped at" names; the others have none."""

    alarm: Named
    outcome: Outcome
    at: Instant | None


# -- ownership, checks, signals ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AskOwnership:
    at: Position
    of: tuple[MemberId, ...]
    seen: str


@dataclass(frozen=True, slots=True)
class AnswerOwnership:
    question: Named
    word: OwnershipWord
    part: str | None


@dataclass(frozen=True, slots=True)
class CallCheck:
    pass


@dataclass(frozen=True, slots=True)
class AnswerCheck:
    """``readability`` from 1 (nothing) to 5 (perfect)."""

    check: Named
    readability: int


@dataclass(frozen=True, slots=True)
class SlotValue:
    """``area=n1`` or ``number=4``: one slot of a signal, as typed."""

    slot: str
    text: str


@dataclass(frozen=True, slots=True)
class SendSignal:
    code: str
    slots: tuple[SlotValue, ...]


@dataclass(frozen=True, slots=True)
class ReadBack:
    signal: Named


@dataclass(frozen=True, slots=True)
class AnswerSignal:
    signal: Named
    code: str
    slots: tuple[SlotValue, ...]


# -- sites and movements ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RegisterSite:
    category: SiteCategory
    name: str
    footprint: Footprint
    near: str | None


@dataclass(frozen=True, slots=True)
class RenewSite:
    site: Named


@dataclass(frozen=True, slots=True)
class EndSite:
    site: Named


@dataclass(frozen=True, slots=True)
class ReportMovement:
    """``next_at``: the next report is owed by then."""

    movement: Named
    what: Literal["departed", "at", "arrived", "overdue", "deviated"]
    at: Position | None
    next_at: Instant | None


@dataclass(frozen=True, slots=True)
class TryContact:
    """One attempt to reach a movement; ``way`` says by what, never whom."""

    movement: Named
    way: str
    reached: bool


# -- standstill ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProposeStandstill:
    """What will not be done where, from when until when."""

    area: Footprint
    opens_at: Instant
    closes_at: Instant
    acts: str


@dataclass(frozen=True, slots=True)
class AcceptStandstill:
    standstill: Named


@dataclass(frozen=True, slots=True)
class ExtendStandstill:
    standstill: Named
    until: Instant


@dataclass(frozen=True, slots=True)
class EndStandstill:
    standstill: Named
    at: Instant


# -- annexes and state ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FieldChange:
    """``field=value`` of an annex: the field's path as the annex spells it, the value as I-JSON or a word."""

    field: str
    value: str


@dataclass(frozen=True, slots=True)
class ProposeAnnex:
    """A new version of the annex ``name``: what is in force, with these changes."""

    name: str
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class RatifyAnnex:
    annex: Named


@dataclass(frozen=True, slots=True)
class CounterAnnex:
    annex: Named
    changes: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class WithdrawAnnex:
    annex: Named


@dataclass(frozen=True, slots=True)
class Suspend:
    pass


@dataclass(frozen=True, slots=True)
class Resume:
    pass


@dataclass(frozen=True, slots=True)
class TakeWatch:
    """``relieving`` says whether somebody handed the watch over; without it the watch is UNRELIEVED."""

    relieving: bool


@dataclass(frozen=True, slots=True)
class HandOver:
    pass


# -- incidents, conflicts, the rest -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OpenIncident:
    title: str
    happened_at: Instant
    involved: tuple[MemberId, ...]


@dataclass(frozen=True, slots=True)
class StateIncident:
    incident: Named
    gist: str


@dataclass(frozen=True, slots=True)
class CloseIncident:
    incident: Named


@dataclass(frozen=True, slots=True)
class ClaimViolation:
    by: MemberId
    happened_at: Instant
    gist: str


@dataclass(frozen=True, slots=True)
class AnswerViolation:
    violation: Named
    word: Literal["accept", "contest", "unknown"]


@dataclass(frozen=True, slots=True)
class ProposeConflict:
    """A way out of a conflict between two notices."""

    ours: Named
    theirs: Named
    proposal: str


@dataclass(frozen=True, slots=True)
class DecideConflict:
    conflict: Named
    accepts: bool


@dataclass(frozen=True, slots=True)
class CloseConflict:
    conflict: Named


@dataclass(frozen=True, slots=True)
class LogVoice:
    """What was said on a line, entered by a desk that took part."""

    speaker: MemberId
    listener: MemberId
    said_at: Instant
    gist: str
    about: Named | None


@dataclass(frozen=True, slots=True)
class StartDrill:
    name: str


@dataclass(frozen=True, slots=True)
class EndDrill:
    drill: Named


# -- civil traffic, concerns, findings, talks -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OfferCivil:
    """A text about a hazard, offered to a civil contact of the annex."""

    notice: Named
    form: Literal["notam", "cap", "navarea", "voice"]
    contact: str
    text: str


@dataclass(frozen=True, slots=True)
class DeclineCivil:
    notice: Named


@dataclass(frozen=True, slots=True)
class AnswerCivil:
    """What the filer does about an airliner ahead; ``flight`` as it calls itself, if known."""

    notice: Named
    act: Literal["held", "atc-warned", "cannot"]
    flight: str | None


@dataclass(frozen=True, slots=True)
class AnswerTrackAlarm:
    """What is done about an alarm of a live picture."""

    alarm: Named
    act: Literal[
        "called", "asked", "turned-away", "returned", "amended", "held", "atc-warned", "not-ours", "cannot"
    ]


@dataclass(frozen=True, slots=True)
class RaiseConcern:
    """An alleged misuse of a site, and by when a reply is asked for."""

    site: Named
    text: str
    reply_by: Instant


@dataclass(frozen=True, slots=True)
class ReplyConcern:
    concern: Named
    text: str


@dataclass(frozen=True, slots=True)
class PutFinding:
    """One point of the review of an incident."""

    incident: Named
    text: str


@dataclass(frozen=True, slots=True)
class AnswerFinding:
    finding: Named
    agrees: bool
    text: str


@dataclass(frozen=True, slots=True)
class Convene:
    title: str
    starts_at: Instant
    ends_at: Instant
    where: str | None
    agenda: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WriteMinutes:
    meeting: Named
    points: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SignMinutes:
    minutes: Named


@dataclass(frozen=True, slots=True)
class GiveAction:
    """What a member takes on in a meeting."""

    meeting: Named
    owner: MemberId
    due_at: Instant
    what: str


@dataclass(frozen=True, slots=True)
class SettleAction:
    action: Named
    what: str


@dataclass(frozen=True, slots=True)
class ProposeCommunique:
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AgreeCommunique:
    """Paragraphs by their numbers, counted from 1."""

    communique: Named
    paragraphs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Waive:
    """The creditor lets the debtor off one duty."""

    duty: str
    thing: Named
    debtor: MemberId


@dataclass(frozen=True, slots=True)
class EndMechanism:
    pass


Deed = (
    File | Override | Amend | Withdraw | Activate | Cold | Acknowledge | Disseminate | Unable
    | Hold | Proceed | CallAlarm | RepeatAlarm | RenewAlarm | CloseAlarm | AnswerOutcome
    | AskOwnership | AnswerOwnership | CallCheck | AnswerCheck | SendSignal | ReadBack
    | AnswerSignal | RegisterSite | RenewSite | EndSite | ReportMovement | TryContact
    | ProposeStandstill | AcceptStandstill | ExtendStandstill | EndStandstill
    | ProposeAnnex | RatifyAnnex | CounterAnnex | WithdrawAnnex | Suspend | Resume | TakeWatch
    | HandOver | OpenIncident | StateIncident | CloseIncident | ClaimViolation | AnswerViolation
    | ProposeConflict | DecideConflict | CloseConflict | LogVoice | StartDrill | EndDrill
    | OfferCivil | DeclineCivil | AnswerCivil | AnswerTrackAlarm | RaiseConcern | ReplyConcern
    | PutFinding | AnswerFinding
    | Convene | WriteMinutes | SignMinutes | GiveAction | SettleAction | ProposeCommunique
    | AgreeCommunique | Waive | EndMechanism
)  # fmt: skip
"""Everything that a desk can do."""
