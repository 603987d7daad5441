# SPDX-License-Identifier: Apache-2.0
"""The disk beneath a node goes bad: does the node notice at its next reading, and ``verify`` at any time?"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.node.conftest import Nodes, holds

from steerclear.cli.demo.nodes import until
from steerclear.errors import NotKept
from steerclear.services.requests import CallStop
from steerclear.services.verify import verify_path
from steerclear.store.sqlite import SqliteStore

STOP = CallStop(desk="ground", place="35.26N 40.13E", seen="bursts", basis="own-forces")


def leaf_of(database: Path, seq: int) -> bytes:
    with SqliteStore(database, None, read_only=True) as store:
        return next(store.leaves("TUR", 0, seq, seq + 1))


def flip_a_bit_of(leaf: bytes, folder: Path) -> None:
    """Wherever these bytes lie: in the database, and in the log that is not carried over yet."""
    part, flipped = leaf[-80:-20], 0  # of its signature, which no other leaf has
    for path in (folder / "node.db", folder / "node.db-wal"):
        data = path.read_bytes() if path.exists() else b""
        at = data.find(part)
        while at >= 0:
            with path.open("r+b") as file:
                file.seek(at)
                file.write(bytes([data[at] ^ 1]))
            flipped += 1
            at = data.find(part, at + 1)
    assert flipped


def test_a_running_node_finds_a_flipped_bit_at_its_next_reading(nodes: Nodes) -> None:
    folder = nodes.path("TUR")
    nodes.scene.start("TUR")
    with nodes.scene.node("TUR") as node:
        assert node.replica()
        flip_a_bit_of(leaf_of(folder / "node.db", 5), folder)
        node.do(STOP)  # what the node had in memory of the file is out of date now
        with pytest.raises(NotKept) as found:
            node.replica()
    assert found.value.code == "store-corrupt"
    assert "TUR/0/5" in found.value.what

    said = nodes.run("verify", str(folder / "node.db"), "--json")
    assert said.status != 0
    assert "store-corrupt" in said.err
    assert "TUR/0/5" in said.err


def test_a_node_whose_disk_lost_a_bit_does_not_start_and_says_why(nodes: Nodes) -> None:
    folder = nodes.path("TUR")
    flip_a_bit_of(leaf_of(folder / "node.db", 3), folder)
    said = nodes.serve_again("TUR")
    assert said.status != 0
    assert "store-corrupt" in said.err
    assert "TUR/0/3" in said.err


def test_a_database_that_is_older_than_its_mark_is_found_by_verify(nodes: Nodes) -> None:
    """As after a last transaction that the disk spoiled behind a crash: whole in itself, and too short."""
    folder = nodes.path("TUR")
    before = (folder / "node.db").read_bytes()
    nodes.scene.start("TUR", "AZE")
    until("the host's log has arrived", holds, nodes.scene, "TUR", "AZE")
    with nodes.scene.node("TUR") as node:
        assert node.do(STOP)[0].seq is not None
    nodes.end_politely("TUR")
    assert verify_path(folder / "node.db").is_verified
    (folder / "node.db").write_bytes(before)
    report = verify_path(folder / "node.db")
    assert [remark.code for remark in report.failures] == ["log-short-of-mark"]
