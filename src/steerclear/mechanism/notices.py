# SPDX-License-Identifier: Apache-2.0
"""What became of a notice? Its versions, the receipts of each, and whether its area is hot.

    PENDING ──start, or said hot──→ HOT ──end──→ END_PASSED ──filer says cold──→ COLD
       └────────── withdrawn ────────┴──────────────┴──→ WITHDRAWN

Receipts belong to a version and expire with it. A cold counts for the version that it came after.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile
from typing import TypeGuard

from steerclear.mechanism.asleep import Asleep, Settled
from steerclear.mechanism.bodies import (
    Acknowledge,
    ContactAttempt,
    ContactResult,
    Disseminate,
    Hold,
    MovementReport,
    NoticeActivate,
    NoticeAmend,
    NoticeCold,
    NoticeContent,
    NoticeFile,
    NoticeWithdraw,
    Proceed,
    Unable,
)
from steerclear.mechanism.book import Book
from steerclear.mechanism.entry import Place
from steerclear.mechanism.judge import effective
from steerclear.mechanism.kept import Reader
from steerclear.mechanism.said import Said, order_of
from steerclear.model.notice import NoticeKind
from steerclear.model.time import Instant, TimeSpan

__all__ = ["FAILED_CONTACTS", "ContactLoss", "NoticeRecord", "NoticeState", "Notices", "Version"]

FAILED_CONTACTS = 3
"""So many failed attempts in a row raise an alarm (design file 6; WCK 2024)."""


class NoticeState(Enum):
    """``END_PASSED`` is shown as “end passed, not confirmed cold”."""

    PENDING = "pending"
    HOT = "area hot"
    END_PASSED = "end passed, not confirmed cold"
    COLD = "area cold"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Version:
    """One version and what was answered to it. ``answers`` are the filer's, to *unable*.

    ``start_at`` and ``end_at`` are the first start and the last end of its volumes.
    """

    id: str
    number: int
    said: Said[NoticeFile] | Said[NoticeAmend]
    start_at: Instant
    end_at: Instant
    acknowledgements: tuple[Said[Acknowledge], ...]
    disseminations: tuple[Said[Disseminate], ...]
    unables: tuple[Said[Unable], ...]
    answers: tuple[Said[Hold] | Said[Proceed], ...]

    @property
    def content(self) -> NoticeContent:
        return self.said.body.content

    @property
    def span(self) -> TimeSpan:
        return TimeSpan(self.start_at // 1000, self.end_at // 1000)


@dataclass(frozen=True, slots=True)
class ContactLoss:
    """A failed attempt that raises the alarm, or that raised it where less was known.

    ``counts``    it is the one that makes three failures in a row, by all that is known here
    ``reported``  the first report after it; ``reached`` the first attempt after it that reached somebody
    """

    attempt: Said[ContactAttempt]
    counts: bool
    reported: Said[MovementReport] | None
    reached: Said[ContactAttempt] | None

    @property
    def is_over(self) -> bool:
        return not self.counts or self.reported is not None or self.reached is not None


@dataclass(frozen=True, slots=True)
class NoticeRecord:
    """Everything known here about one notice; ``versions`` oldest first, never empty."""

    id: str
    versions: tuple[Version, ...]
    withdrawn: Said[NoticeWithdraw] | None
    activations: tuple[Said[NoticeActivate], ...]
    cold: Said[NoticeCold] | None
    reports: tuple[Said[MovementReport], ...]
    contacts: tuple[Said[ContactAttempt], ...]
    doubted: Said[NoticeAmend] | None
    """A later amendment under a key that is in doubt: it does not count, and may be where the area is."""

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    @property
    def author(self) -> str:
        return self.newest.said.author

    @property
    def desk(self) -> str | None:
        return self.newest.said.desk

    @property
    def to(self) -> tuple[str, ...]:
        return self.newest.said.to

    def state(self, now: Instant) -> NoticeState:
        if self.is_withdrawn(now):
            return NoticeState.WITHDRAWN
        if self._is_cold(now):
            return NoticeState.COLD
        if self.newest.end_at < now:
            return NoticeState.END_PASSED
        said_hot = any(said.body.hot_at <= now for said in self.activations)
        return NoticeState.HOT if said_hot or self.newest.start_at <= now else NoticeState.PENDING

    def is_live(self, now: Instant) -> bool:
        """Neither withdrawn nor cold; that it starts or ends does not matter here, and is not asked."""
        return not self.is_withdrawn(now) and not self._is_cold(now)

    def is_withdrawn(self, now: Instant) -> bool:
        return self.withdrawn is not None and self.withdrawn.at <= now

    def _is_cold(self, now: Instant) -> bool:
        return self.cold is not None and self.cold.body.cold_at <= now

    def contact_losses(self) -> tuple[ContactLoss, ...]:
        """Every attempt that raised the alarm, here or where something that others said was not known.

        Who lacked that counted otherwise, and owed or was owed something: it stays, and is over.
        """
        events: list[_Word] = sorted((*self.contacts, *self.reports), key=_in_time)
        losses: list[ContactLoss] = []
        for index, event in enumerate(events):
            if not _failed(event):
                continue
            after = events[index + 1 :]
            counts = _run(events[: index + 1]) == FAILED_CONTACTS
            if counts or _could_count(events[: index + 1]):
                losses.append(
                    ContactLoss(
                        event,
                        counts,
                        next((one for one in after if isinstance(one.body, MovementReport)), None),
                        next((one for one in after if _reached(one)), None),
                    )
                )
        return tuple(losses)

    def over_since(self, now: Instant) -> Instant:
        """From when on it has not been live, if it is not at ``now``."""
        ends = [self.withdrawn.at] if self.withdrawn is not None else []
        ends += [self.cold.body.cold_at] if self.cold is not None else []
        return min(end for end in ends if end <= now)

    def contact_lost(self) -> Said[ContactAttempt] | None:
        """The attempt that made it three failures in a row, while nobody was reached and nothing reported."""
        return next((loss.attempt for loss in self.contact_losses() if not loss.is_over), None)


_Word = Said[ContactAttempt] | Said[MovementReport]


def _in_time(said: _Word) -> tuple[Instant, tuple[bool, Place]]:
    return said.at, order_of(said)


def _failed(word: _Word) -> TypeGuard[Said[ContactAttempt]]:
    return isinstance(word.body, ContactAttempt) and word.body.result is not ContactResult.REACHED


def _reached(word: _Word) -> TypeGuard[Said[ContactAttempt]]:
    return isinstance(word.body, ContactAttempt) and word.body.result is ContactResult.REACHED


def _run(words: Sequence[_Word]) -> int:
    """How many failures the last words are, without anything that ends the count."""
    return len(list(takewhile(_failed, reversed(words))))


def _could_count(words: Sequence[_Word]) -> bool:
    """Would the last failure be the third in a row for a node that lacks some words of others?

    Its author's own words before it are wherever it is; those of others may be missing, in any part.
    """
    author, own, all_failed = words[-1].author, 0, 0
    for word in reversed(words):
        if _failed(word):
            own += word.author == author
            all_failed += 1
        elif own <= FAILED_CONTACTS <= all_failed:
            return True  # known to that node, it begins the count; unknown, the count goes on before it
        elif word.author == author:
            return False
    return own <= FAILED_CONTACTS <= all_failed


class Notices:
    """All notices that this node could open."""

    def __init__(self, book: Book) -> None:
        self._book = book
        self._said_by: dict[tuple[str, NoticeKind], list[NoticeRecord]] = {}
        self._said_by_for = -1
        self._awake: set[str] = set()
        self._followed = 0
        self._asleep: Asleep | None = None

    def go_on(self, awake: Iterable[str], asleep: Asleep) -> None:
        """After a start: notices that may be live, and those that were over."""
        self._awake.update(awake)
        self._asleep = asleep
        asleep.follow(self._woken)

    def awake(self) -> tuple[str, ...]:
        """What may be live, now or by what is said yet: all that ``settled`` does not give."""
        self._follow()
        return tuple(self._awake)

    def settled(
        self, now: Instant, first_seen_by: Callable[[Reader, int], Place | None]
    ) -> Iterator[tuple[str, Settled]]:
        """What is over, and will not be live before something is said about it."""
        for id_ in self.awake():
            record = self.get(id_)
            names = self._book.kept.stands_on(("notice", id_), first_seen_by)
            if names is not None and (record is None or not record.is_live(now)):
                yield id_, Settled(_key_of(id_), names, record.over_since(now) if record is not None else 0)

    def __iter__(self) -> Iterator[NoticeRecord]:
        for id_ in self._book.ids_of_kind("notice.file"):
            record = self.get(id_)
            if record is not None:
                yield record

    def get(self, notice_id: str) -> NoticeRecord | None:
        """The notice with this id; ``None`` when it is not known here or was filed without effect."""
        return self._book.kept.answer(("notice", notice_id), lambda: _fold(self._book, notice_id))

    def live(self, now: Instant) -> Iterator[NoticeRecord]:
        """In the order in which they were filed."""
        if self._asleep is not None and now < self._asleep.latest:
            self._asleep.wake_all()
        return (record for record in self._may_be_live() if record.is_live(now))

    def _may_be_live(self) -> Iterator[NoticeRecord]:
        self._follow()
        self._book.kept.read("notice.file")
        filed = self._book.among("notice.file", self._awake)
        records = (self.get(id_) for id_ in dict.fromkeys(said.id for said in filed))
        return (record for record in records if record is not None)

    def _follow(self) -> None:
        opened = self._book.opened
        for index in range(self._followed, len(opened)):
            if opened[index].kind == "notice.file":
                self._awake.add(opened[index].id)
        self._followed = len(opened)

    def _woken(self, key: str) -> None:
        if key.startswith(_NOTICE):
            self._awake.add(key.removeprefix(_NOTICE))

    def said_by(self, author: str, kind: NoticeKind) -> Sequence[NoticeRecord]:
        """What this author says of this kind, by the newest version: all that is live, and some that is not.

        The gate asks it for every notice that came: all are looked through once, until something is said.
        """
        if self._said_by_for != self._book.size:
            self._said_by_for, self._said_by = self._book.size, {}
            for record in self._may_be_live():
                self._said_by.setdefault((record.author, record.newest.content.kind), []).append(record)
        return self._said_by.get((author, kind), ())

    def of_version(self, version_id: str) -> NoticeRecord | None:
        """The notice that a version belongs to."""
        said = self._book.said(version_id)
        if said is None or not isinstance(said.body, NoticeFile | NoticeAmend):
            return None
        return self.get(said.body.notice if isinstance(said.body, NoticeAmend) else said.id)


_NOTICE = "notice "


def _key_of(notice_id: str) -> str:
    return _NOTICE + notice_id


def _fold(book: Book, notice_id: str) -> NoticeRecord | None:
    filed = book.said(notice_id)
    if filed is None or not isinstance(filed.body, NoticeFile) or not effective(book, (filed,)):
        return None
    amended = effective(book, book.about(notice_id, NoticeAmend))
    saids = (filed, *sorted(amended, key=order_of))
    versions = tuple(_version(book, number, said) for number, said in enumerate(saids, start=1))
    withdrawn = effective(book, book.about(notice_id, NoticeWithdraw))
    last = order_of(versions[-1].said)
    doubted = [
        said
        for said in book.about(notice_id, NoticeAmend)
        if said.doubt is not None and said.author == filed.author and order_of(said) > last
    ]
    cold = [said for said in effective(book, book.about(notice_id, NoticeCold)) if order_of(said) > last]
    return NoticeRecord(
        id=notice_id,
        versions=versions,
        withdrawn=withdrawn[0] if withdrawn else None,
        activations=effective(book, book.about(notice_id, NoticeActivate)),
        cold=cold[0] if cold else None,
        reports=effective(book, book.about(notice_id, MovementReport)),
        contacts=effective(book, book.about(notice_id, ContactAttempt)),
        doubted=doubted[0] if doubted else None,
    )


def _version(book: Book, number: int, said: Said[NoticeFile] | Said[NoticeAmend]) -> Version:
    unables = effective(book, book.about(said.id, Unable))
    answers = [
        answer
        for unable in unables
        for answer in (*book.about(unable.id, Hold), *book.about(unable.id, Proceed))
    ]
    spans = [volume.span for volume in said.body.content.volumes]
    return Version(
        id=said.id,
        number=number,
        said=said,
        start_at=Instant(min(span.start_s for span in spans) * 1000),
        end_at=Instant(max(span.end_s for span in spans) * 1000),
        acknowledgements=effective(book, book.about(said.id, Acknowledge)),
        disseminations=effective(book, book.about(said.id, Disseminate)),
        unables=unables,
        answers=effective(book, tuple(answers)),
    )
