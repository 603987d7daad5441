# SPDX-License-Identifier: Apache-2.0
"""Who may propose and ratify, and when is an annex in force at every node?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from steerclear.errors import BadInput, Refused
from steerclear.services import requests as ask

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def states(channel: Channel, member: str) -> dict[str, str]:
    return {annex.name: annex.state for annex in channel.node(member).status({}).annexes}


def test_a_mechanism_is_founding_until_both_parties_have_ratified(founded: Channel) -> None:
    assert founded.node("AZE").status({}).regime == "founding"
    proposed = founded.do("TUR", ask.Propose(template="syria-2025"))
    names = {receipt.ref for receipt in proposed}
    assert len(proposed) == len(names) > 10
    assert all(receipt.sealed_to == () for receipt in proposed), "what binds all stands in clear"
    founded.do("TUR", ask.Ratify())
    for member in ("TUR", "ISR", "AZE"):
        assert set(states(founded, member).values()) == {"proposed"}
    row = founded.node("ISR").status({}).annexes[0]
    assert (row.ratified_by, row.missing) == (("TUR",), ("ISR",))
    ratified = founded.do("ISR", ask.Ratify())
    assert {receipt.ref for receipt in ratified} == names
    founded.at("05:30")
    founded.settle()
    for member in ("TUR", "ISR", "AZE"):
        assert set(states(founded, member).values()) == {"in force"}
        assert founded.node(member).status({}).regime == "in force"


def test_one_annex_is_ratified_by_its_name(founded: Channel) -> None:
    founded.do("TUR", ask.Propose(template="syria-2025"))
    for member in ("TUR", "ISR"):
        receipts = founded.do(member, ask.Ratify(annexes=("separation",)))
        assert [receipt.ref for receipt in receipts] == ["separation"]
    founded.at("05:30")
    founded.settle()
    assert [name for name, state in states(founded, "AZE").items() if state == "in force"] == ["separation"]


@pytest.mark.parametrize("template", ["", "syria-2024", "../syria-2025"])
def test_an_unknown_template_is_refused_with_the_names_of_those_there_are(
    founded: Channel, template: str
) -> None:
    with pytest.raises(BadInput) as refused:
        founded.do("TUR", ask.Propose(template=template))
    assert refused.value.code == "template-unknown"
    assert "syria-2025" in refused.value.remedy
    assert founded.size("TUR") == founded.sizes["TUR"]


def test_what_was_never_proposed_cannot_be_ratified(founded: Channel) -> None:
    with pytest.raises(Refused) as nothing:
        founded.do("TUR", ask.Ratify())
    assert nothing.value.code == "nothing-to-ratify"
    with pytest.raises(BadInput) as unknown:
        founded.do("TUR", ask.Ratify(annexes=("separation",)))
    assert unknown.value.code == "annex-unknown"
    founded.do("TUR", ask.Propose(template="syria-2025"))
    size = founded.size("TUR")
    with pytest.raises(BadInput):
        founded.do("TUR", ask.Ratify(annexes=("separation", "no such annex")))
    assert founded.size("TUR") == size, "one name that is wrong ratifies none"


def test_what_was_ratified_is_not_ratified_twice(channel: Channel) -> None:
    with pytest.raises(Refused) as refused:
        channel.do("TUR", ask.Ratify())
    assert refused.value.code == "nothing-to-ratify"


def test_the_host_has_no_vote(channel: Channel, founded: Channel) -> None:
    founded.do("TUR", ask.Propose(template="syria-2025"))
    with pytest.raises(Refused) as refused:
        founded.do("AZE", ask.Ratify())
    assert refused.value.code == "nothing-to-ratify"


def test_the_host_proposes_nothing(founded: Channel) -> None:
    """It would be filed without effect."""
    with pytest.raises(Refused) as refused:
        founded.do("AZE", ask.Propose(template="syria-2025"))
    assert refused.value.code == "no-vote"
    assert founded.size("AZE") == founded.sizes["AZE"]
