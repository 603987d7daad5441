# SPDX-License-Identifier: Apache-2.0
"""What is owed about a notice: receipts by its addressees, answers and ends by its filer, a screening.

addressee that can read it   machine-receipt, acknowledgement, dissemination before start
host, when a peer cannot     screening (L1)
filer                        answer-to-unable, cold after the end, reports of a movement
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from steerclear.mechanism.bodies import ScreenResult
from steerclear.mechanism.classes import Phase, acknowledge_by, class_at, first_climb_at, phases
from steerclear.mechanism.judge import effective
from steerclear.mechanism.ladder import climb, desk_for, ends_at, ladder_of
from steerclear.mechanism.notices import NoticeRecord, Version
from steerclear.mechanism.obligation import Debtor, Obligation
from steerclear.mechanism.owed.scene import Clock, Scene, short_name
from steerclear.model.member import Role
from steerclear.model.notice import NoticeKind
from steerclear.model.response import ClassTerms, ResponseClass
from steerclear.model.time import Instant

__all__ = ["owed_on_notice"]

_HOUR_MS: Final = 3_600_000
# By names of their own: see classes.py.
_SITE: Final = NoticeKind.SITE
_PARTY: Final = Role.PARTY
_ROUTINE: Final = ResponseClass.ROUTINE
_PRIORITY: Final = ResponseClass.PRIORITY
_NEVER_HOT: Final = (_SITE, NoticeKind.MOVEMENT)


class _Case(NamedTuple):
    """One version, with what all duties of its addressees about it have in common.

    ``domain`` the desk that it goes to, where there is one of that name; ``of_class`` its class now.
    """

    record: NoticeRecord
    version: Version
    domain: str
    of_class: ResponseClass
    over: bool


def owed_on_notice(scene: Scene, record: NoticeRecord) -> Iterator[Obligation]:
    """Of every version: what an older one still owed is over when a newer one takes its place."""
    gone, newest = not record.is_live(scene.now), record.newest
    for version in record.versions:
        said, over = version.said, gone or version is not newest
        filed = phases_of(scene, version, scene.view.filed_at(said))
        if filed:  # without: the annex gives its class no deadline
            domain, of_class = version.content.domain.value, _class_of(version, scene.now)
            case = _Case(record, version, domain, of_class, over)
            for member in said.to:
                if member != said.author and said.is_readable_by(member):
                    yield from _owed_by_addressee(scene, case, member, filed[0].terms)
        yield from _screening(scene, record, version, over=over)
        if version.unables:
            yield from _answers_to_unable(scene, record, version)
    if any(version.content.kind not in _NEVER_HOT for version in record.versions):
        yield _cold(scene, record)


def _class_of(version: Version, now: Instant) -> ResponseClass:
    is_site = version.content.kind is _SITE
    return ResponseClass.STATIC if is_site else class_at(version.start_at, now)


def phases_of(scene: Scene, version: Version, from_at: Instant) -> tuple[Phase, ...]:
    dated = version.content.kind is not _SITE
    return phases(scene.response, from_at, version.start_at if dated else None)


def _owed_by_addressee(scene: Scene, case: _Case, member: str, terms: ClassTerms) -> Iterator[Obligation]:
    said = case.version.said
    clock = scene.clock(said, member, terms.machine_s)
    yield scene.machine_receipt(said, member, clock, terms, case.record.id, over=case.over)
    if clock.delivered_at is None:
        yield from scene.reseals(said, member, clock, case.record.id, over=case.over)
    running = phases_of(scene, case.version, clock.starts_at) if scene.is_human(member) else ()
    if running:
        debtor = Debtor.of(member, desk_for(scene.response, member, case.domain))
        yield _acknowledgement(scene, case, debtor, clock, running)
        if scene.view.roles[member] is _PARTY:
            yield from _disseminations(scene, case, debtor, clock, running)


def _acknowledgement(
    scene: Scene, case: _Case, debtor: Debtor, clock: Clock, running: tuple[Phase, ...]
) -> Obligation:
    """A relay that answers before the first climb keeps it from beginning; then only a may-act rung ends it.

    *Unable* is an answer of somebody who decided: whoever says it has received and understood.
    """
    version, said, desk = case.version, case.version.said, debtor.desk or ""
    met_at = _answered_at(scene, version, debtor.member, desk, running)
    name = f"{version.content.kind.value} {short_name(said)}"
    return scene.owed(
        what="acknowledgement",
        creditor=said.author,
        debtor=debtor,
        about=version.id,
        thing=case.record.id,
        words=f"Acknowledge {name} of {said.author}, version {version.number}.",
        due_at=acknowledge_by(running),
        met_at=met_at,
        over=case.over,
        of_class=case.of_class,
        climbing=climb(
            ladder_of(scene.response, debtor.member, desk),
            running if clock.delivered_at is not None else (),
            both_sorts_at_once=False,
            now=scene.now,
            ended_at=met_at,
        ),
        line_down=clock.line_down(scene.now),
    )


def _answered_at(
    scene: Scene, version: Version, member: str, desk: str, running: tuple[Phase, ...]
) -> Instant | None:
    """When the climb at this desk ended, by an acknowledgement or by *unable*."""
    ended = [unable.at for unable in version.unables if unable.author == member]
    said = [ack for ack in version.acknowledgements if ack.author == member]
    acknowledged_at = ends_at(scene.response, desk, said, first_climb_at(running)) if said else None
    if acknowledged_at is not None:
        ended.append(acknowledged_at)
    return min(ended, default=None)


def _disseminations(
    scene: Scene, case: _Case, debtor: Debtor, clock: Clock, running: tuple[Phase, ...]
) -> Iterator[Obligation]:
    """The first proof that it reached the unit, then a new one whenever the last expires before the end."""
    version = case.version
    said = [one for one in version.disseminations if one.author == debtor.member]
    due_at: Instant | None = _disseminate_by(version, clock, running)
    for index in range(len(said) + 1):
        met = said[index] if index < len(said) else None
        if due_at is not None:
            yield scene.owed(
                what="dissemination",
                creditor=version.said.author,
                debtor=debtor,
                about=version.id,
                thing=case.record.id,
                words=f"Pass {short_name(version.said)} on to the unit and say so.",
                due_at=due_at,
                met_at=met.at if met is not None else None,
                over=case.over,
                of_class=case.of_class,
                line_down=clock.line_down(scene.now),
            )
        if met is not None:
            lapses = version.content.kind is _SITE or met.body.expires_at < version.end_at
            due_at = met.body.expires_at if lapses else None


def _disseminate_by(version: Version, clock: Clock, running: tuple[Phase, ...]) -> Instant:
    """By the class at filing; what came too late for it has its human deadline from DELIVERED."""
    humanly = running[0].acknowledge_by
    if version.content.kind is _SITE:
        return humanly
    lead_ms = version.start_at - clock.filed_at
    of_class = class_at(version.start_at, clock.filed_at)
    if of_class is _ROUTINE:
        due_at = version.start_at - 12 * _HOUR_MS
    elif of_class is _PRIORITY:
        due_at = version.start_at - min(2 * _HOUR_MS, lead_ms // 2)
    else:
        due_at = version.start_at
    return Instant(due_at) if due_at >= clock.starts_at else humanly


def _screening(scene: Scene, record: NoticeRecord, version: Version, *, over: bool) -> Iterator[Obligation]:
    """At L1 the host can read it and a party it is addressed to cannot: the host owes the check."""
    host = scene.view.host
    said = version.said
    peers = [m for m in said.to if scene.view.roles.get(m) is _PARTY and m != said.author]
    blind = not all(said.is_readable_by(peer) for peer in peers)
    if host is None or host == said.author or not blind or not said.is_readable_by(host):
        return
    filed = phases_of(scene, version, scene.view.filed_at(said))
    clock = scene.clock(said, host, filed[0].terms.machine_s if filed else 0)
    results = effective(scene.view.book, scene.view.book.about(record.id, ScreenResult))
    met = [r.at for r in results if r.author == host and version.id in {v.version for v in r.body.notices}]
    yield scene.owed(
        what="screening",
        creditor=said.author,
        debtor=Debtor.of(host),
        about=version.id,
        thing=record.id,
        words=f"Screen {short_name(said)} against all others.",
        due_at=Instant(clock.starts_at + scene.response.screening_s * 1000),
        met_at=min(met, default=None),
        over=over,
        line_down=clock.line_down(scene.now),
    )


def _answers_to_unable(scene: Scene, record: NoticeRecord, version: Version) -> Iterator[Obligation]:
    """Amended, holding or proceeding, before start; after it, within the human deadline of *immediate*."""
    later = [v.said.at for v in record.versions if v.number > version.number]
    if record.withdrawn is not None:
        later.append(record.withdrawn.at)
    for unable in version.unables:
        answered = [answer.at for answer in version.answers if answer.body.about == unable.id]
        answered += [at for at in later if at >= unable.at]
        yield scene.owed(
            what="answer-to-unable",
            creditor=unable.author,
            debtor=Debtor.of(version.said.author, version.said.desk),
            about=unable.id,
            thing=record.id,
            words=f"{unable.author} is unable to keep clear of {short_name(version.said)}: "
            "amend, hold, or proceed with a reason.",
            due_at=Instant(max(version.start_at, unable.at + scene.answer_ms())),
            met_at=min(answered, default=None),
            of_class=ResponseClass.IMMEDIATE,
        )


def _cold(scene: Scene, record: NoticeRecord) -> Obligation:
    """An area is hot until its filer says cold (Il-20: no all-clear)."""
    newest = record.newest
    return scene.owed(
        what="cold",
        creditor=next((m for m in newest.said.to if m != record.author), record.author),
        debtor=Debtor.of(record.author, record.desk),
        about=record.id,
        thing=record.id,
        words=f"Say when {short_name(newest.said)} is cold.",
        due_at=Instant(newest.end_at + scene.answer_ms()),
        met_at=record.cold.at if record.cold is not None else None,
        over=record.withdrawn is not None or newest.content.kind in _NEVER_HOT,
    )
