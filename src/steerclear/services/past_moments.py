# SPDX-License-Identifier: Apache-2.0
"""At which moments did this node learn something? Those of an incident, or of the days around an instant.

What was known is looked through in the writer, a slice at a time (``go_on``), and the last of it is shown.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final

from steerclear.errors import BadInput
from steerclear.mechanism.bodies import (
    AnnexCounter,
    AnnexPropose,
    NoConflictFound,
    NoticeAmend,
    NoticeFile,
    ScreenResult,
    SignalSend,
)
from steerclear.mechanism.entry import Place
from steerclear.mechanism.said import Said
from steerclear.model.time import Instant, format_instant, format_zulu
from steerclear.record.statement import Statement
from steerclear.services.affairs_shown import said_in_words
from steerclear.services.incident_package import BEFORE_MS, belongs_to
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about, short_of
from steerclear.services.past import Past
from steerclear.services.past_answers import MomentRow, MomentsShown
from steerclear.services.picture import height_words
from steerclear.services.rows import words_of

__all__ = ["MOST_MOMENTS", "Moments", "moments_around", "moments_of_incident"]

MOST_MOMENTS: Final = 500
DAY_MS: Final = 86_400_000

_UNTOLD: Final = ("node.", "key.", "log.", "blind.", "heard")
"""What machines tell each other is no moment that somebody would go to."""


def moments_of_incident(ledger: Ledger, past: Past, about: str) -> Moments:
    """The moments of an incident: what its file would hold, and when this node knew each.

    Raises ``BadInput`` (``not-an-incident``, and what naming a thing raises).
    """
    record = ledger.view.incidents.get(said_about(ledger, about).id)
    if record is None:
        raise BadInput(
            "not-an-incident",
            f"“{about[:40]}” is no incident that counts.",
            where="about",
            remedy="Name an incident as steerclear affairs shows it.",
        )
    opened = record.opened.body
    return Moments(
        ledger,
        past,
        begins_at=Instant(opened.happened_at - BEFORE_MS),
        ends_at=ledger.now(),
        is_wanted=lambda said: belongs_to(record, said, ledger),
        happened_at=opened.happened_at,
        about=short_of(ledger, record.id),
        words=opened.title,
    )


def moments_around(ledger: Ledger, past: Past, at: Instant, *, at_most: int = MOST_MOMENTS) -> Moments:
    """The moments of the day before and the day after. Others' protected sites are in no list of a day."""
    return Moments(
        ledger,
        past,
        begins_at=Instant(at - DAY_MS),
        ends_at=min(Instant(at + DAY_MS), ledger.now()),
        is_wanted=lambda said: not said.kind.startswith("site.") or said.author == ledger.me,
        happened_at=at,
        at_most=at_most,
    )


class Moments:
    """What people and hosts said and this node could open, as it came to know of it, between two instants."""

    def __init__(
        self,
        ledger: Ledger,
        past: Past,
        *,
        begins_at: Instant,
        ends_at: Instant,
        is_wanted: Callable[[Said[object]], bool],
        happened_at: Instant,
        about: str | None = None,
        words: str = "",
        at_most: int = MOST_MOMENTS,
    ) -> None:
        self._ledger = ledger
        self._past = past
        self._ends_at = ends_at
        self._is_wanted = is_wanted
        self._happened_at, self._about, self._words = happened_at, about, words
        self._left: Iterator[tuple[Instant, Place]] = past.known_since(begins_at)
        self._told: set[str] = set()
        self._found: deque[tuple[Instant, Said[object]]] = deque(maxlen=at_most)
        self._count = 0

    def go_on(self, at_most: int) -> bool:
        """Look at the next entries; says whether there are more."""
        looked = list(islice(self._left, at_most))
        for at, place in looked:
            said = self._said(place) if at <= self._ends_at else None
            if said is not None and self._is_wanted(said):
                self._found.append((at, said))
                self._count += 1
        return len(looked) == at_most and looked[-1][0] <= self._ends_at

    def _said(self, place: Place) -> Said[object] | None:
        content = self._past.entry(place).content
        if not isinstance(content, Statement) or content.kind.startswith(_UNTOLD) or content.id in self._told:
            return None
        said = self._ledger.view.said(content.id)
        if said is None or _found_nothing(said):
            return None
        self._told.add(content.id)
        return said

    def shown(self) -> MomentsShown:
        ends = [at for at, _ in self._found] or [self._happened_at]
        return MomentsShown(
            about=self._about,
            words=self._words,
            begins_at=format_instant(min(*ends, self._happened_at)),
            ends_at=format_instant(max(*ends, self._happened_at)),
            happened_at=format_instant(self._happened_at),
            moments=tuple(self._row(at, said) for at, said in self._found),
            more=self._count - len(self._found),
        )

    def _row(self, at: Instant, said: Said[object]) -> MomentRow:
        return MomentRow(
            at=format_instant(at),
            said_at=format_instant(said.at),
            id=said.id,
            short=short_of(self._ledger, said.id),
            kind=said.kind,
            author=said.author,
            desk=said.desk,
            words=_words(self._ledger, said),
        )


def _found_nothing(said: Said[object]) -> bool:
    """Every notice is screened by all; that nothing was met is no moment, and stands at the notice."""
    return isinstance(said.body, ScreenResult) and isinstance(said.body.finding, NoConflictFound)


def _words(ledger: Ledger, said: Said[object]) -> str:
    match said.body:
        case NoticeFile(content=content) | NoticeAmend(content=content):
            first, more = content.volumes[0], len(content.volumes) - 1
            times = f"{format_zulu(first.span.start_s)} – {format_zulu(first.span.end_s)}"
            heights = f"{height_words(first.band.lower)} – {height_words(first.band.upper)}"
            others = f", and {more} more" if more else ""
            return f"{content.kind.value} {content.ref}: {times}, {heights}{others}"
        case ScreenResult(notices=notices, finding=finding):
            names = " × ".join(short_of(ledger, one.notice) for one in notices)
            return f"{names}: {words_of(finding.finding())}"
        case SignalSend(code=code, free_text=text):
            return text if text is not None else code
        case AnnexPropose(annex=annex) | AnnexCounter(annex=annex):
            return f"{annex.name.value}, version {annex.version}"
    return said_in_words(ledger, said)
