# SPDX-License-Identifier: Apache-2.0
"""How a file comes to its place whole: after a power cut there is the old one or the new one, never half."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["beside", "replace_durably", "sync_folder"]


def beside(path: Path) -> Path:
    """Where a file is made before it is moved to ``path``; what a crash leaves there is made anew."""
    return path.with_name(path.name + ".new")


def replace_durably(path: Path, content: bytes) -> None:
    """Write ``content`` to ``path``, readable by its owner alone, on disk when this returns."""
    fresh = beside(path)
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make what happened to the folder's names durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
