# SPDX-License-Identifier: Apache-2.0
"""Did both sides list what they planned, and nothing else, and did the host tell what was met?

An inquiry that holds both openings, the logs and both sides' plans recomputes everything:

    opening ──► sentinels, dummies, order, salts ──► root      = the one in the log?          commitment
            └─► H(item)^a of every slot          ──► hash      = the one in the log?          masking
            └─► g^a, or the hash of the key                    = the one in the log?          secret
    plans   ──► cells that may and must be listed, and when    = those listed?                omission, extra,
                                                                                              grid
    lists   ──► slots of equal items                           = those the host told?         result
            └─► (H(item)^a)^b                                  = what was re-masked?       re-masking

The cells of a plan come from the grid's own cover, made anew by the inquiry; the filing says when they were
due. Every fault is found with certainty, up to a collision of SHA-256 or SHA-512: nothing here is sampled.

Nobody is blamed for what another did. From the first round on in which a side sent what its opening does not
make, neither the host's results nor the other side's re-maskings of that side's lists can be recomputed: the
fault is that side's alone (unless the list itself was kept, which the re-masking is then held against).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final, TypeAlias

from steerclear.blind.grid import CELL_BYTES, Grid, decode_cells
from steerclear.blind.host import meetings
from steerclear.blind.lists import IDLE_SLOTS, list_hash, made_list
from steerclear.blind.messages import HOST, Compared, DayOpened, ListCommitted, ListSent, Remasked
from steerclear.blind.opening import Opened
from steerclear.blind.ristretto import is_element, power_of_each
from steerclear.blind.rows import Rows, rows_of
from steerclear.blind.sentinels import Sentinels, lists_in
from steerclear.blind.side import require_list
from steerclear.blind.slots import SlotTable
from steerclear.blind.tokens import ITEM_BYTES, Items, bulk_tokens, items_of, masked
from steerclear.errors import BadInput
from steerclear.model.terms import Level

__all__ = ["Evidence", "Fault", "FaultKind", "Planned", "RoundLogged", "audit"]

Both: TypeAlias = "tuple[Opened, Opened]"
Lists: TypeAlias = "list[tuple[Items, bytes]]"
Met: TypeAlias = "tuple[tuple[int, ...], tuple[int, ...]]"

_NEVER: Final = 1 << 32
"""Later than any round."""


@dataclass(frozen=True, slots=True)
class RoundLogged:
    """One round as the logs have it; ``sent`` and ``remasked`` where they were kept.

    ``compared`` is None at L3p, and for a last round that the host did not answer.
    """

    committed: tuple[ListCommitted, ListCommitted]
    compared: Compared | None = None
    sent: tuple[ListSent | None, ListSent | None] = (None, None)
    remasked: tuple[Remasked | None, Remasked | None] = (None, None)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What both sides and the host logged of one pair's day."""

    opened: tuple[DayOpened, DayOpened]
    rounds: tuple[RoundLogged, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """A notice of a plan, and its ``cells`` of this day, encoded.

    ``from_round``: the first round that was committed to after it was filed; a cell that was listed before is
    in no plan. ``by_round``: the round in which they had to be listed at last; ``until_round``: the last in
    which it was live, None for the last of the day.
    """

    notice: str
    cells: bytes
    from_round: int
    by_round: int
    until_round: int | None = None


class FaultKind(Enum):
    """What was found."""

    SECRET = "secret"  # noqa: S105 - the name of a fault
    COMMITMENT = "commitment"
    MASKING = "masking"
    OMISSION = "omission"
    EXTRA = "extra"
    GRID = "grid"
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
    not cover its rounds, or when a host's result is missing; ``NotVerified`` (``blind-list``) for a list
    that was kept and is not the one committed to.
    """
    _require_one_day(openings, evidence)
    openings = _cut(openings[0], len(evidence.rounds)), _cut(openings[1], len(evidence.rounds))
    lists = _lists_of(openings[0], evidence), _lists_of(openings[1], evidence)
    own = tuple(list(_own_faults(one, evidence, lists[one.side])) for one in openings)
    sound_until = _first(own[0]), _first(own[1])
    twice = [fault for side in (0, 1) for fault in _repeated(side, lists[side])]
    faults = [*own[0], *own[1], *twice]
    for side in (0, 1):
        faults += _plan_faults(openings[side], evidence, planned[side])
    faults += _remasking_faults(openings, evidence, lists, sound_until)
    faults += _result_faults(evidence, lists, min(*sound_until, _first(twice)))
    return tuple(faults)


def _first(faults: list[Fault]) -> int:
    """From which round on what follows cannot be recomputed."""
    return min((fault.round for fault in faults), default=_NEVER)


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
    has_host = first.secret.level is not Level.L3P
    if has_host and any(logged.compared is None for logged in evidence.rounds[:-1]):
        raise BadInput(
            "blind-audit",
            "A result of the host is missing, and a round followed it.",
            remedy="Give every result from the host's log; without them nothing is known of what it told.",
        )


def _cut(opening: Opened, rounds: int) -> Opened:
    """Without a last list to which the other side never answered: nothing was compared with it."""
    return replace(opening, rounds=opening.rounds[:rounds])


def _lists_of(opening: Opened, evidence: Evidence) -> Lists:
    """Items in their slots and the root, round after round, as this opening says they were."""
    level, pair_day = opening.secret.level, opening.secret.pair_day
    other = evidence.opened[1 - opening.side].public
    is_usable = level is Level.L2 or is_element(other)
    key = opening.secret.sentinel_key(other) if is_usable else bytes(32)
    sentinels = Sentinels(key, opening.side, 0 if level is Level.L3P else lists_in(pair_day.attempt))
    found = []
    for number, (one, logged) in enumerate(zip(opening.rounds, evidence.rounds, strict=True)):
        counts = [each.count for each in logged.committed]
        cells = items_of(pair_day.kind, one.cells)
        due = sentinels.due(number, has_cells=counts[opening.side] > IDLE_SLOTS).items
        made = made_list(cells, due, max(counts[opening.side], len(cells) + len(due)), one.seed)
        found.append((made.items, made.root))
        sentinels.end_round(number, (counts[0] > IDLE_SLOTS, counts[1] > IDLE_SLOTS))
    return found


def _own_faults(opening: Opened, evidence: Evidence, lists: Lists) -> Iterator[Fault]:
    """Is what was committed to what the opening makes?"""
    side, secret = opening.side, opening.secret
    if secret.public != evidence.opened[side].public:
        yield Fault(FaultKind.SECRET, side, 0, "the secret is not the one whose public half was logged")
    if secret.level is not Level.L2 and not is_element(evidence.opened[1 - side].public):
        return  # whatever the other logged, no sentinels can be made of it: its own fault
    for number, ((items, root), logged) in enumerate(zip(lists, evidence.rounds, strict=True)):
        committed = logged.committed[side]
        if (len(items), root) != (committed.count, committed.root):
            yield Fault(FaultKind.COMMITMENT, side, number, "the slots are not those that were committed to")
        elif list_hash(_named(opening, items), secret.level) != committed.hash:
            yield Fault(FaultKind.MASKING, side, number, "the list sent is not the masking of its slots")


def _repeated(side: int, lists: Lists) -> Iterator[Fault]:
    """The first round in which an item stands that had been listed before."""
    seen, before = SlotTable(ITEM_BYTES), 0
    for number, (items, _) in enumerate(lists):
        before += len(items)
        seen.add(items)
        if len(seen) < before:
            yield Fault(FaultKind.EXTRA, side, number, "an item was listed twice")
            return


def _plan_faults(opening: Opened, evidence: Evidence, planned: Sequence[Planned]) -> Iterator[Fault]:
    """Were the cells of every plan listed in time, and no others?"""
    side = opening.side
    listed: dict[bytes, int] = {}
    for number, one in enumerate(opening.rounds):
        for cell in _cells(one.cells):
            listed.setdefault(cell, number)
    whole = [number for number, logged in enumerate(evidence.rounds) if logged.committed[side].whole]
    for plan in planned:
        last = len(evidence.rounds) - 1 if plan.until_round is None else plan.until_round
        said = next((number for number in whole if plan.by_round <= number <= last), _NEVER)
        late = tuple(cell for cell in _cells(plan.cells) if said < listed.get(cell, _NEVER))
        if late:
            what = f"{len(late)} cells of notice {plan.notice} were not in the lists, said to be whole"
            yield Fault(FaultKind.OMISSION, side, said, what, late)
    planned_from: dict[bytes, int] = {}
    for plan in planned:
        for cell in _cells(plan.cells):
            planned_from[cell] = min(plan.from_round, planned_from.get(cell, _NEVER))
    extra = tuple(cell for cell, number in listed.items() if number < planned_from.get(cell, _NEVER))
    grid = Grid(opening.secret.pair_day.step_arc_s)
    strange = tuple(cell for cell in extra if not _is_of(grid, cell))
    extra = tuple(cell for cell in extra if cell not in set(strange))
    if strange:
        what = f"{len(strange)} cells are of another version or step of the grid than this check"
        yield Fault(FaultKind.GRID, side, min(listed[cell] for cell in strange), what, strange)
    if extra:
        what = f"{len(extra)} cells were in no plan when they were listed"
        yield Fault(FaultKind.EXTRA, side, min(listed[cell] for cell in extra), what, extra)


def _is_of(grid: Grid, cell: bytes) -> bool:
    try:
        decode_cells(grid, 0, cell)
    except BadInput:
        return False
    return True


def _remasking_faults(
    openings: Both, evidence: Evidence, lists: tuple[Lists, Lists], sound_until: tuple[int, int]
) -> Iterator[Fault]:
    """Held against the list that was sent, where it was kept; else against what should have been sent."""
    for number, logged in enumerate(evidence.rounds):
        for side, message in enumerate(logged.remasked):
            sent = logged.sent[1 - side]
            if message is None or (sent is None and number >= sound_until[1 - side]):
                continue
            if sent is None:
                theirs = _named(openings[1 - side], lists[1 - side][number][0])
            else:
                theirs = require_list(sent, logged.committed[1 - side])
            raised = power_of_each(theirs, openings[side].secret.secret)
            if raised.tobytes() != message.rows:
                yield Fault(FaultKind.REMASKING, side, number, "the other's list was not re-masked truly")


def _result_faults(evidence: Evidence, lists: tuple[Lists, Lists], sound_until: int) -> Iterator[Fault]:
    """Slots of equal items must be those that the host told, as long as both sides' lists are known."""
    seen = SlotTable(ITEM_BYTES), SlotTable(ITEM_BYTES)
    for number, logged in enumerate(evidence.rounds[:sound_until]):
        met = meetings(seen, (lists[0][number][0], lists[1][number][0]))
        if logged.compared is not None and logged.compared.met != met:
            missing, invented = _apart(met, logged.compared.met), _apart(logged.compared.met, met)
            what = f"{missing} met slots were not told, {invented} were invented"
            yield Fault(FaultKind.RESULT, HOST, number, what)


def _apart(these: Met, those: Met) -> int:
    """How many of these are not among those."""
    return sum(len(set(one) - set(other)) for one, other in zip(these, those, strict=True))


def _named(opening: Opened, items: Items) -> Rows:
    secret = opening.secret
    if secret.level is Level.L2:
        return bulk_tokens(secret.secret, secret.pair_day, items)
    return masked(secret.secret, secret.pair_day, items)


def _cells(data: bytes) -> Iterator[bytes]:
    return (bytes(row) for row in rows_of(data, CELL_BYTES))
