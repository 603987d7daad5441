# SPDX-License-Identifier: Apache-2.0
"""Is a node one process that holds its folder, ends politely, and never says filed when it cannot write?"""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from tests.node.conftest import Nodes, holds

from steerclear.cli.demo.nodes import Scene, area, until
from steerclear.client import NodeClient
from steerclear.errors import NotKept
from steerclear.services.requests import FileNotices


def test_a_second_process_is_refused_the_folder(running: Nodes) -> None:
    said = running.serve_again("TUR")
    assert said.status == 4
    assert "node-locked" in said.err


def test_the_socket_is_for_this_user_alone(running: Nodes) -> None:
    mode = (running.path("TUR") / "api.sock").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


def test_a_node_that_does_not_run_is_3_with_the_remedy(running: Nodes) -> None:
    said = running.run("status", node="ISR")
    assert said.status == 3
    assert "node-not-running" in said.err
    assert "steerclear serve --node" in said.err


def test_every_look_is_one_json_document(running: Nodes) -> None:
    assert running.run("inbox", "--json", node="TUR").document["member"] == "TUR"
    assert running.run("status", "--json", node="TUR").document["mechanism"] == running.scene.mechanism


def test_it_ends_politely_and_takes_its_socket_with_it(nodes: Nodes) -> None:
    nodes.scene.start("TUR")
    assert nodes.end_politely("TUR") == 0
    assert not (nodes.path("TUR") / "api.sock").exists()
    verified = nodes.run("verify", str(nodes.path("TUR") / "node.db"), "--json")
    assert verified.status == 0
    assert verified.document["verified"] is True


def test_the_record_travels_by_hand(nodes: Nodes, tmp_path: Path) -> None:
    nodes.scene.start("TUR", "ISR", "AZE")
    until("the founder's log has arrived", holds, nodes.scene, "TUR", "AZE", "ISR")
    carried = tmp_path / "a.bundle"
    assert nodes.run("bundle", "save", "--node", str(nodes.path("TUR")), str(carried)).status == 0
    assert nodes.run("verify", str(carried)).status == 0
    loaded = nodes.run("bundle", "load", "--json", "--node", str(nodes.path("ISR")), str(carried))
    assert loaded.status == 0, loaded.err


@pytest.mark.skipif(os.geteuid() != 0, reason="a small file system is mounted, which only root may")
def test_a_full_disk_files_nothing_and_says_so(nodes: Nodes, tmp_path: Path) -> None:
    """The node's folder moves to a file system of 40 MB, which is then filled to the last byte."""
    home = nodes.path("TUR")
    aside = tmp_path / "aside"
    home.rename(aside)
    home.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(home)], check=True)
    try:
        subprocess.run(["cp", "-a", f"{aside}/.", str(home)], check=True)
        _fill_and_file(nodes.scene, home)
    finally:
        nodes.scene.stop("TUR")
        subprocess.run(["umount", str(home)], check=True)


def _fill_and_file(scene: Scene, home: Path) -> None:
    scene.start("TUR", "AZE")
    until("the host's keys have arrived", holds, scene, "TUR", "AZE")
    filler = home / "filler"
    with scene.node("TUR") as node:
        _fill(filler)
        draft = FileNotices(desk="air", geojson=area("tur-survey"), level="L1")
        filed, refused = _file_until_refused(node, draft)
        assert refused.code == "store-full"
        status = node.status()
        assert len(status.notices) == filed
        assert not status.accepting
        assert "store-full" in (status.because or "")
        filler.unlink()
        assert node.do(draft)[0].kind == "notice.file"
        assert node.status().accepting


def _file_until_refused(node: NodeClient, draft: FileNotices) -> tuple[int, NotKept]:
    """The last pages of the write-ahead log may still have room for a few."""
    filed = 0
    for _ in range(50):
        try:
            filed += len(node.do(draft))
        except NotKept as refused:
            return filed, refused
    raise AssertionError("the disk is full and everything was filed")


def _fill(path: Path) -> None:
    with path.open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(b"\0" * 4_096)
        except OSError:
            return
