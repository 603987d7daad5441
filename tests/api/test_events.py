# SPDX-License-Identifier: Apache-2.0
"""Does a console hear of everything that moves, in order, after any cut, and does a slow one harm nobody?"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.api.conftest import Browser, node_of, serving

from steerclear.client import NodeClient
from steerclear.errors import Refused
from steerclear.node.console import MOST_OF_ONE, MOST_READERS
from steerclear.services import requests as ask
from steerclear.services.events import KEPT, Event, EventLog
from steerclear.services.roles import OPERATOR, Speaker

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.node import Node


Following = AsyncIterator[tuple[Event, ...]]


async def taken(following: Following, count: int) -> list[Event]:
    """The next events, however they come together."""
    found: list[Event] = []
    async with asyncio.timeout(20):
        while len(found) < count:
            found += await anext(following)
    assert len(found) == count
    return found


def test_a_filing_is_heard_and_a_cut_reader_goes_on_where_it_was(
    open_channel: Channel, empty: Path, draw: Callable[..., Any], drawn: Callable[..., str]
) -> None:
    def filed(client: NodeClient, name: str) -> str:
        return client.do(ask.FileNotices(desk="air", geojson=drawn(draw(name, "TUR"))))[0].id

    with serving(node_of(open_channel, "TUR", empty)) as folder, NodeClient(folder) as client:
        following = client.events()
        beginning = next(following)
        assert beginning.kind == "reset"
        first = filed(client, "one")
        heard = next(moved for moved in following if moved.kind == "record")
        assert [one["id"] for one in heard.data["said"]] == [first]
        assert heard.data["said"][0]["kind"] == "notice.file"
        assert heard.data["logs"]["TUR"] == open_channel.size("TUR")
        following.close()  # type: ignore[attr-defined]  # a generator
        missed = [filed(client, "two"), filed(client, "three")]
        again = client.events(heard.id)
        found: list[str] = []
        while len(found) < len(missed):
            moved = next(again)
            assert moved.kind != "reset"
            found += [one["id"] for one in moved.data.get("said", ())]
        assert found == missed
        again.close()  # type: ignore[attr-defined]
        assert next(client.events("0123456789ab.7")).kind == "reset"
        assert next(client.events("nonsense")).kind == "reset"


def test_lines_alarms_and_duties_are_told(open_channel: Channel, console_node: Node) -> None:
    async def follow() -> list[Event]:
        console = console_node.console
        following = console.events(OPERATOR, None, None)
        await taken(following, 1)
        bundle = open_channel.node("ISR").make("TUR")
        await console_node.answer_peer("ISR", bundle)
        await console_node.do(ask.CallStop(desk="air", place="T4", seen="x", basis="unsure", to=("ISR",)))
        heard = await taken(following, 2)
        await console_node.tick()
        return heard + await taken(following, 1)

    assert [event.kind for event in asyncio.run(follow())] == ["line", "record", "duties"]


def test_a_slow_reader_is_let_go_and_loses_nothing(console_node: Node) -> None:
    """Who is behind reads on; who was overtaken by more than is kept is let go, and looks at everything."""

    def tell(count: int) -> None:
        for number in range(count):
            console_node.console.tell("line", {"member": "ISR", "up": bool(number % 2)})

    async def follow() -> tuple[list[Event], list[Any], Event]:
        console = console_node.console
        following = console.events(OPERATOR, None, None)
        await taken(following, 1)
        tell(KEPT)
        late = await taken(following, KEPT)
        tell(KEPT + 1)
        rest = [some async for some in following]
        assert console.readers == 0
        (back,) = await anext(console.events(OPERATOR, late[-1].id, None))
        return late, rest, back

    late, rest, back = asyncio.run(follow())
    assert [event.id.rpartition(".")[2] for event in late] == [str(n + 1) for n in range(KEPT)]
    assert rest == []
    assert back.kind == "reset"


def test_a_reader_hears_the_heartbeat_and_ends_with_its_session(
    browser_of: Callable[..., Browser], console_node: Node
) -> None:
    officer = browser_of("duty-officer", "air")
    assert officer.cookie is not None
    token = officer.cookie.partition("=")[2]
    console = console_node.console
    console._heartbeat_s = 0.01
    speaker = console.speaker_of(token)
    assert speaker is not None

    async def follow() -> list[tuple[Event, ...]]:
        following = console.events(speaker, None, token)
        first = [await anext(following), await anext(following)]
        await console.sign_out(token)
        return first + [some async for some in following]

    found = asyncio.run(follow())
    assert (found[0][0].kind, found[1]) == ("reset", ())
    assert len(found) <= 3


def test_no_more_consoles_than_a_node_bears(console_node: Node) -> None:
    console = console_node.console
    one = Speaker("machine feed", "machine", "air")
    console._readers = {asyncio.Event(): one.id for _ in range(MOST_OF_ONE)}
    with pytest.raises(Refused) as refused:
        console.events(one, None, None)
    assert refused.value.code == "too-many-readers"
    console.events(OPERATOR, None, None)
    console._readers = {asyncio.Event(): "others" for _ in range(MOST_READERS)}
    with pytest.raises(Refused) as refused:
        console.events(OPERATOR, None, None)
    assert refused.value.code == "too-many-readers"


@given(kept=st.integers(1, 20), told=st.integers(0, 60), place=st.integers(-1, 70))
def test_a_place_is_kept_exactly_while_all_after_it_is(kept: int, told: int, place: int) -> None:
    log = EventLog("e", kept=kept)
    for number in range(told):
        log.add("line", {"number": number})
    found = log.place_of(f"e.{place}")
    whole = 0 <= place <= told and told - place <= kept
    assert (found == place) == whole
    if found is not None:
        after = [event.data["number"] for event in log.after(found, at_most=100)]
        assert after == list(range(place, told))
