# SPDX-License-Identifier: Apache-2.0
"""One word, one meaning: each term is defined once, and no face promises what nobody may promise."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FORBIDDEN = re.compile(r"\b(approv(?:e|ed|al)|cleared|clear to|clearance)\b", re.IGNORECASE)
NEEDED = """
notice, signal, entry, alarm, statement, leaf, log, head, checkpoint, cosignature, bundle, replica,
sealed, commitment, receipt, heartbeat, mechanism, charter, member, party, host, notifier, observer,
desk, watch, ladder, rung, relay, may-act, obligation, annex, theatre, finding, conflict,
undetermined, minima, footprint, band, datum, volume, legs, filed, delivered, acknowledged,
disseminated, recorded, unable, stop, distress, standstill, incident, safety floor, floor message,
minutes to authority, minutes to halt, no conflict known, may conflict, read-back, play, drill
"""


def terms_of(glossary: str) -> list[str]:
    """The terms: each a list item that begins in bold."""
    return [term.lower() for term in re.findall(r"^- \*\*([^*]+)\*\*", glossary, flags=re.MULTILINE)]


def promises(source: Any) -> Iterator[str]:
    """Strings that a person may read, docstrings apart, with a word that grants something."""
    documentation = set(_docstrings(source.tree))
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str) or node in documentation:
            continue
        if FORBIDDEN.search(node.value):
            yield f"{source.place}:{node.lineno} “{node.value[:60]}”"


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    """Every string that stands as a statement of its own: docstrings, and notes under a name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value


@pytest.fixture(scope="module")
def glossary(root: Path) -> str:
    return (root / "docs" / "glossary.md").read_text(encoding="utf-8")


def test_every_term_is_defined_once(glossary: str) -> None:
    assert {term: count for term, count in Counter(terms_of(glossary)).items() if count > 1} == {}


def test_no_term_of_the_house_is_missing(glossary: str) -> None:
    defined = set(terms_of(glossary))
    needed = {term.strip() for term in NEEDED.split(",")}
    assert needed - defined == set()


def test_no_face_promises_anything(product: tuple[Any, ...]) -> None:
    assert [fault for source in product for fault in promises(source)] == []


@pytest.mark.parametrize(
    "text", ["x = 'Request approved.'", "f(f'{a} is CLEARED to land')", "x = ('Clear ' 'to proceed')"]
)
def test_a_promise_is_seen(sample: Any, text: str) -> None:
    assert len(list(promises(sample.of(text)))) == 1


def test_a_docstring_may_speak_of_promises(sample: Any) -> None:
    assert list(promises(sample.of('"""Never approved."""\ndef f():\n    """Nor cleared."""\n'))) == []


def test_a_term_that_is_defined_twice_is_seen() -> None:
    assert terms_of("- **Notice**: one\n- **entry**: two\n- **notice**: three\n") == [
        "notice",
        "entry",
        "notice",
    ]
