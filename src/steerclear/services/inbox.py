# SPDX-License-Identifier: Apache-2.0
"""What does a desk see first? What it owes, what it is owed, and the notices that concern it."""

from __future__ import annotations

from steerclear.errors import BadInput
from steerclear.mechanism.calls import CallRecord
from steerclear.mechanism.obligation import Obligation
from steerclear.mechanism.things import Sort, Thing
from steerclear.model.time import Instant, format_instant
from steerclear.services.answers import Inbox, NoticeRow, StopRow
from steerclear.services.change_notice import notice_about
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about
from steerclear.services.rows import notice_row, owed_row, stop_row

__all__ = ["inbox", "notice", "notices", "own_desks", "sealed", "stop", "stops"]


def inbox(ledger: Ledger, desk: str | None) -> Inbox:
    """Most urgent first; ``desk`` ``None`` is the whole member. Raises ``BadInput`` (``desk-unknown``)."""
    now = ledger.now()
    _require_desk(ledger, desk, now)
    mine = [duty for duty in ledger.duties.owed(now) if ledger.me in (duty.debtor.member, duty.creditor)]
    duties = sorted(mine, key=_urgency)
    return Inbox(
        member=ledger.me,
        desk=desk,
        now=format_instant(now),
        i_owe=tuple(owed_row(ledger, duty) for duty in duties if duty.debtor.covers(ledger.me, desk)),
        owed_to_me=tuple(
            owed_row(ledger, duty)
            for duty in duties
            if duty.creditor == ledger.me and duty.debtor.member != ledger.me
        ),
        notices=notices(ledger, now),
        stops=stops(ledger, now),
        sealed=sealed(ledger),
    )


def _require_desk(ledger: Ledger, desk: str | None, now: Instant) -> None:
    """“Nothing owed” at a misspelt desk would be a lie."""
    if desk is None:
        return
    known = own_desks(ledger, now)
    if desk not in known:
        raise BadInput(
            "desk-unknown",
            f"{ledger.me} has no desk “{desk[:24]}”.",
            where="desk",
            remedy=f"Name one of {', '.join(known)}, or none to see all.",
        )


def own_desks(ledger: Ledger, now: Instant) -> tuple[str, ...]:
    """Every desk of ours that has a key or a ladder, by name."""
    with_key = {name.label for name in ledger.keys.names() if name.purpose == "duty"}
    return tuple(sorted(with_key.union(ledger.view.annexes.response(now).desks(ledger.me))))


def notices(ledger: Ledger, now: Instant) -> tuple[NoticeRow, ...]:
    """Every live notice that this node can read."""
    return tuple(notice_row(ledger, record, now) for record in ledger.view.notices.live(now))


def sealed(ledger: Ledger) -> tuple[str, ...]:
    """Entries of others that stand here unopened: unknown is shown, not left out."""
    return tuple(f"{place.author}-{place.seq:04d}" for place in ledger.view.sealed_places)


def notice(ledger: Ledger, about: str) -> NoticeRow:
    return notice_row(ledger, notice_about(ledger, about), ledger.now())


def stops(ledger: Ledger, now: Instant) -> tuple[StopRow, ...]:
    return tuple(_stop_row(ledger, record, now) for record in ledger.view.stops)


def stop(ledger: Ledger, about: str) -> StopRow:
    record = ledger.view.stops.get(said_about(ledger, about).id)
    if record is None:
        raise BadInput(
            "not-a-stop",
            f"“{about}” is no STOP that counts.",
            where="about",
            remedy="Name a STOP as the inbox shows it.",
        )
    return _stop_row(ledger, record, ledger.now())


def _stop_row(ledger: Ledger, record: CallRecord, now: Instant) -> StopRow:
    return stop_row(ledger, record, ledger.duties.about(Thing(Sort.STOP, record.caller), now))


def _urgency(duty: Obligation) -> tuple[int, str]:
    return (duty.due_at if duty.due_at is not None else 1 << 62, duty.thing)
