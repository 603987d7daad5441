# SPDX-License-Identifier: Apache-2.0
"""Who is told of which conflict, when is it screened anew, and what is said when nobody could screen?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.errors import Refused
from steerclear.mechanism.bodies import (
    AnnexPropose,
    AnnexRatify,
    ConflictFound,
    NoticeFile,
    OtherBand,
    OtherStart,
    ScreenResult,
)
from steerclear.mechanism.said import Said
from steerclear.model.annex import AnnexName, Separation, annex_hash
from steerclear.model.space import Polygon, Position
from steerclear.services import requests as ask
from steerclear.services.speak import by_authority, by_desk, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

HAZARD = {"kind": "hazard"}
NONE_KNOWN = "NO CONFLICT KNOWN"


def screened(channel: Channel, member: str, ref: str) -> str:
    return channel.notice(member, ref).screened


def results(channel: Channel, member: str) -> list[Said[ScreenResult]]:
    return list(channel.node(member).ledger.view.book.of_kind("screen.result"))


def of_pairs(channel: Channel, member: str) -> Iterator[Said[ScreenResult]]:
    return (one for one in results(channel, member) if len(one.body.notices) == 2)


@pytest.fixture
def met(channel: Channel, draw: Any) -> Channel:
    """TUR's survey and ISR's flight, both at L1, in one place at one time."""
    channel.file("TUR", draw("survey", "TUR"))
    channel.file("ISR", draw("flight", "ISR", lat=34.5323, start="2025-04-10T09:20:00Z"))
    return channel


def test_a_notice_alone_meets_nobody(channel: Channel, draw: Any) -> None:
    channel.file("TUR", draw("survey", "TUR"))
    assert screened(channel, "TUR", "survey") == "NO CONFLICT KNOWN (among 0 notices)"
    assert screened(channel, "AZE", "survey") == "NO CONFLICT KNOWN (among 0 notices)"


def test_a_conflict_is_told_to_both_and_each_sees_the_overlap_alone(met: Channel) -> None:
    for member, own in (("TUR", "survey"), ("ISR", "flight")):
        assert screened(met, member, own).startswith("CONFLICT from 2025-04-10T09:20:00Z")
        pair = [one for one in met.notice(member, own).findings if len(one.about) == 2]
        assert [(one.finding, one.by) for one in pair] == [("CONFLICT", "AZE")]
        assert pair[0].overlap
        assert pair[0].first_at == "2025-04-10T09:20:00.000Z"
        other = "flight" if own == "survey" else "survey"
        assert not any(row.ref == other for row in met.node(member).status({}).notices)
    assert met.notice("AZE", "survey").screened.startswith("CONFLICT")


def test_the_filer_alone_gets_the_ways_out_of_its_own_notice(met: Channel) -> None:
    for member, own in (("TUR", "survey"), ("ISR", "flight")):
        ways = [way for one in met.notice(member, own).findings for way in one.alternatives]
        assert {way.way for way in ways} == {"start", "altitude"}
        offered = {way.notice for one in results(met, member) for way in one.body.alternatives}
        assert offered == {met.notice(member, own).id}


@pytest.mark.parametrize("way", ["start", "altitude"])
def test_a_way_out_is_taken_and_both_are_screened_again(met: Channel, way: Any) -> None:
    before = met.notice("ISR", "flight")
    offered = next(w for f in before.findings for w in f.alternatives if w.way == way)
    receipt = met.do("ISR", ask.TakeAlternative(desk="air", about=before.short, way=way))[0]
    assert (receipt.kind, receipt.sealed_to) == ("notice.amend", ("AZE", "ISR"))
    after = met.notice("ISR", "flight")
    assert after.version == 2
    assert after.screened.startswith(NONE_KNOWN)
    assert screened(met, "TUR", "survey").startswith(NONE_KNOWN)
    if way == "start":
        assert after.start == offered.start != before.start
    else:
        record = met.node("ISR").ledger.view.notices.get(after.id)
        assert record is not None
        band = record.newest.content.volumes[0].band
        assert (band.lower.feet, band.upper.feet) == (offered.lower_ft, offered.upper_ft)


def test_no_way_out_where_none_was_offered(channel: Channel, draw: Any) -> None:
    filed = channel.file("TUR", draw("survey", "TUR"))
    with pytest.raises(Refused) as refused:
        channel.do("TUR", ask.TakeAlternative(desk="air", about=filed.short, way="start"))
    assert refused.value.code == "no-alternative"


def test_an_old_way_out_is_not_taken_for_a_new_version(met: Channel, draw: Any) -> None:
    flight = met.notice("ISR", "flight")
    met.file("ISR", draw("flight", "ISR", lat=36.5123), amends=flight.short)
    with pytest.raises(Refused) as refused:
        met.do("ISR", ask.TakeAlternative(desk="air", about=flight.short, way="start"))
    assert refused.value.code == "no-alternative"


def test_no_way_out_lies_in_the_past(channel: Channel, draw: Any) -> None:
    """At 08:40 the nearest start without conflict would be 08:00, and nobody can take it."""
    channel.file("TUR", draw("survey", "TUR", start="2025-04-10T09:05:00Z", end="2025-04-10T11:00:00Z"))
    channel.at("08:20")
    channel.file("ISR", draw("flight", "ISR", start="2025-04-10T08:55:00Z", end="2025-04-10T09:35:00Z"))
    ways = [way for one in channel.notice("ISR", "flight").findings for way in one.alternatives]
    assert [way.start for way in ways if way.way == "start"] == ["2025-04-10T11:05:00Z"]


def test_a_way_out_that_makes_the_notice_late_is_not_offered_and_one_that_is_late_is_marked(
    channel: Channel, draw: Any
) -> None:
    channel.file("TUR", draw("survey", "TUR", start="2025-04-10T05:35:00Z", end="2025-04-10T05:40:00Z"))
    late = draw("flight", "ISR", start="2025-04-10T05:22:00Z", end="2025-04-10T05:38:00Z")
    filed = channel.file("ISR", late)
    ways = [way for one in channel.notice("ISR", "flight").findings for way in one.alternatives]
    start = next(way.start for way in ways if way.way == "start")
    assert start == "2025-04-10T05:45:00Z", "12 minutes' notice may become more, never less"
    channel.at("05:20")
    channel.do("ISR", ask.TakeAlternative(desk="air", about=filed.short, way="start"))
    record = channel.node("AZE").ledger.view.notices.get(filed.id)
    assert record is not None
    assert [version.content.late_minutes for version in record.versions] == [18, 5]


# ---- anew ------------------------------------------------------------------------------------------------


def test_a_withdrawal_frees_the_other_side(met: Channel) -> None:
    flight = met.notice("ISR", "flight")
    met.do("ISR", ask.Withdraw(desk="air", about=flight.short, reason="weather"))
    assert screened(met, "TUR", "survey") == "NO CONFLICT KNOWN (among 0 notices)"


def test_cold_frees_the_other_side(met: Channel) -> None:
    flight = met.notice("ISR", "flight")
    met.at("09:30")
    met.do("ISR", ask.GoCold(desk="air", about=flight.short))
    assert screened(met, "TUR", "survey").startswith(NONE_KNOWN)


def test_a_new_version_is_screened_and_told_to_both(met: Channel, draw: Any) -> None:
    flight = met.notice("ISR", "flight")
    met.file("ISR", draw("flight", "ISR", lat=36.5123), amends=flight.short)
    assert screened(met, "TUR", "survey").startswith(NONE_KNOWN)
    assert screened(met, "ISR", "flight").startswith(NONE_KNOWN)
    met.file("ISR", draw("flight", "ISR", lat=34.5423), amends=flight.short)
    assert screened(met, "TUR", "survey").startswith("CONFLICT")
    assert screened(met, "ISR", "flight").startswith("CONFLICT")


def wider(channel: Channel, lateral_mm: int, version: int) -> None:
    """Both parties ratify another lateral minimum."""
    now = channel.clock.now()
    old = channel.node("TUR").ledger.view.annexes.in_force(AnnexName.SEPARATION, now)
    assert old is not None
    assert isinstance(old.terms, Separation)
    annex = replace(old, version=version, terms=replace(old.terms, lateral_mm=lateral_mm))
    for member in ("TUR", "ISR"):
        ledger = channel.node(member).ledger
        if member == "TUR":
            speak(ledger, AnnexPropose(annex=annex, because="more room"), voice=by_authority(), to=("ISR",))
            channel.settle()
        speak(ledger, AnnexRatify(content=annex_hash(annex)), voice=by_authority(), to=("TUR", "ISR"))
        channel.settle()


def test_another_separation_annex_screens_everything_again(channel: Channel, draw: Any) -> None:
    channel.file("TUR", draw("survey", "TUR"))
    channel.file("ISR", draw("flight", "ISR", lat=34.7123))
    assert screened(channel, "TUR", "survey").startswith(NONE_KNOWN)
    wider(channel, 20_000_000, 2)
    channel.at("05:20")
    for member, own in (("TUR", "survey"), ("ISR", "flight")):
        assert screened(channel, member, own).startswith("CONFLICT")
    wider(channel, 5_000_000, 3)  # both bind until all have seen all; then the narrower one alone
    channel.at("05:30")
    channel.settle()
    for member, own in (("TUR", "survey"), ("ISR", "flight")):
        assert screened(channel, member, own).startswith(NONE_KNOWN)


def test_without_a_separation_annex_nothing_is_said_to_be_clear_of_conflict(
    founded: Channel, draw: Any
) -> None:
    founded.file("TUR", draw("survey", "TUR"))
    assert screened(founded, "TUR", "survey") == "UNDETERMINED because no separation annex is in force"


def test_own_notices_are_the_filers_own_affair(channel: Channel, draw: Any) -> None:
    channel.file("TUR", draw("one", "TUR"))
    channel.file("TUR", draw("other", "TUR"))
    assert screened(channel, "TUR", "one").startswith(NONE_KNOWN)
    assert not list(of_pairs(channel, "TUR"))


def test_screening_comes_to_rest(met: Channel) -> None:
    """The same result is not said again, whatever time passes."""
    met.settle()
    said = len(results(met, "AZE"))
    for clock in ("05:30", "06:00", "07:00"):
        met.at(clock)
        met.settle()
    assert len(results(met, "AZE")) == said


# ---- the host is gone ------------------------------------------------------------------------------------


def test_without_the_host_a_sealed_notice_is_undetermined(channel: Channel, draw: Any) -> None:
    channel.down = {"AZE"}
    channel.file("TUR", draw("survey", "TUR"))
    assert screened(channel, "TUR", "survey") == "UNDETERMINED because nobody has screened it yet"
    channel.down = set()
    channel.settle()
    assert screened(channel, "TUR", "survey").startswith(NONE_KNOWN)


def test_without_the_host_the_addressee_screens_what_it_can_read(channel: Channel, draw: Any) -> None:
    channel.file("ISR", draw("range", "ISR", **HAZARD))
    channel.down = {"AZE"}
    channel.file("TUR", draw("depot", "TUR", lat=34.5323, **HAZARD))
    for member in ("TUR", "ISR"):
        pairs = [one for one in channel.notice(member, "depot").findings if len(one.about) == 2]
        assert {(one.finding, one.by) for one in pairs} == {("CONFLICT", "ISR")}


def test_a_sealed_notice_is_opened_by_its_filer_when_the_host_is_gone(channel: Channel, draw: Any) -> None:
    filed = channel.file("TUR", draw("survey", "TUR"))
    channel.down = {"AZE"}
    channel.file("TUR", draw("survey", "TUR", lat=34.5223), amends=filed.short)
    assert screened(channel, "TUR", "survey").startswith("UNDETERMINED")
    channel.file("TUR", draw("survey", "TUR", lat=34.5223), amends=filed.short, level="L0")
    assert channel.node("ISR").ledger.view.book.of_kind("notice.amend")


def test_a_partys_own_check_offers_no_ways_out(channel: Channel, draw: Any) -> None:
    """They would tell the other where its sealed plans end."""
    channel.file("ISR", draw("flight", "ISR"))
    channel.down = {"AZE"}
    channel.file("TUR", draw("depot", "TUR", **HAZARD))
    by_isr = [one for one in results(channel, "TUR") if one.author == "ISR"]
    assert any(isinstance(one.body.finding, ConflictFound) for one in by_isr)
    assert not any(one.body.alternatives for one in by_isr)


# ---- a party that does not keep to the rules -------------------------------------------------------------

CROSSING = ((34.5, 37.5), (34.6, 37.7), (34.6, 37.5), (34.5, 37.7))
TOUCHING = ((89.9999999, 0.0), (90.0, 10.0), (89.9999999, 179.9999999))


@pytest.mark.parametrize("corners", [CROSSING, TOUCHING])
def test_a_shape_that_no_gate_would_pass_keeps_nobody_elses_notice_from_being_screened(
    channel: Channel, draw: Any, corners: tuple[tuple[float, float], ...]
) -> None:
    """A node that is not ours files it all the same; that notice is Undetermined, the others are screened."""
    channel.file("ISR", draw("good", "ISR", **HAZARD))
    ledger = channel.node("ISR").ledger
    content = next(iter(ledger.view.notices)).newest.content
    ring = tuple(Position(round(lat * 1e7), round(lon * 1e7)) for lat, lon in corners)
    bad = replace(content, ref="bad", volumes=(_with_ring(content.volumes[0], ring),))
    speak(ledger, NoticeFile(bad), voice=by_desk("air"), to=("TUR",), readers=("TUR", "AZE"))
    channel.settle()
    channel.file("TUR", draw("depot", "TUR", lat=36.5123, **HAZARD))
    unknown = "UNDETERMINED because a shape that ISR filed has no certain inside"
    assert screened(channel, "AZE", "bad") == screened(channel, "TUR", "depot") == unknown
    assert screened(channel, "AZE", "good").startswith(NONE_KNOWN)
    assert not channel.node("AZE").status({}).alarms
    # … and a conflict with another notice is found beside it.
    channel.file("TUR", draw("second", "TUR", lat=34.5323, **HAZARD))
    assert screened(channel, "AZE", "good").startswith("CONFLICT")
    assert screened(channel, "TUR", "second").startswith("CONFLICT")


def _with_ring(volume: Any, ring: tuple[Position, ...]) -> Any:
    return replace(volume, footprint=Polygon(ring, ()))


def test_ways_out_are_what_their_kinds_say(met: Channel) -> None:
    for one in results(met, "TUR"):
        for way in one.body.alternatives:
            assert isinstance(way, OtherStart | OtherBand)
