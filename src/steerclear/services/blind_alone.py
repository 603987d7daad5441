# SPDX-License-Identifier: Apache-2.0
"""What does the record show of the host's silence, where a side went on without it (L3p)?

    ◄──────────────── as long as the succession annex says ────────────────►│ begun at L3p
         entries of that side that name more of the host's log than before    it had heard the host: a fault
         entries of the host by its own times, none of them named             it may have been cut off: said
         neither                                                              the host was silent: said

At L3p a side alone can test products of cells, so an inquiry asks whether it had to come to that. What a side
had heard stands in the heads of its own entries, under its own key, and it writes one within seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from steerclear.mechanism.bodies import BlindOpen
from steerclear.mechanism.said import Said
from steerclear.model.time import Instant, format_zulu
from steerclear.record.leaf import Leaf, parse_leaf
from steerclear.services.ledger import Ledger

__all__ = ["Silence", "silence_before"]

WRITTEN_WITHIN_MS: Final = 60_000
"""So late after it heard something an entry may still be the first to name it."""


@dataclass(frozen=True, slots=True)
class Silence:
    """``heard_at``: when that side's own log shows that it had heard the host, though it began alone."""

    who: str
    heard_at: Instant | None
    words: str


def silence_before(ledger: Ledger, begun: Said[BlindOpen], host: str, gone_ms: int) -> Silence:
    """Of the check that ``begun`` began without ``host``, under an annex that allows it after ``gone_ms``."""
    since = Instant(begun.at - gone_ms + WRITTEN_WITHIN_MS)
    who, minutes = begun.author, gone_ms // 60_000
    when = format_zulu(begun.at // 1_000)
    heard_at = _heard_at(ledger, begun, host, since)
    if heard_at is not None:
        ago_s = (begun.at - heard_at) // 1_000
        words = (
            f"{who} began without {host} at {when}, and its own log shows that it had heard {host} {ago_s} s "
            f"before, at {format_zulu(heard_at // 1_000)}; the annex has it wait {minutes} min"
        )
        return Silence(who, heard_at, words)
    wrote = sum(since <= leaf.at <= begun.at for leaf in _newest_first(ledger, host, since))
    told = (
        f"{host} wrote {wrote} entries in the {minutes} min before, by its own clock, and nothing that {who} "
        f"wrote names one of them: it was cut off from {host}, or kept silent about having heard it"
        if wrote
        else f"the record holds no entry of {host} from the {minutes} min before"
    )
    return Silence(who, None, f"{who} began without {host} at {when}: {told}")


def _heard_at(ledger: Ledger, begun: Said[BlindOpen], host: str, since: Instant) -> Instant | None:
    """When an entry from ``since`` on, up to the one that began, first named the most that it names."""
    place, found = begun.place, None
    named: int | None = None
    for seq in range(place.seq, -1, -1):
        [data] = ledger.store.leaves(place.author, place.generation, seq, seq + 1)
        leaf = parse_leaf(data)
        size = _named(leaf, host)
        if named is not None and size < named:
            return found  # the entry after this one was the first to name as much
        named = size
        if leaf.at < since:
            return None
        found = Instant(leaf.at)
    return None


def _named(leaf: Leaf, host: str) -> int:
    head = leaf.heads.get(host)
    return (head.generation << 40) + head.size if head is not None else 0


def _newest_first(ledger: Ledger, member: str, since: Instant) -> Iterator[Leaf]:
    """Its entries back to ``since``, by its own times."""
    log = ledger.logs[member]
    for seq in range(log.size - 1, -1, -1):
        [data] = ledger.store.leaves(member, log.generation, seq, seq + 1)
        leaf = parse_leaf(data)
        if leaf.at < since:
            return
        yield leaf
