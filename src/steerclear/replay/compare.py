# SPDX-License-Identifier: Apache-2.0
"""What did the mechanism do that a telephone does not? A play beside its twin under ``voice-line-only``.

rows.toml ──► Row: a past case, its play, what the mechanism must do by itself in it
run, twin ──► Side by side: minutes to authority and to halt, fires after the call, and every effect
"""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from steerclear.errors import BadInput
from steerclear.replay.runner import run_play
from steerclear.replay.shelf import open_play
from steerclear.replay.timeline import Effect, EffectSort, Run

__all__ = ["TWIN", "Row", "Side", "compare", "rows", "side_of", "table_line"]

TWIN: Final = "-voice-line-only"
_FILE: Final = "rows.toml"
_SORTS: Final[tuple[EffectSort, ...]] = ("gate", "conflict", "duty", "rung", "late")


@dataclass(frozen=True, slots=True)
class Row:
    """A case in which a channel existed and something failed, and the play that asks what this one does.

    ``does``  effects that must come about in the play, in the words of ``Effect``; in the twin no effect may
    """

    case: str
    failed: str
    play: str
    does: tuple[str, ...]

    @property
    def twin(self) -> str:
        return f"{self.play}{TWIN}"


@dataclass(frozen=True, slots=True)
class Side:
    """One run in figures; ``None`` of a STOP that never came so far, or where nobody called one."""

    play: str
    case: tuple[tuple[str, str], ...]
    stops: int
    minutes_to_authority: float | None
    minutes_to_halt: float | None
    fires_after: int
    effects: tuple[Effect, ...]

    def count(self, sort: EffectSort) -> int:
        return sum(effect.sort == sort for effect in self.effects)


def rows() -> tuple[Row, ...]:
    """The table “what went wrong where a channel existed”, in its order."""
    text = (files("steerclear.replay") / "plays" / _FILE).read_text(encoding="utf-8")
    return tuple(
        Row(case=row["case"], failed=row["failed"], play=row["play"], does=tuple(row["does"]))
        for row in tomllib.loads(text)["row"]
    )


def compare(name: str) -> tuple[tuple[Run, Run], ...]:
    """Run a play and its twin, case by case. Raises ``BadInput`` (``play-no-twin``)."""
    known = [row.play for row in rows()]
    if name not in known:
        raise BadInput(
            "play-no-twin",
            f"“{name[:60]}” has no twin on a line that is only a voice.",
            remedy=f"Use one of: {', '.join(known)}.",
        )
    pairs = zip(open_play(name), open_play(f"{name}{TWIN}") * len(open_play(name)), strict=False)
    return tuple((run_play(one), run_play(other)) for one, other in pairs)


def side_of(run: Run) -> Side:
    """The worst STOP of a run speaks for it."""
    authority = [figures.minutes_to_authority for figures in run.figures]
    halt = [figures.minutes_to_halt for figures in run.figures]
    return Side(
        play=run.play.where.removesuffix(".play"),
        case=run.play.case,
        stops=len(run.figures),
        minutes_to_authority=_worst(authority),
        minutes_to_halt=_worst(halt),
        fires_after=sum(figures.fires_after for figures in run.figures),
        effects=tuple(sorted(run.effects)),
    )


def table_line(side: Side) -> str:
    """One line of the table in docs/plays.md, in Markdown."""
    counts = Counter(effect.sort for effect in side.effects)
    named = side.play + "".join(f" {name}={value}" for name, value in side.case)
    minutes = (_minutes(side, side.minutes_to_authority), _minutes(side, side.minutes_to_halt))
    fired = str(side.fires_after) if side.fires_after else "–"
    cells = (named, *minutes, fired, *(str(counts[sort]) for sort in _SORTS))
    return f"| {' | '.join(cells)} |"


def _worst(minutes: list[float | None]) -> float | None:
    known = [one for one in minutes if one is not None]
    return max(known, default=None) if len(known) == len(minutes) else None


def _minutes(side: Side, minutes: float | None) -> str:
    if not side.stops:
        return "–"
    return "never" if minutes is None else f"{minutes:g}"
