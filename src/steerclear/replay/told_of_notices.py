# SPDX-License-Identifier: Apache-2.0
"""Which deed is a statement about a notice, about an alarm, or on the line?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from steerclear.mechanism import bodies as say
from steerclear.mechanism.said import Said
from steerclear.model import slots
from steerclear.model.member import MemberId
from steerclear.replay import deeds
from steerclear.replay.doing_notices import SEEN_BY_ALL
from steerclear.replay.script import Manner, Named
from steerclear.replay.spelling import CannotSay, spell_instant, spell_position
from steerclear.replay.told import (
    Known,
    Told,
    about_one,
    deed_of,
    reason,
    same_time,
    second_of,
    sized,
    told_with,
)

__all__: list[str] = []

ALL_OF_IT: Final = "all of it"
"""How the service puts *unable* without a part."""


# -- notices ------------------------------------------------------------------------------------------------


@deed_of.register
def _(body: say.NoticeFile, said: Said[Any], known: Known) -> Told:
    content, without = body.content, list[str]()
    near, others = sized(content.near, without), sized(content.third_parties, without)
    hidden = said.readers is not None and any(member not in said.readers for member in said.to)
    return Told(
        deeds.File(content.kind, content.volumes, near, others),
        Manner(to=known.readers(said.to), sealed=hidden),
        overrides=tuple((one.code, reason(one.because, without)) for one in content.overrides),
        without=told_with(without, content, "activity"),
    )


@deed_of.register
def _(body: say.NoticeAmend, _said: Said[Any], known: Known) -> Told:
    content, without = body.content, list[str]()
    notice = known.thing(body.notice, "notice")
    return Told(
        deeds.Amend(
            notice, content.volumes, sized(content.near, without), sized(content.third_parties, without)
        ),
        overrides=tuple((one.code, reason(one.because, without)) for one in content.overrides),
        without=(
            *told_with(without, content, "activity"),
            *told_with([], body, "because"),
        ),
        again=notice,
    )


@deed_of.register
def _(body: say.NoticeWithdraw, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    because = reason(body.because, without)
    deed = deeds.Withdraw(known.thing(body.notice, "notice"))
    return Told(deed, Manner(because=because), without=tuple(without))


@deed_of.register
def _(body: say.NoticeActivate, said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    same_time("hot since", body.hot_at, said, without)
    return Told(deeds.Activate(known.thing(body.notice, "notice")), without=tuple(without))


@deed_of.register
def _(body: say.NoticeCold, said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    same_time("cold since", body.cold_at, said, without)
    return Told(deeds.Cold(known.thing(body.notice, "notice")), without=tuple(without))


@deed_of.register
def _(body: say.Acknowledge, _said: Said[Any], known: Known) -> Told:
    thing = known.thing(body.about, *SEEN_BY_ALL)
    rung = body.rung if body.rung > 1 else None
    return Told(deeds.Acknowledge(thing), rung=rung, without=told_with([], body, "read_back"))


@deed_of.register
def _(body: say.Disseminate, _said: Said[Any], known: Known) -> Told:
    thing = known.thing(body.about, "notice", "standstill", "site")
    return Told(deeds.Disseminate(thing, body.echelon.value, second_of(body.expires_at)))


@deed_of.register
def _(body: say.Unable, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    notice = known.thing(body.about, "notice")
    part = None if body.part == ALL_OF_IT else sized(body.part, without)
    because = reason(body.because, without)
    if body.until is None:
        raise CannotSay("it names no time until which they are unable")
    return Told(
        deeds.Unable(notice, second_of(body.until), part), Manner(because=because), without=tuple(without)
    )


@deed_of.register
def _(body: say.Hold, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    until = None if body.until is None else second_of(body.until)
    because = reason(body.because, without)
    return Told(
        deeds.Hold(_notice_of(body.about, known), until), Manner(because=because), without=tuple(without)
    )


@deed_of.register
def _(body: say.Proceed, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    because = reason(body.because, without)
    return Told(deeds.Proceed(_notice_of(body.about, known)), Manner(because=because), without=tuple(without))


def _notice_of(unable: str, known: Known) -> Named:
    said = known.view.said(unable)
    if said is None:
        raise CannotSay("it answers an *unable* that cannot be read here")
    return known.thing(said.body.about, "notice")


# -- alarms -------------------------------------------------------------------------------------------------


@deed_of.register
def _(body: say.StopCall, said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    same_time("seen at", body.seen_at, said, without)
    seen, drill = sized(body.seen, without), _drill(body.drill, known)
    deed = deeds.CallAlarm("stop", body.place, body.basis.value, seen, drill)
    told = Told(
        deed,
        Manner(to=known.readers(said.to)),
        without=told_with(without, body, "near", "notice"),
    )
    return _once_more(told, said, known)


@deed_of.register
def _(body: say.DistressCall, said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    same_time("seen at", body.seen_at, said, without)
    seen, drill = sized(body.seen, without), _drill(body.drill, known)
    deed = deeds.CallAlarm("distress", body.place, body.who.value, seen, drill)
    told = Told(
        deed,
        Manner(to=known.readers(said.to)),
        without=told_with(without, body, "near", "people"),
    )
    return _once_more(told, said, known)


def _drill(drill: str | None, known: Known) -> Named | None:
    """A call in a drill that the play does not hold is not told: it would be taken for real."""
    return None if drill is None else known.thing(drill, "drill")


def _once_more(told: Told, said: Said[Any], known: Known) -> Told:
    """The same call again: the same place, reason and addressees as the call before it in its alarm."""
    calls = known.view.stops if said.kind == "stop.call" else known.view.distress
    alarm = calls.get(said.id)
    ids = [] if alarm is None else [call.id for call in alarm.calls]
    if alarm is None or said.id not in ids or ids.index(said.id) == 0:
        return told
    last = alarm.calls[ids.index(said.id) - 1]
    named = known.names.get(last.id)
    same = replace(last.body, seen_at=said.body.seen_at) == said.body
    if named is None or not same or (last.author, last.to) != (said.author, said.to):
        return told
    return Told(deeds.RepeatAlarm(named), without=told.without, again=named)


@deed_of.register
def _(body: say.StopAnswer, said: Said[Any], known: Known) -> Told:
    alarm = known.thing(body.stop, "stop")
    return _stop_outcome(deeds.AnswerOutcome, alarm, body, said)


@deed_of.register
def _(body: say.StopRenew, said: Said[Any], known: Known) -> Told:
    alarm = known.thing(body.stop, "stop")
    return _stop_outcome(deeds.RenewAlarm, alarm, body, said)


def _stop_outcome(
    make: type[deeds.AnswerOutcome] | type[deeds.RenewAlarm],
    alarm: Named,
    body: say.StopAnswer | say.StopRenew,
    said: Said[Any],
) -> Told:
    """*Stopped* always names its moment: where it did not, it counts from when it was said."""
    without: list[str] = []
    at = None
    if body.outcome is say.StopOutcome.STOPPED:
        at = second_of(said.at if body.effective_at is None else body.effective_at)
    elif body.effective_at is not None:
        without.append("effective at")
    return Told(make(alarm, body.outcome.value, at), without=told_with(without, body, "because"))


deed_of.register(say.StopClose, about_one(deeds.CloseAlarm, "stop", "stop", dropping=("because",)))
deed_of.register(
    say.DistressClose, about_one(deeds.CloseAlarm, "distress", "distress", dropping=("because",))
)


@deed_of.register
def _(body: say.DistressAnswer, _said: Said[Any], known: Known) -> Told:
    alarm = known.thing(body.distress, "distress")
    deed = deeds.AnswerOutcome(alarm, body.outcome.value, None)
    return Told(deed, without=told_with([], body, "because"))


# -- ownership, checks, signals -----------------------------------------------------------------------------


@deed_of.register
def _(body: say.OwnershipAsk, said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    same_time("seen at", body.seen_at, said, without)
    asked = known.readers(said.to)
    if not asked:
        raise CannotSay("nobody is asked whom a play can name")
    deed = deeds.AskOwnership(body.place, asked, reason(body.seen, without))
    return Told(deed, without=told_with(without, body, "near", "passed_on_from"))


@deed_of.register
def _(body: say.OwnershipAnswer, _said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    question = known.thing(body.ask, "ownership")
    partly = body.answer is say.Ownership.PARTLY
    part = reason(body.part, without) if partly else None
    deed = deeds.AnswerOwnership(question, body.answer.value, part)
    return Told(deed, without=tuple(without) if partly else told_with(without, body, "part"))


@deed_of.register
def _(body: say.CheckCall, said: Said[Any], known: Known) -> Told:
    without = [] if body.way == "node" else [f"the way, {body.way}"]
    same_time("for the agreed time", body.slot_at, said, without)
    return Told(deeds.CallCheck(), Manner(to=known.readers(said.to)), without=tuple(without))


@deed_of.register
def _(body: say.CheckAnswer, _said: Said[Any], known: Known) -> Told:
    return Told(deeds.AnswerCheck(known.thing(body.check, "check"), body.readability))


@deed_of.register
def _(body: say.SignalSend, said: Said[Any], known: Known) -> Told:
    deed = deeds.SendSignal(body.code, _slots(body, said, known))
    return Told(deed, Manner(to=known.readers(said.to)), without=told_with([], body, "free_text"))


@deed_of.register
def _(body: say.SignalAnswer, said: Said[Any], known: Known) -> Told:
    signal = known.thing(body.signal, "signal")
    deed = deeds.AnswerSignal(signal, body.code, _slots(body, said, known))
    return Told(deed, without=told_with([], body, "free_text"))


@deed_of.register
def _(body: say.SignalReadBack, _said: Said[Any], known: Known) -> Told:
    """What is read back is what was sent; another reading has no verb."""
    sent = known.view.said(body.signal)
    if sent is None or (sent.body.code, sent.body.slots) != (body.code, body.slots):
        raise CannotSay("it reads back something else than was sent")
    return Told(deeds.ReadBack(known.thing(body.signal, "signal")))


def _slots(
    body: say.SignalSend | say.SignalAnswer, said: Said[Any], known: Known
) -> tuple[deeds.SlotValue, ...]:
    return tuple(deeds.SlotValue(value.IS, _slot(value, said, known)) for value in body.slots)


def _slot(value: slots.SlotValue, said: Said[Any], known: Known) -> str:
    """As ``formats.slots`` and ``said_on_lines`` read it."""
    match value:
        case slots.PlaceSlot(place=place):
            return spell_position(place)
        case slots.TimeSlot(at=at):
            return spell_instant(second_of(at), second_of(said.at))
        case slots.AreaSlot(notice=id_) | slots.MovementSlot(movement=id_) | slots.ItemSlot(item=id_):
            return known.thing(id_).name
        case slots.TrackSlot(track=track):
            return track
        case slots.NumberSlot(number=number):
            return str(number)
        case slots.DeskSlot(member=member, desk=desk):
            return f"{member} {desk}"
        case slots.AltitudeSlot(altitude=altitude):
            return f"{altitude.feet} ft {altitude.datum.value}"
        case slots.MemberSlot(member=member):
            return str(member)
        case slots.CallsignSlot(callsign=callsign):
            return callsign
        case slots.DurationSlot(seconds=seconds):
            return f"{seconds}s"
        case slots.HeadingSlot(degrees=degrees):
            return str(degrees)
        case slots.DistanceSlot(metres=metres):
            return f"{metres}m"
        case slots.FrequencySlot(kilohertz=kilohertz):
            return f"{kilohertz}kHz"


# -- movements and voice ------------------------------------------------------------------------------------


@deed_of.register
def _(body: say.MovementReport, said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    same_time("seen at", body.seen_at, said, without)
    next_at = None if body.next_at is None else second_of(body.next_at)
    movement = known.thing(body.movement, "notice")
    deed = deeds.ReportMovement(movement, body.step.value, body.place, next_at)
    return Told(deed, without=told_with(without, body, "text"))


@deed_of.register
def _(body: say.ContactAttempt, said: Said[Any], known: Known) -> Told:
    without: list[str] = []
    same_time("tried at", body.tried_at, said, without)
    movement = known.thing(body.about, "notice")
    deed = deeds.TryContact(movement, body.way, body.result is say.ContactResult.REACHED)
    return Told(deed, without=tuple(without))


@deed_of.register
def _(body: say.VoiceLog, _said: Said[Any], known: Known) -> Told:
    """A voice entry binds nobody, here and there; what it would have been in writing has no clause."""
    without = ["that it was read back"] if body.read_back else []
    gist = reason(body.gist, without)
    about = None if body.about is None else known.thing(body.about)
    speaker, listener = MemberId(body.speaker), MemberId(body.listener)
    deed = deeds.LogVoice(speaker, listener, second_of(body.said_at), gist, about)
    if body.stands_for is not None:
        without.append(f"that it stood for {body.stands_for}")
    return Told(deed, without=tuple(without))
