# SPDX-License-Identifier: Apache-2.0
"""Which recipient keys of past days are destroyed now? Facts are gathered here; record/spent.py decides.

A look is cheap until a key's day was passed by all and is backed up: only then its entries are read. What was
still unread when a key had to die is named unreadable in the next beat, so that its author seals it again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import structlog

from steerclear.links.keystore import KeyName
from steerclear.mechanism.entry import Place
from steerclear.model.time import Instant, parse_instant
from steerclear.record.form import instant_field, integer_field, list_field, object_field, print_instant
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.leaf import Leaf, parse_leaf
from steerclear.record.log import Log
from steerclear.record.recipient import RecipientPrivateKey
from steerclear.record.spent import LONGEST_KEPT_MS, RecipientKeyFacts, why_kept
from steerclear.services.keys_ahead import DAY_MS
from steerclear.services.ledger import Ledger
from steerclear.store.port import StoredEntry

__all__ = ["SpentKeys", "note_verified_backup"]

LOOK_EVERY_MS: Final = 10 * 60_000
GRACE_MS: Final = 10 * 60_000
"""What was sealed just before midnight, or under a clock that is a little late, is written a little after."""

_BACKUP: Final = "verified-backup"

_log = structlog.get_logger("steerclear.spent-keys")


def note_verified_backup(ledger: Ledger, sizes: Mapping[str, tuple[int, int]]) -> None:
    """A backup of this node was read back and verified; it holds so much of each log: generation and size."""
    held: JsonObject = {name: list(size) for name, size in sizes.items()}
    value: JsonObject = {"at": print_instant(ledger.now()), "sizes": held}
    ledger.store.keep_fact(_BACKUP, print_ijson(value))


@dataclass(frozen=True, slots=True)
class _Past:
    """A held key whose day is over."""

    name: KeyName
    key: RecipientPrivateKey
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class _SealedToUs:
    """An entry that a key of ours opens, and how it stands in the store."""

    place: Place
    leaf: Leaf
    is_opened: bool


class SpentKeys:
    """Destroys what is spent, when it is asked to look. One thread, the node's writer."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._look_at = Instant(0)
        self.kept_because: dict[str, tuple[str, ...]] = {}
        """Of each past day whose key is still held: why."""

    def destroy(self) -> tuple[KeyName, ...]:
        """Look, at most every ten minutes, and destroy what may go; the names of the keys that are gone."""
        now = self._ledger.now()
        if now < self._look_at:
            return ()
        self._look_at = Instant(now + LOOK_EVERY_MS)
        self.kept_because = {}
        return tuple(past.name for past in self._past(now) if self._destroyed(past, now))

    def _destroyed(self, past: _Past, now: int) -> bool:
        facts = self._facts(past, now)
        because = why_kept(facts)
        if because:
            self.kept_because[past.name.label] = because
            return False
        self._ledger.keys.forget(past.name)
        self._name_unread(past, facts)
        _log.info("recipient-key-destroyed", day=past.name.label, unread=len(facts.unopened))
        return True

    def _past(self, now: int) -> Iterator[_Past]:
        named = {row.keyid: row for row, _, _ in self._ledger.own.keys.rows()}
        for label, key in self._ledger.recipients_here().items():
            row = named.get(key.keyid)
            # One that was made and never named opens nothing; it goes by the day on its label.
            begins = row.valid_from if row is not None else parse_instant(f"{label[:10]}T00:00:00.000Z")
            ends = row.valid_until if row is not None else begins + DAY_MS
            if ends <= now:
                yield _Past(KeyName("recipient", label), key, begins, ends)

    def _facts(self, past: _Past, now: int) -> RecipientKeyFacts:
        ledger = self._ledger
        logs = ledger.logs
        facts = RecipientKeyFacts(
            day_ends=past.ends,
            now=now,
            behind=tuple(peer for peer in ledger.peers if logs[peer].last_at < past.ends + GRACE_MS),
            unopened=(),
            reseals_owed=(),
            backed_up=all(self._is_backed_up(log, past) for log in logs.values()),
        )
        must_die = now >= past.ends + LONGEST_KEPT_MS
        if why_kept(facts) and not must_die:
            return facts
        sealed = list(self._sealed_to(past))
        named = set(ledger.view.heads.unreadable_by(ledger.me))
        return replace(
            facts,
            unopened=tuple(
                _spelled(one.place)
                for one in sealed
                if not one.is_opened and one.leaf.statement_id not in named
            ),
            reseals_owed=tuple(_spelled(one.place) for one in sealed if self._may_owe(one)),
        )

    def _is_backed_up(self, log: Log, past: _Past) -> bool:
        first, stop = _day_of(log, past)
        generation, size = self._backup().get(log.member, (-1, 0))
        return first == stop or (generation == log.generation and size >= stop)

    def _backup(self) -> Mapping[str, tuple[int, int]]:
        kept = self._ledger.store.fact(_BACKUP)
        if kept is None:
            return {}
        found = object_field(parse_ijson(kept, where=_BACKUP), ("at", "sizes"), _BACKUP)
        instant_field(found["at"], _BACKUP)
        sizes = found["sizes"]
        rows = sizes.items() if isinstance(sizes, dict) else ()
        return {name: _pair(list_field(row, _BACKUP, at_least=2, at_most=2)) for name, row in rows}

    def _sealed_to(self, past: _Past) -> Iterator[_SealedToUs]:
        ledger = self._ledger
        for log in ledger.logs.values():
            for stored in ledger.store.entries(log.member, log.generation, *_day_of(log, past)):
                leaf = parse_leaf(stored.leaf)
                wraps = leaf.sealed.wraps if leaf.sealed is not None else ()
                if any((wrap.member, wrap.keyid) == (ledger.me, past.key.keyid) for wrap in wraps):
                    yield _SealedToUs(_place(stored), leaf, stored.opened is not None)

    def _may_owe(self, one: _SealedToUs) -> bool:
        """An own entry that a peer cannot read or has not seen, and that was not sealed again."""
        ledger, sealed = self._ledger, one.leaf.sealed
        if one.place.author != ledger.me or sealed is None:
            return False
        for member in sealed.recipients & set(ledger.peers):
            covering = ledger.view.heads.covering_copy(member, sealed.id, one.place)
            if covering is None or (covering.unreadable and not self._is_sealed_again(sealed.id, one.place)):
                return True
        return False

    def _is_sealed_again(self, id_: str, place: Place) -> bool:
        later = self._ledger.store.leaves(place.author, place.generation, place.seq + 1)
        return any(parse_leaf(leaf).statement_id == id_ for leaf in later)

    def _name_unread(self, past: _Past, facts: RecipientKeyFacts) -> None:
        if not facts.unopened:
            return
        ledger = self._ledger
        for one in self._sealed_to(past):
            if _spelled(one.place) in facts.unopened:
                why = f"its recipient key of {past.name.label} was destroyed before it could be opened"
                ledger.unreadable[one.leaf.statement_id] = (one.place.author, why)
        ledger.beat_owed = True


def _day_of(log: Log, past: _Past) -> tuple[int, int]:
    """Places of the entries written on the key's day, or just after it."""
    places = range(log.size)
    first = bisect_left(places, past.begins, key=log.at_of)
    return first, bisect_left(places, past.ends + GRACE_MS, lo=first, key=log.at_of)


def _place(stored: StoredEntry) -> Place:
    return Place(stored.member, stored.generation, stored.seq)


def _spelled(place: Place) -> str:
    return f"{place.author}/{place.generation}/{place.seq}"


def _pair(row: Sequence[JsonValue]) -> tuple[int, int]:
    generation, size = row
    return integer_field(generation, _BACKUP), integer_field(size, _BACKUP)
