# SPDX-License-Identifier: Apache-2.0
"""Does a protected site lie in the area of a notice, when neither may be shown to the other?

    asker                                  host                                holder
      g^a, how many areas, slots of each ──►├──────────────────────────────────►│
      │◄────────────────────────────────────┤◄── g^b, H(y)^b of all its columns ─┤
      ├─ H(x)^a of each area, a list each ─►├──────────────────────────────────►│
      ├─ H(y)^ba, proof ──── sealed ───────►│◄──── sealed ──── H(x)^ab, proof ───┤
      │◄── how many were met, area by area ─┤
                                            ├─ 24 h after the window: which of its slots ──►│

The asker learns of each of its areas whether a site lies in it, and of how many columns, never of which. The
host sees sizes and equalities. The holder sees sizes, and later which of its sites were met. A column is 15″
of latitude by 15″ of longitude, without height and time (``grid.py``); whoever shares a point shares one.

Rules:

- Every check has scalars of its own. They die with it, and two checks of one area cannot be told to be so.
- Areas of one notice that share a column are one area, so no slot of a check comes twice; one that does is
  refused by holder and host (``blind-repeat``).
- Each area's list holds, beside its columns, k sentinels that the holder lists too: k is drawn from 1 to 64
  and nobody else knows it. A number below k tells that a key, a grid or a day differs, or that matches were
  dropped: ``blind-sentinels``, and nothing is known. A host that takes off as many as it believes are a
  site's is not noticed: it need not know k (ADR 188).
- All lists are padded to one power of two with what equals nothing. Elements are checked, re-maskings proved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

import numpy as np

from steerclear.blind.cover import columns_of
from steerclear.blind.grid import (
    CELL_BYTES,
    COLUMN,
    GRID_VERSION,
    SENTINEL,
    SITES,
    encode_cells,
    together,
)
from steerclear.blind.keys import DaySecret, made_secret
from steerclear.blind.lists import made_list
from steerclear.blind.opening import SEED_BYTES
from steerclear.blind.proofs import is_proved, prove
from steerclear.blind.ristretto import Random, is_element, power_of_each
from steerclear.blind.rows import Rows, rows_of
from steerclear.blind.tokens import TOKEN_BYTES, Items, PairDay, items_of, masked
from steerclear.errors import BadInput, NotVerified, Refused
from steerclear.model.space import Footprint
from steerclear.model.terms import Level

__all__ = [
    "LEAST_HELD", "LEAST_SLOTS", "MOST_SENTINELS", "MOST_SLOTS", "AskedLists", "Compared", "Masked",
    "SiteAsker", "SiteHolder", "areas_of", "columns_of_site", "compared", "held_slots", "require_fresh_rows",
    "require_sizes", "site_pair", "sizes_of", "whole_power",
]  # fmt: skip

MOST_SENTINELS: Final = 64
"""In a list: so that the sum does not tell a host how many columns of a site were met."""
LEAST_SLOTS: Final = 128
"""Of the list of an area."""
LEAST_HELD: Final = 256
"""Of a holder's list, so that a few sites look like none."""
MOST_SLOTS: Final = 1 << 16
"""Of all lists of an asker together, and of a holder's: more would not fit into a sealed statement."""

_ASK: Final = "Do not use it; ask its author for another, and tell the other members."


@dataclass(frozen=True, slots=True)
class Masked:
    """Rows of 32 bytes that one side raised to its scalar, and the proof that it did."""

    rows: bytes
    proofs: bytes


@dataclass(frozen=True, slots=True)
class AskedLists:
    """What an asker sends when it has heard the holder: its lists, one after the other, for holder and host;
    and the holder's list re-masked, for the host alone."""

    rows: bytes
    raised: Masked


@dataclass(frozen=True, slots=True)
class Compared:
    """What the host found: of each area how many slots were met, and which slots of the holder's."""

    met: tuple[int, ...]
    held: tuple[int, ...]


def site_pair(mechanism: str, asker: str, holder: str, annex: str, day: int) -> PairDay:
    """What a check is bound to. ``annex``: a hash of the annexes, the notice and who asks."""
    first, second = sorted((asker, holder))
    return PairDay(mechanism, (first, second), annex, GRID_VERSION, SITES.step_arc_s, day)


def areas_of(footprints: Sequence[Footprint], widened_mm: int = 0) -> tuple[bytes, ...]:
    """The columns of the areas of a notice, encoded; those that share a column are one.

    Raises ``BadInput`` as ``columns_of`` and its ``cells``.
    """
    groups: list[set[int]] = []
    for footprint in footprints:
        keys = set(SITES.keys(columns_of(footprint, widened_mm).cells()).tolist())
        apart = [group for group in groups if group.isdisjoint(keys)]
        groups = [*apart, keys.union(*(group for group in groups if not group.isdisjoint(keys)))]
    return tuple(
        encode_cells(SITES, SITES.cells(np.array(sorted(group), np.int64)))
        for group in sorted(groups, key=min)
    )


def columns_of_site(footprint: Footprint) -> bytes:
    """The columns of one site, encoded. Raises ``BadInput`` as ``columns_of`` and its ``cells``."""
    return encode_cells(SITES, together([columns_of(footprint).cells()], SITES))


class SiteAsker:
    """The operating party's side of one check. ``areas``: as ``areas_of`` gives them.

    Raises ``BadInput`` (``blind-site-large``) when they do not fit into one check.
    """

    def __init__(
        self, pair_day: PairDay, areas: Sequence[bytes], random: Random, *, workers: int | None = None
    ) -> None:
        self._secret: Final = made_secret(pair_day, Level.L3, random)
        self._areas: Final = tuple(items_of(COLUMN, area) for area in areas)
        self._sentinels: Final = tuple(1 + random(1)[0] % MOST_SENTINELS for _ in areas)
        self._random, self._workers = random, workers
        self.lists, self.slots = sizes_of(areas)

    @property
    def public(self) -> bytes:
        return self._secret.public

    def answer(self, public: bytes, held: bytes) -> AskedLists:
        """To what the holder sent: our lists, and its own raised to our scalar.

        Raises ``NotVerified`` (``blind-public``, ``blind-element``) or ``Refused`` (``blind-repeat``,
        ``blind-count``).
        """
        require_public(public, self.public)
        rows = require_fresh_rows(held)
        require_held(len(rows), self.lists)
        key = self._secret.sentinel_key(public)
        lists = [
            made_list(area, _sentinels(key, number)[:count], self.slots, self._random(SEED_BYTES)).items
            for number, (area, count) in enumerate(zip(self._areas, self._sentinels, strict=True))
        ]
        ours = masked(
            self._secret.secret, self._secret.pair_day, np.concatenate(lists), workers=self._workers
        )
        return AskedLists(ours.tobytes(), _raised(self._secret, rows, self._random, self._workers))

    def found(self, met: Sequence[int]) -> tuple[bool, ...]:
        """Of each area whether a site lies in it. Raises ``NotVerified`` (``blind-sentinels``,
        ``blind-met``)."""
        columns = [len(area) for area in self._areas]
        if len(met) != self.lists or any(
            count > of + sentinels
            for count, of, sentinels in zip(met, columns, self._sentinels)  # noqa: B905 - as judged
        ):
            raise NotVerified(
                "blind-met",
                "The result cannot be true: more was met than was asked for.",
                remedy="Take nothing for known, and tell the other members.",
            )
        missing = sum(count < sentinels for count, sentinels in zip(met, self._sentinels, strict=True))
        if missing:
            raise NotVerified(
                "blind-sentinels",
                f"In {missing} of {self.lists} areas sentinels were not met: a key, grid or day differs, or "
                "matches were dropped.",
                remedy="Take nothing for known; ask again.",
            )
        return tuple(count > sentinels for count, sentinels in zip(met, self._sentinels, strict=True))


class SiteHolder:
    """The side of whoever holds sites. ``sites``: by name, the encoded columns of each; ``public``,
    ``lists``: of the asker; ``most_slots``: as the annex has it.

    Raises ``NotVerified`` (``blind-public``).
    """

    def __init__(
        self,
        pair_day: PairDay,
        sites: Mapping[str, bytes],
        *,
        public: bytes,
        lists: int,
        most_slots: int,
        random: Random,
        workers: int | None = None,
    ) -> None:
        self._secret: Final = made_secret(pair_day, Level.L3, random)
        require_public(public, self._secret.public)
        self._random, self._workers = random, workers
        key = self._secret.sentinel_key(public)
        sentinels = np.concatenate([_sentinels(key, number) for number in range(lists)])
        numbers, self.whole = _numbered(sites, min(most_slots, MOST_SLOTS) - len(sentinels))
        """``whole``: all columns of all sites are listed."""
        columns = items_of(COLUMN, b"".join(numbers))
        count = held_slots(len(columns), lists)
        made = made_list(columns, sentinels, count, random(SEED_BYTES))
        self.rows: Final = masked(self._secret.secret, pair_day, made.items, workers=workers).tobytes()
        slot_of = np.argsort(made.order)
        self.slots: Final = {
            name: tuple(sorted({int(slot_of[numbers[one]]) for one in _each(cells) if one in numbers}))
            for name, cells in sites.items()
        }
        """By site: in which slots its columns stand."""

    @property
    def public(self) -> bytes:
        return self._secret.public

    def answer(self, asked: bytes, *, lists: int, slots: int) -> Masked:
        """The asker's lists raised to our scalar, for the host alone.

        Raises ``NotVerified`` (``blind-element``) or ``Refused`` (``blind-repeat``, ``blind-count``).
        """
        rows = require_fresh_rows(asked)
        require_asked(len(rows), lists, slots)
        return _raised(self._secret, rows, self._random, self._workers)


def compared(
    asker: tuple[bytes, bytes, Masked],
    holder: tuple[bytes, bytes, Masked],
    *,
    lists: int,
    slots: int,
    workers: int | None = None,
) -> Compared:
    """What the host finds. Of each side: what it opened with, its rows, and what it made of the *other's*.

    Raises ``NotVerified`` (``blind-public``, ``blind-element``, ``blind-proof``) or ``Refused``
    (``blind-repeat``, ``blind-count``).
    """
    (public, asked, held_raised), (other_public, held, asked_raised) = asker, holder
    require_public(public, other_public)
    require_public(other_public, public)
    lists_sent, held_sent = require_fresh_rows(asked), require_fresh_rows(held)
    require_asked(len(lists_sent), lists, slots)
    require_held(len(held_sent), lists)
    ours = _proved(other_public, lists_sent, asked_raised, workers)
    theirs = _proved(public, held_sent, held_raised, workers)
    seen = {row.tobytes(): number for number, row in enumerate(theirs)}
    met = [seen.get(row.tobytes(), -1) for row in ours]
    counts = tuple(sum(slot >= 0 for slot in met[at : at + slots]) for at in range(0, lists * slots, slots))
    return Compared(counts, tuple(sorted(slot for slot in met if slot >= 0)))


def sizes_of(areas: Sequence[bytes]) -> tuple[int, int]:
    """How many lists an asker sends, of how many slots each. Raises ``BadInput`` (``blind-site-large``)."""
    most = max(len(area) for area in areas) // CELL_BYTES
    slots = max(whole_power(most + MOST_SENTINELS), LEAST_SLOTS)
    if slots * len(areas) > MOST_SLOTS:
        raise BadInput(
            "blind-site-large",
            f"{len(areas)} areas of up to {most:,} columns are too many for one check of protected sites.",
            remedy="File a smaller area, or several notices.",
        )
    return len(areas), slots


def whole_power(count: int) -> int:
    """The next power of two: to what every list of this check is padded."""
    return 1 << (count - 1).bit_length()


def held_slots(columns: int, lists: int) -> int:
    """How long the list of a holder is."""
    return max(whole_power(columns + lists * MOST_SENTINELS), LEAST_HELD)


def require_sizes(lists: int, slots: int) -> None:
    """What an asker says that it will send. Raises ``Refused`` (``blind-count``)."""
    if slots & (slots - 1) or slots < LEAST_SLOTS or not 0 < lists * slots <= MOST_SLOTS:
        raise _count(f"{lists} lists of {slots} slots")


def require_asked(rows: int, lists: int, slots: int) -> None:
    """Raises ``Refused`` (``blind-count``)."""
    if rows != lists * slots:
        raise _count(f"{rows} slots for {lists} lists of {slots}")


def require_held(rows: int, lists: int) -> None:
    """Raises ``Refused`` (``blind-count``)."""
    if rows & (rows - 1) or not held_slots(0, lists) <= rows <= MOST_SLOTS:
        raise _count(f"{rows} slots of sites")


def require_fresh_rows(data: bytes) -> Rows:
    """Rows of which none comes twice. Raises ``Refused`` (``blind-repeat``, ``blind-count``)."""
    if len(data) % TOKEN_BYTES:
        raise _count(f"{len(data)} bytes")
    if len(set(_each(data, TOKEN_BYTES))) * TOKEN_BYTES != len(data):
        raise Refused(
            "blind-repeat",
            "The list holds a slot twice: each column is sent once.",
            remedy=_ASK,
        )
    return rows_of(data, TOKEN_BYTES)


def require_public(public: bytes, own: bytes) -> None:
    """Raises ``NotVerified`` (``blind-public``)."""
    if not is_element(public) or public == own:
        raise NotVerified(
            "blind-public",
            "What the other side logged is no element of the group, the identity, or our own.",
            remedy=_ASK,
        )


def _count(what: str) -> Refused:
    return Refused(
        "blind-count", f"A check of protected sites has no {what}: powers of two, padded.", remedy=_ASK
    )


def _raised(secret: DaySecret, rows: Rows, random: Random, workers: int | None) -> Masked:
    raised = power_of_each(rows, secret.secret, workers=workers)
    return Masked(raised.tobytes(), prove(secret.secret, rows, raised, random, workers=workers))


def _proved(public: bytes, sent: Rows, raised: Masked, workers: int | None) -> Rows:
    rows = rows_of(raised.rows, TOKEN_BYTES) if len(raised.rows) == sent.size else sent[:0]
    if not is_proved(public, sent, rows, raised.proofs, workers=workers):
        raise NotVerified(
            "blind-proof",
            "The re-masking is not proved to be that of the list, in order, by the logged scalar.",
            remedy=_ASK,
        )
    return rows


def _sentinels(key: bytes, number: int) -> Items:
    """Those that the list of one area may hold."""
    told = (b"site" + number.to_bytes(4, "big") + place.to_bytes(4, "big") for place in range(MOST_SENTINELS))
    cells = (blake2b(one, key=key, digest_size=CELL_BYTES).digest() for one in told)
    return items_of(SENTINEL, b"".join(cells))


def _numbered(sites: Mapping[str, bytes], room: int) -> tuple[dict[bytes, int], bool]:
    """Each column once, with its place in the list, as far as there is room; whether all are there."""
    found: dict[bytes, int] = {}
    for cells in sites.values():
        for one in _each(cells):
            found.setdefault(one, len(found))
    kept = {one: number for one, number in found.items() if number < room}
    return kept, len(kept) == len(found)


def _each(data: bytes, width: int = CELL_BYTES) -> list[bytes]:
    return [data[at : at + width] for at in range(0, len(data), width)]
