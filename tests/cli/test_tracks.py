# SPDX-License-Identifier: Apache-2.0
"""Do the commands about the live picture say what is seen, what is old, and what it warns of?"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.api.conftest import node_of, serving
from tests.services.conftest import Channel, area, copy_of, ratified
from typer.testing import CliRunner

from steerclear.cli.app import root
from steerclear.client import NodeClient
from steerclear.errors import BadInput
from steerclear.model.space import Altitude, Datum, Position
from steerclear.model.time import Instant
from steerclear.model.track import Track
from steerclear.tracking import Reports


@pytest.fixture(scope="module")
def channel() -> Channel:
    return copy_of(ratified())


@pytest.fixture(scope="module")
def folder(channel: Channel) -> Iterator[Path]:
    with contextlib.ExitStack() as stack:
        short = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sc-")))
        yield stack.enter_context(serving(node_of(channel, "TUR", short)))


def run(folder: Path, *words: str) -> Any:
    return CliRunner().invoke(root, [*words, "--node", str(folder)])


def fly(channel: Channel, *tracks: Track) -> None:
    """Two seconds of these, with a look at each."""
    live = channel.node("TUR").live
    for _ in range(2):
        now = Instant(channel.clock.now() + 1_000)
        channel.clock.set(now)
        for track in tracks:
            whose = {"own": "TUR", "other": "ISR"}.get(track.whose, track.whose)
            live.take(Reports.of([replace(track, seen_at=now)]), now, whose=whose)
        live.step()


OWN = Track(
    "cot:HAWK-1", "own", Instant(0), Position(341_000_000, 376_200_000), Altitude(25_000, Datum.STD),
    0, 200_000, 0, 50_000,
)  # fmt: skip
OTHER = replace(OWN, ref="radar:7", whose="other", position=Position(344_000_000, 376_200_000), altitude=None)
CIVIL = replace(OWN, ref="icao:4ca2d6", whose="civil", position=Position(330_000_000, 390_000_000))


def test_an_empty_picture_says_that_it_has_no_feeds(folder: Path) -> None:
    said = run(folder, "feeds")
    assert said.exit_code == 0
    assert said.stdout == "No feed is set up: [[live.feeds]] in steerclear.toml, see docs/tracking.md.\n"


def test_what_is_seen_is_shown_with_its_age_and_what_it_warns_of(channel: Channel, folder: Path) -> None:
    fly(channel, OWN, replace(OTHER, speed_north_mm_s=0), CIVIL)
    said = run(folder, "tracks")
    assert said.exit_code == 1
    assert "ALARM cot:HAWK-1 and radar:7 come too close to each other, from " in said.stdout
    assert "UNDETERMINED: a height or a velocity is not known" in " ".join(said.stdout.split())
    for words in ("TUR (ours)", "ISR", "civil", "FL 250", "not known", "000°"):
        assert words in said.stdout
    channel.clock.set(Instant(channel.clock.now() + 20_000))
    assert "3 of 3 are stale or doubtful: UNDETERMINED, never clear." in run(folder, "tracks").stdout


def test_a_track_is_said_to_fly_a_notice_of_ours(channel: Channel, folder: Path) -> None:
    receipt = channel.file("TUR", area("f1", "TUR"))
    fly(channel, OWN)
    said = run(folder, "flies", "cot:HAWK-1", receipt.short)
    assert said.stdout == f"cot:HAWK-1 flies {receipt.short}.\n"
    with NodeClient(folder) as client:
        assert client.tracks().tracks[0].flies == receipt.id
        with pytest.raises(BadInput) as refused:
            client.flies("icao:4ca2d6", None)
        assert refused.value.code == "track-unknown"
    assert run(folder, "flies", "cot:HAWK-1").stdout == "cot:HAWK-1 flies no notice.\n"


def test_an_alarm_is_answered_as_anything_is_said(channel: Channel, folder: Path) -> None:
    fly(channel, OWN, replace(OTHER, speed_north_mm_s=0))
    channel.settle()
    with NodeClient(folder) as client:
        (owed,) = [row for row in client.inbox("air").i_owe if row.what == "call"]
    said = run(folder, "say", "track.answer", f"alarm={owed.short}", "act=called", "--desk", "air")
    assert said.exit_code == 0, said.output
    channel.settle()
    with NodeClient(folder) as client:
        assert [row for row in client.inbox("air").i_owe if row.what == "call"] == []
