# SPDX-License-Identifier: Apache-2.0
"""Does every store keep the promises of the port?"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import replace
from typing import Protocol

import pytest

from steerclear.errors import BadInput, NotKept, NotVerified, SteerclearError
from steerclear.store.port import LARGEST_FLOOR_MESSAGE, LARGEST_LEAF, Store, StoredEntry, StoredFloor

TEXT = b"steerclear/abc/TUR/0\n3\nroot\n"
OURS = "— TUR 1234\n".encode()
THEIRS = "— ISR 5678\n".encode()
HOSTS = "— AZE 9abc\n".encode()


class Disk(Protocol):
    def open(self) -> Store: ...


def entry(seq: int, *, member: str = "TUR", generation: int = 0, opened: bytes | None = None) -> StoredEntry:
    return StoredEntry(member, generation, seq, f"leaf {member} {generation} {seq}".encode(), opened)


def log_of(store: Store, member: str = "TUR", generation: int = 0) -> list[StoredEntry]:
    return list(store.entries(member, generation))


def test_what_was_appended_is_there_after_a_restart(disk: Disk) -> None:
    batch = [entry(0), entry(1, opened=b"said"), entry(0, member="ISR"), entry(2)]
    disk.open().append(batch)
    store = disk.open()
    assert log_of(store) == [entry(0), entry(1, opened=b"said"), entry(2)]
    assert log_of(store, "ISR") == [entry(0, member="ISR")]
    assert list(store.leaves("TUR", 0)) == [each.leaf for each in log_of(store)]
    assert (store.size("TUR", 0), store.size("ISR", 0), store.size("AZE", 0)) == (3, 1, 0)
    assert store.members() == ("ISR", "TUR")


def test_an_empty_store_has_nothing_and_says_so(store: Store) -> None:
    assert store.charter() is None
    assert store.members() == ()
    assert store.generations("TUR") == ()
    assert log_of(store) == []
    assert store.note("TUR", 0) is None
    assert list(store.notes("TUR", 0)) == []
    assert list(store.floor()) == []
    assert store.fact("courier") is None
    store.append([])
    assert store.members() == ()


def test_generations_are_logs_of_their_own(store: Store) -> None:
    store.append([entry(0, generation=2), entry(0), entry(1, generation=2)])
    assert store.generations("TUR") == (0, 2)
    assert (store.size("TUR", 0), store.size("TUR", 1), store.size("TUR", 2)) == (1, 0, 2)


def test_a_range_of_entries(store: Store) -> None:
    store.append([entry(seq) for seq in range(600)])  # more than one page of any store
    assert [each.seq for each in store.entries("TUR", 0, 254, 515)] == list(range(254, 515))
    assert [each.seq for each in store.entries("TUR", 0, 598)] == [598, 599]
    assert list(store.entries("TUR", 0, 600)) == []
    assert list(store.leaves("TUR", 0, 599, 900)) == [entry(599).leaf]


@pytest.mark.parametrize(("start", "stop"), [(-1, None), (3, 2)])
def test_what_is_no_range_is_refused(store: Store, start: int, stop: int | None) -> None:
    with pytest.raises(BadInput) as refused:
        store.entries("TUR", 0, start, stop)
    assert refused.value.code == "entry-range"


def test_reading_sees_the_log_as_it_was_when_asked(store: Store) -> None:
    store.append([entry(0)])
    asked = store.entries("TUR", 0)
    store.append([entry(1)])
    assert list(asked) == [entry(0)]


def test_the_same_bytes_again_change_nothing(store: Store) -> None:
    store.append([entry(0, opened=b"said"), entry(1)])
    store.append([entry(0), entry(1), entry(0, opened=b"said"), entry(2), entry(2)])
    assert log_of(store) == [entry(0, opened=b"said"), entry(1), entry(2)]


@pytest.mark.parametrize(
    ("batch", "error", "code"),
    [
        ([entry(2), entry(4)], NotKept, "entry-gap"),
        ([entry(3)], NotKept, "entry-gap"),
        ([entry(2), entry(1, member="ISR")], NotKept, "entry-gap"),
        ([entry(2), entry(-1)], NotKept, "entry-gap"),
        ([entry(2), StoredEntry("TUR", 0, 0, b"rewritten")], NotVerified, "entry-differs"),
        ([entry(2), StoredEntry("TUR", 0, 2, b"rewritten")], NotVerified, "entry-differs"),
        ([entry(2), entry(1, opened=b"something else")], NotVerified, "opening-differs"),
        ([entry(2, opened=b"a"), entry(2, opened=b"b")], NotVerified, "opening-differs"),
        ([entry(0, opened=b"a"), entry(0, opened=b"b")], NotVerified, "opening-differs"),
        ([entry(2), StoredEntry("TUR", 0, 3, b"")], NotKept, "entry-size"),
        ([entry(2), StoredEntry("TUR", 0, 3, bytes(LARGEST_LEAF + 1))], NotKept, "entry-size"),
    ],
)
def test_of_a_refused_batch_nothing_is_kept(
    disk: Disk, batch: list[StoredEntry], error: type[SteerclearError], code: str
) -> None:
    store = disk.open()
    store.append([entry(0), entry(1, opened=b"said")])
    with pytest.raises(error) as refused:
        store.append(batch)
    assert refused.value.code == code
    assert log_of(store) == [entry(0), entry(1, opened=b"said")]
    store = disk.open()
    assert log_of(store) == [entry(0), entry(1, opened=b"said")]
    assert store.members() == ("TUR",)


def test_the_largest_leaf_is_kept(store: Store) -> None:
    largest = StoredEntry("TUR", 0, 0, bytes(LARGEST_LEAF))
    store.append([largest])
    assert log_of(store) == [largest]


def test_an_entry_is_opened_later(disk: Disk) -> None:
    store = disk.open()
    store.append([entry(0), entry(1)])
    store.keep_opened("TUR", 0, 0, b"said")
    store.keep_opened("TUR", 0, 0, b"said")
    store.append([entry(1, opened=b"said too")])
    assert log_of(disk.open()) == [entry(0, opened=b"said"), entry(1, opened=b"said too")]


def test_an_entry_opens_only_once_and_only_where_it_is_kept(store: Store) -> None:
    store.append([entry(0, opened=b"said")])
    with pytest.raises(NotVerified) as differs:
        store.keep_opened("TUR", 0, 0, b"something else")
    assert differs.value.code == "opening-differs"
    for member, seq in (("TUR", 1), ("ISR", 0), ("TUR", -1)):
        with pytest.raises(NotKept) as missing:
            store.keep_opened(member, 0, seq, b"said")
        assert missing.value.code == "entry-missing"
    assert log_of(store) == [entry(0, opened=b"said")]


def test_the_charter_never_changes(disk: Disk) -> None:
    store = disk.open()
    store.keep_charter(b"charter")
    store.keep_charter(b"charter")
    with pytest.raises(NotVerified) as refused:
        store.keep_charter(b"another")
    assert refused.value.code == "charter-differs"
    assert disk.open().charter() == b"charter"


def test_a_note_gains_lines_and_never_loses_one(disk: Disk) -> None:
    store = disk.open()
    store.keep_note("TUR", 0, 3, TEXT + b"\n" + OURS)
    store.keep_note("TUR", 0, 3, TEXT + b"\n" + OURS + THEIRS)
    store.keep_note("TUR", 0, 3, TEXT + b"\n" + OURS)
    with pytest.raises(NotKept) as loses:
        store.keep_note("TUR", 0, 3, TEXT + b"\n" + OURS + HOSTS)
    assert loses.value.code == "note-loses-lines"
    assert disk.open().note("TUR", 0, 3) == TEXT + b"\n" + OURS + THEIRS


def test_another_checkpoint_of_one_size_is_equivocation(store: Store) -> None:
    store.keep_note("TUR", 0, 3, TEXT + b"\n" + OURS)
    with pytest.raises(NotVerified) as forked:
        store.keep_note("TUR", 0, 3, TEXT.replace(b"root", b"fork") + b"\n" + OURS)
    assert forked.value.code == "note-differs"
    assert store.note("TUR", 0, 3) == TEXT + b"\n" + OURS


@pytest.mark.parametrize("spelled", [b"", TEXT, TEXT + b"\n", TEXT + b"\nTUR 1234\n", b"\n\n" + OURS])
def test_what_is_no_signed_note_is_not_kept(store: Store, spelled: bytes) -> None:
    with pytest.raises(NotKept) as refused:
        store.keep_note("TUR", 0, 3, spelled)
    assert refused.value.code == "note-spelling"
    assert store.note("TUR", 0) is None


def test_every_size_keeps_its_note_and_the_newest_is_the_greatest(disk: Disk) -> None:
    store = disk.open()
    for size in (10, 2, 9):
        store.keep_note("TUR", 0, size, b"%d\n\n" % size + OURS)
    store.keep_note("TUR", 1, 1, b"1\n\n" + OURS)
    store = disk.open()
    assert [kept.size for kept in store.notes("TUR", 0)] == [2, 9, 10]
    assert store.note("TUR", 0) == b"10\n\n" + OURS
    assert store.note("TUR", 0, 9) == b"9\n\n" + OURS
    assert store.note("TUR", 0, 8) is None


def test_floor_messages_stay_in_the_order_in_which_they_came(disk: Disk) -> None:
    store = disk.open()
    for key in ("cc", "aa", "bb", "aa"):
        store.keep_floor(key, key.encode())
    assert list(disk.open().floor()) == [StoredFloor(key, key.encode()) for key in ("cc", "aa", "bb")]


def test_a_floor_message_has_one_content_and_a_bounded_size(store: Store) -> None:
    store.keep_floor("aa", bytes(LARGEST_FLOOR_MESSAGE))
    with pytest.raises(NotVerified) as differs:
        store.keep_floor("aa", b"other")
    assert differs.value.code == "floor-differs"
    for message in (b"", bytes(LARGEST_FLOOR_MESSAGE + 1)):
        with pytest.raises(NotKept) as refused:
            store.keep_floor("bb", message)
        assert refused.value.code == "floor-size"
    assert [kept.hash for kept in store.floor()] == ["aa"]


def test_a_fact_is_replaced(disk: Disk) -> None:
    store = disk.open()
    store.keep_fact("courier", b"1")
    store.keep_fact("courier", b"2")
    store.keep_fact("empty", b"")
    store = disk.open()
    assert (store.fact("courier"), store.fact("empty"), store.fact("none")) == (b"2", b"", None)


def test_a_closed_store_does_nothing_more(store: Store) -> None:
    with store as same:
        assert same is store
    store.close()
    for attempt in (
        lambda: store.append([entry(0)]),
        lambda: store.keep_floor("aa", b"stop"),
        lambda: store.size("TUR", 0),
        lambda: store.charter(),
        lambda: store.entries("TUR", 0),
    ):
        with pytest.raises(NotKept) as refused:
            attempt()
        assert refused.value.code == "store-closed"


def test_one_thread_writes_while_others_read(store: Store) -> None:
    done = threading.Event()
    seen: list[list[int]] = []

    def read() -> None:
        while not done.is_set():
            seen.append([each.seq for each in store.entries("TUR", 0)])

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for seq in range(0, 60, 2):
        store.append([entry(seq), entry(seq + 1)])
    done.set()
    for reader in readers:
        reader.join()
    seen.append([each.seq for each in store.entries("TUR", 0)])
    assert all(log == list(range(len(log))) and len(log) % 2 == 0 for log in seen)
    assert len(seen[-1]) == 60


def test_a_blob_is_kept_with_the_entry_that_brings_it_and_read_by_its_hash(disk: Disk) -> None:
    blob, other = b"one" * 100, b"two" * 100
    name = hashlib.sha256(blob).hexdigest()
    store = disk.open()
    assert store.blob(name) is None
    store.append([replace(entry(0), blobs=(blob, other))])
    store.append([replace(entry(1), blobs=(blob,))])
    assert log_of(store) == [entry(0), entry(1)]
    assert store.blob(name) == blob
    assert disk.open().blob(name) == blob


def test_a_blob_goes_with_the_entry_that_is_not_kept(store: Store) -> None:
    blob = b"one" * 100
    with pytest.raises(NotKept):
        store.append([replace(entry(0), blobs=(blob,)), entry(2)])
    assert store.blob(hashlib.sha256(blob).hexdigest()) is None


def test_a_snapshot_is_kept_whole_until_the_next_one(disk: Disk) -> None:
    store = disk.open()
    assert store.snapshot() is None
    store.keep_snapshot([b"first", b"", b"third" * 1_000])
    assert disk.open().snapshot() == (b"first", b"", b"third" * 1_000)
    disk.open().keep_snapshot([b"another"])
    assert disk.open().snapshot() == (b"another",)
