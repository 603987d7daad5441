# SPDX-License-Identifier: Apache-2.0
"""What is a notice like once it is later, higher, elsewhere or smaller? All its volumes move together."""

from __future__ import annotations

from dataclasses import replace

from steerclear.geometry.placed import Motion, moved
from steerclear.model.notice import Notice
from steerclear.model.space import Altitude, Band, Legs, Volume

__all__ = ["altitude_higher", "elsewhere", "higher", "later", "with_volumes"]


def later(notice: Notice, by_s: int) -> Notice:
    """``by_s`` seconds later (negative: earlier); timed legs move with their times."""
    return replace(notice, volumes=tuple(_volume_later(volume, by_s) for volume in notice.volumes))


def higher(notice: Notice, by_ft: int) -> Notice:
    """``by_ft`` feet higher (negative: lower), datums and thickness kept."""
    return replace(notice, volumes=tuple(_volume_higher(volume, by_ft) for volume in notice.volumes))


def elsewhere(notice: Notice, motion: Motion) -> Notice:
    """At another place, as one stiff plate. It is near no named place any more: the filer names one anew.

    Raises ``BadInput`` where corners fall together in rounding.
    """
    volumes = [replace(volume, footprint=moved(volume.footprint, motion)) for volume in notice.volumes]
    return replace(notice, volumes=tuple(volumes), near=None)


def with_volumes(notice: Notice, volumes: tuple[Volume, ...]) -> Notice:
    return replace(notice, volumes=volumes)


def altitude_higher(altitude: Altitude, by_ft: int) -> Altitude:
    return Altitude(altitude.feet + by_ft, altitude.datum)


def _volume_later(volume: Volume, by_s: int) -> Volume:
    footprint = volume.footprint
    if isinstance(footprint, Legs):
        footprint = replace(footprint, times_s=tuple(at_s + by_s for at_s in footprint.times_s))
    return Volume(footprint, volume.band, volume.span.shifted(by_s))


def _volume_higher(volume: Volume, by_ft: int) -> Volume:
    band = volume.band
    return replace(volume, band=Band(altitude_higher(band.lower, by_ft), altitude_higher(band.upper, by_ft)))
