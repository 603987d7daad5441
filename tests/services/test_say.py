# SPDX-License-Identifier: Apache-2.0
"""Can everything be said that a mechanism needs, and does what would count for nothing never leave?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.mechanism.examples import track_alarm
from tests.services.conftest import area

from steerclear.errors import BadInput, Refused, SteerclearError
from steerclear.mechanism.bodies import KINDS, AnnexPropose
from steerclear.mechanism.judge import why_without_effect
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName
from steerclear.services import requests as ask
from steerclear.services.naming import said_about
from steerclear.services.say import SAID, kinds_shown
from steerclear.services.speak import by_authority, by_node, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.services.answers import Receipt

WITH_A_VERB = {
    *("notice.file", "notice.amend", "notice.withdraw", "notice.activate", "notice.cold"),
    *("receipt.acknowledge", "receipt.disseminate", "receipt.unable"),
    *("stop.call", "stop.answer", "stop.renew", "stop.close", "ownership.ask", "ownership.answer"),
    *("signal.send", "signal.read-back", "signal.answer"),
    *("annex.propose", "annex.ratify", "annex.counter", "annex.withdraw"),
    *("mechanism.suspend", "mechanism.resume", "mechanism.end"),
}
OF_THE_MACHINE = {
    *("screen.result", "heard", "node.beat", "receipt.unreadable"),
    *("track.alarm", "track.show", "track.over"),
} | {kind for kind in KINDS if kind.startswith("blind.")}
HERE, SOON, LATER = "34.5N 38E", "2025-04-10T06:00Z", "2025-04-11T06:00Z"
AREA = json.dumps(
    {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [38.0, 34.5]},
        "properties": {"radius_m": 2_000},
    }
)


class Table:
    """The channel, with words for what is said and who can read it."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.said: set[str] = set()

    def say(self, member: str, kind: str, *to: str, **fields: str | tuple[str, ...]) -> str:
        desk = None if kind == "communique.agree" else "air"
        [receipt] = self.receipts(member, kind, fields, desk=desk, to=to)
        assert receipt.kind == kind
        self.said.add(kind)
        for holder in self.readers(receipt):
            view = self.channel.node(holder).ledger.view
            heard = view.said(receipt.id)
            assert heard is not None, f"{holder} cannot read the {kind}"
            assert why_without_effect(view.book, heard) is None, f"{kind} at {holder}"
        return receipt.short

    def receipts(
        self, member: str, kind: str, fields: dict[str, Any], *, desk: str | None, to: tuple[str, ...] = ()
    ) -> tuple[Receipt, ...]:
        return self.channel.do(member, ask.Say(kind=kind, fields=fields, desk=desk, to=to))

    @staticmethod
    def readers(receipt: Receipt) -> tuple[str, ...]:
        return receipt.sealed_to or ("TUR", "ISR", "AZE")

    def who_reads(self, short: str) -> set[str]:
        readers = set()
        for member in self.channel.stations:
            try:
                said_about(self.channel.node(member).ledger, short)
            except BadInput:
                continue
            readers.add(member)
        return readers


@pytest.fixture
def table(channel: Channel) -> Table:
    return Table(channel)


def test_every_kind_is_said_here_or_has_a_verb_or_is_the_machines() -> None:
    assert set(SAID) | WITH_A_VERB | OF_THE_MACHINE == set(KINDS)
    assert len(SAID) + len(WITH_A_VERB) + len(OF_THE_MACHINE) == len(KINDS)
    assert [row.kind for row in kinds_shown()] == list(SAID)
    for row in kinds_shown():
        assert row.says.endswith(".")
        assert all(field.says and field.typed_as for field in row.fields), row.kind


def test_everything_can_be_said_and_counts_wherever_it_is_read(table: Table) -> None:
    for story in (
        _watches,
        _alarms,
        _answers,
        _conflicts,
        _sites,
        _movements,
        _tracks,
        _standstills,
        _reviews,
        _tables,
    ):
        story(table)
    assert table.said == set(SAID)


def _watches(table: Table) -> None:
    handed = table.say("TUR", "watch.hand-over", notes="Two areas hot until 10:00Z.")
    table.say("TUR", "watch.take", hand_over=handed)
    check = table.say("TUR", "check.call", "ISR", way="node")
    table.say("ISR", "check.answer", check=check, readability="5")
    drill = table.say("AZE", "drill.start", name="April", scenario="The host is gone.")
    table.say("AZE", "drill.end", drill=drill)
    table.say(
        "ISR", "voice.log", speaker="TUR", listener="ISR", said_at="now", gist="All quiet.", read_back="no"
    )


def _alarms(table: Table) -> None:
    call = table.say("TUR", "distress.call", place=HERE, seen_at="now", who="aircraft", people="2")
    table.say("ISR", "distress.answer", distress=call, outcome="keeping-clear")
    table.say("TUR", "distress.close", distress=call, because="Landed.")


def _answers(table: Table) -> None:
    notice = table.channel.file("TUR", area("hold", "TUR"), level="L0")
    for answer, fields in (
        ("filer.hold", {"until": SOON}),
        ("filer.proceed", {"because": "The crew is up."}),
    ):
        request = ask.Unable(desk="air", about=notice.short, until=SOON, part="the north", reason="A convoy.")
        [unable] = table.channel.do("ISR", request)
        table.say("TUR", answer, about=unable.short, **fields)
    table.say("TUR", "obligation.waive", about=notice.short, what="acknowledge", debtor="ISR")


def _conflicts(table: Table) -> None:
    ours = table.channel.file("TUR", area("ours", "TUR"), level="L0").short
    theirs = table.channel.file("ISR", area("theirs", "ISR"), level="L0").short
    for answer in ("conflict.accept", "conflict.decline"):
        offer = table.say(
            "TUR",
            "conflict.propose",
            notices=(theirs, ours),
            evidence="own-check",
            proposal=f"Later: {answer}.",
        )
        table.say("ISR", answer, proposal=offer, because="It suits us.")
    closed = table.say("TUR", "conflict.close", notices=f"{ours}, {theirs}", because="Agreed.")
    assert table.who_reads(closed) == {"TUR", "ISR", "AZE"}


def _sites(table: Table) -> None:
    site = table.say("TUR", "site.register", "ISR", name="Clinic", category="hospital", footprint=AREA)
    assert table.who_reads(site) == {"TUR", "ISR"}, "not even the host"
    table.say("TUR", "site.renew", sites=site)
    concern = table.say("ISR", "site.concern", site=site, text="A vehicle was seen there.", reply_by=LATER)
    table.say("TUR", "site.concern", site=site, replies_to=concern, text="An ambulance.")
    table.say("TUR", "contact.attempt", about=site, way="telephone", tried_at="now", result="no-contact")
    assert table.who_reads(table.say("TUR", "site.end", site=site)) == {"TUR", "ISR"}


def _movements(table: Table) -> None:
    convoy = table.channel.file("TUR", area("convoy", "TUR", kind="movement"), level="L0").short
    table.say("TUR", "movement.report", movement=convoy, step="at", place=HERE, seen_at="now")
    table.say("TUR", "civil.offer", notice=convoy, contact="Damascus FIC", form="notam", text="A)OSTT …")
    table.say("TUR", "civil.decline", notice=convoy, because="No civil traffic below 9,000 ft.")
    table.say("TUR", "civil.answer", notice=convoy, flight="THY123", act="held")


def _tracks(table: Table) -> None:
    """An alarm that a picture raised is answered by either side."""
    ledger = table.channel.node("TUR").ledger
    raised = speak(ledger, track_alarm(), voice=by_node(), to=("ISR",), readers=("ISR",))
    table.channel.settle()
    table.say("ISR", "track.answer", alarm=raised.id, act="turned-away")


def _standstills(table: Table) -> None:
    still = table.say(
        "TUR", "standstill.propose", area=AREA, acts="No flights.", effective_at=SOON, until=LATER
    )
    table.say("ISR", "standstill.accept", standstill=still)
    table.say("ISR", "standstill.extend", standstill=still, until="2025-04-12T06:00Z")
    table.say("TUR", "standstill.end", standstill=still, effective_at=LATER, because="Done.")


def _reviews(table: Table) -> None:
    incident = table.say(
        "TUR", "incident.open", title="Fire near T4", happened_at="2025-04-10T05:05Z", involved="TUR, ISR"
    )
    table.say("ISR", "incident.state", incident=incident, text="We saw it at 05:06.")
    table.say("ISR", "incident.finding", incident=incident, agrees="yes", text="It began at 05:05.")
    table.say("TUR", "incident.close", incident=incident, because="Reviewed.")
    claim = table.say(
        "TUR", "violation.claim", "ISR", happened_at="2025-04-10T05:05Z", what="Off-limits area."
    )
    table.say("ISR", "violation.answer", claim=claim, answer="contest", because="We were west of it.")


def _tables(table: Table) -> None:
    meeting = table.say(
        "AZE",
        "meeting.convene",
        title="Third",
        starts_at="2025-04-10T05:11Z",
        ends_at=LATER,
        agenda=("T4, and what was", "Lines"),
    )
    table.channel.at("05:12")
    minutes = table.say("TUR", "meeting.minutes", meeting=meeting, points=("T4 was discussed.",))
    table.say("ISR", "meeting.minutes", meeting=meeting, signs=minutes)
    table.say(
        "AZE", "meeting.action", meeting=meeting, what="Test the second line.", owner="TUR", due_at=LATER
    )
    words = table.say(
        "TUR", "communique.propose", paragraphs=("The delegations met.", "They will meet again.")
    )
    table.say("ISR", "communique.agree", communique=words, paragraphs="1,2")


@pytest.mark.parametrize(
    ("kind", "desk", "to", "fields", "code", "where"),
    [
        ("notice.file", "air", (), {}, "kind-not-said", "kind"),
        ("watch.sell", "air", (), {}, "kind-not-said", "kind"),
        ("watch.take", None, (), {}, "desk-missing", "desk"),
        ("watch.take", "moon", (), {}, "no-such-desk", "moon"),
        ("watch.take", "air", (), {"note": "x"}, "field-unknown", "note"),
        ("watch.take", "air", (), {"hand_over": "TUR-9999"}, "thing-unknown", "hand_over"),
        ("watch.take", "air", (), {"hand_over": "TUR-0000"}, "thing-not-readable", "hand_over"),
        ("check.answer", "air", (), {"check": "TUR-9999"}, "thing-unknown", "check"),
        ("drill.start", "air", (), {}, "field-missing", "name"),
        ("drill.start", "air", (), {"name": ("a", "b")}, "field-once", "name"),
        ("drill.start", "air", ("XXX",), {"name": "a"}, "member-unknown", "to"),
        (
            "site.register",
            "air",
            (),
            {"name": "a", "category": "hospital", "footprint": AREA},
            "nobody-named",
            "to",
        ),
        (
            "site.register",
            "air",
            ("ISR",),
            {"name": "a", "category": "castle", "footprint": AREA},
            "body-field-form",
            "body.category",
        ),
        (
            "site.register",
            "air",
            ("ISR",),
            {"name": "a", "category": "hospital", "footprint": "[]"},
            "area-not-a-feature",
            "footprint",
        ),
        (
            "site.register",
            "air",
            ("ISR",),
            {"name": "a", "category": "hospital", "footprint": "{"},
            "not-json",
            "line 1, column 2",
        ),
        (
            "distress.call",
            "air",
            (),
            {"place": "somewhere", "seen_at": "now", "who": "people"},
            "position-unreadable",
            "place",
        ),
        (
            "distress.call",
            "air",
            (),
            {"place": HERE, "seen_at": "at noon", "who": "people"},
            "instant-spelling",
            "seen_at",
        ),
        (
            "distress.call",
            "air",
            (),
            {"place": HERE, "seen_at": "now", "who": "people", "people": "two"},
            "field-number",
            "people",
        ),
        (
            "voice.log",
            "air",
            (),
            {"speaker": "TUR", "listener": "ISR", "said_at": "now", "gist": "x", "read_back": "maybe"},
            "field-yes-or-no",
            "read_back",
        ),
        (
            "meeting.convene",
            "air",
            (),
            {"title": "x", "starts_at": LATER, "ends_at": SOON},
            "meeting-ends-first",
            "body",
        ),
    ],
)
def test_what_cannot_be_said_is_refused_by_field_and_nothing_is_filed(
    table: Table,
    kind: str,
    desk: str | None,
    to: tuple[str, ...],
    fields: dict[str, Any],
    code: str,
    where: str | None,
) -> None:
    before = table.channel.size("TUR")
    with pytest.raises(SteerclearError) as refused:
        table.receipts("TUR", kind, fields, desk=desk, to=to)
    assert (refused.value.code, refused.value.where) == (code, where)
    assert table.channel.size("TUR") == before


def test_what_would_count_for_nothing_never_leaves(table: Table) -> None:
    call = table.say("TUR", "distress.call", place=HERE, seen_at="now", who="aircraft")
    drill = table.say("TUR", "drill.start", name="May")
    words = table.say("TUR", "communique.propose", paragraphs=("One.",))
    before = {member: table.channel.size(member) for member in ("TUR", "ISR", "AZE")}
    for member, kind, fields, why in (
        ("ISR", "distress.close", {"distress": call}, "only its author says this"),
        (
            "TUR",
            "distress.answer",
            {"distress": call, "outcome": "helping"},
            "only a member it is addressed to",
        ),
        ("ISR", "drill.end", {"drill": drill}, "only its author"),
        ("TUR", "drill.end", {"drill": call}, "not known here"),
        ("ISR", "communique.agree", {"communique": words, "paragraphs": "2"}, "paragraph"),
        (
            "AZE",
            "standstill.propose",
            {"area": AREA, "acts": "x", "effective_at": SOON, "until": LATER},
            "hosts do not",
        ),
    ):
        desk = None if kind == "communique.agree" else "air"
        with pytest.raises(Refused) as refused:
            table.receipts(member, kind, fields, desk=desk)
        assert refused.value.code == "would-not-count"
        assert why in refused.value.what, refused.value.what
    assert before == {member: table.channel.size(member) for member in ("TUR", "ISR", "AZE")}


def test_a_check_that_nobody_made_is_amber_and_then_red_on_both_sides(table: Table) -> None:
    channel = table.channel
    for annex in template("syria-2025", parties=("TUR", "ISR"), host="AZE"):
        if annex.name is AnnexName.COMM_CHECKS:
            body = AnnexPropose(annex=annex, because=None)
            speak(channel.node("TUR").ledger, body, voice=by_authority(), to=("ISR",))
    channel.settle()
    for party in ("TUR", "ISR"):
        channel.do(party, ask.Ratify())
    channel.at("09:40")
    channel.settle()
    amber = "check of the line AMBER: at 2025-04-10T09:00:00Z AZE did not call"
    assert all(amber in channel.node(party).status({}).alarms for party in ("TUR", "ISR"))
    channel.at("16:00")
    check = table.say("AZE", "check.call", "TUR", "ISR", way="node")
    table.say("TUR", "check.answer", check=check, readability="5")
    channel.at("16:30")
    channel.settle()
    red = "check of the line RED: at 2025-04-10T16:00:00Z ISR did not answer"
    assert all(red in channel.node(party).status({}).alarms for party in ("TUR", "ISR"))
    table.say("ISR", "check.answer", check=check, readability="4")
    assert not [words for words in channel.node("TUR").status({}).alarms if "check of the line" in words]
