# SPDX-License-Identifier: Apache-2.0
"""What is known of conflicts? The worst that anybody found about the newest versions; none is Undetermined.

A result speaks for the versions it names, under the annex it names, with the logs it had seen. Whatever is
newer is Undetermined; so is what the host alone can read, until the host's heads cover it, and every check
against a notice that its author's root has disowned: nobody can tell whether it stands. One author's later
result takes the place of its earlier one about the same notices; its later *no conflict* about a notice
against all others also ends its earlier conflicts of that notice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate
from math import inf

from steerclear.mechanism.annexes import Annexes
from steerclear.mechanism.bodies import (
    Acknowledge,
    ConflictAccept,
    ConflictClose,
    ConflictDecline,
    ConflictFound,
    ConflictPropose,
    NoConflictFound,
    ScreenResult,
)
from steerclear.mechanism.book import Book
from steerclear.mechanism.entry import DISOWNED, Place
from steerclear.mechanism.heads import Heads
from steerclear.mechanism.judge import effective
from steerclear.mechanism.notices import NoticeRecord, Notices
from steerclear.mechanism.said import Said, conflict_id, order_of
from steerclear.model.finding import Finding, Undetermined, worst_of
from steerclear.model.member import Role
from steerclear.model.time import Instant

__all__ = ["ConflictRecord", "Conflicts", "Findings", "StandingFinding", "pair_of"]

Result = Said[ScreenResult]
Reply = Said[ConflictAccept] | Said[ConflictDecline]


@dataclass(frozen=True, slots=True)
class StandingFinding:
    """What a face may say about a notice at a moment, and the results that it rests on."""

    finding: Finding
    results: tuple[Result, ...]

    @property
    def screened_at(self) -> Instant | None:
        """The oldest of the results: what is claimed is not newer than that."""
        return min((result.body.screened_at for result in self.results), default=None)


@dataclass(frozen=True, slots=True)
class ConflictRecord:
    """What was found and said about one pair of notices, which may be known here by their ids alone.

    ``results`` are about the newest versions and not taken back; ``past`` are all others.
    """

    id: str
    notices: tuple[str, str]
    results: tuple[Result, ...]
    past: tuple[Result, ...]
    concerns: tuple[str, ...]
    proposals: tuple[Said[ConflictPropose], ...]
    replies: tuple[Reply, ...]
    closes: tuple[Said[ConflictClose], ...]
    acknowledgements: tuple[Said[Acknowledge], ...]

    @property
    def found(self) -> Result | None:
        """The newest result that says conflict, if any stands."""
        said = [result for result in self.results if isinstance(result.body.finding, ConflictFound)]
        return said[-1] if said else None

    @property
    def is_open(self) -> bool:
        """A conflict stands, or one was told by a proposal, and not every side concerned has closed it."""
        if self.found is None and (self.results or self.past or not self.proposals):
            return False
        since = self.found.at if self.found is not None else self.proposals[-1].at
        closed = {close.author for close in self.closes if close.at >= since}
        return not self.concerns or not set(self.concerns) <= closed


class Findings:
    """The standing finding of each notice."""

    def __init__(self, book: Book, notices: Notices, annexes: Annexes, heads: Heads) -> None:
        self._book = book
        self._notices = notices
        self._annexes = annexes
        self._heads = heads
        self._crowd: tuple[_Row, ...] = ()
        self._crowd_for: tuple[int, Instant] | None = None

    def of(self, notice_id: str, now: Instant) -> StandingFinding:
        """The worst of all authors for the newest version. Never a permission."""
        standing = self._standing(notice_id, now)
        if not standing:
            return StandingFinding(Undetermined("nobody has screened it yet"), ())
        findings: list[Finding] = [result.body.finding.finding() for result in standing]
        findings += self._doubts(notice_id, standing, now)
        findings += self._sealed_doubts(notice_id)
        return StandingFinding(worst_of(findings), tuple(standing))

    def _standing(self, notice_id: str, now: Instant) -> list[Result]:
        """For each author the newest result about each set of notices, as far as nothing is newer."""
        return [result for result in self._newest(notice_id) if self._both_live(result, now)]

    def _newest(self, notice_id: str) -> tuple[Result, ...]:
        """Those, whether or not their notices are live: every face asks again, and few are said anew."""

        def fold() -> tuple[Result, ...]:
            kept: dict[tuple[str, frozenset[str]], Result] = {}
            about = effective(self._book, self._book.about(notice_id, ScreenResult))
            for result in sorted(about, key=order_of):
                pair = frozenset(version.notice for version in result.body.notices)
                kept[result.author, pair] = result
            current = [result for result in kept.values() if self._is_current(result, notice_id)]
            return tuple(result for result in current if not _is_superseded(result, current))

        return self._book.kept.answer(("newest results", notice_id), fold)

    def _is_current(self, result: Result, notice_id: str) -> bool:
        """Is it about the newest version of this notice?"""
        record = self._notices.get(notice_id)
        named = next(v.version for v in result.body.notices if v.notice == notice_id)
        return record is None or named == record.newest.id

    def _both_live(self, result: Result, now: Instant) -> bool:
        records = (self._notices.get(version.notice) for version in result.body.notices)
        return all(record is None or record.is_live(now) for record in records)

    def _doubts(self, notice_id: str, standing: list[Result], now: Instant) -> Iterator[Undetermined]:
        """Every reason why these results do not speak for what is known now."""
        whole = [result for result in standing if len(result.body.notices) == 1]
        if not whole and not any(isinstance(r.body.finding, ConflictFound) for r in standing):
            yield Undetermined("it was not screened against all others")
        separation = self._annexes.separation(now)
        if separation is not None and not any(r.body.annex == separation.content for r in standing):
            yield Undetermined("the separation annex changed since it was screened")
        for author in self._unseen_authors(notice_id, standing, now):
            yield Undetermined(f"a notice of {author} is newer than its screening")
        yield from self._disowned(notice_id, now)

    def _disowned(self, notice_id: str, now: Instant) -> Iterator[Undetermined]:
        """It binds its author at the worst, so a conflict with it stays one; it never counts as none."""
        mine = self._notices.get(notice_id)
        if mine is not None and mine.newest.said.doubt == DISOWNED:
            yield Undetermined(f"it was {DISOWNED}")
        if mine is not None and mine.doubted is not None:
            yield Undetermined("it was amended under a key that is in doubt")
        for row in self._crowd_at(now):
            if mine is not None and row.author == mine.author:
                continue
            if row.is_disowned:
                yield Undetermined(f"a notice of {row.author} was {DISOWNED}")
            if row.is_doubted:
                yield Undetermined(f"a notice of {row.author} was amended under a key that is in doubt")

    def _sealed_doubts(self, notice_id: str) -> Iterator[Undetermined]:
        """What the host alone can read may lie on top of this notice until the host has seen and read it.

        The host screens before it beats, so that what its heads cover is in its results.
        """
        author, host = self._book.author_of(notice_id), self._book.host
        for member, role in sorted(self._book.roles.items()):
            newest = self._book.newest_sealed(member)
            if newest is None or member == author or role not in (Role.PARTY, Role.NOTIFIER):
                continue
            if host is None or self._heads.covers(host, (newest,)) is None:
                yield Undetermined(f"a sealed entry of {member} has not been seen by the host yet")
        for id_ in self._heads.unreadable_by(host) if host is not None else ():
            copies = [place for place in self._book.sealed_copies(id_) if place.author != author]
            if copies and self._is_unread(host, id_, copies):
                yield Undetermined(f"a sealed entry of {copies[0].author} could not be read by the host")

    def _is_unread(self, host: str | None, id_: str, copies: list[Place]) -> bool:
        seen = [self._heads.covering_copy(host or "", id_, place) for place in copies]
        return not any(covering is not None and not covering.unreadable for covering in seen)

    def _unseen_authors(self, notice_id: str, standing: list[Result], now: Instant) -> Iterator[str]:
        """Whose live notices neither this notice's results nor their own had seen beside it."""
        mine = self._notices.get(notice_id)
        if mine is None:
            return
        at = mine.newest.said.place
        for row in self._crowd_at(now):
            if row.author == mine.author:
                continue
            first = row.first_from(max(_seen_upto(result, row.log, row.generation) for result in standing))
            if row.least_seen(first, at.author, at.generation) > at.seq:
                continue
            if any(self._is_unseen(mine, other, standing) for other in row.records[first:]):
                yield row.author

    def _is_unseen(self, mine: NoticeRecord, other: NoticeRecord, standing: list[Result]) -> bool:
        """Neither this notice's results nor the other's had seen both newest versions."""
        if any(_has_seen(result, other) for result in standing):
            return False
        return not any(_has_seen(result, mine) for result in self._results(other))

    def _results(self, record: NoticeRecord) -> tuple[Result, ...]:
        """Every effective result about the newest version."""

        def fold() -> tuple[Result, ...]:
            about = effective(self._book, self._book.about(record.id, ScreenResult))
            return tuple(result for result in about if self._is_current(result, record.id))

        return self._book.kept.answer(("results", record.id), fold)

    def _crowd_at(self, now: Instant) -> tuple[_Row, ...]:
        """All live notices, ordered once for every question about one moment."""
        stamp = (self._book.size, now)
        if self._crowd_for != stamp:
            logs: dict[tuple[str, str, int], list[NoticeRecord]] = {}
            for record in self._notices.live(now):
                place = record.newest.said.place
                logs.setdefault((record.author, place.author, place.generation), []).append(record)
            self._crowd = tuple(self._row(*key, logs[key]) for key in sorted(logs))
            self._crowd_for = stamp
        return self._crowd

    def _row(self, author: str, log: str, generation: int, records: list[NoticeRecord]) -> _Row:
        records.sort(key=lambda record: record.newest.said.place.seq)
        return _Row(author, log, generation, records, [self._results(record) for record in records])


class _Row:
    """The live notices of one author in one log, by place, and how much their results had seen."""

    def __init__(
        self,
        author: str,
        log: str,
        generation: int,
        records: list[NoticeRecord],
        results: list[tuple[Result, ...]],
    ) -> None:
        self.author = author
        self.log = log
        self.generation = generation
        self.records = records
        self.is_disowned = any(record.newest.said.doubt == DISOWNED for record in records)
        self.is_doubted = any(record.doubted is not None for record in records)
        self._results = results
        self._seqs = [record.newest.said.place.seq for record in records]
        self._least: dict[tuple[str, int], list[float]] = {}

    def first_from(self, seq: int) -> int:
        return bisect_left(self._seqs, seq)

    def least_seen(self, first: int, log: str, generation: int) -> float:
        """Of the notices from this one on: how much of a log the least informed of their results had seen."""
        key = (log, generation)
        if key not in self._least:
            seen = (
                max((_seen_upto(result, log, generation) for result in results), default=0)
                for results in reversed(self._results)
            )
            self._least[key] = [inf, *accumulate(seen, min)][::-1]
        return self._least[key][first]


def _seen_upto(result: Result, log: str, generation: int) -> int:
    """So many entries of a log had its author seen: as it says, and never more than its entry's heads hold.

    After a succession a size belongs to one generation; of another it says nothing. A result about a pair was
    held against that pair alone, whatever else its author had seen by then.
    """
    if len(result.body.notices) != 1:
        return 0
    if log == result.place.author:
        return result.place.seq if generation == result.place.generation else 0
    if result.generations.get(log, 0) != generation:
        return 0
    return min(result.body.covers.get(log, 0), result.heads.get(log, 0))


def _has_seen(result: Result, record: NoticeRecord) -> bool:
    """Did its author have this version: named, or among what it had seen of its log?"""
    if any(version.version == record.newest.id for version in result.body.notices):
        return True
    place = record.newest.said.place
    return place.seq < _seen_upto(result, place.author, place.generation)


def _is_superseded(result: Result, among: Iterable[Result]) -> bool:
    """Its author has since said *no conflict* about one of its notices against all others."""
    notices = {version.notice for version in result.body.notices}
    return len(notices) == 2 and any(
        later.author == result.author
        and isinstance(later.body.finding, NoConflictFound)
        and len(later.body.notices) == 1
        and later.body.notices[0].notice in notices
        and order_of(later) > order_of(result)
        for later in among
    )


class Conflicts:
    """Every pair of notices about which a conflict was found or proposed."""

    def __init__(self, book: Book, notices: Notices) -> None:
        self._book = book
        self._notices = notices

    def __iter__(self) -> Iterator[ConflictRecord]:
        told = (*self._book.of_kind("screen.result"), *self._book.of_kind("conflict.propose"))
        pairs = dict.fromkeys(pair for said in told if (pair := pair_of(said.body)) is not None)
        records = (self.between(*pair) for pair in pairs)
        return (record for record in records if record is not None)

    def get(self, id_: str) -> ConflictRecord | None:
        return next((record for record in self if record.id == id_), None)

    def between(self, notice: str, other: str) -> ConflictRecord | None:
        """What is known of these two, named in order; ``None`` when nobody who may has told of a conflict."""
        pair = (notice, other)
        record = self._book.kept.answer(("conflict", *pair), lambda: self._record(pair))
        return record if record.results or record.past or record.proposals else None

    def open(self, now: Instant) -> Iterator[ConflictRecord]:
        """Open conflicts between notices that are still live, as far as they are known here."""
        return (record for record in self if self.stands(record, now))

    def stands(self, record: ConflictRecord, now: Instant) -> bool:
        """Is it open, and neither notice known here to be cold or withdrawn?"""
        known = (self._notices.get(notice) for notice in record.notices)
        return record.is_open and all(notice is None or notice.is_live(now) for notice in known)

    def _record(self, pair: tuple[str, str]) -> ConflictRecord:
        id_ = conflict_id(*pair)
        about = effective(self._book, self._book.about(pair[0], ScreenResult))
        results = [r for r in about if {v.notice for v in r.body.notices} == set(pair)]
        single = [
            r
            for notice in pair
            for r in effective(self._book, self._book.about(notice, ScreenResult))
            if len(r.body.notices) == 1
        ]
        current = [r for r in results if self._stands(r, results, single)]
        proposals = effective(self._book, self._book.about(id_, ConflictPropose))
        named = [m for r in results for m in r.body.concerns] + [
            m for p in proposals for m in (p.author, *p.to)
        ]
        acks = [a for r in results for a in effective(self._book, self._book.about(r.id, Acknowledge))]
        replies: list[Reply] = []
        for proposal in proposals:
            replies += effective(self._book, self._book.about(proposal.id, ConflictAccept))
            replies += effective(self._book, self._book.about(proposal.id, ConflictDecline))
        return ConflictRecord(
            id=id_,
            notices=pair,
            results=tuple(current),
            past=tuple(r for r in results if r not in current),
            concerns=tuple(sorted({m for m in named if self._book.roles.get(m) is not None} - self._hosts())),
            proposals=proposals,
            replies=tuple(replies),
            closes=effective(self._book, self._book.about(id_, ConflictClose)),
            acknowledgements=tuple(acks),
        )

    def _hosts(self) -> set[str]:
        return {member for member, role in self._book.roles.items() if role.value in ("host", "observer")}

    def _stands(self, result: Result, results: list[Result], single: list[Result]) -> bool:
        """About the newest versions known, the author's newest about the pair, and not taken back."""
        for version in result.body.notices:
            record = self._notices.get(version.notice)
            if record is not None and record.newest.id != version.version:
                return False
        mine = [r for r in results if r.author == result.author]
        newest = max(mine, key=order_of)
        same = newest.body.notices == result.body.notices and type(newest.body.finding) is type(
            result.body.finding
        )
        return (result is newest or same) and not _is_superseded(result, single)


def pair_of(body: object) -> tuple[str, str] | None:
    """The two notices, in order, that a result or a proposal tells a conflict of; ``None`` if it does not."""
    if isinstance(body, ConflictPropose):
        named = set(body.notices)
    elif isinstance(body, ScreenResult) and isinstance(body.finding, ConflictFound):
        named = {version.notice for version in body.notices}
    else:
        return None
    if len(named) != 2:
        return None
    first, second = sorted(named)
    return first, second
