# SPDX-License-Identifier: Apache-2.0
"""What does a deed of a play say in the record? Every part of the answer, put together.

Each file of ``WORDS`` registers with ``spoken`` what the deeds of its part say; they share ``saying``.
"""

from __future__ import annotations

from typing import Final

from steerclear.replay import said_of_affairs, said_of_notices, said_of_talks, said_on_lines
from steerclear.replay.saying import Ask, Say, Scene, Spoken, spoken, voice_log_of

__all__ = ["WORDS", "Ask", "Say", "Scene", "Spoken", "spoken", "voice_log_of"]

WORDS: Final = (said_of_notices, said_on_lines, said_of_affairs, said_of_talks)
"""Importing them registers them; ``spoken`` fails aloud for a deed that none of them knows."""
