# SPDX-License-Identifier: Apache-2.0
"""How is something that somebody else wrote repeated in our own words?

Short, in quotation marks, and with everything that could steer a terminal or reverse its reading spelled out.
"""

from __future__ import annotations

from typing import Final

__all__ = ["quoted"]

LONGEST: Final = 40


def quoted(text: str) -> str:
    """``“text”``, at most 40 characters of it."""
    shown = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return "“" + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in shown) + "”"
