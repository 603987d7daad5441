# SPDX-License-Identifier: Apache-2.0
"""How are things named on a face? ``TUR-0042``: the author and the place in its log. Ids are for machines."""

from __future__ import annotations

import re
from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.mechanism.said import Said
from steerclear.services.ledger import Ledger

__all__ = ["said_about", "short_of"]

_SHORT: Final = re.compile(r"([A-Z][A-Z0-9]{1,11})(?:\.([1-9]\d{0,8}))?-(\d{1,9})", re.ASCII)
_ID: Final = re.compile(r"[0-9a-f]{32}", re.ASCII)


def short_of(ledger: Ledger, id_: str) -> str:
    """The short form of a statement's id; the id itself where this node does not hold its entry."""
    place = ledger.places.get(id_)
    return id_ if place is None else _spelled(*place)


def place_of(ledger: Ledger, about: str) -> tuple[str, int, int] | None:
    """Member, generation and place that a short name or an id names; ``None``: neither."""
    if match := _SHORT.fullmatch(about):
        return match[1], int(match[2] or 0), int(match[3])
    return ledger.places.get(about)


def _spelled(member: str, generation: int, seq: int) -> str:
    """``TUR-0042``; in a log that was begun anew ``TUR.1-0042``."""
    return f"{member}.{generation}-{seq:04d}" if generation else f"{member}-{seq:04d}"


def said_about(ledger: Ledger, about: str) -> Said[Any]:
    """The opened statement that ``about`` names. Raises ``BadInput``."""
    said = ledger.view.said(_id_of(ledger, about.strip()))
    if said is None:
        raise BadInput(
            "thing-not-readable",
            f"“{about[:40]}” is sealed to others: this node holds it and cannot read it.",
            where="about",
            remedy="Name something that you can read; its author may open it to you.",
        )
    return said


def _id_of(ledger: Ledger, about: str) -> str:
    if _ID.fullmatch(about) and about in ledger.places:
        return about
    if _SHORT.fullmatch(about):
        wanted = place_of(ledger, about)
        id_ = ledger.places.id_at(wanted) if wanted is not None else None
        if id_ is not None:
            return id_
    if _ID.fullmatch(about) and ledger.view.said(about) is not None:
        return about  # a floor message that stands in no log yet
    raise BadInput(
        "thing-unknown",
        f"“{about[:40]}” names nothing that this node holds.",
        where="about",
        remedy="Use a name as the inbox shows it, such as TUR-0042.",
    )
