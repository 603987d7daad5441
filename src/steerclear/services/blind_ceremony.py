# SPDX-License-Identifier: Apache-2.0
"""What do the holders of a member's offline keys do? Make them, and open a day of a blind check together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from steerclear.blind.grid import CELL_BYTES
from steerclear.blind.opening import print_opened
from steerclear.links.keyfile import KeyName, Protection, read_key_file, write_key_file
from steerclear.record.recipient import RecipientPrivateKey
from steerclear.services.blind_openings import unseal_opening

__all__ = ["OpenedDay", "make_offline_key", "open_day"]

_NAME: Final = KeyName("recipient", "offline")
_KEY_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDay:
    """One side of one attempt, in plain words: who has it reads every cell that this side listed that day."""

    member: str
    pair: tuple[str, str]
    level: str
    day: int
    attempt: int
    rounds: int
    cells: int
    opening: bytes


def make_offline_key(path: Path, protection: Protection, random: Callable[[int], bytes]) -> bytes:
    """Write the private half to ``path``; the public half, for the node's settings. Raises ``Refused``."""
    secret = random(_KEY_BYTES)
    write_key_file(path, _NAME, secret, protection)
    return RecipientPrivateKey.from_private_bytes(secret).public


def open_day(sealed: bytes, keys: Sequence[Path], unlock: Callable[[Path], Protection]) -> OpenedDay:
    """Open what a node kept, with the keys of enough holders. Raises ``NotVerified`` (``blind-opening``)."""
    held = [RecipientPrivateKey.from_private_bytes(read_key_file(key, unlock(key))[1]) for key in keys]
    member, opened = unseal_opening(sealed, held)
    about = opened.secret.pair_day
    return OpenedDay(
        member=member,
        pair=about.parties,
        level=opened.secret.level.value,
        day=about.day,
        attempt=about.attempt,
        rounds=len(opened.rounds),
        cells=sum(len(one.cells) for one in opened.rounds) // CELL_BYTES,
        opening=print_opened(opened),
    )
