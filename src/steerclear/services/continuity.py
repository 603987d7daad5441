# SPDX-License-Identifier: Apache-2.0
"""Is the own log, as it lies here, as long as it ever was? Until that is known nothing is appended to it.

    start ──► the machine remembers it, since it was switched on ─────────────► sure
      │
      ├─────► asking ── every peer has answered, or one has and half a minute passed ──► sure
      │          │      (a database that was restored from a backup: every peer)
      │          └───── an operator confirms: itself an entry, log.resume ─────► sure
      │
      └─────► behind ── a mark, or our own signature in a peer's hand, says more
                        taken back from the mirrors, then as above

A node that comes back from an old backup, or from an old image of its machine, would sign a second history
and look like a liar for ever. While it asks, floor messages go out as messages of their own.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Final, Protocol

import structlog

from steerclear.errors import NotKept, Refused
from steerclear.record.bundle import Held
from steerclear.record.log import Log
from steerclear.store.highwater import Mark

__all__ = ["CLOSED_CODES", "Continuity", "WaterMark"]

PATIENCE_MS: Final = 30_000
"""So long a node that was started waits for the slower of its peers, once one of them has answered."""

CLOSED_CODES: Final = frozenset({"own-log-behind", "own-log-unasked"})
"""The own log is closed for now; a floor message goes out aside from it."""

_log = structlog.get_logger("steerclear.continuity")


class WaterMark(Protocol):
    """Where the size of the own log is kept outside the database."""

    def read(self) -> Mark | None: ...

    def keep(self, mark: Mark) -> None: ...


class Continuity:
    """What one process knows about how far its member's log ever went.

    ``high_water`` lies beside the database, and may have come back with it. ``machine`` lies where nothing
    outlives the machine's being switched off; ``None``: this disk cannot be put back (a play's), so nobody
    need be asked. ``is_copy``: the database says of itself that it was restored from a backup.
    """

    def __init__(
        self,
        high_water: WaterMark,
        *,
        machine: WaterMark | None = None,
        peers: Collection[str] = (),
        is_copy: bool = False,
        began_at: int = 0,
    ) -> None:
        self._high_water = high_water
        self._machine = machine
        self._peers = frozenset(peers)
        self.is_copy = is_copy
        self._began_at = began_at
        self._told: dict[str, Held] = {}
        self._shown_elsewhere = 0
        """How far others have seen the own log go, under our own signature."""
        self._is_sure = machine is None and not is_copy
        self.has_written = False
        """Since this process began. A node that came back from an old disk is mended before it writes."""

    @property
    def heard(self) -> tuple[str, ...]:
        """Peers that have said how much of our log they hold."""
        return tuple(sorted(self._told))

    def went_to(self, generation: int) -> int:
        """How far the own log went before this process: by the marks, or by what a peer has shown."""
        marks = [self._high_water.read(), self._machine.read() if self._machine is not None else None]
        marked = [mark.size for mark in marks if mark is not None and mark.generation == generation]
        return max([self._shown_elsewhere, *marked])

    def _began_another(self, own: Log) -> bool:
        """Does a mark say that a later generation of the own log was begun?"""
        marks = [self._high_water.read(), self._machine.read() if self._machine is not None else None]
        return any(mark is not None and mark.generation > own.generation for mark in marks)

    def is_shown(self, size: int) -> None:
        """A peer holds a checkpoint of ours that covers so many entries."""
        if not self.has_written:
            self._shown_elsewhere = max(self._shown_elsewhere, size)

    def is_told(self, peer: str, held: Held | None) -> None:
        """A peer's node has answered; it says that it holds so much of our log (``None``: nothing)."""
        self._told[peer] = held if held is not None else Held(0, 0)

    def may_be_behind(self, own: Log) -> bool:
        """May entries of ours be missing here? Then peers give them back; else somebody else made them."""
        if self._began_another(own):
            return True
        return self.went_to(own.generation) > own.size or not (self.has_written or self._is_sure)

    def recall(self, own: Log) -> None:
        """The own log was read from the disk: does the machine remember that it went no farther?"""
        if self._machine is not None and not self._is_sure:
            self._is_sure = _begins_with(own, self._machine.read()) or self._is_new(own)

    def why_closed(self, own: Log, now: int) -> Refused | None:
        """Why nothing may be appended now, or ``None``. Raises what reading the marks raises."""
        went_to = self.went_to(own.generation)
        if self._began_another(own):
            return _ended(own)
        if went_to > own.size:
            return _behind(own, went_to)
        if not self._is_sure:
            self._is_sure = self._are_asked(own, now)
        return None if self._is_sure else self._unasked(own)

    def confirm(self, own: Log, now: int) -> None:
        """An operator says that the own log ends where it stands. Raises ``Refused``."""
        closed = self.why_closed(own, now)
        if closed is None:
            raise Refused(
                "own-log-open",
                "There is nothing to confirm: this node may write its log.",
                where=own.origin,
                remedy="Go on; steerclear status shows how the node is.",
            )
        if closed.code != "own-log-unasked":
            raise closed
        self._is_sure = True

    def begin_generation(self) -> None:
        """The root has said where the old generation ends; the next begins with nothing before it."""
        self._shown_elsewhere = 0
        self._is_sure = True

    def withdraw(self) -> None:
        """The confirmation could not be written down, so it was none."""
        self._is_sure = False

    def keep(self, own: Log) -> None:
        """The own log goes as far as this; nothing more is signed while that cannot be kept."""
        if not own.size:
            return
        mark = Mark(own.generation, own.size, own.root)
        self._high_water.keep(mark)
        if self._machine is not None and self._is_sure:
            self._keep_on_machine(self._machine, mark)

    def _keep_on_machine(self, machine: WaterMark, mark: Mark) -> None:
        """Only a help: without it the next start asks the peers."""
        try:
            machine.keep(mark)
        except NotKept as error:
            if error.code != "high-water-not-kept":
                raise
            # What it remembers falls behind, and an old copy of the database could pass for the newest.
            _log.warning("machine-mark-not-kept", what=error.what, where=error.where)
            self._machine = None

    def _is_new(self, own: Log) -> bool:
        """A log that is only beginning has no second history: its root is asked for each of its first two."""
        return own.size < _BEGUN and self.went_to(own.generation) <= own.size

    def _are_asked(self, own: Log, now: int) -> bool:
        if not self._peers:
            return not self.is_copy
        if any(held > Held(own.generation, own.size) for held in self._told.values()):
            return False
        if self._peers <= self._told.keys():
            return True
        waited = now - self._began_at >= PATIENCE_MS
        return bool(self._told) and waited and not self.is_copy

    def _unasked(self, own: Log) -> Refused:
        more = sorted(peer for peer, held in self._told.items() if held > Held(own.generation, own.size))
        missing = sorted(self._peers - self._told.keys())
        if more:
            why = f"{', '.join(more)} say that they hold more of it than the {own.size} entries here"
        elif self.is_copy:
            why = (
                f"it was restored from a backup, and {', '.join(missing) or 'nobody'} could not be asked yet"
            )
        elif self._told:
            why = f"{', '.join(missing)} have half a minute to answer"
        else:
            why = "no other member's node has answered yet"
        return Refused(
            "own-log-unasked",
            f"It is not known whether this node's own log ends here: {why}.",
            where=f"{own.member}/{own.generation}/{own.size}",
            remedy="STOP goes out all the same. Wait for the lines; if nobody can be reached, a person "
            "confirms it with steerclear confirm-log.",
        )


_BEGUN: Final = 2
"""A log's first two entries are its keys and its charter."""


def _begins_with(own: Log, mark: Mark | None) -> bool:
    """The log holds what the mark names, and perhaps a little more that was kept just before a crash."""
    if mark is None or mark.generation != own.generation or mark.size > own.size:
        return False
    return own.root_at(mark.size) == mark.root


def _ended(own: Log) -> Refused:
    return Refused(
        "own-log-behind",
        f"Generation {own.generation} of this node's own log has ended; it had begun another before.",
        where=f"{own.member}/{own.generation}",
        remedy="Connect to any other member: the newer log is taken back from its mirror.",
    )


def _behind(own: Log, went_to: int) -> Refused:
    return Refused(
        "own-log-behind",
        f"This node's own log has {own.size} entries, but it had {went_to} before.",
        where=f"{own.member}/{own.generation}",
        remedy="Connect to any other member: the missing entries are taken back from its mirror.",
    )
