# SPDX-License-Identifier: Apache-2.0
"""What was measured, on which machine, by which versions; kept as JSON, and held against each other."""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

__all__ = ["Machine", "Measured", "Results", "disagreements", "load_now", "machine", "today"]

_QUIET: Final = 0.5
"""Load below which nothing else is running to speak of."""

AGREE: Final[dict[str, tuple[tuple[str, ...], ...]]] = {
    "pairs": (("count", "total", "mixed"),),
    "standing": (("query_hits", "query_mixed"), ("after_hits", "after_mixed")),
}
"""Figures of a row that must be equal for everybody. Polygons are settled one by one instead."""


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it ran."""

    processor: str
    cores: int
    memory_gib: float
    system: str
    python: str


@dataclass(frozen=True, slots=True)
class Measured:
    """One entrant at one size. ``because`` says why there are no figures; it is empty when there are."""

    row: str
    entrant: str
    size: int
    because: str
    figures: dict[str, float]


@dataclass(slots=True)
class Results:
    """Everything of one run, in the order in which it was measured."""

    machine: Machine
    date: str
    seed: int
    cap_s: int
    load_before: float
    """What else ran: the machine's load over the minute before."""
    versions: dict[str, str] = field(default_factory=dict)
    measured: list[Measured] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def was_busy(self) -> str:
        """Empty on a quiet machine; else what the figures are worth."""
        if self.load_before < _QUIET:
            return ""
        busy = f"The machine was busy (load {self.load_before:.1f} before the run)"
        return f"{busy}: the figures show that everything works, and not how fast."

    def of(self, row: str, entrant: str, size: int) -> Measured | None:
        """The latest measurement of that kind that has figures."""
        return next(
            (
                each
                for each in reversed(self.measured)
                if (each.row, each.entrant, each.size) == (row, entrant, size) and not each.because
            ),
            None,
        )

    def sizes(self, row: str) -> list[int]:
        return sorted({each.size for each in self.measured if each.row == row})

    def save(self, path: Path) -> None:
        """Written beside and moved, so that a run that is interrupted leaves whole files."""
        beside = path.with_suffix(".part")
        beside.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        beside.replace(path)

    @staticmethod
    def load(path: Path) -> Results:
        kept = json.loads(path.read_text(encoding="utf-8"))
        kept["machine"] = Machine(**kept["machine"])
        kept["measured"] = [Measured(**each) for each in kept["measured"]]
        return Results(**kept)


def disagreements(results: Results) -> Iterator[str]:
    """Where two did not find the same boxes, where we failed, and where we got polygons wrong."""
    for row, groups in AGREE.items():
        for size in results.sizes(row):
            for names in groups:
                found: dict[tuple[float, ...], list[str]] = {}
                for each in results.measured:
                    if (each.row, each.size) == (row, size) and all(name in each.figures for name in names):
                        found.setdefault(tuple(each.figures[name] for name in names), []).append(each.entrant)
                if len(found) > 1:
                    sides = "; ".join(f"{', '.join(who)}: {what[0]:,.0f}" for what, who in found.items())
                    yield f"{row}, {size:,}: not the same {names[0]}: {sides}"
    for each in results.measured:
        if each.entrant.startswith("ours") and each.because.startswith("failed"):
            yield f"{each.row}, {each.size:,}: {each.entrant} {each.because}"
        if each.row == "settle":
            wrong = each.figures.get("only_ours, none", 0) + each.figures.get("only_theirs, conflict", 0)
            if wrong:
                peer = f"{each.entrant} is right"
                yield f"polygons, {each.size:,}: we are wrong about {wrong:,.0f} pairs ({peer})"


def machine() -> Machine:
    """This one."""
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text(encoding="utf-8").splitlines() if cpu.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return Machine(
        processor=names[0] if names else platform.machine(),
        cores=len(os.sched_getaffinity(0)),
        memory_gib=round(memory, 1),
        system=f"{platform.system()} {platform.release().partition('-')[0]}",
        python=platform.python_version(),
    )


def load_now() -> float:
    """Of this machine, over the last minute."""
    return os.getloadavg()[0]


def today() -> str:
    """The date of the run, UTC."""
    return dt.datetime.now(tz=dt.UTC).date().isoformat()
