# SPDX-License-Identifier: Apache-2.0
"""How does a node stay up? Its listeners and its own work in one event loop, until a signal ends it.

NODE/api.sock   (0600)   the people of this machine
listen          (TLS)    the other members' nodes, each under its own certificate
[console]                people in a browser, with passkeys; over TLS, or on a loopback address
[machines]      (TLS)    programs of this side, each under its own certificate
"""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import socket
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Any, Final

import uvicorn

from steerclear.api.app import build_api
from steerclear.api.peers import build_peer_api
from steerclear.errors import BadInput, Unreachable
from steerclear.node import Node

__all__ = ["MOST_FILES", "serve", "take_files"]

LONGEST_SOCKET_PATH: Final = 100
"""sockaddr_un holds 108 bytes on Linux and less elsewhere (unix(7))."""


MOST_FILES: Final = 8_192
"""Each connection is one; many systems give a process 1,024 unless it asks (getrlimit(2))."""


class _Server(uvicorn.Server):
    """A server that leaves the signals to us: two of them share one process."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(node: Node, *, when_ready: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM. Raises ``Unreachable`` when an address cannot be had."""
    take_files()
    doors = _doors(node)
    servers = tuple(server for server, _ in doors)
    stop = _stop_on_signals(servers)
    work = asyncio.create_task(node.run(), name="node")
    listening = [
        asyncio.create_task(server.serve(sockets=[place]), name=f"listener {place.getsockname()}")
        for server, place in doors
    ]
    try:
        while not all(server.started for server in servers):
            _raise_failure([work, *listening])
            await asyncio.sleep(0.01)
        when_ready()
        await asyncio.wait([work, *listening, stop], return_when=asyncio.FIRST_COMPLETED)
        _raise_failure([work, *listening])
    finally:
        node.console.end()
        for server in servers:
            server.should_exit = True
        work.cancel()
        stop.cancel()
        await asyncio.gather(work, stop, *listening, return_exceptions=True)
        (node.folder / "api.sock").unlink(missing_ok=True)


def take_files() -> None:
    """As many files as the node may need, or as this user may have; never fewer than before."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = MOST_FILES if hard == resource.RLIM_INFINITY else min(MOST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


_QUIET: Final[dict[str, Any]] = {
    "lifespan": "off",
    "log_config": None,
    "access_log": False,
    "timeout_graceful_shutdown": 2,
}


_PATIENT: Final[dict[str, Any]] = {"timeout_keep_alive": 75}
"""Seconds. A connection that is closed as a request sets out loses it, and the caller cannot know whether."""


def _raise_failure(tasks: list[asyncio.Task[None]]) -> None:
    for task in tasks:
        if task.done() and not task.cancelled() and (error := task.exception()) is not None:
            raise error


def _doors(node: Node) -> list[tuple[_Server, socket.socket]]:
    """Every listener with the place that it listens at; all places are taken, or none."""
    with ExitStack() as taken:
        places = [
            taken.enter_context(closing(_local_socket(node.folder / "api.sock"))),
            taken.enter_context(closing(_tcp_socket(node.host, node.port))),
        ]
        configs = [
            uvicorn.Config(build_api(node), **_QUIET, **_PATIENT),
            uvicorn.Config(build_peer_api(node), **_QUIET, **node.peer_listener()),
        ]
        if (console := node.console.settings) is not None:
            places.append(taken.enter_context(closing(_tcp_socket(console.host, console.port))))
            configs.append(
                uvicorn.Config(build_api(node, "console"), **_QUIET, **_PATIENT, **node.console_listener())
            )
        if (machines := node.machines) is not None:
            places.append(taken.enter_context(closing(_tcp_socket(machines.host, machines.port))))
            configs.append(
                uvicorn.Config(build_api(node, "machines"), **_QUIET, **_PATIENT, **node.machine_listener())
            )
        taken.pop_all()
    return [(_Server(config), place) for config, place in zip(configs, places, strict=True)]


def _stop_on_signals(servers: tuple[_Server, ...]) -> asyncio.Task[bool]:
    asked = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        asked.set()
        for server in servers:
            server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    return asyncio.create_task(asked.wait(), name="signals")


def _local_socket(path: Path) -> socket.socket:
    """A Unix socket that only this user can reach, from its first moment on."""
    if len(os.fsencode(path)) > LONGEST_SOCKET_PATH:
        raise BadInput(
            "socket-path-too-long",
            f"The path of the node's socket has more than {LONGEST_SOCKET_PATH} bytes.",
            where=str(path),
            remedy="Move the node's folder to a shorter path.",
        )
    # The node's lock is held, so a socket that lies here belongs to a process that is gone.
    if path.exists() and stat.S_ISSOCK(path.stat().st_mode):
        path.unlink()
    place = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        place.bind(str(path))
    finally:
        os.umask(before)
    return place


def _tcp_socket(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port), reuse_port=False)
    except OSError as error:
        raise Unreachable(
            "address-not-free",
            f"The node cannot listen on {host}:{port}: {error.strerror}.",
            where=f"{host}:{port}",
            remedy="End what listens there, or change it in steerclear.toml; a new listen needs a new card.",
        ) from error
