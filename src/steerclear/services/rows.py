# SPDX-License-Identifier: Apache-2.0
"""How does what the rules know become rows for a face? Names, times, words; nothing is decided here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from steerclear.formats.coordinates import spell
from steerclear.mechanism.bodies import (
    ConflictFound,
    NoAlternative,
    NoConflictFound,
    OtherBand,
    OtherStart,
    ScreenResult,
    StopCall,
    UndeterminedFound,
)
from steerclear.mechanism.calls import CallRecord
from steerclear.mechanism.classes import class_of
from steerclear.mechanism.measures import minutes_to_authority, minutes_to_halt
from steerclear.mechanism.notices import NoticeRecord
from steerclear.mechanism.obligation import Obligation
from steerclear.mechanism.owed.calls import acknowledged_rungs
from steerclear.mechanism.owed.scene import short_name
from steerclear.mechanism.said import Said
from steerclear.mechanism.stages import Stages, stages_of
from steerclear.mechanism.view import Delivered, View
from steerclear.model.finding import Conflict, Finding, NoConflict
from steerclear.model.space import MultiPolygon, Position
from steerclear.model.time import Instant, format_instant, format_zulu
from steerclear.services.answers import (
    AlternativeRow,
    FindingRow,
    LadderRow,
    NoticeRow,
    OwedRow,
    StageRow,
    StopRow,
)
from steerclear.services.ledger import Ledger
from steerclear.services.naming import short_of

__all__ = ["notice_row", "owed_row", "stop_row", "words_of"]


def notice_row(ledger: Ledger, record: NoticeRecord, now: Instant) -> NoticeRow:
    view, newest = ledger.view, record.newest
    standing = view.findings.of(record.id, now)
    stages = stages_of(view, record.id)
    span = newest.span
    return NoticeRow(
        id=record.id,
        short=short_of(ledger, record.id),
        author=record.author,
        ref=newest.content.ref,
        kind=newest.content.kind.value,
        notice_class=class_of(newest.content, now).value,
        version=newest.number,
        state=record.state(now).value,
        start=format_zulu(span.start_s),
        end=format_zulu(span.end_s),
        filed_at=format_instant(record.versions[0].said.at),
        recorded_at=_time_or_none(view.recorded_at(newest.said)),
        stages=tuple(_stage_row(one, now) for one in stages),
        findings=tuple(_finding_row(ledger, result) for result in standing.results),
        screened=words_of(standing.finding),
        without_effect=view.why_without_effect(record.id),
        held_times=_held_times(view, (newest.said, *newest.acknowledgements, *newest.disseminations)),
    )


def words_of(finding: Finding) -> str:
    """The words of every face. Never a permission."""
    if isinstance(finding, NoConflict):
        return f"NO CONFLICT KNOWN ({finding.because})"
    if isinstance(finding, Conflict):
        gaps = (
            ("areas", finding.lateral_gap_m, "m"),
            ("bands", finding.vertical_gap_ft, "ft"),
            ("times", finding.time_gap_s, "s"),
        )
        words = ", ".join(
            f"{what} {gap:,.0f} {unit} apart" if gap > 0 else f"{what} overlap" for what, gap, unit in gaps
        )
        return f"CONFLICT from {format_zulu(finding.first_at_s)}: {words}"
    return f"UNDETERMINED because {finding.because}"


def owed_row(ledger: Ledger, duty: Obligation) -> OwedRow:
    return OwedRow(
        what=duty.what,
        about=duty.about,
        short=short_of(ledger, duty.thing),
        creditor=duty.creditor,
        debtor=duty.debtor.member,
        desk=duty.debtor.desk,
        due_at=_time_or_none(duty.due_at),
        state=duty.state.value,
        called_rungs=tuple(sorted({rung.number for rung in duty.called})),
        rungs=max((rung.of for rung in duty.called), default=0),
        next_rung_at=_time_or_none(duty.next_rung_at),
        line_down=duty.line_down,
        words=duty.words,
        held_time=_held_time(ledger.view, ledger.view.said(duty.about)),
        may_act_rungs=tuple(sorted({rung.number for rung in duty.called if rung.may_act})),
        acknowledged_rungs=_acknowledged_rungs(ledger, duty),
    )


def _acknowledged_rungs(ledger: Ledger, duty: Obligation) -> tuple[int, ...]:
    view = ledger.view
    record = view.stops.get(duty.thing) or view.distress.get(duty.thing)
    if record is None or duty.what != "acknowledgement":
        return ()
    return acknowledged_rungs(view, view.annexes.response(ledger.now()), record, duty)


def stop_row(ledger: Ledger, record: CallRecord, duties: Sequence[Obligation]) -> StopRow:
    view, first = ledger.view, record.calls[0]
    climbing = [duty for duty in duties if duty.thing == record.id and duty.called]
    called = [rung for duty in climbing for rung in duty.called]
    body = first.body
    delivered = [view.delivered(first, member) for member in record.to if member != view.host]
    outcomes = [answer.body.outcome.value for answer in record.answers]
    return StopRow(
        id=record.id,
        short=short_of(ledger, record.id),
        caller=record.caller,
        desk=first.desk,
        to=record.to,
        place=_place_words(body.place, body.near),
        seen=body.seen or "",
        basis=body.basis.value if isinstance(body, StopCall) else body.who.value,
        filed_at=format_instant(view.filed_at(first)),
        delivered_at=_time_or_none(_last(delivered)),
        called_rungs=tuple(sorted({rung.number for rung in called})),
        rungs=max((rung.of for rung in called), default=0),
        acknowledged=tuple(
            f"{ack.author} {ack.desk} rung {ack.body.rung} at {format_instant(ack.at)}"
            for ack in record.acknowledgements
        ),
        outcome=outcomes[-1] if outcomes else None,
        minutes_to_authority=minutes_to_authority(view, record.id),
        minutes_to_halt=minutes_to_halt(view, record.id),
        closed_at=format_instant(record.closed.at) if record.closed is not None else None,
        count=record.count,
        doubt=first.doubt,
        drill=record.drill.body.name if record.drill is not None else None,
        held_times=_held_times(view, (*record.calls, *record.acknowledgements, *record.answers)),
        ladders=tuple(_ladder_row(duty) for duty in climbing if duty.what == "acknowledgement"),
    )


def _ladder_row(duty: Obligation) -> LadderRow:
    return LadderRow(
        member=duty.debtor.member,
        desk=duty.debtor.desk or "",
        called_rungs=tuple(sorted({rung.number for rung in duty.called})),
        rungs=max(rung.of for rung in duty.called),
        next_rung_at=_time_or_none(duty.next_rung_at),
    )


def _held_times(view: View, saids: Iterable[Said[Any]]) -> tuple[str, ...]:
    return tuple(words for said in saids if (words := _held_time(view, said)) is not None)


def _held_time(view: View, said: Said[Any] | None) -> str | None:
    """Claimed and held time of what was said, where they differ by more than sound clocks may."""
    time = view.time_of(said) if said is not None else None
    return f"{short_name(said)} {time.words}" if said is not None and time is not None else None


def _last(delivered: Sequence[Delivered | None]) -> Instant | None:
    """When the last of them had it; ``None`` while anybody lacks it. That the host has it is no delivery."""
    if not delivered or None in delivered:
        return None
    return max(one.at for one in delivered if one is not None)


def _finding_row(ledger: Ledger, result: Said[ScreenResult]) -> FindingRow:
    body = result.body
    finding = body.finding
    return FindingRow(
        finding=_FINDING_WORDS[type(finding)],
        by=result.author,
        at=format_instant(body.screened_at),
        about=tuple(short_of(ledger, version.notice) for version in body.notices),
        words=words_of(finding.finding()),
        first_at=format_instant(finding.first_at) if isinstance(finding, ConflictFound) else None,
        overlap=_rings(finding.overlap) if isinstance(finding, ConflictFound) else (),
        alternatives=tuple(_alternative_row(ledger, one) for one in body.alternatives),
    )


_FINDING_WORDS: dict[type, Any] = {
    NoConflictFound: "NO CONFLICT KNOWN",
    ConflictFound: "CONFLICT",
    UndeterminedFound: "UNDETERMINED",
}


def _alternative_row(ledger: Ledger, one: OtherStart | OtherBand | NoAlternative) -> AlternativeRow:
    if isinstance(one, NoAlternative):
        return AlternativeRow(way="none", words=f"None within ±{one.within_s // 3600} h.")
    record = ledger.view.notices.get(one.notice)
    if isinstance(one, OtherStart):
        start_s = record.newest.span.start_s + one.shift_s if record is not None else None
        return AlternativeRow(
            way="start",
            start=format_zulu(start_s) if start_s is not None else None,
            words=f"Start {abs(one.shift_s) // 60} min {'later' if one.shift_s > 0 else 'earlier'}.",
        )
    band = record.newest.content.volumes[0].band if record is not None else None
    return AlternativeRow(
        way="altitude",
        lower_ft=band.lower.feet + one.shift_ft if band is not None else None,
        upper_ft=band.upper.feet + one.shift_ft if band is not None else None,
        datum=band.lower.datum.value if band is not None else None,
        words=f"{abs(one.shift_ft):,} ft {'higher' if one.shift_ft > 0 else 'lower'}.",
    )


def _stage_row(stages: Stages, now: Instant) -> StageRow:
    # A time that has not come yet is a claim and no delivery.
    delivered = stages.delivered if stages.delivered and stages.delivered.at <= now else None
    acknowledged = min(stages.acknowledged, key=lambda one: one.at, default=None)
    passed_on = max(stages.disseminated, key=lambda one: one.expires_at, default=None)
    return StageRow(
        member=stages.member,
        readable=stages.readable,
        delivered_at=format_instant(delivered.at) if delivered is not None else None,
        acknowledged_at=format_instant(acknowledged.at) if acknowledged is not None else None,
        acknowledged_by=f"{acknowledged.desk} rung {acknowledged.rung}" if acknowledged is not None else None,
        disseminated_at=format_instant(passed_on.at) if passed_on is not None else None,
        disseminated_to=passed_on.echelon.value if passed_on is not None else None,
        disseminated_until=format_instant(passed_on.expires_at) if passed_on is not None else None,
    )


def _rings(area: MultiPolygon | None) -> tuple[tuple[tuple[tuple[float, float], ...], ...], ...]:
    if area is None:
        return ()
    return tuple(
        tuple(
            tuple((corner.lat_deg, corner.lon_deg) for corner in ring)
            for ring in (part.exterior, *part.holes)
        )
        for part in area.parts
    )


def _place_words(position: Position, near: str | None) -> str:
    ways = spell(position)
    name = f"{near}: " if near else ""
    return f"{name}{ways.decimal} · {ways.dms} · {ways.mgrs}"


def _time_or_none(at: Instant | None) -> str | None:
    return format_instant(at) if at is not None else None
