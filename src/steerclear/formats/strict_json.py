# SPDX-License-Identifier: Apache-2.0
"""What does this JSON text of somebody else's say, to the last digit?

Numbers come out as ``Decimal``, so that no binary rounding stands between a file and a conflict, and so that
``true`` is never taken for 1. Refused, because two readers could differ about it or one could choke on it:
bytes that are not UTF-8, a key twice in one object, NaN and Infinity, numbers beyond any use, nesting beyond
``DEEPEST``, more bytes than the caller allows. A byte order mark is skipped (RFC 8259, 8.1 permits that).
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NoReturn

from steerclear.errors import BadInput
from steerclear.formats.quoting import quoted

__all__ = ["read_json"]

DEEPEST: Final = 64
LONGEST_NUMBER: Final = 400
"""Characters and powers of ten: a double never needs more; exact arithmetic on more would take for ever."""


def read_json(data: bytes, *, limit_bytes: int) -> Any:
    """The value of a JSON text: dict, list, str, ``Decimal``, bool or None.

    Raises ``BadInput``: ``input-too-large``, ``not-utf8``, ``not-json``, ``duplicate-key``,
    ``number-not-finite``, ``number-out-of-range``, ``nested-too-deep``.
    """
    _check_size(data, limit_bytes)
    text = _decoded(data)
    try:
        value = json.loads(
            text,
            parse_int=_number,
            parse_float=_number,
            parse_constant=_refuse_constant,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        raise BadInput(
            "not-json",
            f"This is not JSON: {error.msg}.",
            where=f"line {error.lineno}, column {error.colno}",
            remedy="Export the file again as GeoJSON, and check that it was not cut off.",
        ) from error
    except RecursionError as error:
        raise _too_deep() from error
    _check_depth(value)
    return value


def _check_size(data: bytes, limit_bytes: int) -> None:
    if len(data) > limit_bytes:
        raise BadInput(
            "input-too-large",
            f"This is {len(data):,} bytes; at most {limit_bytes:,} are read at once.",
            remedy="Split it into smaller files, or draw the areas with fewer corners.",
        )


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            "not-utf8",
            f"Byte {error.start + 1} is not UTF-8 text.",
            remedy="Save the file as UTF-8.",
        ) from error


def _number(spelling: str) -> Decimal:
    try:
        number = Decimal(spelling)
    except InvalidOperation as error:  # an exponent beyond what decimal can hold
        raise _beyond_use(spelling) from error
    if number.is_zero():
        return Decimal(0)
    if len(spelling) > LONGEST_NUMBER or abs(number.adjusted()) > LONGEST_NUMBER:
        raise _beyond_use(spelling)
    return number


def _beyond_use(spelling: str) -> BadInput:
    return BadInput(
        "number-out-of-range",
        f"The number {quoted(spelling)} is too long, too large or too small to mean anything here.",
        remedy="Write numbers with a reasonable count of digits.",
    )


def _refuse_constant(name: str) -> NoReturn:
    raise BadInput(
        "number-not-finite",
        f"{name} is not a number that JSON knows.",
        remedy="Give a finite number, or leave the value out.",
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise _duplicate([name for name, _ in pairs])
    return members


def _duplicate(names: list[str]) -> BadInput:
    twice = next(name for place, name in enumerate(names) if name in names[:place])
    return BadInput(
        "duplicate-key",
        f"The key {quoted(twice)} stands twice in one object, so that two readers could differ.",
        remedy="Remove one of the two.",
    )


def _check_depth(value: Any) -> None:
    """GeoJSON needs about eight levels; this keeps every later walk far from the recursion limit."""
    level = [value]
    for _ in range(DEEPEST):
        level = [
            inner
            for outer in level
            if isinstance(outer, (dict, list))
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> BadInput:
    return BadInput(
        "nested-too-deep",
        f"Lists or objects stand within each other more than {DEEPEST} levels deep.",
        remedy="Export the file again as plain GeoJSON.",
    )
