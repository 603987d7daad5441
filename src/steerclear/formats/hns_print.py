# SPDX-License-Identifier: Apache-2.0
"""How do sites and movements go out as a humanitarian notification spreadsheet? As ``hns`` reads them back.

A circle is a row of the sheet *Static*; legs are a row a point in the sheet *Movements*. What these forms
have no words for (an area with corners, a corridor without times) is refused, never reduced to its middle.
A csv file holds one of the two sheets.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.heights import spell_height
from steerclear.formats.sheets import Sheet, csv_of
from steerclear.model.notice import Notice
from steerclear.model.space import Band, Circle, Legs, Position
from steerclear.model.time import format_zulu

__all__ = ["print_hns_csv", "print_hns_xlsx"]

STATIC: Final = (
    "Reference", "Near", "Latitude", "Longitude", "Radius (m)", "Lower", "Upper", "Valid from (UTC)",
    "Valid until (UTC)",
)  # fmt: skip
MOVEMENTS: Final = (
    "Reference", "Near", "Time (UTC)", "Latitude", "Longitude", "Radius (m)", "Lower", "Upper",
)  # fmt: skip
Row = tuple[str, ...]


def print_hns_xlsx(notices: Iterable[Notice]) -> bytes:
    """A workbook with what there is of both sheets. Raises ``BadInput`` (``hns-shape``)."""
    from steerclear.formats.workbooks import xlsx_of  # the library is slow to load, and rarely needed

    return xlsx_of(_sheets(notices))


def print_hns_csv(notices: Iterable[Notice]) -> bytes:
    """The one sheet. Raises ``BadInput``: ``hns-shape``, ``hns-two-sheets``."""
    sheets = _sheets(notices)
    if len(sheets) > 1:
        raise BadInput(
            "hns-two-sheets",
            "Sites and movements need a sheet each, and a csv file has one.",
            remedy="Write it as xlsx, or sites and movements apart.",
        )
    return csv_of(sheets[0].rows)


def _sheets(notices: Iterable[Notice]) -> list[Sheet]:
    static: list[Row] = []
    moving: list[Row] = []
    for notice in notices:
        sites, points = list(_site_rows(notice)), list(_movement_rows(notice))
        if len(notice.volumes) > 1 or not (sites or points):
            raise BadInput(
                "hns-shape",
                "A humanitarian notification knows a position with a radius, or a way with times: not this.",
                where=notice.ref,
                remedy="Write it as KML or GeoJSON, which can draw it.",
            )
        static += sites
        moving += points
    named = (("Static", STATIC, static), ("Movements", MOVEMENTS, moving))
    return [Sheet(name, (head, *rows)) for name, head, rows in named if rows] or [Sheet("Static", (STATIC,))]


def _site_rows(notice: Notice) -> Iterator[Row]:
    for volume in notice.volumes:
        if isinstance(volume.footprint, Circle):
            at, radius_mm = volume.footprint.centre, volume.footprint.radius_mm
            yield (
                notice.ref,
                notice.near or "",
                *_degrees(at),
                _metres(radius_mm),
                *_limits(volume.band),
                format_zulu(volume.span.start_s),
                format_zulu(volume.span.end_s),
            )


def _movement_rows(notice: Notice) -> Iterator[Row]:
    for volume in notice.volumes:
        if isinstance(volume.footprint, Legs):
            legs = volume.footprint
            for at, at_s, radius_mm in zip(legs.points, legs.times_s, legs.radii_mm, strict=True):
                yield (
                    notice.ref,
                    notice.near or "",
                    format_zulu(at_s),
                    *_degrees(at),
                    _metres(radius_mm),
                    *_limits(volume.band),
                )


def _limits(band: Band) -> tuple[str, str]:
    return spell_height(band.lower, is_upper=False), spell_height(band.upper, is_upper=True)


def _degrees(at: Position) -> tuple[str, str]:
    return f"{at.lat_e7 / 10_000_000:.7f}", f"{at.lon_e7 / 10_000_000:.7f}"


def _metres(size_mm: int) -> str:
    return f"{size_mm // 1000}.{size_mm % 1000:03d}".rstrip("0").rstrip(".")
