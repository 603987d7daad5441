# SPDX-License-Identifier: Apache-2.0
"""What must hold on a simulated day, all day long and at its end? Each rule says what broke it.

hourly   no duty twice, none gone · no stage that is not proved · STOP still sounds
always   a STOP is with every addressee within a bound, once a path exists
         · no face says “no conflict” of a pair that conflicts, nor “conflict” of one that does not (truth.py)
at last  all hold the same · every log verifies · no receipt was in vain · a restart changes nothing
         · equal duties where openings are equal · every rung was called when it was due, and no other
"""

from __future__ import annotations

import hashlib
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from tests.simulation.founding import EVERYONE, HOST, PARTIES
from tests.simulation.machine import Machine
from tests.simulation.oracle import Call, calls_on_notices, calls_on_stops, certainly_meet, read_logs
from tests.simulation.people import People
from tests.simulation.truth import Broken, Truth
from tests.simulation.world import DAY, HOUR, MINUTE, SECOND, World

from steerclear.links.notifier import Alarm
from steerclear.mechanism.obligation import Obligation
from steerclear.mechanism.obligations import obligations
from steerclear.mechanism.stages import stages_of
from steerclear.mechanism.view import View
from steerclear.model.finding import NoConflict
from steerclear.model.time import Instant, format_instant
from steerclear.record.bundle import parse_bundle
from steerclear.record.verify_path import verify_bundle

REACHED_WITHIN_MS: Final = 2 * MINUTE
"""A line loses at most three in a row and calls again within five seconds: two such lines, and leeway."""

TEN_MINUTES: Final = 10 * MINUTE

MOST_BELLS: Final = 10
LADDER: Final = (1, 2, 3)

DutyKey = tuple[str, str, str, str, str, int | None]


@dataclass
class Figures:
    """What a day is measured by."""

    entries: int = 0
    beats: int = 0
    sounding_in_an_hour: int = 0
    sounding_in_ten_minutes: int = 0
    rungs_checked: int = 0
    stops: int = 0
    faces_compared: int = 0
    conflicts_shown: int = 0
    digest: str = ""


@dataclass
class Watch:
    """Looks at one world while it lives, and once more when it is at rest."""

    world: World
    people: People
    _known: dict[str, dict[DutyKey, None]] = field(default_factory=dict)
    _paths: dict[tuple[str, str], Instant | None] = field(default_factory=dict)
    _called_by: dict[str, str] = field(default_factory=dict)
    rungs_checked: int = 0
    _truth: Truth = field(init=False)

    def __post_init__(self) -> None:
        self._truth = Truth(self.world)
        for machine in self.world.machines.values():
            machine.on_word = self._truth.look_at
        self._known = {member: {} for member in EVERYONE}
        self.world.on_change = self._paths_changed
        self.people.on_stop = self._stop_called
        self._hourly()

    def _hourly(self) -> None:
        def look() -> None:
            for machine in self.world.machines.values():
                if machine.is_up:
                    self.look_at(machine)
            self._hourly()

        self.world.after(self.world.chance.uniform(40 * MINUTE, 80 * MINUTE), look)

    # -- hourly -----------------------------------------------------------------------------------------

    def look_at(self, machine: Machine) -> None:
        now, view = machine.now(), machine.ledger.view
        duties = tuple(machine.ledger.duties.all(now))
        self._none_twice_none_gone(machine, duties)
        if duties != tuple(obligations(view, now)):
            raise Broken(f"{machine.member} keeps other duties than those that follow from what it holds")
        self._stop_still_sounds(machine, duties)
        self._stages_are_proved(machine, view)
        self._no_false_no_conflict(machine, view, now)
        self._truth.look_at(machine)

    def _none_twice_none_gone(self, machine: Machine, duties: tuple[Obligation, ...]) -> None:
        keys = Counter(_key(duty) for duty in duties)
        twice = [key for key, count in keys.items() if count > 1]
        if twice:
            raise Broken(f"{machine.member} shows a duty twice: {twice[0]}")
        # An amendment may move deadline, desk and creditor; what, about and the member that owes it stay.
        short = Counter(key[:3] for key in keys)
        before = Counter(key[:3] for key in self._known[machine.member] if key[0] != "check")
        gone = [key for key in before if key not in short]
        if gone:
            now = [key for key in keys if key[1] == gone[0][1]]
            raise Broken(f"{machine.member} has lost a duty: {gone[0]}; it has {now}")
        self._known[machine.member] = dict.fromkeys(keys)

    def _stop_still_sounds(self, machine: Machine, duties: tuple[Obligation, ...]) -> None:
        for duty in duties:
            waits = duty.what == "acknowledgement" and duty.about in self.people.stops and duty.is_owed
            if waits and duty.debtor.member == machine.member and not duty.called:
                raise Broken(f"{machine.member} {duty.debtor.desk}: {duty.words} nobody is called")

    def _stages_are_proved(self, machine: Machine, view: View) -> None:
        """DELIVERED stands on bytes on the other's disk; the rest on statements in the other's log."""
        for record in view.notices:
            said = record.newest.said
            for row in stages_of(view, record.id):
                disk = self.world.machines[row.member].belongings.disk
                held = disk.logs.get((said.place.author, said.place.generation), [])
                if row.delivered is not None and len(held) <= said.place.seq:
                    raise Broken(
                        f"{machine.member} shows {record.id} DELIVERED to {row.member}, who has it not"
                    )
                proofs = len(row.acknowledged) + len(row.disseminated)
                if proofs and row.delivered is None:
                    raise Broken(
                        f"{machine.member} shows {record.id} answered by {row.member} before DELIVERED"
                    )
                if row.recorded_at is not None and any(
                    len(self.world.machines[member].belongings.disk.logs.get((said.place.author, 0), []))
                    <= said.place.seq
                    for member in EVERYONE
                ):
                    raise Broken(f"{machine.member} shows {record.id} RECORDED; not everybody holds it")

    def _no_false_no_conflict(self, machine: Machine, view: View, now: Instant) -> None:
        """The same as truth.py asks, by plain geometry: no engine of ours says what meets."""
        drawn = self.people.drawn
        live = list(view.notices.live(now))
        newest = {one.notice: id_ for id_, one in drawn.items() if (one.author, one.seq) in machine.seen_at}
        for record in live:
            if not isinstance(view.findings.of(record.id, now).finding, NoConflict):
                continue
            mine = drawn.get(record.newest.id)
            for id_ in newest.values():
                other = drawn[id_]
                gone = self._is_over(machine, other, now)
                if (
                    mine is not None
                    and other.author != mine.author
                    and not gone
                    and certainly_meet(mine, other)
                ):
                    raise Broken(f"{machine.member} says NO CONFLICT of {mine} and {other}")

    def _is_over(self, machine: Machine, area: Any, now: Instant) -> bool:
        """As far as anybody may know: its author has taken it back, or its time has passed."""
        view = (
            self.world.machines[area.author].ledger.view if self.world.machines[area.author].is_up else None
        )
        record = view.notices.get(area.notice) if view is not None else None
        return record is None or not record.is_live(now) or area.end_s * 1000 + 5 * MINUTE < now

    # -- STOP reaches everybody ---------------------------------------------------------------------------

    def _stop_called(self, id_: str, machine: Machine) -> None:
        self._called_by[id_] = machine.member
        for member in EVERYONE:
            if member != machine.member:
                self._paths[id_, member] = None
        self._paths_changed()

    def _paths_changed(self) -> None:
        for (id_, member), since in list(self._paths.items()):
            there = self._is_path(self._called_by[id_], member)
            if there and since is None:
                self._paths[id_, member] = since = self.world.now()
                self.world.after(REACHED_WITHIN_MS, partial(self._must_be_there, id_, member, since))
            elif not there:
                self._paths[id_, member] = None

    def _must_be_there(self, id_: str, member: str, since: Instant) -> None:
        if self._paths.get((id_, member)) != since:
            return
        if self.world.machines[member].ledger.view.said(id_) is None:
            raise Broken(
                f"STOP {id_} is not with {member}, {REACHED_WITHIN_MS // SECOND} s after a path was there"
            )
        del self._paths[id_, member]

    def _is_path(self, one: str, other: str) -> bool:
        seen, left = {one}, deque([one])
        while left:
            at = left.popleft()
            for line in self.world.lines.values():
                if at in line.ends and self.world.is_open(line):
                    fresh = set(line.ends) - seen
                    seen |= fresh
                    left.extend(fresh)
        return other in seen

    # -- at last ------------------------------------------------------------------------------------------

    def check_all(self) -> Figures:
        """After everything was healed and has come to rest."""
        machines = self.world.machines
        for machine in machines.values():
            self.look_at(machine)
        held = {member: machine.holds_in_any_order() for member, machine in machines.items()}
        if any(one != held[HOST] for one in held.values()):
            sizes = {member: [row[:2] for row in rows] for member, rows in held.items()}
            raise Broken(f"they do not hold the same: {sizes}")
        self._receipts_were_not_in_vain()
        auditor = machines[self.world.chance.choice(EVERYONE)]
        verify_bundle(parse_bundle(auditor.up.everything()))
        self._duties_agree()
        self._restart_changes_nothing(auditor)
        logs = read_logs(machines)
        for party in PARTIES:
            machine = machines[party]
            for call in calls_on_notices(party, machine, logs, self.people.drawn):
                self._was_called(machine, call)
            for call in calls_on_stops(party, machine, logs):
                self._was_called(machine, call)
        worst_hour, worst_ten = self._alarms()
        self._what_is_too_much_folds()
        return Figures(
            entries=sum(map(len, logs.values())),
            beats=sum(line.kind == "node.beat" for log in logs.values() for line in log),
            sounding_in_an_hour=worst_hour,
            sounding_in_ten_minutes=worst_ten,
            rungs_checked=self.rungs_checked,
            stops=len(self.people.stops),
            faces_compared=self._truth.faces_compared,
            conflicts_shown=self._truth.conflicts_shown,
            digest=_digest(logs),
        )

    def _receipts_were_not_in_vain(self) -> None:
        for author, seq, id_ in self.people.kept:
            for machine in self.world.machines.values():
                place = machine.ledger.places.get(id_)
                if place != (author, 0, seq):
                    raise Broken(
                        f"{author} was shown a receipt for {id_} at {seq}; {machine.member} has it at {place}"
                    )

    def _duties_agree(self) -> None:
        """Two parties owe and are owed the same about everything that both can open."""
        one, other = (self.world.machines[party].ledger.view for party in PARTIES)
        now = self.world.now()
        both = [
            tuple(d for d in obligations(view, now) if _is_open_to(d, one, other)) for view in (one, other)
        ]
        mine, theirs = (sorted(map(repr, duties)) for duties in both)
        if mine != theirs:
            differing = sorted(set(mine) ^ set(theirs))
            raise Broken(f"{PARTIES} differ about what is owed: {differing[:2]}")

    def _restart_changes_nothing(self, machine: Machine) -> None:
        now = machine.now()
        before = list(obligations(machine.ledger.view, now))
        machine.crash()
        machine.start()
        after = list(obligations(machine.ledger.view, now))
        if sorted(map(repr, before)) != sorted(map(repr, after)):
            differing = set(map(repr, before)) ^ set(map(repr, after))
            raise Broken(f"{machine.member} owes other things after a restart: {sorted(differing)[:2]}")

    def _was_called(self, machine: Machine, call: Call) -> None:
        """The first bell of this rung came when it was due, or as soon as the machine was up; or never."""
        self.rungs_checked += 1
        rang = [
            alarm.at for alarm in machine.rung
            if (alarm.about, alarm.desk, alarm.rung) == (call.about, call.desk, call.number)
        ]  # fmt: skip
        due = call.at
        where = f"{machine.member} {call.desk} rung {call.number} for {call.about}"
        early = self._may_be_early_ms()
        if call.ends_at is not None and -early - 100 <= call.ends_at - due <= call.leeway_ms + 100:
            return  # both in the same moment: either may come first
        if call.ends_at is not None and call.ends_at < due:
            if rang:
                raise Broken(f"{where} rang at {_clock(rang[0])}, but it had ended at {_clock(call.ends_at)}")
            return
        up_at = due if machine.was_up(due) else machine.next_start(due)
        if up_at is None or due > machine.now() or (call.ends_at is not None and call.ends_at <= up_at):
            return
        leeway = call.leeway_ms if up_at == due and machine.was_up(due + call.leeway_ms) else 2_000
        if not machine.was_up(up_at + leeway):
            return  # it went down again in the same moment
        if not rang or not up_at - early <= rang[0] <= up_at + leeway:
            raise Broken(f"{where} was due at {_clock(due)} and rang {[_clock(at) for at in rang]}")

    def _may_be_early_ms(self) -> int:
        """A node that knows its own clock to be slow rings by what two others bear out; never later by it."""
        weather = self.world.weather
        return 2_000 + 2 * (weather.skew_ms + DAY * weather.drift_ppm // 1_000_000)

    def _alarms(self) -> tuple[int, int]:
        """The most that sounded at one desk within any hour, and within any ten minutes."""
        hour = ten = 0
        for machine in self.world.machines.values():
            for desk in {alarm.desk for alarm in machine.rung}:
                times = [alarm.at for alarm in machine.rung if alarm.desk == desk and is_new_sound(alarm)]
                hour = max(hour, _most_within(times, HOUR))
                ten = max(ten, _most_within(times, TEN_MINUTES))
        return hour, ten

    def _what_is_too_much_folds(self) -> None:
        """Above ten in ten minutes all but STOP and distress is one bell for each rung."""
        always = {*self.people.stops, *self.people.distress, *self.people.drilled}
        for machine in self.world.machines.values():
            for desk in {alarm.desk for alarm in machine.rung}:
                sounded = [one for one in machine.rung if one.desk == desk and one.about not in always]
                for begun, ended in machine.runs():
                    times = [one.at for one in sounded if one.sounds and begun <= one.at < ended]
                    if _most_within(times, TEN_MINUTES) > MOST_BELLS + len(LADDER):
                        raise Broken(f"{machine.member} {desk}: too many bells rang, and none was folded")


def is_new_sound(alarm: Alarm) -> bool:
    return alarm.sounds


def _most_within(times: list[Instant], span: int) -> int:
    times = sorted(times)
    return max((sum(at <= one < at + span for one in times) for at in times), default=0)


def _key(duty: Obligation) -> DutyKey:
    return (duty.what, duty.about, duty.debtor.member, duty.debtor.desk or "", duty.creditor, duty.due_at)


def _is_open_to(duty: Obligation, *views: View) -> bool:
    """Is what it is about, and the thing that this belongs to, open to all of them?"""
    if duty.what == "check":
        return True
    for view in views:
        if view.said(duty.about) is None:
            return False
        conflict = view.conflicts.get(duty.thing)
        if conflict is not None and any(view.notices.get(one) is None for one in conflict.notices):
            return False
        if conflict is None and view.said(duty.thing) is None:
            return False
    return True


def _digest(logs: dict[str, list[Any]]) -> str:
    """Of everything that was said, where and when. HPKE draws on the machine's chance: wrappings differ."""
    lines: Iterator[str] = (
        f"{line.author} {line.seq} {line.at} {line.id} {line.kind} {sorted(line.heads.items())}"
        for member in EVERYONE
        for line in logs[member]
    )
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _clock(at: int) -> str:
    return format_instant(Instant(at))[11:]


__all__ = ["HOST", "Broken", "Figures", "Watch"]
