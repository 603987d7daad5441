# SPDX-License-Identifier: Apache-2.0
"""In which order were statements said, as their authors knew of each other? Else clocks decide.

An entry comes after everything that its author had seen when it was written, whatever the clocks of the two
show. A record in which no entry could be next is forged or cut; then the earliest by its clock is.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from typing import Any

from steerclear.mechanism.said import Said

__all__ = ["in_order"]


def in_order(statements: Iterable[Said[Any]]) -> tuple[Said[Any], ...]:
    """Every statement once: after all that its author had seen, and else by time."""
    logs: defaultdict[tuple[str, int], deque[Said[Any]]] = defaultdict(deque)
    for said in sorted(statements, key=lambda said: said.place):
        logs[said.place.author, said.place.generation].append(said)
    ordered: list[Said[Any]] = []
    while waiting := [log[0] for log in logs.values() if log]:
        ready = [said for said in waiting if not _has_seen_one_of(said, waiting)] or waiting
        following = min(ready, key=lambda said: (said.at, said.place))
        ordered.append(logs[following.place.author, following.place.generation].popleft())
    return tuple(ordered)


def _has_seen_one_of(said: Said[Any], waiting: list[Said[Any]]) -> bool:
    """Whether one that still waits was known to its author: then that one comes first."""
    return any(
        said.heads.get(other.place.author, 0) > other.place.seq
        and said.generations.get(other.place.author, 0) == other.place.generation
        for other in waiting
        if other.place.author != said.place.author
    )
