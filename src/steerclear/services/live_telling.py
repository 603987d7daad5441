# SPDX-License-Identifier: Apache-2.0
"""Who was told of which alarm, who is still to be told, and what keeps us from it?

    rings ──► owed ──► recorded, sealed to those that it is for and that have a key ──► said to be over
               ▲           └── has no key: owed, and sealed to as soon as a key is known ──┘
               └── could not be recorded, or too many at once: tried again at each look, soonest first

A failure to tell one member stops neither our own desk nor the others. What could not even be recorded rings
our own desk all the same; everything that is owed is said aloud until it is done.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from steerclear.errors import SteerclearError
from steerclear.links.notifier import Alarm as Bell
from steerclear.mechanism.bodies import TrackEnd, TrackOver
from steerclear.mechanism.things import Sort, Thing
from steerclear.model.member import Role
from steerclear.model.time import Instant
from steerclear.model.track import Shows
from steerclear.services.ledger import Draft, Filed, Ledger
from steerclear.services.live_audience import Audience, Matter, alarm_body, audience_of
from steerclear.services.seal_again import seal_also
from steerclear.services.speak import by_node, speak
from steerclear.tracking import AlarmRules
from steerclear.tracking.alarms import Cause, Level

__all__ = ["HAS_COME", "NOT_RECORDED", "Telling", "Tellings"]

HAS_COME: Final = "has-come"
"""The cause of the bell for a danger that was predicted, and has come."""

NOT_RECORDED: Final = "not-recorded"
"""The cause of the bell for a danger of which nothing could be written: no duty of it will ring."""

MOST_AT_ONCE: Final = 20
"""So many alarms are recorded at one look; the others at the next ones, soonest first."""

MOST_SHOWN_BY_ONE: Final = 20
"""So many alarms stand at once about aircraft that one other member shows; more wait until one is over."""

_DESK: Final = "air"
_Key = tuple[str, Cause]


@dataclass(frozen=True, slots=True)
class Telling:
    """One alarm as one counterpart was told of it.

    ``to``       whom it is for, as the annex let it be; ``readers`` those of them that it could be sealed to
    ``shows``    what the annex let be shown with it when it rang; ``near_mm`` how near is near
    """

    id: str
    matter: Matter
    counterpart: str | None
    to: tuple[str, ...]
    readers: tuple[str, ...]
    shows: Shows
    near_mm: int

    @property
    def untold(self) -> tuple[str, ...]:
        return tuple(one for one in self.to if one not in self.readers)


@dataclass(frozen=True, slots=True)
class _Ending:
    """An end that is to be said of the alarm ``id``, ``to`` those who were told of it.

    ``over``: it was said, under this id; ``to`` are those that it could not be sealed to yet.
    """

    id: str
    because: TrackEnd
    to: tuple[str, ...]
    over: str | None = None


class Tellings:
    """Everything that one live picture has told, or owes. The writer's alone."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._owed: dict[_Key, Matter] = {}
        self._told: dict[_Key, tuple[Telling, ...]] = {}
        self._ending: list[_Ending] = []
        self._orphans: dict[str, Instant] | None = None
        self._why: dict[_Key, str] = {}
        self._why_not_over = ""
        self._belled: set[tuple[str, _Key]] = set()
        self._bells: deque[Bell] = deque()
        self.withheld: Counter[str] = Counter()
        """By the member that shows the aircraft: alarms that wait because too many of them stand."""

    # -- what happened -------------------------------------------------------------------------------------

    def rings(self, matter: Matter) -> None:
        """It is owed from now on; what is said of it, ``say`` says."""
        key = (matter.side, matter.cause)
        self._owed[key] = matter
        if matter.alarm.level is Level.NOW:
            self._belled.add((HAS_COME, key))  # it was not predicted: its duty rings, once

    def has_come(self, side: str, cause: Cause, now: Instant) -> None:
        """What was predicted is so: a desk that was called about it rings again, and no third time."""
        owing = [one for one in self._told.get((side, cause), ()) if self._is_owed_here(one.id, now)]
        if owing:
            self._bell(HAS_COME, (side, cause), owing[0].id, now)

    def ends(self, side: str, cause: Cause, because: TrackEnd) -> None:
        """It is owed to whoever was told that it is over; who was not told needs no end."""
        key = (side, cause)
        self._owed.pop(key, None)
        self._why.pop(key, None)
        self._ending += [_Ending(one.id, because, one.readers) for one in self._told.pop(key, ())]
        self._belled -= {(HAS_COME, key), (NOT_RECORDED, key)}

    # -- what is said --------------------------------------------------------------------------------------

    def say(self, now: Instant) -> tuple[Filed, ...]:
        """All that is owed, as far as it can be said now; the rest stays owed."""
        self._end_orphans(now)
        return (*self._say_over(), *self._seal_to_the_late(now), *self._record(now))

    def _record(self, now: Instant) -> Iterator[Filed]:
        self.withheld.clear()
        standing = Counter(one.matter.shown_by for one in self._all())
        left = MOST_AT_ONCE
        for key, matter in sorted(self._owed.items(), key=lambda item: _soonest(item[1])):
            each = self._each(key, matter, now)
            if matter.shown_by is not None and standing[matter.shown_by] >= MOST_SHOWN_BY_ONE:
                self.withheld[matter.shown_by] += 1
            elif each and left > 0:
                filed = self._tell(key, matter, each, now)
                left -= max(1, len(filed))
                standing[matter.shown_by] += len(filed)
                yield from filed

    def _each(self, key: _Key, matter: Matter, now: Instant) -> list[tuple[str | None, Audience]]:
        """To whom it is said: each counterpart that may be told; if none may, our own desk alone, once.

        A host that may tell nobody has nothing to say; it asks the annex again at the next look.
        """
        each = [(one, self._audience(matter, one, now)) for one in matter.counterparts]
        may = [one for one in each if one[1].to]
        return may or (each[:1] if matter.side == self._ledger.me and not self._told.get(key) else [])

    def _tell(
        self, key: _Key, matter: Matter, each: list[tuple[str | None, Audience]], now: Instant
    ) -> tuple[Filed, ...]:
        found = [(one, self._tell_one(key, matter, one, audience, now)) for one, audience in each]
        missed = tuple(one for one, filed in found if filed is None)
        if missed:
            self._owed[key] = replace(matter, counterparts=missed)
        else:
            del self._owed[key]
            self._why.pop(key, None)
        return tuple(filed for _, filed in found if filed is not None)

    def _tell_one(
        self, key: _Key, matter: Matter, counterpart: str | None, audience: Audience, now: Instant
    ) -> Filed | None:
        ledger, to = self._ledger, audience.to
        body = alarm_body(matter, counterpart, to, ledger.me, now)
        readers = tuple(one for one in to if ledger.recipient_keys(one))
        try:
            filed = speak(ledger, body, voice=by_node(), to=to, readers=readers)
        except SteerclearError as error:
            self._why[key] = error.what
            self._bell(NOT_RECORDED, key, "live picture", now)
            return None
        told = Telling(filed.id, matter, counterpart, to, readers, audience.shows, audience.near_mm)
        self._told[key] = (*self._told.get(key, ()), told)
        return filed

    def _seal_to_the_late(self, now: Instant) -> Iterator[Filed]:
        """Who had no key when it was recorded is told when one is known, if the annex still lets it."""
        for key, tellings in tuple(self._told.items()):
            for one in tellings:
                may = self._audience(one.matter, one.counterpart, now).to if one.untold else ()
                late = tuple(who for who in one.untold if who in may and self._ledger.recipient_keys(who))
                filed = self._sealed_also(one.id, (*one.readers, *late)) if late else ()
                if filed:
                    told = replace(one, readers=tuple(sorted((*one.readers, *late))))
                    self._told[key] = tuple(told if old is one else old for old in self._told[key])
                yield from filed

    def _sealed_also(self, id_: str, readers: Sequence[str]) -> tuple[Filed, ...]:
        said = self._ledger.view.said(id_)
        assert said is not None  # noqa: S101 - we have said it ourselves
        return self._tried(lambda: seal_also(self._ledger, said, readers))

    def _tried(self, drafted: Callable[[], Draft | None]) -> tuple[Filed, ...]:
        """None: it is tried again at the next look, and the status says what the node cannot keep."""
        try:
            draft = drafted()
            return self._ledger.append([draft]) if draft is not None else ()
        except SteerclearError:
            return ()

    def _say_over(self) -> Iterator[Filed]:
        """Nothing is forgotten before it was said, and said to all who were told of the alarm."""
        self._why_not_over = ""
        for one in tuple(self._ending):
            readers = tuple(who for who in one.to if self._ledger.recipient_keys(who))
            over = one.over
            if over is None:
                filed = self._said_over(one, readers)
                if filed is None:
                    return  # what keeps one of them from being said keeps the next
                over = filed.id
                yield filed
            elif readers:
                yield from self._sealed_also(over, readers)
            late = tuple(who for who in one.to if who not in readers)
            at = self._ending.index(one)
            self._ending[at : at + 1] = [replace(one, over=over, to=late)] if late else []

    def _said_over(self, one: _Ending, readers: Sequence[str]) -> Filed | None:
        body = TrackOver(one.id, one.because)
        try:
            return speak(self._ledger, body, voice=by_node(), to=one.to, readers=readers)
        except SteerclearError as error:
            self._why_not_over = error.what
            return None

    def _end_orphans(self, now: Instant) -> None:
        """What this node raised before it was started anew: nobody watches it any longer."""
        view, me = self._ledger.view, self._ledger.me
        if self._orphans is None:
            told = {one.id for one in self._all()}
            mine = (one for one in view.track_alarms if one.raised.author == me and one.over is None)
            self._orphans = {one.id: one.raised.at for one in mine if one.id not in told}
        for id_, at in tuple(self._orphans.items()):
            said = view.said(id_)
            if said is not None and now - at > AlarmRules().unseen_ms:
                del self._orphans[id_]
                to = tuple(one for one in said.to if said.is_readable_by(one))
                self._ending.append(_Ending(id_, TrackEnd.UNSEEN, to))

    def _audience(self, matter: Matter, counterpart: str | None, now: Instant) -> Audience:
        ledger = self._ledger
        return audience_of(ledger.view, ledger.me, matter.side, counterpart, matter.danger, now)

    # -- for whoever looks ---------------------------------------------------------------------------------

    @property
    def is_idle(self) -> bool:
        """Nothing stands, and nothing is owed."""
        return not (self._owed or self._told or self._ending or self._orphans) and self._orphans is not None

    def of(self, cause: Cause) -> tuple[Telling, ...]:
        """How this alarm was told, on whichever side's account."""
        return tuple(one for (_, told), each in self._told.items() if told == cause for one in each)

    def standing(self, side: str) -> Iterator[Telling]:
        return (one for (of, _), each in self._told.items() if of == side for one in each)

    def bells(self) -> Iterator[Bell]:
        """What our own desk is to hear that no duty rings, each once."""
        while self._bells:
            yield self._bells.popleft()

    def words(self, cause: Cause) -> str:
        """What a desk has to know of how it was told; empty when all were."""
        why = next((why for (_, of), why in self._why.items() if of == cause), "")
        if why:
            return f"; NOT RECORDED, and nobody else is told: {why}"
        untold = sorted({who for one in self.of(cause) for who in one.untold})
        if untold:
            return f"; {', '.join(untold)} NOT TOLD: no key is known to seal it to"
        if any(of == cause for _, of in self._owed):
            return "; NOT CALLED YET"
        return ""

    def alarms(self) -> Iterator[str]:
        """What a person has to know: whom nobody has told, and why."""
        if self._why:
            why = next(iter(self._why.values()))
            yield (
                f"{_counted(len(self._why), 'danger')} of the live picture could not be recorded, and nobody "
                f"else is told: {why} Call whom it concerns: steerclear tracks"
            )
        untold = Counter(who for one in self._all() for who in one.untold)
        for who, count in sorted(untold.items()):
            yield (
                f"{who} is not told of {_counted(count, 'alarm')} of the live picture: no key of {who} is "
                f"known here. Call {who}; what is owed is sealed to it as soon as its key comes"
            )
        for who, count in sorted(self.withheld.items()):
            yield (
                f"{_counted(count, 'alarm')} more about aircraft that {who} shows wait until one of "
                f"{MOST_SHOWN_BY_ONE} is over: steerclear tracks"
            )
        if self._why_not_over:
            yield f"an alarm of the live picture is over, and that cannot be said: {self._why_not_over}"

    def _is_owed_here(self, id_: str, now: Instant) -> bool:
        """Was a desk of ours called about it at all? Under an annex that calls nobody it hears nothing."""
        duties = self._ledger.duties.about(Thing(Sort.TRACK_ALARM, id_), now)
        return any(duty.debtor.member == self._ledger.me for duty in duties)

    def _all(self) -> Iterator[Telling]:
        return (one for each in self._told.values() for one in each)

    def _bell(self, cause: str, key: _Key, about: str, now: Instant) -> None:
        """A host has no desk, and what it sees for another is that other's."""
        me, mark = self._ledger.me, (cause, key)
        if mark in self._belled or key[0] != me or self._ledger.view.roles[me] is not Role.PARTY:
            return
        self._belled.add(mark)
        self._bells.append(Bell(me, _DESK, cause, about, rung=1, sounds=True, at=now))


def _soonest(matter: Matter) -> tuple[Instant, Cause]:
    return matter.alarm.danger.first_at, matter.cause


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'s' if count > 1 else ''}"
