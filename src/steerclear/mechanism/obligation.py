# SPDX-License-Identifier: Apache-2.0
"""What a duty looks like: who owes what to whom by when, and whom we call next if it does not come.

Named tuples, because a node makes a hundred thousand of them at once, and a frozen dataclass of so many
fields takes twice as long to make.
"""

from __future__ import annotations

from enum import Enum
from functools import lru_cache
from typing import Final, NamedTuple

from steerclear.model.response import ResponseClass
from steerclear.model.time import Instant

__all__ = ["CalledRung", "Debtor", "Obligation", "State"]


class State(Enum):
    """``open`` until it is met, waived by its creditor, or late; a late one can still be met."""

    OPEN = "open"
    MET = "met"
    LATE = "late"
    WAIVED = "waived"


_OWED: Final = (State.OPEN, State.LATE)


class Debtor(NamedTuple):
    """A desk of a member. ``desk`` is ``None`` where any desk, or the machine, of the member may do it."""

    member: str
    desk: str | None = None

    @staticmethod
    @lru_cache(maxsize=1024)
    def of(member: str, desk: str | None = None) -> Debtor:
        """The same few desks owe everything: one of each is enough."""
        return Debtor(member, desk)

    def covers(self, member: str, desk: str | None) -> bool:
        """Does this desk find the duty in its list?"""
        return self.member == member and (self.desk is None or desk is None or self.desk == desk)


class CalledRung(NamedTuple):
    """A rung that is being called: by number for others, with its label for its own side."""

    member: str
    desk: str
    number: int
    of: int
    may_act: bool
    label: str
    called_at: Instant


class Obligation(NamedTuple):
    """One duty at one ``now``. Two views with equal openings and the same ``now`` give equal ones.

    ``what``            machine-receipt, acknowledgement, outcome, dissemination … (docs/rules.md lists all)
    ``about``           the statement it is about (a version, a call, a result …)
    ``thing``           the notice, STOP, conflict … that this statement belongs to
    ``due_at``          when it is due; ``None``: owed, without a time that could pass yet
    ``called``          rungs called by now, and kept called until the climb ends
    ``next_rung_at``    when the next rung will be called, if nothing comes
    ``line_down``       the debtor's machine has not confirmed in time: the caller's side climbs instead
    ``words``           one line for the list *what I owe*
    """

    what: str
    creditor: str
    debtor: Debtor
    about: str
    thing: str
    due_at: Instant | None
    state: State
    words: str
    met_at: Instant | None = None
    of_class: ResponseClass | None = None
    called: tuple[CalledRung, ...] = ()
    next_rung_at: Instant | None = None
    line_down: bool = False

    @property
    def is_owed(self) -> bool:
        return self.state in _OWED

    @property
    def met_late(self) -> bool:
        return self.met_at is not None and self.due_at is not None and self.met_at > self.due_at
