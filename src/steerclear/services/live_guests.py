# SPDX-License-Identifier: Apache-2.0
"""What do other members show us of their aircraft, and how much of it do we take?

    track.show ──► is its alarm still open? ──► is each certain enough? ──► is there room? ──► reports
                        └────────────────────────────┴──────────────────────────┴── no: counted, logged, shown

What a member shows is its word alone. So it is bounded, whatever fits into its entries, and it opens nothing
of ours: an aircraft that a member shows is never the reason for which ours are shown to it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Final

import structlog

from steerclear.mechanism.bodies import ShownTrack, TrackShow
from steerclear.model.time import Instant, format_instant
from steerclear.services.live_rows import FeedShown
from steerclear.services.live_shown import guest_ref, reports_of
from steerclear.tracking import Reports, Taken

__all__ = ["MOST_TRACKS", "MOST_UNCERTAIN_MM", "Guests"]

MOST_TRACKS: Final = 200
"""So many aircraft of one member are taken at once; it shows those that are near, not its order of battle."""

MOST_UNCERTAIN_MM: Final = 20_000_000
"""An aircraft that may be 20 km from where it is said to be is near everything, and warns of nothing."""

MAKES_ROOM_MS: Final = 60_000
"""One that was not shown for six showings makes room for another."""

_log = structlog.get_logger("steerclear.live_guests")


@dataclass(slots=True)
class _Guest:
    """One member that shows aircraft. ``shown`` by track, when it was shown last."""

    shown: dict[str, Instant] = field(default_factory=dict)
    reports: int = 0
    last_good_at: Instant | None = None
    dropped: Counter[str] = field(default_factory=Counter)


class Guests:
    """By member, what it shows. The writer's alone."""

    def __init__(self) -> None:
        self._of: dict[str, _Guest] = {}
        self._shown_by: dict[str, str] = {}
        self._over: set[tuple[str, str]] = set()
        """Alarms, by author, that their author has called clear: nothing more is shown with them."""

    def take(self, body: TrackShow, author: str, now: Instant, *, is_open: bool) -> Reports:
        """What of it is taken. ``is_open``: the alarm with which it is shown stands."""
        guest = self._of.setdefault(author, _Guest())
        guest.shown = {ref: at for ref, at in guest.shown.items() if now - at <= MAKES_ROOM_MS}
        kept = [one for one in body.tracks if self._is_taken(guest, author, body.alarm, one, is_open=is_open)]
        for one in kept:
            ref = guest_ref(author, body.alarm, one.number)
            guest.shown[ref] = now
            self._shown_by[ref] = author
        guest.reports += len(body.tracks)
        return reports_of(replace(body, tracks=tuple(kept)), author)

    def believed(self, author: str, taken: Taken, now: Instant) -> None:
        """What the picture made of it."""
        guest = self._of[author]
        guest.last_good_at = now if taken.kept else guest.last_good_at
        for cause, count in asdict(taken).items():
            if count and cause not in ("offered", "kept"):
                self._drop(guest, author, cause.replace("_", "-"), count)

    def is_over(self, author: str, alarm: str) -> None:
        """Its author has called the alarm clear: what it showed with it is shown no longer."""
        if (author, alarm[:8]) in {_alarm_of(ref, by) for ref, by in self._shown_by.items()}:
            self._over.add((author, alarm[:8]))

    def _is_taken(self, guest: _Guest, author: str, alarm: str, one: ShownTrack, *, is_open: bool) -> bool:
        ref = guest_ref(author, alarm, one.number)
        if not is_open:
            self._drop(guest, author, "alarm-over")
        elif one.uncertain_mm > MOST_UNCERTAIN_MM:
            self._drop(guest, author, "too-uncertain")
        elif ref not in guest.shown and len(guest.shown) >= MOST_TRACKS:
            self._drop(guest, author, "too-many-tracks")
        else:
            # It counts at once: two hundred and one in a single statement are one too many as well.
            guest.shown.setdefault(ref, Instant(0))
            return True
        return False

    def _drop(self, guest: _Guest, author: str, cause: str, count: int = 1) -> None:
        """Counted for the row; told to the log of the process at the 1st, 10th, 100th … of them."""
        before = guest.dropped[cause]
        guest.dropped[cause] += count
        if len(str(guest.dropped[cause])) > len(str(before)) or not before:
            _log.warning("shown-and-not-taken", member=author, cause=cause, times=guest.dropped[cause])

    # -- for whoever looks ---------------------------------------------------------------------------------

    def shown_by(self, ref: str) -> str | None:
        """The member by whose word alone this track is seen."""
        return self._shown_by.get(ref)

    def left(self, ref: str) -> bool:
        """Was it shown with an alarm that its author has called clear?"""
        author = self._shown_by.get(ref)
        return author is not None and _alarm_of(ref, author) in self._over

    def without(self, holders: Mapping[str, str]) -> dict[str, str]:
        """Whose each track is, of those that we see ourselves."""
        return {ref: whose for ref, whose in holders.items() if ref not in self._shown_by}

    def keep_only(self, refs: Collection[str]) -> None:
        """The picture has forgotten the others."""
        self._shown_by = {ref: author for ref, author in self._shown_by.items() if ref in refs}
        self._over &= {_alarm_of(ref, author) for ref, author in self._shown_by.items()}

    def rows(self, withheld: Mapping[str, int], now: Instant) -> Iterator[FeedShown]:
        """Each as a feed. ``withheld``: alarms that wait, by member."""
        for author, guest in sorted(self._of.items()):
            waiting = {"alarms-waiting": withheld[author]} if withheld.get(author) else {}
            at = guest.last_good_at
            yield FeedShown(
                name=f"shown by {author}",
                state="connected",
                whose=author,
                fault="",
                last_good_at=None if at is None else format_instant(at),
                age_s=None if at is None else round((now - at) / 1000, 1),
                reports=guest.reports,
                dropped=dict(sorted({**guest.dropped, **waiting}.items())),
                connections=0,
            )


def _alarm_of(ref: str, author: str) -> tuple[str, str]:
    """The author, and the alarm with which it showed this track, as the track's name begins."""
    return author, ref.split(":")[1]
