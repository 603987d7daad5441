# SPDX-License-Identifier: Apache-2.0
"""The live engine: who comes too close to whom, by what was seen when. An old report is Undetermined."""

from steerclear.tracking.alarms import Alarm, AlarmRules, Alarms, Call, Danger, call_of, dangers_of, stepped
from steerclear.tracking.areas import Area, AreaWatch, Departure, Entries, Entry
from steerclear.tracking.closest import Approach, settled
from steerclear.tracking.picture import Limits, Picture, Taken
from steerclear.tracking.reports import Columns, Reports
from steerclear.tracking.swept import Drift, Movers, movers_of
from steerclear.tracking.traffic import Loss, Minima, Traffic, losses_of, traffic_of

__all__ = [
    "Alarm",
    "AlarmRules",
    "Alarms",
    "Approach",
    "Area",
    "AreaWatch",
    "Call",
    "Columns",
    "Danger",
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
    "call_of",
    "dangers_of",
    "losses_of",
    "movers_of",
    "settled",
    "stepped",
    "traffic_of",
]
