# SPDX-License-Identifier: Apache-2.0
"""How a statement is kept from all but its recipients, and cannot be told differently to two of them.

    commitment = SHA-256(TAG ‖ salt ‖ statement)
    ciphertext = AES-256-GCM(content key, nonce 0, TAG ‖ commitment, length ‖ statement ‖ zeros)   one for all
    wrap       = HPKE(recipient's key,        info = TAG ‖ mechanism ‖ author ‖ commitment ‖ member ‖ keyid,
                      content key ‖ salt)                                                   one per recipient

The ciphertext is padded to a power of two of at least 1,024 bytes; what does not fit into an entry stands in
blobs beside it (see blobs.py). What opens and does not match its commitment, id, author or mechanism was
never said (see opening.py).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from steerclear.errors import BadInput, NotVerified, Refused
from steerclear.record.blobs import (
    LARGEST_IN_LEAF,
    blob_hash,
    decrypt,
    encrypt_beside,
    encrypt_in_leaf,
    in_leaf_size,
)
from steerclear.record.opening import SALT_BYTES, Opening, commit, require_opens
from steerclear.record.recipient import RecipientPrivateKey, RecipientPublicKey
from steerclear.record.sealed import MOST_RECIPIENTS, SealedStatement, Shown, Wrap
from steerclear.record.statement import SignedStatement, is_always_clear, print_signed

__all__ = ["Sealing", "commit", "open_sealed", "open_whole", "reseal", "seal", "seal_whole"]

_WRAP_TAG: Final = "steerclear/seal/v1/wrap"
_RESEAL: Final = "Name it unreadable; its author owes a reseal."
_KEY_BYTES: Final = 32
_ROOM_IN_LEAF: Final = 45_000
"""Characters of ciphertext and wraps; above them heads and envelope may not find room in 65,535 bytes."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """A statement sealed: what stands in the entry, its ``salt``, and the ``blobs`` beside, in order."""

    sealed: SealedStatement
    salt: bytes
    blobs: tuple[bytes, ...] = ()


def seal(
    signed: SignedStatement,
    *,
    mechanism: str,
    author: str,
    recipients: Sequence[RecipientPublicKey],
    random: Callable[[int], bytes],
    shown: Shown | None = None,
) -> SealedStatement:
    """Seal ``signed`` for ``recipients``, all of it inside the entry.

    ``author`` is the member in whose log it will stand. Raises what ``seal_whole`` raises, and ``BadInput``
    (``seal-too-large``) for what needs blobs.
    """
    return _seal(signed, mechanism, author, recipients, random, shown, may_stand_beside=False).sealed


def seal_whole(
    signed: SignedStatement,
    *,
    mechanism: str,
    author: str,
    recipients: Sequence[RecipientPublicKey],
    random: Callable[[int], bytes],
    shown: Shown | None = None,
) -> Sealing:
    """Seal ``signed`` for ``recipients``, in blobs where it does not fit into an entry.

    Raises ``Refused`` (``seal-without-author``, ``seal-always-clear``, ``seal-other-mechanism``) or
    ``BadInput`` (``seal-too-large``, ``seal-recipients``, ``seal-recipient-key``), whatever the keys are.
    """
    return _seal(signed, mechanism, author, recipients, random, shown, may_stand_beside=True)


def reseal(
    sealed: SealedStatement,
    *,
    mechanism: str,
    author: str,
    keys: Sequence[RecipientPrivateKey],
    recipients: Sequence[RecipientPublicKey],
) -> SealedStatement:
    """The same ciphertext, salt and commitment for other keys; ``keys`` are the author's own.

    One id has one commitment, so a statement that somebody could not open is never sealed a second time.
    """
    secret = _unwrap(sealed, mechanism, author, author, {one.keyid: one for one in keys})
    _require_author(author, recipients)
    return replace(sealed, wraps=_wraps(sealed, secret, mechanism, author, recipients))


def open_sealed(
    sealed: SealedStatement,
    *,
    mechanism: str,
    author: str,
    member: str,
    keys: Sequence[RecipientPrivateKey],
    carried: Collection[str] = (),
) -> SignedStatement:
    """What was sealed, if ``member`` can open it with one of ``keys`` and it is what was committed to.

    ``author`` is the member in whose log it stands, ``carried`` those who speak through that log. Judges no
    signature. Raises ``Refused`` (``seal-not-for-us``: no key of ours is named) or ``NotVerified``.
    """
    return open_whole(
        sealed, mechanism=mechanism, author=author, member=member, keys=keys, carried=carried
    ).statement


def open_whole(
    sealed: SealedStatement,
    *,
    mechanism: str,
    author: str,
    member: str,
    keys: Sequence[RecipientPrivateKey],
    carried: Collection[str] = (),
    beside: Mapping[str, bytes] | None = None,
) -> Opening:
    """The same with the salt, so that it can be shown to a third person; ``beside`` holds blobs by hash."""
    secret = _unwrap(sealed, mechanism, author, member, {one.keyid: one for one in keys})
    key, salt = secret[:_KEY_BYTES], secret[_KEY_BYTES:]
    statement = decrypt(sealed, key, beside or {})
    signed = require_opens(sealed, statement, salt, mechanism=mechanism, author=author, carried=carried)
    return Opening(signed, salt)


def _seal(
    signed: SignedStatement,
    mechanism: str,
    author: str,
    recipients: Sequence[RecipientPublicKey],
    random: Callable[[int], bytes],
    shown: Shown | None,
    *,
    may_stand_beside: bool,
) -> Sealing:
    if is_always_clear(signed.statement.kind):
        raise Refused(
            "seal-always-clear",
            f"A {signed.statement.kind} statement stands in clear, so that everybody can check it.",
            remedy="File it in clear.",
        )
    _require_author(author, recipients)
    if signed.statement.mechanism != mechanism:
        raise Refused(
            "seal-other-mechanism",
            "The statement belongs to another mechanism than the log that it is sealed for.",
            remedy="Nothing passes from one mechanism to another by itself: make the statement anew.",
        )
    statement, salt, key = print_signed(signed), random(SALT_BYTES), random(_KEY_BYTES)
    commitment = commit(salt, statement)
    bare = SealedStatement(commitment, None, (), (), signed.statement.id, shown)
    wraps = _wraps(bare, key + salt, mechanism, author, recipients)
    if may_stand_beside and not _fits(statement, wraps):
        blobs = encrypt_beside(key, commitment, statement)
        names = tuple(map(blob_hash, blobs))
        return Sealing(replace(bare, blobs=names, wraps=wraps), salt, blobs)
    ciphertext = encrypt_in_leaf(key, commitment, statement)
    return Sealing(replace(bare, ciphertext=ciphertext, blobs=None, wraps=wraps), salt)


def _fits(statement: bytes, wraps: Sequence[Wrap]) -> bool:
    """Is there room in an entry? What decides is public: size class and number of recipients."""
    size = in_leaf_size(statement)
    row = len('{"member":"","keyid":"","wrapped":""},') + 12 + 64
    return (
        size <= LARGEST_IN_LEAF
        and (size + sum(len(one.wrapped) for one in wraps)) * 4 // 3 + row * len(wraps) <= _ROOM_IN_LEAF
    )


def _require_author(author: str, recipients: Sequence[RecipientPublicKey]) -> None:
    if author not in {one.member for one in recipients}:
        raise Refused(
            "seal-without-author",
            f"{author} is not among the recipients of its own statement and could not open it.",
            remedy=f"Add a recipient key of {author}.",
        )


def _wraps(
    sealed: SealedStatement,
    secret: bytes,
    mechanism: str,
    author: str,
    recipients: Sequence[RecipientPublicKey],
) -> tuple[Wrap, ...]:
    keys = {(one.member, one.keyid): one for one in recipients}
    if len(keys) > MOST_RECIPIENTS:
        raise BadInput(
            "seal-recipients",
            f"The statement is to be sealed to {len(keys)} keys; at most {MOST_RECIPIENTS} are possible.",
            where=f"sealed {sealed.id}",
            remedy="Seal it to the newest keys of each member, or to fewer members.",
        )
    return tuple(
        Wrap(
            member,
            keyid,
            _wrap(secret, keys[member, keyid], (mechanism, author, sealed.commitment, member, keyid)),
        )
        for member, keyid in sorted(keys)
    )


def _wrap(secret: bytes, recipient: RecipientPublicKey, context: tuple[str, str, str, str, str]) -> bytes:
    """A key of another length, or one with which every exchange gives zero, is refused by name."""
    *_, member, keyid = context
    try:
        return recipient.wrap(secret, _wrap_context(*context))
    except ValueError as error:
        raise BadInput(
            "seal-recipient-key",
            f"Nothing can be sealed to the key {keyid[:16]}… of {member}.",
            where=member,
            remedy=f"Leave the key out, and have {member} name another.",
        ) from error


def _unwrap(
    sealed: SealedStatement, mechanism: str, author: str, member: str, keys: dict[str, RecipientPrivateKey]
) -> bytes:
    ours = [wrap for wrap in sealed.wraps if wrap.member == member and wrap.keyid in keys]
    if not ours:
        raise Refused(
            "seal-not-for-us",
            f"No key that {member} still holds opens this statement.",
            where=f"sealed {sealed.id}",
            remedy="Ask its author for a reseal if it was meant for you.",
        )
    wrap = ours[0]
    info = _wrap_context(mechanism, author, sealed.commitment, member, wrap.keyid)
    secret = keys[wrap.keyid].unwrap(wrap.wrapped, info)
    if secret is None:
        raise NotVerified(
            "seal-wrap",
            "The content key was not wrapped for us, this author and this commitment.",
            where=f"sealed {sealed.id}",
            remedy=_RESEAL,
        )
    return secret


def _wrap_context(mechanism: str, author: str, commitment: str, member: str, keyid: str) -> bytes:
    """Names and hashes hold no newline, so no two lists of five print alike."""
    return "\n".join((_WRAP_TAG, mechanism, author, commitment, member, keyid, "")).encode("ascii")
