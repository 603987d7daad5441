# SPDX-License-Identifier: Apache-2.0
"""What follows from a record that lies in a file? Verified again, and folded as a node does.

Nothing is believed: an entry that does not verify is refused with its place. What was sealed can be read only
as far as openings are given, which a node keeps of what was sealed to it; without them only what is in clear.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from steerclear.errors import BadInput
from steerclear.links.clock import ScriptedClock
from steerclear.links.keystore import MemoryKeystore
from steerclear.links.randomness import SeededRandomness
from steerclear.model.member import MemberId
from steerclear.model.time import Instant
from steerclear.record.bundle import Bundle
from steerclear.record.charter import Charter, read_found_body
from steerclear.record.leaf import parse_leaf
from steerclear.record.replica import read_replica
from steerclear.replay.station import MemoryMark
from steerclear.services.ledger import Ledger
from steerclear.services.openings import Openings
from steerclear.store.memory import MemoryStore
from steerclear.store.port import StoredEntry

__all__ = ["reopen_bundle", "reopen_folder"]

AT_THE_END: Final = Instant(250_246_627_199_999)
"""The last instant that an entry may bear: a record is read after everything in it has happened."""


def reopen_bundle(bundle: Bundle, *, me: MemberId | None = None, openings: Openings | None = None) -> Ledger:
    """The record in a bundle, as ``me`` reads it; the host where nobody is named.

    Raises ``BadInput`` (``record-without-beginning``) and ``NotVerified`` for an entry that is not genuine.
    """
    charter = _charter_in(bundle)
    store = MemoryStore()
    for part in bundle.parts:
        if part.start != store.size(part.member, part.generation):
            raise _without_beginning(f"{part.member}/{part.generation}")
        store.append(_stored(part.member, part.generation, part.start, part.entries, openings or {}))
    return _ledger(charter, me or MemberId(charter.host), store)


def reopen_folder(folder: Path, *, openings: Openings | None = None) -> Ledger:
    """The record in a replica folder; what stands in clear can be read, and what ``openings`` open.

    Raises as ``reopen_bundle``.
    """
    replica = read_replica(folder)
    store = MemoryStore()
    for log in replica.logs:
        store.append(_stored(log.member, log.generation, 0, tuple(log.entries), openings or {}))
    return _ledger(replica.charter, MemberId(replica.charter.host), store)


def _charter_in(bundle: Bundle) -> Charter:
    for part in bundle.parts:
        if part.start == 0 and len(part.entries) > 1:
            signed = parse_leaf(part.entries[1]).statement
            if signed is not None and signed.statement.kind == "charter.found":
                return read_found_body(signed.statement.body)
    raise _without_beginning("the bundle")


def _stored(
    member: str,
    generation: int,
    start: int,
    entries: tuple[bytes, ...],
    openings: Mapping[tuple[str, int, int], bytes],
) -> list[StoredEntry]:
    return [
        StoredEntry(member, generation, seq, leaf, openings.get((member, generation, seq)))
        for seq, leaf in enumerate(entries, start)
    ]


def _ledger(charter: Charter, me: MemberId, store: MemoryStore) -> Ledger:
    """A ledger that nobody writes with: keys, clock and mark are of no node."""
    return Ledger(
        charter=charter,
        me=me,
        store=store,
        keys=MemoryKeystore(SeededRandomness("a record that is read").bytes),
        clock=ScriptedClock(AT_THE_END),
        randomness=SeededRandomness("a record that is read"),
        high_water=MemoryMark(),
    )


def _without_beginning(where: str) -> BadInput:
    return BadInput(
        "record-without-beginning",
        "The file does not hold the record from its beginning, and a play cannot begin in the middle.",
        where=where,
        remedy="Have the whole record saved: steerclear bundle save.",
    )
