# SPDX-License-Identifier: Apache-2.0
"""How do two parties compare without a host (L3p), so that neither gains much by leaving in the middle?

    open, commit, send                    the hashes of our slots, and an order that we drew for the other's
    step 0:   first ── part 0 of its list ──►
                    ◄── part 0 of its list; part 0 of the first's, re-masked, proved ── second
    step 1:   first ── part 1 of its list; part 0 of the second's, re-masked, proved ──►
                    ◄── part 1 of its list; part 1 of the first's, re-masked, proved ── second
      …       K = max(64, longer list / 64) steps: at most 64 slots and at most 1/64 of either list in each
    step K:   first ── part K − 1 of the second's, re-masked, proved ──►
    at the end both hold H(x)^ab of all slots of both, and find the same

Who stops after a step has seen at most one part more than the other, 1/64 of a list: of its own list
re-masked, and of the other's list, which it can re-mask itself and hold against what it listed earlier. That
is why the lists go in parts too, and why *the other* draws the order of each: nobody chooses which 64th it
would leave with. The hashes are committed to, so nobody can choose a part by what the parts before it told.
Stopping is logged (``stopped``), and the day has failed for both. Two idle lists hold sentinels alone and
take one step.
"""

from __future__ import annotations

from typing import Final

from steerclear.blind.host import meetings
from steerclear.blind.lists import IDLE_SLOTS, drawn_order, slot_hashes
from steerclear.blind.messages import Chunk, ListSent
from steerclear.blind.proofs import is_proved, prove
from steerclear.blind.ristretto import power_of_each
from steerclear.blind.rows import Rows, new_rows, rows_of
from steerclear.blind.side import Side, require_list
from steerclear.blind.slots import Numbers, SlotTable
from steerclear.blind.tokens import TOKEN_BYTES
from steerclear.errors import NotVerified, Refused

__all__ = ["LEAST_STEPS", "MOST_IN_STEP", "DirectParty", "part_of", "steps_for"]

LEAST_STEPS: Final = 64
MOST_IN_STEP: Final = 64

_ORDER_BYTES: Final = 32


def steps_for(mine: int, theirs: int) -> int:
    """How many steps two lists of so many slots take."""
    longer = max(mine, theirs)
    return max(LEAST_STEPS, longer // MOST_IN_STEP) if longer > IDLE_SLOTS else 1


def part_of(count: int, step: int, steps: int) -> slice:
    """Which places of the order drawn go in a step: as even as whole slots can be; none after the last."""
    return slice(min(step * count // steps, count), min((step + 1) * count // steps, count))


class DirectParty(Side):
    """One party of a pair, for one day of cells, at L3p; what it takes is said at ``Side``. Always proved."""

    _seen: tuple[SlotTable, SlotTable] | None = None
    _hashes: Rows | None = None
    _wanted: bytes = b""

    def send(self) -> ListSent:
        """The hashes of our slots, and the order in which we want the other's."""
        rows = self.rows_to_send()
        self._wanted = self._wanted or self.random(_ORDER_BYTES)
        return ListSent(self.head, slot_hashes(rows), self._wanted)

    def hear_list(self, message: ListSent) -> tuple[Chunk, ...]:
        """The hashes of the other's slots. The first of the pair answers with its first part.

        Raises ``Refused`` (``blind-order``, ``blind-other-check``) or ``NotVerified`` (``blind-list``).
        """
        self.require_next(message, self._hashes is None and self._wanted != b"" and self.theirs is not None)
        assert self.theirs is not None and self.rows is not None  # noqa: S101, PT018 - as just judged
        with self.judging():
            self._hashes = require_list(message, self.theirs)
        mine, theirs = len(self.rows), len(self._hashes)
        self._my_order, self._their_order = (
            drawn_order(message.order, mine),
            drawn_order(self._wanted, theirs),
        )
        self._ours_raised, self._theirs_raised = new_rows(mine, TOKEN_BYTES), new_rows(theirs, TOKEN_BYTES)
        self._steps = steps_for(mine, theirs)
        self._heard = 0
        return (self._part(0),) if self.me == 0 else ()

    def hear_chunk(self, message: Chunk) -> tuple[Chunk, ...]:
        """The other's next part, and what is to be answered: nothing, when it was the last and ours is sent.

        Raises ``Refused`` (``blind-order``, ``blind-repeat``) or ``NotVerified`` (``blind-list``,
        ``blind-element``, ``blind-proof``, ``blind-sentinels``, ``blind-met``).
        """
        self.require_next(message, self._hashes is not None)
        if message.step != self._heard:
            raise Refused(
                "blind-order",
                f"The message is part {message.step}, and part {self._heard} is the next.",
                remedy="Send each message once, in its round; nothing was changed.",
            )
        with self.judging():
            self._take_raised(message)
            answer = self._answer(message)
        self._heard += 1
        if self._heard == self._steps + self.me:
            with self.judging():
                self._compare()
        return answer

    def _answer(self, message: Chunk) -> tuple[Chunk, ...]:
        """The part of theirs that was just heard, re-masked and proved, with the next part of ours."""
        if message.step == self._steps:
            return ()
        places, listed = self._listed(message)
        raised = power_of_each(listed, self.secret.secret, workers=self.workers)
        self._theirs_raised[places] = raised
        proofs = prove(self.secret.secret, listed, raised, self.random, workers=self.workers)
        return (self._part(message.step + 1 - self.me, raised.tobytes(), proofs),)

    def _part(self, step: int, raised: bytes = b"", proofs: bytes = b"") -> Chunk:
        """Our message of a step."""
        assert self.rows is not None  # noqa: S101 - made before
        ours = self.rows[self._my_order[part_of(len(self.rows), step, self._steps)]]
        return Chunk(self.head, step, ours.tobytes(), raised, proofs)

    def _listed(self, message: Chunk) -> tuple[Numbers, Rows]:
        """Which of their slots, and what stands there: what was committed to, in the order that we drew."""
        assert self._hashes is not None  # noqa: S101 - heard before
        places = self._their_order[part_of(len(self._hashes), message.step, self._steps)]
        listed = rows_of(message.listed, TOKEN_BYTES)
        if slot_hashes(listed) != self._hashes[places].tobytes():
            raise NotVerified(
                "blind-list",
                "The list is not the one to which its author committed in the log.",
                remedy="Stop, and log that you did; nothing of this round is known.",
            )
        return places, listed

    def _take_raised(self, message: Chunk) -> None:
        """Our part that the other raised, when it is proved: of this step, or from the first of the last."""
        assert self.rows is not None and self.other_opened is not None  # noqa: S101, PT018 - heard before
        step = message.step - self.me
        places = self._my_order[part_of(len(self.rows), step, self._steps) if step >= 0 else slice(0)]
        raised = rows_of(message.rows, TOKEN_BYTES)
        public = self.other_opened.public
        if not is_proved(public, self.rows[places], raised, message.proofs, workers=self.workers):
            raise NotVerified(
                "blind-proof",
                "The re-masking is not proved to be that of the list, in order, by the logged scalar.",
                remedy="Stop, and log that you did; nothing of this round is known.",
            )
        self._ours_raised[places] = raised

    def _compare(self) -> None:
        if self._seen is None:
            salts = (int.from_bytes(self.random(8), "big") for _ in range(2))
            self._seen = (SlotTable(TOKEN_BYTES, next(salts)), SlotTable(TOKEN_BYTES, next(salts)))
        met = meetings(self._seen, (self._ours_raised, self._theirs_raised))
        self._hashes, self._wanted = None, b""
        self.end_round(met[0], len(met[1]))
