# SPDX-License-Identifier: Apache-2.0
"""When is what carried to whom? One task for each peer, which calls, rests, and calls again.

          wake (own entry, STOP) or heartbeat
    rest ─────────────────────────────────────► call ──► take the answer ──► more to send? call again
     ▲                                           │                                │ no
     └── backoff ≤ 5 s ◄── line down, or a fault ┘                                └──► rest

- A wake ends any rest at once, backoff too: nothing new waits for a timer.
- An urgent wake (STOP, distress) does not wait for a call that hangs either: a second call overtakes it.
- The courier knows nothing of what it carries: bytes from ``make_bundle``, bytes to ``take_bundle``. All is
  sent at least once and understood by its hashes, so a call that broke off is simply made again.
- A fault of ours in either callback is logged with its code and tried again; it never ends the task.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import structlog

from steerclear.errors import SteerclearError, Unreachable
from steerclear.links.clock import Clock
from steerclear.model.time import Instant

__all__ = ["BUNDLE_TYPE", "EXCHANGE_PATH", "HEARTBEAT_MS", "Courier", "Exchange", "LineState"]

BUNDLE_TYPE: Final = "application/vnd.steerclear.bundle+json"
EXCHANGE_PATH: Final = "/peer/v1/exchange"

HEARTBEAT_MS: Final = 5_000
FIRST_BACKOFF_MS: Final = 250
LONGEST_BACKOFF_MS: Final = 5_000
NOT_YET_CALLED: Final = "not-yet-called"

_LONG_AGO: Final = Instant(0)
_NOBODY_ANSWERED: Final = frozenset({"line-down", "peer-not-known"})

_log = structlog.get_logger("steerclear.courier")

MakeBundle = Callable[[str], Awaitable[bytes]]
TakeBundle = Callable[[str, bytes], Awaitable[bool]]


class Exchange(Protocol):
    """A way to other nodes: one bundle out, one bundle back.

    Raises ``Unreachable``: ``line-down`` when no node answered, another code when something did.
    """

    async def exchange(self, member: str, bundle: bytes) -> bytes: ...

    async def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class LineState:
    """The line to one peer, machine to machine. A person's silence is not seen here.

    ``up``             their machine answered last time, or called us since
    ``since``          when it went up or down
    ``last_heard_at``  when anything last came from there, ``None`` if never
    ``failure``        code of what went wrong in the last call, ``None`` if nothing did
    """

    member: str
    up: bool
    since: Instant
    last_heard_at: Instant | None
    failure: str | None


class Courier:
    """Carries bundles between this node and ``peers``.

    ``make_bundle(peer)``        what this peer lacks, as far as we know; its heads alone are a heartbeat
    ``take_bundle(peer, bytes)`` takes the answer in; says whether there is more to send at once
    ``on_change(state)``         told of each change between up and down
    ``on_failure(peer, error)``  told of each call that failed because of what answered it

    Both callbacks may run twice at once for one peer, when an urgent message overtakes a call that hangs.
    Everything here is called on the event loop's own thread.
    """

    def __init__(
        self,
        peers: Collection[str],
        *,
        exchange: Exchange,
        clock: Clock,
        make_bundle: MakeBundle,
        take_bundle: TakeBundle,
        on_change: Callable[[LineState], None] | None = None,
        on_failure: Callable[[str, SteerclearError], None] | None = None,
    ) -> None:
        self._exchange = exchange
        self._clock = clock
        self._make_bundle = make_bundle
        self._take_bundle = take_bundle
        self._on_change = on_change
        self._on_failure = on_failure
        self._lines = {peer: _Line(peer, clock.now()) for peer in sorted(peers)}
        self._tasks: asyncio.TaskGroup | None = None

    async def run(self) -> None:
        """Carry until cancelled."""
        try:
            async with asyncio.TaskGroup() as self._tasks:
                for line in self._lines.values():
                    self._tasks.create_task(self._serve(line), name=f"courier to {line.member}")
        finally:
            self._tasks = None

    def add(self, peer: str) -> None:
        """A member that joined later; adding it again changes nothing."""
        if peer in self._lines:
            return
        line = self._lines[peer] = _Line(peer, self._clock.now())
        if self._tasks is not None:
            self._tasks.create_task(self._serve(line), name=f"courier to {peer}")

    def wake(self, *, urgent: bool = False) -> None:
        """There is something new for everybody: call at once, whatever rest or backoff a line is in."""
        for line in self._lines.values():
            line.woken.set()
            if urgent and line.calling and not line.overtaking and self._tasks is not None:
                line.overtaking = True
                self._tasks.create_task(self._overtake(line), name=f"urgent courier to {line.member}")

    def heard_from(self, peer: str) -> None:
        """The peer called us: its machine is alive, whether or not our own calls reach it."""
        self.add(peer)
        line = self._lines[peer]
        line.called_us_at = self._clock.now()
        self._mark_up(line)

    def lines(self) -> Mapping[str, LineState]:
        return {member: line.state() for member, line in self._lines.items()}

    @property
    def at_rest(self) -> bool:
        """Nothing is being carried and nobody has asked for it."""
        now = self._clock.now()
        return all(line.rests_at(now) for line in self._lines.values())

    async def wait_at_rest(self) -> None:
        """Until every line is at rest; for plays and tests, which then look or move the clock."""
        while not self.at_rest:
            for line in self._lines.values():
                await line.resting.wait()
            await asyncio.sleep(0)

    async def exchange_once(self, peer: str) -> bool:
        """One call now, outside the tasks; says whether there is more. Raises what went wrong."""
        line = self._lines[peer]
        try:
            answer = await self._exchange.exchange(peer, await self._make_bundle(peer))
        except Unreachable as error:
            self._mark_failed(line, error)
            raise
        line.failure = None
        self._mark_up(line)
        return await self._take_bundle(peer, answer)

    async def call(self, peer: str) -> bool:
        """One call now, outside the tasks, whatever comes of it; says whether to call again at once."""
        return await self._call(self._lines[peer])

    # -- one line

    async def _serve(self, line: _Line) -> None:
        while True:
            line.woken.clear()
            more = await self._call(line)
            if more or line.woken.is_set():
                continue
            await self._rest(line, line.backoff_ms or HEARTBEAT_MS)

    async def _overtake(self, line: _Line) -> None:
        try:
            while await self._attempt(line):
                pass
        finally:
            line.overtaking = False

    async def _call(self, line: _Line) -> bool:
        line.calling = True
        try:
            return await self._attempt(line)
        finally:
            line.calling = False

    async def _attempt(self, line: _Line) -> bool:
        """One call, whatever comes of it; says whether to call again at once."""
        try:
            more = await self.exchange_once(line.member)
        except Unreachable as error:
            line.back_off(error.code)
            _log.info("line-failed", member=line.member, code=error.code, what=error.what)
            if error.code not in _NOBODY_ANSWERED and self._on_failure is not None:
                self._on_failure(line.member, error)
        except SteerclearError as error:
            line.back_off(error.code)
            _log.error("bundle-not-taken", member=line.member, code=error.code, what=str(error))
        except Exception:  # noqa: BLE001 - logged with its trace; a line must outlive any fault of ours
            line.back_off("courier-fault")
            _log.exception("courier-fault", member=line.member, code="courier-fault")
        else:
            line.backoff_ms = 0
            return more
        return False

    async def _rest(self, line: _Line, rest_ms: int) -> None:
        line.rest_until = Instant(self._clock.now() + rest_ms)
        sleeping = asyncio.ensure_future(self._clock.sleep_until(line.rest_until))
        waking = asyncio.ensure_future(line.woken.wait())
        try:
            await asyncio.sleep(0)  # both have begun: who sees the line at rest finds its sleep on the clock
            line.resting.set()
            await asyncio.wait((sleeping, waking), return_when=asyncio.FIRST_COMPLETED)
        finally:
            line.resting.clear()
            sleeping.cancel()
            waking.cancel()

    # -- what is known of a line

    def _mark_up(self, line: _Line) -> None:
        now = self._clock.now()
        line.last_heard_at = now
        if not line.up:
            line.up, line.since = True, now
            self._tell(line)

    def _mark_failed(self, line: _Line, error: Unreachable) -> None:
        now = self._clock.now()
        line.failure = error.code
        # A peer that still calls us is not down: its machine lives, only our way to it is broken.
        calls_us = line.called_us_at is not None and now - line.called_us_at < 2 * HEARTBEAT_MS
        if line.up and not calls_us:
            line.up, line.since = False, now
            self._tell(line)

    def _tell(self, line: _Line) -> None:
        state = line.state()
        _log.info("line-up" if state.up else "line-down", member=state.member, code=state.failure)
        if self._on_change is not None:
            self._on_change(state)


@dataclass(slots=True, eq=False)
class _Line:
    """What the courier remembers of one peer."""

    member: str
    since: Instant
    up: bool = False
    last_heard_at: Instant | None = None
    called_us_at: Instant | None = None
    failure: str | None = NOT_YET_CALLED
    backoff_ms: int = 0
    calling: bool = False
    overtaking: bool = False
    rest_until: Instant = _LONG_AGO
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    resting: asyncio.Event = field(default_factory=asyncio.Event)

    def state(self) -> LineState:
        return LineState(self.member, self.up, self.since, self.last_heard_at, self.failure)

    def rests_at(self, now: Instant) -> bool:
        return (
            self.resting.is_set()
            and not self.woken.is_set()
            and not self.overtaking
            and now < self.rest_until
        )

    def back_off(self, failure: str) -> None:
        self.failure = failure
        self.backoff_ms = min(max(2 * self.backoff_ms, FIRST_BACKOFF_MS), LONGEST_BACKOFF_MS)
