# SPDX-License-Identifier: Apache-2.0
"""A log that cannot be written costs lines, and never the node."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO, cast

import pytest
import structlog

from steerclear.client import NodeClient
from steerclear.node.log_lines import LogLines

if TYPE_CHECKING:
    from tests.node.conftest import Nodes


class Full(io.StringIO):
    """A stream with no room until it is made."""

    has_room = False

    def write(self, text: str) -> int:
        if not self.has_room:
            raise OSError(28, "No space left on device")
        return super().write(text)


def test_lines_that_find_no_room_are_counted_and_said_when_there_is_some() -> None:
    stream = Full()
    lines = LogLines(stream)
    assert lines.writable()
    print("one\ntwo", file=lines, flush=True)
    assert lines.lost == 2
    stream.has_room = True
    print("three", file=lines, flush=True)
    said, third = stream.getvalue().splitlines()
    assert json.loads(said) == {"event": "log-lines-lost", "lines": 2}
    assert (third, lines.lost) == ("three", 0)
    lines.write("no end")
    assert "no end" not in stream.getvalue(), "whole lines alone"
    lines.write(" yet\n")
    assert stream.getvalue().endswith("three\nno end yet\n")


def test_a_stream_that_was_closed_stops_nobody_either() -> None:
    stream = io.StringIO()
    stream.close()
    lines = LogLines(stream)
    print("gone", file=lines)
    assert lines.lost == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_telling_of_a_fault_is_no_fault() -> None:
    full = Path("/dev/full").open("w", encoding="utf-8", buffering=1)  # noqa: SIM115 - closing it fails, too
    lines = LogLines(full)
    structlog.PrintLoggerFactory(cast("TextIO", lines))().msg("line-failed")
    assert lines.lost == 1
    with pytest.raises(OSError, match="No space left"):
        full.close()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_a_node_whose_log_finds_no_room_serves_its_people(nodes: Nodes) -> None:
    """Its peers do not run: each call in vain is told to the log, and that must not end the node."""
    home = nodes.path("TUR")
    command = [sys.executable, "-m", "steerclear.cli", "serve", "--node", str(home), "--unencrypted"]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=full, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("TUR serves its peers")
        with NodeClient(home) as node:
            for _ in range(20):
                assert {line.state for line in node.status().lines} == {"never heard"}
        assert process.poll() is None
    finally:
        process.terminate()
        process.communicate(timeout=30)
