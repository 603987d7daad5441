# SPDX-License-Identifier: Apache-2.0
"""Does ``steerclear play`` say what happened, and end with the status that it promises?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from steerclear.cli.app import root

PLAY = """play 1
# a short one
mechanism us-russia-2015 parties USA RUS host CHE day 2016-09-17 case rung=1,2
fact     something happened
claim USA  it was so
assumed  nothing
12:00 RUS air calls stop at 35.26N 40.13E basis civilians as s1
12:01 USA air rung {rung} acknowledges s1
[rung=1] 12:02 everyone sees minutes-to-authority of s1 unknown
[rung=2] 12:02 everyone sees minutes-to-authority of s1 = 1
"""


def written(folder: Path, text: str) -> str:
    path = folder / "short.play"
    path.write_text(text)
    return str(path)


def test_a_play_that_shows_what_it_expects_ends_with_0(tmp_path: Path) -> None:
    result = CliRunner().invoke(root, ["play", written(tmp_path, PLAY)])
    assert result.exit_code == 0
    assert "12:01:00Z    USA air rung 2: acknowledges s1" in result.stdout
    assert "claim USA: it was so" in result.stdout
    assert "s1: minutes to authority never" in result.stdout
    assert "s1: minutes to authority 1, minutes to halt never" in result.stdout
    assert "1 sights, as the play expects. Not permission;" in result.stdout


def test_a_play_that_does_not_ends_with_1_and_names_the_line(tmp_path: Path) -> None:
    wrong = PLAY.replace("unknown", "<= 1")
    result = CliRunner().invoke(root, ["play", written(tmp_path, wrong)])
    assert result.exit_code == 1
    assert "line 9: 12:02 everyone sees minutes-to-authority of s1 <= 1" in result.stdout
    assert "seen:     minutes-to-authority of s1 is unknown" in result.stdout


def test_one_case_alone(tmp_path: Path) -> None:
    result = CliRunner().invoke(root, ["play", written(tmp_path, PLAY), "--case", "rung=2", "--json"])
    (document,) = json.loads(result.stdout)
    assert (result.exit_code, document["case"], document["passed"]) == (0, {"rung": "2"}, True)
    assert document["figures"] == [
        {"stop": "s1", "minutes_to_authority": 1.0, "minutes_to_halt": None, "fires_after": 0}
    ]
    done = [event for event in document["events"] if event["sort"] == "done"]
    assert done[0] == {
        "at": "2016-09-17T12:00:00.000Z",
        "sort": "done",
        "who": "RUS air",
        "what": "calls stop at 35.26N 40.13E basis civilians as s1",
        "line": 7,
    }


def test_a_file_that_is_no_play_ends_with_2(tmp_path: Path) -> None:
    result = CliRunner().invoke(root, ["play", written(tmp_path, "dance 1\n"), "--json"])
    assert result.exit_code == 2
    assert json.loads(result.stdout)["code"] == "play-version"
    assert "play-version" in result.stderr


def test_what_is_not_there_ends_with_2(tmp_path: Path) -> None:
    for given, code in (
        ("no-such-play", "play-unknown"),
        (str(tmp_path / "none.play"), "play-unreadable"),
    ):
        result = CliRunner().invoke(root, ["play", given])
        assert (result.exit_code, code in result.stderr) == (2, True)


def test_a_case_that_is_not_there_ends_with_2(tmp_path: Path) -> None:
    path = written(tmp_path, PLAY)
    for choice, code in (("rung=9", "play-case-choice"), ("rung", "play-case-option")):
        result = CliRunner().invoke(root, ["play", path, "--case", choice])
        assert (result.exit_code, code in result.stderr) == (2, True)


def test_without_a_name_the_shipped_plays_are_listed() -> None:
    result = CliRunner().invoke(root, ["play"])
    assert result.exit_code == 0
    assert "deir-ez-zor-2016 " in result.stdout
    listed = json.loads(CliRunner().invoke(root, ["play", "--list", "--json"]).stdout)
    assert {"name", "title"} == set(listed[0])


def test_two_processes_say_the_same_to_the_byte(tmp_path: Path) -> None:
    """Nothing that is printed hangs on the order of a set."""
    command = [sys.executable, "-m", "steerclear.cli", "play", written(tmp_path, PLAY), "--json"]
    said = [
        subprocess.run(command, env={**os.environ, "PYTHONHASHSEED": seed}, capture_output=True, check=True)
        for seed in ("1", "2")
    ]
    assert said[0].stdout == said[1].stdout
