# SPDX-License-Identifier: Apache-2.0
"""What does a node answer? Rows that every face shows alike; times are RFC 3339 text, unknown is ``None``.

These dataclasses are the public answers of the API (it turns them into JSON as they stand) and of the typed
client (it reads them back), so there is one list of fields, here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from steerclear.services.live_rows import FeedShown

__all__ = [
    "AffairLine",
    "AffairRow",
    "AlternativeRow",
    "AnnexRow",
    "BlindDayRow",
    "Carried",
    "Compared",
    "FieldRow",
    "FindingRow",
    "GateRow",
    "Inbox",
    "KeyRow",
    "KeysShown",
    "KindRow",
    "LadderRow",
    "LineRow",
    "LogRow",
    "NoticeRow",
    "OwedRow",
    "ReadOut",
    "Receipt",
    "RefusalRow",
    "RootAsked",
    "SiteCheckRow",
    "StageRow",
    "Status",
    "StopRow",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class GateRow:
    """What the quality gate said; a warning (``severity`` *warn*) may be overridden with a reason."""

    code: str
    severity: str
    words: str
    overridden_because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """FILED: the leaf is durable in the own log, was read back and hashed again.

    ``seq`` and ``root`` are the place in the own log and the root of the log with it (hex); ``None`` for a
    STOP that went out as a message of its own, because the own log could not be written.
    """

    id: str
    short: str
    kind: str
    ref: str | None
    filed_at: str
    seq: int | None
    root: str | None
    sealed_to: tuple[str, ...]
    gate: tuple[GateRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageRow:
    """How far a notice came with one addressee; what has not happened is ``None``."""

    member: str
    readable: bool
    delivered_at: str | None
    acknowledged_at: str | None
    acknowledged_by: str | None
    disseminated_at: str | None
    disseminated_to: str | None
    disseminated_until: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeRow:
    """A change of one notice after which its screener found no conflict."""

    way: Literal["start", "altitude", "none"]
    start: str | None = None
    lower_ft: int | None = None
    upper_ft: int | None = None
    datum: str | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """A screening result as this node could open it; never more than its author chose to show.

    ``overlap`` is a list of polygons, each a list of rings of ``(lat_deg, lon_deg)``.
    """

    finding: Literal["NO CONFLICT KNOWN", "CONFLICT", "MAY CONFLICT", "UNDETERMINED"]
    by: str
    at: str
    about: tuple[str, ...]
    words: str
    first_at: str | None = None
    overlap: tuple[tuple[tuple[tuple[float, float], ...], ...], ...] = ()
    alternatives: tuple[AlternativeRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A notice that this node can read."""

    id: str
    short: str
    author: str
    ref: str
    kind: str
    notice_class: str
    version: int
    state: str
    start: str
    end: str
    filed_at: str
    recorded_at: str | None
    stages: tuple[StageRow, ...]
    findings: tuple[FindingRow, ...]
    screened: str
    without_effect: str | None = None
    gate: tuple[GateRow, ...] = ()
    """Of another's notice: what our own gate finds in it; a reason is the one that its filer gave."""
    held_times: tuple[str, ...] = ()
    """What is not held to be said when it says: claimed and held time, and who bears it out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwedRow:
    """One thing that somebody owes: the inbox, the host's board and the ladder are all made of these."""

    what: str
    about: str
    short: str
    creditor: str
    debtor: str
    desk: str | None
    due_at: str | None
    state: Literal["open", "met", "late", "waived"]
    called_rungs: tuple[int, ...]
    rungs: int
    next_rung_at: str | None
    line_down: bool
    words: str
    held_time: str | None = None
    """Where the clock of what it is about is not believed: claimed and held time, and who bears it out."""
    may_act_rungs: tuple[int, ...] = ()
    """Those of the called rungs that may act: an acknowledgement of one of them ends the climb."""
    acknowledged_rungs: tuple[int, ...] = ()
    """Of a STOP or distress: rungs of this very desk that have acknowledged these very calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """What a desk owes and what it is owed, most urgent first.

    ``sealed`` names entries of others that stand here and that this node cannot open.
    """

    member: str
    desk: str | None
    now: str
    i_owe: tuple[OwedRow, ...]
    owed_to_me: tuple[OwedRow, ...]
    notices: tuple[NoticeRow, ...]
    stops: tuple[StopRow, ...]
    sealed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderRow:
    """Which rungs of one desk's ladder are called, of how many, and when the next one will be."""

    member: str
    desk: str
    called_rungs: tuple[int, ...]
    rungs: int
    next_rung_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRow:
    """A STOP with its clock. Minutes count from FILED; ``None`` while nobody with authority has answered.

    ``doubt`` why it is not certain who called it; it is acted on all the same.
    ``drill`` what the drill is called that it belongs to; ``None``: it is real.
    ``held_times`` what is not held to be said when it says: claimed and held time, and who bears it out.
    ``called_rungs`` the numbers that are called at any desk; ``ladders`` the same for each desk by itself.
    """

    id: str
    short: str
    caller: str
    desk: str | None
    to: tuple[str, ...]
    place: str
    seen: str
    basis: str
    filed_at: str
    delivered_at: str | None
    called_rungs: tuple[int, ...]
    rungs: int
    acknowledged: tuple[str, ...]
    outcome: str | None
    minutes_to_authority: float | None
    minutes_to_halt: float | None
    closed_at: str | None
    count: int
    doubt: str | None = None
    drill: str | None = None
    held_times: tuple[str, ...] = ()
    ladders: tuple[LadderRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """What a bundle that was carried here by hand brought."""

    new_entries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRow:
    """The machine line to one member, and whether a person is at its desks: never one word for both."""

    member: str
    state: Literal["line up", "line down", "never heard"]
    since: str | None
    last_heard_at: str | None
    presence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LogRow:
    """One log as held here, and who stands behind its newest checkpoint."""

    member: str
    generation: int
    size: int
    root: str
    checkpoint_size: int
    cosigned_by: tuple[str, ...]
    recorded: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnexRow:
    name: str
    version: int
    hash: str
    state: str
    ratified_by: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalRow:
    """What ``by`` sent in the last day and this node refused, ``count`` times; ``where`` names log, entry
    and field. ``goes_on``: the last exchange brought it again."""

    by: str
    code: str
    what: str
    where: str
    remedy: str
    first_at: str
    last_at: str
    count: int
    goes_on: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One node at one moment. ``accepting`` is false when it cannot write, ``because`` says why."""

    member: str
    mechanism: str
    name: str
    drill: bool
    regime: str
    now: str
    accepting: bool
    because: str | None
    alarms: tuple[str, ...]
    lines: tuple[LineRow, ...]
    logs: tuple[LogRow, ...]
    annexes: tuple[AnnexRow, ...]
    notices: tuple[NoticeRow, ...]
    stops: tuple[StopRow, ...]
    sealed: tuple[str, ...] = ()
    without_effect: tuple[str, ...] = ()
    refused: tuple[RefusalRow, ...] = ()
    feeds: tuple[FeedShown, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRow:
    """A key that a root has named, and what it is worth now.

    ``named_at`` and ``revoked_at`` are the places in the log; ``signed_by`` the keyids of the root keys under
    the statement that names it; ``held`` whether its private half lies at this node.
    """

    keyid: str
    role: str
    desk: str | None
    valid_from: str
    valid_until: str
    state: Literal["holds", "not yet", "expired", "revoked"]
    named_at: str
    revoked_at: str | None
    signed_by: tuple[str, ...]
    held: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysShown:
    """The keys of one member as its log has named them; ``root_here`` whether this node holds root keys."""

    member: str
    root_threshold: int
    root_keyids: tuple[str, ...]
    second_keys: bool
    root_here: bool
    keys: tuple[KeyRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RootAsked:
    """A request to the root, to be carried as a file; ``says`` is what it asks for, in words.

    ``receipts`` stand where the root keys lie at this node and have signed at once.
    """

    request: str
    digest: str
    says: tuple[str, ...]
    missing: int
    receipts: tuple[Receipt, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOut:
    """A member's log as it stands here, to be read out: ``root`` in hex, ``words`` in groups of four."""

    member: str
    generation: int
    size: int
    root: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Whether what was read out is what came here."""

    member: str
    size: int
    verdict: Literal["SAME", "DIFFERENT", "NOT KNOWN"]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRow:
    """A field of a statement: how a person types it, and what it means."""

    name: str
    typed_as: str
    says: str
    must_be: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """A kind of statement that is said by filling in its fields."""

    kind: str
    says: str
    by_authority: bool
    fields: tuple[FieldRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AffairLine:
    """Something that was said about a thing, or (``delivered``) whose machine has it, in words.

    ``short`` names what was said, for what answers it; ``None`` where nobody said anything.
    """

    at: str
    by: str
    desk: str | None
    kind: str
    words: str
    short: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AffairRow:
    """A thing that stands beside the notices: its state in words, and all that was said about it since."""

    id: str
    short: str
    sort: str
    author: str
    desk: str | None
    to: tuple[str, ...]
    at: str
    state: str
    words: str
    lines: tuple[AffairLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindDayRow:
    """One UTC day of cells of one pair: how it stands, in words, and when it was last compared."""

    pair: tuple[str, str]
    other: str
    level: str
    day: str
    attempt: int
    rounds: int
    compared_at: str | None
    state: Literal["compared", "waiting", "undetermined"]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteCheckRow:
    """An own notice, held against the protected sites of one member that nobody shows."""

    notice: str
    ref: str
    holder: str
    finding: Literal["NO CONFLICT KNOWN", "MAY CONFLICT", "CONFLICT", "UNDETERMINED"]
    at: str
    words: str
