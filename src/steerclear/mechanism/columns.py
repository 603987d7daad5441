# SPDX-License-Identifier: Apache-2.0
"""Which numbers stand under a name? Rows of twelve bytes, sorted, of which nothing is an object unasked.

    8 bytes  of the name's BLAKE2b
    4 bytes  a number: the place of an entry, or of a thing

Two names of one hash lead to each other's numbers too; whoever asks looks at what he finds.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterator
from hashlib import blake2b
from typing import Final

__all__ = ["ROW_BYTES", "Names", "name_row"]

_HASH: Final = 8
_NUMBER: Final = 4
ROW_BYTES: Final = _HASH + _NUMBER


def _hash_of(name: Hashable) -> bytes:
    """Names are texts, or a member and an id."""
    text = name if isinstance(name, str) else repr(name)
    return blake2b(text.encode(), digest_size=_HASH).digest()


def name_row(name: Hashable, number: int) -> bytes:
    return _hash_of(name) + number.to_bytes(_NUMBER, "big")


class Names:
    """Sorted rows of ``name_row``."""

    __slots__ = ("_count", "_rows")

    def __init__(self, rows: bytes) -> None:
        if len(rows) % ROW_BYTES:
            raise ValueError(f"a row of a name has {ROW_BYTES} bytes")
        self._rows = rows
        self._count = len(rows) // ROW_BYTES

    def under(self, name: Hashable) -> Iterator[int]:
        """Numbers that stand under this name, ascending."""
        wanted = _hash_of(name)
        index = bisect_left(range(self._count), wanted, key=self._hash_at)
        while index < self._count and self._hash_at(index) == wanted:
            at = index * ROW_BYTES + _HASH
            yield int.from_bytes(self._rows[at : at + _NUMBER], "big")
            index += 1

    def _hash_at(self, index: int) -> bytes:
        return self._rows[index * ROW_BYTES : index * ROW_BYTES + _HASH]
