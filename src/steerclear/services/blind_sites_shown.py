# SPDX-License-Identifier: Apache-2.0
"""What do faces show of checks against protected sites that nobody shows?

Of an own notice that may harm, for each member that may hold sites: that one lies in an area, that none was
found, or why it is not known. Nowhere a list: no row names a site of somebody else, or where in an area it
lies.
"""

from __future__ import annotations

from collections.abc import Sequence

from steerclear.blind.grid import day_of
from steerclear.mechanism.bodies import BlindSiteHold
from steerclear.mechanism.judge import effective
from steerclear.mechanism.notices import NoticeRecord
from steerclear.model.time import Instant, format_instant, format_zulu
from steerclear.services.answers import FindingRow, SiteCheckRow
from steerclear.services.blind_site_terms import holders, is_checked, site_terms, stops, unasked
from steerclear.services.blind_sites import Asked, SiteDesk
from steerclear.services.ledger import Ledger
from steerclear.services.naming import short_of

__all__ = ["SitesShown"]


class SitesShown:
    """Adds to rows what checks of protected sites found."""

    def __init__(self, ledger: Ledger, desk: SiteDesk) -> None:
        self._ledger = ledger
        self._desk = desk

    def findings(self, record: NoticeRecord) -> list[FindingRow]:
        """One for each member that may hold sites; none where nothing is checked."""
        now = self._ledger.now()
        is_ours = record.author == self._ledger.me and is_checked(record.newest.content)
        if not is_ours or not record.is_live(now) or site_terms(self._ledger.view, now) is None:
            return []
        asked = list(self._desk.asked())
        found = [self._finding(record, holder, asked, now) for holder in holders(self._ledger.view)]
        return found + [
            self._row(
                "UNDETERMINED", record, other, now,
                f"UNDETERMINED against protected sites of {other} because the host carries them",
            )
            for other in unasked(self._ledger.view)
        ]  # fmt: skip

    def checks(self) -> tuple[SiteCheckRow, ...]:
        """How every live notice of ours stands that is held against sites."""
        now = self._ledger.now()
        return tuple(
            SiteCheckRow(
                notice=short_of(self._ledger, record.id),
                ref=record.newest.content.ref,
                holder=row.by.removeprefix("protected sites of "),
                finding=row.finding,
                at=row.at,
                words=row.words,
            )
            for record in self._ledger.view.notices.live(now)
            for row in self.findings(record)
        )

    # ---- inwards ---------------------------------------------------------------------------------------

    def _finding(self, record: NoticeRecord, holder: str, asked: Sequence[Asked], now: Instant) -> FindingRow:
        ours = [one for one in asked if (one.version, one.ask.body.holder) == (record.newest.id, holder)]
        answered = [one for one in ours if one.met is not None]
        if answered and answered[-1].met is not None and any(answered[-1].met):
            met = [number for number, is_met in enumerate(answered[-1].met, 1) if is_met]
            words = (
                f"MAY CONFLICT (protected site): {_areas(met, len(answered[-1].met))} of this notice "
                f"{holder} holds a protected site: keep out, or ask {holder}"
            )
            return self._row("MAY CONFLICT", record, holder, answered[-1].ask.at, words)
        because = self._why_unknown(record, holder, ours, now)
        if because is not None:
            words = f"UNDETERMINED against protected sites of {holder} because {because}"
            return self._row("UNDETERMINED", record, holder, now, words)
        at = answered[-1].ask.at
        words = f"NO CONFLICT KNOWN (no protected site of {holder} met at {format_zulu(at // 1_000)})"
        return self._row("NO CONFLICT KNOWN", record, holder, at, words)

    def _why_unknown(
        self, record: NoticeRecord, holder: str, ours: Sequence[Asked], now: Instant
    ) -> str | None:
        """``None``: the newest check has an answer, of today and of all sites that its holder has."""
        view = self._ledger.view
        terms, refused = site_terms(view, now), self._desk.why_not_asked(record.newest.id, holder)
        if terms is not None and terms.why_not is not None:
            return terms.why_not
        if refused is not None:
            return refused
        if not ours:
            return "it was not asked yet"
        newest = ours[-1]
        if stopped := stops(view, newest.ask.id):
            return f"{stopped[-1].author} stopped the check ({stopped[-1].body.code})"
        if newest.met is None:
            since = format_zulu(newest.ask.at // 1_000)
            return f"{self._awaited(newest, holder)} has not answered since {since}"
        if newest.ask.body.day != day_of(min(now, record.newest.end_at) // 1_000):
            return "it was last asked on another day"
        held = effective(view.book, view.book.about(newest.ask.id, BlindSiteHold))
        if not all(one.body.whole for one in held):
            return f"{holder} could not list all of its sites"
        return None

    def _awaited(self, asked: Asked, holder: str) -> str:
        view = self._ledger.view
        has_held = effective(view.book, view.book.about(asked.ask.id, BlindSiteHold))
        return f"{holder}, or the host," if has_held else holder

    def _row(self, finding: str, record: NoticeRecord, holder: str, at: Instant, words: str) -> FindingRow:
        return FindingRow(
            finding=finding,  # type: ignore[arg-type]  # one of the three words above
            by=f"protected sites of {holder}",
            at=format_instant(at),
            about=(short_of(self._ledger, record.id),),
            words=words,
        )


def _areas(met: Sequence[int], of: int) -> str:
    if of == 1:
        return "within the area"
    return f"within area{'s' if len(met) > 1 else ''} {', '.join(map(str, met))} of {of}"
