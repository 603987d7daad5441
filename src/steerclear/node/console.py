# SPDX-License-Identifier: Apache-2.0
"""What does a node keep for those who sit at its console? People, gestures, keys of filings, and events.

People live in the event loop's thread and are kept as one fact whenever they change; all that touches the
ledger goes through the node's writer. Times of sessions are the machine's own.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar
from weakref import WeakValueDictionary

import structlog

from steerclear.errors import BadInput, NotKept, Refused
from steerclear.links.clock import Clock
from steerclear.links.randomness import Randomness
from steerclear.model.time import Instant, format_instant
from steerclear.node.doors import ConsoleSettings
from steerclear.services.answers import Receipt, RootAsked
from steerclear.services.console_answers import (
    GestureDone,
    GestureShown,
    InvitationShown,
    PersonRow,
    SessionShown,
)
from steerclear.services.events import Event, EventKind, EventLog, Events, Growth
from steerclear.services.gestures import Gesture, Gestures
from steerclear.services.ledger import RESTORED
from steerclear.services.once import Once
from steerclear.services.passkeys import Site, assertion_options, encoded, signature_bytes
from steerclear.services.people import People, Person
from steerclear.services.roles import Speaker, require_may
from steerclear.services.verbs import PATHS
from steerclear.services.workings import Workings

__all__ = ["HEARTBEAT_S", "Console"]

HEARTBEAT_S: Final = 15.0
"""A comment goes out so often, so that a dead line can be told from a quiet one."""

MOST_READERS: Final = 400
MOST_OF_ONE: Final = 32
AT_ONCE: Final = 256

GATHER_S: Final = 0.1
"""What moves within this time reaches a console together, so that hundreds can follow."""

_PEOPLE: Final = "console people"

T = TypeVar("T")

_log = structlog.get_logger("steerclear.console")
Write = Callable[[Callable[[], Any]], Awaitable[Any]]


class Console:
    """Everything that a console needs of a node beside its verbs and looks."""

    def __init__(
        self,
        workings: Workings,
        settings: ConsoleSettings | None,
        *,
        write: Write,
        clock: Clock,
        randomness: Randomness,
        on_filed: Callable[[tuple[Receipt, ...]], None],
        heartbeat_s: float = HEARTBEAT_S,
    ) -> None:
        ledger = workings.ledger
        self._workings = workings
        self._settings = settings
        self._write = write
        self._clock = clock
        self._heartbeat_s = heartbeat_s
        self._on_filed = on_filed
        self._gestures = Gestures(ledger)
        self._once = Once(ledger.store)
        self._in_hand: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()
        self._events = EventLog(randomness.bytes(6).hex())
        self._growth = Growth(ledger)
        self._readers: dict[asyncio.Event, str] = {}
        self._is_over = False
        site = settings.site(ledger.charter.name) if settings is not None else None
        self._people = None if site is None else self._recalled(site, randomness)

    def _recalled(self, site: Site, randomness: Randomness) -> People:
        """Who sits here; held, once, where the database came out of a backup."""
        store = self._workings.ledger.store
        people = People(site, randomness.bytes, store.fact(self._fact) or None)
        copy, held = store.fact(RESTORED), f"{self._fact} held"
        # The mark of a copy goes when the log is confirmed, which may be before anybody looks at the places.
        if copy and store.fact(held) != copy:
            people.hold()
            store.keep_fact(self._fact, people.printed())
            store.keep_fact(held, copy)
        return people

    @property
    def _fact(self) -> str:
        """Sessions of one mechanism are worth nothing in another."""
        return f"{_PEOPLE} {self._workings.ledger.mechanism}"

    @property
    def settings(self) -> ConsoleSettings | None:
        return self._settings

    @property
    def people(self) -> People:
        """Raises ``Refused`` (``console-not-set``)."""
        if self._people is None:
            raise Refused(
                "console-not-set",
                "This node has no console: its settings name no address for one.",
                where="steerclear.toml",
                remedy='Add [console] with listen = "127.0.0.1:8443" to steerclear.toml, and start it again.',
            )
        return self._people

    def _now_ms(self) -> int:
        return self._clock.now()

    # ---- people --------------------------------------------------------------------------------------

    async def invite(self, speaker: Speaker, role: str, desk: str | None) -> InvitationShown:
        _require_at_the_node(speaker)
        invited = self.people.invite(role, desk, self._now_ms())
        await self._keep_people()
        return InvitationShown(
            # After the #, so that it stands in no server's log.
            link=f"{self.people.site.origin}/enrol#{invited.token}",
            role=invited.role,
            desk=invited.desk,
            until=_words(invited.until_ms),
        )

    def enrolment_options(self, token: str) -> Mapping[str, Any]:
        return self.people.enrolment(token, self._now_ms())

    async def enrol(self, token: str, credential: dict[str, Any]) -> tuple[SessionShown, str]:
        person, session = self.people.enrol(token, credential, self._now_ms())
        await self._keep_people()
        return self._session(person, session), session

    def sign_in_options(self) -> Mapping[str, Any]:
        return self.people.sign_in_options(self._now_ms())

    async def sign_in(self, credential: dict[str, Any]) -> tuple[SessionShown, str]:
        person, session = self.people.sign_in(credential, self._now_ms())
        await self._keep_people()
        return self._session(person, session), session

    async def sign_out(self, token: str) -> None:
        self.people.sign_out(token)
        await self._keep_people()

    def speaker_of(self, token: str | None) -> Speaker | None:
        return None if self._people is None else self._people.speaker_of(token, self._now_ms())

    def session(self, speaker: Speaker, token: str | None) -> SessionShown:
        until = _words(self.people.ends_ms(token)) if token is not None and speaker.is_person else None
        return SessionShown(
            member=self._workings.ledger.me,
            person=speaker.id,
            role=speaker.role,
            desk=speaker.desk,
            until=until,
        )

    def _session(self, person: Person, token: str) -> SessionShown:
        return self.session(person.speaker, token)

    def everybody(self, speaker: Speaker) -> tuple[PersonRow, ...]:
        require_may(speaker, "people")
        return tuple(_row(one) for one in self.people.everybody())

    async def remove(self, speaker: Speaker, person: str) -> PersonRow:
        """Ends the place and its sessions, the open ones too."""
        _require_at_the_node(speaker)
        removed = self.people.remove(person)
        await self._keep_people()
        return _row(removed)

    async def confirm(self, speaker: Speaker, person: str) -> PersonRow:
        """After a restore: this place is still that of whoever has its passkey."""
        _require_at_the_node(speaker)
        confirmed = self.people.confirm(person)
        await self._keep_people()
        return _row(confirmed)

    async def _keep_people(self) -> None:
        printed = self.people.printed()
        await self._write(lambda: self._workings.ledger.store.keep_fact(self._fact, printed))

    # ---- gestures ------------------------------------------------------------------------------------

    async def prepare(self, speaker: Speaker, request: Any) -> GestureShown:
        now_ms = self._now_ms()
        _require_person(speaker)
        gesture = await self._write(
            lambda: self._gestures.prepare(speaker, request, self._workings.verb, now_ms)
        )
        return self._shown(gesture, speaker)

    async def waiting(self, speaker: Speaker) -> tuple[GestureShown, ...]:
        """What waits for another person's passkey."""
        require_may(speaker, "look")
        now_ms = self._now_ms()
        found = await self._write(lambda: self._gestures.open(now_ms))
        return tuple(self._shown(one, speaker) for one in found if one.by)

    async def sign(self, speaker: Speaker, id: str, credential: dict[str, Any]) -> GestureDone:  # noqa: A002
        """The passkey of this very session signs; where it was the last that is needed, it is filed."""
        _require_person(speaker)
        now_ms = self._now_ms()
        gesture: Gesture = await self._write(lambda: self._gestures.of(id, now_ms))
        for before in gesture.by:
            # Whose place was ended since has not signed it any more.
            self.people.of(before.id)
        person = self.people.use(credential, gesture.challenge)
        if person.id != speaker.id:
            raise Refused(
                "passkey-of-another",
                "The passkey is not that of whoever is signed in here.",
                where="credential",
                remedy="Sign with your own; the other person signs in a session of their own.",
            )
        made = signature_bytes(credential)
        try:
            done: GestureDone = await self._write(
                lambda: self._signed(id, speaker, encoded(person.passkey.id), made, now_ms)
            )
            self._on_filed(done.receipts)
            if gesture.needed > 1:
                # No entry says that it waits, or waits no more: the other person's console has to look.
                self.tell("duties", {"things": ()})
        finally:
            # Only now: a full disk that cannot keep the passkey's counter must not hold up the STOP under it.
            await self._keep_if_it_can(self._keep_people)
        return done

    async def _keep_if_it_can(self, keep: Callable[[], Awaitable[Any]]) -> None:
        """What is worth keeping, and worth no STOP."""
        try:
            await keep()
        except NotKept as error:
            _log.error("not-kept", code=error.code, what=error.what, where=error.where)

    def _signed(self, id: str, speaker: Speaker, keyid: str, made: bytes, now_ms: int) -> GestureDone:  # noqa: A002
        gesture = self._gestures.sign(self._gestures.of(id, now_ms), speaker, keyid, made)
        for one in gesture.by:
            # Whose place was ended while this waited for the writer has not signed it either.
            self.people.of(one.id)
        by = tuple(one.id for one in gesture.by)
        if len(gesture.by) < gesture.needed:
            return GestureDone(state="waits", signed_by=by)
        do = self._workings.do if type(gesture.request) in PATHS else self._workings.ask_root
        found = self._gestures.finish(gesture, do)
        if isinstance(found, RootAsked):
            return GestureDone(state="filed", signed_by=by, receipts=found.receipts, root=found)
        return GestureDone(state="filed", signed_by=by, receipts=found)

    def _shown(self, gesture: Gesture, speaker: Speaker) -> GestureShown:
        payload = gesture.signed_bytes.split(b" ", 4)[4]
        own = [one.passkey.id for one in self.people.everybody() if one.id == speaker.id]
        return GestureShown(
            gesture=gesture.id,
            asks=type(gesture.request).__name__,
            says=json.loads(payload),
            needed=gesture.needed,
            signed_by=tuple(one.id for one in gesture.by),
            until=_words(gesture.until_ms if gesture.by else gesture.first_until_ms),
            options=assertion_options(self.people.site, challenge=gesture.challenge, of=own),
        )

    # ---- keys of filings -----------------------------------------------------------------------------

    async def once(
        self,
        speaker: Speaker,
        key: str,
        digest: str,
        do: Callable[[], Awaitable[tuple[Receipt, ...]]],
        *,
        is_floor: bool = False,
    ) -> tuple[Receipt, ...]:
        """File it, or give the receipts of when it was filed under this key.

        What is of the floor is filed also where the disk cannot keep the key: a STOP twice counts as one.
        """
        # Kept alive by whoever holds it or waits for it, and by nobody else.
        lock = self._in_hand.setdefault((speaker.id, key), asyncio.Lock())
        async with lock:
            try:
                before = await self._write(lambda: self._once.begin(speaker.id, key, digest))
            except NotKept as error:
                if not is_floor:
                    raise
                _log.error("not-kept", code=error.code, what=error.what, where=error.where)
                return await do()
            if before is not None:
                known: tuple[Receipt, ...] = before
                return known
            return await self._filed_once(speaker.id, key, digest, do, is_floor=is_floor)

    async def _filed_once(
        self,
        speaker: str,
        key: str,
        digest: str,
        do: Callable[[], Awaitable[tuple[Receipt, ...]]],
        *,
        is_floor: bool,
    ) -> tuple[Receipt, ...]:
        try:
            receipts = await do()
        except (BadInput, Refused):
            # It was said that nothing was filed. After any other failure that is not known.
            await self._write(lambda: self._once.forget(speaker, key))
            raise

        def end() -> Awaitable[None]:
            return self._write(lambda: self._once.end(speaker, key, digest, receipts))

        await (self._keep_if_it_can(end) if is_floor else end())
        return receipts

    # ---- events --------------------------------------------------------------------------------------

    def look(self) -> Events:
        """What has moved in the ledger; in the writer's thread, after whatever it did."""
        return self._growth.look()

    def look_at_duties(self) -> Events:
        return self._growth.look_at_duties()

    def tell(self, kind: EventKind, data: Mapping[str, Any]) -> None:
        """In the loop's thread: every reader hears of it."""
        self._events.add(kind, data)
        for reader in self._readers:
            reader.set()

    @property
    def readers(self) -> int:
        return len(self._readers)

    def events(
        self, speaker: Speaker, last: str | None, token: str | None
    ) -> AsyncGenerator[tuple[Event, ...], None]:
        """Everything after ``last``, some at a time; none is a heartbeat.

        It ends when its session does, when the events have overtaken the reader, and when the node ends.
        Raises ``Refused`` (``too-many-readers``).
        """
        require_may(speaker, "look")
        of_one = sum(1 for reader in self._readers.values() if reader == speaker.id)
        if len(self._readers) >= MOST_READERS or (speaker.role != "operator" and of_one >= MOST_OF_ONE):
            raise Refused(
                "too-many-readers",
                f"{len(self._readers)} consoles are following this node already, {of_one} of them yours.",
                remedy="Close consoles that nobody looks at; what is owed can be read all the same.",
            )
        return self._following(speaker, last, token)

    async def _following(
        self, speaker: Speaker, last: str | None, token: str | None
    ) -> AsyncGenerator[tuple[Event, ...], None]:
        woken = asyncio.Event()
        self._readers[woken] = speaker.id
        try:
            place = self._events.place_of(last)
            if place is None:
                place = self._events.newest
                yield (self._events.reset(),)
            while self._may_go_on(speaker, token, place):
                woken.clear()
                if some := self._events.after(place, at_most=AT_ONCE):
                    place += len(some)
                    yield some
                elif not await self._is_woken(woken):
                    yield ()
        finally:
            del self._readers[woken]

    def _may_go_on(self, speaker: Speaker, token: str | None, place: int) -> bool:
        # Readers hold no queue of their own: who is overtaken by the log is let go, and is told to look anew.
        if self._is_over or not self._events.is_kept(place):
            return False
        return not speaker.is_person or self.speaker_of(token) == speaker

    async def _is_woken(self, woken: asyncio.Event) -> bool:
        try:
            async with asyncio.timeout(self._heartbeat_s):
                await woken.wait()
            await asyncio.sleep(GATHER_S)
        except TimeoutError:
            return False
        return True

    @property
    def is_over(self) -> bool:
        """The node ends: whoever streams goes."""
        return self._is_over

    def end(self) -> None:
        """The node ends: let the readers go."""
        self._is_over = True
        for reader in self._readers:
            reader.set()


def _row(person: Person) -> PersonRow:
    return PersonRow(
        person=person.id,
        role=person.role,
        desk=person.desk,
        since=_words(person.since_ms),
        is_held=person.is_held,
    )


def _words(at_ms: int) -> str:
    return format_instant(Instant(at_ms))


def _require_at_the_node(speaker: Speaker) -> None:
    """Who may change who sits here could give himself two places, and be both of the two persons."""
    require_may(speaker, "people")
    if speaker.is_person:
        raise Refused(
            "people-at-the-node",
            "Who has a place at this console is changed at the node's own machine alone.",
            where=speaker.role,
            remedy="Have it done there: steerclear console invite, or steerclear console remove.",
        )


def _require_person(speaker: Speaker) -> None:
    if not speaker.is_person:
        raise Refused(
            "gesture-not-needed",
            "Only a person at a console makes a gesture.",
            where=speaker.role,
            remedy="Send it to its own path.",
        )
