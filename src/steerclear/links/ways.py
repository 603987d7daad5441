# SPDX-License-Identifier: Apache-2.0
"""By which ways is a rung called that is not at the console, and what did each of them answer?

    rung called ──► console ──► its first way ──fails──► its next way ──all failed──► ways of the next rung
                                     └────────────── every try is recorded with the way's own answer

Outside the console nothing is said but “call the desk”: no member, no desk, no place, no time of the matter.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final, Literal, Protocol

import structlog

from steerclear.errors import BadInput, SteerclearError
from steerclear.links.clock import Clock
from steerclear.links.notifier import Alarm, Ears
from steerclear.model.time import Instant, format_instant

__all__ = [
    "CALL_THE_DESK",
    "Notifier",
    "Sending",
    "Way",
    "WaySettings",
    "read_ways",
    "require_encrypted",
]

CALL_THE_DESK: Final = "Call the desk."
"""All that leaves the console."""

LONGEST_TRY_S: Final = 30.0
"""Then the next way is tried, whatever this one is still waiting for."""

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_log = structlog.get_logger("steerclear.ways")

Sort = Literal["smtp", "webhook", "apprise"]


class Way(Protocol):
    """Takes “call the desk” to somebody. Raises ``Unreachable`` when it was not taken."""

    async def call(self) -> str:
        """What the other end answered, in its own words."""


@dataclass(frozen=True, slots=True)
class WaySettings:
    """One ``[[ways]]`` table of the settings: trusted with who a desk's rung is; it never leaves this node.

    ``name``    how faces show it
    ``desk``, ``rung``  whom it reaches: the rung of the desk's ladder, from 1
    ``tested``  the day on which it was last tried from end to end, as its keeper wrote it
    ``terms``   what the sort of way needs (docs/operating.md)
    """

    name: str
    sort: Sort
    desk: str
    rung: int
    tested: str | None
    terms: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Sending:
    """One try: ``answer`` is the way's own, or why there was none."""

    way: str
    at: Instant
    taken: bool
    answer: str


def read_ways(found: object) -> tuple[WaySettings, ...]:
    """The ``[[ways]]`` tables, in the order in which they are tried. Raises ``BadInput`` (``way-form``)."""
    if found is None:
        return ()
    if not isinstance(found, list):
        raise _bad("ways is no list of tables")
    ways = tuple(_read_way(one) for one in found)
    names = [way.name for way in ways]
    if len(set(names)) != len(names):
        raise _bad("two ways have one name")
    return ways


def _read_way(found: Any) -> WaySettings:
    try:
        rest = {str(key): str(value) for key, value in found.items()}
        name, sort, desk = rest.pop("name"), rest.pop("sort"), rest.pop("desk")
        rung, tested = int(rest.pop("rung", "1")), rest.pop("tested", None)
    except (AttributeError, KeyError, ValueError) as error:
        raise _bad(f"{type(error).__name__} {error}") from error
    if not _NAME.fullmatch(name) or rung < 1:
        raise _bad(f"“{name[:40]}” is no name of a way (a-z, 0-9 and -), or its rung is none")
    if sort not in ("smtp", "webhook", "apprise"):
        raise _bad(f"“{sort[:20]}” is no sort of way: smtp, webhook, apprise")
    return WaySettings(name, sort, desk, rung, tested, rest)  # type: ignore[arg-type]  # looked at just above


def _bad(why: str) -> BadInput:
    return BadInput(
        "way-form",
        f"The ways in the settings cannot be read: {why}.",
        where="ways",
        remedy="Correct the [[ways]] tables; docs/operating.md lists what each sort of way needs.",
    )


def require_encrypted(host: str, *, encrypted: bool, where: str) -> None:
    """Nothing leaves this machine in clear. Raises ``BadInput`` (``way-in-clear``)."""
    if not encrypted and not _is_this_machine(host):
        raise BadInput(
            "way-in-clear",
            "This way would leave the machine unencrypted.",
            where=where,
            remedy="Use https for a webhook, tls or starttls for mail.",
        )


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def secret_in(path: str, *, where: str) -> str:
    """A secret lies in a file of its own, never in the settings. Raises ``BadInput`` (``way-secret``)."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            "way-secret",
            "The secret of a way cannot be read.",
            where=where,
            remedy="Name a file that this node's user may read, with the secret as its only line.",
        ) from error


class Notifier:
    """Ears with ways: the console at once, and what is outside it without anybody waiting for it.

    ``ways``     by desk and rung, in the order in which they are tried
    ``record``   is told of every try; it may take its time, and its failure is logged
    """

    def __init__(
        self,
        console: Ears,
        ways: Sequence[tuple[WaySettings, Way]],
        *,
        clock: Clock,
        record: Callable[[Sending], Awaitable[None]],
    ) -> None:
        self._console = console
        self._ways = tuple(ways)
        self._clock = clock
        self._record = record
        self._under_way: set[asyncio.Task[None]] = set()

    async def ring(self, alarm: Alarm) -> None:
        """The console rings before this returns; the ways are tried beside."""
        await self._console.ring(alarm)
        # A first rung that is called in silence sits at the console; who is called aloud may not.
        if self._of(alarm.desk, alarm.rung) and (alarm.sounds or alarm.rung > 1):
            task = asyncio.create_task(self._call(alarm), name=f"ways of rung {alarm.rung}")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

    async def settle(self) -> None:
        """Until every way that is under way has answered or failed."""
        await asyncio.gather(*self._under_way)

    def _of(self, desk: str, rung: int) -> list[tuple[WaySettings, Way]]:
        """The ways of this rung, then those of the rungs above it."""
        known = [one for one in self._ways if one[0].desk == desk and one[0].rung >= rung]
        return sorted(known, key=lambda one: one[0].rung) if any(one[0].rung == rung for one in known) else []

    async def _call(self, alarm: Alarm) -> None:
        """The first that takes it ends it."""
        for settings, way in self._of(alarm.desk, alarm.rung):
            sending = await self._try(settings, way)
            try:
                await self._record(sending)
            except Exception:  # noqa: BLE001 - logged with its trace; the next rung is called all the same
                _log.exception("sending-not-recorded", way=settings.name)
            if sending.taken:
                return
        _log.error("no-way-took-it", desk=alarm.desk, rung=alarm.rung)

    async def _try(self, settings: WaySettings, way: Way) -> Sending:
        tried = Sending(settings.name, self._clock.now(), taken=False, answer="")
        try:
            async with asyncio.timeout(LONGEST_TRY_S):
                answer = await way.call()
        except TimeoutError:
            sending = replace(tried, answer=f"no answer within {LONGEST_TRY_S:.0f} s")
        except SteerclearError as error:
            sending = replace(tried, answer=f"{error.code}: {error.what}")
        except Exception as error:  # noqa: BLE001 - recorded as this way's answer, and the next way is tried
            _log.exception("way-fault", way=settings.name)
            sending = replace(tried, answer=f"way-fault: {type(error).__name__}")
        else:
            sending = replace(tried, taken=True, answer=answer[:200])
        log = _log.info if sending.taken else _log.warning
        log("way", way=sending.way, at=format_instant(sending.at), taken=sending.taken, answer=sending.answer)
        return sending
