# SPDX-License-Identifier: Apache-2.0
"""Can strangers stand in the console's door until nobody gets in? Real connections, small limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Any

import uvicorn

from steerclear.links.console_protocol import ConsoleProtocol

ASK = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def answers(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """At once; at /follow a first piece, and nothing after it until the caller goes."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"4")]})
    await send({"type": "http.response.body", "body": b"ye", "more_body": True})
    if scope["path"] == "/follow":
        while (await receive())["type"] != "http.disconnect":
            pass
    await send({"type": "http.response.body", "body": b"s!"})


@asynccontextmanager
async def door(**limits: Any) -> AsyncIterator[Callable[[], Awaitable[Connection]]]:
    server = uvicorn.Server(
        uvicorn.Config(
            answers,
            port=0,
            http=partial(ConsoleProtocol, **limits),  # type: ignore[arg-type]  # uvicorn calls it
            lifespan="off",
            log_config=None,
            timeout_graceful_shutdown=1,
        )
    )
    work = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    made: list[Connection] = []

    async def come() -> Connection:
        made.append(await asyncio.open_connection("127.0.0.1", port))
        return made[-1]

    try:
        yield come
    finally:
        for _, writer in made:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        server.should_exit = True
        await work


async def ask(connection: Connection, path: bytes = b"/") -> bytes:
    reader, writer = connection
    writer.write(ASK.replace(b" / ", b" " + path + b" "))
    return (await reader.readuntil(b"\r\n\r\n")) + await reader.readexactly(4 if path == b"/" else 2)


async def is_gone(connection: Connection) -> bool:
    try:
        return await asyncio.wait_for(connection[0].read(1), 5) == b""
    except ConnectionResetError:
        return True


def test_who_says_nothing_or_never_ends_is_let_go() -> None:
    async def story() -> None:
        async with door(within_s=0.2) as come:
            mute, half, later = await come(), await come(), await come()
            half[1].write(ASK[:10])
            assert (await ask(later)).endswith(b"yes!")
            later[1].write(ASK[:10])  # the second request of one that was answered before
            assert await is_gone(mute)
            assert await is_gone(half)
            assert await is_gone(later)

    asyncio.run(story())


def test_who_is_answered_is_not_let_go() -> None:
    async def story() -> None:
        async with door(within_s=0.2) as come:
            follower, resting = await come(), await come()
            assert (await ask(follower, b"/follow")).endswith(b"ye")
            assert (await ask(resting)).endswith(b"yes!")
            await asyncio.sleep(0.5)
            assert (await ask(resting)).endswith(b"yes!")
            assert not follower[0].at_eof()

    asyncio.run(story())


def test_the_longest_rest_makes_room_and_a_follower_never() -> None:
    async def story() -> None:
        async with door(of_an_address=3) as come:
            follower, first, second = await come(), await come(), await come()
            await ask(follower, b"/follow")
            await ask(first)
            await ask(second)
            assert (await ask(await come())).endswith(b"yes!")
            assert await is_gone(first)
            assert (await ask(second)).endswith(b"yes!")
            assert not follower[0].at_eof()

    asyncio.run(story())


def test_a_full_house_sends_the_newcomer_away() -> None:
    async def story() -> None:
        async with door(most=2) as come:
            followers = [await come(), await come()]
            for one in followers:
                await ask(one, b"/follow")
            assert await is_gone(await come())
            assert not any(one[0].at_eof() for one in followers)

    asyncio.run(story())
