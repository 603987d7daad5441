# SPDX-License-Identifier: Apache-2.0
"""What does a recorded play call a thing? By its filer's reference, or by its sort: s1, q2."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from steerclear.replay import deeds
from steerclear.replay.script import Sort

__all__ = ["NameGiver"]

_LETTERS: Final[dict[Sort, str]] = {
    "notice": "n", "stop": "s", "distress": "d", "ownership": "q", "site": "h", "standstill": "x",
    "signal": "g", "annex": "a", "incident": "i", "violation": "v", "check": "k", "conflict": "c",
    "drill": "r", "concern": "o", "finding": "f", "meeting": "t", "minutes": "u", "action": "j",
    "communique": "y", "track-alarm": "w",
}  # fmt: skip
_MAKES: Final[dict[type, Sort]] = {
    deeds.File: "notice",
    deeds.AskOwnership: "ownership",
    deeds.CallCheck: "check",
    deeds.SendSignal: "signal",
    deeds.RegisterSite: "site",
    deeds.ProposeStandstill: "standstill",
    deeds.ProposeAnnex: "annex",
    deeds.CounterAnnex: "annex",
    deeds.OpenIncident: "incident",
    deeds.ClaimViolation: "violation",
    deeds.ProposeConflict: "conflict",
    deeds.StartDrill: "drill",
    deeds.RaiseConcern: "concern",
    deeds.PutFinding: "finding",
    deeds.Convene: "meeting",
    deeds.WriteMinutes: "minutes",
    deeds.GiveAction: "action",
    deeds.ProposeCommunique: "communique",
}
_REFERENCE: Final = re.compile(r"[a-z]{1,12}(?:-?[0-9]{1,6}){1,2}", re.ASCII)
"""A filer's reference that can be a name: with a digit in it, so that it is no word of the grammar."""


class NameGiver:
    """``references`` of all notices are kept free for them."""

    def __init__(self, references: Iterable[str]) -> None:
        self._kept = {name for ref in references if (name := _as_name(ref)) is not None}
        self._given: set[str] = set()

    def sort_of(self, deed: object) -> Sort | None:
        """What a deed makes that can have a name."""
        return deed.sort if isinstance(deed, deeds.CallAlarm) else _MAKES.get(type(deed))

    def next(self, sort: Sort, reference: str | None = None) -> str:
        """A name that nothing has yet."""
        own = None if reference is None else _as_name(reference)
        if own is not None and own not in self._given:
            self._given.add(own)
            return own
        number = 1
        while (name := f"{_LETTERS[sort]}{number}") in self._given | self._kept:
            number += 1
        self._given.add(name)
        return name


def _as_name(reference: str) -> str | None:
    lower = reference.lower()
    return lower if _REFERENCE.fullmatch(lower) else None
