# SPDX-License-Identifier: Apache-2.0
"""The live engine: who comes too close to whom, by what was seen when. An old report is Undetermined."""

from steerclear.tracking.areas import Area, AreaWatch, Departure, Entries, Entry
from steerclear.tracking.closest import Approach, settled
from steerclear.tracking.picture import Limits, Picture, Taken
from steerclear.tracking.reports import Columns, Reports
from steerclear.tracking.swept import Drift, Movers, movers_of
from steerclear.tracking.traffic import Loss, Minima, Traffic, losses_of, traffic_of

__all__ = [
    "Approach",
    "Area",
    "AreaWatch",
    "Columns",
    "Departure",
    "Drift",
    "Entries",
    "Entry",
    "Limits",
    "Loss",
    "Minima",
    "Movers",
    "Picture",
    "Reports",
    "Taken",
    "Traffic",
    "losses_of",
    "movers_of",
    "settled",
    "traffic_of",
]
