# SPDX-License-Identifier: Apache-2.0
"""What conflicts in this world, really, and does any face say otherwise? Every pair, by the exact engine.

The world knows what nobody in it may: every area of every member as its author filed it, sealed or not. A
face is looked at whenever a word has come to its node or was written there, before the node does anything.

NO CONFLICT KNOWN   no area that lies in this node's logs, sealed or open, conflicts with this one
CONFLICT of a pair  the two versions that it names do conflict
UNDETERMINED        always allowed: it promises nothing
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from tests.simulation.machine import Machine
from tests.simulation.world import World

from steerclear.mechanism.annexes import BindingSeparation
from steerclear.mechanism.bodies import ConflictFound
from steerclear.mechanism.notices import NoticeRecord, Version
from steerclear.model.finding import Conflict, NoConflict
from steerclear.model.time import Instant
from steerclear.screening.assess import assess

__all__ = ["Broken", "Truth"]


class Broken(AssertionError):
    """A rule did not hold."""


@dataclass
class Truth:
    """All notices of one world, as their authors hold them, and how each pair of versions stands."""

    world: World
    faces_compared: int = 0
    conflicts_shown: int = 0
    _filed: dict[str, NoticeRecord] = field(default_factory=dict)
    _conflicting: dict[tuple[str, str, BindingSeparation], bool] = field(default_factory=dict)

    def look_at(self, machine: Machine) -> None:
        """Hold every face of this node against the world as it is."""
        if not machine.is_up:
            return
        self._gather()
        now, view = machine.now(), machine.ledger.view
        separation = view.annexes.separation(now)
        for record in view.notices.live(now):
            shown = view.findings.of(record.id, now)
            self.faces_compared += 1
            if isinstance(shown.finding, NoConflict) and separation is not None:
                self._is_true_of(machine, record, separation, now)
            for result in shown.results:
                if isinstance(result.body.finding, ConflictFound) and len(result.body.notices) == 2:
                    self.conflicts_shown += 1
                    self._are_in_conflict(machine, [named.version for named in result.body.notices])

    def _gather(self) -> None:
        """A machine that is down holds what it held; nobody can have more of it."""
        for machine in self.world.machines.values():
            if machine.is_up:
                for record in machine.ledger.view.notices:
                    if record.author == machine.member:
                        self._filed[record.id] = record

    def _is_true_of(
        self, machine: Machine, record: NoticeRecord, separation: BindingSeparation, now: Instant
    ) -> None:
        for other in self._beside(machine, record, now):
            if self._conflict(record.newest, other.newest, separation):
                raise Broken(
                    f"{machine.member} says NO CONFLICT of {record.author} {record.id}, and "
                    f"{other.author} {other.id} conflicts with it"
                )

    def _beside(self, machine: Machine, record: NoticeRecord, now: Instant) -> Iterator[NoticeRecord]:
        """What is live of others by all that their authors know, and lies here in its newest version."""
        sizes = machine.ledger.sizes()
        for other in self._filed.values():
            place = other.newest.said.place
            # Who screened after the word that it is over had seen it, whatever a slow clock here shows.
            ended = other.withdrawn is not None or other.cold is not None or not other.is_live(now)
            if other.author != record.author and place.seq < sizes[place.author] and not ended:
                yield other

    def _are_in_conflict(self, machine: Machine, versions: list[str]) -> None:
        """Under the minima that bound when it was found: those of any day of this world are the same."""
        known = {version.id: version for record in self._filed.values() for version in record.versions}
        separation = machine.ledger.view.annexes.separation(machine.now())
        if separation is None or any(id_ not in known for id_ in versions):
            return
        one, other = (known[id_] for id_ in versions)
        if not self._conflict(one, other, separation):
            raise Broken(f"{machine.member} says CONFLICT of {one.id} and {other.id}, which keep clear")

    def _conflict(self, one: Version, other: Version, separation: BindingSeparation) -> bool:
        key = (min(one.id, other.id), max(one.id, other.id), separation)
        if key not in self._conflicting:
            minima = separation.minima(
                one.content.kind, other.content.kind, one.content.domain, other.content.domain
            )
            self._conflicting[key] = any(
                isinstance(assess(ours, theirs, minima), Conflict)
                for ours in one.content.volumes
                for theirs in other.content.volumes
            )
        return self._conflicting[key]
