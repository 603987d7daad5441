# SPDX-License-Identifier: Apache-2.0
"""Peers that do not live with what we are built on: each is run by a Python of its own, in ``build/peers``.

BlueSky is under the GPL and is never imported by a process of ours; ``traffic`` needs an older pandas.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np

from benchmarks.tracking.peers import Pairs
from steerclear.tracking import Minima, Reports

__all__ = ["Answer", "Apart", "Hour"]

PACKAGES: Final = ("bluesky-simulator==1.1.1", "traffic==2.13", "pandas<3")
_HOME: Final = Path(__file__).parents[2] / "build" / "peers"
_HERE: Final = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Answer:
    """What a peer found, and in how much processor time."""

    name: str
    ms: float
    pairs: Pairs


@dataclass(frozen=True, slots=True)
class Hour:
    """The sample, each flight at each whole second: ``which`` numbers ``names``."""

    names: list[str]
    which: Any
    second: Any
    lat: Any
    lon: Any
    feet: Any


class Apart:
    """Raises ``OSError`` or ``subprocess.SubprocessError`` when the peers cannot be installed or run."""

    def __init__(self) -> None:
        self._python = _HOME / "bin" / "python"
        if not (_HOME / "installed").exists():
            subprocess.run([sys.executable, "-m", "venv", str(_HOME)], check=True)
            command = [str(self._python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*command, *PACKAGES], check=True)
            (_HOME / "installed").touch()

    def bluesky(self, reports: Reports, minima: Minima, way: str) -> Answer:
        """``way`` is ``numpy`` or ``c++``."""
        one = reports.columns
        east, north = one.east / 1000.0, one.north / 1000.0
        with TemporaryDirectory() as folder:
            tracks = Path(folder) / "tracks.npz"
            np.savez(
                tracks,
                id=np.array(reports.refs.tolist()),
                lat=one.lat_e7 / 1e7,
                lon=one.lon_e7 / 1e7,
                gs=np.hypot(east, north),
                trk=np.degrees(np.arctan2(east, north)),
                alt=one.feet * 0.3048,
                vs=one.climb * 0.3048 / 60.0,
            )
            metres = (minima.lateral_mm / 1000, minima.vertical_ft * 0.3048, minima.look_ahead_s)
            told = self._run("apart_bluesky.py", tracks, *map(str, metres), way)
        return _answer(f"BlueSky {told['version']} ({way})", told)

    def traffic(self, minima: Minima) -> tuple[Hour, Answer]:
        """An hour of the sample, and its own closest points of approach."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "hour.npz"
            told = self._run("apart_traffic.py", path, str(minima.lateral_mm / 1000), str(minima.vertical_ft))
            with np.load(path) as kept:
                hour = Hour(kept["names"].tolist(), *(kept[name] for name in Hour.__slots__[1:]))
        return hour, _answer(f"traffic {told['version']}", told)

    def _run(self, script: str, path: Path, *told: str) -> dict[str, Any]:
        answer = path.with_name("answer.json")
        command = [str(self._python), str(_HERE / script), str(path), str(answer), *told]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        read: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
        return read


def _answer(name: str, told: dict[str, Any]) -> Answer:
    return Answer(name, told["cpu_s"] * 1000, {(one, other) for one, other in told["pairs"]})
