# SPDX-License-Identifier: Apache-2.0
"""Every store there is, each as a node that can be restarted: the suite runs once over each."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from steerclear.store.memory import MemoryDisk, MemoryStore
from steerclear.store.port import Store
from steerclear.store.sqlite import SqliteStore

STORAGE_KEY = bytes(range(32))


class Disk:
    """Opens a store over what earlier stores here acknowledged; closes the one before."""

    def __init__(self, opener: Callable[[], Store]) -> None:
        self._opener = opener
        self._open: Store | None = None

    def open(self) -> Store:
        self.close()
        self._open = self._opener()
        return self._open

    def close(self) -> None:
        if self._open is not None:
            self._open.close()


@pytest.fixture(params=["memory", "sqlite"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Disk]:
    if request.param == "memory":
        kept = MemoryDisk()
        disk = Disk(lambda: MemoryStore(kept))
    else:
        path = tmp_path / "node.db"
        SqliteStore.create(path, STORAGE_KEY)
        disk = Disk(lambda: SqliteStore(path, STORAGE_KEY, reserve_bytes=65_536))
    yield disk
    disk.close()


@pytest.fixture
def store(disk: Disk) -> Store:
    return disk.open()


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """A new SQLite database with nothing in it."""
    path = tmp_path / "node.db"
    SqliteStore.create(path, STORAGE_KEY)
    return path


@pytest.fixture
def storage_key() -> bytes:
    return STORAGE_KEY


@pytest.fixture
def in_memory() -> Iterator[Path]:
    """A folder that syncs at once: what is tested here is what was written, and not this machine's disk."""
    shm = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="steerclear-", dir=shm if shm.is_dir() else None))
    yield folder
    shutil.rmtree(folder)
