# SPDX-License-Identifier: Apache-2.0
"""Can one member's word stand for another's? What was heard, by which desk, and what could be read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.mechanism import bodies as say
from steerclear.mechanism.measures import minutes_to_authority
from steerclear.mechanism.obligation import State
from steerclear.mechanism.stages import stages_of
from steerclear.record.floor import FloorMessage
from steerclear.record.heard import Heard
from steerclear.record.keys import Ed25519Signer
from steerclear.record.statement import sign_statement, statement_hash

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

NODE = frozenset({"node"})
HELD, OTHER = "cd" * 32, "ef" * 32


def delivered(table: Table, id_: str, member: str = "TUR", me: str = "ISR") -> Any:
    view = table.view(me)
    found = view.delivered(view.said(id_), member)
    return found.at if found is not None else None


def why(table: Table, id_: str) -> Any:
    return table.view("ISR").why_without_effect(id_)


def test_a_forged_heard_delivers_nothing(founded: Table, speech: type[Speech]) -> None:
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    forged = founded.say(
        "TUR", Heard("ISR", stop, HELD), when="00:00", signed_as=frozenset(), doubt="its key is not known"
    )
    assert why(founded, forged) == "in doubt: its key is not known"
    assert delivered(founded, stop) is None
    view = founded.view("ISR")
    assert view.filed_at(view.said(stop)) == speech.at("13:24")


def test_only_floor_messages_are_heard(founded: Table, speech: type[Speech]) -> None:
    notice = founded.say("ISR", speech.file(party="ISR"), when="12:00", to=("TUR",), sealed_to=("ISR", "AZE"))
    heard = founded.say("TUR", Heard("ISR", notice, HELD), when="12:01", signed_as=NODE)
    again = founded.say("ISR", Heard("TUR", heard, HELD), when="12:02", signed_as=NODE)
    assert why(founded, heard) == why(founded, again) == "only floor messages are heard"
    assert delivered(founded, notice) is None


def test_nobody_hears_it_before_it_was_said(founded: Table, speech: type[Speech]) -> None:
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    founded.say("TUR", Heard("ISR", stop, HELD), when="00:10", signed_as=NODE)
    assert delivered(founded, stop) == speech.at("13:24")
    founded.say("TUR", speech.ack(stop), when="13:25")
    assert minutes_to_authority(founded.view("ISR"), stop) == 1.0


def test_other_bytes_under_its_id_are_not_it(founded: Table, speech: type[Speech]) -> None:
    """The hash of the message, its author and what a *heard* carries are compared with what is held."""
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    founded.entries[-1] = replace(founded.entries[-1], message=HELD)
    other = founded.say("TUR", Heard("ISR", stop, OTHER), when="13:25", signed_as=NODE)
    named = founded.say("MSF", Heard("AZE", stop, HELD), when="13:25", signed_as=NODE)
    assert why(founded, other) == "it heard another message than the one that is held here"
    assert why(founded, named) == "it names another author than the message has"
    assert delivered(founded, stop) is None
    right = founded.say("TUR", Heard("ISR", stop, HELD), when="13:26", signed_as=NODE)
    assert why(founded, right) is None
    assert delivered(founded, stop) == speech.at("13:26")


@pytest.mark.parametrize("changed", [True, False])
def test_a_heard_that_carries_another_message_is_not_about_ours(
    founded: Table, speech: type[Speech], changed: bool
) -> None:
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    held: Any = founded.entries[-1].content
    said = replace(held, to=("AZE",)) if changed else held
    signed = sign_statement(said, [Ed25519Signer.from_private_bytes(bytes(32))])
    carried = Heard("ISR", stop, statement_hash(signed), FloorMessage(signed, ()))
    heard = founded.say("TUR", carried, when="13:26", signed_as=NODE)
    assert (why(founded, heard) is not None) is changed
    assert (delivered(founded, stop) is None) is changed


def test_a_delivery_in_the_future_is_none_yet(founded: Table, speech: type[Speech]) -> None:
    """A clock that jumped must not keep the ladder of the caller from climbing."""
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    founded.beat("TUR", "+9d 13:24")
    owed = founded.one("13:30", me="ISR", what="machine-receipt", about=stop, who="TUR")
    assert (owed.state, owed.line_down) == (State.LATE, True)
    assert founded.one("13:30", me="ISR", what="outcome", about=stop).line_down


@pytest.mark.parametrize("desk", [None, "sea"])
def test_a_key_of_another_desk_ends_no_climb_at_this_one(
    founded: Table, speech: type[Speech], desk: str | None
) -> None:
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    notice = founded.say("ISR", speech.file(party="ISR"), when="13:24", to=("TUR",))
    founded.beat("TUR", "13:24:05")
    for about in (stop, notice):
        founded.say("TUR", speech.ack(about, 2), when="13:25", desk=desk)
    owed = {
        (one.about, one.debtor.desk): one.state
        for one in founded.owes("13:25:30", me="ISR", what="acknowledgement", who="TUR")
    }
    assert owed[stop, "air"] is State.OPEN
    assert owed[notice, "air"] is State.OPEN
    assert [desk for (_, desk), state in owed.items() if state is State.MET] == ([desk] if desk else [])
    assert (minutes_to_authority(founded.view("ISR"), stop) is None) is (desk is None)


def test_calling_it_unreadable_later_takes_the_delivery_back(founded: Table, speech: type[Speech]) -> None:
    notice = founded.say("TUR", speech.file(), when="12:00", to=("ISR",), sealed_to=("ISR", "TUR"))
    founded.beat("ISR", "12:00:10")
    assert delivered(founded, notice, "ISR", "TUR") == speech.at("12:00:10")
    founded.beat("ISR", "12:01", unreadable=(notice,))
    (row,) = stages_of(founded.view(), notice)
    assert (row.delivered, row.unreadable_at) == (None, speech.at("12:01"))
    founded.say("TUR", speech.file(), when="12:03", to=("ISR",), sealed_to=("ISR", "TUR"), id_=notice)
    founded.beat("ISR", "12:04")
    assert delivered(founded, notice, "ISR", "TUR") == speech.at("12:04")


def test_a_carrier_names_nothing_unreadable_for_whom_it_carries(founded: Table, speech: type[Speech]) -> None:
    notice = founded.say("TUR", speech.file(), when="12:00", to=("AZE",), sealed_to=("AZE", "TUR"))
    founded.look("AZE")
    founded.say("MSF", say.Unreadable(notice, "no key"), when="12:01", log="AZE")
    assert delivered(founded, notice, "AZE", "TUR") == speech.at("12:01")


def test_what_nobody_here_has_may_have_been_heard(founded: Table) -> None:
    heard = founded.say("TUR", Heard("ISR", "9" * 32, HELD), when="13:25", signed_as=NODE)
    assert why(founded, heard) is None


def test_a_doubt_that_comes_later_takes_back_what_was_answered(founded: Table, speech: type[Speech]) -> None:
    stop = founded.say("ISR", speech.stop(), when="13:24", to=("TUR",))
    ack = founded.say("TUR", speech.ack(stop), when="13:25")
    view = founded.view("ISR")
    assert minutes_to_authority(view, stop) == 1.0
    view.witness(replace(founded.entries[-1], doubt="two records"))
    assert minutes_to_authority(view, stop) is None
    assert view.why_without_effect(ack) == "in doubt: two records"
