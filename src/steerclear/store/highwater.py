# SPDX-License-Identifier: Apache-2.0
"""How far did this node's own log go? Kept outside the database, so that an old database is noticed.

A node that comes back from an old backup must not sign a second history: a mark above the size of its own log
says that entries are missing. The order of the writer is

    append to the store  →  keep the mark  →  hand out

so a mark is never ahead of the disk after a crash, and nothing that was handed out is above it.

The file is four lines of text, replaced whole (write beside, fsync, rename, fsync the folder)::

    steerclear high-water 1
    generation 0
    size 42
    root 64 hex digits
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from steerclear.errors import BadInput, NotKept, NotVerified, Unreachable
from steerclear.store.disk import replace_durably

__all__ = ["HighWater", "Mark"]

_FORM: Final = re.compile(
    rb"steerclear high-water 1\n"
    rb"generation (0|[1-9][0-9]{0,8})\nsize (0|[1-9][0-9]{0,15})\nroot ([0-9a-f]{64})\n"
)


@dataclass(frozen=True, slots=True)
class Mark:
    """The own log had ``size`` entries under ``root`` (lower-case hex) in ``generation``."""

    generation: int
    size: int
    root: str

    def __post_init__(self) -> None:
        if not _FORM.fullmatch(_printed(self)):
            raise BadInput(
                "high-water-mark",
                f"Generation {self.generation}, size {self.size}, root {self.root[:70]} is not a mark.",
                remedy="Give two numbers that are not negative and a root of 64 lower-case hex digits.",
            )


class HighWater:
    """The mark of one node, in the file ``path``."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Mark | None:
        """The mark, or ``None`` if none was ever kept.

        Raises ``NotVerified`` (``high-water-damaged``) for any other spelling than ours, ``Unreachable``
        (``high-water-unreadable``) when the file cannot be read.
        """
        try:
            spelled = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise Unreachable(
                "high-water-unreadable",
                f"The high-water mark cannot be read: {error.strerror}.",
                remedy="Check the file's owner and permissions; it must be readable by the node.",
                where=str(self._path),
            ) from error
        return self._parsed(spelled)

    def keep(self, mark: Mark) -> None:
        """Keep ``mark``, durably. The same mark again changes nothing.

        Raises ``NotVerified`` (``high-water-differs``: the same size under another root) and ``NotKept``
        (``high-water-falls``, ``high-water-not-kept``).
        """
        known = self.read()
        if known == mark:
            return
        if known is not None:
            self._check_rises(known, mark)
        try:
            replace_durably(self._path, _printed(mark))
        except OSError as error:
            raise NotKept(
                "high-water-not-kept",
                f"The high-water mark cannot be written: {error.strerror}.",
                remedy="Make room on the disk, or make the folder writable; hand nothing out before.",
                where=str(self._path),
            ) from error

    def _parsed(self, spelled: bytes) -> Mark:
        match = _FORM.fullmatch(spelled)
        if match is None:
            raise NotVerified(
                "high-water-damaged",
                "The high-water mark does not read as this program writes it.",
                remedy="Write nothing before the other members have sent the newest checkpoint of this log.",
                where=str(self._path),
            )
        return Mark(int(match[1]), int(match[2]), match[3].decode("ascii"))

    def _check_rises(self, known: Mark, mark: Mark) -> None:
        if (mark.generation, mark.size) < (known.generation, known.size):
            raise NotKept(
                "high-water-falls",
                f"The own log has {mark.size} entries (generation {mark.generation}); it had {known.size} "
                f"(generation {known.generation}).",
                remedy="This database is older than its log: fetch what is missing from the other members.",
                where=str(self._path),
            )
        if (mark.generation, mark.size) == (known.generation, known.size):
            raise NotVerified(
                "high-water-differs",
                f"The own log had another root at size {mark.size} before.",
                remedy="This database holds a second history: sign nothing, and start a succession.",
                where=str(self._path),
            )


def _printed(mark: Mark) -> bytes:
    lines = f"steerclear high-water 1\ngeneration {mark.generation}\nsize {mark.size}\nroot {mark.root}\n"
    return lines.encode()
