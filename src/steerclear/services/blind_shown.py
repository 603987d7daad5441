# SPDX-License-Identifier: Apache-2.0
"""What do faces show of a blind check? Beside what engines found, and never better than the worse of the two.

our notice, open     the engines' finding and, for each party compared with, what was met with its age
our notice, blind    no engine has read it: what was met, and UNDETERMINED against whoever is not compared
another's notice     of a pair that is compared: an engine's *no conflict* says nothing of our blind ones
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, Literal

from steerclear.blind.outcome import CellsMet, NothingMet, Outcome
from steerclear.mechanism.notices import NoticeRecord
from steerclear.model.member import Role
from steerclear.model.time import Instant, format_instant, format_zulu
from steerclear.services.answers import BlindDayRow, FindingRow, NoticeRow
from steerclear.services.blind_desk import BlindDesk
from steerclear.services.blind_met import cells_words
from steerclear.services.blind_pair import PairDesk
from steerclear.services.blind_sites_shown import SitesShown
from steerclear.services.blind_terms import is_blind
from steerclear.services.ledger import Ledger
from steerclear.services.naming import short_of

__all__ = ["BlindShown"]

_NOT_LISTED: Final = "it was not listed yet"


class BlindShown:
    """Adds to rows what the blind desk knows."""

    def __init__(self, ledger: Ledger, desk: BlindDesk, sites: SitesShown) -> None:
        self._ledger = ledger
        self._desk = desk
        self._sites = sites

    def shown(self, rows: tuple[NoticeRow, ...]) -> tuple[NoticeRow, ...]:
        """Each row with a finding for each pair that its author is in with us."""
        pairs = self._desk.pairs_now()
        return tuple(self._with_sites(self._shown_on(row, pairs)) for row in rows)

    def shown_on(self, row: NoticeRow) -> NoticeRow:
        """The same for one."""
        return self._with_sites(self._shown_on(row, self._desk.pairs_now()))

    def _with_sites(self, row: NoticeRow) -> NoticeRow:
        """And what is known of protected sites that nobody shows."""
        record = self._ledger.view.notices.get(row.id)
        found = self._sites.findings(record) if record is not None else []
        if not found:
            return row
        return replace(row, findings=(*row.findings, *found), screened=_worst(row.screened, found))

    def _shown_on(self, row: NoticeRow, ours: Sequence[PairDesk]) -> NoticeRow:
        record = self._ledger.view.notices.get(row.id)
        pairs = [pair for pair in ours if row.author in pair.terms.pair]
        if record is None or not (pairs or self._is_ours_and_blind(record)):
            return row
        if record.author != self._ledger.me:
            return _with_doubt(row, "it may meet a notice of ours that is compared blind: see our notices")
        now = self._ledger.now()
        found = [self._finding(pair, record, now) for pair in pairs]
        blind = self._is_ours_and_blind(record)
        found += self._not_compared(record, now) if blind else []
        return replace(
            row,
            findings=(*(() if blind else row.findings), *found),
            screened=_worst("" if blind else row.screened, found),
        )

    def days(self) -> tuple[BlindDayRow, ...]:
        """Every day of every pair of ours."""
        now = self._ledger.now()
        return tuple(row for pair in self._desk.pairs_now() for row in self._day_rows(pair, now))

    def alarms(self) -> Iterator[str]:
        """What a desk has to know of the checks themselves."""
        for pair in self._desk.pairs_now():
            if pair.why_not is not None:
                yield f"nothing is compared blind with {pair.other}: {pair.why_not}"
        if self._desk.pairs_now() and not self._desk.can_be_audited:
            yield (
                "what this node lists for blind checks cannot be audited: "
                "name offline keys in steerclear.toml (steerclear blind key)"
            )

    # ---- inwards ---------------------------------------------------------------------------------------

    def _is_ours_and_blind(self, record: NoticeRecord) -> bool:
        return record.author == self._ledger.me and is_blind(self._ledger.view, record)

    def _finding(self, pair: PairDesk, record: NoticeRecord, now: Instant) -> FindingRow:
        plan = pair.plans(now).get(record.newest.id)
        if pair.why_not is not None:
            return self._row("UNDETERMINED", pair, record, now, f"UNDETERMINED because {pair.why_not}")
        if plan is None:
            return self._row("UNDETERMINED", pair, record, now, f"UNDETERMINED because {_NOT_LISTED}")
        return self._outcome_row(pair, record, pair.outcome(plan, now), now)

    def _outcome_row(self, pair: PairDesk, record: NoticeRecord, found: Outcome, now: Instant) -> FindingRow:
        if isinstance(found, CellsMet):
            words = f"MAY CONFLICT (cells met) with {pair.other}: {self._cells(pair, record, found, now)}"
            return self._row("MAY CONFLICT", pair, record, now, words)
        if isinstance(found, NothingMet):
            age_s = now // 1_000 - found.covers_s
            honest = "" if not found.honest_peer_only else "; honest peer only"
            words = (
                f"NO CONFLICT KNOWN (nothing met among {found.among:,} slots of {pair.other} at "
                f"{format_zulu(found.covers_s)}, {age_s} s ago{honest})"
            )
            return self._row("NO CONFLICT KNOWN", pair, record, Instant(found.covers_s * 1_000), words)
        words = f"UNDETERMINED against {pair.other} because {found.because}"
        return self._row("UNDETERMINED", pair, record, now, words)

    def _cells(self, pair: PairDesk, record: NoticeRecord, found: CellsMet, now: Instant) -> str:
        """Day by day: how many, when, how high."""
        plan = pair.plans(now)[record.newest.id]
        told = []
        for day in pair.terms.days(now):
            on_day = pair.on_day(plan, day, now)
            if isinstance(on_day, CellsMet):
                told.append(cells_words(pair.terms.grid, day, frozenset(on_day.cells)))
        return "; ".join(told) or f"{len(found.cells)} cells met"

    def _row(
        self,
        finding: Literal["NO CONFLICT KNOWN", "MAY CONFLICT", "UNDETERMINED"],
        pair: PairDesk,
        record: NoticeRecord,
        at: Instant,
        words: str,
    ) -> FindingRow:
        by = pair.terms.level.value
        return FindingRow(
            finding=finding,
            by=f"blind {by} with {pair.other}",
            at=format_instant(at),
            about=(short_of(self._ledger, record.id),),
            words=words,
        )

    def _not_compared(self, record: NoticeRecord, now: Instant) -> list[FindingRow]:
        """Whoever files beside the pairs that are compared: nobody has held this notice against theirs."""
        compared = {pair.other for pair in self._desk.pairs_now()}
        carried_by = self._ledger.view.book.carried_by
        # What a party carries for a notifier stands in that party's lists.
        listed = {one for one, by in carried_by.items() if by in compared}
        others = self._others_who_file() - compared - listed
        return [
            FindingRow(
                finding="UNDETERMINED",
                by=self._ledger.me,
                at=format_instant(now),
                about=(short_of(self._ledger, record.id),),
                words=f"UNDETERMINED against {other} because its notices are not compared blind",
            )
            for other in sorted(others)
        ]

    def _others_who_file(self) -> set[str]:
        """Parties, and notifiers of whom anything stands in a log."""
        view, me = self._ledger.view, self._ledger.me
        parties = {member for member in view.parties if member != me}
        spoken = {one.author for one in view.notices.live(self._ledger.now())}
        sealed = {entry.author for entry in view.sealed}
        notifiers = {member for member, role in view.roles.items() if role is Role.NOTIFIER}
        carried = {member for member in notifiers if view.book.carried_by.get(member, member) in sealed}
        return parties | (notifiers & (spoken | sealed)) | carried

    def _day_rows(self, pair: PairDesk, now: Instant) -> Iterable[BlindDayRow]:
        for one in pair.stands(now):
            late_s = None if one.compared_at is None else (now - one.compared_at) // 1_000
            if one.failed_because is not None:
                state, words = "undetermined", f"UNDETERMINED because {one.failed_because}"
            elif late_s is None:
                state, words = "waiting", "nothing was compared yet"
            elif late_s > pair.terms.fresh_s:
                state, words = "undetermined", f"UNDETERMINED because nothing was compared for {late_s} s"
            else:
                state, words = "compared", f"compared {late_s} s ago, round {one.rounds}"
            yield BlindDayRow(
                pair=pair.terms.pair,
                other=pair.other,
                level=one.level.value,
                day=format_zulu(one.day * 86_400)[:10],
                attempt=one.attempt,
                rounds=one.rounds,
                compared_at=format_instant(one.compared_at) if one.compared_at is not None else None,
                state=state,  # type: ignore[arg-type]  # one of the three words above
                words=words,
            )


def _with_doubt(row: NoticeRow, because: str) -> NoticeRow:
    if not row.screened.startswith("NO CONFLICT"):
        return row
    return replace(row, screened=f"UNDETERMINED because {because}")


def _worst(exact: str, found: list[FindingRow]) -> str:
    """A conflict before cells met, cells met before unknown, unknown before nothing known."""
    words = [*([exact] if exact else []), *(one.words for one in found)]
    for beginning in ("CONFLICT", "MAY CONFLICT", "UNDETERMINED"):
        for one in words:
            if one.startswith(beginning):
                return one
    return "; ".join(words) if words else "UNDETERMINED because nobody has compared it"
