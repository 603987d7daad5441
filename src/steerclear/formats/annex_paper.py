# SPDX-License-Identifier: Apache-2.0
"""What does an annex look like on paper, before it is Markdown or HTML? Values, tables, marks and sources.

Each value carries the mark of the longest path that covers it: ``P`` is our proposal, ``F1`` a public fact
with the first of the sources.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, is_dataclass
from typing import Any

from steerclear.formats.annex_words import hints_of, is_free, named, words_of
from steerclear.model.annex import Annex, Mark, Standing, annex_hash
from steerclear.model.annex_rows import forms_of, keyed
from steerclear.model.annex_strict import direction_of
from steerclear.model.time import format_instant

__all__ = ["Cell", "Paper", "Sheet", "Table", "Value", "paper_of"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value: its path, its words, its mark; ``free`` is a party's own text."""

    path: str
    words: str
    mark: str | None
    free: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A value that stands alone, with its sentence; ``binds`` says what counts while two versions bind."""

    label: str
    cell: Cell
    binds: str | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of the same kind."""

    label: str
    path: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    mark: str | None
    binds: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One annex."""

    name: str
    version: int
    says: str
    content: str
    parties: tuple[str, ...]
    in_force_from: str
    terminates_after: str
    parts: tuple[Value | Table, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """Annexes that are printed together, and the sources that their facts rest on."""

    title: str
    sheets: tuple[Sheet, ...]
    sources: tuple[str, ...]


def paper_of(annexes: Sequence[Annex], *, title: str) -> Paper:
    """The annexes in their order; sources are numbered as they are met."""
    marks = _Marks()
    sheets = tuple(_sheet(annex, marks) for annex in annexes)
    return Paper(title, sheets, tuple(marks.sources))


@dataclass(slots=True)
class _Marks:
    sources: list[str] = field(default_factory=list)

    def of(self, annex: Annex, path: str) -> str | None:
        """The mark of the longest path that covers this one; ``None`` where the annex marks nothing."""
        covering = [mark for mark in annex.marks if _covers(mark.field, path)]
        found = max(covering, key=lambda mark: len(mark.field.removeprefix("*")), default=None)
        return self._short(found) if found is not None else None

    def _short(self, mark: Mark) -> str:
        if mark.standing is Standing.PROPOSAL or mark.source is None:
            return "P"
        if mark.source not in self.sources:
            self.sources.append(mark.source)
        return f"F{self.sources.index(mark.source) + 1}"


def _covers(marked: str, path: str) -> bool:
    return marked in ("*", path) or path.startswith((f"{marked}.", f"{marked}["))


def _sheet(annex: Annex, marks: _Marks) -> Sheet:
    terms = annex.terms
    return Sheet(
        name=annex.name.value,
        version=annex.version,
        says=(type(terms).__doc__ or "").strip().splitlines()[0],
        content=annex_hash(annex),
        parties=annex.parties,
        in_force_from="once ratified" if annex.in_force_from == 0 else format_instant(annex.in_force_from),
        terminates_after=words_of(annex.terminates_after_s, hints_of(annex)["terminates_after_s"]),
        parts=tuple(_parts(annex, marks)),
    )


def _parts(annex: Annex, marks: _Marks) -> Iterator[Value | Table]:
    hints = hints_of(annex.terms)
    for form in forms_of(annex.terms):
        value = getattr(annex.terms, form.name)
        if isinstance(value, tuple) and value and is_dataclass(value[0]):
            yield _table(annex, form.name, form.says, value, marks)
        else:
            cell = _cell(annex, form.name, value, hints[form.name], marks)
            yield Value(_label(form.says), cell, direction_of(form.says))


def _table(annex: Annex, path: str, says: str, rows: tuple[Any, ...], marks: _Marks) -> Table:
    hints = hints_of(rows[0])
    names = [form.name for form in forms_of(rows[0])]
    made = tuple(
        tuple(_cell(annex, f"{path}[{key}].{name}", getattr(row, name), hints[name], marks) for name in names)
        for key, row in keyed(rows).items()
    )
    headings = tuple(named(name) for name in names)
    return Table(_label(says), path, headings, made, marks.of(annex, path), direction_of(says))


def _cell(annex: Annex, path: str, value: Any, hint: Any, marks: _Marks) -> Cell:
    return Cell(path, words_of(value, hint), marks.of(annex, path), is_free(hint))


def _label(says: str) -> str:
    """The sentence of a field without its bracket and its stop."""
    direction = direction_of(says)
    bare = says.replace(f" (restrictive: {direction})", "") if direction else says
    for unit in (" in millimetres", ", in millimetres", " in feet"):
        bare = bare.replace(f"{unit}.", ".")
    return bare.removesuffix(".").removesuffix(",")
