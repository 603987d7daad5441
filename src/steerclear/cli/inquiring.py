# SPDX-License-Identifier: Apache-2.0
"""What does an inquiry read, and what is it told? A record that verifies, openings, and what both showed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from steerclear.cli import show
from steerclear.errors import NotVerified

if TYPE_CHECKING:
    from steerclear.services.blind_inquiry import Inquiry
    from steerclear.services.ledger import Ledger

__all__ = ["audited", "print_inquiry"]


def audited(record: Path, openings: Sequence[Path], cases: Sequence[Path]) -> Inquiry:
    """Raises what reading and verifying raise, and ``BadInput`` where the files do not belong together."""
    from steerclear.blind.opening import parse_opened
    from steerclear.cli.founding import bytes_of
    from steerclear.services.blind_inquiry import inquire

    opened = [parse_opened(bytes_of(path)) for path in openings]
    return inquire(_reopened(record, cases), opened)


def _reopened(record: Path, cases: Sequence[Path]) -> Ledger:
    """The record with everything that either side showed of it; nothing of either is believed."""
    from steerclear.cli.founding import bytes_of
    from steerclear.record.bundle import parse_bundle
    from steerclear.replay.reopened import reopen_bundle, reopen_folder
    from steerclear.services.openings import read_openings, require_genuine
    from steerclear.services.verify import verify_path

    for failure in verify_path(record).failures:
        raise NotVerified(
            "blind-audit-record",
            f"The record does not hold: {failure}",
            where=str(record),
            remedy="Take the record of another member; see steerclear verify.",
        )
    shown: dict[tuple[str, int, int], bytes] = {}
    for path in cases:
        shown.update(read_openings(bytes_of(path)))
    if record.is_dir():
        ledger = reopen_folder(record, openings=shown)
    else:
        ledger = reopen_bundle(parse_bundle(bytes_of(record)), openings=shown)
    require_genuine(ledger)
    return ledger


def print_inquiry(found: Inquiry) -> None:
    """Who cheated, how and where; else that nobody did, as far as could be seen."""
    first, second = found.pair
    show.say(
        f"{first} and {second} at {found.level}, cells of {found.day}, attempt {found.attempt}: "
        f"{found.rounds} rounds, {found.cells[0]:,} and {found.cells[1]:,} cells listed, for "
        f"{found.notices[0]:,} and {found.notices[1]:,} versions of notices"
    )
    for fault in found.faults:
        show.say(show.printable(f"FAULT {fault.kind}: {fault.words}"))
    for silence in found.silence:
        show.say(show.printable(f"host: {silence}"))
    for doubt in found.doubts:
        show.say(show.printable(f"doubt: {doubt}"))
    if not found.faults:
        show.say(
            "No fault: what was listed, masked and told is what both sides had planned and nothing else."
        )
