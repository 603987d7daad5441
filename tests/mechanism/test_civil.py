# SPDX-License-Identifier: Apache-2.0
"""Which notices touch those who are no members, and whom does the civil annex name for them?"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from steerclear.mechanism.civil import civil_contacts, touches_civil_use
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName
from steerclear.model.member import MemberId
from steerclear.model.notice import Notice, NoticeKind
from steerclear.model.space import Altitude, Band, Datum
from steerclear.model.terms import Civil, CivilArea, CivilContact

if TYPE_CHECKING:
    from tests.mechanism.conftest import Speech, Table

GROUND = Altitude(0, Datum.AGL)


@pytest.mark.parametrize(
    ("kind", "upper", "touches"),
    [
        (NoticeKind.HAZARD, Altitude(500, Datum.AGL), True),
        (NoticeKind.HAZARD, Altitude(-200, Datum.AMSL), True),  # above the ground where that lies lower
        (NoticeKind.HAZARD, GROUND, False),
        (NoticeKind.FLIGHT, Altitude(24_000, Datum.AMSL), False),
    ],
)
def test_what_others_fly_through_touches_them(
    speech: type[Speech], kind: NoticeKind, upper: Altitude, *, touches: bool
) -> None:
    volume = replace(speech.content().volumes[0], band=Band(min(GROUND, upper, key=lambda a: a.feet), upper))
    notice = Notice("n1", MemberId("TUR"), kind, (volume,), None)
    assert touches_civil_use(notice) is touches


def test_the_contacts_are_those_of_the_annex_in_force(new_table: type[Table], speech: type[Speech]) -> None:
    contact = CivilContact("OSTT FIC", CivilArea.FIR, "OSTT", "telephone", None, 600)
    table = new_table()
    assert civil_contacts(table.view().annexes, speech.at("12:00")) == ()
    annexes = template("syria-2025", parties=["TUR", "ISR"], host="AZE")
    (clauses,) = (one for one in annexes if one.name is AnnexName.CIVIL)
    table.ratify(clauses)
    assert civil_contacts(table.view().annexes, speech.at("12:00")) == ()
    table = new_table()
    table.ratify(replace(clauses, terms=Civil((contact,), 600, ())))
    assert civil_contacts(table.view().annexes, speech.at("12:00")) == (contact,)
