# SPDX-License-Identifier: Apache-2.0
"""What is an alarm of a live picture to a desk: who, by when, whom to call, what was done, what may be said?

Never where: no alarm holds a place. Where it comes is this node's own picture to say, if it sees it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from steerclear.mechanism.bodies import (
    AnnexMeant,
    NoticeMeant,
    TrackAct,
    TrackAlarm,
    TrackDuty,
    TrackEnd,
    TrackHolder,
)
from steerclear.mechanism.track_alarms import TrackAlarmRecord
from steerclear.model.member import Role
from steerclear.model.time import Instant, format_instant
from steerclear.services.ledger import Ledger
from steerclear.services.naming import short_of

__all__ = ["ConcernShown", "DoneShown", "HolderShown", "TrackAlarmRow", "track_alarms_shown"]

SHOWN_AFTER_END_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderShown:
    """Whose a track or an area is; ``member`` where it is a member's."""

    side: Literal["member", "civil", "unknown", "agreed"]
    member: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernShown:
    """The annex, and the agreed area of it, or the notice by its short name and author, if it can be read."""

    annex: str | None
    area: str | None
    notice: str | None
    author: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneShown:
    """What a desk did: acknowledged, or one of the acts."""

    member: str
    desk: str | None
    at: str
    act: str
    because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackAlarmRow:
    """One alarm. ``called`` is ``None`` for civil control; ``is_certain`` false is Undetermined.

    ``state``: it stands, is clear, or has been unseen for too long. ``shown`` how often its author let
    aircraft be seen with it, ``shown_at`` the last time. ``may_answer`` the acts that this node may answer
    with.
    """

    id: str
    short: str
    author: str
    at: str
    danger: Literal["separation", "entry", "departure"]
    track: HolderShown
    other: HolderShown
    concerns: ConcernShown | None
    owes: Literal["call", "ask-ownership", "warn-airliner", "amend-or-return"]
    caller: str
    called: str | None
    first_at: str
    is_certain: bool
    due_at: str
    state: Literal["stands", "clear", "unseen"]
    over_at: str | None
    done: tuple[DoneShown, ...]
    shown: int
    shown_at: str | None
    may_answer: tuple[str, ...]


def track_alarms_shown(ledger: Ledger) -> tuple[TrackAlarmRow, ...]:
    """Those that stand, and those that ended within a day; the newest first."""
    now = ledger.now()
    records = [record for record in ledger.view.track_alarms if _is_shown(record, now)]
    ordered = sorted(records, key=lambda record: (record.raised.at, record.id), reverse=True)
    return tuple(_row(ledger, record) for record in ordered)


def _is_shown(record: TrackAlarmRecord, now: Instant) -> bool:
    return record.over is None or record.over.at > now - SHOWN_AFTER_END_MS


def _row(ledger: Ledger, record: TrackAlarmRecord) -> TrackAlarmRow:
    raised, body, over = record.raised, record.raised.body, record.over
    return TrackAlarmRow(
        id=record.id,
        short=short_of(ledger, record.id),
        author=raised.author,
        at=format_instant(raised.at),
        danger=_DANGERS[body.danger.value],
        track=_holder(body.track),
        other=_holder(body.other),
        concerns=_concern(ledger, body),
        owes=_DUTIES[body.owes],
        caller=body.caller,
        called=body.called,
        first_at=format_instant(body.first_at),
        is_certain=body.is_certain,
        due_at=format_instant(body.due_at),
        state="stands" if over is None else _ENDS[over.body.because],
        over_at=None if over is None else format_instant(over.at),
        done=_done(record),
        shown=len(record.shown),
        shown_at=max((format_instant(said.at) for said in record.shown), default=None),
        may_answer=_may_answer(ledger, record),
    )


def _holder(holder: TrackHolder) -> HolderShown:
    return HolderShown(side=holder.side.value, member=holder.member)


def _concern(ledger: Ledger, body: TrackAlarm) -> ConcernShown | None:
    match body.concerns:
        case AnnexMeant(annex, _, area):
            return ConcernShown(annex=annex.value, area=area, notice=None, author=None)
        case NoticeMeant(notice):
            said = ledger.view.said(notice)
            author = None if said is None else said.author
            short = None if said is None else short_of(ledger, notice)
            return ConcernShown(annex=None, area=None, notice=short, author=author)
    return None


def _done(record: TrackAlarmRecord) -> tuple[DoneShown, ...]:
    """In the order in which it was said."""
    acknowledged = [(said, "acknowledged", None) for said in record.acknowledgements]
    answered = [(said, said.body.act.value, said.body.because) for said in record.answers]
    ordered = sorted([*acknowledged, *answered], key=lambda one: (one[0].at, one[0].id))
    return tuple(
        DoneShown(member=said.author, desk=said.desk, at=format_instant(said.at), act=act, because=because)
        for said, act, because in ordered
    )


def _may_answer(ledger: Ledger, record: TrackAlarmRecord) -> tuple[str, ...]:
    """A party that the alarm went to, or that raised it; what makes sense depends on who is to call."""
    me, raised = ledger.me, record.raised
    is_party = ledger.view.roles.get(me) is Role.PARTY
    if not is_party or me not in (raised.author, *raised.to):
        return ()
    acts = _OF_CALLER if raised.body.caller == me else _OF_OTHER
    return tuple(act.value for act in acts[raised.body.owes])


_DANGERS: Final[Mapping[str, Literal["separation", "entry", "departure"]]] = {
    "separation": "separation",
    "entry": "entry",
    "departure": "departure",
}
_DUTIES: Final[Mapping[TrackDuty, Literal["call", "ask-ownership", "warn-airliner", "amend-or-return"]]] = {
    TrackDuty.CALL: "call",
    TrackDuty.ASK_OWNERSHIP: "ask-ownership",
    TrackDuty.WARN_AIRLINER: "warn-airliner",
    TrackDuty.AMEND_OR_RETURN: "amend-or-return",
}
_ENDS: Final[Mapping[TrackEnd, Literal["clear", "unseen"]]] = {
    TrackEnd.CLEAR: "clear",
    TrackEnd.UNSEEN: "unseen",
}
_OF_CALLER: Final[Mapping[TrackDuty, tuple[TrackAct, ...]]] = {
    TrackDuty.CALL: (TrackAct.CALLED, TrackAct.TURNED_AWAY, TrackAct.NOT_OURS, TrackAct.CANNOT),
    TrackDuty.ASK_OWNERSHIP: (TrackAct.ASKED, TrackAct.CALLED, TrackAct.CANNOT),
    TrackDuty.WARN_AIRLINER: (TrackAct.ATC_WARNED, TrackAct.HELD, TrackAct.CANNOT),
    TrackDuty.AMEND_OR_RETURN: (TrackAct.RETURNED, TrackAct.AMENDED, TrackAct.CANNOT),
}
_AROUND: Final = (TrackAct.TURNED_AWAY, TrackAct.CALLED, TrackAct.NOT_OURS, TrackAct.CANNOT)
_OF_OTHER: Final[Mapping[TrackDuty, tuple[TrackAct, ...]]] = {
    TrackDuty.CALL: _AROUND,
    TrackDuty.ASK_OWNERSHIP: _AROUND,
    TrackDuty.WARN_AIRLINER: (TrackAct.HELD, TrackAct.ATC_WARNED, TrackAct.CANNOT),
    TrackDuty.AMEND_OR_RETURN: (TrackAct.CALLED, TrackAct.CANNOT),
}
