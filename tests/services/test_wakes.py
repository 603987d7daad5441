# SPDX-License-Identifier: Apache-2.0
"""When does a node want to be woken? Never in the past: what it cannot do yet it tries again in a second."""

from __future__ import annotations

from tests.services.conftest import Channel

from steerclear.model.time import Instant
from steerclear.services.beat import next_beat_at


def test_a_node_that_may_not_write_yet_does_not_spin_on_the_beat_that_it_owes(channel: Channel) -> None:
    """Started again with every line down, long after its last entry: it waits to be told of its own log."""
    channel.clock.set(Instant(channel.clock.now() + 3_600_000))
    node = channel.restart("TUR")
    node.step()
    now = channel.clock.now()
    assert next_beat_at(node.ledger) < now
    assert now < node.next_step_at() <= now + 1_000


def test_a_node_at_rest_sleeps_until_its_next_beat_or_duty(channel: Channel) -> None:
    channel.settle()
    node, now = channel.node("TUR"), channel.clock.now()
    assert now < node.next_step_at() <= next_beat_at(node.ledger)
