# SPDX-License-Identifier: Apache-2.0
"""How does a node come back from a backup? Whole and checked, in a new folder, or not at all.

What comes up does not write its log before every peer has told it how far that log went, or an operator has
confirmed it (continuity.py). Floor messages go out from its first moment.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from steerclear.errors import BadInput, NotKept, Refused, SteerclearError
from steerclear.record.report import Progress
from steerclear.services.backup import MANIFEST, SUMS, Backup, files_of
from steerclear.services.backup_check import check_files, checked_backup, count_openings
from steerclear.store.disk import replace_durably, sync_folder
from steerclear.store.highwater import HighWater

__all__ = ["Restored", "restore"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Restored:
    """``openings`` that were opened to try them; ``None`` where the backup holds no keys to try with."""

    node: str
    backup: Backup
    openings: int | None


def restore(
    backup: Path,
    node: Path,
    *,
    storage_key: Callable[[Path], bytes],
    mark: Path | None = None,
    progress: Progress | None = None,
) -> Restored:
    """Bring the backup in the folder ``backup`` back as the node in ``node``, which must not exist.

    ``storage_key`` opens a keys folder; ``mark`` is the high-water mark of the node that was lost, if it is
    left. Raises ``Refused`` (``node-exists``), ``NotKept`` (``restore-not-written``), and what checking
    raises.
    """
    _require_free(node)
    if mark is not None:
        _require_mark(mark)
    fresh = node.with_name(node.name + ".new")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        check_files(backup)
        _copy(backup, fresh)
        # What was copied is what is checked: a disk that reads wrong once is noticed here.
        found = checked_backup(fresh, progress)
        openings = None
        if found.keys != "none":
            openings = count_openings(fresh / "node.db", storage_key(fresh / "keys"))
        if mark is not None:
            replace_durably(fresh / "high-water", mark.read_bytes())
        for name in (MANIFEST, SUMS):
            (fresh / name).unlink()
        _settle(fresh, node)
    except BaseException as error:
        shutil.rmtree(fresh, ignore_errors=True)
        if isinstance(error, OSError):
            raise NotKept(
                "restore-not-written",
                f"The node could not be restored: {error.strerror or error}.",
                where=str(node),
                remedy="Name a folder on a local disk with room, in a folder that you may write to.",
            ) from error
        raise
    return Restored(node=str(node), backup=found, openings=openings)


def _require_free(node: Path) -> None:
    if node.exists() and (not node.is_dir() or any(node.iterdir())):
        raise Refused(
            "node-exists",
            "There is something in this folder already.",
            where=str(node),
            remedy="Move it away, or name another folder; a node is never overwritten.",
        )


def _require_mark(mark: Path) -> None:
    try:
        known = HighWater(mark).read()
    except SteerclearError as error:
        raise _no_mark(mark) from error
    if known is None:
        raise _no_mark(mark)


def _no_mark(mark: Path) -> BadInput:
    return BadInput(
        "restore-mark",
        "This is no high-water mark of a node.",
        where=str(mark),
        remedy="Give the file high-water of the folder that was lost, or none: then every peer is asked.",
    )


def _copy(backup: Path, fresh: Path) -> None:
    """With the modes that a node's folder has, whatever the stick made of them."""
    fresh.mkdir(mode=0o700, parents=True)
    for path in (*files_of(backup), backup / SUMS):
        target = fresh / path.relative_to(backup)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        target.touch(mode=0o600)
        shutil.copyfile(path, target)


def _settle(fresh: Path, node: Path) -> None:
    for path in sorted(fresh.rglob("*")):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    for folder in (*(path for path in fresh.rglob("*") if path.is_dir()), fresh):
        sync_folder(folder)
    if node.exists():
        node.rmdir()  # it is empty
    fresh.rename(node)
    sync_folder(node.parent)
