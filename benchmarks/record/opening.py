# SPDX-License-Identifier: Apache-2.0
"""How long does a node of many entries take to open: from a snapshot of its view, or from the first entry?

The record is that of work.py, put into a node's folder as its store keeps it: what is sealed lies opened
beside it. One in sixteen of what a member seals files a flight of an hour; the others acknowledge the newest
flight of another. Each opening is one ``steerclear serve``, a process of its own, from its start until it
says that it serves.
"""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.record.work import DAY_MS, HOST, MEMBERS, START_MS, Cast
from steerclear.links.clock import SystemClock
from steerclear.links.keyfile import FolderShelf, KeyName, Unencrypted
from steerclear.links.keystore import FileKeystore
from steerclear.links.randomness import SystemRandomness
from steerclear.links.tls import make_certificate, save_certificate
from steerclear.model.member import MemberId
from steerclear.model.time import Instant, format_instant
from steerclear.node.settings import DrillTime, Settings, print_settings
from steerclear.record import (
    Ed25519Signer,
    JsonObject,
    Leaf,
    SignedStatement,
    Statement,
    parse_leaf,
    print_charter,
    sign_statement,
)
from steerclear.record.opening import Opening, print_opening
from steerclear.record.replica import ReplicaLog, read_replica
from steerclear.store.port import StoredEntry
from steerclear.store.sealed_parts import snapshot_beside
from steerclear.store.sqlite import SqliteStore

__all__ = ["make_node", "opening"]

ME: Final = "TUR"
_FLIGHTS: Final = 16
_AT_ONCE: Final = 2_000
_HOUR_MS: Final = 3_600_000
_PORT: Final = 0

_Flights = Mapping[str, Sequence[tuple[int, str]]]
"""Of each party when it files, and the id of what it files."""


def opening(folder: Path, record: Path, seed: int) -> dict[str, float]:
    """Figures of one node: seconds and memory of each opening, and the snapshot's size.

    The first opening reads every entry and leaves the snapshot, as a node's first start with this version
    does.
    """
    entries = make_node(folder, record, seed)
    first = _served(folder)
    snapshot = snapshot_beside(folder / "node.db")
    kept = [_served(folder) for _ in range(3)]
    best = min(kept, key=lambda one: one["seconds"])
    return {
        "entries": entries,
        "database_mib": (folder / "node.db").stat().st_size / 1024**2,
        "snapshot_mib": snapshot.stat().st_size / 1024**2,
        **{f"snapshot_{name}": value for name, value in best.items()},
        **{f"first_{name}": value for name, value in first.items()},
    }


def _served(folder: Path) -> dict[str, float]:
    """One process of ``steerclear serve``; ended as an operator ends it, once it serves."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [
        sys.executable,
        "-m",
        "steerclear.cli",
        "serve",
        "--node",
        str(folder),
        "--unencrypted",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        told = process.stdout.readline()
        seconds = time.perf_counter() - begin
        processor_s = _processor_s_of(process.pid)
        memory_mib = _memory_mib_of(process.pid)
        process.send_signal(signal.SIGINT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if not told.startswith(ME):
        raise RuntimeError("the node did not open")
    whole_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"seconds": seconds, "processor_s": processor_s, "whole_s": whole_s, "memory_mib": memory_mib}


def _processor_s_of(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def _memory_mib_of(pid: int) -> float:
    said = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in said if line.startswith("VmHWM")).split()[1]) / 1024


# ---- the node --------------------------------------------------------------------------------------------


def make_node(folder: Path, record: Path, seed: int) -> int:
    """The folder of TUR's node with all of a record in its store; how many entries."""
    cast = Cast(seed)
    folder.mkdir(parents=True)
    keys = FileKeystore.create(folder / "keys", Unencrypted(), SystemRandomness().bytes)
    shelf = FolderShelf(folder / "keys", Unencrypted())
    shelf.put(KeyName("root", "1"), cast.roots[ME].private_bytes)
    shelf.put(KeyName("node"), cast.node[ME].private_bytes)
    shelf.put(KeyName("witness"), cast.witness[ME].private_bytes)
    save_certificate(folder / "tls", make_certificate(MemberId(ME)))
    SqliteStore.create(folder / "node.db", keys.make_storage_key())
    with SqliteStore(folder / "node.db", keys.storage_key()) as store:
        store.keep_charter(print_charter(cast.charter))
        size, last_at = 0, START_MS
        flights = {log.member: _flights_in(log) for log in read_replica(record).logs if log.member != HOST}
        for log in read_replica(record).logs:
            entries = _stored(log, cast, flights)
            while some := list(islice(entries, _AT_ONCE)):
                store.append(some)
                size, last_at = size + len(some), max(last_at, parse_leaf(some[-1].leaf).at)
    clock = DrillTime(Instant(last_at + _HOUR_MS), 1.0, SystemClock().now())
    (folder / "steerclear.toml").write_text(
        print_settings(Settings(MemberId(ME), "127.0.0.1", _PORT, clock)), encoding="utf-8"
    )
    return size


def _stored(
    log: ReplicaLog, cast: Cast, flights: Mapping[str, Sequence[tuple[int, str]]]
) -> Iterator[StoredEntry]:
    sealed = 0
    for data in log.entries:
        leaf = parse_leaf(data)
        opened = None
        if leaf.sealed is not None:
            said = _said_in(leaf, cast, flights, sealed)
            opened = print_opening(Opening(said, bytes(32)))
            sealed += 1
        yield StoredEntry(leaf.author, leaf.generation, leaf.seq, data, opened)


def _flights_in(log: ReplicaLog) -> list[tuple[int, str]]:
    """When each flight of a log is filed, and its id."""
    leaves = (leaf for leaf in map(parse_leaf, log.entries) if leaf.sealed is not None)
    return [(leaf.at, leaf.statement_id) for leaf in islice(leaves, None, None, _FLIGHTS)]


def _said_in(leaf: Leaf, cast: Cast, flights: _Flights, number: int) -> SignedStatement:
    """What a sealed entry holds: a flight, that it is over, or that one of another member was read."""
    of = number % _FLIGHTS if leaf.author in flights else _FLIGHTS
    if of == 0:
        kind, body = "notice.file", _flight(leaf)
    elif of == 1:
        own = flights[leaf.author][number // _FLIGHTS]
        kind, body = "notice.cold", {"notice": own[1], "cold_at": _told(leaf.at)}
    else:
        other = flights[next(member for member in MEMBERS if member != leaf.author and member in flights)]
        newest = other[max(0, bisect_left(other, (leaf.at, "")) - 1)]
        kind, body = (
            "receipt.acknowledge",
            {"about": newest[1], "rung": max(1, number % _FLIGHTS), "read_back": None},
        )
    statement = Statement(
        mechanism=cast.mechanism,
        author=leaf.author,
        desk="air",
        id=leaf.statement_id,
        kind=kind,
        to=tuple(member for member in MEMBERS if member != leaf.author),
        at=leaf.at,
        body=body,
    )
    return sign_statement(statement, [_duty(cast, leaf.author, (leaf.at - START_MS) // DAY_MS)])


@cache
def _duty_of(seed: int, member: str, day: int) -> Ed25519Signer:
    return Cast(seed).duty(member, day)


def _duty(cast: Cast, member: str, day: int) -> Ed25519Signer:
    return _duty_of(cast.seed, member, day)


def _flight(leaf: Leaf) -> JsonObject:
    volume: JsonObject = {
        "footprint": {"is": "circle", "centre": [325_123_000, 360_123_000], "radius_mm": 4_000_000},
        "lower": {"feet": 5_000, "datum": "AMSL"},
        "upper": {"feet": 9_000, "datum": "AMSL"},
        "start": _told(leaf.at + _HOUR_MS),
        "end": _told(leaf.at + 2 * _HOUR_MS),
    }
    return {
        "content": {
            "kind": "flight",
            "domain": "air",
            "party": leaf.author,
            "ref": f"{leaf.author}-{leaf.seq}",
            "near": None,
            "volumes": [volume],
            "activity": None,
            "third_parties": None,
            "overrides": [],
            "late_minutes": None,
        }
    }


def _told(at: int) -> str:
    return format_instant(Instant(at // 1_000 * 1_000))
