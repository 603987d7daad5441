# SPDX-License-Identifier: Apache-2.0
"""Which libsodium does this machine have, and can compiled loops call it?

Every operation on the curve is a call of libsodium (Debian: ``libsodium23``), found and opened by pysodium. A
loop over a million elements must not pay for a Python call a million times, so the functions that loops need
are also made known to the compiler under names of ours (``kernels_ristretto.py``). Without the library
nothing here fails until it is needed: L0, L1 and L2 do not need it, and L3 and L3p say what is missing.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache
from typing import Any, Final, Protocol

from steerclear.errors import Unreachable

__all__ = ["LINKED", "Sodium", "linked", "require_sodium", "sodium_version"]

LINKED: Final = (
    "crypto_core_ristretto255_add",
    "crypto_core_ristretto255_from_hash",
    "crypto_core_ristretto255_is_valid_point",
    "crypto_core_ristretto255_scalar_reduce",
    "crypto_hash_sha512_final",
    "crypto_hash_sha512_init",
    "crypto_hash_sha512_update",
    "crypto_scalarmult_ristretto255",
)
"""What loops call, as libsodium names it; the compiler knows each as ``steerclear_`` and this name."""


class Sodium(Protocol):
    """Of pysodium, what is used here: every function takes and gives bytes."""

    def crypto_core_ristretto255_from_hash(self, r: bytes) -> bytes: ...
    def crypto_core_ristretto255_is_valid_point(self, p: bytes) -> bool: ...
    def crypto_core_ristretto255_add(self, p: bytes, q: bytes) -> bytes: ...
    def crypto_core_ristretto255_scalar_reduce(self, s: bytes) -> bytes: ...
    def crypto_core_ristretto255_scalar_mul(self, x: bytes, y: bytes) -> bytes: ...
    def crypto_core_ristretto255_scalar_sub(self, x: bytes, y: bytes) -> bytes: ...
    def crypto_scalarmult_ristretto255(self, n: bytes, p: bytes) -> bytes: ...
    def crypto_scalarmult_ristretto255_base(self, n: bytes) -> bytes: ...


def require_sodium() -> Sodium:
    """The library, for Python and for compiled loops. Raises ``Unreachable`` (``libsodium-missing``)."""
    return _once()


def sodium_version() -> str:
    """As the library itself says, ``1.0.18`` or later. Raises ``Unreachable`` (``libsodium-missing``)."""
    require_sodium()
    version = _pysodium().sodium.sodium_version_string
    version.restype = ctypes.c_char_p
    return str(version().decode("ascii"))


def linked(open_library: Callable[[], Any]) -> Sodium:
    """What ``open_library`` gives (pysodium's module), with its functions made known to the compiler.

    Raises ``Unreachable`` (``libsodium-missing``) for a library that is not there, too old or out of order.
    """
    from llvmlite import binding

    try:
        module = open_library()
    except (ImportError, OSError, ValueError) as error:  # pysodium raises ValueError when it finds no library
        raise _missing("none was found") from error
    library = module.sodium
    if lacking := [name for name in LINKED if not hasattr(library, name)]:
        raise _missing(f"the one that is here has no {lacking[0]}")
    if library.sodium_init() < 0:
        raise _missing("the one that is here cannot be initialised")
    for name in LINKED:
        address = ctypes.cast(getattr(library, name), ctypes.c_void_p).value
        binding.add_symbol(f"steerclear_{name}", address)
    return module  # type: ignore[no-any-return] # untyped: the protocol above says what is used of it


@cache
def _once() -> Sodium:
    return linked(_pysodium)


def _pysodium() -> Any:
    import pysodium

    return pysodium


def _missing(because: str) -> Unreachable:
    return Unreachable(
        "libsodium-missing",
        f"The levels L3 and L3p need libsodium with ristretto255, and {because}.",
        remedy="Have root run: apt-get install libsodium23. L0, L1 and L2 work without it.",
    )
