# SPDX-License-Identifier: Apache-2.0
"""Is libdecaf here, to add up the many elements of a proof several times faster?

libsodium adds two elements only from their encodings, and takes a root for each. libdecaf (Debian:
``libdecaf0``) keeps elements as points between calls, in the same group with the same encodings (RFC 9496).
Only sums of public values go through it, in the making and checking of proofs; whatever touches a secret
stays with libsodium. Without it, or if it does not agree with libsodium on a known sum, libsodium does it all
and the proofs are the same, byte by byte.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, Final

import numpy as np

from steerclear.blind.ristretto import ORDER, power_of_generator
from steerclear.blind.rows import Rows, rows_of
from steerclear.blind.sodium import require_sodium

__all__ = ["LINKED", "agrees", "has_decaf", "linked"]

LINKED: Final = (
    "decaf_255_point_add",
    "decaf_255_point_decode",
    "decaf_255_point_encode",
    "decaf_255_point_sub",
)
"""What loops call, as libdecaf names it; the compiler knows each as ``steerclear_`` and this name."""

_LIBRARY: Final = "libdecaf.so.0"


@cache
def has_decaf() -> bool:
    """Is it here, and does it agree with libsodium?"""
    return linked(lambda: ctypes.CDLL(_LIBRARY))


def linked(open_library: Callable[[], Any]) -> bool:
    """Were the functions of what ``open_library`` gives made known to the compiler, and do they agree?"""
    from llvmlite import binding

    require_sodium()
    try:
        library = open_library()
        addresses = [ctypes.cast(getattr(library, name), ctypes.c_void_p).value for name in LINKED]
    except (OSError, AttributeError):
        return False
    for name, address in zip(LINKED, addresses, strict=True):
        binding.add_symbol(f"steerclear_{name}", address)
    from steerclear.blind.buckets import add_up_in_buckets

    return agrees(add_up_in_buckets)


def agrees(add_up: Callable[[Rows, Rows, Rows, int], int]) -> bool:
    """A sum whose answer libsodium knows: Σ wᵢ·(i·g) = (Σ wᵢ·i)·g, for weights that fill all bytes."""
    weights = [pow(3, 150 + place, ORDER) for place in range(1, 9)]
    places = [place.to_bytes(32, "little") for place in range(1, 9)]
    whole = sum(weight * place for place, weight in enumerate(weights, 1)) % ORDER
    total = np.zeros(32, np.uint8)
    refused = add_up(
        rows_of(b"".join(weight.to_bytes(32, "little") for weight in weights), 32),
        rows_of(b"".join(map(power_of_generator, places)), 32),
        total,
        1,
    )
    return refused < 0 and total.tobytes() == power_of_generator(whole.to_bytes(32, "little"))
