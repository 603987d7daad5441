# SPDX-License-Identifier: Apache-2.0
"""How far did a notice come: delivered, acknowledged, at the unit, recorded; and who cannot keep clear?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from steerclear.errors import BadInput
from steerclear.services import requests as ask

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.services.answers import Receipt, StageRow

HAZARD = {"kind": "hazard"}


@pytest.fixture
def depot(channel: Channel, draw: Any) -> Receipt:
    return channel.file("TUR", draw("depot", "TUR", **HAZARD))


def stage(channel: Channel, about: str, at: str = "TUR") -> StageRow:
    return channel.node(at).notice(about).stages[0]


def owes(channel: Channel, member: str, what: str, desk: str | None = None) -> list[str]:
    return [row.short for row in channel.node(member).inbox(desk).i_owe if row.what == what]


def test_delivered_when_the_other_machine_has_it_and_not_before(channel: Channel, draw: Any) -> None:
    channel.cut = {frozenset(("TUR", "ISR")), frozenset(("AZE", "ISR"))}
    filed = channel.file("TUR", draw("depot", "TUR", **HAZARD))
    assert stage(channel, filed.id).delivered_at is None
    channel.cut = set()
    channel.at("05:12")
    channel.settle()
    assert stage(channel, filed.id).delivered_at == "2025-04-10T05:12:00.000Z"


def test_a_peer_that_holds_the_seal_but_not_the_key_is_no_reader(channel: Channel, draw: Any) -> None:
    filed = channel.file("TUR", draw("survey", "TUR"))
    row = stage(channel, filed.id)
    assert (row.member, row.readable) == ("ISR", False)


def test_recorded_when_all_parties_and_the_host_have_cosigned(channel: Channel, draw: Any) -> None:
    channel.down = {"AZE"}
    filed = channel.file("TUR", draw("depot", "TUR", **HAZARD))
    assert channel.node("TUR").notice(filed.id).recorded_at is None
    logs = {log.member: log for log in channel.node("TUR").status({}).logs}
    assert not logs["TUR"].recorded
    channel.down = set()
    channel.at("05:15")
    channel.settle()
    assert channel.node("TUR").notice(filed.id).recorded_at == "2025-04-10T05:15:00.000Z"
    for member in ("TUR", "ISR", "AZE"):
        assert all(log.recorded for log in channel.node(member).status({}).logs), member


def test_an_acknowledgement_reaches_its_filer_with_desk_and_rung(channel: Channel, depot: Receipt) -> None:
    assert owes(channel, "ISR", "acknowledgement", "air") == [depot.short]
    channel.at("05:20")
    ack = channel.do(
        "ISR", ask.Acknowledge(desk="air", about=depot.short, rung=2, read_back="depot, hot at 9")
    )
    assert ack[0].sealed_to == ("AZE", "ISR", "TUR")
    row = stage(channel, depot.id)
    assert (row.acknowledged_at, row.acknowledged_by) == ("2025-04-10T05:20:00.000Z", "air rung 2")
    assert not owes(channel, "ISR", "acknowledgement", "air")


def test_the_newest_version_is_acknowledged_and_an_old_acknowledgement_expires(
    channel: Channel, depot: Receipt, draw: Any
) -> None:
    channel.do("ISR", ask.Acknowledge(desk="air", about=depot.short))
    channel.file("TUR", draw("depot", "TUR", lat=34.6123, **HAZARD), amends=depot.short)
    assert stage(channel, depot.id).acknowledged_at is None
    assert owes(channel, "ISR", "acknowledgement", "air")
    channel.at("05:30")
    channel.do("ISR", ask.Acknowledge(desk="air", about=depot.short))
    assert stage(channel, depot.id).acknowledged_at == "2025-04-10T05:30:00.000Z"
    newest = channel.node("AZE").ledger.view.notices.get(depot.id)
    assert newest is not None
    assert len(newest.newest.acknowledgements) == 1


def test_dissemination_is_shown_with_its_echelon_and_expiry(channel: Channel, depot: Receipt) -> None:
    channel.do("ISR", ask.Disseminate(desk="air", about=depot.short, echelon="operator"))
    row = stage(channel, depot.id)
    assert (row.disseminated_to, row.disseminated_until) == ("operator", "2025-04-10T10:00:00.000Z")
    channel.do(
        "ISR",
        ask.Disseminate(
            desk="air", about=depot.short, echelon="fire-control", expires_at="2025-04-10T11:00:00Z"
        ),
    )
    assert stage(channel, depot.id).disseminated_until == "2025-04-10T11:00:00.000Z"


def test_unable_to_keep_clear_owes_an_answer(channel: Channel, depot: Receipt) -> None:
    unable = ask.Unable(
        desk="air", about=depot.short, until="2025-04-10T09:40:00Z", part="the west", reason="tankers"
    )
    channel.do("ISR", unable)
    record = channel.node("TUR").ledger.view.notices.get(depot.id)
    assert record is not None
    assert [(one.body.part, one.body.because) for one in record.newest.unables] == [("the west", "tankers")]
    assert owes(channel, "TUR", "answer-to-unable")


@pytest.mark.parametrize("until", ["", "noon", "2025-04-10T09:40:00", "2025-13-01T00:00:00Z"])
def test_a_time_that_is_none_is_refused(channel: Channel, depot: Receipt, until: str) -> None:
    size = channel.size("ISR")
    with pytest.raises(BadInput):
        channel.do("ISR", ask.Unable(desk="air", about=depot.short, until=until, part="all", reason="x"))
    with pytest.raises(BadInput):
        channel.do(
            "ISR", ask.Disseminate(desk="air", about=depot.short, echelon="operator", expires_at=until)
        )
    assert channel.size("ISR") == size


def test_a_notice_addressed_to_others_is_answered_without_effect_by_nobody(
    channel: Channel, depot: Receipt
) -> None:
    """The host reads along; its acknowledgement is nobody's."""
    channel.do("AZE", ask.Acknowledge(desk="air", about=depot.short))
    assert stage(channel, depot.id).acknowledged_at is None
    assert any("receipt.acknowledge" in words for words in channel.node("TUR").status({}).without_effect)


def test_a_conflict_is_acknowledged_by_name(channel: Channel, draw: Any) -> None:
    channel.file("TUR", draw("survey", "TUR"))
    channel.file("ISR", draw("flight", "ISR", lat=34.5323))
    for member in ("TUR", "ISR"):
        due = [row for row in channel.node(member).inbox("air").i_owe if row.what == "acknowledgement"]
        assert len(due) == 1
        channel.do(member, ask.Acknowledge(desk="air", about=due[0].about, rung=2))
        assert not owes(channel, member, "acknowledgement", "air")


def test_an_inbox_of_a_desk_that_does_not_exist_is_not_empty_but_refused(
    channel: Channel, depot: Receipt
) -> None:
    """“Nothing owed” at a misspelt desk would be a lie."""
    assert owes(channel, "ISR", "acknowledgement", None)
    with pytest.raises(BadInput) as refused:
        channel.node("ISR").inbox("aire")
    assert refused.value.code == "desk-unknown"
    assert "air, ground, sea" in refused.value.remedy
