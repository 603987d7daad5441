# SPDX-License-Identifier: Apache-2.0
"""What is found between the notices of these files, and what could be done instead?

Files are read one after another; an id stands once in all of them together. Alternatives are looked for on
both sides of every conflict: the nearest start and the nearest altitude at which the notice keeps clear of
everything of other parties in the files; where it is asked for, in every other way too. That is more work
than finding the conflicts, so above ``MOST_WITH_ALTERNATIVES`` it is left out unless it was asked for, and
the report says that it was.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.geojson import read_notices
from steerclear.model.finding import SeparationMinima
from steerclear.model.notice import Notice
from steerclear.screening.alternatives import Alternatives, BandShift, Ranked, TimeShift
from steerclear.screening.screen import Screening
from steerclear.screening.screen import screen as compare

__all__ = ["Instead", "Report", "screened"]

LARGEST_FILE_BYTES: Final = 512_000_000
MOST_WITH_ALTERNATIVES: Final = 200
STDIN: Final = "-"


@dataclass(frozen=True, slots=True)
class Instead:
    """What one notice could do instead; ``None`` is "none within a day" and "none up or down".

    ``every``: all ways there are, least change first; ``None`` when they were not asked for.
    """

    notice: Notice
    start: TimeShift | None
    band: BandShift | None
    every: Ranked | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """The screening, the minima it was done with, and the alternatives by id (``None``: not looked for)."""

    notices: tuple[Notice, ...]
    minima: SeparationMinima
    screening: Screening
    alternatives: dict[str, Instead] | None
    every_way: bool = False

    @property
    def found_something(self) -> bool:
        return bool(self.screening.conflicts or self.screening.undetermined)

    @property
    def parties(self) -> list[str]:
        return sorted({notice.party for notice in self.notices})


def screened(
    files: Sequence[str], minima: SeparationMinima, *, always_alternatives: bool, all_alternatives: bool
) -> Report:
    """Read the files and compare what stands in them. Raises ``BadInput`` for what cannot be read."""
    notices = _read_all(files)
    screening = compare(notices, minima)
    asked_for = always_alternatives or all_alternatives
    looked_for = asked_for or len(screening.conflicts) <= MOST_WITH_ALTERNATIVES
    alternatives = _alternatives(screening, notices, minima, every=all_alternatives) if looked_for else None
    return Report(notices, minima, screening, alternatives, every_way=all_alternatives)


def _read_all(files: Sequence[str]) -> tuple[Notice, ...]:
    if files.count(STDIN) > 1:
        raise BadInput(
            "stdin-twice",
            "Standard input stands more than once among the files, and can be read once.",
            remedy="Give - once.",
        )
    found: list[Notice] = []
    taken: dict[str, str] = {}
    for file in files:
        name = "standard input" if file == STDIN else file
        notices = read_notices(_bytes_of(file), where=name, limit_bytes=LARGEST_FILE_BYTES, taken=taken)
        taken |= dict.fromkeys((notice.ref for notice in notices), name)
        found += notices
    return tuple(found)


def _bytes_of(file: str) -> bytes:
    """One byte more than may be read at most, so that the reader sees that it is too many."""
    if file == STDIN:
        return sys.stdin.buffer.read(LARGEST_FILE_BYTES + 1)
    try:
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise BadInput(
            "input-unreadable",
            f"The file cannot be read: {error.strerror or 'unknown reason'}.",
            where=file,
            remedy="Check the name, and that you may read it.",
        ) from error


def _alternatives(
    screening: Screening, notices: Sequence[Notice], minima: SeparationMinima, *, every: bool
) -> dict[str, Instead]:
    """Once for each notice in conflict, however many conflicts it is in."""
    concerned = {notice.ref: notice for pair in screening.conflicts for notice in (pair.a, pair.b)}
    if not concerned:
        return {}
    around = Alternatives(notices, minima)
    look = _every_way if every else _start_and_altitude
    return {ref: look(around, notice) for ref, notice in concerned.items()}


def _start_and_altitude(around: Alternatives, notice: Notice) -> Instead:
    return Instead(notice, around.nearest_start(notice), around.nearest_altitude(notice))


def _every_way(around: Alternatives, notice: Notice) -> Instead:
    found = around.ranked(notice)
    changes = [offer.change for offer in found.offers]
    start = next((change for change in changes if isinstance(change, TimeShift)), None)
    band = next((change for change in changes if isinstance(change, BandShift)), None)
    return Instead(notice, start, band, found)
