# SPDX-License-Identifier: Apache-2.0
"""How is a store made to run over a disk that remembers every write? By a VFS of apsw, spoken to as sqlite3.

apsw carries a SQLite of its own, so the product's code meets it through ``Spoken``: the few calls of
``sqlite3.Connection`` that the store uses, with the same meaning. The trace is recorded with it; what a
power cut leaves is opened with the SQLite of the standard library, as a node would.
"""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

import apsw
from tests.contract.power import Made, NamesSynced, Op, Removed, Synced, Truncated, Written

from steerclear.store.database import BUSY_TIMEOUT_MS, Connect

__all__ = ["Recorder"]

_SYNCS_ITS_FOLDER: Final = (
    apsw.SQLITE_OPEN_WAL | apsw.SQLITE_OPEN_MAIN_JOURNAL | apsw.SQLITE_OPEN_SUPER_JOURNAL
)
"""The unix VFS syncs the folder with the first sync of such a file that it made (os_unix.c, unixOpen)."""

_numbers = itertools.count()


class Recorder:
    """Everything that SQLite does to files in ``folder``, in ``trace``; ``connect`` is for the store.

    ``full_while``  as long as this file lies there, a write that would make another longer meets a full disk
    """

    def __init__(self, folder: Path) -> None:
        self.trace: list[Op] = []
        self.names = {path.name: number for number, path in enumerate(sorted(folder.iterdir()))}
        """Files by name; those that were there before have the first numbers, in alphabetical order."""
        self.full_while: Path | None = None
        self._files = itertools.count(len(self.names))
        self._vfs = _RecordingVfs(f"steerclear-{next(_numbers)}", self)

    def connect(self, uri: str) -> sqlite3.Connection:
        return cast("sqlite3.Connection", Spoken(uri, self._vfs.name))

    def connect_with(self, synchronous: str) -> Connect:
        """For the control: says that it syncs at every commit, and does as it is told here."""
        return lambda uri: cast("sqlite3.Connection", _Liar(uri, self._vfs.name, synchronous))

    def made(self, name: str) -> int:
        number = next(self._files)
        self.names[name] = number
        self.trace.append(Made(name, number))
        return number

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._vfs.unregister()


class _RecordingVfs(apsw.VFS):
    def __init__(self, name: str, recorder: Recorder) -> None:
        super().__init__(name, base="")
        self.name = name
        self._recorder = recorder

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _RecordingFile(name, flags, self._recorder)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        super().xDelete(filename, syncdir)
        name = Path(filename).name
        del self._recorder.names[name]
        self._recorder.trace.append(Removed(name))
        if syncdir:
            self._recorder.trace.append(NamesSynced())


class _RecordingFile(apsw.VFSFile):
    def __init__(self, name: str | apsw.URIFilename | None, flags: list[int], recorder: Recorder) -> None:
        assert name is not None, "a file without a name holds nothing that outlives the process"
        path = Path(name if isinstance(name, str) else name.filename())
        fresh = path.name not in recorder.names
        super().__init__("", name, flags)
        self._recorder = recorder
        self._file = recorder.made(path.name) if fresh else recorder.names[path.name]
        self._names_with_it = fresh and bool(flags[0] & _SYNCS_ITS_FOLDER)

    def xLock(self, level: int) -> None:  # noqa: N802
        try:
            super().xLock(level)
        except apsw.IOError as error:
            # The last connection that only reads asks, as it closes, for a lock that only a writer gets.
            raise apsw.BusyError("opened to read only") from error

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        full_while = self._recorder.full_while
        if full_while is not None and full_while.exists() and offset + len(data) > self.xFileSize():
            raise apsw.FullError("the disk is full")
        super().xWrite(data, offset)
        self._recorder.trace.append(Written(self._file, offset, bytes(data)))

    def xTruncate(self, newsize: int) -> None:  # noqa: N802
        super().xTruncate(newsize)
        self._recorder.trace.append(Truncated(self._file, newsize))

    def xSync(self, flags: int) -> None:  # noqa: N802
        # The machine under this test keeps its power: nothing needs to wait for its disk.
        self._recorder.trace.append(Synced(self._file))
        if self._names_with_it:
            self._recorder.trace.append(NamesSynced())
            self._names_with_it = False


class Spoken:
    """An apsw connection that answers as ``sqlite3.Connection`` does, as far as the store asks."""

    def __init__(self, uri: str, vfs: str) -> None:
        flags = apsw.SQLITE_OPEN_URI | apsw.SQLITE_OPEN_READWRITE
        self._connection = apsw.Connection(uri, flags=flags, vfs=vfs)
        self._connection.set_busy_timeout(BUSY_TIMEOUT_MS)

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> Any:
        try:
            return self._connection.execute(sql, values)
        except apsw.FullError as error:
            full = sqlite3.OperationalError(str(error))
            full.sqlite_errorname = "SQLITE_FULL"
            raise full from error

    def executemany(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        for row in rows:
            self.execute(sql, row)

    def create_function(
        self, name: str, arguments: int, function: Callable[..., Any], *, deterministic: bool
    ) -> None:
        self._connection.create_scalar_function(name, function, arguments, deterministic=deterministic)

    def executescript(self, sql: str) -> None:
        for _ in self.execute(sql):
            raise AssertionError("a migration answers nothing")

    @property
    def in_transaction(self) -> bool:
        return self._connection.in_transaction

    def close(self) -> None:
        self._connection.close()


class _Liar(Spoken):
    """Takes ``synchronous = FULL`` and sets something else; asked for it, it says what was wanted."""

    def __init__(self, uri: str, vfs: str, synchronous: str) -> None:
        super().__init__(uri, vfs)
        self._synchronous = synchronous

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> Any:
        if sql == "PRAGMA synchronous = FULL":
            sql = f"PRAGMA synchronous = {self._synchronous}"
        elif sql == "PRAGMA synchronous":
            sql = "SELECT 2"
        return super().execute(sql, values)
