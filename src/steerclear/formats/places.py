# SPDX-License-Identifier: Apache-2.0
"""Which position does a place name mean: "T4", "OSDZ", "12 km NE of Deir ez-Zor"?

Own names come first (``places.toml``, each with its source and its doubt), then the airports of the world by
ICAO code, IATA code and full name (``airportsdata``). Case, accents, hyphens and apostrophes make no
difference. A name that two airports share, and one that nobody knows, is answered with ``None``: the caller
then says that it cannot check, which is not the same as being content.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Final

import airportsdata

from steerclear.geometry.geodesic import destination
from steerclear.model.place import Place
from steerclear.model.space import Position

__all__ = ["Gazetteer"]

E7: Final = 10_000_000
FURTHEST_M: Final = 5_000_000.0
_WINDS: Final = (
    *("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE"),
    *("S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW"),
)
_WIND_DOUBT: Final = "a compass point is good to 11 degrees"
_METRES: Final = {"M": 1.0, "KM": 1000.0, "NM": 1852.0}
_OFFSET: Final = re.compile(
    r"(?P<size>\d{1,5}(?:\.\d{1,3})?) ?(?P<unit>km|nm|m) (?:(?P<wind>[nesw]{1,3})|(?P<bearing>\d{3})°?) "
    r"(?:of|from) (?P<name>.+)",
    re.ASCII | re.IGNORECASE,
)
_WORDS: Final = {
    "kilometres": "km", "kilometers": "km", "kilometre": "km", "kilometer": "km",
    "nautical miles": "nm", "nautical mile": "nm", "metres": "m", "meters": "m",
}  # fmt: skip
_SPELLED_WIND: Final = re.compile(r"\b(north|south|east|west)\b[ -]*", re.IGNORECASE)
_NOT_WORD: Final = re.compile(r"[^\w]+")
_LETTERLIKE: Final = str.maketrans({"ı": "i", "ø": "o", "ł": "l", "ß": "ss", "æ": "ae", "đ": "d", "ð": "d"})


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places by every spelling that is known for them; only read."""

    places: Mapping[str, Place]

    @classmethod
    def load(cls) -> Gazetteer:
        """Our own names and the world's airports: about 60,000 spellings, half a second the first time."""
        return cls(_world())

    @classmethod
    def on_demand(cls) -> Gazetteer:
        """The same, loaded when the first name is looked up: a node that starts does not wait for it."""
        return cls(_OnDemand())

    def find(self, name: str) -> Place | None:
        """The place of this name or code."""
        return self.places.get(_key(name))

    def resolve(self, reference: str) -> Place | None:
        """The place of a name, or of "12 km NE of" a name, or "12 NM 045 from" it (true bearing).

        16 compass points; km, NM or m; at most 5,000 km. ``None`` where it cannot be resolved.
        """
        typed = " ".join(reference.split())
        match = _OFFSET.fullmatch(_shortened(typed))
        if match is None:
            return self.find(typed) or self.find(re.sub(r"^(?:near|at) ", "", typed, flags=re.IGNORECASE))
        base = self.find(match["name"])
        return None if base is None else _offset(base, match)


class _OnDemand(Mapping[str, Place]):
    def __getitem__(self, key: str) -> Place:
        return _world()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(_world())

    def __len__(self) -> int:
        return len(_world())


@cache
def _world() -> Mapping[str, Place]:
    return MappingProxyType({**_airports(), **_own_places()})


def _offset(base: Place, match: re.Match[str]) -> Place | None:
    unit, wind = match["unit"].upper(), (match["wind"] or "").upper()
    distance_m = float(match["size"]) * _METRES[unit]
    if distance_m > FURTHEST_M or (wind and wind not in _WINDS) or int(match["bearing"] or 0) > 360:
        return None
    bearing_deg = _WINDS.index(wind) * 22.5 if wind else float(match["bearing"])
    doubts = [doubt for doubt in (base.doubt, _WIND_DOUBT if wind else None) if doubt]
    shown_unit = "NM" if unit == "NM" else unit.lower()
    return Place(
        name=f"{match['size']} {shown_unit} {wind or match['bearing'] + '°'} of {base.name}",
        position=destination(base.position, bearing_deg, distance_m),
        doubt="; ".join(doubts) or None,
    )


def _shortened(typed: str) -> str:
    """ "12 kilometres north-east of" as "12 km ne of"; only in front of "of" or "from", never in a name."""
    head, joint, tail = _parted(typed)
    for word, short in _WORDS.items():
        head = re.sub(rf"\b{word}\b", short, head, flags=re.IGNORECASE)
    return _SPELLED_WIND.sub(lambda match: match[1][0], head) + joint + tail


def _parted(typed: str) -> tuple[str, str, str]:
    match = re.search(r" (?:of|from) ", typed, flags=re.IGNORECASE)
    return (typed, "", "") if match is None else (typed[: match.start()], match[0], typed[match.end() :])


def _own_places() -> dict[str, Place]:
    text = files("steerclear.formats").joinpath("places.toml").read_text(encoding="utf-8")
    found: dict[str, Place] = {}
    for row in tomllib.loads(text)["place"]:
        place = Place(row["name"], _position(row), row.get("doubt"))
        found |= dict.fromkeys(map(_key, (row["name"], *row["aliases"])), place)
    return found


def _airports() -> dict[str, Place]:
    rows = list(airportsdata.load("ICAO").values())
    places = {row["icao"]: Place(f"{row['name']} ({row['icao']})", _position(row)) for row in rows}
    named = _unshared((_key(row["name"]), places[row["icao"]]) for row in rows)
    by_iata = _unshared((_key(row["iata"]), places[row["icao"]]) for row in rows if row["iata"])
    return {**named, **by_iata, **{_key(code): place for code, place in places.items()}}


def _unshared(pairs: Iterable[tuple[str, Place]]) -> dict[str, Place]:
    """Only what names one place: two "Municipal Airport" name none."""
    kept = list(pairs)
    counts = Counter(key for key, _ in kept)
    return {key: place for key, place in kept if counts[key] == 1}


def _position(row: Mapping[str, Any]) -> Position:
    return Position(lat_e7=round(row["lat"] * E7), lon_e7=round(row["lon"] * E7))


def _key(name: str) -> str:
    """Case, accents, punctuation and doubled blanks taken away: "Deir ez-Zor" and "DEIR  EZ ZOR" are one."""
    plain = name.casefold()
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain).translate(_LETTERLIKE)
        plain = "".join(char for char in decomposed if not unicodedata.combining(char))
    return _NOT_WORD.sub(" ", plain).strip()
