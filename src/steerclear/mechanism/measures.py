# SPDX-License-Identifier: Apache-2.0
"""How many minutes did it take? To acknowledge, to authority, to halt: measured from FILED.

``None`` is *not yet*, never 0.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from steerclear.mechanism.bodies import Acknowledge
from steerclear.mechanism.classes import MINUTE_MS
from steerclear.mechanism.judge import effective
from steerclear.mechanism.ladder import is_may_act
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.time import Instant

__all__ = ["minutes_to_acknowledge", "minutes_to_authority", "minutes_to_halt"]


def minutes_to_acknowledge(view: View, statement_id: str) -> float | None:
    """From FILED to the first acknowledgement: of a call's whole alarm, or of one version of a notice."""
    return _minutes(view, statement_id, (ack.at for ack in _acknowledgements(view, statement_id)))


def minutes_to_authority(view: View, statement_id: str) -> float | None:
    """From FILED to the first acknowledgement by a rung that may act."""
    acks = _acknowledgements(view, statement_id)
    return _minutes(view, statement_id, (ack.at for ack in acks if _may_act(view, ack)))


def minutes_to_halt(view: View, stop_id: str) -> float | None:
    """From FILED to the earliest “stopped at” that anybody addressed answered."""
    record = view.stops.get(stop_id)
    if record is None:
        return None
    stopped = (answer.body.effective_at or answer.at for answer in record.stopped())
    return _minutes(view, record.id, stopped)


def _acknowledgements(view: View, statement_id: str) -> tuple[Said[Acknowledge], ...]:
    alarm = view.stops.get(statement_id) or view.distress.get(statement_id)
    if alarm is not None:
        return alarm.acknowledgements
    return effective(view.book, view.book.acknowledgements(statement_id))


def _may_act(view: View, ack: Said[Acknowledge]) -> bool:
    return is_may_act(view.annexes.response(ack.at), ack, ack.desk or "")


def _minutes(view: View, statement_id: str, moments: Iterable[Instant]) -> float | None:
    """A claim of an earlier moment than the filing counts as at once: nobody gains by a slow clock."""
    first = min(moments, default=None)
    alarm = view.stops.get(statement_id) or view.distress.get(statement_id)
    said: Said[Any] | None = alarm.calls[0] if alarm is not None else view.said(statement_id)
    if first is None or said is None:
        return None
    return max(0, first - view.filed_at(said)) / MINUTE_MS
