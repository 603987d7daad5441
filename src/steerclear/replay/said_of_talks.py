# SPDX-License-Identifier: Apache-2.0
"""What does a deed about civil traffic, a concern, a finding or a meeting say in the record?"""

from __future__ import annotations

from steerclear.mechanism import bodies as say
from steerclear.model.member import MemberId
from steerclear.replay import deeds
from steerclear.replay.saying import Say, Scene, Spoken, known, spoken
from steerclear.replay.script import Named

__all__: list[str] = []


# -- civil traffic -------------------------------------------------------------------------------------


@spoken.register
def _(deed: deeds.OfferCivil, scene: Scene) -> Spoken:
    body = say.CivilOffer(scene.id_of(deed.notice), deed.contact, say.CivilForm(deed.form), deed.text)
    return Say(body, scene.everybody_else)


@spoken.register
def _(deed: deeds.DeclineCivil, scene: Scene) -> Spoken:
    return Say(say.CivilDecline(scene.id_of(deed.notice), scene.because), scene.everybody_else)


@spoken.register
def _(deed: deeds.AnswerCivil, scene: Scene) -> Spoken:
    notice, act = scene.id_of(deed.notice), say.CivilAct(deed.act)
    return Say(say.CivilAnswer(notice, deed.flight, act, scene.manner.because), scene.everybody_else)


@spoken.register
def _(deed: deeds.AnswerTrackAlarm, scene: Scene) -> Spoken:
    """To whoever heard the alarm, and raised it."""
    alarm = known(scene.view.said(scene.id_of(deed.alarm)), deed.alarm)
    body = say.TrackAnswer(alarm.id, say.TrackAct(deed.act), scene.manner.because)
    to = {alarm.author, *alarm.to} - {scene.member}
    return Say(body, tuple(MemberId(member) for member in sorted(to)), sealed=True)


# -- concerns, findings ---------------------------------------------------------------------------------


@spoken.register
def _(deed: deeds.RaiseConcern, scene: Scene) -> Spoken:
    """To its sender alone: whoever else was shown the site learns nothing of it."""
    site = scene.id_of(deed.site)
    return Say(say.SiteConcern(site, None, deed.text, deed.reply_by), scene.authors_of(site), sealed=True)


@spoken.register
def _(deed: deeds.ReplyConcern, scene: Scene) -> Spoken:
    concern = known(scene.view.said(scene.id_of(deed.concern)), deed.concern)
    body = say.SiteConcern(concern.body.site, concern.id, deed.text, None)
    return Say(body, (MemberId(concern.author),), sealed=True)


@spoken.register
def _(deed: deeds.PutFinding, scene: Scene) -> Spoken:
    body = say.IncidentFinding(scene.id_of(deed.incident), None, agrees=True, text=deed.text)
    return Say(body, scene.everybody_else)


@spoken.register
def _(deed: deeds.AnswerFinding, scene: Scene) -> Spoken:
    point = known(scene.view.said(scene.id_of(deed.finding)), deed.finding)
    body = say.IncidentFinding(point.body.incident, point.id, agrees=deed.agrees, text=deed.text)
    return Say(body, scene.everybody_else)


# -- meetings --------------------------------------------------------------------------------------------


@spoken.register
def _(deed: deeds.Convene, scene: Scene) -> Spoken:
    body = say.MeetingConvene(deed.title, deed.starts_at, deed.ends_at, deed.where, deed.agenda)
    return Say(body, scene.to)


@spoken.register
def _(deed: deeds.WriteMinutes, scene: Scene) -> Spoken:
    body = say.MeetingMinutes(scene.id_of(deed.meeting), None, deed.points)
    return Say(body, _round_the_table(body.meeting, deed.meeting, scene))


@spoken.register
def _(deed: deeds.SignMinutes, scene: Scene) -> Spoken:
    written = known(scene.view.said(scene.id_of(deed.minutes)), deed.minutes)
    body = say.MeetingMinutes(written.body.meeting, written.id, ())
    return Say(body, _round_the_table(body.meeting, deed.minutes, scene))


@spoken.register
def _(deed: deeds.GiveAction, scene: Scene) -> Spoken:
    body = say.MeetingAction(scene.id_of(deed.meeting), None, deed.what, deed.owner, deed.due_at)
    return Say(body, _round_the_table(body.meeting, deed.meeting, scene))


@spoken.register
def _(deed: deeds.SettleAction, scene: Scene) -> Spoken:
    given = known(scene.view.said(scene.id_of(deed.action)), deed.action)
    body = say.MeetingAction(given.body.meeting, given.id, deed.what, None, None)
    return Say(body, _round_the_table(body.meeting, deed.action, scene))


def _round_the_table(meeting: str, named: Named, scene: Scene) -> tuple[MemberId, ...]:
    """Everybody whom the meeting is for, the speaker aside."""
    convened = known(scene.view.said(meeting), named)
    invited = {convened.author, *convened.to} - {scene.member}
    return tuple(MemberId(member) for member in sorted(invited))


# -- in public, and the end --------------------------------------------------------------------------------


@spoken.register
def _(deed: deeds.ProposeCommunique, scene: Scene) -> Spoken:
    return Say(say.CommuniquePropose(deed.paragraphs), scene.everybody_else)


@spoken.register
def _(deed: deeds.AgreeCommunique, scene: Scene) -> Spoken:
    body = say.CommuniqueAgree(scene.id_of(deed.communique), deed.paragraphs)
    return Say(body, scene.everybody_else, by_authority=True)


@spoken.register
def _(deed: deeds.Waive, scene: Scene) -> Spoken:
    body = say.Waive(scene.id_of(deed.thing), deed.duty, deed.debtor, scene.manner.because)
    return Say(body, (deed.debtor,))


@spoken.register
def _(_deed: deeds.EndMechanism, scene: Scene) -> Spoken:
    return Say(say.End(scene.because), scene.everybody_else, by_authority=True)
