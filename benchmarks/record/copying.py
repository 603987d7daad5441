# SPDX-License-Identifier: Apache-2.0
"""How long does a filing wait while the node writes down its view?

Twenty statements a second are filed by a node of many entries, first with nothing beside them and then while
the copy of the node folds, prints and seals. The one that meets the making of the copy waits for all of it.
"""

from __future__ import annotations

import multiprocessing as mp
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Final, cast

import numpy as np

from steerclear.links.keyfile import Unencrypted
from steerclear.mechanism.bodies import NodeBeat
from steerclear.node.folder import node_at_rest
from steerclear.node.memory import set_aside
from steerclear.node.snapshots import Snapshots
from steerclear.services.ledger import Draft, Ledger
from steerclear.services.requests import ConfirmLog
from steerclear.services.speak import by_node, draft
from steerclear.store.sqlite import SqliteStore

__all__ = ["copying"]

_REST_S: Final = 30.0
"""Filed with nothing beside it; and the longest that the copy may take."""

_EVERY_S: Final = 0.05


def copying(folder: Path, rest_s: float = _REST_S) -> dict[str, float]:
    """Figures of the node in ``folder``, which does not run: waits in ms, and how long the copy took."""
    with ProcessPoolExecutor(1, mp_context=mp.get_context("spawn")) as apart:
        return apart.submit(_copied, folder, rest_s).result()


def _copied(folder: Path, rest_s: float) -> dict[str, float]:
    with node_at_rest(folder, Unencrypted()) as workings:
        workings.do(ConfirmLog(reason="a benchmark: no other member's node runs"))
        ledger = workings.ledger
        set_aside()
        snapshots = Snapshots(
            ledger, cast("SqliteStore", ledger.store), every=1, rest_s=rest_s, longest_s=rest_s
        )
        covered, entries = ledger.snapshot_size, sum(ledger.sizes().values())
        end = time.monotonic() + rest_s
        at_rest = _filed(ledger, lambda: time.monotonic() < end)
        begin = time.perf_counter()
        snapshots.if_due()
        pause_s = time.perf_counter() - begin

        def goes_on() -> bool:
            snapshots.if_due()
            return ledger.snapshot_size == covered and time.perf_counter() - begin < rest_s

        beside = _filed(ledger, goes_on)
        copy_s = time.perf_counter() - begin
        if ledger.snapshot_size == covered:
            raise RuntimeError("the copy was not written in time")
    return {
        "entries": entries,
        "pause_ms": pause_s * 1e3,
        "copy_s": copy_s,
        **_waits("rest", at_rest),
        **_waits("beside", beside),
    }


def _filed(ledger: Ledger, while_: Callable[[], bool]) -> list[float]:
    """What each filing waited, in seconds."""
    waited: list[float] = []
    while while_():
        ready = [_beat(ledger)]
        before = time.perf_counter()
        ledger.append(ready)
        waited.append(time.perf_counter() - before)
        time.sleep(_EVERY_S)
    return waited


def _beat(ledger: Ledger) -> Draft:
    return draft(ledger, NodeBeat(()), voice=by_node())


def _waits(name: str, waited_s: list[float]) -> dict[str, float]:
    p50, p99, worst = np.percentile(np.array(waited_s) * 1e3, (50, 99, 100))
    return {f"{name}_p50_ms": float(p50), f"{name}_p99_ms": float(p99), f"{name}_worst_ms": float(worst)}
