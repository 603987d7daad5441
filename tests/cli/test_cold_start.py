# SPDX-License-Identifier: Apache-2.0
"""Does a command that screens nothing start without the compiler?

Loading numba takes a third of a second and 40 MB, so nothing imports it but what screens.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from steerclear.cli.app import COMMANDS

ENDED_WITH_NUMBA = """
import sys
from steerclear.cli.app import main
for arguments in {calls!r}:
    sys.argv = ["steerclear", *arguments]
    try:
        main()
    except SystemExit:
        pass
    assert "numba" not in sys.modules, f"steerclear {{' '.join(arguments)}} imported numba"
print("none of them")
"""


def without_numba(*calls: tuple[str, ...]) -> None:
    program = ENDED_WITH_NUMBA.format(calls=calls)
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert ended.stdout.endswith("none of them\n"), ended.stderr[-2_000:]


def test_no_help_imports_the_compiler() -> None:
    without_numba(("--help",), ("--version",), *((name, "--help") for name in COMMANDS))


def test_looking_and_making_a_node_import_no_compiler(tmp_path: Path) -> None:
    node, absent = str(tmp_path / "node"), str(tmp_path / "absent")
    without_numba(
        ("status", "--node", absent),
        ("inbox", "--node", absent),
        ("file", "--node", absent, "--desk", "air", "nothing.geojson"),
        ("doctor", "--node", absent),
        ("verify", absent),
        ("init", "-n", node, "-d", "air", "-m", "TUR", "--listen", "127.0.0.1:7443", "--unencrypted"),
    )
    assert (tmp_path / "node").is_dir(), "the node was made"
