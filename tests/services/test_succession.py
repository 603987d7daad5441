# SPDX-License-Identifier: Apache-2.0
"""Does a member go on after its node key was stolen, with all that others held?"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

import pytest
from tests.services.conftest import EVERYONE, area

from steerclear.errors import BadInput, NotKept, NotVerified, Refused
from steerclear.links.keystore import KeyName
from steerclear.mechanism.bodies import NoticeWithdraw
from steerclear.record import Head, KeyRole, Leaf, sign_leaf, verify_replica
from steerclear.services import requests as ask
from steerclear.services.generations import DISOWNED
from steerclear.services.recorded import proof_of
from steerclear.services.speak import by_desk, draft

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.conftest import Channel

    from steerclear.record import KeySigner
    from steerclear.services.answers import RootAsked


def stolen(channel: Channel) -> KeySigner:
    """TUR's node key, in the hands of a thief."""
    return copy.deepcopy(channel.stations["TUR"].keys).signer(KeyName("node"))


def succeed(channel: Channel, *, settle: bool = True) -> RootAsked:
    asked = channel.node("TUR").ask_root(ask.Succeed(reason="the node's disk was stolen"))
    if settle:
        channel.settle()
    return asked


def by_the_thief(channel: Channel, key: KeySigner, notice: str) -> bytes:
    """A withdrawal of ``notice``, as the next entry of the log that TUR's root has ended, or will end."""
    ledger = channel.node("TUR").ledger
    log = ledger.log_at("TUR", 0)
    said = draft(
        ledger, NoticeWithdraw(notice=notice, because="taken back"), voice=by_desk("air"), to=("ISR",)
    ).said
    heads = {
        name: Head(one.size, one.root, one.generation) for name, one in ledger.logs.items() if name != "TUR"
    }
    leaf = Leaf(
        mechanism=ledger.mechanism,
        author="TUR",
        generation=0,
        seq=log.size,
        at=max(ledger.now(), log.last_at),
        heads=heads,
        content=said,
    )
    return sign_leaf(leaf, key)


def test_the_member_goes_on_in_its_next_generation_and_everybody_with_it(
    channel: Channel, tmp_path: Path
) -> None:
    before = channel.file("TUR", area("before", "TUR"))
    asked = succeed(channel)
    assert not asked.missing
    assert [one.short for one in asked.receipts[:2]] == ["TUR.1-0000", "TUR.1-0001"]
    after = channel.file("TUR", area("after", "TUR", lat=35.5))
    assert after.short.startswith("TUR.1-")
    for member in EVERYONE:
        ledger = channel.node(member).ledger
        assert ledger.logs["TUR"].generation == 1
        assert {row.ref for row in channel.node(member).status({}).notices} >= (
            {"before", "after"} if member != "ISR" else set()
        )
        assert ledger.logs["TUR"].keys.holders(KeyRole.RECIPIENT, at=ledger.now())
        for short in (before.short, after.short):
            assert proof_of(ledger, short)
    for member in EVERYONE:
        channel.restart(member)
        channel.settle()
        assert channel.node(member).ledger.logs["TUR"].generation == 1
        file = tmp_path / f"{member}.bundle"
        file.write_bytes(channel.everything(member))
        report = verify_replica(file)
        assert report.is_verified, report.failures
        assert {(log.member, log.generation) for log in report.logs} >= {("TUR", 0), ("TUR", 1)}
    channel.do("ISR", ask.CallStop(desk="air", place="T4", seen="fire", basis="unsure"))
    assert channel.node("TUR").status({}).stops


def test_what_the_thief_writes_afterwards_is_refused_by_all_and_shown(channel: Channel) -> None:
    key = stolen(channel)
    notice = channel.file("TUR", area("target", "TUR"))
    succeed(channel)
    for member in ("ISR", "AZE"):
        node = channel.node(member)
        seq = node.ledger.log_at("TUR", 0).size
        entry = by_the_thief(channel, key, notice.id)
        with pytest.raises(NotVerified) as refused:
            node.ledger.take_in("TUR", seq, [entry], generation=0)
        assert refused.value.code == "entry-disowned"
        assert node.ledger.logs["TUR"].generation == 1
    assert channel.notice("AZE", "target").state != "withdrawn"


def test_what_the_thief_wrote_and_the_root_did_not_know_of_stays_marked_and_frees_nobody(
    channel: Channel,
) -> None:
    key = stolen(channel)
    notice = channel.file("TUR", area("target", "TUR"))
    host = channel.node("AZE").ledger
    seq = host.logs["TUR"].size
    host.take_in("TUR", seq, [by_the_thief(channel, key, notice.id)])
    channel.cut.add(frozenset(("TUR", "AZE")))
    channel.cut.add(frozenset(("ISR", "AZE")))
    channel.settle()
    succeed(channel)
    channel.cut.clear()
    channel.settle()
    assert host.logs["TUR"].generation == 1
    assert host.log_at("TUR", 0).size == seq + 1, "it stays"
    marked = [said.doubt for said in host.view.book.of_kind("notice.withdraw")]
    assert marked == [DISOWNED]
    assert channel.notice("AZE", "target").state != "withdrawn"
    assert channel.node("ISR").ledger.log_at("TUR", 0).size == seq, "nobody sends on what is disowned"
    channel.restart("AZE")
    assert [said.doubt for said in channel.node("AZE").ledger.view.book.of_kind("notice.withdraw")] == marked


def test_a_succession_that_keeps_less_than_others_were_known_to_hold_is_refused(channel: Channel) -> None:
    """TUR's node comes back from an old disk, and its root signs away what ISR and AZE had covered."""
    old = copy.deepcopy(channel.stations["TUR"].disk)
    channel.file("TUR", area("gone", "TUR"))
    size = channel.size("TUR")
    channel.stations["TUR"].mark.mark = None
    node = channel.restart("TUR", disk=old)
    held = node.ledger.own.size
    assert held < size
    for member in ("ISR", "AZE"):
        log = channel.node(member).ledger.logs[member]
        leaves = list(channel.stations[member].store.leaves(member, 0, node.ledger.logs[member].size))
        node.ledger.take_in(member, log.size - len(leaves), leaves)
    with pytest.raises(Refused) as refused:
        succeed(channel, settle=False)
    assert refused.value.code == "succession-behind"
    for member in ("ISR", "AZE"):
        node.ledger.logs[member]._heads = {}  # it looks away
    succeed(channel, settle=False)
    channel.settle()
    for member in ("ISR", "AZE"):
        assert channel.node(member).ledger.logs["TUR"].generation == 0
        codes = {one.code for one in channel.node(member).sync.refusals.going_on()}
        assert "succession-names-less" in codes


def test_who_was_away_gets_what_it_lacks_of_the_old_log_and_then_the_new_one(channel: Channel) -> None:
    channel.cut |= {frozenset(("ISR", "TUR")), frozenset(("ISR", "AZE"))}
    channel.file("TUR", area("meanwhile", "TUR"))
    succeed(channel)
    channel.file("TUR", area("later", "TUR", lat=35.5))
    assert channel.node("ISR").ledger.logs["TUR"].generation == 0
    channel.cut.clear()
    channel.settle()
    isr, tur = (channel.node(member).ledger for member in ("ISR", "TUR"))
    assert isr.logs["TUR"].generation == 1
    assert isr.log_at("TUR", 0).root == tur.log_at("TUR", 0).root
    assert isr.logs["TUR"].root == tur.logs["TUR"].root


def test_a_node_that_comes_back_from_before_its_succession_takes_it_back(channel: Channel) -> None:
    old = copy.deepcopy(channel.stations["TUR"].disk)
    succeed(channel)
    channel.file("TUR", area("new", "TUR"))
    size = channel.size("TUR")
    node = channel.restart("TUR", disk=old)
    assert node.ledger.own.generation == 0
    channel.settle()
    assert node.ledger.own.generation == 1
    assert node.ledger.own.size >= size


def test_a_succession_that_cannot_be_kept_leaves_the_old_log_live(channel: Channel) -> None:
    size = channel.size("TUR")
    store = channel.stations["TUR"].store
    store.fails_with = NotKept("store-full", "The disk is full.", remedy="Make room.")  # type: ignore[attr-defined]
    with pytest.raises(NotKept):
        succeed(channel, settle=False)
    own = channel.node("TUR").ledger.own
    assert (own.generation, own.size) == (0, size)


def test_it_needs_a_reason(channel: Channel) -> None:
    for reason in ("", " ", "x" * 201):
        with pytest.raises(BadInput) as refused:
            channel.node("TUR").ask_root(ask.Succeed(reason=reason))
        assert refused.value.code == "succession-reason"


def test_entries_of_a_generation_that_nobody_knows_are_refused(channel: Channel) -> None:
    ledger = channel.node("ISR").ledger
    with pytest.raises(NotVerified) as refused:
        ledger.take_in("TUR", 0, [b"{}"], generation=7)
    assert refused.value.code == "generation-unknown"
    with pytest.raises(NotVerified) as refused:
        ledger.take_in("TUR", 0, [b"{}"], generation=1)
    assert refused.value.code == "succession-incomplete"


def test_a_node_on_the_other_branch_of_a_fork_does_not_say_what_stands(channel: Channel) -> None:
    """The others took a thief's entry first; what TUR's own node wrote there is not what they hold."""
    key = stolen(channel)
    notice = channel.file("TUR", area("target", "TUR"))
    thiefs = by_the_thief(channel, key, notice.id)
    channel.down.add("TUR")
    for member in ("AZE", "ISR"):
        ledger = channel.node(member).ledger
        ledger.take_in("TUR", ledger.logs["TUR"].size, [thiefs])
    channel.settle()
    channel.file("TUR", area("own", "TUR", lat=35.5), settle=False)
    host = channel.node("AZE").ledger
    start = channel.node("TUR").ledger.logs["AZE"].size
    later = list(channel.stations["AZE"].store.leaves("AZE", 0, start))
    channel.node("TUR").ledger.take_in("AZE", start, later)
    assert host.own.heads["TUR"].size <= channel.size("TUR")
    with pytest.raises(Refused) as refused:
        succeed(channel, settle=False)
    assert refused.value.code == "succession-other-branch"
