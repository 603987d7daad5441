# SPDX-License-Identifier: Apache-2.0
"""Proposal, counter-proposal, ratification across a cut line, withdrawal, suspension, resumption, ending."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.errors import BadInput, Refused
from steerclear.services import requests as ask

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.services.annexes_shown import AnnexShown


def shown(channel: Channel, member: str, name: str = "separation") -> AnnexShown:
    return [one for one in channel.node(member).annexes() if one.name == name][-1]


def changed(one: AnnexShown, **terms: Any) -> str:
    """The next version of a document, with other terms."""
    wire = json.loads(one.document)
    return json.dumps({**wire, "version": wire["version"] + 1, "terms": {**wire["terms"], **terms}}, indent=2)


def test_a_counter_proposal_with_its_reason_is_what_both_ratify(channel: Channel) -> None:
    first = shown(channel, "TUR")
    assert (first.state, first.missing, first.counter_to) == ("in force", (), None)
    channel.do("TUR", ask.ProposeAnnex(document=changed(first, lateral_mm=9_000_000), because="the wind"))
    wider = shown(channel, "ISR")
    assert (wider.state, wider.author, wider.because) == ("proposed", "TUR", "the wind")
    counter = changed(first, lateral_mm=7_000_000)
    channel.do("ISR", ask.ProposeAnnex(document=counter, because="seven will do", counter_to=wider.short))
    less = shown(channel, "TUR")
    assert (less.counter_to, less.because) == (wider.short, "seven will do")
    for member in ("ISR", "TUR"):
        channel.do(member, ask.Ratify(annexes=("separation",)))
    channel.settle()
    states = [one.state for one in channel.node("AZE").annexes() if one.name == "separation"]
    assert states[-1] == "in force"
    assert "proposed" in states
    assert shown(channel, "AZE").hash == less.hash


def test_a_document_that_is_named_by_its_hash_is_ratified_and_no_other(channel: Channel) -> None:
    """A counter-proposal that came after somebody had read the first is never signed in its stead."""
    first = shown(channel, "TUR")
    channel.do("TUR", ask.ProposeAnnex(document=changed(first, lateral_mm=9_000_000)))
    read = shown(channel, "ISR")
    counter = changed(first, lateral_mm=7_000_000)
    channel.do("TUR", ask.ProposeAnnex(document=counter, because="less", counter_to=read.short))
    newer, size = shown(channel, "ISR"), channel.size("ISR")
    with pytest.raises(Refused) as refused:
        channel.do("ISR", ask.Ratify(annexes=(read.hash,)))
    assert (refused.value.code, newer.short in refused.value.what) == ("annex-overtaken", True)
    assert channel.size("ISR") == size
    channel.do("ISR", ask.Ratify(annexes=(newer.hash,)))
    assert shown(channel, "ISR").ratified_by == ("ISR",)
    with pytest.raises(Refused) as twice:
        channel.do("ISR", ask.Ratify(annexes=(newer.hash,)))
    assert twice.value.code == "nothing-to-ratify"
    with pytest.raises(BadInput) as unknown:
        channel.do("ISR", ask.Ratify(annexes=("0" * 64,)))
    assert unknown.value.code == "annex-unknown"


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"because": None, "counter_to": "wider"}, "counter-without-reason"),
        ({"because": "", "counter_to": "wider"}, "counter-without-reason"),
        ({"because": "x", "counter_to": "TUR-9999"}, "thing-unknown"),
        ({"because": "x", "counter_to": "suspension"}, "counter-to-what"),
    ],
)
def test_a_counter_proposal_that_is_none(channel: Channel, request_: dict[str, Any], code: str) -> None:
    (flag,) = channel.do("TUR", ask.SuspendMechanism())
    channel.do("TUR", ask.ResumeMechanism())
    first = shown(channel, "TUR")
    channel.do("TUR", ask.ProposeAnnex(document=changed(first, lateral_mm=9_000_000)))
    names = {"wider": shown(channel, "ISR").short, "suspension": flag.short}
    request_["counter_to"] = names.get(request_["counter_to"], request_["counter_to"])
    size = channel.size("ISR")
    with pytest.raises(BadInput) as refused:
        channel.do("ISR", ask.ProposeAnnex(document=changed(first, lateral_mm=7_000_000), **request_))
    assert refused.value.code == code
    assert channel.size("ISR") == size


def test_the_same_document_is_not_laid_down_twice(channel: Channel) -> None:
    with pytest.raises(Refused) as refused:
        channel.do("ISR", ask.ProposeAnnex(document=shown(channel, "ISR").document))
    assert refused.value.code == "annex-on-the-table"


@pytest.mark.parametrize("document", ["", "{}", "[1]", '{"name":"separation"}', "null"])
def test_what_is_no_annex_is_refused_and_nothing_is_filed(channel: Channel, document: str) -> None:
    size = channel.size("TUR")
    with pytest.raises(BadInput):
        channel.do("TUR", ask.ProposeAnnex(document=document))
    assert channel.size("TUR") == size


def test_an_annex_that_needs_the_signature_of_a_stranger(channel: Channel) -> None:
    wire = json.loads(shown(channel, "TUR").document)
    with pytest.raises(BadInput) as refused:
        channel.do("TUR", ask.ProposeAnnex(document=json.dumps({**wire, "parties": ["TUR", "XXX"]})))
    assert refused.value.code == "annex-strangers"


def test_the_host_proposes_suspends_and_ends_nothing(channel: Channel) -> None:
    document = changed(shown(channel, "AZE"), lateral_mm=1)
    for request in (
        ask.ProposeAnnex(document=document),
        ask.SuspendMechanism(),
        ask.ResumeMechanism(),
        ask.EndMechanism(because="x"),
    ):
        with pytest.raises(Refused) as refused:
            channel.do("AZE", request)
        assert refused.value.code in ("no-vote", "not-a-party")


def test_signed_on_both_sides_of_a_cut_line(channel: Channel) -> None:
    """Each signs what it has; the old one binds beside the new one until both have seen both signatures."""
    channel.do("TUR", ask.ProposeAnnex(document=changed(shown(channel, "TUR"), lateral_mm=9_000_000)))
    channel.settle()
    for pair in (("TUR", "ISR"), ("TUR", "AZE"), ("ISR", "AZE")):
        channel.cut.add(frozenset(pair))
    for member in ("TUR", "ISR"):
        channel.do(member, ask.Ratify(annexes=("separation",)))
    for member in ("TUR", "ISR", "AZE"):
        assert shown(channel, member).state == "proposed", "nobody counts a signature that has not come"
    channel.cut.clear()
    channel.settle()
    assert {shown(channel, member).state for member in ("TUR", "ISR", "AZE")} == {"in force"}
    older = [one.state for one in channel.node("AZE").annexes() if one.name == "separation"][-2]
    assert older in ("binds beside the newer", "ratified")


def test_a_signature_taken_back_before_the_other_one(channel: Channel) -> None:
    channel.do("TUR", ask.ProposeAnnex(document=changed(shown(channel, "TUR"), lateral_mm=9_000_000)))
    channel.do("TUR", ask.Ratify(annexes=("separation",)))
    channel.do("TUR", ask.WithdrawAnnex(annex="separation", because="the wind has turned"))
    channel.do("ISR", ask.Ratify(annexes=("separation",)))
    channel.settle()
    one = shown(channel, "AZE")
    assert (one.state, one.ratified_by, one.withdrawn_by) == ("proposed", ("ISR",), ("TUR",))
    with pytest.raises(BadInput) as refused:
        channel.do("TUR", ask.WithdrawAnnex(annex="moon", because="x"))
    assert refused.value.code == "annex-not-signed"


def test_suspended_the_floor_lives_and_annexes_wait(channel: Channel) -> None:
    channel.do("TUR", ask.SuspendMechanism(because="talks"))
    channel.settle()
    assert {channel.node(m).status({}).regime for m in ("TUR", "ISR", "AZE")} == {"suspended"}
    for member in ("TUR", "ISR"):
        for request in (
            ask.Propose(template="syria-2025"),
            ask.ProposeAnnex(document=changed(shown(channel, member), lateral_mm=1)),
            ask.Ratify(),
        ):
            with pytest.raises(Refused) as refused:
                channel.do(member, request)
            assert refused.value.code == "mechanism-suspended"
            assert "TUR" in refused.value.what
    stop = ask.CallStop(
        desk="air", place="35.1234567 38.3456789", seen="fire", basis="own-forces", to=("TUR",)
    )
    channel.do("ISR", stop)
    assert len(channel.node("TUR").status({}).stops) == 1


def test_a_flag_is_lowered_by_who_raised_it(channel: Channel) -> None:
    channel.do("TUR", ask.SuspendMechanism())
    with pytest.raises(Refused) as twice:
        channel.do("TUR", ask.SuspendMechanism())
    assert twice.value.code == "flag-is-up"
    with pytest.raises(Refused) as other:
        channel.do("ISR", ask.ResumeMechanism())
    assert other.value.code == "no-flag-of-ours"
    assert "suspended by TUR" in other.value.what
    channel.do("ISR", ask.SuspendMechanism())
    channel.do("TUR", ask.ResumeMechanism())
    assert channel.node("AZE").status({}).regime == "suspended", "the other flag is still up"
    channel.do("ISR", ask.ResumeMechanism())
    assert channel.node("AZE").status({}).regime == "in force"
    with pytest.raises(Refused) as none:
        channel.do("ISR", ask.ResumeMechanism())
    assert none.value.code == "no-flag-of-ours"
    channel.do("TUR", ask.SuspendMechanism())
    assert channel.node("TUR").status({}).regime == "suspended", "a flag can be raised again"


def test_it_ends_when_every_party_has_said_so(channel: Channel) -> None:
    channel.do("TUR", ask.EndMechanism(because="done"))
    assert channel.node("ISR").status({}).regime == "in force"
    with pytest.raises(Refused) as twice:
        channel.do("TUR", ask.EndMechanism(because="done"))
    assert twice.value.code == "ended-before"
    channel.do("ISR", ask.EndMechanism(because="done"))
    assert {channel.node(m).status({}).regime for m in ("TUR", "ISR", "AZE")} == {"ended"}
    with pytest.raises(Refused) as over:
        channel.do("TUR", ask.Propose(template="incsea"))
    assert over.value.code == "mechanism-ended"
