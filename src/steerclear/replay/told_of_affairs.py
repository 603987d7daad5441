# SPDX-License-Identifier: Apache-2.0
"""Which deed is a statement of the standing business: sites, standstill, annexes, incidents, drills?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from steerclear.mechanism import bodies as say
from steerclear.mechanism.said import Said, conflict_id
from steerclear.model.annex import Annex, annex_to_wire
from steerclear.model.member import MemberId
from steerclear.model.wire import JsonValue
from steerclear.replay import deeds
from steerclear.replay.script import Manner
from steerclear.replay.spelling import CannotSay
from steerclear.replay.told import (
    Known,
    Told,
    about_one,
    deed_of,
    reason,
    second_of,
    sized,
    told_with,
)

__all__ = ["changes_between"]

_HEAD_OF_ANNEX: Final = ("parties", "in_force_from", "terminates_after_s")


# -- sites, standstill --------------------------------------------------------------------------------------


@deed_of.register
def _(body: say.SiteRegister, said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    name, near = reason(body.name, without), sized(body.near, without)
    deed = deeds.RegisterSite(body.category.value, name, body.footprint, near)
    return Told(deed, Manner(to=known.readers(said.to)), without=told_with(without, body, "note"))


@deed_of.register
def _(body: say.SiteRenew, _said: Said[Any], known: Known) -> Told:
    if len(body.sites) != 1:
        raise CannotSay(f"it renews {len(body.sites)} sites at once")
    return Told(deeds.RenewSite(known.thing(body.sites[0], "site")))


deed_of.register(say.SiteEnd, about_one(deeds.EndSite, "site", "site", dropping=("because",)))
deed_of.register(say.StandstillAccept, about_one(deeds.AcceptStandstill, "standstill", "standstill"))


@deed_of.register
def _(body: say.StandstillPropose, _said: Said[Any], _known: Known) -> Told:
    without: list[str] = []
    acts = reason(body.acts, without)
    opens_at, closes_at = second_of(body.effective_at), second_of(body.until)
    return Told(deeds.ProposeStandstill(body.area, opens_at, closes_at, acts), without=tuple(without))


@deed_of.register
def _(body: say.StandstillExtend, _said: Said[Any], known: Known) -> Told:
    return Told(deeds.ExtendStandstill(known.thing(body.standstill, "standstill"), second_of(body.until)))


@deed_of.register
def _(body: say.StandstillEnd, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    because = reason(body.because, without)
    deed = deeds.EndStandstill(known.thing(body.standstill, "standstill"), second_of(body.effective_at))
    return Told(deed, Manner(because=because), without=tuple(without))


# -- annexes and state --------------------------------------------------------------------------------------


@deed_of.register
def _(body: say.AnnexPropose, said: Said[Any], known: Known) -> Told:
    """A play proposes what is in force with some fields changed."""
    without: list[str] = []
    because = reason(body.because, without)
    in_force = known.view.annexes.in_force(body.annex.name, said.at)
    if in_force is None:
        raise CannotSay("no version of this annex was in force that it could change")
    deed = deeds.ProposeAnnex(body.annex.name.value, changes_between(in_force, body.annex))
    without += _head_of(in_force, body.annex)
    return Told(deed, Manner(because=because), without=tuple(without))


@deed_of.register
def _(body: say.AnnexCounter, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    because = reason(body.because, without)
    answered = known.thing(body.proposal, "annex")
    said = known.view.said(body.proposal)
    if said is None:
        raise CannotSay("it answers a proposal that cannot be read here")
    deed = deeds.CounterAnnex(answered, changes_between(said.body.annex, body.annex))
    without += _head_of(said.body.annex, body.annex)
    return Told(deed, Manner(because=because), without=tuple(without))


def _head_of(one: Annex, other: Annex) -> list[str]:
    """What stands at the head of an annex, and no field of a play names."""
    return [name.replace("_", " ") for name in _HEAD_OF_ANNEX if getattr(one, name) != getattr(other, name)]


def changes_between(one: Annex, other: Annex) -> tuple[deeds.FieldChange, ...]:
    """The fields of the terms of ``one`` that have other values in ``other``. Raises ``CannotSay``."""
    before, after = _terms(one), _terms(other)
    return tuple(_changes(before, after, ()))


def _terms(annex: Annex) -> JsonValue:
    wire: Any = annex_to_wire(annex)
    terms: JsonValue = wire["terms"]
    return terms


def _changes(before: JsonValue, after: JsonValue, path: tuple[str, ...]) -> Iterator[deeds.FieldChange]:
    if before == after and type(before) is type(after):
        return
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        for name, value in before.items():
            if "." in name:
                raise CannotSay("a field of an annex has a point in its name")
            yield from _changes(value, after[name], (*path, name))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (value, other) in enumerate(zip(before, after, strict=True)):
            yield from _changes(value, other, (*path, str(place)))
    elif isinstance(after, dict | list):
        raise CannotSay(f"{'.'.join(path) or 'an annex'} has another number of rows")
    else:
        yield deeds.FieldChange(".".join(path), _value(after))


def _value(value: JsonValue) -> str:
    """A number, true, false or null as JSON spells it, any other word as it is."""
    if not isinstance(value, str):
        return json.dumps(value)
    try:
        json.loads(value)
    except ValueError:
        return value
    raise CannotSay(f"the text “{value[:40]}” would be read as a number")


@deed_of.register
def _(body: say.AnnexRatify, _said: Said[Any], known: Known) -> Told:
    return Told(deeds.RatifyAnnex(known.thing(body.content, "annex")))


@deed_of.register
def _(body: say.AnnexWithdraw, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    because = reason(body.because, without)
    deed = deeds.WithdrawAnnex(known.thing(body.content, "annex"))
    return Told(deed, Manner(because=because), without=tuple(without))


@deed_of.register
def _(body: say.Suspend, _said: Said[Any], _known: Known) -> Told:
    without: list[str] = []
    because = reason(body.because, without)
    return Told(deeds.Suspend(), Manner(because=because), without=tuple(without))


@deed_of.register
def _(_body: say.Resume, _said: Said[Any], _known: Known) -> Told:
    return Told(deeds.Resume())


@deed_of.register
def _(body: say.WatchTake, _said: Said[Any], _known: Known) -> Told:
    return Told(deeds.TakeWatch(relieving=body.hand_over is not None))


@deed_of.register
def _(body: say.WatchHandOver, _said: Said[Any], _known: Known) -> Told:
    return Told(deeds.HandOver(), without=told_with([], body, "notes"))


# -- incidents, conflicts, drills ---------------------------------------------------------------------------


@deed_of.register
def _(body: say.IncidentOpen, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    title, involved = reason(body.title, without), known.readers(body.involved)
    if not involved:
        raise CannotSay("nobody is involved whom a play can name")
    deed = deeds.OpenIncident(title, second_of(body.happened_at), involved)
    return Told(deed, without=told_with(without, body, "place"))


@deed_of.register
def _(body: say.IncidentState, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    deed = deeds.StateIncident(known.thing(body.incident, "incident"), reason(body.text, without))
    return Told(deed, without=told_with(without, body, "evidence"))


@deed_of.register
def _(body: say.IncidentClose, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    because = reason(body.because, without)
    deed = deeds.CloseIncident(known.thing(body.incident, "incident"))
    return Told(deed, Manner(because=because), without=tuple(without))


@deed_of.register
def _(body: say.ViolationClaim, said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    alleged = known.readers(said.to)
    if len(alleged) != 1:
        raise CannotSay("it is said to several members, and a play names one")
    deed = deeds.ClaimViolation(alleged[0], second_of(body.happened_at), reason(body.what, without))
    return Told(deed, without=told_with(without, body, "place", "annex", "evidence"))


@deed_of.register
def _(body: say.ViolationAnswer, _said: Said[Any], known: Known) -> Told:
    deed = deeds.AnswerViolation(known.thing(body.claim, "violation"), body.answer.value)
    return Told(deed, without=told_with([], body, "because"))


@deed_of.register
def _(body: say.ConflictPropose, said: Said[Any], known: Known) -> Told:
    """The proposer's own notice first; the record holds the two in order of their ids."""
    without: list[str] = []
    if len(body.notices) != 2:
        raise CannotSay("it is not about two notices")
    first, second = sorted(body.notices, key=lambda notice: not _is_by(MemberId(said.author), notice, known))
    ours, theirs = known.thing(first, "notice"), known.thing(second, "notice")
    if body.evidence is not say.Evidence.SCREENED:
        without.append(f"that it rests on {body.evidence.value}")
    deed = deeds.ProposeConflict(ours, theirs, reason(body.proposal, without))
    return Told(deed, without=told_with(without, body, "alternative", "reply_by"))


def _is_by(member: MemberId, notice: str, known: Known) -> bool:
    said = known.view.said(notice)
    return said is not None and said.author == member


@deed_of.register
def _(body: say.ConflictAccept, _said: Said[Any], known: Known) -> Told:
    deed = deeds.DecideConflict(known.thing(body.proposal, "conflict"), accepts=True)
    return Told(deed, without=told_with([], body, "because"))


@deed_of.register
def _(body: say.ConflictDecline, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    because = reason(body.because, without)
    deed = deeds.DecideConflict(known.thing(body.proposal, "conflict"), accepts=False)
    return Told(deed, Manner(because=because), without=tuple(without))


@deed_of.register
def _(body: say.ConflictClose, _said: Said[Any], known: Known) -> Told:
    """A play closes a conflict by the name of a proposal about it: the last one."""
    without: list[str] = []
    because = reason(body.because, without)
    if len(body.notices) != 2:
        raise CannotSay("it is not about two notices")
    deed = deeds.CloseConflict(known.thing(conflict_id(*body.notices), "conflict"))
    return Told(deed, Manner(because=because), without=tuple(without))


@deed_of.register
def _(body: say.DrillStart, _said: Said[Any], _known: Known) -> Told:
    without: list[str] = []
    deed = deeds.StartDrill(reason(body.name, without))
    return Told(deed, without=told_with(without, body, "scenario"))


deed_of.register(say.DrillEnd, about_one(deeds.EndDrill, "drill", "drill", dropping=("text",)))
