# SPDX-License-Identifier: Apache-2.0
"""PostGIS: a GiST of four dimensions (``gist_geometry_ops_nd``), each box a diagonal line, asked in SQL.

The server is another process (see ``postgis_server``); nothing is logged or synced to disk.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import psycopg

from benchmarks.screening.pairs import MODULUS, Digest
from benchmarks.screening.work import Boxes

__all__ = ["ADDRESS", "Postgis", "PostgisTable"]

ADDRESS: Final = "STEERCLEAR_BENCH_POSTGIS"
"""The environment variable with the address of the server that the benchmark started."""

_PAIRS: Final = (
    f"SELECT count(*), sum(a.id + b.id), sum((a.id * b.id) % {MODULUS})"
    " FROM boxes a JOIN boxes b ON a.box &&& b.box AND a.id < b.id"
)
_QUERY: Final = "SELECT id FROM boxes WHERE box &&& %s::geometry"
_MANY: Final = "SELECT a.id, b.id FROM asked a JOIN boxes b ON a.box &&& b.box"
_INSERT: Final = "INSERT INTO boxes VALUES (%s, %s::geometry)"

# A COPY file's row: two fields, an 8-byte id, and the EWKB of a line of two points with Z and M; big-endian.
_ROW: Final = np.dtype(
    [
        ("fields", ">i2"),
        ("id_bytes", ">i4"),
        ("id", ">i8"),
        ("box_bytes", ">i4"),
        ("order", "u1"),
        ("type", ">u4"),
        ("points", ">u4"),
        ("ends", ">f8", (2, 4)),
    ]
)
_LINE_ZM: Final = 0xC0000002
_EWKB: Final = slice(_ROW.fields["order"][1], _ROW.itemsize) if _ROW.fields else slice(0)
_COPY_HEAD: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_COPY_TAIL: Final = b"\xff\xff"


class Postgis:
    """It adds up what it found itself: no pair leaves the server, which is to its favour."""

    @property
    def version(self) -> str:
        with _connected() as base:
            found = base.execute("SELECT version(), postgis_lib_version()").fetchone()
        assert found is not None
        return f"PostGIS {found[1]} ({' '.join(found[0].split()[:2])})"

    def warm(self) -> None:
        """Loads the extension's library into a first connection."""
        with _connected() as base:
            base.execute("SELECT 'POINT ZM (1 2 3 4)'::geometry &&& 'POINT ZM (1 2 3 4)'::geometry")

    def all_pairs(self, boxes: Boxes) -> Digest:
        table = PostgisTable(boxes)
        found = table.base.execute(_PAIRS).fetchone()
        table.close()
        assert found is not None
        count, total, mixed = found
        return Digest(count, int(total or 0), int(mixed or 0))

    def build(self, boxes: Boxes) -> PostgisTable:
        return PostgisTable(boxes)


class PostgisTable:
    """One connection, and a table that goes with it."""

    static = False
    elsewhere = True

    def __init__(self, boxes: Boxes) -> None:
        self.base = _connected()
        self._fill("boxes", boxes)
        self.base.execute("CREATE INDEX ON boxes USING gist (box gist_geometry_ops_nd)")
        self.base.execute("ANALYZE boxes")

    @property
    def own_bytes(self) -> int | None:
        found = self.base.execute("SELECT pg_total_relation_size('boxes')").fetchone()
        return None if found is None else int(found[0])

    def question(self, boxes: Boxes, row: int) -> str:
        return bytes(_records(boxes.part(row, row + 1)).tobytes()[_EWKB]).hex()

    def ask(self, question: str) -> list[int]:
        return [row for (row,) in self.base.execute(_QUERY, (question,), prepare=True)]

    def batch(self, boxes: Boxes) -> str:
        """A table of questions that lies ready, and the words that ask it."""
        self.base.execute("DROP TABLE IF EXISTS asked")
        self._fill("asked", boxes)
        return _MANY

    def ask_many(self, batch: str) -> Sequence[Any]:
        return list(self.base.execute(batch, prepare=True))

    def insert(self, row: int, question: str) -> None:
        self.base.execute(_INSERT, (row, question), prepare=True)

    def close(self) -> None:
        self.base.close()

    def _fill(self, name: str, boxes: Boxes) -> None:
        # Unlogged, never committed: it goes with the connection. A temporary one would be read by one core.
        self.base.execute(f"CREATE UNLOGGED TABLE {name} (id bigint, box geometry)")
        with self.base.cursor().copy(f"COPY {name} FROM STDIN (FORMAT binary)") as copy:
            copy.write(_COPY_HEAD + _records(boxes).tobytes() + _COPY_TAIL)


def _connected() -> psycopg.Connection[Any]:
    """One transaction from the beginning to the end, so that no insert waits for a commit."""
    return psycopg.connect(os.environ[ADDRESS])


def _records(boxes: Boxes) -> Any:
    """Its boxes are closed, so they end one earlier; numbers below 2^24 are exact in its float32 keys."""
    records = np.zeros(len(boxes), dtype=_ROW)
    records["fields"], records["id_bytes"], records["id"] = 2, 8, np.arange(len(boxes))
    records["box_bytes"] = _EWKB.stop - _EWKB.start
    records["type"], records["points"] = _LINE_ZM, 2
    records["ends"][:, 0], records["ends"][:, 1] = boxes.low, boxes.last
    return records
