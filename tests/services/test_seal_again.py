# SPDX-License-Identifier: Apache-2.0
"""Is what a reader cannot open named, shown at both ends, and sealed again to its next key?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.services.conftest import area

from steerclear.links.keystore import KeyName
from steerclear.record import parse_leaf
from steerclear.record.reveal import verify_revealed
from steerclear.services import requests as ask
from steerclear.services.recorded import opening_of
from steerclear.services.seal_again import seal_again, unread

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.record.sealed import SealedStatement

TODAY = KeyName("recipient", "2025-04-10")


def lose_the_key(channel: Channel) -> str:
    """The host's key of today is gone: its keyid."""
    keyid = channel.stations["AZE"].keys.recipients()[TODAY.label].keyid
    channel.stations["AZE"].keys.forget(TODAY)
    return keyid


def sealings(channel: Channel, id_: str) -> list[SealedStatement]:
    leaves = map(parse_leaf, channel.stations["TUR"].store.leaves("TUR", 0))
    return [leaf.sealed for leaf in leaves if leaf.sealed is not None and leaf.sealed.id == id_]


def alarms(channel: Channel, member: str) -> list[str]:
    return [one for one in channel.node(member).status({}).alarms if one.startswith("UNREADABLE")]


def test_it_is_named_shown_at_both_ends_and_sealed_again_to_the_next_key(channel: Channel) -> None:
    keyid = lose_the_key(channel)
    notice = channel.file("TUR", area("depot", "TUR"))
    assert channel.node("AZE").ledger.view.said(notice.id) is None
    assert [one.reader for one in unread(channel.node("TUR").ledger)] == ["AZE"]
    assert notice.short in alarms(channel, "TUR")[0]
    assert notice.short in alarms(channel, "AZE")[0]
    assert not alarms(channel, "ISR")
    assert len(sealings(channel, notice.id)) == 1, "to a key that is gone it is not sealed twice"
    channel.node("AZE").ask_root(ask.RevokeKeys(keyids=(keyid,), reason="the key of today was lost"))
    channel.settle()
    first, second = sealings(channel, notice.id)
    assert (first.commitment, first.ciphertext) == (second.commitment, second.ciphertext)
    assert first.recipients == second.recipients
    assert channel.notice("AZE", "depot").ref == "depot"
    assert not alarms(channel, "TUR")
    assert not alarms(channel, "AZE")
    report = verify_revealed(opening_of(channel.node("AZE").ledger, notice.id), channel.charter)
    assert report.is_verified
    assert report.said is not None
    assert seal_again(channel.node("TUR").ledger) == 0


def test_a_reader_that_finds_everything_unreadable_gets_one_copy_a_key(channel: Channel) -> None:
    lose_the_key(channel)
    notice = channel.file("TUR", area("depot", "TUR"))
    for minute in range(1, 5):
        channel.at(f"05:{10 + minute}")
        channel.settle()
    assert len(sealings(channel, notice.id)) == 1


def test_what_is_large_is_sealed_again_on_the_blobs_that_are_there(channel: Channel) -> None:
    from tests.services.test_blobs import coast

    keyid = lose_the_key(channel)
    notice = channel.file("TUR", coast("coast", "TUR"))
    channel.node("AZE").ask_root(ask.RevokeKeys(keyids=(keyid,), reason="lost"))
    channel.settle()
    first, second = sealings(channel, notice.id)
    assert first.blobs == second.blobs
    assert channel.notice("AZE", "coast").ref == "coast"
