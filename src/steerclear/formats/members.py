# SPDX-License-Identifier: Apache-2.0
"""What stands under this name in an object, is it of the kind it must be, and where was that?

A refusal gathers its place on the way up: each level that it leaves through ``within`` writes its own name in
front, so that the good path spells no places at all.
"""

from __future__ import annotations

from decimal import Decimal
from types import TracebackType
from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.formats.quoting import quoted

__all__ = ["Members", "an_object", "name_of_kind", "number", "optional", "required", "text", "within"]

BEYOND_USE: Final = 10**12
"""No degree, metre, foot or count of ours comes near it."""

Members = dict[str, Any]
"""One JSON object as ``strict_json`` reads it."""


class within:  # noqa: N801 - it reads as a word of the sentence: with within("feature", 3)
    """A ``BadInput`` that leaves the block has this place in front of its ``where``."""

    __slots__ = ("_words",)

    def __init__(self, *words: object) -> None:
        self._words = words

    def __enter__(self) -> None:
        return None

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, BadInput):
            place = " ".join(str(word) for word in self._words)
            error.where = f"{place}, {error.where}" if error.where else place


def an_object(value: Any, name: str) -> Members:
    if not isinstance(value, dict):
        raise _wrong_kind(value, name, "an object", "Write it as {…}.")
    return value


def required(members: Members, name: str, meaning: str) -> Any:
    """What stands there; ``null`` counts as missing."""
    value = members.get(name)
    if value is None:
        raise BadInput(
            "missing-property",
            f"“{name}” is missing: {meaning}.",
            remedy=f"Add “{name}”.",
        )
    return value


def optional(members: Members, name: str) -> Any | None:
    """What stands there or ``None``: tools that flatten tables write ``null`` for an empty column."""
    return members.get(name)


def text(value: Any, name: str, *, longest: int = 200) -> str:
    if not isinstance(value, str):
        raise _wrong_kind(value, name, "text", f'Write it in quotation marks: "{name}": "…".')
    if len(value) > longest or not value.isprintable():
        raise BadInput(
            "text-not-printable",
            f"“{name}” is longer than {longest} characters or holds control characters.",
            remedy="Write it as one short printable line.",
        )
    return value


def number(value: Any, name: str) -> Decimal:
    if not isinstance(value, Decimal):
        raise _wrong_kind(value, name, "a number", "Write digits without quotation marks.")
    if abs(value) >= BEYOND_USE:
        raise BadInput(
            "number-out-of-range",
            f"“{name}” is {value:.3E}: too large to mean anything here.",
            remedy="Check the value and its unit.",
        )
    return value


def name_of_kind(value: Any) -> str:
    """What a reader would call this JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"the number {value:f}" if abs(value.adjusted()) < 20 else "a number"
    if isinstance(value, str):
        return f"the text {quoted(value)}"
    return "a list" if isinstance(value, list) else "an object"


def _wrong_kind(value: Any, name: str, wanted: str, remedy: str) -> BadInput:
    return BadInput("wrong-type", f"“{name}” is {name_of_kind(value)}, not {wanted}.", remedy=remedy)
