# SPDX-License-Identifier: Apache-2.0
"""The authority of a party proposes annexes and ratifies them, one by one, by the hash of their content."""

from __future__ import annotations

from collections.abc import Sequence

from steerclear.errors import BadInput, Refused
from steerclear.mechanism.annexes import Proposal
from steerclear.mechanism.bodies import AnnexPropose, AnnexRatify
from steerclear.mechanism.templates import template
from steerclear.model.member import Role
from steerclear.services.answers import Receipt
from steerclear.services.ledger import Ledger
from steerclear.services.receipts import receipt
from steerclear.services.requests import Propose, Ratify
from steerclear.services.speak import by_authority, speak

__all__ = ["propose", "ratify"]


def propose(ledger: Ledger, request: Propose) -> tuple[Receipt, ...]:
    """Propose every annex of a template for the parties of this mechanism."""
    if ledger.view.roles[ledger.me] not in (Role.PARTY, Role.NOTIFIER):
        raise Refused(
            "no-vote",
            f"{ledger.me} is {ledger.view.roles[ledger.me].value} in this mechanism and proposes no annexes.",
            remedy="Ask a party to propose them.",
        )
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


def ratify(ledger: Ledger, request: Ratify) -> tuple[Receipt, ...]:
    """Ratify the newest proposal of each annex named, or of all that still lack our signature."""
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


def _chosen(ledger: Ledger, names: Sequence[str]) -> tuple[Proposal, ...]:
    newest: dict[str, Proposal] = {}
    for proposal in ledger.view.annexes.proposals:
        if ledger.me in proposal.annex.parties:
            newest[proposal.annex.name.value] = proposal
    for name in names:
        if name not in newest:
            raise BadInput(
                "annex-unknown",
                f"No annex “{name[:40]}” was proposed.",
                where="annexes",
                remedy=f"Name one of {', '.join(sorted(newest)) or 'none: nothing was proposed'}.",
            )
    wanted = names or tuple(newest)
    return tuple(newest[name] for name in wanted if ledger.me not in newest[name].ratified_by)


def _others(ledger: Ledger) -> tuple[str, ...]:
    return tuple(sorted(m for m, role in ledger.view.roles.items() if role is Role.PARTY and m != ledger.me))
