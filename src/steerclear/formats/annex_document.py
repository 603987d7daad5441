# SPDX-License-Identifier: Apache-2.0
"""Which annex does this JSON file hold? As the record writes it, laid out in lines or not.

Fields stand in the order of docs/statements.md, all of them; numbers are whole. What is written here again
compactly is what the content hash is the hash of.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.formats.strict_json import read_json
from steerclear.model.annex import Annex, read_annex

__all__ = ["LARGEST_DOCUMENT", "read_document"]

LARGEST_DOCUMENT: Final = 500_000


def read_document(text: str, *, where: str = "document") -> Annex:
    """Raises ``BadInput``, the field named."""
    return read_annex(
        _whole(read_json(text.encode("utf-8"), limit_bytes=LARGEST_DOCUMENT), where), where=where
    )


def _whole(value: Any, where: str) -> Any:
    if isinstance(value, dict):
        return {key: _whole(inner, f"{where}.{key[:40]}") for key, inner in value.items()}
    if isinstance(value, list):
        return [_whole(inner, f"{where}[{index}]") for index, inner in enumerate(value)]
    if isinstance(value, Decimal):
        if value != value.to_integral_value():
            raise BadInput(
                "annex-number",
                f"The field {where} is {value:f}: an annex holds whole numbers only.",
                where=where,
                remedy="Give it in the unit that the field's name says: millimetres, feet, seconds.",
            )
        return int(value)
    return value
