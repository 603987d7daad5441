# SPDX-License-Identifier: Apache-2.0
"""What does this node do about plans that nobody shows, and what does it know of them?

    step:  mail ──► each pair's days (a party), or the tables (the host) ──► said, a statement a kind and pair
                        └─► newly met cells ──► blind.met to the other ──► conflict.propose of the two notices

Nothing is known here that an entry of a log does not carry, but for our own secrets and plans. A word that
could not be kept ends the attempt that it belongs to: what was not said must not count as said.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from steerclear.blind.grid import day_of
from steerclear.blind.messages import print_message
from steerclear.errors import BadInput, SteerclearError
from steerclear.model.member import MemberId, Role
from steerclear.model.time import Instant, parse_instant
from steerclear.services.blind_day import Outgoing, PartyDay
from steerclear.services.blind_host import HostDay, HostDesk
from steerclear.services.blind_mail import Mail
from steerclear.services.blind_met import talk_about, tell_met
from steerclear.services.blind_openings import OpeningShelf, fact_of
from steerclear.services.blind_pair import PairDesk
from steerclear.services.blind_terms import PairTerms, pairs_of
from steerclear.services.ledger import Ledger
from steerclear.services.speak import by_node, speak

__all__ = ["BlindDesk"]

MOST_TURNS: Final = 8
"""In one step: what follows at once from what we say ourselves."""

LARGEST_STATEMENT: Final = 1 << 20
"""Bytes of messages in one statement."""

_Said = tuple[PartyDay | HostDay | None, Outgoing]


class BlindDesk:
    """One node's blind checks. Called from its writer thread."""

    def __init__(self, ledger: Ledger, shelf: OpeningShelf) -> None:
        self._ledger = ledger
        self._shelf = shelf
        self._role = ledger.view.roles[ledger.me]
        self._mail = Mail(ledger.view, ledger.me, ledger.mechanism, ledger.now())
        self._host = HostDesk(ledger, self._mail)
        self.pairs: dict[tuple[str, str], PairDesk] = {}
        """Ours, by the names of the two."""
        self._done_at: tuple[int, int] | None = None
        """When nothing was left to say: how much the book held, and the second."""

    def pairs_now(self) -> tuple[PairDesk, ...]:
        """Every pair of ours that the annex has compared, whether or not anything was done for it yet."""
        terms = pairs_of(self._ledger.view, self._ledger.now())
        return tuple(self._pair(one) for one in terms if self._ledger.me in one.pair)

    @property
    def can_be_audited(self) -> bool:
        """Are there offline keys to which openings go?"""
        return self._shelf.keys is not None

    def step(self) -> int:
        """Say what is due; how many statements were filed. Raises what filing raises."""
        if self._role not in (Role.HOST, Role.PARTY):
            return 0
        now, filed = self._ledger.now(), 0
        if self._done_at == (self._ledger.view.book.size, now // 1_000):
            return 0
        self._forget(now)  # first: whatever cannot be said now, a day that is over leaves the node
        terms = pairs_of(self._ledger.view, now)
        self._mail.read_new()
        for _ in range(MOST_TURNS):
            said = list(self._due(terms, now))
            filed += self._say(said)
            self._mail.read_new()
            if not said:
                break
        filed += self._talk(now)
        self._mail.read_new()
        self._done_at = (self._ledger.view.book.size, now // 1_000)
        return filed

    def opening(self, other: str, day: str, attempt: int) -> bytes:
        """As it is kept. Raises ``BadInput`` (``blind-no-opening``); ``day``: 2025-04-10."""
        pair = sorted((self._ledger.me, other))
        number = day_of(parse_instant(f"{day}T00:00:00.000Z") // 1_000)
        kept = self._ledger.store.fact(fact_of(pair, number, attempt))
        if not kept:
            raise BadInput(
                "blind-no-opening",
                f"No opening of attempt {attempt} with {other[:12]} on {day[:10]} is kept here.",
                where="day",
                remedy="See steerclear blind status; where no offline keys are named none is kept.",
            )
        return kept

    def next_at(self) -> Instant | None:
        """When the next tick begins; ``None``: no pair of ours is compared."""
        ticks = [pair.terms.tick_ms for pair in self.pairs.values() if pair.terms.why_not is None]
        now = self._ledger.now()
        return Instant(min((now // tick + 1) * tick for tick in ticks)) if ticks else None

    # ---- inwards ---------------------------------------------------------------------------------------

    def _due(self, terms: Sequence[PairTerms], now: Instant) -> Iterator[_Said]:
        if self._role is Role.HOST:
            yield from self._host.step(tuple(terms), now)
            return
        ours = {one.pair: one for one in terms if self._ledger.me in one.pair}
        self.pairs = {pair: self._pair(one) for pair, one in ours.items()}
        for pair, desk in self.pairs.items():
            yield from desk.step(ours[pair], now)

    def _pair(self, terms: PairTerms) -> PairDesk:
        return self.pairs.get(terms.pair) or PairDesk(self._ledger, self._mail, terms)

    def _say(self, said: Sequence[_Said]) -> int:
        """One statement for each kind, pair and readers, as far as one holds them."""
        groups: dict[tuple[type, tuple[str, ...], tuple[str, ...], int], list[_Said]] = {}
        sizes: dict[tuple[type, tuple[str, ...], tuple[str, ...]], int] = {}
        for one in said:
            _, outgoing = one
            key = (outgoing.body, self._pair_of(one), outgoing.readers)
            size = sizes.get(key, 0)
            alone = len(groups) if outgoing.said is not None else size // LARGEST_STATEMENT
            groups.setdefault((*key, alone), []).append(one)
            sizes[key] = size + (len(print_message(outgoing.message)) if outgoing.message is not None else 0)
        for (body, pair, readers, _), group in groups.items():
            self._file(body, pair, readers, group)
        return len(groups)

    def _file(
        self, body: type, pair: tuple[str, ...], readers: tuple[str, ...], group: Sequence[_Said]
    ) -> None:
        """Keep the openings first, then say it; what cannot be kept is over."""
        whole = group[0][1].said
        if whole is None:
            messages = tuple(print_message(one.message) for _, one in group if one.message is not None)
            whole = body(tuple(MemberId(party) for party in pair), messages)
        try:
            for held, _ in group:
                if isinstance(held, PartyDay):
                    self._shelf.keep(self._ledger, held)
            others = [member for member in readers if member != self._ledger.me]
            speak(self._ledger, whole, voice=by_node(), to=others, readers=others)
        except SteerclearError as error:
            for held, _ in group:
                if held is not None:
                    held.break_off(f"it could not be said: {error.what}")
            raise

    @staticmethod
    def _pair_of(one: _Said) -> tuple[str, ...]:
        held, outgoing = one
        if held is not None:
            return held.pair_day.parties
        assert outgoing.pair is not None  # noqa: S101 - what belongs to no attempt names its pair
        return outgoing.pair

    def _talk(self, now: Instant) -> int:
        """Whatever was newly met is named to the other, and a conflict opens between the two notices."""
        filed = 0
        for pair in self.pairs.values():
            plans = pair.plans(now)
            filed += tell_met(self._ledger, self._mail, pair, plans, now)
            filed += talk_about(self._ledger, self._mail, pair, plans, now)
        return filed

    def _forget(self, now: Instant) -> None:
        """What belongs to days that are over leaves the node."""
        today = day_of(now // 1_000)
        self._mail.forget(today)
        self._host.forget(today)
        self._shelf.destroy_due(self._ledger)
