# SPDX-License-Identifier: Apache-2.0
"""Can a store in memory play a disk that fails and a node that restarts?"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from steerclear.errors import NotKept
from steerclear.store import failures
from steerclear.store.memory import MemoryDisk, MemoryStore
from steerclear.store.port import StoredEntry

NOTE = b"text\n\n" + "— TUR 1\n".encode()


def test_a_disk_that_is_full_refuses_every_write_and_keeps_what_it_has() -> None:
    store = MemoryStore()
    store.append([StoredEntry("TUR", 0, 0, b"leaf")])
    store.fails_with = failures.full()
    writes: list[Callable[[], None]] = [
        lambda: store.append([StoredEntry("TUR", 0, 1, b"leaf")]),
        lambda: store.keep_opened("TUR", 0, 0, b"said"),
        lambda: store.keep_note("TUR", 0, 1, NOTE),
        lambda: store.keep_floor("aa", b"stop"),
        lambda: store.keep_fact("a", b"b"),
        lambda: store.keep_charter(b"charter"),
    ]
    for write in writes:
        with pytest.raises(NotKept) as refused:
            write()
        assert refused.value.code == "store-full"
    assert list(store.entries("TUR", 0)) == [StoredEntry("TUR", 0, 0, b"leaf")]
    assert (store.note("TUR", 0), list(store.floor()), store.fact("a"), store.charter()) == (
        None,
        [],
        None,
        None,
    )
    store.fails_with = None
    store.append([StoredEntry("TUR", 0, 1, b"leaf")])
    assert store.size("TUR", 0) == 2


def test_a_disk_may_be_full_from_the_beginning() -> None:
    with pytest.raises(NotKept), MemoryStore(fails_with=failures.read_only()) as store:
        store.keep_charter(b"charter")


def test_a_disk_outlives_a_store_that_crashed_without_closing() -> None:
    disk = MemoryDisk()
    MemoryStore(disk).append([StoredEntry("TUR", 0, 0, b"leaf")])
    assert MemoryStore(disk).size("TUR", 0) == 1
    assert MemoryStore().size("TUR", 0) == 0
