# SPDX-License-Identifier: Apache-2.0
"""An area is held against protected sites that nobody shows: the machines of asker, holder and host."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from tests.blind.conftest import drawing
from tests.effort import effort

from steerclear.blind.grid import CELL_BYTES
from steerclear.blind.site_check import (
    LEAST_SLOTS,
    MOST_SENTINELS,
    MOST_SLOTS,
    AskedLists,
    Compared,
    Masked,
    SiteAsker,
    SiteHolder,
    areas_of,
    columns_of_site,
    compared,
    require_sizes,
    site_pair,
    sizes_of,
)
from steerclear.errors import BadInput, NotVerified, Refused, SteerclearError
from steerclear.geometry.lateral import lateral_gap_at_least_m
from steerclear.model.space import Circle, Corridor, Polygon, Position

PAIR = site_pair("ab" * 32, "TUR", "ISR", "cd" * 32, 20_188)
IDENTITY = bytes(32)


def at(lat: float, lon: float) -> Position:
    return Position(round(lat * 10**7), round(lon * 10**7))


def disc(lat: float, lon: float, radius_m: int) -> Circle:
    return Circle(at(lat, lon), radius_m * 1_000)


HOSPITAL = disc(35.0012, 38.0012, 100)
SCHOOL = disc(35.2012, 38.2012, 0)
SITES = {"hospital": columns_of_site(HOSPITAL), "school": columns_of_site(SCHOOL)}


@dataclass
class Checked:
    """One check, with what each side has; whatever is to be twisted is twisted before it goes on."""

    asker: SiteAsker
    holder: SiteHolder
    sent: AskedLists
    raised: Masked

    def compared(self, **given: Any) -> Compared:
        asker = (self.asker.public, self.sent.rows, self.sent.raised)
        holder = (self.holder.public, self.holder.rows, self.raised)
        both = given.get("asker", asker), given.get("holder", holder)
        return compared(*both, lists=self.asker.lists, slots=self.asker.slots)

    def found(self) -> tuple[bool, ...]:
        return self.asker.found(self.compared().met)


def check(
    *footprints: Any, sites: Any = None, seed: object = 1, holder: Any = PAIR, most: int = 4_096
) -> Checked:
    random = drawing(seed)
    asker = SiteAsker(PAIR, areas_of(footprints), random)
    held = SiteHolder(
        holder, SITES if sites is None else sites,
        public=asker.public, lists=asker.lists, most_slots=most, random=random,
    )  # fmt: skip
    sent = asker.answer(held.public, held.rows)
    return Checked(asker, held, sent, held.answer(sent.rows, lists=asker.lists, slots=asker.slots))


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(SteerclearError) as refused:
        work()
    return refused.value.code


def test_of_each_area_it_is_told_whether_a_site_lies_in_it_and_to_the_holder_which() -> None:
    near, far, both = disc(35.0, 38.0, 2_000), disc(36.0, 39.0, 2_000), disc(35.2, 38.2, 1_000)
    found = check(near, far, both)
    assert found.found() == (True, True, False)  # areas in the order of their columns: from south to north
    told = set(found.compared().held)
    assert set(found.holder.slots["hospital"]) & told
    assert set(found.holder.slots["school"]) <= told
    alone = check(near)
    told = set(alone.compared().held)
    assert alone.found() == (True,)
    assert set(alone.holder.slots["hospital"]) & told
    assert not set(alone.holder.slots["school"]) & told
    assert check(far).found() == (False,)
    assert check(near, sites={}).found() == (False,)


def test_areas_that_share_a_column_are_one_so_that_no_slot_comes_twice() -> None:
    first, second, third = disc(35.0, 38.0, 1_000), disc(35.0, 38.01, 1_000), disc(35.0, 38.005, 1_000)
    [one] = areas_of([first, second, third])
    cells = [one[at : at + CELL_BYTES] for at in range(0, len(one), CELL_BYTES)]
    assert len(set(cells)) == len(cells)
    assert len(areas_of([first, disc(35.5, 38.0, 1_000)])) == 2
    assert len(areas_of([first], 1_000_000)[0]) > len(areas_of([first])[0])


def test_no_area_that_a_site_lies_in_is_missed() -> None:
    """Against the exact engine: whatever shares a point shares a column, of every form of both."""
    rng = np.random.default_rng(20_250_410)
    met = asked = 0
    for trial in range(effort(test=150, ci=3_000, soak=200_000)):
        lat, lon = rng.choice([35.0, -0.001, 61.0, 89.99, 35.0]), rng.choice([38.0, 179.999, -179.999])
        shapes = [_shape(rng, lat, lon, size) for size in (3_000, 400)]
        asked += 1
        if lateral_gap_at_least_m(*shapes) <= 0:
            met += 1
            [area], site = areas_of([shapes[0]]), columns_of_site(shapes[1])
            listed = {site[at : at + CELL_BYTES] for at in range(0, len(site), CELL_BYTES)}
            assert any(area[at : at + CELL_BYTES] in listed for at in range(0, len(area), CELL_BYTES)), trial
    assert met > asked // 10
    print(f"{asked} pairs, {met} of them meet, 0 without a common column")


def _shape(rng: np.random.Generator, lat: float, lon: float, size_m: int) -> Any:
    def near() -> Position:
        wide = 0.04 / max(np.cos(np.radians(lat)), 0.02)
        there = lon + rng.uniform(-wide, wide)
        return at(min(lat + rng.uniform(-0.04, 0.04), 90.0), (there + 180) % 360 - 180)

    match rng.integers(3):
        case 0:
            return Circle(near(), int(rng.uniform(0, size_m)) * 1_000)
        case 1 if abs(lat) < 80 and abs(lon) < 179:
            return Corridor((near(), near()), int(rng.uniform(10, size_m)) * 1_000)
        case _ if abs(lat) < 80 and abs(lon) < 179:
            middle, wide = near(), size_m / 111_000
            corners = [(-1, -1), (-1, 1), (1, 1), (1, -1)]
            degrees = [(middle.lat_e7 / 1e7 + y * wide, middle.lon_e7 / 1e7 + x * wide) for y, x in corners]
            return Polygon(tuple(at(*one) for one in degrees))
        case _:
            return Circle(near(), int(rng.uniform(0, size_m)) * 1_000)


def test_a_host_that_drops_what_was_met_is_noticed_unless_it_guesses_how_many_were_a_sites() -> None:
    """It knows the sum and not how much of it is sentinels: one number alone hides the site (ADR 188)."""
    for seed in range(12):
        found = check(disc(35.0, 38.0, 2_000), seed=seed)
        [met] = found.compared().met
        said = [_said(found, guess) for guess in range(met + 1)]
        assert said.count("nothing met") == 1
        assert said[met] == "met"
        assert said[0] == "blind-sentinels"
    assert len({check(disc(36, 39, 500), seed=seed).compared().met for seed in range(12)}) > 4
    assert code_of(lambda: found.asker.found(())) == "blind-met"
    assert code_of(lambda: found.asker.found((MOST_SLOTS,))) == "blind-met"


def _said(found: Checked, guess: int) -> str:
    try:
        return "met" if found.asker.found((guess,)) == (True,) else "nothing met"
    except NotVerified as error:
        return error.code


@pytest.mark.parametrize(
    "other",
    [replace(PAIR, day=PAIR.day + 1), replace(PAIR, annex="ee" * 32), replace(PAIR, grid=2)],
    ids=["day", "annex", "grid"],
)
def test_another_day_annex_or_grid_cannot_pass_for_nothing_met(other: Any) -> None:
    found = check(disc(35.0, 38.0, 2_000), holder=other)
    assert code_of(found.found) == "blind-sentinels"


def test_a_holder_that_garbles_shortens_or_reorders_is_caught_by_the_host() -> None:
    found = check(disc(35.0, 38.0, 2_000))
    rows, proofs = found.raised.rows, found.raised.proofs
    for wrong in (
        Masked(rows[32:] + rows[:32], proofs),
        Masked(rows[:-32], proofs),
        Masked(rows, bytes(len(proofs))),
        Masked(rows, b""),
    ):
        holder = (found.holder.public, found.holder.rows, wrong)
        assert code_of(lambda holder=holder: found.compared(holder=holder)) == "blind-proof"  # type: ignore[misc]
    asker = (found.asker.public, found.sent.rows, Masked(found.sent.raised.rows[:-32], b""))
    assert code_of(lambda: found.compared(asker=asker)) == "blind-proof"


def test_slots_that_come_twice_wrong_counts_and_wrong_elements_are_refused() -> None:
    found = check(disc(35.0, 38.0, 2_000))
    rows, held = found.sent.rows, found.holder.rows
    twice = rows[:32] + rows[:-32]
    sizes = {"lists": 1, "slots": found.asker.slots}
    assert code_of(lambda: found.holder.answer(twice, **sizes)) == "blind-repeat"
    assert code_of(lambda: found.holder.answer(rows[:-32], **sizes)) == "blind-count"
    assert code_of(lambda: found.holder.answer(rows[:-1], **sizes)) == "blind-count"
    assert code_of(lambda: found.holder.answer(bytes(32) + rows[32:], **sizes)) == "blind-element"
    assert code_of(lambda: found.asker.answer(found.holder.public, held[:-32])) == "blind-count"
    assert code_of(lambda: found.asker.answer(IDENTITY, held)) == "blind-public"
    assert code_of(lambda: found.asker.answer(found.asker.public, held)) == "blind-public"
    same = (found.asker.public, held, found.raised)
    assert code_of(lambda: found.compared(holder=same)) == "blind-public"
    with pytest.raises(NotVerified) as refused:
        SiteHolder(PAIR, {}, public=IDENTITY, lists=1, most_slots=256, random=drawing(2))
    assert refused.value.code == "blind-public"


@pytest.mark.parametrize(("lists", "slots"), [(1, 100), (0, 128), (1, 64), (2, MOST_SLOTS), (3, 1 << 15)])
def test_sizes_that_no_check_has(lists: int, slots: int) -> None:
    with pytest.raises(Refused) as refused:
        require_sizes(lists, slots)
    assert refused.value.code == "blind-count"


def test_what_is_too_large_for_one_check_is_said() -> None:
    require_sizes(*sizes_of([bytes(CELL_BYTES)]))
    assert sizes_of([bytes(CELL_BYTES), bytes(CELL_BYTES * 65)]) == (2, 256)
    assert sizes_of([bytes(CELL_BYTES)]) == (1, LEAST_SLOTS)
    with pytest.raises(BadInput) as refused:
        sizes_of([bytes(CELL_BYTES)] * (MOST_SLOTS // LEAST_SLOTS + 1))
    assert refused.value.code == "blind-site-large"


def test_a_holder_with_more_columns_than_the_annex_lets_it_list_says_so() -> None:
    found = check(disc(35.0, 38.0, 2_000), most=MOST_SENTINELS + 1)
    assert not found.holder.whole
    assert check(disc(35.0, 38.0, 2_000)).holder.whole


def test_neither_transcript_holds_a_column_and_two_checks_of_one_area_share_nothing() -> None:
    one, other = check(disc(35.0, 38.0, 2_000), seed=1), check(disc(35.0, 38.0, 2_000), seed=2)
    [area] = areas_of([disc(35.0, 38.0, 2_000)])
    seen = one.sent.rows + one.sent.raised.rows + one.raised.rows + one.holder.rows
    plain = [*_cut(area, CELL_BYTES), *(cell for site in SITES.values() for cell in _cut(site, CELL_BYTES))]
    assert not any(cell in seen for cell in plain)
    again = other.sent.rows + other.sent.raised.rows + other.raised.rows + other.holder.rows
    assert set(_cut(seen, 32)).isdisjoint(_cut(again, 32))
    elsewhere = check(disc(36.0, 39.0, 2_000))
    assert (len(elsewhere.sent.rows), len(elsewhere.holder.rows)) == (
        len(one.sent.rows),
        len(one.holder.rows),
    )


def _cut(data: bytes, width: int) -> list[bytes]:
    return [data[at : at + width] for at in range(0, len(data), width)]
