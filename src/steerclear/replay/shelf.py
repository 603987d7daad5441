# SPDX-License-Identifier: Apache-2.0
"""Which plays ship with Steerclear, and what does the one that somebody names say?"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from steerclear.errors import BadInput
from steerclear.replay.parser import parse_play, title_of
from steerclear.replay.script import Play

__all__ = ["Shipped", "choose_cases", "open_play", "shipped_plays"]

SUFFIX = ".play"


@dataclass(frozen=True, slots=True)
class Shipped:
    """A play of the package: ``name`` is what ``steerclear play`` takes, ``title`` its first comment."""

    name: str
    title: str
    text: str


def shipped_plays() -> tuple[Shipped, ...]:
    """Every shipped play, by name."""
    found = []
    for entry in (files("steerclear.replay") / "plays").iterdir():
        if entry.name.endswith(SUFFIX):
            name, text = entry.name.removesuffix(SUFFIX), entry.read_text(encoding="utf-8")
            found.append(Shipped(name, title_of(text, where=entry.name), text))
    return tuple(sorted(found, key=lambda play: play.name))


def open_play(given: str) -> tuple[Play, ...]:
    """Every case of the play that ``given`` names: a shipped one by its name, or a file by its path.

    A file wins over a shipped play only if it is written as one: with a slash, or ending in ``.play``.
    Raises ``BadInput`` (``play-unknown``, ``play-unreadable``, and what the parser refuses).
    """
    if "/" in given or given.endswith(SUFFIX):
        return parse_play(_text_of(Path(given)), where=given)
    for play in shipped_plays():
        if play.name == given:
            return parse_play(play.text, where=f"{given}{SUFFIX}")
    raise BadInput(
        "play-unknown",
        f"No shipped play is called “{given[:60]}”.",
        remedy="See steerclear play --list, or give a file that ends in .play.",
    )


def choose_cases(plays: tuple[Play, ...], wanted: tuple[tuple[str, str], ...]) -> tuple[Play, ...]:
    """The plays whose case has every ``(name, value)`` of ``wanted``. Raises ``BadInput`` when none has."""
    chosen = tuple(play for play in plays if set(wanted) <= set(play.case))
    if not chosen:
        known = sorted({f"{name}={value}" for play in plays for name, value in play.case})
        raise BadInput(
            "play-case-choice",
            "The play has no such case.",
            where=", ".join(f"{name}={value}" for name, value in wanted),
            remedy=f"Use one of: {', '.join(known)}."
            if known
            else "Leave --case out: the play has one case.",
        )
    return chosen


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            "play-unreadable",
            f"The file cannot be read as text: {error.__class__.__name__}.",
            where=str(path),
            remedy="Give the path of a UTF-8 text file.",
        ) from error
