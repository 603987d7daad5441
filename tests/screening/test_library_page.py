# SPDX-License-Identifier: Apache-2.0
"""Do the programs on the page for those who use the engine as a library do what the page says?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import steerclear.screening

PAGE = Path(__file__).parents[2] / "docs" / "library.md"
PROGRAMS = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.M | re.S)


@pytest.mark.parametrize("number", range(len(PROGRAMS)))
def test_a_program_of_the_page_runs_and_holds(number: int) -> None:
    program = PROGRAMS[number]
    assert "assert" in program
    exec(compile(program, f"{PAGE.name}, program {number + 1}", "exec"), {"__name__": "page"})


def test_the_page_shows_each_engine() -> None:
    engines = [name for name in steerclear.screening.__all__ if name.endswith("Engine")]
    assert len(PROGRAMS) == len(engines) == 3
    for engine in engines:
        assert any(f"{engine}.of_" in program for program in PROGRAMS)
