# SPDX-License-Identifier: Apache-2.0
"""One measurement in a process of its own: ``python -m benchmarks.screening.child REQUEST``.

REQUEST is a file; the answer is written beside it. Nothing that an earlier measurement left in memory, in a
cache or in an allocator's hands can help or hurt the next.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np

from benchmarks.screening import measures
from benchmarks.screening.peers.registry import Absent, load
from benchmarks.screening.settle import settled
from benchmarks.screening.work import Boxes, Polygons

__all__ = ["Answer", "Request", "Row", "answer_to"]

Row = Literal["start", "pairs", "standing", "polygon-query", "polygons", "settle"]


@dataclass(frozen=True, slots=True)
class Request:
    """``size`` of the work; its files lie in ``folder``."""

    row: Row
    entrant: str
    size: int
    folder: str

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @staticmethod
    def load(path: Path) -> Request:
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["row"] not in get_args(Row):
            raise ValueError(f"{path}: no row {kept['row']}")
        return Request(**kept)


@dataclass(frozen=True, slots=True)
class Answer:
    """``because`` says why there are no figures; it is empty when there are."""

    version: str
    because: str
    figures: dict[str, float]

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @staticmethod
    def load(path: Path) -> Answer:
        return Answer(**json.loads(path.read_text(encoding="utf-8")))


def answer_to(request: Request) -> Answer:
    """Measure; whatever goes wrong in a peer becomes an answer, and the others go on."""
    begin, used = time.perf_counter(), time.process_time()
    try:
        entrant = load(request.entrant)
        entrant.warm()
        ready = {"ready_s": time.perf_counter() - begin, "ready_processor_s": time.process_time() - used}
        return Answer(entrant.version, "", ready if request.row == "start" else _figures(request, entrant))
    except Absent as absent:
        return Answer("", str(absent), {})
    except Exception as error:  # noqa: BLE001  # of code that is not ours: reported as the row's result
        return Answer("", f"failed: {type(error).__name__}: {error}", {})


def _figures(request: Request, entrant: Any) -> dict[str, float]:
    folder, size = Path(request.folder), request.size
    if request.row == "pairs":
        return measures.all_pairs(entrant, Boxes.load(folder / f"boxes-{size}.npy"))
    if request.row == "standing":
        work = (Boxes.load(folder / f"{name}.npy") for name in (f"boxes-{size}", "questions", "newcomers"))
        return measures.standing(entrant, *work)
    polygons = Polygons.load(folder / f"polygons-{size}.npz")
    if request.row == "polygon-query":
        questions = Polygons.load(folder / "polygon-questions.npz")
        return measures.polygon_queries(entrant, polygons, questions)
    if request.row == "polygons":
        return measures.all_conflicts(entrant, polygons, pairs_file(folder, request.entrant, size))
    ours, theirs = (np.load(pairs_file(folder, name, size)) for name in ("ours-exact", request.entrant))
    return settled(ours, theirs, polygons)


def pairs_file(folder: Path, entrant: str, size: int) -> Path:
    """Where the pairs of a row of polygons are kept until the differences are settled."""
    return folder / f"pairs-{entrant}-{size}.npy"


if __name__ == "__main__":
    asked = Path(sys.argv[1])
    answer_to(Request.load(asked)).save(asked.with_suffix(".answer"))
