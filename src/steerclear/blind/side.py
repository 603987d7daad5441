# SPDX-License-Identifier: Apache-2.0
"""One party's own half of a pair's day: its cells, its lists, what it asks of the other's, and what was met.

What L2, L3 and L3p have in common; ``party.py`` and ``direct.py`` add how the lists are compared.

Rules:

- A cell is sent once in an attempt. A notice that comes later costs only the cells that no earlier one had; a
  withdrawn one costs nothing, and its cells stay. A met cell stays met, in later attempts too.
- A notice that ends less than 30 minutes after it is filed is refused: it would be a probe.
- Cells of another day, step or version of the grid than this check has are refused.
- A list says whether it is whole: whether with it every cell of every live notice is listed. Where a notice
  has no cells, or the cap or the room of a list does not let them in, it is not, and the other side is never
  told *nothing met*.
- The slots of the other's lists with cells are counted, padding and sentinels included, against a cap that
  the annex gives; so are ours. A list without cells holds sentinels alone, and is not counted.
- What was met is believed only when every sentinel that must be met is, and nothing is that cannot be: a
  dummy, a plant before its time, a slot twice. Otherwise the day has failed.
- A day that failed answers Undetermined for everything but what was met before. A new attempt begins it anew.
- *Nothing met* grows old by itself: after ``fresh_s`` without another round it is Undetermined.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import Final

import numpy as np

from steerclear.blind.carried import Carried
from steerclear.blind.grid import DayCells, Grid, decode_cells
from steerclear.blind.keys import DaySecret, head_of, opened
from steerclear.blind.lists import (
    IDLE_SLOTS,
    MOST_SLOTS,
    charged,
    fitted,
    least_slots,
    list_hash,
    made_list,
)
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
from steerclear.blind.padding import is_padded
from steerclear.blind.ristretto import Random, is_element
from steerclear.blind.rows import Rows, rows_of
from steerclear.blind.sentinels import Due, Plant, Sentinels, lists_in
from steerclear.blind.slots import Numbers, SlotTable
from steerclear.blind.tokens import ITEM_BYTES, TOKEN_BYTES, PairDay, bulk_tokens, items_of, masked
from steerclear.errors import BadInput, NotVerified, Refused, SteerclearError
from steerclear.model.finding import Undetermined
from steerclear.model.terms import Level, Padding

__all__ = [
    "LEAST_LIFE_S",
    "Carried",
    "Side",
    "lists_of",
    "other_check",
    "require_cap",
    "require_count",
    "require_list",
    "require_room",
]

LEAST_LIFE_S: Final = 30 * 60
"""A shorter notice would cost its filer nothing and tell it where the other is."""

_ASK: Final = "Do not use it; ask its author for another, and tell the other members."


class Side:
    """See the module.

    ``cap_slots``: how many slots in lists with cells each of the two may send on this day, over all attempts.
    ``fresh_s``: how old the last finished round may be before nothing is known any more.
    ``carried``: what earlier attempts at this day left. ``proofs``: prove our re-maskings, and take no answer
    for which the other's were not proved; L2 has none to prove. ``padding``: which sizes lists have, ours and
    the other's. ``workers``: how many cores, None for all.
    """

    def __init__(
        self,
        secret: DaySecret,
        me: str,
        *,
        cap_slots: int,
        fresh_s: int,
        random: Random,
        carried: Carried = Carried(),  # noqa: B008 - frozen
        proofs: bool = True,
        padding: Padding = Padding.DOUBLING,
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
        self._padding = padding
        self._cap = cap_slots
        self._fresh_s = fresh_s
        self._spent = list(carried.spent)
        self._met_before = carried.met
        self._sentinels: Sentinels | None = None
        self._cells = SlotTable(ITEM_BYTES)
        self._notices: dict[str, Numbers] = {}
        self._unlisted: dict[str, str] = {}
        self._sent = 0
        self._compared = 0
        self._kept_back = ""
        self._among = 0
        self._are_whole = False
        self._mine_at_s = self._theirs_at_s = self._covers_s = 0
        self._met = np.zeros(0, np.bool_)
        self._rounds: list[RoundOpened] = []
        self._starts = [0]
        self._labels: Numbers = np.zeros(0, np.int64)
        self._planted: dict[Plant, int] = {}
        self._must: set[int] = set()
        self._told: set[int] = set()

    # ------------------------------------------------------------------------------------------ own cells

    def add(self, notice: str, cells: DayCells, *, filed_at_s: int, ends_at_s: int) -> int:
        """Check ``notice`` too, whose ``cells`` of this day are given; how many of them are new.

        Its other days are other checks. In a new attempt ``filed_at_s`` is still when it was first filed.
        Raises ``Refused`` (``blind-life``) or ``BadInput`` (``blind-notice``; ``blind-day``, ``grid-version``
        and ``cell-not-of-grid`` for cells of another check).
        """
        if ends_at_s - filed_at_s < LEAST_LIFE_S:
            raise Refused(
                "blind-life",
                "A notice that is checked blind lasts at least 30 minutes from when it is filed.",
                where=f"notice {notice}",
                remedy="Let it end later, or file it at L0 or L1.",
            )
        self._require_unknown(notice)
        self._require_of_this_day(notice, cells)
        before = len(self._cells)
        self._notices[notice] = np.unique(self._cells.add(items_of(self.pair_day.kind, cells.encoded)))
        new = self._cells.rows(np.arange(before, len(self._cells)))
        met = np.fromiter((row[1:].tobytes() in self._met_before for row in new), np.bool_, len(new))
        self._met = np.concatenate((self._met, met))
        return len(new)

    def cannot_list(self, notice: str, because: str) -> None:
        """``notice`` has no cells that could be listed: our lists are not whole, and the other is told so.

        Raises ``BadInput`` (``blind-notice``).
        """
        self._require_unknown(notice)
        self._unlisted[notice] = because

    def forget(self, notice: str) -> None:
        """It was withdrawn: nothing is told to anybody, and its cells stay where they were sent."""
        if self._unlisted.pop(notice, None) is None:
            del self._notices[notice]

    def finding(self, notice: str, *, now_s: int) -> Outcome:
        """What is known of one notice now."""
        if notice in self._unlisted:
            return Undetermined(self._unlisted[notice])
        numbers = self._notices[notice]
        if (hit := numbers[self._met[numbers]]).size:
            cells = self._cells.rows(hit)[:, 1:]
            return CellsMet(tuple(sorted(cell.tobytes() for cell in cells)))
        if because := self._why_unknown(numbers, now_s):
            return Undetermined(because)
        return NothingMet(self._among, self.round - 1, self._covers_s, honest_peer_only=not self.proofs)

    def carried(self) -> Carried:
        """What a next attempt at this day is to be given."""
        cells = self._cells.rows(np.flatnonzero(self._met))[:, 1:]
        met = self._met_before | {cell.tobytes() for cell in cells}
        return Carried((self._spent[0], self._spent[1]), met)

    def opened(self) -> Opened:
        """What leaves the node when the day is over."""
        return Opened(self.secret, self.me, tuple(self._rounds))

    @property
    def pair_day(self) -> PairDay:
        return self.secret.pair_day

    @property
    def has_news(self) -> bool:
        """Do cells wait to be listed?"""
        return self._sent < len(self._cells)

    @property
    def is_full(self) -> bool:
        """This attempt has no room for another list with cells of ours: begin the next one."""
        return self._sentinels is not None and self._sentinels.is_full(self.me)

    # -------------------------------------------------------------------------------------------- the day

    def open(self) -> DayOpened:
        """For the log, once a day."""
        return opened(self.secret, self.me)

    def hear_opened(self, message: DayOpened) -> None:
        """The other's. Raises ``Refused`` (``blind-order``, ``blind-other-check``) or ``NotVerified``
        (``blind-public``, ``blind-key-differs``)."""
        self.require_next(message, self.other_opened is None)
        with self.judging():
            self._require_public(message.public)
            self.other_opened = message
            key = self.secret.sentinel_key(message.public)
            has_host = self.secret.level is not Level.L3P
            self._sentinels = Sentinels(key, self.me, lists_in(self.pair_day.attempt) if has_host else 0)

    def commit(self, *, now_s: int) -> ListCommitted:
        """Make this round's list of what is new, and say for the log what it will be.

        What does not fit, into the list or under the cap, is kept back, and the list is not whole. Raises
        ``Refused`` (``blind-order``).
        """
        if self._sentinels is None or self.mine is not None or self.failed is not None:
            raise _out_of_order("A list is made once in a round, after the other side opened the day.")
        count, taken = self._size()
        cells = self._cells.rows(np.arange(self._sent, self._sent + taken))
        due = self._sentinels.due(self.round, has_cells=count > IDLE_SLOTS)
        seed = self.random(SEED_BYTES)
        made = made_list(cells, due.items, count, seed)
        self.rows = self._named(made.items)
        self._remember(due, made.order, taken)
        self._rounds.append(RoundOpened(seed, cells[:, 1:].tobytes()))
        self._sent += taken
        self._spent[self.me] += charged(count)
        self._mine_at_s = now_s
        hashed = list_hash(self.rows, self.secret.level)
        self.mine = ListCommitted(self.head, count, hashed, made.root, self._is_whole())
        return self.mine

    def hear_committed(self, message: ListCommitted, *, at_s: int) -> None:
        """The other's, ``at_s`` as its log says. Raises ``Refused``: ``blind-order``, ``blind-other-check``,
        ``blind-count``, ``blind-cap``, ``blind-full``."""
        self.require_next(message, self._sentinels is not None and self.theirs is None)
        assert self._sentinels is not None  # noqa: S101 - as just judged
        with self.judging():
            require_count(message.count, self.pair_day, self.secret.level, self._padding)
            require_room(message.count, is_full=self._sentinels.is_full(self.other))
            require_cap(self._spent[self.other], charged(message.count), self._cap)
            self._spent[self.other] += charged(message.count)
            self._theirs_at_s = at_s
            self.theirs = message

    def send(self) -> ListSent:
        """Our list, once both are committed to theirs."""
        return ListSent(self.head, self.rows_to_send().tobytes())

    # ------------------------------------------------------------------------------------------- the ends

    def end_round(self, met: tuple[int, ...], other_met: int) -> None:
        """``met``: our slots; ``other_met``: how many of theirs. Raises ``NotVerified`` (``blind-sentinels``,
        ``blind-met``); then the next round may begin."""
        assert self.mine is not None and self.theirs is not None  # noqa: S101, PT018 - judged by the caller
        assert self._sentinels is not None  # noqa: S101
        told = set(met)
        last = self._starts[-1]
        if other_met != len(met) or any(slot >= last or slot in self._told for slot in told):
            raise _not_met("slots are told that were not sent, or twice, or not as many on both sides")
        if self.theirs.count > IDLE_SLOTS:
            self._must |= {self._planted.pop(plant) for plant in self._sentinels.answered()}
        if not self._must <= told:
            raise _sentinels_missing(len(self._must - told), len(self._must))
        real = told - self._must
        numbers = self._labels[sorted(real)]
        if (numbers < 0).any():
            raise _not_met("a slot is told that nobody else can have")
        self._met[numbers] = True
        self._told |= told
        self._end(self.mine, self.theirs, self._sentinels)

    def _end(self, mine: ListCommitted, theirs: ListCommitted, sentinels: Sentinels) -> None:
        """The next round may begin."""
        self._compared = self._sent
        self._among += theirs.count
        self._are_whole = theirs.whole
        self._covers_s = min(self._mine_at_s, self._theirs_at_s)
        pair = (mine, theirs) if self.me == 0 else (theirs, mine)
        sentinels.end_round(self.round, (pair[0].count > IDLE_SLOTS, pair[1].count > IDLE_SLOTS))
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

    def rows_to_send(self) -> Rows:
        """Our slots, masked, once both are committed. Raises ``Refused`` (``blind-order``)."""
        if self.mine is None or self.theirs is None or self.rows is None:
            raise _out_of_order("A list leaves only after both commitments are in the logs.")
        return self.rows

    # ------------------------------------------------------------------------------------------- inwards

    def _why_unknown(self, numbers: Numbers, now_s: int) -> str:
        """Why a notice of which no cell was met must not be told *nothing met*; or nothing."""
        if self.failed is not None:
            return self.failed.because
        if not self.round:
            return "nothing was compared yet"
        if (numbers >= self._sent).any() and self._kept_back:
            return self._kept_back
        if (numbers >= self._compared).any():
            return "cells of it were not compared yet"
        if not self._are_whole:
            return "the other side could not list all of its notices"
        if (age_s := now_s - self._covers_s) > self._fresh_s:
            return f"the last comparison is {age_s} s old: waiting for {self._awaited()}"
        return ""

    def _awaited(self) -> str:
        """Who is silent."""
        if self.mine is None:
            return "our own list"
        heard = self.theirs is not None and (self.secret.level is Level.L2 or self.has_answered)
        return "the host" if heard and self.secret.level is not Level.L3P else "the other side"

    def _size(self) -> tuple[int, int]:
        """How many slots our next list has, and how many new cells go into it; why others are kept back."""
        new, level, attempt = len(self._cells) - self._sent, self.secret.level, self.pair_day.attempt
        self._kept_back = ""
        if self.is_full:
            self._kept_back = "this attempt has no room for more lists: the day must be begun anew"
            return IDLE_SLOTS, 0
        room = max(self._cap - self._spent[self.me], 0)
        count, taken = fitted(new, room, level, attempt, self._padding)
        if taken < new and count < MOST_SLOTS:
            self._kept_back = "our cap for the day is used up: cells of it were not listed"
        return count, taken

    def _is_whole(self) -> bool:
        """Is every cell of every live notice listed?"""
        if self._unlisted:
            return False
        return not self.has_news or all((each < self._sent).all() for each in self._notices.values())

    def _named(self, items: Rows) -> Rows:
        if self.secret.level is Level.L2:
            return bulk_tokens(self.secret.secret, self.pair_day, items, workers=self.workers)
        return masked(self.secret.secret, self.pair_day, items, workers=self.workers)

    def _remember(self, due: Due, order: Numbers, cells: int) -> None:
        """Which slot holds what, and which must be met: a number of a cell, −1 for what is no cell."""
        start = self._starts[-1]
        before = np.full(len(order), -1, np.int64)
        before[:cells] = np.arange(self._sent, self._sent + cells)
        self._labels = np.concatenate((self._labels, before[order]))
        slot_of = np.empty(len(order), np.int64)
        slot_of[order] = np.arange(start, start + len(order))
        at_once = cells + len(due.items) - len(due.plants)
        self._must = set(slot_of[cells:at_once].tolist())
        for place, plant in enumerate(due.plants):
            self._planted[plant] = int(slot_of[at_once + place])
        self._starts.append(start + len(order))

    def _require_unknown(self, notice: str) -> None:
        if notice in self._notices or notice in self._unlisted:
            raise BadInput(
                "blind-notice",
                "This notice is being checked already.",
                where=f"notice {notice}",
                remedy="Give an amended notice as its new version.",
            )

    def _require_of_this_day(self, notice: str, cells: DayCells) -> None:
        """Cells that the other side's grid has too, of the day that this check is about."""
        if cells.day != self.pair_day.day:
            raise BadInput(
                "blind-day",
                f"The cells are of day {cells.day}, and this check is of day {self.pair_day.day}.",
                where=f"notice {notice}",
                remedy="Give each day's cells to the check of that day.",
            )
        grid = Grid(self.pair_day.step_arc_s)
        decode_cells(grid, cells.day if grid.has_time_and_altitude else 0, cells.encoded)

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


def require_cap(spent: int, count: int, cap: int) -> None:
    """Raises ``Refused`` (``blind-cap``)."""
    if count and spent + count > cap:
        raise Refused(
            "blind-cap",
            f"{count} more slots after {spent} would be more than the {cap} that the annex allows a day.",
            remedy="File less for this day, or agree on another cap; until then it is undetermined.",
        )


def require_count(count: int, pair_day: PairDay, level: Level, padding: Padding) -> None:
    """The size of an idle list, or one that the agreed ``padding`` has and that holds the sentinels and a
    cell.

    Raises ``Refused`` (``blind-count``).
    """
    least = least_slots(level, pair_day.attempt, padding)
    if count != IDLE_SLOTS and not (least <= count <= MOST_SLOTS and is_padded(count, padding)):
        raise Refused(
            "blind-count",
            f"A list of {count} slots is neither {IDLE_SLOTS} nor a size between {least} and {MOST_SLOTS} "
            f"that the annex's padding ({padding.value}) has.",
            remedy=_ASK,
        )


def require_room(count: int, *, is_full: bool) -> None:
    """No more lists with cells than there are sentinels for. Raises ``Refused`` (``blind-full``)."""
    if is_full and count != IDLE_SLOTS:
        raise Refused(
            "blind-full",
            "The list has cells, and its author has sent as many such lists as this attempt has room for.",
            remedy="Begin a new attempt at this day; what was met stays met.",
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
        "The message belongs to another mechanism, pair, annex, grid, step, day, attempt or level.",
        remedy="Compare the annex in force, and version and step of the grid, on both sides.",
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
