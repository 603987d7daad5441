# SPDX-License-Identifier: Apache-2.0
"""What does a deed of the standing business say: standstill, annexes, watches, incidents, drills?"""

from __future__ import annotations

import json
from functools import reduce
from typing import Any

from steerclear.errors import BadInput, Refused
from steerclear.mechanism import bodies as say
from steerclear.model.annex import Annex, AnnexName, annex_hash, annex_to_wire, read_annex
from steerclear.replay import deeds
from steerclear.replay.saying import Say, Scene, Spoken, known, spoken
from steerclear.replay.script import Named

__all__: list[str] = []


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
    said = known(scene.view.said(scene.id_of(deed.conflict)), deed.conflict)
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
