# SPDX-License-Identifier: Apache-2.0
"""``steerclear verify`` on a record that takes long: how many look at it, and what is said meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.record.conftest import World

from steerclear.cli import verifying
from steerclear.record import write_replica


def told(replica: Path, *words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "steerclear.cli", "verify", str(replica), *words],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_any_number_of_processes_says_the_same(tmp_path: Path) -> None:
    world = World().begin().talk(260)
    replica = tmp_path / "replica"
    write_replica(replica, world.charter, world.replica())
    code, alone, _ = told(replica, "--json")
    assert code == 0
    assert json.loads(alone)["verified"]
    assert told(replica, "--json", "--processes", "2") == (0, alone, "")
    code, _, refused = told(replica, "--processes", "0")
    assert code == 2
    assert "--processes" in refused


def test_a_log_file_is_told_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    ticks = verifying._Ticks()
    for done in (1, 99_999, 100_100, 150_000, 412_000, 499_999):
        ticks.tell(done)
    ticks.end()
    assert capsys.readouterr().err == "100,100 entries checked\n412,000 entries checked\n"
