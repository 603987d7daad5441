# SPDX-License-Identifier: Apache-2.0
"""A whole set of annexes to start from: what past mechanisms publicly agreed, and our proposals for the rest.

Each value is marked as a public fact with its source or as a proposal. ``voice-line-only`` is what most lines
are today: no gate, no deadline, no ladder, no written STOP; a call reaches the desk when the usual contact is
there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from steerclear.errors import BadInput
from steerclear.mechanism.annexes import SURVIVES_SUSPENSION
from steerclear.mechanism.classes import STANDING_RESPONSE
from steerclear.model.annex import Annex, AnnexName, Mark, Standing, Terms
from steerclear.model.member import DeskName, MemberId
from steerclear.model.notice import NoticeKind
from steerclear.model.response import Ladder, Rung, RungSort
from steerclear.model.terms import (
    Clause,
    Clauses,
    CommChecks,
    Disclosure,
    DisclosureRow,
    Frequencies,
    Frequency,
    Incidents,
    KindTerms,
    Level,
    NoticeTerms,
    ProtectedSites,
    Response,
    SafetyFloor,
    Separation,
    Succession,
    Theatre,
)
from steerclear.model.time import Instant

__all__ = ["NAMES", "template"]

_HOUR: Final = 3_600
_DAY: Final = 86_400
_TERMINATION_S: Final = 30 * _DAY

_US_RUSSIA: Final = "US-Russia memorandum on flight safety in Syria, 20 October 2015, as reported"
_SYRIA: Final = "Turkey-Israel technical channel hosted in Baku, from 9 April 2025, as reported"

_RUNGS: Final = (
    Rung(RungSort.RELAY, "watch officer"),
    Rung(RungSort.MAY_ACT, "battle director"),
    Rung(RungSort.MAY_ACT, "commander"),
)

_PROPOSAL: Final = Mark("*", Standing.PROPOSAL, None)


def template(name: str, *, parties: Sequence[str], host: str | None) -> tuple[Annex, ...]:
    """The annexes of a known mechanism, version 1. Raises ``BadInput`` (``template-unknown``)."""
    made = _TEMPLATES.get(name)
    if made is None:
        raise BadInput(
            "template-unknown",
            f"There is no template “{name[:40]}”.",
            remedy=f"Use one of {', '.join(NAMES)}.",
        )
    members = tuple(MemberId(party) for party in parties)
    return tuple(_annex(terms, members, marks) for terms, marks in made(members, host))


_Marked = tuple[Terms, tuple[Mark, ...]]


def _annex(terms: Terms, parties: tuple[MemberId, ...], marks: tuple[Mark, ...]) -> Annex:
    name = AnnexName(_CLAUSES_OF[terms.clauses[0].title] if isinstance(terms, Clauses) else terms.IS)
    return Annex(name, 1, parties, Instant(0), _TERMINATION_S, terms, marks)


def _fact(field: str, source: str) -> Mark:
    return Mark(field, Standing.FACT, source)


def _syria_2025(parties: tuple[MemberId, ...], host: str | None) -> Sequence[_Marked]:
    desks = ("air", "ground", "sea")
    hidden = (NoticeKind.FLIGHT, NoticeKind.TRANSIT, NoticeKind.OWN_PRESENCE, NoticeKind.DRONE)
    closed = tuple(DisclosureRow(kind, None, Level.L1) for kind in hidden)
    return (
        (
            Theatre(None, (), (), ()),
            (_PROPOSAL, _fact("off_limits", f"{_SYRIA}: off-limits areas reported, not public")),
        ),
        (_notices(hazard_lead_s=_HOUR), (_PROPOSAL,)),
        (Separation(5_000_000, 1_000, 300, ()), (_PROPOSAL,)),
        (_response(parties, desks), (_PROPOSAL,)),
        (_checks(parties, host), (_PROPOSAL, _fact("caller", f"{_SYRIA}: a neutral host"))),
        (
            Disclosure(Level.L0, closed),
            (_PROPOSAL, _fact("rows", f"{_SYRIA}: radars and routes are what neither side will disclose")),
        ),
        (_channels("a 24/7 line through the host"), (_PROPOSAL, _fact("channels", f"{_SYRIA}: a 24/7 line"))),
        *_common(host),
    )


def _us_russia_2015(parties: tuple[MemberId, ...], host: str | None) -> Sequence[_Marked]:
    return (
        (Theatre(None, (), (), ()), (_PROPOSAL,)),
        (_notices(hazard_lead_s=_HOUR // 2), (_PROPOSAL,)),
        (
            Separation(5_556_000, 1_000, 300, ()),
            (_PROPOSAL, _fact("lateral_mm", f"{_US_RUSSIA}: “at least 3 nautical miles” quoted in 2023")),
        ),
        (
            _response(parties, ("air", "ground")),
            (_PROPOSAL, _fact("ladders", f"{_US_RUSSIA}: a separate ground cell since summer 2017")),
        ),
        (_checks(parties, host), (_PROPOSAL,)),
        (
            Disclosure(Level.L0, (DisclosureRow(NoticeKind.OWN_PRESENCE, None, Level.L1),)),
            (_PROPOSAL, _fact("rows", f"{_US_RUSSIA}: zones, intelligence and targets were not shared")),
        ),
        (
            _channels("a line on the ground as back-up, 24/7, between two air operations centres"),
            (_PROPOSAL, _fact("channels", f"{_US_RUSSIA}: agreed frequencies; a line on the ground")),
        ),
        *_common(host),
    )


def _voice_line_only(_parties: tuple[MemberId, ...], _host: str | None) -> Sequence[_Marked]:
    bare = Response(
        written_stop=False,
        classes=(),
        ladders=(),
        outcome_s=0,
        renew_s=0,
        close_s=0,
        ownership_s=0,
        screening_s=0,
        join_within_mm=0,
        join_within_s=0,
    )
    one_telephone = _fact("channels", f"{_US_RUSSIA}: four linguists, two workstations, one telephone")
    return (
        (NoticeTerms((), (), ()), (_PROPOSAL,)),
        (bare, (_PROPOSAL,)),
        (_channels("the telephone"), (_PROPOSAL, one_telephone)),
    )


_TEMPLATES: Final[dict[str, Callable[[tuple[MemberId, ...], str | None], Sequence[_Marked]]]] = {
    "syria-2025": _syria_2025,
    "us-russia-2015": _us_russia_2015,
    "voice-line-only": _voice_line_only,
}

NAMES: Final = tuple(_TEMPLATES)


def _notices(*, hazard_lead_s: int) -> NoticeTerms:
    rows = (
        (NoticeKind.HAZARD, hazard_lead_s, 2_000, _DAY),
        (NoticeKind.FLIGHT, _HOUR // 2, 50_000, _DAY),
        (NoticeKind.TRANSIT, _HOUR, 50_000, _DAY),
        (NoticeKind.KEEP_OUT, _HOUR, 5_000, 30 * _DAY),
        (NoticeKind.OWN_PRESENCE, 0, 2_000, 30 * _DAY),
        (NoticeKind.MOVEMENT, 48 * _HOUR, None, 3 * _DAY),
        (NoticeKind.SITE, 0, 100, None),
        (NoticeKind.WORKS, 24 * _HOUR, 500, 14 * _DAY),
        (NoticeKind.EXERCISE, 72 * _HOUR, 20_000, 14 * _DAY),
        (NoticeKind.EMISSION, _HOUR, 20_000, _DAY),
        (NoticeKind.LAUNCH, 6 * _HOUR, 20_000, _DAY),
        (NoticeKind.DRONE, _HOUR // 2, 10_000, _DAY),
        (NoticeKind.RESCUE, 0, None, _DAY),
    )
    return NoticeTerms(tuple(KindTerms(*row) for row in rows), (), ())


def _response(parties: tuple[MemberId, ...], desks: Sequence[str]) -> Response:
    ladders = tuple(Ladder(party, DeskName(desk), _RUNGS) for party in parties for desk in desks)
    return replace(STANDING_RESPONSE, ladders=ladders)


def _checks(parties: tuple[MemberId, ...], host: str | None) -> CommChecks:
    """Two a day, called by the host, or by the first party where there is none."""
    return CommChecks(MemberId(host or parties[0]), (9 * 60, 16 * 60), 15 * 60, 30 * 60, 2)


def _channels(use: str) -> Frequencies:
    return Frequencies((Frequency("line", "to be agreed", use, None),), 30 * _DAY)


_CLAUSES_OF: Final = {
    "Rescue": "rescue",
    "Civil traffic": "civil",
    "Standstill": "standstill",
    "Communiqué": "communique",
    "Statistics": "statistics",
    "Words": "vocabulary",
}


def _common(host: str | None) -> Sequence[_Marked]:
    """What every full template shares; all of it our proposal."""
    terms: tuple[Terms, ...] = (
        ProtectedSites(90 * _DAY),
        Incidents(_DAY, 7 * _DAY),
        SafetyFloor(tuple(sorted(SURVIVES_SUSPENSION))),
        Succession(15 * 60, None, None if host is None else Level.L3P),
        _clause(
            "Rescue",
            "Rescue is announced at once, is unarmed or armed for its own defence, and is let through.",
        ),
        _clause(
            "Civil traffic",
            "Who files a hazard that touches civil use offers the notice to the civil authority.",
        ),
        _clause(
            "Standstill",
            "A standstill names area, acts and time; both sides pass it on before it takes effect.",
        ),
        _clause("Communiqué", "Nothing is said in common but what all have agreed to say."),
        _clause("Statistics", "Monthly totals are shared; each side sees its own in full."),
        _clause("Words", "Codes of the catalogue in English; free text carries no safety meaning."),
    )
    return tuple((one, (_PROPOSAL,)) for one in terms)


def _clause(title: str, text: str) -> Clauses:
    return Clauses((Clause(title, text),))
