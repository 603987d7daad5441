# SPDX-License-Identifier: Apache-2.0
"""What did we know of an incident, and what did each side say? One file with a proof of every word.

In it stand the incident with every side's statements, and what was said in its hours between those involved:
notices and answers, calls and outcomes. A node shows what it could open, and nothing that is not RECORDED.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from steerclear.errors import BadInput, Refused
from steerclear.mechanism.affairs import IncidentRecord
from steerclear.mechanism.said import Said
from steerclear.record.incident import MOST_PARTS, Package, print_package, said_in, verify_package
from steerclear.record.leaf import parse_leaf
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about, short_of
from steerclear.services.recorded import opening_of, proof_of

__all__ = ["BEFORE_MS", "belongs_to", "incident_package"]

BEFORE_MS: Final = 86_400_000
"""A day before it happened: the notices that it grew from."""

_ROOMS: Final = (
    "notice.", "receipt.", "filer.", "stop.", "distress.", "ownership.", "signal.", "site.", "movement.",
    "contact.", "screen.", "conflict.", "standstill.", "violation.", "voice.", "mechanism.", "watch.",
    "incident.",
)  # fmt: skip
"""The kinds that tell what happened; keys, annexes and heartbeats stand in the record itself."""


def incident_package(ledger: Ledger, about: str) -> bytes:
    """The file of the incident that ``about`` names, checked as its reader will check it.

    Raises ``BadInput`` (``not-an-incident``, ``incident-too-large``) and what ``proof_of`` and ``opening_of``
    raise: what is not RECORDED yet is not shown as if it were.
    """
    record = ledger.view.incidents.get(said_about(ledger, about).id)
    if record is None:
        raise BadInput(
            "not-an-incident",
            f"“{about[:40]}” is no incident that counts.",
            where="about",
            remedy="Name an incident as steerclear affairs shows it.",
        )
    told = tuple(_told(ledger, record))
    if len(told) > MOST_PARTS:
        raise BadInput(
            "incident-too-large",
            f"{len(told):,} statements belong to it; a file holds {MOST_PARTS:,}.",
            where=about[:40],
            remedy="Hand over the whole record instead: steerclear bundle.",
        )
    parts = sorted((_part(ledger, said) for said in told), key=_order)
    data = print_package(Package(ledger.charter, record.id, tuple(parts)))
    for failure in verify_package(data, ledger.charter).failures:
        raise Refused(
            "incident-would-not-hold",
            f"The file of {about} would not hold: {failure}",
            where=about,
            remedy="Have the whole record verified: steerclear verify.",
        )
    return data


def _told(ledger: Ledger, record: IncidentRecord) -> Iterator[Said[Any]]:
    for said in ledger.view.book.every():
        if said.is_in_a_log and belongs_to(record, said, ledger):
            yield said


def belongs_to(record: IncidentRecord, said: Said[Any], ledger: Ledger) -> bool:
    """The incident itself whenever it was said, and what those involved said in its hours."""
    if said.id == record.id or said in (*record.statements, *record.closes, *record.findings):
        return True
    involved = {record.opened.author, *record.opened.body.involved, ledger.view.host}
    is_in_its_hours = record.opened.body.happened_at - BEFORE_MS <= said.at <= record.opened.at
    return is_in_its_hours and said.author in involved and said.kind.startswith(_ROOMS)


def _part(ledger: Ledger, said: Said[Any]) -> bytes:
    name = short_of(ledger, said.id)
    place = said.place
    [leaf] = ledger.store.leaves(place.author, place.generation, place.seq, place.seq + 1)
    in_clear = parse_leaf(leaf).statement is not None
    return proof_of(ledger, name) if in_clear else opening_of(ledger, name)


def _order(part: bytes) -> tuple[int, str]:
    said = said_in(part).statement
    return said.at, said.id
