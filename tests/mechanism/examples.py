# SPDX-License-Identifier: Apache-2.0
"""One statement of each kind, as its right author would say it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from steerclear.mechanism import bodies as say
from steerclear.mechanism.bodies.exchange import NodeBeat
from steerclear.mechanism.entry import Entry, Sealed
from steerclear.model.annex import Annex, AnnexName, annex_hash
from steerclear.model.member import MemberId
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Altitude, Datum, Position
from steerclear.model.terms import Level, Separation
from steerclear.model.time import Instant
from steerclear.model.track import TrackDanger
from steerclear.record.heard import Heard

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech

TUR, ISR = MemberId("TUR"), MemberId("ISR")
ANNEX = Annex(AnnexName.SEPARATION, 2, (TUR, ISR), Instant(0), 3_600, Separation(9, 9, 9, ()), ())
HERE = Position(351_000_000, 383_000_000)
NOTHING = "9" * 32


def track_alarm(**changed: Any) -> say.TrackAlarm:
    """One of TUR's nears one of ISR's; TUR is to call."""
    alarm = say.TrackAlarm(
        danger=TrackDanger.SEPARATION,
        concerns=say.AnnexMeant(AnnexName.SEPARATION, annex_hash(ANNEX), None),
        track=say.TrackHolder(say.TrackSide.MEMBER, TUR),
        other=say.TrackHolder(say.TrackSide.MEMBER, ISR),
        owes=say.TrackDuty.CALL,
        caller=TUR,
        called=ISR,
        first_at=Instant(1_744_200_300_000),
        is_certain=True,
        due_at=Instant(1_744_200_300_000),
    )
    return replace(alarm, **changed)


Made = tuple[str, Any]
"""Who says it, and what."""


def example(kind: str, speech: type[Speech], ids: Mapping[str, str]) -> Made:
    """A statement of this kind that counts in the scene below, and its right author."""
    at = speech.at
    others: dict[str, Callable[[], Made]] = {
        "annex.propose": lambda: ("TUR", say.AnnexPropose(ANNEX, None)),
        "annex.ratify": lambda: ("ISR", say.AnnexRatify(annex_hash(ANNEX))),
        "annex.counter": lambda: (
            "ISR",
            say.AnnexCounter(ids["annex.propose"], replace(ANNEX, version=3), "x"),
        ),
        "annex.withdraw": lambda: ("TUR", say.AnnexWithdraw(annex_hash(ANNEX), "why")),
        "mechanism.suspend": lambda: ("TUR", say.Suspend(None)),
        "mechanism.resume": lambda: ("TUR", say.Resume(ids["mechanism.suspend"])),
        "mechanism.end": lambda: ("TUR", say.End("over")),
        "watch.take": lambda: ("TUR", say.WatchTake(ids["watch.hand-over"])),
        "watch.hand-over": lambda: ("TUR", say.WatchHandOver(None)),
        "notice.file": lambda: ("TUR", speech.file(kind=NoticeKind.MOVEMENT)),
        "notice.amend": lambda: ("TUR", speech.amend(ids["notice.file"])),
        "notice.withdraw": lambda: ("TUR", say.NoticeWithdraw(ids["notice.file"], None)),
        "notice.activate": lambda: ("TUR", say.NoticeActivate(ids["notice.file"], at("14:00"))),
        "notice.cold": lambda: ("TUR", say.NoticeCold(ids["notice.file"], at("15:00"))),
        "receipt.acknowledge": lambda: ("ISR", speech.ack(ids["notice.file"])),
        "receipt.disseminate": lambda: (
            "ISR",
            say.Disseminate(ids["notice.file"], say.Echelon.OPERATOR, at("15:00")),
        ),
        "receipt.unable": lambda: ("ISR", say.Unable(ids["notice.file"], None, None, None)),
        "receipt.unreadable": lambda: ("ISR", say.Unreadable(ids["notice.file"], "no key")),
        "filer.hold": lambda: ("TUR", say.Hold(ids["receipt.unable"], None, None)),
        "filer.proceed": lambda: ("TUR", say.Proceed(ids["receipt.unable"], "it is late")),
        "screen.result": lambda: (
            "AZE",
            speech.result((ids["notice.file"], ids["notice.file"]), finding=say.NoConflictFound(1)),
        ),
        "blind.key": lambda: ("TUR", say.BlindKey((ISR, TUR), 20_188, 0, "a" * 64, bytes(32))),
        "blind.open": lambda: (
            "TUR",
            say.BlindOpen((ISR, TUR), Level.L3, 20_188, 0, "a" * 64, 1, 300, (b"opened",)),
        ),
        "blind.commit": lambda: ("TUR", say.BlindCommit((ISR, TUR), (b"committed",))),
        "blind.list": lambda: ("TUR", say.BlindList((ISR, TUR), (b"list",))),
        "blind.remask": lambda: ("TUR", say.BlindRemask((ISR, TUR), (b"remasked",))),
        "blind.part": lambda: ("TUR", say.BlindPart((ISR, TUR), (b"part",))),
        "blind.result": lambda: ("AZE", say.BlindResult((ISR, TUR), (b"compared",))),
        "blind.stop": lambda: ("TUR", say.BlindStop((ISR, TUR), (b"stopped",))),
        "blind.met": lambda: (
            "TUR",
            say.BlindMet(
                (ISR, TUR), 20_188, (say.MetNotice(ids["notice.file"], ids["notice.file"], bytes(12)),)
            ),
        ),
        "blind.site-ask": lambda: (
            "TUR",
            say.BlindSiteAsk(ISR, ids["notice.file"], "a" * 64, 20_188, 1, bytes(32), 1, 128),
        ),
        "blind.site-hold": lambda: (
            "ISR",
            say.BlindSiteHold(ids["blind.site-ask"], bytes(32), bytes(64), whole=True),
        ),
        "blind.site-list": lambda: ("TUR", say.BlindSiteList(ids["blind.site-ask"], bytes(64))),
        "blind.site-remask": lambda: (
            "TUR",
            say.BlindSiteRemask(ids["blind.site-ask"], bytes(64), bytes(64), at("15:00")),
        ),
        "blind.site-result": lambda: ("AZE", say.BlindSiteResult(ids["blind.site-ask"], (9,))),
        "blind.site-met": lambda: ("AZE", say.BlindSiteMet(ids["blind.site-ask"], (1, 2))),
        "blind.site-stop": lambda: ("ISR", say.BlindSiteStop(ids["blind.site-ask"], "blind-site-cap")),
        "conflict.propose": lambda: (
            "TUR",
            say.ConflictPropose(
                (ids["notice.file"], ids["other"]), say.Evidence.SCREENED, "later", None, None
            ),
        ),
        "conflict.accept": lambda: ("ISR", say.ConflictAccept(ids["conflict.propose"], None)),
        "conflict.decline": lambda: ("ISR", say.ConflictDecline(ids["conflict.propose"], "no")),
        "conflict.close": lambda: ("TUR", say.ConflictClose((ids["notice.file"], ids["other"]), "settled")),
        "stop.call": lambda: ("TUR", speech.stop()),
        "stop.answer": lambda: ("ISR", speech.answer(ids["stop.call"])),
        "stop.renew": lambda: (
            "ISR",
            say.StopRenew(ids["stop.call"], say.StopOutcome.STOPPING, None, None),
        ),
        "stop.close": lambda: ("TUR", say.StopClose(ids["stop.call"], None)),
        "distress.call": lambda: (
            "TUR",
            say.DistressCall(HERE, None, at("13:00"), say.InDistress.PEOPLE, 3, None, None),
        ),
        "distress.answer": lambda: (
            "ISR",
            say.DistressAnswer(ids["distress.call"], say.DistressOutcome.HELPING, None),
        ),
        "distress.close": lambda: ("TUR", say.DistressClose(ids["distress.call"], None)),
        "ownership.ask": lambda: ("TUR", say.OwnershipAsk(HERE, None, at("13:00"), "two tanks", None)),
        "ownership.answer": lambda: (
            "ISR",
            say.OwnershipAnswer(ids["ownership.ask"], say.Ownership.OURS, None),
        ),
        "heard": lambda: ("AZE", Heard("TUR", ids["stop.call"], "0" * 64)),
        "site.register": lambda: (
            "TUR",
            say.SiteRegister("school", say.SiteCategory.SCHOOL, speech.disc(radius_m=100), None, None),
        ),
        "site.renew": lambda: ("TUR", say.SiteRenew((ids["site.register"],))),
        "site.end": lambda: ("TUR", say.SiteEnd(ids["site.register"], None)),
        "site.concern": lambda: (
            "ISR",
            say.SiteConcern(ids["site.register"], None, "fired from", at("15:00")),
        ),
        "movement.report": lambda: (
            "TUR",
            say.MovementReport(ids["notice.file"], say.MovementStep.DEPARTED, None, at("14:00"), None, None),
        ),
        "contact.attempt": lambda: (
            "TUR",
            say.ContactAttempt(ids["notice.file"], "radio", at("14:30"), say.ContactResult.NO_CONTACT),
        ),
        "civil.offer": lambda: (
            "TUR",
            say.CivilOffer(ids["notice.file"], "LCLK", say.CivilForm.NOTAM, "A1234/25"),
        ),
        "track.alarm": lambda: ("TUR", track_alarm()),
        "track.show": lambda: (
            "TUR",
            say.TrackShow(
                ids["track.alarm"],
                (say.ShownTrack(1, at("12:00"), HERE, Altitude(25_000, Datum.AMSL), 0, 200_000, None, 0),),
            ),
        ),
        "track.over": lambda: ("TUR", say.TrackOver(ids["track.alarm"], say.TrackEnd.CLEAR)),
        "track.answer": lambda: ("TUR", say.TrackAnswer(ids["track.alarm"], say.TrackAct.CALLED, None)),
        "civil.decline": lambda: ("TUR", say.CivilDecline(ids["notice.file"], "below all routes")),
        "civil.answer": lambda: (
            "TUR",
            say.CivilAnswer(ids["notice.file"], "THY123", say.CivilAct.HELD, None),
        ),
        "check.call": lambda: ("AZE", say.CheckCall(None, "node")),
        "check.answer": lambda: ("ISR", say.CheckAnswer(ids["check.call"], 5)),
        "standstill.propose": lambda: (
            "TUR",
            say.StandstillPropose(speech.disc(), "no flights", at("14:00"), at("20:00")),
        ),
        "standstill.accept": lambda: ("ISR", say.StandstillAccept(ids["standstill.propose"])),
        "standstill.extend": lambda: (
            "TUR",
            say.StandstillExtend(ids["standstill.propose"], at("22:00")),
        ),
        "standstill.end": lambda: (
            "TUR",
            say.StandstillEnd(ids["standstill.propose"], at("18:00"), "broken"),
        ),
        "violation.claim": lambda: ("TUR", say.ViolationClaim(at("11:00"), None, "over the line", None, ())),
        "violation.answer": lambda: (
            "ISR",
            say.ViolationAnswer(ids["violation.claim"], say.Claimed.CONTEST, None),
        ),
        "incident.open": lambda: ("TUR", say.IncidentOpen("near miss", at("11:00"), None, (TUR, ISR))),
        "incident.state": lambda: ("ISR", say.IncidentState(ids["incident.open"], "we saw nothing", ())),
        "incident.finding": lambda: (
            "TUR",
            say.IncidentFinding(ids["incident.open"], None, True, "two aircraft"),
        ),
        "incident.close": lambda: ("ISR", say.IncidentClose(ids["incident.open"], "reviewed")),
        "meeting.convene": lambda: (
            "AZE",
            say.MeetingConvene("review", at("12:30"), at("13:30"), None, ("a", "b")),
        ),
        "meeting.minutes": lambda: (
            "ISR",
            say.MeetingMinutes(ids["meeting.convene"], None, ("all came",)),
        ),
        "meeting.action": lambda: (
            "TUR",
            say.MeetingAction(ids["meeting.convene"], None, "draw the line", ISR, at("20:00")),
        ),
        "communique.propose": lambda: ("TUR", say.CommuniquePropose(("one", "two"))),
        "communique.agree": lambda: ("ISR", say.CommuniqueAgree(ids["communique.propose"], (1,))),
        "signal.send": lambda: ("TUR", say.SignalSend("radio-check", (), False, None, None)),
        "signal.read-back": lambda: ("ISR", say.SignalReadBack(ids["signal.send"], "radio-check", ())),
        "signal.answer": lambda: ("ISR", say.SignalAnswer(ids["signal.send"], "affirm", (), None)),
        "voice.log": lambda: (
            "TUR",
            say.VoiceLog(TUR, ISR, at("11:00"), "clear of the line", True, None, None),
        ),
        "drill.start": lambda: ("AZE", say.DrillStart("line down", None)),
        "drill.end": lambda: ("AZE", say.DrillEnd(ids["drill.start"], None)),
        "obligation.waive": lambda: (
            "TUR",
            say.Waive(ids["notice.file"], "acknowledgement", ISR, None),
        ),
        "node.beat": lambda: ("TUR", NodeBeat(())),
    }
    return others[kind]()


def sealed_entry(entry: Entry) -> Entry:
    """The same entry as it looks to somebody who cannot open it."""
    return replace(
        entry,
        content=Sealed(entry.content.id, entry.sealed_to or ()),
        sealed_to=None,
        signed_as=frozenset(),
    )
