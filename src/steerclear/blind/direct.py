# SPDX-License-Identifier: Apache-2.0
"""How do two parties compare without a host (L3p), so that neither gains much by leaving in the middle?

    open, commit, send                     as with a host; both lists go to the peer alone
    step 0:   first ── its part 0 of the second's list, re-masked, proved ──►
                    ◄── its part 0 of the first's list, re-masked, proved ── second
    step 1:   first ── part 1, only after the second's part 0 was proved ──►
                    ◄──                                                   ── second
      …       K = max(64, longer list / 64) steps: at most 64 slots and at most 1/64 of either list in each
    at the end both hold H(x)^ab of all slots of both, and find the same

Who stops after a step has seen at most one part more than the other: 1/64 of its own list. Stopping is logged
(``stopped``), and the day has failed for both. A list has at least 64 slots here, so that parts can be that
small.
"""

from __future__ import annotations

from typing import Final

from steerclear.blind.host import meetings
from steerclear.blind.messages import ChunkRemasked, ListSent
from steerclear.blind.proofs import is_proved, prove
from steerclear.blind.ristretto import power_of_each
from steerclear.blind.rows import Rows, new_rows, rows_of
from steerclear.blind.side import Side, require_list
from steerclear.blind.slots import SlotTable
from steerclear.blind.tokens import TOKEN_BYTES
from steerclear.errors import NotVerified, Refused

__all__ = ["LEAST_STEPS", "MOST_IN_STEP", "DirectParty", "part_of", "steps_for"]

LEAST_STEPS: Final = 64
MOST_IN_STEP: Final = 64


def steps_for(mine: int, theirs: int) -> int:
    """How many steps two lists of so many slots take."""
    return max(LEAST_STEPS, max(mine, theirs) // MOST_IN_STEP)


def part_of(count: int, step: int, steps: int) -> slice:
    """Which slots of a list go in a step: as even as whole slots can be."""
    return slice(step * count // steps, (step + 1) * count // steps)


class DirectParty(Side):
    """One party of a pair, for one day of cells, at L3p; what it takes is said at ``Side``. Always proved."""

    _seen: tuple[SlotTable, SlotTable] | None = None
    _theirs: Rows | None = None

    def hear_list(self, message: ListSent) -> tuple[ChunkRemasked, ...]:
        """The other's list. The first of the pair answers with its first part.

        Raises ``Refused`` (``blind-order``, ``blind-other-check``) or ``NotVerified`` (``blind-list``).
        """
        self.require_next(message, self._theirs is None and self.mine is not None and self.theirs is not None)
        assert self.theirs is not None and self.rows is not None  # noqa: S101, PT018 - as just judged
        with self.judging():
            self._theirs = require_list(message, self.theirs)
        self._ours_raised = new_rows(len(self.rows), TOKEN_BYTES)
        self._theirs_raised = new_rows(len(self._theirs), TOKEN_BYTES)
        self._steps = steps_for(len(self.rows), len(self._theirs))
        self._heard = 0
        return (self._part(0),) if self.me == 0 else ()

    def hear_chunk(self, message: ChunkRemasked) -> tuple[ChunkRemasked, ...]:
        """The other's next part, and what is to be answered: nothing, when it was the last and ours is sent.

        Raises ``Refused`` (``blind-order``, ``blind-repeat``) or ``NotVerified`` (``blind-proof``,
        ``blind-sentinels``, ``blind-met``).
        """
        self.require_next(message, self._theirs is not None)
        if message.step != self._heard:
            raise Refused(
                "blind-order",
                f"The message is part {message.step}, and part {self._heard} is the next.",
                remedy="Send each message once, in its round; nothing was changed.",
            )
        with self.judging():
            self._take(message)
        self._heard += 1
        answers_at = self._heard - self.me
        answer = (self._part(answers_at),) if answers_at < self._steps else ()
        if self._heard == self._steps:
            with self.judging():
                self._end()
        return answer

    def _part(self, step: int) -> ChunkRemasked:
        """Our part of the other's list."""
        assert self._theirs is not None  # noqa: S101 - it was heard before
        part = part_of(len(self._theirs), step, self._steps)
        rows = self._theirs[part]
        raised = power_of_each(rows, self.secret.secret, workers=self.workers)
        self._theirs_raised[part] = raised
        proofs = prove(self.secret.secret, rows, raised, self.random, workers=self.workers)
        return ChunkRemasked(self.head, step, raised.tobytes(), proofs)

    def _take(self, message: ChunkRemasked) -> None:
        """The other's part of our list, when it is proved."""
        assert self.rows is not None and self.other_opened is not None  # noqa: S101, PT018 - heard before
        part = part_of(len(self.rows), message.step, self._steps)
        raised = rows_of(message.rows, TOKEN_BYTES)
        if not is_proved(
            self.other_opened.public, self.rows[part], raised, message.proofs, workers=self.workers
        ):
            raise NotVerified(
                "blind-proof",
                "The re-masking is not proved to be that of the list, in order, by the logged scalar.",
                remedy="Stop, and log that you did; nothing of this round is known.",
            )
        self._ours_raised[part] = raised

    def _end(self) -> None:
        if self._seen is None:
            salts = (int.from_bytes(self.random(8), "big") for _ in range(2))
            self._seen = (SlotTable(TOKEN_BYTES, next(salts)), SlotTable(TOKEN_BYTES, next(salts)))
        met = meetings(self._seen, (self._ours_raised, self._theirs_raised))
        self._theirs = None
        self.end_round(met[0], len(met[1]))
