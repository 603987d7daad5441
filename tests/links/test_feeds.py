# SPDX-License-Identifier: Apache-2.0
"""Feeds over real sockets: they connect again, count what they drop, and take what a TAK client sends."""

from __future__ import annotations

import asyncio
import socket
import warnings
from collections.abc import AsyncIterator, Callable
from configparser import ConfigParser
from contextlib import asynccontextmanager

import httpx

from steerclear.links.clock import SystemClock
from steerclear.links.feeds import Feed, fetch_aircraft, follow_tcp, listen_tcp, listen_udp
from steerclear.model.time import Instant
from steerclear.tracking.cot import CotReader
from steerclear.tracking.feeding import Reader
from steerclear.tracking.reports import Reports
from steerclear.tracking.sbs import SbsReader

LINE = b"MSG,3,1,1,4CA2D6,1,,,,,,35000,,,34.5,36.25,,,0,0,0,0\r\n"


def feed(reader: Callable[[], Reader]) -> tuple[Feed, list[str]]:
    seen: list[str] = []

    def take(reports: Reports, _now: Instant) -> None:
        seen.extend(reports.refs.tolist())

    return Feed("test", reader, take, SystemClock(), pauses_ms=(5,)), seen


async def until(done: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not done():
            await asyncio.sleep(0.002)


@asynccontextmanager
async def running(task: asyncio.Task[None]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def free_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def test_a_stream_that_breaks_off_is_followed_again_and_its_half_line_forgotten() -> None:
    async def story() -> None:
        one, seen = feed(SbsReader)

        async def serve(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(LINE + b"nonsense\r\n" + LINE[:20])
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, running(asyncio.create_task(follow_tcp(one, "127.0.0.1", port))):
            await until(lambda: one.row.connections >= 3 and len(seen) >= 3)
        assert set(seen) == {"icao:4ca2d6"}
        assert set(one.row.dropped) == {"no-sbs-line"}
        assert one.row.last_good_at is not None

    asyncio.run(story())


def test_a_stream_that_says_nothing_is_taken_for_dead_and_one_that_is_not_there_is_tried_again() -> None:
    async def story() -> None:
        one, _ = feed(SbsReader)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server, running(asyncio.create_task(follow_tcp(one, "127.0.0.1", port, stall_s=0.02))):
            await until(lambda: one.row.connections >= 2)
            await until(lambda: one.row.fault.startswith("nothing came"))
        gone, _ = feed(SbsReader)
        async with running(asyncio.create_task(follow_tcp(gone, "127.0.0.1", port))):
            await until(lambda: gone.row.fault.startswith("cannot be reached"))
        assert not gone.row.connected

    asyncio.run(story())


def test_a_tak_client_sends_to_our_listener() -> None:
    with warnings.catch_warnings():  # of what it could do with more packages
        warnings.simplefilter("ignore")
        import pytak

    async def story() -> None:
        one, seen = feed(CotReader)
        port = free_port()
        settings = ConfigParser()
        settings["tak"] = {"COT_URL": f"tcp://127.0.0.1:{port}", "TAK_PROTO": "0"}
        async with running(asyncio.create_task(listen_tcp(one, "127.0.0.1", port))):
            await until(lambda: one.row.fault == "nobody has called yet")
            _, writer = await pytak.protocol_factory(settings["tak"])
            sender = pytak.TXWorker(asyncio.Queue(), settings["tak"], writer)
            event = pytak.gen_cot(lat=34.5, lon=36.25, uid="UNIT-7", stale=60, cot_type="a-f-A-M-F")
            await sender.send_data(event)
            await until(lambda: seen == ["cot:UNIT-7"])
            writer.close()
            await until(lambda: not one.row.connected)
        assert one.row.fault == "the other end closed"

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        asyncio.run(story())


def test_a_datagram_is_a_whole_event_or_nothing() -> None:
    async def story() -> None:
        one, seen = feed(CotReader)
        port = free_port(socket.SOCK_DGRAM)
        event = (
            b'<event uid="u" type="a-f-G" time="2025-09-04T15:33:19Z" stale="9000-01-01T00:00:00Z">'
            b'<point lat="1" lon="2" hae="3" ce="4" le="5"/></event>'
        )
        async with running(asyncio.create_task(listen_udp(one, "127.0.0.1", port))):
            await until(lambda: one.row.connected)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
                for datagram in (event[:60], event, b"\xbf\x01\xbfgarbage"):
                    sender.sendto(datagram, ("127.0.0.1", port))
                await until(lambda: one.row.dropped["half-an-event"] == 2 and seen == ["cot:u"])

    asyncio.run(story())


def test_a_file_is_fetched_again_and_a_server_that_fails_stands_on_the_row() -> None:
    answers = [httpx.Response(503), httpx.Response(200, text='{"now": 1, "aircraft": [7]}')]
    good = '{"now": 1757000000, "aircraft": [{"hex": "4ca2d6", "lat": 34.5, "lon": 36.25}]}'

    def answer(_request: httpx.Request) -> httpx.Response:
        return answers.pop(0) if answers else httpx.Response(200, text=good)

    async def story() -> None:
        one, seen = feed(SbsReader)
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            following = fetch_aircraft(one, "http://tar1090.test/aircraft.json", client, every_ms=1)
            async with running(asyncio.create_task(following)):
                await until(lambda: len(seen) >= 2)
        assert one.row.dropped["no-aircraft"] == 1
        assert (one.row.connected, one.row.connections) == (True, 1)

    asyncio.run(story())
