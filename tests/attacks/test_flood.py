# SPDX-License-Identifier: Apache-2.0
"""A member floods the others over the wire: its cost is bounded and said, and its STOP gets through."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.attacks.wire import DRILL, with_part

from steerclear.mechanism.bodies import AnnexPropose, DrillStart
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName, SafetyFloor
from steerclear.record.bundle import LogPart
from steerclear.record.floor import FloorMessage
from steerclear.record.identity import fresh_id
from steerclear.record.keys import Ed25519Signer
from steerclear.record.statement import sign_statement
from steerclear.services import requests as ask
from steerclear.services.floor import MOST_CALLS_AN_HOUR, MOST_UNVERIFIED_AN_HOUR
from steerclear.services.refusals import MOST_ROWS
from steerclear.services.speak import by_authority
from steerclear.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from tests.attacks.wire import Wire

AGREED = 40
"""Entries of a member's log in an hour, as these two agree for the test."""

LARGE = DrillStart(name="x" * 80, scenario="y" * 1_900)


@pytest.fixture
def agreed(wire: Wire) -> Wire:
    """The channel with an annex on the safety floor in force, that allows few entries an hour."""
    (annex,) = (
        one
        for one in template("syria-2025", parties=("TUR", "ISR"), host="AZE")
        if one.name is AnnexName.SAFETY_FLOOR
    )
    assert isinstance(annex.terms, SafetyFloor)
    narrow = replace(annex, terms=replace(annex.terms, entries_an_hour=AGREED))
    body = AnnexPropose(annex=narrow, because="a quiet channel")
    wire.speaks("TUR", body, voice=by_authority(), to=("ISR",))
    wire.settle()
    wire.do("TUR", ask.Ratify())
    wire.do("ISR", ask.Ratify())
    wire.settle()
    # The next hour: what was written to found and ratify counts no more.
    wire.channel.at("06:00")
    wire.settle()
    return wire


@pytest.fixture
def on_disk(agreed: Wire, tmp_path: Path) -> Iterator[tuple[Wire, Path]]:
    """ISR on a real database, whose file can be weighed."""
    path = tmp_path / "isr.db"
    key = agreed.channel.stations["ISR"].keys.storage_key()
    SqliteStore.create(path, key)
    store = SqliteStore(path, key)
    old = agreed.channel.stations["ISR"].store
    for log in old.members():
        store.append(list(old.entries(log, 0)))
        for note in old.notes(log, 0):
            store.keep_note(note.member, note.generation, note.size, note.note)
    agreed.restart("ISR", store=store)
    agreed.settle()
    yield agreed, path
    store.close()


def weight(path: Path) -> int:
    return sum(one.stat().st_size for one in path.parent.glob(path.name + "*") if "reserve" not in one.name)


def stop_messages(
    wire: Wire, member: str, signer: Any, count: int, to: str | None = None
) -> tuple[FloorMessage, ...]:
    """So many more calls in ``member``'s name, that stand in no log; like its newest entry, which is one."""
    ledger = wire.ledger(member)
    seq = next(seq for seq in range(ledger.own.size - 1, 0, -1) if _is_a_call(wire, member, seq))
    true = wire.opened(member, seq).statement
    fresh = (
        replace(
            true,
            id=fresh_id(ledger.randomness.bytes, mechanism=ledger.mechanism, author=member),
            to=(to,) if to is not None else true.to,
        )
        for _ in range(count)
    )
    return tuple(FloorMessage(sign_statement(one, [signer]), ()) for one in fresh)


def _is_a_call(wire: Wire, member: str, seq: int) -> bool:
    return wire.opened(member, seq).statement.kind == "stop.call"


def test_flood(on_disk: tuple[Wire, Path]) -> None:
    """TUR writes five times what is agreed within the hour; then it calls STOP."""
    wire, path = on_disk
    tur = wire.ledger("TUR")
    held, disk = wire.size("ISR", "TUR"), weight(path)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    for _ in range(5 * AGREED):
        wire.speaks("TUR", LARGE)
    wire.liars.add("TUR")
    wire.noticed(
        "TUR sent", "grows faster than agreed (40 entries an hour", "wait", "entry-over-rate at TUR/0/"
    )
    for _ in range(5):
        wire.sync()
    after, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    taken = wire.size("ISR", "TUR") - held
    assert 0 < taken <= AGREED
    # A statement of 2 kB is an entry of 5 kB, held in the log, in its pages and in the view.
    assert weight(path) - disk < 2 * 1024 * 1024
    assert after - before < 32 * 1024 * 1024

    stop = wire.stops("TUR", ["ISR"])
    wire.sync()
    assert [row.id for row in wire.status("ISR").stops] == [stop.id], "a STOP is never rate-limited"

    # Nothing is lost: the rest comes in the hours that follow, each as much as is agreed.
    size = wire.size("ISR", "TUR")
    wire.channel.at("07:00")
    wire.sync()
    assert size < wire.size("ISR", "TUR") <= size + AGREED
    for hour in range(8, 13):
        wire.channel.at(f"{hour:02}:00")
        wire.sync()
        wire.sync()
    assert wire.size("ISR", "TUR") == tur.own.size
    assert not [line for line in wire.face("ISR") if "entry-over-rate" in line]


def test_flood_that_is_dated_back(agreed: Wire) -> None:
    """A log that stood still for an hour is filled with entries of that hour, all at once."""
    wire = agreed
    wire.channel.at("06:10")
    held = wire.size("ISR", "TUR")
    entries = []
    for number in range(5 * AGREED):
        said = wire.draft("TUR", DRILL).said
        entries.append(wire.entry("TUR", said, seq=held + number, at=wire.ledger("TUR").own.last_at + number))
    wire.channel.at("07:30")
    part = LogPart("TUR", 0, held, tuple(entries))

    def backdated(_: str, bundle: Any) -> Any:
        start = min(wire.size(member, "TUR") for member in wire.honest)
        rest = LogPart("TUR", 0, start, part.entries[start - held :])
        return replace(with_part(bundle, rest))

    wire.lies("TUR", backdated)
    for _ in range(4):
        wire.sync()
    # As many as of one hour are taken, and as many again in each hour that follows.
    assert wire.size("ISR", "TUR") - held <= 3 * AGREED
    wire.noticed("TUR sent", "grows faster than agreed", "entry-over-rate")


def test_flood_of_stops(wire: Wire) -> None:
    """Three hundred true calls outside the log: the first stand by themselves, all are counted, none is lost
    from sight."""
    wire.stops("TUR", ["ISR", "AZE"])
    wire.settle()
    signer = wire.signer("TUR", "duty", "air")
    calls = stop_messages(wire, "TUR", signer, MOST_CALLS_AN_HOUR + 40)
    kept = len(list(wire.channel.stations["ISR"].store.floor()))
    wire.lies("TUR", lambda _, bundle: replace(bundle, floor=calls))
    wire.noticed("TUR sent", "calls of TUR came within the hour", "Call TUR by voice now", "floor-folded")
    (row,) = [row for row in wire.status("ISR").stops if row.caller == "TUR"]
    assert MOST_CALLS_AN_HOUR <= row.count <= 1 + MOST_CALLS_AN_HOUR
    assert len(list(wire.channel.stations["ISR"].store.floor())) - kept <= MOST_CALLS_AN_HOUR
    # Who is not flooding calls STOP meanwhile.
    stop = wire.stops("AZE", ["ISR"])
    wire.sync()
    assert stop.id in [row.id for row in wire.status("ISR").stops]


def test_flood_of_calls_that_nobody_can_verify(wire: Wire) -> None:
    """AZE brings forged calls in TUR's name: they use up a room of their own, and TUR's true call stands."""
    first = wire.stops("TUR", ["AZE"])
    wire.settle()
    thief = Ed25519Signer.from_private_bytes(b"\x07" * 32)
    forged = stop_messages(wire, "TUR", thief, MOST_UNVERIFIED_AN_HOUR + 60, to="ISR")
    wire.lies("AZE", lambda _, bundle: replace(bundle, floor=forged))
    wire.sync()
    wire.says("TUR", "AZE brought a stop.call in the name of TUR, which this member never said")
    wire.noticed("AZE sent", "UNVERIFIED messages in the name of TUR came within the hour", by=["ISR"])
    assert len(list(wire.channel.stations["ISR"].store.floor())) <= MOST_UNVERIFIED_AN_HOUR
    true = wire.stops("TUR", ["ISR"], place="Palmyra")
    wire.sync()
    assert true.id in [row.id for row in wire.status("ISR").stops]
    assert first.id != true.id


def test_flood_of_refusals(wire: Wire) -> None:
    """Many bad calls make one row with a count, and a few lines in the log of the process."""

    for number in range(60):
        assert wire.post("TUR", "ISR", f"no bundle {number}".encode()).status_code == 400
    assert wire.counted("ISR", "TUR", "bundle-form") == 60
    assert len(wire.status("ISR").refused) < 10 < MOST_ROWS
    wire.goes_on()
