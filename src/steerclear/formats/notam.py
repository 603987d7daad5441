# SPDX-License-Identifier: Apache-2.0
"""Which drafts are in these NOTAMs, and what must be asked about each?

    (A1234/25 NOTAMN
    Q) OSTT/QRDCA/IV/BO/W/000/240/3431N03738E012
    A) OSTT B) 2504090800 C) 2504111000 EST
    D) DAILY 0800-1000
    E) DANGER AREA ACT WI AREA BOUNDED BY 342400N0373000E - ... - 342400N0373000E.
    F) SFC G) FL240)

Item E draws (``notam_area``), B to D say when (``notam_times``), F and G how high. The Q-line's circle only
encloses, and its levels are rounded: they are held against the rest, and offered where the rest is silent,
never taken. Sources: ICAO Annex 15, appendix 3; Doc 8126, 6.3; Doc 10066, appendix 3.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.coordinates import parse_position
from steerclear.formats.drafts import Doubt, Draft, DraftVolume, Field, Given, Skipped
from steerclear.formats.heights import Fault, parse_height
from steerclear.formats.notam_area import areas_of
from steerclear.formats.notam_times import Schedule, instant_of, schedule_of
from steerclear.formats.quoting import quoted
from steerclear.geometry.geodesic import distance_m
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Altitude, Circle, Corridor, Datum, Footprint, Polygon, Position

__all__ = ["read_notams"]

MOST_NOTAMS: Final = 2_000
MOST_VOLUMES: Final = 1_000
NM_M: Final = 1852
_HEADER: Final = re.compile(
    r"\(?[ \t]*(?:(?P<number>[A-Z]\d{4}/\d{2})[ \t]+)?NOTAM(?P<sort>[NRC])"
    r"(?:[ \t]+(?P<other>[A-Z]\d{4}/\d{2}))?",
    re.ASCII,
)
_ITEM: Final = re.compile(r"(?:(?<=\s)|(?<=^)|(?<=\())([QABCDEFG])\)", re.ASCII)
_Q: Final = re.compile(
    r"(?P<fir>[A-Z]{4})/Q(?P<code>[A-Z]{4})/(?P<traffic>[A-Z]{1,3})/(?P<purpose>[A-Z]{1,5})/(?P<scope>[A-Z]{1,3})"
    r"/(?P<lower>\d{3})/(?P<upper>\d{3})/(?P<at>\d{4}[NS]\d{5}[EW])(?P<radius>\d{3})",
    re.ASCII,
)
_PAIR: Final = re.compile(
    r"(?P<lower>SFC|GND|FL ?\d{2,3}|\d{2,5} ?(?:FT|M) ?(?:AMSL|AGL|MSL)?)\s{0,3}(?:-|TO|/)\s{0,3}"
    r"(?P<upper>UNL|FL ?\d{2,3}|\d{2,5} ?(?:FT|M) ?(?:AMSL|AGL|MSL)?)\b",
    re.ASCII,
)
_KINDS: Final = {
    "RD": NoticeKind.HAZARD, "WM": NoticeKind.HAZARD, "WE": NoticeKind.EXERCISE, "WU": NoticeKind.DRONE,
    "RP": NoticeKind.KEEP_OUT, "RR": NoticeKind.KEEP_OUT, "RT": NoticeKind.KEEP_OUT,
}  # fmt: skip
"""What a subject of the Q-code most likely is among our kinds: offered, never taken (Doc 8126)."""


@dataclass(frozen=True, slots=True)
class _Item:
    """What stands after a letter; ``start`` and ``end`` are characters of the NOTAM."""

    text: str
    start: int
    end: int


@dataclass(slots=True)
class _Sheet:
    """One NOTAM while it is read: what was found, and the doubts so far."""

    raw: str
    items: dict[str, _Item]
    doubts: list[Doubt] = field(default_factory=list)

    def item(self, letter: str) -> _Item:
        return self.items.get(letter, _Item("", len(self.raw), len(self.raw)))

    def doubt(
        self,
        code: str,
        about: Field,
        letter: str,
        what: str,
        answer: str,
        *,
        must: bool = True,
        offer: Given | None = None,
    ) -> None:
        place = self.item(letter)
        self.doubts.append(
            Doubt(
                code=code,
                field=about,
                must=must,
                what=what,
                answer=answer,
                start=place.start,
                end=place.end,
                offer=offer,
            )
        )


def read_notams(text: str) -> tuple[tuple[Draft, ...], tuple[Skipped, ...]]:
    """Every NOTAM of the text, and what became no draft.

    Raises ``BadInput``: ``not-a-notam`` where none stands, ``too-many-drafts``.
    """
    pieces = list(_pieces(text))
    if not pieces:
        raise BadInput(
            "not-a-notam",
            "No NOTAM stands here: neither a heading as (A1234/25 NOTAMN nor items Q) to G).",
            remedy="Give the text of the NOTAM as it was issued, items Q) to G) included.",
        )
    if len(pieces) > MOST_NOTAMS:
        raise BadInput(
            "too-many-drafts",
            f"The file holds {len(pieces):,} pieces; at most {MOST_NOTAMS:,} are read at once.",
            remedy="Split it into smaller files.",
        )
    drafts: list[Draft] = []
    skipped: list[Skipped] = []
    for piece in pieces:
        found = _read(piece)
        if isinstance(found, Draft):
            drafts.append(found)
        else:
            skipped.append(found)
    return tuple(drafts), tuple(skipped)


def _pieces(text: str) -> Iterator[str]:
    """From one heading to the next; a text without any heading is one piece, if it has items."""
    plain = text.upper() if len(text.upper()) == len(text) else text
    starts = [match.start() for match in _HEADER.finditer(plain)]
    if not starts:
        if {match[1] for match in _ITEM.finditer(plain)} >= {"B", "E"}:
            yield text.strip()
        return
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        yield text[start:end].strip()


def _read(raw: str) -> Draft | Skipped:
    plain = raw.upper() if len(raw.upper()) == len(raw) else raw
    heading = _HEADER.match(plain)
    sheet = _Sheet(raw, _items(plain))
    if heading is not None and heading["sort"] == "C":
        what = f"It cancels {heading['other'] or 'another NOTAM'} and has no area of its own."
        return Skipped(
            "notam-cancels", raw, what, "Withdraw the notice that was filed from the cancelled one."
        )
    if heading is not None and heading["sort"] == "R":
        what = f"It replaces {heading['other'] or 'another NOTAM'}."
        answer = "If that one was filed, file this as its new version (--amends)."
        sheet.doubts.append(
            Doubt(code="notam-replaces", field=Field.TEXT, must=False, what=what, answer=answer,
                  start=heading.start(), end=heading.end())
        )  # fmt: skip
    q = _q_line(sheet)
    footprints = _areas(sheet, q)
    lower, upper = _limits(sheet, q)
    spans = _spans(sheet)
    _ask_kind(sheet, q)
    volumes = tuple(
        DraftVolume(footprint, lower, upper, start_s, end_s)
        for footprint in footprints or (None,)
        for start_s, end_s in spans
    )
    if len(volumes) > MOST_VOLUMES:
        what = f"Its areas and times make {len(volumes):,} volumes; a notice holds at most {MOST_VOLUMES:,}."
        return Skipped("volumes-many", raw, what, "Split it into several notices.")
    _hold_against(sheet, q, volumes)
    return Draft(
        raw=raw,
        ref=None if heading is None else heading["number"],
        title=_title(sheet),
        volumes=volumes,
        doubts=tuple(sheet.doubts),
    )


def _items(plain: str) -> dict[str, _Item]:
    """The items in their order. E may hold letters with brackets of its own, so F and G are the last ones."""
    marks = list(_ITEM.finditer(plain))
    begins: dict[str, re.Match[str]] = {}
    for mark in marks:
        letter = mark[1]
        after_e = "E" in begins
        if after_e and letter not in "FG":
            continue
        if letter not in begins or (after_e and letter in "FG"):
            begins[letter] = mark
    if "F" in begins and "G" in begins and begins["G"].start() < begins["F"].start():
        del begins["G"]
    ordered = sorted(begins.values(), key=lambda mark: mark.start())
    ends = [*(mark.start() for mark in ordered), len(plain)][1:]
    items = {}
    for mark, end in zip(ordered, ends, strict=True):
        text = plain[mark.end() : end]
        kept = text.strip()
        if end == len(plain) and kept.count("(") < kept.count(")"):
            kept = kept.removesuffix(")").rstrip()  # the bracket that closes the message
        start = mark.end() + len(text) - len(text.lstrip())
        items[mark[1]] = _Item(kept, start, start + len(kept))
    return items


def _title(sheet: _Sheet) -> str | None:
    words = " ".join(f"{sheet.item('A').text} {sheet.item('E').text}".split())
    return words[:80] or None


def _q_line(sheet: _Sheet) -> re.Match[str] | None:
    item = sheet.item("Q")
    match = _Q.fullmatch(re.sub(r"\s+", "", item.text))
    if match is None:
        sheet.doubts.append(
            Doubt(
                code="q-line-unread",
                field=Field.TEXT,
                must=False,
                what="The Q-line is missing or not in its form, so nothing was held against it.",
                answer="Look whether item E says all, and confirm.",
                start=item.start,
                end=item.end,
            )
        )
    return match


def _circle_of(q: re.Match[str]) -> Circle | None:
    try:
        return Circle(parse_position(q["at"]), int(q["radius"]) * NM_M * 1000)
    except BadInput:
        return None


# -- where ---------------------------------------------------------------------------------------------


def _areas(sheet: _Sheet, q: re.Match[str] | None) -> tuple[Footprint, ...]:
    item = sheet.item("E")
    found = areas_of(item.text, offset=item.start)
    sheet.doubts += found.doubts
    if not found.footprints and not any(one.must for one in found.doubts):
        circle = None if q is None or q["radius"] == "999" else _circle_of(q)
        answer = "Draw the area."
        if q is not None and circle is not None:
            answer += f" Accepted, the Q-line's circle is taken: {q['at']}, {int(q['radius'])} NM around."
        sheet.doubt(
            "area-not-drawn", Field.AREA, "E", "Item E draws no area that was understood.", answer,
            offer=None if circle is None else Given(footprint=circle),
        )  # fmt: skip
    if any(one.must for one in sheet.doubts if one.field is Field.AREA):
        # Some of it was not read: the rest alone would look like all of it.
        return ()
    return found.footprints


def _hold_against(sheet: _Sheet, q: re.Match[str] | None, volumes: Sequence[DraftVolume]) -> None:
    """Deir ez-Zor: the same place said twice, 9 km apart. The Q-line's circle must enclose what E draws."""
    circle = None if q is None or q["radius"] == "999" else _circle_of(q)
    footprints = dict.fromkeys(volume.footprint for volume in volumes if volume.footprint is not None)
    if circle is None or not footprints:
        return
    # The centre is rounded to a minute (0.5 NM each way) and the radius to a whole NM.
    allowed_m = circle.radius_mm / 1000 + 1.7 * NM_M
    off_m = max(_farthest_m(circle.centre, footprint) for footprint in footprints)
    if off_m > allowed_m:
        what = (
            f"The Q-line's circle does not enclose the area of item E: a point of it lies "
            f"{off_m / NM_M:.0f} NM from its centre, the radius is {circle.radius_mm // (NM_M * 1000)} NM."
        )
        sheet.doubt("q-line-elsewhere", Field.AREA, "Q", what, "Ask which of the two is right.", must=False)


def _farthest_m(centre: Position, footprint: Footprint) -> float:
    match footprint:
        case Polygon(exterior=exterior):
            return max(distance_m(centre, corner) for corner in exterior)
        case Circle(centre=other, radius_mm=radius_mm):
            return distance_m(centre, other) + radius_mm / 1000
        case Corridor(points=points, half_width_mm=half_mm):
            return max(distance_m(centre, point) for point in points) + half_mm / 1000
        case _:
            return 0.0


# -- how high ------------------------------------------------------------------------------------------


def _limits(sheet: _Sheet, q: re.Match[str] | None) -> tuple[Altitude | None, Altitude | None]:
    pairs = list(_PAIR.finditer(sheet.item("E").text))
    lower = _limit(sheet, "F", Field.LOWER, pairs)
    upper = _limit(sheet, "G", Field.UPPER, pairs)
    if lower is not None and upper is not None:
        _compare_text(sheet, pairs, lower, upper)
        _compare_levels(sheet, q, lower, upper)
    return lower, upper


def _limit(sheet: _Sheet, letter: str, about: Field, pairs: Sequence[re.Match[str]]) -> Altitude | None:
    item, is_upper = sheet.item(letter), about is Field.UPPER
    if not item.text:
        offer = _offered(pairs, about)
        said = f" Item E says {quoted(pairs[0][0])}." if offer is not None else ""
        sheet.doubt(
            f"{about.value}-not-said", about, "E" if offer else letter,
            f"Item {letter} is missing.{said}", f"Give the {about.value} limit with its datum.", offer=offer,
        )  # fmt: skip
        return None
    found = parse_height(item.text, is_upper=is_upper)
    if isinstance(found, Altitude):
        return found
    offer = None if found.offer is None else _given(about, found.offer)
    sheet.doubt(found.code, about, letter, found.what, found.answer, offer=offer)
    return None


def _offered(pairs: Sequence[re.Match[str]], about: Field) -> Given | None:
    """What the text says, where it says it once."""
    if len(pairs) != 1:
        return None
    found = parse_height(pairs[0][about.value], is_upper=about is Field.UPPER)
    return _given(about, found) if isinstance(found, Altitude) else None


def _given(about: Field, altitude: Altitude) -> Given:
    return Given(lower=altitude) if about is Field.LOWER else Given(upper=altitude)


def _compare_text(sheet: _Sheet, pairs: Sequence[re.Match[str]], lower: Altitude, upper: Altitude) -> None:
    for pair in pairs:
        said = (parse_height(pair["lower"], is_upper=False), parse_height(pair["upper"], is_upper=True))
        if any(isinstance(one, Fault) for one in said) or said != (lower, upper):
            start = sheet.item("E").start + pair.start()
            sheet.doubts.append(
                Doubt(
                    code="heights-elsewhere",
                    field=Field.UPPER,
                    must=False,
                    what=f"Item E says {quoted(pair[0])}, items F and G say otherwise.",
                    answer="Ask which heights hold for which area; items F and G were taken for all.",
                    start=start,
                    end=start + len(pair[0]),
                )
            )
            return


def _compare_levels(sheet: _Sheet, q: re.Match[str] | None, lower: Altitude, upper: Altitude) -> None:
    """The Q-line's levels must enclose F and G, as far as the datum lets them be compared."""
    if q is None:
        return
    level = (Datum.STD, Datum.AMSL)
    below = lower.datum in level and int(q["lower"]) * 100 > lower.feet + 99
    above = upper.datum in level and q["upper"] != "999" and int(q["upper"]) * 100 < upper.feet - 99
    if below or above:
        what = f"The Q-line's levels {q['lower']} to {q['upper']} do not enclose items F and G."
        sheet.doubt("q-line-heights", Field.UPPER, "Q", what, "Ask which of the two is right.", must=False)


# -- when ----------------------------------------------------------------------------------------------


def _spans(sheet: _Sheet) -> tuple[tuple[int | None, int | None], ...]:
    start_s, end_s = _start(sheet), _end(sheet)
    item = sheet.item("D")
    if not item.text:
        return ((start_s, end_s),)
    if start_s is None or end_s is None:
        what = "Item D gives times of days, and B or C is not known."
        sheet.doubt("schedule-unread", Field.START, "D", what, "Give start and end; split it if it pauses.")
        return ((None, None),)
    schedule = schedule_of(item.text, start_s, end_s)
    if isinstance(schedule, Schedule):
        return schedule.spans
    sheet.doubt(
        "schedule-unread", Field.START, "D", f"The times of item D were not read: {schedule.because}.",
        "Give the times; accepted, the whole time from B to C is taken.",
        offer=Given(start_s=start_s, end_s=end_s),
    )  # fmt: skip
    return ((None, None),)


def _start(sheet: _Sheet) -> int | None:
    text = sheet.item("B").text
    at_s = instant_of(text)
    if at_s is None:
        what = f"Item B {quoted(text)} is no time." if text else "Item B is missing."
        sheet.doubt("start-not-said", Field.START, "B", what, "Give the start in UTC, as 2025-04-09T08:00Z.")
    return at_s


def _end(sheet: _Sheet) -> int | None:
    words = sheet.item("C").text.split()
    if words == ["PERM"]:
        what = "It is permanent: a notice has an end."
        sheet.doubt("end-permanent", Field.END, "C", what, "Give the date until which you will renew it.")
        return None
    at_s = instant_of(words[0].removesuffix("EST")) if words else None
    if at_s is None or words[1:] not in ([], ["EST"]):
        what = f"Item C {quoted(' '.join(words))} is no time." if words else "Item C is missing."
        sheet.doubt("end-not-said", Field.END, "C", what, "Give the end in UTC, as 2025-04-09T10:00Z.")
        return None
    if words[1:] == ["EST"] or words[0].endswith("EST"):
        what = "Its end is an estimate: it holds until another NOTAM ends or replaces it."
        sheet.doubt(
            "end-estimated", Field.END, "C", what, "Confirm the end, and watch for its successor.", must=False
        )
    return at_s


def _ask_kind(sheet: _Sheet, q: re.Match[str] | None) -> None:
    offer = None if q is None else _KINDS.get(q["code"][:2])
    answer = "Give the kind, as hazard, flight or keep-out."
    if q is None or offer is None:
        sheet.doubt("kind-not-said", Field.KIND, "Q", "A NOTAM knows no kinds of ours.", answer)
        return
    sheet.doubt(
        "kind-not-said", Field.KIND, "Q", f"Its code Q{q['code']} is most likely our kind {offer.value}.",
        answer, offer=Given(kind=offer),
    )  # fmt: skip
