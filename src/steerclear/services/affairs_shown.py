# SPDX-License-Identifier: Apache-2.0
"""What stands beside the notices: watches, distress, sites, ownership, incidents, claims, meetings, drills …?

One row for each thing, with its state in words and everything that was said about it since, in order. Of
protected sites the listing holds one's own alone, each with who was shown it and when; a site of somebody
else is found by its name, which its sender gave: there is no list of other people's sites, and no search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.formats.coordinates import spell
from steerclear.mechanism.affairs import IncidentRecord, PointState, SiteRecord, StandstillRecord
from steerclear.mechanism.bodies import KINDS
from steerclear.mechanism.calls import CallRecord, OwnershipRecord
from steerclear.mechanism.judge import effective
from steerclear.mechanism.meetings import CommuniqueRecord, MeetingRecord
from steerclear.mechanism.owed.affairs import site_renewal_ms
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.space import Circle, Corridor, Legs, MultiPolygon, Polygon, Position
from steerclear.model.time import Instant, format_instant
from steerclear.model.wire import FieldForm, fields_of
from steerclear.services.answers import AffairLine, AffairRow
from steerclear.services.blind_sites_kept import met_at
from steerclear.services.ledger import Ledger
from steerclear.services.naming import said_about, short_of

__all__ = ["affair", "affairs", "said_in_words"]


@dataclass(frozen=True, slots=True)
class _Sort:
    """One sort of thing: the statement that begins it, those that follow, its state in words, and whose are
    listed."""

    begins: str
    follows: tuple[str, ...]
    state: Callable[[View, str, Instant], str]
    own_alone: bool = False


def affairs(ledger: Ledger, sort: str | None = None) -> tuple[AffairRow, ...]:
    """Everything that stands or stood, oldest first; of one ``sort`` where it is named.

    Raises ``BadInput`` (``sort-unknown``).
    """
    if sort is not None and sort not in _SORTS:
        raise BadInput(
            "sort-unknown",
            f"“{sort[:30]}” is no sort of thing that is listed.",
            where="sort",
            remedy=f"Name one of {', '.join(_SORTS)}, or a thing by its name, as TUR-0042.",
        )
    view = ledger.view
    rows = [
        (said.at, said.id, _row(ledger, name, each, said))
        for name, each in _SORTS.items()
        if sort in (None, name)
        for said in effective(view.book, view.book.of_kind(each.begins))
        if not each.own_alone or said.author == ledger.me
    ]
    return tuple(row for _, _, row in sorted(rows, key=lambda found: found[:2]))


def affair(ledger: Ledger, about: str) -> AffairRow:
    """One thing by its name. Raises ``BadInput``: ``thing-unknown``, ``thing-not-readable``,
    ``not-an-affair``."""
    said = said_about(ledger, about)
    for name, each in _SORTS.items():
        if said.kind == each.begins:
            return _row(ledger, name, each, said)
    raise BadInput(
        "not-an-affair",
        f"“{about[:40]}” is a {said.kind}; it begins nothing that is listed here.",
        where="about",
        remedy="Name what it is about; notices, STOPs and signals have listings of their own.",
    )


def _row(ledger: Ledger, name: str, sort: _Sort, said: Said[Any]) -> AffairRow:
    view, now = ledger.view, ledger.now()
    follows = (
        (other.at, _line(ledger, other))
        for kind in sort.follows
        for other in effective(view.book, view.book.about(said.id, KINDS[kind].body))
    )
    # A hand-over names the desk, not the watch that it ends.
    over = tuple((end.at, _line(ledger, end)) for end in _hand_over(view, said))
    told = ((at, line) for at, line in _shown_to(ledger, said)) if said.author == ledger.me else ()
    return AffairRow(
        id=said.id,
        short=short_of(ledger, said.id),
        sort=name,
        author=said.author,
        desk=said.desk,
        to=said.to,
        at=format_instant(said.at),
        state=sort.state(view, said.id, now),
        words=said_in_words(ledger, said),
        lines=tuple(line for _, line in sorted((*told, *follows, *over), key=lambda found: found[0])),
    )


def _hand_over(view: View, said: Said[Any]) -> Iterator[Said[Any]]:
    watch = view.watches.of(said.author, said.desk) if said.kind == "watch.take" and said.desk else None
    if watch is not None and watch.taken.id == said.id and watch.handed_over is not None:
        yield watch.handed_over


def _shown_to(ledger: Ledger, said: Said[Any]) -> Iterator[tuple[Instant, AffairLine]]:
    """Who has it on his machine and could read it, since when: for its author, who may ask."""
    for member in said.to:
        if member == ledger.me or not said.is_readable_by(member):
            continue
        delivered = ledger.view.delivered(said, member)
        if delivered is not None:
            yield (
                delivered.at,
                AffairLine(
                    at=format_instant(delivered.at),
                    by=member,
                    desk=None,
                    kind="delivered",
                    words="has it, and can read it",
                ),
            )
    if said.kind == "site.register":
        yield from _met_by(ledger, said)


def _met_by(ledger: Ledger, said: Said[Any]) -> Iterator[tuple[Instant, AffairLine]]:
    """Whose notice a check met it by, that nobody was shown it for: told when that window is long over."""
    for asked, told in met_at(ledger, said.id):
        yield (
            told.at,
            AffairLine(
                at=format_instant(told.at),
                by=asked.author,
                desk=None,
                kind="met blind",
                words=f"had a notice checked at {format_instant(asked.at)}: this site lay in its area",
            ),
        )


def _line(ledger: Ledger, said: Said[Any]) -> AffairLine:
    return AffairLine(
        at=format_instant(said.at),
        by=said.author,
        desk=said.desk,
        kind=said.kind,
        words=said_in_words(ledger, said),
        short=short_of(ledger, said.id),
    )


# -- what a statement says, in words -----------------------------------------------------------------------


def said_in_words(ledger: Ledger, said: Said[Any]) -> str:
    """Its fields that hold something, each after its name."""
    told = (
        f"{field.name.replace('_', ' ')}: {_value(ledger, value, field)}"
        for field in _fields(said)
        if (value := getattr(said.body, field.name)) not in (None, ())
    )
    return " · ".join(told)


def _fields(said: Said[Any]) -> tuple[FieldForm, ...]:
    body: type = type(said.body)
    return fields_of(body)


def _value(ledger: Ledger, value: Any, field: FieldForm) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case int():
            return str(field.codec.write(value))  # an instant is written as a time
        case Enum():
            return str(value.value)
        case Position():
            return spell(value).decimal
        case Circle(centre, radius_mm):
            return f"circle of {radius_mm / 1_000_000:g} km about {spell(centre).decimal}"
        case Polygon(exterior, _):
            return f"area of {len(exterior)} corners from {spell(exterior[0]).decimal}"
        case MultiPolygon(parts):
            return f"{len(parts)} areas, the first from {spell(parts[0].exterior[0]).decimal}"
        case Corridor() | Legs():
            return f"line of {len(value.points)} points from {spell(value.points[0]).decimal}"
        case tuple():
            return "; ".join(
                str(item) if isinstance(item, int) else _value(ledger, item, field) for item in value
            )
    return short_of(ledger, str(value))


# -- states ------------------------------------------------------------------------------------------------


def _of_watch(view: View, id_: str, _now: Instant) -> str:
    said = view.said(id_)
    watch = view.watches.of(said.author, said.desk) if said is not None and said.desk else None
    if watch is None or watch.taken.id != id_:
        return "over"
    relieved = "relieved the one before" if watch.relieved else "UNRELIEVED"
    return f"holds the desk, {relieved}" if watch.is_held else "handed over"


def _of_distress(view: View, id_: str, _now: Instant) -> str:
    record = view.distress.get(id_)
    if not isinstance(record, CallRecord):
        return "closed"
    drill = "DRILL, " if record.is_drill else ""
    return drill + ("open" if record.is_open else "closed")


def _of_site(view: View, id_: str, now: Instant) -> str:
    record: SiteRecord | None = view.sites.get(id_)
    if record is None or record.ended is not None:
        return "ended"
    stale = now > record.confirmed_at + site_renewal_ms(view.annexes, now)
    return "STALE, STILL PROTECTED" if stale else "PROTECTED"


def _of_standstill(view: View, id_: str, now: Instant) -> str:
    record: StandstillRecord | None = view.standstills.get(id_)
    if record is None:
        return "proposed"
    ends_at = record.until if record.ended is None else min(record.until, record.ended.body.effective_at)
    if ends_at <= now:
        return "ended"
    if record.accepted_at is None:
        return "proposed"
    return "in effect" if record.proposed.body.effective_at <= now else "agreed, not yet in effect"


def _of_incident(view: View, id_: str, _now: Instant) -> str:
    record: IncidentRecord | None = view.incidents.get(id_)
    if record is None:
        return "open"
    counted = {state: sum(point.state is state for point in record.points) for state in PointState}
    points = ", ".join(f"{count} {state.value}" for state, count in counted.items() if count)
    return ("closed" if record.is_closed else "open") + (f"; points: {points}" if points else "")


def _of_violation(view: View, id_: str, _now: Instant) -> str:
    record = view.violations.get(id_)
    return "unanswered" if record is None else record.state.value


def _of_meeting(view: View, id_: str, _now: Instant) -> str:
    record: MeetingRecord | None = view.meetings.get(id_)
    if record is None or not record.minutes:
        return "convened"
    open_items = sum(item.done is None for item in record.actions)
    minutes = "minutes agreed" if record.agreed is not None else "minutes not yet signed by all"
    return f"{minutes}; {open_items} action items open" if open_items else minutes


def _of_communique(view: View, id_: str, _now: Instant) -> str:
    record: CommuniqueRecord | None = view.communiques.get(id_)
    return (
        " ".join(record.text) if record is not None and record.text else "empty: nothing that all have signed"
    )


def _of_check(view: View, id_: str, _now: Instant) -> str:
    record = view.checks.get(id_)
    if record is None or not record.answers:
        return "not answered"
    return ", ".join(f"{answer.author} reads {answer.body.readability}" for answer in record.answers)


def _of_drill(view: View, id_: str, _now: Instant) -> str:
    record = view.drills.get(id_)
    return "running" if record is None or record.ended is None else "over"


def _of_ownership(view: View, id_: str, _now: Instant) -> str:
    record: OwnershipRecord | None = view.ownership.get(id_)
    if record is None or not record.answers:
        return "not answered"
    return ", ".join(f"{answer.author}: {answer.body.answer.value}" for answer in record.answers)


def _of_voice(_view: View, _id: str, _now: Instant) -> str:
    return "entered by a desk that heard it"


_SORTS: Final[dict[str, _Sort]] = {
    "watch": _Sort("watch.take", ("watch.hand-over",), _of_watch),
    "distress": _Sort(
        "distress.call", ("receipt.acknowledge", "distress.answer", "distress.close"), _of_distress
    ),
    "site": _Sort(
        "site.register",
        (
            "receipt.acknowledge",
            "receipt.disseminate",
            "site.renew",
            "site.concern",
            "site.end",
            "contact.attempt",
        ),
        _of_site,
        own_alone=True,
    ),
    "ownership": _Sort("ownership.ask", ("ownership.answer",), _of_ownership),
    "standstill": _Sort(
        "standstill.propose",
        (
            *("receipt.acknowledge", "receipt.disseminate", "receipt.unable"),
            *("standstill.accept", "standstill.extend", "standstill.end"),
        ),
        _of_standstill,
    ),
    "incident": _Sort(
        "incident.open", ("incident.state", "incident.finding", "incident.close"), _of_incident
    ),
    "violation": _Sort("violation.claim", ("violation.answer",), _of_violation),
    "meeting": _Sort("meeting.convene", ("meeting.minutes", "meeting.action"), _of_meeting),
    "communique": _Sort("communique.propose", ("communique.agree",), _of_communique),
    "check": _Sort("check.call", ("check.answer",), _of_check),
    "drill": _Sort("drill.start", ("drill.end",), _of_drill),
    "voice": _Sort("voice.log", (), _of_voice),
}
