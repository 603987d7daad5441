# SPDX-License-Identifier: Apache-2.0
"""When must a rung have been called, and do two areas meet? Said again, from bytes and plain numbers.

Nothing here asks the product's rules: logs are read leaf by leaf, ladders climb by docs/rules.md, and
areas are circles on a sphere that is a little too large for them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.simulation.machine import Machine
from tests.simulation.people import Drawn
from tests.simulation.world import HOUR, SECOND

from steerclear.record.leaf import parse_leaf

CLIMBS_S: Final = {"immediate": (300, 600), "priority": (1_800, 3_600), "routine": (14_400, 28_800)}
STOP_CLIMB_S: Final = 120
MACHINE_S: Final = {"stop": 10}
DESKS: Final = ("air", "ground", "sea")
FIRST_MAY_ACT: Final = 2
JOINS_M: Final = 6_000
JOINS_MS: Final = 31 * 60 * SECOND

LATERAL_M: Final = 5_000
VERTICAL_FT: Final = 1_000
TIME_S: Final = 300
SMALLEST_EARTH_M: Final = 6_335_000
"""The least radius of curvature of WGS84: distances come out too short by up to 1 %, never too long."""


@dataclass(frozen=True)
class Line:
    """One entry of a log as its author's own node reads it."""

    author: str
    seq: int
    at: int
    heads: Mapping[str, int]
    id: str
    kind: str
    desk: str | None
    said_at: int
    body: Mapping[str, Any]


def read_logs(machines: Mapping[str, Machine]) -> dict[str, list[Line]]:
    """Every log, leaf by leaf, each opened by its own author."""
    logs: dict[str, list[Line]] = {}
    for member, machine in machines.items():
        lines = logs.setdefault(member, [])
        for stored in machine.ledger.store.entries(member, 0):
            leaf, signed = parse_leaf(stored.leaf), machine.ledger.said_in(stored)
            assert signed is not None, f"{member} cannot read what it wrote at {stored.seq}"
            said = signed.statement
            heads = {name: head.size for name, head in leaf.heads.items()}
            lines.append(
                Line(
                    member,
                    stored.seq,
                    leaf.at,
                    heads,
                    said.id,
                    said.kind,
                    said.desk,
                    said.at,
                    dict(said.body),
                )
            )
    return logs


@dataclass(frozen=True)
class Call:
    """Rung ``number`` of a desk is due at ``at`` by its own machine's clock, unless it ended before."""

    about: str
    desk: str
    number: int
    at: int
    ends_at: int | None
    leeway_ms: int


def calls_on_notices(
    member: str, machine: Machine, logs: Mapping[str, Sequence[Line]], drawn: Mapping[str, Drawn]
) -> Iterator[Call]:
    """Of every notice of the other side that this member can read."""
    own = logs[member]
    for area in drawn.values():
        filed = logs[area.author][area.seq]
        if area.author == member or machine.ledger.view.said(filed.id) is None or filed.desk is None:
            continue
        delivered = next((line for line in own if line.heads.get(area.author, 0) > area.seq), None)
        if delivered is None:
            continue
        entered = list(_classes(delivered.at, area.start_s * 1000))
        first_climb = min(at + CLIMBS_S[name][0] * SECOND for at, name in entered)
        second = min(at + CLIMBS_S[name][1] * SECOND for at, name in entered)
        ends = list(_ends_of_notice(machine, own, logs[area.author], area, filed, first_climb))
        for number, at in ((1, delivered.at), (2, first_climb), (3, second)):
            yield Call(filed.id, filed.desk, number, at, min(ends, default=None), 2 if number > 1 else 2_000)


def _classes(at: int, start_at: int) -> Iterator[tuple[int, str]]:
    """The class now, and those to come as the start nears, each with the moment at which it begins."""
    ahead = start_at - at
    first = "immediate" if ahead < HOUR else "priority" if ahead <= 24 * HOUR else "routine"
    yield at, first
    if ahead > 24 * HOUR:
        yield start_at - 24 * HOUR, "priority"
    if ahead > HOUR:
        yield start_at - HOUR, "immediate"


def _ends_of_notice(
    machine: Machine, own: Sequence[Line], theirs: Sequence[Line], area: Drawn, filed: Line, first_climb: int
) -> Iterator[int]:
    for line in own:
        if line.body.get("about") == filed.id and line.kind == "receipt.unable":
            yield line.at
        acknowledges = line.body.get("about") == filed.id and line.kind == "receipt.acknowledge"
        counts = acknowledges and (FIRST_MAY_ACT <= line.body["rung"] <= 3 or line.at <= first_climb)
        if counts and line.desk == filed.desk:
            yield line.at
    for line in theirs:
        ends = line.kind in ("notice.withdraw", "notice.cold", "notice.amend")
        if ends and line.body.get("notice") == area.notice and line.seq > area.seq:
            yield machine.seen_at[area.author, line.seq]


def calls_on_stops(member: str, machine: Machine, logs: Mapping[str, Sequence[Line]]) -> Iterator[Call]:
    """Of every STOP that this member is called by and that joins no other."""
    calls = [line for log in logs.values() for line in log if line.kind == "stop.call"]
    for call in calls:
        if call.author == member or any(_joins(call, other) for other in calls if other is not call):
            continue
        delivered = _heard_at(logs[member], call)
        if delivered is None:
            continue
        for desk in DESKS:
            end = min(_ends_of_stop(machine, logs, call, member, desk), default=None)
            for number, at in ((1, delivered), (2, delivered), (3, delivered + STOP_CLIMB_S * SECOND)):
                yield Call(call.id, desk, number, at, end, 2 if number > 2 else 2_000)


def _joins(call: Line, other: Line) -> bool:
    near = _metres(_place(call), _place(other)) < JOINS_M
    return near and call.author == other.author and abs(call.at - other.at) < JOINS_MS


def _heard_at(own: Sequence[Line], call: Line) -> int | None:
    said_at = min(call.at, call.said_at)
    heard = [max(line.at, said_at) for line in own if line.kind == "heard" and line.body.get("id") == call.id]
    covered = [line.at for line in own if line.heads.get(call.author, 0) > call.seq]
    return min([*heard, *covered[:1]], default=None)


def _ends_of_stop(
    machine: Machine, logs: Mapping[str, Sequence[Line]], call: Line, member: str, desk: str
) -> Iterator[int]:
    for line in logs[member]:
        acknowledges = line.kind == "receipt.acknowledge" and line.body.get("about") == call.id
        if acknowledges and line.desk == desk and FIRST_MAY_ACT <= line.body["rung"] <= 3:
            yield line.at
        answers = line.kind in ("stop.answer", "stop.renew") and line.body.get("stop") == call.id
        if answers and line.body["outcome"] != "not-known" and line.at >= call.at:
            yield line.at
    for line in logs[call.author]:
        if line.kind == "stop.close" and line.body.get("stop") == call.id:
            yield machine.seen_at[call.author, line.seq]


def _place(line: Line) -> tuple[float, float]:
    lat, lon = line.body["place"][:2] if isinstance(line.body["place"], list) else line.body["place"].values()
    return lat / 1e7, lon / 1e7


# -- areas ------------------------------------------------------------------------------------------------


def certainly_meet(one: Drawn, other: Drawn) -> bool:
    """Do they come closer than the minima in every dimension, beyond any doubt of this small reckoning?"""
    gap_s = max(one.start_s - other.end_s, other.start_s - one.end_s)
    gap_ft = max(one.lower_ft - other.upper_ft, other.lower_ft - one.upper_ft)
    gap_m = 1.02 * _metres((one.lat, one.lon), (other.lat, other.lon)) + 50 - one.radius_m - other.radius_m
    return gap_s < TIME_S and gap_ft < VERTICAL_FT and gap_m < LATERAL_M


def _metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    """By the haversine, on the smallest sphere that touches the Earth's curve."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(lat), math.radians(lon)) for lat, lon in (one, other))
    h = math.sin((lat2 - lat1) / 2) ** 2
    h += math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * SMALLEST_EARTH_M * math.asin(math.sqrt(h))
