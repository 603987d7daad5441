# SPDX-License-Identifier: Apache-2.0
"""A running node: everything that is asked of it goes through one writer thread.

    listener ─┐                          ┌─ courier to each peer
api.sock ─────┼──► one writer thread ◄───┤
    ticker ───┘      (Workings)          └─ ears of our desks
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import structlog

from steerclear.errors import Refused, SteerclearError
from steerclear.links.apprise import AppriseWay
from steerclear.links.clock import SystemClock
from steerclear.links.console_protocol import ConsoleProtocol
from steerclear.links.courier import BUNDLE_TYPE, EXCHANGE_PATH, Courier
from steerclear.links.https import HttpsExchange, PeerAddress
from steerclear.links.notifier import Alarm, Ears
from steerclear.links.peer_protocol import MOST_CONNECTIONS, PeerProtocol, certificate_of
from steerclear.links.randomness import SystemRandomness
from steerclear.links.smtp import SmtpWay
from steerclear.links.tls import (
    Certificate,
    PeerContext,
    Pins,
    peer_of,
    pins_of,
    server_context,
)
from steerclear.links.ways import Notifier, Sending, Way, WaySettings
from steerclear.links.webhook import WebhookWay
from steerclear.model.member import MemberId
from steerclear.model.time import Instant, format_instant
from steerclear.node.console import Console
from steerclear.node.feeds import Feeds
from steerclear.node.memory import SetAside
from steerclear.node.settings import Settings
from steerclear.node.shared import SharedLooks
from steerclear.record.bundle import LARGEST_BUNDLE
from steerclear.record.card import MemberCard
from steerclear.services.agreed_areas import AgreedArea, agreed_areas
from steerclear.services.annexes_shown import AnnexShown
from steerclear.services.answers import (
    AffairRow,
    BlindDayRow,
    Carried,
    Compared,
    Inbox,
    KeysShown,
    NoticeRow,
    ReadOut,
    Receipt,
    RootAsked,
    SiteCheckRow,
    Status,
    StopRow,
)
from steerclear.services.backup import Backup, TakeBackup, write_backup
from steerclear.services.backup_check import CheckedBackup, check_openings
from steerclear.services.calendar_shown import calendar
from steerclear.services.console_answers import Measured, NoticeCheck
from steerclear.services.events import Events, alarm_data
from steerclear.services.gestures import rehearse
from steerclear.services.incident_package import incident_package
from steerclear.services.live_rows import TracksShown
from steerclear.services.map_answers import DraftCheck, PictureShown
from steerclear.services.openings import openings_of
from steerclear.services.past import Past
from steerclear.services.past_answers import MomentsShown, PastShown
from steerclear.services.past_moments import Moments, moments_around, moments_of_incident
from steerclear.services.published import Page, PublishedLogs, WitnessAnswer
from steerclear.services.read_out import compare, read_out
from steerclear.services.recorded import opening_of, proof_of
from steerclear.services.requests import FileNotices, NameKeys, RevokeKeys, Succeed
from steerclear.services.roles import Speaker
from steerclear.services.signals_shown import SignalRow
from steerclear.services.spent_keys import note_verified_backup
from steerclear.services.statistics import StatisticsShown, statistics
from steerclear.services.status import Heard
from steerclear.services.together import MOST_TOGETHER, Failed
from steerclear.services.track_alarms_shown import TrackAlarmRow, track_alarms_shown
from steerclear.services.verbs import Request
from steerclear.services.workings import Workings

if TYPE_CHECKING:
    from steerclear.services.live_told import TracksForm

__all__ = ["Node"]

COALESCE_S: Final = 0.05
"""Entries that come together get one beat; well under the two seconds of design file 3."""

LONGEST_TICK_S: Final = 1.0
LIVE_TICK_S: Final = 1.0
LIVE_REST_S: Final = 0.05

_WAY: Final = "way "
"""Under this and its name the store keeps the last answer of each way."""

T = TypeVar("T")

_log = structlog.get_logger("steerclear.node")


PAST_AT_ONCE: Final = 100
"""Entries of the past that are looked at between two other works of the writer: so long STOP waits for it."""


class Node:
    """A node at work: every call goes through its one writer thread."""

    exchange_path: Final = EXCHANGE_PATH
    bundle_type: Final = BUNDLE_TYPE
    largest_bundle: Final = LARGEST_BUNDLE

    def __init__(
        self,
        folder: Path,
        settings: Settings,
        workings: Workings,
        *,
        certificate: Certificate,
        ears: Ears,
        now_and_then: Callable[[], None] = lambda: None,
    ) -> None:
        """``now_and_then`` is done in the writer's thread, after what is due."""
        self.folder = folder
        self.host, self.port = settings.host, settings.port
        self._workings = workings
        self._now_and_then = now_and_then
        self._reviewed = settings.reviewed
        self._certificate = certificate
        self._ears: Ears = ears
        self._ways = settings.ways
        if settings.ways:
            ways = [(one, _way_of(one)) for one in settings.ways]
            self._ears = Notifier(ears, ways, clock=SystemClock(), record=self._keep_sending)
        self.machines = settings.machines
        self.console = Console(
            workings,
            settings.console,
            write=self._write,
            # Sessions are of people and in real time, whatever the mechanism's clock shows.
            clock=SystemClock(),
            randomness=SystemRandomness(),
            on_filed=self._filed,
        )
        self._feeds = Feeds(settings.live, workings.live, workings.ledger.me, workings.ledger.clock)
        workings.live.looks_ahead(settings.live.look_ahead_s)
        self._published = PublishedLogs(workings.ledger)
        self._past = Past(workings.ledger)
        self._past_is_asked = asyncio.Lock()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="writer")
        self._asked = _Asked(workings)
        self._looks = SharedLooks(self._write)
        self._soon = asyncio.Event()
        charter, me = workings.ledger.charter, workings.ledger.me
        cards = [card for card in charter.members if card.member != me and card.tls_certificate]
        self._certificates = {card.member: _der(card) for card in cards}
        self._pins: Pins = pins_of(self._certificates)
        self._heard: dict[str, Heard] = {
            card.member: Heard(up=False, since=workings.ledger.now(), last_at=None) for card in cards
        }
        reachable = [card for card in cards if card.addresses]
        self._exchange = HttpsExchange(
            certificate, [PeerAddress(card.member, card.addresses, _der(card)) for card in reachable]
        )
        self._courier = Courier(
            [card.member for card in reachable],
            exchange=self._exchange,
            # Heartbeats are between machines and in real time, whatever the mechanism's clock shows.
            clock=SystemClock(),
            make_bundle=self._make,
            take_bundle=self._take,
            on_change=lambda line: self._note_line(line.member, up=line.up),
            on_failure=self.refuse,
        )

    @property
    def member(self) -> MemberId:
        return self._workings.ledger.me

    # What people ask.

    async def do(self, request: Request) -> tuple[Receipt, ...]:
        receipts = await self._asked.do(request, self._write)
        self._filed(receipts)
        return receipts

    def _filed(self, receipts: tuple[Receipt, ...]) -> None:
        if receipts:
            self._courier.wake(urgent=any(receipt.kind.startswith("stop.") for receipt in receipts))
            self._soon.set()

    async def check(self, request: FileNotices) -> NoticeCheck:
        """Whether the gate would let it pass; raises what filing it would raise, and files nothing."""
        await self._write(lambda: rehearse(self._workings.ledger, request, self._workings.verb))
        return NoticeCheck()

    async def status(self) -> Status:
        return await self.told_status(_as_it_is)

    async def told_status(self, tell: Callable[[Status], T]) -> T:
        """In the words of ``tell``, once for all who asked before it was looked up; so the next two."""
        return await self._looks.ask(("status", tell), self._shown_status, tell)

    def _shown_status(self) -> Status:
        shown = self._workings.status(self._heard)
        alarms = (*shown.alarms, *self._feeds.alarms(), *self._failed_ways())
        return replace(shown, alarms=alarms, feeds=self._feeds.rows())

    async def measured(self) -> Measured:
        """What gauges say; cheaper than the status, and often asked."""
        return await self._write(self._measured)

    def _measured(self) -> Measured:
        ledger = self._workings.ledger
        return Measured(
            entries=ledger.sizes(),
            lines={member: heard.up for member, heard in self._heard.items()},
            duties_due=len(ledger.duties.due(ledger.now())),
            accepting=ledger.closed_because() is None,
        )

    async def ask_root(self, request: NameKeys | RevokeKeys | Succeed) -> RootAsked:
        return await self._write(lambda: self._workings.ask_root(request))

    async def take_signed(self, request: bytes) -> tuple[Receipt, ...]:
        receipts = await self._write(lambda: self._workings.take_signed(request))
        self._courier.wake()
        self._soon.set()
        return receipts

    async def back_up(self, request: TakeBackup) -> Backup:
        """Copy the node while it works; the copy counts when it was read back (``note_backup``)."""
        return await asyncio.to_thread(write_backup, self.folder, request, self._workings.ledger)

    async def note_backup(self, folder: Path) -> CheckedBackup:
        """The record in a backup of this node verified: try its openings, and remember that it is there."""
        ledger = self._workings.ledger
        checked = await asyncio.to_thread(check_openings, ledger, folder)
        await self._write(lambda: note_verified_backup(ledger, checked.backup.logs))
        return checked

    async def keys(self, member: str | None) -> KeysShown:
        return await self._write(lambda: self._workings.keys(member))

    async def inbox(self, desk: str | None) -> Inbox:
        return await self.told_inbox(desk, _as_it_is)

    async def told_inbox(self, desk: str | None, tell: Callable[[Inbox], T]) -> T:
        return await self._looks.ask(("inbox", desk, tell), lambda: self._workings.inbox(desk), tell)

    async def notice(self, about: str) -> NoticeRow:
        return await self._write(lambda: self._workings.notice(about))

    async def told_picture(self, tell: Callable[[PictureShown], T]) -> T:
        """Every area that a map shows, ready to be drawn."""
        return await self._looks.ask(("picture", tell), self._workings.picture, tell)

    async def tracks(self) -> TracksShown:
        """The live picture: what is seen now, how old it is, and how its feeds are."""
        return await self._write(lambda: self._workings.live.tracks(self._feeds.rows()))

    async def track_alarms(self) -> tuple[TrackAlarmRow, ...]:
        """What live pictures have warned this node's desks of, the newest first."""
        return await self._write(lambda: track_alarms_shown(self._workings.ledger))

    async def agreed_areas(self) -> tuple[AgreedArea, ...]:
        """The areas that all have agreed to keep out of, ready to be drawn."""
        return await self._write(lambda: agreed_areas(self._workings.ledger))

    async def tracks_as(self, form: TracksForm) -> bytes:
        """The tracks as another map takes them; the writer is not asked."""
        # Imported here: it brings the compiler along, which commands that start no node need not wait for.
        from steerclear.services.live_told import tracks_as

        live, clock = self._workings.live, self._workings.ledger.clock
        return await asyncio.to_thread(lambda: tracks_as(form, live.newest(), clock.now()))

    async def flies(self, track: str, notice: str | None) -> TracksShown:
        """An own track flies the movement of this notice of ours from now on; ``None``: of none."""
        await self._write(lambda: self._workings.live.flies(track, notice))
        return await self.tracks()

    async def filed_form(self, about: str) -> bytes:
        """The newest version of a notice as GeoJSON."""
        return await self._write(lambda: self._workings.filed_form(about))

    async def own_check(self, request: FileNotices) -> DraftCheck:
        """What the gate would say of a draft, and what it meets; the comparing keeps nobody from filing."""
        asked = await self._write(lambda: self._workings.ask_own_check(request))
        # It brings the engine, which whoever only asks a node need not wait for.
        from steerclear.services.own_check import check

        return await asyncio.to_thread(check, asked)

    async def stop(self, about: str) -> StopRow:
        return await self._write(lambda: self._workings.stop(about))

    async def affairs(self, sort: str | None) -> tuple[AffairRow, ...]:
        return await self._write(lambda: self._workings.affairs(sort))

    async def affair(self, about: str) -> AffairRow:
        return await self._write(lambda: self._workings.affair(about))

    async def blind(self) -> tuple[BlindDayRow, ...]:
        """How every day stands that is compared blind with another party."""
        return await self._write(self._workings.blind)

    async def site_checks(self) -> tuple[SiteCheckRow, ...]:
        """How own notices stand that are held against protected sites which nobody shows."""
        return await self._write(self._workings.site_checks)

    async def blind_opening(self, other: str, day: str, attempt: int) -> bytes:
        """What an audit of our side of one attempt needs, sealed to our offline keys."""
        return await self._write(lambda: self._workings.blind_opening(other, day, attempt))

    async def blind_case(self, other: str, day: str, *, whole: bool) -> bytes:
        """What we show an inquiry into a day of blind checks, beside the opening."""
        return await self._write(lambda: self._workings.blind_case(other, day, whole=whole))

    async def annexes(self) -> tuple[AnnexShown, ...]:
        return await self._write(self._workings.annexes)

    async def signals(self, language: str) -> tuple[SignalRow, ...]:
        return await self._write(lambda: self._workings.signals(language, self._reviewed))

    async def incident(self, about: str) -> bytes:
        """The file of an incident: every statement with its proof."""
        return await self._write(lambda: incident_package(self._workings.ledger, about))

    async def past(self, at: Instant) -> PastShown:
        """What this node knew at a moment of the past; of one that has not come: what it knows now."""
        # Whoever goes away in the middle leaves no thread behind that folds while the next one asks.
        return await asyncio.shield(self._recalled(at))

    async def _recalled(self, at: Instant) -> PastShown:
        async with self._past_is_asked:
            at = min(at, self._workings.ledger.now())
            await self._read_past()
            while entries := await self._write(lambda: self._past.take(at, PAST_AT_ONCE)):
                await asyncio.to_thread(self._past.fold, entries)
            then = await self._write(lambda: self._past.then(at))
            return await asyncio.to_thread(self._past.shown, then)

    async def moments(self, about: str | Instant) -> MomentsShown:
        """The moments of an incident, or of the days around an instant."""
        async with self._past_is_asked:
            await self._read_past()
            moments = await self._write(lambda: self._moments(about))
            while await self._write(lambda: moments.go_on(PAST_AT_ONCE)):
                pass
            return await self._write(moments.shown)

    def _moments(self, about: str | Instant) -> Moments:
        if isinstance(about, str):
            return moments_of_incident(self._workings.ledger, self._past, about)
        return moments_around(self._workings.ledger, self._past, about)

    async def _read_past(self) -> None:
        while await self._write(lambda: self._past.read(PAST_AT_ONCE)):
            pass

    async def statistics(self, month: str | None) -> StatisticsShown:
        return await self._write(lambda: statistics(self._workings.ledger, month))

    async def calendar(self) -> bytes:
        """Meetings, action items, agreed checks of the line and drills as an iCalendar file."""
        return await self._write(lambda: calendar(self._workings.ledger))

    async def proof(self, about: str) -> bytes:
        """A ``.tlog-proof`` file for an entry that is RECORDED."""
        return await self._write(lambda: proof_of(self._workings.ledger, about))

    async def opening(self, about: str) -> bytes:
        """What a sealed entry says, proven to be that entry, as a file for a third person."""
        return await self._write(lambda: opening_of(self._workings.ledger, about))

    async def read_out(self, member: str | None) -> ReadOut:
        return await self._write(lambda: read_out(self._workings.ledger, member))

    async def compare(self, member: str, size: int, heard: str) -> Compared:
        return await self._write(lambda: compare(self._workings.ledger, member, size, heard))

    async def replica(self) -> bytes:
        return await self._write(self._workings.everything)

    async def openings(self) -> bytes:
        """Everything that came sealed and could be opened here, for the node's own people."""
        return await self._write(lambda: openings_of(self._workings.ledger))

    async def take_carried(self, bundle: bytes) -> Carried:
        fresh = await self._write(lambda: self._workings.take_carried(bundle))
        self._soon.set()
        return Carried(new_entries=fresh)

    # What peers ask.

    def peer_listener(self) -> dict[str, Any]:
        """Settings of the peers' listener: TLS 1.3, a member's certificate required, none else trusted."""
        return {
            "http": partial(PeerProtocol, on_crowd=self._crowd),
            # Longer than the heartbeat, so that a line keeps its connection.
            "timeout_keep_alive": 75,
            "ssl_context_factory": lambda _config, _default: self._server_context(),
        }

    def _server_context(self) -> PeerContext:
        context = server_context(self._certificate, self._certificates)
        context.on_stranger = self._stranger
        return context

    def _stranger(self, why: str) -> None:
        self.refuse(
            "somebody unknown",
            Refused(
                "stranger-at-the-door",
                f"Somebody who showed no member's key called this node's listener ({why}).",
                where="the peers' listener",
                remedy="Nothing was said to it. If it goes on, have the way to this port closed to all but "
                "members, and compare certificates by voice with whoever says that they cannot connect.",
            ),
        )

    def _crowd(self, certificate: bytes) -> None:
        member = peer_of(certificate, self._pins)
        self.refuse(
            member,
            Refused(
                "too-many-connections",
                f"{member} opened more than {MOST_CONNECTIONS} connections at once; the oldest was closed.",
                where=f"{member}, the peers' listener",
                remedy=f"Its newest connection is served, so its STOPs come. Have {member} look at its node.",
            ),
        )

    def caller_of(self, scope: Mapping[str, Any]) -> str:
        """Which member's certificate this request came under. Raises ``Refused`` (``peer-unknown``)."""
        shown = certificate_of(scope)
        if shown is None:
            raise Refused(
                "peer-without-certificate",
                "The caller showed no certificate.",
                remedy="Call from a member's node.",
            )
        return peer_of(shown, self._pins)

    # What people and machines of this side ask.

    def console_listener(self) -> dict[str, Any]:
        """Settings of the console's listener: TLS where the settings name a certificate.

        Nothing in front of it is believed: no header says who calls, or over what.
        """
        context = self.console.settings.context() if self.console.settings is not None else None
        found: dict[str, Any] = {"http": ConsoleProtocol, "proxy_headers": False, "server_header": False}
        if context is not None:
            found["ssl_context_factory"] = lambda _config, _default: context
        return found

    def machine_listener(self) -> dict[str, Any]:
        """Settings of the machines' listener: TLS 1.3, one of the certificates in the settings required."""
        allowed = self.machines.certificates if self.machines is not None else {}
        return {
            "http": PeerProtocol,
            "ssl_context_factory": lambda _config, _default: server_context(self._certificate, allowed),
        }

    def machine_of(self, scope: Mapping[str, Any]) -> Speaker | None:
        """Whose certificate a request came under; ``None``: it came by another door."""
        shown = certificate_of(scope)
        if shown is None or self.machines is None:
            return None
        name = peer_of(shown, pins_of(self.machines.certificates))
        return Speaker(f"machine {name}", "machine", self.machines.desks[name])

    async def answer_peer(self, member: str, bundle: bytes) -> bytes:
        answer = await self._write(lambda: self._workings.answer(member, bundle))
        self._note_line(member, up=True)
        if member in self._courier.lines():
            self._courier.heard_from(member)
        self._soon.set()
        return answer

    def refuse(self, by: str, error: SteerclearError) -> None:
        """What ``by`` sent never reached the workings: it is counted and shown all the same."""
        self._writer.submit(self._workings.sync.refuse, by, error)

    async def published(self, member: str, generation: int, path: str) -> Page | None:
        """A checkpoint, tile or bundle of entries of a log that is held here; ``None`` where none is."""
        return await self._write(lambda: self._published.page(member, generation, path))

    async def witness(self, request: bytes) -> WitnessAnswer:
        return await self._write(lambda: self._published.add_checkpoint(request))

    async def cosigned(self, hash_of_origin: str) -> Page | None:
        return await self._write(lambda: self._published.cosigned(hash_of_origin))

    # What it does by itself.

    async def run(self) -> None:
        """Carry and tick until cancelled."""
        async with asyncio.TaskGroup() as work:
            work.create_task(self._courier.run(), name="courier")
            work.create_task(self._tick_for_ever(), name="ticker")
            work.create_task(self._feeds.run(), name="feeds")
            work.create_task(self._look_for_ever(), name="live picture")

    async def call(self, peer: str) -> bool:
        """Exchange with ``peer`` now, whatever comes of it; says whether there is more to tell at once."""
        return await self._courier.call(peer)

    async def close(self) -> None:
        """Let go of the lines and of the writer's thread; for a node that runs inside another program."""
        await self._exchange.close()
        self._writer.shutdown()

    async def _tick_for_ever(self) -> None:
        aside = SetAside()
        while True:
            # No fault of one tick ends the ticker: the next one rings and tries again.
            try:
                await self.tick()
                await self._write(lambda: aside.if_due(self._workings.ledger.now()))
                await self._write(self._now_and_then)
                due_at = await self._write(self._workings.next_step_at)
            except Exception:  # noqa: BLE001 - logged with its trace; the bells must outlive any fault of ours
                _log.exception("tick-failed")
                due_at = self._workings.ledger.now()
                await asyncio.sleep(LONGEST_TICK_S)
            await self._until(due_at)

    async def _look_for_ever(self) -> None:
        """The live picture, soon after anything was seen, and once a second; no fault of one look ends it."""
        live, loop = self._workings.live, asyncio.get_running_loop()
        while True:
            began, news = loop.time(), live.news
            try:
                await self._look_live()
            except Exception:  # noqa: BLE001 - logged with its trace; the next look is a second away
                _log.exception("live-picture-failed")
            # As long as it looked it rests: half of the machine is for everything else.
            await asyncio.sleep(max(LIVE_REST_S, loop.time() - began))
            while live.news == news and loop.time() - began < LIVE_TICK_S:
                await asyncio.sleep(LIVE_REST_S)

    async def _look_live(self) -> None:
        """What it is asked and what it says is the writer's; comparing is done beside it."""
        live = self._workings.live
        if not await self._write(live.listen):
            return
        asked = await self._write(live.ask)
        seen = await asyncio.to_thread(live.look, asked)
        if await self._write(lambda: live.say(seen)):
            self._courier.wake(urgent=True)
            self._soon.set()

    async def tick(self) -> None:
        """Do what is due by itself, tell the peers of it, and ring."""
        ledger = self._workings.ledger
        before = ledger.own.size
        alarms = await self._write(lambda: self._workings.step(self._heard))
        if ledger.own.size != before:
            self._courier.wake()
        # Bells first: they are marked as rung, and nothing that fails on the way may swallow one of them.
        for alarm in alarms:
            await self._ring(alarm)
        for alarm in alarms:
            self.console.tell("alarm", alarm_data(alarm))
        self._tell(asyncio.get_running_loop(), await self._write(self.console.look_at_duties))

    async def _ring(self, alarm: Alarm) -> None:
        try:
            await self._ears.ring(alarm)
        except Exception:  # noqa: BLE001 - logged with its trace; the bells that follow must ring
            _log.exception("bell-failed", about=alarm.about, desk=alarm.desk, rung=alarm.rung)

    async def _keep_sending(self, sending: Sending) -> None:
        """The last try of each way, with the way's own answer, outlives the process."""
        told = {"at": format_instant(sending.at), "taken": sending.taken, "answer": sending.answer}
        name, fact = _WAY + sending.way, json.dumps(told).encode()
        await self._write(lambda: self._workings.ledger.store.keep_fact(name, fact))

    def _failed_ways(self) -> Iterator[str]:
        for way in self._ways:
            fact = self._workings.ledger.store.fact(_WAY + way.name)
            last = json.loads(fact) if fact is not None else None
            if last is not None and not last["taken"]:
                tested = f"tested on {way.tested}" if way.tested is not None else "never tested"
                yield f"the way {way.name} did not take its last call ({last['answer']}); {tested}"

    async def _until(self, due_at: Instant) -> None:
        clock = self._workings.ledger.clock
        waiting = [
            asyncio.create_task(clock.sleep_until(due_at)),
            asyncio.create_task(self._soon.wait()),
        ]
        try:
            # Never longer than a second, so that a rule that forgot to name its time is late by no more.
            await asyncio.wait(waiting, timeout=LONGEST_TICK_S, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in waiting:
                task.cancel()
        if self._soon.is_set():
            self._soon.clear()
            await asyncio.sleep(COALESCE_S)

    async def _make(self, peer: str) -> bytes:
        return await self._write(lambda: self._workings.make(peer))

    async def _take(self, peer: str, bundle: bytes) -> bool:
        more = await self._write(lambda: self._workings.take(peer, bundle))
        self._note_line(peer, up=True)
        self._soon.set()
        return more

    def _note_line(self, member: str, *, up: bool) -> None:
        now, before = self._workings.ledger.now(), self._heard[member]
        if before.up != up or before.last_at is None:
            self.console.tell("line", {"member": member, "up": up})
        self._heard[member] = Heard(
            up=up,
            since=before.since if before.up == up else now,
            last_at=now if up else before.last_at,
        )

    async def _write(self, work: Callable[[], T]) -> T:
        loop = asyncio.get_running_loop()

        def done() -> T:
            try:
                return work()
            finally:
                self._tell(loop, self._look())

        return await loop.run_in_executor(self._writer, done)

    def _look(self) -> Events:
        """What was done was done: no fault of the events may hide its answer."""
        try:
            return self.console.look()
        except Exception:  # noqa: BLE001 - logged with its trace; consoles look anew with the next event
            _log.exception("events-failed")
            return ()

    def _tell(self, loop: asyncio.AbstractEventLoop, events: Events) -> None:
        for kind, data in events:
            loop.call_soon_threadsafe(self.console.tell, kind, data)


class _Asked:
    """Requests that wait for the writer. When it comes to the first, it does all that wait by then."""

    def __init__(self, workings: Workings) -> None:
        self._workings = workings
        self._waiting: deque[tuple[Request, asyncio.Future[tuple[Receipt, ...]]]] = deque()

    async def do(
        self, request: Request, write: Callable[[Callable[[], None]], Awaitable[None]]
    ) -> tuple[Receipt, ...]:
        done: asyncio.Future[tuple[Receipt, ...]] = asyncio.get_running_loop().create_future()
        self._waiting.append((request, done))
        # Who finds that it was done with those before it has nothing to do.
        await write(self._do_waiting)
        return await done

    def _do_waiting(self) -> None:
        """In the writer's thread."""
        some = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
        outcomes = self._workings.do_all([request for request, _ in some]) if some else []
        for (_, done), outcome in zip(some, outcomes, strict=True):
            done.get_loop().call_soon_threadsafe(_tell, done, outcome)


def _as_it_is(found: T) -> T:
    return found


def _tell(done: asyncio.Future[tuple[Receipt, ...]], outcome: tuple[Receipt, ...] | Failed) -> None:
    if done.cancelled():
        return  # it was filed all the same; who asked has gone
    if isinstance(outcome, Failed):
        done.set_exception(outcome.error)
    else:
        done.set_result(outcome)


def _der(card: MemberCard) -> bytes:
    assert card.tls_certificate is not None  # noqa: S101 - the caller picks cards with a node
    return base64.b64decode(card.tls_certificate)


def _way_of(settings: WaySettings) -> Way:
    """Raises ``BadInput`` for settings that it cannot use: at the start, not at the first alarm."""
    match settings.sort:
        case "smtp":
            return SmtpWay.of(settings)
        case "webhook":
            return WebhookWay.of(settings, clock=SystemClock(), randomness=SystemRandomness())
        case "apprise":
            return AppriseWay.of(settings)
