# SPDX-License-Identifier: Apache-2.0
"""How much memory may still be taken before the machine is in need?"""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Final

__all__ = ["spare_bytes"]

_MEMINFO: Final = Path("/proc/meminfo")
_CGROUP: Final = Path("/sys/fs/cgroup")
_STATM: Final = Path("/proc/self/statm")


def spare_bytes() -> int:
    """The least of what the machine has available, its container allows, and the process may address."""
    return min(_of_machine(), _of_container(), _of_process())


def _of_machine() -> int:
    """What the kernel would give without swapping: free pages alone would leave out its file cache."""
    if _MEMINFO.exists():
        for line in _MEMINFO.read_text(encoding="ascii").splitlines():
            name, _, value = line.partition(":")
            if name == "MemAvailable":
                return int(value.split()[0]) * 1024
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def _of_container() -> int:
    """Of control group version 2; without one, or without a limit, there is no bound."""
    limit, used = _CGROUP / "memory.max", _CGROUP / "memory.current"
    if not (limit.exists() and used.exists()):
        return 2**63
    text = limit.read_text(encoding="ascii").strip()
    return 2**63 if text == "max" else int(text) - int(used.read_text(encoding="ascii"))


def _of_process() -> int:
    soft, _ = resource.getrlimit(resource.RLIMIT_AS)
    if soft == resource.RLIM_INFINITY or not _STATM.exists():
        return 2**63
    return soft - int(_STATM.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
