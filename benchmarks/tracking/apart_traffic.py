# SPDX-License-Identifier: Apache-2.0
"""``traffic``'s own closest points of approach, over an hour of its own sample; run by a Python that has it.

    python apart_traffic.py HOUR.npz ANSWER.json LATERAL_M VERTICAL_FT

writes the hour, each flight at each whole second, and what ``closest_point_of_approach`` made of the same.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

BEGIN, END = "2021-10-07 13:00", "2021-10-07 14:00"


def main(hour_path: str, answer_path: str, lateral_m: float, vertical_ft: float) -> None:
    warnings.simplefilter("ignore")
    from cartes.crs import EuroPP
    from traffic.data.samples import quickstart

    hour = quickstart.between(BEGIN, END).resample("1s").eval(desc="", max_workers=1)
    frame = hour.data.dropna(subset=["latitude", "longitude", "altitude"])
    hour = type(hour)(frame)
    names, which = np.unique(frame["icao24"].to_numpy().astype(str), return_inverse=True)
    np.savez(
        hour_path,
        names=names,
        which=which,
        second=frame["timestamp"].astype("int64").to_numpy() // _unit(frame),
        lat=frame["latitude"].to_numpy(dtype=float),
        lon=frame["longitude"].to_numpy(dtype=float),
        feet=frame["altitude"].to_numpy(dtype=float),
    )
    begun = _spent_s()
    found = hour.closest_point_of_approach(lateral_m, vertical_ft, projection=EuroPP(), max_workers=1)
    spent = _spent_s() - begun
    close = found.data.query(f"lateral < {lateral_m / 1852} and vertical < {vertical_ft}")
    pairs = {tuple(sorted(pair)) for pair in zip(close["icao24_x"], close["icao24_y"], strict=True)}
    told = {"version": version("traffic"), "cpu_s": spent, "pairs": sorted(pairs)}
    Path(answer_path).write_text(json.dumps(told), encoding="utf-8")


def _unit(frame: Any) -> int:
    return int(10 ** {"ns": 9, "us": 6, "ms": 3, "s": 0}[frame["timestamp"].dt.unit])


def _spent_s() -> float:
    """Processor time of this process and of those that it has started and ended."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in both)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
