# SPDX-License-Identifier: Apache-2.0
"""The run: what is measured at what size, kept as JSON after every step, and printed as tables."""

from __future__ import annotations

import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

from benchmarks.record import measures
from benchmarks.record.copying import copying
from benchmarks.record.opening import opening
from benchmarks.record.work import make_record
from benchmarks.screening.peers.registry import Absent
from benchmarks.screening.results import Machine, load_now, machine, today

__all__ = ["FULL", "QUICK", "Plan", "Results", "measured", "tables", "versions"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Entries filed by one filer and by 64, entries to catch up with, and the records to verify."""

    alone: int
    together: int
    behind: int
    verified: tuple[int, ...]
    seed: int = 4


FULL: Final = Plan(alone=1_000, together=6_400, behind=100_000, verified=(100_000, 1_000_000))
QUICK: Final = Plan(alone=50, together=640, behind=1_200, verified=(6_000,))


@dataclass(slots=True)
class Results:
    """``rows`` are figures by name; ``absent`` says why a peer has none."""

    machine: Machine
    date: str
    seed: int
    load_before: float
    rows: dict[str, dict[str, float]] = field(default_factory=dict)
    absent: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self), indent=1), encoding="utf-8")

    @staticmethod
    def load(path: Path) -> Results:
        kept = json.loads(path.read_text(encoding="utf-8"))
        return Results(**{**kept, "machine": Machine(**kept["machine"])})


def measured(plan: Plan, tell: Callable[[str], None], save_to: Path | None) -> Results:
    """Everything of ``plan``, on disks in a temporary folder."""
    results = Results(machine(), today(), plan.seed, load_now())
    begin = time.monotonic()
    for name, figures in _steps(plan, results):
        results.rows[name] = figures
        results.seconds = time.monotonic() - begin
        tell(f"{name}: " + ", ".join(f"{key} {value:,.6g}" for key, value in figures.items()))
        if save_to is not None:
            results.save(save_to)
    return results


def _steps(plan: Plan, results: Results) -> Iterator[tuple[str, dict[str, float]]]:
    with tempfile.TemporaryDirectory(prefix="steerclear-bench-record-") as name:
        folder = Path(name)
        for row, figures in measures.filing(folder / "filing", plan.alone, plan.together).items():
            yield f"filing, {row}", figures
        record = folder / "small"
        begin = time.perf_counter()
        made = make_record(record, plan.verified[0], plan.seed)
        yield f"made, {plan.verified[0]}", {"entries": made, "seconds": time.perf_counter() - begin}
        leaves = measures.leaves_of(record, plan.alone + plan.together)
        for row, figures in measures.filing_in_sqlite(folder, leaves, plan.alone).items():
            yield f"sqlite, {row}", figures
        try:
            for row, figures in measures.filing_in_postgresql(leaves, plan.alone).items():
                yield f"postgresql, {row}", figures
        except Absent as absent:
            results.absent["postgresql"] = str(absent)
        yield "catching up", measures.catching_up(folder / "behind", plan.behind)
        for processes in (1, 2):
            yield f"verify, {plan.verified[0]}, {processes}", measures.verifying(record, processes)
        yield f"opening, {plan.verified[0]}", opening(folder / "node", record, plan.seed)
        yield f"copying, {plan.verified[0]}", copying(folder / "node")
        for size in plan.verified[1:]:
            begin = time.perf_counter()
            made = make_record(folder / f"record-{size}", size, plan.seed)
            yield f"made, {size}", {"entries": made, "seconds": time.perf_counter() - begin}
            yield f"verify, {size}, 2", measures.verifying(folder / f"record-{size}", 2)
            yield f"opening, {size}", opening(folder / f"node-{size}", folder / f"record-{size}", plan.seed)
            yield f"copying, {size}", copying(folder / f"node-{size}")


# ---- what is told ----------------------------------------------------------------------------------------

Table = tuple[str, tuple[str, ...], list[tuple[str, ...]]]


def tables(results: Results) -> list[Table]:
    """Title, header and rows of each."""
    return [_reached(results), _filing(results), _verifying(results), *_opening(results), *_copying(results)]


def _reached(results: Results) -> Table:
    rows = results.rows
    largest = max(
        (name for name in rows if name.startswith("verify, ") and name.endswith(", 2")),
        key=lambda name: rows[name]["entries"],
    )
    lines: list[tuple[str, ...]] = [
        (
            "durable entries a second, 64 filers, the ledger's own append",
            f"{rows['filing, ledger, 64']['per_s']:,.0f}",
            "≥ 2,000",
        ),
        (
            "one filing by one desk, the whole of it, p99",
            f"{rows['filing, whole, 1']['p99_ms']:,.1f} ms",
            "≤ 20 ms",
        ),
        (
            f"{rows[largest]['entries']:,.0f} entries verified with two processes",
            f"{rows[largest]['seconds']:,.1f} s",
            "≤ 120 s for 1 M",
        ),
    ]
    return "What was to be reached", ("", "measured", "to reach"), lines


_FILERS: Final = (
    ("filing, ledger", "Steerclear, the ledger's append of a ready statement"),
    ("filing, whole", "Steerclear, all of a filing: gate, signing, sealing, append"),
    ("sqlite", "SQLite, `synchronous=FULL`, the bytes alone"),
    ("postgresql", "PostgreSQL, `synchronous_commit=on`, the bytes alone"),
)


def _filing(results: Results) -> Table:
    lines: list[tuple[str, ...]] = []
    for key, title in _FILERS:
        if key in results.absent:
            lines.append((title, results.absent[key], "", "", ""))
            continue
        one, many = results.rows[f"{key}, 1"], results.rows[f"{key}, 64"]
        lines.append((title, _rate(one), _waits(one), _rate(many), _waits(many)))
    header = ("", "1 filer, entries/s", "waits p50 / p99", "64 filers, entries/s", "waits p50 / p99")
    return "Durable entries", header, lines


def _rate(figures: dict[str, float]) -> str:
    return f"{figures['per_s']:,.0f}"


def _waits(figures: dict[str, float]) -> str:
    return f"{figures['p50_ms']:,.2f} / {figures['p99_ms']:,.2f} ms"


def _verifying(results: Results) -> Table:
    lines: list[tuple[str, ...]] = []
    for name, found in results.rows.items():
        if name.startswith("verify, "):
            each = f" + {found['memory_of_each_mib']:,.0f} each" if found["memory_of_each_mib"] else ""
            lines.append(
                (
                    f"verify {found['entries']:,.0f} entries, {found['signatures']:,.0f} signatures",
                    name.rpartition(", ")[2],
                    f"{found['seconds']:,.1f} s",
                    _rate(found),
                    f"{found['memory_mib']:,.0f} MiB{each}",
                )
            )
    late = results.rows["catching up"]
    lines.append(
        (f"catch up with {late['entries']:,.0f} entries", "1", f"{late['seconds']:,.1f} s", _rate(late), "")
    )
    header = ("", "processes", "time", "entries/s", "memory")
    return "Checking and catching up", header, lines


def _opening(results: Results) -> list[Table]:
    """No table for figures that were kept before openings were measured."""
    lines: list[tuple[str, ...]] = []
    for name, found in results.rows.items():
        if name.startswith("opening, "):
            for key, title in (("snapshot", "its snapshot"), ("first", "its first entry")):
                lines.append(
                    (
                        f"open {found['entries']:,.0f} entries from {title}",
                        f"{found[f'{key}_seconds']:,.1f} s",
                        f"{found[f'{key}_processor_s']:,.1f} s",
                        f"{found[f'{key}_memory_mib']:,.0f} MiB",
                        f"{found['snapshot_mib']:,.0f} of {found['database_mib']:,.0f} MiB",
                    )
                )
    header = ("", "until it serves", "processor time", "memory", "snapshot, of the database")
    return [("Opening", header, lines)] if lines else []


def _copying(results: Results) -> list[Table]:
    """No table for figures that were kept before this was measured."""
    lines: list[tuple[str, ...]] = [
        (
            f"{found['entries']:,.0f} entries",
            _to_the_worst(found, "rest"),
            _to_the_worst(found, "beside"),
            f"{found['pause_ms']:,.1f} ms",
            f"{found['copy_s']:,.1f} s",
        )
        for name, found in results.rows.items()
        if name.startswith("copying, ")
    ]
    header = (
        "a node of",
        "filing waits p50 / p99 / worst",
        "while the copy writes",
        "to make the copy",
        "it wrote",
    )
    return [("Filing while the snapshot is written", header, lines)] if lines else []


def _to_the_worst(found: dict[str, float], when: str) -> str:
    return " / ".join(f"{found[f'{when}_{waits}_ms']:,.1f}" for waits in ("p50", "p99", "worst")) + " ms"


def versions() -> str:
    """Of what was measured."""
    from importlib.metadata import version

    ours = "; ".join(f"{name} {version(name)}" for name in ("steerclear", "cryptography"))
    return f"{ours}; SQLite {sqlite3.sqlite_version}; PostgreSQL as Debian has it"
