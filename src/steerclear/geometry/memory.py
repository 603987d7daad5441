# SPDX-License-Identifier: Apache-2.0
"""How much memory may still be taken before the machine is in need?"""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Final

__all__ = ["of_container", "spare_bytes"]

_MEMINFO: Final = Path("/proc/meminfo")
CGROUP: Final = Path("/sys/fs/cgroup")
_STATM: Final = Path("/proc/self/statm")
_NO_BOUND: Final = 2**63


def spare_bytes() -> int:
    """The least of what the machine has available, its container allows, and the process may address."""
    return min(_of_machine(), of_container(), _of_process())


def _of_machine() -> int:
    """What the kernel would give without swapping: free pages alone would leave out its file cache."""
    if _MEMINFO.exists():
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(":")
            if name == "MemAvailable":
                return int(value.split()[0]) * 1024
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def of_container(folder: Path = CGROUP) -> int:
    """Of control group version 2; without one, or without a limit, there is no bound."""
    limit, used, kinds = (folder / f"memory.{name}" for name in ("max", "current", "stat"))
    if not (limit.exists() and used.exists()):
        return _NO_BOUND
    text = limit.read_text(encoding="ascii").strip()
    if text == "max":
        return _NO_BOUND
    return int(text) - int(used.read_text(encoding="ascii")) + _given_back(kinds)


def _given_back(kinds: Path) -> int:
    """The file cache that nobody has read of late: counted as used, and the first that the kernel lets go."""
    if not kinds.exists():
        return 0
    rows = (line.partition(" ") for line in kinds.read_text(encoding="ascii").splitlines())
    return next((int(value) for name, _, value in rows if name == "inactive_file"), 0)


def _of_process() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or not _STATM.exists():
        return _NO_BOUND
    return soft - int(_STATM.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
