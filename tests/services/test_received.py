# SPDX-License-Identifier: Apache-2.0
"""Does the gate speak again where a notice arrives, and to nobody but its reader?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.services.conftest import area

if TYPE_CHECKING:
    from tests.services.conftest import Channel


def test_the_reader_is_told_what_his_own_gate_finds_and_the_filers_reason(channel: Channel) -> None:
    far = area("far", "TUR", lat=34.9123, near="T4", kind="hazard")
    filed = channel.file("TUR", far, level="L0", overrides={"position": "The north end."})
    [found] = [one for one in channel.notice("ISR", "far").gate if one.code == "position"]
    assert (found.severity, found.overridden_because) == ("warn", "The north end.")
    assert "T4" in found.words
    assert channel.notice("TUR", "far").gate == (), "its filer was told when he filed it"
    assert channel.node("ISR").notice(filed.short).gate == channel.notice("ISR", "far").gate
    [row] = [row for row in channel.node("ISR").inbox("air").notices if row.ref == "far"]
    assert found in row.gate


def test_it_is_judged_as_of_its_coming_and_once_for_each_version(channel: Channel) -> None:
    filed = channel.file("TUR", area("near", "TUR", kind="hazard"), level="L0")
    first = channel.notice("ISR", "near").gate
    channel.at("08:55")
    assert channel.notice("ISR", "near").gate == first, (
        "what was in time is not late because it was read late"
    )
    channel.file(
        "TUR",
        area("near", "TUR", kind="hazard", lat=34.9123, near="T4"),
        level="L0",
        amends=filed.short,
        overrides={"position": "x"},
    )
    assert "position" in [one.code for one in channel.notice("ISR", "near").gate]


def test_what_cannot_be_read_is_not_examined(channel: Channel) -> None:
    channel.file("TUR", area("shut", "TUR"))
    assert [row.ref for row in channel.node("ISR").status({}).notices] == []
    assert channel.notice("AZE", "shut").gate is not None
