# SPDX-License-Identifier: Apache-2.0
"""How does a snapshot lie beside its database? In parts, each sealed under the storage key, in their order.

    8 bytes of magic, 16 random bytes that this file alone has
    each part: 8 bytes of length, then nonce, AES-256-GCM ciphertext and tag (vault.py)

Every part is bound to the file, its number and how many there are: none can be changed, left out, doubled
or taken from another file. The threads and ids in it are those of what was sealed, and as secret as it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from steerclear.errors import NotVerified
from steerclear.store.vault import Vault

__all__ = ["parse_sealed", "print_sealed", "snapshot_beside"]

_MAGIC: Final = b"STCRVIEW"
_FILE_BYTES: Final = 16
_LENGTH_BYTES: Final = 8


def snapshot_beside(path: Path) -> Path:
    """Where the snapshot of the database at ``path`` lies."""
    return path.with_name(path.name + ".snapshot")


def print_sealed(parts: Sequence[bytes], vault: Vault) -> bytes:
    name = os.urandom(_FILE_BYTES)
    printed = [_MAGIC, name]
    for number, part in enumerate(parts):
        sealed = vault.seal(_place(name, number, len(parts)), part)
        printed += [len(sealed).to_bytes(_LENGTH_BYTES, "big"), sealed]
    return b"".join(printed)


def parse_sealed(data: bytes, vault: Vault, *, where: str) -> tuple[bytes, ...]:
    """Raises ``NotVerified`` (``snapshot-damaged``)."""
    start = len(_MAGIC) + _FILE_BYTES
    name = data[len(_MAGIC) : start]
    if data[: len(_MAGIC)] != _MAGIC or len(name) != _FILE_BYTES:
        raise _damaged(where)
    sealed = list(_cut(memoryview(data)[start:], where))
    if not sealed:
        raise _damaged(where)
    try:
        return tuple(
            vault.open(_place(name, number, len(sealed)), bytes(part)) for number, part in enumerate(sealed)
        )
    except NotVerified as error:
        raise _damaged(where) from error


def _cut(data: memoryview, where: str) -> Iterator[memoryview]:
    at = 0
    while at < len(data):
        end = at + _LENGTH_BYTES + int.from_bytes(data[at : at + _LENGTH_BYTES], "big")
        if end > len(data):
            raise _damaged(where)
        yield data[at + _LENGTH_BYTES : end]
        at = end


def _place(name: bytes, number: int, of: int) -> str:
    return f"snapshot {name.hex()} {number}/{of}"


def _damaged(where: str) -> NotVerified:
    return NotVerified(
        "snapshot-damaged",
        "The snapshot of the view is not whole, or another node's.",
        where=where,
        remedy="Nothing is lost: the record is read from its first entry, and another snapshot is made.",
    )
