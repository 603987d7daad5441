# SPDX-License-Identifier: Apache-2.0
"""Which words does a play have for notices, for alarms and for what goes over the line?"""

from __future__ import annotations

import re
from typing import Final, get_args

from steerclear.errors import BadInput
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Position, Volume
from steerclear.model.time import Instant
from steerclear.replay import deeds
from steerclear.replay.script import Basis, Echelon, InDistress, Named, Outcome, OwnershipWord, Sort
from steerclear.replay.shapes import read_near, read_position, read_volumes
from steerclear.replay.signal_words import filled_signal
from steerclear.replay.verbs import BECAUSE, NAMED, TO, VOICE, Verb, about, alone
from steerclear.replay.words import Words, instant_of, is_time

__all__ = ["OF_NOTICES"]

ALARMS: Final[tuple[Sort, ...]] = ("stop", "distress")
_STOPPED_AT: Final = re.compile(r"stopped at (\d{4}-\S+Z|\S+?)Z?", re.ASCII)
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


def _where(words: Words) -> tuple[tuple[Volume, ...], str | None, str | None]:
    volumes, near = read_volumes(words), read_near(words)
    return volumes, near, words.quoted("the hazard to others") if words.take("third-parties") else None


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
    return deeds.CallAlarm("stop", at, why, _seen(words), _drill(words))


def _calls_distress(words: Words) -> deeds.CallAlarm:
    at = _place(words)
    words.expect("who")
    who: InDistress = words.choice("who is in distress", get_args(InDistress))  # type: ignore[assignment]  # one
    return deeds.CallAlarm("distress", at, who, _seen(words), _drill(words))


def _place(words: Words) -> Position:
    words.expect("at")
    return read_position(words)


def _seen(words: Words) -> str | None:
    return words.quoted("what is seen") if words.take("seen") else None


def _drill(words: Words) -> Named | None:
    return words.thing("drill") if words.take("drill") else None


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


def _answers_check(words: Words) -> deeds.AnswerCheck:
    check = words.thing("check")
    return deeds.AnswerCheck(check, int(words.choice("a readability", "12345")))


def _sends(words: Words) -> deeds.SendSignal:
    return deeds.SendSignal(*filled_signal(words))


def _answers_signal(words: Words) -> deeds.AnswerSignal:
    signal = words.thing("signal")
    return deeds.AnswerSignal(signal, *filled_signal(words))


SEEN_BY_ALL: Final[tuple[Sort, ...]] = (
    "notice",
    "site",
    "standstill",
    "stop",
    "distress",
    "incident",
    "signal",
    "track-alarm",
)
_VOLUMES: Final = "SHAPE [and SHAPE] [near PLACE] [third-parties TEXT]"

OF_NOTICES: Final[tuple[Verb, ...]] = (
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
        about(deeds.Withdraw, _N),
        knows=VOICE,
        needs=BECAUSE,
    ),
    Verb("activates", "activates NOTICE", "activates n1", about(deeds.Activate, _N), knows=VOICE),
    Verb("cold", "cold NOTICE", "cold n1", about(deeds.Cold, _N), knows=VOICE),
    Verb(
        "acknowledges",
        "acknowledges NAME",
        "acknowledges n1",
        about(deeds.Acknowledge, *SEEN_BY_ALL),
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
        about(deeds.Proceed, _N),
        knows=VOICE,
        needs=BECAUSE,
    ),
    Verb(
        "calls stop",
        "calls stop at POSITION basis own-forces|civilians|aircraft|unsure [seen TEXT] [drill NAME]",
        "calls stop at 35.26N 40.13E basis own-forces as s8",
        _calls_stop,
        knows=TO | NAMED,
        makes="stop",
    ),
    Verb(
        "calls distress",
        "calls distress at POSITION who aircraft|vessel|people|unsure [seen TEXT] [drill NAME]",
        "calls distress at 35.26N 40.13E who aircraft as d8",
        _calls_distress,
        knows=TO | NAMED,
        makes="distress",
    ),
    Verb(
        "repeats stop", "repeats stop NAME", "repeats stop s1", about(deeds.RepeatAlarm, "stop"), knows=VOICE
    ),
    Verb(
        "repeats distress",
        "repeats distress NAME",
        "repeats distress d1",
        about(deeds.RepeatAlarm, "distress"),
        knows=VOICE,
    ),
    Verb(
        "renews stop",
        "renews stop NAME OUTCOME",
        'renews stop s1 "stopped at 13:32Z"',
        _renews,
        knows=VOICE,
    ),
    Verb("closes stop", "closes stop NAME", "closes stop s1", about(deeds.CloseAlarm, "stop"), knows=VOICE),
    Verb(
        "closes distress",
        "closes distress NAME",
        "closes distress d1",
        about(deeds.CloseAlarm, "distress"),
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
        alone(deeds.CallCheck),
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
    Verb("reads-back", "reads-back NAME", "reads-back g1", about(deeds.ReadBack, "signal"), knows=VOICE),
    Verb(
        "answers signal",
        "answers signal NAME CODE [SLOT=VALUE]",
        "answers signal g1 stand-by time=13:40",
        _answers_signal,
        knows=VOICE,
    ),
)
"""In the order of the reference. Verbs with one opening share one reader."""
