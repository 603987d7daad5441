# SPDX-License-Identifier: Apache-2.0
"""Which words does a play have for sites, movements, standstill, annexes and incidents?"""

from __future__ import annotations

from typing import Final, get_args

from steerclear.errors import BadInput
from steerclear.replay import deeds
from steerclear.replay.script import SiteCategory
from steerclear.replay.shapes import read_footprint, read_near, read_position
from steerclear.replay.verbs import BECAUSE, NAMED, TO, VOICE, Verb, about, alone
from steerclear.replay.words import Words

__all__ = ["OF_AFFAIRS"]


# -- sites and movements ------------------------------------------------------------------------------


def _registers_site(words: Words) -> deeds.RegisterSite:
    category = words.choice("what is protected", get_args(SiteCategory))
    name = words.quoted("the name of the site")
    return deeds.RegisterSite(category, name, read_footprint(words), read_near(words))  # type: ignore[arg-type]  # one


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


OF_AFFAIRS: Final[tuple[Verb, ...]] = (
    Verb(
        "registers site",
        "registers site CATEGORY TEXT circle|polygon|corridor … [near PLACE]",
        'registers site hospital "the hospital" circle 35.33N 40.14E 200m near OSDZ as h8 to RUS',
        _registers_site,
        knows=TO | NAMED,
        makes="site",
    ),
    Verb("renews site", "renews site NAME", "renews site h1", about(deeds.RenewSite, "site")),
    Verb("ends site", "ends site NAME", "ends site h1", about(deeds.EndSite, "site")),
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
        about(deeds.AcceptStandstill, "standstill"),
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
    Verb("ratifies annex", "ratifies annex NAME", "ratifies annex a1", about(deeds.RatifyAnnex, "annex")),
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
        about(deeds.WithdrawAnnex, "annex"),
        needs=BECAUSE,
    ),
    Verb(
        "suspends",
        "suspends because TEXT",
        'suspends because "a decision of the capital"',
        alone(deeds.Suspend),
        needs=BECAUSE,
    ),
    Verb("resumes", "resumes", "resumes", alone(deeds.Resume)),
    Verb("takes-watch", "takes-watch [unrelieved]", "takes-watch unrelieved", _takes_watch),
    Verb("hands-over", "hands-over", "hands-over", alone(deeds.HandOver)),
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
        about(deeds.CloseIncident, "incident"),
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
        about(lambda named: deeds.AnswerViolation(named, "contest"), "violation"),
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
        about(lambda named: deeds.DecideConflict(named, accepts=True), "conflict"),
    ),
    Verb(
        "declines conflict",
        "declines conflict NAME because TEXT",
        'declines conflict c1 because "the window is fixed"',
        about(lambda named: deeds.DecideConflict(named, accepts=False), "conflict"),
        needs=BECAUSE,
    ),
    Verb(
        "closes conflict",
        "closes conflict NAME because TEXT",
        'closes conflict c1 because "both have moved"',
        about(deeds.CloseConflict, "conflict"),
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
    Verb("ends drill", "ends drill NAME", "ends drill r1", about(deeds.EndDrill, "drill")),
)
"""In the order of the reference."""
