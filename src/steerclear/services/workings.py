# SPDX-License-Identifier: Apache-2.0
"""What does one node do, one call at a time? Everything but waiting: no loop, no socket, no thread.

    do(request)          somebody here says something
    answer(peer, bundle) a peer's node calls        take(peer, bundle)  … or answers our call
    step()               time has passed, or something came: screen, beat, name keys ahead, ring

A real node drives these from its event loop, a play from its script; both run the same workings.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from steerclear.errors import NotKept
from steerclear.formats.places import Gazetteer
from steerclear.links.notifier import Alarm
from steerclear.model.time import Instant
from steerclear.services.affairs_shown import affair, affairs
from steerclear.services.annexes_shown import AnnexShown, annexes_shown
from steerclear.services.answers import (
    AffairRow,
    BlindDayRow,
    Inbox,
    KeysShown,
    NoticeRow,
    Receipt,
    RootAsked,
    SiteCheckRow,
    Status,
    StopRow,
)
from steerclear.services.beat import beat_if_owed, next_beat_at
from steerclear.services.blind_offline import OfflineKeys
from steerclear.services.inbox import inbox, notice, stop
from steerclear.services.keys_ahead import delegate_ahead
from steerclear.services.ledger import Ledger
from steerclear.services.map_answers import PictureShown
from steerclear.services.own_clock import behind_ms
from steerclear.services.picture import Drawings, filed_form
from steerclear.services.received import GateOnReceipt
from steerclear.services.requests import FileNotices, NameKeys, RevokeKeys, Succeed
from steerclear.services.ring import Ringer
from steerclear.services.roots import keys_of, name_keys, revoke_keys, succeed, take_over_named, take_signed
from steerclear.services.seal_again import seal_again
from steerclear.services.signals_shown import SignalRow, signals
from steerclear.services.spent_keys import SpentKeys
from steerclear.services.status import Heard, status
from steerclear.services.sync import Sync
from steerclear.services.together import Failed, Together
from steerclear.services.verbs import Request, verbs_of

if TYPE_CHECKING:
    from steerclear.services.own_check import Asked

__all__ = ["Workings"]

FIRST_WORD_MS: Final = 30_000
"""So long a node that was started waits to be told of its own log by others, before it writes by itself."""

TRIED_AGAIN_MS: Final = 1_000
"""A node that may not write yet, or whose disk is full, owes a beat that it cannot say."""

NO_LINES: Final[Mapping[str, Heard]] = {}
"""Of a node that is driven by hand: nobody watches its lines, and none can ring."""

_log = structlog.get_logger("steerclear.workings")


class Workings:
    """One node's services over one ledger. Called from one thread, the node's writer."""

    def __init__(self, ledger: Ledger, places: Gazetteer, *, offline: OfflineKeys | None = None) -> None:
        # The engine brings numba, which commands that only make or ask a node need not wait for.
        from steerclear.services.blind_desk import BlindDesk
        from steerclear.services.blind_openings import OpeningShelf
        from steerclear.services.blind_shown import BlindShown
        from steerclear.services.blind_sites import SiteDesk
        from steerclear.services.blind_sites_shown import SitesShown
        from steerclear.services.live_picture import LivePicture
        from steerclear.services.screen import Screener

        self.ledger = ledger
        self._blind = BlindDesk(ledger, OpeningShelf(offline))
        self._sites = SiteDesk(ledger)
        self._sites_shown = SitesShown(ledger, self._sites)
        self._blind_shown = BlindShown(ledger, self._blind, self._sites_shown)
        self.sync = Sync(ledger)
        self._screener = Screener(ledger)
        self._ringer = Ringer(ledger)
        self.live = LivePicture(ledger)
        self.spent_keys = SpentKeys(ledger)
        take_over_named(ledger)
        self._verbs = verbs_of(places)
        self._gate = GateOnReceipt(ledger, places)
        self._places = places
        self._drawings = Drawings()
        self._together: Together[tuple[Receipt, ...]] = Together(ledger)
        self._began_at = ledger.now()
        self.faults: dict[str, str] = {}
        """Duties that failed when they were last attended to, with the reason."""

    def do(self, request: Request) -> tuple[Receipt, ...]:
        """File what was asked for; raises what the verb raises, and then nothing of it was filed."""
        if self.ledger.unreadable:
            # A beat that cannot be filed is owed on, and keeps nobody, least of all a STOP, from being heard.
            self._attend("name the unreadable", lambda: beat_if_owed(self.ledger))
        return self.verb(request)

    def do_all(self, requests: Sequence[Request]) -> list[tuple[Receipt, ...] | Failed]:
        """Requests that came at the same time, each as ``do`` does it, with one write to the disk for all.

        Raises nothing. The first of them names what is unreadable, for all.
        """
        first, *others = requests
        return self._together.do([partial(self.do, first), *(partial(self.verb, one) for one in others)])

    def verb(self, request: Request) -> tuple[Receipt, ...]:
        """The verb and nothing beside it: who only rehearses files not even a beat."""
        return self._verbs[type(request)](self.ledger, request)

    def make(self, peer: str) -> bytes:
        return self.sync.make_bundle(peer)

    def take(self, peer: str, bundle: bytes) -> bool:
        return self.sync.take_bundle(peer, bundle)

    def answer(self, peer: str, bundle: bytes) -> bytes:
        """A peer's bundle in, ours back: both sides have told all they could in one round trip.

        A node that cannot keep what came still tells what it holds; its sizes say that it took nothing.
        """
        try:
            self.sync.take_bundle(peer, bundle)
        except NotKept as error:
            _log.error("not-kept", code=error.code, what=error.what, where=error.where)
        return self.sync.make_bundle(peer)

    def step(self, lines: Mapping[str, Heard] = NO_LINES) -> tuple[Alarm, ...]:
        """Do what is due by itself; what rings here now: rungs newly called, and ``lines`` that went dead."""
        rung = self._rung(lines)
        if self.ledger.own.size and self._may_begin():
            self._attend("name keys ahead", lambda: delegate_ahead(self.ledger))
            self._attend("say what was heard", self.sync.floor.say_heard)
            self._attend("say again what was said aside", self.sync.floor.say_again)
            # The first entry after them is the receipt for what it covers, unless it names it unreadable.
            if self.ledger.unreadable:
                self._attend("name the unreadable", lambda: beat_if_owed(self.ledger))
            self._attend("destroy spent keys", self.spent_keys.destroy)
            self._attend("seal again", lambda: seal_again(self.ledger))
            self._attend("screen", self._screener.screen_new)
            self._attend("compare blind", self._blind.step)
            self._attend("check protected sites", self._sites.step)
            self._attend("beat", lambda: beat_if_owed(self.ledger))
        return rung + self._rung(lines)

    def _may_begin(self) -> bool:
        """By itself the node writes nothing before a peer could show that its own log went farther once."""
        if not self.ledger.is_open():
            return False
        waited_ms = self.ledger.now() - self._began_at
        return self.sync.has_heard or not self.ledger.peers or waited_ms >= FIRST_WORD_MS

    def _rung(self, lines: Mapping[str, Heard]) -> tuple[Alarm, ...]:
        """Bells come first and last, and no fault of another duty stands in their way."""
        rung: list[Alarm] = []
        self._attend("ring", lambda: rung.extend(self._ringer.due(lines, beside=self.live.bells())))
        return tuple(rung)

    def _attend(self, duty: str, work: Callable[[], object]) -> None:
        """One duty that fails is shown until it succeeds, and keeps no other from being done."""
        try:
            work()
        except Exception as error:  # noqa: BLE001 - shown as an alarm and logged with its trace
            if self.faults.get(duty) != str(error):
                _log.error("duty-failed", duty=duty, error=str(error), exc_info=error)
            self.faults[duty] = str(error)
        else:
            self.faults.pop(duty, None)

    def next_step_at(self) -> Instant:
        """When time alone makes something due. What is due and cannot be done yet is tried each second."""
        now, behind = self.ledger.now(), behind_ms(self.ledger)
        due_at = self.ledger.duties.next_due_at(Instant(now + behind))
        beat_at = next_beat_at(self.ledger)
        at = beat_at if due_at is None else min(Instant(due_at - behind), beat_at)
        for tick_at in (self._blind.next_at(), self._sites.next_at()):
            at = at if tick_at is None else min(at, tick_at)
        return at if at > now else Instant(now + TRIED_AGAIN_MS)

    def status(self, lines: Mapping[str, Heard]) -> Status:
        found = status(self.ledger, self.sync, lines, self.faults)
        return replace(
            found,
            alarms=(*found.alarms, *self._blind_shown.alarms(), *self.live.alarms()),
            notices=self._blind_shown.shown(self._gate.shown(found.notices)),
        )

    def blind(self) -> tuple[BlindDayRow, ...]:
        """How every day stands that is compared blind with another party."""
        return self._blind_shown.days()

    def site_checks(self) -> tuple[SiteCheckRow, ...]:
        """How our notices stand that are held against protected sites which nobody shows."""
        return self._sites_shown.checks()

    def blind_opening(self, other: str, day: str, attempt: int) -> bytes:
        """What an audit of our side of one attempt needs, sealed to our offline keys."""
        return self._blind.opening(other, day, attempt)

    def blind_case(self, other: str, day: str, *, whole: bool) -> bytes:
        """What we show an inquiry into a day of blind checks, beside the opening."""
        from steerclear.services.blind_case import case_of

        return case_of(self.ledger, other, day, whole=whole)

    def ask_root(self, request: NameKeys | RevokeKeys | Succeed) -> RootAsked:
        """What the root is to sign; where its keys lie here it is signed and filed at once."""
        if isinstance(request, Succeed):
            return succeed(self.ledger, request)
        if isinstance(request, NameKeys):
            return name_keys(self.ledger, request)
        return revoke_keys(self.ledger, request)

    def take_signed(self, request: bytes) -> tuple[Receipt, ...]:
        """A request that came back from the root keys; what they signed is filed."""
        return take_signed(self.ledger, request)

    def keys(self, member: str | None) -> KeysShown:
        return keys_of(self.ledger, member)

    def inbox(self, desk: str | None) -> Inbox:
        found = inbox(self.ledger, desk)
        return replace(found, notices=self._blind_shown.shown(self._gate.shown(found.notices)))

    def notice(self, about: str) -> NoticeRow:
        return self._blind_shown.shown_on(self._gate.shown_on(notice(self.ledger, about)))

    def picture(self) -> PictureShown:
        return self._drawings.picture(self.ledger)

    def filed_form(self, about: str) -> bytes:
        return filed_form(self.ledger, about)

    def ask_own_check(self, request: FileNotices) -> Asked:
        """What the view says of a draft; ``own_check.check`` compares it, beside the writer."""
        from steerclear.services.own_check import ask

        return ask(self.ledger, request, self._places)

    def stop(self, about: str) -> StopRow:
        return stop(self.ledger, about)

    def signals(self, language: str, reviewed: Mapping[str, str]) -> tuple[SignalRow, ...]:
        return signals(self.ledger, language, reviewed)

    def affairs(self, sort: str | None) -> tuple[AffairRow, ...]:
        return affairs(self.ledger, sort)

    def affair(self, about: str) -> AffairRow:
        return affair(self.ledger, about)

    def annexes(self) -> tuple[AnnexShown, ...]:
        return annexes_shown(self.ledger)

    def take_carried(self, bundle: bytes) -> int:
        """A bundle that came by hand; how many entries were new."""
        return self.sync.take_carried(bundle)

    def everything(self) -> bytes:
        return self.sync.everything()
