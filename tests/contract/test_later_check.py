# SPDX-License-Identifier: Apache-2.0
"""Is a database looked at while its node is at work, and is nothing written to one that is damaged?"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Final

import pytest

from steerclear.errors import NotKept
from steerclear.store.sealed_parts import snapshot_beside
from steerclear.store.sqlite import SqliteStore

KEY: Final = bytes(32)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "node.db"
    SqliteStore.create(found, KEY)
    with SqliteStore(found, KEY) as store:
        for number in range(200):
            store.keep_fact(f"fact {number}", bytes([number]) * 300)
        store.keep_snapshot([b"header"])
    return found


def damaged(path: Path) -> None:
    """The root page of an index is that of another."""
    with sqlite3.connect(path) as base:
        base.execute("PRAGMA writable_schema = ON")
        names = [row[0] for row in base.execute("SELECT name FROM sqlite_schema WHERE type = 'index'")]
        root = "(SELECT rootpage FROM sqlite_schema WHERE name = 'fact')"
        base.execute(f"UPDATE sqlite_schema SET rootpage = {root} WHERE name = ?", (names[0],))
    base.close()


def looked(path: Path) -> SqliteStore:
    with SqliteStore(path, None, read_only=True, looked_at="never"):
        pass  # as a node does that asks for its charter first, which leaves an empty log
    store = SqliteStore(path, KEY, looked_at="later")
    assert store._check is not None
    store._check.wait()
    return store


def test_what_is_whole_is_written_on(path: Path) -> None:
    with looked(path) as store:
        assert not store.is_looked_at
        assert store.damage() is None
        store.keep_fact("more", b"1")
        assert store.snapshot() == (b"header",)
        with store.again() as other:
            assert other.fact("more") == b"1"
            assert other.snapshot() == (b"header",)


def test_what_is_damaged_is_not_written_on_and_looked_at_first_the_next_time(path: Path) -> None:
    damaged(path)
    with looked(path) as store:
        found = store.damage()
        assert found is not None
        assert found.code == "store-corrupt"
        with pytest.raises(NotKept) as refused:
            store.keep_fact("more", b"1")
        assert refused.value is found
        assert not snapshot_beside(path).exists()
    with pytest.raises(NotKept) as refused:
        SqliteStore(path, KEY, looked_at="later")
    assert refused.value.code == "store-corrupt"


def test_a_node_that_ends_waits_for_no_look(path: Path) -> None:
    store = SqliteStore(path, KEY, looked_at="later")
    store.close()
    assert store.damage() is None


def test_without_a_snapshot_or_after_a_crash_it_is_looked_at_first(path: Path) -> None:
    store = SqliteStore(path, KEY)
    assert store._check is None
    store.keep_fact("in the log beside it", b"1")
    with SqliteStore(path, KEY, looked_at="later") as beside:
        assert beside._check is None
    store.close()
    snapshot_beside(path).unlink()
    with SqliteStore(path, KEY, looked_at="later") as store:
        assert store._check is None
