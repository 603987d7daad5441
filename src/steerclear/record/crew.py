# SPDX-License-Identifier: Apache-2.0
"""How do several processes share the work on one log, so that the answer is that of one?

    entries ──► portions ──► processes: which of them are plain? (stretch.py) ──► in order again ──► the log

The processes decide nothing: a stretch of plain entries is offered to the log, and what is not plain is left
as it is. So the first fault, and everything else that is said, is what one process alone would say. Only so
many portions are on their way that memory is bounded, however long the log is.
"""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from types import TracebackType
from typing import Final, Self

from steerclear.errors import Unreachable
from steerclear.record.charter import Charter, parse_charter, print_charter
from steerclear.record.log import Log
from steerclear.record.stretch import Stretch, stretches_of

__all__ = ["Crew", "Portion"]

ENTRIES_A_PORTION: Final = 256
"""At most 16 MiB; some hundredths of a second of work, beside which handing it over is little. The keys of a
portion must be named before it is handed out, so that it is not larger."""

PORTIONS_AHEAD: Final = 2
"""For each process one that it works on and one that waits for it."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Entries in a row from place ``start`` on, and the stretches of plain ones among them, in order."""

    start: int
    entries: tuple[bytes, ...]
    stretches: tuple[Stretch, ...] = ()


class Crew:
    """``processes`` that look for plain entries. Hold it open while its portions are read."""

    def __init__(self, charter: Charter, processes: int) -> None:
        self._ahead = PORTIONS_AHEAD * processes
        self._pool = ProcessPoolExecutor(
            processes,
            # A fresh interpreter each: a copy of this one would hold its locks and threads, half alive.
            mp_context=get_context("spawn"),
            initializer=_begin,
            initargs=(print_charter(charter),),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def portions(self, log: Log, entries: Iterable[bytes]) -> Iterator[Portion]:
        """``entries`` as they come, which stand in ``log`` from its size on; the caller puts them in.

        The first portion comes as it is: it names the keys by which the others can be looked at. Raises
        ``Unreachable`` (``verify-process-lost``).
        """
        rest = iter(entries)
        yield Portion(log.size, tuple(islice(rest, ENTRIES_A_PORTION)))
        try:
            yield from self._looked_at(log, rest)
        except BrokenProcessPool as error:
            raise Unreachable(
                "verify-process-lost",
                "A process that verified a part of the record was ended from outside.",
                remedy="Look whether the machine ran out of memory; verify again with --processes 1.",
            ) from error

    def _looked_at(self, log: Log, rest: Iterator[bytes]) -> Iterator[Portion]:
        start = log.size
        waiting: deque[tuple[int, tuple[bytes, ...], Future[tuple[Stretch, ...]]]] = deque()
        while True:
            while len(waiting) < self._ahead and (some := tuple(islice(rest, ENTRIES_A_PORTION))):
                waiting.append((start, some, self._look(log, start, some)))
                start += len(some)
            if not waiting:
                return
            at, given, looked = waiting.popleft()
            yield Portion(at, given, looked.result())

    def _look(self, log: Log, start: int, entries: tuple[bytes, ...]) -> Future[tuple[Stretch, ...]]:
        return self._pool.submit(_plain_among, entries, start, log.member, log.generation, log.known_keys())


# ---- in each process --------------------------------------------------------------------------------------

_charters: Final[list[Charter]] = []


def _begin(charter: bytes) -> None:
    # Ctrl-C reaches every process of a terminal; the one that leads ends the others.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _charters.append(parse_charter(charter))


def _plain_among(
    entries: tuple[bytes, ...], start: int, member: str, generation: int, keys: Mapping[str, bytes]
) -> tuple[Stretch, ...]:
    return tuple(
        stretches_of(entries, start, charter=_charters[-1], member=member, generation=generation, keys=keys)
    )
