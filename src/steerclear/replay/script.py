# SPDX-License-Identifier: Apache-2.0
"""What a play says, as nouns: who is there, who does what when, and what must be seen by when.

A ``Play`` is one reading of a ``*.play`` file (one value of each ``case``). Its lines are in order of time.
A line is a ``Deed`` (a desk does something), a ``Sight`` (something must be seen) or a ``Turn`` of the world
(a link breaks, a machine stops). Names such as ``n1`` are the play's own; the record has ids.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from steerclear.model.member import DeskName, MemberId
from steerclear.model.time import Instant

__all__ = [
    "Actor",
    "Basis",
    "Comparison",
    "DeskActor",
    "Echelon",
    "Everyone",
    "Fires",
    "InDistress",
    "Line",
    "Manner",
    "Named",
    "Notifier",
    "Outcome",
    "OwnershipWord",
    "Play",
    "Remark",
    "Rung",
    "ScriptedDesk",
    "SiteCategory",
    "Sort",
    "TheRecord",
    "World",
]

Sort = Literal[
    "notice", "stop", "distress", "ownership", "site", "standstill", "signal", "annex", "incident",
    "violation", "check", "conflict", "drill", "concern", "finding", "meeting", "minutes", "action",
    "communique", "track-alarm",
]  # fmt: skip
"""What a name of the play stands for."""

Basis = Literal["own-forces", "civilians", "aircraft", "unsure"]
Echelon = Literal["headquarters", "fire-control", "operator"]
InDistress = Literal["aircraft", "vessel", "people", "unsure"]
Outcome = Literal[
    "stopping", "stopped", "not-ours", "helping", "keeping-clear", "cannot", "not-known"
]  # fmt: skip
SiteCategory = Literal[
    "hospital", "school", "shelter", "water", "power", "warehouse", "office", "worship", "own-post", "other"
]
OwnershipWord = Literal[
    "ours", "not-ours", "not-ours-passing-on", "not-ours-no-contact", "not-known", "partly"
]


@dataclass(frozen=True, slots=True)
class Named:
    """A name that an earlier line gave with ``as``."""

    name: str
    sort: Sort


@dataclass(frozen=True, slots=True)
class DeskActor:
    """A desk of a member; with ``rung`` the person whom that rung of its ladder reaches (1 is the first)."""

    member: MemberId
    desk: DeskName | None = None
    rung: int | None = None

    def __str__(self) -> str:
        words = [str(self.member), self.desk or "", f"rung {self.rung}" if self.rung else ""]
        return " ".join(word for word in words if word)


@dataclass(frozen=True, slots=True)
class Everyone:
    """Every member that runs a node."""

    def __str__(self) -> str:
        return "everyone"


@dataclass(frozen=True, slots=True)
class World:
    """What no member does: fire, links, machines."""

    def __str__(self) -> str:
        return "world"


@dataclass(frozen=True, slots=True)
class TheRecord:
    """The logs of all members, as an auditor reads them."""

    def __str__(self) -> str:
        return "record"


Actor = DeskActor | Everyone | World | TheRecord


@dataclass(frozen=True, slots=True)
class Comparison:
    """``<= 6``: a sign and a whole number."""

    sign: Literal["<=", ">=", "<", ">", "="]
    number: int

    def holds(self, value: float) -> bool:
        return {
            "<=": value <= self.number,
            ">=": value >= self.number,
            "<": value < self.number,
            ">": value > self.number,
            "=": value == self.number,
        }[self.sign]

    def __str__(self) -> str:
        return f"{self.sign} {self.number}"


@dataclass(frozen=True, slots=True)
class Manner:
    """How a deed is done: the clauses that may stand at the end of a line.

    ``to``, ``without``  addressees, and whom the filer leaves out on purpose; no ``to``: every other party
    ``sealed``           readable by the addressees alone
    ``by_voice``         heard on a line and entered by the desk that heard it
    """

    named: str | None = None
    to: tuple[MemberId, ...] = ()
    without: tuple[MemberId, ...] = ()
    sealed: bool = False
    by_voice: bool = False
    because: str | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    sort: Literal["relay", "may-act"]
    label: str


@dataclass(frozen=True, slots=True)
class ScriptedDesk:
    """A desk whose ladder the play writes itself; without one the template's ladder holds."""

    member: MemberId
    desk: DeskName
    ladder: tuple[Rung, ...]


@dataclass(frozen=True, slots=True)
class Notifier:
    """A member that files and calls STOP; ``via``: its only line goes to that member, which carries it on."""

    member: MemberId
    via: MemberId | None


@dataclass(frozen=True, slots=True)
class Remark:
    """``fact``, ``claim WHO`` or ``assumed``: what the play rests on, printed before it runs."""

    sort: Literal["fact", "claim", "assumed"]
    text: str
    who: str | None = None


@dataclass(frozen=True, slots=True)
class Fires:
    """The world fires at ``first_at`` and every ``every_ms`` after it.

    It ends at an instant or with the halt of a STOP, which is the moment named in "stopped at".
    ``every_ms`` is ``None`` for a single time.
    """

    first_at: Instant
    every_ms: int | None = None
    last_at: Instant | None = None
    until_halt_of: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the body: at ``at``, ``actor`` does or sees ``act``."""

    number: int
    text: str
    at: Instant
    actor: Actor
    act: object
    manner: Manner


@dataclass(frozen=True, slots=True)
class Play:
    """One case of one file, read and checked: every member, desk and name that a line uses exists."""

    where: str
    title: str
    mechanism: str
    parties: tuple[MemberId, ...]
    host: MemberId
    notifiers: tuple[Notifier, ...]
    thirds: tuple[MemberId, ...]
    desks: tuple[ScriptedDesk, ...]
    starts_at: Instant
    case: tuple[tuple[str, str], ...]
    remarks: tuple[Remark, ...]
    fires: tuple[Fires, ...]
    lines: tuple[Line, ...]

    @property
    def members(self) -> tuple[MemberId, ...]:
        """Every member of the mechanism, in the order in which the play names them."""
        return (*self.parties, self.host, *(notifier.member for notifier in self.notifiers))
