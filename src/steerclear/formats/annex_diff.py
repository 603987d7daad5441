# SPDX-License-Identifier: Apache-2.0
"""What changed from one version of an annex to another: which value, from what, to what, and is it stricter?

Nothing is missed: no change is found exactly when the two are equal. Rows are compared by what they are
about, so a row that only moved is said to have moved.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, is_dataclass
from typing import Any, Final, Literal

from steerclear.formats.annex_words import hints_of, leaves, named, words_of
from steerclear.model.annex import Annex
from steerclear.model.annex_rows import forms_of, keyed
from steerclear.model.annex_strict import direction_of, stricter_by
from steerclear.model.space import Circle, Corridor, Legs, MultiPolygon, Polygon, Position

__all__ = ["Change", "changes", "in_words"]

Way = Literal["stricter", "less strict", "neither"]


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changed. ``before`` or ``after`` is ``None`` where there was, or is, no such row."""

    path: str
    what: str
    before: str | None
    after: str | None
    way: Way


def changes(before: Annex, after: Annex) -> tuple[Change, ...]:
    """Every difference, in the order in which the annex is read."""
    return tuple(_of_objects(before, after, ""))


def in_words(change: Change) -> str:
    """One line for people."""
    way = f" ({change.way})" if change.way != "neither" else ""
    if change.before is None:
        return f"{change.what}: new, {change.after}{way}"
    if change.after is None:
        return f"{change.what}: gone, it was {change.before}{way}"
    return f"{change.what}: from {change.before} to {change.after}{way}"


_MORE: Final[tuple[Way, Way]] = ("stricter", "less strict")
_UNSAID: Final[tuple[Way, Way]] = ("neither", "neither")
_WHOLE: Final = (Polygon, MultiPolygon, Circle, Corridor, Legs, Position)


def _of_objects(before: Any, after: Any, path: str) -> Iterator[Change]:
    hints = hints_of(after)
    for form in forms_of(after):
        where = f"{path}.{form.name}" if path else form.name
        one, other = getattr(before, form.name), getattr(after, form.name)
        if one != other:
            yield from _of_values(one, other, hints[form.name], form.says, where)


def _of_values(before: Any, after: Any, hint: Any, says: str, path: str) -> Iterator[Change]:
    if _has_rows(before) or _has_rows(after):
        yield from _of_rows(before, after, says, path)
    elif is_dataclass(after) and type(before) is type(after) and not isinstance(after, _WHOLE):
        yield from _of_objects(before, after, path)
    elif _is_of_another_kind(before, after):
        yield Change(path, _what(path), _all(before, path), _all(after, path), "neither")
    else:
        way = _way(stricter_by(direction_of(says), before, after))
        yield Change(path, _what(path), words_of(before, hint), words_of(after, hint), way)


def _is_of_another_kind(before: Any, after: Any) -> bool:
    return type(before) is not type(after) and is_dataclass(before) and is_dataclass(after)


def _of_rows(before: tuple[Any, ...], after: tuple[Any, ...], says: str, path: str) -> Iterator[Change]:
    was, now = keyed(before), keyed(after)
    more, less = _MORE if (direction_of(says) or "").startswith("all of both") else _UNSAID
    for key in [*now, *(gone for gone in was if gone not in now)]:
        where = f"{path}[{key}]"
        if key not in was:
            yield Change(where, _what(where), None, _all(now[key], where), more)
        elif key not in now:
            yield Change(where, _what(where), _all(was[key], where), None, less)
        elif was[key] != now[key]:
            yield from _of_values(was[key], now[key], type(now[key]), "", where)
    order = [[key for key in rows if key in was and key in now] for rows in (was, now)]
    if order[0] != order[1]:
        yield Change(path, f"the order of {_what(path)}", ", ".join(order[0]), ", ".join(order[1]), "neither")


def _has_rows(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and is_dataclass(value[0])


def _all(value: Any, path: str) -> str:
    """A whole row in words, each value named."""
    found = leaves(value, type(value), path)
    return ", ".join(
        f"{_what(leaf.path.removeprefix(path).lstrip('.'))} {leaf.words}".strip() for leaf in found
    )


def _what(path: str) -> str:
    """``terms.kinds[exercise].lead_s`` as ``kinds exercise, lead``."""
    if path.startswith("marks["):
        marked, _, inner = path.removeprefix("marks[").rpartition("]")
        return f"mark of {marked}{inner.replace('.', ', ')}"
    steps = _STEP.findall(path.removeprefix("terms."))
    return ", ".join(f"{named(name)} {row}".strip() for name, row in steps)


_STEP: Final = re.compile(r"([^.\[\]]+)(?:\[(.*?)\](?=\.|$))?")


def _way(stricter: int) -> Way:
    return "stricter" if stricter > 0 else "less strict" if stricter < 0 else "neither"
