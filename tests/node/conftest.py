# SPDX-License-Identifier: Apache-2.0
"""Real node processes in a folder of their own, and the commands that speak to them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from steerclear.cli.demo.nodes import Scene, until


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        return json.loads(self.out)


@dataclass
class Nodes:
    """A founded mechanism of TUR, ISR and AZE; which of them run is the test's choice."""

    scene: Scene
    extra: list[subprocess.Popen[str]] = field(default_factory=list)

    def path(self, member: str) -> Path:
        return self.scene.path(member)

    def run(self, *words: str, node: str | None = None, given: str | None = None) -> Said:
        where = ["--node", str(self.path(node))] if node is not None else []
        done = subprocess.run(
            [sys.executable, "-m", "steerclear.cli", words[0], *where, *words[1:]],
            capture_output=True, text=True, input=given, timeout=60, check=False,
        )  # fmt: skip
        return Said(done.returncode, done.stdout, done.stderr)

    def notices(self, member: str) -> tuple[str, ...]:
        """What the node of ``member`` knows to be filed."""
        with self.scene.node(member) as node:
            return tuple(notice.ref for notice in node.status().notices)

    def serve_again(self, member: str) -> Said:
        return self.run("serve", "--unencrypted", node=member)

    def end_politely(self, member: str) -> int:
        process = self.scene._processes[member]
        process.send_signal(signal.SIGTERM)
        self.scene.stop(member)
        return process.returncode


def holds(scene: Scene, member: str, *others: str) -> bool:
    """Has the node of ``member`` the logs of these others?"""
    with scene.node(member) as node:
        sizes = {log.member: log.size for log in node.status().logs}
    return all(sizes[other] > 3 for other in others)


@pytest.fixture
def nodes() -> Iterator[Nodes]:
    with Scene() as scene:
        scene.found()
        yield Nodes(scene)


@pytest.fixture(scope="module")
def running() -> Iterator[Nodes]:
    """TUR and its host run; ISR does not: what a desk does must not wait for it."""
    with Scene() as scene:
        scene.found()
        scene.start("TUR", "AZE")
        until("the host's keys have arrived", holds, scene, "TUR", "AZE")
        yield Nodes(scene)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """Unix sockets have short paths, so the folder of a node lies directly below the temporary one."""
    folder = Path(tempfile.mkdtemp(prefix="sc-"))
    yield folder
    shutil.rmtree(folder)
