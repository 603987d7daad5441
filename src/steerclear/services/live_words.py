# SPDX-License-Identifier: Apache-2.0
"""What does a desk read of an alarm that its own picture sees? Places only by the names of its own tracks."""

from __future__ import annotations

from steerclear.mechanism.bodies import AnnexMeant
from steerclear.model.time import format_instant
from steerclear.services.ledger import Ledger
from steerclear.services.live_areas import LiveArea
from steerclear.services.live_rows import LiveAlarmRow
from steerclear.services.naming import short_of
from steerclear.tracking import Alarm
from steerclear.tracking.alarms import Level

__all__ = ["alarm_row"]


def alarm_row(
    alarm: Alarm, *, ledger: Ledger, area: LiveArea | None, told: tuple[str, ...], untold: str
) -> LiveAlarmRow:
    """``told``: the statements that say it; ``untold``: what kept it from being said, in words."""
    cause, first_at = alarm.cause, format_instant(alarm.danger.first_at)
    concerns = _concern_words(alarm, ledger, area)
    tracks = (cause.track, cause.other) if cause.kind == "separation" else (cause.track,)
    seen = {
        "separation": f"{cause.track} and {cause.other} come too close to each other",
        "entry": f"{cause.track} enters {concerns}",
        "departure": f"{cause.track} leaves what {concerns} filed",
    }[cause.kind]
    when = {
        Level.NOW: "now",
        Level.AHEAD: f"from {first_at[11:19]}Z",
        Level.UNSEEN: f"UNDETERMINED: not in sight since {format_instant(alarm.fresh_until)[11:19]}Z",
    }[alarm.level]
    return LiveAlarmRow(
        danger=cause.kind,
        tracks=tracks,
        concerns=concerns,
        level=alarm.level.value,
        first_at=first_at,
        is_certain=alarm.danger.is_certain,
        words=f"{seen}, {when}{untold}",
        told=told,
    )


def _concern_words(alarm: Alarm, ledger: Ledger, area: LiveArea | None) -> str:
    """The annex or notice that it concerns, as people call it."""
    if alarm.cause.kind == "separation":
        return "the separation annex"
    if area is not None and isinstance(area.meant, AnnexMeant):
        return f"the agreed area {area.meant.area}"
    return short_of(ledger, alarm.cause.other)
