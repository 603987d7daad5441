# SPDX-License-Identifier: Apache-2.0
"""SQLite's R*Tree module: 4D, 32-bit whole numbers (``rtree_i32``), in memory, one thread, asked in SQL."""

from __future__ import annotations

import sqlite3
from typing import Any, Final

from benchmarks.screening.pairs import MODULUS, Digest
from benchmarks.screening.work import Boxes, Ints

__all__ = ["Sqlite", "SqliteIndex"]

Row = tuple[int, ...]

_TREE: Final = "CREATE VIRTUAL TABLE tree USING rtree_i32(id, x0, x1, y0, y1, h0, h1, t0, t1)"
_INSERT: Final = "INSERT INTO tree VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_QUERY: Final = (
    "SELECT id FROM tree WHERE x1 >= ? AND x0 <= ? AND y1 >= ? AND y0 <= ?"
    " AND h1 >= ? AND h0 <= ? AND t1 >= ? AND t0 <= ?"
)
_MEETING: Final = (
    "b.x1 >= a.x0 AND b.x0 <= a.x1 AND b.y1 >= a.y0 AND b.y0 <= a.y1"
    " AND b.h1 >= a.h0 AND b.h0 <= a.h1 AND b.t1 >= a.t0 AND b.t0 <= a.t1"
)
# CROSS JOIN fixes the order of the loops: each box once, and its neighbours from the tree.
_PAIRS: Final = (
    f"SELECT count(*), sum(a.id + b.id), sum((a.id * b.id) % {MODULUS})"
    f" FROM boxes a CROSS JOIN tree b ON {_MEETING} AND b.id > a.id"
)
_MANY: Final = f"SELECT a.id, b.id FROM asked a CROSS JOIN tree b ON {_MEETING}"
_COLUMNS: Final = "(id INTEGER PRIMARY KEY, x0, x1, y0, y1, h0, h1, t0, t1)"


class Sqlite:
    """It adds up what it found itself: no pair becomes a Python object, which is to its favour."""

    @property
    def version(self) -> str:
        return f"SQLite {sqlite3.sqlite_version}"

    def warm(self) -> None:
        """Fails early where SQLite was built without the module."""
        sqlite3.connect(":memory:").execute(_TREE)

    def all_pairs(self, boxes: Boxes) -> Digest:
        rows = _rows(boxes)
        index = SqliteIndex(rows)
        index.base.execute(f"CREATE TABLE boxes {_COLUMNS}")
        index.base.executemany("INSERT INTO boxes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        count, total, mixed = index.base.execute(_PAIRS).fetchone()
        index.close()
        return Digest(count, total or 0, mixed or 0)

    def build(self, boxes: Boxes) -> SqliteIndex:
        return SqliteIndex(_rows(boxes))


class SqliteIndex:
    """A database in memory, inside one transaction."""

    static = False
    elsewhere = False
    own_bytes = None

    def __init__(self, rows: list[Row]) -> None:
        self.base = sqlite3.connect(":memory:", isolation_level=None)
        self.base.execute("BEGIN")
        self.base.execute(_TREE)
        self.base.executemany(_INSERT, rows)

    def question(self, boxes: Boxes, row: int) -> Row:
        return _rows(boxes.part(row, row + 1))[0][1:]

    def ask(self, question: Row) -> list[int]:
        return [row for (row,) in self.base.execute(_QUERY, question)]

    def batch(self, boxes: Boxes) -> str:
        """A table of questions that lies ready. Its name."""
        self.base.execute("DROP TABLE IF EXISTS asked")
        self.base.execute(f"CREATE TABLE asked {_COLUMNS}")
        self.base.executemany("INSERT INTO asked VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", _rows(boxes))
        return _MANY

    def ask_many(self, batch: str) -> list[Any]:
        return self.base.execute(batch).fetchall()

    def insert(self, row: int, question: Row) -> None:
        self.base.execute(_INSERT, (row, *question))

    def close(self) -> None:
        self.base.close()


def _rows(boxes: Boxes) -> list[Row]:
    """Row, then first and last of each dimension; its boxes are closed."""
    sides: Ints = boxes.low.repeat(2, axis=1)
    sides[:, 1::2] = boxes.last
    return [(row, *each) for row, each in enumerate(sides.tolist())]
