# SPDX-License-Identifier: Apache-2.0
"""How do hundreds of consoles look without hundreds of looks? One is told to all who asked before it.

    asked ──► waits, one for each key ──the writer comes to it──► looks ──► told once, to all who wait
    asked after the writer came to it ────────────────────────────────────► waits for the next look

So nobody is given what was looked up before he asked; and however many ask, at most one look of each sort is
at work and one waits when a STOP comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Any, Final, TypeVar, cast

__all__ = ["SharedLooks"]

T = TypeVar("T")
R = TypeVar("R")


class SharedLooks:
    """Looks of one node. ``write`` does something in its writer's thread, one after the other.

    All but what ``write`` does is called in the event loop's thread.
    """

    def __init__(self, write: Callable[[Callable[[], Any]], Awaitable[Any]]) -> None:
        self._write: Final = write
        self._waiting: Final[dict[Hashable, asyncio.Task[Any]]] = {}
        self._at_work: Final[set[asyncio.Task[Any]]] = set()

    async def ask(self, key: Hashable, look: Callable[[], T], tell: Callable[[T], R]) -> R:
        """What ``look`` finds, in the words of ``tell``; both are done once for all who share a look.

        ``key`` names both. Raises what they raise. Whoever goes away takes nothing from the others.
        """
        waiting = self._waiting.get(key)
        if waiting is None:
            waiting = self._waiting[key] = asyncio.create_task(self._look(key, look, tell))
            self._at_work.add(waiting)
            waiting.add_done_callback(self._is_over)
        return cast(R, await asyncio.shield(waiting))

    async def _look(self, key: Hashable, look: Callable[[], T], tell: Callable[[T], R]) -> R:
        def begun() -> T:
            # Whoever asks from here on may know more than this look sees. One step in any thread.
            self._waiting.pop(key, None)
            return look()

        try:
            found = await self._write(begun)
        finally:
            if self._waiting.get(key) is asyncio.current_task():
                del self._waiting[key]  # the writer never came to it
        # Printing some megabytes takes a while, in which the writer and the loop have better to do.
        return await asyncio.to_thread(tell, found)

    def _is_over(self, task: asyncio.Task[Any]) -> None:
        self._at_work.discard(task)
        if not task.cancelled():
            task.exception()  # everybody who asked may have gone: then there is nobody to tell it to
