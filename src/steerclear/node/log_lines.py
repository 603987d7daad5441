# SPDX-License-Identifier: Apache-2.0
"""Where does a node's log go when it cannot be written? Nowhere, counted; and the node goes on.

    a line ──► the stream ──► written
                  └── no room, or nobody reads any more ──► counted, and said before the next one

The log is told of faults where they are caught, in the ticker and in every line to a peer: an error of its
own would end what must outlive any fault. So a full disk, or a pipe that was closed, costs lines and nothing
else.
"""

from __future__ import annotations

import io
import json
import threading
from typing import Final, TextIO

__all__ = ["LogLines"]


class LogLines(io.TextIOBase):
    """Whole lines to ``stream``; nothing that is written here raises what the stream raises."""

    def __init__(self, stream: TextIO) -> None:
        super().__init__()
        self._stream: Final = stream
        self._begun = ""
        self._lost = 0
        self._lock: Final = threading.RLock()

    @property
    def lost(self) -> int:
        """Lines that could not be written, and of which nothing was said yet."""
        return self._lost

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        with self._lock:
            *lines, self._begun = (self._begun + text).split("\n")
            for line in lines:
                self._put(line)
        return len(text)

    def _put(self, line: str) -> None:
        said = f"{json.dumps({'event': 'log-lines-lost', 'lines': self._lost})}\n" if self._lost else ""
        try:
            self._stream.write(f"{said}{line}\n")
            self._stream.flush()
        except (OSError, ValueError):  # no room, nobody reads any more, or it was closed
            self._lost += 1
        else:
            self._lost = 0
