# SPDX-License-Identifier: Apache-2.0
"""Which areas does a live picture watch? Agreed off-limits areas, what others filed, its own movements.

    theatre annexes that bind ──► off-limits areas: everybody keeps out
    live notices of a kind to be kept out of ──► all but their filer keep out, until it says cold
    a movement that a track is said to fly ──► that track keeps inside

Only what this node can read is watched: what is sealed from it is for whoever can read it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from steerclear.errors import BadInput
from steerclear.geometry.outline import outline_of
from steerclear.mechanism.bodies import AnnexMeant, NoticeMeant, TrackHolder, TrackSide
from steerclear.mechanism.notices import NoticeRecord, NoticeState
from steerclear.mechanism.view import View
from steerclear.model.annex import AnnexName, Theatre, annex_hash
from steerclear.model.finding import SeparationMinima
from steerclear.model.member import MemberId
from steerclear.model.notice import Domain, NoticeKind
from steerclear.model.space import Altitude, Band, Datum, Footprint, Volume
from steerclear.model.time import Instant, TimeSpan
from steerclear.tracking import Area

__all__ = ["LiveArea", "areas_of", "minima_of"]

KEPT_OUT_OF: Final = frozenset(
    {
        NoticeKind.HAZARD,
        NoticeKind.KEEP_OUT,
        NoticeKind.EXERCISE,
        NoticeKind.EMISSION,
        NoticeKind.LAUNCH,
        NoticeKind.DRONE,
    }
)
_TOP: Final = Altitude(100_000, Datum.AMSL)
_GROUND: Final = Altitude(0, Datum.AGL)
_A_DAY_S: Final = 86_400
_HOT: Final = (NoticeState.HOT, NoticeState.END_PASSED)
_NO_MINIMA: Final = SeparationMinima(0, 0, 0)


@dataclass(frozen=True, slots=True)
class LiveArea:
    """An area, whose it is, and what it concerns. ``keeps_inside``: the track that flies it, else none."""

    area: Area
    holder: TrackHolder
    meant: AnnexMeant | NoticeMeant
    keeps_inside: str | None = None


def minima_of(view: View, now: Instant) -> tuple[SeparationMinima, AnnexMeant | None]:
    """How close two aircraft may come, and the annex that says so; nothing where none is in force."""
    separation = view.annexes.separation(now)
    if separation is None:
        return _NO_MINIMA, None
    minima = separation.minima(NoticeKind.FLIGHT, NoticeKind.FLIGHT, Domain.AIR, Domain.AIR)
    return minima, AnnexMeant(AnnexName.SEPARATION, separation.content, None)


def areas_of(view: View, side: str, now: Instant, flown: Mapping[str, str]) -> tuple[LiveArea, ...]:
    """What ``side`` watches. ``flown``: by track, the notice whose movement it flies."""
    found = [*_agreed(view, now), *_filed(view, side, now), *_own(view, now, flown)]
    return tuple(one for one in found if _has_inside(one.area.volume.footprint))


def _agreed(view: View, now: Instant) -> Iterator[LiveArea]:
    """While two versions of the theatre bind, the areas of both do."""
    span = TimeSpan(now // 1000 - _A_DAY_S, now // 1000 + _A_DAY_S)
    for annex in view.annexes.binding(AnnexName.THEATRE, now):
        if not isinstance(annex.terms, Theatre):
            continue
        content = annex_hash(annex)
        for row in annex.terms.off_limits:
            ref = f"{content} {row.name}"
            area = Area(ref, Volume(row.area, Band(_GROUND, _TOP), span), "unknown", concerns=ref)
            meant = AnnexMeant(AnnexName.THEATRE, content, row.name)
            yield LiveArea(area, TrackHolder(TrackSide.AGREED, None), meant)


def _filed(view: View, side: str, now: Instant) -> Iterator[LiveArea]:
    separation = view.annexes.separation(now)
    for record in view.notices.live(now):
        content = record.newest.content
        if content.kind not in KEPT_OUT_OF:
            continue
        minima = _NO_MINIMA
        if separation is not None:
            minima = separation.minima(content.kind, NoticeKind.FLIGHT, content.domain, Domain.AIR)
        whose: Literal["own", "other"] = "own" if record.author == side else "other"
        yield from _volumes(record, whose, minima, now)


def _own(view: View, now: Instant, flown: Mapping[str, str]) -> Iterator[LiveArea]:
    for track, notice in flown.items():
        record = view.notices.get(notice)
        if record is None or record.state(now) not in _HOT:
            continue
        for one in _volumes(record, "own", _NO_MINIMA, now):
            ref = f"{track} {one.area.ref}"
            yield replace(one, area=replace(one.area, ref=ref), keeps_inside=track)


def _volumes(
    record: NoticeRecord, whose: Literal["own", "other"], minima: SeparationMinima, now: Instant
) -> Iterator[LiveArea]:
    holder = TrackHolder(TrackSide.MEMBER, MemberId(record.author))
    for place, volume in enumerate(record.newest.content.volumes):
        area = Area(
            f"{record.id} {place}",
            _while_hot(record, volume, now),
            whose,
            minima.lateral_mm,
            minima.vertical_ft,
            concerns=record.id,
        )
        yield LiveArea(area, holder, NoticeMeant(record.id))


def _while_hot(record: NoticeRecord, volume: Volume, now: Instant) -> Volume:
    """Hot from the start, or since it was activated, until its filer says cold (Il-20: no all-clear came)."""
    if volume.moves or record.state(now) not in _HOT:
        return volume
    now_s = now // 1000
    is_activated = any(said.body.hot_at <= now for said in record.activations)
    start_s = min(volume.span.start_s, now_s) if is_activated else volume.span.start_s
    is_over = record.state(now) is NoticeState.END_PASSED
    return replace(volume, span=TimeSpan(start_s, now_s + _A_DAY_S if is_over else volume.span.end_s))


def _has_inside(footprint: Footprint) -> bool:
    """A node that is not ours may file a shape that no gate would let through, and must not hide the rest."""
    try:
        outline_of(footprint)
    except BadInput:
        return False
    return True
