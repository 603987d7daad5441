# SPDX-License-Identifier: Apache-2.0
"""Which of our notices are compared with another party, and which cells do they have on which day?

All live ones, open ones too: whether a notice is in the set does not depend on the level at which it was
filed. What a carried notifier files stands in our log and is listed by us. A version that was amended makes
place for the next; cells that both have cost nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from steerclear.blind.cover import Cover, Dilation, cells_of_day, covers
from steerclear.blind.grid import DayCells, Grid
from steerclear.blind.side import LEAST_LIFE_S
from steerclear.errors import SteerclearError
from steerclear.mechanism.notices import NoticeRecord, Version
from steerclear.mechanism.view import View
from steerclear.model.finding import Undetermined
from steerclear.model.space import Volume
from steerclear.model.time import Instant
from steerclear.services.blind_terms import PairTerms, is_blind

__all__ = ["Planned", "Plans", "planned"]


@dataclass(slots=True, eq=False)
class Planned:
    """One version of one live notice. ``filed_at_s``: by which its least life is judged."""

    notice: str
    version: str
    filed_at_s: int
    ends_at_s: int
    grid: Grid
    dilation: Dilation
    volumes: Sequence[Volume]
    _days: range | Undetermined | None = None
    _cells: dict[int, DayCells | Undetermined] = field(default_factory=dict)

    def days(self) -> range | Undetermined:
        """The UTC days on which it has cells, from the first to the last."""
        if self._days is None:
            self._days = self._found_days()
        return self._days

    def cells_on(self, day: int) -> DayCells | Undetermined:
        """Made once; nothing certain is known of a shape that no gate would have let through."""
        if day not in self._cells:
            try:
                self._cells[day] = cells_of_day(self.volumes, self.dilation, day, self.grid)
            except SteerclearError as error:
                self._cells[day] = Undetermined(error.what)
        return self._cells[day]

    def _found_days(self) -> range | Undetermined:
        try:
            found = covers(self.volumes, self.dilation, self.grid)
        except SteerclearError as error:
            return Undetermined(error.what)
        days = [each.days for each in found if isinstance(each, Cover)]
        for each in found:
            if isinstance(each, Undetermined):
                return each
        return range(min(one.start for one in days), max(one.stop for one in days))


class Plans:
    """Our own live notices, for one pair; what was made for a version is kept while it lives."""

    def __init__(self, me: str) -> None:
        self._me: Final = me
        self._kept: dict[tuple[str, str, int], Planned] = {}

    def now(self, view: View, terms: PairTerms, now: Instant) -> Mapping[str, Planned]:
        """By version, in the order of the view."""
        assert terms.separation is not None  # noqa: S101 - asked only where something is compared
        under = (terms.separation.content, terms.grid.step_arc_s)
        live = {
            record.newest.id: record
            for record in view.notices.live(now)
            if record.newest.said.place.author == self._me
        }
        kept = {
            (version, *under): self._kept.get((version, *under))
            or planned(view, record, record.newest, terms)
            for version, record in live.items()
        }
        self._kept = kept
        return {plan.version: plan for plan in kept.values()}


def planned(view: View, record: NoticeRecord, version: Version, terms: PairTerms) -> Planned:
    """One version of a notice, under the minima and the grid of ``terms``."""
    filed_at_s, ends_at_s = version.said.at // 1_000, version.end_at // 1_000
    if not is_blind(view, record):
        # Only what the other cannot see can be a probe; of open notices none may fall out for its shortness.
        filed_at_s = min(filed_at_s, ends_at_s - LEAST_LIFE_S)
    dilation = terms.dilation(version.content.kind, version.content.domain)
    return Planned(
        record.id, version.id, filed_at_s, ends_at_s, terms.grid, dilation, version.content.volumes
    )
