# SPDX-License-Identifier: Apache-2.0
"""Whole nodes that cheat in a blind check: the product's own parts, each with one thing done otherwise.

Whoever writes a node of its own can do all of this; what the others' nodes make of it is what the tests ask.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from tests.services.conftest import _places

from steerclear.blind.grid import DayCells
from steerclear.blind.host import Host
from steerclear.blind.messages import Compared, Message, print_message
from steerclear.blind.opening import Opened
from steerclear.links.randomness import SeededRandomness
from steerclear.record.recipient import RecipientPrivateKey
from steerclear.services.blind_day import Outgoing, PartyDay
from steerclear.services.blind_host import HostDay
from steerclear.services.blind_inquiry import Inquiry, inquire
from steerclear.services.blind_offline import OfflineKeys
from steerclear.services.blind_openings import unseal_opening
from steerclear.services.blind_pair import PairDesk
from steerclear.services.blind_plans import Planned, Plans
from steerclear.services.openings import read_openings, require_genuine
from steerclear.services.workings import Workings

if TYPE_CHECKING:
    from tests.services.conftest import Channel

PAIR: Final = ("ISR", "TUR")
CHANCE: Final = SeededRandomness("holders of offline keys")
HELD: Final = [RecipientPrivateKey.generate(CHANCE.bytes) for _ in range(2)]
OFFLINE: Final = OfflineKeys(tuple(one.public for one in HELD), 2)


class TwistedPlans(Plans):
    """What a node lists, changed before it is."""

    twist: Callable[[dict[str, Planned]], None]

    def now(self, view: Any, terms: Any, now: Any) -> Mapping[str, Planned]:
        found = dict(super().now(view, terms, now))
        self.twist(found)
        return found


class OtherDay(Planned):
    """Its cells of a later day are listed as those of this one."""

    def cells_on(self, day: int) -> Any:
        found = Planned.cells_on(self, day + 1)
        return DayCells(day, found.encoded) if isinstance(found, DayCells) else found


class OtherTerms(PairDesk):
    """Goes by other values of the annex than those that were agreed."""

    values: Mapping[str, Any]

    def step(self, terms: Any, now: Any) -> Iterator[Any]:
        return super().step(replace(terms, values=replace(terms.values, **self.values)), now)


def keep_openings(channel: Channel, offline: OfflineKeys = OFFLINE) -> None:
    """Every node has offline keys to which openings go."""
    for member, station in channel.stations.items():
        ledger = channel.node(member).ledger
        station.node = Workings(ledger, _places(), offline=offline)


def twist_plans(channel: Channel, member: str, twist: Callable[[dict[str, Planned]], None]) -> None:
    """From the next list on; the node has compared with the other before."""
    desk = channel.node(member)._blind.pairs[PAIR]
    desk._plans = TwistedPlans(member)
    desk._plans.twist = twist


def go_by(channel: Channel, member: str, **values: Any) -> None:
    """From the first word on: the node goes by other values of the annex than those that were agreed."""
    blind = channel.node(member)._blind
    honest = blind._pair

    def lying(terms: Any) -> PairDesk:
        if PAIR not in blind.pairs:
            desk = blind.pairs[PAIR] = OtherTerms(channel.node(member).ledger, blind._mail, terms)
            desk.values = values
        return honest(terms)

    blind._pair = lying  # type: ignore[method-assign] # a node of the cheater's own


def party_day(channel: Channel, member: str) -> PartyDay:
    """The newest attempt at the first day of the horizon."""
    return next(iter(channel.node(member)._blind.pairs[PAIR]._days.values()))


def host_day(channel: Channel) -> HostDay:
    return list(channel.node("AZE")._blind._host._days.values())[-1]


def says(channel: Channel, member: str, twist: Callable[[Message], Message | bytes | None]) -> None:
    """Whatever the member's machines say goes through ``twist``: changed, as other bytes, or not at all."""
    blind = channel.node(member)._blind
    honest = blind._file

    def file(body: type, pair: tuple[str, ...], readers: tuple[str, ...], group: Sequence[Any]) -> None:
        told = []
        for held, outgoing in group:
            if outgoing.message is None:
                told.append((held, outgoing))
                continue
            twisted = twist(outgoing.message)
            if twisted is not None:
                told.append((held, _saying(outgoing, twisted, pair)))
        for one in told:
            honest(body, pair, readers, [one])

    blind._file = file  # type: ignore[method-assign] # a node of the cheater's own


def _saying(outgoing: Outgoing, twisted: Message | bytes, pair: tuple[str, ...]) -> Outgoing:
    data = twisted if isinstance(twisted, bytes) else print_message(twisted)
    if outgoing.said is not None:
        said = replace(outgoing.said, messages=(data,))  # type: ignore[type-var] # a body, which is frozen
    else:
        from steerclear.model.member import MemberId

        said = outgoing.body(tuple(map(MemberId, pair)), (data,))
    return outgoing._replace(said=said)


def always(channel: Channel, member: str, liar: type, **given: Any) -> None:
    """In every attempt that begins from here on the member's machine is another one."""
    desk = channel.node(member)._blind.pairs[PAIR]
    honest = desk._begin

    def begin(*asked: Any) -> PartyDay:
        held = honest(*asked)
        honestly = held._open

        def opened(secret: Any) -> Outgoing:
            said, side = honestly(secret), held._side
            side.__class__ = liar
            for name, value in given.items():
                setattr(side, name, value)
            return said

        held._open = opened  # type: ignore[method-assign] # a node of the cheater's own
        return held

    desk._begin = begin  # type: ignore[method-assign, assignment] # as above


class Dropping(Host):
    """Tells one match of each side less than there is, and never a sentinel."""

    real: Callable[[], tuple[int, int]]

    def compared(self) -> Compared:
        told = super().compared()
        one = self.real()
        met = [tuple(slot for slot in slots if slot != out) for slots, out in zip(told.met, one, strict=True)]
        return replace(told, met=(met[0], met[1]))


def drop_one_match(channel: Channel) -> None:
    """The host learns from elsewhere which slots hold what both have: it guesses right."""
    parties = [party_day(channel, member)._side for member in PAIR]
    host = host_day(channel)._host

    def real() -> tuple[int, int]:
        first, second = ({row.tobytes() for row in _sent(one)} for one in parties)
        shared = min(first & second)
        return _slot_of(parties[0], shared), _slot_of(parties[1], shared)

    host.__class__ = Dropping
    host.real = real  # type: ignore[attr-defined] # as just made


def _sent(side: Any) -> Any:
    return side._cells.rows(np.arange(side._sent))


def _slot_of(side: Any, item: bytes) -> int:
    [number] = [at for at, row in enumerate(_sent(side)) if row.tobytes() == item]
    return next(slot for slot, label in enumerate(side._labels) if label == number)


def inquiry(channel: Channel, day: str = "2025-04-10", attempt: int = 0, *, whole: bool = True) -> Inquiry:
    """As ``steerclear blind audit`` does, over the record as the host holds it."""
    from steerclear.record.bundle import parse_bundle
    from steerclear.replay.reopened import reopen_bundle

    openings: list[Opened] = []
    shown: dict[tuple[str, int, int], bytes] = {}
    for member, other in (PAIR, PAIR[::-1]):
        sealed = channel.node(member).blind_opening(other, day, attempt)
        openings.append(unseal_opening(sealed, HELD)[1])
        shown.update(read_openings(channel.node(member).blind_case(other, day, whole=whole)))
    ledger = reopen_bundle(parse_bundle(channel.everything("AZE")), openings=shown)
    require_genuine(ledger)
    return inquire(ledger, openings)
