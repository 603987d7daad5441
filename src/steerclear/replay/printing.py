# SPDX-License-Identifier: Apache-2.0
"""Which line of a play says this deed? One printer a deed: what it prints the parser reads as the same deed.

What the grammar has no words for raises ``CannotSay``; nothing is shortened or rounded here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import singledispatch
from typing import Any, Final

from steerclear.model.catalogue import SIGNALS
from steerclear.model.member import MemberId
from steerclear.model.time import Instant
from steerclear.replay import deeds
from steerclear.replay.doing_notices import DISTRESS_OUTCOMES, STOP_OUTCOMES
from steerclear.replay.script import DeskActor, Manner, Named
from steerclear.replay.spelling import (
    CannotSay,
    spell_footprint,
    spell_instant,
    spell_near,
    spell_position,
    spell_text,
    spell_volume,
    spell_window,
    spell_word,
)

__all__ = ["print_deed", "print_line", "print_manner"]

_STOP_WORDS: Final = {outcome: words for words, outcome in STOP_OUTCOMES.items()}
_DISTRESS_WORDS: Final = {outcome: words for words, outcome in DISTRESS_OUTCOMES.items()}


def print_line(at: Instant, before: Instant, actor: DeskActor, deed: object, manner: Manner) -> str:
    """A whole line: ``before`` is the time of the line above it, or the day of the header."""
    words = f"{spell_instant(at, before)}  {actor}  {print_deed(deed, at)}"
    clauses = print_manner(manner)
    return f"{words} {clauses}" if clauses else words


def print_manner(manner: Manner) -> str:
    return " ".join(_clauses(manner))


def _clauses(manner: Manner) -> Iterator[str]:
    if manner.named is not None:
        yield f"as {manner.named}"
    if manner.to:
        yield f"to {_members(manner.to)}"
        if manner.without:
            yield f"not {_members(manner.without)}"
    if manner.sealed:
        yield "sealed"
    if manner.by_voice:
        yield "by voice"
    if manner.because is not None:
        yield f"because {spell_text(manner.because)}"


def _members(members: tuple[MemberId, ...]) -> str:
    return " ".join(members)


@singledispatch
def print_deed(deed: object, at: Instant) -> str:
    """The verb and what it takes, as a line at ``at`` says it. Raises ``CannotSay``."""
    raise CannotSay(f"no verb says {type(deed).__name__} at {at}")


def _one_name(verb: str, name_of: Callable[[Any], Named]) -> Callable[[Any, Instant], str]:
    """The printer of a deed that is a verb and one name."""
    return lambda deed, _at: f"{verb} {name_of(deed).name}"


def _bare(verb: str) -> Callable[[Any, Instant], str]:
    return lambda _deed, _at: verb


print_deed.register(deeds.Withdraw, _one_name("withdraws", lambda deed: deed.notice))
print_deed.register(deeds.Activate, _one_name("activates", lambda deed: deed.notice))
print_deed.register(deeds.Cold, _one_name("cold", lambda deed: deed.notice))
print_deed.register(deeds.Acknowledge, _one_name("acknowledges", lambda deed: deed.thing))
print_deed.register(deeds.Proceed, _one_name("proceeds", lambda deed: deed.notice))
print_deed.register(deeds.ReadBack, _one_name("reads-back", lambda deed: deed.signal))
print_deed.register(deeds.RenewSite, _one_name("renews site", lambda deed: deed.site))
print_deed.register(deeds.EndSite, _one_name("ends site", lambda deed: deed.site))
print_deed.register(deeds.AcceptStandstill, _one_name("accepts standstill", lambda deed: deed.standstill))
print_deed.register(deeds.RatifyAnnex, _one_name("ratifies annex", lambda deed: deed.annex))
print_deed.register(deeds.WithdrawAnnex, _one_name("withdraws annex", lambda deed: deed.annex))
print_deed.register(deeds.CloseIncident, _one_name("closes incident", lambda deed: deed.incident))
print_deed.register(deeds.CloseConflict, _one_name("closes conflict", lambda deed: deed.conflict))
print_deed.register(deeds.EndDrill, _one_name("ends drill", lambda deed: deed.drill))
print_deed.register(deeds.DeclineCivil, _one_name("declines civil", lambda deed: deed.notice))
print_deed.register(deeds.SignMinutes, _one_name("signs minutes", lambda deed: deed.minutes))
print_deed.register(deeds.CallCheck, _bare("calls check"))
print_deed.register(deeds.Suspend, _bare("suspends"))
print_deed.register(deeds.Resume, _bare("resumes"))
print_deed.register(deeds.HandOver, _bare("hands-over"))
print_deed.register(deeds.EndMechanism, _bare("ends mechanism"))


# -- notices ------------------------------------------------------------------------------------------------


@print_deed.register
def _(deed: deeds.File, at: Instant) -> str:
    if deed.volumes:
        return f"files {deed.kind.value} {_where(deed, at)}"
    if deed.near is None:
        raise CannotSay("a notice has neither an area nor a place")
    return f"files {deed.kind.value} without-area near {spell_near(deed.near)}"


@print_deed.register
def _(deed: deeds.Amend, at: Instant) -> str:
    if not deed.volumes:
        raise CannotSay("the new version of a notice has no area")
    return f"amends {deed.notice.name} {_where(deed, at)}"


def _where(deed: deeds.File | deeds.Amend, at: Instant) -> str:
    volumes = " and ".join(spell_volume(volume, at) for volume in deed.volumes)
    near = "" if deed.near is None else f" near {spell_near(deed.near)}"
    others = "" if deed.third_parties is None else f" third-parties {spell_text(deed.third_parties)}"
    return f"{volumes}{near}{others}"


@print_deed.register
def _(deed: deeds.Override, _at: Instant) -> str:
    return f"overrides {', '.join(deed.codes)}"


@print_deed.register
def _(deed: deeds.Disseminate, at: Instant) -> str:
    until = "" if deed.until is None else f" until {spell_instant(deed.until, at)}"
    return f"disseminates {deed.thing.name} at {deed.echelon}{until}"


@print_deed.register
def _(deed: deeds.Unable, at: Instant) -> str:
    part = "" if deed.part is None else f" part {spell_text(deed.part)}"
    return f"is unable {deed.notice.name} until {spell_instant(deed.until, at)}{part}"


@print_deed.register
def _(deed: deeds.Hold, at: Instant) -> str:
    until = "" if deed.until is None else f" until {spell_instant(deed.until, at)}"
    return f"holds {deed.notice.name}{until}"


# -- alarms -------------------------------------------------------------------------------------------------


@print_deed.register
def _(deed: deeds.CallAlarm, _at: Instant) -> str:
    why = "basis" if deed.sort == "stop" else "who"
    seen = "" if deed.seen is None else f" seen {spell_text(deed.seen)}"
    drill = "" if deed.drill is None else f" drill {deed.drill.name}"
    return f"calls {deed.sort} at {spell_position(deed.at)} {why} {deed.why}{seen}{drill}"


@print_deed.register
def _(deed: deeds.RepeatAlarm, _at: Instant) -> str:
    return f"repeats {deed.alarm.sort} {deed.alarm.name}"


@print_deed.register
def _(deed: deeds.CloseAlarm, _at: Instant) -> str:
    return f"closes {deed.alarm.sort} {deed.alarm.name}"


@print_deed.register
def _(deed: deeds.AnswerOutcome, at: Instant) -> str:
    return f"answers {deed.alarm.name} {_outcome(deed, at)}"


@print_deed.register
def _(deed: deeds.RenewAlarm, at: Instant) -> str:
    return f"renews stop {deed.alarm.name} {_outcome(deed, at)}"


def _outcome(deed: deeds.AnswerOutcome | deeds.RenewAlarm, at: Instant) -> str:
    if deed.outcome == "stopped" and deed.at is not None:
        clock = spell_instant(deed.at, at)
        return spell_text(f"stopped at {clock}" if clock.endswith("Z") else f"stopped at {clock}Z")
    words = _STOP_WORDS if deed.alarm.sort == "stop" else _DISTRESS_WORDS
    if deed.at is not None or deed.outcome not in words:
        raise CannotSay(f"“{deed.outcome}” is no outcome of a {deed.alarm.sort}, or names no time")
    return spell_text(words[deed.outcome])


# -- ownership, checks, signals -----------------------------------------------------------------------------


@print_deed.register
def _(deed: deeds.AskOwnership, _at: Instant) -> str:
    at = spell_position(deed.at)
    return f"asks ownership at {at} of {_members(deed.of)} seen {spell_text(deed.seen)}"


@print_deed.register
def _(deed: deeds.AnswerOwnership, _at: Instant) -> str:
    part = "" if deed.part is None else f" {spell_text(deed.part)}"
    return f"answers ownership {deed.question.name} {deed.word}{part}"


@print_deed.register
def _(deed: deeds.AnswerCheck, _at: Instant) -> str:
    return f"answers check {deed.check.name} {deed.readability}"


@print_deed.register
def _(deed: deeds.SendSignal, _at: Instant) -> str:
    return " ".join(("sends", deed.code, *_slots(deed)))


@print_deed.register
def _(deed: deeds.AnswerSignal, _at: Instant) -> str:
    return " ".join(("answers signal", deed.signal.name, deed.code, *_slots(deed)))


def _slots(deed: deeds.SendSignal | deeds.AnswerSignal) -> Iterator[str]:
    """Each slot by its name: of several of one kind the reader then knows which is meant."""
    if deed.code not in SIGNALS:
        raise CannotSay(f"“{deed.code[:40]}” is no signal of the catalogue")
    slots = SIGNALS[deed.code].slots
    if len(slots) != len(deed.slots):
        raise CannotSay(f"the slots of {deed.code} are not filled")
    for slot, value in zip(slots, deed.slots, strict=True):
        yield f"{slot.name}={spell_word(value.text)}"


# -- sites and movements ------------------------------------------------------------------------------------


@print_deed.register
def _(deed: deeds.RegisterSite, _at: Instant) -> str:
    near = "" if deed.near is None else f" near {spell_near(deed.near)}"
    where = spell_footprint(deed.footprint)
    return f"registers site {deed.category} {spell_text(deed.name)} {where}{near}"


@print_deed.register
def _(deed: deeds.ReportMovement, at: Instant) -> str:
    if deed.what == "at" and deed.at is None:
        raise CannotSay("a movement reports that it is at a place, and not at which")
    place = "" if deed.at is None else f"{'' if deed.what == 'at' else ' at'} {spell_position(deed.at)}"
    next_at = "" if deed.next_at is None else f" next {spell_instant(deed.next_at, at)}"
    return f"reports movement {deed.movement.name} {deed.what}{place}{next_at}"


@print_deed.register
def _(deed: deeds.TryContact, _at: Instant) -> str:
    result = "reached" if deed.reached else "no-answer"
    return f"tries contact {deed.movement.name} by {spell_word(deed.way)} {result}"


# -- standstill, annexes, watches ---------------------------------------------------------------------------


@print_deed.register
def _(deed: deeds.ProposeStandstill, at: Instant) -> str:
    window = spell_window(deed.opens_at, deed.closes_at, at)
    return f"proposes standstill {spell_footprint(deed.area)} {window} acts {spell_text(deed.acts)}"


@print_deed.register
def _(deed: deeds.ExtendStandstill, at: Instant) -> str:
    return f"extends standstill {deed.standstill.name} until {spell_instant(deed.until, at)}"


@print_deed.register
def _(deed: deeds.EndStandstill, at: Instant) -> str:
    return f"ends standstill {deed.standstill.name} at {spell_instant(deed.at, at)}"


@print_deed.register
def _(deed: deeds.ProposeAnnex, _at: Instant) -> str:
    return " ".join(("proposes annex", deed.name, *_changes(deed.changes)))


@print_deed.register
def _(deed: deeds.CounterAnnex, _at: Instant) -> str:
    return " ".join(("counters annex", deed.annex.name, *_changes(deed.changes)))


def _changes(changes: tuple[deeds.FieldChange, ...]) -> Iterator[str]:
    if not changes:
        raise CannotSay("an annex is proposed and no field of it changes")
    for change in changes:
        if "=" in change.field or spell_word(change.field) != change.field:
            raise CannotSay(f"a field is called “{change.field[:40]}”")
        yield f"{change.field}={spell_word(change.value)}"


@print_deed.register
def _(deed: deeds.TakeWatch, _at: Instant) -> str:
    return "takes-watch" if deed.relieving else "takes-watch unrelieved"


# -- incidents and the rest ---------------------------------------------------------------------------------


@print_deed.register
def _(deed: deeds.OpenIncident, at: Instant) -> str:
    happened_at = spell_instant(deed.happened_at, at)
    return f"opens incident {spell_text(deed.title)} at {happened_at} with {_members(deed.involved)}"


@print_deed.register
def _(deed: deeds.StateIncident, _at: Instant) -> str:
    return f"states incident {deed.incident.name} {spell_text(deed.gist)}"


@print_deed.register
def _(deed: deeds.ClaimViolation, at: Instant) -> str:
    return f"claims violation by {deed.by} at {spell_instant(deed.happened_at, at)} {spell_text(deed.gist)}"


@print_deed.register
def _(deed: deeds.AnswerViolation, _at: Instant) -> str:
    return f"answers violation {deed.violation.name} {deed.word}"


@print_deed.register
def _(deed: deeds.ProposeConflict, _at: Instant) -> str:
    return f"proposes conflict {deed.ours.name} {deed.theirs.name} {spell_text(deed.proposal)}"


@print_deed.register
def _(deed: deeds.DecideConflict, _at: Instant) -> str:
    return f"{'accepts' if deed.accepts else 'declines'} conflict {deed.conflict.name}"


@print_deed.register
def _(deed: deeds.LogVoice, at: Instant) -> str:
    about = "" if deed.about is None else f" about {deed.about.name}"
    said = f"said {spell_instant(deed.said_at, at)} {spell_text(deed.gist)}"
    return f"logs voice from {deed.speaker} to {deed.listener} {said}{about}"


@print_deed.register
def _(deed: deeds.StartDrill, _at: Instant) -> str:
    return f"starts drill {spell_text(deed.name)}"


# -- civil traffic, concerns, findings, talks ---------------------------------------------------------------


@print_deed.register
def _(deed: deeds.OfferCivil, _at: Instant) -> str:
    return f"offers civil {deed.notice.name} {deed.form} {spell_text(deed.contact)} {spell_text(deed.text)}"


@print_deed.register
def _(deed: deeds.AnswerTrackAlarm, _at: Instant) -> str:
    return f"answers alarm {deed.alarm.name} {deed.act}"


@print_deed.register
def _(deed: deeds.AnswerCivil, _at: Instant) -> str:
    flight = "" if deed.flight is None else f" flight {spell_text(deed.flight)}"
    return f"answers civil {deed.notice.name} {deed.act}{flight}"


@print_deed.register
def _(deed: deeds.RaiseConcern, at: Instant) -> str:
    by = spell_instant(deed.reply_by, at)
    return f"raises concern {deed.site.name} {spell_text(deed.text)} by {by}"


@print_deed.register
def _(deed: deeds.ReplyConcern, _at: Instant) -> str:
    return f"replies concern {deed.concern.name} {spell_text(deed.text)}"


@print_deed.register
def _(deed: deeds.PutFinding, _at: Instant) -> str:
    return f"puts finding {deed.incident.name} {spell_text(deed.text)}"


@print_deed.register
def _(deed: deeds.AnswerFinding, _at: Instant) -> str:
    verb = "agrees" if deed.agrees else "disputes"
    return f"{verb} finding {deed.finding.name} {spell_text(deed.text)}"


@print_deed.register
def _(deed: deeds.Convene, at: Instant) -> str:
    where = "" if deed.where is None else f" in {spell_text(deed.where)}"
    agenda = f" agenda {_texts(deed.agenda)}" if deed.agenda else ""
    window = spell_window(deed.starts_at, deed.ends_at, at)
    return f"convenes {spell_text(deed.title)} {window}{where}{agenda}"


@print_deed.register
def _(deed: deeds.WriteMinutes, _at: Instant) -> str:
    return f"minutes {deed.meeting.name} {_texts(deed.points)}"


@print_deed.register
def _(deed: deeds.GiveAction, at: Instant) -> str:
    by = spell_instant(deed.due_at, at)
    return f"gives action {deed.meeting.name} {deed.owner} by {by} {spell_text(deed.what)}"


@print_deed.register
def _(deed: deeds.SettleAction, _at: Instant) -> str:
    return f"settles action {deed.action.name} {spell_text(deed.what)}"


@print_deed.register
def _(deed: deeds.ProposeCommunique, _at: Instant) -> str:
    return f"proposes communique {_texts(deed.paragraphs)}"


@print_deed.register
def _(deed: deeds.AgreeCommunique, _at: Instant) -> str:
    return f"agrees communique {deed.communique.name} {' '.join(map(str, deed.paragraphs))}"


@print_deed.register
def _(deed: deeds.Waive, _at: Instant) -> str:
    return f"waives {spell_word(deed.duty)} of {deed.thing.name} for {deed.debtor}"


def _texts(texts: tuple[str, ...]) -> str:
    return ", ".join(spell_text(text) for text in texts)
