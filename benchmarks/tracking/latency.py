# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.tracking.latency``: how long from a feed's bytes until the alarm has rung?

One thread gives the lines of a feed as they would come, in pieces of a tenth of a second: two lines a second
(place and velocity) of each of 20,000 aircraft over 800 × 800 km, of which some come up to one of ours. The
other looks as a node does: as soon as something new was seen, and after each look it rests as long as it
looked, a twentieth of a second at least. Both share one interpreter, as in a node.

What is measured begins when the piece is there by which the danger is seen for the first time, and ends when
the alarm rings: reading, believing, comparing all with all, and the machine of the alarms. What is not: the
statement on the disk, and the event at a console (``make bench-node`` measures both of a notice).
"""

from __future__ import annotations

import threading
import time
from typing import Annotated, Final

import numpy as np
import typer
from rich.console import Console

from benchmarks.screening.results import load_now, machine, today
from steerclear.model.finding import SeparationMinima
from steerclear.model.time import Instant
from steerclear.node.running import LIVE_REST_S
from steerclear.services.live_areas import LiveArea
from steerclear.services.live_seen import CIVIL, Watching, as_seen_by
from steerclear.tracking import AlarmRules, Alarms, Drift, Picture, stepped
from steerclear.tracking.alarms import Change
from steerclear.tracking.sbs import SbsReader

_PIECES_A_SECOND: Final = 10
_MINIMA: Final = SeparationMinima(lateral_mm=9_260_000, vertical_ft=1_000, time_s=0)
_LOOK_AHEAD_S: Final = 300
_OWN: Final = "icao:fff000"
_OURS: Final = (40.0, 38.0, 50_000, 0.0, 0.0)
_BESIDE: Final = (40.02, 38.0, 50_000, 0.0, 0.0)
_STAMP: Final = "2025/09/04,15:33:20.000,2025/09/04,15:33:20.000"


def latency(
    *,
    tracks: Annotated[int, typer.Option(help="Each is reported once a second.")] = 20_000,
    seconds: Annotated[int, typer.Option(help="How long it goes on.")] = 60,
    dangers_a_second: Annotated[int, typer.Option(help="So many new ones a second.")] = 5,
    seed: Annotated[int, typer.Option(help="Another seed is other work.")] = 8,
) -> None:
    """How long from a feed's bytes until the alarm has rung: p50, p99 and the worst."""
    console = Console()
    console.print(f"{today()}, {machine()}, load {load_now()}")
    desk = _Desk()
    work = _Work(tracks, seconds, dangers_a_second, seed)
    for piece in work.piece(0, warm=True):
        desk.take(piece)
    desk.look()
    over = threading.Event()
    looking = threading.Thread(target=desk.look_until, args=(over,))
    looking.start()
    late_ms = _speak(work, desk, seconds)
    time.sleep(2.0)
    over.set()
    looking.join()
    waited = np.array([(desk.rang[ref] - at) * 1000 for ref, at in desk.came.items() if ref in desk.rang])
    missed = len(desk.came) - len(waited)
    p50, p99 = np.percentile(waited, [50, 99])
    looks = np.array(desk.looks_ms)
    console.print(
        f"{tracks:,} tracks a second for {seconds} s: {len(waited):,} alarms, {missed} missed; bytes to ring "
        f"p50 {p50:,.0f} ms, p99 {p99:,.0f} ms, worst {waited.max():,.0f} ms; {len(looks):,} looks of "
        f"{np.median(looks):,.0f} ms (p99 {np.percentile(looks, 99):,.0f}); "
        f"pieces late by {late_ms:,.0f} ms at most"
    )
    raise typer.Exit(1 if missed else 0)


class _Work:
    """Aircraft at random, ours apart from them, and who comes up to it when."""

    def __init__(self, tracks: int, seconds: int, dangers_a_second: int, seed: int) -> None:
        chance = np.random.default_rng(seed)
        self._lat = 30.0 + chance.uniform(0, 7.2, tracks)
        self._lon = 33.0 + chance.uniform(0, 8.8, tracks)
        self._feet = chance.integers(100, 400, tracks) * 100
        self._course = chance.uniform(0, 360, tracks)
        self._knots = chance.uniform(200, 480, tracks)
        self._of_piece: dict[int, list[str]] = {}
        for number in range(seconds * dangers_a_second):
            piece = int(chance.integers(1, seconds * _PIECES_A_SECOND))
            self._of_piece.setdefault(piece, []).append(f"{0xF00000 + number:06X}")

    def piece(self, number: int, *, warm: bool = False) -> list[tuple[bytes, tuple[str, ...]]]:
        """The bytes of a tenth of a second, and who is in danger by them for the first time; warm: of all."""
        step = 1 if warm else _PIECES_A_SECOND
        rows = range(0 if warm else number % _PIECES_A_SECOND, len(self._lat), step)
        made = [_lines(f"{row:06X}", *self._flying(row)) for row in rows]
        made.append(_lines("FFF000", *_OURS))
        new = () if warm else tuple(self._of_piece.get(number, ()))
        made += [_lines(ref, *_BESIDE) for ref in new]
        return [("".join(made).encode(), tuple(f"icao:{ref.lower()}" for ref in new))]

    def _flying(self, row: int) -> tuple[float, float, int, float, float]:
        return self._lat[row], self._lon[row], self._feet[row], self._course[row], self._knots[row]


def _lines(ref: str, lat: float, lon: float, feet: int, course: float, knots: float) -> str:
    return (
        f"MSG,4,1,1,{ref},1,{_STAMP},,,{knots:.1f},{course:.1f},,,0,,0,0,0,0\r\n"
        f"MSG,3,1,1,{ref},1,{_STAMP},,{feet},,,{lat:.5f},{lon:.5f},,,0,0,0,0\r\n"
    )


class _Desk:
    """What of a node lies between bytes and bell. ``came`` and ``rang`` by track, in seconds of one clock."""

    def __init__(self) -> None:
        self._reader = SbsReader()
        self._picture = Picture()
        self._lock = threading.Lock()
        self._holders: dict[str, str] = {}
        self._watching = Watching()
        self._watching.ready(_NO_AREAS, _now())
        self._alarms = Alarms()
        self.news = 0
        self.came: dict[str, float] = {}
        self.rang: dict[str, float] = {}
        self.looks_ms: list[float] = []

    def take(self, piece: tuple[bytes, tuple[str, ...]]) -> None:
        data, dangers = piece
        at = time.monotonic()
        for first in range(0, len(data), 1 << 16):
            heard = self._reader.feed(data[first : first + (1 << 16)], _now())
            with self._lock:
                self.news += 1
                self._picture.take(heard.reports, _now())
                for ref in heard.reports.refs.tolist():
                    self._holders[ref] = _whose(ref)
        self.came.update(dict.fromkeys(dangers, at))

    def look(self) -> None:
        now = _now()
        with self._lock:
            movers = self._picture.movers(now, Drift())
            holders = dict(self._holders)
        seen = as_seen_by("TUR", movers, holders)
        sight = self._watching.look("TUR", seen, _MINIMA, _LOOK_AHEAD_S)
        self._alarms, events = stepped(self._alarms, sight.dangers, sight.fresh, now, AlarmRules())
        at = time.monotonic()
        for event in events:
            if event.change is Change.RINGS:
                cause = event.alarm.cause
                self.rang[cause.other if cause.track == _OWN else cause.track] = at

    def look_until(self, over: threading.Event) -> None:
        while not over.is_set():
            began, news = time.monotonic(), self.news
            self.look()
            took = time.monotonic() - began
            self.looks_ms.append(took * 1000)
            time.sleep(max(LIVE_REST_S, took))
            while self.news == news and not over.is_set():
                time.sleep(LIVE_REST_S)


_NO_AREAS: Final[tuple[LiveArea, ...]] = ()


def _whose(ref: str) -> str:
    """Ours is one; of the others every second one is civil, so that they are compared with the rest."""
    return "TUR" if ref == _OWN else CIVIL if int(ref[-1], 16) % 2 else "ISR"


def _now() -> Instant:
    return Instant(time.time_ns() // 1_000_000)


def _speak(work: _Work, desk: _Desk, seconds: int) -> float:
    """Each piece when it is due; returns by how many milliseconds the latest of them was late."""
    pieces = [piece for number in range(1, seconds * _PIECES_A_SECOND) for piece in work.piece(number)]
    begin, late_s = time.monotonic(), 0.0
    for number, piece in enumerate(pieces):
        due = begin + number / _PIECES_A_SECOND
        time.sleep(max(0.0, due - time.monotonic()))
        late_s = max(late_s, time.monotonic() - due)
        desk.take(piece)
    return late_s * 1000


if __name__ == "__main__":
    typer.run(latency)
