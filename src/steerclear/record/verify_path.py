# SPDX-License-Identifier: Apache-2.0
"""What is this path, and does it verify? A replica folder, a bundle, a proof or an opening."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from steerclear.errors import BadInput, NotVerified, Unreachable
from steerclear.record.blobs import blob_hash
from steerclear.record.bundle import LARGEST_BUNDLE, Bundle, LogPart, parse_bundle
from steerclear.record.charter import Charter, mechanism_of, read_found_body
from steerclear.record.incident import INCIDENT, verify_package
from steerclear.record.leaf import parse_leaf
from steerclear.record.prove import verify_proof
from steerclear.record.replica import ReplicaLog, read_replica
from steerclear.record.report import Progress, Remark, VerifyReport
from steerclear.record.reveal import REVEALED, verify_revealed
from steerclear.record.verify import verify_record

__all__ = ["processes_for", "require_same", "verify_bundle", "verify_replica"]

LARGE_BYTES: Final = 16_777_216
"""Some 5,000 entries: two seconds for one process, and most of one for several to begin."""

_BUNDLE: Final = b"steerclear/bundle/"
_PROOF: Final = b"c2sp.org/tlog-proof@"


def verify_replica(
    path: Path, progress: Progress | None = None, *, charter: Charter | None = None, processes: int = 1
) -> VerifyReport:
    """Verify a replica folder, a bundle file, a proof file, or what was opened to a third person.

    ``charter`` is needed for a proof and an opening, and for a bundle that does not hold the founding entry;
    where it is given, a replica must be of it. ``processes`` as for ``verify_record``. Raises
    ``Unreachable``, ``BadInput`` (``verify-what``, ``verify-charter``) or, for what is not even in form,
    ``NotVerified``.
    """
    if path.is_dir():
        return _verify_folder(path, progress, charter, processes)
    data = _read(path)
    if data.startswith(_PROOF):
        return verify_proof(data, _given(charter))
    if data.startswith(REVEALED):
        return verify_revealed(data, _given(charter))
    if data.startswith(INCIDENT):
        return verify_package(data, charter)
    if data.startswith(_BUNDLE):
        return verify_bundle(parse_bundle(data), charter=charter, progress=progress, processes=processes)
    raise BadInput(
        "verify-what",
        "This is no replica folder, bundle, proof, opening or file of an incident.",
        where=str(path),
        remedy="Give a folder with a charter.json, a bundle, a .tlog-proof or an .opening file.",
    )


def processes_for(path: Path) -> int:
    """One for each core for what would take one of them long; 1 for what is small, or cannot be looked at."""
    try:
        files = path.rglob("*") if path.is_dir() else [path]
        size = sum(file.stat().st_size for file in files)
    except OSError:
        return 1
    return (os.cpu_count() or 1) if size >= LARGE_BYTES else 1


def verify_bundle(
    bundle: Bundle,
    *,
    charter: Charter | None = None,
    progress: Progress | None = None,
    processes: int = 1,
) -> VerifyReport:
    """Verify the logs that a bundle carries from their beginning; a part without its beginning fails."""
    known = charter or _founding(bundle)
    require_same(known, bundle.mechanism)
    whole = {(part.member, part.generation): [part] for part in bundle.parts if part.start == 0}
    loose: list[LogPart] = []
    for part in bundle.parts:
        begun = whole.get((part.member, part.generation))
        if begun is None or (part is not begun[0] and part.start != sum(len(one.entries) for one in begun)):
            loose.append(part)
        elif part is not begun[0]:
            begun.append(part)
    blobs = {blob_hash(blob): blob for blob in bundle.blobs}
    report = verify_record(
        known,
        [_joined(parts) for parts in whole.values()],
        kind="bundle",
        progress=progress,
        processes=processes,
        beside=blobs.get,
    )
    return replace(report, failures=(*report.failures, *map(_without_beginning, loose)))


def _verify_folder(
    path: Path, progress: Progress | None, charter: Charter | None, processes: int
) -> VerifyReport:
    replica = read_replica(path)
    require_same(charter or replica.charter, mechanism_of(replica.charter))
    report = verify_record(
        replica.charter,
        replica.logs,
        kind="replica",
        progress=progress,
        processes=processes,
        beside=replica.blob,
    )
    strays = (
        Remark("replica-stray", None, None, None, f"{name} is no part of the record.")
        for name in replica.strays
    )
    return replace(report, doubts=(*report.doubts, *strays))


def _founding(bundle: Bundle) -> Charter:
    """The charter that the bundle's own founding entry holds; its hash is to be compared by voice."""
    for part in bundle.parts:
        if part.start == 0 and len(part.entries) > 1:
            signed = parse_leaf(part.entries[1]).statement
            if signed is not None and signed.statement.kind == "charter.found":
                return read_found_body(signed.statement.body)
    return _given(None)


def _given(charter: Charter | None) -> Charter:
    if charter is not None:
        return charter
    raise BadInput(
        "verify-charter",
        "The file does not hold the charter that it is to be verified against.",
        remedy="Give the charter.json of the mechanism.",
    )


def require_same(charter: Charter, mechanism: str) -> None:
    """Is this the charter of the record that is verified? Raises ``NotVerified``."""
    if mechanism_of(charter) != mechanism:
        raise NotVerified(
            "verify-other-mechanism",
            "The charter is not that of this record.",
            where=mechanism,
            remedy="Give the charter whose SHA-256 is the mechanism that the record names.",
        )


def _joined(parts: Sequence[LogPart]) -> ReplicaLog:
    return ReplicaLog(
        parts[0].member,
        parts[0].generation,
        entries=[entry for part in parts for entry in part.entries],
        checkpoints=[part.checkpoint for part in parts if part.checkpoint is not None],
    )


def _without_beginning(part: LogPart) -> Remark:
    return Remark(
        "log-without-beginning",
        part.member,
        part.generation,
        part.start,
        f"{len(part.entries)} entries from here on have no beginning in the bundle and were not checked.",
    )


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST_BUNDLE:
            raise BadInput(
                "verify-too-large",
                f"The file has more than {LARGEST_BUNDLE:,} bytes.",
                where=str(path),
                remedy="Give the record as a replica folder.",
            )
        return path.read_bytes()
    except OSError as error:
        raise Unreachable(
            "verify-unreadable",
            f"{path.name} could not be read: {error.strerror or error}.",
            where=str(path),
            remedy="Give a file or folder that exists and that you may read.",
        ) from error
