# SPDX-License-Identifier: Apache-2.0
"""Which generations of each log have ended, where do they end, and may this one follow?

    generation 0   0 … size−1 stand │ size … disowned: kept, marked, binding their author and freeing it never
    generation 1   key.delegate ── log.succeed (root: generation 0 ended with ``size`` entries, under …) …

A succession is the word of the member's root. It is refused here if it disowns what it must have known others
to hold: the heads of its own second entry say which entries of the others its node had seen, and the last of
these say how much of the old generation they had covered. What it had not seen it may disown, and gains
nothing by it: what is disowned binds its author like everything that is in doubt.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from steerclear.errors import NotVerified
from steerclear.mechanism.entry import DISOWNED
from steerclear.record.charter import Charter
from steerclear.record.leaf import Head, Leaf
from steerclear.record.log import Log
from steerclear.record.succession import Succession, read_succeed_body

__all__ = ["DISOWNED", "Generations", "beginning_of", "require_follows"]

_Covered = Callable[[str, int], Head | None]
"""How much of the old log had a member covered with its first so many entries? ``None``: it is not known."""


class Generations:
    """The generations that have ended, of all members."""

    def __init__(self) -> None:
        self.retired: dict[tuple[str, int], Log] = {}
        self._ends: dict[tuple[str, int], int] = {}

    def end(self, member: str, generation: int, size: int) -> None:
        """So many entries of this generation stand; nothing that comes later does."""
        self._ends[member, generation] = size

    def ends(self) -> dict[tuple[str, int], int]:
        """Of every generation that has ended how many of its entries stand."""
        return dict(self._ends)

    def end_of(self, member: str, generation: int) -> int | None:
        return self._ends.get((member, generation))

    def is_disowned(self, member: str, generation: int, seq: int) -> bool:
        end = self.end_of(member, generation)
        return end is not None and seq >= end

    def of(self, member: str) -> list[Log]:
        """What has ended of this member, oldest first."""
        return [log for (name, _), log in sorted(self.retired.items()) if name == member]

    def require_not_ended(self, log: Log) -> None:
        """Raises ``NotVerified`` (``entry-disowned``) when nothing more of this generation is taken in."""
        if self.is_disowned(log.member, log.generation, log.size):
            raise NotVerified(
                "entry-disowned",
                f"The root of {log.member} has ended this log after {log.size} entries; no more are taken.",
                where=f"{log.member}/{log.generation}/{log.size}",
                remedy=f"Somebody signs with the old key of {log.member}: tell {log.member} who sent it.",
            )


def beginning_of(
    charter: Charter, member: str, generation: int, leaves: Sequence[bytes]
) -> tuple[Succession, Leaf]:
    """The succession with which a generation begins, and the entry in which it stands. Or ``NotVerified``."""
    if len(leaves) < _BEGINNING:
        raise NotVerified(
            "succession-incomplete",
            f"A new log of {member} began without its succession.",
            where=f"{member}/{generation}",
            remedy="Nothing is lost: both entries come with the next exchange.",
        )
    log = Log(charter, member, generation)
    _, second = (log.accept(data).leaf for data in leaves[:_BEGINNING])
    assert second.statement is not None  # noqa: S101 - the log takes nothing but log.succeed there
    return read_succeed_body(second.statement.statement.body), second


def require_follows(old: Log, named: Succession, second: Leaf, covered: _Covered) -> None:
    """May this succession end ``old``? Raises ``NotVerified``.

    ``succession-unseen``: entries that it keeps have not come yet; ``succession-mismatch``: it keeps others
    than those held here; ``succession-names-less``: it disowns what others were known to hold.
    """
    where = f"{old.member}/{named.generation}"
    if named.size > old.size:
        raise NotVerified(
            "succession-unseen",
            f"The succession of {old.member} keeps {named.size} entries; {old.size} are here.",
            where=where,
            remedy="The missing ones come first; any member that holds them can send them.",
        )
    if old.root_at(named.size) != named.root:
        raise NotVerified(
            "succession-mismatch",
            f"The succession of {old.member} keeps {named.size} entries that are not the ones held here.",
            where=where,
            remedy=f"{old.member} has shown two records. Call {old.member} and the host; keep what is here.",
        )
    for member, head in second.heads.items():
        seen = covered(member, head.size)
        if seen is not None and seen.generation == old.generation and named.size < seen.size <= old.size:
            raise NotVerified(
                "succession-names-less",
                f"The succession of {old.member} keeps {named.size} entries; {member} had covered {seen.size}"
                " when it was made.",
                where=where,
                remedy=f"Have the root of {old.member} sign one that keeps all that others have covered.",
            )


_BEGINNING = 2
