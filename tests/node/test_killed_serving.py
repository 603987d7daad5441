# SPDX-License-Identifier: Apache-2.0
"""A whole node is killed while clients file at it: is everything that it told them there when it is back?"""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.effort import effort
from tests.node.conftest import holds

from steerclear.cli.demo.nodes import Scene, area, until
from steerclear.client import NodeClient
from steerclear.errors import SteerclearError, Unreachable
from steerclear.record.leaf import parse_leaf
from steerclear.record.merkle import leaf_hash, tree_root
from steerclear.services.answers import Receipt
from steerclear.services.requests import CallStop, FileNotices
from steerclear.services.verbs import Request
from steerclear.services.verify import verify_path
from steerclear.store.highwater import HighWater
from steerclear.store.sqlite import SqliteStore

KILLS_A_SCENE = 25
"""Every start verifies the logs from their first entry; then a new mechanism begins."""

NOTICE: Request = FileNotices(desk="air", geojson=area("tur-survey"), level="L1")


def a_stop(number: int) -> Request:
    """Each far from the others: calls that are near in place and time are one alarm."""
    place = f"{33 + 0.8 * (number // 5 % 5):.1f}N {36 + 1.2 * (number % 5):.1f}E"
    return CallStop(desk="ground", place=place, seen="bursts", basis="own-forces")


class Filer(threading.Thread):
    """A client that makes its requests one after the other until the node is gone.

    ``told``     the receipts it was given
    ``refused``  what the node refused meanwhile, by code
    """

    def __init__(self, folder: Path, requests: Iterable[Request]) -> None:
        super().__init__()
        self.told: list[Receipt] = []
        self.refused: list[str] = []
        self._folder, self._requests = folder, requests

    def run(self) -> None:
        with NodeClient(self._folder) as node:
            for request in self._requests:
                try:
                    self.told += node.do(request)
                except Unreachable:
                    return
                except SteerclearError as error:
                    self.refused.append(error.code)


@pytest.mark.parametrize("half", ["first", "second"])
def test_a_node_killed_under_load_has_all_that_it_told_its_clients(half: str) -> None:
    dice = random.Random(f"killed serving {half}")
    kills = effort(test=1, ci=25, soak=500)
    told = 0
    for first in range(0, kills, KILLS_A_SCENE):
        with Scene() as scene:
            scene.found()
            scene.start("AZE", "TUR")
            until("the host's keys have arrived", holds, scene, "TUR", "AZE")
            for number in range(first, min(first + KILLS_A_SCENE, kills)):
                told += _killed_once(scene, number, filed=dice.randint(1, 12), then_s=dice.uniform(0, 0.2))
    assert told >= kills


def _killed_once(scene: Scene, number: int, *, filed: int, then_s: float) -> int:
    """Kill the node ``then_s`` after its clients were told of ``filed`` things; how many that were in all."""
    folder = scene.path("TUR")
    filers = [
        Filer(folder, itertools.repeat(NOTICE)),
        Filer(folder, itertools.repeat(NOTICE)),
        Filer(folder, [a_stop(number)]),
    ]
    for filer in filers:
        filer.start()
    until(f"{filed} things are filed", lambda: sum(len(filer.told) for filer in filers) >= filed)
    time.sleep(then_s)
    scene.kill("TUR")
    for filer in filers:
        filer.join()
    assert [filer.refused for filer in filers] == [[], [], []]
    told = [receipt for filer in filers for receipt in filer.told]
    _check_disk(folder, told)
    scene.start("TUR")
    _check_node(scene, told)
    return len(told)


def _check_disk(folder: Path, told: list[Receipt]) -> None:
    report = verify_path(folder / "node.db")
    assert report.is_verified, report.failures
    with SqliteStore(folder / "node.db", None, read_only=True) as store:
        leaves = list(store.leaves("TUR", 0))
    hashes = [leaf_hash(leaf) for leaf in leaves]
    for receipt in told:
        assert receipt.seq is not None
        assert parse_leaf(leaves[receipt.seq]).statement_id == receipt.id
        assert tree_root(hashes[: receipt.seq + 1]).hex() == receipt.root
    mark = HighWater(folder / "high-water").read()
    assert mark is not None
    assert max((receipt.seq or 0 for receipt in told), default=0) < mark.size <= len(leaves)
    assert tree_root(hashes[: mark.size]).hex() == mark.root


def _check_node(scene: Scene, told: list[Receipt]) -> None:
    """What the node itself says once it is back, and that it files again."""
    with scene.node("TUR") as node:
        status = node.status()
        assert {one.ref for one in told if one.kind == "notice.file"} <= {one.ref for one in status.notices}
        assert {one.id for one in told if one.kind == "stop.call"} <= {one.id for one in status.stops}
        assert node.do(NOTICE)[0].seq is not None
