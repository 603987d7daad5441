# SPDX-License-Identifier: Apache-2.0
"""Whole nodes under an annex whose padding is Padmé: the same is met, and another size is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from tests.services.blind_liars import go_by
from tests.services.test_blind_exchange import TERMS, agree, tick

from steerclear.blind.messages import ListCommitted, Stopped, parse_message
from steerclear.model.terms import Level, Padding

if TYPE_CHECKING:
    from tests.services.conftest import Channel

Draw = Callable[..., dict[str, Any]]
PADME: Final = replace(TERMS, padding=Padding.PADME)


def counts(channel: Channel) -> set[int]:
    """Of all lists that were committed to, as the host can read them."""
    said = channel.node("AZE").ledger.view.book.of_kind("blind.commit")
    messages = [parse_message(data) for one in said for data in one.body.messages]
    return {one.count for one in messages if isinstance(one, ListCommitted)}


def screened(channel: Channel) -> list[str]:
    pairs = (("TUR", "t1"), ("ISR", "i1"))
    return [channel.notice(member, ref).screened.split(" (")[0] for member, ref in pairs]


def file_both(channel: Channel, draw: Draw) -> None:
    channel.file("TUR", draw("t1", "TUR"))
    channel.file("ISR", draw("i1", "ISR"))
    tick(channel, "05:13", "05:14", "05:18")


def test_under_padme_lists_are_shorter_and_meet_the_same(channel: Channel, draw: Draw) -> None:
    agree(channel, Level.L3, PADME)
    file_both(channel, draw)
    assert screened(channel) == ["MAY CONFLICT", "MAY CONFLICT"]
    sizes = counts(channel) - {8}
    assert sizes
    assert all(size % 64 == 0 for size in sizes)
    assert any(size & (size - 1) for size in sizes)


def test_a_side_that_pads_by_a_rule_that_was_not_agreed_is_refused(channel: Channel, draw: Draw) -> None:
    go_by(channel, "TUR", padding=Padding.PADME)
    agree(channel, Level.L3)
    file_both(channel, draw)
    assert all(each.startswith("UNDETERMINED") for each in screened(channel))
    for member in ("ISR", "AZE"):
        said = channel.node(member).ledger.view.book.of_kind("blind.stop")
        messages = [parse_message(data) for one in said for data in one.body.messages]
        assert "blind-count" in {one.code for one in messages if isinstance(one, Stopped)}
