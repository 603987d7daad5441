# SPDX-License-Identifier: Apache-2.0
"""Can two members compare their records by telephone, and notice that somebody shows two?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.services.conftest import area

from steerclear.errors import BadInput
from steerclear.record.checkpoint import Checkpoint
from steerclear.record.spoken import spoken
from steerclear.services.read_out import compare, read_out

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def test_what_one_reads_out_the_other_finds_the_same(channel: Channel) -> None:
    channel.file("TUR", area("depot", "TUR"))
    there, here = channel.node("TUR").ledger, channel.node("ISR").ledger
    told = read_out(there, None)
    assert (told.member, told.size, len(told.words)) == ("TUR", there.own.size, 28)
    assert told.root == there.own.root
    found = compare(here, "TUR", told.size, " ".join(told.words))
    assert found.verdict == "SAME"
    channel.file("TUR", area("camp", "TUR"))
    assert compare(here, "TUR", told.size, " ".join(told.words)).verdict == "SAME", "an older size, too"
    assert read_out(here, "TUR").words == read_out(there, None).words


def test_another_root_under_one_size_is_another_record(channel: Channel) -> None:
    log = channel.node("TUR").ledger.own
    forged = spoken(Checkpoint(log.origin, log.size, "0f" * 32))
    found = compare(channel.node("ISR").ledger, "TUR", log.size, " ".join(forged))
    assert found.verdict == "DIFFERENT"
    assert "TUR" in found.words
    assert "bundles" in found.words


def test_what_has_not_come_here_is_not_known(channel: Channel) -> None:
    channel.file("TUR", area("early", "TUR"), settle=False)
    told = read_out(channel.node("TUR").ledger, None)
    found = compare(channel.node("ISR").ledger, "TUR", told.size, " ".join(told.words))
    assert found.verdict == "NOT KNOWN"
    assert f"Only {channel.node('ISR').ledger.logs['TUR'].size} entries" in found.words


def test_a_log_that_nobody_has_and_words_that_nobody_said(channel: Channel) -> None:
    ledger = channel.node("ISR").ledger
    for ask in (lambda: read_out(ledger, "XXX"), lambda: compare(ledger, "XXX", 1, "ALFA")):
        with pytest.raises(BadInput) as refused:
            ask()
        assert refused.value.code == "log-unknown"
        assert "AZE" in refused.value.remedy
    with pytest.raises(BadInput) as refused:
        compare(ledger, "TUR", 1, "ALFA BRAVO")
    assert refused.value.code == "words-incomplete"
