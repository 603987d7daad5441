# SPDX-License-Identifier: Apache-2.0
"""What does this node see now, whom does it warn, and how much of it may another be shown?

    feeds ──take──► picture ──┐
    others' track.show ───────┤  ask (writer) ──► look (any thread) ──► say (writer)
    annexes, notices ─────────┘                                          │
        track.alarm: who must call whom, never where ◄── live_telling ───┤ to whom the annex lets it
        track.show:  own aircraft near the other's ◄──── live_showing ───┤ while it stands
        track.over:  clear, or unseen for too long ◄──── live_telling ───┘

Everything that leaves the node leaves there. Without a row of the disclosure annex the alarm is sealed to
this node alone; a position leaves only while an alarm stands, only of own aircraft, and only as far as the
row says. A host looks for each party in turn, warns those that the rows let it warn, and has nothing to show.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final

from steerclear.errors import BadInput
from steerclear.links.notifier import Alarm as Bell
from steerclear.mechanism.bodies import (
    AnnexMeant,
    NoticeMeant,
    TrackEnd,
    TrackHolder,
    TrackOver,
    TrackShow,
    TrackSide,
)
from steerclear.model.annex import AnnexName
from steerclear.model.finding import SeparationMinima
from steerclear.model.member import MemberId, Role
from steerclear.model.terms import Civil
from steerclear.model.time import Instant, format_instant
from steerclear.services.ledger import Filed, Ledger
from steerclear.services.live_areas import LiveArea, areas_of, minima_of
from steerclear.services.live_audience import Matter, counterparts
from steerclear.services.live_guests import Guests
from steerclear.services.live_rows import FeedShown, LiveAlarmRow, TracksShown
from steerclear.services.live_seen import CIVIL, UNKNOWN, Sight, Watching, as_seen_by
from steerclear.services.live_showing import OwnSky, Showing
from steerclear.services.live_shown import Faced, as_known, track_rows
from steerclear.services.live_telling import Tellings
from steerclear.services.live_words import alarm_row
from steerclear.services.naming import said_about
from steerclear.tracking import (
    Alarm,
    AlarmRules,
    Alarms,
    Drift,
    Movers,
    Picture,
    Reports,
    Taken,
    call_of,
    stepped,
)
from steerclear.tracking.alarms import Cause, Change, Event, Level

__all__ = ["LivePicture", "LiveRules"]

FORGOTTEN_MS: Final = 900_000
"""A track that nobody reported for so long is dropped from the picture."""

LOOKED_AGAIN_MS: Final = 30_000
"""An area that grows hot by the clock alone is found after this at the latest; its span says the second."""

_FLOWN: Final = "live picture: flown"


@dataclass(frozen=True, slots=True)
class LiveRules:
    """``look_ahead_s`` how far ahead it looks; ``drift`` what is assumed of a mover."""

    look_ahead_s: int = 300
    drift: Drift = field(default_factory=Drift)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the view says, at one moment: by side the areas that it watches, and how close is too close."""

    now: Instant
    areas: Mapping[str, tuple[LiveArea, ...]]
    minima: SeparationMinima
    minima_meant: AnnexMeant | None


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen then. ``movers`` are as the node's own side sees them; ``has_forgotten`` old tracks."""

    asked: Asked
    movers: Movers
    sights: tuple[Sight, ...]
    has_forgotten: bool = False


class LivePicture:
    """``take`` and ``look`` may be called by any thread; everything else by the writer's."""

    def __init__(self, ledger: Ledger, rules: LiveRules | None = None) -> None:
        self._ledger = ledger
        self.rules = rules or LiveRules()
        self._picture = Picture()
        self._lock = Lock()
        self.news = 0
        """Counts what came in: whoever looks waits for it."""
        self.holders: dict[str, str] = {}
        """By track: a member, ``CIVIL`` or ``UNKNOWN``."""
        self._watching: dict[str, Watching] = {}
        self._areas: tuple[tuple[int, int], Mapping[str, tuple[LiveArea, ...]]] | None = None
        self._alarms: dict[str, Alarms] = {}
        self._guests = Guests()
        self._tellings = Tellings(ledger)
        self._showing = Showing(ledger, self._tellings, self._guests)
        self._read = 0
        fact = ledger.store.fact(_FLOWN)
        self.flown: dict[str, str] = json.loads(fact) if fact is not None else {}

    # -- what comes in ---------------------------------------------------------------------------------

    def take(self, reports: Reports, now: Instant, *, whose: str) -> Taken:
        """Reports of tracks that are ``whose``: a member, ``CIVIL`` or ``UNKNOWN``."""
        with self._lock:
            self.news += 1
            taken = self._picture.take(reports, now)
            for ref in reports.refs.tolist():
                # Who is known once stays known: a feed that names nobody takes no name away.
                if whose != UNKNOWN or ref not in self.holders:
                    self.holders[ref] = whose
        return taken

    def looks_ahead(self, seconds: int) -> None:
        """How far ahead it looks from now on."""
        self.rules = replace(self.rules, look_ahead_s=seconds)

    def flies(self, track: str, notice: str | None) -> None:
        """An own track flies the movement of this notice from now on; ``None``: of none.

        Raises ``BadInput`` (``track-unknown``, ``not-our-notice``).
        """
        if self.holders.get(track) != self._ledger.me:
            raise BadInput(
                "track-unknown",
                f"“{track[:40]}” is not one of our own tracks.",
                where="track",
                remedy="Name a track of ours as steerclear tracks shows it.",
            )
        # A person names it by its short form.
        notice = None if notice is None else said_about(self._ledger, notice).id
        record = None if notice is None else self._ledger.view.notices.get(notice)
        if notice is not None and (record is None or record.author != self._ledger.me):
            raise BadInput(
                "not-our-notice",
                "A track of ours flies only what we have filed ourselves.",
                where="notice",
                remedy="Name a notice of ours: its id or its short form.",
            )
        flown = {ref: known for ref, known in self.flown.items() if ref != track}
        self.flown = flown if notice is None else {**flown, track: notice}
        self._ledger.store.keep_fact(_FLOWN, json.dumps(self.flown).encode())
        self._areas = None

    @property
    def is_empty(self) -> bool:
        """Nothing was ever seen, and nothing is still to be ended: there is nothing to look at."""
        return not self.holders and self._tellings.is_idle

    def listen(self) -> bool:
        """Take in what others have shown; is there anything to look at?"""
        self._take_shown(self._ledger.now())
        return not self.is_empty

    # -- one tick --------------------------------------------------------------------------------------

    def step(self) -> tuple[Filed, ...]:
        """A whole tick at once, for whoever has one thread."""
        return self.say(self.look(self.ask()))

    def ask(self) -> Asked:
        """What the view says now; takes in what others have shown since."""
        ledger, now = self._ledger, self._ledger.now()
        self._take_shown(now)
        minima, meant = minima_of(ledger.view, now)
        return Asked(now, self._areas_now(now), minima, meant)

    def look(self, asked: Asked) -> Seen:
        with self._lock:
            has_forgotten = self._picture.forget(Instant(asked.now - FORGOTTEN_MS)) > 0
            movers = self._picture.movers(asked.now, self.rules.drift)
            holders = dict(self.holders)
        sights = []
        for side, areas in asked.areas.items():
            watching = self._watching.setdefault(side, Watching())
            watching.ready(areas, asked.now)
            seen = as_seen_by(side, movers, holders)
            sights.append(watching.look(side, seen, asked.minima, self.rules.look_ahead_s))
        own = as_seen_by(self._ledger.me, movers, holders)
        return Seen(asked, own, tuple(sights), has_forgotten=has_forgotten)

    def say(self, seen: Seen) -> tuple[Filed, ...]:
        """Raise, show and end what this moment asks for; what cannot be said now is owed, and tried again."""
        # First everything is noted, then it is said: a failure on the way forgets nothing.
        for sight in seen.sights:
            self._note(sight, seen)
        if seen.has_forgotten:
            self._forget_holders()
        now, areas = seen.asked.now, seen.asked.areas.get(self._ledger.me, ())
        sky = OwnSky(now, seen.movers, self.holders, areas, self._newest)
        return (*self._tellings.say(now), *self._showing.show(sky))

    def _note(self, sight: Sight, seen: Seen) -> None:
        side, now = sight.side, seen.asked.now
        rules = self._alarm_rules(now)
        before = self._alarms.get(side, Alarms())
        dangers = [one for one in sight.dangers if self._is_ours_to_tell(side, one.cause)]
        after, events = stepped(before, dangers, sight.fresh, now, rules)
        self._alarms[side], left = self._without_left(after, sight)
        for event in (*events, *left):
            alarm = event.alarm
            if event.change is Change.RINGS:
                self._rings(side, alarm, rules, seen)
            elif event.change is Change.ENDS:
                is_unseen = alarm.level is Level.UNSEEN
                self._tellings.ends(side, alarm.cause, TrackEnd.UNSEEN if is_unseen else TrackEnd.CLEAR)
            elif alarm.level is Level.NOW:
                self._tellings.has_come(side, alarm.cause, now)

    def _without_left(self, alarms: Alarms, sight: Sight) -> tuple[Alarms, list[Event]]:
        """What another showed, and has called clear, is not out of sight but shown no longer: it ends."""
        left = {
            cause: alarm
            for cause, alarm in alarms.of.items()
            if any(self._guests.left(ref) and ref not in sight.fresh for ref in (cause.track, cause.other))
        }
        if not left:
            return alarms, []
        kept = {cause: alarm for cause, alarm in alarms.of.items() if cause not in left}
        told = (replace(one, level=Level.UNSEEN) for one in left.values() if one.rang_at is not None)
        return Alarms(kept), [Event(Change.ENDS, one) for one in told]

    def _rings(self, side: str, alarm: Alarm, rules: AlarmRules, seen: Seen) -> None:
        call, cause = call_of(alarm, rules), alarm.cause
        if call is None:
            return
        area = None if cause.kind == "separation" else self._area(side, cause)
        concerns: AnnexMeant | NoticeMeant | None = (
            area.meant if area is not None else seen.asked.minima_meant
        )
        track = self._holder(cause.track)
        other = area.holder if area is not None else self._holder(cause.other)
        shown_by = self._guests.shown_by(cause.track) or self._guests.shown_by(cause.other)
        to_whom = counterparts(self._ledger.view, side, track, other)
        self._tellings.rings(Matter(side, alarm, call, concerns, track, other, to_whom, shown_by))

    def _holder(self, ref: str) -> TrackHolder:
        holder = self.holders.get(ref, UNKNOWN)
        if holder in (CIVIL, UNKNOWN):
            return TrackHolder(TrackSide(holder), None)
        return TrackHolder(TrackSide.MEMBER, MemberId(holder))

    def _newest(self) -> Reports:
        with self._lock:
            return Reports(*self._picture.newest())

    def _forget_holders(self) -> None:
        """Whose a track is that nobody has reported for so long, and that nothing hangs on."""
        causes = {cause for alarms in self._alarms.values() for cause in alarms.of}
        needed = {ref for cause in causes for ref in (cause.track, cause.other)} | self.flown.keys()
        with self._lock:
            kept = needed.union(self._picture.newest()[0].tolist())
            self.holders = {ref: whose for ref, whose in self.holders.items() if ref in kept}
        self._guests.keep_only(kept)

    def ringing(self) -> tuple[Alarm, ...]:
        """Everything that a desk has been told of and that is not over, soonest first."""
        found = [alarm for alarms in self._alarms.values() for alarm in alarms.ringing()]
        return tuple(sorted(found, key=lambda alarm: (alarm.danger.first_at, alarm.cause)))

    # -- who sees what ---------------------------------------------------------------------------------

    def _sides(self) -> tuple[str, ...]:
        """A party sees for itself, a host for each party; whoever else has a node only looks."""
        me, view = self._ledger.me, self._ledger.view
        role = view.roles[me]
        return view.parties if role is Role.HOST else (me,) if role is Role.PARTY else ()

    def _areas_now(self, now: Instant) -> Mapping[str, tuple[LiveArea, ...]]:
        view = self._ledger.view
        key = (view.book.size, now // LOOKED_AGAIN_MS)
        if self._areas is None or self._areas[0] != key:
            self._areas = (key, {side: areas_of(view, side, now, self.flown) for side in self._sides()})
        return self._areas[1]

    def _is_ours_to_tell(self, side: str, cause: Cause) -> bool:
        """What a host sees for two parties it tells once: for the one whose own track it is, the first."""
        if side == self._ledger.me:
            return True
        track, other = self.holders.get(cause.track), self.holders.get(cause.other)
        if cause.kind == "separation":
            parties = [one for one in (track, other) if one in self._ledger.view.parties]
            return min(parties, default=side) == side
        if track in self._ledger.view.parties:
            return track == side
        area = self._area(side, cause)
        holder = area.holder.member if area is not None else None
        return side == (holder or min(self._ledger.view.parties))

    def _area(self, side: str, cause: Cause) -> LiveArea | None:
        areas = self._areas[1].get(side, ()) if self._areas is not None else ()
        return next((one for one in areas if one.area.concerns == cause.other), None)

    def _take_shown(self, now: Instant) -> None:
        """Aircraft that other members have shown since the last look, and what they show no longer."""
        view = self._ledger.view
        opened = view.book.opened
        for said in opened[self._read :]:
            if said.author == self._ledger.me or not isinstance(said.body, TrackShow | TrackOver):
                continue
            if view.why_without_effect(said.id) is not None:
                continue
            if isinstance(said.body, TrackShow):
                alarm = view.track_alarms.get(said.body.alarm)
                is_open = alarm is not None and alarm.over is None
                reports = self._guests.take(said.body, said.author, now, is_open=is_open)
                self._guests.believed(said.author, self.take(reports, now, whose=said.author), now)
            elif said.body.because is TrackEnd.CLEAR:
                self._guests.is_over(said.author, said.body.alarm)
        self._read = len(opened)

    def _alarm_rules(self, now: Instant) -> AlarmRules:
        terms = self._ledger.view.annexes.terms(AnnexName.CIVIL, now)
        return AlarmRules(civil_ms=terms.airliner_s * 1000) if isinstance(terms, Civil) else AlarmRules()

    # -- for whoever shows it --------------------------------------------------------------------------

    def tracks(self, feeds: Sequence[FeedShown] = ()) -> TracksShown:
        """Everything that this node sees now, for its own people."""
        now, ringing = self._ledger.now(), self.ringing()
        with self._lock:
            reports, holders = Reports(*self._picture.newest()), dict(self.holders)
            doubtful = self._picture.movers(now, self.rules.drift).doubtful
        faced = Faced(
            me=self._ledger.me,
            now=now,
            oldest_ms=self.rules.drift.oldest_ms,
            look_ahead_s=self.rules.look_ahead_s,
            holders=holders,
            flown=self.flown,
            alarmed=frozenset(ref for one in ringing for ref in (one.cause.track, one.cause.other)),
            doubtful=frozenset(doubtful),
        )
        return TracksShown(
            now=format_instant(now),
            look_ahead_s=self.rules.look_ahead_s,
            tracks=track_rows(reports, faced),
            alarms=tuple(self._alarm_rows(ringing)),
            feeds=(*feeds, *self._guests.rows(self._tellings.withheld, now)),
        )

    def newest(self) -> Reports:
        """The newest report of each track, *own* and *other* as this node means them. Any thread may ask."""
        with self._lock:
            reports, holders = Reports(*self._picture.newest()), dict(self.holders)
        return as_known(reports, holders, self._ledger.me)

    def alarms(self) -> Iterator[str]:
        """What a person has to know beside what is owed: whom nobody has told of a danger, and why."""
        return self._tellings.alarms()

    def bells(self) -> Iterator[Bell]:
        """What our own desk is to hear that no duty rings, each once."""
        return self._tellings.bells()

    def _alarm_rows(self, ringing: Sequence[Alarm]) -> Iterator[LiveAlarmRow]:
        """One for each; of those that wait because one member shows too much, the first and how many."""
        waiting: dict[str, list[Alarm]] = {}
        for alarm in ringing:
            refs = (alarm.cause.track, alarm.cause.other)
            by = next((by for ref in refs if (by := self._guests.shown_by(ref)) is not None), None)
            if by is None or self._tellings.of(alarm.cause):
                yield self._alarm_row(alarm, self._tellings.words(alarm.cause))
            else:
                waiting.setdefault(by, []).append(alarm)
        for by, each in waiting.items():
            more = f", and {len(each) - 1:,} more" if len(each) > 1 else ""
            yield self._alarm_row(each[0], f"{more}; NOT CALLED YET: {by} shows too many at once")

    def _alarm_row(self, alarm: Alarm, untold: str) -> LiveAlarmRow:
        cause = alarm.cause
        areas = (self._area(side, cause) for side in self._alarms)
        area = next((one for one in areas if one is not None), None)
        told = tuple(one.id for one in self._tellings.of(cause))
        return alarm_row(alarm, ledger=self._ledger, area=area, told=told, untold=untold)
