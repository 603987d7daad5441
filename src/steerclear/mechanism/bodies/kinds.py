# SPDX-License-Identifier: Apache-2.0
"""Which kinds of statement there are, what each must hold, and who may say it about what.

One row for each kind. The reader of bodies, the judgement of statements and ``docs/statements.md`` all read
this table, so what is documented is what is held.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final

from steerclear.errors import BadInput, NotVerified
from steerclear.mechanism.bodies import (
    affairs,
    blind,
    blind_sites,
    calls,
    civil,
    exchange,
    meetings,
    notices,
    screening,
    tracks,
)
from steerclear.model.member import Role
from steerclear.model.wire import Codec, JsonValue, codec_of, misfit
from steerclear.record.beat import beat_body, read_beat_body
from steerclear.record.heard import Heard, heard_body, read_heard_body
from steerclear.record.ijson import JsonObject

__all__ = ["KINDS", "Body", "Kind", "Target", "Who", "body_of", "kind_of", "read_body"]

Body = object
"""Any dataclass of this package; ``kind_of(body)`` names its kind."""


class Who(Enum):
    """Who may say it, seen from the statement that it is about."""

    AUTHOR = "its author"
    ADDRESSEE = "a member it is addressed to"
    EITHER = "its author or a member it is addressed to"
    CONCERNED = "a member that it names as concerned"
    FILER = "the filer of the notice that it is about"
    ANYONE = "anyone"


@dataclass(frozen=True, slots=True)
class Target:
    """The statement that a kind is about: the field that names it, its possible kinds, and who may speak."""

    field: str
    kinds: tuple[str, ...]
    who: Who


@dataclass(frozen=True, slots=True)
class Kind:
    """``sayers`` roles of members; ``signed`` key roles of which one must have signed; ``once``: it
    counts only the first time for the same author and these fields (``desk`` is the speaking desk)."""

    name: str
    body: type
    sayers: frozenset[Role]
    signed: frozenset[str]
    target: Target | None = None
    once: tuple[str, ...] | None = None


_ALL: Final = frozenset(Role)
_SPEAK: Final = frozenset({Role.PARTY, Role.NOTIFIER, Role.HOST})
_FILE: Final = frozenset({Role.PARTY, Role.NOTIFIER})
_PARTY: Final = frozenset({Role.PARTY})
_HOST: Final = frozenset({Role.HOST})
_SCREEN: Final = frozenset({Role.PARTY, Role.HOST})

_OFFICER: Final = frozenset({"duty", "authority"})
_AUTHORITY: Final = frozenset({"authority"})
_MACHINE: Final = frozenset({"node", "duty", "authority"})

_VERSION: Final = ("notice.file", "notice.amend")
_PROPOSAL: Final = ("annex.propose", "annex.counter")
_RECEIVED: Final = (
    *_VERSION, "stop.call", "distress.call", "screen.result", "conflict.propose", "site.register",
    "standstill.propose", "ownership.ask", "incident.open", "violation.claim", "signal.send",
    "movement.report", "contact.attempt", "track.alarm",
)  # fmt: skip


def _rows() -> tuple[Kind, ...]:
    n, s, c, a, x, v, m, b = notices, screening, calls, affairs, exchange, civil, meetings, blind
    t, bs = tracks, blind_sites
    about = Target("about", _RECEIVED, Who.ADDRESSEE)
    notice = Target("notice", ("notice.file",), Who.AUTHOR)
    unable = Target("about", ("receipt.unable",), Who.FILER)
    asked = ("ask", ("blind.site-ask",))
    answers, asks, both = (Target(*asked, who) for who in (Who.ADDRESSEE, Who.AUTHOR, Who.EITHER))
    return (
        Kind("annex.propose", a.AnnexPropose, _FILE, _OFFICER),
        Kind("annex.ratify", a.AnnexRatify, _FILE, _AUTHORITY),
        Kind("annex.counter", a.AnnexCounter, _FILE, _OFFICER, Target("proposal", _PROPOSAL, Who.ANYONE)),
        Kind("annex.withdraw", a.AnnexWithdraw, _FILE, _AUTHORITY),
        Kind("mechanism.suspend", a.Suspend, _PARTY, _AUTHORITY),
        Kind("mechanism.resume", a.Resume, _PARTY, _AUTHORITY,
             Target("suspension", ("mechanism.suspend",), Who.AUTHOR), ("suspension",)),
        Kind("mechanism.end", a.End, _PARTY, _AUTHORITY, None, ()),
        Kind("watch.take", a.WatchTake, _ALL, _OFFICER,
             Target("hand_over", ("watch.hand-over",), Who.AUTHOR)),
        Kind("watch.hand-over", a.WatchHandOver, _ALL, _OFFICER),
        Kind("notice.file", n.NoticeFile, _FILE, _OFFICER),
        Kind("notice.amend", n.NoticeAmend, _FILE, _OFFICER, notice),
        Kind("notice.withdraw", n.NoticeWithdraw, _FILE, _OFFICER, notice, ("notice",)),
        Kind("notice.activate", n.NoticeActivate, _FILE, _OFFICER, notice),
        Kind("notice.cold", n.NoticeCold, _FILE, _OFFICER, notice),
        Kind("receipt.acknowledge", n.Acknowledge, _SPEAK, _OFFICER, about, ("about", "desk", "rung")),
        Kind("receipt.disseminate", n.Disseminate, _SPEAK, _OFFICER, about),
        Kind("receipt.unable", n.Unable, _FILE, _OFFICER,
             Target("about", (*_VERSION, "standstill.propose"), Who.ADDRESSEE)),
        Kind("receipt.unreadable", n.Unreadable, _ALL, _MACHINE, None, ("about",)),
        Kind("filer.hold", n.Hold, _FILE, _OFFICER, unable),
        Kind("filer.proceed", n.Proceed, _FILE, _OFFICER, unable),
        Kind("screen.result", s.ScreenResult, _SCREEN, _MACHINE),
        Kind("blind.key", b.BlindKey, _PARTY, _MACHINE),
        Kind("blind.open", b.BlindOpen, _PARTY, _MACHINE),
        Kind("blind.commit", b.BlindCommit, _PARTY, _MACHINE),
        Kind("blind.list", b.BlindList, _PARTY, _MACHINE),
        Kind("blind.remask", b.BlindRemask, _PARTY, _MACHINE),
        Kind("blind.part", b.BlindPart, _PARTY, _MACHINE),
        Kind("blind.result", b.BlindResult, _HOST, _MACHINE),
        Kind("blind.stop", b.BlindStop, _SCREEN, _MACHINE),
        Kind("blind.met", b.BlindMet, _PARTY, _MACHINE),
        Kind("blind.site-ask", bs.BlindSiteAsk, _FILE, _MACHINE),
        Kind("blind.site-hold", bs.BlindSiteHold, _FILE, _MACHINE, answers, ("ask",)),
        Kind("blind.site-list", bs.BlindSiteList, _FILE, _MACHINE, asks, ("ask",)),
        Kind("blind.site-remask", bs.BlindSiteRemask, _FILE, _MACHINE, both, ("ask",)),
        Kind("blind.site-result", bs.BlindSiteResult, _HOST, _MACHINE, answers, ("ask",)),
        Kind("blind.site-met", bs.BlindSiteMet, _HOST, _MACHINE, answers, ("ask",)),
        Kind("blind.site-stop", bs.BlindSiteStop, _SPEAK, _MACHINE, both, ("ask",)),
        Kind("conflict.propose", s.ConflictPropose, _FILE, _MACHINE),
        Kind("conflict.accept", s.ConflictAccept, _FILE, _OFFICER,
             Target("proposal", ("conflict.propose",), Who.ADDRESSEE), ("proposal",)),
        Kind("conflict.decline", s.ConflictDecline, _FILE, _OFFICER,
             Target("proposal", ("conflict.propose",), Who.ADDRESSEE), ("proposal",)),
        Kind("conflict.close", s.ConflictClose, _FILE, _OFFICER, None, ("notices",)),
        Kind("stop.call", c.StopCall, _ALL, _MACHINE),
        Kind("stop.answer", c.StopAnswer, _ALL, _OFFICER,
             Target("stop", ("stop.call",), Who.ADDRESSEE)),
        Kind("stop.renew", c.StopRenew, _ALL, _OFFICER,
             Target("stop", ("stop.call",), Who.ADDRESSEE)),
        Kind("stop.close", c.StopClose, _ALL, _OFFICER,
             Target("stop", ("stop.call",), Who.AUTHOR), ("stop",)),
        Kind("distress.call", c.DistressCall, _ALL, _MACHINE),
        Kind("distress.answer", c.DistressAnswer, _ALL, _OFFICER,
             Target("distress", ("distress.call",), Who.ADDRESSEE)),
        Kind("distress.close", c.DistressClose, _ALL, _OFFICER,
             Target("distress", ("distress.call",), Who.AUTHOR), ("distress",)),
        Kind("ownership.ask", c.OwnershipAsk, _ALL, _OFFICER),
        Kind("ownership.answer", c.OwnershipAnswer, _ALL, _OFFICER,
             Target("ask", ("ownership.ask",), Who.ADDRESSEE)),
        Kind("heard", Heard, _ALL, _MACHINE, None, ("id",)),
        Kind("track.alarm", t.TrackAlarm, _SCREEN, _MACHINE),
        Kind("track.show", t.TrackShow, _PARTY, _MACHINE, Target("alarm", ("track.alarm",), Who.AUTHOR)),
        Kind("track.over", t.TrackOver, _SCREEN, _MACHINE,
             Target("alarm", ("track.alarm",), Who.AUTHOR), ("alarm",)),
        Kind("track.answer", t.TrackAnswer, _PARTY, _OFFICER,
             Target("alarm", ("track.alarm",), Who.EITHER)),
        Kind("site.register", a.SiteRegister, _FILE, _OFFICER),
        Kind("site.renew", a.SiteRenew, _FILE, _OFFICER, Target("sites", ("site.register",), Who.AUTHOR)),
        Kind("site.end", a.SiteEnd, _FILE, _OFFICER,
             Target("site", ("site.register",), Who.AUTHOR), ("site",)),
        Kind("site.concern", a.SiteConcern, _FILE, _OFFICER,
             Target("site", ("site.register",), Who.EITHER), ("site", "replies_to", "text")),
        Kind("movement.report", c.MovementReport, _FILE, _MACHINE,
             Target("movement", ("notice.file",), Who.AUTHOR)),
        Kind("contact.attempt", c.ContactAttempt, _SPEAK, _OFFICER,
             Target("about", ("notice.file", "site.register"), Who.ANYONE)),
        Kind("civil.offer", v.CivilOffer, _FILE, _OFFICER, notice, ("notice", "contact", "form", "text")),
        Kind("civil.decline", v.CivilDecline, _FILE, _OFFICER, notice, ("notice", "because")),
        Kind("civil.answer", v.CivilAnswer, _FILE, _OFFICER, notice),
        Kind("check.call", x.CheckCall, _ALL, _MACHINE),
        Kind("check.answer", x.CheckAnswer, _ALL, _OFFICER, Target("check", ("check.call",), Who.ADDRESSEE)),
        Kind("standstill.propose", a.StandstillPropose, _PARTY, _OFFICER),
        Kind("standstill.accept", a.StandstillAccept, _PARTY, _OFFICER,
             Target("standstill", ("standstill.propose",), Who.ADDRESSEE), ("standstill",)),
        Kind("standstill.extend", a.StandstillExtend, _PARTY, _OFFICER,
             Target("standstill", ("standstill.propose",), Who.EITHER)),
        Kind("standstill.end", a.StandstillEnd, _PARTY, _OFFICER,
             Target("standstill", ("standstill.propose",), Who.EITHER), ("standstill",)),
        Kind("violation.claim", a.ViolationClaim, _FILE, _OFFICER),
        Kind("violation.answer", a.ViolationAnswer, _FILE, _OFFICER,
             Target("claim", ("violation.claim",), Who.ADDRESSEE)),
        Kind("incident.open", a.IncidentOpen, _SPEAK, _OFFICER),
        Kind("incident.state", a.IncidentState, _SPEAK, _OFFICER,
             Target("incident", ("incident.open",), Who.CONCERNED)),
        Kind("incident.finding", a.IncidentFinding, _SPEAK, _OFFICER,
             Target("incident", ("incident.open",), Who.CONCERNED)),
        Kind("incident.close", a.IncidentClose, _SPEAK, _OFFICER,
             Target("incident", ("incident.open",), Who.CONCERNED), ("incident",)),
        Kind("meeting.convene", m.MeetingConvene, _SPEAK, _OFFICER),
        Kind("meeting.minutes", m.MeetingMinutes, _SPEAK, _OFFICER,
             Target("meeting", ("meeting.convene",), Who.EITHER), ("meeting", "signs", "points")),
        Kind("meeting.action", m.MeetingAction, _SPEAK, _OFFICER,
             Target("meeting", ("meeting.convene",), Who.EITHER), ("meeting", "settles", "what")),
        Kind("communique.propose", m.CommuniquePropose, _FILE, _OFFICER),
        Kind("communique.agree", m.CommuniqueAgree, _PARTY, _AUTHORITY,
             Target("communique", ("communique.propose",), Who.EITHER), ("communique", "paragraphs")),
        Kind("signal.send", x.SignalSend, _ALL, _OFFICER),
        Kind("signal.read-back", x.SignalReadBack, _ALL, _OFFICER,
             Target("signal", ("signal.send",), Who.ADDRESSEE)),
        Kind("signal.answer", x.SignalAnswer, _ALL, _OFFICER,
             Target("signal", ("signal.send",), Who.ADDRESSEE)),
        Kind("voice.log", x.VoiceLog, _ALL, _OFFICER),
        Kind("drill.start", x.DrillStart, _SPEAK, _OFFICER),
        Kind("drill.end", x.DrillEnd, _SPEAK, _OFFICER,
             Target("drill", ("drill.start",), Who.AUTHOR), ("drill",)),
        Kind("obligation.waive", x.Waive, _ALL, _OFFICER, None, ("about", "what", "debtor")),
        Kind("node.beat", x.NodeBeat, _ALL, _MACHINE),
    )  # fmt: skip


KINDS: Final[dict[str, Kind]] = {row.name: row for row in _rows()}
_BY_BODY: Final[dict[type, Kind]] = {row.body: row for row in KINDS.values()}


def _object(value: JsonValue, where: str) -> JsonObject:
    if not isinstance(value, dict):
        raise misfit(where, "an object")
    return value


_FORMS_OF_THE_RECORD: Final[dict[type, Codec]] = {
    Heard: Codec(
        "the form that record/heard gives",
        heard_body,
        lambda value, where: read_heard_body(_object(value, where)),
    ),
    exchange.NodeBeat: Codec(
        "the form that record/beat gives",
        lambda beat: beat_body(beat.unreadable),
        lambda value, where: exchange.NodeBeat(read_beat_body(_object(value, where))),
    ),
}
"""The record checks these two kinds itself; here they are only read."""


def kind_of(body: Body) -> str:
    """The statement kind that a body belongs to."""
    return _BY_BODY[type(body)].name


def body_of(body: Body) -> JsonObject:
    """The wire form, ready for ``Statement.body``. Exact inverse of ``read_body``."""
    written = _form_of(type(body)).write(body)
    assert isinstance(written, dict)  # noqa: S101 - a dataclass writes itself as an object
    return written


def read_body(kind: str, body: JsonValue) -> Body:
    """The body of a known kind. Raises ``BadInput`` (``body-…``, or a noun's own), the field named."""
    row = KINDS.get(kind)
    if row is None:
        raise BadInput(
            "body-kind-unknown",
            f"“{kind}” is not a kind of statement that this version knows.",
            remedy="It is kept and shown as unknown; a newer version may read it.",
            where="kind",
        )
    try:
        return _form_of(row.body).read(body, "body")
    except NotVerified as error:
        raise BadInput("body-of-the-record", error.what, remedy=error.remedy, where=error.where) from error


def _form_of(cls: type) -> Codec:
    return _FORMS_OF_THE_RECORD[cls] if cls in _FORMS_OF_THE_RECORD else codec_of(cls)
