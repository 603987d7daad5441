# SPDX-License-Identifier: Apache-2.0
"""What does a desk hear of the live picture, when does it stop, and who must call whom?

    dangers of one tick ──► one alarm for each cause ──► events: what rings, gets worse, is out of sight, ends

              seen twice, or soon          happening now              gone for a while
    (nothing) ───────────────────► AHEAD ─────────────────► NOW ─────────────────────► (nothing)
        ▲  seen once: waits         │  ▲                     │
        └───────────────────────────┘  └── UNSEEN ◄──────────┘   a track in it is stale, doubtful or gone

The rules that keep a desk from being rung at for nothing, and from being told that all is well for nothing:

- A cause is a kind, who, and which notice or annex; all its volumes and all its ticks are one alarm.
- It rings when it has been seen at every tick for a second, or at once when it is near. It rings again only
  when what was ahead has come.
- It ends when it has not been seen for a while *and* both of its tracks were fresh all that time. What is no
  longer seen because a track is stale is UNSEEN: Undetermined, and said so; it ends when the picture forgets.
- A danger that hangs on an unknown height or velocity says so, and rings as any other.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Final, Literal

from steerclear.model.time import Instant
from steerclear.tracking.areas import AreaWatch, Departure, Entries
from steerclear.tracking.reports import WHOSE
from steerclear.tracking.swept import Movers
from steerclear.tracking.traffic import Traffic

__all__ = [
    "Alarm", "AlarmRules", "Alarms", "Call", "Cause", "Change", "Danger", "Event", "Level", "call_of",
    "dangers_of", "stepped",
]  # fmt: skip

Kind = Literal["separation", "entry", "departure"]
Side = Literal["own", "other", "civil", "unknown"]

_SIDES: Final[dict[int, Side]] = {-1: "unknown", 0: "own", 1: "other", 2: "civil"}
assert {side: code for code, side in _SIDES.items()} == WHOSE  # noqa: S101 - two spellings of one table


class Level(Enum):
    AHEAD = "ahead"
    NOW = "now"
    UNSEEN = "unseen"


class Change(Enum):
    RINGS = "rings"
    HAS_COME = "has come"
    OUT_OF_SIGHT = "out of sight"
    SEEN_AGAIN = "seen again"
    ENDS = "ends"


@dataclass(frozen=True, slots=True, order=True)
class Cause:
    """Why: two tracks, or a track and the notice or annex that it concerns."""

    kind: Kind
    track: str
    other: str


@dataclass(frozen=True, slots=True)
class Danger:
    """A cause as one tick sees it. ``sides`` of the track, and of the other track or the area."""

    cause: Cause
    sides: tuple[Side, Side]
    first_at: Instant
    is_now: bool
    is_certain: bool


@dataclass(frozen=True, slots=True)
class AlarmRules:
    """``near_ms``     what is nearer rings at once, without a second look
    ``again_ms``    so long after the first look is the second
    ``clear_ms``    so long must a danger be gone, and its tracks be fresh, before its alarm ends
    ``unseen_ms``   so long an alarm stays whose tracks nobody sees
    ``answer_ms``   within which the call is owed, if not sooner
    ``civil_ms``    the same for an airliner
    """

    near_ms: int = 60_000
    again_ms: int = 1_000
    clear_ms: int = 30_000
    unseen_ms: int = 600_000
    answer_ms: int = 300_000
    civil_ms: int = 120_000


@dataclass(frozen=True, slots=True)
class Alarm:
    """One cause. ``rang_at`` is ``None`` while it waits for a second look; ``seen_at`` is the last tick that
    saw the danger, ``fresh_until`` the last tick at which its tracks were fresh."""

    danger: Danger
    level: Level
    begun_at: Instant
    seen_at: Instant
    fresh_until: Instant
    rang_at: Instant | None = None

    @property
    def cause(self) -> Cause:
        return self.danger.cause


@dataclass(frozen=True, slots=True)
class Event:
    """What changed at a tick: for the desk, and for the record of what it was told."""

    change: Change
    alarm: Alarm


@dataclass(frozen=True, slots=True)
class Alarms:
    """All causes that ring or wait, by cause."""

    of: Mapping[Cause, Alarm] = field(default_factory=dict)

    def ringing(self) -> tuple[Alarm, ...]:
        """Those that a desk has been told of, soonest first."""
        told = (alarm for alarm in self.of.values() if alarm.rang_at is not None)
        return tuple(sorted(told, key=lambda alarm: (alarm.danger.first_at, alarm.cause)))


@dataclass(frozen=True, slots=True)
class Call:
    """Who must call whom about what, by when. ``caller`` and ``called`` are sides as this node sees them.

    ``what``: ``call-the-other-side``; ``ask-ownership`` of a track that nobody has named; ``warn-airliner``,
    owed by the side whose area it is (held / ATC warned / cannot); ``amend-or-return``, owed by the side
    that left what it filed.
    """

    what: Literal["call-the-other-side", "ask-ownership", "warn-airliner", "amend-or-return"]
    caller: Side
    called: Side
    about: Cause
    due_at: Instant


# ------------------------------------------------------------------------------------- what a tick has seen


def dangers_of(
    movers: Movers, watch: AreaWatch, traffic: Traffic, entries: Entries, departures: Iterable[Departure]
) -> list[Danger]:
    """What concerns this node: losses with its own, entries that touch anybody's area, its own departures."""
    sides = dict(zip(movers.refs.tolist(), map(_SIDES.__getitem__, movers.whose.tolist()), strict=True))
    found: dict[Cause, Danger] = {}

    def add(cause: Cause, pair: tuple[Side, Side], first_s: float, *, is_certain: bool) -> None:
        one = Danger(cause, pair, Instant(movers.at + int(first_s * 1000)), first_s <= 0.0, is_certain)
        known = found.get(cause)
        if known is None or (one.first_at, not one.is_certain) < (known.first_at, not known.is_certain):
            found[cause] = one

    for loss in traffic.losses:
        pair = (sides[loss.one], sides[loss.other])
        if "own" in pair:
            add(Cause("separation", loss.one, loss.other), pair, loss.first_s, is_certain=loss.is_certain)
    for entry in entries.entries:
        area = watch[entry.area]
        cause = Cause("entry", entry.track, area.concerns or area.ref)
        add(cause, (sides[entry.track], area.whose), entry.first_s, is_certain=entry.is_certain)
    for one in departures:
        area = watch[one.area]
        if one.first_s is not None:
            cause = Cause("departure", one.track, area.concerns or area.ref)
            add(cause, (sides[one.track], area.whose), one.first_s, is_certain=one.is_certain)
    return list(found.values())


# --------------------------------------------------------------------------------------------- the machine


def stepped(
    alarms: Alarms, dangers: Iterable[Danger], fresh: Collection[str], now: Instant, rules: AlarmRules
) -> tuple[Alarms, tuple[Event, ...]]:
    """The alarms after a tick, and what changed. ``fresh`` are the tracks that are seen and not doubtful."""
    kept: dict[Cause, Alarm] = {}
    events: list[Event] = []
    seen = {danger.cause: danger for danger in dangers}
    for cause, danger in seen.items():
        alarm, change = _seen(alarms.of.get(cause), danger, now, rules)
        kept[cause] = alarm
        if change is not None:
            events.append(Event(change, alarm))
    for cause, alarm in alarms.of.items():
        if cause in seen:
            continue
        after, change = _not_seen(alarm, is_fresh=_is_fresh(cause, fresh), now=now, rules=rules)
        if after is not None:
            kept[cause] = after
        if change is not None:
            events.append(Event(change, after or alarm))
    events.sort(key=lambda event: (event.alarm.danger.first_at, event.alarm.cause))
    return Alarms(kept), tuple(events)


def _is_fresh(cause: Cause, fresh: Collection[str]) -> bool:
    return cause.track in fresh and (cause.kind != "separation" or cause.other in fresh)


def _seen(
    known: Alarm | None, danger: Danger, now: Instant, rules: AlarmRules
) -> tuple[Alarm, Change | None]:
    level = Level.NOW if danger.is_now else Level.AHEAD
    is_near = danger.first_at - now <= rules.near_ms
    if known is None:
        rang_at = now if is_near else None
        alarm = Alarm(danger, level, now, now, now, rang_at)
        return alarm, Change.RINGS if is_near else None
    if level is Level.AHEAD and known.level is Level.NOW and known.rang_at is not None:
        level = Level.NOW  # in, out and about to be in again is one story
    alarm = replace(known, danger=danger, level=level, seen_at=now, fresh_until=now)
    if known.rang_at is None:
        if not is_near and now - known.begun_at < rules.again_ms:
            return alarm, None
        return replace(alarm, rang_at=now), Change.RINGS
    if known.level is Level.UNSEEN:
        return alarm, Change.SEEN_AGAIN
    return alarm, Change.HAS_COME if level is Level.NOW and known.level is Level.AHEAD else None


def _not_seen(
    known: Alarm, *, is_fresh: bool, now: Instant, rules: AlarmRules
) -> tuple[Alarm | None, Change | None]:
    if known.rang_at is None:
        return None, None
    if not is_fresh:
        if now - known.fresh_until > rules.unseen_ms:
            return None, Change.ENDS
        if known.level is Level.UNSEEN:
            return known, None
        return replace(known, level=Level.UNSEEN), Change.OUT_OF_SIGHT
    if known.level is Level.UNSEEN:
        # Seen again, and not in danger: from now on it has to stay so.
        return replace(known, level=Level.AHEAD, seen_at=now, fresh_until=now), Change.SEEN_AGAIN
    if now - known.seen_at >= rules.clear_ms:
        return None, Change.ENDS
    return replace(known, fresh_until=now), None


# --------------------------------------------------------------------------------------- who must call whom


def call_of(alarm: Alarm, rules: AlarmRules) -> Call | None:
    """The call that an alarm owes; ``None`` while nobody was told. Counted from when it rang."""
    if alarm.rang_at is None:
        return None
    track, other = alarm.danger.sides
    cause, rang_at = alarm.cause, alarm.rang_at
    due_at = Instant(rang_at + rules.answer_ms)
    if alarm.danger.first_at < due_at:
        due_at = Instant(max(alarm.danger.first_at, rang_at))
    civil_at = Instant(rang_at + rules.civil_ms)
    if cause.kind == "departure":
        return Call("amend-or-return", track, "other" if track == "own" else "own", cause, due_at)
    if cause.kind == "entry" and track == "civil":
        # An area that all have agreed on is everybody's to warn of, and so ours.
        return Call("warn-airliner", "other" if other == "other" else "own", "civil", cause, civil_at)
    if "civil" in (track, other):
        return Call("warn-airliner", "own", "civil", cause, civil_at)
    if track == "unknown" or (cause.kind == "separation" and other == "unknown"):
        return Call("ask-ownership", "own", "other", cause, due_at)
    return Call("call-the-other-side", "own", "other", cause, due_at)
