# SPDX-License-Identifier: Apache-2.0
"""How does a party compare through a host, at L2 and L3? A machine that reads and writes nothing.

    open ─► log            hear_opened
                  ┌─────────────────────────────────────────────────────────────────────────┐
                  ▼                                                                         │
              commit ─► log     hear_committed          the other's, from its log           │
                  │                    │                                                    │
                  └───── both ─────────┘                                                    │
                            │                                                               │
                          send ─► host, and at L3 the peer                                  │
                            │                                                               │
                        hear_list (L3) ─► Remasked with proofs, sealed to the host alone    │
                            │                                                               │
                        hear_compared ── every sentinel met? ── yes ── what is met, told ───┘ next round
                                                                no  ── the day has failed

A message out of its turn, of another round or check is refused and changes nothing, so replays do no harm. A
message whose content is wrong fails the day: ``finding`` answers Undetermined, and ``stopped``
says why for the log.
"""

from __future__ import annotations

from steerclear.blind.messages import HOST, Compared, ListCommitted, ListSent, Remasked
from steerclear.blind.proofs import prove
from steerclear.blind.ristretto import power_of_each
from steerclear.blind.side import Side, lists_of, require_list
from steerclear.errors import NotVerified
from steerclear.model.terms import Level

__all__ = ["Party"]


class Party(Side):
    """One party of a pair, for one day of cells, at L2 or L3; what it takes is said at ``Side``.

    What ``send`` gives goes to the host, and at L3 to the peer too. At L2 the peer must not have it: it holds
    the key and could try all cells.
    """

    def hear_list(self, message: ListSent) -> Remasked:
        """L3: raise the other's list to our scalar, in the order received. For the host alone.

        Raises ``Refused`` (``blind-order``, ``blind-other-check``) or ``NotVerified`` (``blind-list``,
        ``blind-element``).
        """
        ready = self.secret.level is Level.L3 and self.mine is not None and not self.has_answered
        self.require_next(message, ready and self.theirs is not None)
        with self.judging():
            rows = require_list(message, _known(self.theirs))
            raised = power_of_each(rows, self.secret.secret, workers=self.workers)
            proofs = b""
            if self.proofs:
                proofs = prove(self.secret.secret, rows, raised, self.random, workers=self.workers)
        self.has_answered = True
        return Remasked(self.head, raised.tobytes(), proofs)

    def hear_compared(self, message: Compared) -> None:
        """What the host found. Raises ``Refused`` or ``NotVerified`` (``blind-sentinels``, ``blind-met``,
        ``blind-not-proved``, ``blind-covers``).

        At L3 there is nothing to find before we re-masked the other's list.
        """
        is_ready = self.mine is not None and self.theirs is not None
        self.require_next(
            message, is_ready and (self.secret.level is Level.L2 or self.has_answered), author=HOST
        )
        with self.judging():
            mine, theirs = _known(self.mine), _known(self.theirs)
            if message.lists != (lists_of(mine, theirs) if self.me == 0 else lists_of(theirs, mine)):
                raise NotVerified(
                    "blind-covers",
                    "The result speaks for other lists than those that are committed to.",
                    remedy="Take nothing for known, and ask the host.",
                )
            if self.proofs and not message.proved:
                raise NotVerified(
                    "blind-not-proved",
                    "The result rests on a re-masking that was not proved.",
                    remedy="Take nothing for known; both sides must prove, or agree in the annex not to.",
                )
            self.end_round(message.met[self.me], len(message.met[self.other]))


def _known(committed: ListCommitted | None) -> ListCommitted:
    assert committed is not None  # noqa: S101 - the order of messages was judged before
    return committed
