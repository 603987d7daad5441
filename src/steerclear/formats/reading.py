# SPDX-License-Identifier: Apache-2.0
"""Which drafts does this file hold, whatever its form, and what is in doubt about each?

One door for the command line, the API and the console. The form is told by the caller, by the file's ending
or by its first bytes; what is in none of the forms is refused with their names. Every reader gets bytes of a
stranger: it ends in drafts, doubts and pieces left out, or in ``BadInput``, and in nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.drafts import (
    NOTHING,
    Doubt,
    Draft,
    DraftVolume,
    Field,
    Given,
    Skipped,
    answered,
    missing_doubts,
    shortened,
    write_draft,
    write_offer,
)
from steerclear.formats.geojson import read_notices
from steerclear.formats.gpx import read_gpx
from steerclear.formats.hns import read_hns
from steerclear.formats.kml import read_kml, read_kmz
from steerclear.formats.members import within
from steerclear.formats.notam import read_notams
from steerclear.formats.openair import read_openair
from steerclear.formats.quoting import quoted
from steerclear.formats.sheets import read_csv
from steerclear.formats.uas_zones import read_ed269, read_ed318
from steerclear.geometry.validate import check_footprint, check_footprints
from steerclear.model.space import Footprint

__all__ = [
    "FORMS", "LARGEST_READ_BYTES", "DoubtRow", "DraftRow", "Reading", "ReadingRow", "read_bytes",
    "reading_row",
]  # fmt: skip

LARGEST_READ_BYTES: Final = 5_000_000
MOST_DRAFTS: Final = 5_000
Pieces = tuple[tuple[Draft, ...], tuple[Skipped, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A file, read: its drafts in their order, and the pieces that became none."""

    form: str
    where: str
    drafts: tuple[Draft, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """A doubt in plain values; ``text`` is what it is about, in their words; ``offer`` a GeoJSON feature."""

    code: str
    field: str
    must: bool
    start: int
    end: int
    text: str
    what: str
    answer: str
    offer: str | None


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft in plain values; ``geojson`` holds what was said, and can be filed once no doubt is left."""

    ref: str | None
    kind: str | None
    near: str | None
    title: str | None
    raw: str
    geojson: str
    is_complete: bool
    doubts: tuple[DoubtRow, ...]


@dataclass(frozen=True, slots=True)
class ReadingRow:
    """A reading in plain values."""

    form: str
    where: str
    drafts: tuple[DraftRow, ...]
    skipped: tuple[DoubtRow, ...]


def read_bytes(data: bytes, *, where: str, form: str | None = None, given: Given = NOTHING) -> Reading:
    """The drafts of a file. ``where`` names it; ``given`` answers the same for all of its drafts.

    Raises ``BadInput``: ``input-too-large``, ``form-unknown``, ``too-many-drafts``, and what the reader of
    the form refuses as a whole.
    """
    with within(where):
        if len(data) > LARGEST_READ_BYTES:
            raise BadInput(
                "input-too-large",
                f"This is {len(data):,} bytes; at most {LARGEST_READ_BYTES:,} are read at once.",
                remedy="Split it into smaller files, or draw the areas with fewer corners.",
            )
        known = _form_of(data, where) if form is None else form
        if known not in _READERS:
            raise _unknown_form(known)
        drafts, skipped = _READERS[known](data)
        if len(drafts) > MOST_DRAFTS:
            raise BadInput(
                "too-many-drafts",
                f"The file holds {len(drafts):,} pieces; at most {MOST_DRAFTS:,} are read at once.",
                remedy="Split it into smaller files.",
            )
        settled = (missing_doubts(_possible(draft)) for draft in _with_possible_areas(drafts))
        return Reading(known, where, tuple(answered(draft, given) for draft in settled), skipped)


def reading_row(reading: Reading) -> ReadingRow:
    """The reading in plain values, for a wire or a screen."""
    return ReadingRow(
        reading.form,
        reading.where,
        tuple(_draft_row(draft) for draft in reading.drafts),
        tuple(
            DoubtRow(
                code=piece.code,
                field=Field.TEXT.value,
                must=False,
                start=0,
                end=0,
                text=shortened(piece.raw),
                what=piece.what,
                answer=piece.answer,
                offer=None,
            )
            for piece in reading.skipped
        ),
    )


def _draft_row(draft: Draft) -> DraftRow:
    return DraftRow(
        ref=draft.ref,
        kind=None if draft.kind is None else draft.kind.value,
        near=draft.near,
        title=draft.title,
        raw=draft.raw,
        geojson=write_draft(draft),
        is_complete=draft.is_complete,
        doubts=tuple(
            DoubtRow(
                code=doubt.code,
                field=doubt.field.value,
                must=doubt.must,
                start=doubt.start,
                end=doubt.end,
                text=shortened(draft.raw[doubt.start : doubt.end]),
                what=doubt.what,
                answer=doubt.answer,
                offer=None if doubt.offer is None else write_offer(doubt.offer),
            )
            for doubt in draft.doubts
        ),
    )


# -- which form ----------------------------------------------------------------------------------------


def _form_of(data: bytes, where: str) -> str:
    ending = where.rpartition(".")[2].lower()
    if ending in _ENDINGS:
        return _ENDINGS[ending]
    head = data[:4_000].lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, form in _MARKS:
        if mark in head:
            return form
    raise _unknown_form(ending)


def _unknown_form(name: str) -> BadInput:
    return BadInput(
        "form-unknown",
        f"{quoted(name)} is not the name of a form that is read here.",
        remedy=f"Say which it is, one of: {', '.join(FORMS)}.",
    )


# -- areas that have no inside -------------------------------------------------------------------------


def _with_possible_areas(drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """Areas are checked together, ten times as quickly; only where that fails, one by one."""
    drawn = [volume.footprint for draft in drafts for volume in draft.volumes if volume.footprint is not None]
    footprints = list(dict.fromkeys(drawn))
    try:
        if footprints:
            check_footprints(footprints)
    except BadInput:
        faults = {footprint: fault for footprint in footprints if (fault := _fault(footprint)) is not None}
        return tuple(_without(draft, faults) for draft in drafts)
    return drafts


def _fault(footprint: Footprint) -> BadInput | None:
    try:
        check_footprint(footprint)
    except BadInput as fault:
        return fault
    return None


def _without(draft: Draft, faults: dict[Footprint, BadInput]) -> Draft:
    found = [faults[v.footprint] for v in draft.volumes if v.footprint is not None and v.footprint in faults]
    if not found:
        return draft
    volumes = tuple(replace(volume, footprint=None) for volume in draft.volumes)
    doubt = Doubt(
        code="area-impossible", field=Field.AREA, must=True, what=found[0].what, answer=found[0].remedy
    )
    return replace(draft, volumes=tuple(dict.fromkeys(volumes)), doubts=(*draft.doubts, doubt))


def _possible(draft: Draft) -> Draft:
    """A reference that a notice could not carry, and instants before 1970, are asked for anew."""
    if draft.ref is not None and not (1 <= len(draft.ref) <= 80 and draft.ref.isprintable()):
        draft = replace(draft, ref=None)
    if any(min(v.start_s or 0, v.end_s or 0) < 0 for v in draft.volumes):
        volumes = tuple(replace(volume, start_s=None, end_s=None) for volume in draft.volumes)
        draft = replace(draft, volumes=volumes)
    return replace(draft, title=_printable(draft.title), near=_printable(draft.near))


def _printable(text: str | None) -> str | None:
    """One line of at most 200 characters, as a notice can carry it; nothing is left: ``None``."""
    if text is None:
        return None
    return shortened(" ".join("".join(c if c.isprintable() else " " for c in text).split())) or None


# -- readers -------------------------------------------------------------------------------------------


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            "not-utf8", f"Byte {error.start + 1} is not UTF-8 text.", remedy="Save the file as UTF-8."
        ) from error


def _notam(data: bytes) -> Pieces:
    return read_notams(_decoded(data))


def _geojson(data: bytes) -> Pieces:
    """Our own contract is strict already: nothing of it is in doubt."""
    drafts = []
    for notice in read_notices(data, where="geojson"):
        volumes = tuple(
            DraftVolume(v.footprint, v.band.lower, v.band.upper, v.span.start_s, v.span.end_s)
            for v in notice.volumes
        )
        drafts.append(
            Draft(
                raw=notice.ref,
                ref=notice.ref,
                party=notice.party,
                kind=notice.kind,
                near=notice.near,
                volumes=volumes,
            )
        )
    return tuple(drafts), ()


def _openair(data: bytes) -> Pieces:
    return read_openair(_decoded(data))


def _hns_csv(data: bytes) -> Pieces:
    return read_hns(read_csv(data))


def _hns_xlsx(data: bytes) -> Pieces:
    from steerclear.formats.workbooks import read_xlsx  # the library is slow to load, and rarely needed

    return read_hns(read_xlsx(data))


_READERS: Final[dict[str, Callable[[bytes], Pieces]]] = {
    "geojson": _geojson,
    "notam": _notam,
    "hns-csv": _hns_csv,
    "hns-xlsx": _hns_xlsx,
    "kml": read_kml,
    "kmz": read_kmz,
    "openair": _openair,
    "gpx": read_gpx,
    "ed269": read_ed269,
    "ed318": read_ed318,
}
FORMS: Final = tuple(_READERS)
_ENDINGS: Final = {
    "geojson": "geojson", "notam": "notam", "csv": "hns-csv", "xlsx": "hns-xlsx", "kml": "kml", "kmz": "kmz",
    "openair": "openair", "gpx": "gpx",
}  # fmt: skip
_MARKS: Final = (
    (b"horizontalProjection", "ed269"),
    (b"limitedApplicability", "ed318"),
    (b"upperReference", "ed318"),
    (b"FeatureCollection", "geojson"),
    (b"xl/", "hns-xlsx"),
    (b".kml", "kmz"),
    (b"<kml", "kml"),
    (b"<gpx", "gpx"),
    (b"NOTAM", "notam"),
    (b"Q)", "notam"),
    (b"\nDP ", "openair"),
    (b"\nDC ", "openair"),
)
