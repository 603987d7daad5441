# SPDX-License-Identifier: Apache-2.0
"""Which failed attempt to reach a movement alarms, when two sides try and some words may be lacking?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from steerclear.mechanism import bodies as say
from steerclear.model.notice import NoticeKind

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

FAILED, REACHED = say.ContactResult.NO_CONTACT, say.ContactResult.REACHED


def movement(table: Table, speech: type[Speech]) -> str:
    return table.say(
        "TUR", speech.file("12:00", "18:00", kind=NoticeKind.MOVEMENT), when="11:00", to=("ISR",)
    )


def tried(
    table: Table, speech: type[Speech], of: str, *attempts: tuple[str, say.ContactResult]
) -> list[tuple[str, bool]]:
    """Attempts from 12:30, a minute each; when those that may alarm were made, and whether they do."""
    for number, (member, result) in enumerate(attempts):
        when = f"12:3{number}"
        table.say(member, say.ContactAttempt(of, "phone", speech.at(when), result), when=when)
    losses = table.view("AZE").notices.get(of).contact_losses()
    return [(f"12:3{(loss.attempt.at - speech.at('12:30')) // 60_000}", loss.counts) for loss in losses]


def test_the_fourth_in_a_row_alarmed_whoever_lacked_one_before(founded: Table, speech: type[Speech]) -> None:
    """Two of each side: a node that has not one of them counts three only with the last."""
    of = movement(founded, speech)
    assert tried(founded, speech, of, ("TUR", FAILED), ("ISR", FAILED), ("TUR", FAILED), ("ISR", FAILED)) == [
        ("12:32", True),
        ("12:33", False),
    ]


def test_an_attempt_that_reached_somebody_ends_the_count_for_who_knows_of_it(
    founded: Table, speech: type[Speech]
) -> None:
    """After it nothing is in a row; and three failures after it count, with the one before as without it."""
    of = movement(founded, speech)
    assert tried(
        founded,
        speech,
        of,
        ("ISR", REACHED),
        ("TUR", FAILED),
        ("ISR", FAILED),
        ("TUR", FAILED),
        ("ISR", FAILED),
    ) == [("12:33", True), ("12:34", False)]


def test_whoever_reached_somebody_knows_that_nothing_is_lost(founded: Table, speech: type[Speech]) -> None:
    of = movement(founded, speech)
    assert (
        tried(founded, speech, of, ("TUR", FAILED), ("TUR", REACHED), ("TUR", FAILED), ("TUR", FAILED)) == []
    )


def test_a_site_that_is_filed_as_a_notice_is_passed_on_within_a_day(
    founded: Table, speech: type[Speech]
) -> None:
    """It has no start before which it must be known: its clock is that of a person, not half of its lead."""
    site = founded.say(
        "TUR", speech.file("14:00", "+1d 14:00", kind=NoticeKind.SITE), when="12:00", to=("ISR",)
    )
    founded.beat("ISR", "12:00:30")
    founded.say("ISR", speech.ack(site), when="12:10")
    duty = founded.one("12:20", what="dissemination", who="ISR")
    assert duty.due_at == speech.at("+1d 12:00:30")
