# SPDX-License-Identifier: Apache-2.0
"""Which of our own aircraft does another see, and when? As the annex lets it, while an alarm stands.

Every ten seconds and once for each counterpart: several alarms with one of them show the same aircraft. Never
more than was agreed when the alarm rang, nor than is agreed now; never what is old or doubtful; and never on
the word of whoever would see it: what a member shows of its own aircraft opens nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from steerclear.errors import SteerclearError
from steerclear.mechanism.annexes import MechanismState
from steerclear.mechanism.bodies import TrackShow
from steerclear.model.time import Instant
from steerclear.model.track import Shows
from steerclear.services.ledger import Filed, Ledger
from steerclear.services.live_areas import LiveArea
from steerclear.services.live_audience import audience_of
from steerclear.services.live_guests import Guests
from steerclear.services.live_seen import near_to
from steerclear.services.live_shown import shown_tracks
from steerclear.services.live_telling import Telling, Tellings
from steerclear.services.speak import by_node, speak
from steerclear.tracking import Movers, Reports

__all__ = ["OwnSky", "Showing"]

SHOWN_EVERY_MS: Final = 10_000
"""More often than a report grows stale, and no oftener: each is an entry of the log."""


@dataclass(frozen=True, slots=True)
class OwnSky:
    """What is seen at one moment, as our own side sees it. ``newest``: the last report of each track."""

    now: Instant
    movers: Movers
    holders: Mapping[str, str]
    areas: tuple[LiveArea, ...]
    newest: Callable[[], Reports]


class Showing:
    """What was shown to whom, and under which numbers. The writer's alone."""

    def __init__(self, ledger: Ledger, tellings: Tellings, guests: Guests) -> None:
        self._ledger = ledger
        self._tellings = tellings
        self._guests = guests
        self._numbers: dict[str, dict[str, int]] = {}
        self._shown_at: dict[str, Instant] = {}

    def show(self, sky: OwnSky) -> Iterator[Filed]:
        """What could not be said is shown at the next look."""
        if self._ledger.view.annexes.state(sky.now) is not MechanismState.IN_FORCE:
            return
        standing = self._open_with(sky.now)
        ids = {told.id for each in standing.values() for _, told in each}
        self._numbers = {id_: numbers for id_, numbers in self._numbers.items() if id_ in ids}
        for counterpart, each in standing.items():
            if sky.now < self._shown_at.get(counterpart, Instant(0)) + SHOWN_EVERY_MS:
                continue
            filed = self._shown(counterpart, each, sky)
            if filed is not None:
                self._shown_at[counterpart] = sky.now
                yield filed

    def _shown(self, counterpart: str, each: list[tuple[Shows, Telling]], sky: OwnSky) -> Filed | None:
        level, told = max(each, key=lambda one: one[0].openness)
        own = frozenset(ref for ref in sky.movers.refs.tolist() if sky.holders.get(ref) == self._ledger.me)
        refs = own if level is Shows.ALL else own & self._near(counterpart, told.near_mm, sky)
        tracks = shown_tracks(_newest(refs, sky), self._numbers.setdefault(told.id, {}))
        if not tracks:
            return None
        try:
            body = TrackShow(told.id, tracks)
            return speak(self._ledger, body, voice=by_node(), to=told.readers, readers=told.readers)
        except SteerclearError:
            return None  # the status says what the node cannot keep; a place is old in seconds anyway

    def _open_with(self, now: Instant) -> dict[str, list[tuple[Shows, Telling]]]:
        """By counterpart the alarms that stand and let anything be shown, oldest first."""
        found: dict[str, list[tuple[Shows, Telling]]] = {}
        for told in self._tellings.standing(self._ledger.me):
            level, near_mm = self._level_now(told, now)
            opens = told.matter.shown_by != told.counterpart and told.counterpart in told.readers
            if opens and told.counterpart is not None and level.openness >= Shows.NEAR.openness:
                found.setdefault(told.counterpart, []).append((level, replace(told, near_mm=near_mm)))
        return found

    def _level_now(self, told: Telling, now: Instant) -> tuple[Shows, int]:
        """Never more, and never farther, than what was agreed when it rang, nor than what is agreed now."""
        me, matter = self._ledger.me, told.matter
        is_now = audience_of(self._ledger.view, me, matter.side, told.counterpart, matter.danger, now)
        each = ((told.shows, told.near_mm), (is_now.shows, is_now.near_mm))
        near = [mm for one, mm in each if one is Shows.NEAR]
        return min(is_now.shows, told.shows, key=lambda one: one.openness), min(near, default=0)

    def _near(self, counterpart: str, near_mm: int, sky: OwnSky) -> frozenset[str]:
        seen = self._guests.without(sky.holders)
        return near_to(counterpart, sky.movers, seen, sky.areas, near_mm)


def _newest(refs: frozenset[str], sky: OwnSky) -> Reports:
    """The newest report of each of these that is fresh."""
    newest = sky.newest()
    doubtful = frozenset((*sky.movers.doubtful, *sky.movers.stale))
    rows = [row for row, ref in enumerate(newest.refs.tolist()) if ref in refs and ref not in doubtful]
    return Reports(newest.refs[rows], newest.columns.rows(rows))
