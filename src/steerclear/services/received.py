# SPDX-License-Identifier: Apache-2.0
"""What does our own gate say of a notice that came? A filer's node may have none, or another idea of it.

The gate speaks twice: before a notice leaves, and here when another's notice is read (design file 6). It is
judged as of the moment when its entry was written, once for each version: nothing of it is said in the
record, nothing is refused, and what it says about our own places is for our own eyes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from steerclear.formats.places import Gazetteer
from steerclear.mechanism.notices import Version
from steerclear.mechanism.quality import examine
from steerclear.services.answers import GateRow, NoticeRow
from steerclear.services.ledger import Ledger

__all__ = ["GateOnReceipt"]


class GateOnReceipt:
    """Of each version of another's notice that this node can read."""

    def __init__(self, ledger: Ledger, places: Gazetteer) -> None:
        self._ledger = ledger
        self._places = places
        self._found: dict[str, tuple[GateRow, ...]] = {}

    def shown(self, rows: Sequence[NoticeRow]) -> tuple[NoticeRow, ...]:
        """The rows, those of others with what the gate says of them."""
        return tuple(self.shown_on(row) for row in rows)

    def shown_on(self, row: NoticeRow) -> NoticeRow:
        record = self._ledger.view.notices.get(row.id)
        if row.author == self._ledger.me or record is None:
            return row
        newest = record.newest
        if newest.id not in self._found:
            self._found[newest.id] = self._examined(newest, row.author)
        return replace(row, gate=self._found[newest.id])

    def _examined(self, version: Version, author: str) -> tuple[GateRow, ...]:
        content = version.content
        reasons = {override.code: override.because for override in content.overrides}
        found = examine(
            content.notice(),
            annexes=self._ledger.view.annexes,
            reference=None if content.near is None else self._places.resolve(content.near),
            view=self._ledger.view,
            now=version.said.at,
            third_parties=content.third_parties,
            others=(author,),
        )
        return tuple(
            GateRow(
                code=one.code,
                severity=one.severity.value,
                words=one.words,
                overridden_because=reasons.get(one.code),
            )
            for one in found
        )
