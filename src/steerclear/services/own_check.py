# SPDX-License-Identifier: Apache-2.0
"""What would the gate say of this draft, and what does it meet among all that this node can read?

    draft ──► gate            every block and warning at once, none of it refused
          ├─► other members'  live notices under the minima in force ──► meetings, with the part that
          │                   concerns both, and the nearest start and altitude at which nothing is met
          └─► sealed          what cannot be read here cannot be compared: Undetermined, never nothing

Your own check, while you draw: nothing is filed and nobody is told. The host's screening, which sees what is
sealed to it, stays the one that counts.

It is asked in two steps: what the view says is gathered by the node's writer, the comparing is done beside
it, so that drawing keeps nobody from filing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from steerclear.errors import BadInput
from steerclear.formats.geojson import read_notices, write_notices
from steerclear.formats.places import Gazetteer
from steerclear.geometry.overlap import overlap_region
from steerclear.geometry.picture import DrawnRings, rings_of
from steerclear.mechanism.annexes import BindingSeparation
from steerclear.mechanism.notices import NoticeRecord
from steerclear.mechanism.quality import QualityFinding, Severity, position_words
from steerclear.model.finding import Conflict, Finding, NoConflict, SeparationMinima, Undetermined, worst_of
from steerclear.model.notice import Domain, Notice, NoticeKind
from steerclear.model.place import Place
from steerclear.model.space import Volume
from steerclear.model.time import format_zulu
from steerclear.screening.alternatives import Alternatives
from steerclear.screening.assess import assess_prepared
from steerclear.screening.prepared import Prepared, prepare
from steerclear.screening.screen import largest_of
from steerclear.screening.surroundings import Surroundings
from steerclear.services.file_notice import domain_of, examined, may_act
from steerclear.services.ledger import Ledger
from steerclear.services.map_answers import DraftCheck, DraftDrawn, DraftGate, DraftMeeting, DraftWay
from steerclear.services.naming import short_of
from steerclear.services.picture import rings_or_none, sealed_filings
from steerclear.services.requests import FileNotices
from steerclear.services.rows import words_of

__all__ = ["Asked", "ask", "check"]

WITHIN_S: Final = 86_400
_SIDE: Final = "the draft"
_OTHERS: Final = "the others"


@dataclass(frozen=True, slots=True)
class _Other:
    """A live notice of another member, by its short form."""

    short: str
    author: str
    notice: Notice
    domain: Domain


@dataclass(frozen=True, slots=True)
class Asked:
    """A draft and everything of the view that it is held against, at one moment."""

    request: FileNotices
    notices: tuple[Notice, ...]
    gate: tuple[tuple[DraftGate, ...], ...]
    separation: BindingSeparation | None
    others: tuple[_Other, ...]
    sealed: int
    now_s: int


def ask(ledger: Ledger, request: FileNotices, places: Gazetteer) -> Asked:
    """What the view says. Raises ``BadInput`` for a draft that cannot be read, as filing it does."""
    now = ledger.now()
    notices = read_notices(
        request.geojson.encode("utf-8"), where=request.where, known_parties=may_act(ledger)
    )
    return Asked(
        request=request,
        notices=notices,
        gate=tuple(_gate(one, request, *examined(ledger, one, request, places)) for one in notices),
        separation=ledger.view.annexes.separation(now),
        others=tuple(
            _other(ledger, record) for record in ledger.view.notices.live(now) if record.author != ledger.me
        ),
        sealed=sealed_filings(ledger),
        now_s=-(-now // 1000),
    )


def check(asked: Asked) -> DraftCheck:
    """Compare; touches no ledger, so any thread may do it."""
    meets: list[DraftMeeting] = []
    ways: list[DraftWay] = []
    findings: list[Finding] = []
    if asked.separation is None:
        findings.append(Undetermined("no separation annex is in force"))
    else:
        ready = _prepared(asked.others)
        for notice in asked.notices:
            met = _Met(asked, asked.separation, notice, ready)
            meets += met.rows()
            findings += met.findings
            ways += met.ways()
    worst = _worst(findings, asked)
    gate = tuple(row for rows in asked.gate for row in rows)
    return DraftCheck(
        passes=all(_lets_pass(row) for row in gate),
        gate=gate,
        drawn=tuple(_drawn(asked.notices)),
        finding=_word(worst),
        words=words_of(worst),
        compared=len(asked.others),
        sealed=asked.sealed,
        meets=tuple(meets),
        ways=tuple(ways),
    )


def _other(ledger: Ledger, record: NoticeRecord) -> _Other:
    content = record.newest.content
    return _Other(short_of(ledger, record.id), record.author, content.notice(), content.domain)


def _gate(
    notice: Notice, request: FileNotices, reference: Place | None, findings: Sequence[QualityFinding]
) -> tuple[DraftGate, ...]:
    rows = [
        DraftGate(
            ref=notice.ref,
            code=one.code,
            severity="block" if one.severity is Severity.BLOCK else "warn",
            words=one.words,
            overridable=one.overridable,
            overridden_because=request.overrides.get(one.code) if one.overridable else None,
        )
        for one in findings
    ]
    if reference is not None and all(row.code != "position" for row in rows):
        words = position_words(notice, reference)
        shown = DraftGate(ref=notice.ref, code="measured", severity="shown", words=words, overridable=False)
        rows.append(shown)
    return tuple(rows)


def _lets_pass(row: DraftGate) -> bool:
    held = row.severity == "block" or (row.overridable and row.overridden_because is None)
    return not held


def _prepared(others: Sequence[_Other]) -> Mapping[str, tuple[Prepared, ...]]:
    """Every volume made ready once; none of a shape that nobody can compare."""
    return {other.short: _ready(other.notice.volumes) for other in others}


def _ready(volumes: Sequence[Volume]) -> tuple[Prepared, ...]:
    try:
        return tuple(prepare(volume) for volume in volumes)
    except BadInput:
        return ()


class _Met:
    """One notice of the draft against all others."""

    def __init__(
        self,
        asked: Asked,
        separation: BindingSeparation,
        notice: Notice,
        ready: Mapping[str, tuple[Prepared, ...]],
    ) -> None:
        self._asked = asked
        self._notice = notice
        self._ready = ready
        self._minima = _minima_of(separation, notice.kind, domain_of(notice.kind, asked.request.desk))
        self._own = _ready(notice.volumes)
        self._found = [(other, *self._meet(other)) for other in asked.others]
        self.findings: list[Finding] = [finding for _, finding, _, _ in self._found]

    def _meet(self, other: _Other) -> tuple[Finding, Volume, Volume]:
        """The worst of all pairs of their volumes, and the two that it is about."""
        theirs = self._ready[other.short]
        if not self._own or not theirs:
            unknown = Undetermined(f"a shape of {other.author} or of the draft has no certain inside")
            return unknown, self._notice.volumes[0], other.notice.volumes[0]
        minima = self._minima(other)
        pairs = [
            (assess_prepared(ours, one, minima), ours.volume, one.volume)
            for ours in self._own
            for one in theirs
        ]
        worst = worst_of(finding for finding, _, _ in pairs)
        return next(pair for pair in pairs if pair[0] == worst)

    def rows(self) -> Iterator[DraftMeeting]:
        for other, finding, ours, theirs in self._found:
            if isinstance(finding, NoConflict):
                continue
            is_conflict = isinstance(finding, Conflict)
            yield DraftMeeting(
                ref=self._notice.ref,
                short=other.short,
                author=other.author,
                finding="CONFLICT" if is_conflict else "UNDETERMINED",
                words=words_of(finding),
                drawn=_shared(ours, theirs, self._minima(other)) if is_conflict else (),
            )

    def ways(self) -> Iterator[DraftWay]:
        """Only where there is a conflict, and every shape can be compared."""
        conflicts = [other for other, finding, _, _ in self._found if isinstance(finding, Conflict)]
        if not conflicts or not self._own or not all(self._ready.values()):
            return
        around = Surroundings()
        for other in self._asked.others:
            around.insert(other.short, _OTHERS, other.notice.kind, self._ready[other.short])
        widest = largest_of([self._minima(other) for other in self._asked.others])
        search = Alternatives(around, widest, side=_SIDE)
        start = search.nearest_start(self._notice, WITHIN_S, earliest_s=self._asked.now_s)
        if start is not None:
            minutes = -(-abs(start.shift_s) // 60)
            later = "later" if start.shift_s > 0 else "earlier"
            begins = format_zulu(start.notice.span.start_s)
            yield self._way("start", f"Start {minutes} min {later}, at {begins}.", start.notice)
        band = search.nearest_altitude(self._notice)
        if band is not None:
            higher = "higher" if band.shift_ft > 0 else "lower"
            yield self._way("altitude", f"{abs(band.shift_ft):,} ft {higher}.", band.notice)

    def _way(self, way: Literal["start", "altitude"], words: str, changed: Notice) -> DraftWay:
        draft = [changed if one.ref == changed.ref else one for one in self._asked.notices]
        return DraftWay(ref=changed.ref, way=way, words=words, geojson=write_notices(draft))


def _minima_of(
    separation: BindingSeparation, kind: NoticeKind, domain: Domain
) -> Callable[[_Other], SeparationMinima]:
    return lambda other: separation.minima(kind, other.notice.kind, domain, other.domain)


def _shared(ours: Volume, theirs: Volume, minima: SeparationMinima) -> DrawnRings:
    region = overlap_region(ours.footprint, theirs.footprint, minima.lateral_mm)
    return rings_of(region) if region is not None else ()


def _worst(findings: Sequence[Finding], asked: Asked) -> Finding:
    """Nothing that is sealed here rounds toward no conflict."""
    found: list[Finding] = [one for one in findings if not isinstance(one, NoConflict)]
    if not found and asked.sealed:
        return Undetermined(
            f"{asked.sealed} sealed entries cannot be read here; none of the {len(asked.others)} that can "
            "is met; the host's screening decides"
        )
    if not found:
        return NoConflict(f"your own check, among {len(asked.others)} notices that this node can read")
    return worst_of(found)


def _word(finding: Finding) -> Literal["NO CONFLICT KNOWN", "CONFLICT", "UNDETERMINED"]:
    if isinstance(finding, Conflict):
        return "CONFLICT"
    return "NO CONFLICT KNOWN" if isinstance(finding, NoConflict) else "UNDETERMINED"


def _drawn(notices: Sequence[Notice]) -> Iterator[DraftDrawn]:
    for notice in notices:
        for place, volume in enumerate(notice.volumes):
            yield DraftDrawn(ref=notice.ref, part=place + 1, drawn=rings_or_none(volume))
