# SPDX-License-Identifier: Apache-2.0
"""How is a database copied, so that the copy knows that it is one?"""

from __future__ import annotations

from pathlib import Path

from steerclear.store import database
from steerclear.store.sqlite import SqliteStore

__all__ = ["copy_marked"]


def copy_marked(path: Path, target: Path, storage_key: bytes, *, fact: str, value: bytes) -> None:
    """A consistent copy that holds ``fact`` besides; the original may be in use, and is only read.

    Raises ``Refused`` (``store-exists``) and what reading and writing a database raise.
    """
    database.copy(path, target)
    with SqliteStore(target, storage_key) as copied:
        copied.keep_fact(fact, value)
    # A copy holds no disk in reserve; the node that is made of it does.
    target.with_name(target.name + ".reserve").unlink(missing_ok=True)
