# SPDX-License-Identifier: Apache-2.0
"""May this be said at this place of this log, and what does it change about keys?

The rules for heads, and for the statements that are the record's own: ``charter.*``, ``key.*``,
``log.succeed`` and ``node.beat``. Pure; ``Log`` asks them for each entry. They raise ``NotVerified``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from steerclear.errors import NotVerified
from steerclear.record.beat import read_beat_body
from steerclear.record.card import is_signed_by_root
from steerclear.record.charter import Charter, read_join_body
from steerclear.record.form import object_field
from steerclear.record.identity import require_id_of
from steerclear.record.ijson import print_ijson
from steerclear.record.keys import HYBRID, Delegation, KeyRole, read_delegate_body, read_revoke_body
from steerclear.record.leaf import Head, Leaf
from steerclear.record.sealed import SealedStatement
from steerclear.record.statement import SignedStatement, Statement
from steerclear.record.succession import read_succeed_body

__all__ = [
    "KeyChange",
    "lost_head",
    "read_key_change",
    "require_heads",
    "require_own_id",
    "require_said_here",
]


@dataclass(frozen=True, slots=True)
class KeyChange:
    """What an entry changes about the keys of ``author``; empty for most entries."""

    author: str
    delegations: tuple[Delegation, ...] = ()
    revoked: tuple[str, ...] = ()


def read_key_change(leaf: Leaf) -> KeyChange:
    """Call it only for a leaf that ``require_said_here`` lets pass."""
    if leaf.statement is None:
        return KeyChange(leaf.author)
    said = leaf.statement.statement
    if said.kind == "key.delegate":
        return KeyChange(said.author, delegations=read_delegate_body(said.body))
    if said.kind == "key.revoke":
        return KeyChange(said.author, revoked=read_revoke_body(said.body).keyids)
    return KeyChange(said.author)


def require_heads(leaf: Leaf, before: Mapping[str, Head], charter: Charter, place: str) -> None:
    """Heads name the logs of others, and see at least what the entry ``before`` has seen."""
    for member in leaf.heads:
        if member == leaf.author or member not in charter:
            raise NotVerified(
                "heads-name",
                f"The heads name {member}, which is this log itself or no member.",
                where=place,
                remedy="Refuse the entry; its node is at fault.",
            )
    lost = lost_head(before, leaf.heads)
    if lost is not None:
        raise NotVerified(
            "heads-backwards",
            f"The entry has seen less of {lost}'s log than the entry before it, or another one.",
            where=place,
            remedy="Refuse the entry; its node lost what it had acknowledged, or shows two records.",
        )


def lost_head(before: Mapping[str, Head], after: Mapping[str, Head]) -> str | None:
    """The first member of whose log ``after`` has seen less than ``before``, or another one."""
    for member, seen in before.items():
        now = after.get(member)
        if now is None or not _goes_on(seen, now):
            return member
    return None


def _goes_on(before: Head, now: Head) -> bool:
    if (before.generation, before.size) == (now.generation, now.size):
        return before.root == now.root
    return (before.generation, before.size) < (now.generation, now.size)


def require_own_id(leaf: Leaf, charter: Charter, place: str) -> None:
    """What is said in clear stands under an id of its author; sealed, of one who speaks in this log."""
    authors = [leaf.author, *sorted(charter.carried_by(leaf.author))]
    if leaf.statement is not None:
        authors = [leaf.statement.statement.author]
    require_id_of(leaf.statement_id, authors, mechanism=leaf.mechanism, where=place)


def require_said_here(leaf: Leaf, charter: Charter, place: str) -> None:
    """Refuse an entry that may not stand at ``leaf.seq`` of the log of ``leaf.author``."""
    if isinstance(leaf.content, SealedStatement):
        _require_beginning(leaf, None, place)
        _require_own_wrap(leaf.content, leaf.author, place)
        return
    said = leaf.content.statement
    _require_author(leaf, said, charter, place)
    _require_beginning(leaf, said, place)
    if said.kind.startswith(("charter.", "key.")) or said.kind == "log.succeed":
        _require_root(leaf.content, charter, place)
    _require_body(leaf, said, charter, place)


def _require_own_wrap(sealed: SealedStatement, author: str, place: str) -> None:
    if author not in sealed.recipients:
        raise NotVerified(
            "sealed-from-author",
            f"{author} cannot open its own sealed statement, and so could deny what it says.",
            where=place,
            remedy="Refuse the entry; the author seals to itself too.",
        )


def _require_author(leaf: Leaf, said: Statement, charter: Charter, place: str) -> None:
    if said.mechanism != leaf.mechanism:
        raise NotVerified(
            "statement-other-mechanism",
            "The statement belongs to another mechanism.",
            where=place,
            remedy="Refuse it; nothing passes from one mechanism to another by itself.",
        )
    carried = said.author in charter.carried_by(leaf.author)
    if said.author != leaf.author and not carried and said.kind != "log.succeed":
        raise NotVerified(
            "statement-under-another-name",
            f"A statement of {said.author} stands in the log of {leaf.author}.",
            where=place,
            remedy="Refuse it; it counts only in its author's own log.",
        )


def _require_beginning(leaf: Leaf, said: Statement | None, place: str) -> None:
    """The first entries make everything after them checkable, so they have one order."""
    if leaf.seq > 1:
        return
    second = ("charter.found", "charter.join") if leaf.generation == 0 else ("log.succeed",)
    wanted = ("key.delegate",) if leaf.seq == 0 else second
    if said is None or said.kind not in wanted or said.author != leaf.author:
        raise NotVerified(
            "log-beginning",
            f"Entry {leaf.seq} of a log is {' or '.join(wanted)} of its own author, in clear.",
            where=place,
            remedy="Refuse the log; a member begins it with its delegations and its charter.",
        )


def _require_root(signed: SignedStatement, charter: Charter, place: str) -> None:
    author = signed.statement.author
    if not is_signed_by_root(signed, charter.card(author)):
        raise NotVerified(
            "not-signed-by-root",
            f"A {signed.statement.kind} is not signed by enough root keys of {author}.",
            where=place,
            remedy="Refuse it; only k of n root keys say which keys speak for a member.",
        )
    if charter.signs_twice and not is_signed_by_root(signed, charter.card(author), twice=True):
        raise NotVerified(
            "not-signed-twice",
            f"A {signed.statement.kind} is not signed twice by enough root keys of {author}.",
            where=place,
            remedy="Refuse it; under this charter each root key signs with its second key, too.",
        )


def _require_body(leaf: Leaf, said: Statement, charter: Charter, place: str) -> None:
    if said.kind == "node.beat":
        read_beat_body(said.body)
    elif said.kind == "key.delegate":
        _require_policy(read_delegate_body(said.body), charter, place)
    elif said.kind == "key.revoke":
        read_revoke_body(said.body)
    elif said.kind == "log.succeed":
        _require_succession(leaf, said, place)
    elif said.kind in ("charter.found", "charter.join"):
        _require_charter(leaf, said, place)


def _require_policy(delegations: Sequence[Delegation], charter: Charter, place: str) -> None:
    """What is sealed under such a charter is sealed to hybrid keys alone, because no others are named."""
    if charter.seals_hybrid and any(
        one.role is KeyRole.RECIPIENT and not one.is_hybrid for one in delegations
    ):
        raise NotVerified(
            "delegation-not-hybrid",
            f"The charter asks for {HYBRID} recipient keys, and another is named.",
            where=place,
            remedy="Refuse it; the member names a key of the kind that its charter asks for.",
        )


def _require_succession(leaf: Leaf, said: Statement, place: str) -> None:
    generation = read_succeed_body(said.body).generation
    if leaf.seq == 1 and generation != leaf.generation:
        raise NotVerified(
            "succession-generation",
            f"The succession begins generation {generation}, and stands in {leaf.generation}.",
            where=place,
            remedy="Refuse the log; the root signs a succession that names its generation.",
        )


def _require_charter(leaf: Leaf, said: Statement, place: str) -> None:
    if leaf.seq != 1 and said.author == leaf.author:
        raise NotVerified(
            "charter-late",
            "A member founds or joins in the second entry of its log, and only there.",
            where=place,
            remedy="Refuse it; to change the charter, found a new mechanism.",
        )
    if _charter_hash(said) != leaf.mechanism:
        raise NotVerified(
            "charter-mismatch",
            "The charter that is founded or joined is not that of this mechanism.",
            where=place,
            remedy="Compare the mechanism's hash by voice; refuse the log.",
        )


def _charter_hash(said: Statement) -> str:
    if said.kind == "charter.join":
        return read_join_body(said.body)
    charter = object_field(said.body, ("charter",), "charter.found")["charter"]
    return hashlib.sha256(print_ijson(charter)).hexdigest()
