# SPDX-License-Identifier: Apache-2.0
"""What does our side of one attempt at a pair's day do next?

    key half (L2) ──► opened ──► committed ──► list ──► re-masked (L3), parts (L3p) ──► the host's result ─┐
                                     ▲                                                                      │
                                     └───────────────── the next tick ◄─────────────────────────────────────┘

The machines of ``blind/`` decide; here their messages come out of the mail and go into the log. What comes
too early waits; what was refused for its order changes nothing. Secrets are held in memory alone: a node that
was started again stops the attempts of before and begins new ones, and nobody finds a scalar on its disk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from steerclear.blind.carried import Carried
from steerclear.blind.direct import DirectParty
from steerclear.blind.keys import DaySecret, made_secret
from steerclear.blind.messages import (
    Chunk,
    Compared,
    DayOpened,
    Head,
    ListCommitted,
    ListSent,
    Message,
    Stopped,
    print_message,
)
from steerclear.blind.outcome import CellsMet, Outcome
from steerclear.blind.party import Party
from steerclear.blind.tokens import KEY_BYTES, PairDay
from steerclear.errors import SteerclearError
from steerclear.mechanism.bodies import (
    BlindCommit,
    BlindKey,
    BlindList,
    BlindOpen,
    BlindPart,
    BlindRemask,
    BlindStop,
)
from steerclear.model.finding import Undetermined
from steerclear.model.member import MemberId
from steerclear.model.terms import Level
from steerclear.model.time import Instant
from steerclear.services.blind_mail import Begun, Letter
from steerclear.services.blind_plans import Planned
from steerclear.services.blind_terms import PairTerms, digest_of_day

__all__ = ["MOST_WAITING", "NOT_KEPT", "Outgoing", "PartyDay", "stop_of"]

_L2_KEY: Final = b"steerclear/blind/l2/v1"
_TOO_EARLY: Final = "blind-order"
_OTHER_CHECK: Final = "blind-other-check"
NOT_KEPT: Final = "blind-not-kept"
MOST_WAITING: Final = 512
"""Letters that came before their turn; who sends more is out of step for good."""


class Outgoing(NamedTuple):
    """What is to go into the own log: ``said`` the body, or the kind of body that takes the ``message``.

    ``pair`` is named where no attempt is held that it belongs to.
    """

    body: type
    readers: tuple[str, ...]
    message: Message | None
    said: object | None = None
    pair: tuple[str, str] | None = None


class PartyDay:
    """One attempt. ``begun``: what was said of all attempts at this day; ``random``: the machine's own."""

    def __init__(
        self,
        terms: PairTerms,
        pair_day: PairDay,
        *,
        me: str,
        host: str | None,
        begun: Begun,
        carried: Carried,
        random: Callable[[int], bytes],
        now: Instant,
    ) -> None:
        self.pair_day = pair_day
        self.digest: Final = digest_of_day(pair_day)
        self.level: Final = terms.level
        self.failed_because: str | None = None
        self.is_apart = False
        """Did it fail because the other compares otherwise?"""
        self.rounds = 0
        """How many were compared."""
        self.compared_at: Instant | None = None
        self._me, self._other, self._host = me, terms.other(me), host
        self._fresh_s, self._cap, self._padding = terms.fresh_s, terms.cap_slots, terms.values.padding
        self._begun, self._carried, self._random = begun, carried, random
        self._side: Party | DirectParty | None = None
        self._half: X25519PrivateKey | None = None
        self._waiting: list[Letter] = []
        self._has_sent = False
        self._committed_tick = -1
        self._owes_stop: str | None = None
        self._listed: set[str] = set()
        self._why_left_out: dict[str, str] = {}
        self._tick_ms = terms.tick_ms
        self.began_at = now

    # ---- what is asked of it ---------------------------------------------------------------------------

    @property
    def is_over(self) -> bool:
        """Does nothing more come of this attempt?"""
        return self.failed_because is not None

    @property
    def goes_by(self) -> tuple[Level, int]:
        """What two sides may differ in: the level, and the step of the grid."""
        return self.level, self.pair_day.step_arc_s

    @property
    def owes_word(self) -> bool:
        """Is it over, and nobody was told so yet?"""
        return self._owes_stop is not None

    @property
    def is_full(self) -> bool:
        return self._side is not None and self._side.is_full

    def finding(self, version: str, now: Instant) -> Outcome:
        """What is known of one version on this day."""
        if self._side is not None and version in self._listed:
            found = self._side.finding(version, now_s=now // 1_000)
            if self.failed_because is None or isinstance(found, CellsMet):
                return found
        if self.failed_because is not None:
            return Undetermined(self.failed_because)
        return Undetermined(self._why_left_out.get(version, "its cells were not listed yet"))

    def carried(self) -> Carried:
        """What the next attempt is to be given."""
        return self._side.carried() if self._side is not None else self._carried

    def opening(self) -> Party | DirectParty | None:
        """The side whose opening is to be kept for an audit."""
        return self._side

    # ---- what it does ----------------------------------------------------------------------------------

    def begin(self) -> Iterator[Outgoing]:
        """Say that it begins. Raises ``Unreachable`` (``libsodium-missing``)."""
        if self.level is not Level.L2:
            yield self._open(made_secret(self.pair_day, self.level, self._random))
            return
        self._half = X25519PrivateKey.from_private_bytes(self._random(KEY_BYTES))
        about = self.pair_day
        half = BlindKey(
            self._pair(), about.day, about.attempt, about.annex, self._half.public_key().public_bytes_raw()
        )
        yield Outgoing(BlindKey, (self._other,), None, half)

    def step(
        self, letters: Sequence[Letter], plans: Callable[[], Sequence[Planned]], now: Instant
    ) -> Iterator[Outgoing]:
        """Hear what came, and say what follows from it; ``plans`` are asked for when a list is made."""
        if self._half is not None:
            yield from self._agree_on_key()
        self._compare_terms()
        self._waiting += letters
        yield from self._hear(now)
        yield from self._commit(plans, now)
        yield from self._hear(now)
        yield from self._send()
        if self._owes_stop is not None:
            code, self._owes_stop = self._owes_stop, None
            side = self.pair_day.parties.index(self._me)
            yield Outgoing(BlindStop, self._all(), stop_of(self.pair_day, self.level, side, code))

    def give_up(self, code: str, because: str) -> None:
        """Go on no further with it, and say so: the next attempt goes another way."""
        self._fail(f"{code}: {because}", code=code)

    def break_off(self, because: str) -> None:
        """What we wanted to say could not be kept: the attempt is over, and that is still to be said."""
        self._fail(because, code=NOT_KEPT)
        self._owes_stop = NOT_KEPT

    # ---- inwards ---------------------------------------------------------------------------------------

    def _compare_terms(self) -> None:
        """Another annex, grid, step or level than ours: no message of the other's would ever be for us."""
        theirs = self._begun.opened[self.pair_day.attempt].get(self._other)
        if theirs is None or theirs == (self.pair_day, self.level) or self.is_over:
            return
        about, level = theirs
        self._fail(
            f"blind-other-check: {self._other} compares with another annex, grid or level "
            f"(step {about.step_arc_s} arc seconds, {level.value}) than we do "
            f"(step {self.pair_day.step_arc_s}, {self.level.value})",
            code=_OTHER_CHECK,
        )

    def _agree_on_key(self) -> Iterator[Outgoing]:
        """L2: the key that only the two can make, of two halves that live in memory."""
        theirs = self._begun.keys[self.pair_day.attempt].get(self._other)
        if theirs is None or self._half is None:
            return
        half, self._half = self._half, None
        try:
            shared = half.exchange(X25519PublicKey.from_public_bytes(theirs))
        except ValueError:
            self._fail(f"the half of the key that {self._other} sent is none", code="blind-key-differs")
            return
        key = HKDF(SHA256(), KEY_BYTES, salt=self.pair_day.prefix, info=_L2_KEY).derive(shared)
        yield self._open(DaySecret(self.pair_day, Level.L2, key))

    def _open(self, secret: DaySecret) -> Outgoing:
        sort = DirectParty if self.level is Level.L3P else Party
        self._side = sort(
            secret,
            self._me,
            cap_slots=self._cap,
            fresh_s=self._fresh_s,
            random=self._random,
            carried=self._carried,
            padding=self._padding,
        )
        message, about = self._side.open(), self.pair_day
        said = BlindOpen(
            self._pair(),
            self.level,
            about.day,
            about.attempt,
            about.annex,
            about.grid,
            about.step_arc_s,
            (print_message(message),),
        )
        return Outgoing(BlindOpen, self._all(), message, said)

    def _hear(self, now: Instant) -> Iterator[Outgoing]:
        """Everything whose turn it is; what one tells may make it the turn of another."""
        went_on = True
        while went_on and self._side is not None and not self.is_over:
            waiting, self._waiting, went_on = self._waiting, [], False
            for letter in waiting:
                if self.failed_because is not None:
                    return
                heard = self._heard(letter, now)
                if heard is None:
                    self._keep_waiting(letter)
                else:
                    went_on = True
                    yield from heard

    def _keep_waiting(self, letter: Letter) -> None:
        assert self._side is not None  # noqa: S101 - as the caller has asked
        if letter.message.head.round >= self._side.round:
            self._waiting.append(letter)
        if len(self._waiting) > MOST_WAITING:
            self._fail("messages came that are of no round", code=_TOO_EARLY)

    def _heard(self, letter: Letter, now: Instant) -> list[Outgoing] | None:
        """What is to be said to it; ``None``: it is not its turn."""
        try:
            return self._answer(letter, now)
        except SteerclearError as error:
            side = self._side
            if side is not None and side.failed is None and error.code == _TOO_EARLY:
                return None
            self._fail(f"{error.code}: {error.what}", code=error.code)
            return []

    def _answer(self, letter: Letter, now: Instant) -> list[Outgoing] | None:
        side, message = self._side, letter.message
        assert side is not None  # noqa: S101 - as the caller has asked
        before = side.round
        said: list[Outgoing] = []
        match message:
            case DayOpened():
                side.hear_opened(message)
            case ListCommitted():
                side.hear_committed(message, at_s=letter.at // 1_000)
            case ListSent() if isinstance(side, DirectParty):
                said = self._parts(side.hear_list(message))
            case ListSent() if isinstance(side, Party) and self._has_sent:
                said = [Outgoing(BlindRemask, self._of_host(), side.hear_list(message))]
            case Chunk() if isinstance(side, DirectParty):
                said = self._parts(side.hear_chunk(message))
            case Compared() if isinstance(side, Party):
                side.hear_compared(message)
            case Stopped():
                side.hear_stopped(message)
                self.is_apart = self.is_apart or message.code == _OTHER_CHECK
                self._fail(side.failed.because if side.failed is not None else message.code, code=None)
            case ListSent():
                return None  # ours goes first
        if side.round != before:
            self.rounds, self._has_sent, self.compared_at = side.round, False, now
        return said

    def _parts(self, chunks: Sequence[Chunk]) -> list[Outgoing]:
        return [Outgoing(BlindPart, (self._other,), chunk) for chunk in chunks]

    def _commit(self, plans: Callable[[], Sequence[Planned]], now: Instant) -> Iterator[Outgoing]:
        """Once a tick, when the round before has ended."""
        side, tick = self._side, now // self._tick_ms
        if side is None or self.is_over or tick == self._committed_tick:
            return
        if side.other_opened is None or side.mine is not None:
            return
        self._list(plans())
        message = side.commit(now_s=now // 1_000)
        self._committed_tick = tick
        yield Outgoing(BlindCommit, self._all(), message)

    def _list(self, plans: Sequence[Planned]) -> None:
        """What is live now, each version once; what is live no more is forgotten, and its cells stay."""
        side = self._side
        assert side is not None  # noqa: S101 - as the caller has asked
        for gone in self._listed - {plan.version for plan in plans}:
            side.forget(gone)
            self._listed.discard(gone)
        for plan in plans:
            if plan.version in self._listed:
                continue
            cells = plan.cells_on(self.pair_day.day)
            try:
                if isinstance(cells, Undetermined):
                    side.cannot_list(plan.version, cells.because)
                else:
                    side.add(plan.version, cells, filed_at_s=plan.filed_at_s, ends_at_s=plan.ends_at_s)
            except SteerclearError as error:
                side.cannot_list(plan.version, error.what)
            self._listed.add(plan.version)

    def _send(self) -> Iterator[Outgoing]:
        """The list leaves when both commitments are in the logs."""
        side = self._side
        if side is None or self.is_over or self._has_sent or side.mine is None or side.theirs is None:
            return
        self._has_sent = True
        to = {Level.L2: self._of_host(), Level.L3: self._all(), Level.L3P: (self._other,)}[self.level]
        yield Outgoing(BlindList, to, side.send())

    def _fail(self, because: str, *, code: str | None) -> None:
        """``code`` to be said in the log; ``None``: another has said it."""
        if self.failed_because is None:
            self.is_apart = self.is_apart or code == _OTHER_CHECK
            self.failed_because = because
            self._owes_stop = code
        self._waiting = []

    def _pair(self) -> tuple[MemberId, ...]:
        return tuple(MemberId(party) for party in self.pair_day.parties)

    def _of_host(self) -> tuple[str, ...]:
        return (self._host,) if self._host is not None else ()

    def _all(self) -> tuple[str, ...]:
        """The peer, and the host where one compares."""
        return (self._other,) if self.level is Level.L3P else (self._other, *self._of_host())


def print_one(message: Message) -> bytes:
    from steerclear.blind.messages import print_message

    return print_message(message)


def stop_of(pair_day: PairDay, level: Level, side: int, code: str) -> Stopped:
    """For an attempt of which nothing is held here any more."""
    return Stopped(Head(level, digest_of_day(pair_day), side, 0), code)
