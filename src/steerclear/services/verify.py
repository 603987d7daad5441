# SPDX-License-Identifier: Apache-2.0
"""Is this record what it claims to be? A folder, a bundle, a proof, or the database of a node.

What can be carried is checked by the record alone. A database is opened read-only, beside a running node too,
and its entries go through the same checks; what was opened in it is not looked at. The high-water mark beside
it must be reached: a database that lost its last entries is whole in itself.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

from steerclear.errors import Refused
from steerclear.record.charter import Charter, mechanism_of, parse_charter
from steerclear.record.merkle import Tree, leaf_hash
from steerclear.record.replica import ReplicaLog
from steerclear.record.report import LogSummary, Progress, Remark, VerifyReport
from steerclear.record.verify import verify_record
from steerclear.record.verify_path import processes_for, require_same, verify_replica
from steerclear.store.highwater import HighWater, Mark
from steerclear.store.sqlite import SqliteStore

__all__ = ["processes_for", "verify_path"]

_SQLITE: Final = b"SQLite format 3\x00"


def verify_path(
    path: Path, progress: Progress | None = None, *, charter: Charter | None = None, processes: int = 1
) -> VerifyReport:
    """Check what lies at ``path``; a proof needs the ``charter``, and what names another is refused.

    ``processes`` as for ``verify_record``; ``processes_for`` says how many it is worth.
    """
    if path.is_file() and _begins_with(path, _SQLITE):
        return _verify_database(path, progress, charter, processes)
    return verify_replica(path, progress, charter=charter, processes=processes)


def _verify_database(
    path: Path, progress: Progress | None, charter: Charter | None, processes: int
) -> VerifyReport:
    # Before the store is opened: a running node raises its mark meanwhile.
    mark = HighWater(path.with_name("high-water")).read()
    with SqliteStore(path, None, read_only=True) as store:
        kept = store.charter()
        if kept is None:
            raise Refused(
                "nothing-to-verify",
                "The database belongs to a node that has joined no mechanism.",
                where=str(path),
                remedy="Join one first; until then there is no record.",
            )
        own = parse_charter(kept)
        require_same(charter or own, mechanism_of(own))
        logs = [
            ReplicaLog(
                member,
                generation,
                store.leaves(member, generation),
                [note.note for note in store.notes(member, generation)],
            )
            for member in store.members()
            for generation in store.generations(member)
        ]
        report = verify_record(own, logs, progress=progress, processes=processes, beside=store.blob)
        if mark is None or any(_reaches(mark, log, store) for log in report.logs):
            return report
        return replace(report, failures=(*report.failures, _short_of(mark, path)))


def _reaches(mark: Mark, log: LogSummary, store: SqliteStore) -> bool:
    """Whether this log has the entries that the mark beside the database says the node's own log had."""
    if log.generation != mark.generation or log.size < mark.size:
        return False
    if log.size == mark.size:
        return log.root == mark.root
    tree = Tree()
    for leaf in store.leaves(log.member, log.generation, 0, mark.size):
        tree.append(leaf_hash(leaf))
    return tree.root_at(mark.size).hex() == mark.root


def _short_of(mark: Mark, path: Path) -> Remark:
    what = f"by its high-water mark this node's own log had {mark.size} entries; no log here has those."
    return Remark("log-short-of-mark", None, mark.generation, None, what, where=str(path))


def _begins_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as opened:
        return opened.read(len(magic)) == magic
