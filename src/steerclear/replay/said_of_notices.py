# SPDX-License-Identifier: Apache-2.0
"""What does a deed about a notice or an alarm say in the record?"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Final

from steerclear.errors import Refused
from steerclear.formats.coordinates import spell
from steerclear.formats.geojson import write_notices
from steerclear.mechanism import bodies as say
from steerclear.mechanism.said import Said
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.time import Instant, format_instant
from steerclear.replay import deeds
from steerclear.replay.saying import Ask, Say, Scene, Spoken, known, spoken
from steerclear.replay.script import Named
from steerclear.services import requests as ask

__all__: list[str] = []

DAY_MS: Final = 86_400_000


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
    filing = _filing(scene, ref, draft_of(deed, scene.member, ref, deed.kind))
    return Ask(replace(filing, third_parties=deed.third_parties))


@spoken.register
def _(deed: deeds.Amend, scene: Scene) -> Spoken:
    record = known(scene.view.notices.get(scene.id_of(deed.notice)), deed.notice)
    kind = record.newest.content.kind
    filing = _filing(scene, deed.notice.name, draft_of(deed, scene.member, deed.notice.name, kind))
    others = deed.third_parties
    return Ask(replace(filing, amends=record.id, to=(), level=None, third_parties=others))


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
    if deed.thing.sort in ("notice", "stop", "track-alarm"):
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
    unables = known(scene.view.notices.get(scene.id_of(notice)), notice).newest.unables
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
        drill=scene.id_of(deed.drill) if deed.drill is not None else None,
    )
    return Say(body, scene.manner.to or scene.everybody_else)


def _stop_call(deed: deeds.CallAlarm, scene: Scene) -> ask.CallStop:
    return ask.CallStop(
        desk=scene.desk,
        place=spell(deed.at).decimal,
        seen=deed.seen or deed.why,
        basis=deed.why,  # type: ignore[arg-type]  # the grammar reads a basis behind "calls stop"
        to=scene.manner.to,
        drill=scene.id_of(deed.drill) if deed.drill is not None else None,
    )


@spoken.register
def _(deed: deeds.RepeatAlarm, scene: Scene) -> Spoken:
    """The same call once more: place, basis and addressees of the one before."""
    calls = scene.view.stops if deed.alarm.sort == "stop" else scene.view.distress
    last = known(calls.get(scene.id_of(deed.alarm)), deed.alarm).calls[-1]
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
