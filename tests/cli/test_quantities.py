# SPDX-License-Identifier: Apache-2.0
"""Sizes with units, as typed: rounded up, and never without a unit."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from steerclear.cli import quantities
from steerclear.errors import BadInput

Reader = Callable[[str], int]


@pytest.mark.parametrize(
    ("read", "text", "whole"),
    [
        (quantities.lateral_mm, "5nm", 9_260_000),
        (quantities.lateral_mm, "5 NM", 9_260_000),
        (quantities.lateral_mm, "9.26km", 9_260_000),
        (quantities.lateral_mm, "9260m", 9_260_000),
        (quantities.lateral_mm, "0m", 0),
        (quantities.lateral_mm, "0.0001m", 1),
        (quantities.lateral_mm, "1ft", 305),
        (quantities.lateral_mm, "5000km", 5_000_000_000),
        (quantities.vertical_ft, "1000ft", 1000),
        (quantities.vertical_ft, "304.8m", 1000),
        (quantities.vertical_ft, "300m", 985),
        (quantities.vertical_ft, "0.1ft", 1),
        (quantities.time_s, "0s", 0),
        (quantities.time_s, "15min", 900),
        (quantities.time_s, "1.5h", 5400),
        (quantities.time_s, "0.5 s", 1),
    ],
)
def test_a_size_is_read_and_rounds_up(read: Reader, text: str, whole: int) -> None:
    assert read(text) == whole


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (quantities.lateral_mm, "5", "quantity-unreadable"),
        (quantities.lateral_mm, "", "quantity-unreadable"),
        (quantities.lateral_mm, "-5nm", "quantity-unreadable"),
        (quantities.lateral_mm, "5mi", "quantity-unreadable"),
        (quantities.lateral_mm, "5min", "quantity-unreadable"),
        (quantities.lateral_mm, "1e3m", "quantity-unreadable"),
        (quantities.lateral_mm, "NaNkm", "quantity-unreadable"),
        (quantities.lateral_mm, "٥km", "quantity-unreadable"),
        (quantities.vertical_ft, "5nm", "quantity-unreadable"),
        (quantities.time_s, "5m", "quantity-unreadable"),
        (quantities.lateral_mm, "5001km", "quantity-too-large"),
        (quantities.vertical_ft, "999999999m", "quantity-too-large"),
        (quantities.time_s, "9999h", "quantity-too-large"),
    ],
)
def test_what_has_no_unit_that_fits_is_refused(read: Reader, text: str, code: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(text)
    assert caught.value.code == code
    assert caught.value.remedy
