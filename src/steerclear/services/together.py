# SPDX-License-Identifier: Apache-2.0
"""How do many desks file at once, with one write to the disk for all of them? (Group commit.)

    verb 1 ──► drafts ┐                                                 ┌──► verb 1 goes on ──► receipts
    verb 2 ──► drafts ┼──► one append: signed in this order, one fsync ─┼──► verb 2 goes on ──► receipts
    verb 3 ──► refused (alone)                                          └ …

Requests that came while the disk was busy are done as one group. Each verb runs by itself, in the order in
which they came, up to the point where it files; there it waits. When all wait or have ended, everything is
appended in one transaction, read back and marked; then each goes on with what was filed for it. So nobody is
told FILED earlier than alone, one that is refused keeps no other out, and a group sees the record as it stood
when the group began, as desks at two nodes do.

Each verb is a greenlet only in order to wait in the middle: all run in the node's writer thread, one at a
time, and change places only where they file.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from greenlet import greenlet

from steerclear.errors import NotKept, SteerclearError
from steerclear.services.ledger import Draft, Filed, Ledger

__all__ = ["MOST_TOGETHER", "Failed", "Together"]

MOST_TOGETHER: Final = 64

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Failed:
    """A verb that was refused, or that could not be kept."""

    error: Exception


class Together(Generic[T]):
    """Groups of verbs over one ledger. Called from the node's writer thread."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def do(self, verbs: Sequence[Callable[[], T]]) -> list[T | Failed]:
        """What each of at most ``MOST_TOGETHER`` verbs gave, or why it failed; durable when this returns.

        Raises nothing: what a verb raises is its own outcome.
        """
        if len(verbs) == 1:
            return [_alone(verbs[0])]
        turns = [_Turn(verb) for verb in verbs]
        while going := [turn for turn in turns if turn.outcome is None]:
            try:
                for turn in going:
                    self._ledger.gathered_by = turn.hand_in
                    turn.go_on()
            finally:
                self._ledger.gathered_by = None
            self._file([turn for turn in going if turn.outcome is None])
        return [turn.outcome[0] for turn in turns if turn.outcome is not None]

    def _file(self, turns: Sequence[_Turn[T]]) -> None:
        """One append for all; where the fault lies in what one of them wants filed, one for each."""
        if not turns:
            return
        try:
            filed = iter(self._ledger.append([draft for turn in turns for draft in turn.drafts]))
        except Exception as error:  # noqa: BLE001 - it is raised in every verb that waits for this
            if _is_of_one(error) and len(turns) > 1:
                for turn in turns:
                    self._file([turn])
            else:
                for turn in turns:
                    turn.filed = Failed(error)
        else:
            for turn in turns:
                turn.filed = tuple(next(filed) for _ in turn.drafts)


def _alone(verb: Callable[[], T]) -> T | Failed:
    try:
        return verb()
    except Exception as error:  # noqa: BLE001 - it is raised where the verb was asked for
        return Failed(error)


def _is_of_one(error: Exception) -> bool:
    """Does the fault lie in a draft? A disk fails for all; what stands in spite of it is not filed twice."""
    return isinstance(error, SteerclearError) and not isinstance(error, NotKept)


class _Turn(Generic[T]):
    """One verb: it runs while the group waits in ``go_on``, and waits itself in ``hand_in``."""

    def __init__(self, verb: Callable[[], T]) -> None:
        self.outcome: tuple[T | Failed] | None = None
        self.drafts: Sequence[Draft] = ()
        self.filed: tuple[Filed, ...] | Failed = ()
        self._verb = verb
        self._verb_runs = greenlet(self._run)

    def _run(self) -> None:
        self.outcome = (_alone(self._verb),)

    def go_on(self) -> None:
        """Until it waits again, or has ended."""
        self._verb_runs.switch()

    def hand_in(self, drafts: Sequence[Draft]) -> tuple[Filed, ...]:
        """What ``Ledger.append`` is to this verb."""
        self.drafts = drafts
        group = self._verb_runs.parent
        assert group is not None  # noqa: S101 - it was begun by the group, and runs
        group.switch()
        if isinstance(self.filed, Failed):
            raise self.filed.error
        return self.filed
