# SPDX-License-Identifier: Apache-2.0
"""What did a whole process tell the operating system about the files of one folder? Asked of Debian's strace.

Nothing of the process is replaced: it is the product, Python, and the SQLite of the standard library; files
that SQLite does not write (the high-water mark) and names that move are in it too. Each line ``done N``
that it prints is an acknowledgement. Shared memory is not in the trace, for it is mapped; it means nothing
after a power cut.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.contract.power import Acknowledged, Made, NamesSynced, Op, Removed, Synced, Truncated, Written

__all__ = ["traced"]

_CALLS: Final = "openat,pwrite64,write,fsync,fdatasync,ftruncate,rename,unlink"
_OTHER_WAYS: Final = "pwritev,pwritev2,writev,renameat,renameat2,unlinkat,creat,truncate,link,linkat,msync"
"""Ways to change a file that the program does not take; if it ever does, the reader below says so."""
_LINE: Final = re.compile(r"(?P<call>\w+)\((?P<given>.*)\) += (?P<result>-?\d+)")
_TEXT: Final = re.compile(r'[<"]((?:\\x[0-9a-f]{2})*)[>"]')


def traced(program: str, *words: str, folder: Path, log: Path) -> list[Op]:
    """Run ``program`` (Python source) with ``words``; what its main thread did to the files in ``folder``."""
    subprocess.run(
        ["strace", "-y", "-xx", "-s", "1000000", "-e", f"trace={_CALLS},{_OTHER_WAYS}", "-e", "signal=none",
         "-o", str(log), sys.executable, "-c", program, *words],
        check=True, stdout=subprocess.PIPE, timeout=120,
    )  # fmt: skip
    return list(_Reader(folder).ops(log))


class _Reader:
    """Names of ``folder`` and the files they lead to, as the trace goes on. It must be empty before."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._files: dict[str, int] = {}
        self._written_to: list[int] = []
        """For each file, how far ``write`` has come in it."""

    def ops(self, log: Path) -> Iterator[Op]:
        with log.open(encoding="ascii") as lines:
            for line in lines:
                found = _LINE.match(line)
                if found and int(found["result"]) >= 0:
                    texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(found["given"])]
                    yield from self._said(found["call"], found["given"], texts)

    def _said(self, call: str, given: str, texts: list[bytes]) -> Iterator[Op]:
        if call == "write" and texts[1].startswith(b"done "):
            yield Acknowledged(int(texts[1].split()[1]))
            return
        if call == "openat":
            if "O_CREAT" in given and (name := self._name(texts[1])) and name not in self._files:
                yield self._made(name)
            return
        if call in ("fsync", "fdatasync") and os.fsdecode(texts[0]) == self._folder:
            yield NamesSynced()
            return
        name = self._name(texts[0])
        if name is not None:
            yield from self._changed(call, name, given, texts)

    def _changed(self, call: str, name: str, given: str, texts: list[bytes]) -> Iterator[Op]:
        file = self._files[name]
        match call:
            case "pwrite64":
                yield Written(file, int(given.rsplit(", ", 1)[1]), texts[1])
            case "write":
                yield Written(file, self._written_to[file], texts[1])
                self._written_to[file] += len(texts[1])
            case "ftruncate":
                yield Truncated(file, int(given.rsplit(", ", 1)[1]))
            case "fsync" | "fdatasync":
                yield Synced(file)
            case "unlink":
                del self._files[name]
                yield Removed(name)
            case "rename":
                target = self._name(texts[1])
                assert target is not None, "a file left the folder"
                self._files[target] = self._files.pop(name)
                yield from (Removed(name), Made(target, file))
            case _:
                raise AssertionError(f"{call} is a way to change {name} that this reader does not know")

    def _made(self, name: str) -> Made:
        self._files[name] = len(self._written_to)
        self._written_to.append(0)
        return Made(name, self._files[name])

    def _name(self, path: bytes) -> str | None:
        """Which file of the folder this is, if it is one and lives longer than the machine is on."""
        folder, _, name = os.fsdecode(path).rpartition("/")
        return name if folder == self._folder and not name.endswith("-shm") else None
