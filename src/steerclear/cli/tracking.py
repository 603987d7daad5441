# SPDX-License-Identifier: Apache-2.0
"""What does the live picture show, in a terminal, and how are its feeds?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from steerclear.cli import show
from steerclear.cli.at_node import NodeFolder, as_json_value

if TYPE_CHECKING:
    from steerclear.services.live_rows import FeedShown, TrackRow, TracksShown

__all__ = ["feeds", "flies", "tracks"]


def tracks(*, node: NodeFolder, as_json: show.Json = False) -> int:
    """The live picture: what is seen now, how old it is, and what it warns of. Exit 1 while it warns."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        found = client.tracks()
    if as_json:
        show.print_json(as_json_value(found))
    else:
        _print_tracks(found)
    return 1 if found.alarms else 0


def feeds(*, node: NodeFolder, as_json: show.Json = False) -> int:
    """Where the live picture comes from: each feed, its last good time, and what was dropped and why."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        found = client.tracks().feeds
    if as_json:
        show.print_json({"feeds": [as_json_value(row) for row in found]})
    else:
        print_feeds(found)
    return 0 if all(row.state == "connected" for row in found) else 1


def flies(
    track: Annotated[str, typer.Argument(help="One of our own tracks, as steerclear tracks shows it.")],
    notice: Annotated[
        str | None, typer.Argument(help="The notice of ours that it flies; none if left out.")
    ] = None,
    *,
    node: NodeFolder,
) -> None:
    """Say which notice of ours a track of ours flies, so that leaving it is noticed."""
    from steerclear.client import NodeClient

    with NodeClient(node) as client:
        client.flies(track, notice)
    show.say(f"{track} flies {notice}." if notice else f"{track} flies no notice.")


def print_feeds(rows: tuple[FeedShown, ...]) -> None:
    if not rows:
        show.say("No feed is set up: [[live.feeds]] in steerclear.toml, see docs/tracking.md.")
        return
    table = show.table("feed", "state", "whose", "last good", "reports", "dropped", title="Feeds")
    for row in rows:
        age = "never" if row.age_s is None else f"{row.age_s:,.0f} s ago"
        dropped = ", ".join(f"{count:,} {cause}" for cause, count in row.dropped.items()) or "nothing"
        state = f"{row.state}: {row.fault}" if row.fault else row.state
        table.add_row(row.name, show.printable(state), row.whose, age, f"{row.reports:,}", dropped)
    show.console().print(table)


def _print_tracks(found: TracksShown) -> None:
    console = show.console()
    for alarm in found.alarms:
        doubt = "" if alarm.is_certain else " (UNDETERMINED: a height or a velocity is not known)"
        console.print(show.printable(f"ALARM {alarm.words}{doubt}"), style="bold red")
    table = show.table("track", "whose", "position", "height", "velocity", "age", "flies", title="Tracks")
    for row in found.tracks:
        table.add_row(
            show.printable(row.ref),
            f"{row.whose} (ours)" if row.is_ours else row.whose,
            f"{row.lat:.4f} {row.lon:.4f}",
            row.height or "not known",
            _velocity(row),
            f"{row.age_s:,.0f} s" if row.state == "fresh" else f"{row.age_s:,.0f} s, {row.state.upper()}",
            row.flies or "",
        )
    console.print(table)
    unseen = sum(row.state != "fresh" for row in found.tracks)
    if unseen:
        console.print(f"{unseen} of {len(found.tracks)} are stale or doubtful: UNDETERMINED, never clear.")
    print_feeds(found.feeds)


def _velocity(row: TrackRow) -> str:
    if row.speed_m_s is None or row.course_deg is None:
        return "not known"
    return f"{row.course_deg:03.0f}° {row.speed_m_s:,.0f} m/s"
