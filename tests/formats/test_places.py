# SPDX-License-Identifier: Apache-2.0
"""Names, codes and references such as "12 km NE of OSDZ", and what cannot be resolved."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from steerclear.formats.places import Gazetteer
from steerclear.geometry.geodesic import bearing_deg, distance_m
from steerclear.model.space import Position

GAZETTEER = Gazetteer.load()
OWN = tomllib.loads(files("steerclear.formats").joinpath("places.toml").read_text(encoding="utf-8"))["place"]
WINDS = "N NNE NE ENE E ESE SE SSE S SSW SW WSW W WNW NW NNW".split()  # noqa: SIM905 - a rose of winds


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("T4", "T4 (Tiyas) air base"),
        ("tiyas", "T4 (Tiyas) air base"),
        ("OSDZ", "Deir ez-Zor Airport (OSDZ)"),
        ("deir  EZ ZOR", "Deir ez-Zor Airport (OSDZ)"),
        ("dez", "Deir ez-Zor Airport (OSDZ)"),
        ("Palmyra", "Palmyra air base (OSPR)"),
        ("Hamah", "Hama air base"),
        ("karacok", "Karachok"),
        ("KARAÇOK", "Karachok"),
        ("Bakı", "Baku"),
        ("yayladagi border", "Yayladağı border, place of the loss of 24 November 2015"),
        ("UBBB", "Heydar Aliyev International Airport (UBBB)"),
        ("GYD", "Heydar Aliyev International Airport (UBBB)"),
        ("İncirlik Air Base", "Incirlik Air Base (LTAG)"),
        ("Kunduz trauma centre", "Kunduz trauma centre"),
        ("Al-Bab", "Al-Bab"),
        ("al tanf", "Al-Tanf"),
        ("Urum al-Kubra", "Urum al-Kubra"),
        ("deir al-balah PIER", "Deir al-Balah pier"),
        ("Latakia", "Latakia"),
    ],
)
def test_a_place_is_found_by_any_of_its_spellings(name: str, shown: str) -> None:
    place = GAZETTEER.find(name)
    assert place is not None
    assert place.name == shown
    assert GAZETTEER.resolve(f"near {name}") == place


@pytest.mark.parametrize("name", ["", "  ", "nowhere at all", "Municipal Airport", "T", "\x00"])
def test_what_is_unknown_or_shared_is_not_guessed(name: str) -> None:
    assert GAZETTEER.find(name) is None
    assert GAZETTEER.resolve(name) is None


def test_every_own_place_has_a_source_and_names_of_its_own() -> None:
    for row in OWN:
        assert row["source"]
        for spelling in (row["name"], *row["aliases"]):
            place = GAZETTEER.find(spelling)
            assert place is not None
            assert (place.name, place.doubt) == (row["name"], row.get("doubt"))


def test_a_reference_is_computed_along_the_geodesic() -> None:
    place = GAZETTEER.resolve("12 km NE of OSDZ")
    base = GAZETTEER.find("OSDZ")
    assert place is not None
    assert base is not None
    assert place.name == "12 km NE of Deir ez-Zor Airport (OSDZ)"
    assert distance_m(base.position, place.position) == pytest.approx(12_000, abs=0.02)
    assert bearing_deg(base.position, place.position) == pytest.approx(45, abs=1e-4)
    assert place.doubt is not None
    assert "11 degrees" in place.doubt


@pytest.mark.parametrize(("place", "wind"), list(enumerate(WINDS)))
def test_the_sixteen_winds(place: int, wind: str) -> None:
    base = GAZETTEER.find("T4")
    found = GAZETTEER.resolve(f"20 km {wind.lower()} of t4")
    assert base is not None
    assert found is not None
    assert bearing_deg(base.position, found.position) == pytest.approx(22.5 * place, abs=1e-4)


@pytest.mark.parametrize(
    ("reference", "metres"),
    [
        ("500 m S of T4", 500),
        ("500m S of T4", 500),
        ("1.5 NM S from T4", 2778),
        ("3 nm south of T4", 5556),
        ("3 nautical miles south of T4", 5556),
        ("2 kilometres south-south-west of T4", 2000),
        ("2 km 180 from T4", 2000),
        ("2 km 180° of T4", 2000),
        ("0 km N of T4", 0),
    ],
)
def test_units_and_spellings_of_a_reference(reference: str, metres: float) -> None:
    base, found = GAZETTEER.find("T4"), GAZETTEER.resolve(reference)
    assert base is not None
    assert found is not None
    assert distance_m(base.position, found.position) == pytest.approx(metres, abs=0.02)


@pytest.mark.parametrize(
    "reference",
    [
        "12 km NE of nowhere",
        "12 km NEN of T4",
        "12 miles N of T4",
        "12 N of T4",
        "km N of T4",
        "-5 km N of T4",
        "5001 km N of T4",
        "12 km 361 from T4",
        "north of T4",
        "12 km NE of",
    ],
)
def test_a_reference_that_cannot_be_resolved_is_none(reference: str) -> None:
    assert GAZETTEER.resolve(reference) is None


def test_the_notified_position_of_2016_was_nine_kilometres_off() -> None:
    """Deir ez-Zor: what the gate will hold against the named place."""
    named = GAZETTEER.resolve("OSDZ")
    assert named is not None
    assert 8_500 < distance_m(named.position, Position(353_660_000, 401_760_000)) < 9_500


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=60) | st.text(st.sampled_from("0123456789 kmnewsoft4.°-"), max_size=30))
def test_no_text_brings_it_down(text: str) -> None:
    found = GAZETTEER.resolve(text)
    assert found is None or found.name


def test_what_is_loaded_on_demand_knows_the_same() -> None:
    later = Gazetteer.on_demand()
    assert later.resolve("12 km NE of Deir ez-Zor") == GAZETTEER.resolve("12 km NE of Deir ez-Zor")
    assert later.find("nobody knows this place") is None
    assert dict(later.places) == dict(GAZETTEER.places)
    assert len(later.places) == len(GAZETTEER.places)
