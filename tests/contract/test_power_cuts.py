# SPDX-License-Identifier: Apache-2.0
"""Is what was acknowledged there after the power went, whenever it went and whatever the disk made of it?

Each workload is run once over a disk that remembers every write (``crash_vfs``) and, beside it, in memory.
Then the power is cut at random places of the trace; what the disk may hold then (``power``) is opened by the
product's own store, and must be, whole, what stood at the last acknowledgement or one deed later.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.contract.crash_vfs import Recorder
from tests.contract.power import Acknowledged, Disk, Op
from tests.effort import effort

from steerclear.errors import NotKept
from steerclear.store.memory import MemoryStore
from steerclear.store.port import Store, StoredEntry
from steerclear.store.sqlite import SqliteStore

KEY = bytes(range(32))
RESERVE_BYTES = 16_384
OURS, HOSTS = "— TUR 1234\n".encode(), "— AZE 9abc\n".encode()

Deed = Callable[[Store], None]
State = tuple[object, ...]


def state_of(store: Store) -> State:
    """All that a store can be asked for."""
    logs = [(member, generation) for member in store.members() for generation in store.generations(member)]
    return (
        store.charter(),
        *(tuple(store.entries(*log)) for log in logs),
        *(tuple(store.notes("TUR", generation)) for generation in (0, 1)),
        tuple(store.floor()),
        *(store.fact(name) for name in ("courier", "beat")),
    )


# -- what is done


def entry(member: str, seq: int, size: int, *, generation: int = 0, opened: bool = False) -> StoredEntry:
    dice = random.Random(f"{member} {generation} {seq}")
    return StoredEntry(member, generation, seq, dice.randbytes(size), b"said %d" % seq if opened else None)


def appends(*batch: StoredEntry) -> Deed:
    return lambda store: store.append(batch)


def single_filings() -> Iterator[Deed]:
    """An officer at a desk: one entry, one checkpoint, now and then an opening, a fact."""
    yield lambda store: store.keep_charter(b"charter" * 300)
    for seq in range(30):
        yield appends(entry("TUR", seq, 300 + 211 * seq % 3_000, opened=seq % 3 == 0))
        yield notes(seq + 1)
        if seq % 3 == 1:
            yield opens(seq)
        if seq % 5 == 0:
            yield facts(seq)


def notes(size: int, *, cosigned: bool = False) -> Deed:
    note = b"log\n%d\nroot\n\n" % size + OURS + (HOSTS if cosigned else b"")
    return lambda store: store.keep_note("TUR", 0, size, note)


def opens(seq: int) -> Deed:
    return lambda store: store.keep_opened("TUR", 0, seq, b"opened later")


def facts(seq: int) -> Deed:
    return lambda store: store.keep_fact("courier", b"%d" % seq)


def group_commits() -> Iterator[Deed]:
    """Many filers and three logs: up to 64 entries in one transaction."""
    sizes = {"TUR": 0, "ISR": 0, "AZE": 0}
    dice = random.Random("group commits")
    for _ in range(12):
        batch = []
        for member in dice.choices(list(sizes), k=dice.randint(2, 64)):
            batch.append(entry(member, sizes[member], dice.randint(200, 900), opened=dice.random() < 0.3))
            sizes[member] += 1
        yield appends(*batch)
        yield notes(sizes["TUR"], cosigned=True)


def checkpoints() -> Iterator[Deed]:
    """Entries so large that the write-ahead log is carried into the database several times."""
    for seq in range(0, 50, 2):
        yield appends(entry("TUR", seq, 65_000), entry("TUR", seq + 1, 64_000))
        yield notes(seq + 2)


def closes_and_opens() -> Iterator[Deed]:
    """Each end of a process carries the write-ahead log into the database and removes it."""
    for seq in range(12):
        yield appends(entry("TUR", seq, 2_000), entry("TUR", seq, 2_000, generation=1, opened=True))
        if seq % 3 == 2:
            yield reopen
    yield reopen


def reopen(store: Store) -> None:
    """Stands for what the workload's runner does."""


def stops() -> Iterator[Deed]:
    """Floor messages, the last of them on a full disk: the reserve is given up for them."""
    for seq in range(8):
        yield appends(entry("TUR", seq, 1_500))
        yield lambda store, seq=seq: store.keep_floor(f"{seq:02}", bytes(1_000 * (1 + seq)))  # type: ignore[misc]
    yield the_disk_fills
    for seq in range(8, 14):
        yield lambda store, seq=seq: store.keep_floor(f"{seq:02}", bytes(16_000))  # type: ignore[misc]
        yield refused
    yield the_disk_has_room
    yield appends(entry("TUR", 8, 1_500))


def the_disk_fills(store: Store) -> None:
    """Stands for what the workload's runner does."""


def the_disk_has_room(store: Store) -> None:
    """Stands for what the workload's runner does."""


def refused(store: Store) -> None:
    """An entry that a full disk refuses: not kept, and nothing acknowledged."""
    if isinstance(store, SqliteStore):
        with pytest.raises(NotKept) as error:
            store.append([entry("TUR", 8, 30_000)])
        assert error.value.code == "store-full"


WORKLOADS: dict[str, Callable[[], Iterator[Deed]]] = {
    "single filings": single_filings,
    "group commits": group_commits,
    "checkpoints": checkpoints,
    "closes and opens": closes_and_opens,
    "stops": stops,
}


# -- recording


@dataclass(frozen=True)
class Recorded:
    """What was done once: ``states[k]`` stood when ``k`` deeds were acknowledged."""

    before: dict[str, bytes]
    trace: Sequence[Op]
    states: Sequence[State]


def recorded(
    folder: Path, deeds: Iterable[Deed], *, done: Iterable[Deed] = (), synchronous: str = "FULL"
) -> Recorded:
    """Do ``deeds`` over the database in ``folder``, which has ``done`` in it; and over a memory beside it."""
    before = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    path = folder / "node.db"
    with Recorder(folder) as recorder, MemoryStore() as memory:

        def opened() -> SqliteStore:
            return SqliteStore(
                path, KEY, reserve_bytes=RESERVE_BYTES, connect=recorder.connect_with(synchronous)
            )

        for deed in done:
            deed(memory)
        store = opened()
        states = [state_of(memory)]
        for deed in deeds:
            if deed is reopen:
                store.close()
                store = opened()
            elif deed in (the_disk_fills, the_disk_has_room):
                recorder.full_while = folder / "node.db.reserve" if deed is the_disk_fills else None
            deed(store)
            deed(memory)
            states.append(state_of(memory))
            recorder.trace.append(Acknowledged(len(states) - 1))
        assert state_of(store) == states[-1]
        store.close()
    return Recorded(before, tuple(recorder.trace), states)


# -- cutting


@dataclass(frozen=True)
class Cut:
    """What the disk holds after one cut; ``done`` deeds had been acknowledged."""

    done: int
    found: dict[str, bytes]


def cuts(of: Recorded, count: int, dice: random.Random) -> Iterator[Cut]:
    """``count`` cuts, at places spread over the trace and in its order."""
    places = sorted(dice.choices(range(len(of.trace) + 1), k=count))
    disk, done, followed = Disk(of.before), 0, 0
    for place in places:
        for op in of.trace[followed:place]:
            disk.follow(op)
            done = op.deeds if isinstance(op, Acknowledged) else done
        followed = place
        yield Cut(done, disk.left_by_a_cut(dice))


def put_down(found: dict[str, bytes], folder: Path, dice: random.Random) -> None:
    """The folder as a machine finds it that starts again; shared memory may lie there, and means nothing."""
    for path in folder.iterdir():
        path.unlink()
    for name, content in found.items():
        (folder / name).write_bytes(content)
    stale = dice.choice([None, bytes(32_768), dice.randbytes(32_768)])
    if stale is not None:
        (folder / "node.db-shm").write_bytes(stale)


def deeds_kept(cut: Cut, of: Recorded, folder: Path, dice: random.Random) -> int:
    """How many deeds the product finds done, −1 if it refuses. Anything between two deeds fails the test."""
    put_down(cut.found, folder, dice)
    path, read_only = folder / "node.db", dice.random() < 0.5
    try:
        with SqliteStore(path, KEY, read_only=read_only, reserve_bytes=RESERVE_BYTES) as store:
            found = state_of(store)
    except NotKept:
        return -1
    likely = [*range(cut.done, len(of.states)), *range(cut.done)]
    kept: list[int] = [deeds for deeds in likely if of.states[deeds] == found]
    assert kept, f"after {cut.done} deeds the disk holds something that never stood"
    return kept[0]


def lost_and_found(of: Recorded, count: int, folder: Path, seed: str) -> tuple[int, int]:
    """Of ``count`` cuts: how often something acknowledged was lost; how often the next deed was there.

    A database that the store refuses has lost everything.
    """
    dice = random.Random(seed)
    kept = [(deeds_kept(cut, of, folder, dice), cut.done) for cut in cuts(of, count, dice)]
    return sum(deeds < done for deeds, done in kept), sum(deeds > done for deeds, done in kept)


# -- the tests


@pytest.fixture
def new_node(in_memory: Path) -> Path:
    """A folder with a new database in it."""
    folder = in_memory / "written"
    folder.mkdir()
    SqliteStore.create(folder / "node.db", KEY)
    return folder


@pytest.fixture
def after(in_memory: Path) -> Path:
    """Where the disk is looked at when the power is back."""
    folder = in_memory / "after"
    folder.mkdir()
    return folder


@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_power_cut_loses_nothing_that_was_acknowledged(workload: str, new_node: Path, after: Path) -> None:
    run = recorded(new_node, WORKLOADS[workload]())
    count = effort(test=60, ci=3_500, soak=200_000)
    lost, early = lost_and_found(run, count, after, f"power {workload}")
    assert lost == 0
    assert early > 0, "no cut ever met a deed in the making"


def test_a_second_power_cut_soon_after_the_first_loses_nothing_either(new_node: Path, after: Path) -> None:
    """What the first cut left in the write-ahead log lies there still, behind what is written next."""
    dice, deeds = random.Random("twice"), list(single_filings())
    first = recorded(new_node, deeds)
    for number, cut in enumerate(cuts(first, effort(test=4, ci=70, soak=3_000), dice)):
        kept = deeds_kept(cut, first, after, dice)
        assert kept >= cut.done
        put_down(cut.found, new_node, dice)
        second = recorded(new_node, deeds[kept : kept + 6], done=deeds[:kept])
        lost, _ = lost_and_found(second, 50, after, f"second {number}")
        assert lost == 0


@pytest.mark.parametrize("workload", ["single filings", "group commits"])
def test_the_control_without_syncing_every_commit_loses_some(
    workload: str, new_node: Path, after: Path
) -> None:
    run = recorded(new_node, WORKLOADS[workload](), synchronous="NORMAL")
    count = effort(test=60, ci=300, soak=2_000)
    lost, _ = lost_and_found(run, count, after, f"control {workload}")
    assert lost > 0
