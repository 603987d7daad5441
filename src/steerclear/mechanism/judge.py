# SPDX-License-Identifier: Apache-2.0
"""May this author say this, about that, now? If not, the statement is kept, shown, and without effect.

Judged in this order, the first reason counts:

 - its id is its own: of two claims to one id the earlier counts;
 - its author is a member, whose role may say it;
 - it stands in its author's log, or its carrier's (floor messages: in anybody's);
 - a key signed it that may say it, and neither key nor log is in doubt. What adds a danger (a STOP, a notice)
   is acted on all the same; what would end one is not (design file 3, floor messages);
 - what it is about exists here, is of the right kind and itself in effect, and its author stands in the right
   relation to it;
 - its time: not before what it is about, and while a flag is up (as far as its author had seen) nothing that
   waits for the mechanism to go on;
 - it was not said before, where once is enough.

The verdict depends on the set of statements alone, never on which came first to this node.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from steerclear.mechanism.bodies import (
    KINDS,
    Acknowledge,
    AnnexRatify,
    AnnexWithdraw,
    CommuniqueAgree,
    CommuniquePropose,
    ConflictClose,
    ConflictPropose,
    Disseminate,
    Heard,
    IncidentFinding,
    IncidentOpen,
    MeetingAction,
    MeetingMinutes,
    NoConflictFound,
    NoticeActivate,
    NoticeAmend,
    NoticeCold,
    NoticeWithdraw,
    Resume,
    ScreenResult,
    SiteConcern,
    SiteEnd,
    SiteRenew,
    StandstillPropose,
    Suspend,
    Target,
    Waive,
    Who,
)
from steerclear.mechanism.book import Book, targets_of, threads_of
from steerclear.mechanism.proposals import proposals_of
from steerclear.mechanism.said import Said, order_of
from steerclear.model.member import Role

__all__ = [
    "FLOOR",
    "SURVIVES_SUSPENSION",
    "addressed",
    "effective",
    "why_it_would_not_count",
    "why_without_effect",
]

FLOOR: Final = frozenset(
    {
        "stop.call", "stop.answer", "stop.renew", "stop.close", "distress.call", "distress.answer",
        "distress.close", "ownership.ask", "ownership.answer", "receipt.acknowledge", "heard",
    }
)  # fmt: skip
"""Valid by themselves, by any path, in anybody's log."""

ACTED_ON_IN_DOUBT: Final = frozenset(
    {
        "stop.call", "distress.call", "ownership.ask", "notice.file", "notice.activate",
        "receipt.unable", "receipt.unreadable", "site.register",
    }
)  # fmt: skip
"""They can only add care; refusing them could hide a danger."""


SURVIVES_SUSPENSION: Final = FLOOR | {
    "node.beat", "mechanism.suspend", "mechanism.resume", "mechanism.end", "watch.take", "watch.hand-over",
    "notice.amend", "notice.withdraw", "notice.cold", "receipt.disseminate", "receipt.unable",
    "receipt.unreadable", "filer.hold", "filer.proceed", "screen.result", "blind.key", "blind.open",
    "blind.commit", "blind.list", "blind.remask", "blind.part", "blind.result", "blind.stop", "blind.met",
    "blind.site-ask", "blind.site-hold", "blind.site-list", "blind.site-remask", "blind.site-result",
    "blind.site-met", "blind.site-stop", "conflict.propose", "conflict.accept", "conflict.decline",
    "conflict.close", "site.register",
    "site.renew", "site.end", "site.concern", "movement.report", "contact.attempt", "civil.offer",
    "civil.decline", "civil.answer", "check.call", "check.answer", "incident.open", "incident.state",
    "incident.finding", "incident.close", "violation.claim", "violation.answer", "voice.log",
    "obligation.waive", "annex.withdraw", "standstill.propose", "standstill.accept", "standstill.extend",
    "standstill.end", "signal.send", "signal.read-back", "signal.answer", "meeting.convene",
    "meeting.minutes", "meeting.action", "drill.end", "track.alarm", "track.over", "track.answer",
}  # fmt: skip
"""Kinds that go on while suspended: the safety floor, all about what is already in force, and talking to each
other (signals, standstill, meetings: how a suspension ends). Movements and rescue may still be filed; other
new notices, annexes, communiqués and drills wait."""

_WAITS: Final = frozenset(KINDS) - SURVIVES_SUSPENSION - ACTED_ON_IN_DOUBT
"""Without effect when said by somebody who knew that a flag was up. A notice is never among them: the flag
takes the duty away, not the warning."""


def effective(book: Book, saids: tuple[Said[Any], ...]) -> tuple[Said[Any], ...]:
    """Those that count, in the same order."""
    return tuple([said for said in saids if why_without_effect(book, said) is None])


def why_without_effect(book: Book, said: Said[Any]) -> str | None:
    """The first reason why it does not count, or ``None``. Total: bad statements never raise."""
    return (
        _of_its_id(book, said)
        or _of_its_author(book, said)
        or _of_its_key(said)
        or _of_its_target(book, said)
        or _of_its_content(book, said)
        or _of_suspension(book, said)
        or _of_repetition(book, said)
    )


def why_it_would_not_count(book: Book, unsaid: Said[Any]) -> str | None:
    """As ``why_without_effect``, of something that its author has not said yet, and so has no id."""
    return (
        _of_its_author(book, unsaid)
        or _of_its_key(unsaid)
        or _of_its_target(book, unsaid)
        or _of_its_content(book, unsaid)
        or _of_suspension(book, unsaid)
        or _of_repetition(book, unsaid)
    )


def addressed(said: Said[Any]) -> frozenset[str]:
    """Whom a statement concerns besides its author."""
    named: tuple[str, ...] = ()
    if isinstance(said.body, ScreenResult):
        named = said.body.concerns
    return frozenset((*said.to, *named)) - {said.author}


def _of_its_id(book: Book, said: Said[Any]) -> str | None:
    first = book.said(said.id)
    return None if first is said else "its id was used before"


def _of_its_author(book: Book, said: Said[Any]) -> str | None:
    role = book.roles.get(said.author)
    if role is None:
        return f"{said.author} is not a member"
    if role not in KINDS[said.kind].sayers:
        return f"{role.value}s do not say {said.kind}"
    at_home = said.place.author in (said.author, book.carried_by.get(said.author))
    if not at_home and said.kind not in FLOOR:
        return f"it stands in the log of {said.place.author}"
    return None


def _of_its_key(said: Said[Any]) -> str | None:
    if said.doubt is not None:
        return None if said.kind in ACTED_ON_IN_DOUBT else f"in doubt: {said.doubt}"
    if not said.signed_as & KINDS[said.kind].signed:
        wanted = " or ".join(sorted(KINDS[said.kind].signed))
        return f"not signed by a key for {wanted}"
    return None


def _of_its_target(book: Book, said: Said[Any]) -> str | None:
    """Of several targets (a bulk renewal) one that stands right is enough; the fold looks at each."""
    target = KINDS[said.kind].target
    if target is None or getattr(said.body, target.field) is None:
        return None
    reasons = [_of_one_target(book, said, target, id_) for id_ in targets_of(said.kind, said.body)]
    if not reasons:
        return "it names nothing"
    return None if None in reasons else reasons[0]


def _of_one_target(book: Book, said: Said[Any], target: Target, id_: str) -> str | None:
    found = book.said(id_)
    if found is None or found.kind not in target.kinds:
        return "it is about something that is not known here"
    if said.kind not in target.kinds and why_without_effect(book, found) is not None:
        return "it is about something that is itself without effect"
    if not _stands_right(book, said, found, target.who):
        return f"only {target.who.value} says this"
    return _of_its_time(book, said, found)


def _of_its_time(book: Book, said: Said[Any], found: Said[Any]) -> str | None:
    """Within one log the order is beyond doubt; between two logs clocks and lines may be slow, and a floor
    message may be written into its log long after it was heard."""
    in_one_log = said.place.author == found.place.author and said.is_in_a_log and found.is_in_a_log
    if in_one_log and said.kind not in FLOOR and order_of(said) < order_of(found):
        return "it was said before what it is about"
    if isinstance(said.body, SiteRenew):
        gone = (end for end in book.about(found.id, SiteEnd) if order_of(end) < order_of(said))
        return "the site was ended before" if any(_may_speak(book, end) for end in gone) else None
    if isinstance(said.body, MeetingMinutes) and said.at < found.body.starts_at:
        return "the meeting had not begun"
    return None


def _stands_right(book: Book, said: Said[Any], found: Said[Any], who: Who) -> bool:
    match who:
        case Who.AUTHOR:
            return said.author == found.author
        case Who.ADDRESSEE:
            # Who proposes a standstill owes the proof that its own units have it, as the other side does.
            own = isinstance(said.body, Disseminate) and isinstance(found.body, StandstillPropose)
            return said.author in addressed(found) or (own and said.author == found.author)
        case Who.EITHER:
            return said.author == found.author or said.author in addressed(found)
        case Who.CONCERNED:
            involved = found.body.involved if isinstance(found.body, IncidentOpen) else ()
            return said.author == found.author or said.author in involved
        case Who.FILER:
            version = book.said(found.body.about)
            return version is not None and version.author == said.author
        case _:
            return True


def _of_its_content(book: Book, said: Said[Any]) -> str | None:
    match said.body:
        case Acknowledge(rung=0):
            return "rungs count from 1"
        case Suspend():
            is_up = any(f.author == said.author for f in _flags_known_to(book, said))
            return "its author's flag is up already" if is_up else None
        case Waive(about=about):
            return _of_a_waiver(book, said, about)
        case ScreenResult() as result:
            return _of_a_result(book, said.author, result)
        case ConflictPropose(notices=notices) | ConflictClose(notices=notices) if len(set(notices)) != 2:
            return "a conflict is between two notices"
        case NoticeAmend(notice=notice) | NoticeActivate(notice=notice) | NoticeCold(notice=notice):
            return _of_a_withdrawn_notice(book, said, notice)
        case Heard() as heard:
            return _of_what_was_heard(book, heard)
        case AnnexRatify(content=content) | AnnexWithdraw(content=content):
            return _of_ratification(book, said, content)
        case SiteConcern() | IncidentFinding() | MeetingMinutes() | MeetingAction():
            return _of_a_reply(book, said, _answered_by(said.body))
        case CommuniqueAgree(communique=communique, paragraphs=paragraphs):
            return _of_paragraphs(book, communique, paragraphs)
    return None


def _of_a_reply(book: Book, said: Said[Any], earlier: str | None) -> str | None:
    """What it answers is of its own kind, about the same thing, no answer itself (so that no chain of them
    runs in a circle), and in effect."""
    if earlier is None:
        return None
    found = book.said(earlier)
    if found is None or found.kind != said.kind:
        return "what it answers is not known here"
    if targets_of(found.kind, found.body) != targets_of(said.kind, said.body):
        return "what it answers is about something else"
    if _answered_by(found.body) is not None:
        return "what it answers is an answer itself"
    if not _may_speak(book, found):
        return "what it answers is itself without effect"
    is_settled_by_another = isinstance(said.body, MeetingAction) and said.author not in (
        found.author,
        found.body.owner,
    )
    return "only its owner or its author says that an action is done" if is_settled_by_another else None


def _answered_by(body: SiteConcern | IncidentFinding | MeetingMinutes | MeetingAction) -> str | None:
    """What a body answers, if it answers anything."""
    if isinstance(body, SiteConcern):
        return body.replies_to
    if isinstance(body, IncidentFinding):
        return body.answers
    return body.signs if isinstance(body, MeetingMinutes) else body.settles


def _of_paragraphs(book: Book, communique: str, paragraphs: tuple[int, ...]) -> str | None:
    proposed: Said[CommuniquePropose] | None = book.said(communique)  # its target was judged before
    there = range(1, len(proposed.body.paragraphs if proposed is not None else ()) + 1)
    fits = bool(paragraphs) and all(number in there for number in paragraphs)
    return None if fits else "it agrees to a paragraph that is not there"


def _of_suspension(book: Book, said: Said[Any]) -> str | None:
    if said.kind in _WAITS and any(True for _ in _flags_known_to(book, said)):
        return "the mechanism was suspended, and its author knew"
    return None


def _flags_known_to(book: Book, said: Said[Any]) -> Iterator[Said[Suspend]]:
    """Flags that were up as far as its author had seen when it was said: one a party, in the order of its
    log. Raising it again while it is up, and lowering another than the one that is up, changes nothing."""
    moves = (*book.of_kind("mechanism.suspend"), *book.of_kind("mechanism.resume"))
    known = [move for move in moves if move.id != said.id and _knew_of(said, move) and _is_signed(book, move)]
    up: dict[str, Said[Suspend]] = {}
    for move in sorted(known, key=order_of):
        raised = up.get(move.author)
        if raised is None and isinstance(move.body, Suspend):
            up[move.author] = move
        elif raised is not None and isinstance(move.body, Resume) and move.body.suspension == raised.id:
            del up[move.author]
    yield from up.values()


def _is_signed(book: Book, said: Said[Any]) -> bool:
    return not (_of_its_id(book, said) or _of_its_author(book, said) or _of_its_key(said))


def _knew_of(said: Said[Any], earlier: Said[Any]) -> bool:
    if said.place.author == earlier.place.author:
        return order_of(earlier) < order_of(said)
    return said.heads.get(earlier.place.author, 0) > earlier.place.seq


def _of_a_waiver(book: Book, said: Said[Waive], about: str) -> str | None:
    found = book.said(about)
    if found is None:
        return None if book.sealed_copies(about) else "it is about something that is not known here"
    return None if said.author == found.author or said.author in addressed(found) else "it is owed to others"


def _of_a_withdrawn_notice(book: Book, said: Said[Any], notice: str) -> str | None:
    gone = (w for w in book.about(notice, NoticeWithdraw) if order_of(w) < order_of(said))
    return "the notice was withdrawn before" if any(_may_speak(book, w) for w in gone) else None


def _of_a_result(book: Book, author: str, result: ScreenResult) -> str | None:
    """Nobody says *no conflict* about what he could not read; more care than that anyone may ask for his
    own, and what is not known here yet is the host's word alone."""
    versions = result.notices
    if len({v.notice for v in versions}) not in (1, 2):
        return "a result is about one notice or two"
    if len({v.notice for v in versions}) != len(versions):
        return "a result names a notice twice"
    could_read = [book.can_read(author, v.version) for v in versions]
    if isinstance(result.finding, NoConflictFound):
        is_judged = None not in could_read or book.roles.get(author) is Role.HOST
        fits = is_judged and False not in could_read
    else:
        fits = False not in could_read or any(book.author_of(v.notice) == author for v in versions)
    return None if fits else "its author could not read every version that it names"


def _of_what_was_heard(book: Book, heard: Heard) -> str | None:
    """It counts for a floor message, and for exactly the bytes that are held here, as far as we can tell."""
    found = book.said(heard.id)
    if found is None:
        return None
    if found.kind not in FLOOR or found.kind == "heard":
        return "only floor messages are heard"
    if found.author != heard.author:
        return "it names another author than the message has"
    hashes = {copy.message for copy in book.copies(found)}
    if None not in hashes and heard.message not in hashes:
        return "it heard another message than the one that is held here"
    if heard.floor is not None and heard.floor.statement.statement not in book.statements(found):
        return "it heard another message than the one that is held here"
    return None


def _of_ratification(book: Book, said: Said[Any], content: str) -> str | None:
    annex = proposals_of(book, content)
    if annex is None:
        return "no annex with this content is known here"
    return None if said.author in annex.parties else "the annex does not need its signature"


def _of_repetition(book: Book, said: Said[Any]) -> str | None:
    once = KINDS[said.kind].once
    if once is None:
        return None
    threads = threads_of(said.kind, said.body)
    others = book.about(threads[0], type(said.body)) if threads else book.of_kind(said.kind)
    before = (o for o in others if o.author == said.author and order_of(o) < order_of(said))
    same = [o for o in before if _key(o, once) == _key(said, once) and o.id != said.id]
    return "said before" if any(_may_speak(book, o) for o in same) else None


def _may_speak(book: Book, said: Said[Any]) -> bool:
    """In effect but for repetition: a refused first attempt does not use up the once."""
    judged = (_of_its_id, _of_its_author, _of_its_target, _of_its_content)
    return _of_its_key(said) is None and all(reason(book, said) is None for reason in judged)


def _key(said: Said[Any], once: tuple[str, ...]) -> tuple[object, ...]:
    return tuple(said.desk if name == "desk" else getattr(said.body, name) for name in once)
