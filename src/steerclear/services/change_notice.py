# SPDX-License-Identifier: Apache-2.0
"""A filer changes its notice: by an alternative that was offered, by withdrawing it, by hot and by cold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from steerclear.errors import BadInput, Refused
from steerclear.mechanism.bodies import (
    Body,
    NoticeActivate,
    NoticeAmend,
    NoticeCold,
    NoticeContent,
    NoticeWithdraw,
    OtherBand,
    OtherStart,
)
from steerclear.mechanism.notices import NoticeRecord
from steerclear.mechanism.quality import late_minutes
from steerclear.mechanism.said import Said
from steerclear.model.space import Altitude, Band, Legs, Volume
from steerclear.model.time import format_instant
from steerclear.services.answers import Receipt
from steerclear.services.audience import as_said, for_new_version
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about
from steerclear.services.receipts import receipt
from steerclear.services.requests import Activate, GoCold, TakeAlternative, Withdraw
from steerclear.services.speak import by_desk, speak

__all__ = [
    "activate",
    "go_cold",
    "notice_about",
    "own_notice",
    "shifted_in_height",
    "shifted_in_time",
    "take_alternative",
    "withdraw",
]


def take_alternative(ledger: Ledger, request: TakeAlternative) -> tuple[Receipt, ...]:
    """Amend a notice by what its newest screening offered. Raises ``Refused`` (``no-alternative``)."""
    record = own_notice(ledger, request.about)
    offered = _offered(ledger, record, request.way)
    content = record.newest.content
    volumes = (
        tuple(shifted_in_time(volume, offered.shift_s) for volume in content.volumes)
        if isinstance(offered, OtherStart)
        else tuple(shifted_in_height(volume, offered.shift_ft) for volume in content.volumes)
    )
    moved: NoticeContent = replace(content, volumes=volumes)
    late = late_minutes(moved.notice(), ledger.view.annexes, ledger.now())
    moved = replace(moved, late_minutes=late)
    amend = NoticeAmend(notice=record.id, content=moved, because="takes the alternative that was offered")
    return _say(ledger, request.desk, record, amend)


def withdraw(ledger: Ledger, request: Withdraw) -> tuple[Receipt, ...]:
    record = own_notice(ledger, request.about)
    return _say(ledger, request.desk, record, NoticeWithdraw(notice=record.id, because=request.reason))


def activate(ledger: Ledger, request: Activate) -> tuple[Receipt, ...]:
    record = own_notice(ledger, request.about)
    return _say(ledger, request.desk, record, NoticeActivate(notice=record.id, hot_at=ledger.now()))


def go_cold(ledger: Ledger, request: GoCold) -> tuple[Receipt, ...]:
    record = own_notice(ledger, request.about)
    return _say(ledger, request.desk, record, NoticeCold(notice=record.id, cold_at=ledger.now()))


def notice_about(ledger: Ledger, about: str) -> NoticeRecord:
    """The notice that ``about`` names, by its id or by any of its versions. Raises ``BadInput``."""
    said: Said[Any] = said_about(ledger, about)
    record = ledger.view.notices.get(getattr(said.body, "notice", said.id))
    if record is None:
        raise BadInput(
            "not-a-notice",
            f"“{about}” is a {said.kind}, not a notice.",
            where="about",
            remedy="Name a notice as the inbox shows it.",
        )
    return record


def shifted_in_time(volume: Volume, by_s: int) -> Volume:
    """The same volume ``by_s`` seconds later; timed legs move with their times."""
    footprint = volume.footprint
    if isinstance(footprint, Legs):
        footprint = replace(footprint, times_s=tuple(at + by_s for at in footprint.times_s))
    return Volume(footprint, volume.band, volume.span.shifted(by_s))


def shifted_in_height(volume: Volume, by_ft: int) -> Volume:
    """The same volume ``by_ft`` feet higher, datums and thickness kept."""
    lower, upper = volume.band.lower, volume.band.upper
    band = Band(
        Altitude(lower.feet + by_ft, lower.datum),
        Altitude(upper.feet + by_ft, upper.datum),
    )
    return Volume(volume.footprint, band, volume.span)


def own_notice(ledger: Ledger, about: str) -> NoticeRecord:
    """A notice that this member filed and has not withdrawn. Raises ``BadInput``, ``Refused``."""
    record = notice_about(ledger, about)
    if record.author != ledger.me and record.author not in ledger.charter.carried_by(ledger.me):
        raise Refused(
            "not-the-filer",
            f"The notice belongs to {record.author}; only its filer changes it.",
            where=about,
            remedy="Say unable to keep clear, or propose a way out to its filer.",
        )
    if record.withdrawn is not None:
        raise Refused(
            "notice-withdrawn",
            f"The notice was withdrawn at {format_instant(record.withdrawn.at)}.",
            where=about,
            remedy="Nothing changes it any more: file a new notice.",
        )
    return record


def _offered(ledger: Ledger, record: NoticeRecord, way: str) -> OtherStart | OtherBand:
    wanted: type[OtherStart] | type[OtherBand] = OtherStart if way == "start" else OtherBand
    for result in reversed(ledger.view.findings.of(record.id, ledger.now()).results):
        for one in result.body.alternatives:
            if isinstance(one, wanted) and one.notice == record.id:
                return one
    raise Refused(
        "no-alternative",
        f"No other {'start' if way == 'start' else 'altitude'} was offered for the newest version.",
        where=record.id,
        remedy="Look at the finding with steerclear inbox, or amend the notice with a file of your own.",
    )


def _say(ledger: Ledger, desk: str, record: NoticeRecord, body: Body) -> tuple[Receipt, ...]:
    newest, audience = record.newest, as_said(record.newest.said)
    if isinstance(body, NoticeAmend):
        audience = for_new_version(ledger, newest.said, body.content.kind)
    filed = speak(ledger, body, voice=by_desk(desk), to=audience.to, readers=audience.readers)
    return (receipt(ledger, filed, ref=newest.content.ref),)
