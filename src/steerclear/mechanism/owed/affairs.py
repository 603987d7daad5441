# SPDX-License-Identifier: Apache-2.0
"""What is owed in the standing business: sites renewed, lines checked, claims answered, incidents stated."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from steerclear.mechanism.affairs import (
    IncidentRecord,
    SiteRecord,
    StandstillRecord,
    ViolationRecord,
)
from steerclear.mechanism.annexes import Annexes
from steerclear.mechanism.classes import Phase
from steerclear.mechanism.ladder import climb, desk_for, ends_at, ladder_of
from steerclear.mechanism.lines import CheckRecord, SignalRecord, is_for_slot
from steerclear.mechanism.obligation import Debtor, Obligation
from steerclear.mechanism.owed.scene import EVERYONE, Scene, short_name
from steerclear.mechanism.said import Said
from steerclear.model.annex import AnnexName, CommChecks, Incidents, ProtectedSites
from steerclear.model.member import Role
from steerclear.model.response import ResponseClass
from steerclear.model.time import Instant

__all__ = [
    "owed_on_check", "owed_on_comm_checks", "owed_on_incident", "owed_on_signal", "owed_on_site",
    "owed_on_standstill", "owed_on_violation", "site_renewal_ms",
]  # fmt: skip

_DAY_MS: Final = 86_400_000
_RENEW_SITE_MS: Final = 90 * _DAY_MS
_STANDING_INCIDENTS: Final = Incidents(report_s=86_400, review_s=7 * 86_400)


def site_renewal_ms(annexes: Annexes, now: Instant) -> int:
    """So long after it was last confirmed a site is STALE, and still protected."""
    terms = annexes.terms(AnnexName.PROTECTED_SITES, now)
    return terms.renew_s * 1000 if isinstance(terms, ProtectedSites) else _RENEW_SITE_MS


def owed_on_site(scene: Scene, record: SiteRecord) -> Iterator[Obligation]:
    """Renewal by its sender; acknowledgement and, by a party, proof that the units have it (Kunduz)."""
    over = record.ended is not None
    renew_ms = site_renewal_ms(scene.view.annexes, scene.now)
    said_at = [record.site.at, *(renewal.at for renewal in record.renewals)]
    for index, at in enumerate(said_at):
        met_at = said_at[index + 1] if index + 1 < len(said_at) else None
        due_at = Instant(at + renew_ms)
        words = f"Renew site {short_name(record.site)}, or say that it ended."
        yield _plain(
            scene, record.site, "renewal", record.site.author, EVERYONE, due_at, met_at, words, over=over
        )
    static = scene.response.of(ResponseClass.STATIC)
    for member in record.site.to:
        if static is not None and member != record.site.author and record.site.is_readable_by(member):
            yield from _site_receipts(scene, record, member, Phase(record.site.at, static), over=over)


def _site_receipts(
    scene: Scene, record: SiteRecord, member: str, filed: Phase, *, over: bool
) -> Iterator[Obligation]:
    site = record.site
    clock = scene.clock(site, member, filed.terms.machine_s)
    yield scene.machine_receipt(site, member, clock, filed.terms, record.id, over=over)
    yield from scene.reseals(site, member, clock, record.id, over=over)
    if not scene.is_human(member):
        return
    running = Phase(clock.starts_at, filed.terms)
    desk = desk_for(scene.response, member, "humanitarian")
    said = [ack for ack in record.acknowledgements if ack.author == member]
    met_at = ends_at(scene.response, desk, said, running.climb_at(1))
    yield scene.owed(
        what="acknowledgement",
        creditor=site.author,
        debtor=Debtor.of(member, desk),
        about=site.id,
        thing=site.id,
        words=f"Acknowledge site {short_name(site)} of {site.author}.",
        due_at=running.acknowledge_by,
        met_at=met_at,
        over=over,
        of_class=ResponseClass.STATIC,
        climbing=climb(
            ladder_of(scene.response, member, desk),
            (running,) if clock.delivered_at is not None else (),
            both_sorts_at_once=False,
            now=scene.now,
            ended_at=met_at,
        ),
        line_down=clock.line_down(scene.now),
    )
    if scene.view.roles[member] is Role.PARTY:
        yield from _site_disseminations(scene, record, member, running, over=over)


def _site_disseminations(
    scene: Scene, record: SiteRecord, member: str, running: Phase, *, over: bool
) -> Iterator[Obligation]:
    said = [one for one in record.disseminations if one.author == member]
    due_at = running.acknowledge_by
    for index in range(len(said) + 1):
        met = said[index] if index < len(said) else None
        words = f"Pass site {short_name(record.site)} on to the units and say so."
        met_at = met.at if met is not None else None
        yield _plain(
            scene, record.site, "dissemination", member, record.site.author, due_at, met_at, words, over=over
        )
        if met is not None:
            due_at = met.body.expires_at


def owed_on_standstill(scene: Scene, record: StandstillRecord) -> Iterator[Obligation]:
    """An answer from each side, then proof by all sides before it takes effect."""
    proposed = record.proposed
    over = record.ended is not None
    accepted = {said.author: said.at for said in record.accepted}
    refused = {said.author: said.at for said in reversed(record.unables)}
    for member in scene.humans(proposed.to):
        if member != proposed.author:
            met_at = accepted.get(member, refused.get(member))
            yield _plain(
                scene, proposed, "standstill-answer", member, proposed.author,
                proposed.body.effective_at, met_at,
                f"{proposed.author} proposes a standstill ({short_name(proposed)}): accept, or say unable.",
                over=over,
            )  # fmt: skip
    if record.accepted_at is None:
        return
    passed = {said.author: said.at for said in reversed(record.disseminations)}
    for member in sorted(record.sides):
        others = sorted(record.sides - {member})
        yield _plain(
            scene, proposed, "dissemination", member, others[0],
            proposed.body.effective_at, passed.get(member),
            f"Standstill {short_name(proposed)}: pass it on to the units and say so.",
            over=over,
        )  # fmt: skip


def owed_on_incident(scene: Scene, record: IncidentRecord) -> Iterator[Obligation]:
    """Each involved member states its side and closes, on the clock of the incidents annex."""
    terms = scene.view.annexes.terms(AnnexName.INCIDENTS, scene.now)
    clock = terms if isinstance(terms, Incidents) else _STANDING_INCIDENTS
    opened = record.opened
    stated = {said.author: said.at for said in reversed(record.statements)}
    closed = {said.author: said.at for said in record.closes}
    for member in opened.body.involved:
        state_by, review_by = (Instant(opened.at + s * 1000) for s in (clock.report_s, clock.review_s))
        yield _plain(
            scene, opened, "statement", member, opened.author, state_by, stated.get(member),
            f"Incident {short_name(opened)}: state your side.", over=record.is_closed,
        )  # fmt: skip
        yield _plain(
            scene, opened, "review", member, opened.author, review_by, closed.get(member),
            f"Incident {short_name(opened)}: review it together and close.", over=False,
        )  # fmt: skip


def owed_on_violation(scene: Scene, record: ViolationRecord) -> Iterator[Obligation]:
    """Accept, contest, unknown: an answer within the report time of the incidents annex."""
    terms = scene.view.annexes.terms(AnnexName.INCIDENTS, scene.now)
    report_s = (terms if isinstance(terms, Incidents) else _STANDING_INCIDENTS).report_s
    answered = {said.author: said.at for said in reversed(record.answers)}
    for member in scene.humans(record.claim.to):
        if member != record.claim.author:
            yield _plain(
                scene, record.claim, "violation-answer", member, record.claim.author,
                Instant(record.claim.at + report_s * 1000), answered.get(member),
                f"{record.claim.author} claims a violation ({short_name(record.claim)}): answer.", over=False,
            )  # fmt: skip


def owed_on_signal(scene: Scene, record: SignalRecord) -> Iterator[Obligation]:
    """A read-back, where the signal asks for one."""
    if not record.sent.body.read_back:
        return
    machine_s = scene.machine_s(ResponseClass.IMMEDIATE)
    for member in scene.humans(record.sent.to):
        if member != record.sent.author:
            clock = scene.clock(record.sent, member, machine_s)
            yield _plain(
                scene, record.sent, "read-back", member, record.sent.author,
                Instant(clock.starts_at + scene.answer_ms()), record.understood_at(member),
                f"Read back signal {short_name(record.sent)} of {record.sent.author}.",
                over=False, line_down=clock.line_down(scene.now),
            )  # fmt: skip


def owed_on_check(scene: Scene, record: CheckRecord) -> Iterator[Obligation]:
    """Who is called on the line answers within the tolerance."""
    answered = {said.author: said.at for said in reversed(record.answers)}
    tolerance_ms = _tolerance_ms(scene)
    for member in scene.humans(record.called.to):
        if member != record.called.author:
            yield _plain(
                scene, record.called, "check-answer", member, record.called.author,
                Instant(record.called.at + tolerance_ms), answered.get(member),
                f"{record.called.author} checks the line ({short_name(record.called)}): answer.", over=False,
            )  # fmt: skip


def owed_on_comm_checks(scene: Scene) -> Iterator[Obligation]:
    """The agreed times of yesterday, today and tomorrow, since the annex is in force: its caller calls."""
    annex = scene.view.annexes.in_force(AnnexName.COMM_CHECKS, scene.now)
    if annex is None or not isinstance(annex.terms, CommChecks):
        return
    terms = annex.terms
    calls = [one.called for one in scene.view.checks if one.called.author == terms.caller]
    midnight = scene.now // _DAY_MS * _DAY_MS
    for day in (-1, 0, 1):
        for minutes in terms.at_minutes:
            slot_at = Instant(midnight + day * _DAY_MS + minutes * 60_000)
            if slot_at < annex.in_force_from:
                continue
            met = [call.at for call in calls if is_for_slot(call, slot_at, terms)]
            yield scene.owed(
                what="check",
                creditor=EVERYONE,
                debtor=Debtor.of(terms.caller),
                about=f"{slot_at}",
                thing="comm-checks",
                words="Check the line.",
                due_at=Instant(slot_at + terms.tolerance_s * 1000),
                met_at=min(met, default=None),
                of_class=ResponseClass.CHECK,
            )


def _tolerance_ms(scene: Scene) -> int:
    terms = scene.view.annexes.terms(AnnexName.COMM_CHECKS, scene.now)
    return terms.tolerance_s * 1000 if isinstance(terms, CommChecks) else 900_000


def _plain(
    scene: Scene,
    said: Said[Any],
    what: str,
    debtor: str,
    creditor: str,
    due_at: Instant,
    met_at: Instant | None,
    words: str,
    *,
    over: bool,
    line_down: bool = False,
) -> Obligation:
    """A duty of a member, any desk, about a statement that is the thing itself."""
    return scene.owed(
        what=what,
        creditor=creditor,
        debtor=Debtor.of(debtor),
        about=said.id,
        thing=said.id,
        words=words,
        due_at=due_at,
        met_at=met_at,
        over=over,
        line_down=line_down,
    )
