# SPDX-License-Identifier: Apache-2.0
"""Which document has this hash? A ratification names content, not a statement."""

from __future__ import annotations

from steerclear.mechanism.bodies import AnnexCounter, AnnexPropose
from steerclear.mechanism.book import Book
from steerclear.model.annex import Annex

__all__ = ["proposals_of"]


def proposals_of(book: Book, content: str) -> Annex | None:
    """The annex with this content hash, from whichever proposal brought it; they are equal by the hash."""
    for proposed in book.about(content, AnnexPropose):
        return proposed.body.annex
    for countered in book.about(content, AnnexCounter):
        return countered.body.annex
    return None
