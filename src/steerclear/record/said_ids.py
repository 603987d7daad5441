# SPDX-License-Identifier: Apache-2.0
"""Was a statement with this id said in this log before, and under which commitment?

What was recalled from a snapshot lies in three columns, sorted by id, and nothing of it is an object until it
is asked for; what came since lies in a dictionary. Ids and commitments are raw bytes.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import Final

__all__ = ["SaidIds"]

_ID: Final = 16
_COMMITMENT: Final = 32
_ROW: Final = _ID + 1 + _COMMITMENT
_IN_CLEAR: Final = b"\0" * (1 + _COMMITMENT)


class SaidIds:
    """Id → commitment, ``None`` where it was said in clear. ``rows`` is what ``columns`` gave."""

    __slots__ = ("_count", "_fresh", "_rows")

    def __init__(self, rows: bytes = b"") -> None:
        if len(rows) % _ROW:
            raise ValueError(f"a row of an id has {_ROW} bytes")
        self._rows = rows
        self._count = len(rows) // _ROW
        self._fresh: dict[bytes, bytes | None] = {}

    def rows(self) -> bytes:
        """Everything: id, 0 in clear or 1, commitment; sorted, each id once."""
        old = [self._rows[at : at + _ROW] for at in range(0, len(self._rows), _ROW)]
        new = [id_ + (_IN_CLEAR if one is None else b"\1" + one) for id_, one in self._fresh.items()]
        return b"".join(sorted(old + new))

    def __contains__(self, id_: bytes) -> bool:
        return id_ in self._fresh or self._index(id_) is not None

    def __getitem__(self, id_: bytes) -> bytes | None:
        if id_ in self._fresh:
            return self._fresh[id_]
        index = self._index(id_)
        if index is None:
            raise KeyError(id_)
        row = self._rows[index * _ROW + _ID : (index + 1) * _ROW]
        return row[1:] if row[0] else None

    def add(self, id_: bytes, commitment: bytes | None) -> None:
        """The first time counts."""
        if id_ not in self:
            self._fresh[id_] = commitment

    def update(self, said: Mapping[bytes, bytes | None]) -> None:
        """Ids of which none is known yet."""
        self._fresh.update(said)

    def isdisjoint(self, ids: Iterable[bytes]) -> bool:
        if not self._count:
            return self._fresh.keys().isdisjoint(ids)
        return not any(id_ in self for id_ in ids)

    def _index(self, id_: bytes) -> int | None:
        index = bisect_left(range(self._count), id_, key=self._id_at)
        return index if index < self._count and self._id_at(index) == id_ else None

    def _id_at(self, index: int) -> bytes:
        return self._rows[index * _ROW : index * _ROW + _ID]
