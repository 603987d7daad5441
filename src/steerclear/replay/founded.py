# SPDX-License-Identifier: Apache-2.0
"""Which template was a record founded on, and where do its annexes differ?

A play begins with the annexes of a template in force. The nearest one is named; ladders that differ stand in
the header as ``desk`` lines, other values are proposed and ratified by the first lines, and what neither can
say stands in ``apart``, in words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from steerclear.mechanism.annexes import Proposal
from steerclear.mechanism.templates import NAMES, template
from steerclear.mechanism.view import View
from steerclear.model.annex import Annex, AnnexName, Response
from steerclear.model.member import MemberId
from steerclear.model.response import Ladder
from steerclear.replay import deeds
from steerclear.replay.spelling import CannotSay
from steerclear.replay.told_of_affairs import changes_between

__all__ = ["Founded", "founded"]

CHANGED: Final = 1
UNTOLD: Final = 4
"""An annex that a play would lack weighs as much as four that it holds beyond the record, or changes."""


@dataclass(frozen=True, slots=True)
class Founded:
    """``proposals`` the first version of each annex that all ratified; ``changes`` from the template's."""

    mechanism: str
    parties: tuple[MemberId, ...]
    proposals: Mapping[AnnexName, Proposal]
    ladders: tuple[Ladder, ...]
    changes: tuple[tuple[AnnexName, tuple[deeds.FieldChange, ...]], ...]
    apart: tuple[str, ...]


def founded(view: View, host: str) -> Founded:
    """What the parties of this record agreed first, as far as a play can begin with it."""
    proposals = _first_in_force(view)
    annexes = {name: proposal.annex for name, proposal in proposals.items()}
    parties = _parties(view, annexes)
    name = min(NAMES, key=lambda one: _apartness(_template(one, parties, host), annexes))
    shipped = _template(name, parties, host)
    changes, apart = [], list(_missing(shipped, annexes))
    for each in (each for each in annexes if each in shipped):
        try:
            found = changes_between(_without_ladders(shipped[each]), _without_ladders(annexes[each]))
        except CannotSay as no_words:
            apart.append(f"{each.value}: {no_words.why}")
        else:
            changes += [(each, found)] if found else []
    ladders = tuple(_ladders(shipped, annexes))
    apart += _lost_ladders(shipped, annexes)
    return Founded(name, parties, proposals, ladders, tuple(changes), tuple(apart))


def _first_in_force(view: View) -> dict[AnnexName, Proposal]:
    found: dict[AnnexName, Proposal] = {}
    for proposal in view.annexes.proposals:
        if set(view.parties) <= {*proposal.ratified_by, *proposal.withdrawn_by}:
            found.setdefault(proposal.annex.name, proposal)
    return found


def _parties(view: View, annexes: Mapping[AnnexName, Annex]) -> tuple[MemberId, ...]:
    """In the order in which their annexes name them: the first of them has duties of its own."""
    named = (annex.parties for annex in annexes.values() if set(annex.parties) == set(view.parties))
    return tuple(map(MemberId, next(named, view.parties)))


def _template(name: str, parties: tuple[MemberId, ...], host: str) -> dict[AnnexName, Annex]:
    return {annex.name: annex for annex in template(name, parties=parties, host=host)}


def _apartness(shipped: Mapping[AnnexName, Annex], annexes: Mapping[AnnexName, Annex]) -> int:
    """How far a template is from the record, ladders aside: what cannot be told weighs most."""
    return sum(_weight(shipped.get(name), annexes.get(name)) for name in {*shipped, *annexes})


def _weight(shipped: Annex | None, agreed: Annex | None) -> int:
    if agreed is None:
        return CHANGED
    if shipped is None:
        return UNTOLD
    try:
        changes = changes_between(_without_ladders(shipped), _without_ladders(agreed))
    except CannotSay:
        return UNTOLD
    return CHANGED if changes else 0


def _without_ladders(annex: Annex) -> Annex:
    if not isinstance(annex.terms, Response):
        return annex
    return replace(annex, terms=replace(annex.terms, ladders=()))


def _missing(shipped: Mapping[AnnexName, Annex], annexes: Mapping[AnnexName, Annex]) -> Iterator[str]:
    for name in AnnexName:
        if name in annexes and name not in shipped:
            yield f"{name.value}: the template has no such annex"
        if name in shipped and name not in annexes:
            yield f"{name.value}: the record has no such annex, and the template has"


def _ladders_of(annexes: Mapping[AnnexName, Annex]) -> dict[tuple[str, str], Ladder]:
    response = annexes.get(AnnexName.RESPONSE)
    if response is None or not isinstance(response.terms, Response):
        return {}
    return {(ladder.member, ladder.desk): ladder for ladder in response.terms.ladders}


def _ladders(shipped: Mapping[AnnexName, Annex], annexes: Mapping[AnnexName, Annex]) -> Iterator[Ladder]:
    known = _ladders_of(shipped)
    yield from (ladder for desk, ladder in _ladders_of(annexes).items() if known.get(desk) != ladder)


def _lost_ladders(shipped: Mapping[AnnexName, Annex], annexes: Mapping[AnnexName, Annex]) -> Iterator[str]:
    here = _ladders_of(annexes)
    for member, desk in _ladders_of(shipped):
        if (member, desk) not in here:
            yield f"response: {member} {desk} has no ladder in the record"
