# SPDX-License-Identifier: Apache-2.0
"""What does this node know? The fold of every statement that it could open, the same in any order.

    entries ──→ Book (statements by thing and author) ──judge──→ notices, calls, conflicts, annexes, affairs …
        └─────→ Heads (who had seen what, when)       ──────────→ DELIVERED, RECORDED, settled annexes

Witnessing is cheap and decides nothing; records are folded when they are asked for, from statements sorted by
place. Two views with equal entries and equal openings are equal in everything. What a node cannot open is in
``sealed``, what it does not know in ``unknown``, what counts for nothing in ``without_effect``: nothing is
dropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from steerclear.mechanism.affairs import (
    IncidentRecord,
    Register,
    SiteRecord,
    StandstillRecord,
    ViolationRecord,
    Watches,
    incident_of,
    site_of,
    standstill_of,
    violation_of,
)
from steerclear.mechanism.annexes import Annexes
from steerclear.mechanism.bodies import Heard, VoiceLog, Waive
from steerclear.mechanism.book import Book
from steerclear.mechanism.calls import Calls, Distresses, Ownerships, Stops
from steerclear.mechanism.entry import Entry, Place
from steerclear.mechanism.findings import Conflicts, Findings
from steerclear.mechanism.heads import Covering, Heads
from steerclear.mechanism.ineffective import Ineffective, WithoutEffect
from steerclear.mechanism.judge import FLOOR, effective, why_without_effect
from steerclear.mechanism.lines import (
    CheckRecord,
    DrillRecord,
    SignalRecord,
    check_of,
    drill_of,
    signal_of,
)
from steerclear.mechanism.meetings import (
    CivilRecord,
    CommuniqueRecord,
    MeetingRecord,
    civil_of,
    communique_of,
    meeting_of,
)
from steerclear.mechanism.notices import Notices
from steerclear.mechanism.said import Said
from steerclear.mechanism.times import Times
from steerclear.mechanism.track_alarms import TrackAlarmRecord, track_alarm_of
from steerclear.mechanism.true_time import TrueTime
from steerclear.model.member import Role
from steerclear.model.time import Instant
from steerclear.record.statement import Statement

__all__ = ["Delivered", "View", "WithoutEffect"]

_SEEN_AFTER_MS: Final = 5_000
"""What a machine has got stands on the screens of its desks by then."""


class Delivered(NamedTuple):
    """Another machine had the bytes and could read them: when, by which entry (``None``: heard outside)."""

    at: Instant
    place: Place | None


class View:
    """``roles`` from the charter; ``carried_by``: for a notifier without a node, whose log carries it."""

    def __init__(
        self, me: str, roles: Mapping[str, Role], *, carried_by: Mapping[str, str] | None = None
    ) -> None:
        self.me: Final = me
        self.book: Final = Book(roles, carried_by or {})
        book = self.book
        self.host: Final = book.host
        self.heads: Final = Heads(book.kept, book.times)
        self.times: Final = Times(book, self.heads)
        self.ineffective: Final = Ineffective(book)
        self.annexes: Final = Annexes(book, self.heads, me)
        self.notices: Final = Notices(book)
        self.stops: Final[Calls] = Stops(book, self.annexes)
        self.distress: Final[Calls] = Distresses(book)
        self.ownership: Final = Ownerships(book)
        self.conflicts: Final = Conflicts(book, self.notices)
        self.findings: Final = Findings(book, self.notices, self.annexes, self.heads)
        self.watches: Final = Watches(book)
        self.sites: Final[Register[SiteRecord]] = Register(book, "site.register", site_of)
        self.standstills: Final[Register[StandstillRecord]] = Register(
            book, "standstill.propose", standstill_of
        )
        self.incidents: Final[Register[IncidentRecord]] = Register(book, "incident.open", incident_of)
        self.violations: Final[Register[ViolationRecord]] = Register(book, "violation.claim", violation_of)
        self.signals: Final[Register[SignalRecord]] = Register(book, "signal.send", signal_of)
        self.checks: Final[Register[CheckRecord]] = Register(book, "check.call", check_of)
        self.track_alarms: Final[Register[TrackAlarmRecord]] = Register(book, "track.alarm", track_alarm_of)
        self.drills: Final[Register[DrillRecord]] = Register(book, "drill.start", drill_of)
        self.meetings: Final[Register[MeetingRecord]] = Register(book, "meeting.convene", meeting_of)
        self.communiques: Final[Register[CommuniqueRecord]] = Register(
            book, "communique.propose", communique_of
        )

    # What goes in, in any order and any number of times.

    def witness(self, entry: Entry) -> None:
        """Take in one verified entry; again with its statement once it could be opened."""
        if self.book.add(entry):
            self.times.add(entry, self.heads.add(entry))

    def cosigned(self, log: str, size: int, by: str, at: Instant, generation: int = 0) -> None:
        """``by`` has cosigned a checkpoint of this size of a generation of the log of ``log``."""
        self.heads.cosigned(log, size, by, at, generation)

    def overhear(
        self,
        statement: Statement,
        *,
        at: Instant,
        signed_as: frozenset[str],
        doubt: str | None = None,
        message: str | None = None,
    ) -> None:
        """A floor message that came outside any log; acted on at once. ``message``: its hash, if known."""
        self.book.overhear(statement, at=at, signed_as=signed_as, doubt=doubt, message=message)

    # Who is here.

    @property
    def roles(self) -> Mapping[str, Role]:
        return self.book.roles

    @property
    def members(self) -> tuple[str, ...]:
        return tuple(sorted(self.roles))

    @property
    def parties(self) -> tuple[str, ...]:
        return tuple(member for member in self.members if self.roles[member] is Role.PARTY)

    # What was said, apart from the records of things.

    def said(self, id_: str) -> Said[Any] | None:
        """The opened statement with this id, effective or not."""
        return self.book.said(id_)

    @property
    def voice(self) -> tuple[Said[VoiceLog], ...]:
        return effective(self.book, self.book.of_kind("voice.log"))

    def civil(self, notice: str) -> CivilRecord:
        """What was offered, declined and answered about civil traffic and this notice."""
        return civil_of(self.book, notice)

    @property
    def sealed(self) -> tuple[Entry, ...]:
        """Entries that this node could not open."""
        return self.book.sealed

    @property
    def sealed_places(self) -> tuple[Place, ...]:
        """Where those stand; cheaper than the entries."""
        return self.book.sealed_places

    @property
    def unknown(self) -> tuple[Statement, ...]:
        """Statements of kinds that this version does not know: kept, shown, derived from by nobody."""
        return self.book.unknown

    @property
    def without_effect(self) -> tuple[WithoutEffect, ...]:
        """Everything opened that counts for nothing, in order of place, each with its reason."""
        return tuple(self.ineffective)

    def why_without_effect(self, id_: str) -> str | None:
        """Why the statement with this id counts for nothing; ``None`` when it counts or is not known.

        Of several claims to one id the one that stands is judged; the others are in ``without_effect``.
        """
        said = self.book.said(id_)
        return why_without_effect(self.book, said) if said is not None else self.book.why_misread(id_)

    def waivers(self, about: str) -> tuple[Said[Waive], ...]:
        said = self.book.about(about, Waive)
        return effective(self.book, said) if said else ()  # nearly always: few duties are waived

    def time_of(self, said: Said[Any]) -> TrueTime | None:
        """What is held of its time where that is to be shown; ``None``: the claim stands, near enough."""
        return said.time if said.time is not None and said.time.is_shown else None

    # The stages of file 3 that come from what others had seen.

    def filed_at(self, said: Said[Any]) -> Instant:
        """When it was written into a log; for a floor message also when anybody first heard it."""
        heard = self._heard(said)
        return min([said.at, *(at for _, at in heard)]) if heard else said.at

    def delivered(self, said: Said[Any], member: str) -> Delivered | None:
        """When the addressee's machine had it and could read it: any copy in a log, or heard outside."""
        found = [
            Delivered(covering.at, covering.place)
            for covering in self._coverings(said, member)
            if not covering.unreadable
        ]
        found += [Delivered(at, None) for by, at in self._heard(said) if by == member]
        if member == self.me and not said.is_in_a_log:
            # We heard it ourselves: our bells do not wait until a full disk takes our word for it.
            found.append(Delivered(said.at, None))
        return min(found, key=_delivered_at) if len(found) > 1 else found[0] if found else None

    def unreadable_at(self, said: Said[Any], member: str) -> Instant | None:
        """When the addressee named it unreadable, unless a copy was delivered since."""
        if self.delivered(said, member) is not None:
            return None
        return min((c.at for c in self._coverings(said, member) if c.unreadable), default=None)

    def had_before_saying(self, said: Said[Any], earlier: Said[Any]) -> bool:
        """Had the machine whose log holds ``said`` got ``earlier`` by then? Its own log alone is asked.

        Shown by an entry that stands before it, covers ``earlier`` or says that it was heard, and is dated
        some seconds before ``said`` claims to be: one clock wrote both. What had only just come was on no
        screen; what was said aside of a log comes into it late, and what the log shows by then its author may
        not have known. Outside any log nothing is shown.
        """
        log = said.place.author
        coverings = (self.heads.covering(log, copy) for copy in self.book.copies(earlier) if copy.is_in_a_log)
        shown = [(one.place, one.claimed_at) for one in coverings if one is not None and not one.unreadable]
        shown += [
            (heard.place, heard.said_at)
            for heard in effective(self.book, self.book.about(earlier.id, Heard))
            if heard.place.author == log and heard.is_in_a_log
        ]
        return said.is_in_a_log and any(
            place < said.place and claimed_at + _SEEN_AFTER_MS <= said.said_at for place, claimed_at in shown
        )

    def recorded_at(self, said: Said[Any]) -> Instant | None:
        """When all parties and the host had cosigned a checkpoint that holds it (its log's own aside)."""
        roles = (Role.PARTY, Role.HOST)
        needed = [m for m in self.members if self.roles[m] in roles and m != said.place.author]
        return self.heads.recorded_at(said.place, needed) if needed and said.is_in_a_log else None

    def _heard(self, said: Said[Any]) -> list[tuple[str, Instant]]:
        """Who heard a floor message and when: nobody hears it before it was said."""
        if said.kind not in FLOOR:
            return []  # no other is heard outside the logs
        heard = effective(self.book, self.book.about(said.id, Heard))
        said_at = min(said.at, said.said_at)
        return [(one.author, max(one.at, said_at)) for one in heard]

    def _coverings(self, said: Said[Any], member: str) -> list[Covering]:
        """A notifier without a node has it when its carrier has."""
        machine = self.book.carried_by.get(member, member)
        found = [self.heads.covering(machine, copy) for copy in self.book.copies(said)]
        return [covering for covering in found if covering is not None]


def _delivered_at(one: Delivered) -> Instant:
    return one.at
