# SPDX-License-Identifier: Apache-2.0
"""Which entries in a row are plain, and what must their log still be asked before it takes them all at once?

Most of an entry can be checked without the log before it: its form, its place, its id, and whether each
signature is of these bytes. A *stretch* is a run of entries of which all that was checked, by another process
as a rule (see crew.py), and holds. Only this is left to the log, once for the whole run:

    place, time and heads   does the first entry go on from the log's last one?
    ids                     was none of them said before?
    keys                    is each one that signed named before the run, in its role, for all of its time?

An entry is plain when it changes no key and nothing about it is to be remarked. Nothing here says that an
entry is bad: what is not plain is read by its ``Log`` alone, whole, as if this file were not there.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from steerclear.errors import NotVerified
from steerclear.record.charter import Charter, mechanism_of
from steerclear.record.entry import lost_head, require_heads, require_own_id, require_said_here
from steerclear.record.keybook import RATIFICATION
from steerclear.record.leaf import Head, Leaf, SignedLeaf, parse_signed_leaf
from steerclear.record.merkle import leaf_hash
from steerclear.record.plain import read_plain
from steerclear.record.sealed import SealedStatement
from steerclear.record.signature import is_signature

__all__ = ["Seen", "Stretch", "Use", "newly_seen", "stretches_of"]


@dataclass(frozen=True, slots=True)
class Use:
    """A key of ``author`` signed entries between two instants, as the node key or under their statements."""

    author: str
    keyid: str
    signs_leaves: bool
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Seen:
    """Entry ``seq`` names ``head`` of ``member``, and the entry before it did not."""

    seq: int
    member: str
    head: Head


@dataclass(frozen=True, slots=True)
class Stretch:
    """Plain entries from ``start`` on. ``said`` is id → commitment, ``None`` in clear; all in raw bytes.

    ``ats`` instants in ms; ``leaf_hashes`` 32 bytes each; ``seen`` without what the first entry has seen,
    which only the log can tell from what was seen before it.
    """

    start: int
    ats: array[int]
    leaf_hashes: bytes
    said: Mapping[bytes, bytes | None]
    first_heads: Mapping[str, Head]
    last_heads: Mapping[str, Head]
    seen: tuple[Seen, ...]
    uses: tuple[Use, ...]
    sealed: int
    signatures: int

    @property
    def size(self) -> int:
        return len(self.ats)


@dataclass(frozen=True, slots=True)
class _Plain:
    """One plain entry; ``signers`` are author, keyid, and whether it signed the leaf."""

    leaf: Leaf
    leaf_hash: bytes
    signers: tuple[tuple[str, str, bool], ...]


def stretches_of(
    entries: Sequence[bytes],
    start: int,
    *,
    charter: Charter,
    member: str,
    generation: int,
    keys: Mapping[str, bytes],
) -> Iterator[Stretch]:
    """The runs of plain entries among ``entries``, which stand in that log from place ``start`` on.

    ``keys`` are the raw public keys that the log is known to name, by keyid. Never raises.
    """
    run: list[_Plain] = []
    mechanism = mechanism_of(charter)
    for seq, data in enumerate(entries, start):
        plain = _plain(data, (mechanism, member, generation, seq), charter, keys)
        if run and (plain is None or not _goes_on(run[-1].leaf, plain.leaf)):
            yield _stretch(run)
            run = []
        if plain is not None:
            run.append(plain)
    if run:
        yield _stretch(run)


def _plain(
    data: bytes, place: tuple[str, str, int, int], charter: Charter, keys: Mapping[str, bytes]
) -> _Plain | None:
    try:
        signed = read_plain(data, *place) or parse_signed_leaf(data)
        leaf = signed.leaf
        if (leaf.mechanism, leaf.author, leaf.generation, leaf.seq) != place or leaf.seq < 2:
            return None
        require_heads(leaf, {}, charter, "")
        if not _is_ordinary(leaf, charter):
            return None
        require_said_here(leaf, charter, "")
        require_own_id(leaf, charter, "")
    except NotVerified:
        return None
    signers = _genuine_signers(signed, keys)
    return None if signers is None else _Plain(leaf, leaf_hash(data), signers)


def _is_ordinary(leaf: Leaf, charter: Charter) -> bool:
    """Does it change no key and no log, need no second signature, and is all of it here?"""
    if isinstance(leaf.content, SealedStatement):
        return leaf.content.blobs is None
    kind = leaf.content.statement.kind
    return not kind.startswith(("charter.", "key.", "log.")) and not (
        charter.signs_twice and kind == RATIFICATION
    )


def _genuine_signers(
    signed: SignedLeaf, keys: Mapping[str, bytes]
) -> tuple[tuple[str, str, bool], ...] | None:
    """Who signed the leaf and its statement; ``None`` where one is not known, or not of these bytes."""
    leaf = signed.leaf
    found: list[tuple[str, str, bool]] = []
    said = [] if leaf.statement is None else [(leaf.statement.statement.author, leaf.statement.envelope)]
    for author, envelope in ((leaf.author, signed.envelope), *said):
        message = envelope.signed_bytes
        for one in envelope.signatures:
            public = keys.get(one.keyid)
            if public is None or not is_signature(one.sig, message, public):
                return None
            found.append((author, one.keyid, envelope is signed.envelope))
    return tuple(found)


def _goes_on(before: Leaf, after: Leaf) -> bool:
    return before.at <= after.at and lost_head(before.heads, after.heads) is None


def _stretch(run: Sequence[_Plain]) -> Stretch:
    """Ids that stand twice in the run make it shorter than it is, and the log sees that."""
    leaves = [one.leaf for one in run]
    first: dict[tuple[str, str, bool], int] = {}
    last: dict[tuple[str, str, bool], int] = {}
    for one in run:
        for signer in one.signers:
            first.setdefault(signer, one.leaf.at)
            last[signer] = one.leaf.at
    return Stretch(
        start=leaves[0].seq,
        ats=array("q", [leaf.at for leaf in leaves]),
        leaf_hashes=b"".join(one.leaf_hash for one in run),
        said={
            bytes.fromhex(leaf.statement_id): bytes.fromhex(leaf.sealed.commitment) if leaf.sealed else None
            for leaf in leaves
        },
        first_heads=leaves[0].heads,
        last_heads=leaves[-1].heads,
        seen=tuple(
            one
            for before, after in pairwise(leaves)
            for one in newly_seen(after.seq, before.heads, after.heads)
        ),
        uses=tuple(Use(*signer, first[signer], last[signer]) for signer in first),
        sealed=sum(leaf.sealed is not None for leaf in leaves),
        signatures=sum(len(one.signers) for one in run),
    )


def newly_seen(seq: int, before: Mapping[str, Head], heads: Mapping[str, Head]) -> Iterator[Seen]:
    """Those of entry ``seq``'s ``heads`` that differ from those of the entry before it."""
    return (Seen(seq, member, head) for member, head in heads.items() if before.get(member) != head)
