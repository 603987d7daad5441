# SPDX-License-Identifier: Apache-2.0
"""How do we stand with one other party: which attempts at which days, and what is known of a notice of ours?

A day has one attempt at a time. It is begun anew when it failed, when somebody stopped it, when it is full or
when this node was started again; until the first round of a new one has ended, the old one's answers stand,
and they grow stale as any do. What was met stays met.

    agreed level ──host silent for as long as the succession annex says──► stopped in the log, anew at L3p
         ▲────────────────────────the host has spoken again────────────────────────────┘

Whether the host is silent each side judges by what arrives at it (``blind_ear``): no word of the other moves
a check to L3p, where a side alone can test products of cells. Where the two judge otherwise, each waits until
it judges otherwise itself: a new attempt would end as the last did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from steerclear.blind.carried import Carried
from steerclear.blind.grid import CELL_BYTES
from steerclear.blind.outcome import CellsMet, NothingMet, Outcome
from steerclear.blind.rows import rows_of
from steerclear.errors import SteerclearError
from steerclear.mechanism.bodies import BlindStop
from steerclear.model.finding import Undetermined
from steerclear.model.terms import Level
from steerclear.model.time import Instant, format_zulu
from steerclear.services.blind_day import Outgoing, PartyDay, stop_of
from steerclear.services.blind_ear import HostEar
from steerclear.services.blind_mail import AboutDay, Begun, Mail
from steerclear.services.blind_plans import Planned, Plans
from steerclear.services.blind_terms import PairTerms
from steerclear.services.ledger import Ledger

__all__ = ["DayStands", "PairDesk"]

_RESTARTED: Final = "blind-restarted"
_HOST_GONE: Final = "blind-host-gone"
_HOST_BACK: Final = "blind-host-back"
_DAY_S: Final = 86_400
MOST_ATTEMPTS: Final = 64
"""Of one day; whoever breaks off more often is left alone with it until the day ends."""


@dataclass(frozen=True, slots=True)
class DayStands:
    """One day of a pair, for the faces."""

    day: int
    attempt: int
    rounds: int
    compared_at: Instant | None
    failed_because: str | None
    level: Level


class PairDesk:
    """Our side of one pair. ``plans``: the same for all pairs of this node."""

    def __init__(self, ledger: Ledger, mail: Mail, terms: PairTerms) -> None:
        self._ledger = ledger
        self._mail = mail
        self._plans = Plans(ledger.me)
        self.terms = terms
        self._days: dict[AboutDay, PartyDay] = {}
        self._before: dict[AboutDay, PartyDay] = {}
        self._ear = HostEar(ledger)
        self.why_not: str | None = terms.why_not

    # ---- what is known ---------------------------------------------------------------------------------

    def plans(self, now: Instant) -> Mapping[str, Planned]:
        """Our live notices, by version; none while nothing can be compared."""
        return self._plans.now(self._ledger.view, self.terms, now) if self.terms.why_not is None else {}

    def outcome(self, plan: Planned, now: Instant) -> Outcome:
        """Over all days of a notice: what was met on any, else the first reason why it is not known."""
        days, horizon = plan.days(), self.terms.days(now)
        if isinstance(days, Undetermined):
            return days
        found = [
            self.on_day(plan, day, now)
            for day in range(max(days.start, horizon.start), min(days.stop, horizon.stop))
        ]
        if met := [one for one in found if isinstance(one, CellsMet)]:
            return CellsMet(tuple(cell for one in met for cell in one.cells))
        if because := self._why_unknown(found, days, horizon):
            return Undetermined(because)
        nothing = [one for one in found if isinstance(one, NothingMet)]
        return NothingMet(
            sum(one.among for one in nothing),
            max(one.at for one in nothing),
            min(one.covers_s for one in nothing),
            honest_peer_only=any(one.honest_peer_only for one in nothing),
        )

    def on_day(self, plan: Planned, day: int, now: Instant) -> Outcome:
        """What is known of a notice on one day of the horizon."""
        if self.why_not is not None:
            return Undetermined(self.why_not)
        about = self._about(day)
        newest, before = self._days.get(about), self._before.get(about)
        if newest is None:
            return Undetermined(f"nothing was compared with {self.other} yet")
        found = newest.finding(plan.version, now)
        if isinstance(found, CellsMet) or before is None or newest.rounds:
            return found
        # What failed is undetermined; what was only full answers until the next one's first round has ended.
        earlier = before.finding(plan.version, now)
        return found if before.is_over and not isinstance(earlier, CellsMet) else earlier

    @staticmethod
    def _why_unknown(found: list[Outcome], days: range, horizon: range) -> str | None:
        for one in found:
            if isinstance(one, Undetermined):
                return one.because
        if days.stop > horizon.stop:
            last = format_zulu(horizon.stop * _DAY_S)
            return f"it goes on after {last}, beyond the {len(horizon)} days that are compared"
        return None if found else "its days are over"

    @property
    def other(self) -> str:
        return self.terms.other(self._ledger.me)

    def stands(self, now: Instant) -> Iterator[DayStands]:
        """Every day of the horizon, as its newest attempt stands."""
        for day in self.terms.days(now) if self.terms.why_not is None else ():
            held = self._days.get(self._about(day))
            if held is None:
                yield DayStands(day, 0, 0, None, self.why_not, self.terms.level)
            else:
                attempt = held.pair_day.attempt
                because = held.failed_because
                yield DayStands(day, attempt, held.rounds, held.compared_at, because, held.level)

    def held(self) -> Iterator[PartyDay]:
        """Every attempt that is held, the newest of a day last."""
        yield from self._before.values()
        yield from self._days.values()

    # ---- what it does ----------------------------------------------------------------------------------

    def step(self, terms: PairTerms, now: Instant) -> Iterator[tuple[PartyDay | None, Outgoing]]:
        """Whatever is to be said now, each with the attempt that it belongs to."""
        self.terms, self.why_not = terms, terms.why_not
        self._ear.heard_at()
        if terms.why_not is not None:
            self._drop_all()
            return
        horizon = [self._about(day) for day in terms.days(now)]
        self._drop_but(horizon)
        for about in horizon:
            try:
                yield from self._attend(about, now)
            except SteerclearError as error:
                self.why_not = f"{error.what} {error.remedy}"
                return

    def _attend(self, about: AboutDay, now: Instant) -> Iterator[tuple[PartyDay | None, Outgoing]]:
        begun = self._mail.begun.setdefault(about, Begun())
        self._mind_the_host(about, now)
        attempt = self._attempt_to_begin(about, begun, now)
        if attempt is not None and attempt < MOST_ATTEMPTS:
            yield from self._say_restarted(about, begun)
            held = self._begin(about, begun, attempt, now)
            yield from ((held, outgoing) for outgoing in held.begin())
            self._days[about] = held
        for each in (self._before.get(about), self._days.get(about)):
            if each is not None and (not each.is_over or each.owes_word):
                letters = self._mail.letters(each.digest)
                said = each.step(letters, lambda: tuple(self.plans(now).values()), now)
                yield from ((each, outgoing) for outgoing in said)
        if about in self._before and self._days[about].rounds:
            del self._before[about]

    def _level(self, now: Instant) -> Level:
        """The agreed one; L3p, which needs no host, where the host is gone."""
        return Level.L3P if self._is_host_gone(now) else self.terms.level

    def _mind_the_host(self, about: AboutDay, now: Instant) -> None:
        """An attempt that the host keeps waiting is begun anew without it, and with it when it is back."""
        held = self._days.get(about)
        if held is None or held.is_over or held.level is self._level(now):
            return
        if held.level is Level.L3P:
            held.give_up(_HOST_BACK, "the host is back, and compares again")
        else:
            held.give_up(_HOST_GONE, "the host is gone: the two compare without it, at L3p")

    def _is_host_gone(self, now: Instant) -> bool:
        heard_at, gone_ms = self._ear.heard_at(), self.terms.host_gone_ms
        return gone_ms is not None and now - heard_at > gone_ms

    def _attempt_to_begin(self, about: AboutDay, begun: Begun, now: Instant) -> int | None:
        """The number of the attempt that we are to begin or to join; ``None``: we are in the right one."""
        held, newest = self._days.get(about), begun.newest
        if held is None:
            return self._first_attempt(about, begun)
        mine = held.pair_day.attempt
        if newest > mine and not self._is_stopped(about, newest):
            return newest
        if held.is_apart and held.goes_by == (self._level(now), self.terms.grid.step_arc_s):
            return None  # whoever comes to judge otherwise begins
        is_next_tick = now // self.terms.tick_ms > held.began_at // self.terms.tick_ms
        if (held.is_over or held.is_full) and not held.owes_word and is_next_tick:
            return max(mine, newest) + 1
        return None

    def _first_attempt(self, about: AboutDay, begun: Begun) -> int:
        """Of those that were said before nothing is held here, if we began them."""
        newest = begun.newest
        if newest < 0:
            return 0
        is_ours = self._ledger.me in begun.opened[newest] or self._ledger.me in begun.keys[newest]
        return newest + 1 if is_ours or self._is_stopped(about, newest) else newest

    def _say_restarted(self, about: AboutDay, begun: Begun) -> Iterator[tuple[PartyDay | None, Outgoing]]:
        """An attempt of ours of before the start is stopped in the log, so that the others leave it too."""
        if about in self._days:
            return
        me = self._ledger.me
        for attempt in sorted({*begun.opened, *begun.keys}):
            is_ours = me in begun.opened[attempt] or me in begun.keys[attempt]
            if is_ours and not self._is_stopped(about, attempt):
                pair_day = self.terms.pair_day(self._ledger.mechanism, about.day, attempt)
                level = begun.opened[attempt].get(me, (pair_day, self.terms.level))[1]
                message = stop_of(pair_day, level, pair_day.parties.index(me), _RESTARTED)
                host = self._ledger.view.host
                readers = (self.other, host) if host is not None else (self.other,)
                yield None, Outgoing(BlindStop, readers, message, pair=self.terms.pair)

    def _is_stopped(self, about: AboutDay, attempt: int) -> bool:
        pair_day = self.terms.pair_day(self._ledger.mechanism, about.day, attempt)
        return self._mail.is_stopped(pair_day)

    def _begin(self, about: AboutDay, begun: Begun, attempt: int, now: Instant) -> PartyDay:
        held = self._days.pop(about, None)
        if held is not None:
            self._before[about] = held
        met = held.carried().met if held is not None else frozenset[bytes]()
        random: Callable[[int], bytes] = self._ledger.randomness.bytes
        return PartyDay(
            replace(self.terms, level=self._level(now)),
            self.terms.pair_day(self._ledger.mechanism, about.day, attempt),
            me=self._ledger.me,
            host=self._ledger.view.host,
            begun=begun,
            carried=Carried(self._mail.spent(begun, attempt), met | self._met_before(about.day)),
            random=random,
            now=now,
        )

    def _met_before(self, day: int) -> frozenset[bytes]:
        """Cells of ours that we have said were met on this day."""
        said = self._mail.met_said(self._ledger.me, day)
        bodies = (one.body for one in said if one.body.pair == self.terms.pair)
        cells = (one.cells for body in bodies for one in body.notices)
        return frozenset(bytes(row) for data in cells for row in rows_of(data, CELL_BYTES))

    def _about(self, day: int) -> AboutDay:
        assert self.terms.separation is not None  # noqa: S101 - else ``why_not`` says so, and nobody asks
        return AboutDay(self.terms.pair, self.terms.separation.content, day)

    def _drop_but(self, horizon: list[AboutDay]) -> None:
        """Days that are over, and other annexes: their secrets are gone with them."""
        for kept in (self._days, self._before):
            for about in kept.keys() - set(horizon):
                del kept[about]

    def _drop_all(self) -> None:
        self._days, self._before = {}, {}
