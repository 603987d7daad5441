# SPDX-License-Identifier: Apache-2.0
"""Does a notice that does not fit into an entry arrive whole, or not at all?"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.services.conftest import area

from steerclear.errors import NotKept, NotVerified
from steerclear.record import parse_bundle, print_bundle, verify_replica
from steerclear.record.reveal import verify_revealed
from steerclear.services.recorded import opening_of

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.conftest import Channel

CORNERS = 1_500


def coast(ref: str, party: str) -> dict[str, Any]:
    """A ring of many corners, as a coast has: some 60 kB sealed."""
    ring = [
        [37.6 + 0.2 * math.cos(2 * math.pi * i / CORNERS), 34.5 + 0.2 * math.sin(2 * math.pi * i / CORNERS)]
        for i in range(CORNERS)
    ]
    ring = [[round(lon, 7), round(lat, 7)] for lon, lat in ring]
    drawn = area(ref, party, radius_m=...)
    return {**drawn, "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}}


def filed(channel: Channel, *, settle: bool = True) -> Any:
    return channel.file("TUR", coast("coast", "TUR"), settle=settle)


def without_blobs(data: bytes) -> bytes:
    return print_bundle(replace(parse_bundle(data), blobs=()))


def test_it_reaches_all_is_read_and_recorded_and_can_be_revealed(channel: Channel, tmp_path: Path) -> None:
    notice = filed(channel)
    assert channel.stations["TUR"].disk.blobs
    for member in ("ISR", "AZE"):
        assert channel.stations[member].disk.blobs == channel.stations["TUR"].disk.blobs
    assert channel.notice("AZE", "coast").ref == "coast"
    assert verify_revealed(opening_of(channel.node("AZE").ledger, notice.short), channel.charter).is_verified
    everything = tmp_path / "everything.bundle"
    everything.write_bytes(channel.everything("ISR"))
    report = verify_replica(everything)
    assert report.is_verified
    assert report.counts.blobs == len(channel.stations["TUR"].disk.blobs)
    channel.restart("AZE")
    assert channel.notice("AZE", "coast").ref == "coast"


def test_an_entry_without_its_blobs_is_not_taken_in_and_nothing_is_delivered(channel: Channel) -> None:
    """A host that forwards the entry and keeps the blob: no head may cover what nobody here could open."""
    notice = filed(channel, settle=False)
    assert notice.seq is not None
    host = channel.node("AZE")
    host.answer("TUR", channel.node("TUR").make("AZE"))
    channel.node("TUR").take("AZE", host.make("TUR"))
    bundle = channel.node("TUR").make("AZE")
    assert parse_bundle(bundle).blobs
    host.answer("TUR", without_blobs(bundle))
    assert host.ledger.sizes()["TUR"] == notice.seq
    assert [one.code for one in host.sync.refusals.going_on()] == ["blob-missing"]
    assert any("blob-missing" in alarm for alarm in host.status({}).alarms)
    host.answer("TUR", bundle)
    assert host.ledger.sizes()["TUR"] == notice.seq + 1
    assert not list(host.sync.refusals.going_on())


def test_a_blob_that_came_false_is_refused_and_the_true_one_taken_from_anybody(channel: Channel) -> None:
    notice = filed(channel, settle=False)
    assert notice.seq is not None
    leaves = list(channel.stations["TUR"].store.leaves("TUR", 0, notice.seq))
    false = {name: blob[::-1] for name, blob in channel.stations["TUR"].disk.blobs.items()}
    with pytest.raises(NotVerified) as refused:
        channel.node("ISR").ledger.take_in("TUR", notice.seq, leaves, false)
    assert refused.value.code == "blob-false"
    channel.settle()
    assert channel.node("ISR").ledger.sizes()["TUR"] > notice.seq


def test_a_disk_that_loses_a_blob_has_filed_nothing(channel: Channel) -> None:
    store = channel.stations["TUR"].store

    class Forgetful(type(store)):  # type: ignore[misc]  # whichever store the channel has
        def blob(self, hash: str) -> bytes | None:  # noqa: A002 - the port's name
            return None

    size = channel.size("TUR")
    channel.restart("TUR", store=Forgetful(channel.stations["TUR"].disk))
    with pytest.raises(NotKept) as refused:
        filed(channel, settle=False)
    assert refused.value.code == "entry-read-back"
    assert size <= channel.size("TUR")
