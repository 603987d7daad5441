# SPDX-License-Identifier: Apache-2.0
"""How a SQLite file becomes a database that may hold the record, and what its errors mean to an operator.

- A database comes into being whole: it is built beside its place and renamed into it. So a file that is
  missing, empty or foreign is never taken for a record with nothing in it.
- Every setting that durability rests on is read back after it is set.
- ``application_id`` says that the file is ours, ``user_version`` how many migrations it has seen.
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Final, TypeAlias

from steerclear.errors import NotKept, Refused, Unreachable
from steerclear.store import disk, failures
from steerclear.store.digest import digest_of
from steerclear.store.wal import damage_in, log_beside

__all__ = [
    "APPLICATION_ID",
    "BUSY_TIMEOUT_MS",
    "Connect",
    "build",
    "check_whole",
    "connect",
    "copy",
    "migrate",
    "open_reader",
    "open_writer",
    "settle",
    "spoken_plainly",
]

APPLICATION_ID: Final = 0x53544352  # "STCR"
BUSY_TIMEOUT_MS: Final = 5_000

Connect: TypeAlias = Callable[[str], sqlite3.Connection]
"""Opens the database that a SQLite URI names. Tests hand in one over a disk that loses power."""

_SMALLEST_BYTES: Final = 512  # SQLite's smallest page
_NOT_WRITABLE: Final = frozenset({errno.EROFS, errno.EACCES, errno.EPERM})

_WRITER_SETTINGS: Final = {
    # setting: (value to set, value that must be read back)
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),  # fsync at every commit: an acknowledged entry survives the power cut
    "foreign_keys": ("ON", 1),
    "recursive_triggers": ("ON", 1),  # so that REPLACE, too, meets “never deleted”
    "secure_delete": ("ON", 1),  # what is shredded is overwritten
    "cell_size_check": ("ON", 1),
    "trusted_schema": ("OFF", 0),
    "busy_timeout": (str(BUSY_TIMEOUT_MS), BUSY_TIMEOUT_MS),
}


def connect(uri: str) -> sqlite3.Connection:
    """The standard library's SQLite, in autocommit: transactions are written out."""
    # check_same_thread is off on purpose: the store guards each connection with a lock of its own, and
    # commits in a worker thread while the event loop reads.
    return sqlite3.connect(
        uri, uri=True, isolation_level=None, check_same_thread=False, timeout=BUSY_TIMEOUT_MS / 1_000
    )


def build(path: Path, connect: Connect = connect) -> sqlite3.Connection:
    """Make a new database beside ``path``, for ``settle`` to move there. ``Refused``: ``store-exists``."""
    if path.exists():
        raise Refused(
            "store-exists",
            "There is a database already.",
            remedy="Use it, or move it away first; it is never overwritten.",
            where=str(path),
        )
    fresh = disk.beside(path)
    for leftover in (fresh, *_companions(fresh)):
        leftover.unlink(missing_ok=True)
    with spoken_plainly(path):
        fresh.touch(mode=0o600, exist_ok=False)
        connection = connect(f"{fresh.absolute().as_uri()}?mode=rw")
        _set_and_read_back(connection, path)
        migrate(connection, path)
        return connection


def settle(connection: sqlite3.Connection, path: Path) -> None:
    """Close a database from ``build`` and move it to its place, durably."""
    with spoken_plainly(path):
        connection.close()
        disk.beside(path).rename(path)
        disk.sync_folder(path.parent)


def open_writer(path: Path, connect: Connect = connect, *, is_looked_at: bool = True) -> sqlite3.Connection:
    """The one connection that writes: checked, migrated, durable. ``is_looked_at``: every page of it."""
    _check_there(path)
    if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        raise failures.read_only(str(path))
    with spoken_plainly(path):
        _check_log(path, connect)
        connection = connect(f"{path.absolute().as_uri()}?mode=rw")
        with _closed_on_error(connection):
            _check_ours(connection, path)
            _set_and_read_back(connection, path)
            migrate(connection, path)
            if is_looked_at:
                check_whole(connection, path)
    return connection


def open_reader(
    path: Path, connect: Connect = connect, *, beside_writer: bool, is_looked_at: bool = True
) -> sqlite3.Connection:
    """A connection that cannot write. Alone (not ``beside_writer``) it checks the file as a writer would."""
    _check_there(path)
    with spoken_plainly(path):
        connection = _connect_to_read(path, connect)
        with _closed_on_error(connection):
            connection.execute("PRAGMA query_only = ON")
            if not beside_writer:
                _check_ours(connection, path)
                _check_up_to_date(connection, path)
                _require_whole_log(path)
                if is_looked_at:
                    check_whole(connection, path)
    return connection


def migrate(connection: sqlite3.Connection, path: Path) -> None:
    """Apply the numbered files that this database has not seen, each in a transaction of its own."""
    seen = _pragma(connection, "user_version")
    connection.create_function("digest_of", 2, digest_of, deterministic=True)
    for number, script in _migrations()[seen:]:
        stamped = f"PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {number};"
        with spoken_plainly(path):
            try:
                connection.executescript(f"BEGIN IMMEDIATE;\n{script}\n{stamped} COMMIT;")
            except sqlite3.Error:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise


def check_whole(connection: sqlite3.Connection, path: Path) -> None:
    """Every page is where the others say it is, and every index says what its table says.

    ``quick_check`` leaves the indexes out: a bit that fell over in one of them hid rows and made a log
    shorter, unseen. ``integrity_check`` costs a third more (100,000 entries: 0.13 s for 0.10 s).
    """
    answer = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
    if answer != "ok":
        raise failures.corrupt(answer.splitlines()[-1], where=str(path))


def copy(path: Path, target: Path) -> None:
    """A consistent copy of a database, at its place whole or not at all; the original may be in use."""
    if target.exists():
        raise Refused(
            "store-exists",
            "There is a file already where the copy should go.",
            remedy="Choose another name for the copy.",
            where=str(target),
        )
    source = open_reader(path, beside_writer=True)
    fresh = disk.beside(target)
    with contextlib.closing(source), spoken_plainly(target):
        fresh.unlink(missing_ok=True)
        fresh.touch(mode=0o600, exist_ok=False)
        connection = connect(f"{fresh.absolute().as_uri()}?mode=rw")
        with _closed_on_error(connection):
            connection.execute("PRAGMA synchronous = FULL")
            source.backup(connection)
            check_whole(connection, target)
    settle(connection, target)


@contextlib.contextmanager
def spoken_plainly(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into what an operator can act on."""
    try:
        yield
    except sqlite3.Error as error:
        raise _plain(error, str(path)) from error
    except UnicodeDecodeError as error:
        # SQLite quotes a damaged schema in its message, which is then no text any more.
        raise failures.corrupt("its schema is no text", where=str(path)) from error
    except OSError as error:
        if error.errno in _NOT_WRITABLE:
            raise failures.read_only(str(path)) from error
        raise failures.disk_error(str(error.strerror), where=str(path)) from error


def _plain(error: sqlite3.Error, where: str) -> NotKept:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith("SQLITE_FULL"):
        return failures.full(where)
    if name.startswith("SQLITE_READONLY"):
        return failures.read_only(where)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or name in ("SQLITE_ERROR", ""):
        # What the store asks for is fixed: a table or column that is not found is a damaged schema, and text
        # that is none (which Python says without a code) a damaged row.
        return failures.corrupt(str(error), where=where)
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return NotKept(
            "store-busy",
            "Another program holds the database.",
            remedy="End the other program that writes to it, then repeat the command.",
            where=where,
        )
    return failures.disk_error(f"{error} ({name or type(error).__name__})", where=where)


def _connect_to_read(path: Path, connect: Connect) -> sqlite3.Connection:
    uri = path.absolute().as_uri()
    connection = connect(f"{uri}?mode=ro")
    try:
        connection.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError:
        connection.close()
        if any(companion.exists() for companion in _companions(path)):
            raise
        # A database in WAL mode, cleanly closed, in a folder that cannot be written: nothing can change it.
        return connect(f"{uri}?mode=ro&immutable=1")
    return connection


def _check_log(path: Path, connect: Connect) -> None:
    """Look at what a crash left, through a connection that can neither carry it over nor remove it."""
    if not log_beside(path).exists():
        return
    with contextlib.closing(connect(f"{path.absolute().as_uri()}?mode=ro")) as connection:
        _check_ours(connection, path)
        _require_whole_log(path)


def _require_whole_log(path: Path) -> None:
    how = damage_in(path)
    if how is not None:
        raise failures.corrupt(how, where=str(path))


def _check_there(path: Path) -> None:
    if not path.is_file():
        raise Unreachable(
            "store-missing",
            "There is no database here.",
            remedy="Check the path; a new node is made with steerclear init.",
            where=str(path),
        )
    if path.stat().st_size < _SMALLEST_BYTES:
        # SQLite would take a stump of its first page for a new database with nothing in it.
        raise failures.corrupt("the file is cut off at its beginning", where=str(path))


def _check_ours(connection: sqlite3.Connection, path: Path) -> None:
    if _pragma(connection, "application_id") != APPLICATION_ID:
        raise Refused(
            "store-not-ours",
            "This file is a database of another program.",
            remedy="Check the path.",
            where=str(path),
        )
    if _pragma(connection, "user_version") > len(_migrations()):
        raise Refused(
            "store-newer",
            "This database was written by a newer version of this program.",
            remedy="Install that version or a newer one.",
            where=str(path),
        )


def _check_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    if _pragma(connection, "user_version") < len(_migrations()):
        raise Refused(
            "store-older",
            "This database was written by an older version and cannot be brought forward while only reading.",
            remedy="Start the node once with this version, or read it with the older one.",
            where=str(path),
        )


def _set_and_read_back(connection: sqlite3.Connection, path: Path) -> None:
    for setting, (value, wanted) in _WRITER_SETTINGS.items():
        connection.execute(f"PRAGMA {setting} = {value}")
        found = connection.execute(f"PRAGMA {setting}").fetchone()[0]
        if found != wanted:
            raise Refused(
                "store-not-durable",
                f"SQLite does not take {setting} = {value} here; it says {found}.",
                remedy="Put the database on a local disk; network file systems cannot hold it safely.",
                where=str(path),
            )


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    return int(connection.execute(f"PRAGMA {name}").fetchone()[0])


def _migrations() -> list[tuple[int, str]]:
    """Number and text of each migration, from 1 without gaps."""
    folder = resources.files("steerclear.store") / "migrations"
    scripts = sorted(
        (file.name, file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".sql")
    )
    return [(number, text) for number, (_, text) in enumerate(scripts, start=1)]


def _companions(path: Path) -> tuple[Path, Path]:
    return path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")


@contextlib.contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise
