# SPDX-License-Identifier: Apache-2.0
"""A bit falls over on the disk: is it found, or is everything read as it was?

Never is a record read that is another, or shorter, without a word.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.contract.test_power_cuts import KEY, appends, entry, facts, notes, state_of
from tests.effort import effort

from steerclear.errors import NotKept, SteerclearError
from steerclear.store.sqlite import SqliteStore

CODES = {
    "store-corrupt",
    "opening-damaged",
    "storage-key-wrong",
    "store-newer",
    "store-older",
    "store-not-ours",
}
Files = dict[str, bytes]


def filled(path: Path) -> SqliteStore:
    """Something in every table, on some dozen pages."""
    SqliteStore.create(path, KEY)
    store = SqliteStore(path, KEY, reserve_bytes=4_096)
    store.keep_charter(b"charter" * 40)
    for seq in range(24):
        appends(entry("TUR", seq, 150 + 90 * seq, opened=seq % 3 == 0), entry("ISR", seq, 200))(store)
        notes(seq + 1)(store)
    for number in range(3):
        store.keep_floor(f"{number:064}", b"stop %d" % number * 40)
    facts(7)(store)
    store.keep_fact("beat", b"")
    return store


def files_of(folder: Path) -> Files:
    return {
        path.name: path.read_bytes() for path in folder.iterdir() if path.name in ("node.db", "node.db-wal")
    }


def with_a_bit_flipped(data: bytes, at: int, dice: random.Random) -> bytes:
    spoiled = bytearray(data)
    spoiled[at] ^= 1 << dice.randrange(8)
    return bytes(spoiled)


def found_by_reading(
    folder: Path, files: Files, expected: tuple[object, ...], dice: random.Random
) -> str | None:
    """The code under which the store refused; ``None`` if all was read as it was. All else fails the test."""
    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    try:
        with SqliteStore(
            folder / "node.db", KEY, read_only=dice.random() < 0.5, reserve_bytes=4_096
        ) as store:
            found = state_of(store)
    except SteerclearError as error:
        return _told(error)
    assert found == expected, "something else was read, and nobody was told"
    return None


def _told(error: SteerclearError) -> str:
    assert error.code in CODES
    assert error.where, "what is damaged is named"
    return error.code


def test_a_bit_in_the_database_is_found_or_changes_nothing(in_memory: Path) -> None:
    dice = random.Random("database")
    with filled(in_memory / "node.db") as store:
        expected = state_of(store)
    (whole,) = files_of(in_memory).values()
    codes = []
    for _ in range(effort(test=100, ci=2_000, soak=100_000)):
        spoiled = with_a_bit_flipped(whole, dice.randrange(len(whole)), dice)
        codes.append(found_by_reading(in_memory, {"node.db": spoiled}, expected, dice))
    assert codes.count("store-corrupt") > len(codes) / 5
    assert codes.count(None) < len(codes) * 0.7, "half of the pages are empty, at most"


@pytest.mark.parametrize(
    "where",
    [
        lambda dice, size: dice.randrange(32),
        lambda dice, size: 32 + 4_120 * dice.randrange(size // 4_120) + dice.randrange(24),
        lambda dice, size: size - 1 - dice.randrange(4_120),
        lambda dice, size: dice.randrange(size),
    ],
    ids=["its header", "the header of a frame", "the last frame", "anywhere"],
)
def test_a_bit_in_the_log_that_a_crash_left_never_makes_the_record_shorter(
    where: Callable[[random.Random, int], int], in_memory: Path
) -> None:
    """SQLite alone takes a bad frame for the end of its log, and forgets what was acknowledged behind it."""
    dice = random.Random("log")
    with filled(in_memory / "node.db") as store:
        expected, crashed = state_of(store), files_of(in_memory)
    for _ in range(effort(test=25, ci=400, soak=20_000)):
        log = crashed["node.db-wal"]
        spoiled = with_a_bit_flipped(log, where(dice, len(log)), dice)
        found = found_by_reading(in_memory, crashed | {"node.db-wal": spoiled}, expected, dice)
        assert found == "store-corrupt"
        # Nothing was carried over or removed: whoever repairs it finds it as it was.
        assert files_of(in_memory) == crashed | {"node.db-wal": spoiled}


def test_a_log_that_is_carried_over_wholly_may_be_damaged(in_memory: Path) -> None:
    """As a power cut leaves it that tears the header of the next log: all of it stands in the database."""
    dice = random.Random("carried over")
    with filled(in_memory / "node.db") as store:
        assert store._writer is not None
        assert store._writer.execute("PRAGMA wal_checkpoint(FULL)").fetchone()[0] == 0
        expected, crashed = state_of(store), files_of(in_memory)
    for at in range(32):
        spoiled = with_a_bit_flipped(crashed["node.db-wal"], at, dice)
        assert found_by_reading(in_memory, crashed | {"node.db-wal": spoiled}, expected, dice) is None


@pytest.mark.parametrize("name", ["node.db", "node.db-wal"])
def test_a_bit_that_falls_over_beneath_a_running_store_is_found_at_the_next_reading(
    name: str, in_memory: Path
) -> None:
    """Pages of the log are read without their checksum; the leaf's own hash finds it."""
    path = in_memory / "node.db"
    store = filled(path)
    if name == "node.db":
        store.close()
        store = SqliteStore(path, KEY, reserve_bytes=4_096)
    with store:
        leaf = entry("TUR", 7, 150 + 90 * 7).leaf
        data = (in_memory / name).read_bytes()
        assert leaf in data
        with (in_memory / name).open("r+b") as file:
            for at in places(leaf, data):
                file.seek(at + 100)
                file.write(bytes([data[at + 100] ^ 4]))
        appends(entry("TUR", 24, 10))(store)  # what the reader had in memory is out of date now
        with pytest.raises(NotKept) as found:
            list(store.leaves("TUR", 0))
        assert found.value.code == "store-corrupt"
        assert "TUR/0/7" in found.value.what
        assert len(list(store.leaves("TUR", 0, 8))) == 17


def places(part: bytes, data: bytes) -> list[int]:
    found, at = [], data.find(part)
    while at >= 0:
        found.append(at)
        at = data.find(part, at + 1)
    return found
