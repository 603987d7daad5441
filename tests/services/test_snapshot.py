# SPDX-License-Identifier: Apache-2.0
"""Does a node that was opened from a snapshot answer as one that read its record from the first entry?"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.effort import effort
from tests.services.sameness import differences

from steerclear.errors import NotKept, NotVerified
from steerclear.links.clock import ScriptedClock
from steerclear.links.randomness import SeededRandomness
from steerclear.mechanism.bodies import KINDS
from steerclear.model.time import Instant
from steerclear.record.leaf import parse_leaf
from steerclear.replay.runner import run_on_stage
from steerclear.replay.shelf import open_play, shipped_plays
from steerclear.replay.station import MemoryMark
from steerclear.services import requests as ask
from steerclear.services.ledger import RESTORED, Ledger
from steerclear.services.snapshot import parse_snapshot, print_snapshot
from steerclear.services.taking_snapshot import keep_snapshot, snapshot_of
from steerclear.store.memory import MemoryDisk, MemoryStore

if TYPE_CHECKING:
    from tests.services.conftest import Channel

PLAYS: Final = [play.name for play in shipped_plays()]
TRIED: Final = PLAYS[:: effort(test=9, ci=1, soak=1)]
"""In the shortest run every ninth: two seconds each."""

DAY_MS: Final = 86_400_000


def opened(ledger: Ledger, disk: MemoryDisk, now: Instant) -> Ledger:
    """Another process over a disk."""
    return Ledger(
        charter=ledger.charter,
        me=ledger.me,
        store=MemoryStore(disk),
        keys=ledger.keys,
        clock=ScriptedClock(now),
        randomness=SeededRandomness("another process"),
        high_water=MemoryMark(),
    )


def cut(disk: MemoryDisk, sizes: dict[Any, int]) -> MemoryDisk:
    """The disk as it was when its logs had these sizes, with the notes that cover no more."""
    return MemoryDisk(
        disk.charter,
        {key: entries[: sizes[key]] for key, entries in disk.logs.items()},
        {
            key: {size: note for size, note in notes.items() if size <= sizes[key]}
            for key, notes in disk.notes.items()
        },
        {},
        dict(disk.facts),
        dict(disk.blobs),
    )


def closed_under_heads(disk: MemoryDisk, sizes: Mapping[Any, int]) -> dict[Any, int]:
    """No more of each log than had seen only what is left of the others: a moment that there was."""
    found, before = dict(sizes), None
    while found != before:
        before = dict(found)
        for key, entries in disk.logs.items():
            while found[key] and any(
                head.size > found[member, head.generation]
                for member, head in parse_leaf(entries[found[key] - 1].leaf).heads.items()
            ):
                found[key] -= 1
    return found


def answers(ledger: Ledger, now: Instant) -> Iterator[tuple[str, object]]:
    """Everything that anybody can ask of it."""
    view, duties = ledger.view, ledger.duties
    yield "owed", tuple(duties.owed(now))
    yield "due", duties.due(now)
    yield "next due", duties.next_due_at(now)
    yield "live", [record.id for record in view.notices.live(now)]
    yield "findings", {record.id: view.findings.of(record.id, now) for record in view.notices.live(now)}
    yield "newest sealed", {member: view.book.newest_sealed(member) for member in view.members}
    yield "sizes", {m: (log.size, log.root, log.last_at, log.heads) for m, log in ledger.logs.items()}
    yield "keys", {m: sorted(map(repr, log.keys.rows())) for m, log in ledger.logs.items()}
    yield "unreadable", ledger.unreadable
    yield "false heads", ledger.false_heads
    yield "backdated", list(ledger.backdated.words(ledger.logs, now))
    yield "notes", {m: (ledger.notes.newest(m), ledger.notes.cosigners(m)) for m in ledger.logs}
    yield "ends", ledger.generations.ends()
    ids = sorted({said.id for kind in KINDS for said in view.book.of_kind(kind)})
    yield "places", {id_: ledger.places.get(id_) for id_ in ids}
    yield "named", {id_: ledger.places.id_at(place) for id_ in ids if (place := ledger.places.get(id_))}
    yield "kinds", {kind: view.book.of_kind(kind) for kind in KINDS}
    yield "sealed", view.sealed
    yield "unknown", view.unknown
    yield "misread", view.book.misread
    yield "without effect", view.without_effect
    yield "times", dict(view.book.times)
    yield (
        "stages",
        {
            id_: (
                view.recorded_at(said),
                view.filed_at(said),
                [(view.delivered(said, m), view.unreadable_at(said, m)) for m in view.members],
            )
            for id_ in ids
            if (said := view.said(id_)) is not None
        },
    )
    yield "all", tuple(duties.all(now))


def require_equal(ledger: Ledger, other: Ledger, now: Instant) -> None:
    for (name, one), (_, two) in zip(answers(ledger, now), answers(other, now), strict=True):
        assert one == two, (name, _first_difference(one, two))


def _first_difference(one: object, two: object) -> object:
    if isinstance(one, dict) and isinstance(two, dict):
        return next(((k, one.get(k), two.get(k)) for k in {*one, *two} if one.get(k) != two.get(k)), None)
    if isinstance(one, tuple) and isinstance(two, tuple) and len(one) == len(two):
        return next(((a, b) for a, b in zip(one, two, strict=True) if a != b), None)
    return one, two


def disk_of(ledger: Ledger) -> MemoryDisk:
    store = ledger.store
    assert isinstance(store, MemoryStore)
    return store._disk


@pytest.mark.parametrize("name", TRIED)
def test_a_node_opened_from_a_snapshot_answers_as_one_that_read_all(name: str) -> None:
    """Every kind that plays say, cut anywhere; a second snapshot over the first; and days later."""
    chance = random.Random(name)
    _, stage = run_on_stage(open_play(name)[0])
    for station in stage.up():
        ledger, whole, now = station.ledger, disk_of(station.ledger), station.ledger.now()
        ends = {key: len(entries) for key, entries in whole.logs.items()}
        middle = closed_under_heads(whole, {key: chance.randint(2, end) for key, end in ends.items()})
        sizes = closed_under_heads(
            whole, {key: chance.randint(2, max(2, end)) for key, end in middle.items()}
        )
        first = opened(ledger, cut(whole, sizes), now)
        snapshot = snapshot_of(first)
        assert snapshot is not None
        disk = cut(whole, middle)
        disk.snapshot = print_snapshot(parse_snapshot(print_snapshot(snapshot)))
        second = opened(ledger, disk, now)
        assert second.kept is not None, "the snapshot was used"
        assert keep_snapshot(second, least=0)
        last = cut(whole, ends)
        last.snapshot = disk.snapshot
        for at in (now, Instant(now + DAY_MS), Instant(now + 40 * DAY_MS), Instant(now - DAY_MS)):
            third = opened(ledger, last, at)
            assert third.kept is not None
            whole_read = opened(ledger, cut(last, ends), at)
            require_equal(third, whole_read, at)
            assert sum(1 for node in (third, whole_read) for _ in node.view.book.every())
            assert list(differences(third, whole_read)) == []


# ---- what is refused -------------------------------------------------------------------------------------


@pytest.fixture
def ledger(channel: Channel, draw: Callable[..., dict[str, Any]]) -> Ledger:
    """A node that others told of a notice, with a snapshot of that on its disk."""
    channel.file("TUR", draw("survey", "TUR", kind="hazard", radius_m=2_000))
    channel.settle()
    ledger = channel.node("ISR").ledger
    assert keep_snapshot(ledger, least=0)
    return ledger


def test_too_little_is_not_worth_a_snapshot(channel: Channel) -> None:
    ledger = channel.node("ISR").ledger
    assert not keep_snapshot(ledger)
    assert ledger.store.snapshot() is None


def test_a_disk_that_is_full_has_no_snapshot_and_no_fault(ledger: Ledger) -> None:
    assert isinstance(ledger.store, MemoryStore)
    before = ledger.store.snapshot()
    ledger.store.fails_with = NotKept("store-full", "The disk is full.", remedy="Make room.")
    assert not keep_snapshot(ledger, least=0)
    assert ledger.store.snapshot() == before


def rewritten(disk: MemoryDisk, change: Callable[[dict[str, Any]], object]) -> None:
    assert disk.snapshot is not None
    header, *parts = disk.snapshot
    found = json.loads(header)
    change(found)
    disk.snapshot = (json.dumps(found).encode(), *parts)


CHANGES: Final[dict[str, Callable[[dict[str, Any]], object]]] = {
    "of another version": lambda found: found["by"].update(version="0"),
    "of another form": lambda found: found["by"].update(form=0),
    "of another mechanism": lambda found: found.update(mechanism="0" * 64),
    "of another member": lambda found: found.update(me="TUR"),
    "of fewer logs": lambda found: found["logs"].pop(),
    "under another root": lambda found: found["logs"][0].update(root="0" * 64),
    "with a part in another's place": lambda found: found["logs"][0].update(ats=found["logs"][0]["said"]),
    "with a part that is not there": lambda found: found.update(names=10_000),
    "without a field": lambda found: found.pop("duty"),
}


@pytest.mark.parametrize("how", CHANGES)
def test_what_is_in_doubt_is_left_and_the_record_is_read(ledger: Ledger, how: str) -> None:
    disk, now = disk_of(ledger), ledger.now()
    assert opened(ledger, disk, now).kept is not None
    rewritten(disk, CHANGES[how])
    again = opened(ledger, disk, now)
    assert again.kept is None
    assert list(again.duties.all(now)) == list(ledger.duties.all(now))
    assert again.sizes() == ledger.sizes()


def test_a_database_that_is_older_than_its_snapshot_is_read_whole(ledger: Ledger) -> None:
    disk = disk_of(ledger)
    older = cut(disk, {key: len(entries) - 1 for key, entries in disk.logs.items()})
    older.snapshot = disk.snapshot
    assert opened(ledger, older, ledger.now()).kept is None


def test_a_database_with_another_last_entry_is_read_whole_and_refused(ledger: Ledger) -> None:
    disk = disk_of(ledger)
    entries = disk.logs["TUR", 0]
    entries[-1] = replace(entries[-1], leaf=entries[-2].leaf)
    with pytest.raises(NotVerified):
        opened(ledger, disk, ledger.now())


def test_a_copy_that_came_from_a_backup_is_read_whole(ledger: Ledger) -> None:
    disk = disk_of(ledger)
    disk.facts[RESTORED] = b"1"
    assert opened(ledger, disk, ledger.now()).kept is None


def test_an_entry_that_was_changed_behind_a_snapshot_is_never_read(ledger: Ledger) -> None:
    """Each entry that a desk asks for is held against the hash that was remembered of it."""
    disk = disk_of(ledger)
    [filed] = ledger.view.book.of_kind("notice.file")
    entries = disk.logs[filed.place.author, filed.place.generation]
    entries[filed.place.seq] = replace(entries[filed.place.seq], leaf=entries[filed.place.seq - 1].leaf)
    again = opened(ledger, disk, ledger.now())
    assert again.kept is not None
    with pytest.raises(NotVerified) as refused:
        again.view.said(filed.id)
    assert refused.value.code == "snapshot-differs"


def test_a_node_that_was_opened_from_a_snapshot_goes_on_with_the_others(
    channel: Channel, draw: Callable[..., dict[str, Any]], ledger: Ledger
) -> None:
    """It files, is told of, acknowledges and names things as one that never stopped."""
    again = channel.restart(ledger.me, disk=disk_of(ledger))
    assert again.ledger.kept is not None
    channel.file("TUR", draw("depot", "TUR", kind="hazard", radius_m=2_000, lat=33.9))
    channel.settle()
    channel.do(ledger.me, ask.Acknowledge(about=channel.notice(ledger.me, "survey").short, desk="air"))
    channel.settle()
    now, disk = ledger.now(), disk_of(again.ledger)
    require_equal(
        again.ledger, opened(ledger, cut(disk, {k: len(v) for k, v in disk.logs.items()}), now), now
    )
