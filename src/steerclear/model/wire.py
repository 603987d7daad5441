# SPDX-License-Identifier: Apache-2.0
"""How a noun is written down, and read back: one printer and one parser from one declaration.

A frozen dataclass declares its fields once, each with its type and one sentence; the wire form, its strict
reader and its line in ``docs/statements.md`` all come from that declaration, so they cannot drift apart.

    place: Annotated[Position, "Where it happens."]

Rules of the form (design file 3): JSON objects whose keys stand in the order of the declaration; every field
is always present (``null`` where there is none), so that one value has one spelling; integers and strings
only, no floats; instants RFC 3339 with three decimals; coordinates ``[lat_e7, lon_e7]``; altitudes in feet
with a datum. A union of dataclasses carries the tag ``is``. What is unknown, missing or of another form is
refused.

A form grows by fields at its end alone (ADR 10). Such a field is marked ``GROWN`` and stands only where it is
not its default: what was written before it was thought of keeps its spelling and its meaning.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping, Sequence
from dataclasses import Field, dataclass, fields, is_dataclass
from enum import Enum
from functools import cache, reduce
from operator import or_
from typing import Annotated, Any, Final, TypeAlias, Union, get_args, get_origin, get_type_hints

from steerclear.errors import BadInput

__all__ = [
    "GROWN", "Codec", "FieldForm", "Grown", "JsonValue", "codec_of", "fields_of", "misfit", "register",
    "tag_of",
]  # fmt: skip

JsonValue: TypeAlias = "bool | int | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
"""The same as the record's, which stands on this floor and is not imported here."""


@dataclass(frozen=True, slots=True)
class Codec:
    """One form: ``says`` in words, ``write`` a value, ``read`` it back (value, path → value)."""

    says: str
    write: Callable[[Any], JsonValue]
    read: Callable[[JsonValue, str], Any]


@dataclass(frozen=True, slots=True)
class Grown:
    """The mark of a field by which a form grew: left out where it is its default, so it must have one."""


GROWN: Final = Grown()


@dataclass(frozen=True, slots=True)
class FieldForm:
    """A field as documented: its name, its codec and its sentence; ``left_out``: when it may be absent."""

    name: str
    codec: Codec
    says: str
    left_out: tuple[Any, ...] = ()
    """The one value that is left out, and never written; none where the field always stands."""


_REGISTERED: Final[dict[Any, Codec]] = {}


def register(hint: Any, codec: Codec) -> None:
    """Give a type that is not its own declaration (a noun of another file) its form."""
    _REGISTERED[hint] = codec


def misfit(where: str, expected: str) -> BadInput:
    """The one answer to a value of another form: the field named, the form said."""
    return BadInput(
        "body-field-form",
        f"The field {where} is not {expected}.",
        remedy="Write the field in the form that docs/statements.md gives.",
        where=where,
    )


def codec_of(hint: Any) -> Codec:
    """The form of a type: registered, plain, optional, list, closed set, dataclass, or tagged union."""
    return _derived(hint)


@cache
def _derived(hint: Any) -> Codec:
    if hint in _REGISTERED:
        return _REGISTERED[hint]
    origin = get_origin(hint)
    if origin is Annotated:
        return _annotated(hint)
    if origin in (types.UnionType, Union):
        return _union(get_args(hint))
    if origin is tuple:
        return _list(codec_of(get_args(hint)[0]))
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _closed_set(hint)
    if isinstance(hint, type) and is_dataclass(hint):
        return _object(hint)
    raise TypeError(f"{hint!r} has no wire form: declare or register one")


@cache
def fields_of(cls: type) -> tuple[FieldForm, ...]:
    """The declared fields of a dataclass, in order, with their forms and sentences."""
    hints = get_type_hints(cls, include_extras=True)
    return tuple(_form_of(field, hints[field.name]) for field in fields(cls))


def _form_of(field: Field[Any], hint: Any) -> FieldForm:
    codec, sentence = codec_of(hint), _sentence(hint)
    if GROWN not in getattr(hint, "__metadata__", ()):
        return FieldForm(field.name, codec, sentence)
    written = codec.write(field.default)
    says = f"{codec.says}; left out where it is {'null' if written is None else written}"

    def read(value: JsonValue, where: str) -> Any:
        found = codec.read(value, where)
        if found == field.default:
            raise misfit(where, says)
        return found

    return FieldForm(field.name, Codec(says, codec.write, read), sentence, (field.default,))


def tag_of(cls: type) -> str:
    """The value of ``is`` that marks this class within a union."""
    return str(cls.IS)  # type: ignore[attr-defined]  # every member of a tagged union declares IS


def _annotated(hint: Any) -> Codec:
    for extra in hint.__metadata__:
        if isinstance(extra, Codec):
            return extra
    return codec_of(hint.__origin__)


def _sentence(hint: Any) -> str:
    sentences = [extra for extra in getattr(hint, "__metadata__", ()) if isinstance(extra, str)]
    return " ".join(sentences)


def _union(options: tuple[Any, ...]) -> Codec:
    some = tuple(option for option in options if option is not types.NoneType)
    together = reduce(or_, some)
    inner = codec_of(together) if len(some) == 1 or together in _REGISTERED else _tagged(some)
    if len(some) == len(options):
        return inner
    return Codec(
        f"{inner.says}, or null",
        lambda value: None if value is None else inner.write(value),
        lambda value, where: None if value is None else inner.read(value, where),
    )


def _tagged(classes: tuple[type, ...]) -> Codec:
    by_tag = {tag_of(cls): cls for cls in classes}

    def write(value: Any) -> JsonValue:
        written = codec_of(type(value)).write(value)
        assert isinstance(written, dict)  # noqa: S101 - a dataclass writes itself as an object
        return {"is": tag_of(type(value)), **written}

    def read(value: JsonValue, where: str) -> Any:
        tag = value["is"] if isinstance(value, dict) and next(iter(value), None) == "is" else None
        if not isinstance(value, dict) or not isinstance(tag, str) or tag not in by_tag:
            raise misfit(where, f"an object whose first field “is” is one of {', '.join(by_tag)}")
        rest = {key: inner for key, inner in value.items() if key != "is"}
        return codec_of(by_tag[tag]).read(rest, where)

    names = " | ".join(f"`{cls.__name__}` (“is”: {tag})" for tag, cls in by_tag.items())
    return Codec(f"object: {names}", write, read)


def _list(inner: Codec) -> Codec:
    def read(value: JsonValue, where: str) -> Any:
        if not isinstance(value, list):
            raise misfit(where, "a list")
        return tuple(inner.read(item, f"{where}[{index}]") for index, item in enumerate(value))

    return Codec(f"list of ({inner.says})", lambda value: [inner.write(item) for item in value], read)


def _closed_set(kind: type[Enum]) -> Codec:
    values = [str(member.value) for member in kind]
    expected = "one of " + ", ".join(values)

    def read(value: JsonValue, where: str) -> Any:
        if not isinstance(value, str) or value not in values:
            raise misfit(where, expected)
        return kind(value)

    return Codec(expected, lambda value: str(value.value), read)


def _object(cls: type) -> Codec:
    """Codecs of the fields are looked up at first use, so that a class may hold its own kind."""

    def write(value: Any) -> JsonValue:
        given = ((form, getattr(value, form.name)) for form in fields_of(cls))
        return {form.name: form.codec.write(held) for form, held in given if held not in form.left_out}

    def read(value: JsonValue, where: str) -> Any:
        if not isinstance(value, dict):
            raise misfit(where, "an object")
        given = [form for form in fields_of(cls) if not form.left_out or form.name in value]
        _check_names(value, tuple(form.name for form in given), where)
        try:
            return cls(
                **{form.name: form.codec.read(value[form.name], f"{where}.{form.name}") for form in given}
            )
        except BadInput as error:
            error.where = error.where or where  # a noun that refuses itself does not know where it stands
            raise

    return Codec(f"object: `{cls.__name__}`", write, read)


def _check_names(value: Mapping[str, JsonValue], names: tuple[str, ...], where: str) -> None:
    for name in names:
        if name not in value:
            raise BadInput(
                "body-field-missing",
                f"The field {where}.{name} is missing.",
                remedy="Give every field; write null where there is none.",
                where=f"{where}.{name}",
            )
    for name in value:
        if name not in names:
            raise BadInput(
                "body-field-unknown",
                f"The field {where}.{name[:40]} is not known.",
                remedy="Leave it out, or use a version of the software that knows it.",
                where=f"{where}.{name[:40]}",
            )
    if tuple(value) != names:
        raise BadInput(
            "body-field-order",
            f"The fields of {where} do not stand in the order of the record.",
            remedy="Write them in the order that docs/statements.md gives.",
            where=where,
        )
