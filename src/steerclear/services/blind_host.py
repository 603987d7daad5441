# SPDX-License-Identifier: Apache-2.0
"""What does the host do for pairs that compare blind? It compares what it cannot read, and tells both.

Its tables live in memory: a host that was started again stops the attempts of before, and the parties begin
new ones. It acts for the newest attempt of each pair's day alone, under the values of the annex.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from steerclear.blind.host import Host
from steerclear.blind.messages import (
    HOST,
    DayOpened,
    ListCommitted,
    ListSent,
    Message,
    Remasked,
    Stopped,
)
from steerclear.blind.tokens import PairDay
from steerclear.errors import SteerclearError
from steerclear.mechanism.bodies import BlindResult, BlindStop
from steerclear.model.terms import Level
from steerclear.model.time import Instant
from steerclear.services.blind_day import MOST_WAITING, NOT_KEPT, Outgoing, stop_of
from steerclear.services.blind_mail import AboutDay, Begun, Letter, Mail
from steerclear.services.blind_terms import PairTerms, digest_of_day
from steerclear.services.ledger import Ledger

__all__ = ["HostDay", "HostDesk"]

_TOO_EARLY: Final = "blind-order"
_RESTARTED: Final = "blind-restarted"


class HostDay:
    """One attempt at one pair's day, at the host."""

    def __init__(self, pair_day: PairDay, level: Level, host: Host) -> None:
        self.pair_day = pair_day
        self.level = level
        self._host = host
        self._waiting: list[Letter] = []
        self._is_broken = False
        self.is_over = False

    def step(self, letters: list[Letter]) -> Iterator[Outgoing]:
        if self._is_broken:
            yield self._stop(NOT_KEPT)
            return
        self._waiting += letters
        went_on = True
        while went_on and not self.is_over:
            waiting, self._waiting, went_on = self._waiting, [], False
            for letter in waiting:
                if self._has_ended():
                    return
                try:
                    self._hear(letter.message)
                    went_on = True
                except SteerclearError as error:
                    if error.code == _TOO_EARLY and self._host.failed is None:
                        self._waiting.append(letter)
                    else:
                        yield self._stop(error.code)
                if self._host.is_ready:
                    yield from self._compare()
        self._waiting = [one for one in self._waiting if one.message.head.round >= self._host.round]
        if len(self._waiting) > MOST_WAITING and not self.is_over:
            yield self._stop(_TOO_EARLY)

    def break_off(self, _because: str) -> None:
        """Its answer could not be kept: the tables are ahead of the log, and both are to be told so."""
        self._is_broken, self.is_over = True, False

    def _has_ended(self) -> bool:
        return self.is_over

    def _compare(self) -> Iterator[Outgoing]:
        try:
            yield Outgoing(BlindResult, self.pair_day.parties, self._host.compared())
        except SteerclearError as error:
            yield self._stop(error.code)

    def _hear(self, message: Message) -> None:
        match message:
            case DayOpened():
                self._host.hear_opened(message)
            case ListCommitted():
                self._host.hear_committed(message)
            case ListSent():
                self._host.hear_list(message)
            case Remasked():
                self._host.hear_remasked(message)
            case Stopped():
                self.is_over = True

    def _stop(self, code: str) -> Outgoing:
        self.is_over = True
        return Outgoing(BlindStop, self.pair_day.parties, self._host.stopped(code))


class HostDesk:
    """Every pair's day that the host compares."""

    def __init__(self, ledger: Ledger, mail: Mail) -> None:
        self._ledger = ledger
        self._mail = mail
        self._days: dict[bytes, HostDay] = {}
        self._before = {
            digest_of_day(pair_day)
            for begun in mail.begun.values()
            for by in begun.opened.values()
            for pair_day, _ in by.values()
        }
        """Attempts of before this start, of which nothing is held."""

    def step(self, pairs: tuple[PairTerms, ...], now: Instant) -> Iterator[tuple[HostDay | None, Outgoing]]:
        for terms in pairs:
            if terms.why_not is not None or terms.level is Level.L3P or terms.separation is None:
                continue
            for day in terms.days(now):
                begun = self._mail.begun.get(AboutDay(terms.pair, terms.separation.content, day))
                if begun is not None:
                    yield from self._attend(terms, begun)

    def forget(self, day: int) -> None:
        """Days before this one are over."""
        self._days = {digest: one for digest, one in self._days.items() if one.pair_day.day >= day}

    def _attend(self, terms: PairTerms, begun: Begun) -> Iterator[tuple[HostDay | None, Outgoing]]:
        newest = max(begun.opened, default=-1)
        for attempt, by in begun.opened.items():
            if attempt < newest or not by:
                continue
            pair_day, level = next(iter(by.values()))
            digest = digest_of_day(pair_day)
            if digest in self._mail.stopped and digest not in self._days:
                continue
            if digest in self._before:
                self._before.discard(digest)
                message = stop_of(pair_day, level, HOST, _RESTARTED)
                yield None, Outgoing(BlindStop, terms.pair, message, pair=terms.pair)
                continue
            if (
                digest not in self._days
                and level is terms.level
                and pair_day == self._expected(terms, pair_day)
            ):
                self._days[digest] = self._begin(terms, pair_day, begun)
            held = self._days.get(digest)
            if held is not None and not held.is_over:
                for outgoing in held.step(self._mail.letters(digest)):
                    yield held, outgoing

    def _expected(self, terms: PairTerms, pair_day: PairDay) -> PairDay:
        return terms.pair_day(self._ledger.mechanism, pair_day.day, pair_day.attempt)

    def _begin(self, terms: PairTerms, pair_day: PairDay, begun: Begun) -> HostDay:
        host = Host(
            pair_day,
            terms.level,
            cap_slots=terms.cap_slots,
            salt=int.from_bytes(self._ledger.randomness.bytes(8), "big"),
            spent=self._mail.spent(begun, pair_day.attempt),
            padding=terms.values.padding,
        )
        return HostDay(pair_day, terms.level, host)
