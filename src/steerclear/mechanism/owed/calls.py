# SPDX-License-Identifier: Apache-2.0
"""What is owed about STOP, distress and ownership: an authority in minutes, an outcome, and a close.

    each desk addressed    acknowledgement: both first rungs at once; only a may-act rung ends the climb
    each party addressed   outcome after DELIVERED, then renewal until the caller closes
    the caller             close, once every party has stopped or is not concerned

A member that acknowledges or answers speaks for the calls that it knew of. A call that joins an alarm after
that, or that its machine had not got yet, begins a new round for that member: it sounds, climbs and owes an
outcome anew. What the member's log shows decides, never whose clock is fast. A mechanism without written STOP
(a bare telephone) owes nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from steerclear.mechanism.bodies import Acknowledge, DistressAnswer, DistressOutcome, StopOutcome
from steerclear.mechanism.calls import Answered, Call, CallRecord, OwnershipRecord
from steerclear.mechanism.classes import Phase
from steerclear.mechanism.ladder import climb, counts_for, desks_of, is_may_act, ladder_of
from steerclear.mechanism.obligation import Debtor, Obligation
from steerclear.mechanism.owed.scene import Clock, Scene, short_name
from steerclear.mechanism.said import Said
from steerclear.mechanism.view import View
from steerclear.model.annex import Response
from steerclear.model.member import Role
from steerclear.model.response import ClassTerms, ResponseClass
from steerclear.model.time import Instant

__all__ = ["Round", "acknowledged_rungs", "owed_on_call", "owed_on_ownership", "rounds_of"]

_FINAL: Final = frozenset({StopOutcome.STOPPED, StopOutcome.NOT_OURS})


@dataclass(frozen=True, slots=True)
class Round:
    """Calls that one member has to answer together; the first of them starts the clock."""

    calls: tuple[Call, ...]

    @property
    def first(self) -> Call:
        return self.calls[0]

    @property
    def ids(self) -> frozenset[str]:
        return frozenset(call.id for call in self.calls)


def rounds_of(view: View, record: CallRecord, member: str) -> tuple[Round, ...]:
    """The alarm as one addressee must answer it: a new round for what it did not know of when it spoke."""
    rounds: list[Round] = []
    for call in record.calls:
        if member not in call.to:
            continue
        before = rounds[-1] if rounds else None
        if before is None or _spoke_without_knowing(view, record, before, member, call):
            rounds.append(Round((call,)))
        else:
            rounds[-1] = Round((*before.calls, call))
    return tuple(rounds)


def acknowledged_rungs(
    view: View, response: Response, record: CallRecord, duty: Obligation
) -> tuple[int, ...]:
    """Rungs of the desk that owes ``duty`` that acknowledged all calls of its round, may they act or not."""
    calls = [
        call
        for one in rounds_of(view, record, duty.debtor.member)
        if one.first.id == duty.about
        for call in one.calls
    ]
    spoken = {
        ack.body.rung
        for ack in record.acknowledgements
        if ack.author == duty.debtor.member
        and counts_for(response, ack, duty.debtor.desk or "")
        and all(_knew(view, ack, call) for call in calls)
    }
    return tuple(sorted(spoken))


def owed_on_call(scene: Scene, record: CallRecord) -> Iterator[Obligation]:
    """Everything about one alarm, closed or not."""
    of_class = ResponseClass.STOP if record.is_stop else ResponseClass.DISTRESS
    terms = scene.response.of(of_class)
    if not scene.response.written_stop or terms is None:
        return
    for member in record.to:
        for one in rounds_of(scene.view, record, member):
            yield from _owed_by_member(scene, record, one, member, terms)
        if scene.view.roles.get(member) is Role.PARTY:
            yield from _renewals(scene, record, member)
    yield from _close(scene, record)


def _spoke_without_knowing(view: View, record: CallRecord, before: Round, member: str, call: Call) -> bool:
    """Has it acknowledged the calls before, or said what is done about them, without knowing of this one?"""
    acknowledged = any(not _knew(view, ack, call) for ack in _acknowledgements_of(record, before, member))
    return acknowledged or any(
        not _knew(view, answer, call) for answer in _known_outcomes(view, record, before, member)
    )


def _knew(view: View, spoken: Said[Acknowledge] | Answered, call: Call) -> bool:
    """Did its author know of the call when it said this: by naming it, or by what its log shows?"""
    return _named_in(spoken) == call.id or view.had_before_saying(spoken, call)


def _named_in(spoken: Said[Acknowledge] | Answered) -> str:
    body = spoken.body
    if isinstance(body, Acknowledge):
        return body.about
    return body.distress if isinstance(body, DistressAnswer) else body.stop


def _acknowledgements_of(record: CallRecord, one: Round, member: str) -> Iterator[Said[Acknowledge]]:
    return (ack for ack in record.acknowledgements if ack.author == member and ack.body.about in one.ids)


def _owed_by_member(
    scene: Scene, record: CallRecord, one: Round, member: str, terms: ClassTerms
) -> Iterator[Obligation]:
    over = record.closed is not None
    clock = scene.clock(one.first, member, terms.machine_s)
    yield scene.machine_receipt(one.first, member, clock, terms, record.id, over=over)
    yield from scene.reseals(one.first, member, clock, record.id, over=over)
    if not scene.is_human(member):
        return
    for desk in desks_of(scene.response, member):
        yield _acknowledgement(scene, record, one, Debtor.of(member, desk), clock, terms)
    if scene.view.roles[member] is Role.PARTY:
        yield _outcome(scene, record, one, member, clock, terms)


def _acknowledgement(
    scene: Scene, record: CallRecord, one: Round, debtor: Debtor, clock: Clock, terms: ClassTerms
) -> Obligation:
    """An outcome for the whole member ends the climb at its other desks too, unless it says *not known*."""
    desk = debtor.desk or ""
    ladder = ladder_of(scene.response, debtor.member, desk)
    ended = [
        ack.at
        for ack in record.acknowledgements
        if ack.author == debtor.member
        and is_may_act(scene.response, ack, desk)
        and all(_knew(scene.view, ack, call) for call in one.calls)
    ]
    ended += [answer.at for answer in _known_outcomes(scene.view, record, one, debtor.member)]
    met_at = min(ended, default=None)
    return scene.owed(
        what="acknowledgement",
        creditor=record.caller,
        debtor=debtor,
        about=one.first.id,
        thing=record.id,
        words=f"{_name(record)} {short_name(one.first)} of {record.caller}"
        + (f" (called {len(one.calls)} times)" if len(one.calls) > 1 else "")
        + ": acknowledge.",
        due_at=Instant(clock.starts_at + terms.acknowledge_s * 1000),
        met_at=met_at,
        over=record.closed is not None,
        of_class=terms.of,
        climbing=climb(
            ladder,
            (Phase(clock.starts_at, terms),) if clock.delivered_at is not None else (),
            both_sorts_at_once=True,
            now=scene.now,
            ended_at=met_at,
        ),
        line_down=clock.line_down(scene.now),
    )


def _outcome(
    scene: Scene, record: CallRecord, one: Round, member: str, clock: Clock, terms: ClassTerms
) -> Obligation:
    answered = [answer.at for answer in _answers_to(scene.view, record, one, member)]
    return scene.owed(
        what="outcome",
        creditor=record.caller,
        debtor=Debtor.of(member),
        about=one.first.id,
        thing=record.id,
        words=f"{_name(record)} {short_name(one.first)} of {record.caller}: say what is done about it.",
        due_at=Instant(clock.starts_at + scene.response.outcome_s * 1000),
        met_at=min(answered, default=None),
        over=record.closed is not None,
        of_class=terms.of,
        line_down=clock.line_down(scene.now),
    )


def _renewals(scene: Scene, record: CallRecord, member: str) -> Iterator[Obligation]:
    """After every outcome the next one, until the caller closes."""
    answers = record.answers_of(member)
    following = [answer.at for answer in answers[1:]]
    for index, answer in enumerate(answers):
        yield scene.owed(
            what="renewal",
            creditor=record.caller,
            debtor=Debtor.of(member),
            about=answer.id,
            thing=record.id,
            words=f"{_name(record)} {short_name(record.calls[0])} is open: say again what is done.",
            due_at=Instant(answer.at + scene.response.renew_s * 1000),
            met_at=following[index] if index < len(following) else None,
            over=record.closed is not None,
            of_class=ResponseClass.STOP if record.is_stop else ResponseClass.DISTRESS,
        )


def _close(scene: Scene, record: CallRecord) -> Iterator[Obligation]:
    """Once every party's newest outcome is final, the caller closes STOP, that nobody is asked for ever."""
    if not record.is_stop:
        return
    parties = [member for member in record.to if scene.view.roles.get(member) is Role.PARTY]
    newest = [answers[-1] for member in parties if (answers := record.answers_of(member))]
    if not newest or len(newest) < len(parties) or not all(_is_final(answer) for answer in newest):
        return
    last = max(newest, key=lambda answer: (answer.at, answer.place))
    yield scene.owed(
        what="close",
        creditor=last.author,
        debtor=Debtor.of(record.caller, record.calls[0].desk),
        about=record.id,
        thing=record.id,
        words=f"Close {_name(record)} {short_name(record.calls[0])}, or call again.",
        due_at=Instant(last.at + scene.response.close_s * 1000),
        met_at=record.closed.at if record.closed is not None else None,
    )


def _answers_to(view: View, record: CallRecord, one: Round, member: str) -> list[Answered]:
    """What the member said of the alarm when it knew what began the round."""
    return [answer for answer in record.answers_of(member) if _knew(view, answer, one.first)]


def _known_outcomes(view: View, record: CallRecord, one: Round, member: str) -> list[Answered]:
    """Those of them that say more than that nobody knows."""
    return [answer for answer in _answers_to(view, record, one, member) if not _is_not_known(answer)]


def _is_not_known(answer: Answered) -> bool:
    return answer.body.outcome in (StopOutcome.NOT_KNOWN, DistressOutcome.NOT_KNOWN)


def _is_final(answer: Answered) -> bool:
    return answer.body.outcome in _FINAL


def _name(record: CallRecord) -> str:
    drill = "DRILL " if record.is_drill else ""
    return drill + ("STOP" if record.is_stop else "DISTRESS")


def owed_on_ownership(scene: Scene, record: OwnershipRecord) -> Iterator[Obligation]:
    """Ours, not ours, passing on, no contact, not known, partly: somebody says it, in minutes (Khasham)."""
    machine_s = scene.machine_s(ResponseClass.IMMEDIATE)
    for member in scene.humans(record.ask.to):
        if member == record.ask.author or not scene.response.of(ResponseClass.IMMEDIATE):
            continue
        clock = scene.clock(record.ask, member, machine_s)
        answered = [answer.at for answer in record.answers if answer.author == member]
        yield scene.owed(
            what="ownership",
            creditor=record.ask.author,
            debtor=Debtor.of(member),
            about=record.id,
            thing=record.id,
            words=f"{record.ask.author} asks whose it is ({short_name(record.ask)}): answer.",
            due_at=Instant(clock.starts_at + scene.response.ownership_s * 1000),
            met_at=min(answered, default=None),
            of_class=ResponseClass.IMMEDIATE,
            line_down=clock.line_down(scene.now),
        )
