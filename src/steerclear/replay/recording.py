# SPDX-License-Identifier: Apache-2.0
"""Which play tells what stands in a record? Every statement that could be opened becomes a line or a comment.

    view ──in order──► statement ──deed_of──► deed ──print_line──► line ──read_line──► the same deed
                                       └── CannotSay, or not the same ──► # left out: what, and why

Each line is read back before it stands, so a play that was recorded always parses. What machines said is
counted and not told: the nodes of a play say their own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.mechanism.bodies import KINDS, AnnexRatify, NoticeFile
from steerclear.mechanism.entry import Sealed
from steerclear.mechanism.measures import minutes_to_authority, minutes_to_halt
from steerclear.mechanism.said import Said, conflict_id
from steerclear.mechanism.view import View
from steerclear.model.annex import AnnexName, annex_hash
from steerclear.model.member import DeskName, MemberId, Role
from steerclear.model.time import Instant, format_instant
from steerclear.record.charter import Charter
from steerclear.replay import deeds, told_of_affairs, told_of_notices, told_of_talks
from steerclear.replay.founded import Founded, founded
from steerclear.replay.naming import NameGiver
from steerclear.replay.order import in_order
from steerclear.replay.parser import LARGEST_PLAY, read_line
from steerclear.replay.printing import print_line
from steerclear.replay.script import DeskActor, Manner, Named
from steerclear.replay.spelling import CannotSay, spell_instant, spell_text
from steerclear.replay.told import Known, Told, deed_of, second_of, sized
from steerclear.replay.words import Scene

__all__ = ["WORDS", "LeftOut", "Recorded", "play_of"]

WORDS: Final = (told_of_notices, told_of_affairs, told_of_talks)
"""Importing them registers which deed each statement is."""

MACHINES: Final = frozenset(
    {
        "node.beat",
        "screen.result",
        "heard",
        "receipt.unreadable",
        "track.alarm",
        "track.show",
        "track.over",
    }
) | {kind for kind in KINDS if kind.startswith("blind.")}
DAY_MS: Final = 86_400_000
MINUTE_MS: Final = 60_000
WHERE: Final = "the recorded play"


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A statement that no line of the play tells, and why."""

    at: Instant
    who: str
    kind: str
    why: str

    def __str__(self) -> str:
        return f"left out: {format_instant(self.at)[:19]}Z {self.who} {self.kind}: {self.why}"


@dataclass(frozen=True, slots=True)
class Recorded:
    """``lines`` tell as many statements, ``in_part`` of them not in full; ``machines``: said by machines.

    ``founding`` statements are in the play by its template: it begins with these annexes in force.
    """

    text: str
    lines: int
    in_part: int
    machines: int
    founding: int
    left_out: tuple[LeftOut, ...]


def play_of(view: View, charter: Charter, *, holder: str) -> Recorded:
    """The play of what ``view`` could open. ``holder``: whose record it is, in words.

    Raises ``BadInput``: ``record-nothing-to-play``, ``record-too-long-for-a-play``.
    """
    began = founded(view, charter.host)
    writer = _Writer(view, _members(charter, began))
    machines, founding = Counter[str](), 0
    for said in in_order(_each_once(view)):
        why = view.why_without_effect(said.id)
        if said.kind in MACHINES or (said.desk is None and said.signed_as <= {"node"}):
            machines[said.kind] += 1
        elif _founds(said, began):
            founding += 1
        elif why is not None:
            writer.leave_out(_left_out(said, f"it counts for nothing: {why}"))
        else:
            writer.tell(said, began)
    for left in _unread(view):
        writer.leave_out(left)
    if not writer.told:
        raise BadInput(
            "record-nothing-to-play",
            f"Nothing that {holder} could open of this record can be told as a play.",
            where=holder,
            remedy="Take the node of a member that took part; a bundle holds only what was said in clear.",
        )
    text = writer.text(charter, began, holder=holder, machines=machines, founding=founding)
    if len(text) > LARGEST_PLAY:
        raise BadInput(
            "record-too-long-for-a-play",
            f"The play of this record has {len(text):,} characters; a play has at most {LARGEST_PLAY:,}.",
            where=holder,
            remedy="Have the incident alone exported: steerclear incident export.",
        )
    left_out = tuple(sorted(writer.left_out, key=_by_time))
    return Recorded(text, writer.told, writer.in_part, machines.total(), founding, left_out)


def _members(charter: Charter, began: Founded) -> tuple[MemberId, ...]:
    """Who can act in the play: parties, host and notifiers, as its header names them."""
    notifiers = [card.member for card in charter.members if card.role == Role.NOTIFIER.value]
    return tuple(map(MemberId, (*began.parties, charter.host, *notifiers)))


def _each_once(view: View) -> Iterator[Said[Any]]:
    """A statement that its author said again for new readers is told once."""
    for id_ in dict.fromkeys(said.id for said in view.book.every()):
        said = view.said(id_)
        if said is not None:
            yield said


def _founds(said: Said[Any], began: Founded) -> bool:
    """The play begins with these annexes in force: nobody proposes or ratifies them in it."""
    proposals = began.proposals.values()
    if isinstance(said.body, AnnexRatify):
        return any(said.body.content == proposal.content for proposal in proposals)
    return any(said.id == proposal.id for proposal in proposals)


def _unread(view: View) -> Iterator[LeftOut]:
    """What this node could not open, does not know, or could not read."""
    for entry in view.sealed:
        if isinstance(entry.content, Sealed) and view.said(entry.content.id) is None:
            readers = ", ".join(entry.content.recipients) or "nobody named"
            yield LeftOut(entry.at, entry.author, "sealed", f"it is readable by {readers}")
    for statement in view.unknown:
        yield LeftOut(Instant(statement.at), statement.author, statement.kind, "its kind is not known here")
    for _, statement, why in view.book.misread:
        yield LeftOut(Instant(statement.at), statement.author, statement.kind, f"it cannot be read: {why}")
    told = {(said.place, said.id) for said in _each_once(view)}
    for said in view.book.every():
        first = view.said(said.id)
        if (said.place, said.id) not in told and first is not None and first.author != said.author:
            yield _left_out(said, "its id is that of an earlier statement")


def _left_out(said: Said[Any], why: str) -> LeftOut:
    return LeftOut(said.at, _speaker(said), said.kind, why)


def _speaker(said: Said[Any]) -> str:
    return f"{said.author} {said.desk}" if said.desk else said.author


def _by_time(left: LeftOut) -> tuple[int, str, str]:
    return (left.at, left.who, left.kind)


def _comment(words: str) -> str:
    """A comment is of one line, whatever stands in the record."""
    plain = "".join(mark if mark.isprintable() else " " for mark in words)
    return f"# {' '.join(plain.split())}"


@dataclass(slots=True)
class _Writer:
    """The lines so far, the names that they gave, and what is left out."""

    view: View
    members: tuple[MemberId, ...]
    told: int = 0
    in_part: int = 0
    left_out: list[LeftOut] = field(default_factory=list)
    _names: dict[str, Named] = field(default_factory=dict)
    _rows: list[tuple[Instant, str]] = field(default_factory=list)
    _scene: Scene | None = None
    _giver: NameGiver | None = None
    _alarms: list[tuple[str, str]] = field(default_factory=list)

    # -- statements -----------------------------------------------------------------------------------------

    def tell(self, said: Said[Any], began: Founded) -> None:
        """A line for this statement, or a comment that says why there is none."""
        scene = self._scene or self._begin(said, began)
        at = max(second_of(said.at), scene.now)
        try:
            if said.author not in self.members:
                raise CannotSay(f"{said.author} only looks on, and a play has nobody who does")
            told = deed_of(said.body, said, Known(self.view, self.members, self._names))
            texts, named = self._lines(told, said, at, scene)
        except CannotSay as no_words:
            self.leave_out(_left_out(said, no_words.why))
            return
        without = [*told.without, *_addressees(told, said, self.view, self.members)]
        if at - said.at >= 1_000:
            without.append(f"that its own clock showed {format_instant(said.at)[11:19]}Z")
        if without:
            self.in_part += 1
            self._rows.append((at, _comment(f"the next line leaves out: {'; '.join(without)}")))
        self._rows += [(at, text) for text in texts]
        self.told += 1
        self._remember(said, told, named)

    def leave_out(self, left: LeftOut) -> None:
        self.left_out.append(left)
        self._rows.append((second_of(left.at), _comment(str(left))))

    def _begin(self, said: Said[Any], began: Founded) -> Scene:
        """The day of the first line; what the template does not hold is agreed in its first second."""
        notices = (said.body.content.ref for said in self.view.book.of_kind("notice.file"))
        self._giver = NameGiver(notices)
        at = second_of(said.at)
        self._scene = Scene(Instant(at - at % DAY_MS), self.members)
        for name, changes in began.changes:
            self._amend_template(name, changes, at, began)
        return self._scene

    def _amend_template(
        self, name: AnnexName, changes: tuple[deeds.FieldChange, ...], at: Instant, began: Founded
    ) -> None:
        assert self._scene is not None and self._giver is not None  # noqa: S101, PT018 - set by _begin
        named = Named(self._giver.next("annex"), "annex")
        manner = Manner(named=named.name, because="the record has other values here than the template")
        try:
            self._add(at, DeskActor(began.parties[0]), deeds.ProposeAnnex(name.value, changes), manner)
            for party in began.parties:
                self._add(at, DeskActor(party), deeds.RatifyAnnex(named), Manner())
        except CannotSay as no_words:
            self._rows.append((at, _comment(f"{name.value} is as the template has it: {no_words.why}")))

    def _add(self, at: Instant, actor: DeskActor, deed: object, manner: Manner) -> None:
        assert self._scene is not None  # noqa: S101 - set by _begin
        self._rows.append((at, self._read_back(at, actor, deed, manner, self._scene)))

    def _lines(
        self, told: Told, said: Said[Any], at: Instant, scene: Scene
    ) -> tuple[list[str], Named | None]:
        """The line, and behind a notice the warnings that its filer read and overrode."""
        assert self._giver is not None  # noqa: S101 - set by _begin
        actor = DeskActor(MemberId(said.author), DeskName(said.desk) if said.desk else None, told.rung)
        before = Scene(scene.now, scene.members, dict(scene.names))
        named, manner = told.again, told.manner
        sort = self._giver.sort_of(told.deed)
        if named is None and sort is not None:
            ref = said.body.content.ref if isinstance(said.body, NoticeFile) else None
            named = Named(self._giver.next(sort, ref), sort)
            manner = replace(manner, named=named.name)
        try:
            texts = [self._read_back(at, actor, told.deed, manner, scene)]
            warned: dict[str, tuple[str, ...]] = {}
            for code, because in told.overrides:
                warned[because] = (*warned.get(because, ()), code)
            for because, codes in warned.items():
                clock = spell_instant(at, at)
                texts += [f"{clock}  {actor}  is warned {code}" for code in codes]
                texts.append(
                    self._read_back(at, actor, deeds.Override(codes), Manner(because=because), scene)
                )
        except CannotSay:
            scene.now, scene.names = before.now, before.names
            raise
        return texts, named

    def _read_back(self, at: Instant, actor: DeskActor, deed: object, manner: Manner, scene: Scene) -> str:
        """The line, if the parser reads this very deed in it."""
        text = print_line(at, scene.now, actor, deed, manner)
        before = Scene(scene.now, scene.members, dict(scene.names))
        try:
            line = read_line(text, where=WHERE, scene=scene)
        except BadInput as refusal:
            scene.now, scene.names = before.now, before.names
            raise CannotSay(refusal.what.rstrip(".")) from refusal
        if (line.at, line.actor, line.act, line.manner) != (at, actor, deed, manner):
            scene.now, scene.names = before.now, before.names
            raise CannotSay("it would be read as something else")
        return text

    def _remember(self, said: Said[Any], told: Told, named: Named | None) -> None:
        if named is None:
            return
        self._names[said.id] = named
        match told.deed:
            case deeds.CallAlarm(sort="stop"):
                self._alarms.append((named.name, said.id))
            case deeds.ProposeConflict():
                self._names[conflict_id(*said.body.notices)] = named
            case deeds.ProposeAnnex() | deeds.CounterAnnex():
                self._names.setdefault(annex_hash(said.body.annex), named)

    # -- the whole play -------------------------------------------------------------------------------------

    def text(
        self, charter: Charter, began: Founded, *, holder: str, machines: Counter[str], founding: int
    ) -> str:
        head = [
            "play 1",
            _comment(charter.name),
            _comment(
                f"Recorded from what {holder} could open: {self.told} statements as lines"
                f" ({self.in_part} of them in part), {len(self.left_out)} left out."
            ),
            _comment(f"For the {founding} statements that put the annexes in force stands the template."),
            _comment(f"What machines said is not told: {_counted(machines)}."),
            *(_comment(f"not as in the record: {words}") for words in began.apart),
            *_header(charter, began, self._first_day()),
            "",
        ]
        # Sorting keeps the order of what happened in one second, and puts what was left out in its place.
        rows = [text for _, text in sorted(self._rows, key=lambda row: row[0])]
        return "\n".join([*head, *rows, "", *self._expectations(), ""])

    def _first_day(self) -> str:
        lines = [at for at, text in self._rows if not text.startswith("#")]
        return format_instant(min(lines))[:10]

    def _expectations(self) -> Iterator[str]:
        """What the record measured, so that the play checks itself."""
        assert self._scene is not None  # noqa: S101 - there are lines
        clock = spell_instant(self._scene.now, self._scene.now)
        for name, id_ in self._alarms:
            readings = (
                *_reading("minutes-to-authority", name, minutes_to_authority(self.view, id_), id_, self.view),
                *_reading("minutes-to-halt", name, minutes_to_halt(self.view, id_), id_, self.view),
            )
            yield f"{clock}  everyone  sees {', '.join(readings)}"
        yield f"{clock}  record  verifies"


def _reading(what: str, name: str, minutes: float | None, id_: str, view: View) -> Iterator[str]:
    """Whole minutes exactly, others between the two whole ones that they lie between."""
    if minutes is None:
        yield f"{what} of {name} unknown"
        return
    shown = _in_seconds(minutes, id_, view)
    if shown == int(shown):
        yield f"{what} of {name} = {int(shown)}"
    else:
        yield f"{what} of {name} > {int(shown)}"
        yield f"{what} of {name} <= {ceil(shown)}"


def _in_seconds(minutes: float, id_: str, view: View) -> float:
    """The same minutes as a play measures them, whose lines stand at whole seconds."""
    record = view.stops.get(id_)
    called_at = view.filed_at(record.calls[0]) if record is not None else Instant(0)
    return (second_of(called_at + round(minutes * MINUTE_MS)) - second_of(called_at)) / MINUTE_MS


def _counted(machines: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(machines.items())) or "nothing"


def _header(charter: Charter, began: Founded, day: str) -> Iterator[str]:
    yield f"mechanism {began.mechanism}   parties {' '.join(began.parties)}   host {charter.host}   day {day}"
    for card in sorted(charter.members, key=lambda card: (card.carrier is not None, card.member)):
        if card.role == Role.NOTIFIER.value:
            yield f"notifier {card.member}" + (f" via {card.carrier}" if card.carrier else "")
        elif card.role == Role.OBSERVER.value:
            yield f"third {card.member}"
    for ladder in began.ladders:
        labels = (sized(rung.label, []) or "a rung" for rung in ladder.rungs)
        rungs = zip(ladder.rungs, labels, strict=True)
        words = "  ".join(f"{rung.sort.value} {spell_text(label)}" for rung, label in rungs)
        yield f"desk {ladder.member} {ladder.desk}   {words}"


def _addressees(told: Told, said: Said[Any], view: View, members: tuple[MemberId, ...]) -> Iterator[str]:
    """To whom it was said, where the verb addresses others and has no words for it."""
    usual: set[str] | None = None
    if isinstance(told.deed, deeds.ProposeStandstill | deeds.ProposeConflict | deeds.CloseConflict):
        usual = set(view.parties) - {said.author}
    elif isinstance(told.deed, _TO_EVERYBODY):
        usual = set(view.members) - {said.author}
    missing = [member for member in said.to if member not in members]
    if (usual is not None and usual != set(said.to)) or missing:
        yield f"that it was said to {' '.join(said.to) or 'nobody'}"


_TO_EVERYBODY: Final = (
    deeds.ExtendStandstill, deeds.EndStandstill, deeds.ProposeAnnex, deeds.RatifyAnnex, deeds.CounterAnnex,
    deeds.WithdrawAnnex, deeds.Suspend, deeds.Resume, deeds.OpenIncident, deeds.StateIncident,
    deeds.CloseIncident, deeds.LogVoice, deeds.StartDrill, deeds.EndDrill, deeds.TryContact,
    deeds.OfferCivil, deeds.DeclineCivil, deeds.AnswerCivil, deeds.PutFinding, deeds.AnswerFinding,
    deeds.ProposeCommunique, deeds.AgreeCommunique, deeds.EndMechanism,
)  # fmt: skip
