# SPDX-License-Identifier: Apache-2.0
"""Would the simulation see it? Nodes that are worse in one way each, and one day that is lived twice."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog
from tests.simulation.founding import places
from tests.simulation.simulate import live
from tests.simulation.watching import Broken

from steerclear.formats.places import Gazetteer
from steerclear.links.notifier import Alarm
from steerclear.mechanism.duties import Duties
from steerclear.mechanism.findings import Findings, StandingFinding
from steerclear.mechanism.obligation import Obligation
from steerclear.model.finding import NoConflict, Undetermined
from steerclear.model.time import Instant
from steerclear.services import requests as ask
from steerclear.services.answers import Receipt
from steerclear.services.ledger import Ledger
from steerclear.services.screen import Screener
from steerclear.services.status import Heard
from steerclear.services.verbs import Request
from steerclear.services.workings import NO_LINES, Workings

HOURS = 9


@pytest.fixture(autouse=True)
def _without_a_log() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


class DropsAcknowledgements(Workings):
    """Shows a receipt for an acknowledgement that it never wrote."""

    def do(self, request: Request) -> tuple[Receipt, ...]:
        if not isinstance(request, ask.Acknowledge):
            return super().do(request)
        receipt = Receipt(
            id="00" * 16, short="", kind="receipt.acknowledge", ref=None, filed_at="",
            seq=self.ledger.own.size, root="", sealed_to=(),
        )  # fmt: skip
        return (receipt,)


class ForgetsToClimb(Workings):
    """Rings the first rungs and none that come after them."""

    def step(self, lines: Mapping[str, Heard] = NO_LINES) -> tuple[Alarm, ...]:
        return tuple(alarm for alarm in super().step(lines) if alarm.rung == 1)


class WakesLate(Workings):
    """Looks again minutes after it should."""

    def next_step_at(self) -> Instant:
        return Instant(super().next_step_at() + 7 * 60_000)


class DropsConflicts(Workings):
    """Screens, and finds that nothing ever meets anything."""

    def __init__(self, ledger: Ledger, places: Gazetteer) -> None:
        super().__init__(ledger, places)
        self._screener = _SeesNothing(ledger)


class _SeesNothing(Screener):
    def _met(self, record: Any, others: Any, between: Any) -> list[Any]:
        return []


class SeesGhosts(Workings):
    """Reads NO CONFLICT off its results where nobody knows."""

    def __init__(self, ledger: Ledger, places: Gazetteer) -> None:
        super().__init__(ledger, places)
        ledger.view.findings = _Soothing(  # type: ignore[misc]  # what no product may do
            ledger.view.book, ledger.view.notices, ledger.view.annexes, ledger.view.heads
        )


class _Soothing(Findings):
    def of(self, notice_id: str, now: Instant) -> StandingFinding:
        found = super().of(notice_id, now)
        if not isinstance(found.finding, Undetermined):
            return found
        return StandingFinding(NoConflict("it will be all right"), found.results)


class DoublesADuty(Workings):
    """Shows what is owed twice."""

    def __init__(self, ledger: Ledger, places: Gazetteer) -> None:
        super().__init__(ledger, places)
        ledger.duties = _Twice(ledger.view)


class _Twice(Duties):
    def all(self, now: Instant) -> Iterator[Obligation]:
        for duty in super().all(now):
            yield from (duty, duty)


class ForgetsADuty(Workings):
    """Shows no acknowledgement as owed once it has been late."""

    def __init__(self, ledger: Ledger, places: Gazetteer) -> None:
        super().__init__(ledger, places)
        ledger.duties = _Forgetful(ledger.view)


class _Forgetful(Duties):
    def all(self, now: Instant) -> Iterator[Obligation]:
        return (one for one in super().all(now) if one.what != "acknowledgement" or not one.met_late)


class RingsTooMuch(Workings):
    """Rings each bell seven times over, and all of them aloud."""

    def step(self, lines: Mapping[str, Heard] = NO_LINES) -> tuple[Alarm, ...]:
        return tuple(replace(alarm, sounds=True) for alarm in super().step(lines) * 7)


@pytest.mark.parametrize(
    ("worse", "seed", "seen"),
    [
        (DropsAcknowledgements, 7, "was shown a receipt"),
        (ForgetsToClimb, 7, "was due at"),
        (WakesLate, 7, "was due at"),
        (DropsConflicts, 6, "says NO CONFLICT"),
        (SeesGhosts, 6, "says NO CONFLICT"),
        (DoublesADuty, 7, "shows a duty twice"),
        (ForgetsADuty, 7, "has lost a duty|keeps other duties"),
        (RingsTooMuch, 5, "alarms sounded at one desk|too many bells"),
    ],
)
def test_a_worse_node_is_noticed(worse: type[Workings], seed: int, seen: str) -> None:
    with pytest.raises(Broken, match=seen):
        live(seed, hours=HOURS, makes=lambda ledger: worse(ledger, places()))


def test_a_seed_repeats_itself_exactly_and_alone() -> None:
    """Whatever was lived before it in this process, and in another one that begins with it."""
    first = live(3, hours=2).digest
    live(4, hours=1)
    assert live(3, hours=2).digest == first
    script = "from tests.simulation.simulate import live; print(live(3, hours=2).digest)"
    root = Path(__file__).parents[2]
    alone = subprocess.run([sys.executable, "-c", script], capture_output=True, cwd=root, check=True)
    assert alone.stdout.decode().split()[-1] == first
