# SPDX-License-Identifier: Apache-2.0
"""One value, one spelling: strict I-JSON."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steerclear.errors import BadInput, NotVerified
from steerclear.record import DEEPEST, LARGEST, JsonValue, parse_ijson, print_ijson

TEXT = st.text(
    st.characters(exclude_categories=["Cs"]).filter(
        lambda one: not (0xFDD0 <= ord(one) <= 0xFDEF or ord(one) & 0xFFFE == 0xFFFE)
    ),
    max_size=20,
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None, derandomize=True)
@given(VALUES)
def test_printing_and_parsing_are_exact_inverses(value: JsonValue) -> None:
    assert parse_ijson(print_ijson(value), where="test") == value


@settings(deadline=None, derandomize=True)
@given(
    st.binary(max_size=40)
    | VALUES.map(print_ijson).flatmap(lambda one: st.permutations(list(one)).map(bytes))
)
def test_whatever_is_read_prints_back_to_the_same_bytes(data: bytes) -> None:
    try:
        value = parse_ijson(data, where="test")
    except NotVerified:
        return
    assert print_ijson(value) == data


REFUSED = {
    b"": "json-unreadable",
    b"{": "json-unreadable",
    b"\xef\xbb\xbf{}": "json-unreadable",
    b'"\xff"': "json-unreadable",
    b'"\xed\xa0\x80"': "json-unreadable",
    b"1.5": "json-unreadable",
    b"1.0": "json-unreadable",
    b"1e3": "json-unreadable",
    b"NaN": "json-unreadable",
    b"-Infinity": "json-unreadable",
    b"9007199254740992": "json-unreadable",
    b"-9007199254740992": "json-unreadable",
    b"9" * 5_000: "json-unreadable",
    b"01": "json-unreadable",
    b"{} ": "json-spelling",
    b"{}\n": "json-spelling",
    b"{}{}": "json-unreadable",
    b"-0": "json-spelling",
    b'{"a": 1}': "json-spelling",
    b'"\\u0041"': "json-spelling",
    b'"\\/"': "json-spelling",
    b'"\\ud800"': "json-spelling",
    b'"\\u00e9"': "json-spelling",
    b'{"a":1,"a":1}': "json-duplicate-key",
    b'{"a":1,"a":2}': "json-duplicate-key",
    b'[{"b":{"a":1,"a":2}}]': "json-duplicate-key",
    "\uffff".join('""').encode(): "json-noncharacter",
    "\ufdd0".join('""').encode(): "json-noncharacter",
    "\U0001fffe".join('""').encode(): "json-noncharacter",
    b"[" * 33 + b"]" * 33: "json-too-deep",
    b'{"a":' * 33 + b"1" + b"}" * 33: "json-too-deep",
    b"[" * 100_000 + b"]" * 100_000: "json-unreadable",
}


@pytest.mark.parametrize(("data", "code"), REFUSED.items(), ids=[repr(data[:24]) for data in REFUSED])
def test_every_other_spelling_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(NotVerified) as refused:
        parse_ijson(data, where="entry 7")
    assert refused.value.code == code
    assert refused.value.where == "entry 7"


def test_thirty_two_levels_are_read_and_many_shallow_ones_too() -> None:
    deepest = b"[" * DEEPEST + b"]" * DEEPEST
    assert print_ijson(parse_ijson(deepest, where="test")) == deepest
    wide = b"[" + b",".join([b"[]"] * 100) + b"]"
    assert print_ijson(parse_ijson(wide, where="test")) == wide


UNPRINTABLE = [
    1.5,
    {1: 2},
    {"a": b"x"},
    [LARGEST + 1],
    -LARGEST - 1,
    "\ud800",
    "\ufffe",
    {"\ufffe": 1},
    {"a"},
]


@pytest.mark.parametrize("value", UNPRINTABLE, ids=repr)
def test_what_json_cannot_hold_is_not_printed(value: JsonValue) -> None:
    with pytest.raises(BadInput) as refused:
        print_ijson(value)
    assert refused.value.code == "json-value"


def test_what_is_nested_too_deep_is_not_printed() -> None:
    value: JsonValue = 1
    for _ in range(DEEPEST + 1):
        value = [value]
    with pytest.raises(BadInput):
        print_ijson(value)


def test_keys_keep_the_order_in_which_they_were_given() -> None:
    assert print_ijson({"b": 1, "a": (True, None)}) == b'{"b":1,"a":[true,null]}'
