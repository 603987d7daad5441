# SPDX-License-Identifier: Apache-2.0
"""What becomes of blind checks when the host is gone? They go on at L3p if that was agreed, and say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from tests.attacks.wire import without_log
from tests.services.blind_liars import PAIR, inquiry, keep_openings
from tests.services.conftest import HOST, PARTIES
from tests.services.test_blind_exchange import FAR, agree, tick
from tests.services.test_blind_honesty import logged, undetermined_on_every_face

from steerclear.links.clock import SkewedClock
from steerclear.mechanism.bodies import AnnexPropose
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName
from steerclear.model.terms import Level
from steerclear.record.bundle import parse_bundle, print_bundle
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
    found = [inquiry(channel, attempt=attempt) for attempt in range(attempts + 1)]
    assert all(one.faults == () for one in found)
    for one in found:
        said = {words.split(": ")[1] for words in one.silence}
        assert said == (
            {"the record holds no entry of AZE from the 15 min before"} if one.level == "L3p" else set()
        )


def minutes(first: str, count: int) -> list[str]:
    hour, minute = map(int, first.split(":"))
    return [f"{hour + (minute + n) // 60:02d}:{(minute + n) % 60:02d}" for n in range(count)]


def test_a_host_with_a_slow_clock_is_heard_as_any_other(channel: Channel, draw: Draw) -> None:
    """What it claims of its time is 20 minutes old; what counts is that it comes here."""
    succession_agreed(channel)
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR"))
    host = channel.node("AZE").ledger
    tick(channel, "05:13", "05:14")
    # It never goes back, and falls behind.
    for begins, slow_min in (("05:20", 5), ("05:26", 10), ("05:32", 15), ("05:38", 20)):
        host.clock = SkewedClock(channel.clock, by_ms=-slow_min * 60_000)
        tick(channel, begins)
    tick(channel, *minutes("05:39", 18))
    assert levels(channel, "TUR") == levels(channel, "ISR") == {"L3"}


def test_who_keeps_the_hosts_log_back_moves_nobody_to_l3p(channel: Channel, draw: Draw) -> None:
    """TUR hears the host through ISR alone, and ISR hands on nothing of it; but its own entries name it."""
    succession_agreed(channel)
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR"))
    tick(channel, "05:13", "05:14")
    channel.cut.add(frozenset(("TUR", "AZE")))
    node = channel.node("ISR")
    honest, answering = node.make, node.answer

    def less(data: bytes) -> bytes:
        return print_bundle(without_log(parse_bundle(data), "AZE"))

    node.make = lambda peer: less(honest(peer)) if peer == "TUR" else honest(peer)  # type: ignore[method-assign]
    node.answer = lambda peer, bundle: (  # type: ignore[method-assign] # a node of the cheater's own
        less(answering(peer, bundle)) if peer == "TUR" else answering(peer, bundle)
    )
    tick(channel, *minutes("05:15", 20))
    assert channel.node("TUR").ledger.logs["AZE"].size < channel.node("ISR").ledger.logs["AZE"].size
    assert levels(channel, "TUR") == {"L3"}
    assert "blind-host-gone" not in logged(channel, "TUR")
    assert channel.notice("TUR", "t1").screened.startswith("UNDETERMINED")


def test_a_node_started_again_meanwhile_burns_no_attempts(channel: Channel, draw: Draw) -> None:
    """It waits anew before the host is gone for it, and the other is at L3p: one attempt shows it."""
    succession_agreed(channel)
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR"))
    tick(channel, "05:13")
    channel.down.add("AZE")
    tick(channel, "05:30", "05:31", "05:32", "05:33")
    assert levels(channel, "TUR") == {"L3p"}
    before = max(row.attempt for row in channel.node("TUR").blind())
    channel.restart("TUR")
    tick(channel, *minutes("05:34", 14))
    assert channel.notice("TUR", "t1").screened.startswith("UNDETERMINED")
    assert max(row.attempt for row in channel.node("ISR").blind()) <= before + 2
    tick(channel, *minutes("05:48", 5))
    assert levels(channel, "TUR") == levels(channel, "ISR") == {"L3p"}
    assert channel.notice("TUR", "t1").screened.startswith("NO CONFLICT KNOWN")
    assert max(row.attempt for row in channel.node("ISR").blind()) <= before + 4


def test_where_nobody_agreed_to_it_the_pair_waits_for_the_host(channel: Channel, draw: Draw) -> None:
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR"))
    tick(channel, "05:13")
    channel.down.add("AZE")
    tick(channel, "05:40", "05:41", "06:40")
    assert levels(channel, "TUR") == {"L3"}
    undetermined_on_every_face(channel, "TUR")


def test_an_inquiry_sees_who_went_on_without_a_host_that_it_had_heard(channel: Channel, draw: Draw) -> None:
    """Both agree to test each other alone; what each had heard stands under its own key."""
    keep_openings(channel)
    succession_agreed(channel)
    for member in PAIR:
        blind = channel.node(member)._blind
        blind._pair = _alone(blind._pair)  # type: ignore[method-assign] # nodes of the cheaters' own
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR"))
    tick(channel, "05:13", "05:14")
    found = inquiry(channel)
    assert (found.level, {(one.kind, one.who) for one in found.faults}) == (
        "L3p", {("host", "TUR"), ("host", "ISR")},
    )  # fmt: skip
    assert all("its own log shows that it had heard AZE" in one.words for one in found.faults)


def test_an_inquiry_says_when_the_host_wrote_what_a_side_never_named(channel: Channel, draw: Draw) -> None:
    """Cut off, or silent about it: the record cannot tell, and says so."""
    keep_openings(channel)
    succession_agreed(channel)
    agree(channel, Level.L3)
    channel.file("TUR", draw("t1", "TUR"))
    tick(channel, "05:13")
    channel.cut.update({frozenset(("TUR", "AZE")), frozenset(("ISR", "AZE"))})
    tick(channel, "05:20", "05:25", "05:30", "05:31", "05:32")
    assert levels(channel, "TUR") == levels(channel, "ISR") == {"L3p"}
    attempt = max(row.attempt for row in channel.node("TUR").blind())
    channel.cut.clear()
    tick(channel, "05:33")
    found = inquiry(channel, attempt=attempt)
    assert (found.level, found.faults) == ("L3p", ())
    assert len(found.silence) == 2
    assert all("by its own clock, and nothing that" in words for words in found.silence)


def _alone(honest: Any) -> Any:
    def lying(terms: Any) -> Any:
        desk = honest(terms)
        desk._is_host_gone = lambda now: now > 0
        return desk

    return lying


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
