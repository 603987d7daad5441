# SPDX-License-Identifier: Apache-2.0
"""Which pairs are compared blind, at which level, and under which values of the annex?

A pair is compared blind as soon as either of the two may file blind toward the other; then every live notice
of both is in its one set, open ones too, so that none falls between two levels. The pair's level is the most
closed one that either may use. While two versions of an annex bind, nothing is compared: Undetermined.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from itertools import product
from typing import Final

from steerclear.blind.cover import Dilation
from steerclear.blind.grid import GRID_VERSION, Grid, day_of
from steerclear.blind.tokens import PairDay
from steerclear.errors import BadInput
from steerclear.mechanism.annexes import BindingSeparation
from steerclear.mechanism.notices import NoticeRecord
from steerclear.mechanism.view import View
from steerclear.model.annex import AnnexName
from steerclear.model.notice import Domain, NoticeKind
from steerclear.model.terms import BlindTerms, Disclosure, Level, Separation, Succession
from steerclear.model.time import Instant

__all__ = [
    "MOST_SLOTS_A_DAY",
    "PairTerms",
    "digest_of_day",
    "is_blind",
    "pairs_of",
    "terms_of",
    "terms_of_check",
]

MOST_SLOTS_A_DAY: Final = 1 << 16
"""Of one side, whatever the annex allows: a larger list would not fit into a sealed statement."""

_FRESH_TICKS: Final = 3
_LONGEST_HORIZON_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class PairTerms:
    """How one pair is compared now. ``why_not``: nothing can be, because of this."""

    pair: tuple[str, str]
    level: Level
    values: BlindTerms
    separation: BindingSeparation | None
    why_not: str | None
    host_gone_ms: int | None = None
    """After so long a silence of the host a check goes on without it (L3p); ``None``: it waits."""

    @property
    def tick_ms(self) -> int:
        return self.values.tick_s * 1_000

    @property
    def fresh_s(self) -> int:
        """So old the newest finished round may be before *nothing met* is no answer any more."""
        return _FRESH_TICKS * self.values.tick_s

    @property
    def grid(self) -> Grid:
        return Grid(self.values.step_minutes * 60)

    @property
    def cap_slots(self) -> int:
        return min(self.grid.slots_within(self.values.cap_km2_ft_h), MOST_SLOTS_A_DAY)

    def days(self, now: Instant) -> range:
        """The UTC days that are compared."""
        today = day_of(now // 1_000)
        return range(today, today + self.values.horizon_days)

    def pair_day(self, mechanism: str, day: int, attempt: int) -> PairDay:
        assert self.separation is not None  # noqa: S101 - else ``why_not`` says so, and nobody asks
        return PairDay(
            mechanism, self.pair, self.separation.content, GRID_VERSION, self.grid.step_arc_s, day, attempt
        )

    def dilation(self, kind: NoticeKind, domain: Domain | None) -> Dilation:
        """Half of the largest minimum that this kind has against any, in any domain."""
        assert self.separation is not None  # noqa: S101 - as above
        separation = self.separation
        return Dilation.half_of(
            separation.minima(kind, other, domain, where)
            for other, where in product(NoticeKind, (None, *Domain))
        )

    def other(self, me: str) -> str:
        first, second = self.pair
        return second if me == first else first


def pairs_of(view: View, now: Instant) -> tuple[PairTerms, ...]:
    """Every pair that is compared blind now, in order."""
    parties = view.parties
    pairs = ((one, other) for one in parties for other in parties if one < other)
    found = (terms_of(view, pair, now) for pair in pairs)
    return tuple(terms for terms in found if terms is not None)


def terms_of(view: View, pair: tuple[str, str], now: Instant) -> PairTerms | None:
    """``None``: neither may file blind toward the other, and the pair is not compared so."""
    bound = view.annexes.binding(AnnexName.DISCLOSURE, now)
    versions = [annex.terms for annex in bound if isinstance(annex.terms, Disclosure)]
    levels = [one.level(kind, member) for one in versions for kind in NoticeKind for member in pair]
    level = max(levels, key=lambda one: one.closedness, default=Level.L0)
    values = next((one.blind for one in versions if one.blind is not None), None)
    if values is None or level.closedness < Level.L2.closedness:
        return None
    separation = view.annexes.separation(now)
    why_not = _why_not(view, versions, level, values, separation)
    return PairTerms(pair, level, values, separation, why_not, _host_gone_ms(view, level, now))


def _host_gone_ms(view: View, level: Level, now: Instant) -> int | None:
    """As the succession annex says; without one nobody has agreed to go on without the host."""
    bound = [annex.terms for annex in view.annexes.binding(AnnexName.SUCCESSION, now)]
    waits = [terms.host_gone_after_s for terms in bound if isinstance(terms, Succession)]
    return max(waits) * 1_000 if waits and level is not Level.L3P else None


def terms_of_check(view: View, pair_day: PairDay, level: Level) -> PairTerms | None:
    """What a check of the past was made under: minima and grid that its own names are bound to.

    ``None``: the record knows no separation annex with that hash.
    """
    for proposal in view.annexes.proposals:
        if proposal.content == pair_day.annex and isinstance(proposal.annex.terms, Separation):
            separation = BindingSeparation(proposal.content, (proposal.annex.terms,))
            values = BlindTerms(0, 0, 0, pair_day.step_arc_s // 60)
            return PairTerms(pair_day.parties, level, values, separation, None)
    return None


def _why_not(
    view: View,
    versions: list[Disclosure],
    level: Level,
    values: BlindTerms,
    separation: BindingSeparation | None,
) -> str | None:
    if separation is None:
        return "no separation annex is in force"
    if len(separation.versions) > 1:
        return "the separation annex is changing"
    if len(versions) > 1:
        return "the disclosure annex is changing"
    if not values.tick_s or not 0 < values.horizon_days <= _LONGEST_HORIZON_DAYS:
        return f"the annex names no tick, or no horizon of 1 to {_LONGEST_HORIZON_DAYS} days"
    if level is not Level.L3P and view.host is None:
        return f"{level.value} needs a host, and there is none"
    try:
        Grid(values.step_minutes * 60)
    except BadInput as error:
        return error.what
    return "the annex names the grid of protected sites" if values.step_minutes * 60 == 15 else None


def is_blind(view: View, record: NoticeRecord) -> bool:
    """Is it kept from the host? Then nobody compares it but blind."""
    return view.host is not None and not record.newest.said.is_readable_by(view.host)


def digest_of_day(pair_day: PairDay) -> bytes:
    """How the messages of a check name it."""
    return sha256(pair_day.prefix).digest()
