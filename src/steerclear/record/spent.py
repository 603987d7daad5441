# SPDX-License-Identifier: Apache-2.0
"""When must the private half of a recipient key die? A decision over facts: no clock, no disk.

A recipient key is for one day. Its private half dies as soon as nothing hangs on it any more:
- every other member's mirrored log has passed its day, so that nothing more can come that is sealed to it;
- everything sealed to it is opened, or was named unreadable;
- what we sealed ourselves has reached all who can open it, and no reseal of it is owed (a reseal needs salt
  and content key, which our own wrap holds);
- the openings are in a verified backup.
At the latest it dies 35 days after its day, whatever hangs on it: then a reseal is owed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

__all__ = ["LONGEST_KEPT_MS", "RecipientKeyFacts", "why_kept"]

LONGEST_KEPT_MS: Final = 35 * 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipientKeyFacts:
    """What is known of one key at ``now``; instants in ms.

    ``day_ends``      end of the time for which it was named
    ``behind``        other members whose log, as mirrored here, has not passed that
    ``unopened``      entries sealed to it that are neither opened nor named unreadable, as ``TUR/0/42``
    ``reseals_owed``  own entries sealed to it that a recipient has not covered, or cannot read
    ``backed_up``     every opening of what is sealed to it is in a verified backup
    """

    day_ends: int
    now: int
    behind: tuple[str, ...]
    unopened: tuple[str, ...]
    reseals_owed: tuple[str, ...]
    backed_up: bool


def why_kept(facts: RecipientKeyFacts) -> tuple[str, ...]:
    """Reasons to keep the private half for now, in words; none: it must be destroyed."""
    if facts.now < facts.day_ends:
        return ("its day is not over",)
    if facts.now >= facts.day_ends + LONGEST_KEPT_MS:
        return ()
    return tuple(_reasons(facts))


def _reasons(facts: RecipientKeyFacts) -> Iterator[str]:
    if facts.behind:
        yield f"the logs of {', '.join(facts.behind)} have not passed its day"
    if facts.unopened:
        yield f"{len(facts.unopened)} entries are neither opened nor named unreadable: {facts.unopened[0]} …"
    if facts.reseals_owed:
        yield f"{len(facts.reseals_owed)} own entries may have to be sealed again: {facts.reseals_owed[0]} …"
    if not facts.backed_up:
        yield "the openings are in no verified backup"
