# SPDX-License-Identifier: Apache-2.0
"""A desk files notices: read → gate → sign → seal → own log. All of a file, or none of it.

The quality gate speaks before anything leaves. What it blocks is not filed; a warning that can be overridden
holds the notice until it is, with a reason that travels with it; late is never refused, it goes at once and
is marked late.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from steerclear.errors import BadInput, Refused
from steerclear.formats.geojson import read_notices
from steerclear.formats.places import Gazetteer
from steerclear.mechanism.bodies import NoticeAmend, NoticeContent, NoticeFile, Override
from steerclear.mechanism.civil import civil_contacts, touches_civil_use
from steerclear.mechanism.notices import NoticeRecord
from steerclear.mechanism.quality import QualityFinding, Severity, examine, late_minutes, position_words
from steerclear.model.member import Role
from steerclear.model.notice import Domain, Notice, NoticeKind
from steerclear.model.place import Place
from steerclear.services.answers import GateRow, Receipt
from steerclear.services.audience import for_new_version, for_notice
from steerclear.services.change_notice import own_notice
from steerclear.services.ledger import Ledger
from steerclear.services.receipts import receipt
from steerclear.services.requests import FileNotices
from steerclear.services.seal_again import seal_also
from steerclear.services.speak import by_desk, draft

__all__ = ["domain_of", "examined", "file_notices", "may_act"]

_ON_THE_GROUND = frozenset({NoticeKind.OWN_PRESENCE, NoticeKind.MOVEMENT, NoticeKind.SITE, NoticeKind.WORKS})


@dataclass(frozen=True, slots=True)
class _Passed:
    """A notice that passed the gate, with what the gate said."""

    content: NoticeContent
    gate: tuple[GateRow, ...]


def file_notices(ledger: Ledger, request: FileNotices, *, places: Gazetteer) -> tuple[Receipt, ...]:
    """File each feature as a notice, or the one feature as the new version of ``request.amends``.

    Raises ``BadInput`` for what cannot be read, ``Refused`` (``gate-blocks``, ``gate-warns``) for what the
    gate holds back, ``NotKept`` for what the disk does not take.
    """
    notices = read_notices(
        request.geojson.encode("utf-8"), where=request.where, known_parties=may_act(ledger)
    )
    if request.amends is not None and len(notices) != 1:
        raise BadInput(
            "amend-one",
            f"{len(notices)} notices were given as the new version of one.",
            where=request.where,
            remedy="Give exactly one feature when you amend.",
        )
    amended = own_notice(ledger, request.amends) if request.amends is not None else None
    through = [_through_the_gate(ledger, notice, request, places) for notice in notices]
    if amended is not None:
        return (_amend(ledger, request, amended, through[0]),)
    audiences = [for_notice(ledger, passed.content.kind, request.to, request.level) for passed in through]
    filed = ledger.append(
        [
            draft(
                ledger,
                NoticeFile(passed.content),
                voice=by_desk(request.desk),
                to=audience.to,
                readers=audience.readers,
            )
            for passed, audience in zip(through, audiences, strict=True)
        ]
    )
    return tuple(
        receipt(ledger, one, ref=passed.content.ref, gate=passed.gate)
        for one, passed in zip(filed, through, strict=True)
    )


def _amend(ledger: Ledger, request: FileNotices, record: NoticeRecord, passed: _Passed) -> Receipt:
    """A new version goes to whom the old one went, or to more."""
    audience = for_new_version(ledger, record.newest.said, passed.content.kind, request.to, request.level)
    opened = [seal_also(ledger, version.said, audience.readers) for version in record.versions]
    amended = draft(
        ledger,
        NoticeAmend(notice=record.id, content=passed.content, because=None),
        voice=by_desk(request.desk),
        to=audience.to,
        readers=audience.readers,
    )
    filed = ledger.append([*(one for one in opened if one is not None), amended])[-1]
    return receipt(ledger, filed, ref=passed.content.ref, gate=passed.gate)


def may_act(ledger: Ledger) -> frozenset[str]:
    """Whose acts this node may file: its own member's, and those of notifiers that it carries."""
    if ledger.view.roles[ledger.me] not in (Role.PARTY, Role.NOTIFIER):
        raise Refused(
            "not-a-filer",
            f"{ledger.me} is {ledger.view.roles[ledger.me].value} in this mechanism and files no notices.",
            remedy="File from the node of a party or a notifier.",
        )
    return frozenset({ledger.me}) | ledger.charter.carried_by(ledger.me)


def _through_the_gate(ledger: Ledger, notice: Notice, request: FileNotices, places: Gazetteer) -> _Passed:
    now = ledger.now()
    reference, findings = examined(ledger, notice, request, places)
    _require_passable(notice, findings, request)
    gate = tuple(_row(finding, request) for finding in findings)
    overrides = tuple(
        Override(row.code, row.overridden_because) for row in gate if row.overridden_because is not None
    )
    content = NoticeContent(
        kind=notice.kind,
        domain=domain_of(notice.kind, request.desk),
        party=notice.party,
        ref=notice.ref,
        near=notice.near,
        volumes=notice.volumes,
        activity=None,
        third_parties=request.third_parties,
        overrides=overrides,
        late_minutes=late_minutes(notice, annexes=ledger.view.annexes, now=now),
    )
    return _Passed(content, (*gate, *_measured(notice, reference, gate), *_civil(ledger, notice)))


def examined(
    ledger: Ledger, notice: Notice, request: FileNotices, places: Gazetteer
) -> tuple[Place | None, tuple[QualityFinding, ...]]:
    """The place that the notice names, where it is known, and all that the gate finds; nothing is refused."""
    reference = places.resolve(notice.near) if notice.near is not None else None
    return reference, examine(
        notice,
        annexes=ledger.view.annexes,
        reference=reference,
        view=ledger.view,
        now=ledger.now(),
        third_parties=request.third_parties,
        others=request.to or tuple(party for party in ledger.view.parties if party != ledger.me),
    )


def _measured(notice: Notice, reference: Place | None, gate: Sequence[GateRow]) -> Iterator[GateRow]:
    """Distance and bearing are shown however near it is; too far is a warning that says them already."""
    if reference is not None and all(row.code != "position" for row in gate):
        yield GateRow(code="measured", severity="shown", words=position_words(notice, reference))


def _civil(ledger: Ledger, notice: Notice) -> Iterator[GateRow]:
    """Who is no member is warned by their own authority, which has the text from us or hears why not."""
    if not touches_civil_use(notice):
        return
    contacts = civil_contacts(ledger.view.annexes, ledger.now())
    whom = ", ".join(f"{contact.name} ({contact.area})" for contact in contacts)
    words = (
        f"civil traffic may be touched: offer {whom or 'its authority'} the text (steerclear write --as "
        "notam or cap, with --offer), or decline (steerclear say civil.decline)"
    )
    yield GateRow(code="civil", severity="shown", words=words)


def _require_passable(notice: Notice, findings: Sequence[QualityFinding], request: FileNotices) -> None:
    """Everything that holds the notice back is said at once, so that it is corrected once."""
    blocks = [one for one in findings if one.severity is Severity.BLOCK]
    if blocks:
        raise Refused(
            "gate-blocks",
            _told(blocks),
            where=notice.ref,
            remedy="Correct the notice; nothing of the file was filed.",
        )
    warns = [one for one in findings if one.overridable and one.code not in request.overrides]
    if warns:
        ways = " ".join(f"--override {one.code}=REASON" for one in warns)
        raise Refused(
            "gate-warns",
            _told(warns),
            where=notice.ref,
            remedy=f"Correct the notice, or file it with {ways}",
        )


def _told(findings: Sequence[QualityFinding]) -> str:
    return "; ".join(f"{one.code}: {one.words}" for one in findings)


def _row(finding: QualityFinding, request: FileNotices) -> GateRow:
    reason = request.overrides.get(finding.code) if finding.overridable else None
    return GateRow(
        code=finding.code,
        severity=finding.severity.value,
        words=finding.words,
        overridden_because=reason,
    )


def domain_of(kind: NoticeKind, desk: str) -> Domain:
    """The desk that files says where it acts; a desk of another name is taken by the kind."""
    if desk in (domain.value for domain in Domain):
        return Domain(desk)
    return Domain.GROUND if kind in _ON_THE_GROUND else Domain.AIR
