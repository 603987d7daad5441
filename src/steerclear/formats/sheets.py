# SPDX-License-Identifier: Apache-2.0
"""Which rows of text are in this table, and how is one written as csv?

csv is UTF-8, with commas, semicolons or tabs. Rows, columns and characters are bounded, for workbooks too.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from steerclear.errors import BadInput

__all__ = [
    "MOST_COLUMNS", "MOST_ROWS", "Sheet", "bounded", "csv_of", "marked", "not_a_sheet", "read_csv",
    "too_large",
]  # fmt: skip

MOST_ROWS: Final = 5_000
MOST_COLUMNS: Final = 80
LONGEST_CELL: Final = 2_000
_RUNS: Final = ("=", "+", "-", "@")
"""A cell that begins so is a formula to a spreadsheet program; as text it goes out with a mark before it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: ``rows[i]`` are the cells of its row ``i`` + 1, shorter where its end is empty."""

    name: str
    rows: tuple[tuple[str, ...], ...]


def read_csv(data: bytes) -> tuple[Sheet, ...]:
    """The one table of a file. Raises ``BadInput``: ``not-utf8``, ``not-a-sheet``, ``sheet-too-large``."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(
            "not-utf8",
            f"Byte {error.start + 1} is not UTF-8 text.",
            remedy="Save the sheet as “CSV UTF-8”, or send the xlsx file itself.",
        ) from error
    if "\0" in text:
        raise not_a_sheet()
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    try:
        rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return (Sheet("", bounded(rows)),)
    except csv.Error as error:
        raise not_a_sheet() from error


def bounded(rows: Iterable[Sequence[str]]) -> tuple[tuple[str, ...], ...]:
    """The rows, trimmed. Raises ``BadInput`` (``sheet-too-large``)."""
    kept = []
    for place, row in enumerate(rows):
        if place >= MOST_ROWS and any(cell.strip() for cell in row):
            raise too_large()
        if len(row) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in row):
            raise too_large()
        cells = [cell.strip() for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        kept.append(tuple(_unmarked(cell) for cell in cells))
    return tuple(kept)


def _unmarked(cell: str) -> str:
    return cell[1:] if cell[:1] == "'" and cell[1:2] in _RUNS else cell


def csv_of(rows: Iterable[Sequence[str]]) -> bytes:
    """A csv file that Excel opens as it is: UTF-8 with its mark, and no cell that runs."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows([marked(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def marked(cell: str) -> str:
    """A number may begin with a sign; anything else that would run is marked as text."""
    is_number = cell.lstrip("+-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell[:1] in _RUNS and not is_number else cell


def not_a_sheet() -> BadInput:
    return BadInput(
        "not-a-sheet",
        "This cannot be read as a spreadsheet.",
        remedy="Save it again as xlsx, or as csv in UTF-8.",
    )


def too_large() -> BadInput:
    return BadInput(
        "sheet-too-large",
        f"A sheet has more than {MOST_ROWS:,} rows or {MOST_COLUMNS} columns, or a cell of more than "
        f"{LONGEST_CELL:,} characters.",
        remedy="Send the rows that are meant, in several files if need be.",
    )
