# SPDX-License-Identifier: Apache-2.0
"""Has a cell the name that the document says, and another in any other check?"""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
import pytest

from steerclear.blind.grid import CELL, CELL_BYTES, COLUMN, SENTINEL
from steerclear.blind.kernels_blake2b import hash_rows
from steerclear.blind.ristretto import hash_to_ristretto255, power
from steerclear.blind.rows import ALONE, new_rows
from steerclear.blind.tokens import DST, DUMMY, PairDay, bulk_tokens, items_of, masked, type_of
from steerclear.errors import BadInput

PAIR = PairDay("ab" * 32, ("ISR", "TUR"), "cd" * 32, 1, 300, 20_000)
KEY = bytes(range(32))
SCALAR = (12345).to_bytes(32, "little")
OTHERS = [
    replace(PAIR, mechanism="ac" * 32),
    replace(PAIR, parties=("ISR", "TUS")),
    replace(PAIR, parties=("ISQ", "TUR")),
    replace(PAIR, annex="ce" * 32),
    replace(PAIR, grid=2),
    replace(PAIR, step_arc_s=900),
    replace(PAIR, day=20_001),
    replace(PAIR, attempt=1),
]


def cells(count: int) -> bytes:
    return b"".join(place.to_bytes(CELL_BYTES, "big") for place in range(count))


@pytest.mark.parametrize("key_bytes", [0, 1, 32, 64])
@pytest.mark.parametrize("beginning", [0, 1, 100, 127, 128, 129, 256])
def test_blake2b_is_that_of_hashlib_over_all_lengths(key_bytes: int, beginning: int) -> None:
    draw = np.random.default_rng(key_bytes * 1_000 + beginning)
    key, begins = (draw.integers(0, 256, size, dtype=np.uint8) for size in (key_bytes, beginning))
    for width in (*range(1, 140), 255, 256, 257, 300):
        rows, out = draw.integers(0, 256, (2, width), dtype=np.uint8), new_rows(2, 32)
        hash_rows(key, begins, rows, out)
        for row, digest in zip(rows, out, strict=True):
            whole = begins.tobytes() + row.tobytes()
            assert hashlib.blake2b(whole, key=key.tobytes(), digest_size=32).digest() == digest.tobytes()


@pytest.mark.parametrize("digest", [1, 16, 33, 64])
def test_blake2b_has_the_digest_that_is_asked_for(digest: int) -> None:
    rows, out, nothing = new_rows(1, 13), new_rows(1, digest), np.zeros(0, np.uint8)
    hash_rows(nothing, nothing, rows, out)
    assert hashlib.blake2b(bytes(13), digest_size=digest).digest() == out[0].tobytes()


def test_the_input_is_one_block_and_an_item() -> None:
    assert PAIR.prefix == (
        b"steerclear/blind\0\2\0\0\0\1" + bytes([0xAB] * 32) + b"ISR" + bytes(9) + b"TUR" + bytes(9)
        + bytes([0xCD] * 32) + (20_000).to_bytes(4, "big") + (300).to_bytes(2, "big") + bytes(12)
    )  # fmt: skip
    assert len(PAIR.prefix) == 128
    item = items_of(CELL, cells(3))[2]
    assert item.tobytes() == b"\1" + (2).to_bytes(12, "big")


def test_a_token_of_l2_is_a_keyed_hash_of_the_input() -> None:
    items = items_of(CELL, cells(ALONE + 3))
    tokens = bulk_tokens(KEY, PAIR, items, workers=2)
    for item, token in zip(items, tokens, strict=True):
        whole = PAIR.prefix + item.tobytes()
        assert token.tobytes() == hashlib.blake2b(whole, key=KEY, digest_size=32).digest()


def test_a_token_of_l3_is_the_hash_in_the_group_to_the_power() -> None:
    items = items_of(CELL, cells(4))
    for item, token in zip(items, masked(SCALAR, PAIR, items), strict=True):
        assert token.tobytes() == power(hash_to_ristretto255(PAIR.prefix + item.tobytes(), DST), SCALAR)


@pytest.mark.parametrize("other", OTHERS)
def test_in_another_check_a_cell_has_another_name(other: PairDay) -> None:
    items = items_of(CELL, cells(2))
    assert not np.array_equal(bulk_tokens(KEY, PAIR, items), bulk_tokens(KEY, other, items))
    assert not np.array_equal(masked(SCALAR, PAIR, items), masked(SCALAR, other, items))
    assert len({PAIR.prefix, *(one.prefix for one in OTHERS)}) == 1 + len(OTHERS)


def test_what_is_no_place_cannot_be_taken_for_one() -> None:
    tokens = {bulk_tokens(KEY, PAIR, items_of(kind, cells(1))).tobytes() for kind in (CELL, SENTINEL, DUMMY)}
    assert len(tokens) == 3
    assert type_of(items_of(DUMMY, cells(2))).tolist() == [DUMMY, DUMMY]


@pytest.mark.parametrize(
    "wrong",
    [
        {"mechanism": "ab"},
        {"annex": "CD" * 32},
        {"parties": ("TUR", "ISR")},
        {"parties": ("TUR", "TUR")},
        {"parties": ("T", "TUR")},
        {"grid": 0},
        {"step_arc_s": 60},
        {"day": -1},
        {"day": 2**32},
        {"attempt": 65_536},
    ],
)
def test_what_names_no_check_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput) as caught:
        replace(PAIR, **wrong)  # type: ignore[arg-type] # wrong on purpose
    assert caught.value.code == "blind-pair"


@pytest.mark.parametrize(("kind", "given"), [(CELL, bytes(13)), (9, bytes(12))])
def test_what_is_no_cell_is_refused(kind: int, given: bytes) -> None:
    with pytest.raises(BadInput) as caught:
        items_of(kind, given)
    assert caught.value.code == "blind-cells"


def test_a_check_lists_cells_and_one_of_protected_sites_columns() -> None:
    assert (PAIR.kind, replace(PAIR, step_arc_s=15).kind) == (CELL, COLUMN)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(BadInput) as caught:
        bulk_tokens(b"short", PAIR, items_of(CELL, cells(1)))
    assert caught.value.code == "blind-key"
