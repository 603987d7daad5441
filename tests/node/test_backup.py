# SPDX-License-Identifier: Apache-2.0
"""Does a running node back itself up under load, and does what comes back go on with one history?"""

from __future__ import annotations

import shutil
import threading
from typing import Any

from steerclear.cli.demo.nodes import area, until
from steerclear.client import NodeClient
from steerclear.services.requests import CallStop, FileNotices

SURVEY = FileNotices(desk="air", geojson=area("tur-survey"), level="L1")


def test_a_node_is_backed_up_under_load_and_comes_back_with_one_history(nodes: Any, tmp_path: Any) -> None:
    nodes.scene.start("TUR", "AZE")
    home, backup = nodes.path("TUR"), tmp_path / "backup"
    ended = threading.Event()
    filed: list[int | None] = []

    def file_on() -> None:
        with NodeClient(home) as node:
            while not ended.is_set():
                filed.extend(one.seq for one in node.do(SURVEY))

    until("the host's keys have arrived", _knows, nodes, "TUR", "AZE")
    filing = threading.Thread(target=file_on)
    filing.start()
    refused = nodes.run("backup", str(backup), "--json", node="TUR")
    done = nodes.run("backup", str(backup), "--unencrypted", "--json", node="TUR")
    ended.set()
    filing.join()
    assert (refused.status, refused.document["code"]) == (4, "backup-bare-keys")
    assert done.status == 0, done.err
    held = done.document["backup"]["logs"]["TUR"][1]
    assert done.document["openings"] > 0
    assert nodes.run("verify", str(backup / "node.db")).status == 0
    with NodeClient(home) as node:
        last = node.do(SURVEY)[-1]
    until("the host holds it", lambda: _size(nodes, "AZE", "TUR") > (last.seq or 0))
    assert held <= (last.seq or 0)
    _come_back(nodes, backup, size=(last.seq or 0) + 1)


def _come_back(nodes: Any, backup: Any, *, size: int) -> None:
    """The folder is lost, the machine with it; what was written after the backup only the host has."""
    home = nodes.path("TUR")
    nodes.scene.kill("TUR")
    nodes.scene.kill("AZE")
    shutil.rmtree(home)
    again = nodes.run("restore", str(backup), "--unencrypted", node="TUR")
    assert again.status == 0, again.err
    assert "Make sure that the lost node is off" in again.out
    over = nodes.run("restore", str(backup), "--unencrypted", "--json", node="TUR")
    assert (over.status, over.document["code"]) == (4, "node-exists")
    nodes.scene.start("TUR")
    with NodeClient(home) as node:
        assert not node.status().accepting
        (stop,) = node.do(CallStop(desk="air", place="T4", seen="fire", basis="unsure"))
        assert stop.seq is None, "nobody is reachable, and STOP goes out all the same"
    confirmed = nodes.run("confirm-log", "--reason", "a test", "--json", node="TUR")
    assert (confirmed.status, confirmed.document["code"]) == (4, "own-log-behind")
    nodes.scene.start("AZE")
    until("the host has given back what is missing", lambda: _size(nodes, "TUR", "TUR") >= size)
    with NodeClient(nodes.path("AZE")) as host:
        until("the STOP has come", lambda: any(one.id == stop.id for one in host.status().stops))


def _knows(nodes: Any, member: str, other: str) -> bool:
    return _size(nodes, member, other) > 3


def _size(nodes: Any, member: str, of: str) -> int:
    with nodes.scene.node(member) as node:
        return next(int(log.size) for log in node.status().logs if log.member == of)
