# SPDX-License-Identifier: Apache-2.0
"""What does an inquiry find that holds a record, both sides' openings and what both show of their notices?

    record, verified ──► what was logged of the attempt ─┐
    cases ──► each notice, from when until when it held ─┼─► blind/audit.py ──► faults, in words
    openings of both sides ──────────────────────────────┘
                          what was not shown ──► doubts: a plan that stands in it was not looked at

The grid, the minima and the values of the annex are those of the record; the openings are believed in nothing
that the log does not bear out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, NamedTuple

from steerclear.blind.audit import Evidence, Fault, FaultKind, RoundLogged, audit
from steerclear.blind.audit import Planned as PlannedOnDay
from steerclear.blind.grid import CELL_BYTES, Grid
from steerclear.blind.messages import HOST, Compared, DayOpened, ListCommitted, ListSent, Message, Remasked
from steerclear.blind.opening import Opened
from steerclear.blind.rows import rows_of
from steerclear.blind.side import LEAST_LIFE_S, require_list
from steerclear.blind.tokens import PairDay
from steerclear.errors import BadInput, NotVerified
from steerclear.mechanism.bodies import BlindOpen
from steerclear.mechanism.entry import Place
from steerclear.mechanism.notices import NoticeRecord, Version
from steerclear.mechanism.said import Said
from steerclear.model.finding import Undetermined
from steerclear.model.terms import Level
from steerclear.model.time import Instant, format_instant
from steerclear.services.blind_alone import Silence, silence_before
from steerclear.services.blind_case import said_of_pair
from steerclear.services.blind_mail import begun_in, messages_in
from steerclear.services.blind_met import cells_words
from steerclear.services.blind_plans import Planned, planned
from steerclear.services.blind_terms import PairTerms, digest_of_day, terms_of, terms_of_check
from steerclear.services.ledger import Ledger
from steerclear.services.naming import short_of

__all__ = ["Finding", "Inquiry", "inquire"]

_KINDS: Final = ("blind.open", "blind.commit", "blind.list", "blind.remask", "blind.result")
_DAY_MS: Final = 86_400_000

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault. ``who``: the member that is to answer for it; ``round``: the first, counted from 0."""

    kind: str
    who: str
    round: int
    cells: int
    words: str


@dataclass(frozen=True, slots=True)
class Inquiry:
    """What was looked at, and what was found. ``cells`` and ``notices``: of the first and the second side."""

    pair: Pair
    level: str
    day: str
    attempt: int
    rounds: int
    cells: tuple[int, int]
    notices: tuple[int, int]
    faults: tuple[Finding, ...]
    doubts: tuple[str, ...]
    silence: tuple[str, ...] = ()
    """Of a check at L3p that was agreed with a host: what the record shows of the host's silence, by side."""


class _Told(NamedTuple):
    """A message, and the entry in which it stands."""

    place: Place
    at: Instant
    message: Message


@dataclass(frozen=True, slots=True)
class _Plan:
    """A version of a notice: the rounds in which it held, and its cells, where it has any."""

    label: str
    planned: Planned
    rounds: range
    is_of_day: bool


def inquire(ledger: Ledger, openings: Sequence[Opened]) -> Inquiry:
    """Everything that is wrong with one attempt at one day; of nothing wrong no faults.

    ``ledger``: the record with what was shown of it, verified. Raises ``BadInput`` (``blind-audit``,
    ``blind-not-in-record``) where these do not belong together.
    """
    first, second = _both(openings)
    apart = [fault for one in (first, second) for fault in _of_another_check(ledger, one)]
    pair_day, level = first.secret.pair_day, first.secret.level
    if apart:
        return _inquiry((first, second), 0, (0, 0), apart, ())
    if (pair_day, level) != (second.secret.pair_day, second.secret.level):
        raise _parted(first, second)
    evidence, changed, told = _evidence(ledger, pair_day, level)
    terms = terms_of_check(ledger.view, pair_day, level)
    assert terms is not None  # noqa: S101 - else it was a fault
    commits = _commits(told), _commits(told, side=1)
    plans = tuple(list(_plans(ledger, one, terms, commits[one.side])) for one in (first, second))
    listed = tuple(list(_on_day(each, pair_day.day)) for each in plans)
    faults = [
        *changed,
        *(fault for side in (0, 1) for fault in _false_whole(side, plans[side], evidence, pair_day)),
    ]
    faults += audit((first, second), evidence, (listed[0], listed[1]))
    words = [_words(ledger, fault, pair_day, plans) for fault in faults]
    words += [found for one in (first, second) for found in _too_short(one, plans[one.side])]
    silence = [found for one in (first, second) for found in _silence(ledger, one)]
    words += [Finding("host", one.who, 0, 0, one.words) for one in silence if one.heard_at is not None]
    doubts = tuple(_doubts(ledger, pair_day, (first, second), evidence, commits))
    notices = tuple(sum(plan.is_of_day for plan in each) for each in plans)
    counts = notices[0], notices[1]
    found = _inquiry((first, second), len(evidence.rounds), counts, words, doubts)
    return replace(found, silence=tuple(one.words for one in silence))


def _both(openings: Sequence[Opened]) -> tuple[Opened, Opened]:
    found = sorted(openings, key=lambda one: one.side)
    if [one.side for one in found] != [0, 1]:
        raise BadInput(
            "blind-audit",
            "These are not the openings of both sides of one day, for all of its rounds.",
            remedy="Give one opening of each side, as steerclear blind open --output writes it.",
        )
    return found[0], found[1]


def _inquiry(
    openings: tuple[Opened, Opened], rounds: int, notices: tuple[int, int], faults: Sequence[Finding],
    doubts: tuple[str, ...],
) -> Inquiry:  # fmt: skip
    about = openings[0].secret.pair_day
    cells = [sum(len(each.cells) for each in one.rounds) // CELL_BYTES for one in openings]
    return Inquiry(
        pair=about.parties,
        level=openings[0].secret.level.value,
        day=_day_words(about.day),
        attempt=about.attempt,
        rounds=rounds,
        cells=(cells[0], cells[1]),
        notices=notices,
        faults=tuple(faults),
        doubts=doubts,
    )


def _day_words(day: int) -> str:
    return format_instant(Instant(day * _DAY_MS))[:10]


# ---- is it the check that was agreed? --------------------------------------------------------------------


def _of_another_check(ledger: Ledger, opening: Opened) -> Iterator[Finding]:
    """Mechanism, annex, version and step of the grid as the record had them when its author began it."""
    about, level = opening.secret.pair_day, opening.secret.level
    who = about.parties[opening.side]
    begun = _begun(ledger, opening)
    if not begun:
        raise BadInput(
            "blind-not-in-record",
            f"The record, as far as it was shown, does not say that {who} began the check of this opening.",
            where=f"{_day_words(about.day)}, attempt {about.attempt}",
            remedy="Give the record up to the end of that day, and what steerclear blind case saved at both.",
        )
    terms = terms_of(ledger.view, about.parties, begun[0].at)
    if terms is None or terms.separation is None:
        yield Finding("check", who, 0, 0, f"{who} began a blind check when no annex in force had one")
        return
    agreed = terms.pair_day(ledger.mechanism, about.day, about.attempt)
    may_go_alone = level is Level.L3P and terms.host_gone_ms is not None
    if about != agreed or not (level is terms.level or may_go_alone):
        names = (
            ("annex", about.annex[:16], agreed.annex[:16]),
            ("version of the grid", about.grid, agreed.grid),
            ("step in seconds of arc", about.step_arc_s, agreed.step_arc_s),
            ("level", level.value, terms.level.value),
        )
        apart = [f"{name} {mine}, agreed was {theirs}" for name, mine, theirs in names if mine != theirs]
        said = "; ".join(apart)
        yield Finding("check", who, 0, 0, f"{who} began another check than the annexes in force have: {said}")


def _silence(ledger: Ledger, opening: Opened) -> Iterator[Silence]:
    """Where the annexes have a host, and its author began at L3p."""
    about, level = opening.secret.pair_day, opening.secret.level
    [begun] = _begun(ledger, opening)[:1]
    terms, host = terms_of(ledger.view, about.parties, begun.at), ledger.view.host
    if level is Level.L3P and terms is not None and terms.host_gone_ms is not None and host is not None:
        yield silence_before(ledger, begun, host, terms.host_gone_ms)


def _begun(ledger: Ledger, opening: Opened) -> list[Said[BlindOpen]]:
    """Where its author began the check of this opening."""
    about, level = opening.secret.pair_day, opening.secret.level
    who = about.parties[opening.side]
    return [
        said
        for said in said_of_pair(ledger, about.parties, "blind.open")
        if said.author == who and begun_in(ledger.mechanism, said) == about and said.body.level is level
    ]


def _parted(first: Opened, second: Opened) -> BadInput:
    one, other = first.secret.pair_day, second.secret.pair_day
    return BadInput(
        "blind-audit",
        f"One opening is of {_day_words(one.day)}, attempt {one.attempt}, the other of "
        f"{_day_words(other.day)}, attempt {other.attempt}, or they are of different pairs or annexes.",
        remedy="Give both sides' openings of one attempt at one day.",
    )


# ---- what was logged -------------------------------------------------------------------------------------


def _told(ledger: Ledger, pair_day: PairDay, level: Level) -> Iterator[_Told]:
    digest = digest_of_day(pair_day)
    for kind in _KINDS:
        for said in said_of_pair(ledger, pair_day.parties, kind):
            for message in messages_in(ledger.view, said):
                if (message.head.pair_day, message.head.level) == (digest, level):
                    yield _Told(said.place, said.at, message)


def _evidence(
    ledger: Ledger, pair_day: PairDay, level: Level
) -> tuple[Evidence, list[Fault], dict[tuple[type, int, int], _Told]]:
    """What of each kind, side and round was said first; and lists that are not those committed to."""
    told: dict[tuple[type, int, int], _Told] = {}
    for one in _told(ledger, pair_day, level):
        told.setdefault((type(one.message), one.message.head.author, one.message.head.round), one)

    def get(sort: type, side: int, number: int) -> Message | None:
        found = told.get((sort, side, number))
        return found.message if found is not None else None

    rounds: list[RoundLogged] = []
    changed: list[Fault] = []
    while True:
        number = len(rounds)
        committed = get(ListCommitted, 0, number), get(ListCommitted, 1, number)
        if not isinstance(committed[0], ListCommitted) or not isinstance(committed[1], ListCommitted):
            break
        both = committed[0], committed[1]
        sent = [_as_committed(get(ListSent, side, number), both[side], changed) for side in (0, 1)]
        remasked = [get(Remasked, side, number) for side in (0, 1)]
        compared = get(Compared, HOST, number)
        rounds.append(
            RoundLogged(
                both,
                compared if isinstance(compared, Compared) else None,
                (sent[0], sent[1]),
                (_remasked(remasked[0]), _remasked(remasked[1])),
            )
        )
    begun = get(DayOpened, 0, 0), get(DayOpened, 1, 0)
    if not rounds or not isinstance(begun[0], DayOpened) or not isinstance(begun[1], DayOpened):
        raise BadInput(
            "blind-not-in-record",
            "The record, as far as it was shown, holds no round of this check to which both sides committed.",
            where=f"{_day_words(pair_day.day)}, attempt {pair_day.attempt}",
            remedy="Nothing was compared then; or give what steerclear blind case saved at both sides.",
        )
    return Evidence((begun[0], begun[1]), tuple(rounds)), changed, told


def _as_committed(sent: Message | None, committed: ListCommitted, changed: list[Fault]) -> ListSent | None:
    if not isinstance(sent, ListSent):
        return None
    try:
        require_list(sent, committed)
    except NotVerified:
        side, number = committed.head.author, committed.head.round
        changed.append(Fault(FaultKind.MASKING, side, number, "another list was sent than was committed to"))
        return None
    return sent


def _remasked(message: Message | None) -> Remasked | None:
    return message if isinstance(message, Remasked) else None


def _commits(told: dict[tuple[type, int, int], _Told], side: int = 0) -> list[_Told]:
    found = [one for (sort, by, _), one in told.items() if sort is ListCommitted and by == side]
    return sorted(found, key=lambda one: one.message.head.round)


# ---- what was planned ------------------------------------------------------------------------------------


def _plans(ledger: Ledger, opening: Opened, terms: PairTerms, commits: Sequence[_Told]) -> Iterator[_Plan]:
    """Every version of every notice in this side's log."""
    who, day = opening.secret.pair_day.parties[opening.side], opening.secret.pair_day.day
    for filed in ledger.view.book.of_kind("notice.file"):
        record = ledger.view.notices.get(filed.id)
        if record is None or filed.place.author != who:
            continue
        for version, after in pairwise((*record.versions, None)):
            assert version is not None  # noqa: S101 - the pair's first is never the end
            plan = planned(ledger.view, record, version, terms)
            days = plan.days()
            is_of_day = isinstance(days, Undetermined) or day in days
            rounds = _rounds(record, version, after, commits)
            yield _Plan(short_of(ledger, version.id), plan, rounds, is_of_day)


def _rounds(record: NoticeRecord, version: Version, after: Version | None, commits: Sequence[_Told]) -> range:
    """The rounds whose list was committed to while this version held; empty: none was."""
    begun = sum(1 for one in commits if one.place < version.said.place)
    held = [number for number, one in enumerate(commits) if number >= begun and _holds(record, after, one)]
    return range(begun, held[-1] + 1 if held else begun)


def _holds(record: NoticeRecord, after: Version | None, commit: _Told) -> bool:
    if after is not None and after.said.place < commit.place:
        return False
    if record.withdrawn is not None and record.withdrawn.place < commit.place:
        return False
    cold = record.cold
    return cold is None or cold.place > commit.place or cold.body.cold_at > commit.at


def _on_day(plans: Sequence[_Plan], day: int) -> Iterator[PlannedOnDay]:
    """As the audit wants them; those that have no cells which anybody could list are not among them."""
    for plan in plans:
        cells = plan.planned.cells_on(day)
        if not isinstance(cells, Undetermined):
            begun, last = plan.rounds.start, plan.rounds.stop - 1
            yield PlannedOnDay(plan.label, cells.encoded, begun, begun, last)


def _false_whole(side: int, plans: Sequence[_Plan], evidence: Evidence, pair_day: PairDay) -> Iterator[Fault]:
    """A list that was said to be whole, although a notice held that has no cells."""
    for plan in plans:
        cells = plan.planned.cells_on(pair_day.day)
        if not isinstance(cells, Undetermined):
            continue
        said = (
            n for n in plan.rounds if n < len(evidence.rounds) and evidence.rounds[n].committed[side].whole
        )
        for number in list(said)[:1]:
            what = f"notice {plan.label} was not listed ({cells.because}), and the list was said to be whole"
            yield Fault(FaultKind.OMISSION, side, number, what)


def _too_short(opening: Opened, plans: Sequence[_Plan]) -> Iterator[Finding]:
    """A blind notice of less than its least life costs nothing and tells where the other is: a probe."""
    about = opening.secret.pair_day
    who, listed = about.parties[opening.side], b"".join(one.cells for one in opening.rounds)
    cells = {bytes(row) for row in rows_of(listed, CELL_BYTES)}
    for plan in plans:
        lasts_s = plan.planned.ends_at_s - plan.planned.filed_at_s
        found = plan.planned.cells_on(about.day) if plan.is_of_day and lasts_s < LEAST_LIFE_S else None
        if found is None or isinstance(found, Undetermined):
            continue
        own = {bytes(row) for row in rows_of(found.encoded, CELL_BYTES)}
        if own <= cells:
            words = f"{who}: notice {plan.label} was listed, and ended {lasts_s // 60} min after it was filed"
            yield Finding("life", who, plan.rounds.start, len(own), words)


# ---- in words --------------------------------------------------------------------------------------------


def _words(ledger: Ledger, fault: Fault, pair_day: PairDay, plans: tuple[list[_Plan], ...]) -> Finding:
    who = ledger.view.host or "the host" if fault.side == HOST else pair_day.parties[fault.side]
    words, kind = f"{who}, round {fault.round}: {fault.what}", fault.kind.value
    cells = frozenset(fault.cells)
    elsewhere = _day_they_are_of(cells, plans[fault.side], pair_day.day) if cells else None
    if fault.kind is FaultKind.EXTRA and elsewhere:
        kind, words = "day", f"{words}; they are cells of {elsewhere}"
    if cells and fault.kind is not FaultKind.GRID:
        words = f"{words} ({_where(pair_day, cells)})"
    return Finding(kind, who, fault.round, len(cells), words)


def _where(pair_day: PairDay, cells: frozenset[bytes]) -> str:
    return cells_words(Grid(pair_day.step_arc_s), pair_day.day, cells).replace(" met,", ",")


def _day_they_are_of(cells: frozenset[bytes], plans: Sequence[_Plan], day: int) -> str | None:
    """Did somebody list the cells of a notice under another day than theirs?"""
    for plan in plans:
        days = plan.planned.days()
        for other in days if isinstance(days, range) else ():
            found = plan.planned.cells_on(other)
            if other != day and not isinstance(found, Undetermined):
                own = {bytes(row) for row in rows_of(found.encoded, CELL_BYTES)}
                if cells <= own:
                    return f"notice {plan.label} on {_day_words(other)}"
    return None


def _doubts(
    ledger: Ledger, pair_day: PairDay, openings: tuple[Opened, Opened], evidence: Evidence,
    commits: tuple[list[_Told], list[_Told]],
) -> Iterator[str]:  # fmt: skip
    """What could not be looked at."""
    for opening in openings:
        who, other = pair_day.parties[opening.side], pair_day.parties[1 - opening.side]
        last = commits[opening.side][-1].at
        closed = [
            entry
            for entry in ledger.view.sealed
            if entry.author == who and entry.at <= last and other not in (entry.readers or ())
        ]
        if closed:
            yield (
                f"{len(closed)} sealed entries of {who} were not shown; a notice that stands in one of them "
                f"was not looked at (steerclear blind case --whole at {who})"
            )
        more = len(opening.rounds) - len(evidence.rounds)
        if more > 1:
            yield f"the opening of {who} has {more} lists more than the record shows rounds"
    if evidence.rounds[-1].compared is None and openings[0].secret.level is not Level.L3P:
        yield "the host did not answer the last round, or its answer was not shown"
