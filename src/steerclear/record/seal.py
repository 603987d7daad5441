# SPDX-License-Identifier: Apache-2.0
"""How a statement is kept from all but its recipients, and cannot be told differently to two of them.

    commitment = SHA-256(TAG ‖ salt ‖ statement)
    ciphertext = AES-256-GCM(content key, nonce 0, TAG ‖ commitment, length ‖ statement ‖ zeros)   one for all
    wrap       = HPKE(recipient's X25519 key, info = TAG ‖ mechanism ‖ author ‖ commitment ‖ member ‖ keyid,
                      content key ‖ salt)                                                   one per recipient

The ciphertext is padded to a power of two of at least 1,024 bytes. A content key is used once, so the nonce
is fixed. What opens and does not match its commitment, id, author or mechanism was never said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from steerclear.errors import BadInput, NotVerified, Refused
from steerclear.record.identity import require_id_of
from steerclear.record.keys import RecipientPrivateKey, RecipientPublicKey
from steerclear.record.sealed import MOST_RECIPIENTS, SealedStatement, Shown, Wrap
from steerclear.record.statement import SignedStatement, is_always_clear, parse_signed, print_signed

__all__ = ["commit", "open_sealed", "reseal", "seal"]

_COMMITMENT_TAG: Final = b"steerclear/seal/v1/commitment\n"
_CONTENT_TAG: Final = b"steerclear/seal/v1/content\n"
_WRAP_TAG: Final = "steerclear/seal/v1/wrap"
# RFC 9180: DHKEM(X25519, HKDF-SHA256) 0x0020, HKDF-SHA256 0x0001, AES-128-GCM 0x0001, mode base.
_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_128_GCM)
_RESEAL: Final = "Name it unreadable; its author owes a reseal."
_NONCE: Final = bytes(12)
_SALT_BYTES: Final = 32
_KEY_BYTES: Final = 32
_GCM_TAG_BYTES: Final = 16
_LENGTH_BYTES: Final = 4
SMALLEST: Final = 1_024
LARGEST_IN_LEAF: Final = 32_768
"""Above this the ciphertext does not fit into an entry and travels beside it, as blobs."""


def commit(salt: bytes, statement: bytes) -> str:
    """The commitment to the printed ``statement`` under ``salt`` (32 bytes), in hex."""
    return hashlib.sha256(_COMMITMENT_TAG + salt + statement).hexdigest()


def seal(
    signed: SignedStatement,
    *,
    mechanism: str,
    author: str,
    recipients: Sequence[RecipientPublicKey],
    random: Callable[[int], bytes],
    shown: Shown | None = None,
) -> SealedStatement:
    """Seal ``signed`` for ``recipients``; ``author`` is the member in whose log it will stand.

    Raises ``Refused`` (``seal-without-author``, ``seal-always-clear``, ``seal-other-mechanism``) or
    ``BadInput`` (``seal-too-large``, ``seal-recipients``, ``seal-recipient-key``), whatever the keys are.
    """
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
    statement, salt, key = print_signed(signed), random(_SALT_BYTES), random(_KEY_BYTES)
    commitment = commit(salt, statement)
    sealed = SealedStatement(
        commitment=commitment,
        ciphertext=AESGCM(key).encrypt(_NONCE, _pad(statement), _content_context(commitment)),
        blobs=None,
        wraps=(),
        id=signed.statement.id,
        shown=shown,
    )
    return replace(sealed, wraps=_wraps(sealed, key + salt, mechanism, author, recipients))


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
    secret = _unwrap(sealed, mechanism, author, member, {one.keyid: one for one in keys})
    key, salt = secret[:_KEY_BYTES], secret[_KEY_BYTES:]
    statement = _unpad(_decrypt(sealed, key))
    if commit(salt, statement) != sealed.commitment:
        raise NotVerified(
            "seal-commitment",
            "The opened statement does not match its commitment.",
            where=f"sealed {sealed.id}",
            remedy=_RESEAL,
        )
    signed = parse_signed(statement, where=f"sealed {sealed.id}")
    said = signed.statement
    if said.id != sealed.id or said.mechanism != mechanism:
        raise NotVerified(
            "seal-identity",
            "The opened statement belongs to another id or mechanism.",
            where=f"sealed {sealed.id}",
            remedy=_RESEAL,
        )
    if said.author != author and said.author not in carried:
        raise NotVerified(
            "seal-author",
            f"The opened statement speaks for {said.author} in the log of {author}.",
            where=f"sealed {sealed.id}",
            remedy=_RESEAL,
        )
    require_id_of(said.id, (said.author,), mechanism=mechanism, where=f"sealed {sealed.id}")
    if is_always_clear(said.kind):
        raise NotVerified(
            "seal-hides-clear",
            f"A {said.kind} was sealed; it must stand in clear.",
            where=f"sealed {sealed.id}",
            remedy=_RESEAL,
        )
    return signed


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
    keys = {(one.member, one.keyid): one.public for one in recipients}
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


def _wrap(secret: bytes, public: bytes, context: tuple[str, str, str, str, str]) -> bytes:
    """A key of another length, or one with which every exchange gives zero, is refused by name."""
    *_, member, keyid = context
    try:
        return _SUITE.encrypt(secret, X25519PublicKey.from_public_bytes(public), info=_wrap_context(*context))
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
    try:
        return _SUITE.decrypt(wrap.wrapped, keys[wrap.keyid].key, info=info)
    except (InvalidTag, ValueError) as error:
        raise NotVerified(
            "seal-wrap",
            "The content key was not wrapped for us, this author and this commitment.",
            where=f"sealed {sealed.id}",
            remedy=_RESEAL,
        ) from error


def _decrypt(sealed: SealedStatement, key: bytes) -> bytes:
    if sealed.ciphertext is None:
        raise Refused(
            "seal-in-blobs",
            "The ciphertext travels beside the entry, in blobs that are not here.",
            where=f"sealed {sealed.id}",
            remedy="Open it on a node that holds the blobs.",
        )
    try:
        return AESGCM(key).decrypt(_NONCE, sealed.ciphertext, _content_context(sealed.commitment))
    except InvalidTag as error:
        raise NotVerified(
            "seal-ciphertext",
            "The ciphertext does not open with its content key.",
            where=f"sealed {sealed.id}",
            remedy=_RESEAL,
        ) from error


def _pad(statement: bytes) -> bytes:
    if _padded_size(statement) > LARGEST_IN_LEAF:
        raise BadInput(
            "seal-too-large",
            f"The statement has {len(statement):,} bytes; sealed it would not fit into an entry.",
            remedy="Shorten it, or split it into several statements.",
        )
    plain = len(statement).to_bytes(_LENGTH_BYTES, "big") + statement
    return plain.ljust(_padded_size(statement) - _GCM_TAG_BYTES, b"\0")


def _padded_size(statement: bytes) -> int:
    """Size of the ciphertext: the next power of two that holds length, statement and AES-GCM tag."""
    needed = _LENGTH_BYTES + len(statement) + _GCM_TAG_BYTES
    return max(SMALLEST, 1 << (needed - 1).bit_length())


def _unpad(plain: bytes) -> bytes:
    """Exact inverse of ``_pad``: one padding for each statement, so the padding can hide nothing."""
    length = int.from_bytes(plain[:_LENGTH_BYTES], "big")
    statement = plain[_LENGTH_BYTES : _LENGTH_BYTES + length]
    filler = plain[_LENGTH_BYTES + length :]
    if len(statement) != length or any(filler) or _padded_size(statement) != len(plain) + _GCM_TAG_BYTES:
        raise NotVerified(
            "seal-padding",
            "The opened bytes are not padded as the record pads them.",
            remedy=_RESEAL,
        )
    return statement


def _content_context(commitment: str) -> bytes:
    return _CONTENT_TAG + bytes.fromhex(commitment)


def _wrap_context(mechanism: str, author: str, commitment: str, member: str, keyid: str) -> bytes:
    """Names and hashes hold no newline, so no two lists of five print alike."""
    return "\n".join((_WRAP_TAG, mechanism, author, commitment, member, keyid, "")).encode("ascii")
