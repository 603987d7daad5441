# SPDX-License-Identifier: Apache-2.0
"""Which of two values is the stricter, and what holds while two versions of an annex bind at once?

Each field says its restrictive direction in the brackets of its sentence, as documented: ``(restrictive:
shorter)``. What is read there is what is held, so the two cannot drift apart. A field without a direction is
taken from the newest version. Null is no limit: any limit is stricter.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import is_dataclass
from enum import Enum
from functools import reduce
from typing import Any, Final, TypeVar

from steerclear.model.annex_rows import forms_of, keyed
from steerclear.model.terms import Level

__all__ = ["direction_of", "stricter_by", "strictest_of"]

T = TypeVar("T")

_BRACKET: Final = re.compile(r" ?\(restrictive: ([^)]+)\)")
_UP: Final = frozenset({"larger", "longer"})
_DOWN: Final = frozenset({"smaller", "shorter"})
_UNION: Final = frozenset({"all of both", "all of both versions"})
_ORDERED: Final = frozenset({"more closed", "the earlier", "false"})


def direction_of(sentence: str) -> str | None:
    """The restrictive direction that the sentence of a field names."""
    found = _BRACKET.search(sentence)
    return found[1] if found else None


def stricter_by(direction: str | None, before: Any, after: Any) -> int:
    """1 if ``after`` is stricter than ``before``, −1 if it is less strict, 0 if nothing can be said."""
    if direction is None or before == after:
        return 0
    if direction in _UNION:
        return _of_sets(before, after)
    if before is None or after is None:
        return 1 if before is None else -1
    one, other = _rank(direction, before), _rank(direction, after)
    return int(other > one) - int(other < one)


def strictest_of(versions: Sequence[T]) -> T:
    """The strictest of every field; ``versions`` are of one type, newest first, and at least one."""
    found: T = reduce(_stricter, versions)
    return found


def _stricter(newer: Any, older: Any) -> Any:
    if not is_dataclass(newer) or type(newer) is not type(older):
        return newer
    merged = {
        form.name: _field(direction_of(form.says), getattr(newer, form.name), getattr(older, form.name))
        for form in forms_of(newer)
    }
    kind: Any = type(newer)
    return kind(**merged)


def _field(direction: str | None, newer: Any, older: Any) -> Any:
    rows = (*newer, *older) if isinstance(newer, tuple) and isinstance(older, tuple) else ()
    if rows and all(_has_directions(row) for row in rows):
        return _rows(newer, older)
    if direction in _UNION:
        return (*newer, *(row for row in older if row not in newer))
    return older if stricter_by(direction, newer, older) > 0 else newer


def _rows(newer: tuple[Any, ...], older: tuple[Any, ...]) -> tuple[Any, ...]:
    """Rows of both, those about the same merged: what is listed in one version alone binds as well."""
    mine, theirs = keyed(newer), keyed(older)
    merged = [_stricter(row, theirs[key]) if key in theirs else row for key, row in mine.items()]
    return (*merged, *(row for key, row in theirs.items() if key not in mine))


def _has_directions(row: Any) -> bool:
    return is_dataclass(row) and any(direction_of(form.says) for form in forms_of(row))


def _rank(direction: str, value: Any) -> Any:
    """Larger is stricter."""
    if isinstance(value, Level):
        return value.closedness
    if isinstance(value, Enum):
        return -list(type(value)).index(value)
    if isinstance(value, tuple):
        return tuple(_rank(direction, one) for one in value)
    if direction in _UP:
        return value
    assert direction in _DOWN | _ORDERED, direction  # noqa: S101 - a new direction is written here too
    return -int(value)


def _of_sets(before: tuple[Any, ...], after: tuple[Any, ...]) -> int:
    gone = [row for row in before if row not in after]
    new = [row for row in after if row not in before]
    if bool(gone) == bool(new):
        return 0
    return 1 if new else -1
