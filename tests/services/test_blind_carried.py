# SPDX-License-Identifier: Apache-2.0
"""Are the notices of a notifier without a node in the lists of the party that carries it?"""

from __future__ import annotations

from tests.services.conftest import area, ratified
from tests.services.test_blind_exchange import agree, tick

from steerclear.links.randomness import SeededRandomness
from steerclear.model.terms import Level
from steerclear.record.card import MemberCard
from steerclear.record.keys import Ed25519Signer


def test_a_carried_notice_meets_a_blind_one_and_its_carrier_answers_for_it() -> None:
    root = Ed25519Signer.generate(SeededRandomness("MSF").bytes)
    card = MemberCard(
        member="MSF", role="notifier", root_threshold=1, root_keys=(root.public,), carrier="TUR"
    )
    channel = ratified(carried=[card])
    agree(channel, Level.L2)
    channel.file("TUR", area("m1", "MSF"))
    channel.file("ISR", area("i1", "ISR"))
    tick(channel, "05:13", "05:14")
    assert channel.notice("TUR", "m1").screened.startswith("MAY CONFLICT")
    found = channel.notice("ISR", "i1")
    assert found.screened.startswith("MAY CONFLICT")
    assert not any("MSF" in finding.words for finding in found.findings), "compared through who carries it"
