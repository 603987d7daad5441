# SPDX-License-Identifier: Apache-2.0
"""Which secret does a party hold for one pair and day, and when does it leave the node?

    made when the day comes into the horizon ──► used until the UTC day of its cells ends ──► leaves:
        public half logged                                                    sealed to the member's own
                                                                              offline k-of-n keys, for audit

``scalar`` (L3, L3p): who has it can, with the other party's re-masking, test cells of that pair and day, and
no other. ``key`` (L2): who has it reads every list of that pair and day. Neither is needed after its day, so
a node that is taken tomorrow tells nothing of today. Leaving is the service's deed; here is only when, and
what leaves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from typing import Final

from steerclear.blind.grid import DAY_S
from steerclear.blind.messages import DayOpened, Head
from steerclear.blind.ristretto import Element, Random, power, power_of_generator, random_scalar
from steerclear.blind.tokens import KEY_BYTES, PairDay
from steerclear.model.terms import Level

__all__ = ["DaySecret", "due_to_leave", "head_of", "leaves_at_s", "made_key", "made_secret", "opened"]

_SENTINELS: Final = b"steerclear/blind/sentinels/v2"
_PUBLIC: Final = b"steerclear/blind/public/v2"


@dataclass(frozen=True, slots=True)
class DaySecret:
    """``secret``: a scalar at L3 and L3p, the key that both parties hold at L2."""

    pair_day: PairDay
    level: Level
    secret: bytes = field(repr=False)

    @property
    def public(self) -> bytes:
        """What is logged of it: g^scalar, or a hash of the key that is of this day alone."""
        if self.level is Level.L2:
            return blake2b(_PUBLIC + self.pair_day.prefix, key=self.secret, digest_size=32).digest()
        return power_of_generator(self.secret)

    def sentinel_key(self, other_public: Element) -> bytes:
        """What both compute and nobody else: from the key, or from g^ab. Hashed before it is used."""
        shared = self.secret if self.level is Level.L2 else power(other_public, self.secret)
        return blake2b(_SENTINELS + self.pair_day.prefix, key=shared, digest_size=32).digest()


def made_secret(pair_day: PairDay, level: Level, random: Random) -> DaySecret:
    """A fresh scalar, of L3 or L3p."""
    return DaySecret(pair_day, level, random_scalar(random))


def made_key(random: Random) -> bytes:
    """A fresh key of L2: one party makes it and seals it to the other."""
    return random(KEY_BYTES)


def head_of(secret: DaySecret, side: int, round_: int = 0) -> Head:
    return Head(secret.level, sha256(secret.pair_day.prefix).digest(), side, round_)


def opened(secret: DaySecret, side: int) -> DayOpened:
    """What goes into the log before the first list."""
    return DayOpened(head_of(secret, side), secret.public)


def leaves_at_s(pair_day: PairDay) -> int:
    """The second at which its day ends, UTC seconds since 1970."""
    return (pair_day.day + 1) * DAY_S


def due_to_leave(secrets: Iterable[DaySecret], now_s: int) -> tuple[DaySecret, ...]:
    """Those whose day is over: they must not be at the node any longer."""
    return tuple(one for one in secrets if leaves_at_s(one.pair_day) <= now_s)
