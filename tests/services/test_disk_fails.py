# SPDX-License-Identifier: Apache-2.0
"""What does a node do that cannot write? Nothing is said to be filed, nothing is remembered that was not
kept, nothing that others sent is lost, and a STOP rings all the same.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.errors import NotKept
from steerclear.mechanism.obligations import obligations
from steerclear.record.keys import KeyRole
from steerclear.services import requests as ask
from steerclear.services.found import begin_log, has_begun
from steerclear.services.keys_ahead import DAY_MS, keys_last_until
from steerclear.store import failures
from steerclear.store.highwater import HighWater
from steerclear.store.memory import MemoryDisk
from steerclear.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from tests.services.conftest import Channel

HAZARD = {"kind": "hazard"}
FULL = failures.full("the disk of the test")
Draw = Callable[..., dict[str, Any]]


def fill(channel: Channel, member: str, error: NotKept | None = FULL) -> None:
    """Set or lift the failure of every write of this member's store."""
    channel.stations[member].store.fails_with = error  # type: ignore[attr-defined]  # the memory store


def situation(channel: Channel, member: str) -> dict[str, Any]:
    """Everything that a node knows and holds, apart from what it says of its own disk."""
    node = channel.node(member)
    ledger = node.ledger
    return {
        "logs": {
            name: (log.size, log.root, log.last_at, dict(log.heads)) for name, log in ledger.logs.items()
        },
        "kept": {name: ledger.store.size(name, 0) for name in ledger.logs},
        "book": ledger.view.book.size,
        "places": dict(ledger.places),
        "unreadable": dict(ledger.unreadable),
        "duties": list(obligations(ledger.view, channel.clock.now())),
        "notices": node.status({}).notices,
        "mark": channel.stations[member].mark.mark,
    }


@pytest.mark.parametrize("failure", [FULL, failures.read_only("x"), failures.disk_error("i/o", where="x")])
def test_what_cannot_be_kept_is_not_filed_and_not_remembered(
    channel: Channel, draw: Draw, failure: NotKept
) -> None:
    before = situation(channel, "TUR")
    fill(channel, "TUR", failure)
    for _ in range(2):
        with pytest.raises(NotKept) as refused:
            channel.file("TUR", draw("depot", "TUR", **HAZARD), draw("survey", "TUR"), settle=False)
        assert refused.value.code == failure.code
        assert situation(channel, "TUR") == before
    status = channel.node("TUR").status({})
    assert not status.accepting
    assert status.because is not None
    assert failure.code in status.because


def test_when_there_is_room_again_everything_goes_on(channel: Channel, draw: Draw) -> None:
    fill(channel, "TUR")
    with pytest.raises(NotKept):
        channel.file("TUR", draw("depot", "TUR", **HAZARD), settle=False)
    channel.settle()
    fill(channel, "TUR", None)
    channel.node("TUR").step()
    assert channel.node("TUR").status({}).accepting, "it is found out without anybody filing"
    filed = channel.file("TUR", draw("depot", "TUR", **HAZARD))
    assert channel.notice("ISR", "depot").id == filed.id
    assert not channel.node("TUR").status({}).alarms


def test_nothing_acknowledged_is_lost_whenever_it_fails(channel: Channel, draw: Draw) -> None:
    acknowledged = []
    for number in range(6):
        fill(channel, "TUR", FULL if number % 2 else None)
        try:
            acknowledged.append(channel.file("TUR", draw(f"depot-{number}", "TUR", **HAZARD)).id)
        except NotKept:
            continue
    assert len(acknowledged) == 3
    fill(channel, "TUR", None)
    channel.restart("TUR")
    channel.settle()
    for member in ("TUR", "ISR", "AZE"):
        held = {row.id for row in channel.node(member).status({}).notices}
        assert held == set(acknowledged), member


def test_what_peers_send_is_not_taken_in_and_comes_again(channel: Channel, draw: Draw) -> None:
    fill(channel, "ISR")
    before = situation(channel, "ISR")
    channel.file("TUR", draw("depot", "TUR", **HAZARD))
    after = situation(channel, "ISR")
    assert after | {"duties": None} == before | {"duties": None}
    assert channel.node("TUR").notice(channel.notice("TUR", "depot").id).stages[0].delivered_at is None
    status = channel.node("ISR").status({})
    assert not status.accepting
    assert "store-full" in (status.because or "")
    fill(channel, "ISR", None)
    channel.at("05:20")
    channel.settle()
    assert channel.notice("TUR", "depot").stages[0].delivered_at == "2025-04-10T05:20:00.000Z"
    assert channel.node("ISR").status({}).accepting


def test_a_node_that_cannot_write_still_tells_what_it_holds(channel: Channel, draw: Draw) -> None:
    """The host's disk is full; what it has of TUR still reaches ISR through it."""
    channel.down = {"ISR"}
    channel.file("TUR", draw("depot", "TUR", **HAZARD))
    channel.down = set()
    channel.cut = {frozenset(("TUR", "ISR"))}
    fill(channel, "AZE")
    channel.settle()
    assert channel.notice("ISR", "depot").version == 1


def test_a_stop_rings_where_nothing_can_be_kept(channel: Channel) -> None:
    """The entry that carries it cannot be kept; it comes by its own path, on the disk that was held back."""
    fill(channel, "ISR")
    called = channel.do(
        "TUR", ask.CallStop(desk="ground", place="T4", seen="fire", basis="own-forces", to=("ISR",))
    )[0]
    rung = {(alarm.desk, alarm.rung) for alarm in channel.alarms if alarm.member == "ISR" and alarm.sounds}
    assert rung == {(desk, number) for desk in ("air", "ground", "sea") for number in (1, 2)}
    assert channel.stop("ISR", called.id).seen == "fire"
    assert channel.stop("TUR", called.id).delivered_at is None, "its word is given when it can be kept"
    fill(channel, "ISR", None)
    channel.at("05:12")
    channel.settle()
    assert channel.stop("TUR", called.id).delivered_at == "2025-04-10T05:12:00.000Z"
    assert channel.stop("ISR", called.id).count == 1


def test_bells_ring_while_nothing_can_be_written(channel: Channel) -> None:
    called = channel.do(
        "TUR", ask.CallStop(desk="ground", place="T4", seen="fire", basis="own-forces", to=("ISR",))
    )[0]
    fill(channel, "ISR")
    channel.alarms.clear()
    channel.at("05:14:01")
    channel.settle()
    assert {(alarm.desk, alarm.rung) for alarm in channel.alarms if alarm.member == "ISR"} >= {("air", 3)}
    assert channel.stop("ISR", called.id).called_rungs == (1, 2, 3)


def test_what_could_not_be_opened_is_still_named_after_the_disk_was_full(
    channel: Channel, draw: Draw
) -> None:
    station = channel.stations["ISR"]
    for name in [one for one in station.keys.names() if one.purpose == "recipient"]:
        station.keys.forget(name)
    channel.node("TUR").do(ask.FileNotices(desk="air", geojson=_text(draw("depot", "TUR", **HAZARD))))
    for _ in range(3):
        channel.exchange("TUR", "ISR")
    assert channel.node("ISR").ledger.unreadable
    fill(channel, "ISR")
    channel.node("ISR").step()
    fill(channel, "ISR", None)
    channel.node("ISR").step()
    beats = [one for one in channel.node("ISR").ledger.view.book.of_kind("node.beat") if one.author == "ISR"]
    named = {one.id for beat in beats for one in beat.body.unreadable}
    assert channel.notice("TUR", "depot").id in named


def test_a_stop_is_tried_though_the_beat_before_it_cannot_be_filed(channel: Channel, draw: Draw) -> None:
    """What is unreadable is named first; a disk or a closed log that does not take it stops no STOP."""
    for name in [one for one in channel.stations["ISR"].keys.names() if one.purpose == "recipient"]:
        channel.stations["ISR"].keys.forget(name)
    channel.file("TUR", draw("depot", "TUR", **HAZARD), settle=False)
    for _ in range(3):
        channel.exchange("TUR", "ISR")
    isr = channel.node("ISR")
    owed = dict(isr.ledger.unreadable)
    assert owed
    room = channel.stations["ISR"].store.append
    refused = iter([FULL])

    def takes_no_beat(entries: Any) -> None:
        for full in refused:
            raise full
        room(entries)

    channel.stations["ISR"].store.append = takes_no_beat  # type: ignore[method-assign]  # a disk that fails once
    stop = ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("TUR",))
    (called,) = isr.do(stop)
    assert called.seq is not None
    assert isr.ledger.unreadable == owed, "and it is owed on"
    assert "name the unreadable" in isr.faults
    isr.step()
    assert isr.ledger.unreadable == {}
    assert "name the unreadable" not in isr.faults


def test_keys_that_could_not_be_named_are_named_later(channel: Channel) -> None:
    """The keys of the days ahead were made; the disk did not take the statement that names them."""
    channel.settle()
    channel.at("2025-04-20T05:00:00.000Z")
    ledger = channel.node("TUR").ledger
    fill(channel, "TUR")
    channel.node("TUR").step()
    assert keys_last_until(ledger) - channel.clock.now() < 28 * DAY_MS
    fill(channel, "TUR", None)
    channel.settle()
    assert keys_last_until(ledger) - channel.clock.now() > 33 * DAY_MS
    days = sorted(one.valid_from for one in ledger.own.keys.holders(KeyRole.RECIPIENT))
    assert {later - earlier for earlier, later in pairwise(days)} == {DAY_MS}, "none is left out"


def test_a_log_that_was_broken_off_at_its_beginning_is_gone_on_with(founded: Channel) -> None:
    """``found`` on a disk that fills up after the first entry: the second attempt ends what was begun."""
    station = founded.stations["TUR"]
    station.mark.mark = None
    founded.restart("TUR", disk=MemoryDisk())
    ledger = founded.node("TUR").ledger
    room = iter([None, None, FULL])
    real_append = station.store.append

    class Shrinking:
        """The disk takes two entries, and then no more."""

        def __getattr__(self, name: str) -> Any:
            return getattr(station.store, name)

        def append(self, entries: Any) -> None:
            error = next(room, FULL)
            if error is not None:
                raise error
            real_append(entries)

    ledger.store = Shrinking()
    with pytest.raises(NotKept):
        begin_log(ledger, founds=False)
    ledger.store = station.store
    begin_log(ledger, founds=False)
    assert has_begun(ledger)
    kinds = [ledger.said_in(one).statement.kind for one in ledger.store.entries("TUR", 0)]  # type: ignore[union-attr]
    assert kinds.count("charter.join") == 1
    assert ledger.own.keys.holders(KeyRole.RECIPIENT)


# ---- the high-water mark ---------------------------------------------------------------------------------


def test_an_entry_whose_mark_cannot_be_kept_stands_and_none_follows_it(channel: Channel, draw: Draw) -> None:
    mark = channel.stations["TUR"].mark
    mark.fails_with = NotKept(
        "high-water-not-kept", "The high-water mark cannot be written.", remedy="Make room on the disk."
    )
    with pytest.raises(NotKept) as refused:
        channel.file("TUR", draw("depot", "TUR", **HAZARD), settle=False)
    assert refused.value.code == "high-water-not-kept"
    size = channel.size("TUR")
    assert size == channel.sizes["TUR"] + 1 == channel.stations["TUR"].store.size("TUR", 0)
    assert channel.notice("TUR", "depot").version == 1, "log, disk and view agree that it is there"
    with pytest.raises(NotKept):
        channel.file("TUR", draw("second", "TUR", **HAZARD), settle=False)
    assert channel.size("TUR") == size
    assert not channel.node("TUR").status({}).accepting
    mark.fails_with = None
    channel.file("TUR", draw("second", "TUR", lat=35.1123, **HAZARD))
    assert {row.ref for row in channel.node("ISR").status({}).notices} == {"depot", "second"}
    assert mark.mark is not None
    assert mark.mark.size == channel.size("TUR")


# ---- real disks ------------------------------------------------------------------------------------------


def on_sqlite(channel: Channel, member: str, folder: Path) -> SqliteStore:
    """The node of ``member`` over a database in ``folder``, with what its memory held."""
    station = channel.stations[member]
    key = station.keys.storage_key()
    SqliteStore.create(folder / "node.db", key)
    store = SqliteStore(folder / "node.db", key, reserve_bytes=512 * 1024)
    for log in station.store.members():
        store.append(list(station.store.entries(log, 0)))
    station.mark = HighWater(folder / "high-water")  # type: ignore[assignment]  # the real one
    channel.restart(member, store=store)
    channel.settle()
    return store


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 6 MB."""
    place = tmp_path / "small"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(place)], check=True)
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root mounts a small disk")


@needs_root
def test_a_full_disk_loses_nothing_that_was_acknowledged(
    channel: Channel, draw: Draw, small_disk: Path
) -> None:
    store = on_sqlite(channel, "TUR", small_disk)
    filler = small_disk / "filler"
    filed = [channel.file("TUR", draw("first", "TUR", **HAZARD)).id]
    _fill_up(filler)
    failed: list[tuple[str, int]] = []
    for number in range(200):
        size = channel.size("TUR")
        try:
            receipt = channel.file("TUR", draw(f"depot-{number}", "TUR", lat=33.0, **HAZARD), settle=False)
            filed.append(receipt.id)
        except NotKept as refused:
            failed.append((refused.code, channel.size("TUR") - size))
        assert channel.size("TUR") == store.size("TUR", 0)
        if len(failed) == 3:
            break
    # The pages may be kept when the mark beside them is not; then one entry stands, and none follows it.
    assert set(failed) <= {("store-full", 0), ("high-water-not-kept", 1), ("high-water-not-kept", 0)}
    assert len(failed) == 3, "the disk never filled"
    assert not channel.node("TUR").status({}).accepting
    stop = ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("TUR",))
    channel.alarms.clear()
    channel.do("ISR", stop)
    assert any(alarm.member == "TUR" and alarm.sounds for alarm in channel.alarms), "the reserve is for this"
    own = channel.do("TUR", ask.CallStop(desk="air", place="T4", seen="own", basis="unsure", to=("ISR",)))[0]
    assert (own.seq, channel.stop("ISR", own.id).seen) == (None, "own"), "and for this"

    filler.unlink()
    channel.settle()
    assert channel.node("TUR").status({}).accepting
    last = channel.file("TUR", draw("last", "TUR", lat=35.1123, **HAZARD))
    store.close()
    again = SqliteStore(
        small_disk / "node.db", channel.stations["TUR"].keys.storage_key(), reserve_bytes=4096
    )
    channel.restart("TUR", store=again)
    channel.settle()
    for member in ("TUR", "ISR", "AZE"):
        held = {row.id for row in channel.node(member).status({}).notices}
        assert {*filed, last.id} <= held, member
    again.close()


@needs_root
def test_a_node_does_not_start_on_a_disk_that_it_cannot_write(
    channel: Channel, draw: Draw, small_disk: Path
) -> None:
    store = on_sqlite(channel, "TUR", small_disk)
    channel.file("TUR", draw("first", "TUR", **HAZARD))
    store.close()
    key = channel.stations["TUR"].keys.storage_key()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(NotKept) as refused:
        SqliteStore(small_disk / "node.db", key)
    assert refused.value.code == "store-read-only"
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    with SqliteStore(small_disk / "node.db", key) as again:
        channel.restart("TUR", store=again)
        channel.settle()
        channel.file("TUR", draw("second", "TUR", lat=35.1123, **HAZARD))
        assert {row.ref for row in channel.node("ISR").status({}).notices} == {"first", "second"}


def _fill_up(path: Path) -> None:
    with path.open("wb", buffering=0) as filler:
        for piece in (65_536, 4_096, 512):
            while True:
                try:
                    if filler.write(b"\0" * piece) < piece:
                        break
                except OSError:
                    break


def _text(feature: dict[str, Any]) -> str:
    return json.dumps(feature)
