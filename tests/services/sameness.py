# SPDX-License-Identifier: Apache-2.0
"""In which fields do two nodes differ, of everything that they remember?

Field by field through every object, without a list of what there is: a field that is added tomorrow is
compared, unless it is named below with the reason why two nodes that know the same may differ in it.
"""

from __future__ import annotations

import enum
from array import array
from collections.abc import Iterator, Mapping, Set
from dataclasses import fields, is_dataclass
from typing import Any, Final

from steerclear.mechanism.duties import Duties
from steerclear.mechanism.kept import Kept
from steerclear.record.charter import Charter
from steerclear.record.said_ids import SaidIds
from steerclear.services.kept_entries import KeptEntries, Places

__all__ = ["differences"]

_MAY_DIFFER: Final = {
    "Book.size": "counts what was told since the start, for whoever asks whether there was anything",
    "Book.opened": "what was told since the start, in that order",
    "Book._archive": "the snapshot itself",
    "Book._brought": "what was asked of the snapshot",
    "Duties._followed": "how much of Book.opened was looked at",
    "Duties._turn": "counts folds since the start",
    "Duties._wakes": "carries those counts, and who was folded again",
    "Duties._nexts": "carries those counts; what it answers is asked",
    "Duties._terms_at": "the moment for which the terms were asked",
    "Duties._asleep": "the snapshot's",
    "Duties._terms_before": "the snapshot's",
    "_Folded.turn": "counts folds since the start",
    "_Folded.since": "the moment for which it was folded; what it answers is asked",
    "_Folded.until": "of that moment",
    "Notices._asleep": "the snapshot's",
    "Notices._awake": "what may be live: those that were over at the start sleep; who lives is asked",
    "Notices._followed": "how much of Book.opened was looked at",
    "Notices._said_by": "kept for Book.size; what it answers is asked",
    "Notices._said_by_for": "that Book.size",
    "Findings._crowd": "kept for Book.size; what it answers is asked",
    "Findings._crowd_for": "that Book.size",
    "Annexes._hashes": "of what was asked",
    "Ledger.kept": "the snapshot itself",
    "Ledger.snapshot_size": "how it was opened",
    "Places._kept": "the snapshot itself",
    "Tree._asked_size": "the size whose root was asked for last; every root is compared by its leaves",
    "Tree._asked_root": "that root",
}
_OUTSIDE: Final = ("steerclear.links", "steerclear.store", "structlog", "steerclear.replay")
"""The machine: clock, chance, keys and disk are handed in. So are answers that are folded when asked for
(``Kept``), and the snapshot."""

_PLAIN: Final = (str, bytes, bytearray, int, float, type(None), Set, array, enum.Enum, Charter)


def differences(one: object, two: object, path: str = "") -> Iterator[str]:
    """Every place at which they are not the same."""
    yield from _differences(one, two, path, set())


def _differences(one: Any, two: Any, path: str, seen: set[int]) -> Iterator[str]:
    if type(one) is not type(two):
        yield f"{path}: {type(one).__name__}, {type(two).__name__}"
    elif isinstance(one, SaidIds):
        yield from _unless(one.rows() == two.rows(), path)
    elif isinstance(one, Places):
        yield from _unless(dict(one) == dict(two), path)
    elif _is_value(one):
        yield from _unless(one == two, f"{path}: {one!r:.200}, {two!r:.200}")
    elif not _is_outside(one) and id(one) not in seen:
        seen.add(id(one))
        here, there = _parts(one), _parts(two)
        yield from _unless(here.keys() == there.keys(), f"{path}: {[*here.keys() ^ there.keys()][:4]}")
        for name in here.keys() & there.keys():
            yield from _differences(here[name], there[name], f"{path}/{name}", seen)


def _unless(same: bool, told: str) -> Iterator[str]:
    if not same:
        yield told


def _parts(one: Any) -> dict[Any, Any]:
    """What it is made of, by name, key or number."""
    if isinstance(one, Mapping):
        return {_key(key): value for key, value in one.items()}
    if isinstance(one, list | tuple):
        return dict(enumerate(one))
    kind = type(one)
    slots = [name for base in kind.__mro__ for name in getattr(base, "__slots__", ())]
    names = (f"{kind.__name__}.{name}" for name in (*getattr(one, "__dict__", ()), *slots))
    return {name: getattr(one, name.split(".")[1]) for name in names if name not in _MAY_DIFFER}


def _key(key: Any) -> Any:
    """A key that is an object of one node is the other's too."""
    if isinstance(key, tuple):
        return tuple(type(part).__name__ if isinstance(part, Duties) else part for part in key)
    return key


def _is_outside(one: object) -> bool:
    return callable(one) or isinstance(one, Kept | KeptEntries) or type(one).__module__.startswith(_OUTSIDE)


def _is_value(one: object) -> bool:
    if isinstance(one, _PLAIN) or hasattr(one, "_fields"):
        return True
    if not is_dataclass(one) or not getattr(type(one), "__dataclass_params__").frozen:  # noqa: B009 - not in the stubs
        return False
    return not any(f"{type(one).__name__}.{field.name}" in _MAY_DIFFER for field in fields(one))
