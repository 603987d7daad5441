# SPDX-License-Identifier: Apache-2.0
"""Every error has a code that stands in ``docs/errors.md``, in the words in which it is said.

The table is written from the source: ``python -m pytest tests/house --write-golden`` writes it anew.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from steerclear import errors

KINDS = ("BadInput", "NotKept", "NotVerified", "Refused", "Unreachable")
BEGIN, END = "<!-- errors: begin -->\n", "<!-- errors: end -->"


@dataclass(frozen=True, order=True)
class Raised:
    """One error as the source raises it; ``…`` stands for what is only known then."""

    code: str
    kind: str
    what: str
    remedy: str


def raised_in(source: Any) -> Iterator[Raised]:
    for node in _error_calls(source):
        code = node.args[0] if node.args else None
        if isinstance(code, ast.Constant) and isinstance(code.value, str):
            what, remedy = _argument(node, 1, "what"), _argument(node, 9, "remedy")
            yield Raised(code.value, _name(node), _words(what), _words(remedy))


def uncollectable(source: Any) -> Iterator[str]:
    """An error whose code is not a string literal in its first place cannot be listed."""
    for node in _error_calls(source):
        code = node.args[0] if node.args else None
        if not (isinstance(code, ast.Constant) and isinstance(code.value, str)):
            yield f"{source.place}:{node.lineno} {_name(node)} without a literal code"
        elif not all(part.isalnum() and part == part.lower() for part in code.value.split("-")):
            yield f"{source.place}:{node.lineno} “{code.value}” is not kebab-case"


def table(raised: Iterable[Raised]) -> str:
    rows = ["| code | kind | what is said | remedy |", "|---|---|---|---|"]
    by_code: dict[tuple[str, str], list[Raised]] = {}
    for error in sorted(set(raised)):
        by_code.setdefault((error.code, error.kind), []).append(error)
    for (code, kind), same in by_code.items():
        what = "<br>".join(dict.fromkeys(error.what for error in same))
        remedy = "<br>".join(dict.fromkeys(error.remedy for error in same))
        rows.append(f"| `{code}` | {kind} | {what} | {remedy} |")
    return "\n".join(rows) + "\n"


def _error_calls(source: Any) -> Iterator[ast.Call]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _name(node) in KINDS:
            yield node


def _name(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _argument(node: ast.Call, place: int, name: str) -> ast.expr | None:
    if len(node.args) > place:
        return node.args[place]
    return next((keyword.value for keyword in node.keywords if keyword.arg == name), None)


def _words(node: ast.expr | None) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value).replace("|", "\\|").replace("\n", " ")
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return _words(node.left) + _words(node.right)
    return "…"


def test_every_error_can_be_listed(product: tuple[Any, ...]) -> None:
    assert [fault for source in product for fault in uncollectable(source)] == []


def test_one_code_has_one_kind(product: tuple[Any, ...]) -> None:
    kinds: dict[str, set[str]] = {}
    for source in product:
        for error in raised_in(source):
            kinds.setdefault(error.code, set()).add(error.kind)
    assert {code: found for code, found in kinds.items() if len(found) > 1} == {}


def test_the_documents_list_every_error_and_no_other(
    root: Path, product: tuple[Any, ...], request: pytest.FixtureRequest
) -> None:
    path = root / "docs" / "errors.md"
    head, _, rest = path.read_text(encoding="utf-8").partition(BEGIN)
    written, _, tail = rest.partition(END)
    wanted = table(error for source in product for error in raised_in(source))
    if request.config.getoption("--write-golden"):
        path.write_text(f"{head}{BEGIN}{wanted}{END}{tail}", encoding="utf-8")
        written = wanted
    missing = sorted(set(wanted.splitlines()) - set(written.splitlines()))
    extra = sorted(set(written.splitlines()) - set(wanted.splitlines()))
    assert (missing, extra) == ([], []), "docs/errors.md: write it anew with --write-golden"


def test_the_kinds_are_those_of_the_error_tree() -> None:
    assert set(KINDS) | {"SteerclearError"} == set(errors.__all__)


def test_an_error_is_collected_with_its_words(sample: Any) -> None:
    text = 'raise BadInput("too-short", f"It has {n} corners." + more, where=x, remedy="Draw | again.")'
    assert list(raised_in(sample.of(text))) == [
        Raised("too-short", "BadInput", "It has … corners.…", "Draw \\| again.")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "raise BadInput(code, 'x', remedy='y')",
        "raise errors.Refused(f'a-{b}', 'x', remedy='y')",
        "raise NotKept('Not Kebab', 'x', remedy='y')",
        "raise NotVerified(code='x', what='x', remedy='y')",
    ],
)
def test_an_error_that_cannot_be_listed_is_seen(sample: Any, text: str) -> None:
    assert len(list(uncollectable(sample.of(text)))) == 1
