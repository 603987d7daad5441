# SPDX-License-Identifier: Apache-2.0
"""How a small private file is written so that a power cut leaves the old one or the new one, never half."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["replace_durably", "sync_folder"]


def replace_durably(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, readable by its owner alone, on disk when this returns."""
    beside = path.with_name(path.name + ".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    beside.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make what happened to the folder's names durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
