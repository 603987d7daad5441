# SPDX-License-Identifier: Apache-2.0
"""What do people do on a simulated day? They file, call, answer, forget, and look at what they owe.

plan       what somebody begins: notices of all classes, STOP, distress, questions, sites, movements …
answers    what follows from an alarm: soon, late, or never
rounds     every forty minutes or so a desk works off its list
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from tests.simulation.founding import HOST, PARTIES
from tests.simulation.machine import Machine
from tests.simulation.world import DAY, HOUR, MINUTE, SECOND, World

from steerclear.errors import Refused
from steerclear.links.notifier import Alarm
from steerclear.mechanism import bodies as said
from steerclear.mechanism.obligation import Obligation
from steerclear.model.catalogue import CATALOGUE_HASH
from steerclear.model.member import MemberId
from steerclear.model.space import Circle, Position
from steerclear.model.time import Instant, format_instant
from steerclear.services import requests as ask
from steerclear.services.ledger import Filed
from steerclear.services.speak import by_authority, by_desk, speak
from steerclear.services.verbs import Request

CLUSTERS: Final = ((33.5, 36.3), (34.5, 37.6), (35.2, 40.1))
"""Three neighbourhoods, so that some areas meet."""

KINDS: Final = ("hazard", "hazard", "flight", "flight", "drone", "keep-out", "emission")


@dataclass(frozen=True)
class Drawn:
    """An area as its author drew it: what the oracle knows without asking the product."""

    author: str
    seq: int
    ref: str
    lat: float
    lon: float
    radius_m: int
    lower_ft: int
    upper_ft: int
    start_s: int
    end_s: int
    notice: str


@dataclass(frozen=True)
class Habits:
    """``quick`` part of the alarms is answered in minutes, ``late`` part within the hour, the rest never."""

    notices: int = 12
    quick: float = 0.75
    late: float = 0.15
    alarms: bool = True
    """Are there calls for STOP, distress and the other things of a bad day?"""


class People:
    """Everybody at every desk of one world."""

    def __init__(self, world: World, habits: Habits) -> None:
        self.world = world
        self.habits = habits
        self.chance = world.chance
        self.kept: list[tuple[str, int, str]] = []
        """Author, place and id of everything for which somebody was shown a receipt."""
        self.drawn: dict[str, Drawn] = {}
        """By the id of the statement that files or amends."""
        self.stops: list[str] = []
        self.distress: list[str] = []
        self.drilled: list[str] = []
        self.on_stop: Callable[[str, Machine], None] = lambda _id, _machine: None
        self.at_work = True
        world.on_rung = self.hear
        self._plan()

    # -- the plan of the day ------------------------------------------------------------------------------

    def _plan(self) -> None:
        for _ in range(self.habits.notices):
            self._some_time(self._file)
        for party in PARTIES:
            self._some_time(self._file_movement, of=party)
        for machine in self.world.machines.values():
            self._round_after(machine)
        for party in PARTIES:
            for desk in ("air", "ground"):
                self._watches(party, desk)
        for what, most in (
            (self._send_signal, 2), (self._amend, 3), (self._withdraw, 1), (self._activate, 3),
            (self._voice, 1), (self._check, 1),
        ):  # fmt: skip
            for _ in range(self.chance.randint(0, most)):
                self._some_time(what)
        if self.habits.alarms:
            for what, most in (
                (self._call_stop, 2), (self._call_distress, 1), (self._ask_ownership, 1), (self._site, 1),
                (self._standstill, 1), (self._suspend, 1), (self._incident, 1), (self._claim, 1),
                (self._drill, 1), (self._propose_way_out, 2), (self._try_contact, 1),
            ):  # fmt: skip
                for _ in range(self.chance.randint(0, most)):
                    self._some_time(what)

    def _some_time(self, what: Callable[[Machine], object], *, of: str | None = None) -> None:
        party = of or self.chance.choice(PARTIES)
        at_ms = self.chance.uniform(5 * MINUTE, DAY - 2 * HOUR)
        self.world.after(at_ms, lambda: self._try(self.world.machines[party], what))

    def _try(self, machine: Machine, what: Callable[[Machine], object]) -> None:
        if machine.is_up and self.at_work:
            what(machine)

    def _later(self, machine: Machine, ms: float, what: Callable[[Machine], object]) -> None:
        self.world.after(ms, lambda: self._try(machine, what))

    def _desk(self) -> str:
        return self.chance.choice(("air", "air", "ground"))

    # -- saying -------------------------------------------------------------------------------------------

    def do(self, machine: Machine, request: Request) -> str | None:
        """Ask the node as a face does; its receipt is kept and held against the record at the end."""
        ids: list[str] = []

        def work() -> None:
            for receipt in machine.up.do(request):
                ids.append(receipt.id)
                if receipt.seq is not None:
                    self.kept.append((machine.member, receipt.seq, receipt.id))

        return ids[-1] if self.world.say(machine, work) and ids else None

    def say(
        self, machine: Machine, body: Any, *, desk: str | None = "air", to: tuple[str, ...] | None = None
    ) -> str | None:
        """A statement as it is; ``desk`` ``None`` is whoever binds the member."""
        others = to if to is not None else tuple(m for m in self.world.machines if m != machine.member)
        voice = by_desk(desk) if desk is not None else by_authority()
        filed: list[Filed] = []

        def work() -> None:
            filed.append(speak(machine.ledger, body, voice=voice, to=others))
            if filed[0].seq is not None:
                self.kept.append((machine.member, filed[0].seq, filed[0].id))

        return filed[0].id if self.world.say(machine, work) and filed else None

    # -- notices ------------------------------------------------------------------------------------------

    def _file(self, machine: Machine) -> None:
        lead_ms = self.chance.choice((10, 20, 45, 90, 180, 300, 400, 1500)) * MINUTE
        drawn = self._draw(machine, lead_ms)
        beside = [
            one for one in self.drawn.values()
            if one.author != machine.member and one.end_s * 1000 > machine.now() + 30 * MINUTE
        ]  # fmt: skip
        if beside and self.chance.random() < 0.8:
            # Both have reason to be at the same place: that is what a mechanism is for.
            near = self.chance.choice(beside)
            lat, lon = near.lat + self.chance.uniform(-0.06, 0.06), near.lon
            drawn = replace(drawn, lat=lat, lon=lon, lower_ft=near.lower_ft)
            drawn = replace(drawn, start_s=max(near.start_s, machine.now() // 1000) + 300)
            drawn = replace(drawn, upper_ft=drawn.lower_ft + 5_000, end_s=drawn.start_s + 3_600)
        id_ = self._file_drawn(machine, drawn, self.chance.choice(KINDS), amends=None)
        if id_ is not None and self.chance.random() < 0.3:
            self._later(machine, 8 * MINUTE, partial(self._take_alternative, id_))

    def _take_alternative(self, id_: str, machine: Machine) -> None:
        """Another start, if one was offered; where it goes is read back from the notice."""
        record = machine.ledger.view.notices.get(id_)
        if record is None or record.desk is None:
            return
        fresh = self.do(machine, ask.TakeAlternative(desk=record.desk, about=id_, way="start"))
        if fresh is None:
            return  # refused, or its power failed on the way
        record = machine.ledger.view.notices.get(id_)
        if record is not None:
            span = record.newest.span
            drawn = replace(self.drawn[id_], seq=record.newest.said.place.seq)
            self.drawn[fresh] = replace(drawn, start_s=span.start_s, end_s=span.end_s)

    def _draw(self, machine: Machine, lead_ms: int) -> Drawn:
        lat, lon = self.chance.choice(CLUSTERS)
        start_s = (machine.now() + lead_ms) // 1000
        lower = self.chance.choice((0, 4_000, 9_000))
        return Drawn(
            author=machine.member,
            seq=-1,
            ref=f"A{len(self.drawn) + 1}",
            lat=lat + self.chance.uniform(-0.1, 0.1),
            lon=lon + self.chance.uniform(-0.1, 0.1),
            radius_m=self.chance.choice((1_000, 3_000, 6_000)),
            lower_ft=lower,
            upper_ft=lower + 5_000,
            start_s=start_s,
            end_s=start_s + self.chance.choice((30, 120, 240)) * 60,
            notice="",
        )

    def _file_drawn(self, machine: Machine, drawn: Drawn, kind: str, *, amends: str | None) -> str | None:
        request = ask.FileNotices(desk=self._desk(), geojson=_geojson(drawn, kind), amends=amends)
        wanted: list[ask.FileNotices] = [request]
        filed: list[str] = []

        def work() -> None:
            try:
                receipt = machine.up.do(wanted[0])[0]
            except Refused as refusal:
                if refusal.code != "gate-warns":
                    raise
                codes = re.findall(r"--override ([a-z-]+)=", refusal.remedy or "")
                wanted[0] = replace(wanted[0], overrides=dict.fromkeys(codes, "as agreed on the line"))
                receipt = machine.up.do(wanted[0])[0]
            assert receipt.seq is not None
            self.kept.append((machine.member, receipt.seq, receipt.id))
            self.drawn[receipt.id] = replace(drawn, seq=receipt.seq, notice=amends or receipt.id)
            filed.append(receipt.id)

        return filed[0] if self.world.say(machine, work) else None

    def _own_notice(self, machine: Machine) -> Drawn | None:
        """One of its own that has not ended, in its newest drawing."""
        newest = {one.notice: one for one in self.drawn.values() if one.author == machine.member}
        live = [one for one in newest.values() if one.end_s * 1000 > machine.now()]
        return self.chance.choice(live) if live else None

    def _amend(self, machine: Machine) -> None:
        old = self._own_notice(machine)
        if old is None:
            return
        record = machine.ledger.view.notices.get(old.notice)
        if record is not None:
            shift = self.chance.choice((-0.1, 0.08))
            fresh = replace(old, lat=old.lat + shift, start_s=old.start_s + 600, end_s=old.end_s + 900)
            self._file_drawn(machine, fresh, record.newest.content.kind.value, amends=old.notice)

    def _withdraw(self, machine: Machine) -> None:
        old = self._own_notice(machine)
        if old is not None:
            self.do(machine, ask.Withdraw(desk="air", about=old.notice, reason="no longer needed"))

    def _activate(self, machine: Machine) -> None:
        old = self._own_notice(machine)
        if old is not None and old.start_s * 1000 <= machine.now():
            self.do(machine, ask.Activate(desk="air", about=old.notice))

    def _file_movement(self, machine: Machine) -> None:
        drawn = replace(self._draw(machine, self.chance.choice((90, 400)) * MINUTE), lower_ft=0, upper_ft=500)
        self._file_drawn(machine, drawn, "movement", amends=None)

    def _try_contact(self, machine: Machine) -> None:
        moving = [n for n in machine.ledger.view.notices if n.newest.content.kind.value == "movement"]
        if moving:
            for _ in range(3):
                attempt = said.ContactAttempt(
                    moving[-1].id, "radio", machine.now(), said.ContactResult.NO_CONTACT
                )
                self.say(machine, attempt)

    # -- alarms and questions -----------------------------------------------------------------------------

    def _place(self) -> tuple[float, float]:
        lat, lon = self.chance.choice(CLUSTERS)
        return lat + self.chance.uniform(-1, 1), lon + self.chance.uniform(-1, 1)

    def _call_stop(self, machine: Machine) -> None:
        lat, lon = self._place()
        place = f"{abs(lat):.4f}N {abs(lon):.4f}E"
        id_ = self.do(machine, ask.CallStop(desk="ground", place=place, seen="fire", basis="own-forces"))
        if id_ is not None:
            self.stops.append(id_)
            self.on_stop(id_, machine)

    def _call_distress(self, machine: Machine) -> None:
        body = said.DistressCall(
            place=_position(*self._place()),
            near=None,
            seen_at=machine.now(),
            who=said.InDistress.AIRCRAFT,
            people=2,
            seen="smoke",
            drill=None,
        )
        id_ = self.say(machine, body)
        if id_ is not None:
            self.distress.append(id_)

    def _ask_ownership(self, machine: Machine) -> None:
        lat, lon = self._place()
        other = next(party for party in PARTIES if party != machine.member)
        place = f"{lat:.4f}N {lon:.4f}E"
        self.do(machine, ask.AskOwnership(desk="ground", of=(other,), place=place, seen="a column"))

    # -- the rest of a day --------------------------------------------------------------------------------

    def _send_signal(self, machine: Machine) -> None:
        at = format_instant(Instant(machine.now() + HOUR))
        if self.chance.random() < 0.5:
            self.do(machine, ask.SendSignal(desk="air", code="stand-by", slots={"time": at}))
        else:
            body = said.SignalSend("line-check", (), True, CATALOGUE_HASH, None)
            self.say(machine, body, to=tuple(party for party in PARTIES if party != machine.member))

    def _voice(self, machine: Machine) -> None:
        other = next(party for party in PARTIES if party != machine.member)
        speaker, listener = MemberId(machine.member), MemberId(other)
        body = said.VoiceLog(speaker, listener, machine.now(), "good evening", False, None, None)
        self.say(machine, body)

    def _check(self, _machine: Machine) -> None:
        host = self.world.machines[HOST]
        if host.is_up:
            self.say(host, said.CheckCall(None, "node"), to=PARTIES)

    def _site(self, machine: Machine) -> None:
        body = said.SiteRegister(
            "Clinic 4", said.SiteCategory.HOSPITAL, Circle(_position(*self._place()), 300_000), None, None
        )
        self.say(machine, body, desk="ground")

    def _standstill(self, machine: Machine) -> None:
        now = machine.now()
        body = said.StandstillPropose(
            Circle(_position(*self._place()), 20_000_000),
            "no flights",
            Instant(now + 2 * HOUR),
            Instant(now + 6 * HOUR),
        )
        self.say(machine, body)

    def _suspend(self, machine: Machine) -> None:
        if self.do(machine, ask.SuspendMechanism(because="talks")) is not None:
            self._later(
                machine,
                self.chance.uniform(20 * MINUTE, 3 * HOUR),
                lambda one: self.do(one, ask.ResumeMechanism()),
            )

    def _incident(self, machine: Machine) -> None:
        involved = tuple(map(MemberId, PARTIES))
        body = said.IncidentOpen("Flares seen", machine.now(), None, involved)
        self.say(machine, body)

    def _claim(self, machine: Machine) -> None:
        other = next(party for party in PARTIES if party != machine.member)
        self.say(machine, said.ViolationClaim(machine.now(), None, "no notice", None, ()), to=(other,))

    def _drill(self, machine: Machine) -> None:
        id_ = self.say(machine, said.DrillStart("line drill", None))
        if id_ is None:
            return
        call = said.StopCall(_position(32.4, 42.0), None, machine.now(), None, said.Basis.UNSURE, None, id_)
        stop = self.say(machine, call, to=tuple(party for party in PARTIES if party != machine.member))
        if stop is not None:
            self.drilled.append(stop)
        self._later(machine, 50 * MINUTE, lambda one: self.say(one, said.DrillEnd(id_, None)))

    def _propose_way_out(self, machine: Machine) -> None:
        view, now = machine.ledger.view, machine.now()
        open_ones = [one for one in view.conflicts if one.is_open and view.conflicts.stands(one, now)]
        if not open_ones:
            return
        body = said.ConflictPropose(
            open_ones[0].notices, said.Evidence.SCREENED, "you first", None, Instant(now + HOUR)
        )
        self.say(machine, body, to=tuple(party for party in PARTIES if party != machine.member))

    def _watches(self, party: str, desk: str) -> None:
        machine = self.world.machines[party]
        self._later(machine, 10 * SECOND, lambda one: self._take(one, desk))
        for hour in (8, 16):
            ms = hour * HOUR + self.chance.uniform(0, 5 * MINUTE)
            if self.chance.random() < 0.8:
                self._later(
                    machine,
                    ms,
                    lambda one: self.say(one, said.WatchHandOver(None), desk=desk, to=()),
                )
            self._later(machine, ms + 3 * MINUTE, lambda one: self._take(one, desk))

    def _take(self, machine: Machine, desk: str) -> None:
        handed = [
            one
            for one in machine.ledger.view.book.of_kind("watch.hand-over")
            if (one.author, one.desk) == (machine.member, desk)
        ]
        self.say(machine, said.WatchTake(handed[-1].id if handed else None), desk=desk, to=())

    # -- answers ------------------------------------------------------------------------------------------

    def hear(self, machine: Machine, rung: tuple[Alarm, ...]) -> None:
        """An alarm is answered by the rung that it called, soon, late or never."""
        for alarm in rung:
            draw = self.chance.random()
            if draw < self.habits.quick:
                wait_ms = self.chance.uniform(15 * SECOND, 4 * MINUTE)
            elif draw < self.habits.quick + self.habits.late:
                wait_ms = self.chance.uniform(8 * MINUTE, HOUR)
            else:
                continue
            self._later(machine, wait_ms, partial(self._acknowledge, alarm))

    def _acknowledge(self, alarm: Alarm, machine: Machine) -> None:
        still = [
            duty
            for duty in machine.ledger.duties.owed(machine.now())
            if duty.what == "acknowledgement" and duty.about == alarm.about
            and duty.debtor.member == machine.member and duty.debtor.desk == alarm.desk
        ]  # fmt: skip
        if still:
            self.do(machine, ask.Acknowledge(desk=alarm.desk, about=alarm.about, rung=alarm.rung))

    def _round_after(self, machine: Machine) -> None:
        def work() -> None:
            if machine.is_up and self.at_work:
                self.go_round(machine)
            if self.at_work:
                self._round_after(machine)

        self.world.after(self.chance.uniform(25 * MINUTE, 55 * MINUTE), work)

    def go_round(self, machine: Machine) -> None:
        """A desk works off what its member owes now or in the next two hours, as far as it likes."""
        soon = machine.now() + 2 * HOUR
        for duty in list(machine.ledger.duties.owed(machine.now())):
            is_near = duty.due_at is not None and duty.due_at <= soon
            if duty.debtor.member == machine.member and is_near and self.chance.random() < self.habits.quick:
                self._do_duty(machine, duty)

    def _do_duty(self, machine: Machine, duty: Obligation) -> None:
        """What is done about each kind of duty; what only a machine can do is left to it."""
        desk, about = duty.debtor.desk or "air", duty.about
        match duty.what:
            case "acknowledgement":
                self.do(machine, ask.Acknowledge(desk=desk, about=about, rung=2))
                if self.chance.random() < 0.15 and machine.ledger.view.notices.get(duty.thing):
                    self._unable(machine, duty.thing)
            case "dissemination" if machine.ledger.view.notices.get(duty.thing) is not None:
                self.do(machine, ask.Disseminate(desk=desk, about=about, echelon="headquarters"))
            case "dissemination":
                body = said.Disseminate(about, said.Echelon.OPERATOR, Instant(machine.now() + DAY))
                self.say(machine, body, desk=desk)
            case "outcome":
                outcome = self.chance.choice(("stopping", "stopped", "not-ours", "not-known"))
                if machine.ledger.view.stops.get(duty.thing) is not None:
                    self.do(machine, ask.Answer(desk=desk, about=about, answer=outcome))
                else:
                    keeping = said.DistressOutcome.KEEPING_CLEAR
                    self.say(machine, said.DistressAnswer(duty.thing, keeping, None))
            case "renewal" if machine.ledger.view.stops.get(duty.thing) is not None:
                self.do(machine, ask.Answer(desk=desk, about=duty.thing, answer="stopped"))
            case "renewal" if machine.ledger.view.sites.get(duty.thing) is not None:
                self.say(machine, said.SiteRenew((duty.thing,)))
            case "close":
                self.do(machine, ask.CloseStop(desk=desk, about=about))
            case "ownership":
                self.do(machine, ask.Answer(desk=desk, about=about, answer="not-ours-no-contact"))
            case "cold":
                if duty.due_at is not None and duty.due_at < machine.now() + 10 * MINUTE:
                    self.do(machine, ask.GoCold(desk=desk, about=about))
            case "report" | "contact":
                self._report(machine, duty)
            case "answer-to-unable":
                self.say(machine, said.Proceed(about, "no other window"))
            case "proposal-answer":
                self.say(machine, said.ConflictAccept(about, None))
            case "check":
                slot_at = Instant(int(about))
                if abs(slot_at - machine.now()) <= 15 * MINUTE:
                    self.say(machine, said.CheckCall(slot_at, "node"), to=PARTIES)
            case "check-answer":
                self.say(machine, said.CheckAnswer(about, 5), to=(HOST,))
            case "read-back":
                sent = machine.ledger.view.signals.get(about)
                assert sent is not None
                self.say(machine, said.SignalReadBack(about, sent.sent.body.code, sent.sent.body.slots))
            case "standstill-answer":
                self.say(machine, said.StandstillAccept(about))
            case "violation-answer":
                self.say(machine, said.ViolationAnswer(about, said.Claimed.CONTEST, "we gave notice"))
            case _:
                pass

    def _unable(self, machine: Machine, notice: str) -> None:
        until = format_instant(Instant(machine.now() + HOUR))
        self.do(
            machine, ask.Unable(desk="air", about=notice, until=until, part="the north", reason="recovery")
        )

    def _report(self, machine: Machine, duty: Obligation) -> None:
        steps = (said.MovementStep.DEPARTED, said.MovementStep.PASSING, said.MovementStep.ARRIVED)
        step = self.chance.choice(steps)
        body = said.MovementReport(duty.thing, step, None, machine.now(), None, None)
        self.say(machine, body)


def _position(lat: float, lon: float) -> Position:
    return Position(round(lat * 1e7), round(lon * 1e7))


def _geojson(drawn: Drawn, kind: str) -> str:
    when = [format_instant(Instant(at * 1000)) for at in (drawn.start_s, drawn.end_s)]
    properties = {
        "id": drawn.ref,
        "party": drawn.author,
        "kind": kind,
        "radius_m": drawn.radius_m,
        "lower": {"value": drawn.lower_ft, "unit": "ft", "datum": "AMSL"},
        "upper": {"value": drawn.upper_ft, "unit": "ft", "datum": "AMSL"},
        "start": when[0],
        "end": when[1],
    }
    point = {"type": "Point", "coordinates": [round(drawn.lon, 5), round(drawn.lat, 5)]}
    return json.dumps({"type": "Feature", "geometry": point, "properties": properties})
