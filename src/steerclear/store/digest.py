# SPDX-License-Identifier: Apache-2.0
"""Is what lies beside the logs still what was kept there? SHA-256 over its place and its bytes.

Leaves have their hash in the tree, openings their seal, blobs their name. Charter, notes, floor messages and
facts have this; bound to the place, so that one row's bytes are never read as another's.
"""

from __future__ import annotations

import hashlib

__all__ = ["digest_of"]


def digest_of(place: str, content: bytes) -> bytes:
    """32 bytes. ``place`` names the table and the row, and holds no line break."""
    return hashlib.sha256(b"steerclear/kept/v1\n" + place.encode() + b"\n" + content).digest()
