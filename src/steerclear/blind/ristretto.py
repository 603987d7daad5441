# SPDX-License-Identifier: Apache-2.0
"""What is an element of the group, how does one hash into it, and what is it to the power of a scalar?

ristretto255 (RFC 9496), of prime order ℓ = 2^252 + 27742317777372353535851937790883648493. Written as powers:
``element^scalar``. Rules:

- An element that came from somebody is the canonical encoding of 32 bytes, and not the identity; the library
  checks both at every multiplication, and a list is refused with the number of its first wrong row.
- A scalar is drawn from 64 random bytes modulo ℓ, and zero is drawn again. One that came from somebody is
  refused unless it is below ℓ.
- Every step on the curve is libsodium's. Here is only what RFC 9380 and RFC 9497 put around it.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha512
from typing import Final

import numpy as np

from steerclear.blind.rows import Rows, cores, in_parts, new_rows, rows_of
from steerclear.blind.sodium import require_sodium
from steerclear.errors import NotVerified

__all__ = [
    "ELEMENT_BYTES", "ORDER", "SCALAR_BYTES", "Element", "Random", "Scalar", "expand_message_xmd",
    "hash_and_power_of_each", "hash_each_to_ristretto255", "hash_to_ristretto255", "hash_to_scalar",
    "is_element", "is_scalar", "no_element", "power", "power_of_each", "power_of_generator", "random_scalar",
    "require_elements", "state_after", "tail_of",
]  # fmt: skip

Element = bytes
"""32 bytes, canonical, not the identity."""
Scalar = bytes
"""32 bytes, little-endian, above 0 and below ℓ."""
Random = Callable[[int], bytes]
"""So many bytes from the operating system's generator; given in, so that a play can be run twice."""

ELEMENT_BYTES: Final = 32
SCALAR_BYTES: Final = 32
ORDER: Final = 2**252 + 27742317777372353535851937790883648493

_BLOCK: Final = 128
_DIGEST: Final = 64
_MOST_BLOCKS: Final = 255


def expand_message_xmd(message: bytes, dst: bytes, length: int) -> bytes:
    """RFC 9380, 5.3.1, with SHA-512. ``length`` up to 16,320, ``dst`` up to 255 bytes; else ValueError."""
    blocks = -(-length // _DIGEST)
    if blocks > _MOST_BLOCKS or len(dst) > _MOST_BLOCKS:
        raise ValueError("RFC 9380 expands to at most 255 blocks, under a tag of at most 255 bytes")
    dst_prime = dst + bytes([len(dst)])
    first = sha512(bytes(_BLOCK) + message + length.to_bytes(2, "big") + b"\0" + dst_prime).digest()
    block, out = bytes(_DIGEST), b""
    for number in range(1, blocks + 1):
        mixed = bytes(left ^ right for left, right in zip(first, block, strict=True))
        block = sha512(mixed + bytes([number]) + dst_prime).digest()
        out += block
    return out[:length]


def hash_to_ristretto255(message: bytes, dst: bytes) -> Element:
    """RFC 9380, appendix B: 64 uniform bytes, then the one-way map of RFC 9496, 4.3.4."""
    return require_sodium().crypto_core_ristretto255_from_hash(expand_message_xmd(message, dst, 64))


def hash_to_scalar(message: bytes, dst: bytes) -> bytes:
    """RFC 9497, 4.1: 64 uniform bytes, little-endian, modulo ℓ."""
    wide = int.from_bytes(expand_message_xmd(message, dst, 64), "little")
    return (wide % ORDER).to_bytes(SCALAR_BYTES, "little")


def random_scalar(random: Random) -> Scalar:
    """Uniform to within 2^-259, and never zero."""
    while True:
        drawn = int.from_bytes(random(64), "little") % ORDER
        if drawn:
            return drawn.to_bytes(SCALAR_BYTES, "little")


def is_scalar(given: bytes) -> bool:
    """Canonical, and not zero."""
    return len(given) == SCALAR_BYTES and 0 < int.from_bytes(given, "little") < ORDER


def is_element(given: bytes) -> bool:
    """Canonical, and not the identity."""
    if len(given) != ELEMENT_BYTES or not any(given):
        return False
    return bool(require_sodium().crypto_core_ristretto255_is_valid_point(given))


def power(element: Element, scalar: Scalar) -> Element:
    """Raises ``NotVerified`` (``blind-element``) for what is no element, or becomes the identity."""
    return power_of_each(rows_of(element, ELEMENT_BYTES), scalar, workers=1).tobytes()


def power_of_generator(scalar: Scalar) -> Element:
    """g^scalar, for a scalar that ``is_scalar``."""
    return require_sodium().crypto_scalarmult_ristretto255_base(scalar)


def power_of_each(elements: Rows, scalar: Scalar, *, workers: int | None = None) -> Rows:
    """element^scalar of each row of 32 bytes, in order. Raises ``NotVerified`` (``blind-element``)."""
    require_sodium()
    from steerclear.blind.kernels_ristretto import multiply_each

    by, out = _row(scalar), new_rows(len(elements), ELEMENT_BYTES)

    def work(start: int, end: int) -> int:
        wrong = multiply_each(by, elements[start:end], out[start:end])
        return start + wrong if wrong >= 0 else -1

    _refuse(in_parts(len(elements), work, workers=workers or cores()))
    return out


def hash_each_to_ristretto255(
    beginning: bytes, rows: Rows, dst: bytes, *, workers: int | None = None
) -> Rows:
    """H(``beginning`` ‖ row) of each row."""
    require_sodium()
    from steerclear.blind.kernels_ristretto import hash_to_group

    begun, ending = state_after(bytes(_BLOCK) + beginning), tail_of(dst)
    out = new_rows(len(rows), ELEMENT_BYTES)

    def work(start: int, end: int) -> None:
        hash_to_group(begun, rows[start:end], ending, out[start:end])

    in_parts(len(rows), work, workers=workers or cores())
    return out


def hash_and_power_of_each(
    beginning: bytes, rows: Rows, dst: bytes, scalar: Scalar, *, workers: int | None = None
) -> Rows:
    """H(``beginning`` ‖ row)^scalar of each row."""
    return power_of_each(
        hash_each_to_ristretto255(beginning, rows, dst, workers=workers), scalar, workers=workers
    )


def require_elements(elements: Rows, *, workers: int | None = None) -> None:
    """Refuse a list with a row that is no canonical element, or the identity: ``NotVerified``."""
    require_sodium()
    from steerclear.blind.kernels_ristretto import first_invalid

    def work(start: int, end: int) -> int:
        wrong = first_invalid(elements[start:end])
        return start + wrong if wrong >= 0 else -1

    _refuse(in_parts(len(elements), work, workers=workers or cores()))


def state_after(beginning: bytes) -> Rows:
    """SHA-512 begun, for the loops to go on from."""
    from steerclear.blind import kernels_ristretto as kernels

    state = np.zeros(kernels.STATE_BYTES, np.uint8)
    kernels.state_after(_row(beginning), state)
    return state


def tail_of(dst: bytes) -> Rows:
    """What ``expand_message_xmd`` puts after a message for 64 bytes: their number, 0 and the tag."""
    return _row(b"\x00\x40\x00" + dst + bytes([len(dst)]))


def no_element(slot: int) -> NotVerified:
    return NotVerified(
        "blind-element",
        f"Slot {slot} holds no canonical encoding of a group element, or the identity.",
        where=f"slot {slot}",
        remedy="Do not use the list; ask its author for another, and tell the other members.",
    )


def _row(data: bytes) -> Rows:
    return np.frombuffer(data, np.uint8).copy()


def _refuse(wrong: list[int]) -> None:
    """The first part that met a wrong row names it."""
    for row in wrong:
        if row >= 0:
            raise no_element(row)
