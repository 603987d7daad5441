# SPDX-License-Identifier: Apache-2.0
"""Did this node ask this question, not long ago, and was it not answered yet?

    challenge = 16 random bytes ‖ when it runs out (ms, 8 bytes) ‖ HMAC-SHA-256 of both

Nothing is remembered of a question that nobody answers, so strangers who ask for a million of them take
nobody's place; remembered are the answered ones, and only with a passkey that has a place here.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

__all__ = ["CHALLENGE_MS", "Challenges"]

CHALLENGE_MS: Final = 120_000

_NONCE: Final = 16
_UNTIL: Final = 8
_TAG: Final = hashlib.sha256().digest_size


class Challenges:
    """Questions for passkeys. A restart ends all that are open: the key under them is drawn anew."""

    def __init__(self, random: Callable[[int], bytes]) -> None:
        self._random = random
        self._key = random(32)
        self._answered: dict[bytes, int] = {}
        """Until when each answered question would still have been open."""

    def fresh(self, now_ms: int) -> bytes:
        """56 bytes; W3C Web Authentication, 13.4.3, asks for 16 at least."""
        asked = self._random(_NONCE) + (now_ms + CHALLENGE_MS).to_bytes(_UNTIL, "big")
        return asked + self._tag(asked)

    def is_open(self, challenge: bytes, now_ms: int) -> bool:
        if len(challenge) != _NONCE + _UNTIL + _TAG or challenge in self._answered:
            return False
        asked, tag = challenge[:-_TAG], challenge[-_TAG:]
        return hmac.compare_digest(tag, self._tag(asked)) and now_ms < _until_ms(challenge)

    def answer(self, challenge: bytes, now_ms: int) -> None:
        """From now on it is answered, and no replay of the answer is taken."""
        self._answered = {one: until for one, until in self._answered.items() if until > now_ms}
        self._answered[challenge] = _until_ms(challenge)

    def _tag(self, asked: bytes) -> bytes:
        return hmac.digest(self._key, asked, "sha256")


def _until_ms(challenge: bytes) -> int:
    return int.from_bytes(challenge[_NONCE : _NONCE + _UNTIL], "big")
