# SPDX-License-Identifier: Apache-2.0
"""On a machine without libsodium, does L2 work, L3 say what is missing, and ``doctor`` name the remedy?

Each runs in a process of its own, whose pysodium finds no library, as the real one does then.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

NO_LIBRARY = "raise ValueError('Unable to find libsodium')\n"
L2 = """
import numpy as np
from steerclear.blind.grid import FINE, DayCells, encode_cells
from steerclear.blind.keys import DaySecret
from steerclear.blind.party import Party
from steerclear.blind.host import Host
from steerclear.blind.tokens import PairDay
from steerclear.model.terms import Level
day = PairDay("ab" * 32, ("ISR", "TUR"), "cd" * 32, 1, 300, 20_000)
host = Host(day, Level.L2, cap_slots=1_000, salt=1)
secret = DaySecret(day, Level.L2, b"k" * 32)
draw = iter(bytes([n]) * 32 for n in range(1, 9))
parties = [
    Party(secret, name, cap_slots=1_000, fresh_s=60, random=lambda size: next(draw)) for name in day.parties
]
cell = DayCells(20_000, encode_cells(FINE, np.array([(20_000, 1, 2, 3, 0)], np.int32)))
for side in (0, 1):
    parties[side].add("n", cell, filed_at_s=0, ends_at_s=3_600)
    parties[1 - side].hear_opened(parties[side].open())
    host.hear_opened(parties[side].open())
committed = [party.commit(now_s=0) for party in parties]
for side in (0, 1):
    parties[1 - side].hear_committed(committed[side], at_s=0)
    host.hear_committed(committed[side])
for party in parties:
    host.hear_list(party.send())
answer = host.compared()
for party in parties:
    party.hear_compared(answer)
print(parties[0].finding("n", now_s=0))
"""
L3 = """
from steerclear.blind.keys import made_secret
from steerclear.blind.tokens import PairDay
from steerclear.errors import Unreachable
from steerclear.model.terms import Level
day = PairDay("ab" * 32, ("ISR", "TUR"), "cd" * 32, 1, 300, 20_000)
try:
    made_secret(day, Level.L3, lambda size: b"x" * size).public
except Unreachable as missing:
    print(missing)
"""


@pytest.fixture
def without(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "pysodium.py").write_text(NO_LIBRARY, encoding="utf-8")
    return os.environ | {"PYTHONPATH": str(tmp_path)}


def said(environment: dict[str, str], *arguments: str) -> str:
    done = subprocess.run(
        (sys.executable, *arguments), env=environment, capture_output=True, text=True, check=False
    )
    assert not done.stderr
    return done.stdout


def test_l2_works(without: dict[str, str]) -> None:
    assert (
        said(without, "-c", L2)
        == "CellsMet(cells=(b'\\x01\\x05\\x00\\x03\\x00\\x00\\x00\\x00\\x00\\x02\\x00\\x01',))\n"
    )


def test_l3_says_what_is_missing(without: dict[str, str]) -> None:
    words = said(without, "-c", L3)
    assert words.startswith("libsodium-missing: ")
    assert "apt-get install libsodium23" in words


def test_doctor_names_the_remedy(without: dict[str, str]) -> None:
    checks = json.loads(said(without, "-m", "steerclear.cli", "doctor", "--json"))
    (blind,) = (check for check in checks["checks"] if check["name"] == "blind")
    assert not blind["ok"]
    assert "apt-get install libsodium23" in blind["words"]
