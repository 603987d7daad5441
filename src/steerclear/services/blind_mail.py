# SPDX-License-Identifier: Apache-2.0
"""What was said about blind checks that this node could open? By check, in the order in which it came.

    statement ──counts, and its author is whom each message names?──► letters, by the digest of the pair's day
                                                  keys of L2, attempts begun, attempts stopped, slots spent

What does not count, or names another author than its own, is passed over: the statement itself stands in the
view with its reason. After a start only what tells of attempts is read again; every attempt of before the
start is stopped and begun anew, because its secret was held in memory alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from steerclear.blind.grid import CELL_BYTES
from steerclear.blind.lists import charged
from steerclear.blind.messages import HOST, DayOpened, ListCommitted, Message, Stopped, parse_message
from steerclear.blind.tokens import PairDay
from steerclear.errors import SteerclearError
from steerclear.mechanism.bodies import BlindKey, BlindMet, BlindOpen
from steerclear.mechanism.judge import why_without_effect
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.member import Role
from steerclear.model.terms import Level
from steerclear.model.time import Instant
from steerclear.services.blind_terms import digest_of_day

__all__ = ["AboutDay", "Begun", "Letter", "Mail", "begun_in", "messages_in"]

_OF_ATTEMPTS: Final = ("blind.key", "blind.open", "blind.commit", "blind.stop", "blind.met")
_KINDS: Final = frozenset((*_OF_ATTEMPTS, "blind.list", "blind.remask", "blind.part", "blind.result"))
"""Checks of protected sites are another matter (``blind_sites``)."""
_DAY_MS: Final = 86_400_000
_READ_BACK_DAYS: Final = 15


class AboutDay(NamedTuple):
    """What all attempts at one pair's day have in common."""

    pair: tuple[str, str]
    annex: str
    day: int


class Letter(NamedTuple):
    """One message: who said it, and when its entry was written."""

    author: str
    at: Instant
    message: Message


@dataclass(slots=True)
class Begun:
    """The attempts at one pair's day, as far as they were said."""

    keys: dict[int, dict[str, bytes]] = field(default_factory=lambda: defaultdict(dict))
    """L2: by attempt and author, half of the key."""
    opened: dict[int, dict[str, tuple[PairDay, Level]]] = field(default_factory=lambda: defaultdict(dict))
    """By attempt and author."""

    @property
    def newest(self) -> int:
        """The latest attempt that anybody began; −1: none."""
        return max((*self.keys, *self.opened), default=-1)


class Mail:
    """Follows the view of one node."""

    def __init__(self, view: View, me: str, mechanism: str, now: Instant) -> None:
        self._view = view
        self._me = me
        self._mechanism = mechanism
        self.begun: dict[AboutDay, Begun] = {}
        self.stopped: dict[bytes, str] = {}
        """Attempts that somebody went on with no further, and why."""
        self._met: dict[tuple[str, int], list[Said[BlindMet]]] = defaultdict(list)
        self._letters: dict[bytes, list[Letter]] = defaultdict(list)
        self._committed: dict[bytes, dict[tuple[int, int], int]] = defaultdict(dict)
        self._seen = len(view.book.opened)
        since = now - _READ_BACK_DAYS * _DAY_MS
        for kind in _OF_ATTEMPTS:
            for said in view.book.of_kind(kind):
                if said.at >= since:
                    self._take(said, keep_letters=False)

    def read_new(self) -> bool:
        """Take in what was opened since; whether there was anything about blind checks."""
        opened = self._view.book.opened
        new = opened[self._seen :]
        self._seen = len(opened)
        found = [said for said in new if said.kind in _KINDS]
        for said in found:
            self._take(said, keep_letters=True)
        return bool(found)

    def letters(self, digest: bytes) -> list[Letter]:
        """Those of one attempt that nobody has taken yet; they are taken now."""
        return self._letters.pop(digest, [])

    def is_stopped(self, pair_day: PairDay) -> bool:
        """Did somebody go on no further with this attempt?"""
        return digest_of_day(pair_day) in self.stopped

    def met_said(self, author: str, day: int) -> list[Said[BlindMet]]:
        """Which of its notices a party said were met on a day, in the order in which it said so."""
        return self._met.get((author, day), [])

    def spent(self, begun: Begun, before: int) -> tuple[int, int]:
        """What both sides' lists took of the cap in the attempts before one."""
        found = [0, 0]
        for attempt, by in begun.opened.items():
            pair_day = next((pair_day for pair_day, _ in by.values()), None)
            if attempt >= before or pair_day is None:
                continue
            for (side, _), count in self._committed[digest_of_day(pair_day)].items():
                found[side] += charged(count)
        return found[0], found[1]

    def forget(self, day: int) -> None:
        """Days before this one are over."""
        for about in [about for about in self.begun if about.day < day]:
            for by in self.begun.pop(about).opened.values():
                for pair_day, _ in by.values():
                    digest = digest_of_day(pair_day)
                    self._letters.pop(digest, None)
                    self._committed.pop(digest, None)
                    self.stopped.pop(digest, None)
        for key in [key for key in self._met if key[1] < day]:
            del self._met[key]

    # ---- reading ---------------------------------------------------------------------------------------

    def _take(self, said: Said[Any], *, keep_letters: bool) -> None:
        body = said.body
        if not _counts(self._view, said):
            return
        if isinstance(body, BlindKey):
            about = AboutDay((body.pair[0], body.pair[1]), body.annex, body.day)
            self.begun.setdefault(about, Begun()).keys[body.attempt].setdefault(said.author, body.public)
        elif isinstance(body, BlindMet):
            if all(len(one.cells) % CELL_BYTES == 0 for one in body.notices):
                self._met[said.author, body.day].append(said)
        else:
            for message in messages_in(self._view, said):
                self._file(said, message, keep_letters=keep_letters)

    def _file(self, said: Said[Any], message: Message, *, keep_letters: bool) -> None:
        digest = message.head.pair_day
        if isinstance(message, DayOpened) and not self._begin(said, message):
            return
        if isinstance(message, Stopped):
            self.stopped.setdefault(digest, message.code)
        if isinstance(message, ListCommitted):
            self._committed[digest].setdefault((message.head.author, message.head.round), message.count)
        if keep_letters and said.author != self._me:
            self._letters[digest].append(Letter(said.author, said.at, message))

    def _begin(self, said: Said[BlindOpen], message: DayOpened) -> bool:
        """What the body says about the check must be what the message was made for."""
        pair_day, body = begun_in(self._mechanism, said), said.body
        if pair_day is None or (digest_of_day(pair_day), body.level) != (
            message.head.pair_day, message.head.level,
        ):  # fmt: skip
            return False
        about = AboutDay(pair_day.parties, body.annex, body.day)
        by = self.begun.setdefault(about, Begun()).opened[body.attempt]
        by.setdefault(said.author, (pair_day, body.level))
        return True


def messages_in(view: View, said: Said[Any]) -> Iterator[Message]:
    """Those that a statement carries and that count: its author is who each of them names."""
    if not _counts(view, said):
        return
    for data in said.body.messages:
        try:
            message = parse_message(data)
        except SteerclearError:
            continue  # it stands in the log as it is; no message of a check is lost by it
        by = HOST if said.author == view.host else said.body.pair.index(said.author)
        if message.head.author == by:
            yield message


def begun_in(mechanism: str, said: Said[BlindOpen]) -> PairDay | None:
    """The check that its body names; ``None``: it can be none."""
    body = said.body
    try:
        return PairDay(
            mechanism,
            (body.pair[0], body.pair[1]),
            body.annex,
            body.grid,
            body.step_arc_s,
            body.day,
            body.attempt,
        )
    except SteerclearError:
        return None


def _counts(view: View, said: Said[Any]) -> bool:
    """Does it stand, and is it of two parties, said by one of them or by the host?"""
    pair, roles = said.body.pair, view.roles
    if why_without_effect(view.book, said) is not None:
        return False
    if len(pair) != 2 or not pair[0] < pair[1] or any(roles.get(one) is not Role.PARTY for one in pair):
        return False
    return said.author in (*pair, view.host)
