# SPDX-License-Identifier: Apache-2.0
"""Does the document name every doubt that a reader can raise?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKERS = {"Doubt", "doubt", "Fault", "TimeDoubt", "Skipped", "_area_doubt", "_both"}
READERS = (
    *(
        "drafts",
        "heights",
        "written_times",
        "features",
        "notam",
        "notam_area",
        "hns",
        "kml",
        "gpx",
        "openair",
    ),
    *("uas_zones", "reading"),
)


def codes(tree: ast.Module) -> Iterator[str]:
    """The first argument, or ``code=``, of whatever makes a doubt; computed ones are named elsewhere."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "code")]
        for value in given if name in MAKERS else ():
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield value.value


@pytest.mark.parametrize("reader", READERS)
def test_every_doubt_stands_in_the_document(reader: str) -> None:
    source = (ROOT / "src" / "steerclear" / "formats" / f"{reader}.py").read_text(encoding="utf-8")
    document = (ROOT / "docs" / "formats.md").read_text(encoding="utf-8")
    assert {code for code in codes(ast.parse(source)) if f"`{code}`" not in document} == set()
