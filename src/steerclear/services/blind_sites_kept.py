# SPDX-License-Identifier: Apache-2.0
"""What does a node keep of checks of protected sites, and when was a site of ours met by one?

    asked   by check: of which version of a notice, and of each area whether a site lies in it
    held    by check: in which slots of our list the columns of each of our sites stood

Neither names a place. A holder learns which slots were met when the host tells it, and nothing before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from steerclear.mechanism.bodies import BlindSiteAsk, BlindSiteMet
from steerclear.mechanism.judge import effective
from steerclear.mechanism.said import Said
from steerclear.record.ijson import JsonObject, parse_ijson, print_ijson
from steerclear.services.ledger import Ledger

__all__ = ["ASKED", "HELD", "keep", "kept", "met_at"]

ASKED: Final = "blind-sites-asked"
HELD: Final = "blind-sites-held"


def kept(ledger: Ledger, name: str) -> JsonObject:
    """Rows by the id of the check."""
    data = ledger.store.fact(name)
    found = parse_ijson(data, where="checks of protected sites") if data else {}
    return dict(found) if isinstance(found, dict) else {}


def keep(ledger: Ledger, name: str, rows: JsonObject) -> None:
    """Durable when it returns."""
    ledger.store.keep_fact(name, print_ijson(dict(sorted(rows.items()))))


def met_at(ledger: Ledger, site: str) -> Iterator[tuple[Said[BlindSiteAsk], Said[BlindSiteMet]]]:
    """Of one site of ours, every check that met it and that we were told of."""
    book, rows = ledger.view.book, kept(ledger, HELD)
    for told in effective(book, book.of_kind("blind.site-met")):
        ask = book.said(told.body.ask)
        if ask is not None and _slots(rows.get(ask.id), site) & set(told.body.slots):
            yield ask, told


def _slots(row: object, site: str) -> set[int]:
    found: object = row.get(site, ()) if isinstance(row, Mapping) else ()
    return {slot for slot in found if isinstance(slot, int)} if isinstance(found, Sequence) else set()
