# SPDX-License-Identifier: Apache-2.0
"""What is measured: filing, catching up, verifying; and beside filing, two databases with the same bytes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.record.channel import Channel, areas, drafts, opened
from benchmarks.screening.peers import postgis_server
from steerclear.record.replica import read_replica
from steerclear.services.ledger import Draft
from steerclear.services.together import Failed, Together

__all__ = [
    "catching_up",
    "filing",
    "filing_in_postgresql",
    "filing_in_sqlite",
    "leaves_of",
    "verifying",
]

MANY: Final = 64
"""Filers at once."""

Figures = dict[str, float]


def rate(seconds: Sequence[float], count: int, wall_s: float) -> Figures:
    """Entries a second, and what one filer waited, in ms."""
    p50, p99 = np.percentile(np.array(seconds) * 1e3, (50, 99))
    return {"entries": count, "per_s": count / wall_s, "p50_ms": float(p50), "p99_ms": float(p99)}


def timed(works: Sequence[Callable[[], Any]]) -> Figures:
    """One after another; each has its own clock."""
    seconds, begin = [], time.perf_counter()
    for work in works:
        before = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - before)
    return rate(seconds, len(works), time.perf_counter() - begin)


# ---- ours ------------------------------------------------------------------------------------------------


def filing(folder: Path, alone: int, together: int) -> dict[str, Figures]:
    """The ledger's own append of ready statements, and the whole verb, by one filer and by 64."""
    with opened(folder) as channel:
        ledger, node = channel.nodes["TUR"].ledger, channel.nodes["TUR"]
        append = ledger.append
        found = {}
        found["ledger, 1"] = timed([partial(append, [one]) for one in drafts(ledger, alone)])
        found["ledger, 64"] = _grouped(channel, drafts(ledger, together))
        found["whole, 1"] = timed([partial(node.do, one) for one in areas(alone, ledger.now())])
        found["whole, 64"] = asyncio.run(_served(channel, together))
        _require_sound(channel)
    return found


def _grouped(channel: Channel, ready: Sequence[Draft]) -> Figures:
    """64 verbs at a time that each file one statement, as a node does them that were asked together."""
    ledger = channel.nodes["TUR"].ledger
    desk: Together[Any] = Together(ledger)
    seconds, begin = [], time.perf_counter()
    for at in range(0, len(ready), MANY):
        before = time.perf_counter()
        outcomes = desk.do([partial(_append, ledger, one) for one in ready[at : at + MANY]])
        seconds += [time.perf_counter() - before] * len(outcomes)
        if any(isinstance(one, Failed) for one in outcomes):
            raise RuntimeError("an entry was not filed")
    return rate(seconds, len(ready), time.perf_counter() - begin)


def _append(ledger: Any, ready: Draft) -> Any:
    return ledger.append([ready])


async def _served(channel: Channel, count: int) -> Figures:
    """64 callers of a node, each with its next request as soon as it is told FILED."""
    node = channel.serving("TUR")
    waiting = iter(areas(count, channel.nodes["TUR"].ledger.now()))
    seconds: list[float] = []

    async def caller() -> None:
        for request in waiting:
            before = time.perf_counter()
            await node.do(request)
            seconds.append(time.perf_counter() - before)

    begin = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(MANY)))
    return rate(seconds, len(seconds), time.perf_counter() - begin)


def _require_sound(channel: Channel) -> None:
    """What was filed stands on the disk as the memory has it."""
    ledger = channel.nodes["TUR"].ledger
    if ledger.store.size("TUR", 0) != ledger.own.size:
        raise RuntimeError("the disk does not hold what was filed")


def catching_up(folder: Path, behind: int) -> Figures:
    """ISR was away while TUR filed; then it takes everything over the bundles of a line, until both agree."""
    with opened(folder) as channel:
        source, late = channel.nodes["TUR"].ledger, channel.nodes["ISR"].ledger
        for _ in range(0, behind, 6 * MANY):
            source.append(drafts(source, 6 * MANY))
        lacking = source.own.size - late.logs["TUR"].size
        rounds, begin = 1, time.perf_counter()
        while channel.exchange("ISR", "TUR"):
            rounds += 1
        seconds = time.perf_counter() - begin
        if late.logs["TUR"].root != source.own.root or late.unreadable:
            raise RuntimeError("they do not agree after the exchange")
    return {"entries": lacking, "per_s": lacking / seconds, "seconds": seconds, "rounds": rounds}


_VERIFY: Final = """
import json, resource, sys, time
from pathlib import Path
from steerclear.services.verify import verify_path

if __name__ == "__main__":
    begin = time.perf_counter()
    report = verify_path(Path(sys.argv[1]), processes=int(sys.argv[2]))
    seconds = time.perf_counter() - begin
    own, others = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    # Not ru_maxrss of its own: that begins at what the process that began this one had.
    said = Path("/proc/self/status").read_text().splitlines()
    peak = next(line for line in said if line.startswith("VmHWM"))
    assert report.is_verified and not report.doubts, (report.failures[:3], report.doubts[:3])
    print(json.dumps({
        "entries": report.counts.entries,
        "signatures": report.counts.signatures,
        "seconds": seconds,
        "per_s": report.counts.entries / seconds,
        "processor_s": own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime,
        "memory_mib": int(peak.split()[1]) / 1024,
        "memory_of_each_mib": others.ru_maxrss / 1024 if int(sys.argv[2]) > 1 else 0,
    }))
"""


def verifying(record: Path, processes: int) -> Figures:
    """In an interpreter of its own, so that its memory is that of verifying and of nothing else."""
    with tempfile.TemporaryDirectory(prefix="steerclear-bench-") as name:
        program = Path(name) / "verify.py"
        program.write_text(_VERIFY, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, program, record, str(processes)], capture_output=True, text=True, check=False
        )
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-2_000:])
    return dict(json.loads(done.stdout))


# ---- the peers -------------------------------------------------------------------------------------------


def leaves_of(record: Path, count: int) -> list[bytes]:
    """The first entries of TUR's log: the bytes that the databases keep."""
    log = next(log for log in read_replica(record).logs if log.member == "TUR")
    return list(islice(log.entries, count))


def filing_in_sqlite(folder: Path, leaves: Sequence[bytes], alone: int) -> dict[str, Figures]:
    """WAL, ``synchronous=FULL``, one table: one insert a transaction, and 64."""
    with contextlib.closing(sqlite3.connect(folder / "plain.db", isolation_level=None)) as base:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=FULL")
        base.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, leaf BLOB NOT NULL)")

        def insert(some: Sequence[bytes]) -> None:
            base.execute("BEGIN IMMEDIATE")
            base.executemany("INSERT INTO entry (leaf) VALUES (?)", ((leaf,) for leaf in some))
            base.execute("COMMIT")

        one = timed([partial(insert, [leaf]) for leaf in leaves[:alone]])
        groups = [leaves[at : at + MANY] for at in range(alone, len(leaves), MANY)]
        many = timed([partial(insert, group) for group in groups])
        many |= {"entries": len(leaves) - alone, "per_s": many["per_s"] * (len(leaves) - alone) / len(groups)}
        (kept,) = base.execute("SELECT count(*) FROM entry").fetchone()
    if kept != len(leaves):
        raise RuntimeError("SQLite does not hold what was inserted")
    return {"1": one, "64": many}


_DURABLE: Final = {
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "max_connections": "100",
}


def filing_in_postgresql(leaves: Sequence[bytes], alone: int) -> dict[str, Figures]:
    """One row a transaction, by one connection and by 64, each its next as soon as the last is committed.

    Raises ``Absent`` where PostgreSQL is not installed.
    """
    import psycopg

    with (
        postgis_server.serving(at_most_s=60, settings=_DURABLE, extension=None) as address,
        psycopg.connect(address, autocommit=True) as base,
    ):
        base.execute("CREATE TABLE entry (seq bigserial PRIMARY KEY, leaf bytea NOT NULL)")
        one = timed([partial(_insert, base, leaf) for leaf in leaves[:alone]])
        many = _by_many(address, leaves[alone:])
        (kept,) = base.execute("SELECT count(*) FROM entry").fetchone() or (0,)
        (said,) = base.execute("SHOW synchronous_commit").fetchone() or ("",)
    if kept != len(leaves) or said != "on":
        raise RuntimeError("PostgreSQL does not hold what was inserted")
    return {"1": one, "64": many}


def _insert(base: Any, leaf: bytes) -> None:
    base.execute("INSERT INTO entry (leaf) VALUES (%b)", (leaf,), prepare=True)


def _by_many(address: str, leaves: Sequence[bytes]) -> Figures:
    import psycopg

    seconds: list[list[float]] = [[] for _ in range(MANY)]
    ready = threading.Barrier(MANY + 1)

    def connection(number: int) -> None:
        with psycopg.connect(address, autocommit=True) as base:
            ready.wait()
            for leaf in leaves[number::MANY]:
                before = time.perf_counter()
                _insert(base, leaf)
                seconds[number].append(time.perf_counter() - before)

    threads = [threading.Thread(target=connection, args=(number,)) for number in range(MANY)]
    for thread in threads:
        thread.start()
    ready.wait()
    begin = time.perf_counter()
    for thread in threads:
        thread.join()
    return rate([one for each in seconds for one in each], len(leaves), time.perf_counter() - begin)
