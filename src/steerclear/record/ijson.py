# SPDX-License-Identifier: Apache-2.0
"""How the record spells a value: strict I-JSON (RFC 7493), one spelling for each value.

Compact, UTF-8, keys in the order in which they were given. What does not print back to the same bytes is
refused, so two readers can never see two things in one entry. Refused: floats, integers beyond ±(2^53−1),
duplicate keys, white space, any other escape than the shortest, surrogates and noncharacters, nesting
deeper than 32.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, NoReturn, TypeAlias

from steerclear.errors import BadInput, NotVerified

__all__ = ["DEEPEST", "LARGEST", "JsonObject", "JsonValue", "parse_ijson", "print_ijson"]

JsonValue: TypeAlias = "bool | int | str | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
JsonObject: TypeAlias = Mapping[str, JsonValue]

LARGEST: Final = 2**53 - 1
"""RFC 7493, 2.2: beyond it two implementations may read two numbers."""

DEEPEST: Final = 32

# RFC 7493, 2.1: code points that no text may hold.
_NONCHARACTER: Final = re.compile(
    "[\ufdd0-\ufdef"
    + "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
    + "]"
)
_ASK: Final = "Ask the sender for the original bytes; do not repair them."


def print_ijson(value: JsonValue) -> bytes:
    """The only spelling of ``value``. Raises ``BadInput`` (``json-value``) for what I-JSON cannot hold."""
    _require_printable(value, depth=0)
    try:
        return _spell(value)
    except UnicodeEncodeError as error:
        raise _unprintable("a text holds half of a surrogate pair") from error


def parse_ijson(data: bytes, *, where: str) -> JsonValue:
    """Exact inverse of ``print_ijson``. Raises ``NotVerified`` for every other spelling."""
    try:
        text = data.decode("utf-8")
        value: JsonValue = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        raise NotVerified(
            "json-unreadable", "The bytes are not JSON in UTF-8.", where=where, remedy=_ASK
        ) from error
    if data.count(b"[") + data.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        raise NotVerified(
            "json-too-deep", f"The JSON is nested deeper than {DEEPEST}.", where=where, remedy=_ASK
        )
    if not _prints_back(value, data):
        _refuse_spelling(text, where)
    if not text.isascii() and _NONCHARACTER.search(text):
        raise NotVerified(
            "json-noncharacter", "A text holds a code point that is no character.", where=where, remedy=_ASK
        )
    return value


def _spell(value: JsonValue) -> bytes:
    return _ENCODER.encode(value).encode("utf-8")


def _prints_back(value: JsonValue, data: bytes) -> bool:
    try:
        return _spell(value) == data
    except UnicodeEncodeError:
        return False


def _refuse_spelling(text: str, where: str) -> NoReturn:
    """Say which it is: a repeated key hides a value, other spellings merely invite a second one."""
    repeated: list[str] = []

    def note_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        repeated.extend(name for name, times in Counter(name for name, _ in pairs).items() if times > 1)
        return dict(pairs)

    json.loads(text, object_pairs_hook=note_repeats)
    if repeated:
        raise NotVerified(
            "json-duplicate-key", f"The key “{repeated[0][:40]}” stands twice.", where=where, remedy=_ASK
        )
    raise NotVerified(
        "json-spelling", "The JSON does not print back to the same bytes.", where=where, remedy=_ASK
    )


def _depth(value: JsonValue) -> int:
    """Lists and objects within each other, without recursion: the deepest input is the attacker's choice."""
    level, here = 0, _nested([value])
    while here:
        level += 1
        here = _nested(inner for outer in here for inner in _children(outer))
    return level


def _nested(values: Iterable[JsonValue]) -> list[JsonValue]:
    return [value for value in values if isinstance(value, dict | list)]


def _children(value: JsonValue) -> Iterable[JsonValue]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _require_printable(value: JsonValue, depth: int) -> None:
    if isinstance(value, str):
        if not value.isascii() and _NONCHARACTER.search(value):
            raise _unprintable("a text holds a code point that is no character")
    elif isinstance(value, _CONTAINERS):
        if depth == DEEPEST:
            raise _unprintable(f"it is nested deeper than {DEEPEST}")
        inside: Iterable[Any] = _values_of(value) if isinstance(value, dict) else value
        for inner in inside:
            # Nearly all that is ever printed; to ask for each by a call costs more than to print it.
            kind = type(inner)
            is_plain = inner.isascii() if kind is str else kind is int and -LARGEST <= inner <= LARGEST
            if not is_plain:
                _require_printable(inner, depth + 1)
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            raise _unprintable("an integer is beyond ±(2^53−1)")
    elif value is not None:
        raise _unprintable(f"it holds a {type(value).__name__}")


_CONTAINERS: Final = (dict, list, tuple)


def _values_of(value: JsonObject) -> Iterable[JsonValue]:
    """The values of an object whose names can be printed; they are looked at together."""
    try:
        names = "".join(value)
    except TypeError as error:
        raise _unprintable("a key is not a text") from error
    if not names.isascii() and _NONCHARACTER.search(names):
        raise _unprintable("a key holds a code point that is no character")
    return value.values()


def _unprintable(why: str) -> BadInput:
    return BadInput(
        "json-value",
        f"The value cannot be written into the record: {why}.",
        remedy="Use objects, lists, texts, integers up to 2^53−1, true, false and null.",
    )


def _bounded_integer(digits: str) -> int:
    if len(digits) > len(str(-LARGEST)) or abs(number := int(digits)) > LARGEST:
        raise ValueError("beyond ±(2^53−1)")
    return number


def _refuse_number(digits: str) -> NoReturn:
    raise ValueError(f"{digits[:40]} is not an integer")


_ENCODER: Final = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, separators=(",", ":")
)
_DECODER: Final = json.JSONDecoder(
    parse_float=_refuse_number, parse_int=_bounded_integer, parse_constant=_refuse_number
)
