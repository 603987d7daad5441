# SPDX-License-Identifier: Apache-2.0
"""How does what an audit needs leave the node, so that only k of the member's n offline keys bring it back?

    opening ──AES-256-GCM under a fresh key──► ciphertext            key = share ⊕ … ⊕ share, k of them,
                                                                     anew for every choice of k among n;
                                                                     each share by HPKE to one offline key

It is sealed before its list is committed to, and again with each later list: from then on the node itself
cannot read what it keeps here. Without offline keys nothing is kept, and the faces say that nothing can be
audited. Refused: keys that are none, more than five, fewer needed than one or more than there are.

    day of the cells ends ──► keep_days ──► is an incident open? ──no──► destroyed, overwritten on disk
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from itertools import combinations
from typing import Final

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from steerclear.blind.grid import DAY_S
from steerclear.blind.opening import Opened, parse_opened, print_opened
from steerclear.errors import NotVerified
from steerclear.record.form import integer_field, list_field, object_field
from steerclear.record.ijson import JsonObject, JsonValue, parse_ijson, print_ijson
from steerclear.record.recipient import RecipientPrivateKey, RecipientPublicKey
from steerclear.services.blind_day import PartyDay
from steerclear.services.blind_offline import KEEP_DAYS, OfflineKeys
from steerclear.services.ledger import Ledger

__all__ = ["OpeningShelf", "fact_of", "seal_opening", "unseal_opening"]

_FORM: Final = "steerclear blind opening 1"
_FIELDS: Final = ("form", "member", "needed", "of", "shares", "ciphertext")
_INFO: Final = b"steerclear/blind/opening/v1\n"
_LISTED: Final = "blind-openings"
_LOOK_EVERY_S: Final = 600
_KEY_BYTES: Final = 32
_NONCE: Final = bytes(12)

_log = structlog.get_logger("steerclear.blind-openings")


class OpeningShelf:
    """Where a node puts openings. ``keys`` ``None``: nowhere, and nothing can be audited."""

    def __init__(self, keys: OfflineKeys | None = None) -> None:
        self.keys: Final = keys
        self._look_at_s = 0
        self._listed: dict[str, int] | None = None

    def keep(self, ledger: Ledger, held: PartyDay) -> None:
        """What this attempt has listed so far; durable when it returns."""
        side = held.opening()
        if self.keys is None or side is None:
            return
        sealed = seal_opening(side.opened(), ledger.me, self.keys, ledger.randomness.bytes)
        name = fact_of(held.pair_day.parties, held.pair_day.day, held.pair_day.attempt)
        # First that there is one, so that none is ever kept of which nobody knows when it has to go.
        self._list(ledger, {**self._kept(ledger), name: held.pair_day.day})
        ledger.store.keep_fact(name, sealed)

    def destroy_due(self, ledger: Ledger) -> tuple[str, ...]:
        """Openings whose time is over are gone when it returns; looks every ten minutes. Their names."""
        now_s = ledger.now() // 1_000
        if now_s < self._look_at_s:
            return ()
        self._look_at_s = now_s + _LOOK_EVERY_S
        days = self.keys.keep_days if self.keys is not None else KEEP_DAYS
        kept = self._kept(ledger)
        due = tuple(name for name, day in kept.items() if (day + 1 + days) * DAY_S <= now_s)
        if not due or any(not one.is_closed for one in ledger.view.incidents):
            return ()
        for name in due:
            ledger.store.keep_fact(name, b"")
        self._list(ledger, {name: day for name, day in kept.items() if name not in due})
        _log.info("blind-openings-destroyed", count=len(due), kept_days=days)
        return due

    def _kept(self, ledger: Ledger) -> dict[str, int]:
        """By name, the day of each opening that is kept here."""
        if self._listed is None:
            data = ledger.store.fact(_LISTED)
            found = parse_ijson(data, where="openings that are kept") if data else {}
            rows = found.items() if isinstance(found, dict) else ()
            self._listed = {name: integer_field(day, "openings that are kept") for name, day in rows}
        return self._listed

    def _list(self, ledger: Ledger, kept: Mapping[str, int]) -> None:
        if kept != self._listed:
            value: JsonObject = dict(sorted(kept.items()))
            ledger.store.keep_fact(_LISTED, print_ijson(value))
            self._listed = dict(kept)


def fact_of(pair: Sequence[str], day: int, attempt: int) -> str:
    """Under which name a node keeps the opening of an attempt."""
    return f"blind-opening/{'-'.join(pair)}/{day}/{attempt}"


def seal_opening(opened: Opened, member: str, keys: OfflineKeys, random: Callable[[int], bytes]) -> bytes:
    """The opening, for any ``needed`` of the keys together."""
    key = random(_KEY_BYTES)
    shares: list[JsonValue] = [
        _shares(key, chosen, member, random) for chosen in combinations(keys.publics, keys.needed)
    ]
    ciphertext = AESGCM(key).encrypt(_NONCE, print_opened(opened), _INFO + member.encode())
    return print_ijson(
        {
            "form": _FORM,
            "member": member,
            "needed": keys.needed,
            "of": [_keyid(public) for public in keys.publics],
            "shares": shares,
            "ciphertext": _text(ciphertext),
        }
    )


def unseal_opening(data: bytes, keys: Sequence[RecipientPrivateKey]) -> tuple[str, Opened]:
    """Whose it is, and the opening. Raises ``NotVerified`` (``blind-opening``)."""
    found = object_field(parse_ijson(data, where="opening"), _FIELDS, "opening")
    member = found["member"]
    if found["form"] != _FORM or not isinstance(member, str):
        raise _not_opened("it is no sealed opening")
    held = {_keyid(key.public): key for key in keys}
    for row in list_field(found["shares"], "opening", at_least=1, at_most=100):
        key = _joined(row, held, member) if isinstance(row, Mapping) else None
        if key is None:
            continue
        try:
            plain = AESGCM(key).decrypt(_NONCE, _bytes(found["ciphertext"]), _INFO + member.encode())
        except InvalidTag as error:
            raise _not_opened("the shares do not belong to it") from error
        return member, parse_opened(plain)
    raise _not_opened(f"{found['needed']} of its keys are needed, and were not given")


def _shares(key: bytes, chosen: Sequence[bytes], member: str, random: Callable[[int], bytes]) -> JsonObject:
    """One share for each of those chosen; together, and only together, they are the key."""
    drawn = [random(_KEY_BYTES) for _ in chosen[1:]]
    parts = [reduce(_xor, drawn, key), *drawn]
    return {
        _keyid(public): _text(RecipientPublicKey(member, public).wrap(part, _INFO + member.encode()))
        for public, part in sorted(zip(chosen, parts, strict=True))
    }


def _joined(
    row: Mapping[str, JsonValue], held: Mapping[str, RecipientPrivateKey], member: str
) -> bytes | None:
    parts = []
    for keyid, wrapped in row.items():
        part = held[keyid].unwrap(_bytes(wrapped), _INFO + member.encode()) if keyid in held else None
        if part is None:
            return None
        parts.append(part)
    return reduce(_xor, parts)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=True))


def _keyid(public: bytes) -> str:
    return public.hex()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


def _bytes(value: JsonValue) -> bytes:
    try:
        return base64.b64decode(str(value), validate=True)
    except ValueError as error:
        raise _not_opened("it holds what is no base64") from error


def _not_opened(because: str) -> NotVerified:
    return NotVerified(
        "blind-opening",
        f"These bytes open no day of a blind check: {because}.",
        remedy="Give the opening as the node keeps it, and as many of the offline keys as it names.",
    )
