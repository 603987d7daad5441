# SPDX-License-Identifier: Apache-2.0
"""How every command ends: its status, its words on stderr, its JSON on stdout."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from steerclear.cli.app import COMMANDS, root

STEERCLEAR = [sys.executable, "-c", "from steerclear.cli import main; main()"]


def run(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    """``steerclear`` as a process of its own."""
    return subprocess.run([*STEERCLEAR, *arguments], capture_output=True, timeout=60, check=False)


def python(program: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=False)


HELP_AND_WHAT_IT_LOADED = """
import sys
from steerclear.cli.app import root
try:
    root(["--help"])
except SystemExit as end:
    heavy = {"numpy", "numba", "rich", "fastapi", "httpx", "pydantic", "cryptography"} & set(sys.modules)
    print(end.code, sorted(heavy), file=sys.stderr)
"""


def test_help_lists_every_command_without_importing_one() -> None:
    ended = python(HELP_AND_WHAT_IT_LOADED)
    assert ended.stderr.decode().strip() == "0 []"
    listed = ended.stdout.decode()
    assert all(name in listed for name in COMMANDS)


def test_the_installed_script_is_this_app() -> None:
    ended = run("--version")
    assert ended.returncode == 0
    assert ended.stdout.startswith(b"steerclear ")


@pytest.mark.parametrize(
    "arguments", [[], ["no-such-command"], ["screen"], ["screen", "--no-such-option", "x"], ["--no-such"]]
)
def test_a_usage_error_is_2_and_says_where_help_is(arguments: list[str]) -> None:
    ended = CliRunner().invoke(root, arguments)
    assert ended.exit_code == 2
    assert "--help" in ended.output


def test_a_mistyped_command_is_guessed_at() -> None:
    assert "Did you mean “screen”?" in CliRunner().invoke(root, ["scren"]).stderr


def test_an_error_is_words_on_stderr() -> None:
    ended = run("screen", "gone.geojson")
    assert ended.returncode == 2
    assert ended.stdout == b""
    assert ended.stderr.decode().splitlines() == [
        "input-unreadable: The file cannot be read: No such file or directory.",
        "  where:  gone.geojson",
        "  remedy: Check the name, and that you may read it.",
    ]


def test_an_error_with_json_is_a_problem_document_on_stdout_as_well() -> None:
    ended = run("screen", "gone.geojson", "--json")
    assert ended.returncode == 2
    problem = json.loads(ended.stdout)
    assert problem["code"] == "input-unreadable"
    assert problem["type"] == "urn:steerclear:error:input-unreadable"
    assert problem["remedy"]
    assert problem["where"] == "gone.geojson"
    assert ended.stderr.startswith(b"input-unreadable: ")


def test_a_name_that_would_steer_the_terminal_is_spelled_out(tmp_path: Path) -> None:
    path = tmp_path / "a\x1b[2Jb.geojson"
    path.write_bytes(b"{")
    ended = run("screen", str(path))
    assert ended.returncode == 2
    assert b"\x1b" not in ended.stderr
    assert b"\\u001b" in ended.stderr


def test_a_reader_that_went_away_is_quiet(many_conflicts: Callable[[int], Path]) -> None:
    process = subprocess.Popen(
        [*STEERCLEAR, "screen", str(many_conflicts(60))], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    words = process.stderr.read()
    process.stderr.close()
    assert process.wait(60) == 141
    assert words == b""


INTERRUPTED_WHILE_READING = """
import signal, sys
from types import SimpleNamespace
from steerclear.cli import main

# A process that was started in the background may have been told to ignore the interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

def interrupted(size):
    signal.raise_signal(signal.SIGINT)
    return b""

sys.stdin = SimpleNamespace(buffer=SimpleNamespace(read=interrupted))
sys.argv = ["steerclear", "screen", "-"]
main()
"""


def test_an_interrupt_is_quiet_and_130() -> None:
    ended = python(INTERRUPTED_WHILE_READING)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")
