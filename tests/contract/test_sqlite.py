# SPDX-License-Identifier: Apache-2.0
"""What happens when the disk fails: full, read-only, damaged, foreign, held, or the power is gone?"""

from __future__ import annotations

import contextlib
import random
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import pytest

from steerclear.errors import BadInput, NotKept, NotVerified, Refused, SteerclearError, Unreachable
from steerclear.store import database as sqlite_database
from steerclear.store.port import StoredEntry
from steerclear.store.sqlite import SqliteStore

NOTE = b"text\n\n" + "— TUR 1\n".encode()
PAGE = 4096


def entry(seq: int, *, bulk: int = 0, opened: bytes | None = None) -> StoredEntry:
    return StoredEntry("TUR", 0, seq, f"leaf {seq} ".encode() + bytes(bulk), opened)


def seqs(store: SqliteStore) -> list[int]:
    return [each.seq for each in store.entries("TUR", 0)]


@pytest.fixture
def store(database: Path, storage_key: bytes) -> Iterator[SqliteStore]:
    with SqliteStore(database, storage_key, reserve_bytes=65_536) as store:
        yield store


def fill(store: SqliteStore, *, bulk: int = 60_000, code: str = "store-full") -> int:
    """Append until the disk refuses; how many entries were acknowledged."""
    first = store.size("TUR", 0)
    for seq in range(first, first + 1_000):
        refused = _refusal(store, entry(seq, bulk=bulk))
        if refused is not None:
            assert refused.code == code
            return seq
    raise AssertionError("the disk never became full")


def _refusal(store: SqliteStore, one: StoredEntry) -> NotKept | None:
    try:
        store.append([one])
    except NotKept as refused:
        return refused
    return None


# -- durability


def test_every_commit_is_synced_and_sqlite_says_so(store: SqliteStore) -> None:
    """The invariant that everything else rests on: read back from the connection that writes."""
    assert store._writer is not None
    read_back = {
        name: store._writer.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete", "trusted_schema")
    }
    assert read_back == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
    }


def test_a_database_that_does_not_take_a_setting_is_refused(database: Path) -> None:
    """A database in memory has no write-ahead log; it stands for a file system that cannot hold one."""
    with contextlib.closing(sqlite3.connect(":memory:")) as connection, pytest.raises(Refused) as refused:
        sqlite_database._set_and_read_back(connection, database)
    assert refused.value.code == "store-not-durable"


WRITER = """
import sys
from pathlib import Path
from steerclear.store.port import StoredEntry
from steerclear.store.sqlite import SqliteStore

with SqliteStore(Path(sys.argv[1]), bytes(range(32)), reserve_bytes=65536) as store:
    seq = store.size("TUR", 0)
    print("ready", flush=True)
    while True:
        batch = [StoredEntry("TUR", 0, seq + i, b"leaf %d" % (seq + i), b"said") for i in range(1 + seq % 3)]
        store.append(batch)
        seq += len(batch)
        print(seq, flush=True)
"""


def test_sigkill_at_random_points_loses_nothing_that_was_acknowledged(
    database: Path, storage_key: bytes
) -> None:
    dice = random.Random("sigkill")
    acknowledged = 0
    for _ in range(20):
        acknowledged = max(acknowledged, _killed_after(database, dice.randint(0, 25)))
        with SqliteStore(database, storage_key, reserve_bytes=65_536) as store:
            kept = list(store.entries("TUR", 0))
        assert len(kept) >= acknowledged
        assert kept == [StoredEntry("TUR", 0, seq, b"leaf %d" % seq, b"said") for seq in range(len(kept))]
        acknowledged = len(kept)
    assert acknowledged > 50


def test_after_a_crash_a_reader_sees_all_that_was_acknowledged(database: Path, storage_key: bytes) -> None:
    """The write-ahead log is still there, and nobody has opened the database to write since."""
    acknowledged = _killed_after(database, 10)
    assert database.with_name("node.db-wal").stat().st_size > 0
    with SqliteStore(database, storage_key, read_only=True) as reader:
        assert reader.size("TUR", 0) >= acknowledged >= 10
    with SqliteStore(database, storage_key, reserve_bytes=65_536) as store:
        assert store.size("TUR", 0) >= acknowledged


def _killed_after(database: Path, lines: int) -> int:
    """Run a writer, kill it once it has acknowledged ``lines`` batches; the size it last acknowledged."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(database)], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
        told = [writer.stdout.readline() for _ in range(lines)]
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.read().splitlines(keepends=True)
    whole = [line for line in told if line.endswith("\n")]  # the last one may be cut off by the kill
    return int(whole[-1]) if whole else 0


# -- a full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB; where none can be mounted the test has nothing to stand on and says so."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    if not mounted:
        pytest.skip("a file system of its own can be mounted by root alone")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_refuses_clearly_and_leaves_the_log_whole(small_disk: Path, storage_key: bytes) -> None:
    path = small_disk / "node.db"
    SqliteStore.create(path, storage_key)
    with SqliteStore(path, storage_key, reserve_bytes=262_144) as store:
        kept = fill(store)
        assert kept > 3
        assert seqs(store) == list(range(kept))
        _check_stop_is_kept_and_nothing_else(store, kept)
    with SqliteStore(path, storage_key, reserve_bytes=262_144) as store:
        assert seqs(store) == list(range(kept))
        assert [each.hash for each in store.floor()] == ["aa"]


def _check_stop_is_kept_and_nothing_else(store: SqliteStore, kept: int) -> None:
    store.keep_floor("aa", bytes(16_000))
    writes: list[Callable[[], None]] = [
        lambda: store.append([entry(kept)]),
        lambda: store.keep_note("TUR", 0, kept, NOTE),
        lambda: store.keep_fact("a", b"b"),
        lambda: store.keep_opened("TUR", 0, 0, b"said"),
    ]
    for write in writes:
        with pytest.raises(NotKept) as refused:
            write()
        assert refused.value.code == "store-full"


def test_a_disk_with_room_again_takes_entries_again(small_disk: Path, storage_key: bytes) -> None:
    path = small_disk / "node.db"
    SqliteStore.create(path, storage_key)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(1_000_000))
    with SqliteStore(path, storage_key, reserve_bytes=65_536) as store:
        kept = fill(store)
        store.keep_floor("aa", bytes(16_000))
        ballast.unlink()
        store.append([entry(kept)])
        assert seqs(store) == list(range(kept + 1))
        assert (small_disk / "node.db.reserve").stat().st_blocks * 512 >= 65_536


def test_a_database_at_its_greatest_size_is_a_full_disk(store: SqliteStore) -> None:
    assert store._writer is not None
    pages = store._writer.execute("PRAGMA page_count").fetchone()[0]
    store._writer.execute(f"PRAGMA max_page_count = {pages + 60}")
    kept = fill(store, bulk=20_000)
    assert kept > 3
    assert seqs(store) == list(range(kept))


# -- a disk that cannot be written


def test_a_store_opened_to_read_writes_nothing(database: Path, storage_key: bytes) -> None:
    with SqliteStore(database, storage_key) as writer:
        writer.append([entry(0, opened=b"said")])
        with SqliteStore(database, storage_key, read_only=True) as reader:
            with pytest.raises(NotKept) as refused:
                reader.append([entry(1)])
            assert refused.value.code == "store-read-only"
            assert list(reader.entries("TUR", 0)) == [entry(0, opened=b"said")]
            writer.append([entry(1)])
            assert seqs(reader) == [0, 1]


def test_a_file_system_that_became_read_only_is_said_to_be_so(small_disk: Path, storage_key: bytes) -> None:
    path = small_disk / "node.db"
    SqliteStore.create(path, storage_key)
    with SqliteStore(path, storage_key, reserve_bytes=65_536) as store:
        store.append([entry(0)])
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(NotKept) as refused:
        SqliteStore(path, storage_key, reserve_bytes=65_536)
    assert refused.value.code == "store-read-only"
    with SqliteStore(path, storage_key, read_only=True) as reader:
        assert seqs(reader) == [0]


def test_without_the_storage_key_leaves_are_read_and_openings_refused(
    database: Path, storage_key: bytes
) -> None:
    with SqliteStore(database, storage_key) as store:
        store.append([entry(0), entry(1, opened=b"said")])
    with SqliteStore(database, None, read_only=True) as reader:
        assert list(reader.leaves("TUR", 0)) == [entry(0).leaf, entry(1).leaf]
        assert list(reader.entries("TUR", 0, 0, 1)) == [entry(0)]
        with pytest.raises(Refused) as refused:
            list(reader.entries("TUR", 0))
    assert refused.value.code == "storage-key-missing"
    with pytest.raises(Refused) as writing:
        SqliteStore(database, None)
    assert writing.value.code == "storage-key-missing"


# -- damage


def damage(path: Path, found: bytes, instead: bytes) -> None:
    """Replace bytes in the file itself, as a failing disk would."""
    spelled = path.read_bytes()
    assert found in spelled
    path.write_bytes(spelled.replace(found, instead))


def opening_fails(path: Path, key: bytes | None, error: type[SteerclearError]) -> str:
    with pytest.raises(error) as refused:
        SqliteStore(path, key, reserve_bytes=65_536).close()
    return refused.value.code


@pytest.fixture
def filled(database: Path, storage_key: bytes) -> Path:
    """400 entries on some hundred pages, closed."""
    with SqliteStore(database, storage_key, reserve_bytes=65_536) as store:
        store.append([entry(seq, bulk=1_000, opened=b"said" * 20) for seq in range(400)])
    return database


def test_a_corrupt_page_is_noticed_when_the_store_is_opened(filled: Path, storage_key: bytes) -> None:
    spelled = bytearray(filled.read_bytes())
    pages = range(1, len(spelled) // PAGE, 7)
    unnoticed = []
    for page in pages:
        spoiled = bytearray(spelled)
        spoiled[page * PAGE : page * PAGE + 64] = b"\xa5" * 64
        filled.write_bytes(spoiled)
        if _reads_without_complaint(filled, storage_key):
            unnoticed.append(page)
    assert len(pages) > 10
    assert unnoticed == []


def _reads_without_complaint(path: Path, storage_key: bytes) -> bool:
    try:
        with SqliteStore(path, storage_key, reserve_bytes=65_536) as store:
            return len(seqs(store)) == 400
    except (NotKept, NotVerified) as error:
        return error.code not in ("store-corrupt", "opening-damaged")


def test_a_flipped_bit_in_a_leaf_is_noticed_when_it_is_read(filled: Path, storage_key: bytes) -> None:
    damage(filled, b"leaf 250 ", b"leaf 251 ")
    with SqliteStore(filled, storage_key, reserve_bytes=65_536) as store:
        assert len(list(store.leaves("TUR", 0, 0, 250))) == 250
        for read in (store.leaves, store.entries):
            with pytest.raises(NotKept) as refused:
                list(read("TUR", 0))
            assert refused.value.code == "store-corrupt"
            assert "TUR/0/250" in refused.value.what


def test_an_opening_moved_to_another_entry_does_not_open(filled: Path, storage_key: bytes) -> None:
    with contextlib.closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute(
            "UPDATE opening SET sealed = (SELECT sealed FROM opening WHERE seq = 7) WHERE seq = 8"
        )
    with (
        SqliteStore(filled, storage_key, reserve_bytes=65_536) as store,
        pytest.raises(NotVerified) as refused,
    ):
        list(store.entries("TUR", 0))
    assert refused.value.code == "opening-damaged"


def test_an_entry_that_vanished_is_noticed_and_never_skipped(filled: Path, storage_key: bytes) -> None:
    with contextlib.closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("DROP TRIGGER entry_never_goes")
        connection.execute("DELETE FROM entry WHERE seq = 123")
    with SqliteStore(filled, storage_key, reserve_bytes=65_536) as store, pytest.raises(NotKept) as refused:
        list(store.entries("TUR", 0))
    assert refused.value.code == "store-corrupt"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entry SET leaf = x'00' WHERE seq = 1",
        "DELETE FROM entry WHERE seq = 399",
        "INSERT OR REPLACE INTO charter VALUES (1, x'00', x'00')",
        "INSERT OR REPLACE INTO entry VALUES (1, 1, x'00', zeroblob(32))",
        "UPDATE charter SET charter = x'00'",
    ],
)
def test_the_database_itself_refuses_to_rewrite_the_record(
    filled: Path, storage_key: bytes, statement: str
) -> None:
    with SqliteStore(filled, storage_key, reserve_bytes=65_536) as store:
        store.keep_charter(b"charter")
        assert store._writer is not None
        with pytest.raises(sqlite3.IntegrityError, match="never"):
            store._writer.execute(statement)
        assert store.charter() == b"charter"
        assert len(seqs(store)) == 400


def test_a_truncated_an_empty_and_a_missing_file_are_never_an_empty_log(
    filled: Path, storage_key: bytes
) -> None:
    whole = filled.read_bytes()
    for length in (len(whole) // 2, PAGE + 100, 50):
        filled.write_bytes(whole[:length])
        assert opening_fails(filled, storage_key, NotKept) == "store-corrupt"
    filled.write_bytes(b"")
    assert opening_fails(filled, storage_key, NotKept) == "store-corrupt"
    filled.unlink()
    assert opening_fails(filled, storage_key, Unreachable) == "store-missing"


def test_a_file_that_is_no_database_or_not_ours_is_refused(
    filled: Path, storage_key: bytes, tmp_path: Path
) -> None:
    filled.write_bytes(b"not a database" * 1_000)
    assert opening_fails(filled, storage_key, NotKept) == "store-corrupt"
    foreign = tmp_path / "foreign.db"
    with contextlib.closing(sqlite3.connect(foreign)) as connection, connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
    before = foreign.read_bytes()
    assert opening_fails(foreign, storage_key, Refused) == "store-not-ours"
    assert foreign.read_bytes() == before


def test_another_version_is_refused_and_never_guessed_at(filled: Path, storage_key: bytes) -> None:
    with contextlib.closing(sqlite3.connect(filled)) as connection:
        connection.execute("PRAGMA user_version = 99")
    assert opening_fails(filled, storage_key, Refused) == "store-newer"
    with contextlib.closing(sqlite3.connect(filled)) as connection:
        connection.execute("PRAGMA user_version = 0")
    with pytest.raises(Refused) as refused:
        SqliteStore(filled, storage_key, read_only=True)
    assert refused.value.code == "store-older"


def test_a_wrong_storage_key_is_noticed_when_the_store_is_opened(filled: Path) -> None:
    assert opening_fails(filled, bytes(32), Refused) == "storage-key-wrong"
    assert opening_fails(filled, bytes(31), BadInput) == "storage-key-length"


def test_a_database_without_its_check_value_is_damaged(filled: Path, storage_key: bytes) -> None:
    with contextlib.closing(sqlite3.connect(filled)) as connection, connection:
        connection.execute("DELETE FROM vault")
    assert opening_fails(filled, storage_key, NotKept) == "store-corrupt"


def test_what_was_opened_does_not_lie_readable_on_the_disk(database: Path, storage_key: bytes) -> None:
    with SqliteStore(database, storage_key, reserve_bytes=65_536) as store:
        store.append([entry(0, opened=b"convoy to Aleppo")])
        on_disk = b"".join(path.read_bytes() for path in database.parent.iterdir())
        assert b"leaf 0" in on_disk
        assert b"Aleppo" not in on_disk
        assert [each.opened for each in store.entries("TUR", 0)] == [b"convoy to Aleppo"]


# -- others at the database


def test_a_database_held_by_another_writer_is_busy(store: SqliteStore, database: Path) -> None:
    assert store._writer is not None
    store._writer.execute("PRAGMA busy_timeout = 0")
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotKept) as refused:
            store.append([entry(0)])
        assert refused.value.code == "store-busy"
        other.execute("ROLLBACK")
    store.append([entry(0)])
    assert seqs(store) == [0]


@contextlib.contextmanager
def failing_disk(at_bytes: int) -> Iterator[None]:
    """Writing past ``at_bytes`` of any file fails with EFBIG; SQLite reports an input/output error."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (at_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_after_an_error_of_the_disk_nothing_is_written_until_a_restart(
    store: SqliteStore, database: Path, storage_key: bytes
) -> None:
    store.append([entry(0)])
    with failing_disk(at_bytes=400_000):
        kept = fill(store, code="store-disk-error")
    assert kept > 1
    with pytest.raises(NotKept) as refused:
        store.append([entry(kept)])
    assert refused.value.code == "store-disk-error"
    assert seqs(store) == list(range(kept))
    store.close()
    with SqliteStore(database, storage_key, reserve_bytes=65_536) as again:
        assert seqs(again) == list(range(kept))
        again.append([entry(kept)])


def test_a_refusal_of_ours_leaves_no_doubt_about_the_disk(store: SqliteStore) -> None:
    with pytest.raises(NotKept):
        store.append([entry(5)])
    store.append([entry(0)])
    assert seqs(store) == [0]


# -- making and copying


def test_a_database_is_made_once_and_privately(database: Path, storage_key: bytes) -> None:
    assert stat.S_IMODE(database.stat().st_mode) == 0o600
    assert [path.name for path in database.parent.iterdir()] == ["node.db"]
    before = database.read_bytes()
    with pytest.raises(Refused) as refused:
        SqliteStore.create(database, storage_key)
    assert refused.value.code == "store-exists"
    assert database.read_bytes() == before


def test_what_a_crash_left_of_making_a_database_is_no_hindrance(tmp_path: Path, storage_key: bytes) -> None:
    (tmp_path / "node.db.new").write_bytes(b"half a database")
    SqliteStore.create(tmp_path / "node.db", storage_key)
    assert [path.name for path in tmp_path.iterdir()] == ["node.db"]


def test_a_copy_of_a_running_store_is_whole(store: SqliteStore, tmp_path: Path, storage_key: bytes) -> None:
    store.append([entry(seq, opened=b"said") for seq in range(300)])
    copy = tmp_path / "copy.db"
    store.copy_to(copy)
    store.append([entry(300)])
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    with SqliteStore(copy, storage_key, read_only=True) as reader:
        assert list(reader.entries("TUR", 0)) == [entry(seq, opened=b"said") for seq in range(300)]
    with pytest.raises(Refused) as refused:
        store.copy_to(copy)
    assert refused.value.code == "store-exists"
    with SqliteStore(copy, storage_key, reserve_bytes=65_536) as restored:
        restored.append([entry(300)])


def test_migrations_are_numbered_without_gaps() -> None:
    folder = resources.files("steerclear.store") / "migrations"
    names = sorted(file.name for file in folder.iterdir())
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_a_migration_that_fails_leaves_the_database_as_it_was(database: Path) -> None:
    """The first migration again, over a database that has seen it: refused as a whole."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA user_version = 0")
        before = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        with pytest.raises(NotKept):
            sqlite_database.migrate(connection, database)
        assert not connection.in_transaction
        assert connection.execute("SELECT count(*) FROM sqlite_schema").fetchone() == before
