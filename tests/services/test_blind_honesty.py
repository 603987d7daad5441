# SPDX-License-Identifier: Apache-2.0
"""Whole nodes that cheat in a blind check: caught by a code in the log, and undetermined on every face.

Design of the check, "what keeps it honest"                     test of whole nodes
---------------------------------------------------------------------------------------------------
sentinels: a host that drops matches, of one round or across    ``LIES`` dropped, forgets
sentinels: another key, grid, step, day                         ``LIES`` key, day; ``test_another_grid…``
proofs: a peer that garbles the re-masking                      ``LIES`` garbled, unproved
commitment first: another list than was committed to            ``LIES`` list, short
canonical encodings, the identity                               ``test_elements…``; ``LIES`` public
counts, caps, oversize batches                                  ``LIES`` count, oversize; ``test_a_cap…``
order and replays                                               ``LIES`` round, replay
symmetry: who tells one side alone, who is silent               ``test_a_result_for_one…``; ``LIES`` silent…
a list that is not whole                                        ``test_a_list_that…``
parts of L3p: false, cut short                                  ``LIES`` part, leaves
least life of a notice                                          ``test_a_notice_too_short…``
audit by opening: omission, extra cells, wrong masking          test_blind_audit.py
day keys and openings gone                                      test_blind_retention.py

Each is done to the machines alone in tests/blind/test_honesty.py, test_bounds.py and test_audit.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.services.blind_liars import always, go_by, host_day, inquiry, keep_openings, says, twist_plans
from tests.services.test_blind_exchange import FAR, TERMS, agree, tick

from steerclear.blind.messages import (
    Chunk,
    Compared,
    DayOpened,
    ListCommitted,
    ListSent,
    Remasked,
    Stopped,
    parse_message,
)
from steerclear.blind.party import Party
from steerclear.blind.slots import SlotTable
from steerclear.mechanism.bodies import BlindKey
from steerclear.model.terms import Level
from steerclear.services.blind_plans import Planned

if TYPE_CHECKING:
    from tests.services.conftest import Channel

Draw = Callable[..., dict[str, Any]]
HONEST: Final = {"TUR": ("ISR",), "AZE": ("TUR", "ISR"), "ISR": ("TUR",)}


@dataclass(frozen=True)
class Lie:
    """``who`` changes each message of ``sort`` by ``change``; ``code``: what is logged, None for silence."""

    name: str
    level: Level
    who: str
    sort: type
    change: Callable[[Any], Any]
    code: str | None


def _rows(message: Any, *, swap: bool = False) -> Any:
    rows = message.rows
    return replace(message, rows=rows[32:] + rows[:32] if swap else rows[:-32])


def _head(message: Any, **given: Any) -> Any:
    return replace(message, head=replace(message.head, **given))


def _public(said: DayOpened, byte: int) -> DayOpened:
    return replace(said, public=bytes((byte,)) * 32)


def _unproved(said: Chunk) -> Chunk:
    return replace(said, proofs=bytes(len(said.proofs)))


def _one_more(told: Compared) -> Compared:
    """A slot of each side that was not met."""
    both = [next(n for n in range(len(slots) + 1) if n not in slots) for slots in told.met]
    met = [tuple(sorted((*slots, more))) for slots, more in zip(told.met, both, strict=True)]
    return replace(told, met=(met[0], met[1]))


LIES: Final = (
    Lie("dropped", Level.L3, "AZE", Compared, lambda told: replace(told, met=((), ())), "blind-sentinels"),
    Lie("dropped-2", Level.L2, "AZE", Compared, lambda told: replace(told, met=((), ())), "blind-sentinels"),
    Lie("invented", Level.L2, "AZE", Compared, _one_more, "blind-met"),
    Lie("unproved", Level.L3, "AZE", Compared, lambda told: replace(told, proved=False), "blind-not-proved"),
    Lie("day", Level.L3, "TUR", ListCommitted, lambda said: _head(said, pair_day=b"o" * 32), None),
    Lie("garbled", Level.L3, "TUR", Remasked, lambda said: _rows(said, swap=True), "blind-proof"),
    Lie("short", Level.L3, "TUR", ListSent, _rows, "blind-list"),
    Lie("list", Level.L2, "ISR", ListSent, lambda sent: _rows(sent, swap=True), "blind-list"),
    Lie("public", Level.L3, "TUR", DayOpened, lambda said: _public(said, 255), "blind-public"),
    Lie("identity", Level.L3P, "ISR", DayOpened, lambda said: _public(said, 0), "blind-public"),
    Lie("count", Level.L3, "TUR", ListCommitted, lambda said: replace(said, count=100), "blind-count"),
    Lie("oversize", Level.L3, "ISR", ListCommitted, lambda said: replace(said, count=1 << 20), "blind-cap"),
    Lie("round", Level.L3, "TUR", ListCommitted, lambda said: _head(said, round=said.head.round + 7), None),
    Lie("replay", Level.L2, "TUR", ListCommitted, lambda said: _head(said, round=0), None),
    Lie("silent-host", Level.L3, "AZE", Compared, lambda _: None, None),
    Lie("silent-peer", Level.L3, "TUR", ListSent, lambda _: None, None),
    Lie("garbage", Level.L3, "TUR", ListSent, lambda _: b"SCBM\x01 no message", None),
    Lie("part", Level.L3P, "TUR", Chunk, _unproved, "blind-proof"),
    Lie("leaves", Level.L3P, "TUR", Chunk, lambda said: said if said.step < 3 else None, None),
)  # fmt: skip


@pytest.fixture
def morning(channel: Channel, draw: Draw) -> Callable[[Level], Channel]:
    """Both file in one place, and ISR far away too; three ticks later."""

    def live(level: Level) -> Channel:
        agree(channel, level)
        channel.file("TUR", draw("t1", "TUR"))
        channel.file("ISR", draw("i1", "ISR"))
        channel.file("ISR", draw("i2", "ISR", *FAR))
        tick(channel, "05:13", "05:14", "05:18")
        return channel

    return live


def undetermined_on_every_face(channel: Channel, *members: str) -> None:
    """What a duty officer looks at, whichever it is; the API and the CLI print these rows."""
    for member in members:
        node = channel.node(member)
        rows = [row for row in node.status({}).notices if row.author == member]
        assert rows
        rows += [node.notice(row.id) for row in rows]
        rows += [row for row in node.inbox("air").notices if row.author == member]
        assert [row.screened for row in rows if not row.screened.startswith("UNDETERMINED")] == []
        assert not any(finding.finding == "NO CONFLICT KNOWN" for row in rows for finding in row.findings)
        assert not node.ledger.view.conflicts or not list(node.ledger.view.conflicts)


def logged(channel: Channel, member: str) -> set[str]:
    """The codes with which somebody went on no further, as this member can read them."""
    stops = channel.node(member).ledger.view.book.of_kind("blind.stop")
    messages = [parse_message(data) for said in stops for data in said.body.messages]
    return {one.code for one in messages if isinstance(one, Stopped)}


@pytest.mark.parametrize("lie", LIES, ids=lambda lie: lie.name)
def test_who_lies_is_caught_or_nothing_is_known(
    channel: Channel, morning: Callable[[Level], Channel], lie: Lie
) -> None:
    says(channel, lie.who, lambda said: lie.change(said) if isinstance(said, lie.sort) else said)
    morning(lie.level)
    honest = HONEST[lie.who]
    undetermined_on_every_face(channel, *honest)
    if lie.code is not None:
        assert all(lie.code in logged(channel, member) for member in honest)
        states = [row.state for member in honest for row in channel.node(member).blind()]
        assert set(states) <= {"undetermined", "waiting"}


def test_without_a_lie_the_same_morning_is_known(morning: Callable[[Level], Channel]) -> None:
    channel = morning(Level.L2)
    told = {row.ref: row.screened.split(" (")[0] for row in channel.node("ISR").status({}).notices}
    assert told == {"i1": "MAY CONFLICT", "i2": "NO CONFLICT KNOWN"}
    assert logged(channel, "ISR") == set()


def test_another_key_of_l2(channel: Channel, morning: Callable[[Level], Channel]) -> None:
    """TUR tells ISR another half of the key than it goes on with."""
    blind = channel.node("TUR")._blind
    honest = blind._file

    def file(body: type, pair: Any, readers: Any, group: Any) -> None:
        if body is BlindKey:
            group = [
                (held, out._replace(said=replace(out.said, public=b"\x09" + bytes(31))))
                for held, out in group
            ]
        honest(body, pair, readers, group)

    blind._file = file  # type: ignore[method-assign] # a node of the cheater's own
    morning(Level.L2)
    undetermined_on_every_face(channel, "ISR")
    assert "blind-key-differs" in logged(channel, "ISR")


@pytest.mark.parametrize("level", [Level.L3, Level.L3P])
def test_another_grid_is_said_at_once(
    channel: Channel, morning: Callable[[Level], Channel], level: Level
) -> None:
    go_by(channel, "TUR", step_minutes=15)
    morning(level)
    undetermined_on_every_face(channel, "ISR")
    assert "blind-other-check" in logged(channel, "ISR")


class _Row(Party):
    row: bytes

    def _named(self, items: Any) -> Any:
        rows = super()._named(items)
        rows[0] = list(self.row)
        return rows


@pytest.mark.parametrize("row", [bytes(32), b"\xff" * 32], ids=["identity", "not-canonical"])
def test_elements_that_are_none_are_refused_by_who_would_use_them(
    channel: Channel, draw: Draw, row: bytes
) -> None:
    agree(channel, Level.L3)
    always(channel, "TUR", _Row, row=row)
    channel.restart("AZE")
    channel.file("ISR", draw("i1", "ISR"))
    tick(channel, "05:13", "05:14", "05:18")
    undetermined_on_every_face(channel, "ISR")
    assert "blind-element" in logged(channel, "ISR")


def test_a_host_that_forgets_earlier_ticks(channel: Channel, draw: Draw) -> None:
    agree(channel, Level.L2)
    channel.file("TUR", draw("t1", "TUR"))
    tick(channel, "05:13")
    host: Any = host_day(channel)._host
    host._seen = SlotTable(32, 5), SlotTable(32, 5)
    channel.file("ISR", draw("i1", "ISR"))
    tick(channel, "05:14")
    assert "blind-sentinels" in logged(channel, "ISR")


def test_a_result_for_one_side_alone(channel: Channel, morning: Callable[[Level], Channel]) -> None:
    """The host seals its answer to TUR, and ISR cannot read it: it knows nothing, and says so."""
    blind = channel.node("AZE")._blind
    honest = blind._file

    def file(body: type, pair: Any, readers: Any, group: Any) -> None:
        honest(body, pair, ("TUR",) if body.__name__ == "BlindResult" else readers, group)

    blind._file = file  # type: ignore[method-assign] # a node of the cheater's own
    morning(Level.L2)
    undetermined_on_every_face(channel, "ISR")


class _NotWhole(Party):
    def _is_whole(self) -> bool:
        return False


def test_a_list_that_is_not_whole(channel: Channel, draw: Draw) -> None:
    agree(channel, Level.L2)
    always(channel, "TUR", _NotWhole)
    channel.restart("AZE")
    channel.file("ISR", draw("i2", "ISR", *FAR))
    tick(channel, "05:13", "05:14", "05:15")
    undetermined_on_every_face(channel, "ISR")
    assert "could not list all of its notices" in channel.notice("ISR", "i2").screened


def test_a_cap_is_kept_by_the_peer_and_by_the_host(channel: Channel, draw: Draw) -> None:
    go_by(channel, "TUR", cap_km2_ft_h=4_000_000_000)
    agree(channel, Level.L2, replace(TERMS, cap_km2_ft_h=8_000_000))
    channel.file("TUR", draw("t1", "TUR"))
    channel.file("ISR", draw("i1", "ISR"))
    tick(channel, "05:13", "05:14", "05:18")
    undetermined_on_every_face(channel, "ISR")
    assert "blind-cap" in logged(channel, "ISR")


def test_a_notice_too_short_for_a_plan_is_found_by_the_audit(channel: Channel, draw: Draw) -> None:
    """Its own node would not list it; one that does is a probe, and the record has when it was filed."""
    keep_openings(channel)
    agree(channel, Level.L2)
    tick(channel, "08:50")

    def older(plans: dict[str, Planned]) -> None:
        for plan in plans.values():
            plan.filed_at_s -= 3_600

    twist_plans(channel, "TUR", older)
    channel.file("TUR", draw("t1", "TUR", end="2025-04-10T09:15:00Z"), overrides={"late": "urgent"})
    tick(channel, "08:51", "08:52")
    (fault,) = inquiry(channel).faults
    assert (fault.kind, fault.who) == ("life", "TUR")
