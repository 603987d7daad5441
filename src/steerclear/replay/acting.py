# SPDX-License-Identifier: Apache-2.0
"""What does a deed of a play say in the record? A request to the node's own services, or a statement's body.

What a face can ask for goes the way of the faces (``Ask``), with gate, receipts and refusals; the rest of the
kinds are said as they are (``Say``). Names of the play become ids here and nowhere else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce, singledispatch
from typing import Any, Final, TypeVar

from steerclear.errors import BadInput, Refused
from steerclear.formats.coordinates import parse_position, spell
from steerclear.formats.geojson import write_notices
from steerclear.formats.slots import read_slot
from steerclear.mechanism import bodies as say
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.annex import Annex, AnnexName, annex_hash, annex_to_wire, read_annex
from steerclear.model.catalogue import CATALOGUE_HASH, SIGNALS
from steerclear.model.member import DeskName, MemberId, desk_name, member_id
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.signal import Slot, SlotKind
from steerclear.model.terms import Vocabulary
from steerclear.model.time import Instant, format_instant
from steerclear.replay import deeds
from steerclear.replay.script import Manner, Named
from steerclear.replay.words import instant_of
from steerclear.services import requests as ask
from steerclear.services.verbs import Request

__all__ = ["Ask", "Say", "Scene", "Spoken", "spoken", "voice_log_of"]

DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that the node's services carry out."""

    request: Request


@dataclass(frozen=True, slots=True)
class Say:
    """A body to be signed and filed as it is."""

    body: object
    to: tuple[MemberId, ...]
    by_authority: bool = False


Spoken = Ask | Say


@dataclass(frozen=True, slots=True)
class Scene:
    """Who speaks, when, about what: everything that the words of a deed need to become a statement."""

    member: MemberId
    desk: DeskName
    rung: int
    now: Instant
    manner: Manner
    ids: Mapping[str, str]
    view: View

    def id_of(self, thing: Named) -> str:
        """The record's id of a name. Raises ``Refused`` when nothing was said under it."""
        return self.id_named(thing.name)

    @property
    def to(self) -> tuple[MemberId, ...]:
        """The addressees that the line names, or every other party."""
        others = tuple(MemberId(party) for party in self.view.parties if party != self.member)
        return tuple(member for member in self.manner.to or others if member not in self.manner.without)

    @property
    def everybody_else(self) -> tuple[MemberId, ...]:
        return tuple(MemberId(member) for member in sorted(self.view.members) if member != self.member)

    def authors_of(self, about: str) -> tuple[MemberId, ...]:
        """Who said the statement that an answer is about: the answer goes to them."""
        said = self.view.said(about)
        return self.to if said is None else (MemberId(said.author),)

    def readers_of(self, thing: Named) -> tuple[MemberId, ...]:
        """Whoever the thing was addressed to hears what becomes of it."""
        said = self.view.said(self.id_of(thing))
        return self.to if said is None else tuple(MemberId(member) for member in said.to)

    def id_named(self, name: str) -> str:
        if name not in self.ids:
            raise Refused(
                "play-never-said",
                f"{name[:40]} was never said.",
                remedy="Look at the line that should have said it: it was refused, or waits as a draft.",
                where=name[:40],
            )
        return self.ids[name]

    @property
    def because(self) -> str:
        return self.manner.because or ""


@singledispatch
def spoken(deed: object, scene: Scene) -> Spoken:
    """What ``deed`` says."""
    raise TypeError(f"no words for {type(deed).__name__} at {scene.now}")


def voice_log_of(deed: object, scene: Scene, listener: MemberId, words: str) -> Say:
    """A deed done by voice, as the desk that heard it enters it: shown, and derived from by nobody."""
    body = say.VoiceLog(
        speaker=scene.member,
        listener=listener,
        said_at=scene.now,
        gist=words,
        read_back=False,
        about=None,
        stands_for=type(deed).__name__,
    )
    return Say(body, (scene.member,))


T = TypeVar("T")


def _known(record: T | None, thing: Named) -> T:
    """What the speaker's own node holds of the thing. Raises ``Refused`` when it is not there."""
    if record is None:
        raise Refused(
            "play-not-known",
            f"The speaker's node does not know {thing.name}, or cannot read it.",
            where=thing.name,
            remedy="Let it arrive first, or be addressed by it.",
        )
    return record


# -- notices ------------------------------------------------------------------------------------------


def draft_of(deed: deeds.File | deeds.Amend, member: MemberId, ref: str, kind: NoticeKind) -> str:
    """The notice as GeoJSON text: what a console would send, and what the strict reader then reads."""
    if deed.volumes:
        return write_notices([Notice(ref, member, kind, deed.volumes, deed.near)])
    properties = {"id": ref, "party": member, "kind": kind.value, "near": deed.near}
    return json.dumps({"type": "Feature", "geometry": None, "properties": properties})


@spoken.register
def _(deed: deeds.File, scene: Scene) -> Spoken:
    ref = scene.manner.named or "notice"
    return Ask(_filing(scene, ref, draft_of(deed, scene.member, ref, deed.kind)))


@spoken.register
def _(deed: deeds.Amend, scene: Scene) -> Spoken:
    record = _known(scene.view.notices.get(scene.id_of(deed.notice)), deed.notice)
    kind = record.newest.content.kind
    filing = _filing(scene, deed.notice.name, draft_of(deed, scene.member, deed.notice.name, kind))
    return Ask(replace(filing, amends=record.id, to=(), level=None))


def _filing(scene: Scene, ref: str, geojson: str) -> ask.FileNotices:
    level: ask.Level = "L1" if scene.manner.sealed else "L0"
    return ask.FileNotices(desk=scene.desk, geojson=geojson, where=ref, to=scene.to, level=level)


@spoken.register
def _(deed: deeds.Withdraw, scene: Scene) -> Spoken:
    return Ask(ask.Withdraw(desk=scene.desk, about=scene.id_of(deed.notice), reason=scene.because))


@spoken.register
def _(deed: deeds.Activate, scene: Scene) -> Spoken:
    return Ask(ask.Activate(desk=scene.desk, about=scene.id_of(deed.notice)))


@spoken.register
def _(deed: deeds.Cold, scene: Scene) -> Spoken:
    return Ask(ask.GoCold(desk=scene.desk, about=scene.id_of(deed.notice)))


@spoken.register
def _(deed: deeds.Acknowledge, scene: Scene) -> Spoken:
    about = scene.id_of(deed.thing)
    if deed.thing.sort in ("notice", "stop"):
        return Ask(ask.Acknowledge(desk=scene.desk, about=about, rung=scene.rung))
    return Say(say.Acknowledge(about, scene.rung, None), scene.authors_of(about))


@spoken.register
def _(deed: deeds.Disseminate, scene: Scene) -> Spoken:
    about = scene.id_of(deed.thing)
    if deed.thing.sort == "notice":
        until = None if deed.until is None else format_instant(deed.until)
        request = ask.Disseminate(desk=scene.desk, about=about, echelon=deed.echelon, expires_at=until)
        return Ask(request)
    body = say.Disseminate(about, say.Echelon(deed.echelon), deed.until or Instant(scene.now + DAY_MS))
    return Say(body, scene.authors_of(about))


@spoken.register
def _(deed: deeds.Unable, scene: Scene) -> Spoken:
    request = ask.Unable(
        desk=scene.desk,
        about=scene.id_of(deed.notice),
        until=format_instant(deed.until),
        part=deed.part or "all of it",
        reason=scene.because,
    )
    return Ask(request)


@spoken.register
def _(deed: deeds.Hold, scene: Scene) -> Spoken:
    unable = _last_unable(deed.notice, scene)
    return Say(say.Hold(unable.id, deed.until, scene.because), (MemberId(unable.author),))


@spoken.register
def _(deed: deeds.Proceed, scene: Scene) -> Spoken:
    unable = _last_unable(deed.notice, scene)
    return Say(say.Proceed(unable.id, scene.because), (MemberId(unable.author),))


def _last_unable(notice: Named, scene: Scene) -> Said[say.Unable]:
    """The newest *unable* that the filer's own node has opened."""
    unables = _known(scene.view.notices.get(scene.id_of(notice)), notice).newest.unables
    if not unables:
        raise Refused(
            "play-nobody-unable",
            f"Nobody has said unable to keep clear of {notice.name}.",
            remedy="Hold and proceed answer it; withdraw or amend instead.",
            where=notice.name,
        )
    return max(unables, key=lambda said: said.at)


# -- alarms -------------------------------------------------------------------------------------------


@spoken.register
def _(deed: deeds.CallAlarm, scene: Scene) -> Spoken:
    if deed.sort == "stop":
        return Ask(_stop_call(deed, scene))
    body = say.DistressCall(
        place=deed.at,
        near=None,
        seen_at=scene.now,
        who=say.InDistress(deed.why),
        people=None,
        seen=deed.seen,
        drill=None,
    )
    return Say(body, scene.manner.to or scene.everybody_else)


def _stop_call(deed: deeds.CallAlarm, scene: Scene) -> ask.CallStop:
    return ask.CallStop(
        desk=scene.desk,
        place=spell(deed.at).decimal,
        seen=deed.seen or deed.why,
        basis=deed.why,  # type: ignore[arg-type]  # the grammar reads a basis behind "calls stop"
        to=scene.manner.to,
    )


@spoken.register
def _(deed: deeds.RepeatAlarm, scene: Scene) -> Spoken:
    """The same call once more: place, basis and addressees of the one before."""
    calls = scene.view.stops if deed.alarm.sort == "stop" else scene.view.distress
    last = _known(calls.get(scene.id_of(deed.alarm)), deed.alarm).calls[-1]
    body = replace(last.body, seen_at=scene.now)
    return Say(body, tuple(MemberId(member) for member in last.to))


@spoken.register
def _(deed: deeds.RenewAlarm, scene: Scene) -> Spoken:
    stop = scene.id_of(deed.alarm)
    body = say.StopRenew(stop, say.StopOutcome(deed.outcome), deed.at, scene.manner.because)
    return Say(body, scene.authors_of(stop))


@spoken.register
def _(deed: deeds.CloseAlarm, scene: Scene) -> Spoken:
    alarm = scene.id_of(deed.alarm)
    if deed.alarm.sort == "stop":
        return Ask(ask.CloseStop(desk=scene.desk, about=alarm))
    return Say(say.DistressClose(alarm, scene.manner.because), scene.everybody_else)


@spoken.register
def _(deed: deeds.AnswerOutcome, scene: Scene) -> Spoken:
    alarm = scene.id_of(deed.alarm)
    if deed.alarm.sort == "distress":
        body = say.DistressAnswer(alarm, say.DistressOutcome(deed.outcome), scene.manner.because)
        return Say(body, scene.authors_of(alarm))
    at = None if deed.at is None else format_instant(deed.at)
    request = ask.Answer(
        desk=scene.desk, about=alarm, answer=deed.outcome, at=at, reason=scene.manner.because
    )
    return Ask(request)


# -- ownership, checks, signals -------------------------------------------------------------------------


@spoken.register
def _(deed: deeds.AskOwnership, scene: Scene) -> Spoken:
    place = spell(deed.at).decimal
    return Ask(ask.AskOwnership(desk=scene.desk, of=deed.of, place=place, seen=deed.seen))


@spoken.register
def _(deed: deeds.AnswerOwnership, scene: Scene) -> Spoken:
    question = scene.id_of(deed.question)
    request = ask.Answer(desk=scene.desk, about=question, answer=deed.word, part=deed.part)
    return Ask(request)


@spoken.register
def _(_deed: deeds.CallCheck, scene: Scene) -> Spoken:
    return Say(say.CheckCall(None, "node"), scene.to)


@spoken.register
def _(deed: deeds.AnswerCheck, scene: Scene) -> Spoken:
    check = scene.id_of(deed.check)
    return Say(say.CheckAnswer(check, deed.readability), scene.authors_of(check))


@spoken.register
def _(deed: deeds.SendSignal, scene: Scene) -> Spoken:
    terms = scene.view.annexes.terms(AnnexName.VOCABULARY, scene.now)
    vocabulary = terms if isinstance(terms, Vocabulary) else None
    body = say.SignalSend(
        code=deed.code,
        slots=_slots(deed.slots, scene),
        read_back=SIGNALS[deed.code].read_back
        or (vocabulary is not None and deed.code in vocabulary.read_back),
        vocabulary=CATALOGUE_HASH,
        free_text=None,
    )
    return Say(body, scene.to)


@spoken.register
def _(deed: deeds.ReadBack, scene: Scene) -> Spoken:
    signal = scene.id_of(deed.signal)
    sent = _known(scene.view.signals.get(signal), deed.signal).sent.body
    return Say(say.SignalReadBack(signal, sent.code, sent.slots), scene.authors_of(signal))


@spoken.register
def _(deed: deeds.AnswerSignal, scene: Scene) -> Spoken:
    signal = scene.id_of(deed.signal)
    body = say.SignalAnswer(signal, deed.code, _slots(deed.slots, scene), None)
    return Say(body, scene.authors_of(signal))


def _slots(values: tuple[deeds.SlotValue, ...], scene: Scene) -> tuple[say.SlotValue, ...]:
    return tuple(_slot(value, scene) for value in values)


def _slot(value: deeds.SlotValue, scene: Scene) -> say.SlotValue:
    """A slot is named by its sort, and its text is read as that sort is written in a play."""
    match value.slot:
        case "place":
            return say.PlaceSlot(parse_position(value.text))
        case "time":
            return say.TimeSlot(instant_of(value.text, where="a slot", reference=scene.now))
        case "number":
            return say.NumberSlot(int(value.text))
        case "area":
            return say.AreaSlot(scene.id_named(value.text))
        case "movement":
            return say.MovementSlot(scene.id_named(value.text))
        case "item":
            return say.ItemSlot(scene.id_named(value.text))
        case "desk":
            member, _, desk = value.text.partition(" ")
            return say.DeskSlot(member_id(member), desk_name(desk))
        case kind:
            return read_slot(Slot(kind, SlotKind(kind)), value.text, thing_of=scene.id_named)


# -- sites and movements ------------------------------------------------------------------------------


@spoken.register
def _(deed: deeds.RegisterSite, scene: Scene) -> Spoken:
    body = say.SiteRegister(deed.name, say.SiteCategory(deed.category), deed.footprint, deed.near, None)
    return Say(body, scene.to)


@spoken.register
def _(deed: deeds.RenewSite, scene: Scene) -> Spoken:
    return Say(say.SiteRenew((scene.id_of(deed.site),)), scene.readers_of(deed.site))


@spoken.register
def _(deed: deeds.EndSite, scene: Scene) -> Spoken:
    return Say(say.SiteEnd(scene.id_of(deed.site), scene.manner.because), scene.readers_of(deed.site))


@spoken.register
def _(deed: deeds.ReportMovement, scene: Scene) -> Spoken:
    body = say.MovementReport(
        movement=scene.id_of(deed.movement),
        step=say.MovementStep(deed.what),
        place=deed.at,
        seen_at=scene.now,
        next_at=deed.next_at,
        text=None,
    )
    return Say(body, scene.readers_of(deed.movement))


@spoken.register
def _(deed: deeds.TryContact, scene: Scene) -> Spoken:
    result = say.ContactResult.REACHED if deed.reached else say.ContactResult.NO_CONTACT
    movement = scene.id_of(deed.movement)
    return Say(say.ContactAttempt(movement, deed.way, scene.now, result), scene.everybody_else)


# -- standstill, annexes, state ---------------------------------------------------------------------------


@spoken.register
def _(deed: deeds.ProposeStandstill, scene: Scene) -> Spoken:
    return Say(say.StandstillPropose(deed.area, deed.acts, deed.opens_at, deed.closes_at), scene.to)


@spoken.register
def _(deed: deeds.AcceptStandstill, scene: Scene) -> Spoken:
    standstill = scene.id_of(deed.standstill)
    return Say(say.StandstillAccept(standstill), scene.authors_of(standstill))


@spoken.register
def _(deed: deeds.ExtendStandstill, scene: Scene) -> Spoken:
    return Say(say.StandstillExtend(scene.id_of(deed.standstill), deed.until), scene.everybody_else)


@spoken.register
def _(deed: deeds.EndStandstill, scene: Scene) -> Spoken:
    body = say.StandstillEnd(scene.id_of(deed.standstill), deed.at, scene.because)
    return Say(body, scene.everybody_else)


@spoken.register
def _(deed: deeds.ProposeAnnex, scene: Scene) -> Spoken:
    annex = _changed(_annex_in_force(deed.name, scene), deed.changes)
    return Say(say.AnnexPropose(annex, scene.because), scene.everybody_else)


@spoken.register
def _(deed: deeds.RatifyAnnex, scene: Scene) -> Spoken:
    return Say(say.AnnexRatify(_content_of(deed.annex, scene)), scene.everybody_else, by_authority=True)


@spoken.register
def _(deed: deeds.CounterAnnex, scene: Scene) -> Spoken:
    proposal = scene.id_of(deed.annex)
    annex = _changed(_proposed(proposal, scene), deed.changes)
    return Say(say.AnnexCounter(proposal, annex, scene.because), scene.everybody_else)


@spoken.register
def _(deed: deeds.WithdrawAnnex, scene: Scene) -> Spoken:
    body = say.AnnexWithdraw(_content_of(deed.annex, scene), scene.because)
    return Say(body, scene.everybody_else, by_authority=True)


@spoken.register
def _(_deed: deeds.Suspend, scene: Scene) -> Spoken:
    return Say(say.Suspend(scene.because), scene.everybody_else, by_authority=True)


@spoken.register
def _(_deed: deeds.Resume, scene: Scene) -> Spoken:
    """Lower the own flag: the last ``mechanism.suspend`` that this member said."""
    flags = [flag for flag in scene.view.book.of_kind("mechanism.suspend") if flag.author == scene.member]
    if not flags:
        raise Refused(
            "play-not-suspended",
            f"{scene.member} has raised no flag that it could lower.",
            remedy="Only who suspended can resume.",
        )
    return Say(say.Resume(flags[-1].id), scene.everybody_else, by_authority=True)


def _annex_in_force(name: str, scene: Scene) -> Annex:
    try:
        annex = scene.view.annexes.in_force(AnnexName(name), scene.now)
    except ValueError:
        annex = None
    if annex is None:
        raise Refused(
            "play-annex-unknown",
            f"No annex “{name}” is in force.",
            remedy=f"Use one of: {', '.join(known.value for known in AnnexName)}.",
            where=name,
        )
    return annex


def _proposed(proposal: str, scene: Scene) -> Annex:
    return next(known.annex for known in scene.view.annexes.proposals if known.id == proposal)


def _content_of(annex: Named, scene: Scene) -> str:
    return annex_hash(_proposed(scene.id_of(annex), scene))


def _changed(annex: Annex, changes: tuple[deeds.FieldChange, ...]) -> Annex:
    """The next version of ``annex`` with ``changes`` in its terms; each field must be there already."""
    wire: Any = annex_to_wire(annex)
    wire["version"] += 1
    for change in changes:
        *path, last = change.field.split(".")
        target = reduce(_member_of, path, wire["terms"])
        _member_of(target, last)
        target[int(last) if isinstance(target, list) else last] = _value_of(change.value)
    return read_annex(wire, where=annex.name.value)


def _member_of(target: Any, name: str) -> Any:
    try:
        return target[int(name) if isinstance(target, list) else name]
    except (KeyError, IndexError, ValueError, TypeError) as error:
        raise BadInput(
            "play-field-unknown",
            f"The annex has no field “{name[:40]}” there.",
            remedy="Name a field as docs/annexes.md spells it; a place in a list counts from 0.",
        ) from error


def _value_of(text: str) -> Any:
    """``9000000``, ``true`` or ``null`` as JSON says them; every other word is a text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


# -- watches, incidents, the rest -----------------------------------------------------------------------


@spoken.register
def _(deed: deeds.TakeWatch, scene: Scene) -> Spoken:
    handed = [
        said
        for said in scene.view.book.of_kind("watch.hand-over")
        if (said.author, said.desk) == (scene.member, scene.desk)
    ]
    return Say(say.WatchTake(handed[-1].id if handed and deed.relieving else None), ())


@spoken.register
def _(_deed: deeds.HandOver, _scene: Scene) -> Spoken:
    return Say(say.WatchHandOver(None), ())


@spoken.register
def _(deed: deeds.OpenIncident, scene: Scene) -> Spoken:
    body = say.IncidentOpen(deed.title, deed.happened_at, None, deed.involved)
    return Say(body, scene.everybody_else)


@spoken.register
def _(deed: deeds.StateIncident, scene: Scene) -> Spoken:
    return Say(say.IncidentState(scene.id_of(deed.incident), deed.gist, ()), scene.everybody_else)


@spoken.register
def _(deed: deeds.CloseIncident, scene: Scene) -> Spoken:
    return Say(say.IncidentClose(scene.id_of(deed.incident), scene.because), scene.everybody_else)


@spoken.register
def _(deed: deeds.ClaimViolation, _scene: Scene) -> Spoken:
    return Say(say.ViolationClaim(deed.happened_at, None, deed.gist, None, ()), (deed.by,))


@spoken.register
def _(deed: deeds.AnswerViolation, scene: Scene) -> Spoken:
    claim = scene.id_of(deed.violation)
    body = say.ViolationAnswer(claim, say.Claimed(deed.word), scene.manner.because)
    return Say(body, scene.authors_of(claim))


@spoken.register
def _(deed: deeds.ProposeConflict, scene: Scene) -> Spoken:
    notices = tuple(sorted((scene.id_of(deed.ours), scene.id_of(deed.theirs))))
    body = say.ConflictPropose(notices, say.Evidence.SCREENED, deed.proposal, None, None)
    return Say(body, scene.to)


@spoken.register
def _(deed: deeds.DecideConflict, scene: Scene) -> Spoken:
    proposal = scene.id_of(deed.conflict)
    to = scene.authors_of(proposal)
    if deed.accepts:
        return Say(say.ConflictAccept(proposal, scene.manner.because), to)
    return Say(say.ConflictDecline(proposal, scene.because), to)


@spoken.register
def _(deed: deeds.CloseConflict, scene: Scene) -> Spoken:
    said = _known(scene.view.said(scene.id_of(deed.conflict)), deed.conflict)
    return Say(say.ConflictClose(said.body.notices, scene.because), scene.to)


@spoken.register
def _(deed: deeds.LogVoice, scene: Scene) -> Spoken:
    body = say.VoiceLog(
        speaker=deed.speaker,
        listener=deed.listener,
        said_at=deed.said_at,
        gist=deed.gist,
        read_back=False,
        about=None if deed.about is None else scene.id_of(deed.about),
        stands_for=None,
    )
    return Say(body, scene.everybody_else)


@spoken.register
def _(deed: deeds.StartDrill, scene: Scene) -> Spoken:
    return Say(say.DrillStart(deed.name, None), scene.everybody_else)


@spoken.register
def _(deed: deeds.EndDrill, scene: Scene) -> Spoken:
    return Say(say.DrillEnd(scene.id_of(deed.drill), None), scene.everybody_else)
