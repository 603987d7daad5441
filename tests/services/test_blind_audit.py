# SPDX-License-Identifier: Apache-2.0
"""Does an inquiry with both sides' openings and the record find every cheater, and blame nobody else?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.services.blind_liars import (
    OtherDay,
    drop_one_match,
    go_by,
    inquiry,
    keep_openings,
    party_day,
    twist_plans,
)
from tests.services.test_blind_exchange import FAR, TERMS, agree, tick

from steerclear.blind.grid import Grid
from steerclear.blind.party import Party
from steerclear.blind.ristretto import power_of_generator
from steerclear.errors import NotVerified
from steerclear.model.terms import Level
from steerclear.services import requests as ask
from steerclear.services.blind_plans import Planned

if TYPE_CHECKING:
    from tests.services.conftest import Channel

Draw = Callable[..., dict[str, Any]]


@pytest.fixture(params=[Level.L3, Level.L2, Level.L3P], ids=lambda level: level.value)
def level(request: pytest.FixtureRequest) -> Level:
    found: Level = request.param
    return found


@pytest.fixture
def agreed(channel: Channel, draw: Draw) -> Channel:
    """At L3, compared once with nothing listed; then TUR and ISR file what shares cells."""
    return began(channel, draw, Level.L3)


def began(channel: Channel, draw: Draw, level: Level) -> Channel:
    keep_openings(channel)
    agree(channel, level)
    tick(channel, "05:13")
    channel.file("TUR", draw("t1", "TUR"))
    channel.file("ISR", draw("i1", "ISR"))
    return channel


def found(channel: Channel, **given: Any) -> list[tuple[str, str]]:
    return [(fault.kind, fault.who) for fault in inquiry(channel, **given).faults]


def test_of_an_honest_day_with_all_that_happens_nothing_is_found(
    channel: Channel, draw: Draw, level: Level
) -> None:
    began(channel, draw, level)
    tick(channel, "05:14", "05:15")
    channel.file("ISR", draw("i1", "ISR", *FAR), amends=channel.notice("ISR", "i1").id)
    channel.file("TUR", draw("t2", "TUR", *FAR))
    tick(channel, "05:16", "05:17")
    channel.do("TUR", ask.Withdraw(desk="air", about=channel.notice("TUR", "t1").id, reason="over"))
    tick(channel, "05:18", "05:19")
    looked = inquiry(channel)
    assert (looked.faults, looked.doubts) == ((), ())
    assert (looked.pair, looked.level, looked.day) == (("ISR", "TUR"), level.value, "2025-04-10")
    assert looked.rounds >= 4
    assert looked.notices == (2, 2)
    assert all(count > 100 for count in looked.cells)


def test_what_was_not_shown_is_a_doubt(agreed: Channel, draw: Draw) -> None:
    start, end = "2025-04-12T09:00:00Z", "2025-04-12T10:00:00Z"
    agreed.file("TUR", draw("t9", "TUR", start=start, end=end))
    tick(agreed, "05:14", "05:15")
    looked = inquiry(agreed, whole=False)
    assert looked.faults == ()
    assert ["TUR" in doubt for doubt in looked.doubts] == [True]
    assert looked.notices == (1, 1)


def test_omission(agreed: Channel, draw: Draw) -> None:
    def hide(plans: dict[str, Planned]) -> None:
        for version in [plan.version for plan in plans.values()]:
            del plans[version]

    twist_plans(agreed, "TUR", hide)
    now = party_day(agreed, "TUR").rounds
    tick(agreed, "05:14", "05:15")
    (fault,) = inquiry(agreed).faults
    assert (fault.kind, fault.who, fault.round) == ("omission", "TUR", now)
    assert fault.cells > 100
    assert f"notice {agreed.notice('TUR', 't1').short} were not in the lists, said to be whole" in fault.words
    assert "ft AMSL" in fault.words


def test_extra_cells(agreed: Channel) -> None:
    def probe(plans: dict[str, Planned]) -> None:
        plan = next(iter(plans.values()))
        moved = [
            replace(
                one, span=replace(one.span, start_s=one.span.start_s + 7_200, end_s=one.span.end_s + 7_200)
            )
            for one in plan.volumes
        ]
        plans["f" * 32] = replace(plan, version="f" * 32, volumes=moved, _days=None, _cells={})

    twist_plans(agreed, "ISR", probe)
    now = party_day(agreed, "ISR").rounds
    tick(agreed, "05:14", "05:15")
    (fault,) = inquiry(agreed).faults
    assert (fault.kind, fault.who, fault.round) == ("extra", "ISR", now)
    assert "were in no plan when they were listed" in fault.words


class Products(Party):
    """One dummy's row is replaced by another element: a product of hashes would look the same."""

    def _named(self, items: Any) -> Any:
        rows = super()._named(items)
        if len(rows) > 8:
            rows[0] = list(power_of_generator(b"\7" + bytes(31)))
        return rows


def test_wrong_masking(agreed: Channel) -> None:
    party_day(agreed, "TUR")._side.__class__ = Products
    tick(agreed, "05:14", "05:15")
    assert ("masking", "TUR") in found(agreed)
    assert {who for _, who in found(agreed)} == {"TUR"}


def test_another_list_than_was_committed_to(agreed: Channel) -> None:
    """What is shown to the inquiry is not what was used."""
    side = party_day(agreed, "TUR")._side
    assert side is not None
    side._rounds[0] = replace(side._rounds[0], seed=b"z" * 32)
    tick(agreed, "05:14", "05:15")
    assert set(found(agreed)) == {("commitment", "TUR")}


def test_wrong_day(channel: Channel, draw: Draw) -> None:
    keep_openings(channel)
    agree(channel, Level.L3, replace(TERMS, horizon_days=2))
    tick(channel, "05:13")
    start, end = "2025-04-11T09:00:00Z", "2025-04-11T10:00:00Z"
    channel.file("TUR", draw("t1", "TUR", start=start, end=end))

    def shift(plans: dict[str, Planned]) -> None:
        for version, plan in plans.items():
            given = {one.name: getattr(plan, one.name) for one in fields(plan) if one.init}
            plans[version] = OtherDay(**given)

    twist_plans(channel, "TUR", shift)
    tick(channel, "05:14", "05:15")
    (today,) = inquiry(channel).faults
    assert (today.kind, today.who) == ("day", "TUR")
    assert f"they are cells of notice {channel.notice('TUR', 't1').short} on 2025-04-11" in today.words
    (tomorrow,) = inquiry(channel, "2025-04-11").faults
    assert (tomorrow.kind, tomorrow.who) == ("omission", "TUR")


class AnyStep(Party):
    """Its own node does not mind of which grid its cells are."""

    def _require_of_this_day(self, notice: str, cells: Any) -> None:
        pass


def test_cells_of_another_step(agreed: Channel) -> None:
    def coarse(plans: dict[str, Planned]) -> None:
        for version, plan in plans.items():
            plans[version] = replace(plan, grid=Grid(1_800), _days=None, _cells={})

    party_day(agreed, "TUR")._side.__class__ = AnyStep
    twist_plans(agreed, "TUR", coarse)
    tick(agreed, "05:14", "05:15")
    assert sorted(found(agreed)) == [("grid", "TUR"), ("omission", "TUR")]


def test_another_check_than_was_agreed(channel: Channel, draw: Draw) -> None:
    keep_openings(channel)
    go_by(channel, "TUR", step_minutes=15)
    agree(channel, Level.L3)
    tick(channel, "05:13")
    channel.file("TUR", draw("t1", "TUR"))
    tick(channel, "05:14")
    assert channel.notice("TUR", "t1").screened.startswith("UNDETERMINED")
    (fault,) = inquiry(channel).faults
    assert (fault.kind, fault.who) == ("check", "TUR")
    assert "step in seconds of arc 900, agreed was 300" in fault.words


def test_a_match_that_the_host_did_not_tell(agreed: Channel) -> None:
    drop_one_match(agreed)
    tick(agreed, "05:14", "05:15")
    (fault,) = inquiry(agreed).faults
    assert (fault.kind, fault.who) == ("result", "AZE")
    assert "2 met slots were not told, 0 were invented" in fault.words


def test_what_is_shown_must_be_what_was_sealed(agreed: Channel) -> None:
    from steerclear.record.bundle import parse_bundle
    from steerclear.replay.reopened import reopen_bundle
    from steerclear.services.openings import read_openings, require_genuine

    tick(agreed, "05:14")
    case = agreed.node("TUR").blind_case("ISR", "2025-04-10", whole=False)
    shown = dict(read_openings(case))
    first, second = [place for place in shown if place[0] == "TUR"][:2]
    shown[first] = shown[second]
    ledger = reopen_bundle(parse_bundle(agreed.everything("AZE")), openings=shown)
    with pytest.raises(NotVerified) as refused:
        require_genuine(ledger)
    assert refused.value.code == "seal-commitment"
