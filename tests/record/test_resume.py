# SPDX-License-Identifier: Apache-2.0
"""Is ``log.resume`` read as it was written, and is everything else refused?"""

from __future__ import annotations

from typing import Any

import pytest

from steerclear.errors import NotVerified
from steerclear.record.resume import Resume, read_resume_body, resume_body

RESUMED = Resume(size=7, root="ab" * 32, heard=("ISR",), reason="every line is cut")


def test_it_is_read_as_it_was_written() -> None:
    assert read_resume_body(resume_body(RESUMED)) == RESUMED


@pytest.mark.parametrize(
    "change",
    [
        {"size": -1},
        {"root": "ab"},
        {"heard": "ISR"},
        {"heard": ["isr"]},
        {"reason": ""},
        {"reason": "two\nlines"},
        {"more": 1},
    ],
)
def test_anything_else_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(NotVerified):
        read_resume_body({**resume_body(RESUMED), **change})
