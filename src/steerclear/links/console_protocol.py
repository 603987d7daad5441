# SPDX-License-Identifier: Apache-2.0
"""How many may stand at the console's door, and how long without a word? So that a watch always gets in.

    uvicorn.Config(app, http=ConsoleProtocol, …)

A connection that has not asked for anything whole within ``within_s`` is let go (uvicorn counts idle time
only after a first answer). Where all places are taken, whoever has rested longest makes room, first of the
same address; one that is being answered, as a console that follows the events is, never does.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["MOST_AT_ONCE", "MOST_OF_AN_ADDRESS", "WITHIN_S", "ConsoleProtocol"]

MOST_AT_ONCE: Final = 600
MOST_OF_AN_ADDRESS: Final = 450
"""Two hundred consoles behind one way out, two connections each, and some that were left behind."""
WITHIN_S: Final = 10.0


class ConsoleProtocol(H11Protocol):
    """HTTP/1.1 for whoever comes. ``most``, ``of_an_address``, ``within_s``: see above."""

    def __init__(
        self,
        *given: Any,
        most: int = MOST_AT_ONCE,
        of_an_address: int = MOST_OF_AN_ADDRESS,
        within_s: float = WITHIN_S,
        **named: Any,
    ) -> None:
        super().__init__(*given, **named)
        self._most = most
        self._of_an_address = of_an_address
        self._within_s = within_s
        self.rests_since = 0.0
        self._patience: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as in uvicorn
        super().connection_made(transport)
        self.rests_since = self.loop.time()
        self._patience = self.loop.call_later(self._within_s, transport.abort)
        everybody = [one for one in self.connections if isinstance(one, ConsoleProtocol)]
        neighbours = [one for one in everybody if one.address == self.address]
        if len(neighbours) > self._of_an_address:
            self._make_room(neighbours)
        elif len(everybody) > self._most:
            self._make_room(everybody)

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_within_a_header():
            if self._patience is None:
                self._patience = self.loop.call_later(self._within_s, self.transport.abort)
        elif self.is_answering() or self.conn.their_state is not h11.IDLE:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        self.rests_since = self.loop.time()
        super().on_response_complete()

    def _make_room(self, among: Sequence[ConsoleProtocol]) -> None:
        resting = [one for one in among if one is not self and not one.is_answering()]
        leaves = min(resting, key=lambda one: one.rests_since, default=self)
        leaves.transport.abort()

    @property
    def address(self) -> str:
        return self.client[0] if self.client else ""

    def is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _is_within_a_header(self) -> bool:
        return self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None
