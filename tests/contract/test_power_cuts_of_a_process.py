# SPDX-License-Identifier: Apache-2.0
"""Does a whole process keep its word through a power cut: the making of a database, its entries, its mark?

As ``test_power_cuts``, but over the trace of a real process with the standard library's SQLite.
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.contract.power import Acknowledged, Disk, NamesSynced, Op, Synced
from tests.contract.traced import traced
from tests.effort import effort

from steerclear.errors import NotKept, NotVerified, Unreachable
from steerclear.store.highwater import HighWater, Mark
from steerclear.store.port import StoredEntry
from steerclear.store.sqlite import SqliteStore

KEY = bytes(range(32))
ENTRIES = 12

PROGRAM = """
import os, sys
from pathlib import Path
from steerclear.store.highwater import HighWater, Mark
from steerclear.store.port import StoredEntry
from steerclear.store.sqlite import SqliteStore

folder, entries = Path(sys.argv[1]), int(sys.argv[2])
SqliteStore.create(folder / "node.db", bytes(range(32)))
os.write(1, b"done 1\\n")
for begin in range(0, entries, 3):
    with SqliteStore(folder / "node.db", bytes(range(32)), reserve_bytes=16_384) as store:
        for seq in range(begin, begin + 3):
            store.append([StoredEntry("TUR", 0, seq, b"leaf %d " % seq * 200, b"said")])
            HighWater(folder / "high-water").keep(Mark(0, seq + 1, "%064x" % seq))
            os.write(1, b"done %d\\n" % (seq + 2))
"""


@pytest.fixture(scope="module")
def trace(tmp_path_factory: pytest.TempPathFactory) -> list[Op]:
    """One process from an empty folder to a log of some entries, closed and opened in between."""
    if subprocess.run(["strace", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine lets no process trace another (ptrace)")
    folder = tmp_path_factory.mktemp("node")
    log = tmp_path_factory.mktemp("strace") / "log"
    return traced(PROGRAM, str(folder), str(ENTRIES), folder=folder, log=log)


def cuts(trace: list[Op], count: int, dice: random.Random) -> Iterator[tuple[int, dict[str, bytes]]]:
    disk, done, followed = Disk({}), 0, 0
    for place in sorted(dice.choices(range(len(trace) + 1), k=count)):
        for op in trace[followed:place]:
            disk.follow(op)
            done = op.deeds if isinstance(op, Acknowledged) else done
        followed = place
        yield done, disk.left_by_a_cut(dice)


def entries_found(folder: Path) -> int:
    """−1 where there is no database yet; making one must then be possible."""
    try:
        with SqliteStore(folder / "node.db", KEY, reserve_bytes=16_384) as store:
            found = list(store.entries("TUR", 0))
    except Unreachable:  # no file
        SqliteStore.create(folder / "node.db", KEY)
        return -1
    assert found == [
        StoredEntry("TUR", 0, seq, b"leaf %d " % seq * 200, b"said") for seq in range(len(found))
    ]
    return len(found)


def keeps_its_word(trace: list[Op], count: int, folder: Path) -> None:
    """Cut the power ``count`` times and look; fails at the first word that was not kept."""
    for done, found in cuts(trace, count, random.Random("process")):
        for path in folder.iterdir():
            path.unlink()
        for name, content in found.items():
            (folder / name).write_bytes(content)
        acknowledged = done - 1
        entries = entries_found(folder)
        assert entries in (acknowledged, acknowledged + 1)
        mark = HighWater(folder / "high-water").read() or Mark(0, 0, "0" * 64)
        assert acknowledged <= mark.size <= max(entries, 0), "never ahead of the disk, nor behind a word"
        _check_it_goes_on(folder, max(entries, 0))


def _check_it_goes_on(folder: Path, entries: int) -> None:
    with SqliteStore(folder / "node.db", KEY, reserve_bytes=16_384) as store:
        store.append([StoredEntry("TUR", 0, entries, b"next")])
        with pytest.raises(NotKept):
            store.append([StoredEntry("TUR", 0, entries + 2, b"gap")])
    HighWater(folder / "high-water").keep(Mark(0, entries + 1, "f" * 64))


def test_a_process_keeps_its_word_through_a_power_cut(trace: list[Op], in_memory: Path) -> None:
    assert trace.count(Acknowledged(ENTRIES + 1)) == 1
    keeps_its_word(trace, effort(test=80, ci=1_500, soak=30_000), in_memory)


@pytest.mark.parametrize("left_out", [Synced, NamesSynced])
def test_the_control_that_leaves_out_a_sync_breaks_it(
    left_out: type[Op], trace: list[Op], in_memory: Path
) -> None:
    careless = [op for op in trace if not isinstance(op, left_out)]
    with pytest.raises((AssertionError, NotKept, NotVerified)):
        keeps_its_word(careless, 80, in_memory)
