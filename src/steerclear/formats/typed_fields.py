# SPDX-License-Identifier: Apache-2.0
"""What did somebody type into the fields of a statement? Each is read by the type that it was declared with.

    incident=TUR-0042   happened_at=2025-04-09T08:00Z   place=37SCU7398320948   place="12 km NE of OSDZ"
    agrees=yes          readability=4   seen_at=now     involved=TUR,ISR        area=<GeoJSON of one feature>

A field that may be empty need not be given. What comes out is the record's own form, in its order; the record
reads it as strictly as it reads everybody else's.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import Enum
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from steerclear.errors import BadInput
from steerclear.formats.footprints import footprint_of
from steerclear.formats.members import an_object
from steerclear.formats.quoting import quoted
from steerclear.formats.strict_json import read_json
from steerclear.geometry.validate import check_footprint
from steerclear.model.forms import Id, Label, Text
from steerclear.model.space import Footprint, Position
from steerclear.model.time import Instant, format_instant, parse_typed_instant_us
from steerclear.model.wire import JsonValue, codec_of, fields_of

__all__ = ["Context", "FieldShown", "Typed", "fields_shown", "read_typed"]

Typed = str | Sequence[str]
"""One text, or several where a field holds a list."""


@dataclass(frozen=True, slots=True)
class Context:
    """What names mean here. ``thing_of`` and ``place_of`` raise ``BadInput`` for a name that is none."""

    thing_of: Callable[[str], str]
    place_of: Callable[[str], Position]
    now: Instant


@dataclass(frozen=True, slots=True)
class FieldShown:
    """A field for the person who fills it in: its name, how it is typed, what it means, and must it be?"""

    name: str
    typed_as: str
    says: str
    must_be: bool


def fields_shown(body: type) -> tuple[FieldShown, ...]:
    """The fields of a statement that a person can type, in their order."""
    hints = get_type_hints(body, include_extras=True)
    return tuple(
        FieldShown(
            form.name, _typed_as(hints[form.name]), form.says, must_be=not _may_be_empty(hints[form.name])
        )
        for form in fields_of(body)
        if _is_typed(hints[form.name])
    )


def read_typed(body: type, typed: Mapping[str, Typed], context: Context) -> dict[str, JsonValue]:
    """The fields of ``body`` as the record spells them.

    Raises ``BadInput``, the field named: ``field-unknown``, ``field-missing``, ``field-once``,
    ``field-number``, ``field-yes-or-no``, and what the readers of times, places, areas and names raise.
    """
    hints = get_type_hints(body, include_extras=True)
    names = [field.name for field in fields(body) if _is_typed(hints[field.name])]
    for name in typed:
        if name not in names:
            raise BadInput(
                "field-unknown",
                f"There is no field {quoted(name)} here.",
                where=name[:40],
                remedy=f"The fields are {', '.join(names)}." if names else "Give no fields: it has none.",
            )
    return {
        field.name: _read(field.name, hints[field.name], typed.get(field.name), context)
        for field in fields(body)
    }


def _read(name: str, hint: Any, typed: Typed | None, context: Context) -> JsonValue:
    if typed is None or typed in ("", ()):
        if not _may_be_empty(hint):
            raise BadInput(
                "field-missing",
                f"The field {name} is missing.",
                where=name,
                remedy=f"Give {name}: {_typed_as(hint)}.",
            )
        return [] if _is_list(_bare(hint)) else None
    kind = _bare(hint)
    try:
        if _is_list(kind):
            return [_one(get_args(kind)[0], item, context) for item in _listed(get_args(kind)[0], typed)]
        return _one(kind, _single(typed), context)
    except BadInput as error:
        error.where = error.where or name
        raise


def _single(typed: Typed) -> str:
    if isinstance(typed, str):
        return typed
    if len(typed) == 1:
        return typed[0]
    raise BadInput("field-once", "This field was given more than once.", remedy="Give it once.")


def _listed(kind: Any, typed: Typed) -> Sequence[str]:
    """Names may stand in one text with commas between; sentences hold commas of their own."""
    items = [typed] if isinstance(typed, str) else list(typed)
    if kind in _SENTENCES:
        return items
    return [part.strip() for item in items for part in item.split(",") if part.strip()]


def _one(hint: Any, text: str, context: Context) -> JsonValue:
    kind = _without_sentence(hint)
    if kind == Id:
        return context.thing_of(text)
    match _plain(kind):
        case plain if plain is Instant:
            return format_instant(_instant(text, context.now))
        case plain if plain is Position:
            at = context.place_of(text)
            return [at.lat_e7, at.lon_e7]
        case plain if plain is bool:
            return _yes_or_no(text)
        case plain if plain is int:
            return _number(text)
        case plain if plain == Footprint:
            return codec_of(Footprint).write(_area(text))
    return text


def _instant(text: str, now: Instant) -> Instant:
    return now if text == "now" else Instant(parse_typed_instant_us(text) // 1_000)


def _yes_or_no(text: str) -> bool:
    if text in ("yes", "no"):
        return text == "yes"
    raise BadInput("field-yes-or-no", f"{quoted(text)} is neither yes nor no.", remedy="Give yes or no.")


def _number(text: str) -> int:
    if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit() and len(text) <= _LONGEST:
        return int(text)
    raise BadInput("field-number", f"{quoted(text)} is not a whole number.", remedy="Give digits, as 4.")


_LONGEST: Final = 16
LARGEST_AREA: Final = 1_000_000
"""Bytes of GeoJSON for one area."""


def _area(text: str) -> Footprint:
    """One GeoJSON feature, or a collection of one."""
    document = read_json(text.encode(), limit_bytes=LARGEST_AREA)
    features = document.get("features") if isinstance(document, dict) else None
    feature = features[0] if isinstance(features, list) and len(features) == 1 else document
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise BadInput(
            "area-not-a-feature",
            "This is not a GeoJSON feature, nor a collection of exactly one.",
            remedy="Give one feature with its geometry, as docs/geojson.md shows.",
        )
    footprint = footprint_of(
        feature.get("geometry"), an_object(feature.get("properties") or {}, "properties")
    )
    check_footprint(footprint)
    return footprint


# -- types -------------------------------------------------------------------------------------------------


def _without_sentence(hint: Any) -> Any:
    """The declared type without the sentence that explains the field: of an ``Annotated`` noun the noun."""
    if get_origin(hint) is not Annotated:
        return hint
    codecs = tuple(extra for extra in hint.__metadata__ if not isinstance(extra, str))
    return Annotated[(hint.__origin__, *codecs)] if codecs else hint.__origin__


def _bare(hint: Any) -> Any:
    """The type of what is typed, whether or not it may be left out."""
    kind = _without_sentence(hint)
    if get_origin(kind) in (types.UnionType, Union) and types.NoneType in get_args(kind):
        some = tuple(option for option in get_args(kind) if option is not types.NoneType)
        return some[0] if len(some) == 1 else Union[some]  # noqa: UP007 - made of what was found
    return kind


def _plain(kind: Any) -> Any:
    return kind.__origin__ if get_origin(kind) is Annotated else kind


def _may_be_empty(hint: Any) -> bool:
    kind = _without_sentence(hint)
    return _is_list(kind) or types.NoneType in get_args(kind)


def _is_list(kind: Any) -> bool:
    return get_origin(kind) is tuple


def _is_typed(hint: Any) -> bool:
    """Whether a person can type it: figures that only an engine makes stay empty."""
    kind = _plain(_without_sentence(get_args(_bare(hint))[0]) if _is_list(_bare(hint)) else _bare(hint))
    return kind in (str, int, bool, Position) or kind == Footprint or _is_new_type(kind) or _is_choice(kind)


def _is_new_type(kind: Any) -> bool:
    return hasattr(kind, "__supertype__")


def _is_choice(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, Enum)


_SENTENCES: Final = (Label, Text)

_SPELLED: Final[tuple[tuple[Any, str], ...]] = (
    (Instant, "a time in Z, as 2025-04-09T08:00Z, or now"),
    (Position, "coordinates, or a named place, as 37SCU7398320948 or “12 km NE of OSDZ”"),
    (bool, "yes or no"),
)


def _typed_as(hint: Any) -> str:
    kind = _bare(hint)
    if _is_list(kind):
        return f"one or more: {_typed_as(get_args(kind)[0])}"
    if _without_sentence(kind) == Id:
        return "a name, as TUR-0042"
    if _plain(kind) == Footprint:
        return "a GeoJSON feature"
    if _is_choice(_plain(kind)):
        return "one of " + ", ".join(str(choice.value) for choice in _plain(kind))
    for plain, says in _SPELLED:
        if _plain(kind) is plain:
            return says
    return codec_of(kind).says
