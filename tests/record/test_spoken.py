# SPDX-License-Identifier: Apache-2.0
"""Can a checkpoint be read out and heard, and does every slip of the ear show?"""

from __future__ import annotations

import random
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from steerclear.errors import BadInput
from steerclear.record.checkpoint import Checkpoint, origin_of
from steerclear.record.spoken import GROUP, LETTERS, WORDS, parse_spoken, spoken

ORIGIN = origin_of("5a" * 32, "TUR", 0)
ONE = Checkpoint(ORIGIN, 1482, "ab" * 32)


def as_letters(words: tuple[str, ...]) -> str:
    return "".join(LETTERS[WORDS.index(word)] for word in words)


def test_the_words_of_a_checkpoint_never_change() -> None:
    words = spoken(ONE)
    assert as_letters(words) == "NGVTD7A22KUJFICYPSBMDBO2DBGK"


@given(st.integers(0, 2**53 - 1), st.binary(min_size=32, max_size=32), st.integers(0, 999_999_999))
def test_what_is_read_out_is_heard(size: int, root: bytes, generation: int) -> None:
    words = spoken(Checkpoint(origin_of("c0" * 32, "ISR", generation), size, root.hex()))
    assert parse_spoken(" ".join(words)) == words
    assert parse_spoken("-".join(words).lower().replace("xray", "x-ray")) == words
    letters = as_letters(words)
    groups = [letters[at : at + GROUP] for at in range(0, len(letters), GROUP)]
    assert parse_spoken(" ".join(groups)) == words


def test_as_many_write_them_and_as_icao_says_them() -> None:
    said = {"ALFA": "alpha", "JULIETT": "Juliet", "WHISKEY": "whisky", "XRAY": "X-Ray", "TWO": "too"}
    said |= {"THREE": "tree", "FOUR": "fower", "FIVE": "fife"}
    seen: set[str] = set()
    size = 0
    while not seen >= set(WORDS):
        size += 1
        words = spoken(Checkpoint(ORIGIN, size, "ab" * 32))
        seen |= set(words)
        assert parse_spoken(", ".join(said.get(word, word) for word in words)) == words


def test_another_size_root_or_log_has_other_words() -> None:
    others = (
        Checkpoint(ORIGIN, 1483, ONE.root),
        Checkpoint(ORIGIN, 1482, "aa" + "ab" * 31),
        Checkpoint(origin_of("5a" * 32, "ISR", 0), 1482, ONE.root),
        Checkpoint(origin_of("5a" * 32, "TUR", 1), 1482, ONE.root),
    )
    assert len({spoken(each) for each in (ONE, *others)}) == 5


def test_one_word_misheard_anywhere_as_any_other_is_noticed() -> None:
    words = spoken(ONE)
    for place, other in ((place, other) for place in range(28) for other in WORDS if other != words[place]):
        _misheard((*words[:place], other, *words[place + 1 :]))


def test_two_words_misheard_or_exchanged_are_noticed() -> None:
    words, chance = spoken(ONE), random.Random(28)
    for one, other in combinations(range(28), 2):
        exchanged = list(words)
        exchanged[one], exchanged[other] = words[other], words[one]
        if words[one] != words[other]:
            _misheard(exchanged)
        wrong = list(words)
        for place in (one, other):
            wrong[place] = chance.choice([word for word in WORDS if word != words[place]])
        _misheard(wrong)


def _misheard(words: tuple[str, ...] | list[str]) -> None:
    with pytest.raises(BadInput) as refused:
        parse_spoken(" ".join(words))
    assert refused.value.code == "words-misheard"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "words-incomplete"),
        ("ALFA BRAVO", "words-incomplete"),
        ("ALFA " * 29, "words-incomplete"),
        ("ALFA ONE BRAVO", "word-unknown"),
        ("ALFA BRAVO 8", "word-unknown"),
        ("ABCDE", "word-unknown"),
        ("альфа", "word-unknown"),
    ],
)
def test_what_is_no_such_words_is_said(text: str, code: str) -> None:
    with pytest.raises(BadInput) as refused:
        parse_spoken(text)
    assert refused.value.code == code
    assert "once more" in refused.value.remedy or "ALFA" in refused.value.remedy
