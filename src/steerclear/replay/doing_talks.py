# SPDX-License-Identifier: Apache-2.0
"""Which words does a play have for civil traffic, concerns, findings, meetings and what is said in public?"""

from __future__ import annotations

from typing import Final, get_args, get_type_hints

from steerclear.replay import deeds
from steerclear.replay.verbs import BECAUSE, NAMED, TO, Verb, about, alone
from steerclear.replay.words import Words

__all__ = ["OF_TALKS"]

_FORMS: Final = get_args(get_type_hints(deeds.OfferCivil)["form"])
_ACTS: Final = get_args(get_type_hints(deeds.AnswerCivil)["act"])
_ABOUT_ALARMS: Final = get_args(get_type_hints(deeds.AnswerTrackAlarm)["act"])


def _texts(words: Words, what: str) -> tuple[str, ...]:
    """One text or several, with commas between them."""
    found = [words.quoted(what)]
    while words.take(","):
        found.append(words.quoted(what))
    return tuple(found)


# -- civil traffic, concerns, findings ---------------------------------------------------------------


def _offers_civil(words: Words) -> deeds.OfferCivil:
    notice = words.thing("notice")
    form = words.choice("a form", _FORMS)
    contact = words.quoted("the contact, as the annex names it")
    return deeds.OfferCivil(notice, form, contact, words.quoted("the text"))  # type: ignore[arg-type]  # one of them


def _answers_civil(words: Words) -> deeds.AnswerCivil:
    notice, act = words.thing("notice"), words.choice("what is done", _ACTS)
    flight = words.quoted("the flight, as it calls itself") if words.take("flight") else None
    return deeds.AnswerCivil(notice, act, flight)  # type: ignore[arg-type]  # choice() gave one of them


def _answers_alarm(words: Words) -> deeds.AnswerTrackAlarm:
    alarm, act = words.thing("track-alarm"), words.choice("what is done", _ABOUT_ALARMS)
    return deeds.AnswerTrackAlarm(alarm, act)  # type: ignore[arg-type]  # choice() gave one of them


def _raises_concern(words: Words) -> deeds.RaiseConcern:
    site, text = words.thing("site"), words.quoted("what is alleged")
    words.expect("by")
    return deeds.RaiseConcern(site, text, words.instant("when a reply is asked for"))


def _replies_concern(words: Words) -> deeds.ReplyConcern:
    return deeds.ReplyConcern(words.thing("concern"), words.quoted("the reply"))


def _puts_finding(words: Words) -> deeds.PutFinding:
    return deeds.PutFinding(words.thing("incident"), words.quoted("the point"))


def _agrees_finding(words: Words) -> deeds.AnswerFinding:
    return deeds.AnswerFinding(words.thing("finding"), agrees=True, text=words.quoted("why"))


def _disputes_finding(words: Words) -> deeds.AnswerFinding:
    return deeds.AnswerFinding(words.thing("finding"), agrees=False, text=words.quoted("why"))


# -- meetings, and what is said in public --------------------------------------------------------------


def _convenes(words: Words) -> deeds.Convene:
    title = words.quoted("what it is about")
    starts_at, ends_at = words.window()
    where = words.quoted("the room or the line") if words.take("in") else None
    agenda = _texts(words, "a point of the agenda") if words.take("agenda") else ()
    return deeds.Convene(title, starts_at, ends_at, where, agenda)


def _minutes(words: Words) -> deeds.WriteMinutes:
    return deeds.WriteMinutes(words.thing("meeting"), _texts(words, "a point of the minutes"))


def _gives_action(words: Words) -> deeds.GiveAction:
    meeting, owner = words.thing("meeting"), words.member()
    words.expect("by")
    return deeds.GiveAction(
        meeting, owner, words.instant("when it is due"), words.quoted("what is to be done")
    )


def _settles_action(words: Words) -> deeds.SettleAction:
    return deeds.SettleAction(words.thing("action"), words.quoted("what was done"))


def _proposes_communique(words: Words) -> deeds.ProposeCommunique:
    return deeds.ProposeCommunique(_texts(words, "a paragraph"))


def _agrees_communique(words: Words) -> deeds.AgreeCommunique:
    communique = words.thing("communique")
    numbers = [words.number("the number of a paragraph")]
    while (text := words.peek()) is not None and text.isdigit():
        numbers.append(words.number("the number of a paragraph"))
    return deeds.AgreeCommunique(communique, tuple(numbers))


def _waives(words: Words) -> deeds.Waive:
    duty = words.word("what is owed")
    words.expect("of")
    thing = words.thing()
    words.expect("for")
    return deeds.Waive(duty, thing, words.member())


OF_TALKS: Final[tuple[Verb, ...]] = (
    Verb(
        "offers civil",
        "offers civil NOTICE notam|cap|navarea|voice CONTACT TEXT",
        'offers civil n1 notam "OSTT FIC" "danger area active below 20000 ft"',
        _offers_civil,
    ),
    Verb(
        "declines civil",
        "declines civil NOTICE because TEXT",
        'declines civil n1 because "below every route"',
        about(deeds.DeclineCivil, "notice"),
        needs=BECAUSE,
    ),
    Verb(
        "answers civil",
        "answers civil NOTICE held|atc-warned|cannot [flight TEXT] [because TEXT]",
        'answers civil n1 atc-warned flight "MEDIC 12"',
        _answers_civil,
        knows=BECAUSE,
    ),
    Verb(
        "answers alarm",
        "answers alarm NAME ACT [because TEXT]",
        'answers alarm w1 turned-away because "the crew had misread the chart"',
        _answers_alarm,
        knows=BECAUSE,
    ),
    Verb(
        "raises concern",
        "raises concern SITE TEXT by TIME",
        'raises concern h1 "vehicles stand in its yard" by 18:00 as o8',
        _raises_concern,
        knows=NAMED,
        makes="concern",
    ),
    Verb(
        "replies concern",
        "replies concern NAME TEXT",
        'replies concern o1 "ambulances, since the morning"',
        _replies_concern,
    ),
    Verb(
        "puts finding",
        "puts finding INCIDENT TEXT",
        'puts finding i1 "two aircraft" as f8',
        _puts_finding,
        knows=NAMED,
        makes="finding",
    ),
    Verb("agrees finding", "agrees finding NAME TEXT", 'agrees finding f1 "so we saw it"', _agrees_finding),
    Verb(
        "disputes finding",
        "disputes finding NAME TEXT",
        'disputes finding f1 "there was one"',
        _disputes_finding,
    ),
    Verb(
        "convenes",
        "convenes TEXT WINDOW [in TEXT] [agenda TEXT[, TEXT]]",
        'convenes "joint review" 15:00..16:00 in "the host\'s house" agenda "n1", "the line" as t8 to RUS',
        _convenes,
        knows=TO | NAMED,
        makes="meeting",
    ),
    Verb(
        "minutes",
        "minutes MEETING TEXT[, TEXT]",
        'minutes t1 "all came", "the line is tested at noon" as u8',
        _minutes,
        knows=NAMED,
        makes="minutes",
    ),
    Verb("signs minutes", "signs minutes NAME", "signs minutes u1", about(deeds.SignMinutes, "minutes")),
    Verb(
        "gives action",
        "gives action MEETING MEMBER by TIME TEXT",
        'gives action t1 RUS by 20:00 "draw the line" as j8',
        _gives_action,
        knows=NAMED,
        makes="action",
    ),
    Verb("settles action", "settles action NAME TEXT", 'settles action j1 "it is drawn"', _settles_action),
    Verb(
        "proposes communique",
        "proposes communique TEXT[, TEXT]",
        'proposes communique "the two sides met" as y8',
        _proposes_communique,
        knows=NAMED,
        makes="communique",
    ),
    Verb(
        "agrees communique",
        "agrees communique NAME NUMBER [NUMBER]",
        "agrees communique y1 1",
        _agrees_communique,
    ),
    Verb(
        "waives",
        "waives DUTY of NAME for MEMBER [because TEXT]",
        'waives dissemination of n1 for RUS because "nobody of theirs is near"',
        _waives,
        knows=BECAUSE,
    ),
    Verb(
        "ends mechanism",
        "ends mechanism because TEXT",
        'ends mechanism because "another takes its place"',
        alone(deeds.EndMechanism),
        needs=BECAUSE,
    ),
)
"""In the order of the reference."""
