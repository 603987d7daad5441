# SPDX-License-Identifier: Apache-2.0
"""Attack: somebody who can write a node's disk alters the snapshot of its view. It says what it said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.effort import effort
from tests.services.test_snapshot import cut, disk_of, opened, require_equal

from steerclear.errors import NotVerified
from steerclear.links.clock import ScriptedClock
from steerclear.links.randomness import SeededRandomness
from steerclear.node.snapshots import Snapshots
from steerclear.replay.station import MemoryMark
from steerclear.services.ledger import Ledger
from steerclear.services.status import status
from steerclear.services.sync import Sync
from steerclear.services.taking_snapshot import keep_snapshot
from steerclear.store.memory import MemoryDisk
from steerclear.store.sealed_parts import parse_sealed, snapshot_beside
from steerclear.store.sqlite import SqliteStore
from steerclear.store.vault import Vault

if TYPE_CHECKING:
    from tests.services.conftest import Channel

KEY: Final = bytes(range(32))


def put_on(path: Path, disk: MemoryDisk, key: bytes = KEY) -> SqliteStore:
    """A database with all that a disk holds."""
    SqliteStore.create(path, key)
    store = SqliteStore(path, key)
    for entries in disk.logs.values():
        store.append(entries)
    for (member, generation), notes in disk.notes.items():
        for size, note in notes.items():
            store.keep_note(member, generation, size, note)
    return store


def over(store: SqliteStore, ledger: Ledger) -> Ledger:
    """Another process over a database."""
    return Ledger(
        charter=ledger.charter,
        me=ledger.me,
        store=store,
        keys=ledger.keys,
        clock=ScriptedClock(ledger.now()),
        randomness=SeededRandomness("another process"),
        high_water=MemoryMark(),
    )


@pytest.fixture
def ledger(channel: Channel, draw: Callable[..., dict[str, Any]]) -> Ledger:
    channel.file("TUR", draw("survey", "TUR", kind="hazard", radius_m=2_000))
    channel.settle()
    return channel.node("ISR").ledger


@pytest.fixture
def store(tmp_path: Path, ledger: Ledger) -> Iterator[SqliteStore]:
    """Its database, with a snapshot beside it."""
    with put_on(tmp_path / "node.db", disk_of(ledger)) as store:
        assert keep_snapshot(over(store, ledger), least=0)
        yield store


def require_left(store: SqliteStore, ledger: Ledger, code: str) -> None:
    """It is left for this reason, which the status says; and what the node says is what it said."""
    again = over(store, ledger)
    assert again.kept is None
    assert again.snapshot_refused is not None
    assert again.snapshot_refused.code == code
    assert any(code in words for words in status(again, Sync(again), {}, {}).alarms)
    require_equal(again, opened(ledger, cut(disk_of(ledger), _sizes(ledger)), ledger.now()), ledger.now())
    assert keep_snapshot(again, least=0), "another is written"
    assert over(store, ledger).snapshot_refused is None


def _sizes(ledger: Ledger) -> dict[Any, int]:
    return {key: len(entries) for key, entries in disk_of(ledger).logs.items()}


def test_no_byte_of_it_can_be_flipped(tmp_path: Path, ledger: Ledger, store: SqliteStore) -> None:
    whole = bytearray(snapshot_beside(tmp_path / "node.db").read_bytes())
    step = max(1, len(whole) // effort(test=400, ci=20_000, soak=10**9))
    for at in (*range(100), *range(0, len(whole), step), len(whole) - 1):
        whole[at] ^= 1 << at % 8
        with pytest.raises(NotVerified) as refused:
            parse_sealed(bytes(whole), Vault(KEY), where="here")
        assert refused.value.code == "snapshot-damaged"
        whole[at] ^= 1 << at % 8
    whole[len(whole) // 2] ^= 1
    snapshot_beside(tmp_path / "node.db").write_bytes(whole)
    require_left(store, ledger, "snapshot-damaged")


@pytest.mark.parametrize("size", [0, 5, 30, 200])
def test_it_cannot_be_cut_off(tmp_path: Path, ledger: Ledger, store: SqliteStore, size: int) -> None:
    path = snapshot_beside(tmp_path / "node.db")
    path.write_bytes(path.read_bytes()[:size])
    require_left(store, ledger, "snapshot-damaged")


def test_that_of_another_node_is_left(
    tmp_path: Path, channel: Channel, ledger: Ledger, store: SqliteStore
) -> None:
    """Under a key of its own, and under the same one: then it is of another member."""
    other = channel.node("TUR").ledger
    for number, (key, code) in enumerate(((bytes(32), "snapshot-damaged"), (KEY, "snapshot-differs"))):
        with put_on(tmp_path / f"other-{number}.db", disk_of(other), key) as theirs:
            assert keep_snapshot(over(theirs, other), least=0)
        taken = snapshot_beside(tmp_path / f"other-{number}.db").read_bytes()
        snapshot_beside(tmp_path / "node.db").write_bytes(taken)
        require_left(store, ledger, code)


def test_that_of_a_forked_log_is_left(
    tmp_path: Path, channel: Channel, draw: Callable[..., dict[str, Any]], ledger: Ledger, store: SqliteStore
) -> None:
    """The same node, put back by a day, filed something else under the same places."""
    there = cut(disk_of(ledger), _sizes(ledger))
    there.snapshot = None
    with put_on(tmp_path / "forked.db", there) as forked:
        fork = over(forked, ledger)
        before = fork.own.size
        channel.restart("ISR", store=forked)
        channel.file("ISR", draw("elsewhere", "ISR", kind="hazard", radius_m=1_000, lat=36.1), settle=False)
        fork = channel.node("ISR").ledger
        assert fork.own.size > before
        assert keep_snapshot(fork, least=0)
    channel.stations["ISR"].mark.mark = None  # gone with the disk that it lay on
    channel.restart("ISR", store=store)
    channel.file("ISR", draw("here", "ISR", kind="hazard", radius_m=1_000, lat=33.2), settle=False)
    taken = snapshot_beside(tmp_path / "forked.db").read_bytes()
    snapshot_beside(tmp_path / "node.db").write_bytes(taken)
    again = over(store, ledger)
    assert again.kept is None
    assert again.snapshot_refused is not None
    assert again.snapshot_refused.code in ("snapshot-differs", "memory-differs")


def test_an_older_one_is_gone_on_from(
    channel: Channel, draw: Callable[..., dict[str, Any]], ledger: Ledger, store: SqliteStore
) -> None:
    channel.restart("ISR", store=store)
    channel.file("TUR", draw("depot", "TUR", kind="hazard", radius_m=2_000, lat=33.9))
    channel.settle()
    old, whole = over(store, ledger), over(store, ledger)
    assert old.kept is not None
    assert store.size("TUR", 0) > old.kept.size_of("TUR", 0)
    require_equal(old, whole, ledger.now())


# ---- written by a copy of the process --------------------------------------------------------------------


def _until(copies: Snapshots, holds: Callable[[], bool]) -> None:
    for _ in range(600):
        copies.if_due()
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came to be")


def test_a_copy_of_the_node_writes_it_down(tmp_path: Path, ledger: Ledger) -> None:
    with put_on(tmp_path / "node.db", disk_of(ledger)) as store:
        node = over(store, ledger)
        copies = Snapshots(node, store, every=1, rest_s=0)
        _until(copies, lambda: node.snapshot_size == sum(node.sizes().values()))
        copies.end()
        assert node.store is store, "the node reads on from its own"
        assert over(store, ledger).kept is not None
        quiet = Snapshots(node, store)
        quiet.if_due()
        quiet.end()


def test_a_copy_that_the_node_outlives_is_ended(tmp_path: Path, ledger: Ledger) -> None:
    """What it was about to write is as if it had never been."""
    with put_on(tmp_path / "node.db", disk_of(ledger)) as store:
        node = over(store, ledger)
        copies = Snapshots(node, store, every=1, rest_s=0)
        copies.if_due()
        copies.end()
        found = store.snapshot()
        again = over(store, ledger)
        assert (again.kept is None) == (found is None)
        assert again.snapshot_refused is None


def test_a_copy_that_fails_leaves_what_was(tmp_path: Path, ledger: Ledger, store: SqliteStore) -> None:
    before = snapshot_beside(tmp_path / "node.db").read_bytes()
    node = over(store, ledger)
    node.refuses_because = NotVerified("anything", "The log cannot be written.", remedy="Wait.")
    node.snapshot_size = 0
    copies = Snapshots(node, store, every=1, rest_s=0)
    copies.if_due()
    time.sleep(0.5)
    copies.if_due()
    copies.end()
    assert snapshot_beside(tmp_path / "node.db").read_bytes() == before
    assert node.snapshot_size == 0


_WRITER: Final = """
import sys
from pathlib import Path
from steerclear.store.sqlite import SqliteStore
with SqliteStore(Path(sys.argv[1]), bytes(range(32))) as store:
    print("begun", flush=True)
    for number in range(1, 256):
        store.keep_snapshot([bytes([number]) * 1_000_000] * 3)
"""


@pytest.mark.parametrize("trial", range(effort(test=2, ci=25, soak=1_000)))
def test_a_writer_that_is_killed_leaves_one_whole(tmp_path: Path, trial: int) -> None:
    path = tmp_path / "node.db"
    SqliteStore.create(path, KEY)
    with subprocess.Popen([sys.executable, "-c", _WRITER, path], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        time.sleep(0.01 + 0.007 * trial)
        os.kill(writer.pid, signal.SIGKILL)
    with SqliteStore(path, KEY) as store:
        found = store.snapshot()
        assert found is None or found == (found[0][:1] * 1_000_000,) * 3
