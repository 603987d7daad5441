# SPDX-License-Identifier: Apache-2.0
"""Does the main job run, end by itself, and leave nothing behind?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path


def test_the_demo_plays_to_its_end_and_leaves_nothing(short_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "steerclear.cli", "demo", "--headless", "--json"],
        capture_output=True, text=True, timeout=240, check=False,
        env={**os.environ, "TMPDIR": str(short_folder)},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["verified"] is True
    assert summary["annexes_in_force"] == 17
    assert summary["rungs_called_before_answer"] == 3
    assert 2 <= summary["minutes_to_authority"] <= 6
    assert set(summary["entries_verified"]) == {"TUR", "ISR", "AZE"}
    assert len(set(summary["entries_verified"].values())) == 1
    assert list(short_folder.iterdir()) == []
    assert not _processes_in(short_folder)


def test_the_story_plays_with_a_host_that_reads_no_plan(short_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "steerclear.cli", "demo", "--headless", "--blind", "--json"],
        capture_output=True, text=True, timeout=600, check=False,
        env={**os.environ, "TMPDIR": str(short_folder)},
    )  # fmt: skip

    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["verified"] is True
    assert summary["annexes_in_force"] == 17
    assert list(short_folder.iterdir()) == []


def _processes_in(folder: Path) -> list[str]:
    """Command lines that name the folder: a node that was left behind."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            line = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended since
        if str(folder) in line:
            found.append(line)
    return found
