# SPDX-License-Identifier: Apache-2.0
"""What a live picture has warned of, as the view knows it: who must call whom, what was shown, what was done.

track.alarm ──→ stands ──track.over by its author──→ over
    ├── track.show: own aircraft of its author, as far as the annex lets it
    └── receipt.acknowledge, track.answer: what the desks did
"""

from __future__ import annotations

from dataclasses import dataclass

from steerclear.mechanism.bodies import Acknowledge, TrackAlarm, TrackAnswer, TrackOver, TrackShow
from steerclear.mechanism.book import Book
from steerclear.mechanism.judge import effective
from steerclear.mechanism.said import Said

__all__ = ["TrackAlarmRecord", "track_alarm_of"]


@dataclass(frozen=True, slots=True)
class TrackAlarmRecord:
    """One alarm of one picture."""

    raised: Said[TrackAlarm]
    shown: tuple[Said[TrackShow], ...]
    over: Said[TrackOver] | None
    acknowledgements: tuple[Said[Acknowledge], ...]
    answers: tuple[Said[TrackAnswer], ...]

    @property
    def id(self) -> str:
        return self.raised.id


def track_alarm_of(book: Book, said: Said[TrackAlarm]) -> TrackAlarmRecord:
    return TrackAlarmRecord(
        raised=said,
        shown=effective(book, book.about(said.id, TrackShow)),
        over=next(iter(effective(book, book.about(said.id, TrackOver))), None),
        acknowledgements=effective(book, book.about(said.id, Acknowledge)),
        answers=effective(book, book.about(said.id, TrackAnswer)),
    )
