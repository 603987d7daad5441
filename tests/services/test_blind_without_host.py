# SPDX-License-Identifier: Apache-2.0
"""What becomes of blind checks when the host is gone? They go on at L3p if that was agreed, and say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.services.blind_liars import PAIR, inquiry, keep_openings
from tests.services.conftest import HOST, PARTIES
from tests.services.test_blind_exchange import FAR, agree, tick
from tests.services.test_blind_honesty import logged, undetermined_on_every_face

from steerclear.mechanism.bodies import AnnexPropose
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName
from steerclear.model.terms import Level
from steerclear.services.speak import by_authority, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

Draw = Callable[..., dict[str, Any]]


def succession_agreed(channel: Channel) -> None:
    """The template's: the host counts as gone after 15 minutes. It is ratified with what comes next."""
    [annex] = [
        one for one in template("syria-2025", parties=PARTIES, host=HOST) if one.name is AnnexName.SUCCESSION
    ]
    speak(
        channel.node("TUR").ledger,
        AnnexPropose(annex=annex, because="as always"),
        voice=by_authority(),
        to=("ISR",),
    )


def levels(channel: Channel, member: str) -> set[str]:
    return {row.level for row in channel.node(member).blind()}


@pytest.mark.parametrize("level", [Level.L3, Level.L2])
def test_the_two_go_on_without_a_host_and_with_it_when_it_is_back(
    channel: Channel, draw: Draw, level: Level
) -> None:
    keep_openings(channel)
    succession_agreed(channel)
    agree(channel, level)
    channel.file("TUR", draw("t1", "TUR"))
    channel.file("ISR", draw("i1", "ISR"))
    tick(channel, "05:13", "05:14")
    channel.down.add("AZE")
    channel.file("TUR", draw("t2", "TUR", *FAR))
    tick(channel, "05:20", "05:25")
    assert channel.notice("TUR", "t2").screened.startswith("UNDETERMINED")
    assert levels(channel, "TUR") == {level.value}
    tick(channel, "05:31", "05:32", "05:33")
    assert channel.notice("TUR", "t2").screened.startswith("NO CONFLICT KNOWN")
    assert channel.notice("ISR", "i1").screened.startswith("MAY CONFLICT")
    assert levels(channel, "TUR") == levels(channel, "ISR") == {"L3p"}
    assert all("blind-host-gone" in logged(channel, member) for member in PAIR)
    channel.down.clear()
    tick(channel, "05:34", "05:35", "05:36", "05:37")
    assert levels(channel, "TUR") == levels(channel, "ISR") == {level.value}
    assert channel.notice("TUR", "t2").screened.startswith("NO CONFLICT KNOWN")
    assert "blind-host-back" in logged(channel, "TUR") | logged(channel, "ISR")
    attempts = max(row.attempt for row in channel.node("TUR").blind())
    assert all(inquiry(channel, attempt=attempt).faults == () for attempt in range(attempts + 1))


def test_where_nobody_agreed_to_it_the_pair_waits_for_the_host(channel: Channel, draw: Draw) -> None:
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR"))
    tick(channel, "05:13")
    channel.down.add("AZE")
    tick(channel, "05:40", "05:41", "06:40")
    assert levels(channel, "TUR") == {"L3"}
    undetermined_on_every_face(channel, "TUR")


def test_a_side_alone_moves_nothing_to_l3p(channel: Channel, draw: Draw) -> None:
    """There a side alone could test products of cells; as long as the host is heard the other stays."""
    succession_agreed(channel)
    blind = channel.node("TUR")._blind
    honest = blind._pair

    def lying(terms: Any) -> Any:
        desk = honest(terms)
        desk._is_host_gone = lambda now: now > 0  # type: ignore[method-assign] # a node of the cheater's own
        return desk

    blind._pair = lying  # type: ignore[method-assign]
    agree(channel, Level.L3)
    channel.file("ISR", draw("i1", "ISR"))
    tick(channel, "05:13", "05:14")
    undetermined_on_every_face(channel, "ISR")
    assert levels(channel, "ISR") == {"L3"}
    assert "blind-other-check" in logged(channel, "ISR")
