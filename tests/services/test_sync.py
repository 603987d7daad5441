# SPDX-License-Identifier: Apache-2.0
"""Does every node come to hold what the others hold, whatever a line, a peer or an old disk does?"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.services.conftest import EVERYONE, found

from steerclear.errors import NotVerified, Refused
from steerclear.mechanism.bodies import DrillStart
from steerclear.mechanism.obligations import obligations
from steerclear.record.bundle import Bundle, LogPart, parse_bundle, print_bundle
from steerclear.record.report import VerifyReport
from steerclear.record.verify_path import verify_replica
from steerclear.services import requests as ask
from steerclear.services.speak import by_desk, speak

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.conftest import Channel

HAZARD = {"kind": "hazard"}
Draw = Callable[..., dict[str, Any]]


def everything_equal(channel: Channel) -> None:
    """All hold the same logs; and what two can both open, both see alike."""
    heads = {
        member: {name: (log.size, log.root) for name, log in channel.node(member).ledger.logs.items()}
        for member in channel.stations
    }
    assert heads["TUR"] == heads["ISR"] == heads["AZE"]
    shared = [
        {row.id: (row.version, row.state, row.stages) for row in channel.node(m).status({}).notices}
        for m in channel.stations
    ]
    for one in shared:
        for other in shared:
            both = one.keys() & other.keys()
            assert {id_: one[id_] for id_ in both} == {id_: other[id_] for id_ in both}


def edited(data: bytes, edit: Callable[[Bundle], Bundle]) -> bytes:
    return print_bundle(edit(parse_bundle(data)))


def parts_of(bundle: Bundle, member: str) -> list[LogPart]:
    return [part for part in bundle.parts if part.member == member]


# ---- lines -----------------------------------------------------------------------------------------------


def test_a_partition_delays_and_heals(channel: Channel, draw: Draw) -> None:
    channel.cut = {frozenset(("ISR", "TUR")), frozenset(("ISR", "AZE"))}
    channel.file("TUR", draw("depot", "TUR", **HAZARD))
    channel.file("ISR", draw("range", "ISR", **HAZARD))
    stop = channel.do("ISR", ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("TUR",)))[
        0
    ]
    assert channel.node("TUR").ledger.logs["ISR"].size == channel.sizes["ISR"]
    channel.cut = set()
    channel.at("05:20")
    channel.settle()
    everything_equal(channel)
    assert channel.stop("TUR", stop.id).delivered_at == "2025-04-10T05:20:00.000Z"
    assert {row.ref for row in channel.node("TUR").status({}).notices} == {"depot", "range"}


def test_the_host_carries_for_two_that_cannot_reach_each_other(channel: Channel, draw: Draw) -> None:
    channel.cut = {frozenset(("ISR", "TUR"))}
    channel.file("TUR", draw("depot", "TUR", **HAZARD))
    everything_equal(channel)
    assert channel.notice("ISR", "depot").stages[0].delivered_at is not None


@pytest.mark.parametrize("lost", ["asked", "answered"])
def test_what_is_lost_on_the_way_costs_a_repeat(channel: Channel, draw: Draw, lost: str) -> None:
    channel.file("TUR", draw("depot", "TUR", **HAZARD), settle=False)
    for _ in range(3):
        asked = channel.node("TUR").make("ISR")
        if lost == "answered":
            channel.node("ISR").answer("TUR", asked)
    channel.settle()
    everything_equal(channel)
    assert channel.notice("ISR", "depot").version == 1


def test_the_same_bundle_again_changes_nothing(channel: Channel, draw: Draw) -> None:
    channel.file("TUR", draw("depot", "TUR", **HAZARD), settle=False)
    channel.node("TUR").take("ISR", channel.node("ISR").make("TUR"))
    bundle = channel.node("TUR").make("ISR")
    isr = channel.node("ISR")
    isr.take("TUR", bundle)
    sizes, view = isr.ledger.sizes(), isr.ledger.view.book.size
    for _ in range(3):
        isr.take("TUR", bundle)
        isr.answer("TUR", bundle)
    assert (isr.ledger.sizes(), isr.ledger.view.book.size) == (sizes, view)
    assert not isr.status({}).alarms


def test_bundles_that_come_in_the_wrong_order_leave_no_gap(channel: Channel, draw: Draw) -> None:
    bundles = []
    for number in range(3):
        channel.file("TUR", draw(f"depot-{number}", "TUR", **HAZARD), settle=False)
        channel.node("TUR").take("ISR", channel.node("ISR").make("TUR"))
        data = channel.node("TUR").make("ISR")
        newest = channel.size("TUR") - 1
        bundles.append(edited(data, lambda b, newest=newest: _only_from(b, newest)))  # type: ignore[misc]
    for data in reversed(bundles):
        channel.node("ISR").take("TUR", data)
    assert channel.node("ISR").ledger.logs["TUR"].size == channel.sizes["TUR"] + 1
    channel.settle()
    everything_equal(channel)


def _only_from(bundle: Bundle, start: int) -> Bundle:
    parts = [part for part in bundle.parts if part.member == "TUR"]
    return replace(
        bundle,
        parts=tuple(
            replace(part, start=start, entries=part.entries[start - part.start :], checkpoint=None)
            for part in parts
        ),
    )


def test_a_long_log_comes_in_several_bundles(channel: Channel) -> None:
    """More than one bundle holds is fetched in one go, each bundle within its bound, by one line alone."""
    tur, isr = channel.node("TUR"), channel.node("ISR")
    for _ in range(900):
        speak(tur.ledger, DrillStart(name="x" * 80, scenario="y" * 1_900), voice=by_desk("air"))
    for _ in range(10):
        if not channel.exchange("ISR", "TUR"):
            break
    assert isr.ledger.logs["TUR"].size == channel.size("TUR")
    assert sum(len(data) > 1_000_000 for data in channel.taken["ISR"]) > 1
    assert max(map(len, channel.taken["ISR"])) < 2.5 * 1024 * 1024


# ---- peers that do not behave ----------------------------------------------------------------------------


def test_a_bad_entry_refuses_itself_and_the_rest_is_taken(channel: Channel, draw: Draw) -> None:
    """The host passes on TUR's log spoiled, and its own sound: the one is refused and named."""
    channel.cut = {frozenset(("ISR", "TUR"))}
    channel.file("TUR", draw("depot", "TUR", **HAZARD), settle=False)
    channel.file("TUR", draw("second", "TUR", lat=35.1123, **HAZARD), settle=False)
    channel.exchange("TUR", "AZE")
    channel.exchange("TUR", "AZE")
    channel.node("AZE").step()
    isr = channel.node("ISR")
    channel.node("AZE").take("ISR", isr.make("AZE"))

    def spoil(bundle: Bundle) -> Bundle:
        def spoiled(part: LogPart) -> LogPart:
            if part.member != "TUR":
                return part
            good, bad = part.entries[0], part.entries[1]
            return replace(part, entries=(good, bad.replace(b'"sig":"', b'"sig":"AAAA', 1)[: len(bad)]))

        return replace(bundle, parts=tuple(spoiled(part) for part in bundle.parts))

    isr.take("AZE", edited(channel.node("AZE").make("ISR"), spoil))
    assert isr.ledger.logs["TUR"].size == channel.sizes["TUR"] + 1, "the good one before it is kept"
    assert isr.ledger.logs["AZE"].size == channel.size("AZE"), "and so is what comes after it"
    alarms = isr.status({}).alarms
    assert any(alarm.startswith("AZE sent what was refused:") for alarm in alarms), alarms
    channel.settle()
    everything_equal(channel)
    assert not any("refused" in alarm for alarm in isr.status({}).alarms), "what was mended is no alarm"


def test_a_bundle_is_taken_from_whom_it_says_and_for_this_mechanism(channel: Channel) -> None:
    bundle = channel.node("TUR").make("ISR")
    isr = channel.node("ISR")
    with pytest.raises(NotVerified) as foreign:
        isr.take("AZE", bundle)
    assert foreign.value.code == "bundle-of-another"
    with pytest.raises(NotVerified) as other:
        isr.take("TUR", edited(bundle, lambda b: replace(b, mechanism="0" * 64)))
    assert other.value.code == "bundle-other-mechanism"
    for junk in (b"", b"hello", bundle[:-10], bundle + b"x"):
        with pytest.raises(NotVerified):
            isr.take("TUR", junk)


def test_entries_of_a_stranger_are_refused(channel: Channel) -> None:
    bundle = channel.node("TUR").make("ISR")
    part = LogPart(member="RUS", generation=0, start=0, entries=(b'{"a":1}',))
    channel.node("ISR").take("TUR", edited(bundle, lambda b: replace(b, parts=(*b.parts, part))))
    assert "log-of-stranger" in " ".join(channel.node("ISR").status({}).alarms)


def test_a_peer_that_shows_nothing_new_is_not_called_again_and_again(channel: Channel, draw: Draw) -> None:
    """A peer that refuses what we send is left until the next heartbeat."""
    channel.file("TUR", draw("depot", "TUR", **HAZARD), settle=False)
    stale, tur = channel.node("ISR").make("TUR"), channel.restart("TUR")
    assert tur.take("ISR", stale)
    assert not tur.take("ISR", stale)


# ---- two records -----------------------------------------------------------------------------------------


@pytest.fixture
def forked(channel: Channel, draw: Draw) -> Channel:
    """TUR shows ISR one entry and the host another, at the same place, both signed."""
    station = channel.stations["TUR"]
    disk, mark = copy.deepcopy(station.disk), copy.deepcopy(station.mark)
    channel.cut = {frozenset(("TUR", "AZE")), frozenset(("ISR", "AZE"))}
    channel.file("TUR", draw("for-israel", "TUR", **HAZARD))
    station.mark.mark = mark.mark
    channel.restart("TUR", disk=disk)
    channel.cut = {frozenset(("TUR", "ISR")), frozenset(("ISR", "AZE"))}
    channel.file("TUR", draw("for-the-host", "TUR", lat=35.1123, **HAZARD))
    channel.cut = {frozenset(("TUR", "ISR")), frozenset(("TUR", "AZE"))}
    for _ in range(6):
        channel.exchange("ISR", "AZE")
    return channel


def test_a_member_that_signs_two_records_is_shown_and_the_proof_is_kept(forked: Channel) -> None:
    for member in ("ISR", "AZE"):
        alarms = forked.node(member).status({}).alarms
        assert "STOP THE LINE: TUR has signed two records; both are kept as proof" in alarms
        proof = forked.stations[member].store.fact("split-view TUR")
        assert proof is not None
        assert b"steerclear/" in proof
    forked.restart("ISR")
    assert any("STOP THE LINE" in alarm for alarm in forked.node("ISR").status({}).alarms)


def test_two_records_are_cosigned_by_nobody_any_more(forked: Channel) -> None:
    forked.cut = {frozenset(("TUR", "ISR"))}
    before = forked.node("ISR").ledger.notes.cosigners("TUR")
    forked.at("05:30")
    forked.settle()
    assert "AZE" not in forked.node("ISR").ledger.notes.cosigners("TUR") or before == ("AZE", "ISR")
    logs = {log.member: log for log in forked.node("ISR").status({}).logs}
    assert not logs["TUR"].recorded


def test_the_others_go_on_beside_a_member_with_two_records(forked: Channel, draw: Draw) -> None:
    forked.cut = {frozenset(("TUR", "ISR")), frozenset(("TUR", "AZE"))}
    forked.file("ISR", draw("range", "ISR", lat=36.1123, **HAZARD), to=("AZE",))
    assert forked.notice("AZE", "range").version == 1


# ---- an old disk -----------------------------------------------------------------------------------------


def test_a_node_from_an_old_backup_signs_nothing_until_its_log_is_whole(channel: Channel, draw: Draw) -> None:
    old = copy.deepcopy(channel.stations["TUR"].disk)
    filed = channel.file("TUR", draw("depot", "TUR", **HAZARD))
    size = channel.size("TUR")
    channel.restart("TUR", disk=old)
    assert channel.size("TUR") == channel.sizes["TUR"] < size
    with pytest.raises(Refused) as refused:
        channel.node("TUR").do(ask.FileNotices(desk="air", geojson=_text(draw("other", "TUR", **HAZARD))))
    assert refused.value.code == "own-log-behind"
    channel.at("05:40")
    channel.node("TUR").step()
    assert channel.size("TUR") == channel.sizes["TUR"]
    status = channel.node("TUR").status({})
    assert not status.accepting
    assert status.because is not None
    assert "own-log-behind" in status.because

    channel.cut = {frozenset(("TUR", "AZE"))}
    channel.settle()
    assert channel.size("TUR") >= size, "what was missing came back from ISR's mirror"
    assert channel.node("TUR").notice(filed.id).ref == "depot", "and is opened again"
    assert channel.node("TUR").status({}).accepting
    channel.file("TUR", draw("other", "TUR", lat=35.1123, **HAZARD))
    channel.cut = set()
    channel.settle()
    everything_equal(channel)
    assert not any(
        "STOP THE LINE" in alarm for m in channel.stations for alarm in channel.node(m).status({}).alarms
    )


def test_a_mark_that_came_back_with_the_old_disk_is_caught_by_any_peer(channel: Channel, draw: Draw) -> None:
    """The whole folder was restored: nothing here knows better, but a peer shows our own signature."""
    old, mark = copy.deepcopy(channel.stations["TUR"].disk), copy.deepcopy(channel.stations["TUR"].mark)
    channel.file("TUR", draw("depot", "TUR", **HAZARD))
    size = channel.size("TUR")
    channel.stations["TUR"].mark.mark = mark.mark
    tur = channel.restart("TUR", disk=old)
    tur.take("ISR", channel.node("ISR").make("TUR"))
    with pytest.raises(Refused) as refused:
        tur.do(ask.FileNotices(desk="air", geojson=_text(draw("other", "TUR", **HAZARD))))
    assert refused.value.code == "own-log-behind"
    channel.settle()
    assert channel.size("TUR") >= size
    channel.file("TUR", draw("other", "TUR", lat=35.1123, **HAZARD))
    everything_equal(channel)
    assert not any(
        "STOP THE LINE" in alarm for m in channel.stations for alarm in channel.node(m).status({}).alarms
    )


def _text(feature: dict[str, Any]) -> str:
    return json.dumps(feature)


def alarmed(channel: Channel, words: str) -> list[str]:
    return [m for m in channel.stations for alarm in channel.node(m).status({}).alarms if words in alarm]


# ---- a restart -------------------------------------------------------------------------------------------


def test_a_restart_recalls_everything(channel: Channel, draw: Draw) -> None:
    """Notices of both levels, a conflict, receipts, a STOP with its answer: the same view and duties."""
    survey = channel.file("TUR", draw("survey", "TUR"))
    channel.file("ISR", draw("flight", "ISR", lat=34.5323))
    depot = channel.file("TUR", draw("depot", "TUR", lat=35.1123, **HAZARD))
    channel.do("ISR", ask.Acknowledge(desk="air", about=depot.id))
    channel.do("TUR", ask.TakeAlternative(desk="air", about=survey.id, way="altitude"))
    stop = channel.do("TUR", ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("ISR",)))[
        0
    ]
    channel.do("ISR", ask.Answer(desk="air", about=stop.id, answer="stopping"))
    channel.at("05:40")
    for member in channel.stations:
        before = channel.node(member)
        duties = list(obligations(before.ledger.view, channel.clock.now()))
        shown, inbox, held = before.status({}), before.inbox(None), before.everything()
        after = channel.restart(member)
        assert list(obligations(after.ledger.view, channel.clock.now())) == duties
        assert after.status({}) == replace(shown, alarms=after.status({}).alarms)
        assert after.inbox(None) == inbox
        assert after.everything() == held


def test_everything_that_a_node_holds_verifies_offline(channel: Channel, draw: Draw, tmp_path: Path) -> None:
    channel.file("TUR", draw("survey", "TUR"))
    channel.file("ISR", draw("flight", "ISR", lat=34.5323))
    for member in channel.stations:
        path = tmp_path / f"{member}.bundle"
        path.write_bytes(channel.everything(member))
        report: VerifyReport = verify_replica(path, charter=channel.charter)
        assert report.is_verified, report.failures
        assert report.counts.entries == sum(channel.node(member).ledger.sizes().values())


def test_a_mechanism_that_is_founded_among_honest_nodes_refuses_nothing() -> None:
    """The first checkpoint of a log may come before the entry that names its key."""
    channel = found()
    assert {member: channel.node(member).status({}).refused for member in EVERYONE} == dict.fromkeys(
        EVERYONE, ()
    )
