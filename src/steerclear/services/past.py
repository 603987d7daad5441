# SPDX-License-Identifier: Apache-2.0
"""What did this node know at a moment of the past? Its own log says so: what it had said, and had seen.

    an entry of its own     known from its time on
    an entry of another     known from the first own entry whose heads cover it
    a floor message         known from when this node heard it, where that was sooner

Nothing is kept for this: the entries that were known are folded anew, by the rules that fold them today. So
what is shown is what an inquiry can derive from the record itself. What was opened to this node only later
is shown as if it had been open at once. What its machine had and had not yet said is not shown: receipts that
only machines gave, which nobody answers, may stand up to a beat (ten minutes) late.
"""

from __future__ import annotations

import copy
from bisect import bisect_right
from collections.abc import Iterator
from itertools import islice
from typing import Final

from steerclear.errors import BadInput, Refused
from steerclear.links.clock import ScriptedClock
from steerclear.mechanism.bodies import (
    AnnexCounter,
    AnnexPropose,
    NoConflictFound,
    NoticeAmend,
    NoticeFile,
    ScreenResult,
    SignalSend,
)
from steerclear.mechanism.duties import Duties
from steerclear.mechanism.entry import Entry, Place
from steerclear.mechanism.judge import FLOOR
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.time import Instant, format_instant, format_zulu
from steerclear.record.statement import Statement
from steerclear.services.affairs_shown import said_in_words
from steerclear.services.inbox import inbox
from steerclear.services.incident_package import BEFORE_MS, belongs_to
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about, short_of
from steerclear.services.past_answers import MomentRow, MomentsShown, PastShown
from steerclear.services.picture import Drawings, height_words
from steerclear.services.rows import words_of

__all__ = ["MOST_ENTRIES", "MOST_MOMENTS", "Past"]

MOST_ENTRIES: Final = 200_000
"""Beyond that a past is folded at another machine, from a replica: it would keep memory that a node needs."""

MOST_MOMENTS: Final = 500
DAY_MS: Final = 86_400_000

_UNTOLD: Final = ("node.", "key.", "log.", "blind.", "heard")
"""What machines tell each other is no moment that somebody would go to."""


class Past:
    """The past of one ledger, folded as far as it was last asked for.

    Called from the node's writer, a slice at a time, so that nobody who calls STOP waits for a replay.
    """

    def __init__(self, ledger: Ledger, *, most_entries: int = MOST_ENTRIES) -> None:
        self._ledger = ledger
        self._most_entries = most_entries
        self._drawings = Drawings()
        self._sizes: dict[tuple[str, int], int] = {}
        self._known: list[tuple[Instant, Place]] = []
        self._unseen: list[Place] = []
        """Held, and not yet covered by an entry of our own: known since now."""
        self._view = _empty_view(ledger)
        self._duties = Duties(self._view)
        self._folded = 0

    # ---- reading what is held ------------------------------------------------------------------------

    def read(self, at_most: int) -> bool:
        """Look at the next entries that came since; says whether there are more. Raises ``Refused``."""
        fresh = list(islice(self._fresh(), at_most))
        if len(self._known) + len(fresh) > self._most_entries:
            raise Refused(
                "past-too-large",
                f"Of more than {self._most_entries:,} entries the past is not folded beside a node's work.",
                where="at",
                remedy="Take a replica (steerclear bundle), and look at it on another machine.",
            )
        for place in fresh:
            self._sizes[place.author, place.generation] = place.seq + 1
        waiting, self._unseen = [*self._unseen, *fresh], []
        for place in waiting:
            at = self._known_at(place)
            if at is None:
                self._unseen.append(place)
            else:
                self._put(at, place)
        return len(fresh) == at_most

    def _fresh(self) -> Iterator[Place]:
        ledger = self._ledger
        for log in (*ledger.generations.retired.values(), *ledger.logs.values()):
            for seq in range(self._sizes.get((log.member, log.generation), 0), log.size):
                yield Place(log.member, log.generation, seq)

    def _known_at(self, place: Place) -> Instant | None:
        ledger, entry = self._ledger, self._entry(place)
        if entry.author == ledger.me:
            return entry.at
        covered_at = ledger.view.heads.covers(ledger.me, (place,))
        content = entry.content
        if isinstance(content, Statement) and content.kind in FLOOR:
            said = ledger.view.said(content.id)
            heard = ledger.view.delivered(said, ledger.me) if said is not None else None
            if heard is not None:
                return heard.at if covered_at is None else min(heard.at, covered_at)
        return covered_at

    def _entry(self, place: Place) -> Entry:
        """From the snapshot's archive where it lies there: the live view need not bring it to memory."""
        kept = self._ledger.kept
        if kept is not None and kept.holds(place):
            return kept.entry(place)
        return self._ledger.view.book.entry_at(place)

    def _put(self, at: Instant, place: Place) -> None:
        index = bisect_right(self._known, (at, place))
        self._known.insert(index, (at, place))
        if index < self._folded:
            self._begin_again()

    # ---- a moment ------------------------------------------------------------------------------------

    def fold(self, at: Instant, at_most: int) -> bool:
        """Fold the next entries that were known at ``at``; says whether there are more."""
        known = bisect_right(self._known, at, key=lambda one: one[0])
        if known < self._folded:
            self._begin_again()
        until = min(known, self._folded + at_most)
        for _, place in self._known[self._folded : until]:
            self._view.witness(self._entry(place))
        self._folded = until
        return until < known

    def at(self, at: Instant) -> PastShown:
        """What was known at ``at``, when everything was read and folded until then."""
        then = self._then(at)
        return PastShown(
            at=format_instant(at),
            member=self._ledger.me,
            entries=self._folded,
            regime=then.view.annexes.state(at).value,
            picture=self._drawings.picture(then),
            inbox=inbox(then, None),
        )

    def _then(self, at: Instant) -> Ledger:
        """The ledger as it stood: nothing is written by it, and what it asks of keys and disk is today's."""
        for (log, generation, by), signed in self._ledger.view.heads.memory().cosigned.items():
            for size, signed_at in signed:
                if signed_at <= at:
                    self._view.cosigned(log, size, by, signed_at, generation)
        then = copy.copy(self._ledger)
        then.view, then.duties, then.clock = self._view, self._duties, ScriptedClock(at)
        return then

    def _begin_again(self) -> None:
        self._view = _empty_view(self._ledger)
        self._duties = Duties(self._view)
        self._folded = 0

    # ---- what one can go to --------------------------------------------------------------------------

    def of_incident(self, about: str) -> MomentsShown:
        """The moments of an incident: what its file would hold, and when this node knew each.

        Raises ``BadInput`` (``not-an-incident``, and what naming a thing raises).
        """
        ledger = self._ledger
        record = ledger.view.incidents.get(said_about(ledger, about).id)
        if record is None:
            raise BadInput(
                "not-an-incident",
                f"“{about[:40]}” is no incident that counts.",
                where="about",
                remedy="Name an incident as steerclear affairs shows it.",
            )
        begins_at = Instant(record.opened.body.happened_at - BEFORE_MS)
        moments = [
            (at, said) for at, said in self._said(begins_at, ledger.now()) if belongs_to(record, said, ledger)
        ]
        opened = record.opened.body
        return self._shown(moments, short_of(ledger, record.id), opened.title, opened.happened_at)

    def around(self, at: Instant) -> MomentsShown:
        """The moments of the day before and the day after."""
        begins_at, ends_at = Instant(at - DAY_MS), min(Instant(at + DAY_MS), self._ledger.now())
        told = [
            (known_at, said) for known_at, said in self._said(begins_at, ends_at) if self._may_be_listed(said)
        ]
        return self._shown(told, None, "", at)

    def _may_be_listed(self, said: Said[object]) -> bool:
        """Others' protected sites are in no list, and so in no list of what was said on a day."""
        return not said.kind.startswith("site.") or said.author == self._ledger.me

    def _said(self, begins_at: Instant, ends_at: Instant) -> Iterator[tuple[Instant, Said[object]]]:
        """What people and hosts said and this node could open, as it came to know of it."""
        start = bisect_right(self._known, begins_at - 1, key=lambda one: one[0])
        told: set[str] = set()
        for at, place in self._known[start:]:
            if at > ends_at:
                return
            content = self._entry(place).content
            if not isinstance(content, Statement) or content.kind.startswith(_UNTOLD) or content.id in told:
                continue
            said = self._ledger.view.said(content.id)
            if said is not None and not _found_nothing(said):
                told.add(content.id)
                yield at, said

    def _shown(
        self, moments: list[tuple[Instant, Said[object]]], about: str | None, words: str, happened_at: Instant
    ) -> MomentsShown:
        shown = moments[-MOST_MOMENTS:]
        ends = [at for at, _ in shown] or [happened_at]
        return MomentsShown(
            about=about,
            words=words,
            begins_at=format_instant(min(*ends, happened_at)),
            ends_at=format_instant(max(*ends, happened_at)),
            happened_at=format_instant(happened_at),
            moments=tuple(self._row(at, said) for at, said in shown),
            more=len(moments) - len(shown),
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


def _empty_view(ledger: Ledger) -> View:
    return View(ledger.me, ledger.view.roles, carried_by=ledger.view.book.carried_by)
