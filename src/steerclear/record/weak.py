# SPDX-License-Identifier: Apache-2.0
"""Is this a public key that holds nobody to anything? Such a key is refused when a root names it.

A curve has a handful of points of small order beside its proper ones. Under an Ed25519 key that is a point
of order n a signature that needs no private key fits one message of n (and n is at most eight), so its owner
could later say that anybody signed. Under such an X25519 key the shared secret
is zero for everybody: RFC 7748, 6.1 has both sides stop there, so that nothing could be sealed to its owner.

The small-order Ed25519 encodings are the list in "Taming the many EdDSAs" (Chalkias, Garillot, Nikolaenko,
2020, table 1); encodings with y ≥ p are none at all by RFC 8032, 5.1.3.
"""

from __future__ import annotations

from typing import Final

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

__all__ = ["is_weak_ed25519", "is_weak_x25519"]

_P: Final = 2**255 - 19
_SIGN: Final = 1 << 255  # the highest bit says which of the two points with this y
_ORDER_8_Y: Final = 0x7A03AC9277FDC74EC6CC392CFA53202A0F67100D760B3CBA4FD84D3D706A17C7
_SMALL_ORDER_Y: Final = frozenset(
    {
        1,  # order 1
        _P - 1,  # order 2
        0,  # order 4, two points
        _ORDER_8_Y,  # order 8, two points
        _P - _ORDER_8_Y,  # order 8, two points
    }
)
_ANY_SCALAR: Final = X25519PrivateKey.from_private_bytes(bytes([8, *bytes(30), 64]))


def is_weak_ed25519(public: bytes) -> bool:
    """Of small order, or spelled as RFC 8032 does not spell a point; ``public`` 32 raw bytes."""
    y = int.from_bytes(public, "little") % _SIGN
    return y >= _P or y in _SMALL_ORDER_Y


def is_weak_x25519(public: bytes) -> bool:
    """Does every exchange with it give zero? ``public`` 32 raw bytes."""
    try:
        _ANY_SCALAR.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        return True
    return False
