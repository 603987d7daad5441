# SPDX-License-Identifier: Apache-2.0
"""How is a checkpoint compared when nothing is left but a voice? 28 words that every radio operator knows.

    SHA-256(tag ‖ text of the checkpoint)  ──►  its first 130 bits  ──►  26 letters of base32
                                                                     ──►  2 more that catch a slip

The letters and digits are read in the ICAO spelling words, which are the same in every officer's language,
in groups of four. Origin and size go into the hash, so that 28 equal words mean one log, one size and one
root. A member that keeps two logs would have to find two whose 130 bits agree: 2^65 hashes.

The two letters at the end are a Reed-Solomon code over GF(32): one or two letters misheard anywhere, or two
exchanged, never pass for other words that were meant. Without them a bad line would look like a lie.

Sources: RFC 4648, 6 (the alphabet A to Z, 2 to 7); ICAO Annex 10, volume II, 5.2.1.3 (the spelling words);
Reed and Solomon, Polynomial Codes over Certain Finite Fields, J. SIAM 8 (1960).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from typing import Final

from steerclear.errors import BadInput
from steerclear.record.checkpoint import Checkpoint, print_checkpoint

__all__ = ["GROUP", "LETTERS", "WORDS", "parse_spoken", "spoken"]

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
WORDS: Final = (
    *("ALFA", "BRAVO", "CHARLIE", "DELTA", "ECHO", "FOXTROT", "GOLF", "HOTEL", "INDIA", "JULIETT", "KILO"),
    *("LIMA", "MIKE", "NOVEMBER", "OSCAR", "PAPA", "QUEBEC", "ROMEO", "SIERRA", "TANGO", "UNIFORM", "VICTOR"),
    *("WHISKEY", "XRAY", "YANKEE", "ZULU", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN"),
)
"""The word of each letter of ``LETTERS``, in its order."""

GROUP: Final = 4
"""Words between two pauses."""

_ALSO_HEARD: Final = {
    "ALPHA": "A",
    "JULIET": "J",
    "WHISKY": "W",
    "X-RAY": "X",
    "TOO": "2",
    "TREE": "3",
    "FOWER": "4",
    "FIFE": "5",
}
"""How the words are often written, and how ICAO has the digits pronounced."""

_LETTER_OF: Final = (
    {letter: letter for letter in LETTERS} | dict(zip(WORDS, LETTERS, strict=True)) | _ALSO_HEARD
)
_TAG: Final = b"steerclear spoken checkpoint 1\n"
_SAID: Final = 26
_ALL: Final = 28
_BITS: Final = 5
_BETWEEN: Final = re.compile(r"[\s,.;/]+|-(?!RAY)")
_REDUCED_BY: Final = 0b100101
"""x⁵ + x² + 1: primitive, so the powers of x are all 31 numbers of GF(32) but 0."""
_ASK_AGAIN: Final = "Ask for it once more, slowly and in groups of four, and write down each word."


def spoken(checkpoint: Checkpoint) -> tuple[str, ...]:
    """The 28 words of a checkpoint."""
    digest = hashlib.sha256(_TAG + print_checkpoint(checkpoint).encode()).digest()
    bits = int.from_bytes(digest) >> (8 * len(digest) - _SAID * _BITS)
    said = [(bits >> (_BITS * place)) & 31 for place in reversed(range(_SAID))]
    return tuple(WORDS[number] for number in (*said, *_checks(said)))


def parse_spoken(text: str) -> tuple[str, ...]:
    """The 28 words that were heard: ICAO words and single letters in any case, or 28 letters grouped or not.

    Raises ``BadInput``: ``word-unknown``, ``words-incomplete``, ``words-misheard``. What passes was heard
    as it was said; whether it is that of one's own checkpoint is another question.
    """
    numbers = [LETTERS.index(letter) for letter in _letters(text)]
    if len(numbers) != _ALL:
        raise BadInput(
            "words-incomplete",
            f"These are {len(numbers)} words; a checkpoint has {_ALL}, in {_ALL // GROUP} groups of {GROUP}.",
            where="words",
            remedy=_ASK_AGAIN,
        )
    if tuple(numbers[_SAID:]) != _checks(numbers[:_SAID]):
        raise BadInput(
            "words-misheard",
            "At least one word was said or heard wrongly: these 28 words do not belong together.",
            where="words",
            remedy=_ASK_AGAIN,
        )
    return tuple(WORDS[number] for number in numbers)


def _letters(text: str) -> Iterable[str]:
    words = [word for word in _BETWEEN.split(text.upper()) if word]
    # Four letters may spell a word (PAPA), so letters in groups are taken for letters only as a whole.
    if len(together := "".join(words)) == _ALL and set(together) <= set(LETTERS):
        yield from together
        return
    for word in words:
        if word not in _LETTER_OF:
            raise BadInput(
                "word-unknown",
                f"{word[:24]!r} is no spelling word.",
                where="words",
                remedy="Use ALFA to ZULU and TWO to SEVEN, or the letters and digits themselves.",
            )
        yield _LETTER_OF[word]


def _checks(said: Sequence[int]) -> tuple[int, int]:
    """The remainder of the words, as a polynomial, by (x − a)(x − a²); the powers of a are the field."""
    high = low = 0
    for number in said:
        feedback = number ^ high
        high = low ^ _times(feedback, _SUM_OF_ROOTS)
        low = _times(feedback, _PRODUCT_OF_ROOTS)
    return high, low


def _times(one: int, other: int) -> int:
    """A product in GF(32)."""
    product = 0
    for bit in range(_BITS):
        if other >> bit & 1:
            product ^= one << bit
    for bit in reversed(range(_BITS, 2 * _BITS - 1)):
        if product >> bit & 1:
            product ^= _REDUCED_BY << (bit - _BITS)
    return product


_SUM_OF_ROOTS: Final = 0b00010 ^ 0b00100  # a + a²
_PRODUCT_OF_ROOTS: Final = 0b01000  # a³
