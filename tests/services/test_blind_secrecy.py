# SPDX-License-Identifier: Apache-2.0
"""Is anything of a plan in what the host and the other side get, keep and open while it is compared blind?

Whole nodes, all three levels. Turned over is every byte that came over a member's wires and whatever it could
open, with base64 undone as deep as it goes. The same search finds a plan that was filed openly.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.attacks.test_sealed_plan_stays_sealed import PLANS, Needles, file, unwrapped
from tests.services.blind_liars import HELD, keep_openings
from tests.services.test_blind_exchange import agree, tick

from steerclear.blind.grid import CELL_BYTES
from steerclear.blind.messages import ListCommitted, parse_message
from steerclear.blind.opening import print_opened
from steerclear.model.terms import Level
from steerclear.services.blind_openings import unseal_opening

if TYPE_CHECKING:
    from tests.services.conftest import Channel

DAY = "2025-04-10"


def heap(channel: Channel, member: str) -> bytes:
    """Everything that reached the member's node, and everything that it could open."""
    store = channel.stations[member].store
    opened = [
        entry.opened
        for log in store.members()
        for generation in store.generations(log)
        for entry in store.entries(log, generation)
        if entry.opened is not None
    ]
    return unwrapped(b"\n".join((*channel.taken[member], *opened)))


def cells(channel: Channel) -> Iterator[bytes]:
    """Of TUR's plan, as its lists had them."""
    opened = unseal_opening(channel.node("TUR").blind_opening("ISR", DAY, 0), HELD)[1]
    for one in opened.rounds:
        yield from (one.cells[at : at + CELL_BYTES] for at in range(0, len(one.cells), CELL_BYTES))


@pytest.mark.parametrize("level", [Level.L2, Level.L3, Level.L3P], ids=lambda one: one.value)
def test_no_coordinate_height_time_or_cell_of_a_plan_is_with_host_or_peer(
    channel: Channel, level: Level
) -> None:
    keep_openings(channel)
    agree(channel, level)
    file(channel, PLANS["TUR"], None)
    tick(channel, "05:13", "05:14")
    listed = list(cells(channel))
    assert len(listed) > 500
    for member in ("AZE", "ISR"):
        has = heap(channel, member)
        assert Needles(PLANS["TUR"]).found_in(has) == set()
        assert not any(cell in has or cell.hex().encode() in has for cell in listed)
    said = channel.node("ISR").ledger.view.book.of_kind("blind.commit")
    counts = {
        message.count
        for one in said
        for message in map(parse_message, one.body.messages)
        if isinstance(message, ListCommitted)
    }
    assert len(counts) > 1
    assert all(count & (count - 1) == 0 for count in counts)


def test_the_search_finds_an_open_plan_and_its_cells_where_they_are(channel: Channel) -> None:
    keep_openings(channel)
    agree(channel, Level.L2)
    file(channel, PLANS["TUR"], "L0")
    tick(channel, "05:13")
    assert len(Needles(PLANS["TUR"]).found_in(heap(channel, "ISR"))) > 10
    opened = unseal_opening(channel.node("TUR").blind_opening("ISR", DAY, 0), HELD)[1]
    assert all(cell in print_opened(opened) for cell in cells(channel))
