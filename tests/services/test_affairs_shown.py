# SPDX-License-Identifier: Apache-2.0
"""Does a desk see what stands beside the notices, in what state, and never somebody else's sites?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from tests.services.conftest import area

from steerclear.errors import BadInput
from steerclear.services import requests as ask

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.services.answers import AffairRow

AREA = json.dumps(area("here", "TUR"))
FLAGS = {
    "type": "Feature",
    "geometry": {"type": "LineString", "coordinates": [[38.0, 34.0], [38.5, 34.5]]},
    "properties": {"half_width_m": 500},
}


@pytest.fixture
def table(channel: Channel) -> Table:
    return Table(channel)


class Table:
    def __init__(self, channel: Channel) -> None:
        self.channel = channel

    def say(self, member: str, kind: str, *to: str, **fields: str | tuple[str, ...]) -> str:
        desk = None if kind == "communique.agree" else "air"
        return self.channel.do(member, ask.Say(kind=kind, fields=fields, desk=desk, to=to))[0].short

    def row(self, member: str, short: str) -> AffairRow:
        return self.channel.node(member).affair(short)

    def state(self, member: str, short: str) -> str:
        return self.row(member, short).state


def test_a_site_shows_its_sender_who_was_shown_it_and_is_listed_for_nobody_else(table: Table) -> None:
    fields = {"name": "Clinic", "category": "hospital", "footprint": AREA}
    site = table.say("TUR", "site.register", "ISR", **fields)
    table.channel.do("ISR", ask.Acknowledge(desk="air", about=site))
    [mine] = table.channel.node("TUR").affairs("site")
    assert (mine.short, mine.state) == (site, "PROTECTED")
    assert "name: Clinic · category: hospital · footprint: circle of 4 km about" in mine.words
    assert [(line.by, line.kind) for line in mine.lines] == [
        ("ISR", "delivered"),
        ("ISR", "receipt.acknowledge"),
    ]
    assert table.channel.node("ISR").affairs("site") == ()
    assert all(row.sort != "site" for row in table.channel.node("ISR").affairs(None))
    theirs = table.row("ISR", site)
    assert [line.kind for line in theirs.lines] == ["receipt.acknowledge"], "the access log is its sender's"
    with pytest.raises(BadInput) as refused:
        table.row("AZE", site)
    assert refused.value.code == "thing-not-readable"
    other = table.say("TUR", "site.register", "ISR", **fields)
    table.say("TUR", "site.end", site=other)
    assert table.state("ISR", other) == "ended"
    table.channel.at("2025-08-01T05:00:00.000Z")
    assert table.state("TUR", site) == "STALE, STILL PROTECTED"


def test_a_watch_is_relieved_or_not(table: Table) -> None:
    alone = table.say("TUR", "watch.take")
    assert table.state("ISR", alone) == "holds the desk, UNRELIEVED"
    over = table.say("TUR", "watch.hand-over")
    assert table.state("ISR", alone) == "handed over"
    assert [line.short for line in table.row("ISR", alone).lines] == [over], "for the next watch to name"
    taken = table.say("TUR", "watch.take", hand_over=over)
    assert table.state("ISR", taken) == "holds the desk, relieved the one before"
    assert table.state("ISR", alone) == "over"


def test_a_standstill_is_proposed_agreed_in_effect_and_ended(table: Table) -> None:
    line = json.dumps({"type": "FeatureCollection", "features": [FLAGS]})
    terms = {"effective_at": "2025-04-10T06:00Z", "until": "2025-04-10T08:00Z"}
    still = table.say("TUR", "standstill.propose", area=line, acts="No flights.", **terms)
    assert table.state("ISR", still) == "proposed"
    table.say("ISR", "standstill.accept", standstill=still)
    assert table.state("TUR", still) == "agreed, not yet in effect"
    table.channel.at("06:30")
    assert table.state("TUR", still) == "in effect"
    assert "area: line of 2 points from" in table.row("TUR", still).words
    table.say("ISR", "standstill.end", standstill=still, effective_at="2025-04-10T07:00Z", because="Done.")
    assert table.state("TUR", still) == "in effect"
    table.channel.at("07:00")
    assert table.state("TUR", still) == "ended"


def test_an_incident_counts_its_points_and_a_claim_stands_in_its_column(table: Table) -> None:
    fields = {"title": "Fire near T4", "happened_at": "2025-04-10T05:05Z", "involved": "TUR,ISR"}
    incident = table.say("TUR", "incident.open", **fields)
    assert table.state("ISR", incident) == "open"
    point = table.say("ISR", "incident.finding", incident=incident, agrees="yes", text="It began at 05:05.")
    assert table.state("TUR", incident) == "open; points: 1 open"
    table.say("TUR", "incident.finding", incident=incident, answers=point, agrees="no", text="At 05:03.")
    assert table.state("ISR", incident) == "open; points: 1 disputed"
    for member in ("TUR", "ISR"):
        table.say(member, "incident.close", incident=incident, because="Reviewed.")
    assert table.state("AZE", incident) == "closed; points: 1 disputed"
    assert "happened at: 2025-04-10T05:05:00.000Z · involved: TUR; ISR" in table.row("TUR", incident).words
    claim = table.say("TUR", "violation.claim", "ISR", happened_at="now", what="Off-limits area.")
    assert table.state("ISR", claim) == "unanswered"
    table.say("ISR", "violation.answer", claim=claim, answer="contest")
    assert table.state("TUR", claim) == "disputed"


def test_a_meeting_a_communique_a_check_a_drill_and_what_was_said_by_voice(table: Table) -> None:
    times = {"starts_at": "2025-04-10T05:11Z", "ends_at": "2025-04-10T07:00Z"}
    meeting = table.say("AZE", "meeting.convene", title="Third", agenda="T4", **times)
    assert table.state("TUR", meeting) == "convened"
    table.channel.at("05:12")
    minutes = table.say("TUR", "meeting.minutes", meeting=meeting, points="T4 was discussed.")
    terms = {"owner": "TUR", "due_at": "2025-04-12T06:00Z"}
    item = table.say("AZE", "meeting.action", meeting=meeting, what="Test the second line.", **terms)
    assert table.state("ISR", meeting) == "minutes not yet signed by all; 1 action items open"
    for member in ("ISR", "AZE"):
        table.say(member, "meeting.minutes", meeting=meeting, signs=minutes)
    table.say("TUR", "meeting.action", meeting=meeting, settles=item, what="Tested.")
    assert table.state("ISR", meeting) == "minutes agreed"
    words = table.say("TUR", "communique.propose", paragraphs=("They met.", "They agreed."))
    assert table.state("ISR", words) == "empty: nothing that all have signed"
    for member in ("TUR", "ISR"):
        table.say(member, "communique.agree", communique=words, paragraphs="1")
    assert table.state("ISR", words) == "They met."
    assert "paragraphs: 1" in table.row("ISR", words).lines[-1].words
    check = table.say("TUR", "check.call", "ISR", way="node")
    assert table.state("TUR", check) == "not answered"
    table.say("ISR", "check.answer", check=check, readability="4")
    assert table.state("TUR", check) == "ISR reads 4"
    drill = table.say("AZE", "drill.start", name="April")
    assert table.state("TUR", drill) == "running"
    table.say("AZE", "drill.end", drill=drill)
    assert table.state("TUR", drill) == "over"
    told = {
        "speaker": "ISR",
        "listener": "TUR",
        "said_at": "now",
        "gist": "Two aircraft.",
        "read_back": "yes",
    }
    assert table.state("ISR", table.say("TUR", "voice.log", **told)) == "entered by a desk that heard it"
    distress = table.say("TUR", "distress.call", place="34.5N 38E", seen_at="now", who="aircraft")
    assert table.state("ISR", distress) == "open"
    table.say("TUR", "distress.close", distress=distress)
    assert table.state("ISR", distress) == "closed"
    rows = table.channel.node("TUR").affairs(None)
    assert {row.sort for row in rows} == {"meeting", "communique", "check", "drill", "voice", "distress"}
    assert [row.at for row in rows] == sorted(row.at for row in rows)


def test_what_is_no_sort_and_what_begins_nothing_is_said(table: Table) -> None:
    with pytest.raises(BadInput) as refused:
        table.channel.node("TUR").affairs("treaty")
    assert refused.value.code == "sort-unknown"
    notice = table.channel.file("TUR", area("depot", "TUR")).short
    with pytest.raises(BadInput) as refused:
        table.row("TUR", notice)
    assert refused.value.code == "not-an-affair"
