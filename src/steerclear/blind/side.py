# SPDX-License-Identifier: Apache-2.0
"""One party's own half of a pair's day: its cells, its lists, what it asks of the other's, and what was met.

What L2, L3 and L3p have in common; ``party.py`` and ``direct.py`` add how the lists are compared.

Rules:

- A cell is sent once a day. A notice that comes later costs only the cells that no earlier one had; a
  withdrawn one costs nothing, and its cells stay. A met cell stays met.
- A notice that ends less than 30 minutes after it is filed is refused: it would be a probe.
- The other's slots are counted, padding and sentinels included, against a cap that the annex gives; so are
  ours.
- What was met is believed only when every sentinel that must be met is, and nothing is that cannot be: a
  dummy, a plant before its time, a slot twice. Otherwise the day has failed.
- A day that failed answers Undetermined for everything but what was met before. A new attempt begins it anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Final

import numpy as np

from steerclear.blind.grid import CELL
from steerclear.blind.keys import DaySecret, head_of, opened
from steerclear.blind.lists import MOST_SLOTS, least_slots, made_list, padded
from steerclear.blind.messages import (
    HOST,
    DayOpened,
    Head,
    ListCommitted,
    ListSent,
    Message,
    Stopped,
    digest_of,
)
from steerclear.blind.opening import SEED_BYTES, Opened, RoundOpened
from steerclear.blind.outcome import CellsMet, NothingMet, Outcome
from steerclear.blind.ristretto import Random, is_element
from steerclear.blind.rows import Rows, rows_of
from steerclear.blind.sentinels import AT_FIRST, LATER, Due, Plant, Sentinels
from steerclear.blind.slots import Numbers, SlotTable
from steerclear.blind.tokens import ITEM_BYTES, TOKEN_BYTES, bulk_tokens, items_of, masked
from steerclear.errors import BadInput, NotVerified, Refused, SteerclearError
from steerclear.model.finding import Undetermined
from steerclear.model.terms import Level

__all__ = [
    "LEAST_LIFE_S",
    "Side",
    "lists_of",
    "other_check",
    "require_cap",
    "require_count",
    "require_list",
]

LEAST_LIFE_S: Final = 30 * 60
"""A shorter notice would cost its filer nothing and tell it where the other is."""

_ASK: Final = "Do not use it; ask its author for another, and tell the other members."


class Side:
    """See the module.

    ``cap_slots``: how many slots each of the two may send on this day, over all attempts; ``spent``: how many
    the first and the second sent in earlier attempts. ``proofs``: prove our re-maskings, and take no answer
    for which the other's were not proved; L2 has none to prove. ``workers``: how many cores, None for all.
    """

    def __init__(
        self,
        secret: DaySecret,
        me: str,
        *,
        cap_slots: int,
        random: Random,
        spent: tuple[int, int] = (0, 0),
        proofs: bool = True,
        workers: int | None = None,
    ) -> None:
        self.secret = secret
        self.me = secret.pair_day.parties.index(me)
        self.other = 1 - self.me
        self.round = 0
        self.failed: Undetermined | None = None
        self.other_opened: DayOpened | None = None
        self.mine: ListCommitted | None = None
        self.theirs: ListCommitted | None = None
        self.rows: Rows | None = None
        self.has_answered = False
        self.random = random
        self.workers = workers
        self.proofs = proofs
        self._cap = cap_slots
        self._spent = list(spent)
        self._sentinels: Sentinels | None = None
        self._cells = SlotTable(ITEM_BYTES)
        self._notices: dict[str, Numbers] = {}
        self._sent = 0
        self._compared = 0
        self._before = self._spent[self.other]
        self._among = 0
        self._met = np.zeros(0, np.bool_)
        self._rounds: list[RoundOpened] = []
        self._starts = [0]
        self._labels: Numbers = np.zeros(0, np.int64)
        self._planted: dict[Plant, int] = {}
        self._must: set[int] = set()
        self._told: set[int] = set()

    # ------------------------------------------------------------------------------------------ own cells

    def add(self, notice: str, cells: bytes, *, filed_at_s: int, ends_at_s: int) -> int:
        """Check ``notice`` too, whose ``cells`` of this day are given; how many of them are new.

        Its other days are other checks. Raises ``Refused`` (``blind-life``) or ``BadInput``
        (``blind-notice``).
        """
        if ends_at_s - filed_at_s < LEAST_LIFE_S:
            raise Refused(
                "blind-life",
                "A notice that is checked blind lasts at least 30 minutes from when it is filed.",
                where=f"notice {notice}",
                remedy="Let it end later, or file it at L0 or L1.",
            )
        if notice in self._notices:
            raise BadInput(
                "blind-notice",
                "This notice is being checked already.",
                where=f"notice {notice}",
                remedy="Give an amended notice as its new version.",
            )
        before = len(self._cells)
        self._notices[notice] = np.unique(self._cells.add(items_of(CELL, cells)))
        self._met = np.concatenate((self._met, np.zeros(len(self._cells) - before, np.bool_)))
        return len(self._cells) - before

    def forget(self, notice: str) -> None:
        """It was withdrawn: nothing is told to anybody, and its cells stay where they were sent."""
        del self._notices[notice]

    def finding(self, notice: str) -> Outcome:
        """What is known of one notice now."""
        numbers = self._notices[notice]
        if (hit := numbers[self._met[numbers]]).size:
            cells = self._cells.rows(hit)[:, 1:]
            return CellsMet(tuple(sorted(cell.tobytes() for cell in cells)))
        if self.failed is not None:
            return self.failed
        if not self.round:
            return Undetermined("nothing was compared yet")
        if (numbers >= self._compared).any():
            return Undetermined("cells of it were not compared yet")
        return NothingMet(self._among, self.round - 1, honest_peer_only=not self.proofs)

    def opened(self) -> Opened:
        """What leaves the node when the day is over."""
        return Opened(self.secret, self.me, tuple(self._rounds))

    # -------------------------------------------------------------------------------------------- the day

    def open(self) -> DayOpened:
        """For the log, once a day."""
        return opened(self.secret, self.me)

    def hear_opened(self, message: DayOpened) -> None:
        """The other's. Raises ``Refused`` (``blind-order``, ``blind-other-check``) or ``NotVerified``
        (``blind-element``, ``blind-key-differs``)."""
        self.require_next(message, self.other_opened is None)
        with self.judging():
            self._require_public(message.public)
            self.other_opened = message
            self._sentinels = Sentinels(self.secret.sentinel_key(message.public), self.me)

    def commit(self) -> ListCommitted:
        """Make this round's list of what is new, and say for the log what it will be.

        Raises ``Refused``: ``blind-order``; ``blind-cap`` when the list would go over what the annex allows.
        """
        if self._sentinels is None or self.mine is not None or self.failed is not None:
            raise _out_of_order("A list is made once in a round, after the other side opened the day.")
        cells = self._cells.rows(np.arange(self._sent, self._first_kept_back()))
        used = len(cells) + (LATER if self.round else AT_FIRST)
        count = max(padded(used), least_slots(self.round, self.secret.level))
        self._require_within_cap(self.me, count)
        due, seed = self._sentinels.next(), self.random(SEED_BYTES)
        made = made_list(cells, due.items, count, seed)
        self.rows = self._named(made.items)
        self._remember(due, made.order, len(cells))
        self._rounds.append(RoundOpened(seed, cells[:, 1:].tobytes()))
        self._sent += len(cells)
        self.mine = ListCommitted(self.head, count, sha256(self.rows.tobytes()).digest(), made.root)
        self._spent[self.me] += count
        return self.mine

    def hear_committed(self, message: ListCommitted) -> None:
        """The other's. Raises ``Refused``: ``blind-order``, ``blind-other-check``, ``blind-count``,
        ``blind-cap``."""
        self.require_next(message, self.theirs is None)
        with self.judging():
            require_count(message.count, self.round, self.secret.level)
            self._require_within_cap(self.other, message.count)
            self._spent[self.other] += message.count
            self.theirs = message

    def send(self) -> ListSent:
        """Our list, once both are committed to theirs."""
        if self.mine is None or self.theirs is None or self.rows is None:
            raise _out_of_order("A list leaves only after both commitments are in the logs.")
        return ListSent(self.head, self.rows.tobytes())

    # ------------------------------------------------------------------------------------------- the ends

    def end_round(self, met: tuple[int, ...], other_met: int) -> None:
        """``met``: our slots; ``other_met``: how many of theirs. Raises ``NotVerified`` (``blind-sentinels``,
        ``blind-met``); then the next round may begin."""
        told = set(met)
        last = self._starts[-1]
        if other_met != len(met) or any(slot >= last or slot in self._told for slot in told):
            raise _not_met("slots are told that were not sent, or twice, or not as many on both sides")
        if not self._must <= told:
            raise _sentinels_missing(len(self._must - told), len(self._must))
        real = told - self._must
        numbers = self._labels[sorted(real)]
        if (numbers < 0).any():
            raise _not_met("a slot is told that nobody else can have")
        self._met[numbers] = True
        self._told |= told
        self._compared = self._sent
        self._among = self._spent[self.other] - self._before
        self.round += 1
        self.mine = self.theirs = self.rows = None
        self.has_answered = False

    def hear_stopped(self, message: Stopped) -> None:
        """The other or the host goes on no further: the day has failed. Raises ``Refused``."""
        head = message.head
        if (head.level, head.pair_day) != (self.secret.level, self.head.pair_day):
            raise other_check()
        self._fail(f"stopped by {'the host' if head.author == HOST else 'the other side'}: {message.code}")

    def stopped(self, code: str) -> Stopped:
        """For the log, when this side goes on no further: with the code of the error."""
        self._fail(code)
        return Stopped(self.head, code)

    def _fail(self, because: str) -> None:
        """Nothing new is known of this day from here on; the first reason stays."""
        if self.failed is None:
            self.failed = Undetermined(because)

    @contextmanager
    def judging(self) -> Iterator[None]:
        """What is refused in here ends the day."""
        try:
            yield
        except SteerclearError as error:
            self._fail(f"{error.code}: {error.what}")
            raise

    @property
    def head(self) -> Head:
        return head_of(self.secret, self.me, self.round)

    def require_next(self, message: Message, is_awaited: bool, *, author: int | None = None) -> None:  # noqa: FBT001
        """Refuse what is of another check, or comes at another time than its own; neither ends the day."""
        head = message.head
        if (head.level, head.pair_day) != (self.secret.level, self.head.pair_day):
            raise other_check()
        if head.author != (self.other if author is None else author) or head.round != self.round:
            raise _out_of_order("The message is of another round or another author.")
        if not is_awaited or self.failed is not None:
            raise _out_of_order("The message is a repetition, comes too early, or after the day has failed.")

    # ------------------------------------------------------------------------------------------- inwards

    def _first_kept_back(self) -> int:
        """A list has a largest size; what does not fit waits for the next round."""
        room = MOST_SLOTS - (LATER if self.round else AT_FIRST)
        return min(len(self._cells), self._sent + room)

    def _named(self, items: Rows) -> Rows:
        if self.secret.level is Level.L2:
            return bulk_tokens(self.secret.secret, self.secret.pair_day, items, workers=self.workers)
        return masked(self.secret.secret, self.secret.pair_day, items, workers=self.workers)

    def _remember(self, due: Due, order: Numbers, cells: int) -> None:
        """Which slot holds what, and which must be met: a number of a cell, −1 for what is no cell."""
        start = self._starts[-1]
        before = np.full(len(order), -1, np.int64)
        before[:cells] = np.arange(self._sent, self._sent + cells)
        self._labels = np.concatenate((self._labels, before[order]))
        slot_of = np.empty(len(order), np.int64)
        slot_of[order] = np.arange(start, start + len(order))
        at_once = cells + len(due.now) + len(due.answers)
        self._must = set(slot_of[cells:at_once].tolist())
        self._must |= {self._planted.pop(plant) for plant in due.answered}
        for place, plant in enumerate(due.plants):
            self._planted[plant] = int(slot_of[at_once + place])
        self._starts.append(start + len(order))

    def _require_public(self, public: bytes) -> None:
        if self.secret.level is Level.L2:
            if public != self.secret.public:
                raise NotVerified(
                    "blind-key-differs",
                    "The other side holds another key of L2 than we do.",
                    remedy="Make a new key, seal it to the other side, and begin a new attempt.",
                )
        elif not is_element(public) or public == self.secret.public:
            raise NotVerified(
                "blind-public",
                "What the other side logged is no element of the group, the identity, or our own.",
                remedy=_ASK,
            )

    def _require_within_cap(self, side: int, count: int) -> None:
        require_cap(self._spent[side], count, self._cap)


def require_cap(spent: int, count: int, cap: int) -> None:
    """Raises ``Refused`` (``blind-cap``)."""
    if spent + count > cap:
        raise Refused(
            "blind-cap",
            f"{count} more slots after {spent} would be more than the {cap} that the annex allows a day.",
            remedy="File less for this day, or agree on another cap; until then it is undetermined.",
        )


def require_count(count: int, round_: int, level: Level) -> None:
    """A power of two that holds the sentinels. Raises ``Refused`` (``blind-count``)."""
    least = least_slots(round_, level)
    if count & (count - 1) or not least <= count <= MOST_SLOTS:
        raise Refused(
            "blind-count",
            f"A list of {count} slots is no power of two between {least} and {MOST_SLOTS}.",
            remedy=_ASK,
        )


def require_list(message: ListSent, committed: ListCommitted) -> Rows:
    """Its rows, when they are what was committed to. Raises ``NotVerified`` (``blind-list``)."""
    is_it = len(message.rows) == committed.count * TOKEN_BYTES
    if not is_it or sha256(message.rows).digest() != committed.hash:
        raise NotVerified(
            "blind-list",
            "The list is not the one to which its author committed in the log.",
            remedy=_ASK,
        )
    return rows_of(message.rows, TOKEN_BYTES)


def other_check() -> Refused:
    return Refused(
        "blind-other-check",
        "The message belongs to another mechanism, pair, annex, grid, day, attempt or level.",
        remedy="Compare the annex in force and the grid on both sides.",
    )


def lists_of(first: ListCommitted, second: ListCommitted) -> tuple[bytes, bytes]:
    return digest_of(first), digest_of(second)


def _out_of_order(what: str) -> Refused:
    return Refused("blind-order", what, remedy="Send each message once, in its round; nothing was changed.")


def _sentinels_missing(missing: int, of: int) -> NotVerified:
    return NotVerified(
        "blind-sentinels",
        f"{missing} of {of} sentinels were not met: a key, grid or day differs, or matches were dropped.",
        remedy="Take nothing for known; begin a new attempt, or compare at L3p, where no host is needed.",
    )


def _not_met(because: str) -> NotVerified:
    return NotVerified(
        "blind-met",
        f"The result cannot be true: {because}.",
        remedy="Take nothing for known; begin a new attempt, or compare at L3p, where no host is needed.",
    )
