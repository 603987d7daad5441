# SPDX-License-Identifier: Apache-2.0
"""Does a STOP get out of a node whose own log is behind, and can it be answered and closed like any other?"""

from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.services.conftest import ReservedStore

from steerclear.errors import NotKept
from steerclear.mechanism.bodies import Heard
from steerclear.mechanism.measures import minutes_to_authority
from steerclear.services import requests as ask
from steerclear.store import failures


def test_a_stop_goes_out_while_the_own_log_is_behind(channel: Any, draw: Any) -> None:
    """Design file 3: with nobody's copy of its log at hand a node appends nothing; floor messages go out."""
    old = copy.deepcopy(channel.stations["TUR"].disk)
    channel.file("TUR", draw("depot", "TUR", level="L0"))
    tur = channel.restart("TUR", disk=old)

    (called,) = tur.do(ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("ISR",)))

    assert called.seq is None
    assert tur.stop(called.id).to == ("ISR",)
    isr = channel.node("ISR")
    isr.take("TUR", tur.make("ISR"))
    assert isr.stop(called.id).seen == "fire"
    rung = {(alarm.desk, alarm.rung) for alarm in isr.step() if alarm.about == called.id}
    assert {("air", 1), ("air", 2)} <= rung


def test_it_is_answered_and_closed_like_any_other(channel: Any, draw: Any) -> None:
    old = copy.deepcopy(channel.stations["TUR"].disk)
    channel.file("TUR", draw("depot", "TUR", level="L0"))
    tur = channel.restart("TUR", disk=old)
    (called,) = tur.do(ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("ISR",)))
    channel.settle()

    channel.node("ISR").do(ask.Acknowledge(desk="air", about=called.id, rung=2))
    channel.node("ISR").do(ask.Answer(desk="air", about=called.id, answer="stopped"))
    channel.settle()

    row = channel.node("TUR").stop(called.id)
    assert row.outcome == "stopped"
    assert row.minutes_to_authority is not None
    channel.node("TUR").do(ask.CloseStop(desk="air", about=called.id))
    channel.settle()
    assert channel.node("ISR").stop(called.id).closed_at is not None


def test_it_stands_in_the_log_as_soon_as_that_can_be_written(channel: Any, draw: Any) -> None:
    """Once, whole and with its proof, for those who may read it; and no minute is counted otherwise."""
    old = copy.deepcopy(channel.stations["TUR"].disk)
    channel.file("TUR", draw("depot", "TUR", level="L0"))
    tur = channel.restart("TUR", disk=old)
    (called,) = tur.do(ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("ISR",)))
    before = channel.node("TUR").stop(called.id)
    channel.at("05:20")
    channel.settle()
    for member in ("TUR", "ISR", "AZE"):
        view = channel.node(member).ledger.view
        [own] = [one for one in view.book.about(called.id, Heard) if one.author == "TUR"]
        assert own.body.floor is not None
        assert own.body.floor.statement.statement.id == called.id
        assert own.body.floor.delegations, "a reader can judge it without anything else"
        assert set(own.readers) == {"AZE", "ISR", "TUR"}
        assert view.why_without_effect(own.id) is None
    assert channel.node("TUR").stop(called.id).filed_at == before.filed_at
    channel.restart("TUR", store=channel.stations["TUR"].store)
    channel.settle()
    again = channel.node("TUR").ledger.view.book.about(called.id, Heard)
    assert len([one for one in again if one.author == "TUR"]) == 1


def test_a_stop_goes_out_of_a_node_whose_disk_is_full(channel: Any) -> None:
    """On the reserve, aside from the log; and it stands there as soon as there is room."""
    store = ReservedStore(channel.stations["TUR"].disk)
    tur = channel.restart("TUR", store=store)
    channel.settle()
    store.fails_with = failures.full("the disk of the test")
    size = channel.size("TUR")
    (called,) = tur.do(ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("ISR",)))
    assert (called.seq, channel.size("TUR")) == (None, size)
    isr = channel.node("ISR")
    isr.take("TUR", tur.make("ISR"))
    assert isr.stop(called.id).seen == "fire"
    store.fails_with = None
    channel.settle()
    again = tur.ledger.view.book.about(called.id, Heard)
    assert [one.author for one in again if one.author == "TUR"] == ["TUR"]


def test_a_stop_goes_out_though_the_mark_cannot_be_kept(channel: Any) -> None:
    """The first stands in the log, and its caller is told what did not work; those after it go out aside."""
    tur, mark = channel.node("TUR"), channel.stations["TUR"].mark
    mark.fails_with = NotKept("high-water-not-kept", "Full.", remedy="Make room.")
    stop = ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("ISR",))
    with pytest.raises(NotKept):
        tur.do(stop)
    (first,) = tur.ledger.view.book.of_kind("stop.call")
    (second,) = tur.do(stop)
    assert (first.is_in_a_log, second.seq) == (True, None)
    mark.fails_with = None
    channel.settle()
    assert {first.id, second.id} <= {
        one.id for one in channel.node("ISR").ledger.view.book.of_kind("stop.call")
    }


@pytest.mark.parametrize("kind", ["stop", "distress"])
def test_a_call_is_acknowledged_while_the_own_log_is_behind(channel: Any, draw: Any, kind: str) -> None:
    """The caller sees that a person who may act has it, and the desk is not rung on."""
    old = copy.deepcopy(channel.stations["ISR"].disk)
    channel.file("ISR", draw("depot", "ISR", level="L0"))
    isr = channel.restart("ISR", disk=old)
    request: Any = ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure", to=("ISR",))
    if kind == "distress":
        fields = {"place": "T4", "seen_at": "now", "who": "people"}
        request = ask.Say(kind="distress.call", fields=fields, desk="air", to=("ISR",))
    (called,) = channel.node("TUR").do(request)
    isr.take("TUR", channel.node("TUR").make("ISR"))
    size = isr.ledger.own.size

    (acknowledged,) = isr.do(ask.Acknowledge(desk="air", about=called.id, rung=2))

    assert (acknowledged.seq, isr.ledger.own.size) == (None, size)
    tur = channel.node("TUR")
    tur.take("ISR", isr.make("TUR"))
    calls = tur.ledger.view.stops if kind == "stop" else tur.ledger.view.distress
    [ack] = calls.get(called.id).acknowledgements
    assert (ack.author, ack.desk, ack.body.rung, ack.is_in_a_log) == ("ISR", "air", 2, False)
    assert minutes_to_authority(tur.ledger.view, called.id) == 0
    assert [alarm for alarm in isr.step() if alarm.about == called.id and alarm.rung > 2] == []
