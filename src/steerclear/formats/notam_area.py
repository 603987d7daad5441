# SPDX-License-Identifier: Apache-2.0
"""Which areas does the text of a NOTAM's item E draw?

    342400N0373000E - 344200N0373000E - 344200N0375100E - 342400N0373000E     closed: a polygon
    WI 5NM RADIUS OF 343121N0373737E      CIRCLE RADIUS 10KM CENTRED ON 343121N0373737E
    WI 2NM EITHER SIDE OF LINE 342400N0373000E - 344200N0373000E              a corridor

Positions are degrees and minutes, or with seconds, letters behind or before (ICAO Doc 8126). An edge that
follows a border, a coast or an arc is no line between corners, so nothing of that text is taken; a ring that
does not close and a position that belongs to no area are doubts. A radius rounds up to the millimetre.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from itertools import pairwise
from math import ceil
from typing import Final

from steerclear.errors import BadInput
from steerclear.formats.coordinates import parse_position
from steerclear.formats.drafts import Doubt, Field, Given
from steerclear.formats.quoting import quoted
from steerclear.model.space import Circle, Corridor, Footprint, Polygon, Position

__all__ = ["Areas", "areas_of"]

MOST_POSITIONS: Final = 2_000
_COORD: Final = (
    r"(?:\d{4}(?:\d\d(?:\.\d{1,4})?|\.\d{1,4})?[NS][ /]{0,2}\d{5}(?:\d\d(?:\.\d{1,4})?|\.\d{1,4})?[EW]"
    r"|[NS]\d{4}(?:\d\d(?:\.\d{1,4})?|\.\d{1,4})?[ /]{0,2}[EW]\d{5}(?:\d\d(?:\.\d{1,4})?|\.\d{1,4})?)"
    r"(?![\d.]\d)"
)
_POSITION: Final = re.compile(_COORD, re.ASCII)
_SIZE: Final = r"(?P<size>\d{1,4}(?:[.,]\d{1,3})?)\s{0,3}(?P<unit>NM|KM|M)"
_AT: Final = rf"(?:(?:ON|AT|POSITION|POINT|PSN)\s{{1,3}}){{0,2}}(?P<at>{_COORD})"
_CIRCLES: Final = (
    # 5NM RADIUS OF …
    re.compile(
        rf"{_SIZE}\s{{1,3}}(?:RADIUS|RAD)\s{{1,3}}(?:(?:OF|FROM|FM|AROUND|CENTRED|CENTERED)\s{{1,3}})?{_AT}",
        re.ASCII,
    ),
    # RADIUS 5NM CENTRED ON …
    re.compile(
        rf"(?:RADIUS|RAD)\s{{1,3}}(?:OF\s{{1,3}})?{_SIZE},?\s{{1,3}}"
        rf"(?:CENTRED|CENTERED|CENTRE|CENTER|FROM|FM|AROUND)\s{{1,3}}{_AT}",
        re.ASCII,
    ),
)
_CORRIDOR: Final = re.compile(
    rf"{_SIZE}\s{{1,3}}(?:EITHER|EACH|BOTH)\s{{1,3}}SIDES?\s{{1,3}}OF\s{{1,3}}(?:(?:A|THE)\s{{1,3}})?LINE\s{{1,3}}"
    rf"(?:(?:JOINING|BTN|FROM|FM|CONNECTING)\s{{1,3}})?(?={_COORD})",
    re.ASCII,
)
_JOINT: Final = re.compile(r"[\s,;.]{0,20}(?:-{1,2}|–|TO|THEN|AND|/)?[\s,;.]{0,20}", re.ASCII)
_BENT: Final = re.compile(
    r"\b(?:ARC|CLOCKWISE|ANTICLOCKWISE|COUNTERCLOCKWISE|ALONG|BORDER|BOUNDARY|BDRY"
    r"|COAST|COASTLINE|RIVER|SHORE|PARALLEL|MERIDIAN)\b"
)
_MILLIMETRES: Final = {"NM": 1_852_000, "KM": 1_000_000, "M": 1_000}


@dataclass(frozen=True, slots=True)
class Areas:
    """What is drawn; ``doubts`` stand at the characters of the text that was given."""

    footprints: tuple[Footprint, ...]
    doubts: tuple[Doubt, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    """A position in the text."""

    at: Position
    start: int
    end: int


def areas_of(text: str, *, offset: int = 0) -> Areas:
    """Every area of the text, in its order. ``offset`` is added to where the doubts stand. Raises nothing."""
    upper = text.upper() if len(text.upper()) == len(text) else text
    try:
        found = [_Found(parse_position(m[0]), m.start(), m.end()) for m in _POSITION.finditer(upper)]
    except BadInput as error:
        return Areas((), (_area_doubt("position-impossible", error.what, error.remedy, (offset, offset)),))
    if not found:
        return Areas((), ())
    whole = (offset + found[0].start, offset + found[-1].end)
    if len(found) > MOST_POSITIONS:
        what = f"The text names {len(found):,} positions; at most {MOST_POSITIONS:,} are read."
        return Areas((), (_area_doubt("positions-many", what, "Draw the area in fewer corners.", whole),))
    if bend := _bend(upper, found):
        what = f"An edge follows {quoted(bend)}: it is no line between two corners."
        return Areas((), (_area_doubt("edge-not-straight", what, "Draw the area, that edge too.", whole),))
    return _Reading(upper, found, offset).areas()


def _bend(text: str, found: Sequence[_Found]) -> str | None:
    """The word between two positions that says that the line between them is not straight."""
    for here, there in pairwise(found):
        if bent := _BENT.search(text, here.end, there.start):
            return bent[0]
    return None


class _Reading:
    """One text: circles and corridors first, by their words; chains of what is left are polygons."""

    def __init__(self, text: str, found: Sequence[_Found], offset: int) -> None:
        self.text = text
        self.found = found
        self.offset = offset
        self.used: set[int] = set()
        self.drawn: list[tuple[int, Footprint]] = []
        self.doubts: list[Doubt] = []

    def areas(self) -> Areas:
        self._circles()
        self._corridors()
        self._rings()
        footprints = tuple(footprint for _, footprint in sorted(self.drawn, key=lambda pair: pair[0]))
        return Areas(footprints, tuple(self.doubts))

    def _circles(self) -> None:
        by_start = {one.start: place for place, one in enumerate(self.found)}
        for form in _CIRCLES:
            for match in form.finditer(self.text):
                place = by_start.get(match.start("at"))
                if place is None or place in self.used:
                    continue
                self.used.add(place)
                self._draw(match.start(), partial(Circle, self.found[place].at, _mm(match)))

    def _corridors(self) -> None:
        chains = {self.found[chain[0]].start: chain for chain in self._chains()}
        for match in _CORRIDOR.finditer(self.text):
            chain = chains.get(match.end(), [])
            if len(chain) < 2:
                continue
            self.used.update(chain)
            points = tuple(self.found[place].at for place in chain)
            self._draw(match.start(), partial(Corridor, points, _mm(match)))

    def _rings(self) -> None:
        for chain in list(self._chains()):
            corners = tuple(self.found[place].at for place in chain)
            begin, end = self.found[chain[0]].start, self.found[chain[-1]].end
            if len(chain) >= 4 and corners[0] == corners[-1]:
                self._draw(begin, partial(Polygon, corners[:-1]))
            elif len(chain) >= 3:
                self._unclosed(corners, begin, end)
            else:
                self._unused(begin, end)

    def _chains(self) -> Iterator[list[int]]:
        """Runs of positions with nothing but a joint between them; a closed ring ends its run."""
        chain: list[int] = []
        for place, one in enumerate(self.found):
            if place in self.used:
                if chain:
                    yield chain
                chain = []
                continue
            if chain and not self._joined(self.found[chain[-1]], one):
                yield chain
                chain = []
            chain.append(place)
            if len(chain) >= 4 and self.found[chain[0]].at == one.at:
                yield chain
                chain = []
        if chain:
            yield chain

    def _joined(self, here: _Found, there: _Found) -> bool:
        return _JOINT.fullmatch(self.text, here.end, there.start) is not None

    def _draw(self, start: int, draw: Callable[[], Footprint]) -> None:
        try:
            self.drawn.append((start, draw()))
        except BadInput as error:
            here = (self.offset + start, self.offset + start)
            self.doubts.append(_area_doubt("area-impossible", error.what, error.remedy, here))

    def _unclosed(self, corners: tuple[Position, ...], begin: int, end: int) -> None:
        try:
            offer = Given(footprint=Polygon(corners))
        except BadInput:
            offer = None
        self.doubts.append(
            Doubt(
                code="ring-not-closed",
                field=Field.AREA,
                must=True,
                what=f"{len(corners)} corners do not end where they began: is a corner missing?",
                answer="Draw the area, or accept it as closed from the last corner to the first.",
                start=self.offset + begin,
                end=self.offset + end,
                offer=offer,
            )
        )

    def _unused(self, begin: int, end: int) -> None:
        self.doubts.append(
            Doubt(
                code="position-unused",
                field=Field.AREA,
                must=False,
                what="The text names a position that belongs to no area.",
                answer="Look whether it draws something that was not read, and confirm.",
                start=self.offset + begin,
                end=self.offset + end,
            )
        )


def _mm(match: re.Match[str]) -> int:
    return ceil(Fraction(match["size"].replace(",", ".")) * _MILLIMETRES[match["unit"]])


def _area_doubt(code: str, what: str, answer: str, place: tuple[int, int]) -> Doubt:
    start, end = place
    return Doubt(code=code, field=Field.AREA, must=True, what=what, answer=answer, start=start, end=end)
