# SPDX-License-Identifier: Apache-2.0
"""How does a play run? From one moment at which something happens to the next, never in between.

    next line, or next duty due or rung called ──► set the clock ──► do it ──► exchange until quiet ──► look

A deed that a rule refuses is an event, not an error: the desk is blocked, and the play must have expected it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from steerclear.mechanism.measures import minutes_to_authority, minutes_to_halt
from steerclear.model.member import DeskName, MemberId
from steerclear.model.time import Instant, format_instant
from steerclear.replay import deeds, sights
from steerclear.replay.acting import Scene
from steerclear.replay.audit import check_record
from steerclear.replay.desk import Desk, Done
from steerclear.replay.fire import Fire
from steerclear.replay.flying import Flying
from steerclear.replay.looking import Eyes, Seen, holds, look, look_at_gate, newest_alarm
from steerclear.replay.observing import Names, Observer
from steerclear.replay.script import Actor, DeskActor, Line, Play
from steerclear.replay.stage import Stage, set_stage
from steerclear.replay.station import machine_down
from steerclear.replay.timeline import Effect, Event, EventSort, Failure, Figures, Run

__all__ = ["run_on_stage", "run_play"]

RIGHT_AFTER_MS: Final = 1_000
_DEEDS: Final = get_args(deeds.Deed)


def run_play(play: Play) -> Run:
    """Run one case of a play from its first line to its last. The same play gives the same run.

    Raises ``BadInput`` when its mechanism cannot be founded: no such template, or a ladder without authority.
    """
    return _Runner(play).run()


def run_on_stage(play: Play) -> tuple[Run, Stage]:
    """The run, and every machine as it left it. Raises as ``run_play``."""
    runner = _Runner(play)
    return runner.run(), runner.stage


class _Runner:
    """One run: the stage, its desks, and what was told so far."""

    def __init__(self, play: Play) -> None:
        self._play = play
        self.stage: Stage = set_stage(play)
        self._names = Names()
        self._fire = Fire(play.fires)
        self._events: list[Event] = []
        self._failures: list[Failure] = []
        self._desks: dict[tuple[MemberId, DeskName], Desk] = {}
        self._observers = {member: Observer(member) for member in play.members}
        self._nevers = [line for line in play.lines if isinstance(line.act, sights.NeverSees)]
        self._seen_once: dict[int, str] = {}
        self._unexpected: dict[tuple[MemberId, DeskName], Failure] = {}

    def run(self) -> Run:
        for line in self._play.lines:
            self._advance(line.at)
            self._read(line)
        for failure in self._unexpected.values():
            self._failures.append(failure)
        self._failures.sort(key=lambda failure: failure.line)
        fired = self._fire.events(until=self._play.lines[-1].at)
        events = sorted([*self._events, *fired], key=lambda event: event.at)
        return Run(self._play, tuple(events), tuple(self._failures), tuple(self._figures()))

    def _figures(self) -> Iterator[Figures]:
        """Of every STOP that the play names, as the first machine that is up derives it."""
        station = next(iter(self.stage.up()), None)
        for line in self._play.lines:
            name = line.manner.named
            if isinstance(line.act, deeds.CallAlarm) and name in self._names.ids and station is not None:
                yield Figures(
                    stop=name,
                    minutes_to_authority=minutes_to_authority(station.view, self._names.ids[name]),
                    minutes_to_halt=minutes_to_halt(station.view, self._names.ids[name]),
                    fires_after=self._fire.count(until=self._now, after=name),
                )

    # -- time -------------------------------------------------------------------------------------------

    @property
    def _now(self) -> Instant:
        return self.stage.clock.now()

    def _advance(self, to: Instant) -> None:
        """Stop at every moment on the way at which somebody's machine would wake, and right after it.

        A duty is late once its time has passed, not at it.
        """
        while (wake_at := self._next_wake(to)) is not None:
            self._stop_at(wake_at)
            if wake_at + RIGHT_AFTER_MS < to:
                self._stop_at(Instant(wake_at + RIGHT_AFTER_MS))
        if to > self._now:
            self._stop_at(to)

    def _next_wake(self, before: Instant) -> Instant | None:
        """The next moment at which something is due or a rung is called, for what the play has a name for.

        The twice-daily checks of the line and the like run on; nobody in the play waits for them.
        """
        wakes = [at for observer in self._observers.values() for at in self._wakes_of(observer)]
        flying = (one.next_at(self._now) for station in self.stage.up() for one in station.flying)
        wakes += [at for at in flying if at is not None]
        return min((at for at in wakes if self._now < at < before), default=None)

    def _wakes_of(self, observer: Observer) -> Iterator[Instant]:
        for duty in observer.duties:
            if duty.is_owed and self._names.of_duty(duty) is not None:
                yield from (at for at in (duty.due_at, duty.next_rung_at) if at is not None)

    def _stop_at(self, at: Instant) -> None:
        self.stage.clock.set(at)
        self._follow()

    def _follow(self) -> None:
        """Let the machines do what follows, and tell what each of them derives from it."""
        self.stage.settle()
        for station in self.stage.up():
            observer = self._observers[station.member]
            self._events.extend(observer.look(station.view, self._now, self._names))
        for line in self._nevers:
            if line.at >= self._now:
                self._watch(line)

    # -- lines --------------------------------------------------------------------------------------------

    def _read(self, line: Line) -> None:
        if isinstance(line.act, _DEEDS):
            self._do(line)
        elif isinstance(line.act, get_args(sights.Turn)):
            self._turn(line)
        else:
            self._check(line)

    def _do(self, line: Line) -> None:
        actor = _desk_actor(line.actor)
        desk = self._desk(actor)
        at_desk = (desk.station.member, desk.name)
        if isinstance(line.act, deeds.Override) and desk.draft is not None:
            self._unexpected.pop(at_desk, None)
        if at_desk in self._unexpected:
            self._failures.append(self._unexpected.pop(at_desk))
        self._tell("done", line)
        done = self._done(line, desk, actor)
        if done.refused is not None:
            self._events.append(Event(self._now, "refused", str(actor), str(done.refused), line.number))
            expected = "it is said; no line says that it is blocked or warned"
            self._unexpected[at_desk] = Failure(line.number, line.text, expected, str(done.refused))
        elif done.id is not None and done.name is not None:
            self._names.give(done.name, done.id)
        self._tell_gate(desk, actor, line)
        self._tell_fire(line)
        self._follow()

    def _done(self, line: Line, desk: Desk, actor: DeskActor) -> Done:
        if not desk.station.is_up:
            return desk.refuse(machine_down(actor.member))
        return desk.do(line.act, self._scene(line, desk, actor), _tail(line))

    def _tell_gate(self, desk: Desk, actor: DeskActor, line: Line) -> None:
        """What the gate, or the strict reader in front of it, said of a notice: it left so, or it waits."""
        if not isinstance(line.act, deeds.File | deeds.Amend | deeds.Override):
            return
        named = line.act.notice.name if isinstance(line.act, deeds.Amend) else line.manner.named
        name = named or desk.draft_name or "a notice"
        for row in desk.gate:
            if row.severity not in ("block", "warn"):
                continue  # how far it lies from the place that it names is told to the officer in any case
            verb = "blocks" if row.severity == "block" else "warns of"
            words = f"the gate {verb} {row.code}: {row.words}"
            effect = Effect("gate", row.code, name)
            self._events.append(Event(self._now, "derived", str(actor), words, effect=effect))

    def _tell_fire(self, line: Line) -> None:
        """The world stops firing at the moment that "stopped at" names; it is counted from the call."""
        match line.act:
            case deeds.CallAlarm() if line.manner.named is not None:
                self._fire.called(line.manner.named, line.at)
            case (
                deeds.AnswerOutcome(alarm=alarm, outcome="stopped", at=at)
                | deeds.RenewAlarm(alarm=alarm, outcome="stopped", at=at)
            ):
                self._fire.halted(alarm.name, at or line.at)

    def _turn(self, line: Line) -> None:
        self._tell("world", line)
        match line.act:
            case sights.LoseLink(one=one, other=other):
                self.stage.lose(one, other)
            case sights.RegainLink(one=one, other=other):
                self.stage.regain(one, other)
            case sights.Crash(member=member):
                self.stage.stations[member].crash()
            case sights.Restart(member=member):
                self.stage.stations[member].start()
            case sights.ShowTrack() as shown:
                self.stage.stations[shown.member].fly(Flying(shown, self._now))
        self._follow()

    def _check(self, line: Line) -> None:
        seen = self._look(line)
        self._tell("seen" if seen.there else "not-seen", line)
        if not seen.there:
            self._failures.append(Failure(line.number, line.text, _tail(line), seen.instead))
        elif isinstance(line.act, sights.IsAlarmed) and line.manner.named is not None:
            self._name_alarm(line.act, line.manner.named, _desk_actor(line.actor))
        elif isinstance(line.act, sights.Gate):
            desk = self._desk(_desk_actor(line.actor))
            self._unexpected.pop((desk.station.member, desk.name), None)

    def _name_alarm(self, sight: sights.IsAlarmed, name: str, actor: DeskActor) -> None:
        """From here on the play has a name for it, and what is owed about it is told."""
        alarm = newest_alarm(sight, self._eyes(self._desk(actor)))
        if alarm is not None:
            self._names.give(name, alarm.id)
            self._follow()

    def _look(self, line: Line) -> Seen:
        match line.act:
            case sights.Gate():
                return look_at_gate(line.act, self._desk(_desk_actor(line.actor)).gate)
            case sights.NeverSees():
                when = self._seen_once.get(line.number)
                return Seen(when is None, when or "never")
            case sights.CountFires(after=after, how=how):
                count = self._fire.count(until=self._now, after=None if after is None else after.name)
                return Seen(how.holds(count), f"the world fired {count} times")
            case sights.Verifies() | sights.CountEntries():
                return check_record(line.act, self.stage)
        each = [look(line.act, eyes) for eyes in self._eyes_of(line.actor)]
        missed = [seen for seen in each if not seen.there]
        return (missed or each or [Seen(there=False, instead="nobody's machine is up")])[0]

    def _watch(self, line: Line) -> None:
        """Remember the first moment at which somebody saw what the line says is never seen."""
        for eyes in self._eyes_of(line.actor):
            for reading in line.act.readings if isinstance(line.act, sights.NeverSees) else ():
                seen = holds(reading, eyes)
                if seen.there:
                    clock = f"{eyes.member} at {_clock(self._now)}: {seen.instead}"
                    self._seen_once.setdefault(line.number, clock)

    # -- who looks, who speaks --------------------------------------------------------------------------

    def _desk(self, actor: DeskActor) -> Desk:
        station = self.stage.stations[actor.member]
        name = actor.desk or self.stage.desks[actor.member][0]
        if (actor.member, name) not in self._desks:
            self._desks[actor.member, name] = Desk(station, name, self.stage.stations)
        return self._desks[actor.member, name]

    def _scene(self, line: Line, desk: Desk, actor: DeskActor) -> Scene:
        return Scene(
            member=actor.member,
            desk=desk.name,
            rung=actor.rung or 1,
            now=self._now,
            manner=line.manner,
            ids=self._names.ids,
            view=desk.station.view,
        )

    def _eyes_of(self, actor: Actor) -> Iterator[Eyes]:
        if isinstance(actor, DeskActor):
            desk = self._desk(actor)
            if desk.station.is_up:
                yield self._eyes(desk)
            return
        for station in self.stage.up():
            yield self._eyes(self._desk(DeskActor(station.member)))

    def _eyes(self, desk: Desk) -> Eyes:
        return Eyes(
            member=desk.station.member,
            desk=desk.name,
            now=self._now,
            view=desk.station.view,
            ids=self._names.ids,
            alarms=tuple(alarm for alarm in desk.station.alarms if alarm.desk == desk.name),
            lines=self.stage.lines_of(desk.station.member),
        )

    def _tell(self, sort: EventSort, line: Line) -> None:
        self._events.append(Event(self._now, sort, str(line.actor), _tail(line), line.number))


def _desk_actor(actor: Actor) -> DeskActor:
    """The grammar lets nobody else do these things."""
    if not isinstance(actor, DeskActor):
        raise TypeError(f"{actor} is no desk")
    return actor


def _tail(line: Line) -> str:
    """What the line says behind its time and its actor."""
    return " ".join(line.text.split()[1 + len(str(line.actor).split()) :])


def _clock(at: Instant) -> str:
    return f"{format_instant(at)[11:19]}Z"
