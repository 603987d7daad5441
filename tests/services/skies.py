# SPDX-License-Identifier: Apache-2.0
"""What flies in the tests of the live picture, who sees it, what is agreed, and what each desk then owes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from steerclear.mechanism.bodies import AnnexPropose, TrackAlarm, body_of
from steerclear.mechanism.obligation import Obligation
from steerclear.mechanism.obligations import owed
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName
from steerclear.model.space import Altitude, Circle, Datum, Position
from steerclear.model.terms import NamedArea, TrackRow
from steerclear.model.time import Instant
from steerclear.model.track import Shows, Track
from steerclear.services import requests as ask
from steerclear.services.speak import by_authority, speak
from steerclear.tracking import Reports

if TYPE_CHECKING:
    from tests.services.conftest import Channel

METRES_A_DEGREE = 111_195
CIRCLE = Circle(Position(345_225_000, 376_270_000), 25_000_000)
ZONE = NamedArea("Zone 3", CIRCLE)
ONE_JET: dict[str, Any] = {"lat": 33.85, "lon": 37.62, "north_m_s": 230}
OTHER_JET: dict[str, Any] = {"lat": 34.22, "lon": 37.60, "north_m_s": 0}


def report(
    ref: str,
    at: Instant,
    since: Instant,
    *,
    lat: float,
    lon: float,
    north_m_s: float,
    feet: int | None = 25_000,
) -> Track:
    """Where something is at ``at`` that was at ``lat`` at ``since`` and flies due north."""
    north = lat + north_m_s * (at - since) / 1000 / METRES_A_DEGREE
    return Track(
        ref=ref,
        whose="unknown",
        seen_at=at,
        position=Position(round(north * 1e7), round(lon * 1e7)),
        altitude=None if feet is None else Altitude(feet, Datum.STD),
        speed_east_mm_s=0,
        speed_north_mm_s=round(north_m_s * 1000),
        climb_ft_min=0,
        uncertain_by_mm=50_000,
    )


class Skies:
    """What flies, and whose feed shows it as whose."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.begins = channel.clock.now()
        self.feeds: list[tuple[str, str, str, dict[str, Any]]] = []
        self.reported: list[Position] = []

    def shows(self, node: str, ref: str, whose: str, **where: Any) -> None:
        self.feeds.append((node, ref, whose, where))

    def fly(self, seconds: int, *, until_quiet: bool = True) -> None:
        """Every second a report of each, and a tick of each node; every tenth they exchange."""
        for second in range(seconds):
            now = Instant(self.channel.clock.now() + 1_000)
            self.channel.clock.set(now)
            for node, ref, whose, where in self.feeds:
                track = report(ref, now, self.begins, **where)
                self.reported.append(track.position)
                self.channel.node(node).live.take(Reports.of([track]), now, whose=whose)
            for member in self.channel.stations:
                self.channel.node(member).live.step()
            if second % 10 == 9 and until_quiet:
                self.channel.settle()

    def silence(self) -> None:
        self.feeds.clear()


def agree(channel: Channel, *rows: TrackRow) -> None:
    """A theatre with one off-limits area, and what is shown of the live picture."""
    for annex in template("syria-2025", parties=("TUR", "ISR"), host="AZE"):
        terms: Any = annex.terms
        if annex.name is AnnexName.THEATRE:
            terms = replace(terms, off_limits=(ZONE,))
        elif annex.name is AnnexName.DISCLOSURE:
            terms = replace(terms, tracks=rows)
        else:
            continue
        body = AnnexPropose(annex=replace(annex, version=annex.version + 1, terms=terms), because="a drill")
        speak(channel.node("TUR").ledger, body, voice=by_authority(), to=("ISR",))
    channel.settle()
    channel.do("TUR", ask.Ratify())
    channel.do("ISR", ask.Ratify())
    channel.settle()


def alarm_only(shows: Shows = Shows.ALARM) -> TrackRow:
    return TrackRow(None, None, shows, 10_000_000)


def said_by(channel: Channel, reader: str, author: str) -> Iterator[Any]:
    """Every statement of ``author`` that ``reader`` could open."""
    return (said for said in channel.node(reader).ledger.view.book.every() if said.author == author)


def alarms_of(channel: Channel, reader: str, author: str) -> list[TrackAlarm]:
    return [said.body for said in said_by(channel, reader, author) if isinstance(said.body, TrackAlarm)]


def words_owed(channel: Channel, member: str) -> set[str]:
    view, now = channel.node(member).ledger.view, channel.clock.now()
    return {one.words for one in owed(view, now) if one.debtor.member == member and _is_live(one, view)}


def _is_live(one: Obligation, view: Any) -> bool:
    return view.track_alarms.get(one.thing) is not None and one.what != "machine-receipt"


def transcript(channel: Channel, reader: str, author: str) -> str:
    """All that ``reader`` could ever read of what ``author`` has said, as it stands on the wire."""
    return "\n".join(json.dumps(body_of(said.body)) for said in said_by(channel, reader, author))


def september(skies: Skies) -> None:
    """TUR's jet flies north, towards the agreed area; ISR's stands before it, and sees both."""
    skies.shows("TUR", "cot:HAWK-1", "TUR", **ONE_JET)
    skies.shows("ISR", "cot:LION-7", "ISR", **OTHER_JET)
    skies.shows("ISR", "radar:0042", "TUR", **ONE_JET)
