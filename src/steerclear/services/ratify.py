# SPDX-License-Identifier: Apache-2.0
"""The authority of a party binds it: proposes and ratifies annexes, suspends, resumes, ends.

    propose a template, or one document ──→ counter (with its reason) ──→ ratify by content ──→ withdraw
    suspend ──→ resume (its raiser alone)      end (it has ended when every party has said so)

What waits while a flag is up is refused here, so that nobody signs what would count for nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from steerclear.errors import BadInput, Refused
from steerclear.formats.annex_document import read_document
from steerclear.mechanism.annexes import MechanismState, Proposal
from steerclear.mechanism.bodies import (
    AnnexCounter,
    AnnexPropose,
    AnnexRatify,
    AnnexWithdraw,
    End,
    Resume,
    Suspend,
)
from steerclear.mechanism.judge import effective
from steerclear.mechanism.templates import template
from steerclear.model.annex import Annex, annex_hash
from steerclear.model.member import Role
from steerclear.services.answers import Receipt
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about, short_of
from steerclear.services.receipts import receipt
from steerclear.services.requests import (
    EndMechanism,
    Propose,
    ProposeAnnex,
    Ratify,
    ResumeMechanism,
    SuspendMechanism,
    WithdrawAnnex,
)
from steerclear.services.speak import by_authority, speak

__all__ = ["end", "propose", "propose_annex", "ratify", "resume", "suspend", "withdraw_annex"]


def propose(ledger: Ledger, request: Propose) -> tuple[Receipt, ...]:
    """Propose every annex of a template for the parties of this mechanism."""
    _require_vote(ledger)
    _require_no_flag(ledger)
    host = ledger.view.host
    if host is None:
        raise Refused(
            "no-host", "This mechanism has no host.", remedy="Found a mechanism with one member as its host."
        )
    parties = tuple(sorted(m for m, role in ledger.view.roles.items() if role is Role.PARTY))
    receipts = []
    for annex in template(request.template, parties=parties, host=host):
        body = AnnexPropose(annex=annex, because=f"from the template {request.template}")
        filed = speak(ledger, body, voice=by_authority(), to=_others(ledger))
        receipts.append(receipt(ledger, filed, ref=annex.name.value))
    return tuple(receipts)


def propose_annex(ledger: Ledger, request: ProposeAnnex) -> tuple[Receipt, ...]:
    """Propose one document as it stands, or as the counter-proposal to another, with its written reason."""
    _require_vote(ledger)
    _require_no_flag(ledger)
    annex = read_document(request.document)
    strangers = sorted(set(annex.parties) - set(ledger.view.roles))
    if strangers:
        raise BadInput(
            "annex-strangers",
            f"The annex needs the signature of {', '.join(strangers)}, who is not a member.",
            where="document.parties",
            remedy="Name members of this mechanism as its parties.",
        )
    known = {proposal.content for proposal in ledger.view.annexes.proposals}
    if annex_hash(annex) in known:
        raise Refused(
            "annex-on-the-table",
            f"This very document is on the table: {annex.name.value}, version {annex.version}.",
            remedy="Ratify it, or propose one that differs, under the next version.",
        )
    body = _countering(ledger, request, annex) if request.counter_to is not None else None
    filed = speak(
        ledger, body or AnnexPropose(annex, request.because), voice=by_authority(), to=_others(ledger)
    )
    return (receipt(ledger, filed, ref=annex.name.value),)


def _countering(ledger: Ledger, request: ProposeAnnex, annex: Annex) -> AnnexCounter:
    proposed = said_about(ledger, request.counter_to or "")
    if not isinstance(proposed.body, AnnexPropose | AnnexCounter):
        raise BadInput(
            "counter-to-what",
            f"“{request.counter_to}” is no proposal of an annex.",
            where="counter_to",
            remedy="Name the proposal as steerclear annexes list shows it.",
        )
    if not request.because:
        raise BadInput(
            "counter-without-reason",
            "A counter-proposal carries a written reason.",
            where="because",
            remedy="Say why the proposal will not do.",
        )
    return AnnexCounter(proposed.id, annex, request.because)


def withdraw_annex(ledger: Ledger, request: WithdrawAnnex) -> tuple[Receipt, ...]:
    """Take our signature back, or give notice of termination, where all have signed knowing of it."""
    signed = [
        one
        for one in ledger.view.annexes.proposals
        if request.annex in (one.annex.name.value, one.content, one.id) and ledger.me in one.ratified_by
    ]
    if not signed:
        raise BadInput(
            "annex-not-signed",
            f"{ledger.me} has signed no annex “{request.annex[:64]}”.",
            where="annex",
            remedy="Name an annex that we have ratified, by its name or its hash.",
        )
    body = AnnexWithdraw(signed[-1].content, request.because)
    filed = speak(ledger, body, voice=by_authority(), to=_others(ledger))
    return (receipt(ledger, filed, ref=signed[-1].annex.name.value),)


def suspend(ledger: Ledger, request: SuspendMechanism) -> tuple[Receipt, ...]:
    """Raise our flag. The safety floor lives on: STOP, distress, ownership, and all that is in force."""
    _require_party(ledger)
    if ledger.me in ledger.view.annexes.suspended_by(ledger.now()):
        raise Refused(
            "flag-is-up",
            f"The flag of {ledger.me} is up already.",
            remedy="Nothing is to be done; steerclear resume lowers it.",
        )
    return _to_all(ledger, Suspend(request.because), "suspended")


def resume(ledger: Ledger, _request: ResumeMechanism) -> tuple[Receipt, ...]:
    """Lower our own flag; nobody else's."""
    _require_party(ledger)
    annexes, now = ledger.view.annexes, ledger.now()
    flags = effective(ledger.view.book, ledger.view.book.of_kind("mechanism.suspend"))
    mine = [flag for flag in flags if flag.author == ledger.me]
    if not mine or ledger.me not in annexes.suspended_by(now):
        up = ", ".join(annexes.suspended_by(now))
        raise Refused(
            "no-flag-of-ours",
            f"{ledger.me} has no flag up{f'; suspended by {up}' if up else ''}.",
            remedy="A flag is lowered by the party that raised it, and by nobody else.",
        )
    return _to_all(ledger, Resume(mine[-1].id), "resumed")


def end(ledger: Ledger, request: EndMechanism) -> tuple[Receipt, ...]:
    """Declare it ended; it has ended when every party has."""
    _require_party(ledger)
    ends = effective(ledger.view.book, ledger.view.book.of_kind("mechanism.end"))
    if any(said.author == ledger.me for said in ends):
        raise Refused(
            "ended-before",
            f"{ledger.me} has declared this mechanism ended before.",
            remedy="It has ended when every party has said so; until then it goes on.",
        )
    return _to_all(ledger, End(request.because), "ended")


def _to_all(ledger: Ledger, body: Suspend | Resume | End, ref: str) -> tuple[Receipt, ...]:
    everybody = tuple(sorted(set(ledger.view.roles) - {ledger.me}))
    filed = speak(ledger, body, voice=by_authority(), to=everybody)
    return (receipt(ledger, filed, ref=ref),)


def _require_vote(ledger: Ledger) -> None:
    if ledger.view.roles[ledger.me] not in (Role.PARTY, Role.NOTIFIER):
        raise Refused(
            "no-vote",
            f"{ledger.me} is {ledger.view.roles[ledger.me].value} in this mechanism and proposes no annexes.",
            remedy="Ask a party to propose them.",
        )


def _require_party(ledger: Ledger) -> None:
    if ledger.view.roles[ledger.me] is not Role.PARTY:
        raise Refused(
            "not-a-party",
            f"{ledger.me} is {ledger.view.roles[ledger.me].value} in this mechanism and does not bind it.",
            remedy="Only a party suspends, resumes or ends.",
        )


def _require_no_flag(ledger: Ledger) -> None:
    annexes, now = ledger.view.annexes, ledger.now()
    if annexes.state(now) is MechanismState.ENDED:
        raise Refused(
            "mechanism-ended", "Every party has declared this mechanism ended.", remedy="Found a new one."
        )
    if flags := annexes.suspended_by(now):
        raise Refused(
            "mechanism-suspended",
            f"Suspended by {', '.join(flags)}: annexes wait.",
            remedy="Who raised the flag lowers it: steerclear resume. STOP, distress and all in force go on.",
        )


def ratify(ledger: Ledger, request: Ratify) -> tuple[Receipt, ...]:
    """Ratify the newest proposal of each annex named, or of all that still lack our signature."""
    if ledger.view.roles[ledger.me] in (Role.PARTY, Role.NOTIFIER):
        _require_no_flag(ledger)
    chosen = _chosen(ledger, request.annexes)
    if not chosen:
        raise Refused(
            "nothing-to-ratify",
            f"No proposal waits for the signature of {ledger.me}.",
            remedy="Look at steerclear status; a proposal must have arrived before it can be ratified.",
        )
    receipts = []
    for proposal in chosen:
        body = AnnexRatify(content=proposal.content)
        filed = speak(ledger, body, voice=by_authority(), to=_others(ledger))
        receipts.append(receipt(ledger, filed, ref=proposal.annex.name.value))
    return tuple(receipts)


def _chosen(ledger: Ledger, asked: Sequence[str]) -> tuple[Proposal, ...]:
    ours = [one for one in ledger.view.annexes.proposals if ledger.me in one.annex.parties]
    newest = {one.annex.name.value: one for one in ours}
    by_content = {one.content: newest[one.annex.name.value] for one in ours}
    for one in asked:
        if one in by_content:
            _require_newest(ledger, one, by_content[one])
        elif one not in newest:
            raise BadInput(
                "annex-unknown",
                f"No annex “{one[:40]}” was proposed.",
                where="annexes",
                remedy=f"Name one of {', '.join(sorted(newest)) or 'none: nothing was proposed'}.",
            )
    wanted = [by_content.get(one) or newest[one] for one in asked] or newest.values()
    return tuple(one for one in wanted if ledger.me not in one.ratified_by)


def _require_newest(ledger: Ledger, content: str, newest: Proposal) -> None:
    """Whoever names a document by its hash means that one, and no other that came since under its name."""
    if newest.content != content:
        raise Refused(
            "annex-overtaken",
            f"Since then {newest.author} has proposed another: {newest.annex.name.value}, version "
            f"{newest.annex.version} ({short_of(ledger, newest.id)}).",
            where="annexes",
            remedy="Read the newer one, and ratify that one or counter it; nothing was filed.",
        )


def _others(ledger: Ledger) -> tuple[str, ...]:
    return tuple(sorted(m for m, role in ledger.view.roles.items() if role is Role.PARTY and m != ledger.me))
