# SPDX-License-Identifier: Apache-2.0
"""What all rooms' tests share: words that are kept to the letter, in ``tests/golden/``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import structlog

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-golden", action="store_true", help="Write tests/golden anew; then read the difference."
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Hold a text against the one that is kept under this name."""

    def hold(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("--write-golden"):
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8"), f"{name} changed: see --write-golden"

    return hold


@pytest.fixture(autouse=True)
def _log_of_its_own() -> Iterator[None]:
    """A command that serves in this process points the log at a stream that ends with its test."""
    yield
    structlog.reset_defaults()
