# SPDX-License-Identifier: Apache-2.0
"""When does a node at work write down its view? Every 2,000 entries, in a process that is a copy of it.

    writer's thread ── fork ──► the copy: folds, prints, seals, replaces the file, ends
          │                     (never the parent's database: it opens the file anew, to read)
          └─ files and rings on; looks later how the copy ended

To write a million entries down takes seconds, and no STOP waits for them. The copy is ended with its parent,
or after ten minutes; then the old snapshot stays, and more entries are verified at the next start.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import time
from typing import Final

import structlog

from steerclear.services.ledger import Ledger
from steerclear.store.sqlite import SqliteStore

__all__ = ["EVERY", "LONGEST_S", "REST_S", "Snapshots"]

EVERY: Final = 2_000
"""Entries; so many are verified in a second or two."""

REST_S: Final = 600.0
"""At most one in so many seconds."""

LONGEST_S: Final = 600.0
"""A copy that takes longer is ended."""

_PR_SET_PDEATHSIG: Final = 1
_log = structlog.get_logger("steerclear.snapshots")


class Snapshots:
    """Of one node, asked in its writer's thread."""

    def __init__(
        self,
        ledger: Ledger,
        store: SqliteStore,
        *,
        every: int = EVERY,
        rest_s: float = REST_S,
        longest_s: float = LONGEST_S,
    ) -> None:
        self._every: Final = every
        self._rest_s: Final = rest_s
        self._longest_s: Final = longest_s
        self._ledger: Final = ledger
        self._store: Final = store
        self._copy: int | None = None
        self._began_at = time.monotonic()
        self._size = 0
        self._failed = False

    def if_due(self) -> None:
        """Begin one where enough came since the last, and see to the one that goes on."""
        size = sum(self._ledger.sizes().values())
        if self._copy is not None:
            self._look_after(self._copy)
        elif size - self._ledger.snapshot_size >= self._every and self._has_rested():
            self._begin(size)

    def end(self) -> None:
        """The node ends: what goes on is broken off."""
        if self._copy is not None:
            os.kill(self._copy, signal.SIGKILL)
            os.waitpid(self._copy, 0)
            self._copy = None

    def _has_rested(self) -> bool:
        return time.monotonic() - self._began_at >= self._rest_s and not self._store.is_looked_at

    def _begin(self, size: int) -> None:
        # Imported before, so that the copy waits for no lock that another thread held.
        from steerclear.services.taking_snapshot import keep_snapshot

        self._began_at, self._size = time.monotonic(), size
        copy = os.fork()
        if copy:
            self._copy = copy
            return
        try:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            gc.disable()
            os.nice(10)
            with self._store.again() as store:
                self._ledger.store = store
                kept = keep_snapshot(self._ledger, least=0)
            os._exit(0 if kept else 1)
        except BaseException:  # noqa: BLE001 - nothing of the parent's may run on in its copy
            os._exit(2)

    def _look_after(self, copy: int) -> None:
        ended, status = os.waitpid(copy, os.WNOHANG)
        if not ended:
            if time.monotonic() - self._began_at >= self._longest_s:
                os.kill(copy, signal.SIGKILL)
            return
        self._copy = None
        if status == 0:
            self._ledger.snapshot_size = self._size
        elif not self._failed:
            _log.warning("snapshot-not-kept", status=status)
        self._failed = status != 0
