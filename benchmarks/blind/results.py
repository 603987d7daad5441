# SPDX-License-Identifier: Apache-2.0
"""What a run of the blind benchmark found, kept as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

from benchmarks.screening.results import Machine

__all__ = ["Exchange", "Listed", "Results", "Step"]


@dataclass(frozen=True, slots=True)
class Listed:
    """``cells`` listed of so many volumes, in ``seconds``."""

    who: str
    what: str
    volumes: int
    cells: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Step:
    """``count`` slots in ``seconds``; ``gave``: what came out, so that nobody wins by doing less."""

    name: str
    count: int
    seconds: float
    gave: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """One whole round: ``seconds`` of everybody's work together, and in ``parts`` what of it went where.

    ``slots``: how long each list was; ``common``: how many cells were found in common.
    """

    name: str
    count: int
    slots: int
    seconds: float
    parts: dict[str, float]
    wire_bytes: int
    common: int
    standing: int = 0
    """Notices in the pair's set when this one came; 0 where all come at once."""


@dataclass(slots=True)
class Results:
    """Everything of one run, in processor seconds."""

    machine: Machine
    date: str
    load_before: float
    versions: dict[str, str]
    limit_s: float = 0.0
    """One scalar multiplication of libsodium."""
    listed: list[Listed] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    exchanges: list[Exchange] = field(default_factory=list)
    wall_s: float = 0.0

    def exchange(self, name: str, count: int, *, standing: bool = False) -> Exchange | None:
        found = (
            one
            for one in self.exchanges
            if (one.name, one.count, one.standing > 0) == (name, count, standing)
        )
        return next(found, None)

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @staticmethod
    def load(path: Path) -> Results:
        kept = json.loads(path.read_text(encoding="utf-8"))
        kept["machine"] = Machine(**kept["machine"])
        for name, kind in (("listed", Listed), ("steps", Step), ("exchanges", Exchange)):
            kept[name] = [kind(**one) for one in kept[name]]
        return Results(**kept)
