# SPDX-License-Identifier: Apache-2.0
"""What do slips and attacks make of a file? Small changes, drawn from a seed: one number repeats them."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Final

__all__ = ["mutated"]

TOKENS: Final = (
    *(b"\n", b"\n\n", b"\r\n", b" ", b"  ", b"\t", b"\0", b"=", b"==", b"+", b"-", b"_", b"/", b".p/"),
    *(b"x000/", b'"', b"\\", b"\\u0000", b"\\ud800", b"{}", b"[]", b"null", b"true", b",", b":", b"{", b"}"),
    *(b"[", b"]", b"0", b"00", b"1", b"-1", b"1.0", b"1e3", b"255", b"256", b"9007199254740992"),
    *(b"\xe2\x80\x94 ", b"\xc2\xa0", b"\xe2\x80\x83", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xff", b"\xcc\x81"),
)
_BASE64: Final = re.compile(rb"[A-Za-z0-9+/]{8,}={0,2}")
_NUMBER: Final = re.compile(rb"\d+")
Change = Callable[[Random, bytes, Sequence[bytes]], bytes]


def mutated(seeds: Sequence[bytes], *, seed: int) -> Iterator[bytes]:
    """Files without end, each one of the seeds with one to four changes."""
    chance = Random(seed)
    while True:
        data = chance.choice(seeds)
        for _ in range(chance.choice((1, 1, 1, 2, 4))):
            data = chance.choice(_CHANGES)(chance, data, seeds)
        yield data


def _flip(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    if not data:
        return data
    place = chance.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << chance.randrange(8)]) + data[place + 1 :]


def _drop(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.choice((1, 1, 2, 7, 40)) :]


def _repeat(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    start = chance.randrange(len(data) + 1)
    end = start + chance.choice((1, 3, 20, 200))
    return data[:end] + data[start:end] + data[end:]


def _insert(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice(TOKENS) + data[place:]


def _cross(chance: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    other = chance.choice(seeds)
    return data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :]


def _swap_lines(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    lines = data.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _renumber(chance: Random, data: bytes, _: Sequence[bytes]) -> bytes:
    found = list(_NUMBER.finditer(data))
    if not found:
        return data
    match = chance.choice(found)
    return data[: match.start()] + chance.choice((b"0", b"1", b"7", b"042", b"99999")) + data[match.end() :]


def _within_base64(chance: Random, data: bytes, seeds: Sequence[bytes]) -> bytes:
    """A change of what is wrapped, spelled as it should be: it comes through to the reader inside."""
    found = list(_BASE64.finditer(data))
    if not found:
        return data
    match = chance.choice(found)
    try:
        inner = base64.b64decode(match[0], validate=True)
    except binascii.Error:
        return data
    change = chance.choice((_flip, _drop, _repeat, _insert, _renumber))
    return data[: match.start()] + base64.b64encode(change(chance, inner, seeds)) + data[match.end() :]


_CHANGES: Final[tuple[Change, ...]] = (
    *(_flip, _drop, _repeat, _insert, _cross, _swap_lines, _renumber, _within_base64, _within_base64),
)
