# SPDX-License-Identifier: Apache-2.0
"""What an audit needs leaves the node sealed: any k of the n offline keys open it, and nobody else does."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Final

import pytest

from steerclear.blind.keys import DaySecret
from steerclear.blind.opening import Opened, RoundOpened, print_opened
from steerclear.blind.tokens import PairDay
from steerclear.errors import BadInput, NotVerified
from steerclear.links.keyfile import Protection, Unencrypted
from steerclear.links.randomness import SeededRandomness
from steerclear.model.terms import Level
from steerclear.record.recipient import RecipientPrivateKey
from steerclear.services.blind_ceremony import make_offline_key, open_day
from steerclear.services.blind_offline import OfflineKeys
from steerclear.services.blind_openings import seal_opening, unseal_opening

CHANCE: Final = SeededRandomness("openings")
HELD: Final = [RecipientPrivateKey.generate(CHANCE.bytes) for _ in range(3)]
KEYS: Final = OfflineKeys(tuple(one.public for one in HELD), 2)
DAY: Final = PairDay("a" * 64, ("ISR", "TUR"), "b" * 64, 1, 300, 20_188)
OPENED: Final = Opened(DaySecret(DAY, Level.L2, bytes(32)), 1, (RoundOpened(b"s" * 32, bytes(24)),))


def test_any_two_of_three_open_it_and_one_does_not() -> None:
    sealed = seal_opening(OPENED, "TUR", KEYS, CHANCE.bytes)
    assert print_opened(OPENED) not in sealed
    for two in combinations(HELD, 2):
        assert unseal_opening(sealed, two) == ("TUR", OPENED)
    for one in (*HELD, RecipientPrivateKey.generate(CHANCE.bytes)):
        with pytest.raises(NotVerified) as refused:
            unseal_opening(sealed, [one])
        assert refused.value.code == "blind-opening"


def test_another_name_on_it_does_not_open() -> None:
    sealed = seal_opening(OPENED, "TUR", KEYS, CHANCE.bytes).replace(b'"TUR"', b'"ISR"')
    with pytest.raises(NotVerified):
        unseal_opening(sealed, HELD)


@pytest.mark.parametrize(
    ("publics", "needed"),
    [((), 1), (KEYS.publics, 0), (KEYS.publics, 4), ((b"short",), 1), (KEYS.publics[:1] * 2, 1)],
)
def test_keys_that_open_nothing_are_refused(publics: tuple[bytes, ...], needed: int) -> None:
    with pytest.raises(BadInput) as refused:
        OfflineKeys(publics, needed)
    assert refused.value.code == "blind-offline-keys"


def test_holders_open_a_day_with_their_files(tmp_path: Path) -> None:
    publics = [make_offline_key(tmp_path / f"{n}.json", Unencrypted(), CHANCE.bytes) for n in range(2)]
    sealed = seal_opening(OPENED, "TUR", OfflineKeys(tuple(publics), 2), CHANCE.bytes)
    found = open_day(sealed, [tmp_path / "0.json", tmp_path / "1.json"], _unlocked)
    assert (found.member, found.pair, found.rounds, found.cells) == ("TUR", ("ISR", "TUR"), 1, 2)
    assert found.opening == print_opened(OPENED)


def _unlocked(_path: Path) -> Protection:
    return Unencrypted()
