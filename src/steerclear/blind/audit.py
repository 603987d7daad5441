# SPDX-License-Identifier: Apache-2.0
"""Did both sides list what they planned, and nothing else, and did the host tell what was met?

An inquiry that holds both openings, the logs and both sides' plans recomputes everything:

    opening ──► sentinels, dummies, order, salts ──► root      = the one in the log?          commitment
            └─► H(item)^a of every slot          ──► hash      = the one in the log?          masking
            └─► g^a, or the hash of the key                    = the one in the log?          secret
    plans   ──► cells that must be listed, and by which round  = those listed?                omission, extra
    lists   ──► slots of equal items                           = those the host told?         result
            └─► (H(item)^a)^b                                  = what was re-masked?       re-masking

The cells of a plan come from the grid's own cover, made anew by the inquiry; the filing says when they were
due. Every fault is found with certainty, up to a collision of SHA-256 or SHA-512: nothing here is sampled.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from hashlib import sha256
from typing import TypeAlias

import numpy as np

from steerclear.blind.grid import CELL, CELL_BYTES
from steerclear.blind.host import meetings
from steerclear.blind.lists import least_slots, made_list, padded
from steerclear.blind.messages import HOST, Compared, DayOpened, ListCommitted, Remasked
from steerclear.blind.opening import Opened
from steerclear.blind.ristretto import is_element, power_of_each
from steerclear.blind.rows import Rows, rows_of
from steerclear.blind.sentinels import Sentinels
from steerclear.blind.slots import SlotTable
from steerclear.blind.tokens import ITEM_BYTES, Items, bulk_tokens, items_of, masked
from steerclear.errors import BadInput, Refused
from steerclear.model.terms import Level

__all__ = ["Evidence", "Fault", "FaultKind", "Planned", "RoundLogged", "audit"]

Both: TypeAlias = "tuple[Opened, Opened]"


@dataclass(frozen=True, slots=True)
class RoundLogged:
    """One round as the logs have it. ``compared`` is None at L3p; ``remasked`` where it was kept."""

    committed: tuple[ListCommitted, ListCommitted]
    compared: Compared | None = None
    remasked: tuple[Remasked | None, Remasked | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What both sides and the host logged of one pair's day."""

    opened: tuple[DayOpened, DayOpened]
    rounds: tuple[RoundLogged, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """A notice of a plan: its ``cells`` of this day, and the round in which they had to be listed at last."""

    notice: str
    cells: bytes
    by_round: int


class FaultKind(Enum):
    """What was found."""

    SECRET = "secret"  # noqa: S105 - the name of a fault
    COMMITMENT = "commitment"
    MASKING = "masking"
    OMISSION = "omission"
    EXTRA = "extra"
    REMASKING = "re-masking"
    RESULT = "result"


@dataclass(frozen=True, slots=True)
class Fault:
    """``side``: 0 or 1 of the pair, 2 for the host. ``cells``: those concerned, as the grid encodes them."""

    kind: FaultKind
    side: int
    round: int
    what: str
    cells: tuple[bytes, ...] = ()


def audit(
    openings: Both, evidence: Evidence, planned: tuple[Sequence[Planned], Sequence[Planned]]
) -> tuple[Fault, ...]:
    """Every fault that there is, in the order of sides and rounds; none: all was as it should be.

    Raises ``BadInput`` (``blind-audit``) when the openings are not those of the two sides of one day, or do
    not cover its rounds.
    """
    _require_one_day(openings, evidence)
    openings = _cut(openings[0], len(evidence.rounds)), _cut(openings[1], len(evidence.rounds))
    lists = tuple(_lists_of(opening, evidence) for opening in openings)
    faults = [fault for one in openings for fault in _own_faults(one, evidence, lists[one.side])]
    for side in (0, 1):
        faults += _plan_faults(openings[side], planned[side])
    faults += _remasking_faults(openings, evidence, (lists[0], lists[1]))
    faults += _result_faults(evidence, (lists[0], lists[1]))
    return tuple(faults)


def _require_one_day(openings: Both, evidence: Evidence) -> None:
    first, second = openings
    same = (first.secret.pair_day, first.secret.level) == (second.secret.pair_day, second.secret.level)
    is_whole = all(len(one.rounds) >= len(evidence.rounds) for one in openings)
    if not same or (first.side, second.side) != (0, 1) or not is_whole:
        raise BadInput(
            "blind-audit",
            "These are not the openings of both sides of one day, for all of its rounds.",
            remedy="Give the first and the second of the pair, in order, with all rounds of the logs.",
        )


def _cut(opening: Opened, rounds: int) -> Opened:
    """Without a last list to which the other side never answered: nothing was compared with it."""
    return replace(opening, rounds=opening.rounds[:rounds])


def _lists_of(opening: Opened, evidence: Evidence) -> list[tuple[Items, bytes]]:
    """Items in their slots and the root, round after round, as this opening says they were."""
    other = evidence.opened[1 - opening.side].public
    is_usable = opening.secret.level is Level.L2 or is_element(other)
    sentinels = Sentinels(opening.secret.sentinel_key(other) if is_usable else bytes(32), opening.side)
    found = []
    for number, one in enumerate(opening.rounds):
        cells, due = items_of(CELL, one.cells), sentinels.next().items
        count = max(padded(len(cells) + len(due)), least_slots(number, opening.secret.level))
        made = made_list(cells, due, count, one.seed)
        found.append((made.items, made.root))
    return found


def _own_faults(opening: Opened, evidence: Evidence, lists: list[tuple[Items, bytes]]) -> Iterator[Fault]:
    """Is what was committed to what the opening makes?"""
    side, secret = opening.side, opening.secret
    if secret.public != evidence.opened[side].public:
        yield Fault(FaultKind.SECRET, side, 0, "the secret is not the one whose public half was logged")
    for number, ((items, root), logged) in enumerate(zip(lists, evidence.rounds, strict=True)):
        committed = logged.committed[side]
        if (len(items), root) != (committed.count, committed.root):
            yield Fault(FaultKind.COMMITMENT, side, number, "the slots are not those that were committed to")
        elif sha256(_named(opening, items).tobytes()).digest() != committed.hash:
            yield Fault(FaultKind.MASKING, side, number, "the list sent is not the masking of its slots")


def _plan_faults(opening: Opened, planned: Sequence[Planned]) -> Iterator[Fault]:
    """Were the cells of every plan listed in time, and no others?"""
    listed: dict[bytes, int] = {}
    for number, one in enumerate(opening.rounds):
        for cell in _cells(one.cells):
            listed.setdefault(cell, number)
    for plan in planned:
        late = tuple(
            cell for cell in _cells(plan.cells) if listed.get(cell, plan.by_round + 1) > plan.by_round
        )
        if late:
            what = f"{len(late)} cells of notice {plan.notice} were not listed by round {plan.by_round}"
            yield Fault(FaultKind.OMISSION, opening.side, plan.by_round, what, late)
    wanted = {cell for plan in planned for cell in _cells(plan.cells)}
    extra = tuple(cell for cell in listed if cell not in wanted)
    if extra:
        first = min(listed[cell] for cell in extra)
        what = f"{len(extra)} cells are in no plan"
        yield Fault(FaultKind.EXTRA, opening.side, first, what, extra)


def _remasking_faults(
    openings: Both, evidence: Evidence, lists: tuple[list[tuple[Items, bytes]], list[tuple[Items, bytes]]]
) -> Iterator[Fault]:
    for number, logged in enumerate(evidence.rounds):
        for side, message in enumerate(logged.remasked):
            if message is None:
                continue
            theirs = _named(openings[1 - side], lists[1 - side][number][0])
            raised = power_of_each(theirs, openings[side].secret.secret)
            if raised.tobytes() != message.rows:
                yield Fault(FaultKind.REMASKING, side, number, "the other's list was not re-masked truly")


def _result_faults(
    evidence: Evidence, lists: tuple[list[tuple[Items, bytes]], list[tuple[Items, bytes]]]
) -> Iterator[Fault]:
    """Slots of equal items must be those that the host told."""
    seen = SlotTable(ITEM_BYTES), SlotTable(ITEM_BYTES)
    for number, logged in enumerate(evidence.rounds):
        try:
            met = meetings(seen, (lists[0][number][0], lists[1][number][0]))
        except Refused:
            side = next(side for side in (0, 1) if _repeats(lists[side], number))
            yield Fault(FaultKind.EXTRA, side, number, "an item was listed twice")
            return
        if logged.compared is not None and logged.compared.met != met:
            missing = sum(
                len(set(true) - set(told)) for true, told in zip(met, logged.compared.met, strict=True)
            )
            invented = sum(
                len(set(told) - set(true)) for true, told in zip(met, logged.compared.met, strict=True)
            )
            what = f"{missing} met slots were not told, {invented} were invented"
            yield Fault(FaultKind.RESULT, HOST, number, what)


def _repeats(lists: list[tuple[Items, bytes]], last: int) -> bool:
    items = np.concatenate([lists[number][0] for number in range(last + 1)])
    return len(np.unique(items, axis=0)) < len(items)


def _named(opening: Opened, items: Items) -> Rows:
    secret = opening.secret
    if secret.level is Level.L2:
        return bulk_tokens(secret.secret, secret.pair_day, items)
    return masked(secret.secret, secret.pair_day, items)


def _cells(data: bytes) -> Iterator[bytes]:
    return (bytes(row) for row in rows_of(data, CELL_BYTES))
