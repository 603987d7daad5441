# SPDX-License-Identifier: Apache-2.0
"""The wheel holds every file of the product, data and catalogues included, and needs no further step."""

from __future__ import annotations

from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

NO_DATA = {".py", ".pyc", ".nbi", ".nbc"}


@pytest.fixture(scope="module")
def packed(root: Path) -> set[str]:
    """What the wheel would hold, by path within it: asked of the builder that makes it, nothing is built."""
    return {file.distribution_path for file in WheelBuilder(str(root)).recurse_included_files()}


def test_every_data_file_is_packed(root: Path, packed: set[str]) -> None:
    source = root / "src"
    data = {
        path.relative_to(source).as_posix()
        for path in (source / "steerclear").rglob("*")
        if path.is_file() and path.suffix not in NO_DATA
    }
    assert data - packed == set()
    assert {f"steerclear/formats/catalogues/{code}.po" for code in ("tr", "he", "ar", "az", "ru")} <= data


def test_every_module_is_packed_and_nothing_else(root: Path, packed: set[str]) -> None:
    modules = {
        path.relative_to(root / "src").as_posix() for path in (root / "src" / "steerclear").rglob("*.py")
    }
    assert modules - packed == set()
    assert {path.split("/")[0] for path in packed} == {"steerclear"}
