# SPDX-License-Identifier: Apache-2.0
"""The strategic engine: notice against notice, and the nearest alternative without conflict."""

from steerclear.geometry.arrays import FootprintArrays
from steerclear.model.finding import SeparationMinima
from steerclear.screening.boxes import BoxEngine
from steerclear.screening.engine import Engine
from steerclear.screening.findings import PairFinding, Screening
from steerclear.screening.volume_engine import FoundPairs, VolumeEngine
from steerclear.screening.volumes import VolumeArrays

__all__ = [
    "BoxEngine",
    "Engine",
    "FootprintArrays",
    "FoundPairs",
    "PairFinding",
    "Screening",
    "SeparationMinima",
    "VolumeArrays",
    "VolumeEngine",
]
