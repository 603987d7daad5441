# SPDX-License-Identifier: Apache-2.0
"""Which statements are there about a thing? Kept by thing and author, so that they may come in any order.

The book is a set: it grows, and never depends on what came first. Every question to it sorts by place, so two
books with equal entries give equal answers (design file 2, idea 2). At one place an opened statement beats
the sealed one; of two claims to one id the earlier in time counts, and the other is without effect.

Folds of the book are kept (``kept``) until something is said about what they asked for. What they may ask is
``said``, ``copies``, ``statements``, ``about``, ``of_kind`` and what is known of sealed ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, TypeVar

from steerclear.errors import BadInput
from steerclear.mechanism.archive import MISREAD, OF_THE_RECORD, SEALED, UNKNOWN, Archive
from steerclear.mechanism.bodies import (
    KINDS,
    Acknowledge,
    AnnexCounter,
    AnnexPropose,
    AnnexRatify,
    AnnexWithdraw,
    Body,
    ConflictClose,
    ConflictPropose,
    Heard,
    IncidentFinding,
    MeetingAction,
    MeetingMinutes,
    ScreenResult,
    SiteConcern,
    Unreadable,
    Waive,
    read_body,
)
from steerclear.mechanism.entry import Entry, Place, Sealed
from steerclear.mechanism.kept import Kept
from steerclear.mechanism.said import OUTSIDE_ANY_LOG, Said, conflict_id, order_of
from steerclear.mechanism.true_time import TrueTime
from steerclear.model.annex import annex_hash
from steerclear.model.member import Role
from steerclear.model.time import Instant
from steerclear.record.keys import KeyRole
from steerclear.record.statement import Statement, is_always_clear

__all__ = ["Book", "targets_of", "threads_of"]

B = TypeVar("B")

_OFFICER: Final = KeyRole.DUTY.value
_UNTOLD: Final = "nobody can tell that its key held when it was said"
_OF_THE_RECORD: Final = frozenset({"reseal"})
_EVERYTHING: Final = "everything"


def threads_of(kind: str, body: Body) -> tuple[str, ...]:
    """What a body is about: ids of statements, of a conflict, or the hash of an annex."""
    match body:
        case ScreenResult():
            return tuple(version.notice for version in body.notices)
        case ConflictPropose() | ConflictClose():
            return (conflict_id(*body.notices), *body.notices) if len(body.notices) == 2 else ()
        case AnnexPropose(annex=annex) | AnnexCounter(annex=annex):
            return (annex_hash(annex),)
        case AnnexRatify(content=content) | AnnexWithdraw(content=content):
            return (content,)
        case Waive(about=about) | Unreadable(about=about):
            return (about,)
        case Heard(id=heard):
            return (heard,)
    return targets_of(kind, body)


def also_read(body: Body) -> tuple[str, ...]:
    """Ids that the judgement of a body asks for beside those that it is about."""
    match body:
        case ScreenResult(notices=notices):
            return tuple(one.version for one in notices if one.version != one.notice)
        case SiteConcern(replies_to=earlier) | IncidentFinding(answers=earlier):
            return (earlier,) if earlier is not None else ()
        case MeetingMinutes(signs=earlier) | MeetingAction(settles=earlier):
            return (earlier,) if earlier is not None else ()
    return ()


def targets_of(kind: str, body: Body) -> tuple[str, ...]:
    """The ids in the field that names what a kind is about; none where it is left null."""
    target = KINDS[kind].target
    value = getattr(body, target.field) if target else None
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (str(value),)


class Book:
    """Every statement that this node could open, by id, by thing and by kind; and what it could not."""

    def __init__(self, roles: Mapping[str, Role], carried_by: Mapping[str, str]) -> None:
        self.roles: Final = dict(roles)
        self.carried_by: Final = dict(carried_by)
        self.size = 0
        """How often it has grown, or a time in it moved: at two equal sizes one book says the same."""
        self.kept: Final = Kept()
        self.opened: Final[list[Said[Any]]] = []
        """Every statement in the order in which it was opened here, for whoever follows; it only grows."""
        self.times: Final[dict[Place, TrueTime]] = {}
        """What is held of an entry's time, where it is not the plain claim (times.py)."""
        self._entries: Final[dict[Place, Entry]] = {}
        self._claims: Final[dict[str, dict[Place, Said[Any]]]] = {}
        self._threads: Final[dict[str, dict[type, dict[Place, Said[Any]]]]] = {}
        self._of_kind: Final[dict[str, dict[Place, Said[Any]]]] = {}
        self._misread: Final[dict[Place, tuple[Statement, str]]] = {}
        self._threads_at: Final[dict[Place, tuple[str, ...]]] = {}
        self._sealed: Final[dict[str, dict[Place, Sealed]]] = {}
        self._closed_to_us: Final[dict[str, set[Place]]] = {}
        self._unknown: Final[dict[Place, Statement]] = {}
        self._also: Final[dict[str, set[str]]] = {}
        """For an id the statements whose judgement asks for it, though they are not about it."""
        self.touched: set[str] | None = None
        """Names of which something was said, for ineffective.py; ``None``: it never asked."""
        self._archive: Archive | None = None
        self._brought: Final[set[str]] = set()

    def stand_on(self, archive: Archive) -> None:
        """Before anything is added: what was witnessed before lies there, and is brought when asked for."""
        self._archive = archive
        self.size = archive.size

    def add(self, entry: Entry) -> bool:
        """Take an entry in; ``False`` when it tells nothing new."""
        if self._archive is not None and self._archive.holds(entry.place):
            self._bring((entry.place,))
        before = self._entries.get(entry.place)
        if before is not None and not _tells_more(entry, before):
            return False
        if before is not None:
            self._forget(before)
        self._entries[entry.place] = entry
        self.size += 1
        self._tell(entry, self._file(entry))
        return True

    def overhear(
        self,
        statement: Statement,
        *,
        at: Instant,
        signed_as: frozenset[str],
        doubt: str | None,
        message: str | None,
    ) -> None:
        """A floor message outside any log; its place in a log takes over when it comes."""
        place = Place(statement.author, OUTSIDE_ANY_LOG, int(statement.id, 16))
        self.add(
            Entry(
                author=place.author,
                generation=place.generation,
                seq=place.seq,
                at=at,
                heads={},
                content=statement,
                signed_as=signed_as,
                doubt=doubt,
                message=message,
            )
        )

    # Questions. Each answer is sorted by place, never by arrival.

    def said(self, id_: str) -> Said[Any] | None:
        """The statement with this id: of several claims the earliest one in a log."""
        self._ask(id_)
        claims = self._claims.get(id_)
        if not claims:
            return None
        if len(claims) == 1:
            (alone,) = claims.values()
            return alone
        return min(claims.values(), key=lambda said: (not said.is_in_a_log, said.at, said.place))

    def copies(self, said: Said[Any]) -> list[Said[Any]]:
        """The same statement at every place where its author's log holds it (a reseal repeats it)."""
        self._ask(said.id)
        found = [copy for copy in self._claims[said.id].values() if copy.author == said.author]
        return sorted(found, key=order_of) if len(found) > 1 else found

    def statements(self, said: Said[Any]) -> Iterator[Statement]:
        """What its copies hold, to compare with what somebody else says that he heard."""
        contents = (self._entries[copy.place].content for copy in self.copies(said))
        return (content for content in contents if isinstance(content, Statement))

    def about(self, thread: str, body: type[B]) -> tuple[Said[B], ...]:
        """All of one kind about one thing, in order of time and place, effective or not."""
        self._ask(thread)
        found = self._threads.get(thread, {}).get(body)
        return tuple(sorted(found.values(), key=_in_time)) if found else ()

    def acknowledgements(self, about: str) -> tuple[Said[Acknowledge], ...]:
        return self.about(about, Acknowledge)

    def of_kind(self, kind: str) -> tuple[Said[Any], ...]:
        self.kept.read(kind)
        self._bring_kind(kind)
        return tuple(sorted(self._of_kind.get(kind, {}).values(), key=_in_time))

    def among(self, kind: str, ids: Iterable[str]) -> tuple[Said[Any], ...]:
        """Those of a kind that have one of these ids, in the order of ``of_kind``."""
        for id_ in ids:
            self._ask(id_)
        found = (said for id_ in ids for said in self._claims.get(id_, {}).values() if said.kind == kind)
        return tuple(sorted(found, key=_in_time))

    def claims(self, id_: str) -> tuple[Said[Any], ...]:
        """Every statement with this id; nothing that is kept asks for it."""
        self._ask(id_)
        return tuple(self._claims.get(id_, {}).values())

    def ids_under(self, name: str) -> set[str]:
        """What has this id, is about this thing, or is judged by it."""
        self._ask(name)
        about = (said.id for found in self._threads.get(name, {}).values() for said in found.values())
        return {name, *about, *self._also.get(name, ())}

    def names_of(self, id_: str) -> set[str]:
        """Kinds and threads of every statement with this id."""
        found = self._claims.get(id_, {}).values()
        return {name for said in found for name in (said.kind, *self._threads_at[said.place])}

    def ids_of_kind(self, kind: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(said.id for said in self.of_kind(kind)))

    def every(self) -> Iterator[Said[Any]]:
        """Every opened statement, copies and repeated claims included."""
        if self._archive is not None and self._is_new(_EVERYTHING):
            self._bring(self._archive.every())
        return (said for claims in self._claims.values() for said in claims.values())

    @property
    def sealed(self) -> tuple[Entry, ...]:
        self._bring_kind(SEALED)
        places = sorted(place for copies in self._sealed.values() for place in copies)
        return tuple(self._entries[place] for place in places)

    @property
    def sealed_places(self) -> tuple[Place, ...]:
        here = {place for copies in self._sealed.values() for place in copies}
        there = self._archive.of_kind(SEALED) if self._archive is not None else ()
        return tuple(sorted(here.union(place for place in there if place not in self._entries)))

    @property
    def host(self) -> str | None:
        return next((member for member in sorted(self.roles) if self.roles[member] is Role.HOST), None)

    def newest_sealed(self, log: str) -> Place | None:
        """The last entry of a log that the host can read, or may be able to, and this node cannot."""
        here = self._closed_to_us.get(log, set())
        there = self._archive.closed_to_us(log) if self._archive is not None else ()
        # What was brought is known better here: it may have been opened since.
        before = next((place for place in there if place not in self._entries or place in here), None)
        return max([*here, *([before] if before is not None else [])], default=None)

    def sealed_copies(self, id_: str) -> tuple[Place, ...]:
        """Where a statement stands that this node could not open."""
        self._ask(id_)
        return tuple(sorted(self._sealed.get(id_, ())))

    def author_of(self, id_: str) -> str | None:
        """Who said it; of what is sealed to us the member whose log holds it."""
        said = self.said(id_)
        if said is not None:
            return said.author
        return next((place.author for place in self.sealed_copies(id_)), None)

    def can_read(self, member: str, id_: str) -> bool | None:
        """Could this member read the statement with this id? ``None``: it is not known here at all."""
        said = self.said(id_)
        if said is not None:
            return said.is_readable_by(member)
        copies = self._sealed.get(id_)
        if not copies:
            return None
        return any(member in (place.author, *sealed.recipients) for place, sealed in copies.items())

    @property
    def unknown(self) -> tuple[Statement, ...]:
        self._bring_kind(UNKNOWN)
        return tuple(self._unknown[place] for place in sorted(self._unknown))

    @property
    def misread(self) -> tuple[tuple[Place, Statement, str], ...]:
        self._bring_kind(MISREAD)
        return tuple((place, *self._misread[place]) for place in sorted(self._misread))

    def why_misread(self, id_: str) -> str | None:
        """Why no statement with this id could be read; ``None`` when one could, or none came."""
        self._ask(id_)
        return next((why for statement, why in self._misread.values() if statement.id == id_), None)

    # What was witnessed before this start.

    def _ask(self, name: str) -> None:
        """The fold that is going on asks about this; what the archive has under it is brought."""
        self.kept.read(name)
        if self._archive is not None and self._is_new(name):
            self._bring(self._archive.named(name))

    def _bring_kind(self, kind: str) -> None:
        if self._archive is not None and self._is_new(f"kind {kind}"):
            self._bring(self._archive.of_kind(kind))

    def _is_new(self, name: str) -> bool:
        if name in self._brought:
            return False
        self._brought.add(name)
        return True

    def _bring(self, places: Iterable[Place]) -> None:
        """Nobody is told: it was here all the time, and every answer that was folded knew of it."""
        assert self._archive is not None  # noqa: S101 - only what an archive holds is brought
        for place in places:
            if place not in self._entries:
                entry = self._archive.entry(place)
                self._entries[place] = entry
                self._file(entry)

    def told(self) -> Iterator[tuple[Entry, str, tuple[str, ...]]]:
        """Every entry of a log that is in memory: its kind (or sort, see archive.py), and the names that lead
        to it."""
        for place, entry in self._entries.items():
            if place.generation != OUTSIDE_ANY_LOG:
                threads = self._threads_at.get(place, ())
                body = self._claims[entry.content.id][place].body if threads else None
                also = also_read(body) if body is not None else ()
                yield entry, self._sort_of(entry), (entry.content.id, *threads, *also)

    def is_closed_to_us(self, place: Place) -> bool:
        return place in self._closed_to_us.get(place.author, ())

    def _sort_of(self, entry: Entry) -> str:
        if isinstance(entry.content, Sealed):
            return SEALED
        if entry.place in self._unknown:
            return UNKNOWN
        if entry.place in self._misread:
            return MISREAD
        is_filed = entry.place in self._threads_at
        return entry.content.kind if is_filed else OF_THE_RECORD + entry.content.kind

    # Filing.

    def entry_at(self, place: Place) -> Entry:
        """What stands at a place that was filled; no fold that is kept asks for it."""
        if self._archive is not None and self._archive.holds(place):
            self._bring((place,))
        return self._entries[place]

    def retime(self, entry: Entry, time: TrueTime | None) -> bool:
        """Something else is held of an entry's time: file what it says anew. ``False``: it is held so."""
        if self.times.get(entry.place) == time:
            return False
        if time is None:
            del self.times[entry.place]
        else:
            self.times[entry.place] = time
        self.size += 1
        if entry.place in self._threads_at and isinstance(entry.content, Statement):
            body = self._claims[entry.content.id][entry.place].body
            said, threads = _said(entry.content, entry, body, time), self._threads_at[entry.place]
            self._place(said, threads)
            self._moved(said, threads)
        return True

    def _file(self, entry: Entry) -> Said[Any] | None:
        """Where everybody finds it; the statement, if it was opened and can be read."""
        if isinstance(entry.content, Sealed):
            self._close(entry.content, entry.place)
            return None
        return self._open(entry.content, entry)

    def _open(self, statement: Statement, entry: Entry) -> Said[Any] | None:
        if statement.kind not in KINDS:
            if not is_always_clear(statement.kind) and statement.kind not in _OF_THE_RECORD:
                self._unknown[entry.place] = statement
            return None
        try:
            body = read_body(statement.kind, statement.body)
            threads = threads_of(statement.kind, body)
        except BadInput as error:
            self._misread[entry.place] = (statement, str(error))
        except Exception as error:  # noqa: BLE001 - what another member wrote never stops this node
            self._misread[entry.place] = (statement, f"it cannot be read: {type(error).__name__}: {error}")
        else:
            said = _said(statement, entry, body, self.times.get(entry.place))
            self._place(said, threads)
            return said
        return None

    def _close(self, sealed: Sealed, place: Place) -> None:
        self._sealed.setdefault(sealed.id, {})[place] = sealed
        if not sealed.recipients or self.host is None or self.host in sealed.recipients:
            self._closed_to_us.setdefault(place.author, set()).add(place)

    def _place(self, said: Said[Any], threads: tuple[str, ...]) -> None:
        self._claims.setdefault(said.id, {})[said.place] = said
        self._of_kind.setdefault(said.kind, {})[said.place] = said
        self._threads_at[said.place] = threads
        for name in also_read(said.body):
            self._also.setdefault(name, set()).add(said.id)
        for thread in threads:
            self._threads.setdefault(thread, {}).setdefault(type(said.body), {})[said.place] = said

    def _tell(self, entry: Entry, said: Said[Any] | None) -> None:
        """Whoever follows, and every answer that stands on it."""
        if said is not None:
            self.opened.append(said)
            self._moved(said, self._threads_at[said.place])
        elif isinstance(entry.content, Sealed):
            self._touch(entry.content.id)

    def _forget(self, entry: Entry) -> None:
        """Take back what stood at a place, because the place now tells more."""
        self._unknown.pop(entry.place, None)
        self._misread.pop(entry.place, None)
        if isinstance(entry.content, Sealed):
            self._sealed[entry.content.id].pop(entry.place)
            self._closed_to_us.get(entry.author, set()).discard(entry.place)
            self._touch(entry.content.id)
        if not isinstance(entry.content, Statement) or entry.place not in self._threads_at:
            return
        said = self._claims[entry.content.id].pop(entry.place)
        self._of_kind[said.kind].pop(entry.place)
        threads = self._threads_at.pop(entry.place)
        for thread in dict.fromkeys(threads):
            self._threads[thread][type(said.body)].pop(entry.place)
        self._moved(said, threads)

    def _moved(self, said: Said[Any], threads: tuple[str, ...]) -> None:
        for name in (said.id, said.kind, *threads):
            self._touch(name)

    def _touch(self, name: str) -> None:
        self.kept.moved(name)
        if self.touched is not None:
            self.touched.add(name)


def _said(statement: Statement, entry: Entry, body: Body, time: TrueTime | None) -> Said[Body]:
    signed_as, doubt = (entry.signed_as, entry.doubt) if time is None else _worth(entry, time)
    return Said(
        id=statement.id,
        kind=statement.kind,
        author=statement.author,
        desk=statement.desk,
        to=statement.to,
        at=entry.at if time is None else time.held,
        said_at=Instant(statement.at),
        body=body,
        place=entry.place,
        heads=entry.heads,
        readers=entry.readers,
        signed_as=signed_as,
        doubt=doubt,
        generations=entry.generations,
        message=entry.message,
        time=time,
    )


def _worth(entry: Entry, time: TrueTime) -> tuple[frozenset[str], str | None]:
    """What its keys are worth at the time that is held of it, and until another is known to have had it.

    The first to have it is enough: what counted must not stop counting because a third machine was down.

    An officer whose key ran out by then has still spoken, in doubt; nobody else has (design file 3, Keys).
    """
    roles, doubt = entry.signed_as, entry.doubt
    latest = max(time.held, time.had_at or time.held)
    for role, (begins, ends) in entry.keys.items():
        if begins <= time.held and latest < ends:
            continue
        if role != _OFFICER:
            roles -= {role}
        elif doubt is None:
            doubt = "key expired" if time.held >= ends else _UNTOLD
    return roles, doubt


def _tells_more(entry: Entry, before: Entry) -> bool:
    """Opened beats sealed, doubt beats none. Two contents at one place are a fork, which the record room
    refuses; should they come here, the choice does not depend on the order."""
    return _weight(entry) < _weight(before)


def _weight(entry: Entry) -> tuple[bool, bool, str]:
    heads = sorted(entry.heads.items())
    fixed = (entry.at, heads, entry.content, sorted(entry.signed_as), entry.readers, entry.doubt)
    return (isinstance(entry.content, Sealed), entry.doubt is None, repr(fixed))


def _in_time(said: Said[Any]) -> tuple[int, tuple[bool, Place]]:
    return (said.at, order_of(said))
