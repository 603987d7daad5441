# SPDX-License-Identifier: Apache-2.0
"""Which keys one member's root has named, from which place in the log, and what a signature is worth there.

    named at entry n ── counts from entry n+1 on ──► revoked at entry m: nothing after m
                        within [from, until): expiry is judged by time, revocation by place

A revoked key never returns, whatever is signed later: a thief cannot wait it out.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from steerclear.record.card import MemberCard, is_signed_by_root
from steerclear.record.dsse import Signature
from steerclear.record.keys import Delegation, KeyRole, is_signature
from steerclear.record.statement import SignedStatement

__all__ = ["Judgement", "KeyBook", "SignatureJudgement", "Standing"]


class Standing(Enum):
    """What a signature is worth at its place, best first."""

    VALID = "valid"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
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


class KeyBook:
    """The delegations and revocations of one member, by place. It believes what it is told."""

    __slots__ = ("_by_keyid", "_by_role", "_revoked", "card")

    def __init__(self, card: MemberCard) -> None:
        self.card = card
        self._by_keyid: dict[str, list[_Named]] = {}
        self._by_role: dict[KeyRole, list[_Named]] = {}
        self._revoked: dict[str, int] = {}

    def delegate(self, delegations: Iterable[Delegation], *, seq: int) -> None:
        for one in delegations:
            named = _Named(one, seq)
            self._by_keyid.setdefault(one.keyid, []).append(named)
            insort(self._by_role.setdefault(one.role, []), named, key=_place)

    def revoke(self, keyids: Iterable[str], *, seq: int) -> None:
        for keyid in keyids:
            self._revoked.setdefault(keyid, seq)

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

    def judge(self, signed: SignedStatement, *, at: int, seq: int | None = None) -> Judgement:
        """What each signature is worth for entry ``seq`` (after all entries if ``None``) at ``at`` in ms."""
        message = signed.envelope.signed_bytes
        return Judgement(
            signatures=tuple(
                judged
                for one in signed.envelope.signatures
                for judged in self._judge_one(one, message, at=at, seq=seq)
            ),
            by_root=is_signed_by_root(signed, self.card),
        )

    def _judge_one(
        self, one: Signature, message: bytes, *, at: int, seq: int | None
    ) -> Iterator[SignatureJudgement]:
        roots = dict(zip(self.card.root_keyids, self.card.root_keys, strict=True))
        rows = [
            named.delegation
            for named in self._by_keyid.get(one.keyid, ())
            if named.delegation.role is not KeyRole.RECIPIENT and _is_before(named.seq, seq)
        ]
        public = roots.get(one.keyid) or (rows[0].public if rows else None)
        if public is None:
            yield SignatureJudgement(one.keyid, Standing.UNKNOWN_KEY)
        elif not is_signature(one.sig, message, public):
            yield SignatureJudgement(one.keyid, Standing.BAD_SIGNATURE)
        elif one.keyid in roots:
            yield SignatureJudgement(one.keyid, Standing.VALID)
        else:
            yield from self._standings(one.keyid, rows, at=at, seq=seq)

    def _standings(
        self, keyid: str, rows: list[Delegation], *, at: int, seq: int | None
    ) -> Iterator[SignatureJudgement]:
        """One judgement for each role and desk: the best of its windows."""
        best: dict[tuple[KeyRole, str | None], Standing] = {}
        for row in rows:
            standing = Standing.REVOKED if self._is_revoked(keyid, seq) else _standing_at(row, at)
            here = best.setdefault((row.role, row.desk), standing)
            best[row.role, row.desk] = min(here, standing, key=_BEST_FIRST.index)
        for (role, desk), standing in best.items():
            yield SignatureJudgement(keyid, standing, role, desk)

    def _is_revoked(self, keyid: str, seq: int | None) -> bool:
        return keyid in self._revoked and _is_before(self._revoked[keyid], seq)


_BEST_FIRST: Final = tuple(Standing)


def _place(named: _Named) -> int:
    return named.seq


def _is_before(place: int, seq: int | None) -> bool:
    return seq is None or place < seq


def _standing_at(delegation: Delegation, at: int) -> Standing:
    if at < delegation.valid_from:
        return Standing.NOT_YET_VALID
    return Standing.VALID if at < delegation.valid_until else Standing.EXPIRED
