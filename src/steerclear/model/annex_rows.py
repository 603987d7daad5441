# SPDX-License-Identifier: Apache-2.0
"""Which row of an annex is meant? By what it is about, so that a row that moves stays the same row.

    kinds[exercise].lead_s      ladders[TUR/air].rungs[1].label      rows[any/AZE].level

Rows whose declaration names no key are counted from 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Final

from steerclear.model.annex import Mark
from steerclear.model.response import ClassTerms, Ladder
from steerclear.model.terms import (
    Blackout,
    CivilContact,
    Clause,
    Contact,
    DisclosureRow,
    Frequency,
    KindTerms,
    NamedArea,
    NamedLine,
    Season,
    SeparationRow,
    TrackRow,
)
from steerclear.model.wire import FieldForm, fields_of

__all__ = ["forms_of", "keyed", "paths_of"]

_KEYS: Final[dict[type, tuple[str, ...]]] = {
    KindTerms: ("kind",),
    ClassTerms: ("of",),
    Ladder: ("member", "desk"),
    DisclosureRow: ("kind", "recipient"),
    TrackRow: ("danger", "recipient"),
    SeparationRow: ("kind_a", "domain_a", "kind_b", "domain_b"),
    Blackout: ("because",),
    Season: ("because",),
    Clause: ("title",),
    Mark: ("field",),
    **dict.fromkeys((NamedArea, NamedLine, Frequency, CivilContact, Contact), ("name",)),
}


def forms_of(value: object) -> tuple[FieldForm, ...]:
    """The declared fields of a value's own type."""
    cls: type = type(value)
    return fields_of(cls)


def keyed(rows: Sequence[Any]) -> dict[str, Any]:
    """The rows by what they are about; where two are about the same, the later ones are counted."""
    found: dict[str, Any] = {}
    for number, row in enumerate(rows, start=1):
        key = _key(row) or str(number)
        found[key if key not in found else f"{key} #{number}"] = row
    return found


def _key(row: Any) -> str | None:
    names = _KEYS.get(type(row))
    if names is None:
        return None
    return "/".join(_word(getattr(row, name)) for name in names)


def _word(value: Any) -> str:
    if value is None:
        return "any"
    return str(value.value) if isinstance(value, Enum) else str(value)


def paths_of(value: Any, path: str = "") -> Iterator[str]:
    """Every path that leads to something in the terms of an annex."""
    if is_dataclass(value):
        for field in fields(value):
            inner = f"{path}.{field.name}" if path else field.name
            yield inner
            yield from paths_of(getattr(value, field.name), inner)
    elif isinstance(value, tuple):
        for key, row in keyed(value).items():
            yield f"{path}[{key}]"
            yield from paths_of(row, f"{path}[{key}]")
