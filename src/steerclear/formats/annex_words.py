# SPDX-License-Identifier: Apache-2.0
"""How is a value of an annex said to a person? Exactly: nothing is rounded, no two values look alike.

    3600 (seconds) → 1 h      5556000 (millimetres) → 5,556 m (3 NM)      540 (minute of a day) → 09:00Z

The walk follows the declaration, as the wire form does; what the parties wrote themselves is marked as their
own text, so that a face can keep its direction apart from ours.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, is_dataclass
from enum import Enum
from functools import cache
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from steerclear.formats.coordinates import spell
from steerclear.model.annex_rows import keyed
from steerclear.model.forms import INSTANT, Feet, Hash, Label, Millimetres, MinuteOfDay, Seconds, Text
from steerclear.model.space import Circle, Corridor, Footprint, Legs, MultiPolygon, Polygon, Position
from steerclear.model.time import Instant, format_instant
from steerclear.model.wire import Codec, codec_of

__all__ = ["Leaf", "hints_of", "leaves", "named", "words_of"]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One value of the terms: its path, and how it is said. ``free``: a party's own text."""

    path: str
    value: Any
    words: str
    free: bool


def hints_of(value: object) -> dict[str, Any]:
    """The declared types of a value's fields, with their forms."""
    cls: type = type(value)
    return _hints(cls)


@cache
def _hints(cls: type) -> dict[str, Any]:
    found = get_type_hints(cls, include_extras=True)
    return {name: hint for name, hint in found.items() if name != "IS"}


def named(field: str) -> str:
    """A field's name as a heading: its unit stands with its values, or behind it."""
    if field.endswith("_km2"):
        return f"{named(field.removesuffix('_km2'))}, km²"
    for unit in ("_s", "_mm", "_ft"):
        field = field.removesuffix(unit)
    return field.replace("_", " ")


def words_of(value: Any, hint: Any) -> str:
    """A value in one line. ``–`` where there is none."""
    if value is None:
        return "–"
    codec = _codec_in(hint)
    if codec in _SAID:
        return _SAID[codec](value)
    plain = _plain(hint)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, Polygon | MultiPolygon | Circle | Corridor | Legs):
        return footprint_words(value)
    if isinstance(value, Position):
        return place_words(value)
    if isinstance(value, tuple):
        inner = get_args(plain)[0]
        return "; ".join(words_of(one, inner) for one in value) or "none"
    if is_dataclass(value):
        hints = hints_of(value)
        return ", ".join(f"{named(name)} {words_of(getattr(value, name), hints[name])}" for name in hints)
    return f"{value:,}" if isinstance(value, int) else str(value)


def leaves(value: Any, hint: Any, path: str) -> Iterator[Leaf]:
    """Every single value under a path, down to where nothing is left to take apart."""
    if isinstance(value, tuple) and value and is_dataclass(value[0]):
        for key, row in keyed(value).items():
            yield from leaves(row, type(row), f"{path}[{key}]")
    elif is_dataclass(value) and not isinstance(value, _WHOLE):
        for name, inner in hints_of(value).items():
            yield from leaves(getattr(value, name), inner, f"{path}.{name}" if path else name)
    else:
        yield Leaf(path, value, words_of(value, hint), is_free(hint))


_WHOLE: Final = (Polygon, MultiPolygon, Circle, Corridor, Legs, Position)
"""Shapes are said in one piece."""


def is_free(hint: Any) -> bool:
    """Is it a party's own text?"""
    plain = _plain(hint)
    if get_origin(plain) is tuple:
        return is_free(get_args(plain)[0])
    return _codec_in(hint) in _FREE


def _codec_in(hint: Any) -> Codec | None:
    if get_origin(hint) is Annotated:
        found = [extra for extra in hint.__metadata__ if isinstance(extra, Codec)]
        return found[0] if found else _codec_in(hint.__origin__)
    if get_origin(hint) in (types.UnionType, Union):
        some = [one for one in get_args(hint) if one is not types.NoneType]
        return _codec_in(some[0]) if len(some) == 1 else None
    return INSTANT if hint is Instant else None


def _plain(hint: Any) -> Any:
    while get_origin(hint) is Annotated:
        hint = hint.__origin__
    if get_origin(hint) in (types.UnionType, Union):
        some = [one for one in get_args(hint) if one is not types.NoneType]
        return _plain(some[0]) if len(some) == 1 else hint
    return hint


def seconds_words(seconds: int) -> str:
    """``48 h``, ``1 h 30 min``, ``90 d``: exact, in as few units as it takes."""
    if seconds == 0:
        return "0 s"
    if seconds % 86_400 == 0 and seconds > 3 * 86_400:
        return f"{seconds // 86_400:,} d"
    hours, rest = divmod(seconds, 3_600)
    minutes, last = divmod(rest, 60)
    parts = ((hours, "h"), (minutes, "min"), (last, "s"))
    return " ".join(f"{number:,} {unit}" for number, unit in parts if number)


def length_words(millimetres: int) -> str:
    """``5 km``, ``5,556 m (3 NM)``, ``0.005 m``: exact."""
    metres, rest = divmod(millimetres, 1_000)
    if rest:
        return f"{metres:,}.{rest:03d} m"
    miles = f" ({metres // 1_852:,} NM)" if metres and metres % 1_852 == 0 else ""
    return (f"{metres // 1_000:,} km" if metres and metres % 1_000 == 0 else f"{metres:,} m") + miles


def place_words(place: Position) -> str:
    """A place in all three ways."""
    ways = spell(place)
    return f"{ways.decimal} · {ways.dms} · {ways.mgrs}"


def footprint_words(shape: Footprint) -> str:
    """A shape with every corner, so that it can be drawn again from the paper."""
    match shape:
        case Circle(centre, radius_mm):
            return f"a circle of {length_words(radius_mm)} around {place_words(centre)}"
        case Corridor(points, half_width_mm):
            return f"{length_words(half_width_mm)} to each side of {_places(points)}"
        case Polygon(exterior, holes):
            without = "".join(f", without {_places(hole)}" for hole in holes)
            return f"the area within {_places(exterior)}{without}"
        case MultiPolygon(parts):
            return "; and ".join(footprint_words(part) for part in parts)
        case _:
            legs = zip(shape.points, shape.times_s, shape.radii_mm, strict=True)
            return " → ".join(
                f"{place_words(at)} at {format_instant(Instant(when * 1000))} within {length_words(radius)}"
                for at, when, radius in legs
            )


def _places(points: tuple[Position, ...]) -> str:
    return " – ".join(place_words(point) for point in points)


def _instant_words(at: int) -> str:
    return "at once" if at == 0 else format_instant(Instant(at))


_SAID: Final[dict[Codec | None, Callable[[Any], str]]] = {
    codec_of(Seconds): seconds_words,
    codec_of(Millimetres): length_words,
    codec_of(Feet): lambda feet: f"{feet:,} ft",
    codec_of(MinuteOfDay): lambda minute: f"{minute // 60:02d}:{minute % 60:02d}Z",
    codec_of(Hash): str,
    INSTANT: _instant_words,
}
_FREE: Final = frozenset({codec_of(Label), codec_of(Text)})
