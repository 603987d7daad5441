# SPDX-License-Identifier: Apache-2.0
"""How is this node, and its lines? Line down, desk silent, declined and suspended are told apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from steerclear.mechanism.comm_checks import missed_checks
from steerclear.mechanism.ineffective import WithoutEffect
from steerclear.model.time import Instant, format_instant, format_zulu
from steerclear.record.quorum import Cosigners, is_recorded
from steerclear.services.answers import AnnexRow, LineRow, LogRow, RefusalRow, Status
from steerclear.services.beat import LONGEST_SILENCE_MS
from steerclear.services.inbox import notices, sealed, stops
from steerclear.services.keys_ahead import DAY_MS, keys_last_until
from steerclear.services.ledger import Ledger
from steerclear.services.refusals import Refusal
from steerclear.services.seal_again import unread, unread_words
from steerclear.services.sync import Sync

__all__ = ["Heard", "status"]

CLOCK_AMBER_MS: Final = 10_000
"""Design file 3: clocks that differ by more are shown amber."""

KEYS_END_SOON_DAYS: Final = 7
MOST_CHECKS_SHOWN: Final = 3


@dataclass(frozen=True, slots=True)
class Heard:
    """The machine line to one member: is it up, since when, and when did it last speak."""

    up: bool
    since: Instant
    last_at: Instant | None


def status(ledger: Ledger, sync: Sync, lines: Mapping[str, Heard], faults: Mapping[str, str]) -> Status:
    """``faults``: what the node could not do by itself when it last tried, with the reason."""
    now = ledger.now()
    refuses = ledger.closed_because()
    return Status(
        member=ledger.me,
        mechanism=ledger.mechanism,
        name=ledger.charter.name,
        drill=ledger.charter.drill,
        regime=ledger.view.annexes.state(now).value,
        now=format_instant(now),
        accepting=refuses is None,
        because=str(refuses) if refuses is not None else None,
        alarms=(
            *_alarms(ledger, sync, lines, now),
            *(f"could not {duty}: {why}" for duty, why in faults.items()),
        ),
        lines=tuple(_line_row(sync, member, heard) for member, heard in sorted(lines.items())),
        logs=tuple(_log_row(ledger, member) for member in ledger.logs),
        annexes=_annex_rows(ledger, now),
        notices=notices(ledger, now),
        stops=stops(ledger, now),
        sealed=sealed(ledger),
        without_effect=tuple(
            f"{one.place.author}-{one.place.seq:04d} {one.kind}: {one.why}"
            for one in ledger.view.without_effect
            if not _went_ahead_of_its_log(ledger, one)
        ),
        refused=tuple(_refusal_row(one) for one in sync.refusals.rows(now)),
    )


def _went_ahead_of_its_log(ledger: Ledger, one: WithoutEffect) -> bool:
    """A call that came aside, and stands word for word in its author's log by now: it was told once."""
    said = ledger.view.said(one.id)
    return (
        said is not None
        and said.is_in_a_log
        and any(
            not aside.is_in_a_log and aside.place == one.place and aside.message == said.message
            for aside in ledger.view.book.of_kind(one.kind)
        )
    )


def _alarms(ledger: Ledger, sync: Sync, lines: Mapping[str, Heard], now: Instant) -> Iterator[str]:
    if not ledger.own.size:
        yield "the own log is not begun: the root's request, signed, is to be taken in (steerclear keys take)"
    for member in ledger.notes.split_views:
        yield f"STOP THE LINE: {member} has signed two records; both are kept as proof"
    for member in ledger.two_contents.members:
        yield f"STOP THE LINE: {member} has sealed two contents under one id; both entries are kept as proof"
    yield from ledger.false_heads.values()
    if ledger.snapshot_refused is not None:
        yield f"the node read its record from the first entry: {ledger.snapshot_refused}"
    yield from sync.missing.words(now)
    yield from ledger.backdated.words(ledger.logs, now)
    yield from (unread_words(ledger, one) for one in unread(ledger))
    yield from _standing_still(ledger, lines, now)
    ahead_s = (ledger.own.last_at - now) // 1_000
    if ahead_s * 1_000 > CLOCK_AMBER_MS:
        yield f"the own log is dated {ahead_s} s ahead of this node's clock: set the clock right"
    yield from _checks_missed(ledger, now)
    for refusal in sync.refusals.going_on():
        yield f"{refusal.by} sent what was refused: {_refused_words(refusal)}"
    for peer, gap_ms in sync.clock_gap_ms.items():
        if abs(gap_ms) > CLOCK_AMBER_MS:
            yield f"the clock of {peer} differs by {abs(gap_ms) / 1_000:.0f} s"
    left_days = (keys_last_until(ledger) - now) // DAY_MS
    if ledger.own.size and left_days < KEYS_END_SOON_DAYS:
        yield f"keys are named for {max(left_days, 0)} more days: the root must name them ahead"


def _checks_missed(ledger: Ledger, now: Instant) -> Iterator[str]:
    """Both sides are told: each by its own node."""
    missed = missed_checks(ledger.view, now)
    if missed is None:
        return
    colour = "RED" if missed.is_red else "AMBER"
    for check in missed.checks[:MOST_CHECKS_SHOWN]:
        time = format_zulu(check.slot_at // 1_000)
        did_not = "did not answer" if check.called else "did not call"
        yield f"check of the line {colour}: at {time} {' and '.join(check.silent)} {did_not}"


def _standing_still(ledger: Ledger, lines: Mapping[str, Heard], now: Instant) -> Iterator[str]:
    """A node that answers and writes no beat hides what it has seen, and so what it withholds."""
    for member, heard in sorted(lines.items()):
        log = ledger.logs[member]
        answers = heard.up and heard.last_at is not None and now - heard.last_at < LONGEST_SILENCE_MS
        if answers and log.size and now - log.last_at > 2 * LONGEST_SILENCE_MS:
            yield (
                f"the node of {member} answers, but its log stands still since "
                f"{format_zulu(log.last_at // 1_000)}; it owes a beat every 10 minutes: it keeps its newest "
                f"entries back, or cannot write: call {member}"
            )


def _refused_words(refusal: Refusal) -> str:
    times = f"{refusal.count} times since {format_zulu(refusal.first_at // 1_000)}; "
    again = times if refusal.count > 1 else ""
    return f"{refusal.what} {refusal.remedy} ({again}{refusal.code} at {refusal.where})"


def _refusal_row(refusal: Refusal) -> RefusalRow:
    return RefusalRow(
        by=refusal.by,
        code=refusal.code,
        what=refusal.what,
        where=refusal.where,
        remedy=refusal.remedy,
        first_at=format_instant(refusal.first_at),
        last_at=format_instant(refusal.last_at),
        count=refusal.count,
        goes_on=refusal.goes_on,
    )


def _line_row(sync: Sync, member: str, heard: Heard) -> LineRow:
    return LineRow(
        member=member,
        state=_line_state(heard),
        since=format_instant(heard.since) if heard.last_at is not None else None,
        last_heard_at=format_instant(heard.last_at) if heard.last_at is not None else None,
        presence=_presence(sync.presence.get(member)),
    )


def _line_state(heard: Heard) -> Literal["line up", "line down", "never heard"]:
    if heard.last_at is None:
        return "never heard"
    return "line up" if heard.up else "line down"


def _presence(desks: Mapping[str, bool] | None) -> str:
    if not desks:
        return "no word of its desks"
    manned = sorted(desk for desk, taken in desks.items() if taken)
    return f"watch taken at {', '.join(manned)}" if manned else "no watch taken"


def _log_row(ledger: Ledger, member: str) -> LogRow:
    log = ledger.logs[member]
    by = ledger.notes.cosigners(member)
    return LogRow(
        member=member,
        generation=log.generation,
        size=log.size,
        root=log.root,
        checkpoint_size=ledger.notes.newest_size(member),
        cosigned_by=by,
        recorded=is_recorded(member, Cosigners(frozenset(by), ()), ledger.charter),
    )


def _annex_rows(ledger: Ledger, now: Instant) -> tuple[AnnexRow, ...]:
    annexes = ledger.view.annexes
    rows = []
    for proposal in annexes.proposals:
        annex = proposal.annex
        in_force = annexes.in_force(annex.name, now) == annex
        rows.append(
            AnnexRow(
                name=annex.name.value,
                version=annex.version,
                hash=proposal.content,
                state="in force" if in_force else "proposed",
                ratified_by=proposal.ratified_by,
                missing=tuple(sorted(set(annex.parties) - set(proposal.ratified_by))),
            )
        )
    return tuple(rows)
