# SPDX-License-Identifier: Apache-2.0
"""A record as a folder: what a party, a host or an inquiry keeps and re-checks.

    REPLICA/
      charter.json
      TUR.0/                               member and generation
        entries-000000000000.jsonl         10,000 entries a file, each its bytes and a newline
        entries-000000010000.jsonl
        checkpoint-000000010007.note       with every cosignature known, one file a size
      blobs/HASH                           ciphertext that entries name, by its SHA-256

Whatever else lies in the folder is no part of the record and is named as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final

from steerclear.errors import NotKept, Unreachable
from steerclear.record.blobs import BLOB_BYTES, blob_hash
from steerclear.record.charter import Charter, parse_charter, print_charter
from steerclear.record.checkpoint import checkpoint_of
from steerclear.record.form import HASH
from steerclear.record.leaf import LARGEST_LEAF

__all__ = ["Replica", "ReplicaLog", "read_replica", "write_replica"]

ENTRIES_A_FILE: Final = 10_000
_FOLDER: Final = re.compile(r"([A-Z][A-Z0-9]{1,11})\.(0|[1-9][0-9]{0,8})", re.ASCII)
_BLOBS: Final = "blobs"
_ENTRIES: Final = re.compile(r"entries-\d{12}\.jsonl", re.ASCII)
_CHECKPOINT: Final = re.compile(r"checkpoint-\d{12}\.note", re.ASCII)


@dataclass(frozen=True, slots=True)
class ReplicaLog:
    """One log as it is kept: ``entries`` from the first on, read once; ``checkpoints`` notes of any sizes."""

    member: str
    generation: int
    entries: Iterable[bytes]
    checkpoints: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class Replica:
    """``strays`` are files that are no part of a record."""

    charter: Charter
    logs: tuple[ReplicaLog, ...]
    strays: tuple[str, ...] = ()
    blobs: Mapping[str, Path] = field(default_factory=dict)

    def blob(self, name: str) -> bytes | None:
        """What lies there under that hash, whatever it is; ``None`` where nothing does."""
        return _read(self.blobs[name], at_most=BLOB_BYTES + 1) if name in self.blobs else None


def write_replica(
    folder: Path, charter: Charter, logs: Iterable[ReplicaLog], blobs: Iterable[bytes] = ()
) -> None:
    """Write a new replica. Raises ``NotKept`` (``replica-not-written``), also where the folder exists."""
    try:
        folder.mkdir(parents=True)
        (folder / "charter.json").write_bytes(print_charter(charter))
        for log in logs:
            _write_log(folder / f"{log.member}.{log.generation}", log)
        for blob in blobs:
            (folder / _BLOBS).mkdir(exist_ok=True)
            (folder / _BLOBS / blob_hash(blob)).write_bytes(blob)
    except OSError as error:
        raise NotKept(
            "replica-not-written",
            f"The replica could not be written: {error.strerror or error}.",
            where=str(folder),
            remedy="Name a folder that does not exist yet, on a disk with room.",
        ) from error


def read_replica(folder: Path) -> Replica:
    """A replica whose entries are read as they are asked for. Raises ``Unreachable``, ``NotVerified``."""
    listed = _listed(folder)
    charter = parse_charter(_read(folder / "charter.json"))
    logs: list[ReplicaLog] = []
    strays: list[str] = []
    blobs: dict[str, Path] = {}
    for path in listed:
        named = _FOLDER.fullmatch(path.name)
        if named and path.is_dir():
            logs.append(_read_log(path, named[1], int(named[2])))
            strays.extend(f"{path.name}/{one.name}" for one in _listed(path) if not _belongs(one.name))
        elif path.name == _BLOBS and path.is_dir():
            found = _listed(path)
            blobs = {one.name: one for one in found if HASH.fullmatch(one.name)}
            strays.extend(f"{_BLOBS}/{one.name}" for one in found if one.name not in blobs)
        elif path.name != "charter.json":
            strays.append(path.name)
    return Replica(charter, tuple(logs), tuple(strays), blobs)


def _write_log(folder: Path, log: ReplicaLog) -> None:
    folder.mkdir()
    entries = iter(log.entries)
    start = 0
    while some := list(islice(entries, ENTRIES_A_FILE)):
        (folder / f"entries-{start:012}.jsonl").write_bytes(b"\n".join((*some, b"")))
        start += len(some)
    for note in log.checkpoints:
        checkpoint, _ = checkpoint_of(note)
        (folder / f"checkpoint-{checkpoint.size:012}.note").write_bytes(note)


def _read_log(folder: Path, member: str, generation: int) -> ReplicaLog:
    names = [path.name for path in _listed(folder)]
    return ReplicaLog(
        member,
        generation,
        entries=_lines(folder / name for name in names if _ENTRIES.fullmatch(name)),
        checkpoints=tuple(_read(folder / name) for name in names if _CHECKPOINT.fullmatch(name)),
    )


def _lines(files: Iterable[Path]) -> Iterator[bytes]:
    """Every line of every file, byte for byte; what follows the last newline counts as a line too.

    One line is in memory at a time, and of one that is no entry no more than shows that.
    """
    for file in files:
        try:
            with file.open("rb") as opened:
                while line := opened.readline(LARGEST_LEAF + 2):
                    yield line.removesuffix(b"\n")
        except OSError as error:
            raise _unreadable(file, error) from error


def _belongs(name: str) -> bool:
    return bool(_ENTRIES.fullmatch(name) or _CHECKPOINT.fullmatch(name))


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError as error:
        raise _unreadable(folder, error) from error


def _read(file: Path, *, at_most: int = -1) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(at_most)
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(path: Path, error: OSError) -> Unreachable:
    return Unreachable(
        "replica-unreadable",
        f"{path.name} could not be read: {error.strerror or error}.",
        where=str(path),
        remedy="Give the folder of a whole replica, with its charter.json, that you may read.",
    )
