# SPDX-License-Identifier: Apache-2.0
"""The standing finding: the worst that anybody says of the newest versions; what is newer is Undetermined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.mechanism import bodies as say
from steerclear.mechanism.classes import STANDING_RESPONSE
from steerclear.mechanism.entry import DISOWNED
from steerclear.mechanism.obligation import State
from steerclear.mechanism.said import conflict_id
from steerclear.model.annex import Annex, AnnexName
from steerclear.model.finding import Conflict, NoConflict, Undetermined
from steerclear.model.member import MemberId
from steerclear.model.response import ResponseClass
from steerclear.model.time import Instant

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table


@pytest.fixture
def two(table: Table, speech: type[Speech]) -> Any:
    """TUR and ISR file, each at L1: sealed to the host. The host has both."""
    mine = table.say("TUR", speech.file(), when="12:00", to=("ISR",), sealed_to=("TUR", "AZE"))
    theirs = table.say("ISR", speech.file(party="ISR"), when="12:01", to=("TUR",), sealed_to=("ISR", "AZE"))
    table.beat("AZE", "12:02")
    return table, mine, theirs


def finding(table: Table, notice: Any, speech: type[Speech], now: str = "12:30", me: str = "AZE") -> Any:
    return table.view(me).findings.of(notice, speech.at(now)).finding


def host_says(
    table: Table,
    speech: type[Speech],
    *versions: tuple[str, str],
    finding: say.ScreenFinding,
    when: str = "12:03",
    to: tuple[str, ...] = ("TUR", "ISR"),
    covers: dict[str, int] | None = None,
    annex: str | None = None,
) -> str:
    result = speech.result(
        *versions, finding=finding, covers=covers or {"TUR": 9, "ISR": 9}, when=when, annex=annex
    )
    return table.say("AZE", result, when=when, to=to, sealed_to=(*to, "AZE"), desk=None)


def test_none_is_undetermined(two: tuple[Table, str, str], speech: type[Speech]) -> None:
    table, mine, _ = two
    assert finding(table, mine, speech) == Undetermined("nobody has screened it yet")
    assert table.view().findings.of(mine, speech.at("12:30")).screened_at is None


def test_no_conflict_among_so_many(two: tuple[Table, str, str], speech: type[Speech]) -> None:
    table, mine, _theirs = two
    host_says(table, speech, (mine, mine), finding=say.NoConflictFound(2), to=("TUR",))
    assert finding(table, mine, speech) == NoConflict("among 2 notices")
    assert finding(table, mine, speech, me="TUR") == NoConflict("among 2 notices")
    assert table.view().findings.of(mine, speech.at("12:30")).screened_at == speech.at("12:03")


def test_what_was_said_of_a_notice_is_sorted_out_once_until_more_is_said(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, theirs = two
    host_says(table, speech, (mine, mine), finding=say.NoConflictFound(2))
    view, now = table.view(), speech.at("12:30")

    def is_kept() -> bool:
        return view.book.kept.stands_on(("newest results", mine), view.heads.first_seen_by) is not None

    assert not is_kept()
    assert isinstance(view.findings.of(mine, now).finding, NoConflict)
    assert is_kept()
    host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict(), when="12:04")
    view.witness(table.entries[-1])
    assert not is_kept()
    assert isinstance(view.findings.of(mine, now).finding, Conflict)


def test_the_worst_of_all_authors_counts(two: tuple[Table, str, str], speech: type[Speech]) -> None:
    table, mine, theirs = two
    host_says(table, speech, (mine, mine), finding=say.NoConflictFound(2))
    own = speech.result(
        (mine, mine), (theirs, theirs), finding=speech.conflict(), covers={"AZE": 9, "ISR": 9}
    )
    table.say("TUR", own, when="12:05", to=("ISR",))
    found = finding(table, mine, speech)
    assert found == Conflict(0.0, -1000, -600, speech.at("14:00") // 1000)
    assert finding(table, theirs, speech) == found


def test_a_result_about_an_older_version_does_not_speak_for_the_newer(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, _theirs = two
    host_says(table, speech, (mine, mine), finding=say.NoConflictFound(2))
    table.say("TUR", speech.amend(mine), when="12:10", to=("ISR",), sealed_to=("TUR", "AZE"))
    assert finding(table, mine, speech) == Undetermined("nobody has screened it yet")


def test_a_notice_filed_after_the_screening_makes_it_undetermined(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, _theirs = two
    host_says(table, speech, (mine, mine), finding=say.NoConflictFound(2), covers={"TUR": 1, "ISR": 1})
    table.say("ISR", speech.file(party="ISR"), when="12:10", to=("TUR",))
    assert finding(table, mine, speech) == Undetermined("a notice of ISR is newer than its screening")


def test_the_screening_of_the_newer_notice_covers_the_older(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, _theirs = two
    host_says(table, speech, (mine, mine), finding=say.NoConflictFound(2), covers={"TUR": 1, "ISR": 1})
    newer = table.say("ISR", speech.file(party="ISR"), when="12:10", to=("TUR",))
    host_says(table, speech, (newer, newer), finding=say.NoConflictFound(3), when="12:11")
    assert finding(table, mine, speech) == NoConflict("among 2 notices")


def test_another_notice_of_the_same_party_changes_nothing(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, _theirs = two
    host_says(table, speech, (mine, mine), finding=say.NoConflictFound(2), covers={"TUR": 1, "ISR": 1})
    table.say("TUR", speech.file(), when="12:10", to=("ISR",))
    assert isinstance(finding(table, mine, speech), NoConflict)


def test_a_host_that_acts_itself_has_seen_its_own_log(new_table: type[Table], speech: type[Speech]) -> None:
    table = new_table()
    mine = table.say("TUR", speech.file(), when="12:00")
    table.say("ISR", speech.file(party="ISR"), when="12:01")
    own = speech.result((mine, mine), finding=say.NoConflictFound(1), covers={"TUR": 1})
    table.say("ISR", own, when="12:02")
    assert isinstance(finding(table, mine, speech), NoConflict)


def test_pairs_alone_do_not_say_that_all_others_are_far(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, theirs = two
    host_says(table, speech, (mine, mine), (theirs, theirs), finding=say.NoConflictFound(2))
    assert finding(table, mine, speech) == Undetermined("it was not screened against all others")


def test_what_its_author_could_not_know_is_undetermined(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, _ = two
    host_says(table, speech, (mine, mine), finding=say.UndeterminedFound("no terrain"))
    assert finding(table, mine, speech) == Undetermined("no terrain")


def test_another_separation_annex_makes_it_undetermined(founded: Table, speech: type[Speech]) -> None:
    mine = founded.say("TUR", speech.file(), when="12:00")
    host_says(founded, speech, (mine, mine), finding=say.NoConflictFound(1), covers={"TUR": 99, "ISR": 99})
    assert finding(founded, mine, speech) == Undetermined(
        "the separation annex changed since it was screened"
    )
    content = founded.view().annexes.separation(speech.at("12:00")).content
    host_says(
        founded, speech, (mine, mine),
        finding=say.NoConflictFound(1), when="12:04", covers={"TUR": 99, "ISR": 99}, annex=content,
    )  # fmt: skip
    assert isinstance(finding(founded, mine, speech), NoConflict)


def test_a_later_no_conflict_of_the_same_author_ends_its_conflict(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, theirs = two
    host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict())
    (record,) = table.view().conflicts
    assert record.is_open
    assert record.found is not None
    host_says(table, speech, (mine, mine), finding=say.NoConflictFound(2), when="12:20", to=("TUR",))
    assert isinstance(finding(table, mine, speech), NoConflict)
    (record,) = table.view().conflicts
    assert not record.is_open
    assert len(record.past) == 1


def test_a_conflict_ends_with_a_version_that_does_not_conflict(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, theirs = two
    host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict())
    version = table.say("TUR", speech.amend(mine, "18:00", "19:00"), when="12:10", sealed_to=("TUR", "AZE"))
    host_says(table, speech, (mine, version), (theirs, theirs), finding=say.NoConflictFound(2), when="12:11")
    for me in ("TUR", "AZE", "ISR"):
        (record,) = table.view(me).conflicts
        assert not record.is_open


def test_both_concerned_acknowledge_a_conflict_that_names_notices_they_cannot_read(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    """Human duties attach to the conflict."""
    table, mine, theirs = two
    result = host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict("13:30"))
    table.all_beat("12:03:10", "TUR", "ISR")
    for me in ("AZE", "TUR", "ISR"):
        owed = table.owes("12:04", me=me, thing=conflict_id(mine, theirs), what="acknowledgement")
        assert [(one.debtor.member, one.about, one.due_at) for one in owed] == [
            ("ISR", result, speech.at("12:33:10")),
            ("TUR", result, speech.at("12:33:10")),
        ]
    table.say("TUR", speech.ack(result, 1), when="12:10")
    states = {
        one.debtor.member: one.state for one in table.owes("12:20", what="acknowledgement", about=result)
    }
    assert states == {"ISR": State.OPEN, "TUR": State.MET}


def test_a_result_that_takes_the_place_of_another_owes_anew_and_the_old_one_stays(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    """An acknowledgement of what stood before is none of the versions that nobody had read then."""
    table, mine, theirs = two
    first = host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict("13:30"))
    table.all_beat("12:03:10", "TUR", "ISR")
    table.say("TUR", speech.ack(first, 1), when="12:10")
    version = table.say("TUR", speech.amend(mine, "13:00", "15:00"), when="12:11", sealed_to=("TUR", "AZE"))
    second = host_says(
        table, speech, (mine, version), (theirs, theirs), finding=speech.conflict("13:30"), when="12:12"
    )
    table.say("ISR", speech.ack(first, 1), when="12:13")
    duties = table.owes("12:14", what="acknowledgement", thing=conflict_id(mine, theirs))
    assert {(one.about, one.debtor.member): one.state for one in duties} == {
        (first, "TUR"): State.MET,
        (first, "ISR"): State.MET,
        (second, "TUR"): State.OPEN,
        (second, "ISR"): State.OPEN,
    }
    table.say(
        "AZE", speech.result((mine, version), finding=say.NoConflictFound(2)), when="12:15", to=("TUR",)
    )
    over = table.owes("12:16", what="acknowledgement", about=second)
    assert {one.state for one in over} == {State.WAIVED}
    assert all("does not stand any longer" in one.words for one in over)


def test_what_two_found_alike_is_acknowledged_once(two: tuple[Table, str, str], speech: type[Speech]) -> None:
    table, mine, theirs = two
    host = host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict("13:30"))
    own = speech.result((mine, mine), (theirs, theirs), finding=speech.conflict("13:30"))
    theirs_too = table.say("TUR", own, when="12:05", to=("ISR",))
    duties = table.owes("12:06", what="acknowledgement", thing=conflict_id(mine, theirs))
    assert {(one.about, one.debtor.member): one.state for one in duties} == {
        (host, "TUR"): State.OPEN,
        (host, "ISR"): State.OPEN,
        (theirs_too, "ISR"): State.WAIVED,
    }
    table.say("ISR", speech.ack(theirs_too, 1), when="12:07")
    duties = table.owes("12:08", what="acknowledgement", thing=conflict_id(mine, theirs))
    assert {one.state for one in duties if one.debtor.member == "ISR"} == {State.MET}


def test_nobody_puts_off_a_conflict_by_telling_of_a_later_one_first(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    """ISR says at once that it conflicts, but in nine days: the host's word for today is owed as well."""
    table, mine, theirs = two
    far = speech.result((mine, mine), (theirs, theirs), finding=speech.conflict("+9d 10:00"))
    put_off = table.say("ISR", far, when="12:02:30", to=("TUR",))
    host = host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict("13:30"))
    table.all_beat("12:03:10", "TUR", "ISR")
    owed = {
        one.about: one for one in table.owes("12:04", what="acknowledgement") if one.debtor.member == "TUR"
    }
    assert owed[host].state is State.OPEN
    assert owed[host].due_at == speech.at("12:33:10")
    assert owed[put_off].state is State.WAIVED


def test_who_waives_what_he_is_owed_lets_nobody_off_what_the_host_is_owed(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, theirs = two
    soon = speech.result((mine, mine), (theirs, theirs), finding=speech.conflict("12:40"))
    leading = table.say("ISR", soon, when="12:02:30", to=("TUR",))
    host = host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict("13:30"))
    table.say("ISR", say.Waive(leading, "acknowledgement", MemberId("TUR"), None), when="12:05")
    owed = {
        one.about: one for one in table.owes("12:06", what="acknowledgement") if one.debtor.member == "TUR"
    }
    assert owed[leading].state is State.WAIVED
    assert owed[host].state is State.OPEN


def test_to_acknowledge_that_nothing_was_known_acknowledges_no_conflict(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, theirs = two
    host = host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict("13:30"))
    vague = speech.result((mine, mine), (theirs, theirs), finding=say.UndeterminedFound("no datum"))
    unknown = table.say("ISR", vague, when="12:05", to=("TUR",))
    table.say("TUR", speech.ack(unknown, 1), when="12:07")
    [owed] = [
        one for one in table.owes("12:08", about=host, what="acknowledgement") if one.debtor.member == "TUR"
    ]
    assert owed.state is State.OPEN


def test_a_conflict_is_over_with_either_notice(two: tuple[Table, str, str], speech: type[Speech]) -> None:
    table, mine, theirs = two
    result = host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict("13:30"))
    assert len(list(table.view().conflicts.open(speech.at("12:10")))) == 1
    table.say("TUR", say.NoticeWithdraw(mine, None), when="12:10")
    assert list(table.view().conflicts.open(speech.at("12:11"))) == []
    assert {one.state for one in table.owes("12:11", about=result)} == {State.WAIVED}
    assert finding(table, mine, speech) == Undetermined("nobody has screened it yet")


def test_proposals_are_answered_and_conflicts_closed_by_both(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    table, mine, theirs = two
    host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict("13:30"))
    later = say.OtherStart(theirs, 1_800)
    way_out = say.ConflictPropose((mine, theirs), say.Evidence.SCREENED, "half an hour later?", later, None)
    proposal = table.say("TUR", way_out, when="12:10", to=("ISR", "TUR"))
    owed = table.one("12:11", what="proposal-answer")
    assert (owed.debtor.member, owed.due_at) == ("ISR", speech.at("13:30"))
    table.say("ISR", say.ConflictDecline(proposal, "the tide"), when="12:12", to=("TUR",))
    assert table.one("12:13", what="proposal-answer").state is State.MET
    record = table.view().conflicts.get(conflict_id(theirs, mine))
    assert [reply.body.because for reply in record.replies] == ["the tide"]
    for party in ("TUR", "ISR"):
        assert table.view().conflicts.get(record.id).is_open
        table.say(party, say.ConflictClose((mine, theirs), "settled by telephone"), when="12:20")
    assert not table.view().conflicts.get(record.id).is_open


def test_a_proposal_alone_opens_a_conflict(table: Table, speech: type[Speech]) -> None:
    """Blind checks: a met cell is told to the other by conflict.propose."""
    met = say.ConflictPropose(
        ("1" * 32, "2" * 32), say.Evidence.CELLS_MET, "cells met", None, speech.at("12:30")
    )
    proposal = table.say("TUR", met, when="12:10", to=("ISR",))
    (record,) = table.view().conflicts
    assert record.is_open
    assert record.found is None
    assert table.one("12:31", what="proposal-answer").state is State.LATE
    table.say("ISR", say.ConflictAccept(proposal, None), when="12:32")
    assert table.one("12:33", what="proposal-answer").state is State.MET
    assert table.view().conflicts.get("9" * 32) is None


def test_the_desk_that_filed_acknowledges(founded: Table, speech: type[Speech]) -> None:
    mine = founded.say("TUR", speech.file(), when="12:00", desk="sea")
    theirs = founded.say("ISR", speech.file(party="ISR"), when="12:01", desk=None)
    result = host_says(founded, speech, (mine, mine), (theirs, theirs), finding=speech.conflict())
    owed = founded.owes("12:04", what="acknowledgement", about=result)
    assert {one.debtor.member: one.debtor.desk for one in owed} == {"TUR": "sea", "ISR": "air"}


def test_its_own_author_owes_no_acknowledgement(two: tuple[Table, str, str], speech: type[Speech]) -> None:
    table, mine, theirs = two
    own = speech.result((mine, mine), (theirs, theirs), finding=speech.conflict())
    table.say("TUR", own, when="12:05", to=("ISR",))
    assert {one.debtor.member for one in table.owes("12:06", what="acknowledgement")} == {"ISR"}


def test_a_conflict_of_a_class_without_a_row_owes_no_receipt(table: Table, speech: type[Speech]) -> None:
    kept = tuple(row for row in STANDING_RESPONSE.classes if row.of is ResponseClass.STOP)
    terms = replace(STANDING_RESPONSE, classes=kept)
    parties = (MemberId("TUR"), MemberId("ISR"))
    table.ratify(Annex(AnnexName.RESPONSE, 1, parties, Instant(0), 0, terms, ()))
    host_says(table, speech, ("1" * 32, "1" * 32), ("2" * 32, "2" * 32), finding=speech.conflict())
    assert table.owes("12:10") == []


def test_a_bare_telephone_owes_nothing_on_a_conflict(table: Table, speech: type[Speech]) -> None:
    table.found("voice-line-only")
    mine, theirs = "1" * 32, "2" * 32
    host_says(table, speech, (mine, mine), (theirs, theirs), finding=speech.conflict())
    assert table.owes("12:10") == []


@pytest.mark.parametrize("count", [0, 3])
def test_a_result_is_about_one_notice_or_two(table: Table, speech: type[Speech], count: int) -> None:
    versions = [(f"{index:032x}", f"{index:032x}") for index in range(count)]
    host_says(table, speech, *versions, finding=say.NoConflictFound(2))
    assert [one.why for one in table.view().without_effect] == ["a result is about one notice or two"]


def test_a_result_names_no_notice_twice(table: Table, speech: type[Speech]) -> None:
    host_says(table, speech, ("1" * 32, "1" * 32), ("1" * 32, "2" * 32), finding=say.NoConflictFound(2))
    assert [one.why for one in table.view().without_effect] == ["a result names a notice twice"]


def test_a_conflict_is_between_two_notices(table: Table) -> None:
    one = ("1" * 32,)
    table.say("TUR", say.ConflictPropose(one, say.Evidence.OWN_CHECK, "?", None, None), when="12:00")
    table.say("TUR", say.ConflictClose(one, "?"), when="12:01")
    view = table.view()
    assert list(view.conflicts) == []
    assert {one.why for one in view.without_effect} == {"a conflict is between two notices"}


def test_a_check_against_what_a_root_has_disowned_is_undetermined(
    two: tuple[Table, str, str], speech: type[Speech]
) -> None:
    """Whether a thief's notice stands nobody can tell; the filer takes it back, and all is as before."""
    table, mine, theirs = two
    host_says(table, speech, (mine, mine), finding=say.NoConflictFound(3), covers={"TUR": 9, "ISR": 19})
    host_says(table, speech, (theirs, theirs), finding=say.NoConflictFound(3), covers={"TUR": 9, "ISR": 19})
    thiefs = table.say("ISR", speech.file(party="ISR"), when="12:02", to=("TUR",), doubt=DISOWNED)
    table.beat("AZE", "12:04")
    table.look("AZE")
    for notice in (mine, theirs, thiefs):
        host_says(table, speech, (notice, notice), finding=say.NoConflictFound(3), when="12:05")
    because = "a notice of ISR was disowned by its author's root"
    assert finding(table, mine, speech) == Undetermined(because)
    assert isinstance(finding(table, theirs, speech), NoConflict), "its own author's are not held against it"
    assert finding(table, thiefs, speech) == Undetermined("it was disowned by its author's root")
    host_says(table, speech, (mine, mine), (thiefs, thiefs), finding=speech.conflict(), when="12:06")
    assert isinstance(finding(table, mine, speech), Conflict), "it binds its author at the worst"
    table.look("ISR")
    table.say("ISR", say.NoticeWithdraw(thiefs, None), when="12:07", to=("TUR",))
    assert finding(table, mine, speech) == NoConflict("among 3 notices")


@pytest.mark.parametrize("doubt", [DISOWNED, "key expired"])
def test_a_check_against_an_area_that_may_have_moved_is_undetermined(
    two: tuple[Table, str, str], speech: type[Speech], doubt: str
) -> None:
    """The amendment does not count, and the area may be there all the same; a good one settles it."""
    table, mine, theirs = two
    table.say("ISR", speech.amend(theirs, "13:00", "15:00"), when="12:02", to=("TUR",), doubt=doubt)
    table.beat("AZE", "12:04")
    table.look("AZE")
    for notice in (mine, theirs):
        host_says(table, speech, (notice, notice), finding=say.NoConflictFound(2), when="12:05")
    because = "a notice of ISR was amended under a key that is in doubt"
    assert finding(table, mine, speech) == Undetermined(because)
    assert finding(table, theirs, speech) == Undetermined("it was amended under a key that is in doubt")
    table.look("ISR")
    good = table.say("ISR", speech.amend(theirs, "13:00", "15:00"), when="12:07", to=("TUR",))
    table.beat("AZE", "12:08")
    table.look("AZE")
    host_says(table, speech, (mine, mine), finding=say.NoConflictFound(2), when="12:09")
    host_says(table, speech, (theirs, good), finding=say.NoConflictFound(2), when="12:09")
    assert finding(table, mine, speech) == NoConflict("among 2 notices")
