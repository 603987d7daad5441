# SPDX-License-Identifier: Apache-2.0
"""Where does a screening differ from the judge? Nothing is forgiven: no pair too many, no gap too wide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
from tests.screening.oracle import Answer, Judgement
from tests.screening.oracle_ground import Bools, Ints

from steerclear.model.finding import Conflict, Finding

NEVER_OVER_M: Final = 2e-6
"""By how much a reported gap may exceed the judge's, which is itself no better."""

UNDER_BY_M: Final = 1.1
"""By how much a reported gap may fall short up to 50 km: a rim less than a metre away is printed as 0."""


def differences(
    judgement: Judgement, moving: Bools, said: Iterable[tuple[int, Finding]], about: Callable[[int], str]
) -> list[str]:
    """One line for each pair on which engine and judge differ. ``said``: all that is no "no conflict"."""
    answer = np.full(len(judgement.answer), Answer.NO_CONFLICT, dtype=np.int64)
    wrong = []
    for pair, finding in said:
        if answer[pair] != Answer.NO_CONFLICT:
            wrong.append(f"said twice: {about(pair)}")
        if isinstance(finding, Conflict):
            answer[pair] = Answer.CONFLICT
            wrong += [f"{fault}: {about(pair)}" for fault in _faults(judgement, pair, moving, finding)]
        else:
            answer[pair] = Answer.UNDETERMINED
    differ: Ints = np.flatnonzero((answer != judgement.answer) & judgement.sure)
    return wrong + [
        f"engine {Answer(answer[pair]).name}, judge {Answer(judgement.answer[pair]).name}, "
        f"gap {judgement.gap_m[pair]!r} m: {about(pair)}"
        for pair in differ.tolist()
    ]


def _faults(judgement: Judgement, pair: int, moving: Bools, found: Conflict) -> Sequence[str]:
    if judgement.answer[pair] != Answer.CONFLICT:
        return ()  # the verdict itself is wrong, or too near the minimum to be judged
    true_m = max(float(judgement.gap_m[pair]), 0.0)
    faults = []
    if found.lateral_gap_m > true_m + NEVER_OVER_M:
        faults.append(f"a gap of {true_m!r} m overstated as {found.lateral_gap_m!r}")
    if found.lateral_gap_m < true_m - UNDER_BY_M - 1e-4 * true_m:
        faults.append(f"a gap of {true_m!r} m said to be {found.lateral_gap_m!r}")
    if found.vertical_gap_ft != judgement.vertical_ft[pair]:
        faults.append(
            f"a vertical gap of {judgement.vertical_ft[pair]} ft said to be {found.vertical_gap_ft}"
        )
    if found.time_gap_s != judgement.time_s[pair]:
        faults.append(f"a time gap of {judgement.time_s[pair]} s said to be {found.time_gap_s}")
    if not moving[pair] and found.first_at_s != judgement.first_at_s[pair]:
        faults.append(f"first at {judgement.first_at_s[pair]} said to be {found.first_at_s}")
    return faults
