# SPDX-License-Identifier: Apache-2.0
"""Which words does a play have for what a desk does? One entry a verb; docs/plays.md is tested against it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, get_args

from steerclear.errors import BadInput
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Position, Volume
from steerclear.model.time import Instant
from steerclear.replay import deeds
from steerclear.replay.script import (
    Basis,
    Echelon,
    InDistress,
    Named,
    Outcome,
    OwnershipWord,
    SiteCategory,
    Sort,
)
from steerclear.replay.shapes import read_footprint, read_near, read_position, read_volumes
from steerclear.replay.signal_words import filled_signal
from steerclear.replay.verbs import TO, Clause, Verb
from steerclear.replay.words import Words, instant_of, is_time

__all__ = ["DOING"]

ALARMS: Final[tuple[Sort, ...]] = ("stop", "distress")
_STOPPED_AT: Final = re.compile(r"stopped at (\S+?)Z?", re.ASCII)
STOP_OUTCOMES: Final[dict[str, Outcome]] = {
    "stopping": "stopping",
    "cannot": "cannot",
    "not ours": "not-ours",
    "not known": "not-known",
}
DISTRESS_OUTCOMES: Final[dict[str, Outcome]] = {
    "helping": "helping",
    "keeping clear": "keeping-clear",
    "cannot": "cannot",
    "not known": "not-known",
}
_N: Final[Sort] = "notice"


# -- notices ----------------------------------------------------------------------------------------


def _files(words: Words) -> deeds.File:
    kind = NoticeKind(words.choice("a kind of notice", [kind.value for kind in NoticeKind]))
    if words.take("without-area"):
        words.expect("near")
        return deeds.File(kind, (), words.quoted("a place") if words.at_quote else words.word("a place"))
    return deeds.File(kind, *_where(words))


def _where(words: Words) -> tuple[tuple[Volume, ...], str | None]:
    return read_volumes(words), read_near(words)


def _overrides(words: Words) -> deeds.Override:
    codes = [words.word("a finding of the gate")]
    while words.take(","):
        codes.append(words.word("a finding of the gate"))
    return deeds.Override(tuple(codes))


def _amends(words: Words) -> deeds.Amend:
    return deeds.Amend(words.thing("notice"), *_where(words))


def _disseminates(words: Words) -> deeds.Disseminate:
    thing = words.thing("notice", "standstill", "site")
    words.expect("at")
    echelon = words.choice("an echelon", get_args(Echelon))
    until = words.instant("when this statement expires") if words.take("until") else None
    return deeds.Disseminate(thing, echelon, until)  # type: ignore[arg-type]  # choice() gave one of them


def _is_unable(words: Words) -> deeds.Unable:
    notice = words.thing("notice")
    words.expect("until")
    until = words.instant()
    return deeds.Unable(notice, until, words.quoted("which part") if words.take("part") else None)


def _holds(words: Words) -> deeds.Hold:
    return deeds.Hold(words.thing("notice"), words.instant() if words.take("until") else None)


# -- alarms -----------------------------------------------------------------------------------------


def _calls_stop(words: Words) -> deeds.CallAlarm:
    at = _place(words)
    words.expect("basis")
    why: Basis = words.choice("the basis of the call", get_args(Basis))  # type: ignore[assignment]  # one of them
    return deeds.CallAlarm("stop", at, why, _seen(words))


def _calls_distress(words: Words) -> deeds.CallAlarm:
    at = _place(words)
    words.expect("who")
    who: InDistress = words.choice("who is in distress", get_args(InDistress))  # type: ignore[assignment]  # one
    return deeds.CallAlarm("distress", at, who, _seen(words))


def _place(words: Words) -> Position:
    words.expect("at")
    return read_position(words)


def _seen(words: Words) -> str | None:
    return words.quoted("what is seen") if words.take("seen") else None


def _answers(words: Words) -> deeds.AnswerOutcome:
    alarm = words.thing(*ALARMS)
    return deeds.AnswerOutcome(alarm, *_outcome(alarm, words))


def _renews(words: Words) -> deeds.RenewAlarm:
    alarm = words.thing("stop")
    return deeds.RenewAlarm(alarm, *_outcome(alarm, words))


def _outcome(alarm: Named, words: Words) -> tuple[Outcome, Instant | None]:
    text = words.quoted("an outcome")
    known = STOP_OUTCOMES if alarm.sort == "stop" else DISTRESS_OUTCOMES
    match = _STOPPED_AT.fullmatch(text) if alarm.sort == "stop" else None
    if match and is_time(match[1]):
        return "stopped", instant_of(match[1], where=words.where, reference=words.scene.now)
    if text not in known:
        spelled = ", ".join(f'"{outcome}"' for outcome in known)
        raise BadInput(
            "play-outcome",
            f"“{text[:40]}” is not an outcome of a {alarm.sort}.",
            where=words.where,
            remedy=f"Write {spelled}" + (' or "stopped at 13:32Z".' if alarm.sort == "stop" else "."),
        )
    return known[text], None


# -- ownership, checks, signals ------------------------------------------------------------------------


def _asks_ownership(words: Words) -> deeds.AskOwnership:
    at = _place(words)
    words.expect("of")
    asked = [words.member()]
    while words.peek() in words.scene.members:
        asked.append(words.member())
    words.expect("seen")
    return deeds.AskOwnership(at, tuple(asked), words.quoted("what is seen"))


def _answers_ownership(words: Words) -> deeds.AnswerOwnership:
    question = words.thing("ownership")
    word = words.choice("an answer", get_args(OwnershipWord))
    part = words.quoted("which part") if word == "partly" else None
    return deeds.AnswerOwnership(question, word, part)  # type: ignore[arg-type]  # choice() gave one of them


def _sends(words: Words) -> deeds.SendSignal:
    return deeds.SendSignal(*filled_signal(words))


def _answers_signal(words: Words) -> deeds.AnswerSignal:
    signal = words.thing("signal")
    return deeds.AnswerSignal(signal, *filled_signal(words))


# -- sites and movements ------------------------------------------------------------------------------


def _registers_site(words: Words) -> deeds.RegisterSite:
    category = words.choice("what is protected", get_args(SiteCategory))
    name = words.quoted("the name of the site")
    return deeds.RegisterSite(category, name, read_footprint(words), read_near(words))  # type: ignore[arg-type]  # one


def _answers_check(words: Words) -> deeds.AnswerCheck:
    check = words.thing("check")
    return deeds.AnswerCheck(check, int(words.choice("a readability", "12345")))


def _reports_movement(words: Words) -> deeds.ReportMovement:
    movement = words.thing("notice")
    what = words.choice("a report", ("departed", "at", "arrived", "overdue", "deviated"))
    place = read_position(words) if what == "at" or words.take("at") else None
    next_at = words.instant("when the next report is owed") if words.take("next") else None
    return deeds.ReportMovement(movement, what, place, next_at)  # type: ignore[arg-type]  # one of them


def _tries_contact(words: Words) -> deeds.TryContact:
    movement = words.thing("notice")
    words.expect("by")
    way = words.quoted("the way") if words.at_quote else words.word("the way, as phone")
    return deeds.TryContact(movement, way, words.choice("a result", ("reached", "no-answer")) == "reached")


# -- standstill, annexes -----------------------------------------------------------------------------


def _proposes_standstill(words: Words) -> deeds.ProposeStandstill:
    area = read_footprint(words)
    opens_at, closes_at = words.window()
    words.expect("acts")
    return deeds.ProposeStandstill(area, opens_at, closes_at, words.quoted("the acts"))


def _ends_standstill(words: Words) -> deeds.EndStandstill:
    standstill = words.thing("standstill")
    words.expect("at")
    return deeds.EndStandstill(standstill, words.instant())


def _extends_standstill(words: Words) -> deeds.ExtendStandstill:
    standstill = words.thing("standstill")
    words.expect("until")
    return deeds.ExtendStandstill(standstill, words.instant())


def _proposes_annex(words: Words) -> deeds.ProposeAnnex:
    return deeds.ProposeAnnex(words.word("the name of an annex"), _changes(words))


def _counters_annex(words: Words) -> deeds.CounterAnnex:
    return deeds.CounterAnnex(words.thing("annex"), _changes(words))


def _changes(words: Words) -> tuple[deeds.FieldChange, ...]:
    changes = []
    while (text := words.peek()) is not None and "=" in text:
        path, _, value = words.word("a change").partition("=")
        changes.append(deeds.FieldChange(path, value or words.quoted("the value of this field")))
    if not changes:
        raise BadInput(
            "play-change-missing",
            "An annex is proposed without saying what changes.",
            where=words.where,
            remedy="Write at least one change, as lateral_mm=9000000.",
        )
    return tuple(changes)


# -- incidents and the rest ------------------------------------------------------------------------------


def _opens_incident(words: Words) -> deeds.OpenIncident:
    title = words.quoted("what happened")
    words.expect("at")
    happened_at = words.instant("when it happened")
    words.expect("with")
    involved = [words.member()]
    while words.peek() in words.scene.members:
        involved.append(words.member())
    return deeds.OpenIncident(title, happened_at, tuple(involved))


def _claims_violation(words: Words) -> deeds.ClaimViolation:
    words.expect("by")
    member = words.member()
    words.expect("at")
    return deeds.ClaimViolation(member, words.instant(), words.quoted("what is alleged"))


def _answers_violation(words: Words) -> deeds.AnswerViolation:
    violation = words.thing("violation")
    word = words.choice("an answer", ("accept", "contest", "unknown"))
    return deeds.AnswerViolation(violation, word)  # type: ignore[arg-type]  # choice() gave one of them


def _proposes_conflict(words: Words) -> deeds.ProposeConflict:
    ours, theirs = words.thing("notice"), words.thing("notice")
    return deeds.ProposeConflict(ours, theirs, words.quoted("the proposal"))


def _states_incident(words: Words) -> deeds.StateIncident:
    return deeds.StateIncident(words.thing("incident"), words.quoted("the statement"))


def _logs_voice(words: Words) -> deeds.LogVoice:
    words.expect("from")
    speaker = words.member()
    words.expect("to")
    listener = words.member()
    words.expect("said")
    said_at, gist = words.instant("when it was said"), words.quoted("the gist")
    return deeds.LogVoice(speaker, listener, said_at, gist, words.thing() if words.take("about") else None)


def _starts_drill(words: Words) -> deeds.StartDrill:
    return deeds.StartDrill(words.quoted("the name of the drill"))


def _takes_watch(words: Words) -> deeds.TakeWatch:
    return deeds.TakeWatch(relieving=not words.take("unrelieved"))


def _about(make: Callable[[Named], deeds.Deed], *sorts: Sort) -> Callable[[Words], deeds.Deed]:
    """The reader of a verb that takes one name and nothing else."""

    def read(words: Words) -> deeds.Deed:
        return make(words.thing(*sorts))

    return read


def _alone(make: Callable[[], deeds.Deed]) -> Callable[[Words], deeds.Deed]:
    """The reader of a verb that takes nothing."""

    def read(words: Words) -> deeds.Deed:  # noqa: ARG001 - every reader is handed the words
        return make()

    return read


BECAUSE: Final = frozenset[Clause]({"because"})
VOICE: Final = frozenset[Clause]({"by voice"})
NAMED: Final = frozenset[Clause]({"as"})
SEEN_BY_ALL: Final[tuple[Sort, ...]] = (
    "notice",
    "site",
    "standstill",
    "stop",
    "distress",
    "incident",
    "signal",
)
_VOLUMES: Final = "SHAPE [and SHAPE] [near PLACE]"

DOING: Final[tuple[Verb, ...]] = (
    Verb(
        "files",
        f"files KIND {_VOLUMES}",
        "files hazard circle 35.366N 40.176E 5km 0..20000ft AMSL 12:55..14:00 near OSDZ as n8 to RUS",
        _files,
        knows=TO | NAMED,
        makes="notice",
    ),
    Verb(
        "files",
        "files KIND without-area near PLACE",
        'files hazard without-area near "north Syria" as n8',
        _files,
        knows=TO | NAMED,
        makes="notice",
    ),
    Verb(
        "overrides",
        "overrides FINDING[, FINDING] because TEXT",
        'overrides position because "as read on the line"',
        _overrides,
        needs=BECAUSE,
    ),
    Verb(
        "amends",
        f"amends NOTICE {_VOLUMES}",
        "amends n1 circle 35.26N 40.13E 3km 0..20000ft AMSL 12:55..14:00",
        _amends,
        knows=VOICE,
    ),
    Verb(
        "withdraws",
        "withdraws NOTICE because TEXT",
        'withdraws n1 because "postponed"',
        _about(deeds.Withdraw, _N),
        knows=VOICE,
        needs=BECAUSE,
    ),
    Verb("activates", "activates NOTICE", "activates n1", _about(deeds.Activate, _N), knows=VOICE),
    Verb("cold", "cold NOTICE", "cold n1", _about(deeds.Cold, _N), knows=VOICE),
    Verb(
        "acknowledges",
        "acknowledges NAME",
        "acknowledges n1",
        _about(deeds.Acknowledge, *SEEN_BY_ALL),
        knows=VOICE,
    ),
    Verb(
        "disseminates",
        "disseminates NAME at headquarters|fire-control|operator [until TIME]",
        "disseminates n1 at fire-control until 14:00",
        _disseminates,
        knows=VOICE,
    ),
    Verb(
        "is unable",
        "is unable NOTICE until TIME [part TEXT] because TEXT",
        'is unable n1 until 13:30 because "a recovery is under way"',
        _is_unable,
        knows=VOICE,
        needs=BECAUSE,
    ),
    Verb(
        "holds",
        "holds NOTICE [until TIME] because TEXT",
        'holds n1 until 13:30 because "they are unable before 13:30"',
        _holds,
        knows=VOICE,
        needs=BECAUSE,
    ),
    Verb(
        "proceeds",
        "proceeds NOTICE because TEXT",
        'proceeds n1 because "rescue of people at once"',
        _about(deeds.Proceed, _N),
        knows=VOICE,
        needs=BECAUSE,
    ),
    Verb(
        "calls stop",
        "calls stop at POSITION basis own-forces|civilians|aircraft|unsure [seen TEXT]",
        "calls stop at 35.26N 40.13E basis own-forces as s8",
        _calls_stop,
        knows=TO | NAMED,
        makes="stop",
    ),
    Verb(
        "calls distress",
        "calls distress at POSITION who aircraft|vessel|people|unsure [seen TEXT]",
        "calls distress at 35.26N 40.13E who aircraft as d8",
        _calls_distress,
        knows=TO | NAMED,
        makes="distress",
    ),
    Verb(
        "repeats stop", "repeats stop NAME", "repeats stop s1", _about(deeds.RepeatAlarm, "stop"), knows=VOICE
    ),
    Verb(
        "repeats distress",
        "repeats distress NAME",
        "repeats distress d1",
        _about(deeds.RepeatAlarm, "distress"),
        knows=VOICE,
    ),
    Verb(
        "renews stop",
        "renews stop NAME OUTCOME",
        'renews stop s1 "stopped at 13:32Z"',
        _renews,
        knows=VOICE,
    ),
    Verb("closes stop", "closes stop NAME", "closes stop s1", _about(deeds.CloseAlarm, "stop"), knows=VOICE),
    Verb(
        "closes distress",
        "closes distress NAME",
        "closes distress d1",
        _about(deeds.CloseAlarm, "distress"),
        knows=VOICE,
    ),
    Verb("answers", "answers NAME OUTCOME", 'answers s1 "stopped at 13:32Z"', _answers, knows=VOICE),
    Verb(
        "asks ownership",
        "asks ownership at POSITION of MEMBER [MEMBER] seen TEXT",
        'asks ownership at 35.26N 40.13E of RUS seen "a column heading south" as q8',
        _asks_ownership,
        knows=NAMED | VOICE,
        makes="ownership",
    ),
    Verb(
        "answers ownership",
        "answers ownership NAME ours|not-ours|not-ours-passing-on|not-ours-no-contact|not-known|partly TEXT",
        "answers ownership q1 not-ours-passing-on",
        _answers_ownership,
        knows=VOICE,
    ),
    Verb(
        "calls check",
        "calls check",
        "calls check as k8 to RUS",
        _alone(deeds.CallCheck),
        knows=TO | NAMED,
        makes="check",
    ),
    Verb("answers check", "answers check NAME 1|2|3|4|5", "answers check k1 5", _answers_check),
    Verb(
        "sends",
        "sends CODE [SLOT=VALUE]",
        "sends read-you number=4 as g8 to RUS",
        _sends,
        knows=TO | NAMED,
        makes="signal",
    ),
    Verb("reads-back", "reads-back NAME", "reads-back g1", _about(deeds.ReadBack, "signal"), knows=VOICE),
    Verb(
        "answers signal",
        "answers signal NAME CODE [SLOT=VALUE]",
        "answers signal g1 stand-by time=13:40",
        _answers_signal,
        knows=VOICE,
    ),
    Verb(
        "registers site",
        "registers site CATEGORY TEXT circle|polygon|corridor … [near PLACE]",
        'registers site hospital "the hospital" circle 35.33N 40.14E 200m near OSDZ as h8 to RUS',
        _registers_site,
        knows=TO | NAMED,
        makes="site",
    ),
    Verb("renews site", "renews site NAME", "renews site h1", _about(deeds.RenewSite, "site")),
    Verb("ends site", "ends site NAME", "ends site h1", _about(deeds.EndSite, "site")),
    Verb(
        "reports movement",
        "reports movement NOTICE departed|at|arrived|overdue|deviated [at POSITION] [next TIME]",
        "reports movement n1 deviated at 35.3N 40.1E",
        _reports_movement,
        knows=VOICE,
    ),
    Verb(
        "tries contact",
        "tries contact NOTICE by WAY reached|no-answer",
        "tries contact n1 by phone no-answer",
        _tries_contact,
    ),
    Verb(
        "proposes standstill",
        "proposes standstill circle|polygon|corridor … WINDOW acts TEXT",
        'proposes standstill circle 35.3N 40.1E 30km 15:00..21:00 acts "no fire" as x8',
        _proposes_standstill,
        knows=TO | NAMED,
        makes="standstill",
    ),
    Verb(
        "accepts standstill",
        "accepts standstill NAME",
        "accepts standstill x1",
        _about(deeds.AcceptStandstill, "standstill"),
    ),
    Verb(
        "extends standstill",
        "extends standstill NAME until TIME",
        "extends standstill x1 until 23:00",
        _extends_standstill,
    ),
    Verb(
        "ends standstill",
        "ends standstill NAME at TIME because TEXT",
        'ends standstill x1 at 16:00 because "it was not kept"',
        _ends_standstill,
        needs=BECAUSE,
    ),
    Verb(
        "proposes annex",
        "proposes annex ANNEX FIELD=VALUE [FIELD=VALUE] because TEXT",
        'proposes annex separation lateral_mm=9000000 because "the wind" as a8',
        _proposes_annex,
        knows=NAMED,
        needs=BECAUSE,
        makes="annex",
    ),
    Verb("ratifies annex", "ratifies annex NAME", "ratifies annex a1", _about(deeds.RatifyAnnex, "annex")),
    Verb(
        "counters annex",
        "counters annex NAME FIELD=VALUE [FIELD=VALUE] because TEXT",
        'counters annex a1 lateral_mm=8000000 because "less will do" as a8',
        _counters_annex,
        knows=NAMED,
        needs=BECAUSE,
        makes="annex",
    ),
    Verb(
        "withdraws annex",
        "withdraws annex NAME because TEXT",
        'withdraws annex a1 because "overtaken"',
        _about(deeds.WithdrawAnnex, "annex"),
        needs=BECAUSE,
    ),
    Verb(
        "suspends",
        "suspends because TEXT",
        'suspends because "a decision of the capital"',
        _alone(deeds.Suspend),
        needs=BECAUSE,
    ),
    Verb("resumes", "resumes", "resumes", _alone(deeds.Resume)),
    Verb("takes-watch", "takes-watch [unrelieved]", "takes-watch unrelieved", _takes_watch),
    Verb("hands-over", "hands-over", "hands-over", _alone(deeds.HandOver)),
    Verb(
        "opens incident",
        "opens incident TEXT at TIME with MEMBER [MEMBER]",
        'opens incident "fire at the crossing" at 11:40 with USA RUS as i8',
        _opens_incident,
        knows=NAMED,
        makes="incident",
    ),
    Verb(
        "states incident", "states incident NAME TEXT", 'states incident i1 "what we saw"', _states_incident
    ),
    Verb(
        "closes incident",
        "closes incident NAME because TEXT",
        'closes incident i1 because "the review is done"',
        _about(deeds.CloseIncident, "incident"),
        needs=BECAUSE,
    ),
    Verb(
        "claims violation",
        "claims violation by MEMBER at TIME TEXT",
        'claims violation by RUS at 11:40 "entry without notice" as v8',
        _claims_violation,
        knows=NAMED,
        makes="violation",
    ),
    Verb(
        "answers violation",
        "answers violation NAME accept|contest|unknown",
        "answers violation v1 unknown",
        _answers_violation,
    ),
    Verb(
        "contests violation",
        "contests violation NAME",
        "contests violation v1",
        _about(lambda named: deeds.AnswerViolation(named, "contest"), "violation"),
    ),
    Verb(
        "proposes conflict",
        "proposes conflict NOTICE NOTICE TEXT",
        'proposes conflict n1 n2 "ours starts at 15:00" as c8',
        _proposes_conflict,
        knows=NAMED,
        makes="conflict",
    ),
    Verb(
        "accepts conflict",
        "accepts conflict NAME",
        "accepts conflict c1",
        _about(lambda named: deeds.DecideConflict(named, accepts=True), "conflict"),
    ),
    Verb(
        "declines conflict",
        "declines conflict NAME because TEXT",
        'declines conflict c1 because "the window is fixed"',
        _about(lambda named: deeds.DecideConflict(named, accepts=False), "conflict"),
        needs=BECAUSE,
    ),
    Verb(
        "closes conflict",
        "closes conflict NAME because TEXT",
        'closes conflict c1 because "both have moved"',
        _about(deeds.CloseConflict, "conflict"),
        needs=BECAUSE,
    ),
    Verb(
        "logs voice",
        "logs voice from MEMBER to MEMBER said TIME TEXT [about NAME]",
        'logs voice from RUS to USA said 13:24 "asks for the usual contact"',
        _logs_voice,
    ),
    Verb(
        "starts drill",
        "starts drill TEXT",
        'starts drill "first drill" as r8',
        _starts_drill,
        knows=NAMED,
        makes="drill",
    ),
    Verb("ends drill", "ends drill NAME", "ends drill r1", _about(deeds.EndDrill, "drill")),
)
"""Every verb of doing, in the order of the reference. Verbs with one opening share one reader."""
