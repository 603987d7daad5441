# SPDX-License-Identifier: Apache-2.0
"""Does a host that compares with neighbours alone say what one would say that compares with everybody?"""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pytest

from steerclear.mechanism.bodies import (
    ConflictFound,
    NoConflictFound,
    NoticeCold,
    NoticeFile,
    OtherBand,
    OtherStart,
)
from steerclear.mechanism.notices import NoticeRecord
from steerclear.model.finding import Conflict, SeparationMinima
from steerclear.model.member import MemberId
from steerclear.model.time import Instant
from steerclear.screening.alternatives import nearest_altitude, nearest_start
from steerclear.screening.assess import assess
from steerclear.services import requests as ask
from steerclear.services.change_notice import shifted_in_time
from steerclear.services.speak import by_desk, speak

if TYPE_CHECKING:
    from tests.services.conftest import Channel

HOST = "AZE"


def live(channel: Channel) -> list[NoticeRecord]:
    return list(channel.node(HOST).ledger.view.notices.live(channel.clock.now()))


def minima(channel: Channel, one: NoticeRecord, other: NoticeRecord) -> SeparationMinima:
    separation = channel.node(HOST).ledger.view.annexes.separation(channel.clock.now())
    assert separation is not None
    a, b = one.newest.content, other.newest.content
    return separation.minima(a.kind, b.kind, a.domain, b.domain)


def in_conflict(channel: Channel, one: NoticeRecord, other: NoticeRecord) -> bool:
    """Every volume with every other, from the beginning."""
    return one.author != other.author and any(
        isinstance(assess(mine, theirs, minima(channel, one, other)), Conflict)
        for mine in one.newest.content.volumes
        for theirs in other.newest.content.volumes
    )


def check(channel: Channel) -> None:
    records = live(channel)
    meets = {
        record.id: [other for other in records if in_conflict(channel, record, other)] for record in records
    }
    book = channel.node(HOST).ledger.view.book
    told = {
        frozenset(named.version for named in said.body.notices)
        for said in book.of_kind("screen.result")
        if len(said.body.notices) == 2 and isinstance(said.body.finding, ConflictFound)
    }
    for one, other in combinations(records, 2):
        assert (frozenset((one.newest.id, other.newest.id)) in told) == (other in meets[one.id])
    for record in records:
        word = [
            said.body
            for said in book.of_kind("screen.result")
            if [named.version for named in said.body.notices] == [record.newest.id]
        ][-1]
        others = [other for other in records if other.author != record.author]
        assert isinstance(word.finding, ConflictFound if meets[record.id] else NoConflictFound)
        if isinstance(word.finding, ConflictFound):
            _check_ways(channel, record, others, word.alternatives)


def _check_ways(
    channel: Channel, record: NoticeRecord, others: list[NoticeRecord], offered: tuple[Any, ...]
) -> None:
    """Those of a search that is given every notice; of what came since they were offered nobody knew."""
    clear = [one for one in offered if isinstance(one, OtherStart | OtherBand)]
    assert len(clear) <= 2
    if any(other.newest.said.at > record.newest.said.at for other in others):
        return
    notice, against = record.newest.content.notice(), [other.newest.content.notice() for other in others]
    widest = minima(channel, record, others[0])
    start, band = nearest_start(notice, against, widest), nearest_altitude(notice, against, widest)
    assert [one.shift_s for one in clear if isinstance(one, OtherStart)] == ([start.shift_s] if start else [])
    assert [one.shift_ft for one in clear if isinstance(one, OtherBand)] == ([band.shift_ft] if band else [])


@pytest.mark.parametrize("seed", range(3))
def test_the_neighbours_alone_are_as_good_as_everybody(channel: Channel, draw: Any, seed: int) -> None:
    """Filed, amended, withdrawn and cold in any order, at the middle of a day, half of them crowded."""
    chance = random.Random(seed)
    standing: dict[str, str] = {}

    def area(ref: str, party: str) -> Any:
        start, low = chance.randrange(6, 22), chance.randrange(0, 30) * 1_000
        return draw(
            ref,
            party,
            34.5123 + chance.choice([0.02, 1.0]) * chance.random(),
            37.6321 + chance.choice([0.02, 1.0]) * chance.random(),
            start=f"2025-04-11T{start:02d}:00:00Z",
            end=f"2025-04-11T{start + chance.randint(1, 2):02d}:00:00Z",
            lower=low,
            upper=low + chance.randint(1, 12) * 1_000,
        )

    for step in range(10):
        ref = chance.choice(sorted(standing)) if standing and chance.random() < 0.35 else f"n{step}"
        party = standing.get(ref, chance.choice(("TUR", "ISR")))
        if ref not in standing:
            channel.file(party, area(ref, party))
            standing[ref] = party
        elif chance.random() < 0.6:
            channel.file(party, area(ref, party), amends=channel.notice(party, ref).short)
        else:
            about = channel.notice(party, ref).short
            channel.do(party, ask.Withdraw(desk="air", about=about, reason="not needed"))
            del standing[ref]
        check(channel)


def test_a_false_name_hides_nobody_from_the_ways_out(channel: Channel, draw: Any) -> None:
    """Who files decides: a notice in which another names *us* as acting stands in our way all the same."""
    channel.file("ISR", draw("theirs", "ISR", lower=5_000, upper=60_000))
    ledger = channel.node("ISR").ledger
    content = next(iter(ledger.view.notices)).newest.content
    volumes = (shifted_in_time(content.volumes[0], 3_600),)
    false = replace(content, ref="false", party=MemberId("TUR"), volumes=volumes)
    speak(ledger, NoticeFile(false), voice=by_desk("air"), to=("TUR",), readers=("ISR", "AZE"))
    channel.settle()
    channel.file("TUR", draw("ours", "TUR"))
    ways = [way for one in channel.notice("TUR", "ours").findings for way in one.alternatives]
    # Without the false one 10:05 would be as near, and the later of two is preferred.
    assert {way.start for way in ways if way.way == "start"} == {"2025-04-10T07:55:00Z"}


def test_an_end_that_was_said_ahead_is_screened_when_it_comes(channel: Channel, draw: Any) -> None:
    """Nobody says anything then: time alone makes it due, and nothing else is looked at again."""
    channel.file("TUR", draw("survey", "TUR"))
    channel.file("ISR", draw("flight", "ISR", lat=34.5323, start="2025-04-10T09:20:00Z"))
    survey = channel.notice("TUR", "survey").id
    cold_at = Instant(channel.clock.now() + 120_000)
    cold = NoticeCold(notice=survey, cold_at=cold_at)
    speak(channel.node("TUR").ledger, cold, voice=by_desk("air"), to=("ISR",), readers=("ISR", "AZE"))
    channel.settle()
    host, size = channel.node(HOST), channel.size(HOST)
    channel.clock.set(Instant(cold_at - 1))
    host.step()
    assert channel.size(HOST) == size
    channel.clock.set(cold_at)
    host.step()
    assert channel.size(HOST) > size
    check(channel)


def test_a_node_that_starts_again_screens_as_before(channel: Channel, draw: Any) -> None:
    channel.file("TUR", draw("survey", "TUR"))
    channel.restart(HOST)
    channel.settle()
    channel.file("ISR", draw("flight", "ISR", lat=34.5323, start="2025-04-10T09:20:00Z"))
    assert channel.notice("TUR", "survey").screened.startswith("CONFLICT")
    check(channel)
