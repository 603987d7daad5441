# SPDX-License-Identifier: Apache-2.0
"""What does a node show of every log that it holds, in the forms that other people's tools read?

    checkpoint                                   the newest one, with every line (C2SP tlog-checkpoint)
    tile/LEVEL/INDEX, tile/entries/INDEX         hashes and entries that never change (C2SP tlog-tiles)
    add-checkpoint                               a cosignature for who asks (C2SP tlog-witness)

A witness here cosigns only what its node holds entry by entry: a cosignature says that the log is mirrored.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from steerclear.errors import NotVerified
from steerclear.record.checkpoint import Checkpoint, parse_checkpoint
from steerclear.record.cosignature import cosigner_name
from steerclear.record.keys import KeyRole
from steerclear.record.log import Log
from steerclear.record.merkle import Tree, leaf_hash
from steerclear.record.note import Note, parse_note, print_lines, print_note
from steerclear.record.tiles import TilePath, hash_tile, parse_tile_path, print_entries
from steerclear.record.witness import (
    SIZE_TYPE,
    AddCheckpoint,
    Verdict,
    Witnessed,
    judge_request,
    origin_hash,
    parse_add_checkpoint,
)
from steerclear.services.ledger import Ledger

__all__ = ["Page", "PublishedLogs", "WitnessAnswer"]

TEXT: Final = "text/plain; charset=utf-8"
BYTES: Final = "application/octet-stream"
NOT_MIRRORED: Final = 503
"""The answer to a request that would be cosigned once its entries are here: try again."""


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes to serve; ``never_changes`` those of a tile."""

    body: bytes
    media_type: str
    never_changes: bool


@dataclass(frozen=True, slots=True)
class WitnessAnswer:
    """An answer to add-checkpoint, its ``status`` as HTTP numbers it."""

    status: int
    body: bytes
    media_type: str = TEXT


class PublishedLogs:
    """The logs of one ledger. Called from one thread, the node's writer."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._past: dict[tuple[str, int], Tree] = {}
        """Trees of generations that have ended, once somebody asked."""

    def page(self, member: str, generation: int, path: str) -> Page | None:
        """What lies at ``path`` below a log's prefix; ``None`` where nothing does."""
        if path == "checkpoint":
            note = self._ledger.store.note(member, generation)
            return None if note is None else Page(note, TEXT, never_changes=False)
        try:
            tile = parse_tile_path(path)
        except NotVerified:
            return None
        if not tile.is_in(self._ledger.store.size(member, generation)):
            return None
        return Page(self._tile(member, generation, tile), BYTES, never_changes=True)

    def add_checkpoint(self, data: bytes) -> WitnessAnswer:
        """Cosign, or say why not. Raises ``NotVerified`` for what is no request."""
        request = parse_add_checkpoint(data)
        checkpoint = parse_checkpoint(request.note.text)
        others = {
            log.origin: (member, log)
            for member, log in self._ledger.logs.items()
            if member != self._ledger.me
        }
        known = {origin: self._witnessed(member, log) for origin, (member, log) in others.items()}
        verdict = judge_request(request, known)
        if verdict is Verdict.OTHER_SIZE:
            return WitnessAnswer(verdict, b"%d\n" % known[checkpoint.origin].size, SIZE_TYPE)
        if verdict not in (Verdict.COSIGN, Verdict.NOT_CONSISTENT) or checkpoint.size == 0:
            return WitnessAnswer(verdict if verdict is not Verdict.COSIGN else Verdict.NOT_CONSISTENT, b"")
        return self._judged(verdict, request, checkpoint, *others[checkpoint.origin])

    def cosigned(self, hash_of_origin: str) -> Page | None:
        """The newest checkpoint that this node cosigned of the log whose origin has this hash."""
        for member, log in self._ledger.logs.items():
            note = self._own_line_on(member)
            if note is not None and origin_hash(log.origin) == hash_of_origin:
                return Page(print_note(note), TEXT, never_changes=False)
        return None

    def _tile(self, member: str, generation: int, tile: TilePath) -> bytes:
        if tile.level is None:
            first = tile.first
            return print_entries(
                list(self._ledger.store.leaves(member, generation, first, first + tile.width))
            )
        log = self._ledger.logs.get(member)
        if log is not None and log.generation == generation:
            return log.tile(tile)
        return hash_tile(self._past_tree(member, generation), tile)

    def _past_tree(self, member: str, generation: int) -> Tree:
        place = member, generation
        if place not in self._past:
            tree = Tree()
            for entry in self._ledger.store.leaves(member, generation):
                tree.append(leaf_hash(entry))
            self._past[place] = tree
        return self._past[place]

    def _judged(
        self, verdict: Verdict, request: AddCheckpoint, checkpoint: Checkpoint, member: str, log: Log
    ) -> WitnessAnswer:
        """The log's own signature holds: cosign what agrees with our copy, keep as proof what does not."""
        if checkpoint.size > log.size and verdict is Verdict.COSIGN:
            return WitnessAnswer(NOT_MIRRORED, b"")
        try:
            self._ledger.notes.take_in(member, print_note(request.note))
        except NotVerified:
            return WitnessAnswer(Verdict.NOT_CONSISTENT, b"")
        note = self._own_line_on(member)
        if verdict is not Verdict.COSIGN or note is None:
            return WitnessAnswer(Verdict.NOT_CONSISTENT, b"")
        return WitnessAnswer(
            verdict, print_lines(line for line in note.signatures if line.name == self._own_name)
        )

    def _witnessed(self, member: str, log: Log) -> Witnessed:
        keys = tuple(key.public for key in log.keys.holders(KeyRole.NODE, seq=log.size))
        note = self._own_line_on(member)
        if note is None:
            return Witnessed(keys)
        last = parse_checkpoint(note.text)
        return Witnessed(keys, last.size, last.root)

    def _own_line_on(self, member: str) -> Note | None:
        """The newest note of ``member``'s log, if this node has cosigned it."""
        data = self._ledger.notes.newest(member)
        note = None if data is None else parse_note(data)
        if note is None or all(line.name != self._own_name for line in note.signatures):
            return None
        return note

    @property
    def _own_name(self) -> str:
        return cosigner_name(self._ledger.mechanism, self._ledger.me)
