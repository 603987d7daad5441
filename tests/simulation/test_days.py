# SPDX-License-Identifier: Apache-2.0
"""Does the whole mechanism hold on days that nobody wrote? One seed a day; a failure repeats itself."""

from __future__ import annotations

import time

import pytest
import structlog
from tests.effort import effort
from tests.simulation.simulate import live, told

DAYS = effort(test=2, ci=200, soak=2_000)


@pytest.fixture(autouse=True)
def _without_a_log() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.mark.parametrize("seed", range(DAYS))
def test_a_day_of_faults_breaks_no_rule(seed: int, capsys: pytest.CaptureFixture[str]) -> None:
    begun = time.process_time()
    try:
        figures = live(seed)
    except AssertionError as broken:
        pytest.fail(f"{broken}\nseed {seed}; repeat it with: make simulate SEED={seed}")
    with capsys.disabled():
        print(f"\n{told(seed, figures, time.process_time() - begun)}")
    assert figures.entries - figures.beats <= 500
