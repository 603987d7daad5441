# SPDX-License-Identifier: Apache-2.0
"""How long does Python's collector stop a node? Not for what it recalled, nor for what it held for an hour.

The collector of cycles looks now and then at every object that is alive, and everything waits meanwhile: with
100,000 open duties there are two million, and that is a pause of a second. Nearly all of them stay as long as
the node, so they are set aside, and the collector looks at what is newer alone. Whatever is set aside and let
go is freed as ever, when nothing refers to it; only a cycle that is let go after it was set aside stays in
memory until the node is started again, and the node makes hardly any.

For the same reason it looks at new objects seldom from then on. To fold 100,000 open duties anew makes
350,000 that all stay; Python would look at the newest five hundred times, and at all of them four times.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from steerclear.model.time import Instant

__all__ = ["SetAside", "set_aside", "uncollected"]

_EVERY_MS: Final = 3_600_000
_NEW_OBJECTS: Final = 50_000
"""So many more than were freed, and the collector looks at them: a few milliseconds. Python's own is 700."""


@contextmanager
def uncollected() -> Iterator[None]:
    """While a record is recalled everything that is made stays: to look at it again and again is in vain."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def set_aside() -> None:
    """Collect what is newer than the last time, never look at the rest again, and seldom at what is new."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])


class SetAside:
    """Sets aside at once when it is first asked, and then once an hour."""

    def __init__(self) -> None:
        self._last_at: Instant | None = None

    def if_due(self, now: Instant) -> None:
        """``now`` may jump either way: then it is early, or late, once."""
        if self._last_at is None or abs(now - self._last_at) >= _EVERY_MS:
            self._last_at = now
            set_aside()
