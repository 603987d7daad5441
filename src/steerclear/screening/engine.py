# SPDX-License-Identifier: Apache-2.0
"""Which notices conflict? The engine by notice, to be used with or without a node.

    engine = Engine.of_notices(notices, SeparationMinima(lateral_mm=9_260_000, vertical_ft=1_000, time_s=0))
    engine.all_conflicts()          # everything, in the order of references
    engine.query(notice)            # what one notice meets; it need not stand there
    engine.insert(notice); engine.amend(notice); engine.remove(party, ref)

A notice is known by its party and its reference. A party's own notices are never compared with each other,
and so never with an earlier version of themselves: that is a rule here, and not the caller's care.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from steerclear.errors import BadInput
from steerclear.geometry.grid import NOBODY
from steerclear.geometry.lateral import Approach
from steerclear.model.finding import Conflict, Finding, SeparationMinima, Undetermined
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice
from steerclear.screening.assess import finding_of, first_of_standing, needs_terrain
from steerclear.screening.findings import PairFinding, Screening
from steerclear.screening.minima import MinimaBetween, minima_between
from steerclear.screening.prepared import Prepared, prepare
from steerclear.screening.volume_engine import FoundPairs, VolumeEngine
from steerclear.screening.volumes import KINDS, VolumeArrays

__all__ = ["Engine"]

_MOST_GONE: Final = 1_024


@dataclass(frozen=True, slots=True)
class _Slot:
    """Volume ``volume`` (from 0) of a notice."""

    notice: Notice
    volume: int


class Engine:
    """Notices by party and reference, and their conflicts.

    ``minima``   one for all, or a function of two kinds that gives the same for both orders
    ``threads``  of finding all conflicts; ``None`` takes one for each core
    ``memory_limit_bytes``  what outlines may take at most, and the index as much again; ``None`` is what
                            the machine has to spare
    """

    def __init__(
        self,
        minima: SeparationMinima | MinimaBetween,
        *,
        threads: int | None = None,
        memory_limit_bytes: int | None = None,
    ) -> None:
        self._between = minima_between(minima)
        self._threads, self._limit_bytes = threads, memory_limit_bytes
        self._volumes = self._empty()
        self._slots: list[_Slot] = []
        self._rows_of: dict[tuple[MemberId, str], range] = {}
        self._party_code: dict[MemberId, int] = {}

    @classmethod
    def of_notices(
        cls,
        notices: Iterable[Notice],
        minima: SeparationMinima | MinimaBetween,
        *,
        threads: int | None = None,
        memory_limit_bytes: int | None = None,
    ) -> Engine:
        """An engine of many notices at once. Raises as ``extend``."""
        engine = cls(minima, threads=threads, memory_limit_bytes=memory_limit_bytes)
        engine.extend(notices)
        return engine

    def __len__(self) -> int:
        return len(self._rows_of)

    def __contains__(self, key: object) -> bool:
        """Whether a notice stands under (party, reference)."""
        return key in self._rows_of

    def __iter__(self) -> Iterator[Notice]:
        """The notices that stand, in the order of references, then parties."""
        standing = (self._slots[rows.start].notice for rows in self._rows_of.values())
        return iter(sorted(standing, key=_order))

    @property
    def volumes(self) -> int:
        """How many volumes the notices have together."""
        return len(self._volumes)

    @property
    def memory_bytes(self) -> int:
        """What volumes, outlines and index take; the notices themselves are not counted."""
        return self._volumes.memory_bytes

    # ------------------------------------------------------------------------------------- what changes

    def extend(self, notices: Iterable[Notice]) -> None:
        """Add many notices.

        Raises ``BadInput``, and then nothing was added: ``notice-stands-already`` for a party and reference
        that stand here or come twice; the codes of ``check_footprint``; ``too-many-volumes``.
        """
        some = list(notices)
        keys = [_key(notice) for notice in some]
        for key in keys:
            if key in self._rows_of:
                raise _stands_already(key)
        if len(set(keys)) != len(keys):
            raise _stands_already(next(key for key in keys if keys.count(key) > 1))
        self._added(some)

    def insert(self, notice: Notice) -> None:
        """Add a notice. Raises as ``extend``."""
        self.extend((notice,))

    def amend(self, notice: Notice) -> None:
        """Put a notice in the place of the one with its party and reference. Raises ``KeyError`` when none
        stands there, and ``BadInput`` as ``extend``; then the earlier one stays."""
        rows = self._rows_of[_key(notice)]
        self._added((notice,))
        self._forget(rows)

    def remove(self, party: MemberId, ref: str) -> None:
        """Take a notice out. Raises ``KeyError`` when there is none."""
        self._forget(self._rows_of.pop((party, ref)))

    def _added(self, notices: Sequence[Notice]) -> None:
        if not notices:
            return
        rows = iter(self._volumes.extend(self._arrays_of(notices)))
        for notice in notices:
            self._slots += [_Slot(notice, volume) for volume in range(len(notice.volumes))]
            own = [next(rows) for _ in notice.volumes]
            self._rows_of[_key(notice)] = range(own[0], own[-1] + 1)

    def _forget(self, rows: range) -> None:
        for row in rows:
            self._volumes.remove(row)
        if len(self._slots) > _MOST_GONE + 2 * len(self._volumes):
            self._compact()

    def _compact(self) -> None:
        """Give back what removed volumes hold: a second engine of those that stand takes this one's place.

        Both stand for a moment. Where the machine has no memory for that, this one stays as it is: a removal
        is never refused.
        """
        fresh = Engine(self._between, threads=self._threads, memory_limit_bytes=self._limit_bytes)
        try:
            fresh.extend(self._slots[kept.start].notice for kept in self._rows_of.values())
        except BadInput:
            return
        self._volumes, self._slots, self._rows_of = fresh._volumes, fresh._slots, fresh._rows_of
        self._party_code = fresh._party_code

    def _empty(self) -> VolumeEngine:
        return VolumeEngine(self._between, threads=self._threads, memory_limit_bytes=self._limit_bytes)

    def _arrays_of(self, notices: Sequence[Notice]) -> VolumeArrays:
        volumes = [(notice, volume) for notice in notices for volume in notice.volumes]
        codes = self._party_code
        return VolumeArrays.of(
            [volume for _, volume in volumes],
            [codes.setdefault(notice.party, len(codes)) for notice, _ in volumes],
            [KINDS.index(notice.kind) for notice, _ in volumes],
        )

    # ---------------------------------------------------------------------------------------- questions

    def query(self, notice: Notice) -> tuple[PairFinding, ...]:
        """What a notice meets among the others' notices: conflicts, and what cannot be decided.

        In the order of references. Raises ``BadInput`` as ``extend``.
        """
        findings: list[PairFinding] = []
        party = self._party_code.get(notice.party, NOBODY)
        for number, volume in enumerate(notice.volumes):
            found = self._volumes.query(volume, party=party, kind=KINDS.index(notice.kind))
            own = _Slot(notice, number)
            findings += self._findings(found, [(own, self._slots[row]) for row in found.b.tolist()])
        return tuple(sorted(findings, key=_order_of_pair))

    def all_conflicts(self) -> Screening:
        """Every conflict between notices of different parties, and every pair that cannot be decided."""
        found = self._volumes.all_conflicts()
        pairs = [
            (self._slots[a], self._slots[b]) for a, b in zip(found.a.tolist(), found.b.tolist(), strict=True)
        ]
        findings = sorted(self._findings(found, pairs), key=_order_of_pair)
        return Screening(
            volumes=self.volumes,
            conflicts=tuple(each for each in findings if isinstance(each.finding, Conflict)),
            undetermined=tuple(each for each in findings if isinstance(each.finding, Undetermined)),
        )

    def _findings(self, found: FoundPairs, pairs: Sequence[tuple[_Slot, _Slot]]) -> Iterator[PairFinding]:
        made: dict[int, Prepared] = {}
        columns = zip(
            pairs,
            found.undetermined.tolist(),
            found.lateral_gap_m.tolist(),
            found.vertical_gap_ft.tolist(),
            found.time_gap_s.tolist(),
            strict=True,
        )
        for (one, other), undetermined, lateral_gap_m, vertical_gap_ft, time_gap_s in columns:
            a, b = sorted((one, other), key=lambda slot: _order(slot.notice))
            mine, theirs = a.notice.volumes[a.volume], b.notice.volumes[b.volume]
            finding: Finding
            if undetermined:
                finding = Undetermined(needs_terrain(mine.band, theirs.band))
            elif mine.moves or theirs.moves:
                finding = self._of_moving(a, b, Approach(True, lateral_gap_m), made)  # noqa: FBT003 - it is
            else:
                lag_s = self._between(a.notice.kind, b.notice.kind).time_s
                first_at_s = first_of_standing(mine.span, theirs.span, lag_s)
                finding = Conflict(lateral_gap_m, vertical_gap_ft, time_gap_s, first_at_s)
            yield PairFinding(a.notice, b.notice, a.volume, b.volume, finding)

    def _of_moving(self, a: _Slot, b: _Slot, lateral: Approach, made: dict[int, Prepared]) -> Finding:
        minima = self._between(a.notice.kind, b.notice.kind)
        return finding_of(_prepared(a, made), _prepared(b, made), minima, lateral)


def _prepared(slot: _Slot, made: dict[int, Prepared]) -> Prepared:
    volume = slot.notice.volumes[slot.volume]
    if id(volume) not in made:  # the notice keeps the volume, so its id stays its own
        made[id(volume)] = prepare(volume)
    return made[id(volume)]


def _key(notice: Notice) -> tuple[MemberId, str]:
    return notice.party, notice.ref


def _order(notice: Notice) -> tuple[str, str]:
    return notice.ref, notice.party


def _order_of_pair(found: PairFinding) -> tuple[str, str, str, str, int, int]:
    return (*_order(found.a), *_order(found.b), found.volume_a, found.volume_b)


def _stands_already(key: tuple[MemberId, str]) -> BadInput:
    party, ref = key
    return BadInput(
        "notice-stands-already",
        f"A notice {ref} of {party} stands here already.",
        where=ref,
        remedy="Amend it, or give the new one a reference of its own.",
    )
