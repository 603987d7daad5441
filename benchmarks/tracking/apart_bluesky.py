# SPDX-License-Identifier: Apache-2.0
"""BlueSky's state-based detection, numpy and C++, on tracks from a file; run by a Python that has it.

python apart_bluesky.py TRACKS.npz ANSWER.json LATERAL_M VERTICAL_M LOOK_AHEAD_S numpy|c++
"""

from __future__ import annotations

import json
import sys
import time
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import numpy as np


def main(
    tracks: str, answer: str, lateral_m: float, vertical_m: float, look_ahead_s: float, way: str
) -> None:
    from bluesky.traffic.asas import statebased

    with np.load(tracks) as kept:
        own = SimpleNamespace(**{name: kept[name] for name in kept.files if name != "id"})
        own.id = kept["id"].tolist()
    own.ntraf = len(own.id)
    ones = np.ones(own.ntraf)
    ways = {"numpy": statebased.StateBased.detect.__get__(own), "c++": statebased.cstatebased.detect}
    detect = ways[way]
    begun = time.process_time()
    found = detect(own, own, ones * lateral_m, ones * vertical_m, ones * look_ahead_s)
    spent = time.process_time() - begun
    pairs = {tuple(sorted(map(str, pair))) for pair in (*found[0], *found[1])}
    told = {"version": version("bluesky-simulator"), "cpu_s": spent, "pairs": sorted(pairs)}
    Path(answer).write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    lateral, vertical, look_ahead = (float(text) for text in sys.argv[3:6])
    main(sys.argv[1], sys.argv[2], lateral, vertical, look_ahead, sys.argv[6])
