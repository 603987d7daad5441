# SPDX-License-Identifier: Apache-2.0
"""What did this node know at a moment of the past? Its own log says so: what it had said, and had seen.

    an entry of its own      known from its time on
    an entry of another      known from the first own entry whose heads cover it
    a floor message          known from when this node heard it, where that was sooner, or in no log at all

Nothing is kept for this: the entries that were known are folded anew, by the rules that fold them today. So
what is shown is what an inquiry can derive from the record itself. What was opened to this node only later
is shown as if it had been open at once. What its machine had and had not yet said is not shown: receipts that
only machines gave, which nobody answers, may stand up to a beat (ten minutes) late.

    in the writer, a slice at a time     read, take, then
    beside it, in any one thread         fold, shown

so that nobody who calls STOP waits for a replay. What is done beside reads what the writer handed over, and
of the ledger only the names of things, which are never taken back.
"""

from __future__ import annotations

import copy
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from steerclear.errors import Refused
from steerclear.links.clock import ScriptedClock
from steerclear.mechanism.bodies import Heard
from steerclear.mechanism.duties import Duties
from steerclear.mechanism.entry import Entry, Place
from steerclear.mechanism.judge import FLOOR
from steerclear.mechanism.said import OUTSIDE_ANY_LOG
from steerclear.mechanism.view import View
from steerclear.model.time import Instant, format_instant
from steerclear.record.statement import Statement
from steerclear.services.inbox import inbox
from steerclear.services.ledger import Ledger
from steerclear.services.past_answers import PastShown
from steerclear.services.picture import Drawings

__all__ = ["MOST_ENTRIES", "Past", "Then"]

MOST_ENTRIES: Final = 200_000
"""Beyond that a past is folded at another machine, from a replica: it would keep memory that a node needs."""

_Cosigned = Mapping[tuple[str, int, str], Sequence[tuple[int, Instant]]]


@dataclass(frozen=True, slots=True)
class Then:
    """The ledger as it stood at a moment, and who had cosigned what: all that is needed to show it.

    Nothing is written by that ledger, and what it asks of keys is today's.
    """

    at: Instant
    ledger: Ledger
    cosigned: _Cosigned


class Past:
    """The past of one ledger, folded as far as it was last asked for. Asked by one at a time."""

    def __init__(self, ledger: Ledger, *, most_entries: int = MOST_ENTRIES) -> None:
        self._ledger = ledger
        self._most_entries = most_entries
        self._drawings = Drawings()
        self._sizes: dict[tuple[str, int], int] = {}
        self._known: list[tuple[Instant, Place]] = []
        self._unseen: list[Place] = []
        """Held, and not yet covered by an entry of our own: known since now."""
        self._again: list[Place] = []
        """Those of them that this reading has not looked at again."""
        self._is_read = True
        self._aside: set[Place] = set()
        self._view = _empty_view(ledger)
        self._duties = Duties(self._view)
        self._folded = 0
        self._cosigned_until = Instant(0)

    # ---- reading what is held ------------------------------------------------------------------------

    def read(self, at_most: int) -> bool:
        """Look at the next entries that came since; says whether there are more. Raises ``Refused``."""
        if self._is_read:
            self._again, self._unseen = self._unseen, []
            self._read_aside()
        again, self._again = self._again[:at_most], self._again[at_most:]
        fresh = list(islice(self._fresh(), at_most - len(again)))
        if len(self._known) + len(fresh) > self._most_entries:
            raise Refused(
                "past-too-large",
                f"Of more than {self._most_entries:,} entries the past is not folded beside a node's work.",
                where="at",
                remedy="Take a replica (steerclear bundle), and look at it on another machine.",
            )
        for place in fresh:
            self._sizes[place.author, place.generation] = place.seq + 1
        for place in (*again, *fresh):
            at = self._known_at(place)
            if at is None:
                self._unseen.append(place)
            else:
                self._put(at, place)
        self._is_read = len(again) + len(fresh) < at_most
        return not self._is_read

    def _fresh(self) -> Iterator[Place]:
        ledger = self._ledger
        for log in (*ledger.generations.retired.values(), *ledger.logs.values()):
            for seq in range(self._sizes.get((log.member, log.generation), 0), log.size):
                yield Place(log.member, log.generation, seq)

    def _known_at(self, place: Place) -> Instant | None:
        ledger, entry = self._ledger, self.entry(place)
        if entry.author == ledger.me:
            return entry.at
        covered_at = ledger.view.heads.covers(ledger.me, (place,))
        content = entry.content
        if isinstance(content, Statement) and content.kind in FLOOR:
            said = ledger.view.said(content.id)
            heard = ledger.view.delivered(said, ledger.me) if said is not None else None
            if heard is not None:
                return heard.at if covered_at is None else min(heard.at, covered_at)
        return covered_at

    def _read_aside(self) -> None:
        """Floor messages that came outside any log, few: known since we said that we heard them.

        Of what a full disk keeps us from saying nothing proves since when it is known; it counts when it is
        said. What we said aside ourselves we knew as we said it.
        """
        book, me = self._ledger.view.book, self._ledger.me
        for said in (said for kind in sorted(FLOOR) for said in book.of_kind(kind)):
            if said.place.generation != OUTSIDE_ANY_LOG or said.place in self._aside:
                continue
            heard_at = [one.at for one in book.about(said.id, Heard) if one.author == me]
            if said.author == me or heard_at:
                self._aside.add(said.place)
                self._put(said.at if said.author == me else min(heard_at), said.place)

    def entry(self, place: Place) -> Entry:
        """From the snapshot's archive where it lies there: the live view need not bring it to memory."""
        kept = self._ledger.kept
        if kept is not None and kept.holds(place):
            return kept.entry(place)
        return self._ledger.view.book.entry_at(place)

    def _put(self, at: Instant, place: Place) -> None:
        index = bisect_right(self._known, (at, place))
        self._known.insert(index, (at, place))
        if index < self._folded:
            self._begin_again()

    def known_since(self, at: Instant) -> Iterator[tuple[Instant, Place]]:
        """Everything that was known at ``at`` or later, by the time at which it was."""
        return islice(self._known, bisect_right(self._known, at - 1, key=lambda one: one[0]), None)

    # ---- a moment ------------------------------------------------------------------------------------

    def take(self, at: Instant, at_most: int) -> tuple[Entry, ...]:
        """The next entries that were known at ``at`` and are to be folded; none: all of them are."""
        known = bisect_right(self._known, at, key=lambda one: one[0])
        # A view forgets nothing: not what came later, nor who had cosigned later.
        if known < self._folded or at < self._cosigned_until:
            self._begin_again()
        until = min(known, self._folded + at_most)
        return tuple([self.entry(place) for _, place in self._known[self._folded : until]])

    def fold(self, entries: Sequence[Entry]) -> None:
        for entry in entries:
            if entry.generation == OUTSIDE_ANY_LOG and isinstance(entry.content, Statement):
                self._view.overhear(
                    entry.content,
                    at=entry.at,
                    signed_as=entry.signed_as,
                    doubt=entry.doubt,
                    message=entry.message,
                )
            else:
                self._view.witness(entry)
        self._folded += len(entries)

    def then(self, at: Instant) -> Then:
        """The ledger as it stood at ``at``, when everything was read and folded until then."""
        ledger = copy.copy(self._ledger)
        ledger.view, ledger.duties, ledger.clock = self._view, self._duties, ScriptedClock(at)
        return Then(at, ledger, self._ledger.view.heads.cosignatures())

    def shown(self, then: Then) -> PastShown:
        """What was known then."""
        ledger, at = then.ledger, then.at
        for (log, generation, by), signed in then.cosigned.items():
            for size, signed_at in signed:
                if signed_at <= at:
                    self._view.cosigned(log, size, by, signed_at, generation)
                    self._cosigned_until = max(self._cosigned_until, signed_at)
        return PastShown(
            at=format_instant(at),
            member=ledger.me,
            entries=self._folded,
            regime=ledger.view.annexes.state(at).value,
            picture=self._drawings.picture(ledger),
            inbox=inbox(ledger, None),
        )

    def _begin_again(self) -> None:
        self._view = _empty_view(self._ledger)
        self._duties = Duties(self._view)
        self._folded = 0
        self._cosigned_until = Instant(0)


def _empty_view(ledger: Ledger) -> View:
    return View(ledger.me, ledger.view.roles, carried_by=ledger.view.book.carried_by)
