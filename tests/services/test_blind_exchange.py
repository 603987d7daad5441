# SPDX-License-Identifier: Apache-2.0
"""Two parties and a host compare what nobody shows: three nodes, at L3, L2 and L3p, with cuts and crashes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest

from steerclear.mechanism.bodies import AnnexPropose
from steerclear.model.annex import AnnexName, Disclosure
from steerclear.model.terms import BlindTerms, Level
from steerclear.services import requests as ask
from steerclear.services.speak import by_authority, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.services.answers import NoticeRow

Draw = Callable[..., dict[str, Any]]

TERMS: Final = BlindTerms(tick_s=60, horizon_days=1, cap_km2_ft_h=2_000_000_000, step_minutes=5)
MOST_ROUNDS: Final = 300
FAR: Final = (36.5123, 41.4321)


@pytest.fixture(params=[Level.L3, Level.L2, Level.L3P], ids=lambda level: level.value)
def level(request: pytest.FixtureRequest) -> Level:
    found: Level = request.param
    return found


def agree(channel: Channel, level: Level, terms: BlindTerms = TERMS) -> None:
    """A disclosure annex under which flights are compared at ``level``, in force for all."""
    ledger = channel.node("TUR").ledger
    [old] = [one.annex for one in ledger.view.annexes.proposals if one.annex.name is AnnexName.DISCLOSURE]
    annex = replace(old, version=2, terms=Disclosure(level, (), terms), marks=())
    speak(ledger, AnnexPropose(annex=annex, because="radars"), voice=by_authority(), to=("ISR",))
    channel.settle()
    channel.do("TUR", ask.Ratify())
    channel.do("ISR", ask.Ratify())
    channel.at("05:12")
    channel.settle()


def tick(channel: Channel, *times: str) -> None:
    for at in times:
        channel.at(at)
        calm(channel)


def calm(channel: Channel) -> None:
    """As ``settle``, for checks at L3p that go to and fro many times."""
    for _ in range(MOST_ROUNDS):
        before = sizes(channel)
        for member in channel.stations:
            if member not in channel.down:
                channel.node(member).step()
        for one, other in channel.lines():
            channel.exchange(one, other)
        if sizes(channel) == before:
            return
    raise AssertionError("the nodes never stop talking")


def sizes(channel: Channel) -> list[dict[str, int]]:
    return [channel.node(member).ledger.sizes() for member in channel.stations]


def row(channel: Channel, member: str, ref: str) -> NoticeRow:
    return channel.notice(member, ref)


def test_a_hit_is_told_to_both_as_a_conflict_with_cells_met(
    channel: Channel, draw: Draw, level: Level
) -> None:
    agree(channel, level)
    channel.file("TUR", draw("t1", "TUR"))
    channel.file("ISR", draw("i1", "ISR"))
    assert row(channel, "TUR", "t1").screened.startswith("UNDETERMINED")
    tick(channel, "05:13", "05:14")
    for member, ref in (("TUR", "t1"), ("ISR", "i1")):
        found = row(channel, member, ref)
        assert found.screened.startswith("MAY CONFLICT (cells met)"), (member, found.screened)
    conflicts = [list(channel.node(member).ledger.view.conflicts) for member in ("TUR", "ISR", "AZE")]
    assert [len(one) for one in conflicts] == [1, 1, 0]
    assert conflicts[0][0].id == conflicts[1][0].id
    assert channel.node("TUR").faults == channel.node("ISR").faults == channel.node("AZE").faults == {}


def test_far_apart_nothing_is_met_and_its_age_is_said(channel: Channel, draw: Draw, level: Level) -> None:
    agree(channel, level)
    channel.file("TUR", draw("t1", "TUR"))
    channel.file("ISR", draw("i1", "ISR", *FAR))
    tick(channel, "05:13", "05:14")
    for member, ref in (("TUR", "t1"), ("ISR", "i1")):
        assert row(channel, member, ref).screened.startswith("NO CONFLICT KNOWN (nothing met among")
        assert f"of {'ISR' if member == 'TUR' else 'TUR'} at" in row(channel, member, ref).screened
    tick(channel, "05:20")
    assert row(channel, "TUR", "t1").screened.startswith("NO CONFLICT KNOWN")
    assert not list(channel.node("TUR").ledger.view.conflicts)


def test_silence_is_undetermined_once_it_is_old(channel: Channel, draw: Draw, level: Level) -> None:
    agree(channel, level)
    channel.file("TUR", draw("t1", "TUR"))
    tick(channel, "05:13", "05:14")
    assert row(channel, "TUR", "t1").screened.startswith("NO CONFLICT KNOWN")
    channel.down.update({"AZE", "ISR"})
    tick(channel, "05:15", "05:16")
    assert row(channel, "TUR", "t1").screened.startswith("NO CONFLICT KNOWN")
    tick(channel, "05:18")
    assert row(channel, "TUR", "t1").screened.startswith("UNDETERMINED against ISR because")
    channel.down.clear()
    tick(channel, "05:19", "05:20")
    assert row(channel, "TUR", "t1").screened.startswith("NO CONFLICT KNOWN")


@pytest.mark.parametrize(
    ("level", "member"),
    [(Level.L3, "TUR"), (Level.L3, "AZE"), (Level.L2, "ISR"), (Level.L3P, "TUR")],
    ids=lambda one: one.value if isinstance(one, Level) else one,
)
def test_who_was_started_again_begins_anew_and_what_was_met_stays_met(
    channel: Channel, draw: Draw, level: Level, member: str
) -> None:
    agree(channel, level)
    channel.file("TUR", draw("t1", "TUR"))
    channel.file("ISR", draw("i1", "ISR"))
    channel.file("TUR", draw("t2", "TUR", *FAR))
    tick(channel, "05:13", "05:14")
    channel.restart(member)
    shown = row(channel, "TUR", "t2").screened
    if member == "TUR":
        assert shown.startswith("UNDETERMINED")
    tick(channel, "05:15", "05:16", "05:17", "05:18")
    assert row(channel, "TUR", "t1").screened.startswith("MAY CONFLICT")
    assert row(channel, "ISR", "i1").screened.startswith("MAY CONFLICT")
    assert row(channel, "TUR", "t2").screened.startswith("NO CONFLICT KNOWN")
    assert all(not channel.node(one).faults for one in channel.stations)


def test_a_notice_that_comes_later_and_an_amended_one_are_compared_at_the_next_tick(
    channel: Channel, draw: Draw
) -> None:
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR"))
    channel.file("ISR", draw("i1", "ISR", *FAR))
    tick(channel, "05:13", "05:14")
    amended = channel.notice("ISR", "i1").id
    channel.file("ISR", draw("i1", "ISR"), amends=amended)
    assert row(channel, "ISR", "i1").screened.startswith("UNDETERMINED")
    tick(channel, "05:15", "05:16")
    assert row(channel, "ISR", "i1").screened.startswith("MAY CONFLICT")
    assert row(channel, "TUR", "t1").screened.startswith("MAY CONFLICT")


def test_when_both_open_the_notice_to_the_host_it_finds_the_exact_answer(
    channel: Channel, draw: Draw
) -> None:
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR"))
    channel.file("ISR", draw("i1", "ISR"))
    tick(channel, "05:13", "05:14")
    for member, ref in (("TUR", "t1"), ("ISR", "i1")):
        channel.file(member, draw(ref, member), amends=channel.notice(member, ref).id, level="L1")
    tick(channel, "05:15")
    found = row(channel, "TUR", "t1")
    assert found.screened.startswith("CONFLICT"), [one.words for one in found.findings]
    ways = [way.way for finding in found.findings for way in finding.alternatives]
    assert set(ways) >= {"start", "altitude"}
    channel.do("ISR", ask.TakeAlternative(desk="air", about=channel.notice("ISR", "i1").id, way="start"))
    tick(channel, "05:16", "05:17")
    assert not row(channel, "TUR", "t1").screened.startswith("CONFLICT")


def test_an_open_notice_meets_a_blind_one(channel: Channel, draw: Draw) -> None:
    """Nothing falls between two levels: what one side files openly is in the set, too."""
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR"))
    channel.file("ISR", draw("i1", "ISR"), level="L0")
    assert not row(channel, "ISR", "i1").screened.startswith("NO CONFLICT")
    assert not row(channel, "TUR", "i1").screened.startswith("NO CONFLICT")
    tick(channel, "05:13", "05:14")
    assert row(channel, "ISR", "i1").screened.startswith("MAY CONFLICT")
    assert row(channel, "TUR", "t1").screened.startswith("MAY CONFLICT")
    assert not row(channel, "TUR", "i1").screened.startswith("NO CONFLICT")


def test_a_node_that_was_just_started_knows_nothing(channel: Channel, draw: Draw) -> None:
    """The engines' word on an open notice says nothing about what is compared blind."""
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR"), level="L0")
    tick(channel, "05:13", "05:14")
    assert row(channel, "TUR", "t1").screened.startswith("NO CONFLICT KNOWN")
    channel.restart("TUR")
    assert row(channel, "TUR", "t1").screened.startswith("UNDETERMINED")


def test_the_host_reads_nothing_and_no_engine_tells_a_blind_notice(channel: Channel, draw: Draw) -> None:
    agree(channel, Level.L3)
    filed = channel.file("TUR", draw("t1", "TUR"))
    channel.file("ISR", draw("i1", "ISR"), level="L0")
    tick(channel, "05:13", "05:14")
    assert filed.sealed_to == ("TUR",)
    for member in ("AZE", "ISR"):
        view = channel.node(member).ledger.view
        assert view.notices.get(filed.id) is None
        told = view.book.of_kind("screen.result")
        assert all(filed.id not in {one.notice for one in said.body.notices} for said in told)
        assert not list(view.book.of_kind("blind.met")) or member == "ISR"


def test_beyond_the_horizon_and_without_a_height_it_is_undetermined(channel: Channel, draw: Draw) -> None:
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR", start="2025-04-11T09:00:00Z", end="2025-04-11T10:00:00Z"))
    above_ground = draw("t2", "TUR", lower=0)
    above_ground["properties"]["lower"]["datum"] = "AGL"
    channel.file("TUR", above_ground)
    channel.file("ISR", draw("i1", "ISR", *FAR))
    tick(channel, "05:13", "05:14")
    assert "beyond the 1 days" in row(channel, "TUR", "t1").screened
    assert "above ground" in row(channel, "TUR", "t2").screened
    assert row(channel, "ISR", "i1").screened.startswith("UNDETERMINED"), "TUR's lists are not whole"


def test_a_notice_of_less_than_half_an_hour_is_not_checked_blind(channel: Channel, draw: Draw) -> None:
    agree(channel, Level.L3)
    tick(channel, "08:50")
    channel.file("TUR", draw("t1", "TUR", end="2025-04-10T09:15:00Z"), overrides={"late": "urgent"})
    tick(channel, "08:51", "08:52")
    assert row(channel, "TUR", "t1").screened.startswith("UNDETERMINED")


def test_days_go_and_their_secrets_with_them(channel: Channel, draw: Draw) -> None:
    agree(channel, Level.L3, replace(TERMS, horizon_days=2, tick_s=3_600))
    start, end = "2025-04-11T09:00:00Z", "2025-04-11T10:00:00Z"
    channel.file("TUR", draw("t1", "TUR", start=start, end=end))
    channel.file("ISR", draw("i1", "ISR", start=start, end=end))
    tick(channel, "06:00", "07:00")
    assert [one.day for one in channel.node("TUR").blind()] == ["2025-04-10", "2025-04-11"]
    assert row(channel, "TUR", "t1").screened.startswith("MAY CONFLICT")
    tick(channel, "2025-04-11T00:00:30.000Z", "2025-04-11T01:00:30.000Z")
    assert [one.day for one in channel.node("TUR").blind()] == ["2025-04-11", "2025-04-12"]
    assert row(channel, "TUR", "t1").screened.startswith("MAY CONFLICT")
