# SPDX-License-Identifier: Apache-2.0
"""Is every page of a database where it should be? Looked at while the node that opened it is at work already.

A disk of some gigabytes takes minutes to read, in a thread and on a connection of its own. What the node
reads meanwhile is held against hashes, entry by entry; this finds what hides entries, in an index or a page
between.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from steerclear.errors import NotKept
from steerclear.store import database

__all__ = ["LaterCheck"]


class LaterCheck:
    """``on_damage`` is called once, in the thread, before ``damage`` says what was found."""

    def __init__(self, path: Path, connect: database.Connect, on_damage: Callable[[], None]) -> None:
        self.damage: NotKept | None = None
        self._path: Final = path
        self._on_damage: Final = on_damage
        self._is_over = False
        self._connection: Final = database.open_reader(path, connect, beside_writer=True)
        self._thread: Final = threading.Thread(target=self._look, name="store check", daemon=True)
        self._thread.start()

    @property
    def goes_on(self) -> bool:
        return self._thread.is_alive()

    def wait(self) -> None:
        self._thread.join()

    def end(self) -> None:
        """Let go of the database, whether or not the look is over."""
        self._is_over = True
        self._connection.interrupt()
        self._thread.join()
        self._connection.close()

    def _look(self) -> None:
        try:
            with database.spoken_plainly(self._path):
                database.check_whole(self._connection, self._path)
        except NotKept as error:
            if not self._is_over:  # else it was broken off
                self._on_damage()
                self.damage = error
