# SPDX-License-Identifier: Apache-2.0
"""What every store promises to whoever keeps the record in it.

The rules that hold for all of them (``tests/contract`` runs one suite over each):

- What a ``keep`` or ``append`` acknowledged by returning is on disk; what it raised for is not kept at all.
- A log only grows. It has no gaps; a place that is filled is never filled again with other bytes.
- Keeping the same bytes twice is no error and changes nothing; keeping other bytes in their place is.
- What cannot be read is an error, never an empty answer.
- Openings (the plaintext of what came sealed) lie encrypted under the node's storage key; leaves,
  notes, floor messages and facts lie as they are, for they are public to the members anyway.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Final, Protocol, Self

from steerclear.errors import NotKept

__all__ = ["LARGEST_FLOOR_MESSAGE", "LARGEST_LEAF", "Store", "StoredEntry", "StoredFloor", "StoredNote"]

LARGEST_LEAF: Final = 65_535
"""Bytes; the C2SP tiles keep a leaf's length in 16 bits."""

LARGEST_FLOOR_MESSAGE: Final = 16_384
"""Bytes of a STOP, distress or ownership message with its delegations."""


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One entry of one member's log, at its place.

    ``leaf``    the signed leaf, 1 to 65,535 bytes, as it came
    ``opened``  what it says and its salt, where it came sealed and this node could open it, else ``None``
    ``blobs``   ciphertext that stands beside it, to be kept with it; read back by hash, not with the entry
    """

    member: str
    generation: int
    seq: int
    leaf: bytes
    opened: bytes | None = None
    blobs: tuple[bytes, ...] = ()

    @property
    def place(self) -> str:
        """As people and errors name it: ``TUR/0/42``."""
        return f"{self.member}/{self.generation}/{self.seq}"


@dataclass(frozen=True, slots=True)
class StoredNote:
    """The checkpoint of a log at one size, with every signature and cosignature that reached us."""

    member: str
    generation: int
    size: int
    note: bytes


@dataclass(frozen=True, slots=True)
class StoredFloor:
    """A floor message under the hash by which it is known between nodes."""

    hash: str
    message: bytes


class Store(Protocol):
    """Where one node keeps one mechanism. One writer at a time; readers on any thread.

    Every ``keep_…`` and ``append`` raises ``NotKept`` when the bytes are not on disk: ``store-full``,
    ``store-read-only``, ``store-busy``, ``store-corrupt``, ``store-disk-error``, ``store-closed``. Reading
    raises ``NotKept`` with ``store-corrupt``, ``store-disk-error`` or ``store-closed``.
    """

    def keep_charter(self, charter: bytes) -> None:
        """Keep the charter. Another one raises ``NotVerified`` (``charter-differs``): it never changes."""

    def charter(self) -> bytes | None:
        """The charter, or ``None`` before the mechanism is founded or joined."""

    def append(self, entries: Sequence[StoredEntry]) -> None:
        """Keep all of ``entries``, of any logs, in one durable transaction; or none of them.

        Each must be the next of its log, or repeat the bytes that stand at its place (then an opening
        that is new is kept). Raises ``NotKept`` (``entry-gap``, ``entry-size``) and ``NotVerified``
        (``entry-differs``, ``opening-differs``); then nothing of the batch is kept.
        """

    def keep_opened(self, member: str, generation: int, seq: int, opened: bytes) -> None:
        """Keep what an entry says, once this node could open it.

        Raises ``NotKept`` (``entry-missing``) and ``NotVerified`` (``opening-differs``: one commitment has
        one opening).
        """

    def entries(
        self, member: str, generation: int, start: int = 0, stop: int | None = None
    ) -> Iterator[StoredEntry]:
        """Entries ``start`` to before ``stop`` (or to the end as it is when asked), in order.

        A range past the end ends early; a missing, damaged or undecryptable entry raises.
        """

    def leaves(
        self, member: str, generation: int, start: int = 0, stop: int | None = None
    ) -> Iterator[bytes]:
        """The leaves alone, in order: what is sent to others. Decrypts nothing and needs no storage key."""

    def blob(self, hash: str) -> bytes | None:  # noqa: A002 - the record's word for it
        """The blob with this SHA-256 (hex), or ``None`` where no entry that is kept brought it."""

    def size(self, member: str, generation: int) -> int:
        """How many entries of this log are kept; 0 for a log never heard of."""

    def generations(self, member: str) -> tuple[int, ...]:
        """Generations of this member of which an entry is kept, ascending."""

    def members(self) -> tuple[str, ...]:
        """Members of whom an entry is kept, in alphabetical order."""

    def keep_note(self, member: str, generation: int, size: int, note: bytes) -> None:
        """Keep a checkpoint. Each size keeps one note; it gives way only to one with all its lines and more.

        A note whose lines are all kept already changes nothing. Raises ``NotVerified`` (``note-differs``: the
        same size, another text: the caller holds proof of equivocation and must keep it) and ``NotKept``
        (``note-loses-lines``: same text, but signatures that are kept are missing: merge first;
        ``note-spelling``: not a signed note).
        """

    def note(self, member: str, generation: int, size: int | None = None) -> bytes | None:
        """The note of that size, or of the greatest size kept; ``None`` if there is none."""

    def notes(self, member: str, generation: int) -> Iterator[StoredNote]:
        """All notes of a log, by ascending size."""

    def keep_floor(self, hash: str, message: bytes) -> None:  # noqa: A002 - the record's word for it
        """Keep a STOP, distress or ownership message; disk is held in reserve for these.

        Raises ``NotVerified`` (``floor-differs``) for other bytes under the same hash, ``NotKept``
        (``floor-size``) beyond 16 KiB.
        """

    def floor(self) -> Iterator[StoredFloor]:
        """Every floor message, in the order in which they were kept."""

    def keep_fact(self, name: str, value: bytes) -> None:
        """Keep a small fact of this node; a later value replaces it. Not encrypted: no secrets."""

    def fact(self, name: str) -> bytes | None:
        """The fact, or ``None`` if it was never kept."""

    def keep_snapshot(self, parts: Sequence[bytes]) -> None:
        """Keep what a node knows of its record beside the record itself, in place of what was kept before.

        A cache, sealed under the storage key and bound to its order; a crash leaves the old one or none.
        """

    def snapshot(self) -> tuple[bytes, ...] | None:
        """The parts as they were kept, or ``None``: there are none.

        Raises ``NotVerified`` (``snapshot-damaged``) for what is not whole or was not written with this key.
        """

    def damage(self) -> NotKept | None:
        """What a look at the whole of it has found while the node was at work; nothing is written then."""

    def close(self) -> None:
        """Let go. Closing twice is no error; all else afterwards raises ``NotKept`` (``store-closed``)."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
