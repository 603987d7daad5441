# SPDX-License-Identifier: Apache-2.0
"""However many look at once, the writer looks once; and nobody is told what was looked up before he asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from steerclear.node.shared import SharedLooks

CONSOLES = 200


class Writer:
    """One thread, as a node's; a gate that is shut holds it where a work of ours has begun."""

    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(1)
        self.said = 0
        self.looks = 0
        self.has_begun = threading.Event()
        self.gate = threading.Event()

    async def write(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self.threads, work)

    def look(self) -> int:
        self.looks += 1
        return self.said

    def look_slowly(self) -> int:
        found = self.look()
        self.has_begun.set()
        assert self.gate.wait(30)
        return found


@pytest.fixture
def writer() -> Iterator[Writer]:
    made = Writer()
    yield made
    made.gate.set()
    made.threads.shutdown()


def test_all_who_asked_before_the_writer_came_to_it_share_one_look(writer: Writer) -> None:
    told: list[int] = []

    def tell(found: int) -> bytes:
        told.append(found)
        return b"%d" % found

    async def go() -> list[bytes]:
        looks = SharedLooks(writer.write)
        filing = asyncio.create_task(writer.write(writer.look_slowly))
        await asyncio.to_thread(writer.has_begun.wait, 30)
        asked = [asyncio.create_task(looks.ask("inbox", writer.look, tell)) for _ in range(CONSOLES)]
        other = asyncio.create_task(looks.ask("status", writer.look, tell))
        await asyncio.sleep(0)
        writer.said = 7
        writer.gate.set()
        await filing
        await other
        return await asyncio.gather(*asked)

    answers = asyncio.run(go())
    assert answers == [b"7"] * CONSOLES
    assert writer.looks == 3, "the filing, one inbox, one status"
    assert told == [7, 7], "each was printed once"


def test_who_asks_after_a_look_has_begun_is_told_of_the_next_one(writer: Writer) -> None:
    async def go() -> tuple[int, int]:
        looks = SharedLooks(writer.write)
        first = asyncio.create_task(looks.ask("inbox", writer.look_slowly, int))
        await asyncio.to_thread(writer.has_begun.wait, 30)
        writer.said = 1  # filed, and its receipt given, while the first look is still at work
        second = asyncio.create_task(looks.ask("inbox", writer.look_slowly, int))
        await asyncio.sleep(0)
        writer.gate.set()
        return await first, await second

    assert asyncio.run(go()) == (0, 1)


def test_a_look_that_fails_fails_for_all_and_for_nobody_after_them(writer: Writer) -> None:
    def fails() -> int:
        raise LookupError("no such desk")

    async def go() -> tuple[list[Any], int]:
        looks = SharedLooks(writer.write)
        asked = [looks.ask("inbox", fails, int) for _ in range(3)]
        return await asyncio.gather(*asked, return_exceptions=True), await looks.ask(
            "inbox", writer.look, int
        )

    failed, after = asyncio.run(go())
    assert [str(one) for one in failed] == ["no such desk"] * 3
    assert after == 0


def test_who_goes_away_takes_nothing_from_the_others(writer: Writer) -> None:
    async def go() -> int:
        looks = SharedLooks(writer.write)
        filing = asyncio.create_task(writer.write(writer.look_slowly))
        await asyncio.to_thread(writer.has_begun.wait, 30)
        one, other = (asyncio.create_task(looks.ask("inbox", writer.look, int)) for _ in range(2))
        await asyncio.sleep(0)
        one.cancel()
        writer.gate.set()
        await filing
        return await other

    assert asyncio.run(go()) == 0
    assert writer.looks == 2
