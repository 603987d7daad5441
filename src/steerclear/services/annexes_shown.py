# SPDX-License-Identifier: Apache-2.0
"""Which annexes are on the table, and which of them hold? Each with its document, as it was signed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

from steerclear.mechanism.annexes import Proposal
from steerclear.model.annex import annex_hash, annex_to_wire
from steerclear.model.time import Instant, format_instant
from steerclear.services.ledger import Ledger
from steerclear.services.naming import short_of

__all__ = ["AnnexShown", "annexes_shown"]

State = Literal["in force", "binds beside the newer", "ratified", "proposed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexShown:
    """One document on the table. ``document`` is its wire form as JSON: what its ``hash`` is the hash of."""

    id: str
    short: str
    name: str
    version: int
    hash: str
    state: State
    author: str
    proposed_at: str
    counter_to: str | None
    because: str | None
    ratified_by: tuple[str, ...]
    missing: tuple[str, ...]
    withdrawn_by: tuple[str, ...]
    document: str


def annexes_shown(ledger: Ledger) -> tuple[AnnexShown, ...]:
    """Every document proposed, oldest first; the same content proposed twice stands twice."""
    now = ledger.now()
    return tuple(_shown(ledger, proposal, now) for proposal in ledger.view.annexes.proposals)


def _shown(ledger: Ledger, proposal: Proposal, now: Instant) -> AnnexShown:
    annex = proposal.annex
    missing = tuple(sorted(set(annex.parties) - set(proposal.ratified_by)))
    return AnnexShown(
        id=proposal.id,
        short=short_of(ledger, proposal.id),
        name=annex.name.value,
        version=annex.version,
        hash=proposal.content,
        state=_state(ledger, proposal, missing, now),
        author=proposal.author,
        proposed_at=format_instant(proposal.at),
        counter_to=short_of(ledger, proposal.counter_to) if proposal.counter_to is not None else None,
        because=proposal.because,
        ratified_by=proposal.ratified_by,
        missing=missing,
        withdrawn_by=proposal.withdrawn_by,
        document=json.dumps(annex_to_wire(annex), ensure_ascii=False, separators=(",", ":")),
    )


def _state(ledger: Ledger, proposal: Proposal, missing: tuple[str, ...], now: Instant) -> State:
    binding = [annex_hash(annex) for annex in ledger.view.annexes.binding(proposal.annex.name, now)]
    if proposal.content in binding:
        return "in force" if binding[0] == proposal.content else "binds beside the newer"
    return "proposed" if missing else "ratified"
