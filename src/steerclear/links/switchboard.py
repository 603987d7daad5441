# SPDX-License-Identifier: Apache-2.0
"""The lines of a mechanism that lives in one process: nodes in memory, and lines that can be cut.

TUR ──── AZE ──── ISR        cut("TUR", "ISR")   that line is dead, both ways
  └─────── ╳ ──────┘         cut_all("AZE")      every line of the host is dead
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from steerclear.errors import Unreachable

__all__ = ["MemoryExchange", "Switchboard"]

Answer = Callable[[str, bytes], Awaitable[bytes]]
"""``(from_member, bundle) -> bundle``: what a node's listener does."""


class Switchboard:
    """Who can hear whom."""

    def __init__(self) -> None:
        self._answers: dict[str, Answer] = {}
        self._cut: set[frozenset[str]] = set()
        self._cut_off: set[str] = set()

    def join(self, member: str, answer: Answer) -> MemoryExchange:
        """Plug a node in; again after ``leave`` when it restarts. Its way to the others is returned."""
        self._answers[member] = answer
        return MemoryExchange(self, member)

    def leave(self, member: str) -> None:
        """The node is gone (crashed, stopped); its lines ring and nobody answers."""
        self._answers.pop(member, None)

    def cut(self, one: str, other: str) -> None:
        self._cut.add(frozenset((one, other)))

    def heal(self, one: str, other: str) -> None:
        """Mend what ``cut`` cut. A member that is ``cut_all`` stays cut off."""
        self._cut.discard(frozenset((one, other)))

    def cut_all(self, member: str) -> None:
        self._cut_off.add(member)

    def heal_all(self, member: str) -> None:
        """Mend every line of this member, however it was cut."""
        self._cut_off.discard(member)
        self._cut = {line for line in self._cut if member not in line}

    def is_cut(self, one: str, other: str) -> bool:
        return bool({one, other} & self._cut_off) or frozenset((one, other)) in self._cut

    async def carry(self, sender: str, to: str, bundle: bytes) -> bytes:
        """One call. A line that is cut while the call runs loses the answer: what was taken stays taken."""
        self._check_line(sender, to)
        answer = self._answers.get(to)
        if answer is None:
            raise _line_down(to)
        answered = await answer(sender, bundle)
        self._check_line(sender, to)
        return answered

    def _check_line(self, sender: str, to: str) -> None:
        if self.is_cut(sender, to):
            raise _line_down(to)


class MemoryExchange:
    """One node's way to the others over a ``Switchboard``."""

    def __init__(self, switchboard: Switchboard, member: str) -> None:
        self._switchboard = switchboard
        self._member = member

    async def exchange(self, member: str, bundle: bytes) -> bytes:
        return await self._switchboard.carry(self._member, member, bundle)

    async def close(self) -> None:
        """Nothing is held open."""


def _line_down(member: str) -> Unreachable:
    return Unreachable(
        "line-down",
        f"The line to {member} is down.",
        remedy="Nothing to do: it is tried again every few seconds.",
        where=member,
    )
