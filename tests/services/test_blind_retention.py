# SPDX-License-Identifier: Apache-2.0
"""Do the secrets of a day leave the node when it ends, and what an audit needs when its time is over?"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.services.blind_liars import HELD, OFFLINE, PAIR, host_day, inquiry, keep_openings, party_day
from tests.services.test_blind_exchange import agree, tick

from steerclear.errors import BadInput
from steerclear.mechanism.bodies import IncidentClose, IncidentOpen
from steerclear.model.member import MemberId
from steerclear.model.terms import BlindTerms, Level
from steerclear.model.time import parse_instant
from steerclear.services.blind_offline import KEEP_DAYS, OfflineKeys
from steerclear.services.speak import by_desk, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

Draw = Callable[..., dict[str, Any]]

HOURLY: Final = BlindTerms(tick_s=3_600, horizon_days=1, cap_km2_ft_h=2_000_000_000, step_minutes=5)
DAY: Final = "2025-04-10"
TWO_DAYS: Final = OfflineKeys(OFFLINE.publics, 2, keep_days=2)
DAY_NUMBER: Final = "blind-opening/ISR-TUR/20188/"
LAST: Final = "2025-04-12T23:59:00.000Z"
AFTER: Final = "2025-04-13T00:10:00.000Z"
"""Two days after the day has ended; a node looks every ten minutes."""


@pytest.fixture(params=[Level.L3, Level.L2, Level.L3P], ids=lambda level: level.value)
def level(request: pytest.FixtureRequest) -> Level:
    found: Level = request.param
    return found


@pytest.fixture
def compared(channel: Channel, draw: Draw) -> Channel:
    keep_openings(channel, TWO_DAYS)
    agree(channel, Level.L2, HOURLY)
    channel.file("TUR", draw("t1", "TUR"))
    tick(channel, "06:00", "07:00")
    return channel


def test_scalars_keys_and_tables_leave_the_node_when_their_day_ends(
    channel: Channel, draw: Draw, level: Level
) -> None:
    agree(channel, level, HOURLY)
    channel.file("TUR", draw("t1", "TUR"))
    tick(channel, "06:00")
    held: list[Any] = [party_day(channel, member)._side for member in PAIR]
    if level is not Level.L3P:
        held.append(host_day(channel)._host)
    gone = [weakref.ref(one) for one in held]
    secrets = [one.secret.secret for one in held[:2]]
    held.clear()
    tick(channel, "23:59:50")
    assert all(one() is not None for one in gone)
    tick(channel, "2025-04-11T00:00:10.000Z")
    gc.collect()
    assert all(one() is None for one in gone)
    for station in channel.stations.values():
        kept = [station.store.fact(name) or b"" for name in station.disk.facts]
        assert not any(secret in value for secret in secrets for value in kept)


def test_what_an_audit_needs_is_kept_until_its_time_is_over_and_then_gone(compared: Channel) -> None:
    station = compared.stations["TUR"]
    compared.at(LAST)
    compared.node("TUR").step()
    assert compared.node("TUR").blind_opening("ISR", DAY, 0)
    assert inquiry(compared).faults == ()
    compared.at(AFTER)
    compared.node("TUR").step()
    with pytest.raises(BadInput) as none:
        compared.node("TUR").blind_opening("ISR", DAY, 0)
    assert none.value.code == "blind-no-opening"
    kept = [
        value for name, value in station.disk.facts.items() if name.startswith("blind-opening/") and value
    ]
    assert kept == []


def test_a_node_that_was_started_again_still_knows_when(compared: Channel) -> None:
    compared.restart("TUR")
    keep_openings(compared, TWO_DAYS)
    compared.at(AFTER)
    compared.node("TUR").step()
    with pytest.raises(BadInput):
        compared.node("TUR").blind_opening("ISR", DAY, 0)


def test_an_open_incident_keeps_it(compared: Channel) -> None:
    node = compared.node("TUR")
    opened = IncidentOpen(
        title="Near miss",
        happened_at=parse_instant(f"{DAY}T09:30:00.000Z"),
        place=None,
        involved=(MemberId("TUR"),),
    )
    incident = speak(node.ledger, opened, voice=by_desk("air"), to=("ISR",)).id
    compared.at(AFTER)
    node.step()
    assert node.blind_opening("ISR", DAY, 0)
    compared.at("2025-04-20T12:00:00.000Z")
    speak(node.ledger, IncidentClose(incident=incident, because="agreed"), voice=by_desk("air"), to=("ISR",))
    node.step()
    with pytest.raises(BadInput):
        node.blind_opening("ISR", DAY, 0)


def test_the_time_is_a_setting() -> None:
    assert OFFLINE.keep_days == KEEP_DAYS == 90
    for days in (0, -1, 3_651):
        with pytest.raises(BadInput) as refused:
            OfflineKeys((HELD[0].public,), 1, days)
        assert refused.value.code == "blind-keep-days"
