# SPDX-License-Identifier: Apache-2.0
"""What a verification has checked, what failed, and what could not be settled here.

A *failure* is something that a record cannot hold. A *doubt* is something that a reader must know and that an
honest record can show: a statement under an expired key, a line by an unknown key, a log of which others
have seen more than is here. Nothing is left out silently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from steerclear.record.statement import Statement

__all__ = ["Counts", "LogSummary", "Progress", "Remark", "VerifyReport"]

Progress = Callable[[int], None]
"""Told the number of entries that have been checked so far."""


@dataclass(frozen=True, slots=True)
class Remark:
    """``code`` as in docs/errors.md; ``seq`` the entry, ``None`` for the whole log; ``what`` in words."""

    code: str
    member: str | None
    generation: int | None
    seq: int | None
    what: str
    where: str | None = None

    def __str__(self) -> str:
        log = f"{self.member} generation {self.generation}" if self.member else "the record"
        entry = "" if self.seq is None else f", entry {self.seq}"
        return f"{log}{entry}: {self.what} [{self.code}]"


@dataclass(slots=True)
class Counts:
    """How often each check was made: ``trees`` roots recomputed, ``heads`` roots that another log names."""

    entries: int = 0
    statements: int = 0
    sealed: int = 0
    signatures: int = 0
    delegations: int = 0
    revocations: int = 0
    trees: int = 0
    checkpoints: int = 0
    consistency: int = 0
    cosignatures: int = 0
    heads: int = 0
    blobs: int = 0


@dataclass(frozen=True, slots=True)
class LogSummary:
    """One log: ``size`` entries under ``root``; the first ``recorded`` of them have the quorum."""

    member: str
    generation: int
    size: int
    root: str
    recorded: int


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """``mechanism`` the hash to compare by voice; ``kind`` what was read: a replica, a bundle, a proof ….

    ``said`` is what a sealed entry was opened to say, where that and everything else held.
    """

    kind: str
    mechanism: str
    name: str
    counts: Counts
    logs: tuple[LogSummary, ...]
    failures: tuple[Remark, ...]
    doubts: tuple[Remark, ...] = field(default=())
    said: Statement | None = None

    @property
    def is_verified(self) -> bool:
        return not self.failures
