# SPDX-License-Identifier: Apache-2.0
"""Who claims to have written an entry before something that the entry has seen?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from steerclear.model.time import Instant, format_zulu
from steerclear.record.leaf import Leaf
from steerclear.record.log import Log

__all__ = ["Backdated"]

MOST_SKEW_MS: Final = 10_000
"""Two clocks may differ by as much; ``verify`` calls the same entries backdated."""

SHOWN_FOR_MS: Final = 24 * 3_600_000


class Backdated:
    """The newest backdated entry of each member, by what its own heads prove."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[int, int, str, int]] = {}
        self._waiting: dict[tuple[str, str], tuple[int, int, int]] = {}
        """Of each author and member: seq, time and head of an entry whose head is not here yet."""

    def memory(self) -> dict[str, list[list[Any]]]:
        return {
            "found": [[author, *row] for author, row in self._found.items()],
            "waiting": [[*names, *row] for names, row in self._waiting.items()],
        }

    def go_on(self, memory: Any) -> None:
        """After a start: what was found before."""
        self._found.update((author, (seq, at, by, seen)) for author, seq, at, by, seen in memory["found"])
        self._waiting.update(
            ((author, member), (seq, at, size)) for author, member, seq, at, size in memory["waiting"]
        )

    def look(self, leaf: Leaf, logs: Mapping[str, Log]) -> None:
        """Hold an entry's time against that of every entry which its heads cover and which is here."""
        for member, head in leaf.heads.items():
            log = logs.get(member)
            if log is None or head.generation != log.generation:
                continue
            if head.size > log.size:
                self._waiting.setdefault((leaf.author, member), (leaf.seq, leaf.at, head.size))
                continue
            self._compare(leaf.author, leaf.seq, leaf.at, log, head.size)

    def _compare(self, author: str, seq: int, at: int, seen: Log, size: int) -> None:
        seen_at = seen.at_of(size - 1)
        if seen_at - at > MOST_SKEW_MS:
            self._found[author] = (seq, at, seen.member, seen_at)

    def words(self, logs: Mapping[str, Log], now: Instant) -> Iterator[str]:
        for (author, member), (seq, at, size) in list(self._waiting.items()):
            if size <= logs[member].size:
                del self._waiting[author, member]
                self._compare(author, seq, at, logs[member], size)
        for author, (seq, at, member, seen_at) in self._found.items():
            if now - seen_at < SHOWN_FOR_MS:
                claimed, proven = format_zulu(at // 1_000), format_zulu(seen_at // 1_000)
                yield (
                    f"BACKDATED: entry {author}-{seq:04d} says that it was written at {claimed}, but it has "
                    f"seen what {member} wrote at {proven}; do not count by its time: ask {author}"
                )
