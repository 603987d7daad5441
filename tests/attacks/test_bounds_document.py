# SPDX-License-Identifier: Apache-2.0
"""Is the table of bounds in docs/record.md what the code holds?"""

from __future__ import annotations

from pathlib import Path

import pytest

from steerclear.api.limits import LARGEST_EXCHANGE, LONGEST_TRANSFER_S, MOST_CALLS_A_PEER
from steerclear.links.https import LARGEST_ANSWER
from steerclear.links.peer_protocol import MOST_CONNECTIONS
from steerclear.mechanism.templates import template
from steerclear.model.annex import AnnexName, SafetyFloor
from steerclear.record.bundle import MOST_ROWS as MOST_ROWS_OF_SIZES
from steerclear.record.floor import LARGEST_FLOOR, MOST_DELEGATIONS
from steerclear.record.leaf import LARGEST_LEAF
from steerclear.record.note import LARGEST_NOTE
from steerclear.services.allowance import MOST_BYTES_A_DAY, MOST_ENTRIES_AN_HOUR
from steerclear.services.floor import MOST_CALLS_AN_HOUR, MOST_UNVERIFIED_AN_HOUR
from steerclear.services.ledger import MOST_AHEAD_MS
from steerclear.services.refusals import MOST_ROWS

DOCS = Path(__file__).parents[2] / "docs"


def agreed() -> SafetyFloor:
    annexes = template("syria-2025", parties=("TUR", "ISR"), host="AZE")
    (floor,) = (one.terms for one in annexes if one.name is AnnexName.SAFETY_FLOOR)
    assert isinstance(floor, SafetyFloor)
    return floor


def rows() -> list[str]:
    text = (DOCS / "record.md").read_text(encoding="utf-8")
    section = text.partition("## What others can make a node spend")[2].partition("\n## ")[0]
    return [line for line in section.splitlines() if line.startswith("| ")]


@pytest.mark.parametrize(
    ("what", "numbers"),
    [
        ("entries of a member's log", (agreed().entries_an_hour, MOST_ENTRIES_AN_HOUR)),
        ("bytes of a member's entries", (agreed().bytes_a_day, MOST_BYTES_A_DAY)),
        ("calls of a member outside its log", (MOST_CALLS_AN_HOUR,)),
        ("calls in a member's name", (MOST_UNVERIFIED_AN_HOUR,)),
        ("one floor message", (LARGEST_FLOOR, MOST_DELEGATIONS)),
        ("one entry", (LARGEST_LEAF,)),
        ("one note", (LARGEST_NOTE,)),
        ("one call or answer", (LARGEST_EXCHANGE, LARGEST_ANSWER, int(LONGEST_TRANSFER_S))),
        ("calls of a member that are read at once", (MOST_CALLS_A_PEER,)),
        ("connections of a member", (MOST_CONNECTIONS,)),
        ("rows of what was refused", (MOST_ROWS,)),
        ("how far ahead", (MOST_AHEAD_MS // 1_000,)),
        ("sizes and presence", (MOST_ROWS_OF_SIZES,)),
    ],
)
def test_each_bound_stands_in_the_document(what: str, numbers: tuple[int, ...]) -> None:
    (row,) = [row for row in rows() if row.startswith(f"| {what}")]
    for number in numbers:
        assert f"{number:,}" in row


def test_each_refusal_of_the_table_is_a_code() -> None:
    codes = (DOCS / "errors.md").read_text(encoding="utf-8")
    for row in rows()[2:]:
        words = row.split("|")[3].split("`")[1::2]
        for code in words:
            assert f"| `{code}` |" in codes, code
