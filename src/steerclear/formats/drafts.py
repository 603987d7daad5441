# SPDX-License-Identifier: Apache-2.0
"""What did somebody else's words say, what did they leave open, and what must be answered before it is filed?

    file of theirs ──► Draft: what was said, and doubts ──► answered ──► Notice ──► quality gate

A draft holds only what was said. What was not said, or could be meant in two ways, stays empty and is a
**doubt**: what is in doubt, where in their own words, and what to answer. A doubt may carry an *offer*, which
is what the answer would be if the officer accepts it; nothing takes an offer by itself.

    must     the field is empty until somebody answers it
    not must it was read, and is to be looked at and confirmed

``notice_of`` refuses a draft in which any doubt is left. The raw words stay with the draft, always.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from enum import Enum
from typing import Any, Final

from steerclear.errors import BadInput
from steerclear.formats.footprints import geometry_of, shape_properties_of
from steerclear.formats.quoting import quoted
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import Altitude, Band, Footprint, Legs, Volume
from steerclear.model.time import TimeSpan, format_zulu

__all__ = [
    "NOTHING", "Doubt", "Draft", "DraftVolume", "Field", "Given", "Skipped", "answered", "missing_doubts",
    "notice_of", "write_draft",
]  # fmt: skip


class Field(Enum):
    """What a doubt is about."""

    ID = "id"
    PARTY = "party"
    KIND = "kind"
    NEAR = "near"
    AREA = "area"
    LOWER = "lower"
    UPPER = "upper"
    START = "start"
    END = "end"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Answers of a person, or what is offered as one; ``None``: no answer to that."""

    ref: str | None = None
    party: MemberId | None = None
    kind: NoticeKind | None = None
    near: str | None = None
    footprint: Footprint | None = None
    lower: Altitude | None = None
    upper: Altitude | None = None
    start_s: int | None = None
    end_s: int | None = None


NOTHING: Final = Given()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """One thing that a person must answer (``must``) or look at and confirm.

    ``code``    stable, kebab-case, listed in ``docs/formats.md``
    ``start`` ``end``  the characters of the raw words that it is about; equal: about what is not there
    ``what`` ``answer``  what is in doubt, and what to answer; a sentence each
    ``offer``   what the answer would be, if it is accepted
    """

    code: str
    field: Field
    must: bool
    what: str
    answer: str
    start: int = 0
    end: int = 0
    offer: Given | None = None


@dataclass(frozen=True, slots=True)
class DraftVolume:
    """One volume, as far as it was said. ``Legs`` bring their own start and end."""

    footprint: Footprint | None = None
    lower: Altitude | None = None
    upper: Altitude | None = None
    start_s: int | None = None
    end_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One notice to be. ``title`` is what its author called it, for the eye alone."""

    raw: str
    ref: str | None = None
    title: str | None = None
    party: MemberId | None = None
    kind: NoticeKind | None = None
    near: str | None = None
    volumes: tuple[DraftVolume, ...] = (DraftVolume(),)
    doubts: tuple[Doubt, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not self.doubts


@dataclass(frozen=True, slots=True)
class Skipped:
    """A piece of the file that became no draft, and why."""

    code: str
    raw: str
    what: str
    answer: str


def missing_doubts(draft: Draft) -> Draft:
    """The draft with a doubt for every empty field that has none yet, and none filled the wrong way round.

    Readers name what is peculiar to their format; what is simply absent is asked for here, once for all.
    """
    draft = _right_way_round(draft)
    asked = {doubt.field for doubt in draft.doubts if doubt.must}
    missing = [
        Doubt(code=f"{field.value}-not-said", field=field, must=True, what=what, answer=answer)
        for field, what, answer in _ASKED
        if field not in asked and _is_empty(draft, field)
    ]
    return replace(draft, doubts=(*draft.doubts, *missing))


def answered(draft: Draft, given: Given, accepted: Collection[str] = ()) -> Draft:
    """The draft with these answers, and with the doubts of these codes accepted.

    An answer fills the field wherever it is empty, or replaces it where the draft has one volume.
    Raises ``BadInput``: ``doubt-unknown``, ``doubt-needs-answer`` (nothing is offered), ``answer-not-one``.
    """
    for code in accepted:
        draft = _accepted(draft, code)
    return missing_doubts(_without_the_settled(_filled(draft, given)))


def notice_of(draft: Draft) -> Notice:
    """The notice, when nothing is in doubt any more. Raises ``BadInput`` (``draft-in-doubt``)."""
    if draft.doubts or draft.ref is None or draft.party is None or draft.kind is None:
        raise BadInput(
            "draft-in-doubt",
            f"{len(draft.doubts)} things are in doubt: "
            + " ".join(f"{doubt.code}: {doubt.what}" for doubt in draft.doubts[:4]),
            where=draft.ref or draft.title,
            remedy="Answer each of them, or confirm what was read; nothing is guessed.",
        )
    return Notice(draft.ref, draft.party, draft.kind, tuple(map(_volume, draft.volumes)), draft.near)


def write_draft(draft: Draft) -> str:
    """GeoJSON of what was said, one feature a volume: what is empty is left out, and a geometry is null."""
    parts = len(draft.volumes)
    features = []
    for place, volume in enumerate(draft.volumes, 1):
        said = Given(ref=draft.ref, party=draft.party, kind=draft.kind, near=draft.near, **_of_volume(volume))
        feature = _feature(said)
        if parts > 1:
            feature["properties"] |= {"part": place, "parts": parts}
        features.append(json.dumps(feature, ensure_ascii=False, allow_nan=False))
    return (
        '{"type": "FeatureCollection", "features": [' + ",".join("\n" + line for line in features) + "\n]}\n"
    )


def write_offer(offer: Given) -> str:
    """A GeoJSON feature of what is offered alone."""
    return json.dumps(_feature(offer), ensure_ascii=False, allow_nan=False)


# -- empty, and the wrong way round --------------------------------------------------------------------

_ASKED: Final = (
    (Field.ID, "It has no reference of its own.", "Give a short reference."),
    (Field.PARTY, "It does not say whose acts these are.", "Give the member that acts there, as TUR."),
    (Field.KIND, "It does not say what kind of notice this is.", "Give the kind, as hazard, flight or site."),
    (Field.AREA, "It does not say where.", "Draw the area, or give a position with a radius."),
    (Field.LOWER, "It gives no lower limit.", "Give the lower limit with its datum, as GND or 3000FT AMSL."),
    (Field.UPPER, "It gives no upper limit.", "Give the upper limit with its datum, as FL240 or 500FT AGL."),
    (Field.START, "It does not say from when.", "Give the start in UTC, as 2025-04-09T08:00Z."),
    (Field.END, "It does not say until when.", "Give the end in UTC, as 2025-04-09T10:00Z."),
)
_SLOTS: Final = {
    Field.ID: "ref", Field.PARTY: "party", Field.KIND: "kind", Field.NEAR: "near", Field.AREA: "footprint",
    Field.LOWER: "lower", Field.UPPER: "upper", Field.START: "start_s", Field.END: "end_s",
}  # fmt: skip
_OF_A_VOLUME: Final = tuple(slot.name for slot in fields(DraftVolume))


def _is_empty(draft: Draft, field: Field) -> bool:
    slot = _SLOTS[field]
    if slot not in _OF_A_VOLUME:
        return getattr(draft, slot) is None
    return not draft.volumes or any(getattr(volume, slot) is None for volume in draft.volumes)


def _right_way_round(draft: Draft) -> Draft:
    """An upper limit below the lower, an end before the start: one is wrong, and who knows which?"""
    doubts: list[Doubt] = []
    volumes = []
    for volume in draft.volumes:
        if _is_upside_down(volume):
            what = "The upper limit is below the lower limit."
            doubts += _both("limits-upside-down", Field.LOWER, Field.UPPER, what)
            volume = replace(volume, lower=None, upper=None)
        if volume.start_s is not None and volume.end_s is not None and volume.end_s < volume.start_s:
            end, start = format_zulu(volume.end_s), format_zulu(volume.start_s)
            doubts += _both("ends-before-start", Field.START, Field.END, f"The end {end} is before {start}.")
            volume = replace(volume, start_s=None, end_s=None)
        volumes.append(volume)
    known = set(draft.doubts)
    new = tuple(doubt for doubt in dict.fromkeys(doubts) if doubt not in known)
    return replace(draft, volumes=tuple(volumes), doubts=(*draft.doubts, *new))


def _both(code: str, one: Field, other: Field, what: str) -> Iterator[Doubt]:
    for field in (one, other):
        yield Doubt(code=code, field=field, must=True, what=what, answer=f"Give the {field.value} again.")


def _is_upside_down(volume: DraftVolume) -> bool:
    lower, upper = volume.lower, volume.upper
    return lower is not None and upper is not None and lower.datum is upper.datum and upper.feet < lower.feet


# -- answers -------------------------------------------------------------------------------------------


def _accepted(draft: Draft, code: str) -> Draft:
    meant = [doubt for doubt in draft.doubts if doubt.code == code]
    if not meant:
        raise BadInput(
            "doubt-unknown",
            f"Nothing is in doubt by the code {quoted(code)} here.",
            where=draft.ref or draft.title,
            remedy=f"The doubts are {', '.join(sorted({one.code for one in draft.doubts})) or 'none'}.",
        )
    for doubt in meant:
        if doubt.must and doubt.offer is None:
            raise BadInput(
                "doubt-needs-answer",
                f"{doubt.what} Nothing is offered that could be accepted.",
                where=draft.ref or draft.title,
                remedy=doubt.answer,
            )
        draft = draft if doubt.offer is None else _filled(draft, doubt.offer)
    return replace(draft, doubts=tuple(doubt for doubt in draft.doubts if doubt.code != code))


def _without_the_settled(draft: Draft) -> Draft:
    """Legs bring their times with them: nobody need answer what an answer about the area has said."""
    doubts = tuple(
        doubt
        for doubt in draft.doubts
        if doubt.code != f"{doubt.field.value}-not-said" or _is_empty(draft, doubt.field)
    )
    return replace(draft, doubts=doubts)


def _filled(draft: Draft, given: Given) -> Draft:
    answers = {field: getattr(given, slot) for field, slot in _SLOTS.items()}
    for field, answer in answers.items():
        if answer is not None:
            draft = _with(draft, field, answer)
    return draft


def _with(draft: Draft, field: Field, answer: Any) -> Draft:
    slot = _SLOTS[field]
    doubts = tuple(doubt for doubt in draft.doubts if doubt.field is not field)
    if slot not in _OF_A_VOLUME:
        return replace(draft, doubts=doubts, **{slot: answer})
    volumes = draft.volumes or (DraftVolume(),)
    empty = [volume for volume in volumes if getattr(volume, slot) is None]
    if not empty and len(volumes) > 1:
        raise BadInput(
            "answer-not-one",
            f"The draft has {len(volumes)} volumes, each with its own {field.value}: one answer does not do.",
            where=draft.ref or draft.title,
            remedy="Correct it in the file, or file the volumes one by one.",
        )
    changed = tuple(
        replace(volume, **{slot: answer}) if not empty or volume in empty else volume for volume in volumes
    )
    return replace(draft, volumes=tuple(map(_with_own_times, changed)), doubts=doubts)


def _with_own_times(volume: DraftVolume) -> DraftVolume:
    if not isinstance(volume.footprint, Legs):
        return volume
    return replace(volume, start_s=volume.footprint.times_s[0], end_s=volume.footprint.times_s[-1])


def _volume(volume: DraftVolume) -> Volume:
    if (
        volume.footprint is None
        or volume.lower is None
        or volume.upper is None
        or volume.start_s is None
        or volume.end_s is None
    ):
        raise BadInput(
            "draft-in-doubt",
            "Something that a notice needs is empty.",
            remedy="Answer what is in doubt; nothing is guessed.",
        )
    band, span = Band(volume.lower, volume.upper), TimeSpan(volume.start_s, volume.end_s)
    return Volume(volume.footprint, band, span)


# -- as GeoJSON ----------------------------------------------------------------------------------------


def _of_volume(volume: DraftVolume) -> dict[str, Any]:
    return {slot: getattr(volume, slot) for slot in _OF_A_VOLUME}


def _feature(said: Given) -> dict[str, Any]:
    plain = {
        "id": said.ref,
        "party": said.party,
        "kind": None if said.kind is None else said.kind.value,
        "lower": _limit(said.lower),
        "upper": _limit(said.upper),
        "start": None if said.start_s is None else format_zulu(said.start_s),
        "end": None if said.end_s is None else format_zulu(said.end_s),
        "near": said.near,
    }
    properties = {name: value for name, value in plain.items() if value is not None}
    geometry = None
    if said.footprint is not None:
        properties |= shape_properties_of(said.footprint)
        geometry = geometry_of(said.footprint)
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _limit(altitude: Altitude | None) -> dict[str, Any] | None:
    if altitude is None:
        return None
    return {"value": altitude.feet, "unit": "ft", "datum": altitude.datum.value}


def shortened(raw: str, longest: int = 200) -> str:
    return raw if len(raw) <= longest else raw[: longest - 1] + "…"


def positions_of(volumes: Sequence[DraftVolume]) -> tuple[Footprint, ...]:
    """Every footprint that was drawn, in their order."""
    return tuple(volume.footprint for volume in volumes if volume.footprint is not None)
