# SPDX-License-Identifier: Apache-2.0
"""Is the engine, however its notices came and went, the comparison of every pair?"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from steerclear.errors import BadInput
from steerclear.model.finding import Conflict, NoConflict, SeparationMinima, Undetermined
from steerclear.model.member import MemberId
from steerclear.model.notice import NoticeKind
from steerclear.model.space import Datum
from steerclear.screening import Engine, FootprintArrays, VolumeArrays, VolumeEngine
from steerclear.screening.assess import assess
from steerclear.screening.index import ConflictIndex

if TYPE_CHECKING:
    from tests.screening.conftest import Make

    from steerclear.model.finding import Finding
    from steerclear.model.notice import Notice
    from steerclear.screening import PairFinding
    from steerclear.screening.minima import MinimaBetween

PARTIES = ("TUR", "ISR", "AZE")
Found = dict[tuple[str, str, int, int], "Finding"]


def some_notices(make: Make, seed: int, count: int) -> list[Notice]:
    """Near each other, of every kind of footprint and datum, some in two volumes, some that move."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        volumes = []
        for _ in range(chance.choice([1, 1, 2])):
            spot = make.away(35, 38, chance.uniform(0, 360), 120_000 * chance.random())
            start = chance.randrange(0, 20_000)
            low = chance.randrange(0, 8_000)
            datum = chance.choice([Datum.AMSL, Datum.AMSL, Datum.WGS84, Datum.AGL, Datum.STD])
            band = make.band(low, low + chance.randrange(0, 5_000), datum)
            if chance.random() < 0.15:
                to = make.away(*spot, chance.uniform(0, 360), 60_000)
                volumes.append(make.volume(make.legs((start, *spot, 0), (start + 900, *to, 2000)), band=band))
            else:
                footprint = make.footprint(chance, *spot, 15_000)
                volumes.append(make.volume(footprint, start, start + chance.randrange(0, 9000), band))
        kind = chance.choice([NoticeKind.HAZARD, NoticeKind.FLIGHT, NoticeKind.SITE])
        made.append(make.notice(f"N{number:03}", chance.choice(PARTIES), *volumes, kind=kind))
    return made


def by_kind(a: NoticeKind, b: NoticeKind) -> SeparationMinima:
    both = {a, b}
    if both == {NoticeKind.SITE}:
        return SeparationMinima(0, 0, 0)
    return SeparationMinima(9_260_000 if NoticeKind.FLIGHT in both else 2_000_000, 1_000, 300)


def brute_force(notices: Iterable[Notice], minima: MinimaBetween) -> Found:
    found: Found = {}
    for a in notices:
        for b in notices:
            if (a.ref, a.party) < (b.ref, b.party) and a.party != b.party:
                for i, mine in enumerate(a.volumes):
                    for j, theirs in enumerate(b.volumes):
                        finding = assess(mine, theirs, minima(a.kind, b.kind))
                        if not isinstance(finding, NoConflict):
                            found[a.ref, b.ref, i, j] = finding
    return found


def listed(pairs: Collection[PairFinding]) -> Found:
    found = {(each.a.ref, each.b.ref, each.volume_a, each.volume_b): each.finding for each in pairs}
    assert len(found) == len(pairs), "a pair was listed twice"
    return found


def of_all(engine: Engine) -> Found:
    screening = engine.all_conflicts()
    assert all(isinstance(each.finding, Conflict) for each in screening.conflicts)
    assert all(isinstance(each.finding, Undetermined) for each in screening.undetermined)
    return listed((*screening.conflicts, *screening.undetermined))


@pytest.mark.parametrize("threads", [1, 2])
def test_brute_force_equals_index(make: Make, threads: int) -> None:
    notices = some_notices(make, 1, 60)
    found = of_all(Engine.of_notices(notices, by_kind, threads=threads))
    assert found == brute_force(notices, by_kind)
    assert any(isinstance(finding, Conflict) for finding in found.values())
    assert any(isinstance(finding, Undetermined) for finding in found.values())


def test_a_query_lists_what_the_whole_lists_for_that_notice(make: Make) -> None:
    notices = some_notices(make, 2, 50)
    engine = Engine.of_notices(notices, by_kind)
    whole = of_all(engine)
    for notice in notices:
        own = {pair: finding for pair, finding in whole.items() if notice.ref in pair[:2]}
        assert listed(engine.query(notice)) == own


def test_insert_delete_insert_equals_rebuild(make: Make) -> None:
    notices, chance = some_notices(make, 3, 40), random.Random(3)
    engine = Engine(by_kind)
    standing: dict[str, Notice] = {}
    for turn in range(400):
        notice = chance.choice(notices)
        if notice.ref not in standing:
            engine.insert(notice)
            standing[notice.ref] = notice
        elif chance.random() < 0.4:
            engine.remove(notice.party, notice.ref)
            del standing[notice.ref]
        else:
            later = replace(notice, volumes=chance.choice(notices).volumes)
            engine.amend(later)
            standing[notice.ref] = later
        if turn % 100 == 99:
            assert of_all(engine) == of_all(Engine.of_notices(standing.values(), by_kind))
    assert len(engine) == len(standing)
    assert engine.volumes == sum(len(notice.volumes) for notice in standing.values())
    assert [notice.ref for notice in engine] == sorted(standing)


def test_what_was_amended_a_thousand_times_takes_no_more_room(make: Make) -> None:
    notices = some_notices(make, 4, 20)
    engine = Engine.of_notices(notices, by_kind)
    whole, chance = of_all(engine), random.Random(4)
    for _ in range(1_500):
        engine.amend(chance.choice(notices))
    assert of_all(engine) == whole
    assert engine.memory_bytes < 4_000_000


def test_a_notice_never_meets_its_own_earlier_version_nor_its_own_party(make: Make) -> None:
    disc = make.volume(make.circle(35, 38, 5000))
    engine = Engine.of_notices([make.notice("A", "TUR", disc)], by_kind)
    assert engine.query(make.notice("A", "TUR", disc)) == ()
    assert engine.query(make.notice("B", "TUR", disc)) == ()
    assert [(found.a.ref, found.b.ref) for found in engine.query(make.notice("B", "ISR", disc))] == [
        ("A", "B")
    ]


def test_two_parties_may_use_one_reference(make: Make) -> None:
    disc = make.volume(make.circle(35, 38, 5000))
    engine = Engine.of_notices([make.notice("A", "TUR", disc), make.notice("A", "ISR", disc)], by_kind)
    assert len(engine.all_conflicts().conflicts) == 1
    assert (("TUR", "A") in engine, ("AZE", "A") in engine) == (True, False)


def test_what_stands_already_what_is_missing_and_what_is_wrong_changes_nothing(make: Make) -> None:
    notices = some_notices(make, 5, 20)
    engine = Engine.of_notices(notices, by_kind)
    whole = of_all(engine)
    bow_tie = make.polygon((35, 38), (36, 39), (36, 38), (35, 39))
    crossed = make.notice("X", "TUR", make.volume(make.circle(35, 38, 10)), make.volume(bow_tie))
    attempts: list[tuple[Callable[[], object], str]] = [
        (lambda: engine.insert(notices[3]), "notice-stands-already"),
        (lambda: engine.extend([crossed, crossed]), "notice-stands-already"),
        (lambda: engine.insert(crossed), "ring-crosses-itself"),
        (
            lambda: engine.amend(replace(crossed, ref=notices[0].ref, party=notices[0].party)),
            "ring-crosses-itself",
        ),
        (lambda: engine.query(crossed), "ring-crosses-itself"),
    ]
    for refused, code in attempts:
        with pytest.raises(BadInput) as raised:
            refused()
        assert raised.value.code == code
    absent: list[Callable[[], object]] = [
        lambda: engine.remove(MemberId("TUR"), "none"),
        lambda: engine.amend(replace(notices[0], ref="none")),
    ]
    for missing in absent:
        with pytest.raises(KeyError):
            missing()
    assert of_all(engine) == whole
    assert len(engine) == 20


def test_arrays_and_notices_are_one_engine(make: Make) -> None:
    notices = some_notices(make, 6, 40)
    minima = SeparationMinima(9_260_000, 1_000, 0)
    volumes = [(notice, volume) for notice in notices for volume in notice.volumes]
    arrays = VolumeArrays.of(
        [volume for _, volume in volumes], [PARTIES.index(notice.party) for notice, _ in volumes]
    )
    engine = VolumeEngine.of_arrays(arrays, minima)
    found = engine.all_conflicts()
    by_rows = {
        (volumes[a][0].ref, volumes[b][0].ref): gap
        for a, b, gap in zip(found.a, found.b, found.lateral_gap_m, strict=True)
    }
    screening = Engine.of_notices(notices, minima).all_conflicts()
    pairs = (*screening.conflicts, *screening.undetermined)
    assert len(found) == len(pairs)
    assert set(by_rows) == {(each.a.ref, each.b.ref) for each in pairs}
    assert [engine.volume(row) for row in engine] == [volume for _, volume in volumes]
    without = engine.all_conflicts(gaps=False)
    assert np.array_equal(without.sorted().a, found.sorted().a)
    assert np.array_equal(without.sorted().b, found.sorted().b)


def test_rows_that_are_removed_are_no_longer_found(make: Make) -> None:
    disc = make.volume(make.circle(35, 38, 5000))
    engine = VolumeEngine.of_arrays(VolumeArrays.of([disc, disc, disc]), SeparationMinima(0, 1_000, 0))
    assert engine.all_conflicts().sorted().b.tolist() == [1, 2, 2]
    engine.remove(1)
    assert (list(engine), len(engine), 1 in engine) == ([0, 2], 2, False)
    assert engine.query(disc).b.tolist() == [0, 2]
    assert engine.extend(VolumeArrays.of([disc])) == range(3, 4)
    assert engine.query(disc).b.tolist() == [0, 2, 3]
    with pytest.raises(KeyError):
        engine.remove(1)


def year(at: int) -> int:
    return round(
        (dt.datetime(at, 1, 1, tzinfo=dt.UTC) - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).total_seconds()
    )


@pytest.mark.parametrize("lag_s", [0, 600])
@pytest.mark.parametrize("at", [1, 1900, 1956, 1957, 2025, 2092, 2093, 2094, 2200, 9998])
def test_no_year_is_too_far_away_for_a_conflict(make: Make, at: int, lag_s: int) -> None:
    """Beyond 68 years from 2025 the index cannot tell times apart; then they must all be compared."""
    disc, begin = make.circle(35, 38, 5000), year(at)
    early = make.volume(disc, begin, begin + 3_600)
    late = make.volume(disc, begin + 3_599, begin + 9_000)
    later = make.volume(disc, begin + 9_600, begin + 9_900)
    minima = SeparationMinima(0, 1_000, lag_s)
    engine = VolumeEngine.of_arrays(VolumeArrays.of([early, late, later]), minima)
    found = engine.all_conflicts()
    assert list(zip(found.a.tolist(), found.b.tolist(), strict=True)) == [(0, 1)]
    assert [engine.query(each).b.tolist() for each in (early, late, later)] == [[0, 1], [0, 1], [2]]
    index = ConflictIndex.of(minima, enumerate((early, late, later)))
    assert set(index.all_pairs()) >= {(0, 1)}


def test_a_row_that_was_removed_holds_no_volume(make: Make) -> None:
    disc = make.volume(make.circle(35, 38, 5000))
    engine = VolumeEngine.of_arrays(VolumeArrays.of([disc, disc]), SeparationMinima(0, 1_000, 0))
    engine.query(disc)
    engine.remove(0)
    assert engine.volume(1) == disc
    for row in (0, 2):
        with pytest.raises(KeyError):
            engine.volume(row)


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("lower_ft", 30_000, "band-inverted"),
        ("lower_ft", -2_000_000, "altitude-out-of-range"),
        ("upper_datum", 9, "datum-unknown"),
        ("start_s", 99_999, "span-inverted"),
        ("end_s", 2**62, "span-out-of-range"),
        ("kind", 200, "kind-unknown"),
        ("party", -2, "party-out-of-range"),
    ],
)
def test_columns_that_hold_no_volume_are_refused_by_row(
    make: Make, column: str, value: int, code: str
) -> None:
    disc = make.volume(make.circle(35, 38, 5000))
    arrays = VolumeArrays.of([disc, disc])
    getattr(arrays, column)[1] = value
    engine = VolumeEngine.of_arrays(VolumeArrays.of([disc]), SeparationMinima(0, 1_000, 0))
    with pytest.raises(BadInput) as refused:
        engine.extend(arrays)
    assert (refused.value.code, refused.value.where) == (code, "volume 1")
    assert len(engine) == 1


def test_columns_of_another_type_or_length_are_refused(make: Make) -> None:
    arrays = VolumeArrays.of([make.volume(make.circle(35, 38, 5000))])
    nan = np.array([np.nan])
    for wrong in (
        replace(arrays, start_s=nan),
        replace(arrays, lower_ft=np.array([1, 2], dtype=np.int32)),
        replace(arrays, footprints=replace(arrays.footprints, lat_e7=nan)),
    ):
        with pytest.raises(BadInput) as refused:
            VolumeEngine.of_arrays(wrong, SeparationMinima(0, 1_000, 0))
        assert refused.value.code == "arrays-uneven"


def test_ten_million_volumes_on_a_small_machine_are_refused_before_memory_is_gone() -> None:
    count = 10_000_000
    once = np.zeros(1, dtype=np.int64)
    footprints = FootprintArrays(
        kind=np.broadcast_to(np.uint8(1), count).copy(),
        first_ring=np.arange(count + 1),
        ring_part=np.zeros(count, dtype=np.int32),
        first_point=np.arange(count + 1),
        lat_e7=np.zeros(count, dtype=np.int32),
        lon_e7=np.zeros(count, dtype=np.int32),
        radius_mm=np.broadcast_to(once, count).copy(),
        time_s=np.broadcast_to(once, count).copy(),
    )
    feet, code = np.zeros(count, dtype=np.int32), np.zeros(count, dtype=np.uint8)
    seconds = np.zeros(count, dtype=np.int64)
    arrays = VolumeArrays(footprints, feet, code, feet, code, seconds, seconds, feet, code)
    engine = VolumeEngine(SeparationMinima(0, 1_000, 0), memory_limit_bytes=2**30)
    with pytest.raises(BadInput) as refused:
        engine.extend(arrays)
    assert refused.value.code == "too-many-volumes"
    assert len(engine) == 0
    assert engine.memory_bytes < 10_000
