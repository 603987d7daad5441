# SPDX-License-Identifier: Apache-2.0
"""Was this filed before? Who asks again under one key gets the same receipts, and nothing is filed twice.

    begin ──► kept on the disk: this key, this body, no receipts yet ──► filed ──► end: kept with its receipts
          └─ the same key and body, ended: its receipts      └─ the power goes here: “not known”, never twice

The keys lie in a fixed number of places by their hash, so that they never fill the disk; an old one gives way
to a new one in the same place. A key holds for its speaker alone, and so do the places: a flood of keys takes
nobody else's receipts away.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import Any, Final

from pydantic import TypeAdapter

from steerclear.errors import BadInput, Refused
from steerclear.services.answers import Receipt
from steerclear.store.port import Store

__all__ = ["LONGEST_KEY", "PLACES", "Once", "digest_of"]

LONGEST_KEY: Final = 128
PLACES: Final = 4_096
"""Of each speaker; who may speak is invited, or named in the settings."""

_RECEIPTS: Final = TypeAdapter(tuple[Receipt, ...])


def digest_of(path: str, body: bytes) -> str:
    """What was asked for: the path and the very bytes."""
    return hashlib.sha256(b"%d %b %b" % (len(path), path.encode(), body)).hexdigest()


class Once:
    """The idempotency keys of one node. Called from its writer thread."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin(self, speaker: str, key: str, digest: str) -> tuple[Receipt, ...] | None:
        """The receipts where it was filed before; ``None``: go on, and call ``end`` or ``forget``.

        Raises ``BadInput`` (``idempotency-key-form``, ``idempotency-key-reused``) and ``Refused``
        (``idempotency-not-known``).
        """
        if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
            raise BadInput(
                "idempotency-key-form",
                f"The idempotency key is not 1 to {LONGEST_KEY} printable ASCII characters.",
                where="Idempotency-Key",
                remedy="Take a fresh UUID for each thing that is filed.",
            )
        place, mark = _place(speaker, key)
        found = self._kept(place)
        if found is not None and found["mark"] == mark:
            return self._answered(found, digest)
        self._keep(place, {"mark": mark, "digest": digest, "receipts": None})
        return None

    def _answered(self, found: dict[str, Any], digest: str) -> tuple[Receipt, ...]:
        if found["digest"] != digest:
            raise BadInput(
                "idempotency-key-reused",
                "Under this key something else was asked for before.",
                where="Idempotency-Key",
                remedy="Take a fresh key for each thing that is filed; nothing was filed now.",
            )
        if found["receipts"] is None:
            raise Refused(
                "idempotency-not-known",
                "This was asked for before, and the node ended before it had answered.",
                where="Idempotency-Key",
                remedy="Look whether it stands in the record; if it does not, file it under a fresh key.",
            )
        receipts: tuple[Receipt, ...] = _RECEIPTS.validate_python(found["receipts"])
        return receipts

    def end(self, speaker: str, key: str, digest: str, receipts: tuple[Receipt, ...]) -> None:
        place, mark = _place(speaker, key)
        kept = {"mark": mark, "digest": digest, "receipts": [asdict(one) for one in receipts]}
        self._keep(place, kept)

    def forget(self, speaker: str, key: str) -> None:
        """Nothing was filed, and it was said so: the key is free again."""
        self._store.keep_fact(_place(speaker, key)[0], b"")

    def _kept(self, place: str) -> dict[str, Any] | None:
        fact = self._store.fact(place)
        found: dict[str, Any] | None = json.loads(fact) if fact else None
        return found

    def _keep(self, place: str, value: dict[str, Any]) -> None:
        self._store.keep_fact(place, json.dumps(value, separators=(",", ":")).encode())


def _place(speaker: str, key: str) -> tuple[str, str]:
    mark = hashlib.sha256(f"{len(speaker)} {speaker} {key}".encode()).hexdigest()
    whose = hashlib.sha256(speaker.encode()).hexdigest()[:16]
    return f"once {whose} {int(mark[:8], 16) % PLACES}", mark
