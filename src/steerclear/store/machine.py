# SPDX-License-Identifier: Apache-2.0
"""How far did the own log go since this machine was switched on? Kept in memory, out of reach of any backup.

    /dev/shm/steerclear-UID/ (0700)   NAME        a high-water mark; gone when the machine is switched off
                                      NAME.lock   held while a process writes this log

A folder that is put back from a backup brings its own mark back with it; this one it does not. So a node that
was killed and started again need ask nobody, and one that came back from an older copy on the same machine
knows it at once. NAME comes from the storage key, which a restored copy shares and nobody else knows.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from steerclear.errors import Refused
from steerclear.store.highwater import HighWater, Mark

__all__ = ["Forgetful", "forget", "on_this_machine"]

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it, and looked at before use


class Forgetful:
    """The memory of a machine that has none."""

    def read(self) -> Mark | None:
        return None

    def keep(self, mark: Mark) -> None:
        """Nothing is remembered."""


@contextlib.contextmanager
def on_this_machine(storage_key: bytes, *, memory: Path = _MEMORY) -> Iterator[HighWater | None]:
    """The mark in this machine's memory, held for one process; ``None`` where there is no such place.

    Raises ``Refused`` (``node-twice``) while another process writes the same log from another folder.
    """
    folder = _own_folder(memory)
    if folder is None:
        yield None
        return
    name = _name(storage_key)
    with (folder / f"{name}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Refused(
                "node-twice",
                "Another process on this machine writes the log of this node, from another folder.",
                where=str(folder / name),
                remedy="End that one first: two nodes with the same keys would sign two histories.",
            ) from error
        yield HighWater(folder / name)


def forget(storage_key: bytes, *, memory: Path = _MEMORY) -> None:
    """Leave nothing of a node that will not come back."""
    for name in (_name(storage_key), f"{_name(storage_key)}.lock"):
        (memory / _folder_name() / name).unlink(missing_ok=True)


def _own_folder(memory: Path) -> Path | None:
    """A folder that nobody else may write to, or ``None``: a mark that others can set vouches for nothing."""
    folder = memory / _folder_name()
    if not memory.is_dir():
        return None
    with contextlib.suppress(FileExistsError, PermissionError):
        folder.mkdir(mode=0o700)
    try:
        found = folder.lstat()
    except OSError:
        return None
    is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o077
    return folder if is_ours else None


def _folder_name() -> str:
    return f"steerclear-{os.geteuid()}"


def _name(storage_key: bytes) -> str:
    return hashlib.sha256(b"steerclear/machine-mark/v1\n" + storage_key).hexdigest()[:32]
