# SPDX-License-Identifier: Apache-2.0
"""What can a notice do instead, how much change is that, and how far was looked?

A change costs the sum of its parts, each in units of ``Weights``: an hour later costs as much as 4,000 ft
higher, 20 km aside, or two fifths of the area. That is our proposal; whoever flies it may weigh otherwise.
What is not offered is answered too, with the reason and the limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from steerclear.geometry.shifts import Arrow
from steerclear.model.notice import Notice

__all__ = [
    "DAY_S",
    "HIGHEST_OFFERED_FT",
    "BandShift",
    "BothShift",
    "Change",
    "Limits",
    "NotOffered",
    "Offer",
    "PlaceShift",
    "Ranked",
    "TimeShift",
    "Trimmed",
    "Way",
    "Weights",
    "Why",
    "ranked",
]

DAY_S: Final = 86_400
HIGHEST_OFFERED_FT: Final = 60_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How far is looked.

    ``earlier_s``, ``later_s``  seconds before and after the present start
    ``earliest_s``              UTC seconds; nobody can take a start that has passed. ``None``: any
    ``lowest_ft``, ``highest_ft``  for every limit of height, unless the notice itself lies beyond
    ``place_m``                 metres to any side
    ``kept_share``              the least share of the area of every volume that must be left
    """

    earlier_s: int = DAY_S
    later_s: int = DAY_S
    earliest_s: int | None = None
    lowest_ft: int = 0
    highest_ft: int = HIGHEST_OFFERED_FT
    place_m: int = 50_000
    kept_share: float = 0.5


@dataclass(frozen=True, slots=True)
class Weights:
    """So much of each is one unit of change; all above 0."""

    start_s: int = 900
    altitude_ft: int = 1_000
    place_m: int = 5_000
    area_share: float = 0.1


class Way(Enum):
    """In which respect a notice changes."""

    START = "start"
    ALTITUDE = "altitude"
    BOTH = "start-and-altitude"
    PLACE = "place"
    AREA = "area"


class Why(Enum):
    """Why a way out is not offered."""

    NONE_WITHIN = "none-within-the-limits"
    NOT_NEARER = "one-of-the-two-alone-is-nearer"
    SITE = "a-site-stays-where-it-is"
    MOVES = "timed-legs-are-not-trimmed"
    TOO_LARGE = "too-large-for-the-plane-of-the-search"


@dataclass(frozen=True, slots=True)
class TimeShift:
    """``shift_s`` is how much later (negative: earlier) all volumes start; ``notice`` is the shifted one."""

    shift_s: int
    notice: Notice


@dataclass(frozen=True, slots=True)
class BandShift:
    """``shift_ft`` is how much higher (negative: lower) all bands lie; ``notice`` is the shifted one."""

    shift_ft: int
    notice: Notice


@dataclass(frozen=True, slots=True)
class BothShift:
    """Later by ``shift_s`` and higher by ``shift_ft``; one of them may be 0."""

    shift_s: int
    shift_ft: int
    notice: Notice


@dataclass(frozen=True, slots=True)
class PlaceShift:
    """The whole notice at the end of an arrow from its middle; ``geometry.placed`` says what that means."""

    arrow: Arrow
    notice: Notice


@dataclass(frozen=True, slots=True)
class Trimmed:
    """The same notice over a smaller area: the least share of any volume's area that is left, 0 to 1."""

    kept_share: float
    notice: Notice


Change = TimeShift | BandShift | BothShift | PlaceShift | Trimmed


@dataclass(frozen=True, slots=True)
class NotOffered:
    """An answer: no such way out, why, and how far was looked."""

    way: Way
    why: Why
    limits: Limits


@dataclass(frozen=True, slots=True)
class Offer:
    """One way out; ``cost`` in units of change."""

    way: Way
    change: Change
    cost: float


@dataclass(frozen=True, slots=True)
class Ranked:
    """The offers, least change first, and each way that is not offered. Every way stands in one of the two.

    ``is_clear``: the notice keeps clear as it stands, so nothing was looked for and both are empty.
    """

    offers: tuple[Offer, ...] = ()
    not_offered: tuple[NotOffered, ...] = ()
    is_clear: bool = field(default=False, kw_only=True)


def ranked(answers: dict[Way, Change | NotOffered], weights: Weights) -> Ranked:
    """Least change first; in a tie in the order of ``Way``."""
    offers = [
        Offer(way, answer, _cost(answer, weights))
        for way, answer in answers.items()
        if not isinstance(answer, NotOffered)
    ]
    order = list(Way)
    return Ranked(
        tuple(sorted(offers, key=lambda offer: (offer.cost, order.index(offer.way)))),
        tuple(answer for answer in answers.values() if isinstance(answer, NotOffered)),
    )


def _cost(change: Change, weights: Weights) -> float:
    match change:
        case TimeShift():
            return abs(change.shift_s) / weights.start_s
        case BandShift():
            return abs(change.shift_ft) / weights.altitude_ft
        case BothShift():
            return abs(change.shift_s) / weights.start_s + abs(change.shift_ft) / weights.altitude_ft
        case PlaceShift():
            return change.arrow.distance_m / weights.place_m
        case Trimmed():
            return (1 - change.kept_share) / weights.area_share
