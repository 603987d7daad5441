# SPDX-License-Identifier: Apache-2.0
"""Does everything arrive, does the line state tell the truth, and does STOP wait for nothing?

Each test runs two or three couriers on a scripted clock over a switchboard; nothing sleeps.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from structlog.testing import capture_logs

from steerclear.errors import NotVerified, Unreachable
from steerclear.links.clock import ScriptedClock
from steerclear.links.courier import HEARTBEAT_MS, Courier, LineState
from steerclear.links.switchboard import Switchboard
from steerclear.model.time import Instant

START = Instant(1_744_185_600_000)
Scenario = Callable[[], Coroutine[Any, Any, None]]


class Node:
    """Sends the words it has, one a call; takes the words of others; answers with its own."""

    def __init__(self, name: str, peers: list[str], switchboard: Switchboard, clock: ScriptedClock) -> None:
        self.to_send: dict[str, list[bytes]] = {peer: [] for peer in peers}
        self.calls = 0
        self.taken: list[tuple[str, bytes]] = []
        self.changes: list[LineState] = []
        self.hold: asyncio.Event | None = None
        self.fault: Exception | None = None
        self.courier = Courier(
            peers,
            exchange=switchboard.join(name, self.answer),
            clock=clock,
            make_bundle=self.make_bundle,
            take_bundle=self.take_bundle,
            on_change=self.changes.append,
        )

    def say(self, word: bytes) -> None:
        for queue in self.to_send.values():
            queue.append(word)

    async def make_bundle(self, peer: str) -> bytes:
        self.calls += 1
        if self.fault is not None:
            raise self.fault
        return self.to_send[peer][0] if self.to_send[peer] else b""

    async def take_bundle(self, peer: str, bundle: bytes) -> bool:
        if self.to_send[peer]:
            self.to_send[peer].pop(0)
        return bool(self.to_send[peer])

    async def answer(self, sender: str, bundle: bytes) -> bytes:
        if self.hold is not None and bundle != b"STOP":
            await self.hold.wait()
        if bundle:
            self.taken.append((sender, bundle))
        self.courier.heard_from(sender)
        return b"heard"


class World:
    def __init__(self, *members: str) -> None:
        self.clock = ScriptedClock(START)
        self.couriers: list[Courier] = []
        self.switchboard = Switchboard()
        self.nodes = {
            name: Node(name, [peer for peer in members if peer != name], self.switchboard, self.clock)
            for name in members
        }

    def __getitem__(self, name: str) -> Node:
        return self.nodes[name]

    async def pass_time(self, milliseconds: int) -> None:
        """Move the clock, stopping wherever somebody wants to be woken."""
        end = Instant(self.clock.now() + milliseconds)
        await self.settle()
        while (wake_at := self.clock.next_wake_at()) is not None and wake_at <= end:
            self.clock.set(wake_at)
            await self.settle()
        self.clock.set(end)

    async def settle(self) -> None:
        while not all(courier.at_rest for courier in self.couriers):
            for courier in self.couriers:
                await courier.wait_at_rest()

    @contextlib.asynccontextmanager
    async def running(self, *names: str) -> AsyncIterator[None]:
        self.couriers = [self[name].courier for name in names]
        tasks = [asyncio.create_task(courier.run()) for courier in self.couriers]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def story(scenario: Scenario) -> Callable[[], None]:
    def run() -> None:
        asyncio.run(scenario())

    run.__name__ = scenario.__name__
    run.__doc__ = scenario.__doc__
    return run


@story
async def test_what_is_said_is_carried_to_everybody_until_nothing_is_left() -> None:
    world = World("TUR", "ISR", "AZE")
    async with world.running("TUR", "ISR", "AZE"):
        await world.settle()
        for word in (b"one", b"two", b"three"):
            world["TUR"].say(word)
        world["TUR"].courier.wake()
        await world.settle()
    assert world["ISR"].taken == world["AZE"].taken == [("TUR", b"one"), ("TUR", b"two"), ("TUR", b"three")]


@story
async def test_a_heartbeat_is_sent_every_five_seconds_and_no_faster() -> None:
    world = World("TUR", "AZE")
    async with world.running("TUR", "AZE"):
        await world.settle()
        assert world["TUR"].calls == 1
        await world.pass_time(HEARTBEAT_MS - 1)
        assert world["TUR"].calls == 1
        await world.pass_time(1 + 5 * HEARTBEAT_MS)
        assert world["TUR"].calls == 7


@story
async def test_the_line_says_since_when_it_is_up_or_down() -> None:
    world = World("TUR", "AZE")
    before = world["TUR"].courier.lines()["AZE"]
    assert before == LineState("AZE", up=False, since=START, last_heard_at=None, failure="not-yet-called")
    async with world.running("TUR"):
        await world.settle()
        assert world["TUR"].courier.lines()["AZE"] == LineState("AZE", True, START, START, None)
        world.switchboard.cut("TUR", "AZE")
        await world.pass_time(60_000)
        down_at = Instant(START + HEARTBEAT_MS)
        down = LineState("AZE", up=False, since=down_at, last_heard_at=START, failure="line-down")
        assert world["TUR"].courier.lines()["AZE"] == down
        world.switchboard.heal("TUR", "AZE")
        await world.pass_time(5_000)
        up = world["TUR"].courier.lines()["AZE"]
        assert up.up
        assert up.since == up.last_heard_at
        assert up.since > down_at
    assert [state.up for state in world["TUR"].changes] == [True, False, True]


@story
async def test_a_dead_line_is_tried_at_least_every_five_seconds() -> None:
    world = World("TUR", "AZE")
    world.switchboard.cut_all("AZE")
    async with world.running("TUR"):
        await world.pass_time(250 + 500 + 1_000 + 2_000 + 4_000)
        assert world["TUR"].calls == 6
        await world.pass_time(50_000)
        assert world["TUR"].calls == 16


@story
async def test_a_wake_does_not_wait_for_the_backoff() -> None:
    world = World("TUR", "AZE")
    world.switchboard.cut("TUR", "AZE")
    async with world.running("TUR"):
        await world.pass_time(30_000)
        world.switchboard.heal("TUR", "AZE")
        world["TUR"].say(b"STOP")
        world["TUR"].courier.wake()
        await world.settle()  # the clock stands still
    assert world["AZE"].taken == [("TUR", b"STOP")]


@story
async def test_stop_overtakes_a_call_that_hangs() -> None:
    world = World("TUR", "AZE")
    world["AZE"].hold = asyncio.Event()
    stop_arrived = asyncio.Event()
    take = world["TUR"].take_bundle

    async def take_and_tell(peer: str, bundle: bytes) -> bool:
        stop_arrived.set()
        return await take(peer, bundle)

    world["TUR"].courier._take_bundle = take_and_tell
    async with world.running("TUR"):
        while world["TUR"].calls == 0:
            await asyncio.sleep(0)
        world["TUR"].say(b"STOP")
        world["TUR"].say(b"STOP")
        world["TUR"].courier.wake(urgent=True)
        world["TUR"].courier.wake(urgent=True)
        await stop_arrived.wait()
        while len(world["AZE"].taken) < 2:
            await asyncio.sleep(0)
        assert world["AZE"].taken == [("TUR", b"STOP"), ("TUR", b"STOP")]
        assert not world["TUR"].courier.at_rest
        world["AZE"].hold.set()
        await world["TUR"].courier.wait_at_rest()


@story
async def test_an_urgent_wake_of_a_resting_line_makes_one_call() -> None:
    world = World("TUR", "AZE")
    async with world.running("TUR"):
        await world["TUR"].courier.wait_at_rest()
        world["TUR"].courier.wake(urgent=True)
        await world["TUR"].courier.wait_at_rest()
        assert world["TUR"].calls == 2


@story
async def test_a_wake_during_a_call_is_not_lost() -> None:
    world = World("TUR", "AZE")
    world["AZE"].hold = asyncio.Event()
    async with world.running("TUR"):
        while world["TUR"].calls == 0:
            await asyncio.sleep(0)
        world["TUR"].courier.wake()
        world["AZE"].hold.set()
        await world["TUR"].courier.wait_at_rest()
        assert world["TUR"].calls == 2


@story
async def test_a_peer_that_calls_us_is_not_down_though_we_cannot_call_it() -> None:
    world = World("TUR", "AZE")
    world.switchboard.leave("AZE")
    async with world.running("TUR", "AZE"):
        await world.pass_time(30_000)
        line = world["TUR"].courier.lines()["AZE"]
        assert (line.up, line.failure) == (True, "line-down")
        world.switchboard.cut("TUR", "AZE")
        await world.pass_time(30_000)
        assert not world["TUR"].courier.lines()["AZE"].up


@story
async def test_a_fault_of_ours_is_logged_with_its_code_and_tried_again() -> None:
    world = World("TUR", "AZE")
    world["TUR"].fault = NotVerified("tree-differs", "The tree differs.", remedy="Look.")
    with capture_logs() as logs:
        async with world.running("TUR"):
            await world.settle()
            world["TUR"].fault = ZeroDivisionError("a fault nobody foresaw")
            await world.pass_time(300)
            failure = world["TUR"].courier.lines()["AZE"].failure
            world["TUR"].fault = None
            await world.pass_time(5_000)
            line = world["TUR"].courier.lines()["AZE"]
    assert failure == "courier-fault"
    assert (line.up, line.failure) == (True, None)
    told = [(event["event"], event["code"]) for event in logs]
    assert told[:2] == [("bundle-not-taken", "tree-differs"), ("courier-fault", "courier-fault")]


@story
async def test_one_dead_line_holds_up_no_other() -> None:
    world = World("TUR", "ISR", "AZE")
    world["ISR"].hold = asyncio.Event()
    async with world.running("TUR"):
        while world["TUR"].calls < 2:
            await asyncio.sleep(0)
        world["TUR"].say(b"notice")
        world["TUR"].courier.wake()
        while not world["AZE"].taken:
            await asyncio.sleep(0)
    assert world["ISR"].taken == []


@story
async def test_a_member_that_joins_later_is_called_too() -> None:
    world = World("TUR", "AZE")
    late: list[bytes] = []

    async def answer(sender: str, bundle: bytes) -> bytes:
        late.append(bundle)
        return b"heard"

    async with world.running("TUR"):
        await world["TUR"].courier.wait_at_rest()
        world.switchboard.join("ISR", answer)
        world["TUR"].to_send["ISR"] = [b"welcome"]
        world["TUR"].courier.add("ISR")
        world["TUR"].courier.add("ISR")
        await world["TUR"].courier.wait_at_rest()
    assert late == [b"welcome"]
    assert set(world["TUR"].courier.lines()) == {"AZE", "ISR"}


@story
async def test_a_member_added_before_the_courier_runs_is_called_once_it_does() -> None:
    world = World("TUR", "AZE")
    world["TUR"].to_send["ISR"] = []
    world["TUR"].courier.add("ISR")
    async with world.running("TUR"):
        await world["TUR"].courier.wait_at_rest()
    assert world["TUR"].courier.lines()["ISR"].failure == "line-down"


@story
async def test_a_member_that_calls_first_is_called_back() -> None:
    world = World("TUR", "AZE")
    called_back = asyncio.Event()

    async def answer(sender: str, bundle: bytes) -> bytes:
        called_back.set()
        return b"heard"

    async with world.running("TUR"):
        await world["TUR"].courier.wait_at_rest()
        world.switchboard.join("ISR", answer)
        world["TUR"].to_send["ISR"] = []
        world["TUR"].courier.heard_from("ISR")
        await called_back.wait()
    assert world["TUR"].courier.lines()["ISR"].up


@story
async def test_one_call_by_hand_says_whether_there_is_more() -> None:
    world = World("TUR", "AZE")
    world["TUR"].say(b"one")
    world["TUR"].say(b"two")
    assert await world["TUR"].courier.exchange_once("AZE")
    assert not await world["TUR"].courier.exchange_once("AZE")
    world.switchboard.cut_all("TUR")
    with pytest.raises(Unreachable) as down:
        await world["TUR"].courier.exchange_once("AZE")
    assert down.value.code == "line-down"


@story
async def test_a_line_cut_during_a_call_loses_the_answer_and_not_what_was_taken() -> None:
    switchboard = Switchboard()
    taken: list[bytes] = []

    async def answer(sender: str, bundle: bytes) -> bytes:
        taken.append(bundle)
        switchboard.cut(sender, "AZE")
        return b"heard"

    async def nobody(sender: str, bundle: bytes) -> bytes:
        return b""

    switchboard.join("AZE", answer)
    line = switchboard.join("TUR", nobody)
    with pytest.raises(Unreachable):
        await line.exchange("AZE", b"entry")
    assert taken == [b"entry"]
    await line.close()


def test_lines_are_cut_and_healed() -> None:
    switchboard = Switchboard()
    switchboard.cut("TUR", "ISR")
    switchboard.cut_all("AZE")
    assert switchboard.is_cut("ISR", "TUR")
    assert switchboard.is_cut("TUR", "AZE")
    switchboard.heal("TUR", "AZE")
    assert switchboard.is_cut("TUR", "AZE")
    switchboard.heal_all("AZE")
    assert not switchboard.is_cut("TUR", "AZE")
    switchboard.heal("ISR", "TUR")
    assert not switchboard.is_cut("TUR", "ISR")
