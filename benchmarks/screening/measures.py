# SPDX-License-Identifier: Apache-2.0
"""What is timed, and how: each function runs in a process of its own, on work that is already in memory.

Nothing is compiled, converted or thrown away inside a measurement that the caller would not have to wait for.
"""

from __future__ import annotations

import gc
import resource
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.screening.pairs import MODULUS, Digest, digest_of
from benchmarks.screening.peers.protocol import BoxPeer, LiveBoxes, PolygonPeer, PolygonScreen
from benchmarks.screening.work import Boxes, Ints, Polygons

__all__ = ["Figures", "all_conflicts", "all_pairs", "polygon_queries", "standing"]

Figures = dict[str, float]
"""Seconds, microseconds, bytes and counts by name; the names say which."""

_CHECKED: Final = 500
"""So many questions everybody answers, and everybody's answers are added up and held against each other."""
_IN_BATCH: Final = 200
_RUNS: Final = 3
_SHORT_S: Final = 2.0
"""What is shorter than this is run three times, and the fastest counts."""
_PATIENCE_S: Final = 12.0
"""How long one after another is asked at most, where a peer is slow; at least the checked ones are."""


@dataclass(frozen=True, slots=True)
class _Times:
    """Nanoseconds of each call."""

    each: Ints

    def figures(self, name: str) -> Figures:
        """Percentiles and mean in microseconds."""
        p50, p99 = np.percentile(self.each, (50, 99)) / 1e3
        return {
            f"{name}_p50_us": float(p50),
            f"{name}_p99_us": float(p99),
            f"{name}_mean_us": float(self.each.mean() / 1e3),
            f"{name}_max_us": float(self.each.max() / 1e3),
            f"{name}_asked": len(self.each),
        }


def all_pairs(peer: BoxPeer, boxes: Boxes) -> Figures:
    """Build and find all pairs: wall and processor seconds, and the digest of what was found."""
    found, wall_s, processor_s, runs = _fastest(lambda: peer.all_pairs(boxes))
    digest = found if isinstance(found, Digest) else digest_of(found)
    return {"seconds": wall_s, "processor_s": processor_s, "runs": runs, **asdict(digest)}


def all_conflicts(peer: PolygonScreen, polygons: Polygons, kept: Path) -> Figures:
    """As ``all_pairs``, for polygons. The pairs are kept, to be compared with those of the others."""
    pairs, wall_s, processor_s, runs = _fastest(lambda: peer.all_conflicts(polygons))
    np.save(kept, np.stack(pairs))
    return {
        "seconds": wall_s,
        "processor_s": processor_s,
        "runs": runs,
        "corners": polygons.corners,
        **asdict(digest_of(pairs)),
    }


def standing(peer: BoxPeer, boxes: Boxes, questions: Boxes, newcomers: Boxes) -> Figures:
    """An index that stands: its memory, questions one by one and in batch, inserts, and questions again."""
    before = _resident_bytes()
    begin = time.perf_counter()
    index = peer.build(boxes)
    figures: Figures = {"build_s": time.perf_counter() - begin}
    gc.collect()
    if not index.elsewhere:
        figures["resident_bytes_each"] = (_resident_bytes() - before) / len(boxes)
    if index.own_bytes is not None:
        figures["own_bytes_each"] = index.own_bytes / len(boxes)
    one_by_one, found = _asked(index, questions)
    figures |= one_by_one.figures("query") | {f"query_{name}": value for name, value in found.items()}
    figures |= _in_batches(index, questions, one_by_one)
    if not index.static:
        figures |= _inserted(index, newcomers, first=len(boxes)).figures("insert")
        _, found = _asked(index, questions.part(0, _CHECKED))
        figures |= {f"after_{name}": value for name, value in found.items()}
    index.close()
    return figures


def polygon_queries(peer: PolygonPeer, polygons: Polygons, questions: Polygons) -> Figures:
    """Exact questions, one by one, against polygons that stand."""
    begin = time.perf_counter()
    index = peer.build(polygons)
    figures: Figures = {"build_s": time.perf_counter() - begin}
    ready = [index.question(questions, row) for row in range(len(questions))]
    for question in ready[:50]:
        index.ask(question)
    times, answers = _each(index.ask, ready)
    figures |= times.figures("query")
    return figures | {f"query_{name}": value for name, value in _checked(answers).items()}


def _fastest(work: Callable[[], Any]) -> tuple[Any, float, float, int]:
    """What it answered, the wall and processor seconds of its fastest run, and how many runs there were."""
    answer: Any = None
    took: list[tuple[float, float]] = []
    while not took or (took[-1][0] < _SHORT_S and len(took) < _RUNS):
        del answer  # or the pages that it holds would have to be found a second time
        gc.collect()
        begin, used = time.perf_counter(), time.process_time()
        answer = work()
        took.append((time.perf_counter() - begin, time.process_time() - used))
    wall_s, processor_s = min(took)
    return answer, wall_s, processor_s, len(took)


def _asked(index: LiveBoxes, questions: Boxes) -> tuple[_Times, Figures]:
    ready = [index.question(questions, row) for row in range(len(questions))]
    for question in ready[:50]:
        index.ask(question)
    times, answers = _each(index.ask, ready)
    return times, _checked(answers)


def _each(ask: Callable[[Any], Any], ready: Sequence[Any]) -> tuple[_Times, list[Any]]:
    """Ask one after the other until all are asked or patience ends; the first answers are kept."""
    took, kept = [], []
    clock = time.perf_counter_ns
    with _undisturbed():
        end = clock() + int(_PATIENCE_S * 1e9)
        for place, question in enumerate(ready):
            begin = clock()
            answer = ask(question)
            after = clock()
            took.append(after - begin)
            if place < _CHECKED:
                kept.append(
                    np.array(answer, dtype=np.int64)
                )  # an answer may lie in a buffer that is used again
            elif after > end:
                break
    return _Times(np.array(took)), kept


def _checked(answers: Sequence[Ints]) -> Figures:
    """The digest of the hits: question and row in place of row and row."""
    asker = np.repeat(np.arange(len(answers)), [len(answer) for answer in answers])
    hits = np.concatenate(answers)
    return {"hits": len(hits), "mixed": int(((asker + 1) * hits % MODULUS).sum())}


def _in_batches(index: LiveBoxes, questions: Boxes, one_by_one: _Times) -> Figures:
    """Microseconds a question in one call of ``_IN_BATCH``, questions of like cost side by side.

    Inside a call nobody can look at the clock. So questions are sorted by what they took one by one: the mean
    of a call then stands for each question in it, and the dearest call for the dearest per cent.
    """
    dearest_last = np.argsort(one_by_one.each, kind="stable")
    calls = len(dearest_last) // _IN_BATCH
    took, hits = [], 0
    for call in np.array_split(dearest_last, max(calls, 1)):
        batch = index.batch(questions.taken(call))
        with _undisturbed():
            begin = time.perf_counter_ns()
            answer = index.ask_many(batch)
            took.append((time.perf_counter_ns() - begin) // len(call))
        hits += len(answer)
    whole = index.batch(questions.part(0, len(dearest_last)))
    begin = time.perf_counter_ns()
    index.ask_many(whole)
    whole_us = (time.perf_counter_ns() - begin) / 1e3 / len(dearest_last)
    return {**_Times(np.array(took)).figures("batch"), "batch_hits": hits, "batch_whole_us": whole_us}


def _inserted(index: LiveBoxes, newcomers: Boxes, *, first: int) -> _Times:
    ready = [(first + row, index.question(newcomers, row)) for row in range(len(newcomers))]
    took = []
    clock = time.perf_counter_ns
    with _undisturbed():
        for row, question in ready:
            begin = clock()
            index.insert(row, question)
            took.append(clock() - begin)
    return _Times(np.array(took))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No garbage collection in between, for anybody."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _resident_bytes() -> int:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()
