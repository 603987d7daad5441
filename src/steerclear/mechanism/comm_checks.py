# SPDX-License-Identifier: Apache-2.0
"""Is the line tested as was agreed? Amber when a check was missed, red when several were in a row.

    agreed time ──tolerance──► call, answered by all ──► kept
                ──amber_s────► no call, or somebody did not answer ──► missed: AMBER
                               ``red_after`` missed in a row         ──► RED

Both sides are told, by their own view: a dead line that nobody notices is worse than none (design file 6).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from steerclear.mechanism.lines import CheckRecord, is_for_slot
from steerclear.mechanism.view import View
from steerclear.model.annex import AnnexName, CommChecks
from steerclear.model.time import Instant

__all__ = ["MissedCheck", "MissedChecks", "missed_checks"]

_DAY_MS: Final = 86_400_000
_MINUTE_MS: Final = 60_000
_LOOKED_BACK: Final = 7
"""Days: a line that was silent for longer is as red as can be."""


@dataclass(frozen=True, slots=True)
class MissedCheck:
    """An agreed time that passed: who did not call, or who did not answer."""

    slot_at: Instant
    silent: tuple[str, ...]
    called: bool


@dataclass(frozen=True, slots=True)
class MissedChecks:
    """The agreed times missed in a row up to now, newest first; ``is_red`` from ``red_after`` of them on."""

    checks: tuple[MissedCheck, ...]
    is_red: bool


def missed_checks(view: View, now: Instant) -> MissedChecks | None:
    """``None`` while the newest agreed time was kept, or nothing is agreed."""
    annex = view.annexes.in_force(AnnexName.COMM_CHECKS, now)
    if annex is None or not isinstance(annex.terms, CommChecks):
        return None
    terms = annex.terms
    since = max(annex.in_force_from, *(one.at for one in view.annexes.proposals if one.annex == annex))
    missed = tuple(_in_a_row(view, terms, since, now))
    return MissedChecks(missed, is_red=len(missed) >= terms.red_after) if missed else None


def _in_a_row(view: View, terms: CommChecks, since: Instant, now: Instant) -> Iterator[MissedCheck]:
    for slot_at in _passed(terms, now):
        missed = _missed(view, terms, slot_at) if slot_at >= since else None
        if missed is None:
            return
        yield missed


def _passed(terms: CommChecks, now: Instant) -> Iterator[Instant]:
    """Agreed times whose amber time has come, newest first."""
    midnight = now - now % _DAY_MS
    for day in range(_LOOKED_BACK + 1):
        for minutes in sorted(terms.at_minutes, reverse=True):
            slot_at = Instant(midnight - day * _DAY_MS + minutes * _MINUTE_MS)
            if slot_at + terms.amber_s * 1000 <= now:
                yield slot_at


def _missed(view: View, terms: CommChecks, slot_at: Instant) -> MissedCheck | None:
    calls = [check for check in view.checks if _is_for(check, slot_at, terms)]
    if not calls:
        return MissedCheck(slot_at, (terms.caller,), called=False)
    called = {member for check in calls for member in check.called.to}
    answered = {answer.author for check in calls for answer in check.answers}
    silent = tuple(sorted(called - answered))
    return MissedCheck(slot_at, silent, called=True) if silent else None


def _is_for(check: CheckRecord, slot_at: Instant, terms: CommChecks) -> bool:
    return check.called.author == terms.caller and is_for_slot(check.called, slot_at, terms)
