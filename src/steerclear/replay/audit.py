# SPDX-License-Identifier: Apache-2.0
"""Does the record hold? Every machine's copy of every log, checked again from its bytes."""

from __future__ import annotations

from steerclear.replay import sights
from steerclear.replay.looking import Seen
from steerclear.replay.stage import Stage

__all__ = ["check_record"]


def check_record(sight: sights.Verifies | sights.CountEntries, stage: Stage) -> Seen:
    """What an auditor sees who is handed everything that each machine holds."""
    if isinstance(sight, sights.CountEntries):
        size = stage.stations[sight.of].ledger.own.size
        return Seen(sight.how.holds(size), f"the log of {sight.of} has {size} entries")
    reports = {station.member: station.verify() for station in stage.up()}
    broken = [f"{member}: {failure}" for member, report in reports.items() for failure in report.failures]
    checked = sum(report.counts.entries for report in reports.values())
    held = f"{len(reports)} machines hold {checked} entries, and all of them verify"
    return Seen(bool(reports) and not broken, "; ".join(broken) or held)
