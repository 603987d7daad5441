# SPDX-License-Identifier: Apache-2.0
"""The run: who is measured at what size, who is not and why, and what was found, row after row.

A measurement that would take longer than its cap, or than what is left of the whole run's time, is not begun:
its seconds are predicted from the two sizes before. One that overruns all the same is ended.
"""

from __future__ import annotations

import contextlib
import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rich.console import Console

from benchmarks.screening.child import Answer, Request, Row, pairs_file
from benchmarks.screening.peers import postgis_server
from benchmarks.screening.peers.registry import (
    BOXES,
    ENTRANTS,
    POLYGON_QUERIES,
    POLYGONS,
    STANDING,
    Absent,
)
from benchmarks.screening.results import Measured, Results
from benchmarks.screening.work import boxes_of, polygons_of

__all__ = ["ROWS", "Plan", "Run", "predicted_s"]

ROWS: Final[tuple[Row, ...]] = ("start", "pairs", "standing", "polygon-query", "polygons")

_ADDRESS: Final = "STEERCLEAR_BENCH_POSTGIS"
_AROUND_S: Final = 90
"""What a process may take beyond its cap: to load the work, to compile, to add up what it found."""
_STEEPEST: Final = 2.2
"""Nobody's cost grows faster than by this power of the size; what looks steeper at small sizes is noise."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Sizes and limits of one run."""

    seed: int
    rows: tuple[Row, ...]
    sizes: tuple[int, ...]
    polygon_sizes: tuple[int, ...]
    standing: int
    questions: int
    newcomers: int
    polygon_questions: int
    cap_s: int
    budget_s: int


@dataclass(slots=True)
class Run:
    """One run. ``save_to`` is written anew after every measurement."""

    plan: Plan
    results: Results
    console: Console
    save_to: Path | None
    _begun: float = field(default_factory=time.monotonic)
    _environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def run(self) -> None:
        with tempfile.TemporaryDirectory(prefix="steerclear-bench-") as name, self._postgis() as no_postgis:
            folder = Path(name)
            for row in self.plan.rows:
                match row:
                    case "start":
                        self._start(folder)
                    case "pairs":
                        self._pairs(folder, no_postgis)
                    case "standing":
                        self._standing(folder, no_postgis)
                    case "polygon-query":
                        self._polygon_query(folder)
                    case _:
                        self._polygons(folder)

    # ---------------------------------------------------------------------------------------------- rows

    def _start(self, folder: Path) -> None:
        """Compile into an empty cache, then load from it: the only row in which that counts."""
        cache = folder / "numba"
        for times in ("cold", "cached"):
            request = Request("start", "ours-exact", 0, str(folder))
            answer = self._asked(request, self._environment | {"NUMBA_CACHE_DIR": str(cache)})
            self._keep(request, answer, entrant=f"{request.entrant}, {times}")
        # What is measured from here on finds this cache, on a fresh clone too.
        self._environment["NUMBA_CACHE_DIR"] = str(cache)

    def _pairs(self, folder: Path, no_postgis: str) -> None:
        for size in self.plan.sizes:
            with self._saying(f"making {size:,} boxes"):
                boxes_of(size, self.plan.seed).save(folder / f"boxes-{size}.npy")
            for entrant in BOXES:
                self._measure(Request("pairs", entrant, size, str(folder)), self._absent(entrant, no_postgis))

    def _standing(self, folder: Path, no_postgis: str) -> None:
        plan = self.plan
        with self._saying(f"making {plan.standing:,} boxes, and others to ask and to insert"):
            boxes_of(plan.standing, plan.seed).save(folder / f"boxes-{plan.standing}.npy")
            boxes_of(plan.questions, plan.seed + 1).save(folder / "questions.npy")
            boxes_of(plan.newcomers, plan.seed + 2).save(folder / "newcomers.npy")
        for entrant in STANDING:
            request = Request("standing", entrant, plan.standing, str(folder))
            self._measure(request, self._absent(entrant, no_postgis))

    def _polygon_query(self, folder: Path) -> None:
        plan = self.plan
        with self._saying(f"making {plan.standing:,} polygons"):
            polygons_of(plan.standing, plan.seed).save(folder / f"polygons-{plan.standing}.npz")
            polygons_of(plan.polygon_questions, plan.seed + 1).save(folder / "polygon-questions.npz")
        for entrant in POLYGON_QUERIES:
            self._measure(Request("polygon-query", entrant, plan.standing, str(folder)))

    def _polygons(self, folder: Path) -> None:
        for size in self.plan.polygon_sizes:
            with self._saying(f"making {size:,} polygons"):
                polygons_of(size, self.plan.seed).save(folder / f"polygons-{size}.npz")
            for entrant in POLYGONS:
                self._measure(Request("polygons", entrant, size, str(folder)))
            if not pairs_file(folder, POLYGONS[0], size).exists():
                continue
            for entrant in POLYGONS[1:]:
                if pairs_file(folder, entrant, size).exists():
                    self._measure(Request("settle", entrant, size, str(folder)))

    # ------------------------------------------------------------------------------------ one measurement

    def _measure(self, request: Request, absent: str = "") -> None:
        because = absent or self._why_not(request)
        answer = Answer("", because, {}) if because else self._asked(request, self._environment)
        self._keep(request, answer, entrant=request.entrant)

    def _why_not(self, request: Request) -> str:
        """Empty when it may begin."""
        before = [
            each
            for each in self.results.measured
            if (each.row, each.entrant) == (request.row, request.entrant) and each.size < request.size
        ]
        if before and before[-1].because:
            return f"not run: {before[-1].because.removeprefix('not run: ')} at {before[-1].size:,}"
        took = {each.size: each.figures["seconds"] for each in before if "seconds" in each.figures}
        seconds = predicted_s(took, request.size)
        if seconds > self.plan.cap_s:
            return f"not run: predicted {_rounded(seconds):,} s"
        left = self.plan.budget_s - (time.monotonic() - self._begun)
        if seconds > left or left < 0:
            return f"not run: predicted {_rounded(seconds):,} s, and {max(left, 0):.0f} s of the run are left"
        return ""

    def _asked(self, request: Request, environment: Mapping[str, str]) -> Answer:
        path = Path(request.folder) / "request.json"
        answer = path.with_suffix(".answer")
        request.save(path)
        answer.unlink(missing_ok=True)
        title = ENTRANTS[request.entrant].title
        with self._saying(f"{request.row} · {title} · {request.size:,}"):
            child = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.screening.child", str(path)],
                env=environment,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                text=True,
            )
            try:
                _, said = child.communicate(timeout=self.plan.cap_s + _AROUND_S)
            except subprocess.TimeoutExpired:
                return Answer("", f"not run: ended after {self.plan.cap_s + _AROUND_S} s", {})
            finally:
                if child.poll() is None:
                    child.kill()
                    child.communicate()
        if not answer.exists():
            words = said.strip().splitlines()[-1:] or [f"signal or exit {child.returncode}"]
            return Answer("", f"failed: {words[0]}", {})
        return Answer.load(answer)

    def _keep(self, request: Request, answer: Answer, *, entrant: str) -> None:
        measured = Measured(request.row, entrant, request.size, answer.because, answer.figures)
        self.results.measured.append(measured)
        self.results.seconds = round(time.monotonic() - self._begun, 1)
        if answer.version:
            self.results.versions[request.entrant] = answer.version
        if self.save_to is not None:
            self.results.save(self.save_to)
        self.console.print(_line(measured), highlight=False)

    # ------------------------------------------------------------------------------------------- around it

    @contextlib.contextmanager
    def _postgis(self) -> Iterator[str]:
        """Run the server while it is needed. Yields why there is none, or nothing."""
        if not {"pairs", "standing"} & set(self.plan.rows):
            yield "not asked"
            return
        with contextlib.ExitStack() as open_things:
            try:
                with self._saying("starting PostgreSQL"):
                    server = postgis_server.serving(at_most_s=self.plan.cap_s + _AROUND_S)
                    self._environment[_ADDRESS] = open_things.enter_context(server)
                because = ""
            except Absent as absent:
                because = str(absent)
            yield because

    @staticmethod
    def _absent(entrant: str, no_postgis: str) -> str:
        return no_postgis if entrant == "postgis" else ""

    @contextlib.contextmanager
    def _saying(self, words: str) -> Iterator[None]:
        with self.console.status(f"{words} …"):
            yield


def predicted_s(took: Mapping[int, float], size: int) -> float:
    """Seconds at a size, from the two largest before: a power of the size, at least linear. 0: unknown."""
    sizes: Sequence[int] = sorted(took)[-2:]
    if not sizes:
        return 0.0
    power: float = 1.0
    if len(sizes) == 2 and min(took.values()) > 0:
        power = math.log(took[sizes[1]] / took[sizes[0]]) / math.log(sizes[1] / sizes[0])
    return took[sizes[-1]] * math.pow(size / sizes[-1], min(max(power, 1.0), _STEEPEST))


def _rounded(seconds: float) -> int:
    """Two digits: more would say more than a prediction knows."""
    unit: int = 10 ** max(math.floor(math.log10(max(seconds, 1.0))) - 1, 0)
    return round(seconds / unit) * unit


def _line(measured: Measured) -> str:
    entrant = ENTRANTS.get(measured.entrant)
    head = f"{measured.row:<14}{entrant.title if entrant else measured.entrant:<26}{measured.size:>10,}  "
    if measured.because:
        return f"{head}{measured.because}"
    shown = {
        "seconds": ("", " s"),
        "count": ("", " found"),
        "build_s": ("build ", " s"),
        "query_p50_us": ("query p50 ", " µs"),
        "insert_mean_us": ("insert ", " µs"),
        "ready_s": ("ready after ", " s"),
    }
    if measured.row == "settle":
        return head + ", ".join(f"{name} {value:,.0f}" for name, value in measured.figures.items())
    parts = [
        f"{before}{_figure(measured.figures[name])}{unit}"
        for name, (before, unit) in shown.items()
        if name in measured.figures
    ]
    return head + ", ".join(parts)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"
