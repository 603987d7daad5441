# SPDX-License-Identifier: Apache-2.0
"""Is who files a hazard told whom else it touches, and is what he does about it recorded?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.formats.geojson import read_notices
from steerclear.mechanism.civil import touches_civil_use
from steerclear.services import requests as ask

if TYPE_CHECKING:
    from tests.services.conftest import Channel


@pytest.mark.parametrize(
    ("kind", "touches"), [("hazard", True), ("keep-out", True), ("drone", True), ("flight", False)]
)
def test_a_hazard_asks_for_its_civil_text_when_it_is_filed(
    channel: Channel, draw: Any, kind: str, *, touches: bool
) -> None:
    receipt = channel.file("TUR", draw("depot", "TUR", kind=kind))
    rows = [row for row in receipt.gate if row.code == "civil"]
    assert [row.severity for row in rows] == (["shown"] if touches else [])
    assert all("offer" in row.words and "civil.decline" in row.words for row in rows)


def test_what_stands_on_the_ground_alone_touches_no_traffic(draw: Any) -> None:
    ground = {"value": 0, "unit": "ft", "datum": "AGL"}
    (notice,) = read_notices(json.dumps(draw("x", "TUR", kind="hazard")).encode(), where="x")
    assert touches_civil_use(notice)
    flat = draw("x", "TUR", kind="hazard")
    flat["properties"] |= {"lower": ground, "upper": ground}
    (notice,) = read_notices(json.dumps(flat).encode(), where="x")
    assert not touches_civil_use(notice)


def test_declining_is_recorded_with_its_reason(channel: Channel, draw: Any) -> None:
    filed = channel.file("TUR", draw("depot", "TUR", kind="hazard"))
    fields = {"notice": filed.short, "because": "Below every route."}
    channel.do("TUR", ask.Say(kind="civil.decline", desk="air", fields=fields))
    for member in ("TUR", "ISR", "AZE"):
        (declined,) = channel.node(member).ledger.view.civil(filed.id).declined
        assert declined.body.because == "Below every route."


def test_an_offer_is_recorded_with_its_text(channel: Channel, draw: Any) -> None:
    filed = channel.file("TUR", draw("depot", "TUR", kind="hazard"))
    fields = {"notice": filed.short, "contact": "OSTT FIC", "form": "notam", "text": "(NOTAMN\nQ) OSTT/QRDCA"}
    channel.do("TUR", ask.Say(kind="civil.offer", desk="air", fields=fields))
    (offer,) = channel.node("ISR").ledger.view.civil(filed.id).offers
    assert offer.body.text.startswith("(NOTAMN")
