# SPDX-License-Identifier: Apache-2.0
"""Does the mark outside the database notice a node that comes back from an old backup?"""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from steerclear.errors import BadInput, NotKept, NotVerified, Unreachable
from steerclear.store.highwater import HighWater, Mark

ROOT = "ab" * 32
OTHER = "cd" * 32


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "high-water"


def test_the_mark_rises_and_is_read_back(path: Path) -> None:
    assert HighWater(path).read() is None
    for mark in (Mark(0, 0, ROOT), Mark(0, 1, ROOT), Mark(0, 900, OTHER), Mark(1, 3, ROOT)):
        HighWater(path).keep(mark)
        HighWater(path).keep(mark)
        assert HighWater(path).read() == mark
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["high-water"]


@pytest.mark.parametrize("older", [Mark(1, 4, ROOT), Mark(0, 900, ROOT)])
def test_an_older_log_is_noticed(path: Path, older: Mark) -> None:
    HighWater(path).keep(Mark(1, 5, ROOT))
    with pytest.raises(NotKept) as refused:
        HighWater(path).keep(older)
    assert refused.value.code == "high-water-falls"
    assert HighWater(path).read() == Mark(1, 5, ROOT)


def test_a_second_history_of_one_size_is_noticed(path: Path) -> None:
    HighWater(path).keep(Mark(0, 5, ROOT))
    with pytest.raises(NotVerified) as refused:
        HighWater(path).keep(Mark(0, 5, OTHER))
    assert refused.value.code == "high-water-differs"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda spelled: b"",
        lambda spelled: spelled[:-1],
        lambda spelled: spelled + b"\n",
        lambda spelled: spelled.replace(b"size 5", b"size 05"),
        lambda spelled: spelled.replace(b"size 5", b"size -5"),
        lambda spelled: spelled.replace(b"\n", b"\r\n"),
        lambda spelled: spelled.upper(),
        lambda spelled: spelled.replace(b"high-water 1", b"high-water 2"),
    ],
)
def test_a_damaged_mark_is_never_taken_for_none(path: Path, spoil: object) -> None:
    HighWater(path).keep(Mark(0, 5, ROOT))
    assert callable(spoil)
    path.write_bytes(spoil(path.read_bytes()))
    for use in (HighWater(path).read, lambda: HighWater(path).keep(Mark(0, 6, ROOT))):
        with pytest.raises(NotVerified) as refused:
            use()
        assert refused.value.code == "high-water-damaged"


def test_a_crash_between_writing_and_renaming_leaves_the_old_mark(path: Path) -> None:
    HighWater(path).keep(Mark(0, 5, ROOT))
    path.with_name("high-water.new").write_bytes(b"steerclear high-wa")
    assert HighWater(path).read() == Mark(0, 5, ROOT)
    HighWater(path).keep(Mark(0, 6, ROOT))
    assert HighWater(path).read() == Mark(0, 6, ROOT)


def test_a_mark_that_cannot_be_written_or_read_says_so(path: Path) -> None:
    with pytest.raises(NotKept) as refused:
        HighWater(path / "no" / "such" / "folder").keep(Mark(0, 1, ROOT))
    assert refused.value.code == "high-water-not-kept"
    path.mkdir()
    with pytest.raises(Unreachable) as unreadable:
        HighWater(path).read()
    assert unreadable.value.code == "high-water-unreadable"


@pytest.mark.parametrize(
    ("generation", "size", "root"), [(-1, 0, ROOT), (0, -1, ROOT), (0, 0, "ab"), (0, 0, ROOT.upper())]
)
def test_what_is_no_mark_cannot_be_made(generation: int, size: int, root: str) -> None:
    with pytest.raises(BadInput) as refused:
        Mark(generation, size, root)
    assert refused.value.code == "high-water-mark"
