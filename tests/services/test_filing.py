# SPDX-License-Identifier: Apache-2.0
"""Does a notice leave as its filer meant, to whom the annex allows, and never half?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.errors import BadInput, Refused
from steerclear.mechanism.bodies import NoticeAmend
from steerclear.services import requests as ask
from steerclear.services.speak import by_desk, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

HAZARD = {"kind": "hazard", "start": "2025-04-10T09:00:00Z", "end": "2025-04-10T10:00:00Z"}


def readers(channel: Channel, member: str, id_: str) -> tuple[str, ...] | None:
    said = channel.node(member).ledger.view.said(id_)
    assert said is not None
    return said.readers


def test_an_open_notice_reaches_the_peer_and_the_host_in_full(channel: Channel, draw: Any) -> None:
    receipt = channel.file("TUR", draw("depot", "TUR", **HAZARD))
    assert receipt.sealed_to == ("AZE", "ISR", "TUR")
    assert receipt.short == f"TUR-{channel.sizes['TUR']:04d}"
    assert receipt.seq == channel.sizes["TUR"]
    for member in ("TUR", "ISR", "AZE"):
        row = channel.notice(member, "depot")
        assert (row.id, row.author, row.version, row.state) == (receipt.id, "TUR", 1, "pending")
    assert receipt.root == channel.node("ISR").ledger.logs["TUR"].root_at(receipt.seq + 1)


def test_a_flight_goes_to_the_host_alone_and_the_peer_sees_that_something_is_sealed(
    channel: Channel, draw: Any
) -> None:
    receipt = channel.file("TUR", draw("survey", "TUR"))
    assert receipt.sealed_to == ("AZE", "TUR")
    assert channel.notice("AZE", "survey").id == receipt.id
    assert receipt.short in channel.node("ISR").inbox(None).sealed
    assert not any(row.ref == "survey" for row in channel.node("ISR").status({}).notices)
    with pytest.raises(BadInput) as refused:
        channel.do("ISR", ask.Acknowledge(desk="air", about=receipt.short))
    assert refused.value.code == "thing-not-readable"


def test_a_filer_may_be_more_open_than_the_annex(channel: Channel, draw: Any) -> None:
    receipt = channel.file("TUR", draw("survey", "TUR"), level="L0")
    assert receipt.sealed_to == ("AZE", "ISR", "TUR")
    assert channel.notice("ISR", "survey").id == receipt.id


def test_a_filer_may_not_be_more_closed_than_the_annex(channel: Channel, draw: Any) -> None:
    with pytest.raises(Refused) as refused:
        channel.file("TUR", draw("depot", "TUR", **HAZARD), level="L1")
    assert refused.value.code == "level-too-closed"
    assert channel.size("TUR") == channel.sizes["TUR"]


def test_without_a_disclosure_annex_the_peer_is_not_shown_the_notice(founded: Channel, draw: Any) -> None:
    receipt = founded.file("TUR", draw("depot", "TUR", **HAZARD))
    assert receipt.sealed_to == ("AZE", "TUR")
    assert founded.notice("TUR", "depot").screened.startswith("UNDETERMINED")


def test_who_is_no_member_cannot_be_addressed(channel: Channel, draw: Any) -> None:
    for nobody in ("RUS", "TUR"):
        with pytest.raises(BadInput) as refused:
            channel.file("TUR", draw("depot", "TUR", **HAZARD), to=(nobody,))
        assert refused.value.code == "member-unknown"
        assert "AZE, ISR" in refused.value.remedy
    assert channel.size("TUR") == channel.sizes["TUR"]


def test_the_host_files_no_notices(channel: Channel, draw: Any) -> None:
    with pytest.raises(Refused) as refused:
        channel.file("AZE", draw("depot", "AZE", **HAZARD))
    assert refused.value.code == "not-a-filer"


def test_a_party_files_only_its_own(channel: Channel, draw: Any) -> None:
    with pytest.raises(BadInput) as refused:
        channel.file("TUR", draw("depot", "ISR", **HAZARD))
    assert refused.value.where is not None
    assert "party" in refused.value.where


def test_a_desk_that_this_node_has_no_key_for_says_nothing(channel: Channel, draw: Any) -> None:
    with pytest.raises(Refused) as refused:
        channel.file("TUR", draw("depot", "TUR", **HAZARD), desk="space")
    assert refused.value.code == "no-such-desk"
    assert channel.size("TUR") == channel.sizes["TUR"]


# ---- the gate --------------------------------------------------------------------------------------------


def test_a_warning_holds_the_notice_until_it_is_overridden_with_a_reason(channel: Channel, draw: Any) -> None:
    away = draw("survey", "TUR", lat=34.9123, near="T4")
    with pytest.raises(Refused) as held:
        channel.file("TUR", away)
    assert held.value.code == "gate-warns"
    assert held.value.where == "survey"
    assert "position" in held.value.what
    assert "--override position=REASON" in held.value.remedy
    assert channel.size("TUR") == channel.sizes["TUR"]

    receipt = channel.file("TUR", away, overrides={"position": "the north end"}, level="L0")
    assert [(row.code, row.overridden_because) for row in receipt.gate] == [("position", "the north end")]
    content = channel.node("ISR").ledger.view.notices.get(receipt.id)
    assert content is not None
    assert [(one.code, one.because) for one in content.newest.content.overrides] == [
        ("position", "the north end")
    ]


def test_what_is_past_is_blocked_and_no_override_helps(channel: Channel, draw: Any) -> None:
    past = draw("survey", "TUR", start="2025-04-09T09:00:00Z", end="2025-04-09T10:00:00Z")
    with pytest.raises(Refused) as held:
        channel.file("TUR", past, overrides={"past": "please"})
    assert held.value.code == "gate-blocks"
    assert channel.size("TUR") == channel.sizes["TUR"]


def test_late_is_not_refused_but_marked_with_its_minutes(channel: Channel, draw: Any) -> None:
    late = draw("now", "TUR", start="2025-04-10T05:20:00Z", end="2025-04-10T06:00:00Z")
    receipt = channel.file("TUR", late)
    record = channel.node("AZE").ledger.view.notices.get(receipt.id)
    assert record is not None
    assert record.newest.content.late_minutes == 20
    assert channel.notice("TUR", "now").notice_class == "immediate"


# ---- all of a file, or none of it ------------------------------------------------------------------------


def test_every_feature_of_a_file_is_a_notice_of_its_own(channel: Channel, draw: Any, drawn: Any) -> None:
    text = drawn(draw("a", "TUR"), draw("b", "TUR", lat=35.1123, **HAZARD))
    receipts = channel.do("TUR", ask.FileNotices(desk="air", geojson=text))
    assert [(one.ref, one.sealed_to) for one in receipts] == [
        ("a", ("AZE", "TUR")),
        ("b", ("AZE", "ISR", "TUR")),
    ]


def test_a_file_of_which_one_notice_is_held_back_files_none(channel: Channel, draw: Any, drawn: Any) -> None:
    text = drawn(draw("a", "TUR"), draw("b", "TUR", lat=34.9123, near="T4"))
    with pytest.raises(Refused):
        channel.do("TUR", ask.FileNotices(desk="air", geojson=text))
    assert channel.size("TUR") == channel.sizes["TUR"]


def test_a_file_of_which_one_notice_cannot_be_sealed_files_none(
    channel: Channel, draw: Any, drawn: Any
) -> None:
    """ISR's keys for that day are not known: what is for the host could go, what is for ISR could not."""
    channel.settle()
    channel.cut = {frozenset(("TUR", "ISR")), frozenset(("AZE", "ISR"))}
    channel.at("2025-05-20T05:00:00.000Z")
    channel.settle()
    size = channel.size("TUR")
    days = {"start": "2025-05-20T09:00:00Z", "end": "2025-05-20T10:00:00Z"}
    text = drawn(draw("a", "TUR", **days), draw("b", "TUR", lat=35.1123, **(HAZARD | days)))
    with pytest.raises(Refused) as refused:
        channel.do("TUR", ask.FileNotices(desk="air", geojson=text))
    assert (refused.value.code, refused.value.where) == ("no-recipient-key", "ISR")
    assert channel.size("TUR") == size


# ---- the next version ------------------------------------------------------------------------------------


def test_a_new_version_goes_to_whom_the_old_one_went(channel: Channel, draw: Any, drawn: Any) -> None:
    first = channel.file("TUR", draw("survey", "TUR"), level="L0")
    moved = drawn(draw("survey", "TUR", lat=34.7123))
    receipt = channel.do("TUR", ask.FileNotices(desk="air", geojson=moved, amends=first.short))[0]
    assert receipt.kind == "notice.amend"
    assert receipt.sealed_to == ("AZE", "ISR", "TUR")
    for member in ("TUR", "ISR", "AZE"):
        assert (channel.notice(member, "survey").id, channel.notice(member, "survey").version) == (
            first.id,
            2,
        )


def test_a_version_can_be_named_to_be_replaced(channel: Channel, draw: Any, drawn: Any) -> None:
    """The receipt of version 2 shows a name; who amends by that name means the notice."""
    first = channel.file("TUR", draw("survey", "TUR"))
    second = channel.file("TUR", draw("survey", "TUR", lat=34.7123), amends=first.short)
    third = channel.file("TUR", draw("survey", "TUR", lat=34.8123), amends=second.short)
    assert channel.notice("AZE", "survey").version == 3
    assert third.kind == "notice.amend"
    assert not channel.node("AZE").status({}).without_effect


def test_a_new_version_may_be_more_open(channel: Channel, draw: Any) -> None:
    first = channel.file("TUR", draw("survey", "TUR"))
    channel.file("TUR", draw("survey", "TUR"), amends=first.id, level="L0")
    said = channel.node("ISR").ledger.view.book.of_kind("notice.amend")
    assert [one.body.notice for one in said] == [first.id]


def test_a_new_version_may_not_be_more_closed_than_the_annex(channel: Channel, draw: Any) -> None:
    """A flight that becomes a hazard is shown as a hazard is, whoever read the flight."""
    first = channel.file("TUR", draw("survey", "TUR"))
    size = channel.size("TUR")
    hazard = draw("survey", "TUR", **HAZARD)
    with pytest.raises(Refused) as refused:
        channel.file("TUR", hazard, amends=first.id)
    assert refused.value.code == "level-too-closed"
    assert channel.size("TUR") == size
    channel.file("TUR", hazard, amends=first.id, level="L0")
    assert channel.notice("AZE", "survey").version == 2


def test_only_the_filer_replaces_a_notice(channel: Channel, draw: Any) -> None:
    filed = channel.file("TUR", draw("depot", "TUR", **HAZARD))
    size = channel.size("ISR")
    with pytest.raises(Refused) as refused:
        channel.file("ISR", draw("depot", "ISR", **HAZARD), amends=filed.short)
    assert refused.value.code == "not-the-filer"
    assert channel.size("ISR") == size


def test_only_a_notice_is_replaced(channel: Channel, draw: Any) -> None:
    stop = channel.do(
        "TUR", ask.CallStop(desk="ground", place="T4", seen="fire", basis="unsure", to=("ISR",))
    )[0]
    with pytest.raises(BadInput) as refused:
        channel.file("TUR", draw("depot", "TUR", **HAZARD), amends=stop.short)
    assert refused.value.code == "not-a-notice"


def test_two_notices_do_not_replace_one(channel: Channel, draw: Any) -> None:
    filed = channel.file("TUR", draw("depot", "TUR", **HAZARD))
    with pytest.raises(BadInput) as refused:
        channel.file("TUR", draw("a", "TUR", **HAZARD), draw("b", "TUR", **HAZARD), amends=filed.id)
    assert refused.value.code == "amend-one"


def test_what_was_withdrawn_is_not_replaced(channel: Channel, draw: Any) -> None:
    """It would be filed without effect, and its filer would believe that others see it."""
    filed = channel.file("TUR", draw("depot", "TUR", **HAZARD))
    channel.do("TUR", ask.Withdraw(desk="air", about=filed.short, reason="done"))
    size = channel.size("TUR")
    for change in (
        ask.FileNotices(desk="air", geojson=_one(draw("depot", "TUR", **HAZARD)), amends=filed.short),
        ask.Activate(desk="air", about=filed.short),
        ask.GoCold(desk="air", about=filed.short),
        ask.Withdraw(desk="air", about=filed.short, reason="again"),
    ):
        with pytest.raises(Refused) as refused:
            channel.do("TUR", change)
        assert refused.value.code == "notice-withdrawn"
    assert channel.size("TUR") == size


def _one(feature: Any) -> str:
    return json.dumps(feature)


# ---- hot, cold, withdrawn --------------------------------------------------------------------------------


def test_an_area_is_hot_until_its_filer_says_cold(channel: Channel, draw: Any) -> None:
    filed = channel.file("TUR", draw("depot", "TUR", **HAZARD))
    channel.at("08:30")
    channel.do("TUR", ask.Activate(desk="air", about=filed.short))
    assert channel.notice("ISR", "depot").state == "area hot"
    channel.at("10:30")
    assert channel.notice("ISR", "depot").state == "end passed, not confirmed cold"
    channel.do("TUR", ask.GoCold(desk="air", about=filed.short))
    assert not any(row.ref == "depot" for row in channel.node("ISR").status({}).notices)
    assert channel.node("ISR").notice(filed.id).state == "area cold"


def test_others_say_neither_hot_nor_cold_nor_withdrawn(channel: Channel, draw: Any) -> None:
    filed = channel.file("TUR", draw("depot", "TUR", **HAZARD))
    size = channel.size("ISR")
    for change in (
        ask.Activate(desk="air", about=filed.short),
        ask.GoCold(desk="air", about=filed.short),
        ask.Withdraw(desk="air", about=filed.short, reason="not yours"),
        ask.TakeAlternative(desk="air", about=filed.short, way="start"),
    ):
        with pytest.raises(Refused) as refused:
            channel.do("ISR", change)
        assert refused.value.code == "not-the-filer"
    assert channel.size("ISR") == size


def test_a_change_by_anybody_else_is_without_effect_even_if_it_is_said(channel: Channel, draw: Any) -> None:
    """A node that is not ours may say it all the same."""
    filed = channel.file("TUR", draw("depot", "TUR", **HAZARD))
    ledger = channel.node("ISR").ledger
    record = ledger.view.notices.get(filed.id)
    assert record is not None
    speak(
        ledger,
        NoticeAmend(notice=filed.id, content=record.newest.content, because=None),
        voice=by_desk("air"),
        to=("TUR",),
        readers=("TUR", "AZE"),
    )
    channel.settle()
    assert channel.notice("TUR", "depot").version == 1
    assert "only its author says this" in channel.node("TUR").status({}).without_effect[0]


@pytest.mark.parametrize("about", ["TUR-9999", "no such thing", "", "0" * 32, "TUR-0000"])
def test_what_names_nothing_that_can_be_changed_is_refused(channel: Channel, about: str) -> None:
    with pytest.raises(BadInput) as refused:
        channel.do("TUR", ask.Withdraw(desk="air", about=about, reason="x"))
    assert refused.value.code in ("thing-unknown", "thing-not-readable", "not-a-notice")
    assert channel.size("TUR") == channel.sizes["TUR"]
