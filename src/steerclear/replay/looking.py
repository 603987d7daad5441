# SPDX-License-Identifier: Apache-2.0
"""Is this sight there, for whoever looks? True or false, and in words what stands there instead.

Whatever is read is derived at that moment from one node's own view; nothing here remembers an answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatch
from typing import Final

from steerclear.links.notifier import Alarm
from steerclear.mechanism.annexes import MechanismState
from steerclear.mechanism.bodies import ConflictAccept, Hold
from steerclear.mechanism.measures import minutes_to_authority, minutes_to_halt
from steerclear.mechanism.notices import NoticeRecord, NoticeState
from steerclear.mechanism.obligation import Obligation
from steerclear.mechanism.obligations import owed
from steerclear.mechanism.said import conflict_id
from steerclear.mechanism.stages import Stages, stages_of
from steerclear.mechanism.track_alarms import TrackAlarmRecord
from steerclear.mechanism.view import View
from steerclear.model.annex import AnnexName, ProtectedSites, annex_hash
from steerclear.model.finding import NoConflict, Undetermined
from steerclear.model.member import DeskName, MemberId
from steerclear.model.time import Instant, format_instant
from steerclear.replay import sights
from steerclear.replay.script import Named, Sort
from steerclear.services.answers import GateRow

__all__ = ["Eyes", "Seen", "holds", "look", "look_at_gate", "newest_alarm"]

MINUTE_MS: Final = 60_000
STAGES: Final[tuple[sights.Stage, ...]] = ("filed", "delivered", "acknowledged", "disseminated")
_KM: Final = re.compile(r"(\d+(?:\.\d+)?) km")


@dataclass(frozen=True, slots=True)
class Seen:
    """``instead`` says what stands there, whether or not it is what was looked for."""

    there: bool
    instead: str


@dataclass(frozen=True, slots=True)
class Eyes:
    """One desk of one node at one moment.

    ``alarms``  what has rung at this desk so far
    ``lines``   the state of the machine line to each other member
    """

    member: MemberId
    desk: DeskName
    now: Instant
    view: View
    ids: Mapping[str, str]
    alarms: tuple[Alarm, ...]
    lines: Mapping[MemberId, str]

    def id_of(self, thing: Named) -> str | None:
        """``None`` when nothing was ever said under that name: then nothing about it can be seen."""
        return self.ids.get(thing.name)


@singledispatch
def look(sight: object, eyes: Eyes) -> Seen:
    """Whether ``sight`` is there for ``eyes``."""
    raise TypeError(f"nobody can look for {type(sight).__name__} at {eyes.now}")


# -- gate, duties, stages -------------------------------------------------------------------------------


def look_at_gate(sight: sights.Gate, gate: Sequence[GateRow]) -> Seen:
    """What the gate, or a refusal, said to the last deed of a desk; a desk needs no machine to know it."""
    severity = "block" if sight.blocks else "warn"
    there = any(row.severity == severity and _is_of(row, sight) for row in gate)
    return Seen(there, _list(f"{row.severity} {row.code}: {row.words}" for row in gate))


def _is_of(row: GateRow, sight: sights.Gate) -> bool:
    near = sight.km is None or sight.km in {round(float(km)) for km in _KM.findall(row.words)}
    return row.code == sight.code and near and (sight.says is None or sight.says in row.words)


@look.register
def _(sight: sights.IsAlarmed, eyes: Eyes) -> Seen:
    rung = {alarm.about for alarm in eyes.alarms}
    found = [
        duty.words
        for duty in owed(eyes.view, eyes.now)
        if duty.debtor.covers(eyes.member, eyes.desk)
        and duty.about in rung & _alarms_like(sight, eyes).keys()
    ]
    there = any(sight.says is None or sight.says in words for words in found)
    return Seen(there, _list(found))


def newest_alarm(sight: sights.IsAlarmed, eyes: Eyes) -> TrackAlarmRecord | None:
    """The last of its kind that has rung at this desk."""
    rung = {alarm.about for alarm in eyes.alarms}
    mine = [record for id_, record in _alarms_like(sight, eyes).items() if id_ in rung]
    return max(mine, key=lambda record: (record.raised.at, record.id), default=None)


def _alarms_like(sight: sights.IsAlarmed, eyes: Eyes) -> dict[str, TrackAlarmRecord]:
    return {
        record.id: record
        for record in eyes.view.track_alarms
        if record.raised.author == sight.by and record.raised.body.danger is sight.danger
    }


@look.register
def _(sight: sights.Owes, eyes: Eyes) -> Seen:
    mine = [duty for duty in owed(eyes.view, eyes.now) if duty.debtor.covers(eyes.member, eyes.desk)]
    about = [duty for duty in mine if sight.of is None or _is_about(duty, eyes.id_of(sight.of), eyes)]
    instead = _list(_duty_in_words(duty) for duty in about)
    if sight.duty is None:
        return Seen(not about, instead)
    return Seen(any(_is_that_duty(duty, sight, eyes.now) for duty in about), instead)


def _is_that_duty(duty: Obligation, sight: sights.Owes, now: Instant) -> bool:
    if duty.what != sight.duty or (sight.overdue and (duty.due_at is None or duty.due_at > now)):
        return False
    if sight.due_at is None:
        return True
    precision = 1_000 if sight.to_the_second else MINUTE_MS
    return duty.due_at is not None and duty.due_at // precision == sight.due_at // precision


def _is_about(duty: Obligation, id_: str | None, eyes: Eyes) -> bool:
    """A duty is about a version, a call or a result; the play names the thing that it belongs to."""
    same = _statements_of(id_, eyes.view)
    return duty.about in same or duty.thing in same


def _statements_of(id_: str | None, view: View) -> frozenset[str]:
    """Every statement that is the thing: all calls of an alarm, all versions of a notice."""
    if id_ is None:
        return frozenset()
    alarm = view.stops.get(id_) or view.distress.get(id_)
    if alarm is not None:
        return alarm.ids
    record = view.notices.get(id_)
    versions = () if record is None else record.versions
    return frozenset({id_, *(version.id for version in versions)})


def _duty_in_words(duty: Obligation) -> str:
    by = f" by {format_instant(duty.due_at)[11:19]}Z" if duty.due_at is not None else ""
    return f"{duty.what}{by} ({duty.state.value})"


@look.register
def _(sight: sights.IsClimbed, eyes: Eyes) -> Seen:
    """Rungs of this desk's own ladder, whoever is creditor; both first rungs of a STOP are called at once."""
    called = {
        rung.number
        for duty in owed(eyes.view, eyes.now)
        if _is_about(duty, eyes.id_of(sight.thing), eyes)
        for rung in duty.called
        if (rung.member, rung.desk) == (eyes.member, eyes.desk)
    }
    return Seen(max(called, default=0) == sight.rung, f"rungs called: {_list(map(str, sorted(called)))}")


@look.register
def _(sight: sights.StageIs, eyes: Eyes) -> Seen:
    id_ = eyes.id_of(sight.thing)
    rows = () if id_ is None else stages_of(eyes.view, id_)
    wanted = [row for row in rows if sight.by is None or row.member == sight.by]
    there = bool(wanted) and all(_has_reached(row, sight, eyes.now) for row in wanted)
    return Seen(there, _list(f"{row.member} {_stage_in_words(row, eyes.now)}" for row in rows))


def _has_reached(row: Stages, sight: sights.StageIs, now: Instant) -> bool:
    if sight.stage == "recorded":
        return row.recorded_at is not None
    return _furthest(row) == sight.stage and _is_expired(row, now) == sight.expired


def _furthest(row: Stages) -> sights.Stage:
    reached = (True, row.delivered is not None, bool(row.acknowledged), bool(row.disseminated))
    return [stage for stage, there in zip(STAGES, reached, strict=True) if there][-1]


def _is_expired(row: Stages, now: Instant) -> bool:
    return bool(row.disseminated) and not row.is_confirmed(now)


def _stage_in_words(row: Stages, now: Instant) -> str:
    expired = " expired" if _is_expired(row, now) else ""
    recorded = ", recorded" if row.recorded_at is not None else ""
    return f"{_furthest(row)}{expired}{recorded}"


@look.register
def _(sight: sights.Hears, eyes: Eyes) -> Seen:
    sounding = [alarm for alarm in eyes.alarms if alarm.sounds]
    heard = _list(f"{alarm.cause} about {_name_of(alarm.about, eyes)}" for alarm in sounding)
    if sight.thing is None:
        return Seen(not sounding, heard)
    about = _statements_of(eyes.id_of(sight.thing), eyes.view)
    return Seen(any(alarm.about in about for alarm in sounding), heard)


def _name_of(id_: str, eyes: Eyes) -> str:
    return next((name for name, known in eyes.ids.items() if known == id_), id_[:8])


# -- readings -------------------------------------------------------------------------------------------


@look.register
def _(sight: sights.Sees, eyes: Eyes) -> Seen:
    each = [holds(reading, eyes) for reading in sight.readings]
    return Seen(all(seen.there for seen in each), "; ".join(seen.instead for seen in each))


@singledispatch
def holds(reading: object, eyes: Eyes) -> Seen:
    """Whether one reading is true for ``eyes``."""
    raise TypeError(f"no reading of {type(reading).__name__} at {eyes.now}")


@holds.register
def _(reading: sights.Measure, eyes: Eyes) -> Seen:
    measure = minutes_to_authority if reading.what == "minutes-to-authority" else minutes_to_halt
    id_ = eyes.id_of(reading.of)
    minutes = None if id_ is None else measure(eyes.view, id_)
    said = "unknown" if minutes is None else f"{minutes:g}"
    there = minutes is None if reading.how is None else minutes is not None and reading.how.holds(minutes)
    return Seen(there, f"{reading.what} of {reading.of.name} is {said}")


@holds.register
def _(reading: sights.Knows, eyes: Eyes) -> Seen:
    id_ = eyes.id_of(reading.thing)
    how = "not there"
    if id_ is not None and eyes.view.said(id_) is not None:
        how = "open"
    elif any(entry.content.id == id_ for entry in eyes.view.sealed):
        how = "sealed"
    return Seen(how == reading.how, f"{reading.thing.name} is {how}")


@holds.register
def _(reading: sights.ConflictReading, eyes: Eyes) -> Seen:
    one, other = eyes.id_of(reading.one), eyes.id_of(reading.other)
    record = None if one is None or other is None else eyes.view.conflicts.get(conflict_id(one, other))
    there = record is not None and record.found is not None
    pair = f"{reading.one.name} and {reading.other.name}"
    return Seen(there, f"{'a conflict' if there else 'no conflict'} known between {pair}")


@holds.register
def _(reading: sights.OwnershipReading, eyes: Eyes) -> Seen:
    id_ = eyes.id_of(reading.question)
    record = None if id_ is None else eyes.view.ownership.get(id_)
    answers = () if record is None else record.answers
    said = [answer.body.answer.value for answer in answers if answer.author == reading.by]
    return Seen(said[-1:] == [reading.word], f"{reading.by} answered {_list(said)}")


@holds.register
def _(reading: sights.LineReading, eyes: Eyes) -> Seen:
    said = eyes.lines.get(reading.member, "unknown")
    return Seen(said == reading.says, f"the line to {reading.member} is {said}")


@holds.register
def _(reading: sights.StateReading, eyes: Eyes) -> Seen:
    said = eyes.view.annexes.state(eyes.now)
    wanted = {
        "in-force": MechanismState.IN_FORCE,
        "suspended": MechanismState.SUSPENDED,
        "ended": MechanismState.ENDED,
    }
    return Seen(said is wanted[reading.says], f"the mechanism is {said.value}")


@holds.register
def _(reading: sights.WatchReading, eyes: Eyes) -> Seen:
    watch = eyes.view.watches.of(reading.member, reading.desk)
    held = watch is not None and watch.is_held
    said = "nobody" if watch is None or not held else "held" if watch.relieved else "unrelieved"
    return Seen(said == reading.says, f"the watch of {reading.member} {reading.desk} is {said}")


@holds.register
def _(reading: sights.ThingIs, eyes: Eyes) -> Seen:
    id_ = eyes.id_of(reading.thing)
    words = () if id_ is None else tuple(WORDS_OF[reading.thing.sort](id_, eyes))
    return Seen(reading.says in words, f"{reading.thing.name} is {_list(words)}")


def _notice_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.notices.get(id_)
    if record is None:
        return
    yield STATES[record.state(eyes.now)]
    if record.newest.content.late_minutes is not None:
        yield "late"
    yield from _standing_of_unable(record)
    finding = eyes.view.findings.of(id_, eyes.now).finding
    if isinstance(finding, NoConflict):
        yield "no-conflict-known"
    elif isinstance(finding, Undetermined):
        yield "undetermined"
    if record.newest.content.third_parties is not None:
        yield "third-parties"


def _standing_of_unable(record: NoticeRecord) -> Iterator[str]:
    """The filer's answer to *unable*; while there is none, the *unable* itself."""
    if not record.newest.unables:
        return
    if not record.newest.answers:
        yield "unable"
        return
    last = max(record.newest.answers, key=lambda said: said.at)
    yield "holding" if isinstance(last.body, Hold) else "proceeding"


def _alarm_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.stops.get(id_) or eyes.view.distress.get(id_)
    if record is not None:
        yield "open" if record.is_open else "closed"


def _site_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.sites.get(id_)
    if record is None:
        return
    if record.ended is not None:
        yield "ended"
        return
    yield "protected"
    terms = eyes.view.annexes.terms(AnnexName.PROTECTED_SITES, eyes.now)
    if isinstance(terms, ProtectedSites) and record.confirmed_at + terms.renew_s * 1000 < eyes.now:
        yield "stale"


def _standstill_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.standstills.get(id_)
    if record is not None:
        yield "ended" if record.ended else "agreed" if record.accepted_at is not None else "proposed"


def _signal_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.signals.get(id_)
    if record is not None:
        understood = all(record.understood_at(member) is not None for member in record.sent.to)
        yield "read-back" if understood else "not-read-back"


def _annex_words(id_: str, eyes: Eyes) -> Iterator[str]:
    proposal = next((known for known in eyes.view.annexes.proposals if known.id == id_), None)
    if proposal is None:
        return
    in_force = eyes.view.annexes.in_force(proposal.annex.name, eyes.now)
    holds_now = in_force is not None and annex_hash(in_force) == proposal.content
    yield "in-force" if holds_now else "proposed"


def _incident_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.incidents.get(id_)
    if record is not None:
        yield "closed" if record.is_closed else "open"


def _violation_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.violations.get(id_)
    if record is not None:
        yield record.state.value


def _check_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.checks.get(id_)
    if record is not None:
        yield "answered" if record.answers else "unanswered"


def _conflict_words(id_: str, eyes: Eyes) -> Iterator[str]:
    """``id_`` is a proposal; the conflict is that of its two notices."""
    said = eyes.view.said(id_)
    record = None if said is None else eyes.view.conflicts.get(conflict_id(*said.body.notices))
    if record is None:
        return
    replies = [reply for reply in record.replies if reply.body.proposal == id_]
    if replies:
        yield "accepted" if isinstance(replies[-1].body, ConflictAccept) else "declined"
    yield "open" if record.is_open else "closed"


def _drill_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.drills.get(id_)
    if record is not None:
        yield "running" if record.ended is None else "ended"


STATES: Final = {
    NoticeState.PENDING: "pending",
    NoticeState.HOT: "hot",
    NoticeState.END_PASSED: "end-passed",
    NoticeState.COLD: "cold",
    NoticeState.WITHDRAWN: "withdrawn",
}


def _finding_words(id_: str, eyes: Eyes) -> Iterator[str]:
    points = (point for incident in eyes.view.incidents for point in incident.points)
    yield from (point.state.value for point in points if point.put_down.id == id_)


def _meeting_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.meetings.get(id_)
    if record is not None:
        yield "convened" if record.agreed is None else "minuted"


def _action_words(id_: str, eyes: Eyes) -> Iterator[str]:
    items = (item for meeting in eyes.view.meetings for item in meeting.actions)
    yield from ("open" if item.done is None else "done" for item in items if item.given.id == id_)


def _communique_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.communiques.get(id_)
    if record is not None:
        yield "agreed" if record.text else "empty"


def _track_alarm_words(id_: str, eyes: Eyes) -> Iterator[str]:
    record = eyes.view.track_alarms.get(id_)
    if record is not None:
        yield "open" if record.over is None else "over"


WORDS_OF: Final[dict[Sort, Callable[[str, Eyes], Iterator[str]]]] = {
    "notice": _notice_words,
    "stop": _alarm_words,
    "distress": _alarm_words,
    "site": _site_words,
    "standstill": _standstill_words,
    "signal": _signal_words,
    "annex": _annex_words,
    "incident": _incident_words,
    "violation": _violation_words,
    "check": _check_words,
    "conflict": _conflict_words,
    "drill": _drill_words,
    "finding": _finding_words,
    "meeting": _meeting_words,
    "action": _action_words,
    "communique": _communique_words,
    "track-alarm": _track_alarm_words,
}


def _list(words: Iterable[str]) -> str:
    return ", ".join(words) or "nothing"
