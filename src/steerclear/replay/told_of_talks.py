# SPDX-License-Identifier: Apache-2.0
"""Which deed is a statement about civil traffic, a concern, a finding, a meeting, or said in public?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from steerclear.mechanism import bodies as say
from steerclear.mechanism.said import Said
from steerclear.model.member import MemberId
from steerclear.replay import deeds
from steerclear.replay.script import Manner
from steerclear.replay.spelling import CannotSay
from steerclear.replay.told import Known, Told, deed_of, reason, second_of, sized

__all__: list[str] = []


# -- civil traffic ----------------------------------------------------------------------------------------


@deed_of.register
def _(body: say.CivilOffer, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    notice = known.thing(body.notice, "notice")
    contact, text = reason(body.contact, without), reason(body.text, without)
    return Told(deeds.OfferCivil(notice, body.form.value, contact, text), without=tuple(without))


@deed_of.register
def _(body: say.CivilDecline, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    because = reason(body.because, without)
    deed = deeds.DeclineCivil(known.thing(body.notice, "notice"))
    return Told(deed, Manner(because=because), without=tuple(without))


@deed_of.register
def _(body: say.CivilAnswer, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    flight, because = sized(body.flight, without), sized(body.because, without)
    deed = deeds.AnswerCivil(known.thing(body.notice, "notice"), body.act.value, flight)
    return Told(deed, Manner(because=because), without=tuple(without))


@deed_of.register
def _(body: say.TrackAnswer, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    because = sized(body.because, without)
    deed = deeds.AnswerTrackAlarm(known.thing(body.alarm, "track-alarm"), body.act.value)
    return Told(deed, Manner(because=because), without=tuple(without))


# -- concerns, findings -----------------------------------------------------------------------------------


@deed_of.register
def _(body: say.SiteConcern, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    text = reason(body.text, without)
    if body.replies_to is not None:
        return Told(deeds.ReplyConcern(known.thing(body.replies_to, "concern"), text), without=tuple(without))
    if body.reply_by is None:
        raise CannotSay("it asks for no reply")
    deed = deeds.RaiseConcern(known.thing(body.site, "site"), text, second_of(body.reply_by))
    return Told(deed, without=tuple(without))


@deed_of.register
def _(body: say.IncidentFinding, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    text = reason(body.text, without)
    if body.answers is None:
        return Told(deeds.PutFinding(known.thing(body.incident, "incident"), text), without=tuple(without))
    deed = deeds.AnswerFinding(known.thing(body.answers, "finding"), body.agrees, text)
    return Told(deed, without=tuple(without))


# -- meetings ---------------------------------------------------------------------------------------------


@deed_of.register
def _(body: say.MeetingConvene, said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    deed = deeds.Convene(
        reason(body.title, without),
        second_of(body.starts_at),
        second_of(body.ends_at),
        sized(body.where, without),
        _texts(body.agenda, without),
    )
    return Told(deed, Manner(to=known.readers(said.to)), without=tuple(without))


@deed_of.register
def _(body: say.MeetingMinutes, said: Said[Any], known: Known) -> Told:
    without = list(_not_round_the_table(body.meeting, said, known))
    if body.signs is not None:
        return Told(deeds.SignMinutes(known.thing(body.signs, "minutes")), without=tuple(without))
    points = _texts(body.points, without)
    return Told(deeds.WriteMinutes(known.thing(body.meeting, "meeting"), points), without=tuple(without))


@deed_of.register
def _(body: say.MeetingAction, said: Said[Any], known: Known) -> Told:
    without = list(_not_round_the_table(body.meeting, said, known))
    what = reason(body.what, without)
    if body.settles is not None:
        return Told(deeds.SettleAction(known.thing(body.settles, "action"), what), without=tuple(without))
    if body.owner not in known.members or body.due_at is None:
        raise CannotSay(f"{body.owner} only looks on, and a play has nobody who does")
    meeting = known.thing(body.meeting, "meeting")
    deed = deeds.GiveAction(meeting, MemberId(body.owner), second_of(body.due_at), what)
    return Told(deed, without=tuple(without))


def _not_round_the_table(meeting: str, said: Said[Any], known: Known) -> Iterator[str]:
    """To whom it was said, where that is not everybody whom the meeting is for."""
    convened = known.view.said(meeting)
    if convened is not None and {said.author, *said.to} != {convened.author, *convened.to}:
        yield f"that it was said to {' '.join(said.to) or 'nobody'}"


def _texts(texts: tuple[str, ...], without: list[str]) -> tuple[str, ...]:
    return tuple(reason(text, without) for text in texts)


# -- in public, and the end -------------------------------------------------------------------------------


@deed_of.register
def _(body: say.CommuniquePropose, _said: Said[Any], _known: Known) -> Told:
    without: list[str] = []
    return Told(deeds.ProposeCommunique(_texts(body.paragraphs, without)), without=tuple(without))


@deed_of.register
def _(body: say.CommuniqueAgree, _said: Said[Any], known: Known) -> Told:
    return Told(deeds.AgreeCommunique(known.thing(body.communique, "communique"), body.paragraphs))


@deed_of.register
def _(body: say.Waive, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    because = sized(body.because, without)
    if body.debtor not in known.members:
        raise CannotSay(f"{body.debtor} only looks on, and a play has nobody who does")
    deed = deeds.Waive(body.what, known.thing(body.about), body.debtor)
    return Told(deed, Manner(because=because), without=tuple(without))


@deed_of.register
def _(body: say.End, _said: Said[Any], _known: Known) -> Told:
    without: list[str] = []
    because = reason(body.because, without)
    return Told(deeds.EndMechanism(), Manner(because=because), without=tuple(without))
