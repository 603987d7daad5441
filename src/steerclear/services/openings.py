# SPDX-License-Identifier: Apache-2.0
"""What could this node open? Everything that came sealed and lies here in plain words, for its own people.

    {"form":"steerclear openings 1","openings":[{"member","generation","seq","opened"},…]}

It is the whole secret of a node: it goes over the node's own socket, to whoever may do what the node may, and
to nobody else. What is proven to a third person, one entry at a time, is an opening (recorded.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.form import integer_field, member_field, object_field
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.leaf import parse_leaf
from steerclear.record.opening import parse_opening, require_opens
from steerclear.record.statement import print_signed
from steerclear.services.ledger import Ledger
from steerclear.store.port import StoredEntry

__all__ = ["Openings", "openings_of", "read_openings", "require_genuine"]

Openings = Mapping[tuple[str, int, int], bytes]
"""By member, generation and place: an opening as a store keeps it."""

_FORM: Final = "steerclear openings 1"
_FIELDS: Final = ("member", "generation", "seq", "opened")


def openings_of(ledger: Ledger, wanted: Callable[[StoredEntry], bool] = lambda _: True) -> bytes:
    """Every opening that this node keeps, or those of the entries that are ``wanted``."""
    store = ledger.store
    rows: list[JsonValue] = [
        _row(entry, entry.opened)
        for member in store.members()
        for generation in store.generations(member)
        for entry in store.entries(member, generation)
        if entry.opened is not None and wanted(entry)
    ]
    return print_ijson({"form": _FORM, "openings": rows})


def require_genuine(ledger: Ledger) -> None:
    """Is everything that a store calls opened what its entry commits to?

    For openings that somebody handed over. Raises ``NotVerified`` as ``require_opens`` does, and
    ``opening-without-salt`` for what cannot be proved.
    """
    store, charter = ledger.store, ledger.charter
    for member in store.members():
        for generation in store.generations(member):
            for entry in store.entries(member, generation):
                leaf = parse_leaf(entry.leaf)
                if entry.opened is None or leaf.sealed is None:
                    continue
                opening = parse_opening(entry.opened)
                if opening.salt is None:
                    raise _without_salt(f"{member}-{entry.seq:04d}")
                require_opens(
                    leaf.sealed,
                    print_signed(opening.statement),
                    opening.salt,
                    mechanism=ledger.mechanism,
                    author=member,
                    carried=charter.carried_by(member),
                )


def _without_salt(where: str) -> NotVerified:
    return NotVerified(
        "openings-without-salt",
        "It was opened by an older version, which did not keep the salt of its commitment.",
        where=where,
        remedy="Ask another member that it was sealed to.",
    )


def _row(entry: StoredEntry, opened: bytes) -> JsonObject:
    return {
        "member": entry.member,
        "generation": entry.generation,
        "seq": entry.seq,
        "opened": opened.decode("utf-8"),
    }


def read_openings(data: bytes) -> Openings:
    """Exact inverse of ``openings_of``. Raises ``NotVerified``; whether they fit is for who uses them."""
    found = object_field(parse_ijson(data, where="openings"), ("form", "openings"), "openings")
    rows = found["openings"]
    if found["form"] != _FORM or not isinstance(rows, list):
        raise NotVerified(
            "openings-form",
            "These are not the openings of a node.",
            where="openings",
            remedy="Use the client and the node of the same version.",
        )
    return dict(map(_read_row, rows))


def _read_row(row: JsonValue) -> tuple[tuple[str, int, int], bytes]:
    found = object_field(row, _FIELDS, "opening")
    opened = found["opened"]
    place = (
        member_field(found["member"], "opening"),
        integer_field(found["generation"], "opening"),
        integer_field(found["seq"], "opening"),
    )
    return place, str(opened).encode("utf-8")
