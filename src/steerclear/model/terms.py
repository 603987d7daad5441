# SPDX-License-Identifier: Apache-2.0
"""What an annex may agree: a dataclass for each kind of terms, each value with its restrictive direction."""

from __future__ import annotations

import re
from calendar import monthrange, timegm
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, ClassVar, Final

from steerclear.model.finding import SeparationMinima
from steerclear.model.forms import Count, Feet, Hash, Label, Millimetres, MinuteOfDay, Seconds, Text
from steerclear.model.member import DeskName, MemberId
from steerclear.model.notice import Domain, NoticeKind
from steerclear.model.response import ClassTerms, Ladder, ResponseClass
from steerclear.model.space import Footprint, Position
from steerclear.model.time import Instant
from steerclear.model.track import Shows, TrackDanger
from steerclear.model.wire import GROWN, Codec, JsonValue, misfit

__all__ = [
    "Arms", "Blackout", "BlindTerms", "Civil", "CivilArea", "CivilContact", "Clause", "Clauses", "CommChecks",
    "Communique", "Contact", "DayOfYear", "Disclosure", "DisclosureRow", "Frequencies", "Frequency",
    "Incidents", "KindTerms", "Level", "NamedArea", "NamedLine", "NoticeTerms", "Padding", "ProtectedSites",
    "Rescue", "Response", "SafetyFloor", "Season", "Separation", "SeparationRow", "SiteCheck", "Standstill",
    "Statistics", "Succession", "Terms", "Theatre", "TrackRow", "Vocabulary",
]  # fmt: skip


class Level(Enum):
    """Disclosure, from open to blind (design file 5); later is more closed."""

    L0 = "L0"
    L1 = "L1"
    L2 = "L2"
    L3 = "L3"
    L3P = "L3p"

    @property
    def closedness(self) -> int:
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class NamedArea:
    """An area with a name that both sides use."""

    name: Annotated[Label, "Its name."]
    area: Annotated[Footprint, "Where it is."]


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A line with a name, and how far each side keeps off it."""

    name: Annotated[Label, "Its name."]
    points: Annotated[tuple[Position, ...], "Its corners, in order."]
    keep_off_mm: Annotated[Millimetres, "How far to keep off, in millimetres (restrictive: larger)."]
    kinds: Annotated[tuple[NoticeKind, ...], "Which kinds of notice keep off; empty for all."]


@dataclass(frozen=True, slots=True)
class Theatre:
    """Where the mechanism applies."""

    IS: ClassVar[str] = "theatre"
    area: Annotated[Footprint | None, "The whole theatre; null where the charter alone says it."]
    sub_areas: Annotated[tuple[NamedArea, ...], "Named parts."]
    lines: Annotated[tuple[NamedLine, ...], "Lines to keep off (restrictive: all of both versions)."]
    off_limits: Annotated[tuple[NamedArea, ...], "Areas to keep out of (restrictive: all of both versions)."]


@dataclass(frozen=True, slots=True)
class KindTerms:
    """What the quality gate holds a kind of notice to."""

    kind: Annotated[NoticeKind, "The kind of notice."]
    lead_s: Annotated[Seconds, "Least time from filing to start (restrictive: longer)."]
    largest_km2: Annotated[Count | None, "Largest area in km², null without limit (restrictive: smaller)."]
    longest_s: Annotated[Seconds | None, "Longest duration, null without limit (restrictive: shorter)."]


@dataclass(frozen=True, slots=True)
class Blackout:
    """A time in which kinds of notice are not filed."""

    start: Annotated[Instant, "From."]
    end: Annotated[Instant, "Until."]
    kinds: Annotated[tuple[NoticeKind, ...], "Which kinds; empty for all."]
    because: Annotated[Label, "Which occasion."]


def _read_day(value: JsonValue, where: str) -> str:
    if isinstance(value, str) and _DAY.fullmatch(value):
        month, day = int(value[:2]), int(value[3:])
        if 1 <= month <= 12 and 1 <= day <= monthrange(_LEAP_YEAR, month)[1]:
            return value
    raise misfit(where, _DAY_SAYS)


_DAY: Final = re.compile(r"\d\d-\d\d", re.ASCII)
_DAY_SAYS: Final = "a day of any year, as 07-01"
_LEAP_YEAR: Final = 2024
DayOfYear = Annotated[str, Codec(_DAY_SAYS, str, _read_day)]


@dataclass(frozen=True, slots=True)
class Season:
    """Days of every year in which kinds of notice are not filed; both days belong to it."""

    first_day: Annotated[DayOfYear, "Its first day, from 00:00Z."]
    last_day: Annotated[DayOfYear, "Its last day, until 24:00Z; before the first: over the turn of the year."]
    kinds: Annotated[tuple[NoticeKind, ...], "Which kinds; empty for all."]
    because: Annotated[Label, "Which occasion."]

    def spans(self, first_year: int, last_year: int) -> Iterator[tuple[int, int]]:
        """Seconds from and until, for the season that begins in each of these years."""
        for year in range(first_year, last_year + 1):
            ends_in = year if self.last_day >= self.first_day else year + 1
            yield _midnight_s(year, self.first_day), _midnight_s(ends_in, self.last_day) + 86_400


def _midnight_s(year: int, day: str) -> int:
    """29 February counts as 1 March where there is none."""
    month, of_month = int(day[:2]), int(day[3:])
    if of_month > monthrange(year, month)[1]:
        month, of_month = month + 1, 1
    return timegm((year, month, of_month, 0, 0, 0))


@dataclass(frozen=True, slots=True)
class NoticeTerms:
    """Which notices are filed, how early, how large. An empty list of kinds is a mechanism without a gate."""

    IS: ClassVar[str] = "notices"
    kinds: Annotated[tuple[KindTerms, ...], "One row for each kind in use."]
    blackouts: Annotated[tuple[Blackout, ...], "Blackout dates (restrictive: all of both versions)."]
    seasons: Annotated[
        tuple[Season, ...], "Blackout dates of every year (restrictive: all of both versions)."
    ]

    def of(self, kind: NoticeKind) -> KindTerms | None:
        return next((row for row in self.kinds if row.kind is kind), None)


@dataclass(frozen=True, slots=True)
class SeparationRow:
    """Minima for one pair; null matches any. Symmetric: the two sides may stand either way round."""

    kind_a: Annotated[NoticeKind | None, "Kind of one side."]
    domain_a: Annotated[Domain | None, "Domain of that side."]
    kind_b: Annotated[NoticeKind | None, "Kind of the other side."]
    domain_b: Annotated[Domain | None, "Domain of that side."]
    lateral_mm: Annotated[Millimetres, "Least lateral gap in millimetres (restrictive: larger)."]
    vertical_ft: Annotated[Feet, "Least vertical gap in feet (restrictive: larger)."]
    time_s: Annotated[Seconds, "Least gap in time (restrictive: longer)."]

    def fits(self, a: tuple[NoticeKind, Domain | None], b: tuple[NoticeKind, Domain | None]) -> bool:
        return self._fits_in_order(a, b) or self._fits_in_order(b, a)

    def _fits_in_order(
        self, a: tuple[NoticeKind, Domain | None], b: tuple[NoticeKind, Domain | None]
    ) -> bool:
        wanted = (self.kind_a, self.domain_a, self.kind_b, self.domain_b)
        return all(want is None or want is have for want, have in zip(wanted, (*a, *b), strict=True))


@dataclass(frozen=True, slots=True)
class Separation:
    """How far apart two notices keep. The first row that fits counts, else the three defaults."""

    IS: ClassVar[str] = "separation"
    lateral_mm: Annotated[Millimetres, "Default lateral minimum in millimetres (restrictive: larger)."]
    vertical_ft: Annotated[Feet, "Default vertical minimum in feet (restrictive: larger)."]
    time_s: Annotated[Seconds, "Default minimum in time (restrictive: longer)."]
    rows: Annotated[tuple[SeparationRow, ...], "Pairs with minima of their own, first match first."]

    def minima(
        self,
        kind_a: NoticeKind,
        kind_b: NoticeKind,
        domain_a: Domain | None = None,
        domain_b: Domain | None = None,
    ) -> SeparationMinima:
        """The minima of a pair: lateral in millimetres, vertical in feet, time in seconds."""
        for row in self.rows:
            if row.fits((kind_a, domain_a), (kind_b, domain_b)):
                return SeparationMinima(row.lateral_mm, row.vertical_ft, row.time_s)
        return SeparationMinima(self.lateral_mm, self.vertical_ft, self.time_s)


@dataclass(frozen=True, slots=True)
class Response:
    """Classes, deadlines and ladders. Without classes nobody owes an answer: a bare telephone."""

    IS: ClassVar[str] = "response"
    written_stop: Annotated[
        bool, "STOP reaches the desk in writing; false: only when the usual contact is there."
    ]
    classes: Annotated[tuple[ClassTerms, ...], "Deadlines by class."]
    ladders: Annotated[tuple[Ladder, ...], "Who is called at each desk, in order."]
    outcome_s: Annotated[Seconds, "STOP owes an outcome this long after DELIVERED (restrictive: shorter)."]
    renew_s: Annotated[Seconds, "… renewed this often until the caller closes (restrictive: shorter)."]
    close_s: Annotated[Seconds, "The caller closes this long after a final outcome (restrictive: shorter)."]
    ownership_s: Annotated[Seconds, "Ownership is answered this long after DELIVERED (restrictive: shorter)."]
    screening_s: Annotated[Seconds, "The host screens this long after DELIVERED (restrictive: shorter)."]
    join_within_mm: Annotated[Millimetres, "STOPs of one caller nearer than this join one alarm."]
    join_within_s: Annotated[Seconds, "… and not later than this after the one before."]

    def of(self, wanted: ResponseClass) -> ClassTerms | None:
        for row in self.classes:
            if row.of is wanted:
                return row
        return None

    def ladder(self, member: str, desk: str) -> Ladder | None:
        return next((row for row in self.ladders if (row.member, row.desk) == (member, desk)), None)

    def desks(self, member: str) -> tuple[DeskName, ...]:
        return tuple([row.desk for row in self.ladders if row.member == member])


@dataclass(frozen=True, slots=True)
class CommChecks:
    """The line is tested at agreed times; CHECK of the table in design file 6."""

    IS: ClassVar[str] = "comm-checks"
    caller: Annotated[MemberId, "Who calls."]
    at_minutes: Annotated[
        tuple[MinuteOfDay, ...], "Minutes after 00:00Z, each day (restrictive: all of both)."
    ]
    tolerance_s: Annotated[Seconds, "A call or answer within this of its time is in time."]
    amber_s: Annotated[Seconds, "Shown amber this long after its time."]
    red_after: Annotated[Count, "Shown red after so many missed in a row."]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The codes that have a meaning here."""

    IS: ClassVar[str] = "vocabulary"
    catalogue: Annotated[Hash, "SHA-256 of the catalogue of signals."]
    languages: Annotated[tuple[Label, ...], "Languages in use."]
    read_back: Annotated[tuple[Label, ...], "Codes that need a read-back (restrictive: all of both)."]


@dataclass(frozen=True, slots=True)
class Frequency:
    """A channel and when it was last tested."""

    name: Annotated[Label, "What both sides call it."]
    channel: Annotated[Label, "Frequency, mode or number."]
    use: Annotated[Text, "What it is for."]
    tested_at: Annotated[Instant | None, "Its last test; null: never."]


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Agreed channels (Al-Tanf: no answer on the agreed frequency)."""

    IS: ClassVar[str] = "frequencies"
    channels: Annotated[tuple[Frequency, ...], "The channels."]
    test_every_s: Annotated[Seconds, "A channel is tested at least this often (restrictive: shorter)."]


@dataclass(frozen=True, slots=True)
class DisclosureRow:
    """A level for one kind and one recipient; null matches any."""

    kind: Annotated[NoticeKind | None, "The kind of notice."]
    recipient: Annotated[MemberId | None, "To whom."]
    level: Annotated[Level, "The most closed level allowed (restrictive: more closed)."]


class Padding(Enum):
    """What the sizes of blind lists are rounded up to; the earlier tells less and is the more restrictive.

    doubling   the next power of two: a size tells the number of cells within a factor of two
    padme      Padmé's next number: from 1,024 slots on within a sixteenth, and costs no more than that
    """

    DOUBLING = "doubling"
    PADME = "padme"


@dataclass(frozen=True, slots=True)
class BlindTerms:
    """How the notices are compared that nobody shows."""

    tick_s: Annotated[Seconds, "Each side sends a list this often, empty or not."]
    horizon_days: Annotated[
        Count, "So many UTC days are compared, from today on; what is later is Undetermined."
    ]
    cap_km2_ft_h: Annotated[
        Count, "So much may each side list for a pair and day, padding counted (restrictive: smaller)."
    ]
    step_minutes: Annotated[Count, "The grid's step in minutes of arc: 5, 15 or 30."]
    padding: Annotated[
        Padding, GROWN, "What the sizes of lists are rounded up to (restrictive: the earlier)."
    ] = Padding.DOUBLING


@dataclass(frozen=True, slots=True)
class TrackRow:
    """How much of its live picture a party shows, for one danger and one recipient; null matches any."""

    danger: Annotated[TrackDanger | None, "The danger of the alarm."]
    recipient: Annotated[MemberId | None, "To whom."]
    shows: Annotated[Shows, "Nothing, the alarm, own aircraft near, all own (restrictive: the earlier)."]
    near_mm: Annotated[
        Millimetres, "So near the other's areas and aircraft is near, in millimetres (restrictive: smaller)."
    ]


@dataclass(frozen=True, slots=True)
class Disclosure:
    """Who sees what of a notice; a party may always be more open for one notice."""

    IS: ClassVar[str] = "disclosure"
    default: Annotated[Level, "Where no row fits (restrictive: more closed)."]
    rows: Annotated[tuple[DisclosureRow, ...], "First match first."]
    blind: Annotated[
        BlindTerms | None, "How L2 to L3p are compared; null: they are not, and nothing is filed at them."
    ] = None
    tracks: Annotated[
        tuple[TrackRow, ...], "What is shown of the live picture, first match first; none: nothing is."
    ] = ()

    def level(self, kind: NoticeKind, recipient: str) -> Level:
        for row in self.rows:
            if row.kind in (None, kind) and row.recipient in (None, recipient):
                return row.level
        return self.default

    def shown(self, danger: TrackDanger, recipient: str) -> tuple[Shows, int]:
        """How much an alarm shows the recipient, and how near is near, in millimetres."""
        for row in self.tracks:
            if row.danger in (None, danger) and row.recipient in (None, recipient):
                return row.shows, row.near_mm
        return Shows.NOTHING, 0


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """How a notice is held against protected sites that its filer was not shown; each side sees the caps."""

    areas_a_day: Annotated[Count, "So many areas one member may ask another about in a UTC day."]
    columns_a_day: Annotated[
        Count, "So many columns of 15 by 15 seconds of arc, padding counted (restrictive: smaller)."
    ]
    held_columns: Annotated[Count, "So many one member may list as those of its sites, padding counted."]
    tell_after_s: Annotated[
        Seconds, "So long after the window of the notice a site's sender is told that it was met."
    ]


@dataclass(frozen=True, slots=True)
class ProtectedSites:
    """Sites stand until ended; without renewal they are STALE, and still protected."""

    IS: ClassVar[str] = "protected-sites"
    renew_s: Annotated[Seconds, "Renewal is owed this often (restrictive: shorter)."]
    check: Annotated[
        SiteCheck | None, GROWN, "How notices are held against sites that nobody shows; null: they are not."
    ] = None


@dataclass(frozen=True, slots=True)
class Incidents:
    """The clock of an incident."""

    IS: ClassVar[str] = "incidents"
    report_s: Annotated[Seconds, "Each involved member states within this (restrictive: shorter)."]
    review_s: Annotated[Seconds, "The joint review closes within this (restrictive: shorter)."]


@dataclass(frozen=True, slots=True)
class SafetyFloor:
    """What goes on while the mechanism is suspended, and under a flood."""

    IS: ClassVar[str] = "safety-floor"
    kinds: Annotated[tuple[Label, ...], "Statement kinds that survive suspension (restrictive: all of both)."]
    entries_an_hour: Annotated[
        Count | None,
        "So many entries of a member's log are taken within an hour, the rest later; STOP, distress and "
        "ownership come by themselves and never wait; null: what the machine bears (restrictive: smaller).",
    ] = None
    bytes_a_day: Annotated[
        Count | None, "The same for the bytes of its entries and blobs in a day (restrictive: smaller)."
    ] = None


@dataclass(frozen=True, slots=True)
class Succession:
    """What still runs when the host cannot be reached."""

    IS: ClassVar[str] = "succession"
    host_gone_after_s: Annotated[Seconds, "The host counts as gone after this silence."]
    second_host: Annotated[MemberId | None, "Who carries and witnesses then."]
    moves_to: Annotated[
        Level | None, "Where host-checked notices may go; null: nowhere, they are Undetermined."
    ]


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause in words."""

    title: Annotated[Label, "What it is about."]
    text: Annotated[Text, "What it says."]


class Arms(Enum):
    """What a rescue carries; the earlier is the more restrictive."""

    UNARMED = "unarmed"
    SELF_DEFENCE = "self-defence"


@dataclass(frozen=True, slots=True)
class Contact:
    """An office that is called, never a person."""

    name: Annotated[Label, "What it is called."]
    way: Annotated[Text, "How it is reached, in words."]


@dataclass(frozen=True, slots=True)
class Rescue:
    """Whoever looks for people is let through."""

    IS: ClassVar[str] = "rescue"
    answer_s: Annotated[Seconds, "A rescue is answered this long after DELIVERED (restrictive: shorter)."]
    keep_off_mm: Annotated[
        Millimetres, "Nobody else's hazard comes nearer, in millimetres (restrictive: larger)."
    ]
    arms: Annotated[Arms, "What it carries (restrictive: the earlier)."]
    contacts: Annotated[tuple[Contact, ...], "Who coordinates it."]
    clauses: Annotated[tuple[Clause, ...], "What else is agreed, in words."]


class CivilArea(Enum):
    """What a civil contact is responsible for."""

    FIR = "fir"
    NAVAREA = "navarea"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CivilContact:
    """A civil authority's office, and who of us calls it."""

    name: Annotated[Label, "What it is called."]
    covers: Annotated[CivilArea, "A flight information region, a navigational area, or another."]
    area: Annotated[Label, "Which one, as LTAA or III."]
    way: Annotated[Text, "How it is reached, in words."]
    caller: Annotated[MemberId | None, "Who calls it; null: whoever filed."]
    within_s: Annotated[Seconds, "Called at the latest this long after filing (restrictive: shorter)."]


@dataclass(frozen=True, slots=True)
class Civil:
    """Civil traffic is warned by its own authority, which gets the texts from us."""

    IS: ClassVar[str] = "civil"
    contacts: Annotated[tuple[CivilContact, ...], "Whom we call."]
    airliner_s: Annotated[
        Seconds, "What is done about an airliner in a hot area is said within (restrictive: shorter)."
    ]
    clauses: Annotated[tuple[Clause, ...], "What else is agreed, in words."]


@dataclass(frozen=True, slots=True)
class Standstill:
    """How acts are stopped in an area."""

    IS: ClassVar[str] = "standstill"
    answer_s: Annotated[Seconds, "A proposal is answered this long after DELIVERED (restrictive: shorter)."]
    lead_s: Annotated[Seconds, "Least time from acceptance to effect (restrictive: longer)."]
    longest_s: Annotated[Seconds | None, "Longest at a time, null without limit (restrictive: shorter)."]
    end_notice_s: Annotated[Seconds, "Who ends it says so this long before (restrictive: longer)."]
    clauses: Annotated[tuple[Clause, ...], "What else is agreed, in words."]


@dataclass(frozen=True, slots=True)
class Communique:
    """What is said in public: only what all have agreed to say, and otherwise nothing."""

    IS: ClassVar[str] = "communique"
    answer_s: Annotated[Seconds, "Proposed words are answered within (restrictive: shorter)."]
    languages: Annotated[tuple[Label, ...], "In which languages; they bind alike."]
    publisher: Annotated[MemberId | None, "Who publishes it; null: each member for itself."]
    clauses: Annotated[tuple[Clause, ...], "What else is agreed, in words."]


@dataclass(frozen=True, slots=True)
class Statistics:
    """What is counted together; each side sees its own in full."""

    IS: ClassVar[str] = "statistics"
    shared: Annotated[tuple[Label, ...], "What is shared, as totals of a month."]
    smallest_shown: Annotated[Count, "A total below this is shown as “fewer” (restrictive: larger)."]
    public: Annotated[bool, "Shared totals are public (restrictive: false)."]
    clauses: Annotated[tuple[Clause, ...], "What else is agreed, in words."]


@dataclass(frozen=True, slots=True)
class Clauses:
    """An annex in words: binding between people, derived from by no rule."""

    IS: ClassVar[str] = "clauses"
    clauses: Annotated[tuple[Clause, ...], "In order."]


Terms = (
    Theatre | NoticeTerms | Separation | Response | CommChecks | Vocabulary | Frequencies | Disclosure
    | ProtectedSites | Rescue | Civil | Incidents | Standstill | SafetyFloor | Succession | Communique
    | Statistics | Clauses
)  # fmt: skip
