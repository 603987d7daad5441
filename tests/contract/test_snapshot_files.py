# SPDX-License-Identifier: Apache-2.0
"""Is a snapshot that is not the one that was written ever read?"""

from __future__ import annotations

from pathlib import Path

import pytest

from steerclear.errors import NotVerified
from steerclear.store.sealed_parts import parse_sealed, print_sealed, snapshot_beside
from steerclear.store.sqlite import SqliteStore
from steerclear.store.vault import Vault

KEY = bytes(range(32))
PARTS = (b"header", b"", b"column" * 9)


def refused(data: bytes, key: bytes = KEY) -> str:
    with pytest.raises(NotVerified) as found:
        parse_sealed(data, Vault(key), where="here")
    return found.value.code


def test_what_was_sealed_is_read_and_nothing_of_it_lies_open() -> None:
    data = print_sealed(PARTS, Vault(KEY))
    assert parse_sealed(data, Vault(KEY), where="here") == PARTS
    assert b"header" not in data
    assert b"column" not in data


def test_no_flipped_bit_is_read() -> None:
    data = print_sealed(PARTS, Vault(KEY))
    for bit in range(8 * len(data)):
        changed = bytearray(data)
        changed[bit // 8] ^= 1 << bit % 8
        assert refused(bytes(changed)) == "snapshot-damaged"


def test_no_cut_file_is_read() -> None:
    data = print_sealed(PARTS, Vault(KEY))
    assert {refused(data[:end]) for end in range(len(data))} == {"snapshot-damaged"}


def test_parts_are_read_in_their_order_and_from_their_file_alone() -> None:
    data, other = print_sealed((b"a", b"b"), Vault(KEY)), print_sealed((b"a", b"b"), Vault(KEY))
    row = (len(data) - 24) // 2
    begin, first, second = data[:24], data[24 : 24 + row], data[24 + row :]
    assert refused(begin + second + first) == "snapshot-damaged"
    assert refused(begin + first) == "snapshot-damaged"
    assert refused(begin + first + first) == "snapshot-damaged"
    assert refused(begin + first + other[24 + row :]) == "snapshot-damaged"


def test_another_key_reads_nothing() -> None:
    assert refused(print_sealed(PARTS, Vault(KEY)), bytes(32)) == "snapshot-damaged"


def test_what_a_crash_left_beside_it_changes_nothing(database: Path, storage_key: bytes) -> None:
    with SqliteStore(database, storage_key) as store:
        store.keep_snapshot([b"whole"])
        path = snapshot_beside(database)
        path.with_name(path.name + ".new").write_bytes(b"half of anoth")
        assert store.snapshot() == (b"whole",)
        store.keep_snapshot([b"the next"])
        assert store.snapshot() == (b"the next",)
    assert path.stat().st_mode & 0o777 == 0o600
