# SPDX-License-Identifier: Apache-2.0
"""The house as the house tests see it: every source file, read once."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Source:
    """One Python file: ``name`` is its dotted module, ``place`` its path from the root of the repository."""

    name: str
    place: str
    text: str = field(repr=False)
    tree: ast.Module = field(repr=False)

    @classmethod
    def of(cls, text: str, *, name: str = "steerclear.sample", place: str = "src/sample.py") -> Source:
        """A file that does not stand on disk: what the tests of the tests are fed."""
        return cls(name, place, text, ast.parse(text))


@cache
def _sources_below(folder: str) -> tuple[Source, ...]:
    return tuple(_read(path, ROOT / folder) for path in sorted((ROOT / folder).rglob("*.py")))


def _read(path: Path, base: Path) -> Source:
    parts = path.relative_to(base).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    return Source.of(path.read_text(encoding="utf-8"), name=name, place=path.relative_to(ROOT).as_posix())


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def product() -> tuple[Source, ...]:
    """Every file below src/."""
    return _sources_below("src")


@pytest.fixture(scope="session")
def everything(product: tuple[Source, ...]) -> tuple[Source, ...]:
    """Every Python file of the repository."""
    others = ("tests", "benchmarks")
    return (*product, *(source for folder in others for source in _sources_below(folder)))


@pytest.fixture(scope="session")
def sample() -> type[Source]:
    """``sample.of(text)``: a file that does not stand on disk."""
    return Source


@pytest.fixture(scope="session")
def documents() -> tuple[Path, ...]:
    """Every Markdown file that a reader of the repository may open."""
    return (*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md")))
