# SPDX-License-Identifier: Apache-2.0
"""What is measured: two parties who file notices at each other until so many duties are open."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Final

from steerclear.mechanism import bodies as say
from steerclear.mechanism.bodies import body_of, kind_of
from steerclear.mechanism.entry import Entry
from steerclear.mechanism.view import View
from steerclear.model.member import MemberId, Role
from steerclear.model.notice import Domain, NoticeKind
from steerclear.model.space import Altitude, Band, Circle, Datum, Position, Volume
from steerclear.model.time import Instant, TimeSpan
from steerclear.record.statement import Statement

__all__ = ["NOON", "ROLES", "Talk", "is_notice"]

ROLES: Final = {"TUR": Role.PARTY, "ISR": Role.PARTY, "AZE": Role.HOST, "MSF": Role.NOTIFIER}
NOON: Final = Instant(1_744_200_000_000)
SIGNED: Final = frozenset({"authority", "duty", "node"})

PER_NOTICE: Final = 4
"""Open duties of each: two acknowledgements, a dissemination, a cold."""


class Talk:
    """Writes entries as nodes would. Each notice is delivered: everybody beats after every fifty."""

    def __init__(self) -> None:
        self.now = NOON
        self._sizes = dict.fromkeys(ROLES, 0)
        self._rng = random.Random(7)
        self._ids = iter(range(1, 1 << 60))

    def view(self, me: str) -> View:
        """Of a member who has seen nothing yet."""
        return View(me, ROLES)

    def until_open(self, duties: int) -> Iterator[Entry]:
        for number in range(duties // PER_NOTICE):
            yield self.notice()
            if number % 50 == 49:
                yield from self.beats()
        yield from self.beats()

    def notice(self) -> Entry:
        author, other = self._rng.sample(("TUR", "ISR"), 2)
        start_s = self.now // 1000 + 60 * self._rng.randrange(61, 70 * 60)
        self.now = Instant(self.now + 50)
        return self._says(author, say.NoticeFile(_content(author, start_s)), (other, "MSF", "AZE"))

    def acknowledgement(self, notice: str, author: str) -> Entry:
        self.now = Instant(self.now + 50)
        return self._says(author, say.Acknowledge(notice, 1, None), ())

    def beats(self) -> Iterator[Entry]:
        for member in ROLES:
            yield self._says(member, say.NodeBeat(()), ())

    def _says(self, author: str, body: object, to: tuple[str, ...]) -> Entry:
        id_ = f"{next(self._ids):032x}"
        said = Statement("ab" * 32, author, "duty", id_, kind_of(body), to, self.now, body_of(body))
        entry = Entry(
            author=author,
            generation=0,
            seq=self._sizes[author],
            at=self.now,
            heads={log: size for log, size in self._sizes.items() if log != author},
            content=said,
            signed_as=SIGNED,
        )
        self._sizes[author] += 1
        return entry


def is_notice(entry: Entry) -> bool:
    return isinstance(entry.content, Statement) and entry.content.kind == "notice.file"


def _content(author: str, start_s: int) -> say.NoticeContent:
    band = Band(Altitude(0, Datum.AMSL), Altitude(20_000, Datum.AMSL))
    circle = Circle(Position(351_000_000, 383_000_000), 5_000_000)
    volume = Volume(circle, band, TimeSpan(start_s, start_s + 3_600))
    return say.NoticeContent(
        kind=NoticeKind.HAZARD,
        domain=Domain.AIR,
        party=MemberId(author),
        ref="n",
        near=None,
        volumes=(volume,),
        activity=None,
        third_parties=None,
        overrides=(),
        late_minutes=None,
    )
