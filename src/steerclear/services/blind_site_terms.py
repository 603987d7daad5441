# SPDX-License-Identifier: Apache-2.0
"""Under which values is a notice held against sites that nobody shows, whom is it asked, and what is refused?

    filed ──► may it harm? ──► asked of each member that may hold sites ──► undetermined until answered

A check is asked for a filed, signed notice of the asker's log alone, under the annexes in force, on its day,
and within the caps. Holder and host judge each ask by themselves and by the same words; both count what the
asks before it took, so a check that one of them refuses is refused whatever the asker's node thinks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from steerclear.blind.grid import GRID_VERSION, day_of
from steerclear.blind.site_check import require_sizes, site_pair
from steerclear.blind.tokens import PairDay
from steerclear.errors import Refused
from steerclear.mechanism.annexes import BindingSeparation
from steerclear.mechanism.bodies import BlindSiteAsk, BlindSiteStop, NoticeContent
from steerclear.mechanism.judge import effective
from steerclear.mechanism.quality import HARMS
from steerclear.mechanism.said import Said, order_of
from steerclear.mechanism.view import View
from steerclear.model.annex import AnnexName, annex_hash
from steerclear.model.member import Role
from steerclear.model.notice import NoticeKind
from steerclear.model.terms import ProtectedSites, SiteCheck
from steerclear.model.time import Instant

__all__ = [
    "CAP", "SiteTerms", "asks", "holders", "is_checked", "require_ask", "site_day", "site_terms", "spent",
    "stops", "unasked", "widened_mm",
]  # fmt: skip

CAP: Final = "blind-site-cap"
_LATE_MS: Final = 600_000
"""So long after midnight an ask of the day before is still taken."""
_NO_SEPARATION: Final = "0" * 64


@dataclass(frozen=True, slots=True)
class SiteTerms:
    """``annex``: what asks name; ``why_not``: nothing can be asked, because of this."""

    check: SiteCheck
    annex: str
    separation: BindingSeparation | None
    why_not: str | None


def site_terms(view: View, now: Instant) -> SiteTerms | None:
    """``None``: no annex in force has notices held against sites."""
    bound = view.annexes.binding(AnnexName.PROTECTED_SITES, now)
    agreed = [one.terms.check for one in bound if isinstance(one.terms, ProtectedSites) and one.terms.check]
    if not agreed:
        return None
    separation = view.annexes.separation(now)
    content = separation.content if separation is not None else _NO_SEPARATION
    changing = len(bound) > 1 or (separation is not None and len(separation.versions) > 1)
    why_not = "the annex of protected sites, or of separation, is changing" if changing else None
    if view.host is None:
        why_not = "there is no host that compares"
    named = sha256(f"{annex_hash(bound[0])} {content}".encode()).hexdigest()
    return SiteTerms(agreed[0], named, separation, why_not)


def is_checked(notice: NoticeContent) -> bool:
    """May it harm whoever is on the ground?"""
    return notice.kind in HARMS


def widened_mm(terms: SiteTerms, notice: NoticeContent) -> int:
    """How far the annex of separation keeps this kind of notice from a site; 0 where it says nothing."""
    if terms.separation is None:
        return 0
    return terms.separation.minima(notice.kind, NoticeKind.SITE, notice.domain, None).lateral_mm


def holders(view: View) -> tuple[str, ...]:
    """Whom we ask: every other party, and every notifier that nobody carries.

    What a party carries for a notifier is in its own list.
    """
    return tuple(
        member
        for member, role in view.roles.items()
        if member not in (view.me, view.host)
        and (role is Role.PARTY or (role is Role.NOTIFIER and member not in view.book.carried_by))
    )


def unasked(view: View) -> tuple[str, ...]:
    """Those whose sites the host carries: it would hold what it compares."""
    return tuple(member for member, by in view.book.carried_by.items() if by == view.host)


def asks(view: View) -> tuple[Said[BlindSiteAsk], ...]:
    """Every check that was asked for and that we were told of, as far as it counts."""
    return effective(view.book, view.book.of_kind("blind.site-ask"))


def stops(view: View, ask: str) -> tuple[Said[BlindSiteStop], ...]:
    """Who goes on no further with it."""
    return effective(view.book, view.book.about(ask, BlindSiteStop))


def site_day(mechanism: str, asker: str, ask: BlindSiteAsk) -> PairDay:
    """What its names of columns are bound to."""
    bound = sha256(f"{ask.annex} {ask.notice} {asker}".encode()).hexdigest()
    return site_pair(mechanism, asker, ask.holder, bound, ask.day)


def spent(
    view: View, asker: str, holder: str, day: int, before: Said[BlindSiteAsk] | None
) -> tuple[int, int]:
    """Areas and columns that the asks of a day took, those that were refused for the cap excepted."""
    areas = columns = 0
    for one in _of_day(view, asker, holder, day):
        if before is not None and order_of(one) >= order_of(before):
            continue
        if all(stop.body.code != CAP for stop in stops(view, one.id)):
            areas += one.body.lists
            columns += one.body.lists * one.body.slots
    return areas, columns


def require_ask(view: View, terms: SiteTerms | None, ask: Said[BlindSiteAsk], now: Instant) -> SiteTerms:
    """What holder and host ask of an ask. Raises ``Refused``: ``blind-other-check``, ``blind-site-notice``,
    ``blind-count``, ``blind-site-cap``."""
    body = ask.body
    days = {day_of(now // 1_000), day_of((now - _LATE_MS) // 1_000)}
    if terms is None or terms.why_not or body.annex != terms.annex or body.day not in days:
        raise _other_check("another annex, or another day, than are in force here")
    if body.grid != GRID_VERSION or body.holder == ask.author or {*ask.to} != {body.holder, view.host}:
        raise _other_check("another grid, or others than its holder and the host")
    if view.book.author_of(body.notice) != ask.author:
        raise Refused(
            "blind-site-notice",
            "The check of protected sites names no notice that stands in the log of who asks.",
            remedy="File the notice; nobody is told of sites for an area that is not filed and signed.",
        )
    require_sizes(body.lists, body.slots)
    areas, columns = spent(view, ask.author, body.holder, body.day, ask)
    require_cap(terms, areas + body.lists, columns + body.lists * body.slots)
    return terms


def require_cap(terms: SiteTerms, areas: int, columns: int) -> None:
    """Raises ``Refused`` (``blind-site-cap``)."""
    if areas > terms.check.areas_a_day or columns > terms.check.columns_a_day:
        raise Refused(
            "blind-site-cap",
            f"{areas} areas with {columns:,} columns are more than one member may ask another in a day "
            f"({terms.check.areas_a_day} with {terms.check.columns_a_day:,}).",
            remedy="Ask its holder on the line, or agree on another cap; until then it is undetermined.",
        )


def _other_check(what: str) -> Refused:
    return Refused(
        "blind-other-check",
        f"The check of protected sites is under {what}.",
        remedy="Compare the annexes in force, and the version of the grid, on both sides.",
    )


def _of_day(view: View, asker: str, holder: str, day: int) -> Iterator[Said[BlindSiteAsk]]:
    for one in asks(view):
        if (one.author, one.body.holder, one.body.day) == (asker, holder, day):
            yield one
