# SPDX-License-Identifier: Apache-2.0
"""Who may sit at the console: can strangers keep a watch from signing in, or a backup bring somebody back?"""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest
from tests.api.authenticator import Authenticator

from steerclear.errors import Refused
from steerclear.services.challenges import CHALLENGE_MS, Challenges
from steerclear.services.passkeys import Site
from steerclear.services.people import SESSION_MS, People

SITE = Site("tur.localhost", "http://tur.localhost:8443", "channel")


def drawn() -> Any:
    """Bytes that no two draws share."""
    numbers = count(1)
    return lambda size: next(numbers).to_bytes(size, "big")


def people_with(passkey: Authenticator, kept: bytes | None = None) -> People:
    people = People(SITE, drawn(), kept)
    token = people.invite("duty-officer", "air", 0).token
    people.enrol(token, passkey.make(people.enrolment(token, 0)), 0)
    return people


def test_strangers_who_ask_for_questions_take_nobodys_place() -> None:
    passkey = Authenticator("officer", SITE.origin)
    people = people_with(passkey)
    mine = people.sign_in_options(0)
    for _ in range(5_000):
        people.sign_in_options(0)
    person, token = people.sign_in(passkey.use(mine), 0)
    assert people.speaker_of(token, 0) == person.speaker


def test_a_question_is_answered_once_in_time_and_here() -> None:
    ours, theirs = Challenges(drawn()), Challenges(lambda size: b"\xff" * size)
    asked = ours.fresh(1_000)
    assert ours.is_open(asked, 1_000 + CHALLENGE_MS - 1)
    assert not ours.is_open(asked, 1_000 + CHALLENGE_MS)
    assert not theirs.is_open(asked, 1_000)
    assert not ours.is_open(asked[:-1], 1_000)
    for place in (0, 20, 40):
        changed = bytearray(asked)
        changed[place] ^= 1
        assert not ours.is_open(bytes(changed), 1_000)
    ours.answer(asked, 1_000)
    assert not ours.is_open(asked, 1_000)
    ours.answer(ours.fresh(1_000 + CHALLENGE_MS), 1_000 + CHALLENGE_MS)
    assert not ours.is_open(asked, 1_000 + CHALLENGE_MS)


def test_what_a_backup_remembers_is_held_until_it_is_confirmed() -> None:
    passkey = Authenticator("officer", SITE.origin)
    before = people_with(passkey)
    open_invitation = before.invite("supervisor", None, 0).token
    _, token = before.sign_in(passkey.use(before.sign_in_options(0)), 0)
    people = People(SITE, drawn(), before.printed())
    people.hold()
    assert people.speaker_of(token, 1) is None
    with pytest.raises(Refused, match="was used"):
        people.enrolment(open_invitation, 1)
    (place,) = people.everybody()
    with pytest.raises(Refused) as refused:
        people.sign_in(passkey.use(people.sign_in_options(1)), 1)
    assert (refused.value.code, refused.value.where) == ("place-held", place.id)
    again = People(SITE, drawn(), people.printed())
    again.confirm(place.id)
    person, token = again.sign_in(passkey.use(again.sign_in_options(2)), 2)
    assert again.speaker_of(token, SESSION_MS) == person.speaker
