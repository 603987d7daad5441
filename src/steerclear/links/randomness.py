# SPDX-License-Identifier: Apache-2.0
"""Where random bytes come from: the machine for real, a seed for plays and simulation.

The record takes a plain ``Callable[[int], bytes]``; give it the bound method: ``randomness.bytes``.
"""

from __future__ import annotations

import builtins
import hashlib
import os
from typing import Protocol

__all__ = ["Randomness", "SeededRandomness", "SystemRandomness"]


class Randomness(Protocol):
    """``bytes(count)`` gives ``count`` bytes that nobody else can foretell (a seed: anybody can)."""

    def bytes(self, count: int) -> builtins.bytes: ...


class SystemRandomness:
    """The operating system's generator. The only one that may make a key that guards anything."""

    def bytes(self, count: int) -> builtins.bytes:
        return os.urandom(count)


class SeededRandomness:
    """The same bytes for the same seed, for ever: SHAKE-256 over the seed and a counter.

    One seed replays a whole mechanism. Streams that must not disturb each other are forked by name.
    """

    def __init__(self, seed: str) -> None:
        self._seed = seed
        self._calls = 0

    def bytes(self, count: int) -> builtins.bytes:
        spelled = f"steerclear/seeded/v1\n{self._calls}\n{self._seed}".encode()
        self._calls += 1
        return hashlib.shake_256(spelled).digest(count)

    def fork(self, name: str) -> SeededRandomness:
        """Another stream, of this seed and ``name`` alone: what is drawn here does not shift it."""
        return SeededRandomness(f"{len(self._seed)}:{self._seed}/{name}")
