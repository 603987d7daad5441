# SPDX-License-Identifier: Apache-2.0
"""Was every element of a list raised to the power whose g^k is in the log? Batched DLEQ proofs of RFC 9497.

Section 2.2, mode VOPRF (1), suite ristretto255-SHA512, all but the seed of the weights. A list is proved in
one batch, or in as few equal ones as its length takes, 64 bytes (c ‖ s) each:

    seed = SHA-512(g^k, tag, n, C_1 … C_n, D_1 … D_n)            the RFC's: SHA-512(g^k, tag)
    d_i  = HashToScalar(seed, i, C_i, D_i)
    M    = Σ d_i·C_i        Z = k·M             (the verifier, who lacks k, sums D_i for Z)
    c    = HashToScalar(g^k, M, Z, r·g, r·M)    s = r − c·k

A proof says: log of D_i to the base C_i is log of g^k, for every i; it tells nothing of k. Every weight hangs
on every row, so whoever would prove a wrong list has to try whole lists, and one passes with chance 2^-252.
Under the RFC's seed it could choose row after row so that their errors cancel (docs/adr/0206).
A verifier answers True or False, whatever it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from hashlib import sha512
from typing import Final

import numpy as np

from steerclear.blind.decaf import has_decaf
from steerclear.blind.ristretto import (
    ELEMENT_BYTES,
    ORDER,
    SCALAR_BYTES,
    Element,
    Random,
    Scalar,
    hash_to_scalar,
    is_element,
    is_scalar,
    no_element,
    power,
    power_of_generator,
    random_scalar,
    state_after,
    tail_of,
)
from steerclear.blind.rows import Rows, cores, in_parts, new_rows
from steerclear.blind.sodium import require_sodium
from steerclear.errors import NotVerified

__all__ = [
    "MOST_BATCH", "PROOF_BYTES", "adding_up", "batch_of", "is_proved", "is_proved_under", "proof_bytes",
    "proof_under", "prove", "seed_of", "weights_under",
]  # fmt: skip

MOST_BATCH: Final = 65_535
"""Slots under one proof. The longer a sum, the fewer additions a slot; RFC 9497 numbers them with 16 bits."""

PROOF_BYTES: Final = 64

_CONTEXT: Final = b"OPRFV1-\x01-ristretto255-SHA512"
_TO_SCALAR: Final = b"HashToScalar-" + _CONTEXT
_SEED: Final = b"Seed-of-a-list-" + _CONTEXT
"""Not the RFC's tag: a proof under the one seed is none under the other."""


def batch_of(slots: int, *, most: int = MOST_BATCH) -> int:
    """How many slots of a list stand under one proof: all, or equal parts of no more than ``most``."""
    batches = max(-(-slots // most), 1)
    return max(-(-slots // batches), 1)


def proof_bytes(slots: int, *, most: int = MOST_BATCH) -> int:
    """How long the proofs of a list are."""
    return -(-slots // batch_of(slots, most=most)) * PROOF_BYTES


def prove(
    scalar: Scalar,
    masked: Rows,
    remasked: Rows,
    random: Random,
    *,
    workers: int | None = None,
    most: int = MOST_BATCH,
) -> bytes:
    """That each row of ``remasked`` is that of ``masked`` to the power ``scalar``: a proof a batch."""
    public, batch = power_of_generator(scalar), batch_of(len(masked), most=most)
    parts = ((masked[at : at + batch], remasked[at : at + batch]) for at in range(0, len(masked), batch))
    return b"".join(
        proof_under(
            seed_of(public, mine, theirs), scalar, mine, theirs, random_scalar(random), workers or cores()
        )
        for mine, theirs in parts
    )


def is_proved(
    public: Element,
    masked: Rows,
    remasked: Rows,
    proofs: bytes,
    *,
    workers: int | None = None,
    most: int = MOST_BATCH,
) -> bool:
    """Do ``proofs`` say of every row that it was raised to the power whose g^k is ``public``?"""
    wanted = proof_bytes(len(masked), most=most)
    if masked.shape != remasked.shape or len(proofs) != wanted or not is_element(public):
        return False
    batch = batch_of(len(masked), most=most)
    parts = ((masked[at : at + batch], remasked[at : at + batch]) for at in range(0, len(masked), batch))
    each = (proofs[at : at + PROOF_BYTES] for at in range(0, wanted, PROOF_BYTES))
    return all(
        is_proved_under(seed_of(public, mine, theirs), public, mine, theirs, proof, workers or cores())
        for (mine, theirs), proof in zip(parts, each, strict=True)
    )


def seed_of(public: Element, masked: Rows, remasked: Rows) -> bytes:
    """Of one batch: its number of rows and every byte of it."""
    seed = sha512(_sized(public) + _sized(_SEED) + len(masked).to_bytes(8, "big"))
    for rows in (masked, remasked):
        seed.update(rows.data)
    return seed.digest()


def proof_under(
    seed: bytes, scalar: Scalar, masked: Rows, remasked: Rows, nonce: Scalar, workers: int
) -> bytes:
    """RFC 9497, 2.2.1, GenerateProof with ComputeCompositesFast, under a seed: Z is M to the power k."""
    public = power_of_generator(scalar)
    summed = _weighted_sum(weights_under(seed, masked, remasked, workers), masked, workers)
    raised = power(summed, scalar)
    challenge = _challenge(public, summed, raised, power_of_generator(nonce), power(summed, nonce))
    response = (_int(nonce) - _int(challenge) * _int(scalar)) % ORDER
    return challenge + response.to_bytes(SCALAR_BYTES, "little")


def is_proved_under(
    seed: bytes, public: Element, masked: Rows, remasked: Rows, proof: bytes, workers: int
) -> bool:
    """RFC 9497, 2.2.2, VerifyProof, under a seed. What the library refuses on the way was not proved."""
    challenge, response = proof[:SCALAR_BYTES], proof[SCALAR_BYTES:]
    if not is_scalar(challenge) or not is_scalar(response):
        return False
    weights = weights_under(seed, masked, remasked, workers)
    try:
        summed, raised = (_weighted_sum(weights, rows, workers) for rows in (masked, remasked))
        second = _sum(power_of_generator(response), power(public, challenge))
        third = _sum(power(summed, response), power(raised, challenge))
    except NotVerified:
        return False
    return _challenge(public, summed, raised, second, third) == challenge


def weights_under(seed: bytes, masked: Rows, remasked: Rows, workers: int) -> Rows:
    """d_i of RFC 9497, 2.2.1, a scalar a row: what each counts for in the sums."""
    from steerclear.blind.kernels_ristretto import weights_of

    begun, ending = state_after(bytes(128) + _sized(seed)), tail_of(_TO_SCALAR)
    weights = new_rows(len(masked), SCALAR_BYTES)

    def work(start: int, end: int) -> None:
        weights_of(begun, start, masked[start:end], remasked[start:end], ending, weights[start:end])

    in_parts(len(masked), work, workers=workers)
    return weights


def _weighted_sum(weights: Rows, elements: Rows, workers: int) -> Element:
    """Raises ``NotVerified`` (``blind-element``)."""
    total = np.zeros(ELEMENT_BYTES, np.uint8)
    wrong = adding_up(with_decaf=has_decaf())(weights, elements, total, workers)
    if wrong >= 0:
        raise no_element(wrong)
    return total.tobytes()


def adding_up(*, with_decaf: bool) -> Callable[[Rows, Rows, Rows, int], int]:
    """Σ weight·element by libdecaf, or by libsodium, and so many cores; the sum is the same, and so is the
    first row refused."""
    if with_decaf:
        from steerclear.blind.buckets import add_up_in_buckets

        return add_up_in_buckets
    return _add_up_one_by_one


def _add_up_one_by_one(weights: Rows, elements: Rows, out: Rows, workers: int) -> int:
    """By libsodium."""
    from steerclear.blind.kernels_ristretto import add_up

    parts = new_rows(len(elements), ELEMENT_BYTES)

    def work(start: int, end: int) -> tuple[int, int]:
        wrong = add_up(weights[start:end], elements[start:end], parts[start])
        return start, start + wrong if wrong >= 0 else -1

    found = in_parts(len(elements), work, workers=workers)
    if refused := [wrong for _, wrong in found if wrong >= 0]:
        return refused[0]
    total = reduce(_sum, (parts[start].tobytes() for start, _ in found))
    out[:] = np.frombuffer(total, np.uint8)
    return -1


def _challenge(public: Element, *parts: Element) -> Scalar:
    transcript = b"".join(_sized(part) for part in (public, *parts))
    return hash_to_scalar(transcript + b"Challenge", _TO_SCALAR)


def _sum(left: Element, right: Element) -> Element:
    return require_sodium().crypto_core_ristretto255_add(left, right)


def _sized(part: bytes) -> bytes:
    return len(part).to_bytes(2, "big") + part


def _int(scalar: Scalar) -> int:
    return int.from_bytes(scalar, "little")
