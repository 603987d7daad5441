# SPDX-License-Identifier: Apache-2.0
"""Until when does an answer hold, if nothing is said? A moment that notes what it is compared with.

    since ≤ now < until        at every moment between the two the same comparisons come out the same

A fold that uses ``now`` only to compare it gives one answer from the last boundary passed to the next one
ahead. Whoever computes with such a moment is refused, for nobody would know then when the answer changes.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

from steerclear.model.time import Instant

__all__ = ["NEVER", "Moment"]

NEVER: Final = Instant(1 << 62)
"""Later than every boundary."""


class Moment(int):
    """An ``Instant`` to compare with: ``since`` and ``until`` close in on it with every comparison."""

    since: int
    until: int

    def __new__(cls, now: int) -> Moment:
        made = super().__new__(cls, now)
        made.since, made.until = -NEVER, NEVER
        return made

    def holds_at(self, now: int) -> bool:
        """Would every comparison made so far come out the same at ``now``?"""
        return self.since <= now < self.until

    def __lt__(self, other: int) -> bool:
        return not self._has_come(other)

    def __ge__(self, other: int) -> bool:
        return self._has_come(other)

    def __le__(self, other: int) -> bool:
        return not self._has_come(other + 1)

    def __gt__(self, other: int) -> bool:
        return self._has_come(other + 1)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, int) and self >= other and self <= other

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = int.__hash__

    def __floordiv__(self, length: int) -> int:
        """Which whole day (or whatever is so long) it is: the answer holds until the next begins."""
        whole = int(self) // length
        self._has_come(whole * length)
        self._has_come((whole + 1) * length)
        return whole

    def _refused(self, _: Any) -> NoReturn:
        raise TypeError("a watched moment is compared, never computed with")

    __add__ = __radd__ = __sub__ = __rsub__ = __mod__ = _refused
    __mul__ = __rmul__ = __truediv__ = __rfloordiv__ = __divmod__ = _refused

    def _has_come(self, boundary: int) -> bool:
        if int.__gt__(boundary, self):
            if boundary < self.until:
                self.until = boundary
            return False
        if boundary > self.since:
            self.since = boundary
        return True
