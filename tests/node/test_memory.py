# SPDX-License-Identifier: Apache-2.0
"""What stays is set aside from the collector of cycles, when a node has recalled and once an hour."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from steerclear.model.time import Instant
from steerclear.node.memory import SetAside, uncollected

HOUR_MS = 3_600_000


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.enable()
    gc.unfreeze()
    gc.set_threshold(*before)


def test_what_is_alive_is_set_aside_at_once_and_then_once_an_hour() -> None:
    gc.unfreeze()
    aside = SetAside()
    now = Instant(1_744_200_000_000)
    aside.if_due(now)
    assert gc.get_freeze_count() > 0
    gc.unfreeze()
    aside.if_due(Instant(now + HOUR_MS - 1))
    assert gc.get_freeze_count() == 0
    aside.if_due(Instant(now + HOUR_MS))
    assert gc.get_freeze_count() > 0


def test_from_then_on_the_collector_looks_seldom_and_still_finds_a_cycle() -> None:
    SetAside().if_due(Instant(1_744_200_000_000))
    looked: list[int] = []

    def look(phase: str, info: dict[str, int]) -> None:
        looked.append(info["generation"]) if phase == "stop" else None

    gc.callbacks.append(look)
    try:
        stays = [[number] for number in range(10_000)]
        assert stays
        assert not looked
        cycle: list[object] = []
        cycle.append(cycle)
        del cycle
        assert gc.collect() >= 1
    finally:
        gc.callbacks.remove(look)


def test_a_clock_that_was_set_back_does_not_keep_it_from_being_done() -> None:
    aside = SetAside()
    aside.if_due(Instant(1_744_200_000_000))
    gc.unfreeze()
    aside.if_due(Instant(1_744_200_000_000 - HOUR_MS))
    assert gc.get_freeze_count() > 0


def test_nothing_is_collected_while_a_record_is_recalled_even_if_that_fails() -> None:
    with pytest.raises(ValueError, match="the collector is off"), uncollected():
        fail()
    assert gc.isenabled()


def fail() -> None:
    raise ValueError("the collector is on" if gc.isenabled() else "the collector is off")
