# SPDX-License-Identifier: Apache-2.0
"""How is everything said that has no verb of its own? Watches, sites, movements, incidents, meetings …

One verb for all of these kinds: the fields of a statement as a person types them, read by their declaration
(``mechanism.bodies``), addressed by the rules below, and judged before it is filed: what would count for
nothing is refused here, where its author still sees it.

    kind                              said to                             can be read by
    watch, check, drill               all, or those named                 everybody: it is about the line
    distress                          those named, or all                 they and the host
    site.register                     those named, and nobody else        they alone
    an answer (accept, hold …)        whoever spoke                       who could read what it answers
    more about a thing (report …)     to whom the thing was said          who could read the thing
    conflict                          the filers of the two notices       they and the host
    the rest                          those named, or the other parties   they and the host
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from steerclear.errors import BadInput, Refused
from steerclear.formats.coordinates import parse_position
from steerclear.formats.places import Gazetteer
from steerclear.formats.typed_fields import Context, fields_shown, read_typed
from steerclear.mechanism.bodies import KINDS, Body, DistressCall, Kind, Who, read_body
from steerclear.mechanism.entry import Place
from steerclear.mechanism.judge import why_it_would_not_count
from steerclear.mechanism.said import Said
from steerclear.model.member import Role
from steerclear.model.space import Position
from steerclear.services.answers import FieldRow, KindRow, Receipt
from steerclear.services.aside import speak_floor
from steerclear.services.audience import Audience, as_said, for_answer, for_floor, members_to
from steerclear.services.drills import running_drill
from steerclear.services.ledger import Filed, Ledger
from steerclear.services.naming import said_about
from steerclear.services.receipts import receipt
from steerclear.services.requests import Say
from steerclear.services.speak import Voice, by_authority, by_desk, speak

__all__ = ["SAID", "kinds_shown", "say"]

SAID: Final = (
    *("watch.take", "watch.hand-over", "check.call", "check.answer", "drill.start", "drill.end"),
    *("distress.call", "distress.answer", "distress.close", "filer.hold", "filer.proceed"),
    *("conflict.propose", "conflict.accept", "conflict.decline", "conflict.close"),
    *("site.register", "site.renew", "site.end", "site.concern", "movement.report", "contact.attempt"),
    *("civil.offer", "civil.decline", "civil.answer", "track.answer"),
    *("standstill.propose", "standstill.accept", "standstill.extend", "standstill.end"),
    *("incident.open", "incident.state", "incident.finding", "incident.close"),
    *("violation.claim", "violation.answer", "voice.log", "obligation.waive"),
    *("meeting.convene", "meeting.minutes", "meeting.action", "communique.propose", "communique.agree"),
)
"""The kinds that are said in this way; the rest have a verb of their own, or are the machine's."""

_ABOUT_THE_LINE: Final = ("watch.", "check.", "drill.")
_FLOOR: Final = "distress."
_EVERYBODY: Final = frozenset({Role.PARTY, Role.NOTIFIER, Role.HOST})


def say(ledger: Ledger, request: Say, *, places: Gazetteer) -> tuple[Receipt, ...]:
    """Say it.

    Raises ``BadInput`` (``kind-not-said``, ``desk-missing``, ``nobody-named``, and what the readers of fields
    raise), and ``Refused`` (``would-not-count``, ``drill-not-running``).
    """
    kind = _kind(request.kind)
    body = _body(ledger, kind, request.fields, places)
    if isinstance(body, DistressCall) and body.drill is not None:
        running_drill(ledger, body.drill)
    audience = _audience(ledger, kind, body, request.to)
    voice = _voice(kind, request.desk)
    _require_effect(ledger, kind, body, audience, voice)
    return (receipt(ledger, _spoken(ledger, kind, body, audience, voice)),)


def kinds_shown() -> tuple[KindRow, ...]:
    """Every kind that is said in this way, with its fields, for whoever fills them in."""
    return tuple(_kind_shown(KINDS[name]) for name in SAID)


def _kind_shown(kind: Kind) -> KindRow:
    return KindRow(
        kind=kind.name,
        says=(kind.body.__doc__ or "").strip().split("\n")[0],
        by_authority="duty" not in kind.signed,
        fields=tuple(
            FieldRow(name=each.name, typed_as=each.typed_as, says=each.says, must_be=each.must_be)
            for each in fields_shown(kind.body)
        ),
    )


def _kind(name: str) -> Kind:
    if name in SAID:
        return KINDS[name]
    verb = "has a command of its own" if name in KINDS else "is no kind of statement"
    raise BadInput(
        "kind-not-said",
        f"“{name[:40]}” {verb}.",
        where="kind",
        remedy="See steerclear say without a kind for those that are said in this way.",
    )


def _body(ledger: Ledger, kind: Kind, typed: Mapping[str, str | tuple[str, ...]], places: Gazetteer) -> Body:
    def place_of(text: str) -> Position:
        named = places.resolve(text)
        return parse_position(text) if named is None else named.position

    def thing_of(text: str) -> str:
        try:
            return said_about(ledger, text).id
        except BadInput as error:
            error.where = None  # the field that names it is known where it is read
            raise

    written = read_typed(kind.body, typed, Context(thing_of, place_of, ledger.now()))
    notices = written.get("notices")
    if isinstance(notices, list):
        written["notices"] = sorted(str(notice) for notice in notices)
    return read_body(kind.name, written)


def _voice(kind: Kind, desk: str | None) -> Voice:
    if "duty" not in kind.signed:
        return by_authority()
    if desk is None:
        raise BadInput(
            "desk-missing",
            f"It was not said which desk speaks; {kind.name} is said by an officer.",
            where="desk",
            remedy="Name the desk, as --desk air.",
        )
    return by_desk(desk)


# -- to whom -----------------------------------------------------------------------------------------------


def _audience(ledger: Ledger, kind: Kind, body: Body, named: tuple[str, ...]) -> Audience:
    about = _about(ledger, kind, body)
    if kind.name.startswith(_ABOUT_THE_LINE):
        return Audience(_about_the_line(ledger, about, named), None)
    if kind.name.startswith(_FLOOR):
        return for_floor(ledger, named) if about is None else for_answer(ledger, about)
    if kind.name == "site.register":
        return _as_its_sender_chose(ledger, named)
    if kind.name.startswith("conflict.") and about is None:
        return _filers(ledger, body)
    if about is None:
        return _with_host(ledger, members_to(ledger, named, roles=frozenset({Role.PARTY})))
    if kind.target is not None and kind.target.who in (Who.ADDRESSEE, Who.FILER):
        return for_answer(ledger, about)
    return _whoever_heard(ledger, about)


def _about(ledger: Ledger, kind: Kind, body: Body) -> Said[Any] | None:
    """The statement that it is about, where there is one."""
    if kind.name == "obligation.waive":
        return said_about(ledger, body.about)  # type: ignore[attr-defined]  # the body of a waiver
    if kind.target is None:
        return None
    named = getattr(body, kind.target.field)
    if isinstance(named, tuple):
        named = named[0] if named else None
    return None if named is None else said_about(ledger, named)


def _about_the_line(ledger: Ledger, about: Said[Any] | None, named: tuple[str, ...]) -> tuple[str, ...]:
    if about is None or about.author == ledger.me:
        return members_to(ledger, named, roles=_EVERYBODY)
    return (about.author,)


def _as_its_sender_chose(ledger: Ledger, named: tuple[str, ...]) -> Audience:
    """A protected site is shown to whom its sender names; there is no default that could show it to more.

    Who names itself alone shows it to nobody: others can find it by the blind check, where one is agreed.
    """
    if named == (ledger.me,):
        return Audience((), ())
    if not named:
        raise BadInput(
            "nobody-named",
            "It was not said to whom the site is shown.",
            where="to",
            remedy="Name each member that is to know of it; nobody else will. Your own name alone: nobody.",
        )
    to = members_to(ledger, named, roles=frozenset())
    return Audience(to, to)


def _filers(ledger: Ledger, body: Body) -> Audience:
    notices: Iterable[str] = body.notices  # type: ignore[attr-defined]  # a conflict's two notices
    filers = {said_about(ledger, notice).author for notice in notices}
    return _with_host(ledger, tuple(sorted(filers - {ledger.me})))


def _whoever_heard(ledger: Ledger, about: Said[Any]) -> Audience:
    heard = as_said(about)
    to = {*heard.to, about.author} - {ledger.me}
    readers = None if heard.readers is None else tuple(sorted({*heard.readers, about.author} - {ledger.me}))
    return Audience(tuple(sorted(to)), readers)


def _with_host(ledger: Ledger, to: tuple[str, ...]) -> Audience:
    host = ledger.view.host
    readers = {*to, *([host] if host is not None else [])} - {ledger.me}
    return Audience(to, tuple(sorted(readers)))


# -- filing ------------------------------------------------------------------------------------------------


def _require_effect(ledger: Ledger, kind: Kind, body: Body, audience: Audience, voice: Voice) -> None:
    """What the rules would leave without effect is refused: its author would not know otherwise."""
    now = ledger.now()
    as_said_here = Said(
        id="",
        kind=kind.name,
        author=ledger.me,
        desk=voice.desk,
        to=audience.to,
        at=now,
        said_at=now,
        body=body,
        place=Place(ledger.me, ledger.own.generation, ledger.own.size),
        heads=ledger.sizes(),
        readers=audience.readers,
        signed_as=frozenset({voice.key.purpose}),
        doubt=None,
        generations={},
        message=None,
    )
    why = why_it_would_not_count(ledger.view.book, as_said_here)
    if why is not None:
        raise Refused(
            "would-not-count",
            f"This {kind.name} would count for nothing: {why}.",
            where=kind.name,
            remedy="Look at what it is about (steerclear inbox), and say what is still open.",
        )


def _spoken(ledger: Ledger, kind: Kind, body: Body, audience: Audience, voice: Voice) -> Filed:
    if kind.name.startswith(_FLOOR):
        return speak_floor(ledger, body, voice=voice, audience=audience)
    return speak(ledger, body, voice=voice, to=audience.to, readers=audience.readers)
