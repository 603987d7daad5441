# SPDX-License-Identifier: Apache-2.0
"""What does an accepted entry tell the rules? Its statement, its keys' worth, and the heads believed."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from steerclear.mechanism.entry import Entry, Sealed, Shown
from steerclear.model.time import Instant
from steerclear.record.keybook import Judgement, Standing
from steerclear.record.keys import KeyRole
from steerclear.record.leaf import Leaf
from steerclear.record.log import Log
from steerclear.record.sealed import SealedStatement
from steerclear.record.statement import SignedStatement, statement_hash
from steerclear.services.snapshot import Worth

__all__ = ["NOTHING", "entry_of", "worth_of"]

NOTHING: Final = Worth((), None, ())
"""Of what could not be opened."""


def entry_of(leaf: Leaf, said: SignedStatement | None, worth: Worth, untrue: Collection[str]) -> Entry:
    """``untrue``: members whose heads in it are not believed."""
    sealed = leaf.sealed
    return Entry(
        author=leaf.author,
        generation=leaf.generation,
        seq=leaf.seq,
        at=Instant(leaf.at),
        generations={member: head.generation for member, head in leaf.heads.items() if head.generation},
        heads={member: head.size for member, head in leaf.heads.items() if member not in untrue},
        content=said.statement if said is not None else _outside(sealed),
        signed_as=frozenset(worth.signed_as),
        message=statement_hash(said) if said is not None else None,
        sealed_to=tuple(sorted(sealed.recipients)) if sealed is not None else None,
        doubt=worth.doubt,
        keys={role: (Instant(begins), Instant(ends)) for role, begins, ends in worth.keys},
    )


def worth_of(log: Log, leaf: Leaf, said: SignedStatement) -> Worth:
    """Which key roles validly signed it at its place, what is doubtful about its key, and how long they hold.

    The claim is judged here; the rules judge by the true time, as far as others' entries tell it.
    """
    judged = log.judge(said, leaf.seq, leaf.at)
    duty = _duty_standing(judged, said.statement.desk)
    valid = judged.roles
    roles = {role.value for role in valid if role is not KeyRole.DUTY}
    if duty in (Standing.VALID, Standing.EXPIRED):
        # An expired officer may still call and acknowledge STOP; the rules see the doubt.
        roles.add(KeyRole.DUTY.value)
    if judged.by_root:
        roles.add("root")
    book = log.keys_of(said.statement.author)
    keys = tuple(
        (role.value, *book.window(judged, role, seq=leaf.seq, at=leaf.at))
        for role in _EXPIRING
        if role in valid
    )
    return Worth(tuple(sorted(roles)), "key expired" if duty is Standing.EXPIRED else None, keys)


_EXPIRING: Final = (KeyRole.AUTHORITY, KeyRole.DUTY)
"""Who speaks for the member, by name; machines' keys are judged entry by entry, by their logs."""


def _duty_standing(judged: Judgement, desk: str | None) -> Standing:
    """A key that speaks for one desk speaks for no other, nor for none in particular."""
    if desk is None and judged.desk is not None:
        return Standing.UNKNOWN_KEY
    return judged.standing_as(KeyRole.DUTY, desk=desk)


def _outside(sealed: SealedStatement | None) -> Sealed:
    """What a node that cannot open an entry sees of it."""
    assert sealed is not None  # noqa: S101 - what is not said in clear is sealed
    shown = sealed.shown
    return Sealed(
        id=sealed.id,
        recipients=tuple(sorted(sealed.recipients)),
        shown=Shown(shown.thread, shown.urgency, shown.desk) if shown is not None else Shown(),
    )
