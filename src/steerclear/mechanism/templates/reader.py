# SPDX-License-Identifier: Apache-2.0
"""How is a template written in TOML? As the annexes are, in units that a person reads.

Fields bear the names of the record. A time may be written ``48 h`` (s, min, h, d), a length ``3 NM`` (m, km,
NM), a height ``1000 ft``, a minute of a day ``09:00``. What is left out is null where that is allowed, or an
empty list; nothing else is. A mark says ``proposal``, or ``fact: WHAT IS PUBLIC``.

Refused (``template-form``): a field that the annex does not have, one that it needs, a unit that does not
belong there, a mark on something that is not there.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Annotated, Any, Final, Union, get_args, get_origin, get_type_hints

from steerclear.errors import BadInput
from steerclear.model.annex import AnnexName, Mark, Rung, RungSort, Standing, Terms
from steerclear.model.forms import Feet, Millimetres, MinuteOfDay, Seconds
from steerclear.model.terms import (
    Civil,
    Clauses,
    CommChecks,
    Communique,
    Disclosure,
    Frequencies,
    Incidents,
    NoticeTerms,
    ProtectedSites,
    Rescue,
    Response,
    SafetyFloor,
    Separation,
    Standstill,
    Statistics,
    Succession,
    Theatre,
    Vocabulary,
)
from steerclear.model.wire import Codec, JsonValue, codec_of, fields_of

__all__ = ["TERMS_OF", "read_marks", "read_rungs", "read_terms"]

TERMS_OF: Final[dict[AnnexName, type]] = {
    AnnexName(cls.IS): cls
    for cls in (
        Theatre, NoticeTerms, Separation, Response, CommChecks, Vocabulary, Frequencies, Disclosure,
        ProtectedSites, Rescue, Civil, Incidents, Standstill, SafetyFloor, Succession, Communique, Statistics,
    )
}  # fmt: skip

_UNITS: Final[dict[Codec, dict[str, int]]] = {
    codec_of(Seconds): {"s": 1, "min": 60, "h": 3_600, "d": 86_400},
    codec_of(Millimetres): {"m": 1_000, "km": 1_000_000, "NM": 1_852_000},
    codec_of(Feet): {"ft": 1},
}
_MINUTE_OF_DAY: Final = codec_of(MinuteOfDay)
_QUANTITY: Final = re.compile(r"(\d{1,7}) (s|min|h|d|m|km|NM|ft)", re.ASCII)
_CLOCK: Final = re.compile(r"(\d\d):(\d\d)", re.ASCII)


def read_terms(
    cls: type, table: Mapping[str, Any], words: Mapping[str, str], *, where: str, start: Terms | None = None
) -> Terms:
    """The terms of a table; clauses where it holds nothing else. ``words`` stand in for who is there;
    ``start`` gives what the table leaves out. Raises ``BadInput``."""
    wanted = Clauses if set(table) == {"clauses"} and cls is not Clauses else cls
    base = codec_of(cls).write(start) if start is not None else {}
    assert isinstance(base, dict)  # noqa: S101 - a dataclass writes itself as an object
    terms: Terms = codec_of(wanted).read(_object(wanted, {**base, **table}, words, where), where)
    return terms


def read_rungs(rows: Sequence[Mapping[str, str]]) -> tuple[Rung, ...]:
    return tuple(Rung(RungSort(row["sort"]), row["label"]) for row in rows)


def read_marks(table: Mapping[str, str], source: str) -> tuple[Mark, ...]:
    """What each value rests on; a fact is said after the name of its source."""
    return tuple(_mark(field, says, source) for field, says in table.items())


def _mark(field: str, says: str, source: str) -> Mark:
    if says == "proposal":
        return Mark(field, Standing.PROPOSAL, None)
    if not says.startswith("fact: "):
        raise _misfit(f"mark {field}", "“proposal”, or “fact: ” and what is public")
    return Mark(field, Standing.FACT, f"{source}: {says.removeprefix('fact: ')}")


def _object(cls: type, table: Mapping[str, Any], words: Mapping[str, str], where: str) -> JsonValue:
    """The wire form of a declaration: every field, in its order, but for those that may be left out."""
    hints = get_type_hints(cls, include_extras=True)
    names = [field.name for field in fields(cls)]
    for name in table:
        if name not in names:
            raise _misfit(f"{where}.{name[:40]}", f"a field of {cls.__name__}")
    names = [form.name for form in fields_of(cls) if form.name in table or not form.left_out]
    return {
        name: _value(hints[name], table[name], words, f"{where}.{name}")
        if name in table
        else _left_out(hints[name], f"{where}.{name}")
        for name in names
    }


def _left_out(hint: Any, where: str) -> JsonValue:
    plain = hint.__origin__ if get_origin(hint) is Annotated else hint
    if get_origin(plain) in (types.UnionType, Union) and types.NoneType in get_args(plain):
        return None
    if get_origin(plain) is tuple:
        return []
    raise _misfit(where, "written, and it has to be")


def _value(hint: Any, raw: Any, words: Mapping[str, str], where: str) -> JsonValue:
    origin = get_origin(hint)
    if isinstance(raw, str) and raw in words:
        return words[raw]
    if origin is Annotated:
        codecs = [extra for extra in hint.__metadata__ if isinstance(extra, Codec)]
        return _plain(codecs[0], raw, where) if codecs else _value(hint.__origin__, raw, words, where)
    if origin in (types.UnionType, Union):
        return _one_of(tuple(one for one in get_args(hint) if one is not types.NoneType), raw, words, where)
    if origin is tuple and isinstance(raw, list):
        return [_value(get_args(hint)[0], item, words, f"{where}[{n}]") for n, item in enumerate(raw)]
    if is_dataclass(hint) and isinstance(hint, type) and isinstance(raw, Mapping):
        return _object(hint, raw, words, where)
    written: JsonValue = raw
    return written


def _one_of(options: tuple[Any, ...], raw: Any, words: Mapping[str, str], where: str) -> JsonValue:
    """A shape, the one union in terms, is written as in the record."""
    if len(options) == 1:
        return _value(options[0], raw, words, where)
    written: JsonValue = raw
    return written


def _plain(codec: Codec, raw: Any, where: str) -> JsonValue:
    """A number in the unit of the record, from one in a unit that a person reads."""
    if codec in _UNITS and isinstance(raw, str):
        match = _QUANTITY.fullmatch(raw)
        if match is None or match[2] not in _UNITS[codec]:
            raise _misfit(where, f"a whole number and one of {', '.join(_UNITS[codec])}")
        return int(match[1]) * _UNITS[codec][match[2]]
    if codec is _MINUTE_OF_DAY and isinstance(raw, str):
        clock = _CLOCK.fullmatch(raw)
        if clock is None:
            raise _misfit(where, "a time of day, as 09:00")
        return int(clock[1]) * 60 + int(clock[2])
    written: JsonValue = raw
    return written


def _misfit(where: str, expected: str) -> BadInput:
    return BadInput(
        "template-form",
        f"In the template, {where} is not {expected}.",
        remedy="Write it as docs/rules.md says under Templates.",
        where=where,
    )
