# SPDX-License-Identifier: Apache-2.0
"""What does a book hold that was witnessed before this start, and that nobody has asked about yet?

A book over an archive answers as one that witnessed every entry: before it looks under a name, it brings from
the archive all that stands there, once. A million entries stay where they are while a desk asks about ten.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Protocol

from steerclear.mechanism.entry import Entry, Place

__all__ = ["MISREAD", "OF_THE_RECORD", "SEALED", "UNKNOWN", "Archive"]

SEALED: Final = "?sealed"
UNKNOWN: Final = "?unknown"
MISREAD: Final = "?misread"
OF_THE_RECORD: Final = "."
"""Before a kind that only the record reads."""


class Archive(Protocol):
    """Entries by place, by the names that lead to them, and by kind (or sort, as above)."""

    @property
    def size(self) -> int:
        """How many entries it holds."""

    def holds(self, place: Place) -> bool: ...

    def entry(self, place: Place) -> Entry:
        """The entry as it was witnessed. Raises what reading it raises."""

    def named(self, name: str) -> Iterator[Place]:
        """Where something stands with this id, or about this thing, and perhaps some places more."""

    def of_kind(self, kind: str) -> Iterator[Place]: ...

    def every(self) -> Iterator[Place]: ...

    def closed_to_us(self, log: str) -> Iterator[Place]:
        """Of one log the entries that the host may read and this node could not, newest first."""
