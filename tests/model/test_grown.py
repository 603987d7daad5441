# SPDX-License-Identifier: Apache-2.0
"""Does a form that grew by a field keep the spelling of what was written before?"""

from __future__ import annotations

from typing import Any

import pytest

from steerclear.errors import BadInput
from steerclear.model.terms import BlindTerms, Padding
from steerclear.model.wire import codec_of, fields_of

BEFORE: dict[str, Any] = {"tick_s": 60, "horizon_days": 2, "cap_km2_ft_h": 10_000_000, "step_minutes": 5}
FORM = codec_of(BlindTerms)


def refusal(value: Any) -> tuple[str, str | None]:
    with pytest.raises(BadInput) as caught:
        FORM.read(value, "blind")
    return caught.value.code, caught.value.where


def test_what_was_written_before_means_what_it_meant_and_is_written_so_again() -> None:
    terms = FORM.read(BEFORE, "blind")
    assert terms == BlindTerms(60, 2, 10_000_000, 5, Padding.DOUBLING)
    assert FORM.write(terms) == BEFORE


def test_the_new_field_stands_at_the_end_where_it_is_not_its_default() -> None:
    after = {**BEFORE, "padding": "padme"}
    terms = FORM.read(after, "blind")
    assert terms == BlindTerms(60, 2, 10_000_000, 5, Padding.PADME)
    assert list(FORM.write(terms).items()) == list(after.items())  # type: ignore[union-attr] # an object


def test_one_value_has_one_spelling() -> None:
    assert refusal({**BEFORE, "padding": "doubling"}) == ("body-field-form", "blind.padding")
    assert refusal({**BEFORE, "padding": None}) == ("body-field-form", "blind.padding")
    assert refusal({"padding": "padme", **BEFORE}) == ("body-field-order", "blind")
    assert refusal({"tick_s": 60, "padding": "padme"}) == ("body-field-missing", "blind.horizon_days")
    assert refusal({**BEFORE, "padded": "padme"}) == ("body-field-unknown", "blind.padded")


def test_the_reference_says_when_it_is_left_out() -> None:
    [*always, padding] = fields_of(BlindTerms)
    assert padding.codec.says == "one of doubling, padme; left out where it is doubling"
    assert (padding.left_out, {form.left_out for form in always}) == ((Padding.DOUBLING,), {()})
