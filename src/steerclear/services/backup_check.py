# SPDX-License-Identifier: Apache-2.0
"""Is this backup whole, does its record verify, and does what was opened in it still open?

every file is there with its sum, and no other      needs nothing
the record verifies, as ``steerclear verify`` does  needs nothing
every opening opens under the storage key           needs the keys
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from steerclear.errors import NotVerified, Refused, Unreachable
from steerclear.record.report import Progress
from steerclear.services.backup import MANIFEST, SUMS, Backup, digest_of, files_of, parse_backup, sizes_in
from steerclear.services.ledger import Ledger
from steerclear.services.spent_keys import note_verified_backup
from steerclear.services.verify import verify_path
from steerclear.store.sqlite import SqliteStore

__all__ = [
    "CheckedBackup",
    "check_files",
    "check_openings",
    "checked_backup",
    "count_openings",
    "named_backup",
    "note_checked",
]

_SUM: Final = re.compile(r"([0-9a-f]{64})  ([A-Za-z0-9./_-]{1,200})")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedBackup:
    """A backup that was read back; ``openings`` of sealed entries were tried, and open."""

    backup: Backup
    openings: int


def checked_backup(folder: Path, progress: Progress | None = None) -> Backup:
    """The backup in ``folder``, if all that can be checked without a key is as it should be.

    Raises ``Unreachable`` (``backup-missing``) and ``NotVerified`` (``backup-damaged``, ``backup-form``,
    ``backup-record``), naming the file or the entry.
    """
    check_files(folder)
    backup = named_backup(folder)
    report = verify_path(folder / "node.db", progress)
    if not report.is_verified:
        raise _other_record(folder, str(report.failures[0]))
    if report.mechanism != backup.mechanism or sizes_in(folder / "node.db") != backup.logs:
        raise _other_record(folder, "it holds another record than the backup says")
    return backup


def named_backup(folder: Path) -> Backup:
    """What a backup says of itself, unchecked. Raises ``Unreachable``, ``NotVerified`` (``backup-form``)."""
    try:
        data = (folder / MANIFEST).read_bytes()
    except OSError as error:
        raise _missing(folder, MANIFEST) from error
    return parse_backup(data, folder)


def check_files(folder: Path) -> None:
    """Each file that the sums name, with that sum, and no other. Raises as ``checked_backup`` does."""
    named = _sums(folder)
    there = {str(path.relative_to(folder)): path for path in files_of(folder)}
    for name in sorted(named.keys() ^ there.keys()):
        raise _damaged(folder / name, "it is missing" if name in named else "it is no part of the backup")
    for name, path in there.items():
        if digest_of(path) != named[name]:
            raise _damaged(path, "its bytes are not those that were written")


def note_checked(ledger: Ledger, folder: Path) -> CheckedBackup:
    """The record in this backup of the node verified: try the openings, and remember that it is there."""
    checked = check_openings(ledger, folder)
    note_verified_backup(ledger, checked.backup.logs)
    return checked


def check_openings(ledger: Ledger, folder: Path) -> CheckedBackup:
    """Is it a backup of this node, whole, and does what was opened in it open? Raises ``NotVerified`` and
    ``Refused`` (``backup-of-another``)."""
    check_files(folder)
    backup = named_backup(folder)
    if (backup.member, backup.mechanism) != (ledger.me, ledger.mechanism):
        raise Refused(
            "backup-of-another",
            f"The backup is of {backup.member} in mechanism {backup.mechanism[:16]}…, and not of this node.",
            where=str(folder),
            remedy="Name a backup that this node wrote.",
        )
    return CheckedBackup(
        backup=backup, openings=count_openings(folder / "node.db", ledger.keys.storage_key())
    )


def count_openings(database: Path, storage_key: bytes) -> int:
    """Decrypt everything that was ever opened; how much it was. Raises ``NotVerified``, ``Refused``."""
    with SqliteStore(database, storage_key, read_only=True) as store:
        return sum(
            entry.opened is not None
            for member in store.members()
            for generation in store.generations(member)
            for entry in store.entries(member, generation)
        )


def _sums(folder: Path) -> dict[str, str]:
    try:
        text = (folder / SUMS).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise _missing(folder, SUMS) from error
    found = [_SUM.fullmatch(line) for line in text.splitlines()]
    rows = {match[2]: match[1] for match in found if match is not None}
    if len(rows) != len(found) or "".join(f"{sum_}  {name}\n" for name, sum_ in rows.items()) != text:
        raise _damaged(folder / SUMS, "it is no list of sums")
    return rows


def _missing(folder: Path, file: str) -> Unreachable:
    return Unreachable(
        "backup-missing",
        f"There is no backup in this folder: {file} cannot be read.",
        where=str(folder),
        remedy="Name the folder that steerclear backup wrote.",
    )


def _damaged(path: Path, how: str) -> NotVerified:
    return NotVerified(
        "backup-damaged",
        f"{path.name} of the backup is damaged: {how}.",
        where=str(path),
        remedy="Use another backup. The record comes back from the other members; what was opened does not.",
    )


def _other_record(folder: Path, why: str) -> NotVerified:
    return NotVerified(
        "backup-record",
        f"The record in the backup does not verify: {why}.",
        where=str(folder / "node.db"),
        remedy="Use another backup, and run steerclear verify on the node that it came from.",
    )
