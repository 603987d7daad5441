# SPDX-License-Identifier: Apache-2.0
"""Does a snapshot of any moment lead to the same node, across a succession and across a seal made again?"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest
from tests.effort import effort
from tests.services.conftest import EVERYONE, area
from tests.services.sameness import differences
from tests.services.test_seal_again import lose_the_key
from tests.services.test_snapshot import closed_under_heads, cut, disk_of, opened, require_equal
from tests.services.test_succession import succeed

from steerclear.services import requests as ask
from steerclear.services.taking_snapshot import keep_snapshot

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.store.memory import MemoryDisk


def a_succession(channel: Channel) -> None:
    """TUR's key is stolen; what it filed before and after stands in two generations of its log."""
    channel.file("TUR", area("before", "TUR", kind="hazard"))
    channel.settle()
    succeed(channel)
    channel.file("TUR", area("after", "TUR", lat=35.5, kind="hazard"))
    channel.settle()


def a_seal_made_again(channel: Channel) -> None:
    """The host has lost its key of the day, and is sealed to again under the next."""
    keyid = lose_the_key(channel)
    channel.file("TUR", area("depot", "TUR", kind="hazard"))
    channel.settle()
    channel.node("AZE").ask_root(ask.RevokeKeys(keyids=(keyid,), reason="the key of today was lost"))
    channel.settle()


def a_moment(disk: MemoryDisk, chance: random.Random, most: Mapping[Any, int]) -> dict[Any, int]:
    """Sizes that there were at once; a generation begins with two entries, or is not there yet."""
    least = chance.choice((1, 4, 1_000))
    sizes, before = {key: chance.randint(max(2, size - least), size) for key, size in most.items()}, None
    while sizes != before:
        before = dict(sizes)
        sizes = closed_under_heads(disk, sizes)
        sizes = {key: 0 if key[1] and size < 2 else size for key, size in sizes.items()}
        # Who has the next generation has what it keeps of the one before.
        sizes = {
            key: 0 if key[1] and sizes[key[0], key[1] - 1] < most[key[0], key[1] - 1] else size
            for key, size in sizes.items()
        }
    return sizes


def there(disk: MemoryDisk, sizes: Mapping[Any, int]) -> MemoryDisk:
    found = cut(disk, dict(sizes))
    found.logs = {key: entries for key, entries in found.logs.items() if entries}
    return found


@pytest.mark.parametrize("happens", [a_succession, a_seal_made_again])
def test_any_moment_before_or_after_leads_to_the_same_node(
    channel: Channel, happens: Callable[[Channel], None]
) -> None:
    happens(channel)
    used = 0
    for trial in range(effort(test=8, ci=60, soak=2_000)):
        chance = random.Random(f"{happens.__name__} {trial}")
        ledger = channel.node(chance.choice(EVERYONE)).ledger
        whole, now = disk_of(ledger), ledger.now()
        ends = {key: len(entries) for key, entries in whole.logs.items()}
        first = there(whole, a_moment(whole, chance, ends))
        assert keep_snapshot(opened(ledger, first, now), least=0)
        last = there(whole, ends)
        last.snapshot = first.snapshot
        again, read = opened(ledger, last, now), opened(ledger, there(whole, ends), now)
        same_generations = first.logs.keys() == last.logs.keys()
        assert (again.kept is not None) == same_generations, "else the record is read from its first entry"
        used += same_generations
        require_equal(again, read, now)
        if same_generations:
            assert sum(1 for node in (again, read) for _ in node.view.book.every())
            assert list(differences(again, read)) == []
    assert used
