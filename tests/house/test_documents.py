# SPDX-License-Identifier: Apache-2.0
"""The documents do not point at what is not there: links resolve, and the commands that they show exist."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.main import get_command

from steerclear.cli.app import COMMANDS
from steerclear.cli.app import root as command_line

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


def broken_links(path: Path, text: str) -> Iterator[str]:
    """Relative links whose file or heading is missing."""
    prose = _FENCE.sub("", text)
    for match in _LINK.finditer(prose):
        target = match[1] or match[2]
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        there = path.parent / name if name else path
        if not there.exists():
            yield f"{path.name}: {target} is not there"
        elif anchor and there.suffix == ".md" and anchor not in _anchors(there.read_text(encoding="utf-8")):
            yield f"{path.name}: {target} has no such heading"


def _anchors(text: str) -> set[str]:
    """As the usual renderers make them: lower case, punctuation gone, blanks to hyphens."""
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        for heading in _HEADING.findall(text)
    }


def shown_commands(text: str) -> Iterator[list[str]]:
    """The words of every ``steerclear …`` line in a fenced block, continuation lines joined."""
    for block in _FENCE.findall(text):
        for line in block.replace("\\\n", " ").splitlines():
            match = re.match(r"\s*(?:\$ )?(?:\.venv/bin/)?steerclear( .*)?$", line)
            if match:
                yield shlex.split(re.split(r" [|>#] ?|;|&&", match[1] or "")[0], comments=True)


def unknown_words(words: list[str]) -> Iterator[str]:
    """Commands, subcommands and options that the command line does not have."""
    group = get_command(command_line)
    names = [word for word in words if not word.startswith("-")]
    if not names:
        yield from _unknown_options(group, words)
        return
    if names[0] not in COMMANDS:
        yield f"no command {names[0]}"
        return
    command = group.get_command(typer.Context(group), names[0])  # type: ignore[attr-defined]  # a group has it
    inner = getattr(command, "commands", None)
    if inner:
        if len(names) < 2 or names[1] not in inner:
            yield f"no command {' '.join(names[:2])}"
            return
        command = inner[names[1]]
    yield from _unknown_options(command, words)


def _unknown_options(command: object, words: list[str]) -> Iterator[str]:
    known = {"--help"} | {
        option
        for parameter in getattr(command, "params", [])
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    given = {word.partition("=")[0] for word in words if word.startswith("--")}
    yield from (f"no option {option}" for option in sorted(given - known))


def test_links_resolve(documents: tuple[Path, ...]) -> None:
    assert [
        fault for path in documents for fault in broken_links(path, path.read_text(encoding="utf-8"))
    ] == []


def test_shown_commands_exist(documents: tuple[Path, ...]) -> None:
    assert [
        f"{path.name}: steerclear {' '.join(words)}: {fault}"
        for path in documents
        for words in shown_commands(path.read_text(encoding="utf-8"))
        for fault in unknown_words(words)
    ] == []


def test_every_command_can_be_imported_and_is_listed_with_its_own_words() -> None:
    group = get_command(command_line)
    for name, listed in COMMANDS.items():
        command = group.get_command(typer.Context(group), name)  # type: ignore[attr-defined]  # a group has it
        assert (command.help or "").splitlines()[0] == listed.summary, name


def test_a_broken_link_is_seen(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# One heading, here\n", encoding="utf-8")
    text = "[a](there.md) [b](there.md#one-heading-here) [c](https://example.org/x) ![d](no.png)\n"
    text += "[e](gone.md) [f](there.md#other)\n```\n[g](alsogone.md)\n```\n"
    found = list(broken_links(tmp_path / "x.md", text))
    assert [fault.split()[1] for fault in found] == ["no.png", "gone.md", "there.md#other"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("steerclear fly", "no command fly"),
        ("$ steerclear screen a.geojson --altitude=3", "no option --altitude"),
        ("steerclear --verbose", "no option --verbose"),
        ("steerclear screen a.geojson --json", None),
        ("steerclear screen - --json < a.geojson", None),
        ("steerclear screen a.geojson \\\n  --json | head", None),
        ("steerclear --version", None),
        ("the steerclear fly command", None),
    ],
)
def test_a_command_that_is_not_there_is_seen(line: str, fault: str | None) -> None:
    found = [fault for words in shown_commands(f"```\n{line}\n```\n") for fault in unknown_words(words)]
    assert found == ([] if fault is None else [fault])
