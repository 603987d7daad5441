# SPDX-License-Identifier: Apache-2.0
"""What does this node see now, whom does it warn, and how much of it may another be shown?

    feeds ──take──► picture ──┐
    others' track.show ───────┤  ask (writer) ──► look (any thread) ──► say (writer)
    annexes, notices ─────────┘                                          │
        track.alarm: who must call whom, never where ◄───────────────────┤ to whom the annex lets it
        track.show:  own aircraft near the other's areas, or all own ◄───┘ every ten seconds, while it stands
        track.over:  clear, or out of sight for too long

Everything that leaves the node leaves here. Without a row of the disclosure annex the alarm is sealed to this
node alone; a position leaves only while an alarm stands, only of own aircraft, and only as far as the row
says. A host looks for each party in turn and warns both, and has nothing to show of either.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Final

from steerclear.errors import BadInput
from steerclear.mechanism.annexes import MechanismState
from steerclear.mechanism.bodies import (
    AnnexMeant,
    NoticeMeant,
    TrackAlarm,
    TrackDuty,
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
from steerclear.model.track import Shows, TrackDanger
from steerclear.services.ledger import Filed, Ledger
from steerclear.services.live_areas import LiveArea, areas_of, minima_of
from steerclear.services.live_rows import FeedShown, LiveAlarmRow, TracksShown
from steerclear.services.live_seen import CIVIL, UNKNOWN, Sight, Watching, as_seen_by, near_to
from steerclear.services.live_shown import Faced, as_known, reports_of, shown_tracks, track_rows
from steerclear.services.naming import said_about, short_of
from steerclear.services.speak import by_node, speak
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
from steerclear.tracking.alarms import Cause, Change, Level

__all__ = ["LivePicture", "LiveRules"]

FORGOTTEN_MS: Final = 900_000
"""A track that nobody reported for so long is dropped from the picture."""

SHOWN_EVERY_MS: Final = 10_000
"""More often than a report grows stale, and no oftener: each is an entry of the log."""

LOOKED_AGAIN_MS: Final = 30_000
"""An area that grows hot by the clock alone is found after this at the latest; its span says the second."""

LEAST_ANSWER_MS: Final = 60_000
"""What has happened already is to be answered within a minute, not at once."""

MINUTE_MS: Final = 60_000
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
    """What was seen then. ``movers`` are as the node's own side sees them."""

    asked: Asked
    movers: Movers
    sights: tuple[Sight, ...]


@dataclass(frozen=True, slots=True)
class _Told:
    """One alarm as one counterpart was told of it; ``shows``: what the annex let it show when it rang."""

    id: str
    counterpart: str
    to: tuple[str, ...]
    shows: Shows
    near_mm: int


class LivePicture:
    """``take`` and ``look`` may be called by any thread; everything else by the writer's."""

    def __init__(self, ledger: Ledger, rules: LiveRules | None = None) -> None:
        self._ledger = ledger
        self.rules = rules or LiveRules()
        self._picture = Picture()
        self._lock = Lock()
        self.holders: dict[str, str] = {}
        """By track: a member, ``CIVIL`` or ``UNKNOWN``."""
        self._watching: dict[str, Watching] = {}
        self._areas: tuple[tuple[int, int], Mapping[str, tuple[LiveArea, ...]]] | None = None
        self._alarms: dict[str, Alarms] = {}
        self._told: dict[tuple[str, Cause], tuple[_Told, ...]] = {}
        self._numbers: dict[str, dict[str, int]] = {}
        self._shown_at: dict[str, Instant] = {}
        self._read = 0
        self._orphans: dict[str, Instant] | None = None
        fact = ledger.store.fact(_FLOWN)
        self.flown: dict[str, str] = json.loads(fact) if fact is not None else {}

    # -- what comes in ---------------------------------------------------------------------------------

    def take(self, reports: Reports, now: Instant, *, whose: str) -> Taken:
        """Reports of tracks that are ``whose``: a member, ``CIVIL`` or ``UNKNOWN``."""
        with self._lock:
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
        return not self.holders and not self._orphans and self._orphans is not None

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
            self._picture.forget(Instant(asked.now - FORGOTTEN_MS))
            movers = self._picture.movers(asked.now, self.rules.drift)
            holders = dict(self.holders)
        sights = []
        for side, areas in asked.areas.items():
            watching = self._watching.setdefault(side, Watching())
            watching.ready(areas, asked.now)
            seen = as_seen_by(side, movers, holders)
            sights.append(watching.look(side, seen, asked.minima, self.rules.look_ahead_s))
        return Seen(asked, as_seen_by(self._ledger.me, movers, holders), tuple(sights))

    def say(self, seen: Seen) -> tuple[Filed, ...]:
        """Raise, show and end what this moment asks for."""
        filed: list[Filed] = []
        for sight in seen.sights:
            rules = self._alarm_rules(seen.asked.now)
            before = self._alarms.get(sight.side, Alarms())
            dangers = [one for one in sight.dangers if self._is_ours_to_tell(sight.side, one.cause)]
            after, events = stepped(before, dangers, sight.fresh, seen.asked.now, rules)
            self._alarms[sight.side] = after
            for event in events:
                if event.change is Change.RINGS:
                    filed += self._raise(sight.side, event.alarm, rules, seen)
                elif event.change is Change.ENDS:
                    filed += self._end(sight.side, event.alarm)
        filed += self._show(seen)
        filed += self._end_orphans(seen.asked.now)
        return tuple(filed)

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
        """Aircraft that other members have shown since the last look."""
        opened = self._ledger.view.book.opened
        for said in opened[self._read :]:
            if not isinstance(said.body, TrackShow) or said.author == self._ledger.me:
                continue
            if self._ledger.view.why_without_effect(said.id) is None:
                reports = reports_of(said.body, said.author)
                self.take(reports, now, whose=said.author)
        self._read = len(opened)

    def _alarm_rules(self, now: Instant) -> AlarmRules:
        terms = self._ledger.view.annexes.terms(AnnexName.CIVIL, now)
        return AlarmRules(civil_ms=terms.airliner_s * 1000) if isinstance(terms, Civil) else AlarmRules()

    # -- raising ---------------------------------------------------------------------------------------

    def _raise(self, side: str, alarm: Alarm, rules: AlarmRules, seen: Seen) -> Iterator[Filed]:
        call = call_of(alarm, rules)
        if call is None:
            return
        now, cause, danger = seen.asked.now, alarm.cause, TrackDanger(alarm.cause.kind)
        area = None if cause.kind == "separation" else self._area(side, cause)
        meant: AnnexMeant | NoticeMeant | None = area.meant if area is not None else seen.asked.minima_meant
        track = self._holder(cause.track)
        other = area.holder if area is not None else self._holder(cause.other)
        told = []
        for counterpart in self._counterparts(side, track, other):
            called = None if call.called == "civil" else side if call.called == "own" else counterpart
            to, shows, near_mm = self._audience(side, counterpart, danger, now)
            # Where nobody else may be told, the side that sees an airliner warns it itself.
            is_own = call.caller == "own" or (called is None and not to)
            body = TrackAlarm(
                danger=danger,
                concerns=meant,
                track=track,
                other=other,
                owes=_DUTIES[call.what],
                caller=MemberId(side if is_own else counterpart),
                called=None if called is None else MemberId(called),
                first_at=_minute(alarm.danger.first_at),
                is_certain=alarm.danger.is_certain,
                due_at=Instant(max(_minute(call.due_at), now + LEAST_ANSWER_MS)),
            )
            filed = speak(self._ledger, body, voice=by_node(), to=to, readers=to)
            told.append(_Told(filed.id, counterpart, to, shows, near_mm))
            yield filed
        self._told[side, cause] = tuple(told)

    def _holder(self, ref: str) -> TrackHolder:
        holder = self.holders.get(ref, UNKNOWN)
        if holder in (CIVIL, UNKNOWN):
            return TrackHolder(TrackSide(holder), None)
        return TrackHolder(TrackSide.MEMBER, MemberId(holder))

    def _counterparts(self, side: str, track: TrackHolder, other: TrackHolder) -> tuple[str, ...]:
        """The members whose track or area it is beside our own; of nobody's, every other party."""
        parties = self._ledger.view.parties
        named = {one.member for one in (track, other) if one.member in parties} - {side, None}
        return tuple(sorted(str(one) for one in named)) or tuple(one for one in parties if one != side)

    def _audience(
        self, side: str, counterpart: str, danger: TrackDanger, now: Instant
    ) -> tuple[tuple[str, ...], Shows, int]:
        """Who is told, and how much is shown: a host warns both and has nothing to show."""
        if side != self._ledger.me:
            return tuple(sorted((side, counterpart))), Shows.ALARM, 0
        disclosure = self._ledger.view.annexes.disclosure(now)
        shows, near_mm = (Shows.NOTHING, 0) if disclosure is None else disclosure.shown(danger, counterpart)
        return (() if shows is Shows.NOTHING else (counterpart,)), shows, near_mm

    # -- showing ---------------------------------------------------------------------------------------

    def _show(self, seen: Seen) -> Iterator[Filed]:
        """Own aircraft, to whom the annex lets see them, while the alarm stands and nothing is suspended.

        Once for each of them: several alarms with one counterpart show the same aircraft.
        """
        now = seen.asked.now
        if self._ledger.view.annexes.state(now) is not MechanismState.IN_FORCE:
            return
        for counterpart, each in self._open_with(now).items():
            if now < self._shown_at.get(counterpart, Instant(0)) + SHOWN_EVERY_MS:
                continue
            level, told = max(each, key=lambda one: one[0].openness)
            refs = self._own(seen) if level is Shows.ALL else self._near(seen, told)
            shown = shown_tracks(self._newest(refs, seen), self._numbers.setdefault(told.id, {}))
            if shown:
                self._shown_at[counterpart] = now
                yield speak(
                    self._ledger,
                    TrackShow(told.id, shown),
                    voice=by_node(),
                    to=told.to,
                    readers=told.to,
                )

    def _open_with(self, now: Instant) -> dict[str, list[tuple[Shows, _Told]]]:
        """By counterpart the alarms that stand and let anything be shown, oldest first."""
        found: dict[str, list[tuple[Shows, _Told]]] = {}
        for (side, cause), each in self._told.items():
            for told in each:
                level, near_mm = self._level_now(side, cause, told, now)
                if side == self._ledger.me and level.openness >= Shows.NEAR.openness:
                    found.setdefault(told.counterpart, []).append((level, replace(told, near_mm=near_mm)))
        return found

    def _level_now(self, side: str, cause: Cause, told: _Told, now: Instant) -> tuple[Shows, int]:
        """Never more, and never farther, than what was agreed when it rang, nor than what is agreed now."""
        _, shows, near_mm = self._audience(side, told.counterpart, TrackDanger(cause.kind), now)
        near = [mm for one, mm in ((told.shows, told.near_mm), (shows, near_mm)) if one is Shows.NEAR]
        return min(shows, told.shows, key=lambda one: one.openness), min(near, default=0)

    def _own(self, seen: Seen) -> frozenset[str]:
        me = self._ledger.me
        return frozenset(ref for ref in seen.movers.refs.tolist() if self.holders.get(ref) == me)

    def _near(self, seen: Seen, told: _Told) -> frozenset[str]:
        areas = seen.asked.areas[self._ledger.me]
        near = near_to(told.counterpart, seen.movers, self.holders, areas, told.near_mm)
        return near & self._own(seen)

    def _newest(self, refs: frozenset[str], seen: Seen) -> Reports:
        """The newest report of each of these that is fresh."""
        with self._lock:
            names, columns = self._picture.newest()
        doubtful = frozenset((*seen.movers.doubtful, *seen.movers.stale))
        rows = [row for row, ref in enumerate(names.tolist()) if ref in refs and ref not in doubtful]
        return Reports(names[rows], columns.rows(rows))

    # -- ending ----------------------------------------------------------------------------------------

    def _end(self, side: str, alarm: Alarm) -> Iterator[Filed]:
        because = TrackEnd.UNSEEN if alarm.level is Level.UNSEEN else TrackEnd.CLEAR
        for told in self._told.pop((side, alarm.cause), ()):
            self._numbers.pop(told.id, None)
            yield speak(
                self._ledger, TrackOver(told.id, because), voice=by_node(), to=told.to, readers=told.to
            )

    def _end_orphans(self, now: Instant) -> Iterator[Filed]:
        """What this node raised before it was started anew: nobody watches it any longer."""
        view = self._ledger.view
        if self._orphans is None:
            mine = (one for one in view.track_alarms if one.raised.author == self._ledger.me)
            told = {one.id for each in self._told.values() for one in each}
            open_ = (one for one in mine if one.over is None and one.id not in told)
            self._orphans = {one.id: one.raised.at for one in open_}
        for id_, at in list(self._orphans.items()):
            said = view.said(id_)
            if said is not None and now - at > AlarmRules().unseen_ms:
                del self._orphans[id_]
                over = TrackOver(id_, TrackEnd.UNSEEN)
                yield speak(self._ledger, over, voice=by_node(), to=said.to, readers=said.to)

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
            alarms=tuple(self._alarm_row(alarm) for alarm in ringing),
            feeds=tuple(feeds),
        )

    def newest(self) -> Reports:
        """The newest report of each track, *own* and *other* as this node means them. Any thread may ask."""
        with self._lock:
            reports, holders = Reports(*self._picture.newest()), dict(self.holders)
        return as_known(reports, holders, self._ledger.me)

    def _alarm_row(self, alarm: Alarm) -> LiveAlarmRow:
        cause, first_at = alarm.cause, format_instant(alarm.danger.first_at)
        concerns = self._concern_words(cause)
        tracks = (cause.track, cause.other) if cause.kind == "separation" else (cause.track,)
        seen = {
            "separation": f"{cause.track} and {cause.other} come too close to each other",
            "entry": f"{cause.track} enters {concerns}",
            "departure": f"{cause.track} leaves what {concerns} filed",
        }[cause.kind]
        when = {
            Level.NOW: "now",
            Level.AHEAD: f"from {first_at[11:19]}Z",
            Level.UNSEEN: f"UNDETERMINED: not in sight since {format_instant(alarm.fresh_until)[11:19]}Z",
        }[alarm.level]
        return LiveAlarmRow(
            danger=cause.kind,
            tracks=tracks,
            concerns=concerns,
            level=alarm.level.value,
            first_at=first_at,
            is_certain=alarm.danger.is_certain,
            words=f"{seen}, {when}",
            told=tuple(one.id for (_, told), each in self._told.items() if told == cause for one in each),
        )

    def _concern_words(self, cause: Cause) -> str:
        """The annex or notice that it concerns, as people call it."""
        if cause.kind == "separation":
            return "the separation annex"
        for side in self._alarms:
            area = self._area(side, cause)
            if area is not None and isinstance(area.meant, AnnexMeant):
                return f"the agreed area {area.meant.area}"
        return short_of(self._ledger, cause.other)


_DUTIES: Final = {
    "call-the-other-side": TrackDuty.CALL,
    "ask-ownership": TrackDuty.ASK_OWNERSHIP,
    "warn-airliner": TrackDuty.WARN_AIRLINER,
    "amend-or-return": TrackDuty.AMEND_OR_RETURN,
}


def _minute(at: Instant) -> Instant:
    """The minute in which it is: a second would say how fast something flies."""
    return Instant(at - at % MINUTE_MS)
