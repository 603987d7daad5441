# SPDX-License-Identifier: Apache-2.0
"""A process that writes its log is killed at random points: is all that it acknowledged there, and verified?

One process loads the product once and forks a writer for each life; what the writer says through the pipe is
what anybody could have relied on. SIGKILL leaves it no moment to tidy up.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest
from tests.effort import effort

from steerclear.cli.demo.nodes import Scene
from steerclear.record.merkle import leaf_hash, tree_root
from steerclear.services.verify import verify_path
from steerclear.store.highwater import HighWater
from steerclear.store.sqlite import SqliteStore

LIVES_A_NODE = 25
"""A log grows with every life and is verified after each; then the next node begins."""

FORKER = """
import faulthandler, os, sys
from pathlib import Path
from steerclear.formats.places import Gazetteer
from steerclear.links.clock import DrillClock
from steerclear.links.keystore import FileKeystore
from steerclear.links.randomness import SystemRandomness
from steerclear.mechanism.bodies.exchange import VoiceLog
from steerclear.model.member import MemberId
from steerclear.node import Unencrypted, compose, read_settings
from steerclear.record.charter import parse_charter
from steerclear.services.speak import by_node, draft
from steerclear.store.highwater import HighWater
from steerclear.store.sqlite import SqliteStore

PLACES = Gazetteer.load()  # once for all lives

def said(ledger, gist):
    body = VoiceLog(speaker=MemberId("TUR"), listener=MemberId("ISR"), said_at=ledger.now(), gist=gist,
                    read_back=True, about=None, stands_for=None)
    return draft(ledger, body, voice=by_node())

def write_for_ever(folder):
    settings, random = read_settings(folder), SystemRandomness()
    drill = settings.drill_time
    keys = FileKeystore(folder / "keys", Unencrypted(), random.bytes)
    with SqliteStore(folder / "node.db", keys.storage_key()) as store:
        ledger = compose(
            parse_charter(store.charter()), settings.member, store=store, keys=keys, randomness=random,
            clock=DrillClock(origin=drill.origin, speed=drill.speed, started=drill.started),
            high_water=HighWater(folder / "high-water"), places=PLACES,
        ).ledger
        while True:
            size = ledger.own.size
            batch = [said(ledger, "as heard " * (1 + size % 40)) for _ in range(1 + size % 3)]
            for filed in ledger.append(batch):
                os.write(1, b"filed %d %s\\n" % (filed.seq, filed.root.encode()))

for line in sys.stdin:
    child = os.fork()
    if child == 0:
        faulthandler.dump_traceback_later(60, exit=True)  # one that hangs says where, and is a failure
        write_for_ever(Path(line.strip()))
    os.write(1, b"born %d\\n" % child)
    _, status = os.waitpid(child, 0)
    os.write(1, b"ended %d\\n" % status)
"""


@dataclass
class Life:
    """What one writer acknowledged before it was killed: the root of its log with each entry."""

    filed: dict[int, str] = field(default_factory=dict)


class Forker:
    """The process that has loaded the product, and forks."""

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-c", FORKER],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()

    def live(self, folder: Path, *, entries: int, then_s: float) -> Life:
        """A writer lives until it has filed ``entries``, and as long again as ``then_s``."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{folder}\n")
        born = self._said()
        assert born[0] == "born", "a writer ended by itself"
        life = Life()
        while len(life.filed) < entries:
            self._heard(life)
        time.sleep(then_s)
        os.kill(int(born[1]), signal.SIGKILL)
        while not self._heard(life):
            pass
        return life

    def _heard(self, life: Life) -> bool:
        """Whether the writer has ended; it must have been killed."""
        words = self._said()
        if words[0] == "filed":
            life.filed[int(words[1])] = words[2]
            return False
        assert words == ["ended", str(int(signal.SIGKILL))], f"the writer was not killed: {words}"
        return True

    def _said(self) -> list[str]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the process that forks has ended"
        return line.split()


@pytest.fixture(scope="module")
def forker() -> Iterator[Forker]:
    with Forker() as forker:
        yield forker


@pytest.mark.parametrize("part", ["first", "second", "third"])
def test_a_writer_killed_at_random_points_loses_nothing_that_it_acknowledged(
    part: str, forker: Forker
) -> None:
    dice = random.Random(f"killed {part}")
    lives = acknowledged = 0
    while lives < effort(test=4, ci=150, soak=3_400):
        with Scene() as scene:
            scene.found()
            for member in ("TUR", "ISR", "AZE"):
                for _ in range(effort(test=2, ci=LIVES_A_NODE, soak=LIVES_A_NODE)):
                    acknowledged += _one_life(scene.path(member), member, forker, dice)
                    lives += 1
    assert acknowledged > lives


def _one_life(folder: Path, member: str, forker: Forker, dice: random.Random) -> int:
    before = len(_leaves(folder, member))
    entries = dice.choice([0, 1, 1, 2, 3, 4])
    # Without an entry it is killed somewhere on its way to the first: while it opens and verifies its log.
    life = forker.live(folder, entries=entries, then_s=dice.uniform(0, 0.03 if entries else 0.15))
    leaves = _leaves(folder, member)
    mark = HighWater(folder / "high-water").read()

    report = verify_path(folder / "node.db")
    assert report.is_verified, report.failures
    # It went on where the life before ended: nothing was rewritten, and nothing left out.
    assert not life.filed or min(life.filed) == before
    for seq, root in life.filed.items():
        assert tree_root(leaves[: seq + 1]).hex() == root
    assert mark is not None
    assert max(life.filed, default=0) + 1 <= mark.size <= len(leaves)
    assert tree_root(leaves[: mark.size]).hex() == mark.root
    return len(life.filed)


def _leaves(folder: Path, member: str) -> list[bytes]:
    """The hashes of all entries of the own log, as the disk has them now."""
    with SqliteStore(folder / "node.db", None, read_only=True) as store:
        return [leaf_hash(leaf) for leaf in store.leaves(member, 0)]
