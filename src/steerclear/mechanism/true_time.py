# SPDX-License-Identifier: Apache-2.0
"""When was an entry really written? Between what it had seen and who had seen it, as two others bear out.

              seen by it                              had seen it
    TUR ──── 10:07 ─────┐                        ┌──── 10:08 ──── TUR
    AZE ── 10:07 ───────┤                        ├────── 10:09 ── AZE
                        └── the entry of ISR ────┘
                            says 10:00, is held to be 10:07

 - A bound counts when two members other than the author support it: the second latest of what was seen, the
   second earliest of who saw it. One false clock is never the second of anything, so it moves nobody.
 - A claim outside of the bounds that count is moved to the nearer one; the claim stays, and both are shown.
 - What one other alone says against a claim leaves it as it stands, marked doubtful.
 - Bounds that contradict each other leave the earlier time, so that no deadline comes later by it, marked
   doubtful (design file 3, *Time*).

Integers in ms. The claims of others are taken as they stand: clamping one by another would run in circles.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from steerclear.model.time import Instant, format_zulu

__all__ = ["CLOCKS_AGREE_MS", "TrueTime", "true_time"]

CLOCKS_AGREE_MS: Final = 2_000
"""Sound clocks may differ by as much (design file 3): less than that is neither shown nor doubted."""


@dataclass(frozen=True, slots=True)
class TrueTime:
    """What is held of one entry's time.

    ``claimed``     as its author's node wrote it
    ``held``        what every rule counts by
    ``not_before``  the bounds that two others support; ``None``: fewer have said anything yet
    ``not_after``
    ``had_at``      when the first other had it, by that one's own clock; ``None``: nobody is known to have it
    ``doubtful``    one other alone contradicts the claim, or the bounds contradict each other
    ``against``     the members whose clocks contradict the claim, in order
    """

    claimed: Instant
    held: Instant
    not_before: Instant | None
    not_after: Instant | None
    had_at: Instant | None
    doubtful: bool
    against: tuple[str, ...]

    @property
    def is_shown(self) -> bool:
        return self.doubtful or abs(self.held - self.claimed) > CLOCKS_AGREE_MS

    @property
    def words(self) -> str:
        """For a face: claimed and held time, and who bears it out."""
        said, held = format_zulu(self.claimed // 1_000), format_zulu(self.held // 1_000)
        who = " and ".join(self.against)
        if self.doubtful and len(self.against) == 1:
            return f"said {said}, in doubt: the clock of {who} alone contradicts it"
        if self.doubtful:
            return f"said {said}, held to be {held}, in doubt: the clocks of {who} contradict it and others"
        if self.held > self.claimed:
            return f"said {said}, held to be {held}: it had seen what {who} wrote later than it says"
        return f"said {said}, held to be {held}: {who} had it before that"


def true_time(claimed: Instant, seen: Mapping[str, Instant], covered: Mapping[str, Instant]) -> TrueTime:
    """What is held of a claim. By member other than the author: ``seen``, the ``at`` of the newest entry of
    each that the entry's heads cover; ``covered``, the ``at`` of the first entry of each that covers it."""
    not_before = _second(sorted(seen.values(), reverse=True))
    not_after = _second(sorted(covered.values()))
    later = [member for member, at in seen.items() if at > claimed]
    earlier = [member for member, at in covered.items() if at < claimed]
    held_at = partial(_held, claimed, not_before, not_after, min(covered.values(), default=None))
    if not_before is not None and not_after is not None and not_before > not_after:
        return held_at(min(claimed, not_after), (*later, *earlier), doubtful=True)
    if not_before is not None and claimed < not_before:
        return held_at(not_before, later)
    if not_after is not None and claimed > not_after:
        return held_at(not_after, earlier)
    early = [m for m in later if seen[m] - claimed > CLOCKS_AGREE_MS]
    late = [m for m in earlier if claimed - covered[m] > CLOCKS_AGREE_MS]
    alone = [m for m in early if not _refuted(seen[m], not_after)]
    alone += [m for m in late if not _refuted(not_before, covered[m])]
    return held_at(claimed, alone, doubtful=bool(alone))


def _held(
    claimed: Instant,
    not_before: Instant | None,
    not_after: Instant | None,
    had_at: Instant | None,
    held: Instant,
    against: Iterable[str],
    *,
    doubtful: bool = False,
) -> TrueTime:
    return TrueTime(claimed, held, not_before, not_after, had_at, doubtful, tuple(sorted(set(against))))


def _second(ranked: list[Instant]) -> Instant | None:
    return ranked[1] if len(ranked) > 1 else None


def _refuted(later: Instant | None, earlier: Instant | None) -> bool:
    """Not before the later, not after the earlier: what one clock says alone, two others refute."""
    return later is not None and earlier is not None and later > earlier
