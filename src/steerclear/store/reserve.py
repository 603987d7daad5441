# SPDX-License-Identifier: Apache-2.0
"""Disk that is held back so that a STOP can be kept when nothing else can.

A file of real blocks lies beside the database. When the disk is full it is given up for floor messages; until
it can be made again, everything else is refused.
"""

from __future__ import annotations

import contextlib
import errno
import os
from pathlib import Path
from typing import Final

__all__ = ["Reserve"]

_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT})


class Reserve:
    """``bytes_held`` of disk under ``path``. Not held until ``hold`` says so."""

    def __init__(self, path: Path, bytes_held: int) -> None:
        self._path = path
        self._bytes_held = bytes_held
        self._held = False

    def hold(self) -> bool:
        """Hold the disk if it is not held; ``False`` when there is no room for it."""
        if not self._held:
            self._held = self._allocate()
        return self._held

    def release(self) -> None:
        """Give the blocks back to the disk."""
        self._path.unlink(missing_ok=True)
        self._held = False

    def _allocate(self) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(descriptor, 0, self._bytes_held)
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()
            return False
        finally:
            os.close(descriptor)
        return True
