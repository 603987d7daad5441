# SPDX-License-Identifier: Apache-2.0
"""Which words does a play have for what a desk does? One entry a verb; docs/plays.md is tested against it."""

from __future__ import annotations

from typing import Final

from steerclear.replay.doing_affairs import OF_AFFAIRS
from steerclear.replay.doing_notices import OF_NOTICES
from steerclear.replay.doing_talks import OF_TALKS
from steerclear.replay.verbs import Verb

__all__ = ["DOING"]

DOING: Final[tuple[Verb, ...]] = (*OF_NOTICES, *OF_AFFAIRS, *OF_TALKS)
"""Every verb of doing, in the order of the reference."""
