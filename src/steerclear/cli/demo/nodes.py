# SPDX-License-Identifier: Apache-2.0
"""Three node processes with their own databases, keys and certificates, in a folder that goes with them."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path
from types import TracebackType
from typing import Final, ParamSpec, Self, TypeVar

from steerclear.client import NodeClient
from steerclear.errors import Unreachable
from steerclear.formats.area import read_area
from steerclear.model.member import MemberId, Role
from steerclear.node import Settings, Unencrypted, begin, create_node, drill_time, forget_machine
from steerclear.record.charter import Charter, mechanism_of
from steerclear.services.found import charter_of, theatre_corners

__all__ = ["DESKS", "HOST", "PARTIES", "SPEED", "Scene", "area", "until"]

PARTIES: Final = (MemberId("TUR"), MemberId("ISR"))
HOST: Final = MemberId("AZE")
DESKS: Final = ("air", "ground", "sea")
SPEED: Final = 60.0
"""A minute of the mechanism is a second of the reader's."""

OPENS_AT: Final = "2025-04-10T05:00:00Z"
PATIENCE_S: Final = 90.0

P = ParamSpec("P")
T = TypeVar("T")


def area(name: str) -> str:
    """A GeoJSON file that ships with the demo."""
    return (resources.files("steerclear.cli.demo") / "areas" / f"{name}.geojson").read_text(encoding="utf-8")


def until(what: str, look: Callable[P, T | None], *args: P.args, **named: P.kwargs) -> T:
    """Ask again until there is an answer that is not empty. Raises ``Unreachable`` (``demo-stalled``)."""
    patience_ends = time.monotonic() + PATIENCE_S
    while time.monotonic() < patience_ends:
        found = look(*args, **named)
        if found:
            return found
        time.sleep(0.05)
    raise Unreachable(
        "demo-stalled",
        f"Within {PATIENCE_S:.0f} s it did not happen that {what}.",
        remedy="Try again on a machine that is less busy; if it happens again, report it.",
    )


class Scene:
    """The nodes of one demo. Leaving it ends every process and removes every file."""

    def __init__(self) -> None:
        # A Unix socket's path must be short, so the folder lies directly below the temporary one.
        self.folder = Path(tempfile.mkdtemp(prefix="steerclear-"))
        self.charter: Charter | None = None
        self._processes: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            if process.poll() is None:
                process.kill()
            _wait(process)
        for keys in self.folder.glob("*/keys"):
            forget_machine(keys.parent, Unencrypted())
        shutil.rmtree(self.folder)

    @property
    def mechanism(self) -> str:
        assert self.charter is not None  # noqa: S101 - the story founds before it asks
        return mechanism_of(self.charter)

    def found(self) -> Charter:
        """Make the three nodes, and found a mechanism that is marked as a drill."""
        clock = drill_time(OPENS_AT, None, SPEED)
        ports = _free_ports(len(PARTIES) + 1)
        cards = [
            create_node(
                self.path(member),
                settings=Settings(member, "127.0.0.1", port, clock),
                role=Role.HOST if member == HOST else Role.PARTY,
                desks=DESKS,
                addresses=[f"https://127.0.0.1:{port}"],
                protection=Unencrypted(),
            )
            for member, port in zip((*PARTIES, HOST), ports, strict=True)
        ]
        corners = theatre_corners(read_area(area("theatre").encode(), where="theatre"))
        self.charter = charter_of(cards, name="Baku channel (demo)", drill=True, theatre=corners)
        for member in (HOST, *PARTIES):
            begin(self.path(member), self.charter, Unencrypted(), founds=member == HOST)
        return self.charter

    def open_consoles(self) -> None:
        """Each node answers a browser too, from its next start on. Passkeys refuse bare addresses."""
        members = (*PARTIES, HOST)
        for member, port in zip(members, _free_ports(len(members)), strict=True):
            with (self.path(member) / "steerclear.toml").open("a", encoding="utf-8") as settings:
                settings.write(f'\n[console]\nlisten = "127.0.0.1:{port}"\n')

    def invite(self) -> Mapping[str, str]:
        """A link to a place at each console, which works once."""
        return {
            "TUR, duty officer": self._link(PARTIES[0], "duty-officer", "air"),
            "ISR, duty officer": self._link(PARTIES[1], "duty-officer", "air"),
            "AZE, host": self._link(HOST, "host", None),
        }

    def _link(self, member: str, role: str, desk: str | None) -> str:
        with self.node(member) as node:
            return node.invite(role, desk).link

    def path(self, member: str) -> Path:
        return self.folder / member.lower()

    def start(self, *members: str) -> None:
        """Start node processes, and wait until each says that it serves."""
        for member in members:
            log = self.path(member) / "log"
            with log.open("a", encoding="utf-8") as stderr:
                self._processes[member] = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
                    [sys.executable, "-m", "steerclear.cli", "serve", "--node", str(self.path(member)),
                     "--unencrypted", "--json"],
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=stderr, text=True,
                )  # fmt: skip
        for member in members:
            self._wait_ready(member)

    def kill(self, member: str) -> None:
        """As a power cut would: no farewell, nothing flushed."""
        self._processes[member].kill()
        _wait(self._processes[member])

    def stop(self, *members: str) -> None:
        for member in members:
            self._processes[member].terminate()
        for member in members:
            _wait(self._processes[member])

    def is_up(self, member: str) -> bool:
        process = self._processes.get(member)
        return process is not None and process.poll() is None

    def node(self, member: str) -> NodeClient:
        return NodeClient(self.path(member))

    def _wait_ready(self, member: str) -> None:
        output = self._processes[member].stdout
        assert output is not None  # noqa: S101 - asked for above
        words = ""
        while line := output.readline():
            words += line
            with contextlib.suppress(json.JSONDecodeError):
                json.loads(words)
                return
        tail = (self.path(member) / "log").read_text(encoding="utf-8")[-800:]
        raise Unreachable(
            "demo-node-ended",
            f"The node of {member} ended before it served: {tail.strip() or words.strip()}",
            remedy="Run steerclear doctor.",
        )


def _wait(process: subprocess.Popen[str]) -> int:
    """Until it has ended, and let go of what it said."""
    status = process.wait(timeout=20)
    if process.stdout is not None:
        process.stdout.close()
    return status


def _free_ports(count: int) -> list[int]:
    """Ports that are free now; all are held until the last is found, so that no two are the same."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [place.getsockname()[1] for place in held]
    for place in held:
        place.close()
    return ports
