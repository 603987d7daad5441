# SPDX-License-Identifier: Apache-2.0
"""Does a whole mechanism run on hybrid recipient keys where its charter asks for them, and refuse others?"""

from __future__ import annotations

import pytest
from tests.services.conftest import Channel, area, copy_of, ratified

from steerclear.errors import NotVerified
from steerclear.record import Delegation, KeyRole, delegate_body, parse_leaf
from steerclear.record.sealed import HYBRID_WRAPPED_BYTES
from steerclear.services.speak import root_says


@pytest.fixture(scope="module")
def _hybrid() -> Channel:
    return ratified(seals_hybrid=True)


@pytest.fixture
def hybrid(_hybrid: Channel) -> Channel:
    return copy_of(_hybrid)


def test_keys_are_named_ahead_and_what_is_sealed_to_them_arrives(hybrid: Channel) -> None:
    named = hybrid.node("ISR").ledger.logs["TUR"].keys.holders(KeyRole.RECIPIENT)
    assert len(named) == 35
    assert all(one.is_hybrid for one in named)
    notice = hybrid.file("TUR", area("depot", "TUR"))
    assert notice.seq is not None
    [entry] = hybrid.stations["TUR"].store.leaves("TUR", 0, notice.seq, notice.seq + 1)
    sealed = parse_leaf(entry).sealed
    assert sealed is not None
    assert {len(wrap.wrapped) for wrap in sealed.wraps} == {HYBRID_WRAPPED_BYTES}
    assert hybrid.notice("AZE", "depot").ref == "depot"
    hybrid.restart("AZE")
    assert hybrid.notice("AZE", "depot").ref == "depot"


def test_keys_of_days_that_are_over_are_destroyed_all_the_same(hybrid: Channel) -> None:
    keys = hybrid.stations["TUR"].keys
    assert "2025-04-10" in keys.recipients()
    hybrid.file("TUR", area("old", "TUR"))
    hybrid.at("2025-05-20T00:00:00.000Z")
    hybrid.settle()
    assert "2025-04-10" not in keys.recipients()
    assert "2025-05-14" in keys.recipients()


def test_a_member_that_names_an_older_kind_of_key_is_refused_at_once(hybrid: Channel) -> None:
    ledger = hybrid.node("TUR").ledger
    [key, *_] = ledger.keys.recipients().values()
    row = Delegation.of(KeyRole.RECIPIENT, key.public, valid_from=0, valid_until=1)
    with pytest.raises(NotVerified) as refused:
        root_says(ledger, "key.delegate", delegate_body([row]))
    assert refused.value.code == "delegation-not-hybrid"
