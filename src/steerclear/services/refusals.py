# SPDX-License-Identifier: Apache-2.0
"""What did others send that this node refused: who, what, how often, and does it go on?

Nothing that is refused is dropped in silence, and no flood of it fills a memory or a log: one row for each
sender and code, counted, with the newest case in words. The log of the process tells the 1st, the 10th, the
100th … of a row.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import structlog

from steerclear.errors import SteerclearError
from steerclear.model.time import Instant

__all__ = ["Refusal", "Refusals"]

SHOWN_FOR_MS: Final = 24 * 3_600_000
"""So long a refusal stands on the face after it came last."""

MOST_ROWS: Final = 512
"""Sixty-four members with eight sorts of refusals each; then the oldest rows give way."""

LONGEST_WORDS: Final = 600

_log = structlog.get_logger("steerclear.refusals")


@dataclass(frozen=True, slots=True)
class Refusal:
    """``by`` sent it; ``where`` names log, entry and field, as far as there is one; ``count`` so often.

    ``goes_on``: it came in the last exchange with ``by``, too.
    """

    by: str
    code: str
    what: str
    where: str
    remedy: str
    first_at: Instant
    last_at: Instant
    count: int = 1
    goes_on: bool = True


class Refusals:
    """The rows of one node. Called from the node's writer thread."""

    def __init__(self) -> None:
        self._rows: dict[tuple[str, str], Refusal] = {}

    def begin(self, by: str) -> None:
        """An exchange with ``by`` begins; what was refused before goes on only if it comes again."""
        for place, row in self._rows.items():
            if row.by == by and row.goes_on:
                self._rows[place] = replace(row, goes_on=False)

    def note(self, by: str, error: SteerclearError, now: Instant) -> None:
        place = by, error.code
        before = self._rows.pop(place, None)  # it goes to the end: the newest stand last
        row = self._rows[place] = Refusal(
            by=by,
            code=error.code,
            what=error.what[:LONGEST_WORDS],
            where=(error.where or by)[:LONGEST_WORDS],
            remedy=error.remedy[:LONGEST_WORDS],
            first_at=before.first_at if before is not None else now,
            last_at=now,
            count=before.count + 1 if before is not None else 1,
        )
        if len(self._rows) > MOST_ROWS:
            del self._rows[next(iter(self._rows))]
        if str(row.count).strip("0") == "1":
            _log.warning("refused", peer=by, code=row.code, where=row.where, what=row.what, times=row.count)

    def going_on(self) -> Iterator[Refusal]:
        """What the last exchange with its sender brought again."""
        return (row for row in self._rows.values() if row.goes_on)

    def rows(self, now: Instant) -> tuple[Refusal, ...]:
        """All of the last day, the newest first."""
        recent = [row for row in self._rows.values() if now - row.last_at < SHOWN_FOR_MS]
        return tuple(reversed(recent))
