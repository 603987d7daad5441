# SPDX-License-Identifier: Apache-2.0
"""One member's node in a play: the workings of a real node, on a disk in memory and a clock that is scripted.

    request ──► Workings ──► Ledger ──► MemoryStore
                   └──► bundles to and from the other stations

A crash throws the process away and keeps the disk, the keys and the high-water mark, as a crash does.
"""

from __future__ import annotations

from collections.abc import Collection

from steerclear.errors import Refused, Unreachable
from steerclear.formats.places import Gazetteer
from steerclear.links.clock import Clock
from steerclear.links.keystore import Keystore
from steerclear.links.notifier import Alarm
from steerclear.links.randomness import Randomness
from steerclear.mechanism.view import View
from steerclear.model.member import MemberId
from steerclear.model.time import Instant
from steerclear.record.bundle import parse_bundle
from steerclear.record.charter import Charter
from steerclear.record.report import VerifyReport
from steerclear.record.verify_path import verify_bundle
from steerclear.replay.flying import Flying
from steerclear.services.answers import Receipt
from steerclear.services.ledger import Filed, Ledger
from steerclear.services.speak import Voice, speak
from steerclear.services.verbs import Request
from steerclear.services.workings import Workings
from steerclear.store.highwater import Mark
from steerclear.store.memory import MemoryDisk, MemoryStore
from steerclear.tracking import Reports

__all__ = ["MemoryMark", "Station", "machine_down"]


def machine_down(member: MemberId) -> Unreachable:
    return Unreachable(
        "play-machine-down",
        f"The machine of {member} is down: nobody there can say or see anything.",
        where=member,
        remedy=f"Let the world restart {member} first.",
    )


class MemoryMark:
    """The high-water mark beside the disk: it outlives a crash."""

    def __init__(self) -> None:
        self._mark: Mark | None = None

    def read(self) -> Mark | None:
        return self._mark

    def keep(self, mark: Mark) -> None:
        self._mark = mark


class Station:
    """The node of ``member``. ``start`` reads the disk again, as a process does that comes up."""

    def __init__(
        self,
        *,
        member: MemberId,
        charter: Charter,
        keys: Keystore,
        clock: Clock,
        randomness: Randomness,
        places: Gazetteer,
    ) -> None:
        self.member = member
        self.places = places
        self.alarms: list[Alarm] = []
        """What has rung at this member's desks, in order; ears remember what a process forgets."""
        self.flying: list[Flying] = []
        """What its feeds show; radars go on when a machine stops."""
        self._looked_at: Instant | None = None
        self._charter = charter
        self._keys = keys
        self._clock = clock
        self._randomness = randomness
        self._disk = MemoryDisk()
        self._mark = MemoryMark()
        self._process: Workings | None = None
        self.start()

    @property
    def is_up(self) -> bool:
        return self._process is not None

    @property
    def ledger(self) -> Ledger:
        return self._up.ledger

    @property
    def view(self) -> View:
        return self.ledger.view

    @property
    def _up(self) -> Workings:
        if self._process is None:
            raise machine_down(self.member)
        return self._process

    def start(self) -> None:
        ledger = Ledger(
            charter=self._charter,
            me=self.member,
            store=MemoryStore(self._disk),
            keys=self._keys,
            clock=self._clock,
            randomness=self._randomness,
            high_water=self._mark,
        )
        self._process = Workings(ledger, self.places)

    def crash(self) -> None:
        self._process = None

    # -- what a desk can do ---------------------------------------------------------------------------

    def ask(self, request: Request) -> tuple[Receipt, ...]:
        """Carry out a request as the faces' requests are carried out. Raises what the services raise."""
        return self._up.do(request)

    def say(
        self, body: object, *, voice: Voice, to: Collection[str], readers: Collection[str] | None = None
    ) -> Filed:
        """Sign and file a statement as it is."""
        return speak(self.ledger, body, voice=voice, to=to, readers=readers)

    def fly(self, one: Flying) -> None:
        """Its feeds show this from now on; of one track the last that was said holds."""
        others = (before for before in self.flying if before.shown.track != one.shown.track)
        self.flying = [*others, one]

    # -- what the machine does by itself ----------------------------------------------------------------

    def exchange_with(self, other: Station) -> bool:
        """One call and its answer, in the form that everything between nodes has; whether more would come."""
        answered = other._up.answer(self.member, self._up.make(other.member))
        return self._up.take(other.member, answered)

    def step(self) -> tuple[Alarm, ...]:
        """Look at the live picture, screen, confirm and name keys ahead, as far as it is due; what rings."""
        self._look_live()
        rung = self._up.step()
        self._require_no_fault()
        self.alarms.extend(rung)
        return rung

    def _look_live(self) -> None:
        """Once at each moment: an alarm rings at the second look, and two looks at one moment are one."""
        now = self._clock.now()
        if self._looked_at == now:
            return
        self._looked_at = now
        live = self._up.live
        for one in self.flying:
            track = one.report(now)
            if track is not None:
                live.take(Reports.of([track]), now, whose=one.shown.whose)
        live.listen()
        if live.holders:
            live.step()

    def _require_no_fault(self) -> None:
        """A running node shows a fault and goes on; in a play it would hide that the story went wrong."""
        for duty, why in self._up.faults.items():
            raise Refused(
                "play-node-fault",
                f"The node of {self.member} could not {duty}: {why}",
                where=self.member,
                remedy="Mend the node, or let the play say what is expected to go wrong.",
            )

    def holds(self) -> tuple[tuple[str, int, bytes | None], ...]:
        """Of every log how much of it is here, and its newest checkpoint with all lines under it."""
        ledger = self.ledger
        return tuple((name, size, ledger.notes.newest(name)) for name, size in ledger.sizes().items())

    def verify(self) -> VerifyReport:
        """Check everything that this node holds again, from its bytes, as an auditor would."""
        return verify_bundle(parse_bundle(self._up.everything()))
