# SPDX-License-Identifier: Apache-2.0
"""The line between a browser and its node, which a test can cut and join: bytes over a port of loopback.

Cut, every connection that stands ends and none is let through: a switch that lost its power looks so to both
ends.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress

__all__ = ["Cable"]


class Cable:
    """Forwards ``port`` to ``to`` until it is ``cut``; ``join`` lets new connections through again."""

    def __init__(self, port: int, to: int) -> None:
        self._to = to
        self._is_cut = False
        self._ends: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", port))
        self._threads = [threading.Thread(target=self._accept)]
        self._threads[0].start()

    def cut(self) -> None:
        self._is_cut = True
        with self._lock:
            for end in self._ends:
                _end(end)

    def join(self) -> None:
        self._is_cut = False

    def remove(self) -> None:
        self.cut()
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                here, _ = self._listener.accept()
            except OSError:
                return  # it was removed
            if self._is_cut:
                here.close()
                continue
            there = socket.create_connection(("127.0.0.1", self._to))
            with self._lock:
                self._ends |= {here, there}
            for one, other in ((here, there), (there, here)):
                self._threads.append(threading.Thread(target=self._carry, args=(one, other)))
                self._threads[-1].start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):  # the other way ended it
            while data := source.recv(65_536):
                sink.sendall(data)
        with self._lock:
            self._ends -= {source}
            _end(sink)
        source.close()


def _end(place: socket.socket) -> None:
    with suppress(OSError):
        place.shutdown(socket.SHUT_RDWR)
