# SPDX-License-Identifier: Apache-2.0
"""Who is told of which conflict? A node screens what it can read, and says to each no more than concerns it.

    a version that nobody here has screened ──► against every live notice of another party
        no conflict        ──► to its filer and whoever can read it
        conflict of a pair ──► to the two: gaps and the overlap, nothing else of either
        … and its ways out ──► to the one whose notice would move, alone

The host screens everything that is sealed to it. A party's node screens what is addressed to it in full, so
that L0 notices are screened when the host is gone; it offers no ways out, which would say more of its own
plans. Without a separation annex in force nothing can be said: Undetermined.

What stands is kept made ready in an index, and follows the view from look to look: a version is compared
with those alone that may come too near, and the finding is that of comparing all. Ways out are a start and
an altitude: a place, or a trimmed area, would draw the rim of what the other keeps sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from steerclear.errors import BadInput, SteerclearError
from steerclear.geometry.overlap import overlap_region
from steerclear.mechanism.annexes import BindingSeparation
from steerclear.mechanism.bodies import (
    Alternative,
    ConflictFound,
    NoAlternative,
    NoConflictFound,
    NoticeVersion,
    OtherBand,
    OtherStart,
    ScreenFinding,
    ScreenResult,
    UndeterminedFound,
)
from steerclear.mechanism.entry import Place
from steerclear.mechanism.moment import Moment
from steerclear.mechanism.notices import NoticeRecord
from steerclear.mechanism.said import Said, order_of
from steerclear.model.annex import AnnexName, NoticeTerms
from steerclear.model.finding import Conflict, Finding, NoConflict, SeparationMinima, Undetermined, worst_of
from steerclear.model.member import MemberId, Role
from steerclear.model.space import Band, Volume
from steerclear.model.time import Instant
from steerclear.screening.alternatives import Alternatives
from steerclear.screening.assess import assess_prepared
from steerclear.screening.prepared import Prepared, prepare
from steerclear.screening.screen import largest_of
from steerclear.screening.surroundings import Surroundings
from steerclear.services.blind_terms import is_blind
from steerclear.services.ledger import Filed, Ledger
from steerclear.services.speak import by_node, speak

__all__ = ["ALTERNATIVES_WITHIN_S", "Screener"]

ALTERNATIVES_WITHIN_S: Final = 86_400
MOST_ROUNDS: Final = 100
"""A result can take an earlier one about another notice back, which is then due again."""

_MinimaOf = Callable[[NoticeRecord, NoticeRecord], SeparationMinima]


@dataclass(frozen=True, slots=True)
class _Meeting:
    """What was found between one notice and another; the volumes are those of the worst finding."""

    other: NoticeRecord
    finding: Finding
    ours: Volume
    theirs: Volume
    minima: SeparationMinima


@dataclass(frozen=True, slots=True)
class _Look:
    """One look at the view: what is live ``now``, in its order, and what was said of since it was taken.

    ``while_so`` says until when the same is live and the same minima bind, if nobody speaks.
    """

    now: Instant
    separation: BindingSeparation | None
    live: Mapping[str, NoticeRecord]
    while_so: Moment
    spoken_of: set[str] = field(default_factory=set)


class Screener:
    """One node's screening. Called from its writer thread whenever something arrived."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._ready: dict[str, tuple[Prepared, ...]] = {}
        self._around = Surroundings()
        """What is compared with: at the host every live notice, at a party its own ones; by notice."""
        self._around_as: dict[str, str] = {}
        """Of each notice in there: its version."""
        self._under: dict[str, BindingSeparation] = {}
        """Of each version that was screened since the start: the minima that bound then."""
        self._done_at_size = -1
        self._done_while = Moment(0)
        """When nothing was left to screen: how much the book held, and while what was live then is so."""

    def screen_new(self) -> tuple[Filed, ...]:
        """Screen every version that has no result of ours under the annex in force; the results filed."""
        if self._ledger.view.roles[self._ledger.me] not in (Role.HOST, Role.PARTY):
            return ()
        if self._is_done():
            return ()
        filed: list[Filed] = []
        stuck: dict[str, SteerclearError] = {}
        look = self._look(self._ledger.now())
        asked: Collection[NoticeRecord] = look.live.values()
        for _ in range(MOST_ROUNDS):
            due = [record for record in self._due(asked, look) if record.id not in stuck]
            for record in due:
                try:
                    filed.extend(self._screen(record, look))
                except SteerclearError as error:
                    # One reader without a key must not keep everybody else's notices from being screened.
                    stuck[record.id] = error
            if not due:
                break
            asked, look = self._asked_again(look)
        else:
            return tuple(filed)
        if stuck:
            raise next(iter(stuck.values()))
        self._done_at_size, self._done_while = self._ledger.view.book.size, look.while_so
        return tuple(filed)

    def _is_done(self) -> bool:
        """Was nothing left, and has nothing been said since, nor come with time alone?

        Most steps of a node find nothing new, and to look through all that is live costs more than the rest.
        """
        is_as_it_was = self._ledger.view.book.size == self._done_at_size
        return is_as_it_was and self._done_while.holds_at(self._ledger.now())

    # ---- what is due -----------------------------------------------------------------------------------

    def _look(self, now: Instant) -> _Look:
        moment = Moment(now)
        live = {record.id: record for record in self._ledger.view.notices.live(Instant(moment))}
        look = _Look(now, self._ledger.view.annexes.separation(Instant(moment)), live, moment)
        self._follow(look)
        return look

    def _follow(self, look: _Look) -> None:
        """Bring what stands up to date with the view: versions that are new, and what ended."""
        versions = {record.newest.id for record in look.live.values()}
        self._ready = {version: ready for version, ready in self._ready.items() if version in versions}
        self._under = {version: under for version, under in self._under.items() if version in versions}
        for ended in self._around_as.keys() - look.live.keys():
            self._take_out(ended)
        for record in look.live.values():
            if self._is_compared_with(record) and self._around_as.get(record.id) != record.newest.id:
                self._take_out(record.id)
                self._put_in(record)

    def _put_in(self, record: NoticeRecord) -> None:
        self._around_as[record.id] = record.newest.id
        if ready := self._prepared(record):
            self._around.insert(record.id, record.author, record.newest.content.kind, ready)

    def _take_out(self, notice: str) -> None:
        self._around_as.pop(notice, None)
        if notice in self._around:
            self._around.remove(notice)

    def _is_compared_with(self, record: NoticeRecord) -> bool:
        """Our own, but for those that are compared blind: a result would show their place to the other."""
        if self._is_host():
            return True
        return record.author == self._ledger.me and not is_blind(self._ledger.view, record)

    def _asked_again(self, look: _Look) -> tuple[Collection[NoticeRecord], _Look]:
        """What may be due once these results were filed: what they speak of, or all under another annex."""
        if self._ledger.view.annexes.separation(look.now) != look.separation:
            fresh = self._look(look.now)
            return fresh.live.values(), fresh
        # What was filed are results of ours, which make and end no notice: what is live is as it was.
        asked = [record for notice, record in look.live.items() if notice in look.spoken_of]
        look.spoken_of.clear()
        return asked, look

    def _due(self, records: Iterable[NoticeRecord], look: _Look) -> list[NoticeRecord]:
        return [
            record
            for record in records
            if self._is_ours_to_screen(record) and not self._is_screened(record, look)
        ]

    def _is_ours_to_screen(self, record: NoticeRecord) -> bool:
        if self._is_host():
            return True
        return self._ledger.me in record.to and record.author != self._ledger.me

    def _is_screened(self, record: NoticeRecord, look: _Look) -> bool:
        """Did we speak about its newest version, under this annex, after all that it met last moved?"""
        word = self._last_word(record)
        if (
            word is None
            or word.body.annex != _annex_hash(look)
            or word.body.notices[0].version != record.newest.id
        ):
            return False
        if self._bound(word) != look.separation:
            return False
        return not any(
            self._moved_after(one.body, word, look) or _contradicts(one, word)
            for one in self._own_pairs(record)
        )

    def _last_word(self, record: NoticeRecord) -> Said[ScreenResult] | None:
        """Our newest result about this notice against all others."""
        alone = [one for one in self._own_results(record.id) if len(one.body.notices) == 1]
        return max(alone, key=order_of, default=None)

    def _bound(self, word: Said[ScreenResult]) -> BindingSeparation | None:
        """The minima under which it was said: while two versions of an annex bind, the wider of both do."""
        known = self._under.get(word.body.notices[0].version)
        return known or self._ledger.view.annexes.separation(word.body.screened_at)

    def _own_pairs(self, record: NoticeRecord) -> Iterator[Said[ScreenResult]]:
        """What we said of this version and one other notice."""
        version = NoticeVersion(record.id, record.newest.id)
        pairs = (one for one in self._own_results(record.id) if len(one.body.notices) == 2)
        return (one for one in pairs if version in one.body.notices)

    def _own_results(self, notice: str) -> Iterator[Said[ScreenResult]]:
        results = self._ledger.view.book.about(notice, ScreenResult)
        return (one for one in results if one.author == self._ledger.me)

    def _moved_after(self, pair: ScreenResult, word: Said[ScreenResult], look: _Look) -> bool:
        """Has the other notice of a pair changed since our last word about this one?"""
        for named in pair.notices:
            other = self._ledger.view.notices.get(named.notice)
            if other is None or other.id == word.body.notices[0].notice:
                continue
            changed = other.newest.id != named.version or other.id not in look.live
            if changed and not _is_covered(_last_change(other), word.body.covers):
                return True
        return False

    # ---- screening one ---------------------------------------------------------------------------------

    def _screen(self, record: NoticeRecord, look: _Look) -> Iterator[Filed]:
        separation = look.separation
        if separation is None:
            because = UndeterminedFound("no separation annex is in force")
            yield self._tell(record, because, (), self._readers(record), look)
            return
        between = _minima_under(separation)
        self._under[record.newest.id] = separation
        others = self._others(record, look)
        met = self._met(record, others, between)
        for one in met:
            if not self._is_told(record, one, look):
                yield self._tell_pair(record, one, look)
        if met:
            worst = max(met, key=lambda one: isinstance(one.finding, Conflict))
            ways = self._ways_out(record, others, between) if self._is_host() else ()
            yield self._tell(record, _found(worst), ways, self._filer(record), look)
        else:
            yield self._tell(record, NoConflictFound(len(others)), (), self._readers(record), look)

    def _met(
        self, record: NoticeRecord, others: Mapping[str, NoticeRecord], between: _MinimaOf
    ) -> list[_Meeting]:
        """All that is no certain *no conflict*, in the order of the others."""
        near = self._near(record, others, between)
        found = (
            self._meet(record, other, between(record, other)) for key, other in others.items() if key in near
        )
        return [one for one in found if not isinstance(one.finding, NoConflict)]

    def _near(
        self, record: NoticeRecord, others: Mapping[str, NoticeRecord], between: _MinimaOf
    ) -> Collection[str]:
        """The notices that may come too near, and those of which nobody knows."""
        ready = self._prepared(record)
        if not ready:
            return others.keys()
        widest = _widest(record, others.values(), between)
        near = {each.key for ours in ready for each in self._around.near(ours, record.author, widest)}
        return near | (others.keys() - self._around.keys)

    def _meet(self, record: NoticeRecord, other: NoticeRecord, minima: SeparationMinima) -> _Meeting:
        """The worst finding among all pairs of their volumes; a shape that nobody can compare is unknown."""
        for one in (record, other):
            if not self._prepared(one):
                unknown = Undetermined(f"a shape that {one.author} filed has no certain inside")
                ours, theirs = record.newest.content.volumes[0], other.newest.content.volumes[0]
                return _Meeting(other, unknown, ours, theirs, minima)
        meetings = [
            _Meeting(other, assess_prepared(ours, theirs, minima), ours.volume, theirs.volume, minima)
            for ours in self._prepared(record)
            for theirs in self._prepared(other)
        ]
        worst = worst_of(one.finding for one in meetings)
        return next(one for one in meetings if one.finding == worst)

    def _prepared(self, record: NoticeRecord) -> tuple[Prepared, ...]:
        """The volumes of the newest version, made ready once; none where no gate would have let them through.

        A node that is not ours may file anything, and must not keep others from being screened by it.
        """
        version = record.newest.id
        if version not in self._ready:
            try:
                self._ready[version] = tuple(prepare(volume) for volume in record.newest.content.volumes)
            except BadInput:
                self._ready[version] = ()
        return self._ready[version]

    def _is_host(self) -> bool:
        return self._ledger.view.roles[self._ledger.me] is Role.HOST

    def _others(self, record: NoticeRecord, look: _Look) -> dict[str, NoticeRecord]:
        """What it is held against: at the host every live notice of another filer, at a party its own ones.

        Who files decides, not whom the content names as acting: a false name must not keep two apart.
        """
        return {
            key: other
            for key, other in look.live.items()
            if other.author != record.author and self._is_compared_with(other)
        }

    def _is_told(self, record: NoticeRecord, meeting: _Meeting, look: _Look) -> bool:
        pair = {
            NoticeVersion(record.id, record.newest.id),
            NoticeVersion(meeting.other.id, meeting.other.newest.id),
        }
        annex = _annex_hash(look)
        return any(
            set(one.body.notices) == pair and one.body.annex == annex for one in self._own_pairs(record)
        )

    def _ways_out(
        self, record: NoticeRecord, others: Mapping[str, NoticeRecord], between: _MinimaOf
    ) -> tuple[Alternative, ...]:
        """The nearest start and altitude at which nothing is met, each re-screened by its finder.

        None are offered where one of the shapes cannot be compared: there is nothing to be sure of.
        """
        if not self._prepared(record) or others.keys() - self._around.keys:
            return ()
        notice = record.newest.content.notice()
        widest = _widest(record, others.values(), between)
        around = Alternatives(self._around, widest, side=record.author)
        start = around.nearest_start(
            notice, within_s=ALTERNATIVES_WITHIN_S, earliest_s=self._earliest_start_s(record)
        )
        band = around.nearest_altitude(notice)
        ways: list[Alternative] = []
        if start is not None:
            ways.append(OtherStart(record.id, start.shift_s))
        if band is not None:
            ways.append(OtherBand(record.id, band.shift_ft))
        return tuple(ways) or (NoAlternative(record.id, ALTERNATIVES_WITHIN_S),)

    def _earliest_start_s(self, record: NoticeRecord) -> int:
        """No way out lies in the past, and none makes a notice late that is not late as it stands."""
        now, starts_at = self._ledger.now(), record.newest.start_at
        terms = self._ledger.view.annexes.terms(AnnexName.NOTICES, now)
        row = terms.of(record.newest.content.kind) if isinstance(terms, NoticeTerms) else None
        in_time_at = now + (row.lead_s * 1_000 if row is not None else 0)
        return -(-max(now, min(starts_at, in_time_at)) // 1_000)

    # ---- telling ---------------------------------------------------------------------------------------

    def _readers(self, record: NoticeRecord) -> tuple[str, ...]:
        """No conflict is told to whoever can read the notice: they see it in their list, too."""
        readers = record.newest.said.readers
        everyone = tuple(self._ledger.view.roles) if readers is None else readers
        return tuple(sorted({*everyone, record.author} - {self._ledger.me}))

    def _filer(self, record: NoticeRecord) -> tuple[str, ...]:
        return (record.author,)

    def _tell(
        self,
        record: NoticeRecord,
        finding: ScreenFinding,
        ways: tuple[Alternative, ...],
        readers: tuple[str, ...],
        look: _Look,
    ) -> Filed:
        versions = (NoticeVersion(record.id, record.newest.id),)
        return self._say(versions, finding, ways, (record.author,), readers, look)

    def _tell_pair(self, record: NoticeRecord, meeting: _Meeting, look: _Look) -> Filed:
        other = meeting.other
        versions = (
            NoticeVersion(record.id, record.newest.id),
            NoticeVersion(other.id, other.newest.id),
        )
        both = tuple(sorted({record.author, other.author}))
        return self._say(versions, _found(meeting), (), both, both, look)

    def _say(
        self,
        versions: tuple[NoticeVersion, ...],
        finding: ScreenFinding,
        ways: tuple[Alternative, ...],
        concerns: tuple[str, ...],
        readers: tuple[str, ...],
        look: _Look,
    ) -> Filed:
        ledger = self._ledger
        look.spoken_of.update(version.notice for version in versions)
        body = ScreenResult(
            notices=versions,
            concerns=tuple(MemberId(member) for member in concerns),
            finding=finding,
            alternatives=ways,
            annex=_annex_hash(look),
            covers={member: size for member, size in sorted(ledger.sizes().items()) if size},
            screened_at=look.now,
        )
        to = [member for member in concerns if member != ledger.me]
        return speak(ledger, body, voice=by_node(), to=to, readers=readers)


def _annex_hash(look: _Look) -> str | None:
    return look.separation.content if look.separation is not None else None


def _minima_under(separation: BindingSeparation) -> _MinimaOf:
    def minima(record: NoticeRecord, other: NoticeRecord) -> SeparationMinima:
        ours, theirs = record.newest.content, other.newest.content
        return separation.minima(ours.kind, theirs.kind, ours.domain, theirs.domain)

    return minima


def _found(meeting: _Meeting) -> ScreenFinding:
    """The wire form of a finding: the gaps, and the part that both are in. Nothing else of either."""
    finding = meeting.finding
    if isinstance(finding, Undetermined):
        return UndeterminedFound(finding.because)
    if isinstance(finding, NoConflict):
        return NoConflictFound(1)
    until_s = min(meeting.ours.span.end_s, meeting.theirs.span.end_s)
    return ConflictFound(
        lateral_gap_mm=int(finding.lateral_gap_m * 1_000),
        vertical_gap_ft=finding.vertical_gap_ft,
        time_gap_s=finding.time_gap_s,
        first_at=Instant(finding.first_at_s * 1_000),
        until=Instant(max(until_s, finding.first_at_s) * 1_000),
        overlap=overlap_region(meeting.ours.footprint, meeting.theirs.footprint, meeting.minima.lateral_mm),
        band=_shared_band(meeting.ours.band, meeting.theirs.band),
    )


def _shared_band(ours: Band, theirs: Band) -> Band | None:
    """The heights that both use, or those between them; ``None`` where their datums differ: not shown."""
    datums = {limit.datum for band in (ours, theirs) for limit in (band.lower, band.upper)}
    if len(datums) > 1:
        return None
    lower = max(ours.lower, theirs.lower, key=lambda limit: limit.feet)
    upper = min(ours.upper, theirs.upper, key=lambda limit: limit.feet)
    return Band(lower, upper) if lower.feet <= upper.feet else Band(upper, lower)


def _widest(record: NoticeRecord, others: Iterable[NoticeRecord], between: _MinimaOf) -> SeparationMinima:
    """Never less than any of them: an alternative that keeps the widest keeps all."""
    sorts = {(one.newest.content.kind, one.newest.content.domain): one for one in others}
    return largest_of([between(record, one) for one in sorts.values()])


def _contradicts(pair: Said[ScreenResult], word: Said[ScreenResult]) -> bool:
    """We have since told that it meets another notice: our *no conflict* has to be taken back."""
    return isinstance(word.body.finding, NoConflictFound) and order_of(pair) > order_of(word)


def _last_change(record: NoticeRecord) -> Place:
    """Where the newest thing that changes what there is to screen was said."""
    said = [record.newest.said.place]
    said += [one.place for one in (record.withdrawn, record.cold) if one is not None]
    return max(said)


def _is_covered(place: Place, covers: Mapping[str, int]) -> bool:
    return covers.get(place.author, 0) > place.seq
