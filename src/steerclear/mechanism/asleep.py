# SPDX-License-Identifier: Apache-2.0
"""What was settled before this start, and would be folded for nothing? It sleeps until what it read moves.

Only an answer that no time changes any more, and all of whose leaves had been seen, is put to sleep, with
every name that its fold had asked for. So it is woken by whatever would have made its answer stale.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from steerclear.mechanism.columns import Names

__all__ = ["Asleep", "Settled"]


@dataclass(frozen=True, slots=True)
class Settled:
    """One answer to be put to sleep: its key, the names that it read, and since when (ms) it has held."""

    key: str
    names: frozenset[Hashable]
    since: int


class Asleep:
    """Keys by number. ``names`` rows of columns.py; ``latest``: all of them have held since then at least."""

    def __init__(self, keys: Sequence[str], names: bytes, latest: int) -> None:
        self.keys: Final = tuple(keys)
        self.latest: Final = latest
        self.names: Final = names
        self._names: Final = Names(names)
        self._numbers: Final = {key: number for number, key in enumerate(self.keys)}
        self._tell: Final[list[Callable[[str], None]]] = []

    def follow(self, tell: Callable[[str], None]) -> None:
        """``tell`` hears the key of whatever wakes."""
        self._tell.append(tell)

    def sleeping(self) -> Iterator[tuple[str, int]]:
        """Keys and numbers of all that still sleep."""
        return iter(self._numbers.items())

    def moved(self, name: Hashable) -> None:
        for number in self._names.under(name):
            self.wake(self.keys[number])

    def wake(self, key: str) -> None:
        if self._numbers.pop(key, None) is not None:
            for tell in self._tell:
                tell(key)

    def wake_all(self) -> None:
        for key in tuple(self._numbers):
            self.wake(key)
