# SPDX-License-Identifier: Apache-2.0
"""``docs/geojson.md`` is true: its example is read, and it names every property, kind, unit and datum."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from steerclear.errors import BadInput
from steerclear.formats.geojson import LARGEST_FILING_BYTES, read_notices, write_notices
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Datum, Legs, Polygon

DOCUMENT = (Path(__file__).parents[2] / "docs" / "geojson.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"^```json\n(.*?)^```", DOCUMENT, flags=re.MULTILINE | re.DOTALL)[0]


def test_the_example_is_read() -> None:
    area, convoy = read_notices(EXAMPLE.encode(), where="docs/geojson.md")
    assert (area.ref, area.near) == ("T4-1", "12 km SW of T4")
    assert isinstance(area.volumes[0].footprint, Polygon)
    assert isinstance(convoy.volumes[0].footprint, Legs)
    assert read_notices(write_notices([area, convoy]).encode(), where="x") == (area, convoy)


def test_the_example_refusal_is_the_one_that_is_given() -> None:
    with pytest.raises(BadInput) as caught:
        read_notices(EXAMPLE.replace(', "datum": "AGL"', "").encode(), where="areas.geojson")
    assert f"{caught.value.code}: {caught.value.what}" in DOCUMENT
    assert f"  remedy: {caught.value.remedy}" in DOCUMENT


@pytest.mark.parametrize(
    "word",
    [
        *(kind.value for kind in NoticeKind),
        *(datum.value for datum in Datum),
        *("id", "party", "kind", "lower", "upper", "start", "end", "near", "part", "parts"),
        *("radius_m", "half_width_m", "times", "ft", "m", "FL", "bbox", "crs"),
    ],
)
def test_every_word_of_the_contract_is_in_it(word: str) -> None:
    assert f"`{word}`" in DOCUMENT


def test_the_limit_is_the_one_that_is_held() -> None:
    assert f"at most {LARGEST_FILING_BYTES // 1_000_000} MB" in DOCUMENT
