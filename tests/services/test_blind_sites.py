# SPDX-License-Identifier: Apache-2.0
"""Notices are held against protected sites that nobody shows: three whole nodes, honest and otherwise.

ISR has a hospital and shows it to nobody; TUR files hazards; the host compares.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pytest
from tests.services.conftest import HOST, PARTIES, area
from tests.services.test_blind_exchange import agree as agree_blind
from tests.services.test_blind_secrecy import heap

from steerclear.blind.grid import CELL_BYTES
from steerclear.blind.site_check import areas_of, columns_of_site
from steerclear.mechanism.bodies import (
    AnnexPropose,
    BlindSiteAsk,
    BlindSiteHold,
    BlindSiteList,
    BlindSiteRemask,
    BlindSiteResult,
)
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName
from steerclear.model.space import Circle, Position
from steerclear.model.terms import Level, ProtectedSites, SiteCheck
from steerclear.services import requests as ask
from steerclear.services.speak import by_authority, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

    from steerclear.services.answers import NoticeRow

CHECK: Final = SiteCheck(areas_a_day=8, columns_a_day=1 << 20, held_columns=1 << 12, tell_after_s=86_400)
WHERE: Final = (34.5123, 37.6321)
AWAY: Final = (35.9123, 40.4321)


def agree(channel: Channel, check: SiteCheck = CHECK) -> None:
    """The annex of protected sites, with values for the check, in force for all."""
    found = template("syria-2025", parties=PARTIES, host=HOST)
    [annex] = [one for one in found if one.name is AnnexName.PROTECTED_SITES]
    known = channel.node("TUR").ledger.view.annexes.proposals
    version = 1 + max((one.annex.version for one in known if one.annex.name is annex.name), default=0)
    annex = replace(annex, version=version, terms=ProtectedSites(7_776_000, check), marks=())
    said = AnnexPropose(annex=annex, because="hospitals")
    speak(channel.node("TUR").ledger, said, voice=by_authority(), to=("ISR",))
    channel.settle()
    channel.do("TUR", ask.Ratify())
    channel.do("ISR", ask.Ratify())
    channel.at("05:12" if version == 1 else "05:22")
    channel.settle()


def hospital(channel: Channel, member: str = "ISR", where: tuple[float, float] = WHERE) -> str:
    """Registered, and shown to nobody."""
    fields = {
        "name": "Hospital",
        "category": "hospital",
        "footprint": json.dumps(area("h", member, *where, radius_m=60)),
    }
    said = ask.Say(kind="site.register", fields=fields, desk="air", to=(member,))
    return channel.do(member, said)[0].short


def _area(member: str, where: tuple[float, float]) -> str:
    return json.dumps(area("h", member, *where, radius_m=60))


def hazard(ref: str, *where: float, party: str = "TUR", **more: Any) -> dict[str, Any]:
    return area(ref, party, *(where or WHERE), kind="hazard", radius_m=800, **more)


def minutes(channel: Channel, *times: str) -> None:
    for one in times:
        channel.at(one)
        channel.settle()


def row(channel: Channel, ref: str, member: str = "TUR") -> NoticeRow:
    return channel.notice(member, ref)


def finding(channel: Channel, ref: str, member: str = "TUR") -> str:
    """What the faces say of the sites of the other party."""
    other = {"TUR": "ISR", "ISR": "TUR"}[member]
    [found] = [one for one in row(channel, ref, member).findings if one.by == f"protected sites of {other}"]
    return found.words


def said(channel: Channel, kind: str, member: str = HOST) -> list[Any]:
    return list(channel.node(member).ledger.view.book.of_kind(f"blind.site-{kind}"))


def stopped(channel: Channel, member: str = "TUR") -> set[str]:
    return {one.body.code for one in said(channel, "stop", member)}


def twist(channel: Channel, member: str, sort: type, change: Callable[[Any], Any]) -> None:
    """Whatever of this sort the member's node says is changed before it is signed; ``None``: is not said."""
    desk = channel.node(member)._sites
    honest = desk._say_all

    def say_all(said: Any) -> Any:
        told = [(change(body) if isinstance(body, sort) else body, to) for body, to in said]
        filed = honest([one for one in told if one[0] is not None])
        return [*filed, *(["0" * 32] * (len(told) - len(filed)))]

    desk._say_all = say_all  # type: ignore[method-assign] # a node of the cheater's own


def test_a_hit_is_told_to_who_files_at_once_and_to_the_site_after_the_window(channel: Channel) -> None:
    agree(channel)
    site = hospital(channel)
    channel.file("TUR", hazard("h1"), hazard("h2", *AWAY))
    minutes(channel, "05:13")
    assert finding(channel, "h1") == (
        "MAY CONFLICT (protected site): within the area of this notice ISR holds a protected site: "
        "keep out, or ask ISR"
    )
    assert row(channel, "h1").screened == finding(channel, "h1")
    assert finding(channel, "h2").startswith("NO CONFLICT KNOWN (no protected site of ISR met at 2025-04-10")
    assert channel.node("TUR").faults == channel.node("ISR").faults == channel.node(HOST).faults == {}

    def log() -> list[str]:
        return [line.words for line in channel.node("ISR").affair(site).lines if line.kind == "met blind"]

    minutes(channel, "2025-04-10T12:00:00.000Z", "2025-04-11T09:00:00.000Z", "2025-04-11T23:58:00.000Z")
    assert log() == []
    minutes(channel, "2025-04-12T00:01:00.000Z")
    assert log() == ["had a notice checked at 2025-04-10T05:12:00.000Z: this site lay in its area"]
    assert channel.node("TUR").affairs("site") == ()


def test_rows_for_the_command_say_the_same(channel: Channel) -> None:
    agree(channel)
    assert channel.node("TUR").site_checks() == ()
    hospital(channel)
    channel.file("TUR", hazard("h1"))
    [found] = channel.node("TUR").site_checks()
    assert (found.ref, found.holder, found.finding, found.words) == (
        "h1", "ISR", "MAY CONFLICT", finding(channel, "h1"),
    )  # fmt: skip


def test_nothing_is_asked_for_what_harms_nobody_or_where_no_annex_says_so(channel: Channel) -> None:
    hospital(channel)
    channel.file("TUR", hazard("h1"))
    assert row(channel, "h1").findings == () or all("site" not in f.by for f in row(channel, "h1").findings)
    agree(channel)
    channel.file("TUR", area("f1", "TUR"))
    assert all("site" not in one.by for one in row(channel, "f1").findings)
    assert {one.body.notice for one in said(channel, "ask")} == {row(channel, "h1").id}


def test_what_ended_is_met_no_more_and_what_is_new_is_asked_for_again(channel: Channel) -> None:
    agree(channel)
    channel.file("TUR", hazard("h1"))
    assert finding(channel, "h1").startswith("NO CONFLICT KNOWN")
    site = hospital(channel)
    assert finding(channel, "h1") == (
        "UNDETERMINED against protected sites of ISR because ISR stopped the check (blind-site-newer)"
    )
    minutes(channel, "05:14")
    assert finding(channel, "h1").startswith("MAY CONFLICT")
    channel.do("ISR", ask.Say(kind="site.end", fields={"site": site}, desk="air"))
    channel.file("TUR", hazard("h2"))
    assert finding(channel, "h2").startswith("NO CONFLICT KNOWN")
    assert [one.body.day for one in said(channel, "ask")] == [20_188] * 3


def test_an_answer_is_of_its_day(channel: Channel) -> None:
    agree(channel)
    channel.file("TUR", hazard("h1", end="2025-04-11T08:00:00Z"))
    assert finding(channel, "h1").startswith("NO CONFLICT KNOWN")
    channel.down.update({"ISR", HOST})
    minutes(channel, "2025-04-11T00:01:00.000Z")
    assert finding(channel, "h1").startswith(
        "UNDETERMINED against protected sites of ISR because ISR has not"
    )
    channel.down.clear()
    minutes(channel, "2025-04-11T00:02:00.000Z")
    assert finding(channel, "h1").startswith("NO CONFLICT KNOWN")


def test_over_the_cap_nothing_is_asked_and_it_is_undetermined(channel: Channel) -> None:
    agree(channel, replace(CHECK, areas_a_day=1))
    hospital(channel)
    channel.file("TUR", hazard("h1", *AWAY))
    channel.file("TUR", hazard("h2"))
    assert finding(channel, "h1").startswith("NO CONFLICT KNOWN")
    assert finding(channel, "h2").startswith(
        "UNDETERMINED against protected sites of ISR because 2 areas with 2,048 columns are more than"
    )
    assert len(said(channel, "ask")) == 1


@pytest.mark.parametrize("liar", ["TUR", "TUR+ISR", "TUR+AZE"])
def test_a_node_that_asks_over_the_cap_is_refused_by_holder_and_by_host(channel: Channel, liar: str) -> None:
    agree(channel, replace(CHECK, areas_a_day=1))
    hospital(channel)
    channel.file("TUR", hazard("h1", *AWAY))
    generous = replace(CHECK, areas_a_day=99)
    for member in liar.split("+"):
        desk = channel.node(member)._sites
        _lies_about_terms(desk, generous)
    channel.file("TUR", hazard("h2"))
    minutes(channel, "05:14", "05:20")
    assert "blind-site-cap" in stopped(channel)
    who = {one.author for one in said(channel, "stop", "TUR")}
    assert who <= {"ISR", HOST} - {*liar.split("+")}
    assert finding(channel, "h2").startswith("UNDETERMINED")
    assert [one.body.met for one in said(channel, "result", "TUR")] == [said(channel, "result")[0].body.met]


def _lies_about_terms(desk: Any, check: SiteCheck) -> None:
    """This node goes by other caps than those that were agreed."""
    for name in ("_ask_due", "_hold", "_compare"):
        honest = getattr(desk, name)

        def lying(terms: Any, *rest: Any, honest: Any = honest) -> Any:
            return honest(replace(terms, check=check) if terms is not None else None, *rest)

        setattr(desk, name, lying)


def test_for_a_notice_that_is_not_filed_nobody_is_told_anything(channel: Channel) -> None:
    """A probe without a signed notice in the log is refused before a list leaves."""
    agree(channel)
    hospital(channel)
    twist(channel, "TUR", BlindSiteAsk, lambda body: replace(body, notice="ab" * 16))
    channel.file("TUR", hazard("h1"))
    assert stopped(channel) == {"blind-site-notice"}
    assert said(channel, "hold", "TUR") == said(channel, "list") == []
    assert finding(channel, "h1").startswith("UNDETERMINED")


def _swapped(rows: bytes) -> bytes:
    return rows[32:64] + rows[:32] + rows[64:]


def _twice(rows: bytes) -> bytes:
    return rows[:32] + rows[:-32]


def _nonsense(rows: bytes) -> bytes:
    return b"\xff" * 32 + rows[32:]


LIES: Final = {
    "host-drops": (HOST, BlindSiteResult, lambda b: replace(b, met=(0,)), "blind-sentinels"),
    "host-invents": (HOST, BlindSiteResult, lambda b: replace(b, met=(9_999,)), "blind-met"),
    "host-of-others": (HOST, BlindSiteResult, lambda b: replace(b, met=(1, 1)), "blind-met"),
    "host-silent": (HOST, BlindSiteResult, lambda _: None, None),
    "holder-silent": ("ISR", BlindSiteHold, lambda _: None, None),
    "holder-not-whole": ("ISR", BlindSiteHold, lambda b: replace(b, whole=False), None),
    "holder-short": ("ISR", BlindSiteHold, lambda b: replace(b, rows=b.rows[:-32]), "blind-count"),
    "holder-twice": ("ISR", BlindSiteHold, lambda b: replace(b, rows=_twice(b.rows)), "blind-repeat"),
    "holder-identity": ("ISR", BlindSiteHold, lambda b: replace(b, public=bytes(32)), "blind-public"),
    "holder-nonsense": ("ISR", BlindSiteHold, lambda b: replace(b, rows=_nonsense(b.rows)), "blind-element"),
    "holder-garbles": ("ISR", BlindSiteRemask, lambda b: replace(b, rows=_swapped(b.rows)), "blind-proof"),
    "holder-unproved": ("ISR", BlindSiteRemask, lambda b: replace(b, proofs=b""), "blind-proof"),
    "asker-other-list": ("TUR", BlindSiteList, lambda b: replace(b, rows=b.rows[:-32]), "blind-count"),
    "asker-garbles": ("TUR", BlindSiteRemask, lambda b: replace(b, rows=_swapped(b.rows)), "blind-proof"),
    "asker-silent": ("TUR", BlindSiteRemask, lambda _: None, None),
    "asker-sizes": ("TUR", BlindSiteAsk, lambda b: replace(b, slots=100), "blind-count"),
    "asker-grid": ("TUR", BlindSiteAsk, lambda b: replace(b, grid=9), "blind-other-check"),
    "asker-day": ("TUR", BlindSiteAsk, lambda b: replace(b, day=b.day + 2), "blind-other-check"),
    "asker-annex": ("TUR", BlindSiteAsk, lambda b: replace(b, annex="0" * 64), "blind-other-check"),
}  # fmt: skip


@pytest.mark.parametrize("name", LIES)
def test_who_lies_is_caught_or_nothing_is_known(channel: Channel, name: str) -> None:
    who, sort, change, code = LIES[name]
    agree(channel)
    hospital(channel, where=AWAY)
    twist(channel, who, sort, change)
    channel.file("TUR", hazard("h1"))
    minutes(channel, "05:14")
    assert row(channel, "h1").screened.startswith("UNDETERMINED against protected sites of ISR")
    [told] = [one for one in channel.node("TUR").site_checks() if one.holder == "ISR"]
    assert told.finding == "UNDETERMINED"
    if code is not None:
        assert code in stopped(channel) | stopped(channel, HOST)


def test_without_a_lie_the_same_is_known(channel: Channel) -> None:
    agree(channel)
    hospital(channel, where=AWAY)
    channel.file("TUR", hazard("h1"))
    assert finding(channel, "h1").startswith("NO CONFLICT KNOWN")
    assert stopped(channel) == set()


def test_a_holder_that_lists_the_country_is_refused(channel: Channel) -> None:
    """Else it would learn, a day later, of every plan that was checked."""
    agree(channel, replace(CHECK, held_columns=256))
    desk = channel.node("ISR")._sites
    honest = desk._hold
    generous = replace(CHECK, held_columns=1 << 14)
    desk._hold = lambda terms, *rest: honest(replace(terms, check=generous), *rest)  # type: ignore[method-assign]
    for number in range(3):
        hospital(channel, where=(34.6 + number / 10, 37.6))
    channel.node("ISR")._sites._standing = lambda: iter([("big", _disc(20_000))])  # type: ignore[method-assign]
    channel.file("TUR", hazard("h1"))
    assert "blind-site-held" in stopped(channel)
    assert finding(channel, "h1").startswith("UNDETERMINED")


def _disc(radius_m: int, where: tuple[float, float] = WHERE) -> Circle:
    return Circle(Position(*(round(each * 10**7) for each in where)), radius_m * 1_000)


@pytest.mark.parametrize("who", ["TUR", "ISR", HOST])
def test_a_node_that_is_started_again_in_the_middle_asks_anew(channel: Channel, who: str) -> None:
    agree(channel)
    hospital(channel)
    channel.cut.update({frozenset(("TUR", HOST)), frozenset(("ISR", HOST))})
    channel.file("TUR", hazard("h1"))
    assert finding(channel, "h1").startswith("UNDETERMINED")
    channel.restart(who)
    channel.cut.clear()
    minutes(channel, "05:14", "05:16", "05:18")
    assert finding(channel, "h1").startswith("MAY CONFLICT")
    channel.restart("TUR")
    assert finding(channel, "h1").startswith("MAY CONFLICT"), "what was answered is kept"
    assert channel.node(who).faults == {}


def test_an_amendment_of_the_window_keeps_the_site_from_hearing_of_it_early(channel: Channel) -> None:
    agree(channel)
    hospital(channel)
    channel.file("TUR", hazard("h1"))
    minutes(channel, "05:14")
    longer = hazard("h1", end="2025-04-11T08:00:00Z")
    channel.file("TUR", longer, amends=row(channel, "h1").short)
    assert len(said(channel, "ask")) == 2
    assert len({one.body.notice for one in said(channel, "ask")}) == 1
    minutes(channel, "2025-04-12T00:01:00.000Z", "2025-04-12T23:58:00.000Z")
    assert said(channel, "met") == []
    minutes(channel, "2025-04-13T00:01:00.000Z")
    assert len(said(channel, "met")) == 2


def test_a_site_that_is_shown_to_the_other_is_met_as_well(channel: Channel) -> None:
    """Whatever became of the showing: nothing falls between."""
    agree(channel)
    fields = {
        "name": "Clinic",
        "category": "hospital",
        "footprint": json.dumps(area("c", "ISR", radius_m=60)),
    }
    channel.do("ISR", ask.Say(kind="site.register", fields=fields, desk="air", to=("TUR",)))
    channel.file("TUR", hazard("h1"), overrides={"third-party": "they were told"})
    assert finding(channel, "h1").startswith("MAY CONFLICT")


def test_while_an_annex_changes_nothing_is_asked(channel: Channel) -> None:
    agree(channel)
    channel.file("TUR", hazard("h1"))
    assert finding(channel, "h1").startswith("NO CONFLICT KNOWN")
    agree(channel, replace(CHECK, areas_a_day=9))
    assert finding(channel, "h1").startswith(("NO CONFLICT KNOWN", "UNDETERMINED"))
    minutes(channel, "05:25", "05:27")
    channel.file("TUR", hazard("h2"))
    assert finding(channel, "h2").startswith("NO CONFLICT KNOWN")
    assert len({one.body.annex for one in said(channel, "ask")}) == 2


def test_an_area_too_large_for_a_check_is_undetermined(channel: Channel) -> None:
    agree(channel)
    channel.file("TUR", area("h1", "TUR", kind="exercise", radius_m=70_000), overrides={"vague": "all of it"})
    assert "too many for one check" in finding(channel, "h1")
    assert said(channel, "ask") == []


# ---- secrecy ---------------------------------------------------------------------------------------------


def test_neither_site_nor_plan_is_with_anybody_who_was_not_shown_it(channel: Channel) -> None:
    """All that host, sender and asker got over a wire and could open, a day after the window too."""
    agree_blind(channel, Level.L3)
    agree(channel)
    hospital(channel)
    channel.file("TUR", hazard("h1-plan"), level=Level.L3)
    minutes(channel, "05:14", "2025-04-12T00:01:00.000Z")
    assert len(said(channel, "met", "ISR")) == 1
    site = columns_of_site(_disc(60))
    cells = [site[at : at + CELL_BYTES] for at in range(0, len(site), CELL_BYTES)]
    for member in ("TUR", HOST):
        has = heap(channel, member)
        assert not any(cell in has or cell.hex().encode() in has for cell in cells)
        assert b"Hospital" not in has
    [area_] = areas_of([_disc(800)])
    plan = [area_[at : at + CELL_BYTES] for at in range(0, len(area_), CELL_BYTES)]
    for member in ("ISR", HOST):
        has = heap(channel, member)
        assert not any(cell in has or cell.hex().encode() in has for cell in plan)
        assert b"h1-plan" not in has
    assert not any(str(round(each * 10**7)).encode() in heap(channel, HOST) for each in WHERE)
    assert b"Hospital" in heap(channel, "ISR")
