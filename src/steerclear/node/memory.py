# SPDX-License-Identifier: Apache-2.0
"""How long does Python's collector stop a node? Not for what it recalled, nor for what it held for an hour.

The collector of cycles looks now and then at every object that is alive, and everything waits meanwhile: with
100,000 open duties there are two million, and that is a pause of a second. Nearly all of them stay as long as
the node, so they are set aside, and the collector looks at what is newer alone. Whatever is set aside and let
go is freed as ever, when nothing refers to it; only a cycle that is let go after it was set aside stays in
memory until the node is started again, and the node makes hardly any.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from steerclear.model.time import Instant

__all__ = ["SetAside", "set_aside", "uncollected"]

_EVERY_MS: Final = 3_600_000


@contextmanager
def uncollected() -> Iterator[None]:
    """While a record is recalled everything that is made stays: to look at it again and again is in vain."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def set_aside() -> None:
    """Collect what is newer than the last time, and never look at the rest again."""
    gc.collect()
    gc.freeze()


class SetAside:
    """Sets aside at once when it is first asked, and then once an hour."""

    def __init__(self) -> None:
        self._last_at: Instant | None = None

    def if_due(self, now: Instant) -> None:
        """``now`` may jump either way: then it is early, or late, once."""
        if self._last_at is None or abs(now - self._last_at) >= _EVERY_MS:
            self._last_at = now
            set_aside()
