# SPDX-License-Identifier: Apache-2.0
"""A node that is set to cosign twice: its root names the second key, and from then on both lines stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.services.conftest import _places, area

from steerclear.links.keystore import KeyName
from steerclear.model.member import MemberId
from steerclear.node import compose
from steerclear.record.cosignature import cosigner_name
from steerclear.record.keys import KeyRole
from steerclear.record.note import parse_note
from steerclear.services.ledger import Ledger
from steerclear.services.requests import NameKeys
from steerclear.services.roots import keys_of, name_keys

if TYPE_CHECKING:
    from tests.services.conftest import Channel

WITNESS = KeyName("witness")


def set_to_cosign_twice(channel: Channel, member: str) -> Ledger:
    """The node is started again with the setting."""
    station = channel.stations[member]
    station.node = compose(
        channel.charter,
        MemberId(member),
        store=station.store,
        keys=station.keys,
        clock=channel.clock,
        randomness=station.randomness,
        high_water=station.mark,
        places=_places(),
        cosigns_twice=True,
    )
    return station.node.ledger


def lines_of_isr(channel: Channel, at: str) -> list[int]:
    """How long the signatures of ISR are under the newest checkpoint of TUR that a node holds."""
    channel.file("TUR", area(f"area-{channel.size('TUR')}", "TUR"))
    name = cosigner_name(channel.node(at).ledger.mechanism, "ISR")
    note = channel.node(at).ledger.notes.newest("TUR")
    assert note is not None
    return [len(line.signature) for line in parse_note(note).signatures if line.name == name]


def test_it_cosigns_twice_as_soon_as_the_root_has_named_the_key(channel: Channel) -> None:
    ledger = set_to_cosign_twice(channel, "ISR")
    assert lines_of_isr(channel, "AZE") == [72], "nobody would know the second line yet"
    asked = name_keys(ledger, NameKeys(role="witness"))
    assert not asked.missing
    channel.settle()
    assert lines_of_isr(channel, "AZE") == [72, 2_428]
    assert channel.node("TUR").ledger.notes.cosigners("TUR") == ("AZE", "ISR")
    shown = [row for row in keys_of(ledger).keys if row.role == "witness" and row.state == "holds"]
    assert len(shown) == 2
    assert all(row.held for row in shown)


def test_a_fresh_witness_key_brings_its_companion_and_both_old_ones_go(channel: Channel) -> None:
    ledger = set_to_cosign_twice(channel, "ISR")
    name_keys(ledger, NameKeys(role="witness"))
    old = {ledger.keys.signer(WITNESS).keyid, ledger.keys.companion(WITNESS).keyid}
    name_keys(ledger, NameKeys(role="witness", fresh=True))
    new = {ledger.keys.signer(WITNESS).keyid, ledger.keys.companion(WITNESS).keyid}
    assert not old & new
    assert {one.keyid for one in ledger.own.keys.holders(KeyRole.WITNESS, at=ledger.now())} == new
    assert old <= ledger.own.keys.revoked
    channel.settle()
    assert lines_of_isr(channel, "TUR") == [72, 2_428]


def test_a_node_that_is_not_set_to_it_cosigns_once(channel: Channel) -> None:
    set_to_cosign_twice(channel, "ISR")
    name_keys(channel.node("ISR").ledger, NameKeys(role="witness"))
    channel.settle()
    channel.restart("ISR", store=channel.stations["ISR"].store)
    assert lines_of_isr(channel, "AZE") == [72]
