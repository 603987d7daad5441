# SPDX-License-Identifier: Apache-2.0
"""Which keys one member's root has named, from which place in the log, and what a signature is worth there.

    named at entry n ── counts from entry n+1 on ──► revoked at entry m: nothing after m
                        within [from, until): expiry is judged by time, revocation by place

A revoked key never returns, whatever is signed later: a thief cannot wait it out. Where the time of an entry
is known only within an interval, and a key holds in a part of it, the signature is *in doubt*: what hangs on
it is Undetermined. A second signature (see second.py) is checked wherever it stands; where the charter asks
for it, a ratification without it is *not signed twice*, and counts for nothing.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeAlias

from steerclear.record.card import MemberCard, is_signed_by_root
from steerclear.record.dsse import Signature
from steerclear.record.keys import Delegation, KeyRole
from steerclear.record.second import PREFIX, seconds_among
from steerclear.record.signature import is_signature
from steerclear.record.statement import SignedStatement

__all__ = ["RATIFICATION", "Judgement", "KeyBook", "SignatureJudgement", "Standing"]


class Standing(Enum):
    """What a signature is worth at its place, best first."""

    VALID = "valid"
    IN_DOUBT = "in doubt"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    NOT_SIGNED_TWICE = "not signed twice"
    REVOKED = "revoked"
    UNKNOWN_KEY = "unknown key"
    BAD_SIGNATURE = "bad signature"


@dataclass(frozen=True, slots=True)
class SignatureJudgement:
    """One signature in one role. ``role`` is ``None`` where the key is unknown or is a root key."""

    keyid: str
    standing: Standing
    role: KeyRole | None = None
    desk: str | None = None

    def is_valid_as(self, role: KeyRole) -> bool:
        return self.role is role and self.standing is Standing.VALID


@dataclass(frozen=True, slots=True)
class Judgement:
    """All that the signatures under a statement are worth at one place and time.

    ``by_root``  k of n root keys signed it
    """

    signatures: tuple[SignatureJudgement, ...]
    by_root: bool

    @property
    def roles(self) -> frozenset[KeyRole]:
        """Roles in which it was validly signed."""
        return frozenset(one.role for one in self._in_role() if one.standing is Standing.VALID and one.role)

    @property
    def desk(self) -> str | None:
        """The desk that a duty key speaks for, valid or expired; ``None`` is any desk, or no duty key."""
        return next((one.desk for one in self._in_role() if one.role is KeyRole.DUTY), None)

    def standing_as(self, role: KeyRole, *, desk: str | None = None) -> Standing:
        """The best standing in ``role``, for ``desk`` where one is given.

        A root key holds no role: it says who does, and valid as it is, it is an unknown key here.
        """
        found = [
            one.standing
            for one in self._in_role()
            if one.role is role and (desk is None or one.desk in (None, desk))
        ]
        unnamed = [
            one.standing for one in self.signatures if one.role is None and one.standing is not Standing.VALID
        ]
        return min(found or unnamed or [Standing.UNKNOWN_KEY], key=_BEST_FIRST.index)

    def _in_role(self) -> Iterator[SignatureJudgement]:
        return (one for one in self.signatures if one.role is not None)


@dataclass(frozen=True, slots=True)
class _Named:
    delegation: Delegation
    seq: int


class _Held:
    """The windows for which one key is named in one role, for one desk, in order of their beginning."""

    __slots__ = ("_named", "_newest", "_rows")

    def __init__(self) -> None:
        self._named: list[_Named] = []
        self._rows: list[Delegation] = []
        self._newest = -1

    def add(self, named: _Named) -> None:
        insort(self._named, named, key=_begin)
        insort(self._rows, named.delegation, key=_valid_from)
        self._newest = max(self._newest, named.seq)

    def before(self, seq: int | None) -> list[Delegation]:
        """Those that an entry before ``seq`` names (all if ``None``), to be read and not changed."""
        if seq is None or self._newest < seq:
            return self._rows
        return [one.delegation for one in self._named if one.seq < seq]


_As: TypeAlias = tuple[KeyRole, str | None]
"""What a key is named as: its role, and the desk that it speaks for."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is judged: a statement in entry ``seq`` (after all if ``None``), written between two instants."""

    signed: SignedStatement
    message: bytes
    earliest: int
    latest: int
    seq: int | None
    seconds: frozenset[str]


class KeyBook:
    """The delegations and revocations of one member, by place. It believes what it is told.

    ``signs_twice`` is the charter's word that roots and ratifications need their second signatures.
    """

    __slots__ = ("_by_keyid", "_by_role", "_revoked", "_roots", "card", "signs_twice")

    def __init__(self, card: MemberCard, *, signs_twice: bool = False) -> None:
        self.card = card
        self.signs_twice = signs_twice
        self._roots = dict(zip(card.root_keyids, card.root_keys, strict=True))
        # Every signature under every entry asks here, and a key is named anew for each day.
        self._by_keyid: dict[str, dict[_As, _Held]] = {}
        self._by_role: dict[KeyRole, list[_Named]] = {}
        self._revoked: dict[str, int] = {}

    def delegate(self, delegations: Iterable[Delegation], *, seq: int) -> None:
        for one in delegations:
            named = _Named(one, seq)
            self._by_keyid.setdefault(one.keyid, {}).setdefault((one.role, one.desk), _Held()).add(named)
            insort(self._by_role.setdefault(one.role, []), named, key=_place)

    def revoke(self, keyids: Iterable[str], *, seq: int) -> None:
        for keyid in keyids:
            self._revoked.setdefault(keyid, seq)

    @property
    def revoked(self) -> frozenset[str]:
        """Keyids that count for nothing any more."""
        return frozenset(self._revoked)

    def rows(self) -> Iterator[tuple[Delegation, int, int | None]]:
        """Every delegation, the entry that names it, and the entry that revokes its key (``None``: none)."""
        for held in self._by_role.values():
            for named in held:
                yield named.delegation, named.seq, self._revoked.get(named.delegation.keyid)

    def holders(
        self, role: KeyRole, *, at: int | None = None, seq: int | None = None
    ) -> tuple[Delegation, ...]:
        """Who holds ``role``, unrevoked, before entry ``seq`` (after all if ``None``), at ``at`` in ms.

        In order of place, and in one entry as it names them: the last is the newest.
        """
        return tuple(
            named.delegation
            for named in self._by_role.get(role, ())
            if _is_before(named.seq, seq)
            and not self._is_revoked(named.delegation.keyid, seq)
            and (at is None or named.delegation.valid_from <= at < named.delegation.valid_until)
        )

    def covers(self, keyid: str, roles: Collection[KeyRole], *, seq: int, earliest: int, latest: int) -> bool:
        """Did the key hold one of ``roles``, unrevoked, for entry ``seq`` and at each instant of a time?

        Both ends (ms) belong to it. Whoever signed then, and no second signature being asked, was valid.
        """
        rows = [
            row
            for (role, _), held in self._by_keyid.get(keyid, {}).items()
            if role in roles
            for row in held.before(seq)
        ]
        return not self._is_revoked(keyid, seq) and _cover(rows, earliest, latest)

    def window(self, judged: Judgement, role: KeyRole, *, seq: int, at: int) -> tuple[int, int]:
        """From when until when (exclusive, ms) the keys that validly signed in ``role`` hold without a gap.

        ``judged`` is what they were worth for entry ``seq`` at ``at``; where none was valid: at no time.
        """
        signed = {(one.keyid, one.desk) for one in judged.signatures if one.is_valid_as(role)}
        rows = [row for keyid, desk in signed for row in self._by_keyid[keyid][role, desk].before(seq)]
        return _begin_of(rows, at), _reach_of(rows, at)

    def judge(
        self, signed: SignedStatement, *, at: int, seq: int | None = None, until: int | None = None
    ) -> Judgement:
        """What each signature is worth for entry ``seq`` (after all entries if ``None``) at ``at`` in ms.

        ``until``: the entry was written between ``at`` and then, both inclusive.
        """
        message = signed.envelope.signed_bytes
        signatures = signed.envelope.signatures
        asked = _Asked(
            signed,
            message,
            earliest=at,
            latest=at if until is None else max(at, until),
            seq=seq,
            seconds=seconds_among(((one.keyid, one.sig) for one in signatures), message),
        )
        return Judgement(
            signatures=tuple(judged for one in signatures for judged in self._judge_one(one, asked)),
            by_root=is_signed_by_root(signed, self.card, twice=self.signs_twice),
        )

    def _judge_one(self, one: Signature, asked: _Asked) -> Iterator[SignatureJudgement]:
        held = [
            rows
            for named in self._by_keyid.get(one.keyid, {}).values()
            if (rows := named.before(asked.seq)) and rows[0].is_ed25519
        ]
        public = self._roots.get(one.keyid) or (held[0][0].public if held else None)
        if one.keyid.startswith(PREFIX):
            yield from self._judge_second(one.keyid, asked)
        elif public is None:
            yield SignatureJudgement(one.keyid, Standing.UNKNOWN_KEY)
        elif not is_signature(one.sig, asked.message, public):
            yield SignatureJudgement(one.keyid, Standing.BAD_SIGNATURE)
        elif one.keyid in self._roots:
            yield SignatureJudgement(one.keyid, Standing.VALID)
        else:
            # One judgement for each role and desk, over all the windows for which the key is named.
            for rows in held:
                standing = self._standing(rows, asked)
                yield SignatureJudgement(one.keyid, standing, rows[0].role, rows[0].desk)

    def _judge_second(self, keyid: str, asked: _Asked) -> Iterator[SignatureJudgement]:
        """A good one is told by the standing of the key that it stands beside; a false one by itself."""
        if keyid.removeprefix(PREFIX) not in asked.seconds:
            yield SignatureJudgement(keyid, Standing.BAD_SIGNATURE)

    def _standing(self, rows: list[Delegation], asked: _Asked) -> Standing:
        if self._is_revoked(rows[0].keyid, asked.seq):
            return Standing.REVOKED
        earliest, latest = asked.earliest, asked.latest
        open_then = [row for row in rows if row.valid_from <= latest and earliest < row.valid_until]
        if not open_then:
            return min((_standing_at(row, earliest) for row in rows), key=_BEST_FIRST.index)
        if self._lacks_second(open_then, asked):
            return Standing.NOT_SIGNED_TWICE
        is_whole = _cover(open_then, earliest, latest)
        return Standing.VALID if is_whole else Standing.IN_DOUBT

    def _lacks_second(self, rows: list[Delegation], asked: _Asked) -> bool:
        binds = rows[0].role is KeyRole.AUTHORITY and asked.signed.statement.kind == RATIFICATION
        return self.signs_twice and binds and not any(row.second in asked.seconds for row in rows)

    def _is_revoked(self, keyid: str, seq: int | None) -> bool:
        return keyid in self._revoked and _is_before(self._revoked[keyid], seq)


RATIFICATION: Final = "annex.ratify"
_BEST_FIRST: Final = tuple(Standing)


def _place(named: _Named) -> int:
    return named.seq


def _begin(named: _Named) -> int:
    return named.delegation.valid_from


def _valid_from(row: Delegation) -> int:
    return row.valid_from


def _is_before(place: int, seq: int | None) -> bool:
    return seq is None or place < seq


def _cover(rows: list[Delegation], earliest: int, latest: int) -> bool:
    """Do these windows, of one day each, say, hold from the earliest to the latest instant without a gap?"""
    return _reach_of(rows, earliest) > latest


def _reach_of(rows: list[Delegation], at: int) -> int:
    """Until when they hold without a gap from ``at`` on; ``at`` itself where none holds then."""
    for row in sorted(rows, key=lambda one: one.valid_from):
        if row.valid_from <= at:
            at = max(at, row.valid_until)
    return at


def _begin_of(rows: list[Delegation], at: int) -> int:
    """Since when they hold without a gap up to ``at``."""
    for row in sorted(rows, key=lambda one: one.valid_until, reverse=True):
        if row.valid_until >= at:
            at = min(at, row.valid_from)
    return at


def _standing_at(delegation: Delegation, at: int) -> Standing:
    """Outside of its window."""
    return Standing.NOT_YET_VALID if at < delegation.valid_from else Standing.EXPIRED
