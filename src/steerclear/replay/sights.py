# SPDX-License-Identifier: Apache-2.0
"""What can be seen in a play, and what can happen to its world? Each sight is true or false at its instant.

A sight that is false fails the play. What is read is always derived by the node of whoever looks: from the
statements that this node could open, the clock, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from steerclear.model.member import MemberId
from steerclear.model.space import Altitude, Position
from steerclear.model.time import Instant
from steerclear.model.track import TrackDanger
from steerclear.replay.script import Comparison, Named, OwnershipWord, Sort

__all__ = [
    "SAID_OF",
    "ConflictReading",
    "CountEntries",
    "CountFires",
    "Crash",
    "Duty",
    "Gate",
    "Hears",
    "IsAlarmed",
    "IsClimbed",
    "Knows",
    "LineReading",
    "LoseLink",
    "Measure",
    "NeverSees",
    "Owes",
    "OwnershipReading",
    "Reading",
    "RegainLink",
    "Restart",
    "Sees",
    "ShowTrack",
    "Sight",
    "Stage",
    "StageIs",
    "StateReading",
    "ThingIs",
    "Turn",
    "Verifies",
    "WatchReading",
]  # fmt: skip

Stage = Literal["filed", "delivered", "acknowledged", "disseminated", "recorded"]

Duty = str
"""What is owed, in the mechanism's own word: acknowledgement, outcome, dissemination, …"""

SAID_OF: Final[dict[Sort, tuple[str, ...]]] = {
    "notice": (
        "pending", "hot", "cold", "end-passed", "withdrawn", "late", "unable", "holding", "proceeding",
        "no-conflict-known", "undetermined", "third-parties",
    ),
    "stop": ("open", "closed"),
    "distress": ("open", "closed"),
    "site": ("protected", "stale", "ended"),
    "standstill": ("proposed", "agreed", "ended"),
    "signal": ("read-back", "not-read-back"),
    "annex": ("proposed", "in-force"),
    "incident": ("open", "closed"),
    "violation": ("unanswered", "agreed", "disputed", "unknown"),
    "check": ("answered", "unanswered"),
    "conflict": ("open", "accepted", "declined", "closed"),
    "drill": ("running", "ended"),
    "finding": ("open", "agreed", "disputed"),
    "meeting": ("convened", "minuted"),
    "action": ("open", "done"),
    "communique": ("empty", "agreed"),
    "track-alarm": ("open", "over"),
}  # fmt: skip
"""The words in which the state of a thing is shown, by what it is."""


@dataclass(frozen=True, slots=True)
class Gate:
    """The quality gate warned of, or blocked, what the desk just did.

    ``code``    of the gate's finding, or of the refusal
    ``km``      the distance from the reference that the finding states, in whole kilometres
    ``says``    words that the finding must contain
    """

    blocks: bool
    code: str
    km: int | None
    says: str | None


@dataclass(frozen=True, slots=True)
class Owes:
    """``duty`` is ``None`` for "owes nothing"; ``due_at`` is compared as precisely as it is written."""

    duty: Duty | None
    of: Named | None
    due_at: Instant | None = None
    to_the_second: bool = False
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class IsClimbed:
    """The highest rung of the desk's ladder that is called now for this thing."""

    rung: int
    thing: Named


@dataclass(frozen=True, slots=True)
class IsAlarmed:
    """A live picture's alarm about such a danger has rung at this desk; the newest has the line's name.

    ``by``     whose picture saw it
    ``says``   words that the duty holds
    """

    danger: TrackDanger
    by: MemberId
    says: str | None


# -- readings ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Measure:
    """Whole minutes, rounded up, from FILED to the first answer with authority or to the halt."""

    what: Literal["minutes-to-authority", "minutes-to-halt"]
    of: Named
    how: Comparison | None
    """``None``: it has not happened yet."""


@dataclass(frozen=True, slots=True)
class Knows:
    """Whether the thing can be read, is sealed from the reader, or is not there at all."""

    thing: Named
    how: Literal["open", "sealed"]


@dataclass(frozen=True, slots=True)
class ConflictReading:
    """A conflict stands between the two, as far as the reader knows: by anybody's result."""

    one: Named
    other: Named


@dataclass(frozen=True, slots=True)
class ThingIs:
    """What the reader is shown of a thing: one of the words of ``SAID_OF`` for its sort."""

    thing: Named
    says: str


@dataclass(frozen=True, slots=True)
class OwnershipReading:
    question: Named
    by: MemberId
    word: OwnershipWord


@dataclass(frozen=True, slots=True)
class LineReading:
    """No machine there, a machine and nobody at its desks, or somebody who holds the watch."""

    member: MemberId
    says: Literal["line-up", "line-down", "desk-silent"]


@dataclass(frozen=True, slots=True)
class StateReading:
    says: Literal["in-force", "suspended", "ended"]


@dataclass(frozen=True, slots=True)
class WatchReading:
    member: MemberId
    desk: str
    says: Literal["held", "unrelieved", "nobody"]


Reading = (
    Measure | Knows | ConflictReading | ThingIs | OwnershipReading | LineReading | StateReading | WatchReading
)


@dataclass(frozen=True, slots=True)
class Sees:
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class NeverSees:
    """None of the readings is true now, nor was at any moment of the play before."""

    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class StageIs:
    """The furthest stage that the thing has reached with ``by``, as the actor is shown it."""

    thing: Named
    stage: Stage
    by: MemberId | None
    expired: bool


@dataclass(frozen=True, slots=True)
class Hears:
    """An alarm about ``thing`` sounds at the desk, or (``thing`` is ``None``) nothing sounds there."""

    thing: Named | None


@dataclass(frozen=True, slots=True)
class CountFires:
    """How often the world has fired up to now; ``after`` counts from the call of that alarm."""

    after: Named | None
    how: Comparison


@dataclass(frozen=True, slots=True)
class CountEntries:
    of: MemberId
    how: Comparison


@dataclass(frozen=True, slots=True)
class Verifies:
    """Every member's replica is checked again from its bytes, as an auditor would."""


Sight = (
    Gate
    | Owes
    | IsClimbed
    | IsAlarmed
    | Sees
    | NeverSees
    | StageIs
    | Hears
    | CountFires
    | CountEntries
    | Verifies
)


# -- the world -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LoseLink:
    """The link between two members, or with ``other`` ``None`` every link of ``one``."""

    one: MemberId
    other: MemberId | None


@dataclass(frozen=True, slots=True)
class RegainLink:
    one: MemberId
    other: MemberId | None


@dataclass(frozen=True, slots=True)
class Crash:
    """The member's machine stops; what it had not yet written is gone."""

    member: MemberId


@dataclass(frozen=True, slots=True)
class Restart:
    member: MemberId


@dataclass(frozen=True, slots=True)
class ShowTrack:
    """A feed of ``member`` shows something that flies straight on from here to there, until then.

    ``whose``  a member, ``civil``, or ``unknown``
    """

    member: MemberId
    track: str
    whose: str
    begins: Position
    ends: Position
    altitude: Altitude
    until: Instant


Turn = LoseLink | RegainLink | Crash | Restart | ShowTrack
