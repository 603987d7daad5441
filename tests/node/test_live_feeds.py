# SPDX-License-Identifier: Apache-2.0
"""From a feed's bytes to the alarm on both desks: whole nodes, real sockets; and how a feed is shown."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.effort import effort
from tests.services.conftest import Channel, copy_of, ratified

from steerclear.cli.demo.nodes import Scene, until
from steerclear.errors import BadInput
from steerclear.links.clock import SystemClock
from steerclear.node import read_settings
from steerclear.node.feeds import Feeds, FeedSettings, LiveSettings
from steerclear.services.requests import Propose, Ratify

if TYPE_CHECKING:
    from tests.node.conftest import Nodes

SETTINGS = 'member = "TUR"\nlisten = "127.0.0.1:1"\n'
RADAR = '[[live.feeds]]\nname = "radar"\nform = "sbs"\nconnect = "127.0.0.1:30003"\nwhose = "ISR"\n'


def settings_of(folder: Path, text: str) -> LiveSettings:
    (folder / "steerclear.toml").write_text(SETTINGS + text, encoding="utf-8")
    return read_settings(folder).live


def test_feeds_stand_in_the_settings(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "") == LiveSettings()
    found = settings_of(tmp_path, f"[live]\nlook_ahead_s = 120\n\n{RADAR}")
    assert found == LiveSettings(120, (FeedSettings("radar", "sbs", "connect", "127.0.0.1:30003", "ISR"),))


@pytest.mark.parametrize(
    "text",
    [
        "[live]\nlook_ahead_s = 0\n",
        "[live]\nlook_ahead_s = 86400\n",
        "[live]\nlook_around = 3\n",
        RADAR + RADAR,
        RADAR.replace("sbs", "sonar"),
        RADAR.replace("sbs", "readsb"),
        RADAR.replace("30003", "here"),
        RADAR.replace("connect", "carried"),
        RADAR + 'listen = "127.0.0.1:1"\n',
        RADAR.replace('"ISR"', '"the others"'),
    ],
)
def test_what_is_no_feed_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadInput) as refused:
        settings_of(tmp_path, text)
    assert refused.value.code in ("settings-form", "member-name")


def line(ref: str, lat: float, lon: float) -> bytes:
    stamp = "2025/09/04,15:33:20.000,2025/09/04,15:33:20.000"
    return f"MSG,3,1,1,{ref},1,{stamp},,25000,,,{lat:.5f},{lon:.5f},,,0,0,0,0\r\n".encode()


def velocity(ref: str, course: float, knots: float) -> bytes:
    stamp = "2025/09/04,15:33:20.000,2025/09/04,15:33:20.000"
    return f"MSG,4,1,1,{ref},1,{stamp},,,{knots},{course},,,0,,0,0,0,0\r\n".encode()


@pytest.fixture(scope="module")
def channel() -> Channel:
    return copy_of(ratified())


def test_a_feed_is_shown_with_its_last_good_time_and_what_it_dropped(channel: Channel) -> None:
    """One good line, one of another language; then the other end closes."""
    live, clock = channel.node("TUR").live, SystemClock()

    async def fed() -> Feeds:
        heard = asyncio.Event()

        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"hello\r\n" + line("4CA2D6", 34.5, 37.6))
            await writer.drain()
            await heard.wait()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        radar = FeedSettings("radar", "sbs", "connect", f"127.0.0.1:{port}", "civil")
        feeds = Feeds(LiveSettings(feeds=(radar,)), live, "TUR", clock)
        running = asyncio.create_task(feeds.run())
        while not feeds.rows()[0].reports:
            await asyncio.sleep(0.01)
        (row,) = feeds.rows()
        assert (row.state, row.fault, row.connections) == ("connected", "", 1)
        heard.set()
        while feeds.rows()[0].state == "connected":
            await asyncio.sleep(0.01)
        running.cancel()
        server.close()
        return feeds

    feeds = asyncio.run(fed())
    (row,) = feeds.rows()
    assert (row.state, row.fault, row.whose) == ("not connected", "the other end closed", "civil")
    assert row.dropped == {"no-sbs-line": 1}
    assert row.last_good_at is not None
    assert live.holders == {"icao:4ca2d6": "civil"}
    assert feeds.alarms() == (), "it was good a moment ago"


def test_a_feed_that_falls_silent_is_said_aloud(channel: Channel) -> None:
    radar = FeedSettings("radar", "sbs", "connect", "127.0.0.1:1", "own")
    feeds = Feeds(LiveSettings(feeds=(radar,)), channel.node("TUR").live, "TUR", channel.clock)
    assert feeds.alarms() == ()
    channel.at("2025-04-10T09:00:00.000Z")
    assert feeds.alarms() == ("the feed radar has given nothing yet; what it showed is UNDETERMINED",)


# -- two whole nodes --------------------------------------------------------------------


@pytest.mark.parametrize("_time", range(effort(test=0, ci=1, soak=1)))
def test_both_desks_are_alarmed_from_what_their_feeds_say(nodes: Nodes, _time: int) -> None:
    """TUR's jet flies north towards ISR's, which stands; each node hears its own, and ISR's radar both."""
    scene = nodes.scene
    ports = {name: free_port() for name in ("tur own", "isr own", "isr radar")}
    for member, feeds in (("TUR", {"own": "tur own"}), ("ISR", {"own": "isr own", "TUR": "isr radar"})):
        listen_at(scene, member, {whose: ports[name] for whose, name in feeds.items()})
    listen_at(scene, "AZE", {})
    scene.start("TUR", "ISR", "AZE")
    agree(scene)
    near = "come too close to each other, from"
    hawk = velocity("000001", 0.0, 450.0) + line("000001", 33.95, 37.62)
    lion = velocity("000002", 0.0, 0.0) + line("000002", 34.25, 37.62)
    with ExitStack() as lines:
        for name, said in {"tur own": hawk, "isr own": lion, "isr radar": hawk}.items():
            lines.enter_context(speaking(ports[name], said))
        owed = until("the desk of TUR is told", told, scene, "TUR")
        assert owed[0].startswith(f"An aircraft of yours and an aircraft of ISR {near}")
        assert owed[0].endswith("ISR is to call. Acknowledge.")
        owed = until("the desk of ISR is told", told, scene, "ISR")
        assert owed[0].startswith(f"An aircraft of yours and an aircraft of TUR {near}")
        assert owed[0].endswith(": call TUR.")
        shown = nodes.run("tracks", "--json", node="TUR").document
        assert [row["ref"] for row in shown["tracks"]] == ["icao:000001"], (
            "nothing of ISR's came over the line"
        )
        theirs = nodes.run("tracks", "--json", node="ISR")
        assert theirs.status == 1
        assert {row["whose"] for row in theirs.document["tracks"]} == {"ISR", "TUR"}
        assert "come too close to each other" in nodes.run("tracks", node="ISR").out
    listed = nodes.run("feeds", node="ISR").out
    assert "own" in listed
    assert "reports" in listed


def listen_at(scene: Scene, member: str, ports: dict[str, int]) -> None:
    path = scene.path(member) / "steerclear.toml"
    text = path.read_text(encoding="utf-8")
    (speed,) = [row for row in text.splitlines() if row.startswith("speed = ")]
    text = text.replace(speed, "speed = 10.0")
    for whose, port in ports.items():
        text += f'\n[[live.feeds]]\nname = "{whose}"\nform = "sbs"\nwhose = "{whose}"\n'
        text += f'listen = "127.0.0.1:{port}"\n'
    path.write_text(text, encoding="utf-8")


def agree(scene: Scene) -> None:
    with scene.node("TUR") as node:
        proposed = node.do(Propose(template="syria-2025"))
        node.do(Ratify())
    until("the proposals reach ISR", annexes, scene, "ISR", "proposed", len(proposed))
    with scene.node("ISR") as node:
        node.do(Ratify())
    for member in ("TUR", "ISR"):
        until("the annexes are in force", annexes, scene, member, "in force", len(proposed))


def annexes(scene: Scene, member: str, state: str, count: int) -> bool:
    with scene.node(member) as node:
        return sum(row.state == state for row in node.status().annexes) == count


def told(scene: Scene, member: str) -> list[str]:
    with scene.node(member) as node:
        return [row.words for row in node.inbox("air").i_owe if "come too close" in row.words]


def free_port() -> int:
    with closing(socket.socket()) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@contextmanager
def speaking(port: int, said: bytes) -> Iterator[None]:
    """Say it to whoever listens there, every two seconds of the drill, until the end."""
    over = threading.Event()

    def speak() -> None:
        with closing(socket.create_connection(("127.0.0.1", port), timeout=30)) as line_:
            while not over.wait(0.2):
                line_.sendall(said)

    thread = threading.Thread(target=speak)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
