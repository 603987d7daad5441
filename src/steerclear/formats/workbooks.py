# SPDX-License-Identifier: Apache-2.0
"""Which rows of text are in this workbook (xlsx), and how is one written?

Every cell comes out as text: a date of Excel's as 2025-04-09 08:00, a number as it is written shortest. Of a
formula the value that was stored with it; one without is empty. Hidden sheets are left out. What the zip file
would unpack to is bounded before it is opened.
"""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any, Final

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font

from steerclear.errors import BadInput
from steerclear.formats.sheets import (
    MOST_COLUMNS,
    MOST_ROWS,
    Sheet,
    bounded,
    marked,
    not_a_sheet,
    too_large,
)
from steerclear.formats.zips import Unzipped

__all__ = ["read_xlsx", "xlsx_of"]

MOST_SHEETS: Final = 20
LARGEST_SHEET_BYTES: Final = 10_000_000
LARGEST_PART_BYTES: Final = 1_000_000


def read_xlsx(data: bytes) -> tuple[Sheet, ...]:
    """The visible tables. Raises ``BadInput``: ``not-a-zip``, ``zip-too-large``, ``not-a-sheet`` …"""
    _check_parts(Unzipped.of(data))
    try:
        # The library warns about styles that it does not keep, and prints about ones that are not there.
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            return tuple(_sheets(data))
    except BadInput:
        raise
    except Exception as error:  # the library fails on bad files by whatever comes first
        raise not_a_sheet() from error


def _check_parts(archive: Unzipped) -> None:
    """Sheets and their strings are read piece by piece, every other part as a whole: it must be small."""
    for name in archive.names():
        in_pieces = name.startswith(("xl/worksheets/", "xl/sharedStrings", "xl/media/"))
        if archive.size(name) > (LARGEST_SHEET_BYTES if in_pieces else LARGEST_PART_BYTES):
            raise too_large()


def _sheets(data: bytes) -> Iterator[Sheet]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    for place, name in enumerate(book.sheetnames):
        sheet = book[name]
        if getattr(sheet, "sheet_state", "visible") != "visible" or not hasattr(sheet, "iter_rows"):
            continue
        if place >= MOST_SHEETS:
            raise too_large()
        rows = sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS, values_only=True)
        yield Sheet(name, bounded(map(_texts, rows)))


def _texts(cells: Iterable[Any]) -> list[str]:
    return [_text(cell) for cell in cells]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ", timespec="minutes" if not cell.second else "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


def xlsx_of(sheets: Iterable[Sheet]) -> bytes:
    """A workbook of texts, the first row of each sheet in bold and standing still."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        page = book.create_sheet(sheet.name)
        page.freeze_panes = "A2"
        for row in sheet.rows:
            page.append([marked(cell) for cell in row])
        for cell in page[1] if sheet.rows else ():
            cell.font = Font(bold=True)
        for place, name in enumerate(sheet.rows[0] if sheet.rows else ()):
            page.column_dimensions[_letter(place)].width = max(12, len(name) + 2)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _letter(place: int) -> str:
    return chr(ord("A") + place)
