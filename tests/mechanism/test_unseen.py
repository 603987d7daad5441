# SPDX-License-Identifier: Apache-2.0
"""Does a finding ever say more than its authors could know? What nobody has seen is Undetermined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.mechanism import bodies as say
from steerclear.model.finding import Conflict, NoConflict, Undetermined
from steerclear.model.member import Role

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

CLOSED = ("TUR", "AZE")
FAR = 10**12
COULD_NOT_READ = "its author could not read every version that it names"


def finding(table: Table, notice: str, speech: type[Speech], me: str = "ISR", now: str = "13:00") -> Any:
    return table.view(me).findings.of(notice, speech.at(now)).finding


def screened(
    table: Table, speech: type[Speech], notice: str, when: str, *, by: str = "AZE", **more: Any
) -> str:
    """A result about one notice against all others, by a host that has seen what it has seen."""
    found = more.pop("finding", say.NoConflictFound(0))
    result = speech.result((notice, notice), finding=found, covers={"ISR": FAR, "TUR": FAR}, when=when)
    return table.say(by, result, when=when, desk=None, **more)


@pytest.fixture
def mine(table: Table, speech: type[Speech]) -> str:
    """A notice of ISR that the host has screened."""
    notice = table.say("ISR", speech.file(party="ISR"), when="12:00", to=("TUR",), sealed_to=("ISR", "AZE"))
    table.look("AZE")
    screened(table, speech, notice, "12:01")
    table.beat("AZE", "12:02")
    return notice


def test_a_sealed_notice_that_the_host_has_not_seen_is_no_silence(
    table: Table, mine: str, speech: type[Speech]
) -> None:
    """With the host down, what TUR files on the same spot must not leave NO CONFLICT KNOWN standing."""
    assert finding(table, mine, speech) == NoConflict("among 0 notices")
    table.say("TUR", speech.file(), when="12:10", to=("ISR",), sealed_to=CLOSED)
    assert finding(table, mine, speech) == Undetermined(
        "a sealed entry of TUR has not been seen by the host yet"
    )
    table.beat("AZE", "12:11")
    assert isinstance(finding(table, mine, speech), NoConflict)


def test_a_conflict_stays_a_conflict(table: Table, mine: str, speech: type[Speech]) -> None:
    screened(table, speech, mine, "12:05", finding=speech.conflict())
    table.say("TUR", speech.file(), when="12:10", to=("ISR",), sealed_to=CLOSED)
    assert isinstance(finding(table, mine, speech), Conflict)


def test_what_a_member_seals_is_no_doubt_about_its_own(table: Table, mine: str, speech: type[Speech]) -> None:
    table.say("ISR", speech.file(party="ISR"), when="12:10", sealed_to=("ISR", "AZE"))
    assert isinstance(finding(table, mine, speech, me="AZE"), NoConflict)
    assert isinstance(finding(table, mine, speech, me="TUR"), NoConflict)


def test_what_the_host_is_not_meant_to_read_is_not_its_to_cover(
    table: Table, mine: str, speech: type[Speech]
) -> None:
    table.say("TUR", speech.ack("1" * 32), when="12:10", sealed_to=("TUR", "MSF"))
    assert isinstance(finding(table, mine, speech), NoConflict)


def test_readers_that_nobody_names_may_be_anybody(table: Table, mine: str, speech: type[Speech]) -> None:
    table.say("TUR", speech.file(), when="12:10", sealed_to=())
    assert isinstance(finding(table, mine, speech), Undetermined)


def test_what_the_host_could_not_read_either_stays_undetermined(
    table: Table, mine: str, speech: type[Speech]
) -> None:
    theirs = table.say("TUR", speech.file(), when="12:10", to=("ISR",), sealed_to=CLOSED)
    table.beat("AZE", "12:11", unreadable=(theirs,))
    assert finding(table, mine, speech) == Undetermined("a sealed entry of TUR could not be read by the host")
    table.say("TUR", speech.file(), when="12:12", to=("ISR",), sealed_to=CLOSED, id_=theirs)
    table.beat("AZE", "12:13")
    assert isinstance(finding(table, mine, speech), NoConflict)


def test_without_a_host_nobody_screens_what_is_sealed(new_table: type[Table], speech: type[Speech]) -> None:
    table = new_table({"TUR": Role.PARTY, "ISR": Role.PARTY, "MSF": Role.NOTIFIER})
    notice = table.say("ISR", speech.file(party="ISR"), when="12:00")
    table.look("ISR")
    screened(table, speech, notice, "12:01", by="ISR")
    assert isinstance(finding(table, notice, speech), NoConflict)
    table.say("TUR", speech.file(), when="12:10", sealed_to=("TUR",))
    assert isinstance(finding(table, notice, speech), Undetermined)


def test_an_entry_that_is_opened_later_is_no_longer_unseen(
    table: Table, mine: str, speech: type[Speech]
) -> None:
    table.say("TUR", speech.ack("1" * 32), when="12:10", sealed_to=CLOSED)
    view = table.view("ISR")
    assert isinstance(view.findings.of(mine, speech.at("13:00")).finding, Undetermined)
    view.witness(table.entries[-1])
    assert isinstance(view.findings.of(mine, speech.at("13:00")).finding, NoConflict)


def test_a_party_cannot_clear_what_it_cannot_read(table: Table, speech: type[Speech]) -> None:
    notice = table.say("ISR", speech.file(party="ISR"), when="12:00", to=("TUR",), sealed_to=("ISR", "AZE"))
    lie = screened(table, speech, notice, "12:01", by="TUR")
    unknown = screened(table, speech, "9" * 32, "12:02", by="TUR")
    for me in ("ISR", "TUR", "AZE", "MSF"):
        view = table.view(me)
        assert view.why_without_effect(lie) == view.why_without_effect(unknown) == COULD_NOT_READ
    assert finding(table, notice, speech) == Undetermined("nobody has screened it yet")
    table.say("ISR", speech.file(party="ISR"), when="12:03", to=("TUR",), sealed_to=("TUR", "ISR"))
    shown = table.entries[-1].content.id
    assert table.view("ISR").why_without_effect(screened(table, speech, shown, "12:04", by="TUR")) is None


def test_a_party_may_always_add_a_conflict_about_its_own(table: Table, speech: type[Speech]) -> None:
    own = table.say("TUR", speech.file(), when="12:00", sealed_to=CLOSED)
    other = table.say("ISR", speech.file(party="ISR"), when="12:00", sealed_to=("ISR", "AZE"))
    pair = speech.result((own, own), (other, other), finding=speech.conflict())
    said = table.say("TUR", pair, when="12:01", to=("ISR",), desk=None)
    strange = table.say("TUR", speech.result((other, other), finding=speech.conflict()), when="12:02")
    for me in ("ISR", "TUR", "AZE"):
        assert table.view(me).why_without_effect(said) is None
        assert table.view(me).why_without_effect(strange) == COULD_NOT_READ
    assert isinstance(finding(table, other, speech), Conflict)


def test_a_result_covers_no_more_than_the_heads_of_its_entry(table: Table, speech: type[Speech]) -> None:
    """Sizes that nobody has reached yet would hide every later notice for ever."""
    notice = table.say("ISR", speech.file(party="ISR"), when="12:00")
    table.look("AZE")
    screened(table, speech, notice, "12:01")
    table.say("TUR", speech.file(), when="12:10", to=("ISR",))
    table.beat("AZE", "12:11")
    assert finding(table, notice, speech) == Undetermined("a notice of TUR is newer than its screening")
    screened(table, speech, notice, "12:12")
    assert isinstance(finding(table, notice, speech), NoConflict)


def test_a_size_speaks_for_its_own_generation(table: Table, speech: type[Speech]) -> None:
    notice = table.say("ISR", speech.file(party="ISR"), when="12:00")
    table.say("TUR", speech.ack("1" * 32), when="12:00")
    table.look("AZE")
    screened(table, speech, notice, "12:01")
    table.say("TUR", speech.file(), when="12:10")
    table.entries[-1] = replace(table.entries[-1], generation=1, seq=0)
    assert isinstance(finding(table, notice, speech), Undetermined)


def test_a_false_name_of_the_party_keeps_no_two_notices_apart(table: Table, speech: type[Speech]) -> None:
    notice = table.say("ISR", speech.file(party="ISR"), when="12:00")
    table.look("AZE")
    screened(table, speech, notice, "12:01")
    table.say("TUR", speech.file(party="ISR"), when="12:10")
    assert finding(table, notice, speech) == Undetermined("a notice of TUR is newer than its screening")


def test_a_pair_that_names_the_newer_one_has_seen_it(table: Table, speech: type[Speech]) -> None:
    """The index of what each had seen only finds candidates; what a result names is looked at by itself."""
    notice = table.say("ISR", speech.file(party="ISR"), when="12:00")
    table.look("AZE")
    screened(table, speech, notice, "12:01")
    newer = table.say("TUR", speech.file(), when="12:10")
    newest = table.say("TUR", speech.file(), when="12:11")
    for theirs in (newer, newest):
        pair = speech.result((notice, notice), (theirs, theirs), finding=say.NoConflictFound(1))
        table.say("AZE", pair, when="12:12", desk=None)
    view = table.view("ISR")
    assert isinstance(view.findings.of(notice, speech.at("13:00")).finding, NoConflict)
    assert isinstance(view.findings.of(newer, speech.at("13:00")).finding, Undetermined)
    later = table.say("TUR", speech.file(), when="12:20")
    screened(table, speech, later, "12:21")
    view.witness(table.entries[-2])
    assert view.findings.of(notice, speech.at("13:00")).finding == Undetermined(
        "a notice of TUR is newer than its screening"
    )
    view.witness(table.entries[-1])
    named = speech.result((later, later), (notice, notice), finding=say.NoConflictFound(1))
    table.say("TUR", named, when="12:22", desk=None)
    view.witness(table.entries[-1])
    assert isinstance(view.findings.of(notice, speech.at("13:00")).finding, NoConflict)
    assert isinstance(view.findings.of(notice, speech.at("13:00")).finding, NoConflict)


def test_a_result_about_a_pair_says_nothing_of_a_third(table: Table, speech: type[Speech]) -> None:
    """With the host gone TUR finds that its new notice meets another of ISR's: not what it is to this one."""
    first = table.say("ISR", speech.file(party="ISR"), when="12:00", to=("TUR",))
    table.look("AZE")
    screened(table, speech, first, "12:01")
    other = table.say("ISR", speech.file(party="ISR"), when="12:03", to=("TUR",))
    fresh = table.say("TUR", speech.file(), when="12:10", to=("ISR",), sealed_to=CLOSED)
    table.look("TUR")
    pair = speech.result(
        (other, other),
        (fresh, fresh),
        finding=speech.conflict(),
        covers={"ISR": FAR, "TUR": FAR},
        when="12:11",
    )
    table.say("TUR", pair, when="12:11", desk=None, to=("ISR",))
    unseen = Undetermined("a notice of TUR is newer than its screening")
    assert finding(table, first, speech, me="TUR") == unseen
