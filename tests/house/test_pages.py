# SPDX-License-Identifier: Apache-2.0
"""Are the documents whole pages: each in the navigation, no link into nothing, nothing asked elsewhere?"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ELSEWHERE = r"""=["']?(?:https?:)?//"""
LOADED = re.compile(rf"<(?:script|img|iframe|source)\b[^>]*?\bsrc{ELSEWHERE}|<link\b[^>]*?\bhref{ELSEWHERE}")
STYLED = re.compile(r"@import|url\(\s*[\"']?(?:https?:)?//")


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    built = tmp_path_factory.mktemp("pages")
    # A module of its own process: what it imports warns, and our own warnings are errors.
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(built)],
        cwd=ROOT,
        env={"NO_MKDOCS_2_WARNING": "1", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return built


def test_every_document_is_a_page(pages: Path) -> None:
    """Strictly built: what is left out of the navigation, or points into nothing, fails the build."""
    documents = {
        path.relative_to(ROOT / "docs").with_suffix(".html") for path in (ROOT / "docs").rglob("*.md")
    }
    assert {path for path in documents if not (pages / path).is_file()} == set()


def test_no_page_loads_anything_from_elsewhere(pages: Path) -> None:
    for page in pages.rglob("*.html"):
        assert LOADED.findall(page.read_text(encoding="utf-8")) == [], page
    for sheet in pages.rglob("*.css"):
        assert STYLED.findall(sheet.read_text(encoding="utf-8")) == [], sheet


def test_pictures_are_small() -> None:
    pictures = (ROOT / "docs" / "pictures").glob("*.png")
    assert [path.name for path in pictures if path.stat().st_size > 120_000] == []
