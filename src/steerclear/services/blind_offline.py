# SPDX-License-Identifier: Apache-2.0
"""To which keys of the member, none of them at the node, do the openings of blind checks go?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from steerclear.errors import BadInput

__all__ = ["KEEP_DAYS", "MOST_KEYS", "OfflineKeys"]

MOST_KEYS: Final = 5
"""Every choice of k among n is sealed to anew: ten choices at the most."""

KEEP_DAYS: Final = 90
"""Proposed: a joint review has 7 days, a quarter's statistics are then agreed."""

MOST_KEEP_DAYS: Final = 3_650

_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class OfflineKeys:
    """``publics``: of the keys that lie offline (X25519, 32 bytes each); ``needed``: how many open;
    ``keep_days``: how long after its day an opening is kept for audit, and while an incident is open.

    Raises ``BadInput`` (``blind-offline-keys``, ``blind-keep-days``).
    """

    publics: tuple[bytes, ...]
    needed: int
    keep_days: int = KEEP_DAYS

    def __post_init__(self) -> None:
        are_keys = all(len(one) == _KEY_BYTES for one in self.publics)
        are_some = 0 < len(set(self.publics)) == len(self.publics) <= MOST_KEYS
        if not are_keys or not are_some or not 0 < self.needed <= len(self.publics):
            raise BadInput(
                "blind-offline-keys",
                f"These are not one to {MOST_KEYS} different keys, of which {self.needed} are needed.",
                where="[blind] in steerclear.toml",
                remedy="Make each with steerclear blind key, and name the lines that it prints.",
            )
        if not 0 < self.keep_days <= MOST_KEEP_DAYS:
            raise BadInput(
                "blind-keep-days",
                f"Openings cannot be kept for {self.keep_days} days.",
                where="[blind] keep_days in steerclear.toml",
                remedy=f"Give 1 to {MOST_KEEP_DAYS} days; they are destroyed after.",
            )
