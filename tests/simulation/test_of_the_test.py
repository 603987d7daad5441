# SPDX-License-Identifier: Apache-2.0
"""Would the simulation see it? Nodes that are worse in one way each, and one day that is lived twice."""

from __future__ import annotations

import pytest
import structlog
from tests.simulation.founding import places
from tests.simulation.simulate import live
from tests.simulation.watching import Broken

from steerclear.links.notifier import Alarm
from steerclear.model.time import Instant
from steerclear.services import requests as ask
from steerclear.services.answers import Receipt
from steerclear.services.verbs import Request
from steerclear.services.workings import Workings

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

    def step(self) -> tuple[Alarm, ...]:
        return tuple(alarm for alarm in super().step() if alarm.rung == 1)


class WakesLate(Workings):
    """Looks again minutes after it should."""

    def next_step_at(self) -> Instant:
        return Instant(super().next_step_at() + 7 * 60_000)


@pytest.mark.parametrize(
    ("worse", "seen"),
    [
        (lambda ledger: DropsAcknowledgements(ledger, places()), "was shown a receipt"),
        (lambda ledger: ForgetsToClimb(ledger, places()), "was due at"),
        (lambda ledger: WakesLate(ledger, places()), "was due at"),
    ],
    ids=["drops-acknowledgements", "forgets-to-climb", "wakes-late"],
)
def test_a_worse_node_is_noticed(worse: object, seen: str) -> None:
    with pytest.raises(Broken, match=seen):
        live(7, hours=HOURS, makes=worse)  # type: ignore[arg-type]  # as the table gives it


def test_a_seed_repeats_itself_exactly() -> None:
    assert live(3, hours=2).digest == live(3, hours=2).digest
